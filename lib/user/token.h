/* SPDX-License-Identifier: Apache-2.0 */
/* token.h — bearer tokens: logins, and named ones for programs. Only their hashes are stored. */
#ifndef PN_TOKEN_H
#define PN_TOKEN_H

#include "base/op.h"

PN_BEGIN

#define PN_TOKEN_KINDS(W)                                                                          \
    W(TOKEN, LOGIN, N_("Sign-in"), 0)                                                              \
    W(TOKEN, API, N_("API token"), 0)                                                              \
    W(TOKEN, BUYER, N_("Buyer's sign-in"), 0)
enum { PN_TOKEN_UNSET, PN_TOKEN_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_token_kinds[];

typedef struct pn_token {
    int64_t id, staff;
    const char *login, *name;
    pn_word kind;
    pn_time created_at, seen_at, expires_at, revoked_at;
} pn_token;
extern const pn_type pn_token_t;

/** The token itself is in here and nowhere else. */
typedef struct pn_token_new {
    int64_t id;
    const char *token, *name;
    pn_time expires_at;
} pn_token_new;

struct pn_token_create { const char *name; int64_t days, staff; };
PN_MUST int pn_token_create(pn *p, const struct pn_token_create *in, pn_token_new *out);
struct pn_token_revoke { int64_t id; };
/** One's own, or anybody's as administrator. */
PN_MUST int pn_token_revoke(pn *p, const struct pn_token_revoke *in, pn_token *out);
/** One's own, logins too. */
PN_MUST int pn_token_list(pn *p, const pn_list *in, pn_page *out);
/** Everybody's. */
PN_MUST int pn_token_all(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
