/* SPDX-License-Identifier: Apache-2.0 */
/* place.c — the rows of orders that were accepted, written set by set: however many orders, each
 * table is written by one statement. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "order/purse_int.h"
#include "order/send_int.h"

typedef struct order_row {
    int64_t id;
    const char *no, *kind;
    int64_t session_id, show_id, user_id, staff_id;
    pn_bytes buyer;
    pn_word channel;
    const char *ext_no, *status;
    int qty;
    pn_word delivery;
    pn_bytes buyer_name, buyer_phone, phone_hash;
    const char *phone_tail;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen;
    pn_time hold_expires_at;
    pn_bytes key1, key2, key3;
} order_row;
#define R(field, ...) PN_COL(order_row, field, #field, __VA_ARGS__)
static PN_TYPE(order_row_t, "order.put", order_row, R(id), R(no), R(kind), R(session_id),
    R(show_id), R(user_id, .flags = PN_OPT), R(staff_id, .flags = PN_OPT), R(buyer),
    R(channel, .words = pn_order_channels), R(ext_no), R(status), R(qty),
    R(delivery, .words = pn_deliveries), R(buyer_name), R(buyer_phone), R(phone_hash),
    R(phone_tail), R(goods_fen), R(discount_fen), R(delivery_fen), R(service_fen), R(payable_fen),
    R(hold_expires_at), R(key1), R(key2), R(key3));
#undef R
const pn_sql pni_put_orders_sql = {"put_orders", &order_row_t, NULL,
    "insert into orders (sk, id, no, kind, session_id, show_id, user_id, staff_id, buyer, channel,"
    "  ext_no, status, qty, delivery, buyer_name, buyer_phone, phone_hash, phone_tail, goods_fen,"
    "  discount_fen, delivery_fen, service_fen, payable_fen, hold_expires_at, limit_keys,"
    "  created_at, updated_at)"
    " select (u.id & 4095)::int, u.id, u.no, u.kind, u.session_id, u.show_id, u.user_id,"
    "  u.staff_id, u.buyer, u.channel, u.ext_no, u.status, u.qty, u.delivery, u.buyer_name,"
    "  u.buyer_phone, u.phone_hash, coalesce(u.phone_tail, ''), u.goods_fen, u.discount_fen,"
    "  u.delivery_fen, u.service_fen, u.payable_fen, u.hold_expires_at,"
    "  array_remove(array[u.key1, u.key2, u.key3], null), :now, :now"
    " from unnest(:id, :no, :kind, :session_id, :show_id, :user_id, :staff_id, :buyer, :channel,"
    "  :ext_no, :status, :qty, :delivery, :buyer_name, :buyer_phone, :phone_hash, :phone_tail,"
    "  :goods_fen, :discount_fen, :delivery_fen, :service_fen, :payable_fen, :hold_expires_at,"
    "  :key1, :key2, :key3) u(id, no, kind, session_id, show_id, user_id, staff_id, buyer, channel,"
    "  ext_no, status, qty, delivery, buyer_name, buyer_phone, phone_hash, phone_tail, goods_fen,"
    "  discount_fen, delivery_fen, service_fen, payable_fen, hold_expires_at, key1, key2, key3)",
    .array = true};

typedef struct item_row {
    int64_t order_id, tier_id, lot_id;
    int no, qty;
    pn_money face_fen, unit_fen, ask_fen, settle_fen;
} item_row;
#define R(field) PN_COL(item_row, field, #field)
static PN_TYPE(item_row_t, "order.put_item", item_row, R(order_id), R(tier_id), R(lot_id), R(no),
    R(qty), R(face_fen), R(unit_fen), R(ask_fen), R(settle_fen));
#undef R
const pn_sql pni_put_items_sql = {"put_items", &item_row_t, NULL,
    "insert into order_item (sk, order_id, no, tier_id, lot_id, qty, face_fen, unit_fen, ask_fen,"
    "  settle_fen)"
    " select (u.o & 4095)::int, u.o, u.no, u.tier, u.lot, u.qty, u.face, u.unit, u.ask, u.settle"
    " from unnest(:order_id, :no, :tier_id, :lot_id, :qty, :face_fen, :unit_fen, :ask_fen,"
    "  :settle_fen) u(o, no, tier, lot, qty, face, unit, ask, settle)", .array = true};

typedef struct seat_row {
    int64_t order_id, tier_id;
    int no, item_no;
    pn_bytes attendee_name, doc, doc_hash;
    pn_word doc_type;
    pn_money list_fen, disc_fen, merch_fen, chan_fen, points_fen;
    int64_t seat_block;
    int seat_bit;
    const char *seat_key;
} seat_row;
#define R(field, ...) PN_COL(seat_row, field, #field, __VA_ARGS__)
static PN_TYPE(seat_row_t, "order.put_seat", seat_row, R(order_id), R(tier_id), R(no), R(item_no),
    R(attendee_name), R(doc), R(doc_hash), R(doc_type, .words = pn_doc_types), R(list_fen),
    R(disc_fen), R(merch_fen), R(chan_fen), R(points_fen),
    R(seat_block, .flags = PN_OPT), R(seat_bit), R(seat_key));
#undef R
const pn_sql pni_put_seats_sql = {"put_seats", &seat_row_t, NULL,
    "insert into order_seat (sk, order_id, no, item_no, tier_id, attendee_name, doc_type, doc,"
    "  doc_hash, list_fen, disc_fen, merch_fen, chan_fen, points_fen, paid_fen, state, seat_block,"
    "  seat_bit, seat_key)"
    " select (u.o & 4095)::int, u.o, u.no, u.item, u.tier, u.name, u.type, u.doc, u.hash, u.list,"
    "  u.disc, u.merch, u.chan, u.points, u.list - u.disc - u.points, 'HELD', u.block,"
    "  case when u.block is not null then u.bit end, u.key"
    " from unnest(:order_id, :no, :item_no, :tier_id, :attendee_name, :doc_type, :doc, :doc_hash,"
    "  :list_fen, :disc_fen, :merch_fen, :chan_fen, :points_fen, :seat_block, :seat_bit, :seat_key)"
    "  u(o, no, item, tier, name, type, doc, hash, list, disc, merch, chan, points, block, bit,"
    "  key)",
    .array = true};

/* Holds that end together are one row, at most so many; which those are is worked out here. */
enum { ENDS_MAX = 128 };
typedef struct end_row { int64_t id; pn_time at; const char *orders; } end_row;
#define R(field) PN_COL(end_row, field, #field)
static PN_TYPE(end_row_t, "order.put_end", end_row, R(id), R(at), R(orders));
#undef R
const pn_sql pni_put_due_sql = {"put_due", &end_row_t, NULL,
    "insert into order_due (sk, due_at, id, orders)"
    " select (u.o & 4095)::int, u.at, u.o, u.orders::bigint[] from unnest(:id, :at, :orders)"
    " u(o, at, orders)", .array = true};

