/* SPDX-License-Identifier: Apache-2.0 */
/* later_int.h — attend first, pay later: what an account owes, and when it is deducted. */
#ifndef PNI_LATER_H
#define PNI_LATER_H

#include "order/payment_int.h"
#include "order/provider_int.h"

#pragma GCC visibility push(hidden)

/** States in which an order counts as paid: what is owed by its buyer is credit of ours. */
#define PNI_PAID_STATES                                                                            \
    "'SUCCESS', 'CAPTURED', 'CREDIT_OPEN', 'DEDUCTING', 'OVERDUE', 'BAD_DEBT'"

/** The order has its tickets: from now on its price is owed, and will be deducted. */
PN_MUST int pni_later_begin(pn *p, int64_t payment_id);
/** The order came to nothing: the account has room for another. */
PN_MUST int pni_later_end(pn *p, int64_t payment_id);

/** Does its provider collect by itself what it is told, instead of deducting when asked? */
bool pni_later_collects(const pni_source *s);
/** Does it take it by an agreement, of which nothing is frozen? */
bool pni_later_agreed(const pni_source *s);
/** What is promised or frozen is not needed. */
PN_MUST int pni_later_let_go(pn *p, int64_t payment_id);
/** Refunds made it less: a provider that collects already is told. PN_EBUSY: it has, just now. */
PN_MUST int pni_later_less(pn *p, int64_t payment_id);
/** Its provider tells that the payer agreed, or that it collected. */
typedef struct pni_later_notice {
    int64_t payment_id;
    int via; /* PN_PAY_… of the provider */
    bool collected;
    const char *provider_no;
    pn_money fen;
} pni_later_notice;
PN_MUST int pni_later_heard(pn *p, const pni_later_notice *n, const char **result);

extern const pni_provider pni_later;
extern const pn_job pni_later_job;
extern const pn_op pni_payment_later_op, pni_payment_deduct_op, pni_payment_repaid_op,
    pni_payment_write_off_op;
extern const pn_sql pni_later_put_sql, pni_later_begin_sql, pni_later_drop_sql, pni_later_due_sql,
    pni_later_owed_sql, pni_later_move_sql, pni_later_tried_sql, pni_later_over_sql,
    pni_later_take_sql, pni_later_give_sql, pni_later_block_sql, pni_later_user_sql,
    pni_later_sign_sql, pni_later_auth_sql, pni_later_wait_sql, pni_later_tell_sql,
    pni_later_found_sql, pni_later_trade_sql, pni_later_day_sql, pni_later_odd_sql;

#pragma GCC visibility pop
#endif
