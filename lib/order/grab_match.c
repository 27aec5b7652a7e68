/* SPDX-License-Identifier: Apache-2.0 */
/* grab_match.c — tickets find the grabs that wait for them.
 *
 * The queue of a session is looked at in its order, page by page, in memory and without a lock: who
 * could be served by what is free, each after those before. Only those are then tried for good,
 * each in a transaction of its own that locks the lots and decides again. So a long queue of wishes
 * that nothing fits costs reading, and one failure holds up nobody. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "catalog/free_int.h"
#include "order/grab_int.h"
#include "order/hook_int.h"
#include "order/payment_int.h"
#include "user/buyer_int.h"

enum { PAGE = 200 };

typedef struct waiting {
    int64_t order_id, session_id, user_id, employer;
    int qty, boost;
    bool accept_split, accept_single, first;
    bool frozen;
    pn_money cap_fen, service_fen, paid_fen; /* the last: paid, or frozen */
    pn_texts tiers; /* numbers, the cheapest first */
    pn_bytes buyer, buyer_phone;
    pn_word delivery;
    pn_time created_at;
} waiting;
#define W(f, ...) PN_COL(waiting, f, #f, __VA_ARGS__)
static PN_TYPE(waiting_t, "grab.waiting", waiting, W(order_id), W(session_id),
    W(user_id, .flags = PN_OPT), W(employer, .flags = PN_OPT), W(qty), W(boost),
    W(accept_split), W(accept_single), W(first), W(frozen), W(cap_fen), W(service_fen),
    W(paid_fen), W(tiers), W(buyer), W(buyer_phone),
    W(delivery, .words = pn_deliveries), W(created_at));
#undef W
#define WAITING                                                                                    \
    "select g.order_id, g.session_id, o.user_id, g.qty, g.boost, g.accept_split, g.accept_single," \
    " g.cap_fen, o.paid_fen + o.held_fen as paid_fen, o.held_fen > 0 as frozen, g.buyer,"          \
    " o.buyer_phone, o.delivery, g.created_at, o.service_fen,"                                     \
    " (select f.merchant_id from staff f where f.id = o.staff_id) as employer,"                    \
    " (select array_agg(t.id::text order by t.face_price_fen, t.id) from tier t"                   \
    "  where t.session_id = g.session_id and not t.hidden and t.combo_n = 1 and (t.id = any"       \
    "   (g.tiers) or (g.accept_upgrade and t.face_price_fen > (select min(x.face_price_fen)"       \
    "    from tier x where x.id = any (g.tiers))))) as tiers"                                      \
    " from grab_request g"
const pn_sql pni_grab_queue_sql = {"grab_queue", &waiting_t, &waiting_t,
    WAITING " join orders o on o.sk = :session_id# and o.id = g.order_id"
    " where g.sk = :session_id# and g.session_id = :session_id and g.waiting"
    "  and g.deadline_at > :now and (:first or g.boost < :boost or (g.boost = :boost"
    "   and (g.created_at, g.order_id) > (:created_at, :order_id)))"
    " order by g.boost desc, g.created_at, g.order_id limit 200", false};
const pn_sql pni_grab_tiers_sql = {"grab_tiers", &waiting_t, &waiting_t,
    WAITING " join orders o on o.sk = :order_id# and o.id = g.order_id"
    " where g.sk = :order_id# and g.order_id = :order_id and g.waiting", false};
/* Both rows as they are when ours: the money of a raised cap is in the order. */
const pn_sql pni_grab_lock_sql = {"grab_lock", &waiting_t, &waiting_t,
    WAITING " join orders o on o.sk = :order_id# and o.id = g.order_id"
    " where g.sk = :order_id# and g.order_id = :order_id and g.waiting"
    "  and g.deadline_at > :now for update of g, o", false};

typedef struct names { int64_t session_id; pn_texts orders; } names;
static PN_TYPE(names_t, "grab.names", names, PN_COL(names, session_id, N_("Session")),
    PN_COL(names, orders, N_("Orders")));