/* The product's lock order: several identities of several requests, ascending. Above the cap the
 * check refuses, and with it the whole batch: somebody else was counted meanwhile. */
#define R(field) PN_COL(pni_count, field, #field)
static PN_TYPE(count_row_t, "order.put_count", pni_count, R(session_id), R(buyer), R(add), R(cap));
#undef R
#define PUT_COUNTS                                                                                 \
    "insert into buyer_count as b (sk, session_id, buyer, qty, cap)"                               \
    " select (u.s & 4095)::int, u.s, u.buyer, u.n, u.cap"                                          \
    " from unnest(:session_id, :buyer, :add, :cap) u(s, buyer, n, cap) order by u.s, u.buyer"
const pn_sql pni_put_counts_sql = {"put_counts", &count_row_t, NULL,
    PUT_COUNTS
    " on conflict (sk, session_id, buyer) do update set qty = b.qty + excluded.qty,"
    "  cap = excluded.cap", .array = true};
/* Where all are new, which is what a sale without the locks may find, they are not looked for. */
const pn_sql pni_new_counts_sql = {"new_counts", &count_row_t, NULL, PUT_COUNTS, .array = true};

/* Who was not looked for at all may be there, and may have to wait. */
const pn_sql pni_known_counts_sql = {"known_counts", &count_row_t, NULL,
    PUT_COUNTS
    " on conflict (sk, session_id, buyer) do update set cap = excluded.cap, qty ="
    "  case when b.cool_until > :now then -1 else b.qty + excluded.qty end", .array = true};

typedef struct doc_row { int64_t session_id, order_id; int seat_no; pn_bytes hash; } doc_row;
#define R(field) PN_COL(doc_row, field, #field)
static PN_TYPE(doc_row_t, "order.put_doc", doc_row, R(session_id), R(order_id), R(seat_no),
    R(hash));
