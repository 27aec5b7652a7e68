/* SPDX-License-Identifier: Apache-2.0 */
/* reserve_int.h — orders that count against something beside the lot: a distributor's quota, an
 * activity's stock. What is withheld for it (stock.qty_held) goes to the order when it is placed
 * and comes back with it. */
#ifndef PNI_RESERVE_H
#define PNI_RESERVE_H

#include "order/order_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_reserve {
    int64_t order_id, source_id, tier_id;
    const char *source; /* AGENCY or SECKILL, one of them in a call of pni_reserve_put() */
    int qty;
    pn_bytes device, address; /* which have their share of an activity beside the buyer, if any */
} pni_reserve;

/** Queue what these orders count; the lots are locked by this transaction. */
PN_MUST int pni_reserve_put(pn *p, const pni_reserve *r, size_t n);
/** Queue the return of unpaid orders of one bucket that ended. `ids` begins each of n structs. */
PN_MUST int pni_reserve_back(pn *p, int sk, const void *ids, size_t stride, size_t n);
/** Queue the return of n refunded tickets of an order. */
PN_MUST int pni_reserve_less(pn *p, int64_t order_id, int n);

extern const pn_sql pni_reserve_put_sql, pni_reserve_agency_sql, pni_reserve_seckill_sql,
    pni_reserve_back_sql, pni_reserve_less_sql;

#pragma GCC visibility pop
#endif
