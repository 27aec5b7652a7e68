/* SPDX-License-Identifier: Apache-2.0 */
/* What a listing allows. Facts in, a code out; no statement, no clock of its own. */
#include "restrict_int.h"

#include <limits.h>

#define HOUR INT64_C(3600000000)

/* A remainder below the least quantity may be bought whole, or it would never be sold. */
static bool count_ok(const pni_rules *r, int n, int q)
{
    int least = r->min_buy ? r->min_buy : 1, most = r->max_buy ? r->max_buy : INT_MAX;
    return (least <= n && n <= most) || (n == q && q < least);
}

static bool split_ok(const pni_rules *r, int n, int q)
{
    if (r->split_policy == PNI_SPLIT_WHOLE)
        return n == q;
    if (r->split_policy == PNI_SPLIT_MULTIPLE && r->split_multiple > 1)
        return n % r->split_multiple == 0 || n == q;
    return true;
}

pn_code pni_sellable(const pni_rules *r, int n, int q)
{
    if (n < 1 || n > q)
        return PN_ESTOCK;
    if (!count_ok(r, n, q))
        return PN_ECOUNT;
    if (!split_ok(r, n, q))
        return PN_ESPLIT;
    if (r->no_single_left && !r->by_seat && q - n == 1)
        return PN_ESINGLE;
    return PN_OK;
}

int pni_buyable(const pni_rules *r, int q, int max, uint64_t *mask)
{
    int count = 0;
    *mask = 0;
    for (int n = 1; n <= max && n <= q && n <= PNI_BUYABLE_MAX; n++)
        if (!pni_sellable(r, n, q)) {
            *mask |= UINT64_C(1) << (n - 1);
            count++;
        }
    return count;
}

unsigned pni_deliverable(const pni_rules *r, const pni_wanted *w)
{
    unsigned ways = w->session_delivery & (r->delivery ? r->delivery : PNI_BY_ANY);
    int64_t arrives = w->now.us + (w->handling_h + w->eta_h) * HOUR;
    if (w->blocked || arrives > w->start_at.us - w->express_h * HOUR)
        ways &= ~(unsigned)PNI_BY_EXPRESS;
    return ways;
}

pn_time pni_ship_due(const pni_rules *r, const pni_wanted *w)
{
    switch (r->ship_kind) {
    case PNI_SHIP_FIXED:
        return r->ship_at;
    case PNI_SHIP_PAID:
        return (pn_time){w->now.us + r->ship_hours * HOUR};
    case PNI_SHIP_BEFORE:
        return (pn_time){w->start_at.us - r->ship_hours * HOUR};
    case PNI_SHIP_RELEASE:
        return r->release_at.us ? (pn_time){r->release_at.us + r->ship_hours * HOUR} : (pn_time){0};
    default:
        return (pn_time){0};
    }
}

/* An express parcel leaves earlier than a ticket that only has to lie at the desk. */
static bool ships_in_time(const pni_rules *r, const pni_wanted *w, unsigned ways)
{
    pn_time due = pni_ship_due(r, w);
    bool express = (w->delivery ? w->delivery : ways) == PNI_BY_EXPRESS;
    return !due.us || due.us <= w->start_at.us - (express ? w->express_h : w->lead_h) * HOUR;
}

pn_code pni_may_buy(const pni_rules *r, const pni_wanted *w)
{
    pn_code code = pni_sellable(r, w->n, w->free);
    unsigned ways = pni_deliverable(r, w);
    if (code)
        return code;
    if (w->limit_left >= 0 && w->n > w->limit_left)
        return PN_ELIMIT;
    if (w->delivery ? !(ways & w->delivery) : !ways)
        return PN_EDELIVERY;
    if (r->special_kind && !(w->special_ok >> r->special_kind & 1))
        return PN_ESPECIAL;
    if ((w->grab && !r->grab_eligible) || !ships_in_time(r, w, ways))
        return PN_ESHIPTIME;
    return PN_OK;
}

/* ---- words ---- */

static const char *const special_words[] = {
    [PNI_SPECIAL_STUDENT] = N_("student ticket, to be shown with a student card"),
    [PNI_SPECIAL_CHILD] = N_("child ticket, up to the height named by the venue"),
    [PNI_SPECIAL_WHEELCHAIR] = N_("place for a wheelchair"),
    [PNI_SPECIAL_COMBO] = N_("bundle of seats, used together"),
    [PNI_SPECIAL_OBSTRUCTED] = N_("seat with an obstructed view"),
    [PNI_SPECIAL_NO_REFUND] = N_("not refundable"),
};