#undef R
const pn_sql pni_put_docs_sql = {"put_docs", &doc_row_t, NULL,
    "insert into session_doc (sk, session_id, doc_hash, order_id, seat_no)"
    " select (u.s & 4095)::int, u.s, u.hash, u.o, u.no"
    " from unnest(:session_id, :hash, :order_id, :seat_no) u(s, hash, o, no)"
    " order by u.s, u.hash", .array = true};

typedef struct lot_row { int64_t lot_id, stamp; int qty, lent; } lot_row;
static PN_TYPE(lot_row_t, "order.take_lot", lot_row, PN_COL(lot_row, lot_id, N_("Lot")),
    PN_COL(lot_row, stamp, N_("Stamp")), PN_COL(lot_row, qty, N_("Quantity")),
    PN_COL(lot_row, lent, "lent"));
const pn_sql pni_take_stock_sql = {"take_stock", &lot_row_t, NULL,
    /* one that was counted and has got seats meanwhile is refused by its check */
    "update stock k set qty_locked = case when (k.seat_stamp = 0) = (u.stamp = 0)"
    "  then k.qty_locked + u.qty else -1 end, qty_held = k.qty_held - u.lent,"
    "  seat_stamp = u.stamp"
    " from unnest(:lot_id, :qty, :lent, :stamp) u(lot, qty, lent, stamp)"
    " where k.sk = (u.lot & 4095)::int and k.lot_id = u.lot", .array = true};

/* Which rows a join comes to first is the planner's affair, so lots that are not ours yet are
 * locked in their order before. */
const pn_sql pni_take_order_sql = {"take_order", &lot_row_t, NULL,
    "select k.lot_id from unnest(:lot_id) u(lot) join stock k on k.sk = (u.lot & 4095)::int"
    " and k.lot_id = u.lot order by k.sk, k.lot_id for update of k", .array = true};

/* ---- rows in memory ---- */

typedef struct rows { char *row; size_t n, cap, size; } rows;
struct pni_taken { rows orders, items, seats, docs, draws, sent; };

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static void *add(pn *p, rows *r)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 8;
        char *wide = pn_alloc(p, cap * r->size);
        if (!wide)
            return NULL;
        if (r->n)
            memcpy(wide, r->row, r->n * r->size);
        r->row = wide;
        r->cap = cap;
    }
    return r->row + r->n++ * r->size;
}

static int taken_of(pni_sale *s, struct pni_taken **out)
{
    if (!s->taken && (s->taken = pn_alloc(s->p, sizeof *s->taken)))
        *s->taken = (struct pni_taken){{.size = sizeof(order_row)}, {.size = sizeof(item_row)},
                                       {.size = sizeof(seat_row)}, {.size = sizeof(doc_row)},
                                       {.size = sizeof(pni_draw)}, {.size = sizeof(pni_sent)}};
    *out = s->taken;
    return s->taken ? 0 : oom(s->p);
}

/* What each seat costs on the list: a bundle's price over its seats. */
static size_t list_prices(const pni_cart *cart, int64_t list[])
{
    static const int64_t even[20] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    size_t n = 0;
    for (size_t i = 0; i < cart->parts; i++) {
        const pni_part *part = &cart->part[i];
        int of = part->seats / part->units;
        int64_t share[20];
        pni_apportion(part->unit_fen, even, (size_t)of, share);
        for (int k = 0; k < part->seats; k++)
            list[n++] = share[k % of];
    }
    return n;
}

static int name_seat(pn *p, const pni_part *part, int k, seat_row *e)
{
    e->seat_block = part->pick[k].block;
    e->seat_bit = part->pick[k].bit;
    e->seat_key = pni_seat_key(p, part->lot->seats, part->pick[k]);
    return e->seat_key ? 0 : oom(p);
}

