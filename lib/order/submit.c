/* SPDX-License-Identifier: Apache-2.0 */
/* submit.c — quoting an order and placing it; how many at a time does not matter. */
#include <string.h>

#include "goods/listing.h"
#include "order/mine_int.h"
#include "order/send_int.h"

PN_TYPE(pni_want_t, "order.want", pn_order_want,
    PN_COL(pn_order_want, tier, N_("Tier"), .flags = PN_OPT, .ref = "tier"),
    PN_COL(pn_order_want, qty, N_("Quantity"), .flags = PN_REQ, .min = 1, .max = 100),
    PN_COL(pn_order_want, listing, N_("Listing"), .flags = PN_OPT, .ref = "listing"),
    PN_COL(pn_order_want, seats, N_("Seats"), .hint = N_("Keys of seats, as the seat map has")));

PN_TYPE(pni_attendee_t, "order.attendee", pn_attendee,
    PN_COL(pn_attendee, name, N_("Name"), .flags = PN_REQ | PN_PII, .max = 60),
    PN_COL(pn_attendee, doc_type, N_("Document type"), .words = pn_doc_types),
    PN_COL(pn_attendee, doc, N_("Document number"), .flags = PN_REQ | PN_PII, .max = 32));

enum { POINTS_MAX = 100000000 };
static PN_TYPE(quote_in_t, "order.quote_in", struct pn_order_quote,
    PN_COL(struct pn_order_quote, tier, N_("Tier"), .flags = PN_OPT | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_order_quote, qty, N_("Quantity"), .flags = PN_OPT | PN_ARG, .min = 1,
           .max = 100),
    PN_COL(struct pn_order_quote, listing, N_("Listing"), .flags = PN_OPT, .ref = "listing"),
    PN_COL(struct pn_order_quote, session, N_("Session"), .flags = PN_OPT, .ref = "session"),
    PN_COL(struct pn_order_quote, items, N_("Items"), .of = &pni_want_t,
           .hint = N_("Several tiers at once: tier and quantity of each")),
    PN_COL(struct pn_order_quote, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(struct pn_order_quote, channel, N_("Channel"), .words = pn_order_channels),
    PN_COL(struct pn_order_quote, confirm, N_("Conditions met"),
           .hint = N_("Confirmed conditions of special goods: STUDENT, CHILD …")),
    PN_COL(struct pn_order_quote, accept_split, N_("Several sellers"), .flags = PN_OPT,
           .hint = N_("Let up to three sellers share it")),
    PN_COL(struct pn_order_quote, accept_single, N_("A ticket alone"), .flags = PN_OPT,
           .hint = N_("When an odd number is shared, one ticket may lie apart")),
    PN_COL(struct pn_order_quote, accept_upgrade, N_("A better tier"), .flags = PN_OPT,
           .hint = N_("A tier that is worth more will do, for no more money")),
    PN_COL(struct pn_order_quote, cap_fen, N_("Highest price"), .flags = PN_OPT,
           .hint = N_("Of a ticket; dearer ones are passed over")),
    PN_COL(struct pn_order_quote, points, N_("Loyalty points"), .flags = PN_OPT,
           .max = POINTS_MAX,
           .hint = N_("At most so many of one's own, for whole yuan and a part of the price")),
    PN_COL(struct pn_order_quote, coupon, N_("Coupon"), .flags = PN_OPT, .ref = "coupon",
           .hint = N_("One of the buyer's own, for this order alone")));

static PN_TYPE(quote_line_t, "order.quote_line", pn_quote_line,
    PN_COL(pn_quote_line, tier_id, N_("Tier number"), .ref = "tier"),
    PN_COL(pn_quote_line, listing_id, N_("Listing"), .flags = PN_OPT, .ref = "listing"),
    PN_COL(pn_quote_line, merchant_id, N_("Merchant"), .flags = PN_OPT, .ref = "merchant"),
    PN_COL(pn_quote_line, tier, N_("Tier"), .flags = PN_BRIEF),
    PN_COL(pn_quote_line, qty, N_("Quantity"), .flags = PN_BRIEF),
    PN_COL(pn_quote_line, seats, N_("Seats"), .flags = PN_BRIEF),
    PN_COL(pn_quote_line, free, N_("Free"), .flags = PN_BRIEF),
    PN_COL(pn_quote_line, unit_fen, N_("Unit price"), .flags = PN_BRIEF),
    PN_COL(pn_quote_line, goods_fen, N_("Amount"), .flags = PN_BRIEF));

static PN_TYPE(quote_t, "order.quote", pn_quote,
    PN_COL(pn_quote, session_id, N_("Session"), .ref = "session"),
    PN_COL(pn_quote, show, N_("Show"), .flags = PN_BRIEF),
    PN_COL(pn_quote, start_at, N_("Start"), .flags = PN_BRIEF),
    PN_COL(pn_quote, qty, N_("Tickets"), .flags = PN_BRIEF),
    PN_COL(pn_quote, goods_fen, N_("Goods")), PN_COL(pn_quote, discount_fen, N_("Discount")),
    PN_COL(pn_quote, points, N_("Loyalty points")),
    PN_COL(pn_quote, points_fen, N_("Of these, by points")),
    PN_COL(pn_quote, delivery_fen, N_("Delivery fee")),
    PN_COL(pn_quote, service_fen, N_("Service fee")),
    PN_COL(pn_quote, payable_fen, N_("Payable"), .flags = PN_BRIEF),
    PN_COL(pn_quote, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(pn_quote, needs_address, N_("Needs an address")),
    PN_COL(pn_quote, hold_min, N_("Minutes to pay")),
    PN_COL(pn_quote, limit_order, N_("Limit per order")),
    PN_COL(pn_quote, limit_user, N_("Limit per buyer")),
    PN_COL(pn_quote, realname, N_("Real name")),
    PN_COL(pn_quote, items, N_("Items"), .of = &quote_line_t));

static PN_TYPE(submit_in_t, "order.submit", struct pn_order_submit,
    PN_COL(struct pn_order_submit, tier, N_("Tier"), .flags = PN_OPT | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_order_submit, qty, N_("Quantity"), .flags = PN_OPT | PN_ARG, .min = 1,
           .max = 100),
    PN_COL(struct pn_order_submit, listing, N_("Listing"), .flags = PN_OPT, .ref = "listing"),
    PN_COL(struct pn_order_submit, session, N_("Session"), .flags = PN_OPT, .ref = "session"),
    PN_COL(struct pn_order_submit, items, N_("Items"), .of = &pni_want_t,
           .hint = N_("Several tiers at once: tier and quantity of each")),
    PN_COL(struct pn_order_submit, buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    PN_COL(struct pn_order_submit, phone, N_("Telephone"), .flags = PN_PII, .max = 20,
           .hint = N_("11 digits of a mobile, or + and the number with country")),
    PN_COL(struct pn_order_submit, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(struct pn_order_submit, channel, N_("Channel"), .words = pn_order_channels),
    PN_COL(struct pn_order_submit, attendees, N_("Attendees"), .of = &pni_attendee_t,
           .hint = N_("Name, document type and number of each person")),
    PN_COL(struct pn_order_submit, expect_fen, N_("Expected price"), .flags = PN_OPT,
           .hint = N_("Refuse when the order costs something else")),
    PN_COL(struct pn_order_submit, confirm, N_("Conditions met"),
           .hint = N_("Confirmed conditions of special goods: STUDENT, CHILD …")),
    PN_COL(struct pn_order_submit, seats, N_("Seats"),
           .hint = N_("Keys of seats, as the seat map has")),
    PN_COL(struct pn_order_submit, wheelchair, N_("Wheelchair place"), .flags = PN_OPT),
    PN_COL(struct pn_order_submit, accept_split, N_("Several sellers"), .flags = PN_OPT,
           .hint = N_("Let up to three sellers share it")),
    PN_COL(struct pn_order_submit, accept_single, N_("A ticket alone"), .flags = PN_OPT,
           .hint = N_("When an odd number is shared, one ticket may lie apart")),
    PN_COL(struct pn_order_submit, accept_upgrade, N_("A better tier"), .flags = PN_OPT,
           .hint = N_("A tier that is worth more will do, for no more money")),
    PN_COL(struct pn_order_submit, cap_fen, N_("Highest price"), .flags = PN_OPT,
           .hint = N_("Of a ticket; dearer ones are passed over")),
    PN_COL(struct pn_order_submit, points, N_("Loyalty points"), .flags = PN_OPT,
           .max = POINTS_MAX,
           .hint = N_("At most so many of one's own, for whole yuan and a part of the price")),
    PN_COL(struct pn_order_submit, coupon, N_("Coupon"), .flags = PN_OPT, .ref = "coupon",
           .hint = N_("One of the buyer's own, for this order alone")),
    PNI_SEND_TO(struct pn_order_submit));

/* The conditions that a buyer confirms, as bits. */
static int confirmed(pn *p, const pn_texts *words, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < words->n; i++) {
        int kind = pn_word_find(pn_special_kinds, words->v[i]);
        if (!kind)
            return pn_fail(p, PN_EARG, "confirm", pn_tr("There is no condition \"%s\""),
                           words->v[i]);
        *out |= 1u << kind;
    }
    return 0;
}

/* A tier or a listing with its quantity, or a list of them. */
static int wants(pn *p, pn_order_want one, const pn_rows *items, pn_order_want *own, pni_ask *ask)
{
    bool single = one.tier || one.listing;
    if ((items->n > 0) == single)
        return pn_fail(p, PN_EARG, "tier", "%s",
                       pn_tr("Give a tier, a listing, or items: one of them"));
    *own = one;
    ask->want = single ? own : items->row;
    ask->wants = single ? 1 : items->n;
    return 0;
}

static int ask_of(pn *p, const struct pn_order_submit *in, pn_order_want *one, pni_ask *ask)
{
    *ask = (pni_ask){.session = in->session, .delivery = in->delivery,
                     .channel = pni_channel_of(p, in->channel), .buyer_name = in->buyer_name,
                     .phone = in->phone, .attendees = in->attendees,
                     .expect_fen = in->expect_fen, .split = in->accept_split,
                     .single = in->accept_single, .upgrade = in->accept_upgrade,
                     .cap_fen = in->cap_fen, .wheelchair = in->wheelchair,
                     .points = in->points, .coupon = in->coupon, .to = PNI_TO_OF(in)};
    PN_TRY(confirmed(p, &in->confirm, &ask->special_ok));
    pn_order_want want = {in->tier, in->qty, in->listing, in->seats};
    if (!want.qty) /* so many as are named */
        want.qty = (int)in->seats.n;
    return wants(p, want, &in->items, one, ask);
}

/* One request among others. */
typedef struct placing {
    pn_order_want one;
    pni_ask ask;
    pni_deal deal;
} placing;

/* What each asks for; a buyer who gives no number is called at his account's. */
static int asks(pn *p, const pn_batch *b, placing *all)
{
    const char **phone = pn_alloc(p, (b->n + 1) * sizeof *phone);
    if (!phone)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < b->n; i++) {
        pn_request *r = b->req[i];
        pn_for(p, b, i);
        r->rc = ask_of(p, r->in, &all[i].one, &all[i].ask);
        phone[i] = all[i].ask.phone;
    }
    PN_TRY(pni_account_phones(p, b, phone));
    for (size_t i = 0; i < b->n; i++)
        all[i].ask.phone = phone[i];
    return 0;
}

/* An order that costs nothing is paid as it is placed. */
static int settle_free(pn *p, const pn_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        pn_order *out = b->req[i]->out;
        if (b->req[i]->rc || out->payable_fen.fen)
            continue;
        pn_for(p, b, i);
        PN_TRY(pni_order_settle_free(p, out->id));
        PN_TRY(pni_order_row(p, out->id, out));
    }
    return 0;
}

static int decide(pn *p, const pn_batch *b, placing *all, pni_sale *s)
{
    for (size_t i = 0; i < b->n; i++) {
        pn_request *r = b->req[i];
        if (r->rc)
            continue;
        pn_for(p, b, i);
        r->rc = pni_sale_decide(s, &all[i].deal);
        if (!r->rc)
            PN_TRY(pni_sale_take(s, &all[i].deal, r->out));
    }
    return 0;
}

/* Tiers of which there was plenty when they were last sold: a guess, by their numbers. One that is
 * wrong costs a second look. */
static _Atomic int64_t plenty[256];
static _Atomic int64_t *guess_of(int64_t tier)
{
    return &plenty[(uint64_t)(tier >> 12) % (sizeof plenty / sizeof *plenty)];
}

static bool guess(pni_deal *const deal[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < deal[i]->wants; k++)
            if (!deal[i]->want[k].tier || *guess_of(deal[i]->want[k].tier) != deal[i]->want[k].tier)
                return false;
    return true;
}

/* What costs nothing is settled at once, which needs the lots. */
static void learn(pn *p, const pni_sale *s, pni_deal *const deal[], size_t n)
{
    bool good = !pni_tries(p) && pni_sale_plenty(s, deal, n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < deal[i]->wants; k++) {
            int64_t tier = deal[i]->want[k].tier;
            *guess_of(tier) = good && deal[i]->cart.payable_fen ? tier : 0;
        }
    if (good && n == 1 && !s->known && deal[0]->cart.payable_fen)
        pni_known_learn(s);
}

/* One more of what was sold a moment ago is decided by what is known of it; many who want what
 * there is plenty of, or one of whom that is likely, are decided without the
 * locks, which are taken for the last moment only: meanwhile others write too. What does not fit
 * then (somebody came in between, an order that costs nothing is settled at once) fails a
 * constraint, and the second try is with the locks. */
static int read_for(pn *p, const pn_batch *b, pni_deal *const deal[], size_t deals, pni_sale *s)
{
    enum { MANY = 8 };
    if (pni_tries(p) && deals == 1)
        pni_known_forget(p, deal[0]->want->tier);
    if (!pni_tries(p) && b->n == 1 && pni_known_sale(p, s, deal, deals))
        return pni_send_read(p, deal, deals);
    if (!pni_tries(p) && (b->n >= MANY || guess(deal, deals))) {
        PN_TRY(pni_sale_read(p, s, deal, deals, PNI_TO_TRY));
        if (pni_sale_plenty(s, deal, deals))
            return 0;
    }
    return pni_sale_read(p, s, deal, deals, PNI_TO_SELL);
}

static int decide_anew(pn *p, const pn_batch *b, placing *all, pni_sale *s, pni_deal *const one[])
{
    pni_known_forget(p, one[0]->want->tier);
    pni_sale_drop(s);
    b->req[0]->rc = 0;
    PN_TRY(pni_sale_read(p, s, one, 1, PNI_TO_SELL));
    return decide(p, b, all, s);
}

static int submit(pn *p, const pn_batch *b)
{
    placing *all = pn_alloc(p, b->n * sizeof *all);
    pni_deal **deal = pn_alloc(p, b->n * sizeof *deal);
    pni_sale *s = pn_alloc(p, sizeof *s);
    size_t deals = 0;
    if (!all || !deal || !s)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(asks(p, b, all));
    for (size_t i = 0; i < b->n; i++) {
        pn_request *r = b->req[i];
        placing *x = &all[i];
        pn_for(p, b, i);
        if (!r->rc)
            r->rc = pni_deal_check(p, &x->ask, &x->deal);
        if (!r->rc)
            deal[deals++] = &x->deal;
    }
    PN_TRY(read_for(p, b, deal, deals, s));
    int rc = decide(p, b, all, s);
    if (!rc && s->known && b->req[0]->rc) /* nobody is refused by memory */
        rc = decide_anew(p, b, all, s, deal);
    learn(p, s, deal, deals);
    if (!rc)
        rc = pni_sale_write(s);
    pni_sale_drop(s);
    return rc ? rc : settle_free(p, b);
}

static int quote_lines(pn *p, const pni_cart *cart, pn_quote *out)
{
    pn_quote_line *line = pn_alloc(p, (cart->parts + 1) * sizeof *line);
    if (!line)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < cart->parts; i++) {
        const pni_part *part = &cart->part[i];
        line[i] = (pn_quote_line){
            .tier_id = part->offer->tier_id, .merchant_id = part->lot->merchant_id,
            .listing_id = part->lot->merchant_id ? part->lot->lot_id : 0,
            .tier = part->offer->tier, .qty = part->units,
            .seats = part->seats, .free = part->lot->free + part->seats,
            .unit_fen = {part->unit_fen}, .goods_fen = {part->units * part->unit_fen}};
    }
    out->items = (pn_rows){line, cart->parts};
    return 0;
}

