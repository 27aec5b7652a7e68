/* SPDX-License-Identifier: Apache-2.0 */
/* stock.h — how many of a tier can be sold. The total moves only with a reason, in stock_move;
 * holds and sales move with orders. */
#ifndef PN_STOCK_H
#define PN_STOCK_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_stock {
    int64_t tier_id, session_id;
    const char *tier_code, *show, *tier;
    pn_time start_at;
    int total, locked, sold, available;
} pn_stock;

typedef struct pn_stock_move {
    int64_t id, tier_id;
    const char *tier_code;
    int delta;
    const char *reason, *by;
    pn_time at;
} pn_stock_move;

struct pn_stock_show { int64_t tier; };
/** The new total. Never below what is held and sold (PN_ESTOCK), never above the approved capacity
 *  of the session (PN_ECAP). */
struct pn_stock_set { int64_t tier; int qty; const char *reason; };
/** More (or, negative, fewer) by so many. */
struct pn_stock_add { int64_t tier; int qty; const char *reason; };

PN_MUST int pn_stock_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_stock_moves(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_stock_show(pn *p, const struct pn_stock_show *in, pn_stock *out);
PN_MUST int pn_stock_set(pn *p, const struct pn_stock_set *in, pn_stock *out);
PN_MUST int pn_stock_add(pn *p, const struct pn_stock_add *in, pn_stock *out);

extern const pn_module pn_stock_module;

PN_END
#endif
