/* SPDX-License-Identifier: Apache-2.0 */
/* buyer_int.h — what the files of buyers share, and what orders and messages need of them. */
#ifndef PNI_USER_BUYER_H
#define PNI_USER_BUYER_H

#include "base/sql_int.h"
#include "user/buyer.h"

#pragma GCC visibility push(hidden)

/** The telephone numbers of n accounts in clear, NULL where there is none; one round trip. */
PN_MUST int pni_buyer_phones(pn *p, const int64_t *ids, size_t n, const char **phones);
/** How many orders of an account are open; set by those who keep orders, NULL: nobody does. */
extern int (*pni_buyer_open_hook)(pn *p, int64_t buyer, int *open);

/** What "buyer.code" tells, sealed, to whoever sends messages. */
#define PNI_BUYER_CODE_EVENT "buyer.code"
typedef struct pni_code_sent { const char *phone, *code; pn_time expires_at; } pni_code_sent;
/** The payload of the event `id` in clear. */
PN_MUST int pni_code_open(pn *p, int64_t id, const char *payload, pni_code_sent *out);
/** Told when an account was erased, its id as the event's. */
#define PNI_BUYER_ERASED_EVENT "buyer.erased"

/* ---- between the files ---- */
PN_MUST int pni_buyer_row(pn *p, int64_t id, pn_buyer *out);
PN_MUST int pni_buyer_logins_end(pn *p, int64_t buyer, int64_t *ended);
/** The shard of a hash. */
static inline int pni_hash_sk(pn_bytes hash)
{
    const unsigned char *b = hash.data;
    return hash.len > 1 ? (b[0] << 8 | b[1]) & 4095 : 0;
}
/** A text sealed for this account. */
PN_MUST int pni_buyer_seal(pn *p, int64_t id, const char *text, pn_bytes *out);

/** A text sealed for what has this number, as text; and opened again. PN_EINTERNAL: it is none. */
PN_MUST int pni_buyer_text(pn *p, int64_t id, const char *text, const char **out);
PN_MUST int pni_buyer_text_open(pn *p, int64_t id, const char *text, const char **out);
/** Whoever it is has proved it: a token, and the unit acts for him. PN_EAUTH: he is blocked. */
PN_MUST int pni_buyer_enter(pn *p, int64_t id, const char *device, pn_buyer_signed_in *out);
extern const pn_type pni_signed_in_t;
/** No other app knows the account any more. */
PN_MUST int pni_sso_forget(pn *p, int64_t buyer);

extern const pn_fsm pni_buyer_fsm;
extern const pn_op pni_buyer_code_op, pni_buyer_signin_op;
extern const pn_job pni_buyer_sweep_job;
extern const pn_sql pni_code_put_sql, pni_code_look_sql, pni_code_source_sql, pni_code_lock_sql,
    pni_code_wrong_sql, pni_code_used_sql, pni_buyer_of_phone_sql, pni_buyer_put_sql,
    pni_buyer_claim_sql, pni_buyer_seen_sql, pni_code_sweep_sql, pni_source_sweep_sql;

#pragma GCC visibility pop
#endif
