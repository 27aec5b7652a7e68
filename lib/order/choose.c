/* SPDX-License-Identifier: Apache-2.0 */
/* choose.c — which lots serve a line: one that can serve it whole, the best ranked; else, if the
 * buyer agrees, up to three sellers who share it. Every lot is asked by its own restrictions. */
#include <string.h>

#include "order/sale_int.h"

enum { CANDIDATES_MAX = 50, SHARES_MAX = 3, RESTARTS_MAX = 3 };

static pni_wanted wanted(const pni_sale *s, const pni_deal *d, const pni_offer *o,
                         const pni_lot *l, int n)
{
    unsigned session = (o->takes_express ? PNI_BY_EXPRESS : 0) |
                       (o->takes_eticket ? PNI_BY_ETICKET : 0) |
                       (o->takes_onsite ? PNI_BY_ONSITE : 0) | (o->takes_code ? PNI_BY_CODE : 0);
    return (pni_wanted){
        .n = n, .free = l->free, .limit_left = -1, .delivery = 1u << (d->cart.delivery.v - 1),
        .session_delivery = session, .special_ok = d->ask->special_ok, .grab = d->ask->grab,
        .now = pn_now(s->p), .start_at = o->start_at, .handling_h = (int)o->handling_h,
        .eta_h = (int)o->eta_h, .express_h = (int)o->express_h, .lead_h = (int)o->lead_h};
}

static pn_code may(const pni_sale *s, const pni_deal *d, const pni_offer *o, const pni_lot *l,
                   int n)
{
    pni_wanted w = wanted(s, d, o, l, n);
    pn_code code = pni_may_buy(&l->rules, &w);
    return code || n <= l->deposit_room ? code : PN_EDEPOSIT;
}

static int take(pni_sale *s, pni_deal *d, const pni_offer *o, pni_lot *l,
                const pn_order_want *want, int units, int seats)
{
    pni_cart *c = &d->cart;
    if (c->parts == PNI_PARTS_MAX)
        return pn_fail(s->p, PN_EARG, "items", pn_tr("At most %d items in one order"),
                       PNI_ITEMS_MAX);
    int64_t unit = d->ask->unit_fen.fen ? d->ask->unit_fen.fen : l->sale_fen.fen;
    pni_part part = {o, l, units, seats, unit, NULL};
    if (s->locked && l->seat_stamp)
        PN_TRY(pni_seats_choose(s, d, want, &part));
    c->part[c->parts++] = part;
    c->seats += seats;
    l->free -= seats;
    l->taken += seats;
    l->deposit_room -= seats;
    return 0;
}

void pni_unchoose(pni_cart *cart)
{
    for (size_t i = 0; i < cart->parts; i++) {
        if (cart->part[i].pick)
            pni_seats_give(cart->part[i].lot->seats, cart->part[i].pick,
                           (size_t)cart->part[i].seats);
        cart->part[i].lot->free += cart->part[i].seats;
        cart->part[i].lot->taken -= cart->part[i].seats;
        cart->part[i].lot->deposit_room += cart->part[i].seats;
    }
    cart->parts = 0;
    cart->seats = 0;
}

/* ---- sharing a line ---- */

/* So many tickets by at most three sellers: how dear, who. */
typedef struct share {
    bool ok;
    int64_t price, rank;
    int k, lot[SHARES_MAX], n[SHARES_MAX];
} share;

static bool better(const share *a, const share *b, pni_lot *const cand[])
{
    if (!a->ok || !b->ok)
        return a->ok;
    if (a->price != b->price)
        return a->price < b->price;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    for (int i = 0; i < a->k && i < b->k; i++)
        if (cand[a->lot[i]]->lot_id != cand[b->lot[i]]->lot_id)
            return cand[a->lot[i]]->lot_id < cand[b->lot[i]]->lot_id;
    return false;
}

/* best[k][n]: n tickets by exactly k of the candidates seen so far, each asked once. A ticket alone
 * only where an odd number leaves no other way and the buyer agreed. */
static bool shared(const pni_sale *s, const pni_deal *d, const pni_offer *o, pni_lot *const cand[],
                   int cands, int want, share *out)
{
    int least = want % 2 && d->ask->single ? 1 : 2;
    share(*best)[PNI_SEATS_MAX + 1] = pn_alloc(s->p, (SHARES_MAX + 1) * sizeof *best);
    if (!best)
        return false;
    best[0][0].ok = true;
    for (int c = 0; c < cands; c++)
        for (int k = SHARES_MAX; k > 0; k--)
            for (int n = want; n > 0; n--)
                for (int m = least; m <= n && m <= cand[c]->free; m++) {
                    share next = best[k - 1][n - m];
                    if (!next.ok || may(s, d, o, cand[c], m))
                        continue;
                    next.lot[k - 1] = c;
                    next.n[k - 1] = m;
                    next.k = k;
                    next.price += m * cand[c]->sale_fen.fen;
                    next.rank -= cand[c]->rank;
                    if (better(&next, &best[k][n], cand))
                        best[k][n] = next;
                }
    for (int k = 1; k <= SHARES_MAX; k++)
        if (best[k][want].ok) {
            *out = best[k][want];
            return true;
        }
    return false;
}