static int add_seats(pni_sale *s, struct pni_taken *t, const pni_deal *d, int64_t id)
{
    const pni_cart *cart = &d->cart;
    int64_t list[PNI_SEATS_MAX] = {0}, rest[PNI_SEATS_MAX], disc[PNI_SEATS_MAX],
        merch[PNI_SEATS_MAX], chan[PNI_SEATS_MAX], points[PNI_SEATS_MAX];
    size_t n = list_prices(cart, list), at = 0;
    pni_apportion(cart->less.total_fen, list, n, disc);
    for (size_t i = 0; i < n; i++)
        rest[i] = list[i] - disc[i];
    pni_apportion(cart->less.points_fen, rest, n, points);
    pni_apportion(cart->less.merch_fen, disc, n, merch);
    for (size_t i = 0; i < n; i++)
        rest[i] = disc[i] - merch[i];
    pni_apportion(cart->less.chan_fen, rest, n, chan);
    for (size_t i = 0; i < cart->parts; i++)
        for (int k = 0; k < cart->part[i].seats; k++, at++) {
            seat_row *e = add(s->p, &t->seats);
            if (!e)
                return oom(s->p);
            *e = (seat_row){.order_id = id, .tier_id = cart->part[i].offer->tier_id,
                .no = (int)at + 1, .item_no = (int)i + 1, .list_fen = {list[at]},
                .disc_fen = {disc[at]}, .merch_fen = {merch[at]}, .chan_fen = {chan[at]},
                .points_fen = {points[at]}};
            if (cart->part[i].pick)
                PN_TRY(name_seat(s->p, &cart->part[i], k, e));
        }
    return 0;
}

/* The people named go to the order's last seats rows, in their order. */
static int add_people(pni_sale *s, struct pni_taken *t, const pni_deal *d, int64_t id)
{
    const pni_offer *o = d->cart.offer;
    bool each = strcmp(o->realname, "TICKET") == 0 || strcmp(o->realname, "STRICT") == 0;
    seat_row *first = (seat_row *)t->seats.row + (t->seats.n - (size_t)d->cart.seats);
    for (size_t i = 0; i < d->buyer.people; i++) {
        const pni_person *x = &d->buyer.person[i];
        PN_TRY(pni_pii_seal(s->p, id, x->name, &first[i].attendee_name));
        PN_TRY(pni_pii_seal(s->p, id, x->doc, &first[i].doc));
        first[i].doc_type = x->doc_type;
        if (!each)
            continue;
        first[i].doc_hash = x->hash;
        doc_row *row = add(s->p, &t->docs);
        if (!row)
            return oom(s->p);
        *row = (doc_row){o->session_id, id, (int)i + 1, x->hash};
    }
    return 0;
}

static int add_items(pni_sale *s, struct pni_taken *t, const order_row *r, const pni_cart *cart)
{
    for (size_t i = 0; i < cart->parts; i++) {
        const pni_part *part = &cart->part[i];
        item_row *row = add(s->p, &t->items);
        if (!row)
            return oom(s->p);
        *row = (item_row){.order_id = r->id, .tier_id = part->offer->tier_id,
            .lot_id = part->lot->lot_id, .no = (int)i + 1, .qty = part->units,
            .face_fen = part->offer->face_price_fen, .unit_fen = {part->unit_fen},
            .ask_fen = part->lot->ask_fen, .settle_fen = part->lot->settle_fen};
    }
    return 0;
}

static int add_draws(pni_sale *s, struct pni_taken *t, const pni_deal *d, int64_t id)
{
    for (size_t i = 0; i < d->cart.draws; i++) {
        pni_draw *row = add(s->p, &t->draws);
        if (!row)
            return oom(s->p);
        *row = d->cart.draw[i];
        row->order_id = id;
    }
    return pni_draws_taken(s, &d->cart);
}

static int add_target(pni_sale *s, struct pni_taken *t, const pni_deal *d, int64_t id)
{
    if (!pni_send_keeps(d))
        return 0;
    pni_sent *row = add(s->p, &t->sent);
    return row ? pni_send_seal(s->p, id, &d->target, row) : oom(s->p);
}

static int fill(pni_sale *s, const pni_deal *d, order_row *r)
{
    const pni_ask *ask = d->ask;
    const pni_cart *cart = &d->cart;
    const pni_buyer *b = &d->buyer;
    int sk = pn_sk(cart->offer->session_id);
    r->id = ask->order_id;
    if (!r->id) {
        PN_TRY(pn_new_id(s->p, sk, &r->id));
        PN_TRY(pn_new_no(s->p, "PN", sk, &r->no));
    }
    r->kind = ask->kind ? ask->kind : "TICKET";
    r->status = ask->state ? ask->state : "PENDING_PAY";
    r->session_id = cart->offer->session_id;
    r->show_id = cart->offer->show_id;
    r->user_id = b->user_id;
    r->staff_id = b->staff_id;
    r->buyer = b->buyer;
    r->channel = cart->channel;
    r->delivery = cart->delivery;
    r->ext_no = ask->ext_no;
    r->qty = cart->seats;
    r->goods_fen.fen = cart->goods_fen;
    r->discount_fen.fen = cart->less.total_fen + cart->less.points_fen;
    r->delivery_fen.fen = cart->delivery_fen;
    r->service_fen.fen = cart->service_fen;
    r->payable_fen.fen = cart->payable_fen;
    r->hold_expires_at.us = pn_now(s->p).us + cart->hold_min * 60000000;
    r->phone_hash = b->phone_hash;
    r->phone_tail = b->phone ? pni_phone_tail(b->phone) : NULL;
    r->key1 = b->keys > 0 ? b->key[0] : (pn_bytes){0};
    r->key2 = b->keys > 1 ? b->key[1] : (pn_bytes){0};
    r->key3 = b->keys > 2 ? b->key[2] : (pn_bytes){0};
    PN_TRY(pni_pii_seal(s->p, r->id, b->phone, &r->buyer_phone));
    return pni_pii_seal(s->p, r->id, ask->buyer_name, &r->buyer_name);
}

