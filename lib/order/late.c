/* SPDX-License-Identifier: Apache-2.0 */
/* late.c — see late_int.h. The old lines of an order that gets other tickets are gone with it; the
 * audit trail and the states' log keep that there were others. */
#include "order/late_int.h"

#include <string.h>

#include "goods/listing.h"
#include "order/sale_int.h"

enum { OTHER_TIERS = 10 };

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "late.id", id_in, PN_COL(id_in, id, N_("Order")));

/* An order as it was asked for. */
typedef struct closed {
    int64_t id, session_id, user_id;
    const char *kind;
    bool reserved; /* at an activity's or a contract's price, which is for its own stock alone */
    pn_bytes buyer_phone;
    pn_word delivery, channel;
} closed;
#define C(f, ...) PN_COL(closed, f, #f, __VA_ARGS__)
static PN_TYPE(closed_t, "late.order", closed, C(id), C(session_id), C(user_id, .flags = PN_OPT),
    C(kind), C(reserved), C(buyer_phone), C(delivery, .words = pn_deliveries),
    C(channel, .words = pn_order_channels));
#undef C
const pn_sql pni_late_order_sql = {"late_order", &by_id_t, &closed_t,
    "select o.id, o.session_id, o.user_id, o.kind, o.buyer_phone, o.delivery, o.channel,"
    " exists (select from order_reserve r where r.sk = :id# and r.order_id = o.id) as reserved"
    " from orders o where o.sk = :id# and o.id = :id", false};

typedef struct line {
    int64_t tier_id, lot_id;
    int qty, seats_n;
    pn_money unit_fen;
    pn_texts seats;
    bool contiguous, wheelchair;
    pn_word special_kind;
} line;
#define L(f, ...) PN_COL(line, f, #f, __VA_ARGS__)
static PN_TYPE(line_t, "late.line", line, L(tier_id), L(lot_id), L(qty), L(seats_n), L(unit_fen),
    L(seats), L(contiguous), L(wheelchair), L(special_kind, .words = pn_special_kinds));
#undef L
const pn_sql pni_late_lines_sql = {"late_lines", &by_id_t, &line_t,
    "select i.tier_id, i.lot_id, i.qty, i.unit_fen, coalesce(l.contiguous, false) as contiguous,"
    " coalesce(l.special_kind, t.special_kind) as special_kind, e.n as seats_n, e.seats,"
    " e.wheelchair from order_item i"
    " cross join lateral (select count(*)::int as n, array_agg(e.seat_key order by e.no)"
    "   filter (where e.seat_key is not null) as seats,"
    "  coalesce(bool_or(b.wheelchair >> e.seat_bit::int & 1 = 1), false) as wheelchair"
    "  from order_seat e left join seat_block b on b.sk = :id# and b.id = e.seat_block"
    "  where e.sk = :id# and e.order_id = i.order_id and e.item_no = i.no) e"
    " left join listing l on l.sk = :id# and l.id = i.lot_id left join tier t on t.id = i.tier_id"
    " where i.sk = :id# and i.order_id = :id order by i.no", false};

typedef struct person { pn_bytes name, doc; pn_word doc_type; } person;
static PN_TYPE(person_t, "late.person", person, PN_COL(person, name, N_("Name")),
    PN_COL(person, doc, N_("Document")),
    PN_COL(person, doc_type, N_("Document type"), .words = pn_doc_types));
const pn_sql pni_late_people_sql = {"late_people", &by_id_t, &person_t,
    "select e.attendee_name as name, e.doc, e.doc_type from order_seat e where e.sk = :id#"
    " and e.order_id = :id and e.doc is not null order by e.no", false};

typedef struct tier { int64_t tier; } tier;
static PN_TYPE(tier_t, "late.tier", tier, PN_COL(tier, tier, N_("Tier")));
/* Worth as much or more; the nearest first. */
const pn_sql pni_late_tiers_sql = {"late_tiers", &tier_t, &tier_t,
    "select t.id as tier from tier m join tier t on t.session_id = m.session_id"
    " where m.id = :tier and t.id <> m.id and not t.hidden and t.combo_n = m.combo_n"
    "  and t.face_price_fen >= m.face_price_fen order by t.face_price_fen, t.id limit 10", false};

const pn_sql pni_late_clear_sql = {"late_clear", &by_id_t, NULL,
    "with i as (delete from order_item where sk = :id# and order_id = :id),"
    " d as (delete from order_draw where sk = :id# and order_id = :id and state = 'BACK')"
    " delete from order_seat where sk = :id# and order_id = :id", false};

