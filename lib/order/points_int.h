/* SPDX-License-Identifier: Apache-2.0 */
/* points_int.h — points that an order earns when it is completed, and what a refund does to them
 * and to those that were spent on it. */
#ifndef PNI_ORDER_POINTS_H
#define PNI_ORDER_POINTS_H

#include "order/refund_int.h"

#pragma GCC visibility push(hidden)

/** What the refund of an offer gives back of points and takes back; what the account has not is
 *  missing in the money. */
PN_MUST int pni_points_offer(pn *p, const pni_basis *b, pn_refund_offer *out);
/** The refund takes effect: its points move. */
PN_MUST int pni_points_refund(pn *p, int64_t refund_id, int64_t buyer);

extern const pn_event pni_points_event;
extern const pn_sql pni_points_base_sql, pni_points_first_sql, pni_points_spent_sql,
    pni_points_earned_sql, pni_points_head_sql;

#pragma GCC visibility pop
#endif
