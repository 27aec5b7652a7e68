/* SPDX-License-Identifier: Apache-2.0 */
/* restrict_int.h — what a listing allows: which quantities may be bought, how they may be handed
 * over, in time or not. Pure: facts in, the first failing code out, so that the sale may ask it for
 * thousands of requests between two statements.
 *
 * The order of the questions is fixed: stock, quantity, split, single, limits, delivery, special
 * goods, time of shipping. */
#ifndef PNI_RESTRICT_H
#define PNI_RESTRICT_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

enum { PNI_SPLIT_WHOLE = 1, PNI_SPLIT_MULTIPLE, PNI_SPLIT_FREE };

/* Ways of handing over, as bits: 1 << (PN_DELIVERY_… - 1). */
enum {
    PNI_BY_EXPRESS = 1, PNI_BY_ETICKET = 2, PNI_BY_ONSITE = 4, PNI_BY_CODE = 8, PNI_BY_ANY = 15,
};

/** Goods with a condition that the buyer must confirm; 0 = ordinary ones. */
enum {
    PNI_SPECIAL_STUDENT = 1, PNI_SPECIAL_CHILD, PNI_SPECIAL_WHEELCHAIR, PNI_SPECIAL_COMBO,
    PNI_SPECIAL_OBSTRUCTED, PNI_SPECIAL_NO_REFUND,
};

/** By when the seller ships: at a time, so many hours after the payment, before the start, after
 *  the official release of the tickets. 0 = no promise. */
enum { PNI_SHIP_FIXED = 1, PNI_SHIP_PAID, PNI_SHIP_BEFORE, PNI_SHIP_RELEASE };

enum { PNI_BUYABLE_MAX = 64 };

/** The rules of one listing, plain values. The zero of a bound is "no bound". */
typedef struct pni_rules {
    int min_buy, max_buy;
    int split_policy, split_multiple; /* 0 = FREE */
    bool contiguous, no_single_left, soft_single, seat_pick, grab_eligible;
    bool by_seat; /* numbered seats: no_single_left is asked of each run, not of the quantity */
    int special_kind;
    unsigned delivery; /* bits; 0 = every way the session has */
    int ship_kind, ship_hours;
    pn_time ship_at, release_at; /* release_at absent: not announced yet */
} pni_rules;

/** One request for a listing. The hours are policies (deliver.*), read once by the caller. */
typedef struct pni_wanted {
    int n, free;            /* tickets wanted, tickets free */
    int limit_left;         /* what order, buyer and document may still take; negative: no limit */
    unsigned delivery;      /* one bit; 0 = not chosen yet, then any common way will do */
    unsigned session_delivery; /* bits the session offers */
    unsigned special_ok;    /* 1 << PNI_SPECIAL_… for each condition that is confirmed */
    bool grab, blocked;     /* a grab order; express does not go to this region */
    pn_time now, start_at;
    int handling_h, eta_h;  /* until the parcel leaves, and on its way */
    int express_h, lead_h;  /* express arrives and tickets ship so long before the start */
} pni_wanted;

/** May n of q free tickets be bought? 0, or STOCK, COUNT, SPLIT or SINGLE: the rules that only
 *  numbers decide. */
pn_code pni_sellable(const pni_rules *r, int n, int q);
/** Which quantities of 1..max (at most PNI_BUYABLE_MAX) may be bought of q: bit n-1 of *mask.
 *  Returns how many. pni_sellable() tells why another may not. */
int pni_buyable(const pni_rules *r, int q, int max, uint64_t *mask);
/** Everything: the first failing code, or 0. */
pn_code pni_may_buy(const pni_rules *r, const pni_wanted *w);
/** The bits of delivery that are possible at all now: allowed by listing and session, in time. */
unsigned pni_deliverable(const pni_rules *r, const pni_wanted *w);
/** By when it ships when it is paid at w->now; absent without a promise or a release date. */
pn_time pni_ship_due(const pni_rules *r, const pni_wanted *w);
/** Fail with the words, the field and the hint of a code that pni_may_buy() gave. */
int pni_cannot_buy(pn *p, pn_code code, const pni_rules *r, const pni_wanted *w);

#pragma GCC visibility pop
#endif