typedef struct person { int64_t order_id; pn_bytes name, doc; pn_word doc_type; } person;
static PN_TYPE(person_t, "grab.named", person, PN_COL(person, order_id, N_("Order")),
    PN_COL(person, name, N_("Name")), PN_COL(person, doc, N_("Document")),
    PN_COL(person, doc_type, N_("Document type"), .words = pn_doc_types));
const pn_sql pni_grab_people_sql = {"grab_people", &names_t, &person_t,
    "select order_id, name, doc, doc_type from grab_person where sk = :session_id#"
    " and order_id = any ((:orders)::bigint[]) order by order_id, no", false};

/* What is read once for a page: names, sellers, the accounts' numbers in the page's order. */
typedef struct about { pn_rows people, sellers; const char **account; } about;

/* A grab with what it could become: an order of each of its tiers. */
typedef struct chance {
    const waiting *w;
    pn_order_want want[PNI_GRAB_TIERS];
    pni_ask ask[PNI_GRAB_TIERS];
    pni_deal *deal;
    size_t n;
    const char *result; /* of the look */
} chance;

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int people_of(pn *p, int64_t order_id, const pn_rows *all, pn_rows *out)
{
    pn_attendee *a = pn_alloc(p, (PNI_SEATS_MAX + 1) * sizeof *a);
    size_t n = 0;
    if (!a)
        return oom(p);
    pn_each(person, x, all)
    {
        if (x->order_id != order_id || n == PNI_SEATS_MAX)
            continue;
        a[n].doc_type = x->doc_type;
        PN_TRY(pni_pii_open(p, order_id, x->name, &a[n].name));
        PN_TRY(pni_pii_open(p, order_id, x->doc, &a[n].doc));
        n++;
    }
    *out = (pn_rows){a, n};
    return 0;
}

static int prepare(pn *p, const waiting *w, const about *a, size_t no, chance *c)
{
    const char *phone;
    pn_rows attendees = {0};
    pni_ask whose = {0};
    *c = (chance){.w = w};
    c->n = w->tiers.n < PNI_GRAB_TIERS ? w->tiers.n : PNI_GRAB_TIERS;
    c->deal = pn_alloc(p, (c->n + 1) * sizeof *c->deal);
    if (!c->deal)
        return oom(p);
    PN_TRY(pni_pii_open(p, w->order_id, w->buyer_phone, &phone));
    if (a->people.n)
        PN_TRY(people_of(p, w->order_id, &a->people, &attendees));
    PN_TRY(pni_grab_own(p, &a->sellers, w->employer, phone, a->account[no], &whose));
    for (size_t i = 0; i < c->n; i++) {
        c->want[i] = (pn_order_want){.tier = strtoll(w->tiers.v[i], NULL, 10), .qty = w->qty};
        c->ask[i] = (pni_ask){
            .kind = "GRAB", .want = &c->want[i], .wants = 1, .delivery = w->delivery,
            .channel = {PN_CHANNEL_OWN}, .phone = phone, .attendees = attendees,
            .cap_fen = w->cap_fen, .service_fen = w->service_fen, .own = whose.own,
            .owns = whose.owns, .user_id = w->user_id, .order_id = w->order_id,
            .split = w->accept_split, .single = w->accept_single, .grab = true};
        PN_TRY(pni_deal_check(p, &c->ask[i], &c->deal[i]));
    }
    return 0;
}

/* The cheapest that can be had, taken in memory; else *out is NULL and the unit has the words of
 * the last refusal. */