/* "2, 3, 5": what may be bought instead. */
static int hint_quantities(pn *p, const pni_rules *r, int q)
{
    uint64_t mask;
    pn_buf b = pn_buf_new(p);
    if (!pni_buyable(r, q, PNI_BUYABLE_MAX, &mask))
        return pn_hint(p, "%s", pn_tr("No quantity of it can be bought now; look at other offers"));
    for (int n = 1, shown = 0; n <= PNI_BUYABLE_MAX && shown < 12; n++)
        if (mask >> (n - 1) & 1)
            pn_buf_putf(&b, shown++ ? ", %d" : "%d", n);
    return pn_hint(p, pn_tr("Can be bought: %s"), b.bad ? "?" : b.text);
}

static int hint_ways(pn *p, unsigned ways)
{
    static const char *const names[] = {N_("Express"), N_("E-ticket"), N_("Pick up on site"),
                                        N_("Pick-up code")};
    pn_buf b = pn_buf_new(p);
    for (int i = 0; i < 4; i++)
        if (ways >> i & 1)
            pn_buf_putf(&b, "%s%s", b.len ? ", " : "", pn_tr(names[i]));
    if (!b.len)
        return pn_hint(p, "%s", pn_tr("It cannot reach you before the start any more"));
    return pn_hint(p, pn_tr("Possible: %s"), b.bad ? "?" : b.text);
}

static int cannot_split(pn *p, const pni_rules *r, int q)
{
    if (r->split_policy == PNI_SPLIT_WHOLE)
        return pn_fail(p, PN_ESPLIT, "qty", pn_tr("The %d tickets are sold together only"), q);
    return pn_fail(p, PN_ESPLIT, "qty", pn_tr("Sold in multiples of %d"), r->split_multiple);
}

static int cannot_count(pn *p, const pni_rules *r)
{
    if (r->max_buy)
        return pn_fail(p, PN_ECOUNT, "qty", pn_tr("%d to %d tickets at a time"),
                       r->min_buy ? r->min_buy : 1, r->max_buy);
    return pn_fail(p, PN_ECOUNT, "qty", pn_tr("At least %d tickets at a time"), r->min_buy);
}

static int cannot_stock(pn *p, const pni_wanted *w)
{
    if (w->n < 1)
        return pn_fail(p, PN_ESTOCK, "qty", "%s", pn_tr("At least one ticket"));
    if (w->free < 1)
        return pn_fail(p, PN_ESTOCK, "qty", "%s", pn_tr("Sold out"));
    return pn_fail(p, PN_ESTOCK, "qty", pn_tr("Only %d left"), w->free);
}

static int cannot_ship(pn *p, const pni_rules *r, const pni_wanted *w)
{
    if (w->grab && !r->grab_eligible)
        pn_fail(p, PN_ESHIPTIME, "kind", "%s", pn_tr("This offer does not serve grab orders"));
    else
        pn_fail(p, PN_ESHIPTIME, "delivery", "%s",
                pn_tr("The seller would ship it too late for the start"));
    return pn_hint(p, "%s", pn_tr("Choose another offer or another delivery"));
}

int pni_cannot_buy(pn *p, pn_code code, const pni_rules *r, const pni_wanted *w)
{
    if (code == PN_ESTOCK)
        cannot_stock(p, w);
    else if (code == PN_ECOUNT)
        cannot_count(p, r);
    else if (code == PN_ESPLIT)
        cannot_split(p, r, w->free);
    else if (code == PN_ESINGLE)
        pn_fail(p, code, "qty", pn_tr("%d of %d would leave a single ticket"), w->n, w->free);
    else if (code == PN_ELIMIT) {
        pn_fail(p, code, "qty", pn_tr("This buyer may take %d more"), w->limit_left);
        return pn_hint(p, "%s", pn_tr("Take fewer; unpaid orders count until they run out"));
    } else if (code == PN_EDELIVERY) {
        pn_fail(p, code, "delivery", "%s",
                w->blocked && w->delivery == PNI_BY_EXPRESS
                    ? pn_tr("No parcel goes to the region of the address")
                    : pn_tr("It is not delivered that way, or not in time"));
        return hint_ways(p, pni_deliverable(r, w));
    } else if (code == PN_ESPECIAL) {
        pn_fail(p, code, "confirm", pn_tr("The buyer has not confirmed: %s"),
                pn_tr(special_words[r->special_kind]));
        return pn_hint(p, "%s", pn_tr("Confirm the condition with the order"));
    } else {
        return cannot_ship(p, r, w);
    }
    return hint_quantities(p, r, w->free);
}