typedef struct price {
    int64_t id;
    int qty;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen;
} price;
#define P(f) PN_COL(price, f, #f)
static PN_TYPE(price_t, "late.price", price, P(id), P(qty), P(goods_fen), P(discount_fen),
    P(delivery_fen), P(service_fen), P(payable_fen));
#undef P
const pn_sql pni_late_price_sql = {"late_price", &price_t, NULL,
    "update orders set qty = :qty, goods_fen = :goods_fen, discount_fen = :discount_fen,"
    " delivery_fen = :delivery_fen, service_fen = :service_fen, payable_fen = :payable_fen"
    " where sk = :id# and id = :id and status = 'CLOSED'", false};

/* They are locked already, but where the order was closed while its lock was waited for. Then they
 * are not waited for: whoever has them may wait for the order or for its buyer's count, and the
 * whole begins again. */
const pn_sql pni_late_lots_sql = {"late_lots", &by_id_t, NULL,
    "select k.lot_id from stock k where k.sk = :id# and k.session_id = :id"
    " order by k.lot_id for update nowait", false};

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- the same tickets ---- */

static pni_lot *lot_of(const pni_sale *s, int64_t lot_id)
{
    for (size_t i = 0; i < s->lots; i++)
        if (s->lot[i].lot_id == lot_id)
            return &s->lot[i];
    return NULL;
}

static int seats_fit(pn *p, pni_lot *l, const line *of, bool *out)
{
    int flags = !l->rules.no_single_left ? PNI_PICK_LOOSE
                : l->rules.soft_single   ? PNI_PICK_SOFT
                                         : 0;
    pni_seat *seat = pn_alloc(p, (of->seats.n + 1) * sizeof *seat);
    if (!seat)
        return oom(p);
    if (!l->seats)
        PN_TRY(pni_picture_get(p, l->lot_id, l->seat_stamp, &l->seats));
    *out = !pni_seats_named(l->seats, of->seats.v, of->seats.n, seat, NULL) &&
           !pni_seats_take(l->seats, seat, of->seats.n, flags, NULL);
    return 0;
}

/* Each line is a sale once more: its rules are asked of what is left now. */
static int fits(pni_sale *s, const pn_rows *lines, bool *out)
{
    *out = true;
    pn_each(line, x, lines)
    {
        pni_lot *l = lot_of(s, x->lot_id);
        *out = l && l->live && x->seats_n <= l->deposit_room &&
               !pni_sellable(&l->rules, x->seats_n, l->free);
        if (*out && x->seats.n)
            PN_TRY(seats_fit(s->p, l, x, out));
        if (!*out)
            return 0;
        l->free -= x->seats_n;
        l->deposit_room -= x->seats_n;
    }
    return 0;
}

static int wants_of(pn *p, const pn_rows *lines, pni_ask *ask)
{
    pn_order_want *w = pn_alloc(p, (lines->n + 1) * sizeof *w);
    if (!w)
        return oom(p);
    ask->want = w;
    pn_each(line, x, lines)
        w[ask->wants++] = (pn_order_want){.tier = x->tier_id, .qty = x->qty};
    return 0;
}

int pni_late_fits(pn *p, int64_t order_id, bool *out)
{
    pn_rows lines;
    pni_ask ask = {0};
    pni_deal d, *one = &d;
    pni_sale s;
    closed o;
    *out = false;
    PN_TRY(pn_one(p, &pni_late_order_sql, &(id_in){order_id}, &o));
    PN_TRY(pn_exec(p, &pni_late_lots_sql, &(id_in){o.session_id}, NULL));
    PN_TRY(pn_all(p, &pni_late_lines_sql, &(id_in){order_id}, &lines));
    if (!lines.n)
        return 0;
    PN_TRY(wants_of(p, &lines, &ask));
    PN_TRY(pni_quote_check(p, &ask, &d));
    PN_TRY(pni_sale_read(p, &s, &one, 1, PNI_TO_SELL));
    int rc = fits(&s, &lines, out);
    pni_sale_drop(&s);
    return rc;
}

/* ---- others ---- */

static int people_of(pn *p, int64_t order_id, pn_rows *out)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_late_people_sql, &(id_in){order_id}, &rows));
    pn_attendee *a = pn_alloc(p, (rows.n + 1) * sizeof *a);
    if (!a)
        return oom(p);
    *out = (pn_rows){a, rows.n};
    pn_each(person, x, &rows)
    {
        a->doc_type = x->doc_type;
        PN_TRY(pni_pii_open(p, order_id, x->name, &a->name));
        PN_TRY(pni_pii_open(p, order_id, x->doc, &a->doc));
        a++;
    }
    return 0;
}

