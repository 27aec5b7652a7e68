/* SPDX-License-Identifier: Apache-2.0 */
/* agreement_int.h — agreements, for payments that use them and notices that tell of them. */
#ifndef PNI_AGREEMENT_H
#define PNI_AGREEMENT_H

#include "order/agreement.h"
#include "order/provider_int.h"

#pragma GCC visibility push(hidden)

/** An agreement as its provider is told of it. */
typedef struct pni_agreed {
    int64_t id, user_id;
    pn_word method, state;
    bool later, no_password;
    pn_bytes sealed;
    const char *number, *return_url; /* number: in clear */
    pn_time closes_at;
    int looks;
} pni_agreed;
extern const pn_type pni_agreed_t;
PN_MUST int pni_agreed_get(pn *p, int64_t id, pni_agreed *out);
/** The account's live one with this method, PENDING or SIGNED; id 0: none. */
PN_MUST int pni_agreed_of(pn *p, int64_t user, int method, pni_agreed *out);
/** What a payment of this account adds to its inputs: whom the provider knows, or whom it shall
 *  know from this payment on. */
PN_MUST int pni_agreed_inputs(pn *p, const pni_source *s, const char *notify, pni_pairs *in);

/** The account is gone: its agreements are cancelled. */
PN_MUST int pni_agreed_end(pn *p, int64_t user);

/** As a payment that is deducted later keeps it: "A4099P8195", one for each payment. */
const char *pni_agreed_mark(pn *p, int64_t agreement, int64_t payment);
/** The number behind a mark, in clear. PN_ENONE: it is none. */
PN_MUST int pni_agreed_number(pn *p, const char *mark, const char **number);

/** Its provider tells. */
typedef struct pni_agreed_notice {
    int method;
    const char *number, *user, *state, *reason;
    bool no_password;
} pni_agreed_notice;
PN_MUST int pni_agreed_heard(pn *p, const pni_agreed_notice *n, const char **result);

/** What is known of one now: SIGNED, REFUSED, ABSENT (there is none), LATER (look again). */
struct pn_agreement_settle { int64_t id; const char *what, *reason; bool no_password; };
int pn_agreement_settle(pn *p, const struct pn_agreement_settle *in, pn_agreement *out);

PN_MUST int pni_agreement_row(pn *p, int64_t id, pn_agreement *out);
/** Is it the caller's? As if it were not there, else. */
PN_MUST int pni_agreement_own(pn *p, int64_t id, pn_agreement *out);
extern const pn_fsm pni_agreement_fsm;
extern const pn_op pni_agreement_settle_op, pni_agreement_open_op, pni_agreement_look_op;
extern const pn_job pni_agreement_job;
extern const pn_sql pni_agreed_get_sql, pni_agreed_of_sql, pni_agreement_settle_sql,
    pni_agreement_again_sql, pni_agreement_due_sql, pni_agreement_lock_sql;

#pragma GCC visibility pop
#endif
