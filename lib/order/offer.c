/* SPDX-License-Identifier: Apache-2.0 */
/* offer.c — may it be sold now, handed over how, and for how much. Prices are always computed here,
 * never taken from the client. */
#include <string.h>

#include "base/policy_int.h"
#include "catalog/session.h"
#include "order/purse_int.h"
#include "order/send_int.h"

int (*pni_cart_discount_hook)(pn *p, const pni_cart *cart, pni_stack *io);

static bool among(const char *word, const char *list)
{
    size_t n = strlen(word);
    for (const char *s = list; (s = strstr(s, word)) != NULL; s += n)
        if ((s == list || s[-1] == ' ') && (s[n] == ' ' || s[n] == 0))
            return true;
    return false;
}

/* Of a session, as people read it. */
static const char *state_label(const char *name)
{
    return pn_word_label(pn_session_states,
                         (pn_word){(int16_t)pn_word_find(pn_session_states, name)});
}

/* A session whose opening time has come is open although the job that says so has not run yet. */
static int shut(pn *p, const pni_offer *o)
{
    int64_t now = pn_now(p).us;
    if (strcmp(o->show_status, "PUBLISHED") != 0) {
        pn_fail(p, PN_ESTATE, "tier", pn_tr("“%s” is not published"), o->show);
        return pn_hint(p, "%s", pn_tr("Look for what is on sale: onsale list"));
    }
    bool opened = among(o->session_status, "PRESALE ON_SALE TAIL") ||
                  (among(o->session_status, "SCHEDULED") && o->sale_at.us && o->sale_at.us <= now);
    if (!opened) {
        pn_fail(p, PN_ESTATE, "session", pn_tr("The session is not on sale (%s)"),
                state_label(o->session_status));
        return pn_hint(p, "%s", pn_tr("Look for what is on sale: onsale list"));
    }
    if (now >= o->stop_sale_at.us) {
        pn_fail(p, PN_ESTATE, "session", "%s", pn_tr("The sale of this session has ended"));
        return pn_hint(p, "%s", pn_tr("Look for what is on sale: onsale list"));
    }
    if (o->hidden) {
        pn_fail(p, PN_ESTATE, "tier", pn_tr("Tier “%s” is not for sale"), o->tier);
        return pn_hint(p, "%s", pn_tr("Take another tier of the session: onsale show"));
    }
    if (o->sale_from.us && now < o->sale_from.us) {
        pn_fail(p, PN_ESTATE, "tier", pn_tr("The sale of tier “%s” has not begun"), o->tier);
        return pn_hint(p, "%s", pn_tr("Take another tier of the session: onsale show"));
    }
    if (o->sale_to.us && now >= o->sale_to.us) {
        pn_fail(p, PN_ESTATE, "tier", pn_tr("The sale of tier “%s” has ended"), o->tier);
        return pn_hint(p, "%s", pn_tr("Take another tier of the session: onsale show"));
    }
    return 0;
}

int pni_offer_open(pn *p, const pni_offer *o)
{
    int rc = shut(p, o);
    return rc == PN_ESTATE
               ? pn_hint(p, "%s", pn_tr("Look what is on sale, and when: onsale list")) : rc;
}

/* The tiers exist, are of one session, and may be sold by this actor now. */
static int offers(pni_sale *s, pni_deal *d)
{
    pn *p = s->p;
    int64_t mine = pn_who(p)->organiser;
    for (size_t i = 0; i < d->wants; i++) {
        const pni_offer *o = pni_sale_offer(s, d->want[i].tier);
        if (!o && !d->want[i].tier)
            return pn_fail(p, PN_ENONE, "listing", pn_tr("There is no listing %lld"),
                           (long long)d->want[i].listing);
        if (!o || (mine && mine != o->organiser))
            return pn_fail(p, PN_ENONE, "tier", pn_tr("There is no tier %lld"),
                           (long long)d->want[i].tier);
        if (!d->cart.offer)
            d->cart.offer = o;
        if (o->session_id != d->cart.offer->session_id)
            return pn_fail(p, PN_EARG, "items", "%s", pn_tr("One order is for one session"));
    }
    if (d->ask->session && d->ask->session != d->cart.offer->session_id)
        return pn_fail(p, PN_EARG, "session", "%s", pn_tr("The tier is of another session"));
    for (size_t i = 0; i < d->wants; i++)
        PN_TRY(pni_offer_open(p, pni_sale_offer(s, d->want[i].tier)));
    return 0;
}