/* The order's wish again; what was promised of the old tickets is asked of the new ones. */
static int ask_again(pn *p, const closed *o, const pn_rows *lines, pni_ask *ask)
{
    *ask = (pni_ask){.session = o->session_id, .delivery = o->delivery, .channel = o->channel,
                     .user_id = o->user_id, .order_id = o->id, .late = true};
    PN_TRY(pni_pii_open(p, o->id, o->buyer_phone, &ask->phone));
    PN_TRY(people_of(p, o->id, &ask->attendees));
    PN_TRY(wants_of(p, lines, ask));
    pn_each(line, x, lines)
    {
        ask->together |= x->seats_n > 1 && (x->contiguous || x->seats.n);
        ask->wheelchair |= x->wheelchair;
        ask->special_ok |= x->special_kind.v ? 1u << x->special_kind.v : 0;
        if (x->unit_fen.fen > ask->cap_fen.fen)
            ask->cap_fen = x->unit_fen;
    }
    return 0;
}

static bool one_tier(const pni_deal *d)
{
    return d->wants == 1;
}

/* First its own tiers, then, for an order of one tier, those worth as much. */
static int choices(pn *p, const pni_ask *ask, pni_ask other[], pni_deal deal[], size_t *n)
{
    pn_rows tiers = {0};
    PN_TRY(pni_deal_check(p, ask, &deal[(*n)++]));
    if (!one_tier(deal))
        return 0;
    PN_TRY(pn_all(p, &pni_late_tiers_sql, &(tier){deal->want->tier}, &tiers));
    pn_each(tier, t, &tiers)
    {
        pn_order_want *w = pn_alloc(p, sizeof *w);
        if (!w)
            return oom(p);
        *w = (pn_order_want){.tier = t->tier, .qty = deal->want->qty};
        other[*n] = *ask;
        other[*n].want = w;
        other[*n].wants = 1;
        PN_TRY(pni_deal_check(p, &other[*n], &deal[*n]));
        ++*n;
    }
    return 0;
}

static int take(pni_sale *s, pni_deal *d)
{
    const pni_cart *c = &d->cart;
    pn_order out;
    price now = {.id = d->ask->order_id, .qty = c->seats, .goods_fen = {c->goods_fen},
                 .discount_fen = {c->less.total_fen + c->less.points_fen},
                 .delivery_fen = {c->delivery_fen}, .service_fen = {c->service_fen},
                 .payable_fen = {c->payable_fen}};
    PN_TRY(pn_queue(s->p, &pni_late_clear_sql, &(id_in){d->ask->order_id}, 0, NULL, NULL));
    PN_TRY(pni_sale_take(s, d, &out));
    PN_TRY(pni_sale_write(s));
    return pn_queue(s->p, &pni_late_price_sql, &now, 0, NULL, NULL);
}

static int first_that_fits(pni_sale *s, pni_deal deal[], size_t n, int64_t paid_fen, bool *out)
{
    for (size_t i = 0; i < n; i++) {
        if (pni_sale_decide(s, &deal[i]))
            continue;
        if (deal[i].cart.payable_fen <= paid_fen) {
            *out = true;
            return take(s, &deal[i]);
        }
        pni_unchoose(&deal[i].cart);
    }
    return 0;
}

int pni_late_instead(pn *p, int64_t order_id, int64_t paid_fen, bool *out)
{
    pni_ask ask, other[OTHER_TIERS + 1];
    pni_deal *deal = pn_alloc(p, (OTHER_TIERS + 1) * sizeof *deal), *all[OTHER_TIERS + 1];
    pn_rows lines;
    pni_sale s;
    closed o;
    size_t n = 0;
    *out = false;
    if (!deal)
        return oom(p);
    PN_TRY(pn_one(p, &pni_late_order_sql, &(id_in){order_id}, &o));
    if (strcmp(o.kind, "TICKET") != 0 || o.reserved)
        return 0;
    PN_TRY(pn_exec(p, &pni_late_lots_sql, &(id_in){o.session_id}, NULL));
    PN_TRY(pn_all(p, &pni_late_lines_sql, &(id_in){order_id}, &lines));
    PN_TRY(ask_again(p, &o, &lines, &ask));
    PN_TRY(choices(p, &ask, other, deal, &n));
    for (size_t i = 0; i < n; i++)
        all[i] = &deal[i];
    PN_TRY(pni_sale_read(p, &s, all, n, PNI_TO_SELL));
    int rc = first_that_fits(&s, deal, n, paid_fen, out);
    pni_sale_drop(&s);
    return rc;
}
