/* SPDX-License-Identifier: Apache-2.0 */
/* later_int.h — attend first, pay later: what an account owes, and when it is deducted. */
#ifndef PNI_LATER_H
#define PNI_LATER_H

#include "order/payment_int.h"

#pragma GCC visibility push(hidden)

/** States in which an order counts as paid: what is owed by its buyer is credit of ours. */
#define PNI_PAID_STATES                                                                            \
    "'SUCCESS', 'CAPTURED', 'CREDIT_OPEN', 'DEDUCTING', 'OVERDUE', 'BAD_DEBT'"

/** The order has its tickets: from now on its price is owed, and will be deducted. */
PN_MUST int pni_later_begin(pn *p, int64_t payment_id);
/** The order came to nothing: the account has room for another. */
PN_MUST int pni_later_end(pn *p, int64_t payment_id);

extern const pni_provider pni_later;
extern const pn_job pni_later_job;
extern const pn_op pni_payment_later_op, pni_payment_deduct_op, pni_payment_repaid_op,
    pni_payment_write_off_op;
extern const pn_sql pni_later_put_sql, pni_later_begin_sql, pni_later_drop_sql, pni_later_due_sql,
    pni_later_owed_sql, pni_later_move_sql, pni_later_tried_sql, pni_later_over_sql,
    pni_later_take_sql, pni_later_give_sql, pni_later_block_sql, pni_later_user_sql,
    pni_later_sign_sql, pni_later_auth_sql;

#pragma GCC visibility pop
#endif
