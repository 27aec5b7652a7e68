/* SPDX-License-Identifier: Apache-2.0 */
/* choose.c — which lots serve a line: one that can serve it whole, the best ranked; else, if the
 * buyer agrees, up to three sellers who share it. Every lot is asked by its own restrictions. */
#include <string.h>

#include "order/sale_int.h"

enum { CANDIDATES_MAX = 50, SHARES_MAX = 3, RESTARTS_MAX = 3 };

unsigned pni_offer_ways(const pni_offer *o)
{
    return (o->takes_express ? PNI_BY_EXPRESS : 0) | (o->takes_eticket ? PNI_BY_ETICKET : 0) |
           (o->takes_onsite ? PNI_BY_ONSITE : 0) | (o->takes_code ? PNI_BY_CODE : 0);
}

/* For nobody in particular: delivered anyhow, whatever the conditions. */
static pni_wanted by_anybody(const pni_sale *s, const pni_offer *o, const pni_lot *l, int n)
{
    return (pni_wanted){
        .n = n, .free = l->free, .limit_left = -1, .session_delivery = pni_offer_ways(o),
        .special_ok = ~0u, .now = pn_now(s->p), .start_at = o->start_at,
        .handling_h = (int)o->handling_h, .eta_h = (int)o->eta_h,
        .express_h = (int)o->express_h, .lead_h = (int)o->lead_h};
}

static pni_wanted wanted(const pni_sale *s, const pni_deal *d, const pni_offer *o,
                         const pni_lot *l, int n)
{
    pni_wanted w = by_anybody(s, o, l, n);
    w.delivery = 1u << (d->cart.delivery.v - 1);
    w.special_ok = d->ask->special_ok;
    w.grab = d->ask->grab;
    w.blocked = d->target.blocked;
    return w;
}

pn_code pni_lot_may(const pni_sale *s, const pni_offer *o, const pni_lot *l, int n)
{
    pni_wanted w = by_anybody(s, o, l, n);
    pn_code code = pni_may_buy(&l->rules, &w);
    return code || n <= l->deposit_room ? code : PN_EDEPOSIT;
}

unsigned pni_lot_ways(const pni_sale *s, const pni_offer *o, const pni_lot *l)
{
    pni_wanted w = by_anybody(s, o, l, 1);
    return pni_deliverable(&l->rules, &w);
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
    const pni_offer *of = l->tier_id == o->tier_id ? o : pni_sale_offer(s, l->tier_id);
    int64_t unit = d->ask->unit_fen.fen ? d->ask->unit_fen.fen : l->sale_fen.fen;
    pni_part part = {of, l, units, seats, unit, NULL};
    if (s->locked && l->seat_stamp)
        PN_TRY(pni_seats_choose(s, d, want, &part));
    c->part[c->parts++] = part;
    c->seats += seats;
    l->free -= seats;
    l->taken += seats;
    l->deposit_room -= seats;
    return 0;
}

/* Give back the parts from this one on. */
static void undo(pni_cart *cart, size_t from)
{
    while (cart->parts > from) {
        pni_part *x = &cart->part[--cart->parts];
        if (x->pick)
            pni_seats_give(x->lot->seats, x->pick, (size_t)x->seats);
        x->lot->free += x->seats;
        x->lot->taken -= x->seats;
        x->lot->deposit_room += x->seats;
        cart->seats -= x->seats;
    }
}