static bool takes(const pni_offer *o, int delivery)
{
    const bool can[] = {[PN_DELIVERY_EXPRESS] = o->takes_express,
                        [PN_DELIVERY_ETICKET] = o->takes_eticket,
                        [PN_DELIVERY_ONSITE] = o->takes_onsite, [PN_DELIVERY_CODE] = o->takes_code};
    return delivery > 0 && delivery <= PN_DELIVERY_CODE && can[delivery];
}

/* The delivery asked for, or the first that the session offers. */
int pni_choose_delivery(pn *p, pn_word asked, pni_cart *cart)
{
    static const int order[] = {PN_DELIVERY_ETICKET, PN_DELIVERY_ONSITE, PN_DELIVERY_CODE,
                                PN_DELIVERY_EXPRESS};
    if (!asked.v && cart->channel.v == PN_CHANNEL_POS && takes(cart->offer, PN_DELIVERY_ONSITE))
        asked.v = PN_DELIVERY_ONSITE;
    for (size_t i = 0; !asked.v && i < sizeof order / sizeof *order; i++)
        if (takes(cart->offer, order[i]))
            asked.v = (int16_t)order[i];
    if (!takes(cart->offer, asked.v)) {
        pn_fail(p, PN_EDELIVERY, "delivery", pn_tr("This session is not delivered that way (%s)"),
                pn_word_label(pn_deliveries, asked));
        return pn_hint(p, "%s", pn_tr("See how its tickets come: onsale show"));
    }
    cart->delivery = asked;
    return 0;
}

pn_word pni_channel_of(const pn *p, pn_word asked)
{
    if (!asked.v)
        asked.v = pn_who(p)->roles & PN_ROLE_BOXOFFICE ? PN_CHANNEL_POS : PN_CHANNEL_OWN;
    return asked;
}

static int choose_channel(pn *p, const pni_ask *ask, pni_cart *cart)
{
    cart->channel = pni_channel_of(p, ask->channel);
    if (cart->channel.v > PN_CHANNEL_POS && !ask->kind) {
        pn_fail(p, PN_EARG, "channel", "%s", pn_tr("Orders of channels come by their own ways"));
        return pn_hint(p, "%s", pn_tr("dist lock, or intake import"));
    }
    if (cart->channel.v == PN_CHANNEL_POS && !ask->order_id &&
        !(pn_who(p)->roles & (PN_ROLE_BOXOFFICE | PN_ROLE_ADMIN))) {
        pn_fail(p, PN_EPERM, "channel", "%s", pn_tr("Only the box office sells there"));
        return pn_hint(p, "%s", pn_tr("Leave the channel out: it is known by who asks"));
    }
    return 0;
}

/* What an activity's price and a contract leave of the list price; their seller bears it. */
static int gap(pn *p, const pni_ask *ask, const pni_cart *cart, int64_t *out)
{
    *out = ask->off_fen.fen * cart->seats;
    for (size_t i = 0; ask->activity_fen.fen && i < cart->parts; i++) {
        const pni_part *part = &cart->part[i];
        if (part->unit_fen < ask->activity_fen.fen)
            return pn_fail(p, PN_ECAP, NULL, "%s",
                           pn_tr("The activity's price is above the list price"));
        *out += part->units * (part->unit_fen - ask->activity_fen.fen);
    }
    return 0;
}

/* Who asks for a price alone is whoever is signed in. */
static int64_t account_of(const pn *p, const pni_deal *d)
{
    const pn_actor *me = pn_who(p);
    return d->buyer.user_id ? d->buyer.user_id : me->kind == 'U' ? me->id : 0;
}