/* ---- one line ---- */

/* Nobody can serve it: the reason of the only seller, or of the first who has any; else that they
 * are too few. */
static int none(pni_sale *s, const pni_deal *d, const pni_offer *o, pni_lot *const cand[],
                int cands, int n, int64_t listing)
{
    int most = 0, at = -1, sellers = 0;
    if (!cands && listing)
        return pn_fail(s->p, PN_ESTATE, "listing", pn_tr("Listing %lld is not on offer"),
                       (long long)listing);
    for (int c = 0; c < cands; c++) {
        most = cand[c]->free > most ? cand[c]->free : most;
        at = at < 0 && cand[c]->free > 0 ? c : at;
        sellers += cand[c]->free > 0;
    }
    if (at < 0)
        return pn_fail(s->p, PN_ESTOCK, "qty", pn_tr("Tier “%s” is sold out"), o->tier);
    pn_code code = may(s, d, o, cand[at], n);
    if (code == PN_ESTOCK && sellers == 1)
        return pn_fail(s->p, PN_ESTOCK, "qty", pn_tr("Tier “%s”: only %d left"), o->tier, most);
    if (code == PN_EDEPOSIT) {
        pn_fail(s->p, code, "qty", "%s", pn_tr("The seller's deposit covers no more tickets"));
        return pn_hint(s->p, "%s", pn_tr("Take fewer, or another offer"));
    }
    if (code != PN_ESTOCK || sellers == 1) {
        pni_wanted w = wanted(s, d, o, cand[at], n);
        return pni_cannot_buy(s->p, code, &cand[at]->rules, &w);
    }
    pn_fail(s->p, PN_ENO_MATCH, "qty", pn_tr("No seller has %d tickets of tier “%s” together"), n,
            o->tier);
    return pn_hint(s->p, pn_tr("Up to %d together, or agree to several sellers (accept_split)"),
                   most);
}

static int candidates(pni_sale *s, const pni_ask *ask, const pni_offer *o, int64_t listing,
                      pni_lot *cand[])
{
    int n = 0;
    for (size_t i = 0; i < s->lots && n < CANDIDATES_MAX; i++) {
        pni_lot *l = &s->lot[i];
        bool dear = ask->cap_fen.fen && l->sale_fen.fen > ask->cap_fen.fen;
        bool apart = ask->together && !l->rules.contiguous && !l->rules.by_seat;
        if (l->tier_id != o->tier_id || !l->live || dear || apart ||
            (listing && l->lot_id != listing))
            continue;
        int at = n++; /* a grab pays as little as it can, then the rank decides */
        for (; ask->grab && at && cand[at - 1]->sale_fen.fen > l->sale_fen.fen; at--)
            cand[at] = cand[at - 1];
        cand[at] = l;
    }
    return n;
}

/* Refusals of one lot's seats: another lot may have better ones. */
static bool of_seats(int rc)
{
    return rc == PN_ESTOCK || rc == PN_ENO_MATCH || rc == PN_ESINGLE || rc == PN_ENONE ||
           rc == PN_ESEAT_TAKEN;
}

int pni_choose(pni_sale *s, pni_deal *d, const pni_offer *o, const pn_order_want *want)
{
    pni_lot *cand[CANDIDATES_MAX];
    share parts;
    int n = want->qty * o->combo_n, cands = candidates(s, d->ask, o, want->listing, cand);
    int rc = 0;
    for (int c = 0; c < cands; c++) {
        if (may(s, d, o, cand[c], n))
            continue;
        rc = take(s, d, o, cand[c], want, want->qty, n);
        if (!rc || !of_seats(rc))
            return rc;
    }
    if (want->seats.n && rc)
        return rc;
    if (rc && !d->ask->split)
        return rc;
    if (!d->ask->split || o->combo_n > 1 || n > PNI_SEATS_MAX ||
        !shared(s, d, o, cand, cands, n, &parts))
        return none(s, d, o, cand, cands, n, want->listing);
    for (int i = 0; i < parts.k; i++)
        PN_TRY(take(s, d, o, cand[parts.lot[i]], want, parts.n[i], parts.n[i]));
    return 0;
}
