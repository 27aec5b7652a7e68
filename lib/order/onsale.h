/* SPDX-License-Identifier: Apache-2.0 */
/* onsale.h — what a buyer sees before an order: sessions on sale, and of one the tickets with the
 * quantities in which they may be bought. */
#ifndef PN_ONSALE_H
#define PN_ONSALE_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_onsale_row {
    int64_t id, show_id; /* id: the session's */
    const char *show, *city, *venue, *hall;
    pn_time start_at, sale_at, stop_sale_at;
    pn_word status, stock_flag;
    pn_money price_from_fen;
} pn_onsale_row;
extern const pn_type pn_onsale_row_t;

/** One tier, whoever sells it. */
typedef struct pn_onsale_tier {
    int64_t tier_id;
    const char *code, *tier;
    pn_money face_price_fen, price_from_fen; /* absent: nothing to be had */
    pn_word stock_flag;
    int bundle;
} pn_onsale_tier;
/** What one seller offers of a tier, the one that would serve first in front. */
typedef struct pn_onsale_lot {
    int64_t tier_id, listing_id; /* 0: the organiser's own */
    pn_money price_fen;
    const char *buyable; /* "2, 3, 5": so many may be bought now */
    const char *refused; /* "1 COUNT, 4 SINGLE": and why not the others */
    bool numbered, together;
    pn_word special_kind;  /* to be confirmed with the order */
    const char *delivery;  /* ways that are possible now */
} pn_onsale_lot;

struct pn_onsale_show { int64_t id; };
typedef struct pn_onsale {
    int64_t id, show_id;
    const char *show, *city, *venue, *hall;
    pn_time start_at, sale_at, stop_sale_at;
    pn_word status, stock_flag;
    int limit_order, limit_user; /* tickets; 0: no limit */
    const char *realname, *closed; /* closed: why nothing is sold now */
    pn_rows tiers, lots;
} pn_onsale;

PN_MUST int pn_onsale_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_onsale_show(pn *p, const struct pn_onsale_show *in, pn_onsale *out);

PN_END
#endif
