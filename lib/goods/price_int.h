/* SPDX-License-Identifier: Apache-2.0 */
/* price_int.h — the three prices of an offer: asked by the merchant, seen by the buyer, received by
 * the merchant. Pure sums in fen; the rates are 1/10000. Rounded once, at the end. */
#ifndef PNI_PRICE_H
#define PNI_PRICE_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** What the prices follow from. */
typedef struct pni_price_facts {
    int64_t ask_fen, face_fen;
    int64_t mb_bp, mf_fen;                 /* the rule in force: 0 and 0 without one */
    bool net;                              /* the contract: net price, else commission */
    int64_t commission_bp, commission_min_fen;
    bool face_cap;                         /* never above face; else so many times face */
    int64_t max_multiple_bp, pay_fee_bp, min_margin_fen;
    int64_t follow_fen;                    /* what the price follows to, 0: it does not */
} pni_price_facts;

typedef struct pni_prices { int64_t sale_fen, settle_fen, floor_fen, cap_fen; } pni_prices;

/** The three prices, with the least and the most that the buyer may see. PN_ECAP above the cap,
 *  PN_EFLOOR below the floor; *out is filled in any case. */
pn_code pni_price(const pni_price_facts *f, pni_prices *out);
/** The price in a channel that adds kb and kf. */
int64_t pni_channel_fen(int64_t sale_fen, int64_t kb_bp, int64_t kf_fen);
/** The lowest price in whole yuan that covers settlement, payment fee and margin. */
int64_t pni_least_fen(const pni_price_facts *f, int64_t settle_fen);
/** Up to whole yuan. */
int64_t pni_up_yuan(int64_t fen);
/** The words of a code that pni_price() gave. */
int pni_cannot_price(pn *p, pn_code code, const pni_price_facts *f, const pni_prices *o);

#pragma GCC visibility pop
#endif
