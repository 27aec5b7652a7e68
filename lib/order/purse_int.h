/* SPDX-License-Identifier: Apache-2.0 */
/* purse_int.h — what the reductions of a cart draw on, in the memory of a sale. */
#ifndef PNI_ORDER_PURSE_H
#define PNI_ORDER_PURSE_H

#include "order/sale_int.h"

#pragma GCC visibility push(hidden)

/** Pass over the reductions whose budget has not so much left; PN_ECONFLICT when a coupon is in
 *  another order. What earlier requests of the sale drew counts. */
PN_MUST int pni_draws_within(pni_sale *s, pni_stack *st);
/** The buyer would use one of his own coupons in the place of what the rules say. PN_ENONE: he has
 *  none of this number; PN_EEXPIRED; PN_EARG: it does not go with the price. */
PN_MUST int pni_draws_coupon(pn *p, const pni_ask *ask, int64_t buyer, pni_stack *st);
/** The buyer would spend so many points of his account. PN_EBALANCE: it has fewer. */
PN_MUST int pni_draws_points(pni_sale *s, int64_t points, int64_t buyer, pni_stack *st);
/** What the steps that were taken draw on, into the cart. */
void pni_draws_of(const pni_stack *st, const pni_stacked *sum, pni_cart *cart);
/** They are taken: the next request finds less. */
PN_MUST int pni_draws_taken(pni_sale *s, const pni_cart *cart);

extern const pn_event pni_draw_paid_event, pni_draw_group_event;

#pragma GCC visibility pop
#endif
