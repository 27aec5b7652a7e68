/* SPDX-License-Identifier: Apache-2.0 */
/* coupon_int.h — issuing coupons, what an order asks of one, and its memo in the books. Which order
 * has a coupon is a draw of that order (budget_int.h). */
#ifndef PNI_COUPON_H
#define PNI_COUPON_H

#include "base/sql_int.h"
#include "promo/coupon.h"

#pragma GCC visibility push(hidden)

/** One for a compensation, which has booked it; the same again is PN_EEXISTS. */
PN_MUST int pni_coupon_issue(pn *p, int64_t buyer, int64_t compensation, int64_t fen, int64_t *id);
/** What it takes off, when the buyer may use it now. Whether an order has it is asked elsewhere. */
PN_MUST int pni_coupon_worth(pn *p, int64_t id, int64_t buyer, int64_t *fen);
/** An order that has it was paid. */
PN_MUST int pni_coupon_used(pn *p, int64_t id);
/** A whole order went back and its draws with it: what it had used may be used again, for some days
 *  at least when that was not the buyer's wish. */
PN_MUST int pni_coupons_back(pn *p, int64_t order_id, bool fault);

#pragma GCC visibility pop
#endif