/* The same reading and the same decision, without the locks and without a buyer: what nobody could
 * order is not quoted. */
static int quote(pn *p, const struct pn_order_quote *in, pn_quote *out)
{
    pn_order_want one;
    pni_sale s;
    pni_deal d, *all = &d;
    pni_ask ask = {.session = in->session, .delivery = in->delivery,
                   .channel = pni_channel_of(p, in->channel), .split = in->accept_split,
                   .single = in->accept_single, .upgrade = in->accept_upgrade,
                   .cap_fen = in->cap_fen, .points = in->points, .coupon = in->coupon};
    PN_TRY(confirmed(p, &in->confirm, &ask.special_ok));
    PN_TRY(wants(p, (pn_order_want){in->tier, in->qty ? in->qty : 1, in->listing, {0}}, &in->items,
                 &one, &ask));
    PN_TRY(pni_quote_check(p, &ask, &d));
    PN_TRY(pni_sale_read(p, &s, &all, 1, PNI_TO_TELL));
    PN_TRY(pni_quote_decide(&s, &d));
    const pni_cart *cart = &d.cart;
    const pni_offer *o = cart->offer;
    PN_TRY(pni_anybody_may(p, o, cart->seats));
    *out = (pn_quote){
        .session_id = o->session_id, .show = o->show, .start_at = o->start_at, .qty = cart->seats,
        .goods_fen = {cart->goods_fen},
        .discount_fen = {cart->less.total_fen + cart->less.points_fen},
        .delivery_fen = {cart->delivery_fen}, .service_fen = {cart->service_fen},
        .payable_fen = {cart->payable_fen}, .points = cart->less.points,
        .points_fen = {cart->less.points_fen}, .delivery = cart->delivery,
        .hold_min = (int)cart->hold_min, .limit_order = o->limit_order,
        .limit_user = o->limit_user, .realname = o->realname,
        .needs_address = cart->delivery.v == PN_DELIVERY_EXPRESS};
    return quote_lines(p, cart, out);
}

/* Channels lock by their contracts (dist lock). */
enum { SELLERS = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_BUYER | PN_ROLE_SYSTEM };

PNI_OP(order, quote, quote, pn_quote, .brief = N_("Tell what an order would cost now"),
       .in = &quote_in_t, .out = &quote_t, .may = PN_ROLE_PUBLIC,
       .example = "pn order quote --tier 61441 --qty 2")
const pn_op pni_order_submit_op = {
    .noun = "order", .verb = "submit", .brief = N_("Order tickets and hold them until paid"),
    .help = N_("The tickets are held for 15 minutes (3 at the box office, 8 in the tail). "
               "Prices are computed now; give the expected price to be refused instead of "
               "surprised."),
    .in = &submit_in_t, .out = &pn_order_t, .may = SELLERS,
    .flags = PN_WRITE | PN_ONCE | PN_MANY | PN_HOT, .many = submit,
    .example = "pn order submit --tier 61441 --qty 2 --phone 13800001234"};

int pn_order_submit(pn *p, const struct pn_order_submit *in, pn_order *out)
{
    return pn_call(p, &pni_order_submit_op, in, out);
}