static int best(pni_sale *s, chance *c, pni_deal **out)
{
    int why = PN_ENO_MATCH;
    int64_t least = INT64_MAX;
    *out = NULL;
    for (size_t i = 0; i < c->n; i++) {
        pni_deal *d = &c->deal[i];
        int rc = pni_sale_decide(s, d);
        if (rc) {
            why = rc;
            continue;
        }
        if (d->cart.payable_fen < least && d->cart.payable_fen <= c->w->paid_fen.fen) {
            least = d->cart.payable_fen;
            *out = d;
        }
        pni_unchoose(&d->cart);
    }
    return *out ? pni_sale_decide(s, *out) : why;
}

/* ---- one grab for good ---- */

typedef struct considered {
    int64_t id, order_id, grab_id;
    int rank, boost;
    pn_money cap_fen;
    const char *result;
} considered;
#define C(f) PN_COL(considered, f, #f)
static PN_TYPE(considered_t, "grab.looked_at", considered, C(id), C(order_id), C(grab_id), C(rank),
    C(boost), C(cap_fen), C(result));
#undef C
const pn_sql pni_grab_log_sql = {"grab_log", &considered_t, NULL,
    "insert into grab_considered (sk, id, order_id, rank, grab_id, boost, cap_fen, result, at)"
    " select (u.o & 4095)::int, u.id, u.o, u.rank, u.grab, u.boost, u.cap, u.result, :now"
    " from unnest(:id, :order_id, :rank, :grab_id, :boost, :cap_fen, :result)"
    "  u(id, o, rank, grab, boost, cap, result)", .array = true};

struct pn_grab_take { int64_t order; pn_rows considered; };
static PN_TYPE(take_in_t, "grab.take", struct pn_grab_take,
    PN_COL(struct pn_grab_take, order, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"),
    PN_COL(struct pn_grab_take, considered, N_("Looked at"), .of = &considered_t));

typedef struct selling {
    int64_t order_id;
    int qty;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen, paid_fen;
    pn_bytes key1, key2, key3;
    const char *to, *status;
} selling;
#define S(f) PN_COL(selling, f, #f)
static PN_TYPE(selling_t, "grab.selling", selling, S(order_id), S(qty), S(goods_fen),
    S(discount_fen), S(delivery_fen), S(service_fen), S(payable_fen), S(paid_fen), S(key1), S(key2),
    S(key3), S(to), S(status));
#undef S
/* The capture: of the money that is there already, and only as much as the tickets cost. */
const pn_sql pni_grab_sell_sql = {"grab_sell", &selling_t, &selling_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'ACTIVE'),"
    " o as (update orders o set status = " PNI_PAID_STATE(":order_id#") ", qty = :qty,"
    "   goods_fen = :goods_fen, discount_fen = :discount_fen, delivery_fen = :delivery_fen,"
    "   service_fen = :service_fen, payable_fen = :payable_fen, paid_at = :now,"
    "   limit_keys = array_remove(array[(:key1)::bytea, (:key2)::bytea, (:key3)::bytea], null),"
    "   updated_at = :now, version = o.version + 1"
    "  where o.sk = :order_id# and o.id = :order_id and o.status = 'GRAB_WAITING'"
    "   and :payable_fen <= (select coalesce(sum(y.amount_fen), 0) from payment y"
    "    where y.sk = :order_id# and y.order_id = :order_id and y.state = 'SUCCESS')"
    "  returning o.id, o.status, o.paid_fen, o.payable_fen),"
    PNI_SELL(":order_id#")
    " g as (update grab_request g set open = false, waiting = false from o"
    "  where g.sk = :order_id# and g.order_id = o.id)"
    " select id as order_id, status, paid_fen, payable_fen from o", false};