static void answer(pni_sale *s, const pni_deal *d, const order_row *r, pn_order *out)
{
    const pni_offer *o = d->cart.offer;
    *out = (pn_order){
        .id = r->id, .no = r->no, .show = o->show, .session_id = r->session_id,
        .start_at = o->start_at, .venue = o->venue, .qty = r->qty, .payable_fen = r->payable_fen,
        .status = {(int16_t)pn_word_find(pn_order_states, r->status)}, .delivery = r->delivery,
        .channel = r->channel, .phone_tail = r->phone_tail, .user_id = r->user_id,
        .staff_id = r->staff_id, .hold_expires_at = r->hold_expires_at,
        .created_at = pn_now(s->p)};
}

int pni_sale_take(pni_sale *s, pni_deal *d, pn_order *out)
{
    struct pni_taken *t;
    PN_TRY(taken_of(s, &t));
    order_row waited = {0}, *r = d->ask->order_id ? &waited : add(s->p, &t->orders);
    if (!r)
        return oom(s->p);
    PN_TRY(fill(s, d, r));
    PN_TRY(add_items(s, t, r, &d->cart));
    PN_TRY(add_seats(s, t, d, r->id));
    PN_TRY(add_people(s, t, d, r->id));
    PN_TRY(add_draws(s, t, d, r->id));
    PN_TRY(add_target(s, t, d, r->id));
    PN_TRY(pni_buyer_count(s, d));
    answer(s, d, r, out);
    if (d->ask->order_id)
        return 0; /* it was told of when it was made */
    PN_TRY(pni_state_log(s->p, "order", r->id, NULL, r->status,
                         d->ask->event ? d->ask->event : "submit", NULL));
    PN_TRY(pn_audit(s->p, "order", r->id, &pn_order_t, NULL, out, NULL));
    if (out->payable_fen.fen && out->status.v == PN_ORDER_PENDING_PAY)
        PN_TRY(pn_outbox(s->p, "order.submitted", r->id, NULL, NULL, NULL));
    return 0;
}

static int by_lot(const void *a, const void *b)
{
    const lot_row *x = a, *y = b;
    int i = pn_sk(x->lot_id), k = pn_sk(y->lot_id);
    return i != k ? i - k : (x->lot_id > y->lot_id) - (x->lot_id < y->lot_id);
}

static int write_stock(pni_sale *s)
{
    lot_row *l = pn_alloc(s->p, (s->lots + 1) * sizeof *l);
    size_t n = 0;
    if (s->known)
        return pni_known_take(s);
    if (!l)
        return oom(s->p);
    for (size_t i = 0; i < s->lots; i++) {
        pni_lot *from = &s->lot[i];
        if (!from->taken)
            continue;
        if (from->seat_stamp)
            PN_TRY(pn_new_id(s->p, pn_sk(from->lot_id), &from->new_stamp));
        l[n++] = (lot_row){from->lot_id, from->new_stamp, from->taken, from->lent};
    }
    qsort(l, n, sizeof *l, by_lot);
    if (!s->locked && n > 1)
        PN_TRY(pn_queue(s->p, &pni_take_order_sql, l, n, NULL, NULL));
    return pn_queue(s->p, &pni_take_stock_sql, l, n, NULL, NULL);
}

