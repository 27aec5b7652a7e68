/* SPDX-License-Identifier: Apache-2.0 */
/* dist_int.h — what the files of distribution share. */
#ifndef PNI_DIST_H
#define PNI_DIST_H

#include "order/dist.h"
#include "order/order_int.h"

#pragma GCC visibility push(hidden)

/** A distributor's order as callers see it. */
PN_MUST int pni_dist_row(pn *p, int64_t order_id, pn_dist *out);

/** Orders of channels: whose, under which number and terms. */
typedef struct pni_channel_order {
    int64_t order_id, channel_id, agency_id, tier_id;
    const char *ext_no;
    bool refundable;
    int refund_fee_bp, qty;
} pni_channel_order;

extern const pn_op pni_dist_lock_op;
extern const pn_sql pni_dist_terms_sql, pni_dist_state_sql, pni_channel_order_put_sql,
    pni_channel_ext_put_sql;

#pragma GCC visibility pop
#endif
