/* SPDX-License-Identifier: Apache-2.0 */
/* submit.c — quoting an order and placing it: one guarded statement takes the stock or nothing.
 *
 * Round trips: (1) BEGIN with the offer, (2) the statement below, (3) the bookkeeping with COMMIT.
 * Locks in the product's order: stock rows by tier, then rows nobody else can know of yet. */
#include <string.h>

#include "order/offer_int.h"
#include "order/order_int.h"

static PN_TYPE(want_t, "order.want", pn_order_want,
    PN_COL(pn_order_want, tier, N_("Tier"), .flags = PN_REQ, .ref = "tier"),
    PN_COL(pn_order_want, qty, N_("Quantity"), .flags = PN_REQ, .min = 1, .max = 100));

static PN_TYPE(attendee_t, "order.attendee", pn_attendee,
    PN_COL(pn_attendee, name, N_("Name"), .flags = PN_REQ | PN_PII, .max = 60),
    PN_COL(pn_attendee, doc_type, N_("Document type"), .words = pn_doc_types),
    PN_COL(pn_attendee, doc, N_("Document number"), .flags = PN_REQ | PN_PII, .max = 32));

static PN_TYPE(quote_in_t, "order.quote_in", struct pn_order_quote,
    PN_COL(struct pn_order_quote, tier, N_("Tier"), .flags = PN_OPT | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_order_quote, qty, N_("Quantity"), .flags = PN_OPT | PN_ARG, .min = 1,
           .max = 100),
    PN_COL(struct pn_order_quote, session, N_("Session"), .flags = PN_OPT, .ref = "session"),
    PN_COL(struct pn_order_quote, items, N_("Items"), .of = &want_t,
           .hint = N_("Several tiers at once: tier and quantity of each")),
    PN_COL(struct pn_order_quote, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(struct pn_order_quote, channel, N_("Channel"), .words = pn_order_channels));

static PN_TYPE(quote_line_t, "order.quote_line", pn_quote_line,
    PN_COL(pn_quote_line, tier_id, N_("Tier number"), .ref = "tier"),
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
    PN_COL(pn_quote, delivery_fen, N_("Delivery fee")),
    PN_COL(pn_quote, service_fen, N_("Service fee")),
    PN_COL(pn_quote, payable_fen, N_("Payable"), .flags = PN_BRIEF),
    PN_COL(pn_quote, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(pn_quote, hold_min, N_("Minutes to pay")),
    PN_COL(pn_quote, limit_order, N_("Limit per order")),
    PN_COL(pn_quote, limit_user, N_("Limit per buyer")),
    PN_COL(pn_quote, realname, N_("Real name")),
    PN_COL(pn_quote, items, N_("Items"), .of = &quote_line_t));

static PN_TYPE(submit_in_t, "order.submit", struct pn_order_submit,
    PN_COL(struct pn_order_submit, tier, N_("Tier"), .flags = PN_OPT | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_order_submit, qty, N_("Quantity"), .flags = PN_OPT | PN_ARG, .min = 1,
           .max = 100),
    PN_COL(struct pn_order_submit, session, N_("Session"), .flags = PN_OPT, .ref = "session"),
    PN_COL(struct pn_order_submit, items, N_("Items"), .of = &want_t,
           .hint = N_("Several tiers at once: tier and quantity of each")),
    PN_COL(struct pn_order_submit, buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    PN_COL(struct pn_order_submit, phone, N_("Telephone"), .flags = PN_PII, .max = 20,
           .hint = N_("11 digits of a mobile, or + and the number with country")),
    PN_COL(struct pn_order_submit, delivery, N_("Delivery"), .words = pn_deliveries),
    PN_COL(struct pn_order_submit, channel, N_("Channel"), .words = pn_order_channels),
    PN_COL(struct pn_order_submit, attendees, N_("Attendees"), .of = &attendee_t,
           .hint = N_("Name, document type and number of each person")),
    PN_COL(struct pn_order_submit, expect_fen, N_("Expected price"), .flags = PN_OPT,
           .hint = N_("Refuse when the order costs something else")));

/* ---- placing ---- */

typedef struct place {
    int64_t id;
    const char *no;
    int64_t session_id, show_id, user_id, staff_id;
    pn_word channel, delivery;
    int qty, items, docs, buyer_limit;
    pn_bytes buyer, buyer_name, buyer_phone, phone_hash;
    const char *phone_tail;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen;
    pn_time hold_expires_at;
    pn_texts item_tier, item_seats, item_units, item_face;
    pn_texts seat_item, seat_tier, seat_list, seat_disc, seat_name, seat_type, seat_doc, seat_hash;
} place;
#define P(field, ...) PN_COL(place, field, #field, __VA_ARGS__)
static PN_TYPE(place_t, "order.place", place,
    P(id), P(no), P(session_id), P(show_id), P(user_id, .flags = PN_OPT),
    P(staff_id, .flags = PN_OPT), P(channel, .words = pn_order_channels),
    P(delivery, .words = pn_deliveries), P(qty), P(items), P(docs), P(buyer_limit), P(buyer),
    P(buyer_name), P(buyer_phone), P(phone_hash), P(phone_tail), P(goods_fen), P(discount_fen),
    P(delivery_fen), P(service_fen), P(payable_fen), P(hold_expires_at), P(item_tier),
    P(item_seats), P(item_units), P(item_face), P(seat_item), P(seat_tier), P(seat_list),
    P(seat_disc), P(seat_name), P(seat_type), P(seat_doc), P(seat_hash));
#undef P

typedef struct placed {
    int placed, taken, short_n, dup_n, bound, free;
    int64_t short_tier, cool_us;
} placed;
static PN_TYPE(placed_t, "order.placed", placed, PN_COL(placed, placed, "placed"),
    PN_COL(placed, taken, "taken"), PN_COL(placed, short_n, "short_n"),
    PN_COL(placed, dup_n, "dup_n"),
    PN_COL(placed, bound, "bound"), PN_COL(placed, free, "free"),
    PN_COL(placed, short_tier, "short_tier"), PN_COL(placed, cool_us, "cool_us"));

/* Every part hangs on `ok`, so a refusal leaves nothing behind. What `s` read under its lock can be
 * older than the row that `u` then updates (measured: once in some 10,000 under 12 writers), so `u`
 * asks again and the caller undoes everything when it did not take all lines. `c` counts for the
 * purchase limit and honours the cool-down; a buyer nobody can name is not counted. */
const pn_sql pni_place_sql = {"order_place", &place_t, &placed_t,
    "with i as (select u.no::int as no, u.tier, u.seats, u.units, u.face"
    "  from unnest((:item_tier)::bigint[], (:item_seats)::int[], (:item_units)::int[],"
    "   (:item_face)::bigint[]) with ordinality as u(tier, seats, units, face, no)),"
    " s as materialized (select k.lot_id,"
    "   k.qty_total - k.qty_held - k.qty_locked - k.qty_sold as free"
    "  from stock k where k.sk = :id# and k.lot_id = any ((:item_tier)::bigint[])"
    "  order by k.lot_id for update),"
    " lack as materialized (select i.tier, coalesce(s.free, 0) as free from i"
    "  left join s on s.lot_id = i.tier where coalesce(s.free, 0) < i.seats order by i.tier),"
    " w as (select u.hash, u.no::int as no from unnest((:seat_hash)::bytea[])"
    "  with ordinality as u(hash, no) where length(u.hash) > 0),"
    " dup as materialized (select d.seat_no from session_doc d where d.sk = :id#"
    "  and d.session_id = :session_id and d.doc_hash in (select w.hash from w)),"
    " pre as (select 1 as one where not exists (select from lack)"
    "  and not exists (select from dup)),"
    " c as (insert into buyer_count as b (sk, session_id, buyer, qty)"
    "  select :id#, :session_id, :buyer, :qty from pre where :buyer is not null"
    "  on conflict (sk, session_id, buyer) do update set qty = b.qty + excluded.qty"
    "  where (:buyer_limit = 0 or b.qty + excluded.qty <= :buyer_limit)"
    "   and (b.cool_until is null or b.cool_until <= :now) returning b.qty),"
    " ok as (select 1 as one from pre where :buyer is null or exists (select from c)),"
    " d as (insert into session_doc (sk, session_id, doc_hash, order_id, seat_no)"
    "  select :id#, :session_id, w.hash, :id, w.no from w, ok where :docs > 0"
    "  on conflict do nothing returning seat_no),"
    " u as (update stock k set qty_locked = k.qty_locked + i.seats from i, ok"
    "  where k.sk = :id# and k.lot_id = i.tier"
    "   and k.qty_total - k.qty_held - k.qty_locked - k.qty_sold >= i.seats returning k.lot_id),"
    " o as (insert into orders (sk, id, no, session_id, show_id, user_id, staff_id, buyer, channel,"
    "   status, qty, delivery, buyer_name, buyer_phone, phone_hash, phone_tail, goods_fen,"
    "   discount_fen, delivery_fen, service_fen, payable_fen, hold_expires_at, created_at,"
    "   updated_at) select :id#, :id, :no, :session_id, :show_id, :user_id, :staff_id, :buyer,"
    "   :channel, 'PENDING_PAY', :qty, :delivery, :buyer_name, :buyer_phone, :phone_hash,"
    "   coalesce(:phone_tail, ''), :goods_fen, :discount_fen, :delivery_fen, :service_fen,"
    "   :payable_fen, :hold_expires_at, :now, :now from ok returning id),"
    " oi as (insert into order_item (sk, order_id, no, tier_id, lot_id, qty, face_fen, unit_fen)"
    "  select :id#, o.id, i.no, i.tier, i.tier, i.units, i.face, i.face from o, i),"
    " os as (insert into order_seat (sk, order_id, no, item_no, tier_id, attendee_name, doc_type,"
    "   doc, doc_hash, list_fen, disc_fen, paid_fen, state)"
    "  select :id#, o.id, t.no::int, t.item, t.tier, nullif(t.name, ''), nullif(t.type, ''),"
    "   nullif(t.doc, ''), nullif(t.hash, ''), t.list, t.disc, t.list - t.disc, 'HELD'"
    "  from o, unnest((:seat_item)::int[], (:seat_tier)::bigint[], (:seat_list)::bigint[],"
    "   (:seat_disc)::bigint[], (:seat_name)::bytea[], (:seat_type)::text[],"
    "   (:seat_doc)::bytea[], (:seat_hash)::bytea[])"
    "   with ordinality as t(item, tier, list, disc, name, type, doc, hash, no)),"
    " ol as (insert into stock_lock (sk, order_id, lot_id, qty, state, expires_at, at)"
    "  select :id#, o.id, i.tier, i.seats, 'ACTIVE', :hold_expires_at, :now from o, i),"
    " od as (insert into order_due (sk, order_id, due_at)"
    "  select :id#, o.id, :hold_expires_at from o)"
    " select (select count(*) from o)::int as placed, (select count(*) from u)::int as taken,"
    "  (select count(*) from lack)::int as short_n,"
    "  (select count(*) from dup)::int as dup_n, (select count(*) from d)::int as bound,"
    "  coalesce((select lack.free from lack limit 1), 0) as free,"
    "  coalesce((select lack.tier from lack limit 1), 0) as short_tier,"
    "  coalesce((select (extract(epoch from b.cool_until) * 1000000)::bigint from buyer_count b"
    "   where b.sk = :id# and b.session_id = :session_id and b.buyer = :buyer"
    "   and b.cool_until > :now), 0) as cool_us", false};

static int add(pn *p, pn_texts *list, const char *text)
{
    if (!text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    list->v[list->n++] = text;
    return 0;
}

static int add_number(pn *p, pn_texts *list, int64_t number)
{
    return add(p, list, pn_printf(p, "%lld", (long long)number));
}

static int lists(pn *p, place *in, size_t items, size_t seats)
{
    pn_texts *of_items[] = {&in->item_tier, &in->item_seats, &in->item_units, &in->item_face};
    pn_texts *of_seats[] = {&in->seat_item, &in->seat_tier, &in->seat_list, &in->seat_disc,
                            &in->seat_name, &in->seat_type, &in->seat_doc, &in->seat_hash};
    for (size_t i = 0; i < 4 + 8; i++) {
        pn_texts *t = i < 4 ? of_items[i] : of_seats[i - 4];
        t->v = pn_alloc(p, (i < 4 ? items : seats) * sizeof *t->v);
        if (!t->v)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    }
    return 0;
}

/* The lines, and a row a seat: the bundle's price over its seats, the discount over all. */
static int fill_lines(pn *p, const pni_cart *cart, place *in)
{
    int64_t list[PNI_SEATS_MAX], disc[PNI_SEATS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < cart->n; i++) {
        const pni_offer *o = &cart->offer[i];
        int64_t even[20], part[20];
        for (int k = 0; k < o->combo_n && k < 20; k++)
            even[k] = 1;
        pni_apportion(o->face_price_fen.fen, even, (size_t)o->combo_n, part);
        PN_TRY(add_number(p, &in->item_tier, o->tier_id));
        PN_TRY(add_number(p, &in->item_seats, (int64_t)cart->units[i] * o->combo_n));
        PN_TRY(add_number(p, &in->item_units, cart->units[i]));
        PN_TRY(add_number(p, &in->item_face, o->face_price_fen.fen));
        for (int k = 0; k < cart->units[i] * o->combo_n; k++) {
            PN_TRY(add_number(p, &in->seat_item, (int64_t)i + 1));
            PN_TRY(add_number(p, &in->seat_tier, o->tier_id));
            list[n++] = part[k % o->combo_n];
        }
    }
    pni_apportion(cart->discount_fen, list, n, disc);
    for (size_t k = 0; k < n; k++) {
        PN_TRY(add_number(p, &in->seat_list, list[k]));
        PN_TRY(add_number(p, &in->seat_disc, disc[k]));
    }
    return 0;
}

static int fill_attendee(pn *p, place *in, const pn_attendee *a, bool unique)
{
    const char *doc;
    pn_bytes name, sealed, hash;
    pn_word type = a->doc_type.v ? a->doc_type : (pn_word){PN_DOC_ID_CARD};
    PN_TRY(pni_doc_check(p, type, a->doc, "attendees", &doc));
    PN_TRY(pni_pii_seal(p, in->id, a->name, &name));
    PN_TRY(pni_pii_seal(p, in->id, doc, &sealed));
    PN_TRY(pni_pii_hash(p, "doc", doc, &hash));
    const char *key = pni_hex(p, hash);
    for (size_t i = 0; key && i < in->seat_hash.n; i++)
        if (*key && strcmp(in->seat_hash.v[i], key) == 0)
            return pn_fail(p, PN_EREALNAME_DUP, "attendees", pn_tr("Document %s is named twice"),
                           pni_mask_doc(p, doc));
    in->docs += unique;
    PN_TRY(add(p, &in->seat_name, pni_hex(p, name)));
    PN_TRY(add(p, &in->seat_type, pn_word_name(pn_doc_types, type)));
    PN_TRY(add(p, &in->seat_doc, pni_hex(p, sealed)));
    return add(p, &in->seat_hash, unique ? key : "");
}

/* Real name by the show's mode: TICKET and STRICT bind one person to each seat, once a session. */
static int fill_people(pn *p, const struct pn_order_submit *ask, const pni_cart *cart, place *in)
{
    const char *mode = cart->offer->realname;
    bool each = strcmp(mode, "TICKET") == 0 || strcmp(mode, "STRICT") == 0;
    size_t seats = (size_t)cart->seats, given = ask->attendees.n;
    if (each && given != seats)
        return pn_fail(p, PN_EREALNAME, "attendees",
                       pn_tr("%d tickets need %d attendees, %d are named"), cart->seats,
                       cart->seats, (int)given);
    if (strcmp(mode, "ORDER") == 0 && given == 0)
        return pn_fail(p, PN_EREALNAME, "attendees", "%s",
                       pn_tr("This show needs the document of one person"));
    if (given > seats)
        return pn_fail(p, PN_EREALNAME, "attendees", "%s", pn_tr("More attendees than tickets"));
    const pn_attendee *a = ask->attendees.row;
    for (size_t i = 0; i < seats; i++) {
        if (i < given) {
            PN_TRY(fill_attendee(p, in, &a[i], each));
            continue;
        }
        pn_texts *t[] = {&in->seat_name, &in->seat_type, &in->seat_doc, &in->seat_hash};
        for (size_t k = 0; k < 4; k++)
            PN_TRY(add(p, t[k], ""));
    }
    return 0;
}

/* Who buys: a signed-in buyer, else the telephone; the key that purchase limits count by. */
static int fill_buyer(pn *p, const struct pn_order_submit *ask, const pni_cart *cart, place *in)
{
    const pn_actor *me = pn_who(p);
    const char *phone = NULL;
    bool staff = me->kind != 'U';
    if (staff)
        in->staff_id = me->id;
    else
        in->user_id = me->id;
    if (ask->phone) {
        PN_TRY(pni_phone_check(p, ask->phone, "phone", &phone));
        size_t n = strlen(phone);
        in->phone_tail = phone + (n > 4 ? n - 4 : 0);
        PN_TRY(pni_pii_seal(p, in->id, phone, &in->buyer_phone));
        PN_TRY(pni_pii_hash(p, "phone", phone, &in->phone_hash));
    } else if (cart->channel.v != PN_CHANNEL_POS) {
        return pn_fail(p, PN_EARG, "phone", "%s", pn_tr("A telephone number is required"));
    }
    PN_TRY(pni_pii_seal(p, in->id, ask->buyer_name, &in->buyer_name));
    if (in->user_id)
        return pni_pii_hash(p, "user", pn_printf(p, "%lld", (long long)in->user_id), &in->buyer);
    in->buyer = in->phone_hash;
    return 0;
}

static int limits(pn *p, const pni_cart *cart)
{
    const pni_offer *o = cart->offer;
    if (cart->seats > PNI_SEATS_MAX || (o->limit_order && cart->seats > o->limit_order))
        return pn_fail(p, PN_ELIMIT, "qty", pn_tr("At most %d tickets in one order of this show"),
                       o->limit_order ? o->limit_order : PNI_SEATS_MAX);
    if (o->limit_user && cart->seats > o->limit_user)
        return pn_fail(p, PN_ELIMIT, "qty", pn_tr("At most %d tickets for one buyer"),
                       o->limit_user);
    return 0;
}

/* Why the statement placed nothing. */
static int refused(pn *p, const pni_cart *cart, const placed *r)
{
    if (r->short_n) {
        const char *tier = "";
        for (size_t i = 0; i < cart->n; i++)
            if (cart->offer[i].tier_id == r->short_tier)
                tier = cart->offer[i].tier;
        if (r->free <= 0)
            return pn_fail(p, PN_ESTOCK, "qty", pn_tr("Tier “%s” is sold out"), tier);
        return pn_fail(p, PN_ESTOCK, "qty", pn_tr("Tier “%s”: only %d left"), tier, r->free);
    }
    if (r->dup_n)
        return pn_fail(p, PN_EREALNAME_DUP, "attendees", "%s", pn_code_text(PN_EREALNAME_DUP));
    if (r->cool_us) {
        pn_fail(p, PN_ELIMIT, "phone", "%s", pn_tr("Too many unpaid orders of this session"));
        return pn_hint(p, pn_tr("Try again in %d minutes, or pay an order that is still held"),
                       (int)((r->cool_us - pn_now(p).us) / 60000000 + 1));
    }
    pn_fail(p, PN_ELIMIT, "qty", pn_tr("At most %d tickets for one buyer"),
            cart->offer->limit_user);
    return pn_hint(p, "%s", pn_tr("Unpaid orders count until they run out"));
}

static void answer(pn *p, const pni_cart *cart, const place *in, pn_order *out)
{
    const pni_offer *o = cart->offer;
    *out = (pn_order){
        .id = in->id, .no = in->no, .show = o->show, .session_id = in->session_id,
        .start_at = o->start_at, .status = {PN_ORDER_PENDING_PAY}, .qty = in->qty,
        .payable_fen = in->payable_fen, .delivery = in->delivery, .channel = in->channel,
        .phone_tail = in->phone_tail, .user_id = in->user_id, .staff_id = in->staff_id,
        .hold_expires_at = in->hold_expires_at, .created_at = pn_now(p)};
}

static int prepare(pn *p, const struct pn_order_submit *ask, const pni_cart *cart, place *in)
{
    const pni_offer *o = cart->offer;
    int sk = pn_sk(o->session_id);
    PN_TRY(pn_new_id(p, sk, &in->id));
    PN_TRY(pn_new_no(p, "PN", sk, &in->no));
    in->session_id = o->session_id;
    in->show_id = o->show_id;
    in->channel = cart->channel;
    in->delivery = cart->delivery;
    in->qty = cart->seats;
    in->items = (int)cart->n;
    in->buyer_limit = o->limit_user;
    in->goods_fen.fen = cart->goods_fen;
    in->discount_fen.fen = cart->discount_fen;
    in->delivery_fen.fen = cart->delivery_fen;
    in->service_fen.fen = cart->service_fen;
    in->payable_fen.fen = cart->payable_fen;
    in->hold_expires_at.us = pn_now(p).us + cart->hold_min * 60000000;
    PN_TRY(lists(p, in, cart->n, (size_t)cart->seats));
    PN_TRY(fill_lines(p, cart, in));
    PN_TRY(fill_people(p, ask, cart, in));
    return fill_buyer(p, ask, cart, in);
}

static int submit(pn *p, const struct pn_order_submit *ask, pn_order *out)
{
    pni_cart cart;
    place in = {0};
    placed r;
    PN_TRY(pni_cart_fill(p, ask->session, ask->tier, ask->qty, &ask->items, ask->delivery,
                         ask->channel, &cart));
    PN_TRY(limits(p, &cart));
    if (ask->expect_fen.fen && ask->expect_fen.fen != cart.payable_fen)
        return pn_fail(p, PN_ECONFLICT, "expect_fen", pn_tr("The order costs %lld.%02d yuan now"),
                       (long long)(cart.payable_fen / 100), (int)(cart.payable_fen % 100));
    PN_TRY(prepare(p, ask, &cart, &in));
    int64_t swept = cart.offer->due ? 200 : 0;
    while (swept == 200) /* holds that ran out count no more, whether or not the job came by */
        PN_TRY(pni_hold_sweep(p, pn_sk(in.id), &swept));
    PN_TRY(pn_one(p, &pni_place_sql, &in, &r));
    if (!r.placed)
        return refused(p, &cart, &r);
    if (r.taken != in.items)
        return pn_fail(p, PN_ESTOCK, "qty", "%s", pn_tr("The last tickets were taken just now"));
    if (r.bound != in.docs) /* bound by another order between the check and the insert */
        return pn_fail(p, PN_EREALNAME_DUP, "attendees", "%s", pn_code_text(PN_EREALNAME_DUP));
    answer(p, &cart, &in, out);
    PN_TRY(pni_stepped(p, &pni_order_fsm, in.id, NULL, "submit", NULL));
    PN_TRY(pn_audit(p, "order", in.id, &pn_order_t, NULL, out, NULL));
    if (in.payable_fen.fen == 0) {
        PN_TRY(pni_order_settle_free(p, in.id));
        return pni_order_row(p, in.id, out);
    }
    return pn_outbox(p, "order.submitted", in.id, NULL, NULL, NULL);
}

static int quote(pn *p, const struct pn_order_quote *ask, pn_quote *out)
{
    pni_cart cart;
    PN_TRY(pni_cart_fill(p, ask->session, ask->tier, ask->qty ? ask->qty : 1, &ask->items,
                         ask->delivery, ask->channel, &cart));
    const pni_offer *o = cart.offer;
    *out = (pn_quote){
        .session_id = o->session_id, .show = o->show, .start_at = o->start_at, .qty = cart.seats,
        .goods_fen = {cart.goods_fen}, .discount_fen = {cart.discount_fen},
        .delivery_fen = {cart.delivery_fen}, .service_fen = {cart.service_fen},
        .payable_fen = {cart.payable_fen}, .delivery = cart.delivery,
        .hold_min = (int)cart.hold_min, .limit_order = o->limit_order,
        .limit_user = o->limit_user, .realname = o->realname};
    pn_quote_line *line = pn_alloc(p, cart.n * sizeof *line);
    if (!line)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < cart.n; i++)
        line[i] = (pn_quote_line){
            .tier_id = o[i].tier_id, .tier = o[i].tier, .qty = cart.units[i],
            .seats = cart.units[i] * o[i].combo_n, .free = o[i].free,
            .unit_fen = o[i].face_price_fen,
            .goods_fen = {cart.units[i] * o[i].face_price_fen.fen}};
    out->items = (pn_rows){line, cart.n};
    return 0;
}

enum {
    SELLERS = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_BUYER | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM
};

PNI_OP(order, quote, quote, pn_quote, .brief = N_("Tell what an order would cost now"),
       .in = &quote_in_t, .out = &quote_t, .may = PN_ROLE_PUBLIC,
       .example = "pn order quote --tier 61441 --qty 2")
PNI_OP(order, submit, submit, pn_order, .brief = N_("Order tickets and hold them until paid"),
       .help = N_("The tickets are held for 15 minutes (3 at the box office, 8 in the tail). "
                  "Prices are computed now; give the expected price to be refused instead of "
                  "surprised."),
       .in = &submit_in_t, .out = &pn_order_t, .may = SELLERS, .flags = PN_WRITE | PN_ONCE,
       .example = "pn order submit --tier 61441 --qty 2 --phone 13800001234")
