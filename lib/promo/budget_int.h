/* SPDX-License-Identifier: Apache-2.0 */
/* budget_int.h — what the sale asks of budgets and coupons, and writes to them. Their rows are
 * everybody's, so they are the last that a transaction touches, in ascending order: what was read
 * before may be overtaken, then a constraint refuses, and the next try reads what is left. */
#ifndef PNI_BUDGET_H
#define PNI_BUDGET_H

#include "base/sql_int.h"
#include "promo/budget.h"

#pragma GCC visibility push(hidden)

#define PNI_DRAW_BUDGET "BUDGET"
#define PNI_DRAW_COUPON "COUPON"
#define PNI_DRAW_POINTS "POINTS" /* of the account source_id; fen: how many */

/** A budget was used so far that people are told: to the part of the rule, and wholly. */
#define PNI_BUDGET_LOW "budget.low"
#define PNI_BUDGET_OUT "budget.out"

/** So much of a budget, a coupon, or points of an account, for an order. */
typedef struct pni_draw {
    int64_t order_id, source_id, fen;
    const char *source; /* PNI_DRAW_… */
    pn_date day;        /* of the daily bound */
} pni_draw;

/** What may still be reserved of a budget today; nothing of one that is stopped or unknown. */
PN_MUST int pni_budget_left(pn *p, int64_t id, int64_t *fen);
/** Is the coupon neither locked nor used? */
PN_MUST int pni_coupon_free(pn *p, int64_t id, bool *yes);
/** Queue the reservations of orders that were placed … */
PN_MUST int pni_draw_reserve(pn *p, const pni_draw *d, size_t n);
/** … and their return: `ids` begins each of n structs, the orders are of one bucket. */
PN_MUST int pni_draw_back(pn *p, int sk, const void *ids, size_t stride, size_t n);
/** Has its buyer free what a closed order had of his points and coupons? */
PN_MUST int pni_draw_there(pn *p, int64_t order_id, bool *yes);
/** An order comes back to life with all it had. PN_EBUSY: they went meanwhile. */
PN_MUST int pni_draw_again(pn *p, int64_t order_id);
/** An order was paid. What it had returned meanwhile is drawn again as far as it is there. */
PN_MUST int pni_draw_spend(pn *p, int64_t order_id);

/** In an update of budget `b` that takes `fen` more of it. */
#define PNI_BUDGET_REACHED(fen)                                                                    \
    "reached_bp = greatest(b.reached_bp,"                                                          \
    " ((b.reserved_fen + b.spent_fen + " fen ") * 10000 / b.total_fen)::int)"

extern const pn_sql pni_budget_left_sql, pni_coupon_free_sql, pni_draw_put_sql,
    pni_draw_budget_sql, pni_draw_coupon_sql, pni_draw_back_sql, pni_draw_spend_sql,
    pni_draw_again_sql, pni_draw_gone_sql, pni_draw_points_sql, pni_draw_points_fen_sql;

#pragma GCC visibility pop
#endif
