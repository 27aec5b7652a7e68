/* SPDX-License-Identifier: Apache-2.0 */
/* late_int.h — money that comes after its order was closed.
 *
 * Whoever calls has locked every lot of the session, the order and its buyers' counts
 * (pni_payment_lock), so what is found here stays true until the commit. */
#ifndef PNI_LATE_H
#define PNI_LATE_H

#include "order/order_int.h"

#pragma GCC visibility push(hidden)

/** May the tickets that a closed order had be sold now as they were: on offer, free, and without
 *  leaving anything that its seller does not leave? (The buyer's limits are asked by the statement
 *  that sells them.) */
PN_MUST int pni_late_fits(pn *p, int64_t order_id, bool *out);
/** Others for them: of the same tier or of one that is worth as much, side by side if the old ones
 *  were, together not dearer than `paid_fen`. The order then holds those in the place of the old
 *  and has their price; false: there are none, and nothing was changed. */
PN_MUST int pni_late_instead(pn *p, int64_t order_id, int64_t paid_fen, bool *out);

extern const pn_sql pni_late_order_sql, pni_late_lines_sql, pni_late_people_sql,
    pni_late_tiers_sql, pni_late_clear_sql, pni_late_price_sql, pni_late_lots_sql;

#pragma GCC visibility pop
#endif
