/* SPDX-License-Identifier: Apache-2.0 */
/* recharge_int.h — what the files of recharges share. */
#ifndef PNI_RECHARGE_H
#define PNI_RECHARGE_H

#include "order/provider_int.h"
#include "order/recharge.h"

#pragma GCC visibility push(hidden)

/** A provider's step with one: SENT (with what the payer needs), PAID, CLOSED, RETURNED. */
struct pn_recharge_step {
    int64_t id;
    const char *what, *provider_no, *qr, *url, *front, *error;
    pn_money fen;
};
PN_MUST int pn_recharge_step(pn *p, const struct pn_recharge_step *in, pn_recharge *out);
PN_MUST int pni_recharge_row(pn *p, int64_t id, pn_recharge *out);
/** "R4099" is recharge 4099; 0: it is no number of one. */
int64_t pni_recharge_of(const char *no);
/** A provider tells that it was paid; the money is in the wallet once, whatever was told before. */
PN_MUST int pni_recharge_heard(pn *p, int64_t id, int method, const char *provider_no,
                               pn_money paid, const char **result);

extern const pn_op pni_recharge_open_op, pni_recharge_step_op;
extern const pn_job pni_recharge_job;
extern const pn_sql pni_recharge_source_sql, pni_recharge_due_sql, pni_recharge_again_sql,
    pni_recharge_front_sql, pni_recharge_lock_sql, pni_recharge_told_sql, pni_recharge_wait_sql,
    pni_recharge_done_sql, pni_recharge_move_sql;
extern const pn_fsm pni_recharge_fsm;

#pragma GCC visibility pop
#endif