static int price(pni_sale *s, const pni_deal *d, pni_cart *cart)
{
    pn *p = s->p;
    const pni_ask *ask = d->ask;
    pni_stacked sum;
    pni_stack st = {.service_fen = cart->service_fen, .activity = {.merchant_bp = 10000}};
    if (cart->delivery.v == PN_DELIVERY_EXPRESS)
        st.delivery_fen = cart->offer->express_fen;
    for (size_t i = 0; i < cart->parts; i++)
        st.list_fen += cart->part[i].units * cart->part[i].unit_fen;
    PN_TRY(gap(p, ask, cart, &st.activity.fen));
    bool ruled = pni_cart_discount_hook && !ask->fixed;
    if (ruled)
        PN_TRY(pni_cart_discount_hook(p, cart, &st));
    if (ask->coupon)
        PN_TRY(pni_draws_coupon(p, ask, account_of(p, d), &st));
    if (ruled || ask->coupon)
        PN_TRY(pni_draws_within(s, &st));
    if (ask->points)
        PN_TRY(pni_draws_points(s, ask->points, account_of(p, d), &st));
    if (st.points) {
        PN_TRY(pni_policy(p, "points.yuan", &st.points_yuan));
        PN_TRY(pni_policy(p, "points.max_bp", &st.points_max_bp));
    }
    pni_stack_up(&st, &sum);
    pni_draws_of(&st, &sum, cart);
    cart->goods_fen = st.list_fen;
    cart->less = (pni_discount){sum.total_fen, sum.merch_fen, sum.chan_fen, sum.points_fen,
                                sum.points};
    cart->delivery_fen = sum.delivery_fen;
    cart->payable_fen = sum.payable_fen;
    return 0;
}

/* Seats that were picked are nobody else's choice meanwhile. */
static int picked(pn *p, pni_deal *d)
{
    int64_t minutes;
    size_t named = 0;
    for (size_t i = 0; i < d->wants; i++)
        named += d->want[i].seats.n;
    if (!named)
        return 0;
    PN_TRY(pni_policy(p, "order.hold_pick_min", &minutes));
    if (minutes < d->cart.hold_min)
        d->cart.hold_min = minutes;
    return 0;
}

/* Minutes to pay, by who sells and when; activities and contracts have their own. */
static int hold_of(pn *p, pni_deal *d)
{
    pni_cart *cart = &d->cart;
    const pni_offer *o = cart->offer;
    cart->hold_min = d->ask->hold_min;
    if (cart->hold_min)
        return 0;
    if (cart->channel.v == PN_CHANNEL_SHOP)
        return pni_policy(p, "order.hold_channel_min", &cart->hold_min);
    cart->hold_min = cart->channel.v == PN_CHANNEL_POS      ? o->hold_pos_min
                     : strcmp(o->session_status, "TAIL") == 0 ? o->hold_tail_min
                                                              : o->hold_min;
    return picked(p, d);
}

int pni_quote_decide(pni_sale *s, pni_deal *d)
{
    pn *p = s->p;
    const pni_ask *ask = d->ask;
    pni_cart *cart = &d->cart;
    *cart = (pni_cart){.service_fen = ask->service_fen.fen};
    PN_TRY(offers(s, d));
    PN_TRY(choose_channel(p, ask, cart));
    PN_TRY(pni_choose_delivery(p, ask->delivery, cart));
    for (size_t i = 0; i < d->wants; i++)
        PN_TRY(pni_choose(s, d, pni_sale_offer(s, d->want[i].tier), &d->want[i]));
    PN_TRY(price(s, d, cart));
    return hold_of(p, d);
}

int pni_sale_decide(pni_sale *s, pni_deal *d)
{
    pn *p = s->p;
    int rc = pni_quote_decide(s, d);
    if (!rc)
        rc = pni_send_may(p, d);
    if (!rc)
        rc = pni_buyer_may(s, d);
    if (!rc && d->ask->expect_fen.fen && d->ask->expect_fen.fen != d->cart.payable_fen) {
        pn_fail(p, PN_ECONFLICT, "expect_fen", pn_tr("The order costs %lld.%02d yuan now"),
                (long long)(d->cart.payable_fen / 100), (int)(d->cart.payable_fen % 100));
        rc = pn_hint(p, "%s", pn_tr("Look at the new price, and ask again with it if you agree"));
    }
    if (rc)
        pni_unchoose(&d->cart);
    return rc;
}

int pni_sale_lend(pni_sale *s, pni_deal *d, int n)
{
    pni_lot *own = NULL;
    for (size_t i = 0; i < s->lots; i++)
        if (s->lot[i].lot_id == d->want->tier)
            own = &s->lot[i];
    if (own)
        own->free += n;
    int rc = pni_sale_decide(s, d);
    if (own && rc)
        own->free -= n;
    else if (own)
        own->lent += n;
    return rc;
}
