/* SPDX-License-Identifier: Apache-2.0 */
/* offer_int.h — a request priced: what quoting and submitting share. */
#ifndef PNI_ORDER_OFFER_H
#define PNI_ORDER_OFFER_H

#include "order/order_int.h"

#pragma GCC visibility push(hidden)

enum { PNI_ITEMS_MAX = 20, PNI_SEATS_MAX = 100 };

/** One tier as it may be sold now, with its session, show and the policies in force. */
typedef struct pni_offer {
    int64_t tier_id, session_id, show_id, organiser;
    const char *tier, *show;
    pn_money face_price_fen;
    int combo_n, free;
    bool hidden, takes_express, takes_eticket, takes_onsite, takes_code, due;
    pn_time sale_from, sale_to, sale_at, stop_sale_at, start_at;
    const char *session_status, *show_status, *realname;
    int limit_order, limit_user;
    int64_t hold_min, hold_tail_min, hold_pos_min, express_fen;
} pni_offer;

/** A request after merging lines of one tier, checking the sale is open, and pricing. */
typedef struct pni_cart {
    pni_offer *offer; /* one each line, in tier order */
    int *units;       /* bundles of that line */
    size_t n;
    int seats;
    pn_word delivery, channel;
    int64_t goods_fen, discount_fen, delivery_fen, service_fen, payable_fen;
    int64_t hold_min;
} pni_cart;

/** `items` (pn_order_want) or `tier` and `qty`; `session` must be the tiers' when given. */
PN_MUST int pni_cart_fill(pn *p, int64_t session, int64_t tier, int qty, const pn_rows *items,
                          pn_word delivery, pn_word channel, pni_cart *cart);
/** The discount of the whole cart in fen. No promotion exists yet: nothing. lib/promo, right of
 *  this context, sets the hook; the result is shared over the seats by pni_apportion(). */
extern int (*pni_cart_discount_hook)(pn *p, const pni_cart *cart, int64_t *discount_fen);

#pragma GCC visibility pop
#endif