/* Money and tickets change hands; PN_EPROVIDER when the money is not there any more. */
static int capture(pn *p, const pni_deal *d, selling *s)
{
    const pni_cart *c = &d->cart;
    const pni_buyer *b = &d->buyer;
    *s = (selling){.order_id = d->ask->order_id, .qty = c->seats, .goods_fen = {c->goods_fen},
                   .discount_fen = {c->less.total_fen + c->less.points_fen},
                   .delivery_fen = {c->delivery_fen}, .service_fen = {c->service_fen},
                   .payable_fen = {c->payable_fen}, .to = pni_order_paid_state()};
    s->key1 = b->keys > 0 ? b->key[0] : (pn_bytes){0};
    s->key2 = b->keys > 1 ? b->key[1] : (pn_bytes){0};
    s->key3 = b->keys > 2 ? b->key[2] : (pn_bytes){0};
    int rc = pn_one(p, &pni_grab_sell_sql, s, s);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EPROVIDER, "order", "%s",
                       pn_tr("What was paid for the grab cannot be captured"));
    return rc;
}

static int settle(pn *p, const waiting *w, const selling *s)
{
    int64_t rest = s->paid_fen.fen - s->payable_fen.fen;
    if (pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, w->order_id));
    PN_TRY(pni_order_paid_steps(p, w->order_id, "GRAB_WAITING", "match", s->status));
    PN_TRY(pni_order_paid_event(p, w->order_id, s->status));
    if (rest > 0)
        PN_TRY(pni_refund_giveback(p, &(pni_giveback){w->order_id, 0, PN_REASON_GRAB, rest,
                                                      "GRAB_WAITING"}));
    return pni_grab_count(p, w->buyer, -1);
}

static int keep_log(pn *p, int64_t order_id, const pn_rows *looked)
{
    considered *row = pn_alloc(p, (looked->n + 1) * sizeof *row);
    if (!row)
        return oom(p);
    for (size_t i = 0; i < looked->n; i++) {
        row[i] = ((const considered *)looked->row)[i];
        row[i].order_id = order_id;
        row[i].rank = (int)i + 1;
        PN_TRY(pn_new_id(p, pn_sk(order_id), &row[i].id));
    }
    return looked->n ? pn_queue(p, &pni_grab_log_sql, row, looked->n, NULL, NULL) : 0;
}

static int read_about(pn *p, int64_t session_id, const waiting *w, size_t n, about *out)
{
    int64_t *account = pn_alloc(p, (n + 1) * sizeof *account);
    names in = {session_id, {pn_alloc(p, (n + 1) * sizeof *in.orders.v), n}};
    for (size_t i = 0; in.orders.v && i < n; i++)
        if (!(in.orders.v[i] = pn_printf(p, "%lld", (long long)w[i].order_id)))
            in.orders.v = NULL;
    out->account = pn_alloc(p, (n + 1) * sizeof *out->account);
    if (!account || !in.orders.v || !out->account)
        return oom(p);
    PN_TRY(pn_all(p, &pni_grab_people_sql, &in, &out->people));
    PN_TRY(pni_grab_sellers(p, session_id, &out->sellers));
    for (size_t i = 0; i < n; i++)
        account[i] = w[i].user_id;
    return pni_buyer_phones(p, account, out->sellers.n ? n : 0, out->account);
}

/* The lots it may get, then its request and its order. Its tiers are those whose lots are ours. */
static int lock(pn *p, waiting *w)
{
    pni_tier_no t[PNI_GRAB_TIERS];
    size_t n = 0, buckets = 0;
    pn_rows *locked;
    int rc = pn_one(p, &pni_grab_tiers_sql, w, w);
    if (rc)
        return rc;
    pn_texts tiers = w->tiers;
    for (; n < tiers.n && n < PNI_GRAB_TIERS; n++)
        t[n].tier = strtoll(tiers.v[n], NULL, 10);
    PN_TRY(pni_lots_lock(p, t, n, &locked, &buckets));
    rc = pn_one(p, &pni_grab_lock_sql, w, w);
    w->tiers = tiers;
    return rc;
}

