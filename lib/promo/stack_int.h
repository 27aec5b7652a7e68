/* SPDX-License-Identifier: Apache-2.0 */
/* stack_int.h — how reductions of an order go together, in a fixed order. Pure: the rules that
 * apply come in, what they come to goes out; which rules those are is asked elsewhere.
 *
 *   0 the list price  1 one activity's price  2 the best of the instant discounts  3 one coupon and
 *   one for the delivery  4 points  5 delivery and service are added
 *
 * Steps 2 to 4 go with an activity only where it says so. A step takes no more than is left, and
 * one fen is left to pay unless points pay it all. */
#ifndef PNI_STACK_H
#define PNI_STACK_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** Money off and who bears it, in 1/10000; the platform what the two do not. fen 0: none. */
typedef struct pni_reduction {
    int64_t id, fen;
    int merchant_bp, channel_bp;
    int64_t budget; /* that it draws on, 0: none */
    bool once;      /* a coupon: nobody else has it while the order does */
} pni_reduction;

typedef struct pni_stack {
    int64_t list_fen, delivery_fen, service_fen;
    pni_reduction activity; /* what its price is below the list */
    bool with_instant, with_coupon, with_points; /* what the activity goes together with */
    const pni_reduction *instant;
    size_t instants;
    pni_reduction coupon, delivery_coupon;
    int64_t points, points_of;            /* that the buyer would spend, and his account */
    int64_t points_yuan, points_max_bp;   /* rule: so many a yuan, this part of the goods at most */
} pni_stack;

typedef struct pni_stacked {
    int64_t total_fen, merch_fen, chan_fen; /* off the goods, without points */
    int64_t points_fen, points;             /* whole yuan of them, and how many that takes */
    int64_t delivery_fen, payable_fen;      /* delivery: what is left of it */
    int64_t instant_id;                     /* the one that was best, 0: none */
    int64_t instant_fen, coupon_fen, sending_fen; /* what each step took; of the delivery */
} pni_stacked;

void pni_stack_up(const pni_stack *in, pni_stacked *out);

#pragma GCC visibility pop
#endif