void pni_unchoose(pni_cart *cart)
{
    undo(cart, 0);
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

/* What else there is, for the hint. */
static int instead(pni_sale *s, const pni_deal *d, const pni_offer *o, pni_lot *const cand[],
                   int cands, pni_instead *i)
{
    share parts;
    bool free = !d->ask->kind && o->combo_n == 1;
    for (int m = i->n - 1; m > 0 && !i->fewer; m--)
        for (int c = 0; c < cands && !i->fewer; c++)
            i->fewer = may(s, d, o, cand[c], m) ? 0 : m;
    i->several = s->alone && free && !d->ask->split && i->n <= PNI_SEATS_MAX &&
                 shared(s, d, o, cand, cands, i->n, &parts);
    i->grab = free && !d->ask->grab;
    return pni_suggest(s, o, i);
}

static bool is_own(const pni_ask *ask, const pni_lot *l)
{
    for (size_t i = 0; i < ask->owns; i++)
        if (ask->own[i] == l->merchant_id)
            return true;
    return false;
}

/* Only his own tickets would do. */
static bool only_own(const pni_sale *s, const pni_ask *ask, const pni_offer *o)
{
    for (size_t i = 0; i < s->lots; i++)
        if (s->lot[i].tier_id == o->tier_id && s->lot[i].live && s->lot[i].free > 0 &&
            is_own(ask, &s->lot[i]))
            return true;
    return false;
}

static int refuse_own(pn *p)
{
    pn_fail(p, PN_EPERM, "order", "%s",
            pn_tr("The tickets are offered by the merchant whom the buyer belongs to"));
    return pn_hint(p, "%s", pn_tr("Other sellers' tickets are taken as they appear"));
}

/* Of a tier, or of the one offer that was asked for: others of its tier may have some still. */
static int too_few(pn *p, const pni_offer *o, int64_t listing, int left)
{
    if (!listing)
        return left ? pn_fail(p, PN_ESTOCK, "qty", pn_tr("Tier “%s”: only %d left"), o->tier, left)
                    : pn_fail(p, PN_ESTOCK, "qty", pn_tr("Tier “%s” is sold out"), o->tier);
    return left ? pn_fail(p, PN_ESTOCK, "qty", pn_tr("This offer of tier “%s” has only %d left"),
                          o->tier, left)
                : pn_fail(p, PN_ESTOCK, "qty", pn_tr("This offer of tier “%s” is sold out"),
                          o->tier);
}

/* Nobody can serve it: the reason of the only seller, or of the first who has any; else that they
 * are too few. */
static int none(pni_sale *s, const pni_deal *d, const pni_offer *o, pni_lot *const cand[],
                int cands, int n, int64_t listing)
{
    int most = 0, at = -1, sellers = 0;
    pni_instead i = {.n = n, .offers = listing != 0};
    int64_t cap = d->ask->grab ? 0 : d->ask->cap_fen.fen;
    if (!cands && cap) {
        pn_fail(s->p, PN_ENO_MATCH, "cap_fen",
                pn_tr("Nobody sells tier “%s” for at most %lld.%02d yuan"), o->tier,
                (long long)(cap / 100), (int)(cap % 100));
        return pn_hint(s->p, "%s", pn_tr("Pay more, or wait at this price: grab submit"));
    }
    if (!cands && listing) {
        pn_fail(s->p, PN_ESTATE, "listing", pn_tr("Listing %lld is not on offer"),
                (long long)listing);
        return pn_hint(s->p, "%s", pn_tr("Look for another offer of the same tier: onsale show"));
    }
    for (int c = 0; c < cands; c++) {
        most = cand[c]->free > most ? cand[c]->free : most;
        at = at < 0 && cand[c]->free > 0 ? c : at;
        sellers += cand[c]->free > 0;
    }
    if (at < 0 && only_own(s, d->ask, o))
        return refuse_own(s->p);
    pn_code code = at < 0 ? PN_ESTOCK : may(s, d, o, cand[at], n);
    if (code == PN_EDEPOSIT) {
        pn_fail(s->p, code, "qty", "%s", pn_tr("The seller's deposit covers no more tickets"));
        return pn_hint(s->p, "%s", pn_tr("Take fewer, or another offer"));
    }
    if (code && code != PN_ESTOCK) {
        pni_wanted w = wanted(s, d, o, cand[at], n);
        return pni_cannot_buy(s->p, code, &cand[at]->rules, &w);
    }
    PN_TRY(instead(s, d, o, cand, cands, &i));
    int rc = at < 0 || (code && sellers == 1)
                 ? too_few(s->p, o, listing, most)
                 : pn_fail(s->p, PN_ENO_MATCH, "qty",
                           pn_tr("No seller has %d tickets of tier “%s” together"), n, o->tier);
    if (!i.words)
        return rc ? pn_hint(s->p, "%s", pn_tr("Look for what is on sale: onsale list")) : 0;
    return pn_hint(s->p, pn_tr("There is instead: %s"), i.words);
}

/* A tier that is worth more, in the place of the one asked for. */
static bool is_better(pni_sale *s, const pni_offer *o, int64_t tier)
{
    const pni_offer *x = pni_sale_offer(s, tier);
    return x && x->session_id == o->session_id && x->combo_n == o->combo_n &&
           x->face_price_fen.fen > o->face_price_fen.fen && !pni_offer_open(s->p, x);
}

/* May this lot be looked at for the line? */
static bool suits(pni_sale *s, const pni_ask *ask, const pni_offer *o, const pn_order_want *want,
                  const pni_lot *l)
{
    int64_t cap = ask->cap_fen.fen;
    bool apart = ask->together && !l->rules.contiguous && !l->rules.by_seat;
    bool unnumbered = want->seats.n && !l->rules.by_seat;
    bool other = want->listing && l->lot_id != want->listing;
    if (!l->live || apart || unnumbered || other || is_own(ask, l))
        return false;
    if (l->tier_id != o->tier_id) {
        cap = cap ? cap : o->face_price_fen.fen;
        if (!ask->upgrade || want->listing || want->seats.n || !is_better(s, o, l->tier_id))
            return false;
    }
    return !cap || l->sale_fen.fen <= cap;
}

static int candidates(pni_sale *s, const pni_ask *ask, const pni_offer *o,
                      const pn_order_want *want, pni_lot *cand[], int *out)
{
    int n = 0;
    bool mixed = false;
    for (size_t i = 0; i < s->lots && n < CANDIDATES_MAX; i++) {
        pni_lot *l = &s->lot[i];
        if (!suits(s, ask, o, want, l))
            continue;
        mixed |= l->tier_id != o->tier_id;
        int at = n++; /* a grab pays as little as it can, then the rank decides */
        for (; ask->grab && at && cand[at - 1]->sale_fen.fen > l->sale_fen.fen; at--)
            cand[at] = cand[at - 1];
        cand[at] = l;
    }
    *out = n;
    return mixed ? pni_lots_rank(s, cand, (size_t)n) : 0;
}

/* Whoever names seats gets those or none: are there any to be named? */
static int are_numbered(pni_sale *s, const pni_offer *o, const pn_order_want *want)
{
    bool some = !want->seats.n;
    for (size_t i = 0; i < s->lots && !some; i++)
        some = s->lot[i].tier_id == o->tier_id && s->lot[i].rules.by_seat;
    if (some)
        return 0;
    pn_fail(s->p, PN_ENONE, "seats", "%s", pn_tr("This tier has no numbered seats"));
    return pn_hint(s->p, "%s", pn_tr("Order a number of tickets, or name another tier"));
}

/* Refusals of one lot's seats: another lot may have better ones. */
static bool of_seats(int rc)
{
    return rc == PN_ESTOCK || rc == PN_ENO_MATCH || rc == PN_ESINGLE || rc == PN_ENONE ||
           rc == PN_ESEAT_TAKEN;
}

/* By several; whoever's seats turn out not to be had is left out, and it begins again. */
static int share_out(pni_sale *s, pni_deal *d, const pni_offer *o, const pn_order_want *want,
                     pni_lot *cand[], int cands, int n)
{
    size_t before = d->cart.parts;
    share parts;
    int rc = 0;
    for (int restart = 0; restart <= RESTARTS_MAX; restart++) {
        int i = 0;
        if (!shared(s, d, o, cand, cands, n, &parts))
            return none(s, d, o, cand, cands, n, want->listing);
        for (rc = 0; i < parts.k && !rc; i++)
            rc = take(s, d, o, cand[parts.lot[i]], want, parts.n[i], parts.n[i]);
        if (!rc || !of_seats(rc))
            return rc;
        undo(&d->cart, before);
        for (int c = parts.lot[i - 1]; c + 1 < cands; c++)
            cand[c] = cand[c + 1];
        cands--;
    }
    return rc;
}

int pni_choose(pni_sale *s, pni_deal *d, const pni_offer *o, const pn_order_want *want)
{
    pni_lot *cand[CANDIDATES_MAX];
    int n = want->qty * o->combo_n, cands = 0, rc = 0;
    PN_TRY(are_numbered(s, o, want));
    PN_TRY(candidates(s, d->ask, o, want, cand, &cands));
    for (int c = 0; c < cands; c++) {
        if (may(s, d, o, cand[c], n))
            continue;
        rc = take(s, d, o, cand[c], want, want->qty, n);
        if (!rc || !of_seats(rc))
            return rc;
    }
    if (rc && (want->seats.n || !d->ask->split))
        return rc;
    if (!d->ask->split || o->combo_n > 1 || n > PNI_SEATS_MAX)
        return none(s, d, o, cand, cands, n, want->listing);
    return share_out(s, d, o, want, cand, cands, n);
}
