/* SPDX-License-Identifier: Apache-2.0 */
/* guard_int.h — proving that somebody is who he says: password, second factor, address. */
#ifndef PNI_GUARD_H
#define PNI_GUARD_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

enum { PNI_PASSWORD_LEAST = 8, PNI_PASSWORD_MOST = 256 };
enum { PNI_TOTP_SECRET = 20, PNI_TOTP_STEP_S = 30 };

/* A staff row with its secrets. Never leaves lib/user. */
typedef struct pni_guard {
    int64_t id;
    const char *login, *name, *password;
    pn_texts roles;
    int64_t merchant, organiser;
    const char *grants, *ip_list;
    pn_bytes totp;
    bool totp_confirmed, active;
    int failures;
    pn_time locked_until;
    int64_t totp_step; /* the last one used: a code works once */
} pni_guard;
extern const pn_type pni_guard_t;
extern const pn_module pn_guard_module;

/* By login, or by id when `login` is NULL. PN_ENONE: nobody. */
PN_MUST int pni_guard_find(pn *p, const char *login, int64_t id, pni_guard *out);
/* "No staff has the number …" */
PN_MUST int pni_guard_no_staff(pn *p, int64_t id);
/* Is it his password? Counts failures and locks; what it counted is kept although the operation
 * refuses. `g` NULL: an unknown login, which takes as long. `field` names the input column. */
PN_MUST int pni_guard_password(pn *p, const pni_guard *g, const char *password, const char *field);
/* The same for the code of the second factor; uses it up. */
PN_MUST int pni_guard_code(pn *p, const pni_guard *g, const char *code);
/* May he come from where this unit comes from ("http:203.0.113.9" in the actor's `via`)? */
PN_MUST int pni_guard_address(pn *p, const char *ip_list);
/* Is it a list of addresses and networks? */
PN_MUST int pni_guard_ip_list(pn *p, const char *ip_list);
/* Long enough, and not the login. */
PN_MUST int pni_guard_new_password(pn *p, const char *login, const char *password,
                                   const char *field);
/* What counts attempts cannot be tried dry: it would be rolled back, and guessed for ever. */
PN_MUST int pni_guard_no_dry_run(pn *p);
/* Is anybody signed in? For operations that everybody has for himself. */
PN_MUST int pni_guard_signed_in(pn *p);
/* The actor that he is. */
void pni_guard_act(pn *p, const pni_guard *g, int64_t token);
uint32_t pni_role_bits(const pn_texts *roles);

/* RFC 6238 with SHA-1: the digits of one step. */
int pni_totp_code(const unsigned char *secret, size_t len, int64_t step, int digits);

/* The shard of a token's hash. */
static inline int pni_token_sk(const unsigned char *hash)
{
    return (hash[0] << 8 | hash[1]) & 4095;
}
/* token.c: a new token of somebody (of a buyer: kind BUYER); *text is told once. */
PN_MUST int pni_token_add(pn *p, int64_t staff, const char *kind, const char *name,
                          pn_time expires_at, int64_t *id, const char **text);
/* Revoke his logins, but not the token `keep`; with `all`, his API tokens too. */
PN_MUST int pni_token_end(pn *p, int64_t staff, int64_t keep, bool all);

#pragma GCC visibility pop
#endif