static int take(pn *p, const struct pn_grab_take *in, pn_grab *out)
{
    waiting w = {.order_id = in->order};
    chance c;
    pni_sale s;
    pni_deal *all[PNI_GRAB_TIERS], *d;
    about read;
    pn_grab before;
    pn_order order;
    selling sold;
    int rc = lock(p, &w);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The grab has ended already"));
    PN_TRY(rc);
    PN_TRY(pni_grab_row(p, in->order, &before));
    PN_TRY(read_about(p, w.session_id, &w, 1, &read));
    PN_TRY(prepare(p, &w, &read, 0, &c));
    for (size_t i = 0; i < c.n; i++)
        all[i] = &c.deal[i];
    PN_TRY(pni_sale_read(p, &s, all, c.n, PNI_TO_SELL));
    rc = best(&s, &c, &d);
    int taken = d ? pni_sale_take(&s, d, &order) : 0;
    if (d && !taken)
        taken = pni_sale_write(&s);
    pni_sale_drop(&s);
    if (!d)
        return pn_fail(p, (pn_code)rc, "order", "%s", pn_tr("Nothing that is free fits this grab"));
    PN_TRY(taken);
    if (w.frozen) { /* its holder is asked when this is committed */
        PN_TRY(pni_grab_begin(p, d));
    } else {
        PN_TRY(capture(p, d, &sold));
        PN_TRY(settle(p, &w, &sold));
    }
    PN_TRY(keep_log(p, in->order, &in->considered));
    PN_TRY(pni_grab_row(p, in->order, out));
    return pn_audit(p, "grab", in->order, &pn_grab_t, &before, out, NULL);
}
int pn_grab_take(pn *p, const struct pn_grab_take *in, pn_grab *out);
PNI_OP(grab, take, take, pn_grab, .brief = N_("Give a waiting grab the tickets that fit it"),
       .in = &take_in_t, .out = &pn_grab_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* ---- the money was not there ---- */

struct pn_grab_capture_failed { int64_t order; };
static PN_TYPE(failed_in_t, "grab.capture_failed", struct pn_grab_capture_failed,
    PN_COL(struct pn_grab_capture_failed, order, N_("Order"), .flags = PN_KEY | PN_REQ,
           .ref = "order"));
typedef struct tried { int64_t order; int attempts; } tried;
static PN_TYPE(tried_t, "grab.tried", tried, PN_COL(tried, order, N_("Order")),
    PN_COL(tried, attempts, N_("Attempts")));
const pn_sql pni_grab_tried_sql = {"grab_tried", &tried_t, &tried_t,
    "update grab_request set attempts = attempts + 1 where sk = :order# and order_id = :order"
    " and waiting returning attempts", false};

static int capture_failed(pn *p, const struct pn_grab_capture_failed *in, pn_grab *out)
{
    tried t = {.order = in->order};
    int64_t most = 0;
    int rc = pn_one(p, &pni_grab_tried_sql, &t, &t);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The grab has ended already"));
    PN_TRY(rc);
    PN_TRY(pni_policy(p, "grab.capture_tries", &most));
    if (t.attempts < most) {
        PN_TRY(pni_stepped(p, &pni_order_fsm, in->order, "GRAB_WAITING", "capture_failed", NULL));
    } else {
        PN_TRY(pni_grab_end(p, in->order, "GRAB_WAITING", "capture_given_up", "GRAB_FAILED",
                            "CAPTURE"));
        PN_TRY(pn_outbox(p, "grab.capture_failed", in->order, NULL, NULL, NULL));
    }
    return pni_grab_row(p, in->order, out);
}
int pn_grab_capture_failed(pn *p, const struct pn_grab_capture_failed *in, pn_grab *out);
PNI_OP(grab, capture_failed, capture_failed, pn_grab,
       .brief = N_("Record that a matched grab's money could not be captured"),
       .in = &failed_in_t, .out = &pn_grab_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* ---- the queue ---- */

/* Who of this page can be served, each after those before. */
static int look(pn *p, int64_t session_id, const pn_rows *page, chance **out)
{
    const waiting *w = page->row;
    chance *c = pn_alloc(p, (page->n + 1) * sizeof *c);
    pni_deal **all = pn_alloc(p, (page->n * PNI_GRAB_TIERS + 1) * sizeof *all), *d;
    about read;
    pni_sale s;
    size_t n = 0;
    if (!c || !all)
        return oom(p);
    PN_TRY(read_about(p, session_id, w, page->n, &read));
    for (size_t i = 0; i < page->n; i++) {
        PN_TRY(prepare(p, &w[i], &read, i, &c[i]));
        for (size_t k = 0; k < c[i].n; k++)
            all[n++] = &c[i].deal[k];
    }
    PN_TRY(pni_sale_read(p, &s, all, n, PNI_TO_TELL));
    for (size_t i = 0; i < page->n; i++) {
        int why = best(&s, &c[i], &d);
        c[i].result = d ? "MATCH" : pn_code_name((pn_code)why);
    }
    *out = c;
    return 0;
}

static int serve(pn *p, const chance *c, const pn_rows *looked, int64_t *done)
{
    pn_grab out;
    int rc = pn_grab_take(p, &(struct pn_grab_take){c->w->order_id, *looked}, &out);
    if (rc == PN_EPROVIDER)
        rc = pn_grab_capture_failed(p, &(struct pn_grab_capture_failed){c->w->order_id}, &out);
    else if (!rc)
        (*done)++;
    if (!rc && c->w->frozen)
        rc = pni_grab_ask(p, c->w->order_id);
    /* Sold, cancelled or limited between the two looks: the next round looks again. */
    return rc == PN_EDATABASE || rc == PN_EMEM ? rc : 0;
}

static int match_page(pn *p, int64_t session_id, const pn_rows *page, int64_t *done)
{
    considered row[PNI_GRAB_LOG];
    pn_rows looked = {row, 0};
    chance *c = NULL;
    PN_TRY(look(p, session_id, page, &c));
    for (; looked.n < page->n && looked.n < PNI_GRAB_LOG; looked.n++)
        row[looked.n] = (considered){.grab_id = c[looked.n].w->order_id,
                                     .boost = c[looked.n].w->boost,
                                     .cap_fen = c[looked.n].w->cap_fen,
                                     .result = c[looked.n].result};
    for (size_t i = 0; i < page->n; i++)
        if (strcmp(c[i].result, "MATCH") == 0)
            PN_TRY(serve(p, &c[i], &looked, done));
    return 0;
}

typedef struct session { int64_t id; } session;
static PN_TYPE(session_t, "grab.session", session, PN_COL(session, id, N_("Session")));
const pn_sql pni_grab_sessions_sql = {"grab_sessions", NULL, &session_t,
    "select s.id from session s where s.status in ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL')"
    " and s.stop_sale_at > :now and s.id in (select g.session_id from grab_request g"
    "  where g.waiting) and s.id in (select k.session_id from stock k"
    "  where k.qty_total - k.qty_held - k.qty_locked - k.qty_sold + " PNI_FREED("k") " > 0)"
    " order by s.id", false};

int pni_grab_match_session(pn *p, int64_t session_id, int64_t *done)
{
    pn_rows page;
    waiting last = {.session_id = session_id, .first = true};
    do {
        PN_TRY(pn_all(p, &pni_grab_queue_sql, &last, &page));
        if (!page.n)
            break;
        last = ((const waiting *)page.row)[page.n - 1];
        last.first = false;
        PN_TRY(match_page(p, session_id, &page, done));
    } while (page.n == PAGE);
    return 0;
}

/* Whatever the events did not tell: tickets whose hold is over, a lost moment. */
static int grab_match(pn *p, int64_t *done)
{
    pn_rows sessions;
    PN_TRY(pn_all(p, &pni_grab_sessions_sql, NULL, &sessions));
    pn_each(session, s, &sessions)
        PN_TRY(pni_grab_match_session(p, s->id, done));
    return 0;
}
const pn_job pni_grab_match_job = {"grab_match", N_("Match free tickets with waiting grabs"), 60,
                                   grab_match};