static int write_counts(pni_sale *s)
{
    pni_count *c = pn_alloc(s->p, (s->counts.n + 1) * sizeof *c);
    size_t n = 0;
    bool kept = s->locked;
    if (!c)
        return oom(s->p);
    for (size_t i = 0; i < s->counts.cap; i++) {
        const pni_count *of = s->counts.slots[i].value;
        if (!of || !of->add)
            continue;
        c[n++] = *of;
        kept = kept || of->kept;
    }
    const pn_sql *put = s->known ? &pni_known_counts_sql
                        : kept   ? &pni_put_counts_sql
                                 : &pni_new_counts_sql;
    return n ? pn_queue(s->p, put, c, n, NULL, NULL) : 0;
}

static int by_end(const void *a, const void *b)
{
    const end_row *x = a, *y = b;
    int i = pn_sk(x->id), k = pn_sk(y->id);
    if (i != k || x->at.us == y->at.us)
        return i != k ? i - k : (x->id > y->id) - (x->id < y->id);
    return x->at.us > y->at.us ? 1 : -1;
}

static int write_ends(pn *p, const rows *orders)
{
    const order_row *o = (const void *)orders->row;
    end_row *e = pn_alloc(p, orders->n * sizeof *e);
    size_t n = 0, to;
    if (!e)
        return oom(p);
    for (size_t i = 0; i < orders->n; i++)
        e[i] = (end_row){o[i].id, o[i].hold_expires_at, NULL};
    qsort(e, orders->n, sizeof *e, by_end);
    for (size_t from = 0; from < orders->n; from = to, n++) {
        pn_buf b = pn_buf_new(p);
        for (to = from; to < orders->n && to - from < ENDS_MAX && e[to].at.us == e[from].at.us &&
                        pn_sk(e[to].id) == pn_sk(e[from].id); to++)
            pn_buf_putf(&b, "%s%" PRId64, to > from ? "," : "{", e[to].id);
        pn_buf_puts(&b, "}");
        if (b.bad)
            return oom(p);
        e[n] = (end_row){e[from].id, e[from].at, b.text};
    }
    return pn_queue(p, &pni_put_due_sql, e, n, NULL, NULL);
}

/* Rows that nobody else can want. */
static int write_own(pni_sale *s)
{
    const struct pni_taken *t = s->taken;
    if (t->orders.n)
        PN_TRY(pn_queue(s->p, &pni_put_orders_sql, t->orders.row, t->orders.n, NULL, NULL));
    if (t->sent.n)
        PN_TRY(pn_queue(s->p, &pni_send_put_sql, t->sent.row, t->sent.n, NULL, NULL));
    PN_TRY(pn_queue(s->p, &pni_put_items_sql, t->items.row, t->items.n, NULL, NULL));
    PN_TRY(pn_queue(s->p, &pni_put_seats_sql, t->seats.row, t->seats.n, NULL, NULL));
    return t->orders.n ? write_ends(s->p, &t->orders) : 0;
}

/* Rows that others want too: the lots, then who bought how many, then what campaigns set aside, in
 * the product's lock order. */
static int write_shared(pn *p, void *sale)
{
    pni_sale *s = sale;
    const struct pni_taken *t = s->taken;
    PN_TRY(write_stock(s));
    PN_TRY(pni_seats_write(s));
    PN_TRY(write_counts(s));
    if (t->docs.n)
        PN_TRY(pn_queue(p, &pni_put_docs_sql, t->docs.row, t->docs.n, NULL, NULL));
    return pni_draw_reserve(p, (const void *)t->draws.row, t->draws.n);
}

int pni_sale_write(pni_sale *s)
{
    if (!s->taken || !s->taken->items.n)
        return 0;
    if (s->locked)
        PN_TRY(write_shared(s->p, s));
    else
        pni_at_last(s->p, write_shared, s);
    return write_own(s);
}

int pni_sale_one(pn *p, const pni_ask *ask, pn_order *out)
{
    pni_sale s;
    pni_deal d, *one = &d;
    PN_TRY(pni_deal_check(p, ask, &d));
    PN_TRY(pni_sale_read(p, &s, &one, 1, PNI_TO_SELL));
    int rc = pni_sale_decide(&s, &d);
    if (!rc)
        rc = pni_sale_take(&s, &d, out);
    if (!rc)
        rc = pni_sale_write(&s);
    pni_sale_drop(&s);
    PN_TRY(rc);
    if (out->payable_fen.fen || out->status.v != PN_ORDER_PENDING_PAY)
        return 0;
    PN_TRY(pni_order_settle_free(p, out->id));
    return pni_order_row(p, out->id, out);
}
