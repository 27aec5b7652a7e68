/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawal_int.h — what asking for money and paying it share. */
#ifndef PNI_WITHDRAWAL_H
#define PNI_WITHDRAWAL_H

#include "base/sql_int.h"
#include "merchant/withdrawal.h"

#pragma GCC visibility push(hidden)

PN_MUST int pni_withdrawal_row(pn *p, int64_t id, pn_withdrawal *out);
/** WITHDRAW, WITHDRAW_PAID or WITHDRAW_BACK. */
PN_MUST int pni_withdrawal_post(pn *p, const pn_withdrawal *w, const char *rule);
extern const pn_fsm pni_withdrawal_fsm;
extern const pn_op pni_withdrawal_export_op, pni_withdrawal_import_op;
extern const pn_sql pni_withdrawal_move, pni_withdrawal_due, pni_withdrawal_told;

#pragma GCC visibility pop
#endif
