/* SPDX-License-Identifier: Apache-2.0 */
/* grab.c — a grab from the wish to the queue, and out of it without tickets. The order's row is
 * there from the start and carries the money; lines and seats come with the match. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "order/grab_int.h"
#include "order/mine_int.h"
#include "order/payment_int.h"
#include "order/send_int.h"

#define COL(f, label, ...) PN_COL(pn_grab, f, label, __VA_ARGS__)
#define TIERS                                                                                      \
    "(select array_agg(t.name order by t.sort, t.id) from tier t where t.id = any (g.tiers))"
#define HELPERS                                                                                    \
    "(select count(*) from grab_assist a where a.sk = g.sk and a.order_id = g.order_id)::int"
PN_TYPE(pn_grab_t, "grab", pn_grab,
    COL(order_id, N_("Order"), .flags = PN_KEY | PN_SORT, .sql = "g.order_id", .ref = "order"),
    COL(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    COL(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    COL(session_id, N_("Session"), .sql = "g.session_id", .ref = "session"),
    COL(start_at, N_("Start"), .flags = PN_BRIEF, .sql = "s.start_at"),
    COL(tiers, N_("Tiers"), .flags = PN_BRIEF | PN_NOFILTER, .sql = TIERS),
    COL(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "g.qty"),
    COL(cap_fen, N_("Highest price"), .flags = PN_BRIEF | PN_EACH, .sql = "g.cap_fen"),
    COL(auth_fen, N_("Payable"), .sql = "o.payable_fen"),
    COL(paid_fen, N_("Paid"), .sql = "o.paid_fen"),
    COL(frozen, N_("Frozen"), .sql = "(o.held_fen > 0)"),
    COL(delivery, N_("Delivery"), .words = pn_deliveries, .sql = "o.delivery"),
    COL(boost, N_("Boost"), .flags = PN_BRIEF, .sql = "g.boost"),
    COL(helpers, N_("Helpers"), .sql = HELPERS),
    COL(speed, N_("Speed pack"), .sql = "g.speed"),
    COL(level, N_("Level"), .sql = "g.level"),
    COL(accept_split, N_("Several sellers"), .sql = "g.accept_split"),
    COL(accept_single, N_("A ticket alone"), .sql = "g.accept_single"),
    COL(accept_upgrade, N_("A better tier"), .sql = "g.accept_upgrade"),
    COL(status, N_("State"), .flags = PN_BRIEF, .words = pn_order_states, .sql = "o.status"),
    COL(deadline_at, N_("Deadline"), .flags = PN_BRIEF | PN_SORT, .sql = "g.deadline_at"),
    COL(created_at, N_("Ordered"), .flags = PN_SORT, .sql = "g.created_at"));

#define FROM                                                                                       \
    "grab_request g join orders o on o.sk = g.sk and o.id = g.order_id"                            \
    " join session s on s.id = g.session_id join show h on h.id = s.show_id"
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
static const pn_list_spec list_spec = {&pn_grab_t, FROM, SCOPE, "g.order_id", "-order_id", NULL};

typedef struct id_in { int64_t order_id; } id_in;
static PN_TYPE(by_id_t, "grab.id", id_in, PN_COL(id_in, order_id, N_("Order")));
static const pn_sql row_sql = {"grab_row", &by_id_t, &pn_grab_t,
    "select g.order_id, o.no as order_no, h.title as show, g.session_id, s.start_at, " TIERS
    " as tiers, g.qty, g.cap_fen, o.payable_fen as auth_fen, o.paid_fen,"
    " o.held_fen > 0 as frozen, o.delivery, g.boost,"
    " " HELPERS " as helpers, g.speed, g.level, g.accept_split, g.accept_single, g.accept_upgrade,"
    " o.status, g.deadline_at, g.created_at from " FROM " where g.sk = :order_id#"
    " and g.order_id = :order_id and o.sk = :order_id#", false};

int pni_grab_row(pn *p, int64_t order_id, pn_grab *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){order_id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "order", pn_tr("Order %lld is not a grab"),
                       (long long)order_id);
    return rc;
}

/* ---- open grabs of a buyer ---- */

typedef struct quota { int sk, by; pn_bytes buyer; int64_t most; } quota;
static PN_TYPE(quota_t, "grab.quota", quota, PN_COL(quota, sk, N_("Bucket")),
    PN_COL(quota, by, N_("By")), PN_COL(quota, buyer, N_("Buyer")),
    PN_COL(quota, most, N_("Most")));
static const pn_sql count_sql = {"grab_count", &quota_t, NULL,
    "insert into grab_buyer as b (sk, buyer, open_n) values (:sk, :buyer, greatest(:by, 0))"
    " on conflict (sk, buyer) do update set open_n = greatest(b.open_n + :by, 0)"
    "  where :by < 0 or b.open_n < :most", false};

int pni_grab_count(pn *p, pn_bytes buyer, int by)
{
    const unsigned char *b = buyer.data;
    quota q = {.by = by, .buyer = buyer};
    int64_t done = 0;
    q.sk = buyer.len > 1 ? (b[0] << 8 | b[1]) & 4095 : 0;
    PN_TRY(pni_policy(p, "grab.open_max", &q.most));
    PN_TRY(pn_exec(p, &count_sql, &q, &done));
    if (done)
        return 0;
    pn_fail(p, PN_ELIMIT, "phone", pn_tr("At most %d open grabs of one buyer"), (int)q.most);
    return pn_hint(p, "%s", pn_tr("Cancel one of them, or wait until one ends"));
}

/* ---- the wish ---- */

typedef struct wish { int64_t session_id; pn_texts tiers; } wish;
static PN_TYPE(wish_t, "grab.wish", wish, PN_COL(wish, session_id, N_("Session")),
    PN_COL(wish, tiers, N_("Tiers")));
typedef struct found { int64_t tier; } found;
static PN_TYPE(found_t, "grab.found", found, PN_COL(found, tier, N_("Tier")));
static const pn_sql tiers_sql = {"grab_tiers", &wish_t, &found_t,
    "select t.id as tier from tier t where t.session_id = :session_id"
    " and (t.code = any (:tiers) or t.id::text = any (:tiers)) order by t.id", false};

typedef struct put {
    int64_t id, session_id, show_id, user_id, staff_id;
    const char *no, *phone_tail;
    pn_bytes buyer, buyer_name, buyer_phone, phone_hash;
    pn_word delivery;
    int qty, speed, level;
    pn_money cap_fen, goods_fen, delivery_fen, service_fen;
    pn_time due_at, deadline_at;
    pn_texts tiers;
    bool split, single, upgrade;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "grab.put", put, P(id), P(session_id), P(show_id),
    P(user_id, .flags = PN_OPT), P(staff_id, .flags = PN_OPT), P(no), P(phone_tail), P(buyer),
    P(buyer_name), P(buyer_phone), P(phone_hash), P(delivery, .words = pn_deliveries), P(qty),
    P(speed), P(level),
    P(cap_fen), P(goods_fen), P(delivery_fen), P(service_fen), P(due_at), P(deadline_at), P(tiers),
    P(split), P(single), P(upgrade));
#undef P
static const pn_sql put_sql = {"grab_put", &put_t, NULL,
    "with o as (insert into orders (sk, id, no, kind, session_id, show_id, user_id, staff_id,"
    "   buyer, status, qty, delivery, buyer_name, buyer_phone, phone_hash, phone_tail, goods_fen,"
    "   delivery_fen, service_fen, payable_fen, hold_expires_at, created_at, updated_at)"
    "  select :id#, :id, :no, 'GRAB', :session_id, :show_id, :user_id, :staff_id, :buyer,"
    "   'GRAB_PENDING_AUTH', :qty, :delivery, :buyer_name, :buyer_phone, :phone_hash,"
    "   coalesce(:phone_tail, ''), :goods_fen, :delivery_fen, :service_fen,"
    "   :goods_fen + :delivery_fen + :service_fen, :due_at, :now, :now)"
    " insert into grab_request (sk, order_id, session_id, buyer, tiers, cap_fen, qty,"
    "  accept_split, accept_single, accept_upgrade, speed, level, boost, deadline_at, due_at,"
    "  created_at)"
    " select :id#, :id, :session_id, :buyer, (:tiers)::bigint[], :cap_fen, :qty, :split, :single,"
    "  :upgrade, :speed, :level, :speed + :level, :deadline_at, :due_at, :now", false};

typedef struct person { int64_t order_id; int no; pn_bytes name, doc; pn_word doc_type; } person;
#define P(f, ...) PN_COL(person, f, #f, __VA_ARGS__)
static PN_TYPE(person_t, "grab.person", person, P(order_id), P(no), P(name), P(doc),
    P(doc_type, .words = pn_doc_types));
#undef P
static const pn_sql person_sql = {"grab_person", &person_t, NULL,
    "insert into grab_person (sk, order_id, no, name, doc, doc_type)"
    " values (:order_id#, :order_id, :no, :name, :doc, :doc_type)", false};

#define IN(f, label, ...) PN_COL(struct pn_grab_submit, f, label, __VA_ARGS__)
static PN_TYPE(submit_in_t, "grab.submit", struct pn_grab_submit,
    IN(session, N_("Session"), .flags = PN_REQ | PN_ARG, .ref = "session"),
    IN(tiers, N_("Tiers"), .flags = PN_REQ, .hint = N_("Codes or numbers: any of them will do")),
    IN(qty, N_("Quantity"), .flags = PN_REQ, .min = 1, .max = 100),
    IN(cap_fen, N_("Highest price"), .flags = PN_REQ, .min = 1, .max = INT64_C(10000000000),
       .hint = N_("Of a ticket; it is never charged more")),
    IN(accept_split, N_("Several sellers"), .flags = PN_OPT,
       .hint = N_("Let up to three sellers share it")),
    IN(accept_single, N_("A ticket alone"), .flags = PN_OPT,
       .hint = N_("When an odd number is shared, one ticket may lie apart")),
    IN(accept_upgrade, N_("A better tier"), .flags = PN_OPT,
       .hint = N_("A dearer tier will do, within the highest price")),
    IN(speed, N_("Speed pack"), .flags = PN_OPT, .max = PNI_GRAB_SPEED,
       .hint = N_("Points ahead in the queue, each for a fee that only a match costs")),
    IN(deadline_at, N_("Deadline"), .hint = N_("default: the end of the sale")),
    IN(buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    IN(phone, N_("Telephone"), .flags = PN_PII, .max = 20,
       .hint = N_("11 digits of a mobile, or + and the number with country")),
    IN(delivery, N_("Delivery"), .words = pn_deliveries),
    IN(attendees, N_("Attendees"), .of = &pni_attendee_t,
       .hint = N_("Name, document type and number of each person")),
    PNI_SEND_TO(struct pn_grab_submit));

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* Sold now or to be sold: a grab may be there before the sale. */
static int comes(pn *p, const pni_offer *o)
{
    static const char *const states[] = {"SCHEDULED", "PRESALE", "ON_SALE", "TAIL", "SUSPENDED"};
    bool may = strcmp(o->show_status, "PUBLISHED") == 0 && pn_now(p).us < o->stop_sale_at.us;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (may && strcmp(o->session_status, states[i]) == 0)
            return 0;
    pn_fail(p, PN_ESTATE, "session", pn_tr("The session is not on sale (%s)"),
            o->session_status);
    return pn_hint(p, "%s", pn_tr("Look for what is on sale: onsale list"));
}

static int tiers_fit(pn *p, const struct pn_grab_submit *in, const pni_sale *s)
{
    int64_t lowest = INT64_MAX, bp = 0;
    for (size_t i = 0; i < s->offers; i++) {
        const pni_offer *o = &s->offer[i];
        if (o->hidden || o->combo_n > 1) {
            pn_fail(p, PN_ESTATE, "tiers", pn_tr("Tier “%s” cannot be grabbed"),
                    o->tier);
            return pn_hint(p, "%s", pn_tr("Take another tier of the session: onsale show"));
        }
        if (o->face_price_fen.fen < lowest)
            lowest = o->face_price_fen.fen;
    }
    PN_TRY(pni_policy(p, "grab.cap_min_bp", &bp));
    int64_t least = pni_bp(lowest, bp);
    if (in->cap_fen.fen >= least)
        return 0;
    pn_fail(p, PN_ECAP, "cap_fen", pn_tr("The highest price must be at least %lld.%02d yuan"),
            (long long)(least / 100), (int)(least % 100));
    return pn_hint(p, "%s", pn_tr("Nobody sells that far below the face price"));
}

static int deadline(pn *p, const struct pn_grab_submit *in, const pni_offer *o, pn_time *out)
{
    *out = in->deadline_at.us ? in->deadline_at : o->stop_sale_at;
    if (out->us <= pn_now(p).us)
        return pn_fail(p, PN_EARG, "deadline_at", "%s", pn_tr("The deadline is over already"));
    if (out->us > o->stop_sale_at.us)
        return pn_fail(p, PN_EARG, "deadline_at", "%s",
                       pn_tr("The deadline is after the end of the sale"));
    return 0;
}

/* Its place beside the help of friends: what it pays for and the level of the account. */
static int key_of(pn *p, const struct pn_grab_submit *in, const pni_buyer *b, put *row)
{
    int64_t fee;
    row->speed = in->speed;
    PN_TRY(pni_policy(p, "grab.speed_fen", &fee));
    row->service_fen.fen = fee * in->speed;
    return pni_account_level(p, b->user_id, &row->level);
}

/* Everything that is asked of an order that buys now, but for the tickets: nothing is held. */
static int check(pn *p, const struct pn_grab_submit *in, const pni_ask *ask, pni_deal *d,
                 put *row)
{
    pni_sale s;
    int64_t minutes = 0;
    PN_TRY(pni_deal_check(p, ask, d));
    PN_TRY(pni_sale_read(p, &s, &d, 1, PNI_TO_TELL));
    if (!s.offers || (pn_who(p)->organiser && pn_who(p)->organiser != s.offer->organiser))
        return pn_fail(p, PN_ENONE, "session", "%s", pn_tr("There is no such session"));
    d->cart.offer = s.offer;
    d->cart.seats = in->qty;
    PN_TRY(comes(p, s.offer));
    PN_TRY(tiers_fit(p, in, &s));
    PN_TRY(pni_choose_delivery(p, in->delivery, &d->cart));
    PN_TRY(pni_send_may(p, d));
    PN_TRY(pni_buyer_may(&s, d));
    PN_TRY(deadline(p, in, s.offer, &row->deadline_at));
    PN_TRY(key_of(p, in, &d->buyer, row));
    PN_TRY(pni_policy(p, "grab.auth_min", &minutes));
    row->due_at.us = pn_now(p).us + minutes * 60000000;
    row->session_id = s.offer->session_id;
    row->show_id = s.offer->show_id;
    row->delivery = d->cart.delivery;
    if (row->delivery.v == PN_DELIVERY_EXPRESS)
        row->delivery_fen.fen = s.offer->express_fen;
    return 0;
}

static int write(pn *p, const struct pn_grab_submit *in, const pni_deal *d, put *row)
{
    const pni_buyer *b = &d->buyer;
    int sk = pn_sk(row->session_id);
    PN_TRY(pn_new_id(p, sk, &row->id));
    PN_TRY(pn_new_no(p, "PN", sk, &row->no));
    row->user_id = b->user_id;
    row->staff_id = b->staff_id;
    row->buyer = b->buyer;
    row->phone_hash = b->phone_hash;
    row->phone_tail = pni_phone_tail(b->phone);
    row->qty = in->qty;
    row->cap_fen = in->cap_fen;
    row->goods_fen.fen = in->cap_fen.fen * in->qty;
    row->split = in->accept_split;
    row->single = in->accept_single;
    row->upgrade = in->accept_upgrade;
    PN_TRY(pni_pii_seal(p, row->id, b->phone, &row->buyer_phone));
    PN_TRY(pni_pii_seal(p, row->id, in->buyer_name, &row->buyer_name));
    PN_TRY(pn_exec(p, &put_sql, row, NULL));
    if (pni_send_keeps(d)) {
        pni_sent sent;
        PN_TRY(pni_send_seal(p, row->id, &d->target, &sent));
        PN_TRY(pn_queue(p, &pni_send_put_sql, &sent, 1, NULL, NULL));
    }
    for (size_t i = 0; i < b->people; i++) {
        person x = {.order_id = row->id, .no = (int)i + 1, .doc_type = b->person[i].doc_type};
        PN_TRY(pni_pii_seal(p, row->id, b->person[i].name, &x.name));
        PN_TRY(pni_pii_seal(p, row->id, b->person[i].doc, &x.doc));
        PN_TRY(pn_exec(p, &person_sql, &x, NULL));
    }
    return 0;
}

static int submit(pn *p, const struct pn_grab_submit *in, pn_grab *out)
{
    pn_order_want want[PNI_GRAB_TIERS];
    const char *id[PNI_GRAB_TIERS];
    put row = {.tiers = {id, 0}};
    pni_deal d;
    pn_rows rows;
    if (in->tiers.n < 1 || in->tiers.n > PNI_GRAB_TIERS)
        return pn_fail(p, PN_EARG, "tiers", pn_tr("Name 1 to %d tiers"), PNI_GRAB_TIERS);
    PN_TRY(pn_all(p, &tiers_sql, &(wish){in->session, in->tiers}, &rows));
    if (rows.n != in->tiers.n)
        return pn_fail(p, PN_ENONE, "tiers", pn_tr("%d of these tiers are not of the session"),
                       (int)(in->tiers.n - rows.n));
    pn_each(found, f, &rows)
    {
        want[row.tiers.n] = (pn_order_want){.tier = f->tier, .qty = in->qty};
        if (!(id[row.tiers.n++] = pn_printf(p, "%lld", (long long)f->tier)))
            return oom(p);
    }
    pni_ask ask = {.kind = "GRAB", .want = want, .wants = rows.n, .delivery = in->delivery,
                   .channel = {PN_CHANNEL_OWN}, .attendees = in->attendees,
                   .buyer_name = in->buyer_name, .to = PNI_TO_OF(in)};
    PN_TRY(pni_account_phone(p, in->phone, &ask.phone));
    PN_TRY(check(p, in, &ask, &d, &row));
    PN_TRY(write(p, in, &d, &row));
    PN_TRY(pni_grab_count(p, row.buyer, 1));
    PN_TRY(pni_state_log(p, "order", row.id, NULL, "GRAB_PENDING_AUTH", "submit_wish", NULL));
    PN_TRY(pni_grab_row(p, row.id, out));
    return pn_audit(p, "grab", row.id, &pn_grab_t, NULL, out, NULL);
}

/* ---- leaving the queue ---- */

typedef struct ending {
    int64_t order_id;
    const char *from, *to, *reason;
    pn_money paid_fen;
    pn_bytes buyer;
} ending;
#define E(f) PN_COL(ending, f, #f)
static PN_TYPE(ending_t, "grab.ending", ending, E(order_id), E(from), E(to), E(reason),
    E(paid_fen), E(buyer));
#undef E
static const pn_sql end_sql = {"grab_end", &ending_t, &ending_t,
    "with w as materialized (select g.order_id, g.buyer from grab_request g"
    "  where g.sk = :order_id# and g.order_id = :order_id and g.open"
    "   and (g.waiting or :from = 'GRAB_PENDING_AUTH') for update),"
    " o as (update orders o set status = :to, close_reason = :reason, closed_at = :now,"
    "   updated_at = :now, version = o.version + 1 from w where o.sk = :order_id#"
    "   and o.id = w.order_id and o.status = :from returning o.id),"
    " g as (update grab_request g set open = false, waiting = false from o"
    "  where g.sk = :order_id# and g.order_id = o.id)"
    " select w.buyer, (select coalesce(sum(y.amount_fen), 0) from payment y"
    "  where y.sk = :order_id# and y.order_id = :order_id"
    "  and y.state in ('SUCCESS', 'CAPTURED'))::bigint"
    "  as paid_fen from o, w", false};

int pni_grab_end(pn *p, int64_t order_id, const char *from, const char *event, const char *to,
                 const char *reason)
{
    ending e = {.order_id = order_id, .from = from, .to = to, .reason = reason};
    int rc = pn_one(p, &end_sql, &e, &e);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_ESTATE, "order", "%s",
                pn_tr("The grab has ended already, or its tickets are just being paid"));
        return pn_hint(p, "%s", pn_tr("See what became of it: grab show"));
    }
    PN_TRY(rc);
    PN_TRY(pni_stepped(p, &pni_order_fsm, order_id, from, event, reason));
    PN_TRY(pni_grab_release(p, order_id));
    if (e.paid_fen.fen)
        PN_TRY(pni_refund_giveback(p, &(pni_giveback){order_id, 0, PN_REASON_GRAB,
                                                      e.paid_fen.fen, from}));
    return pni_grab_count(p, e.buyer, -1);
}

#define ORDER_IN(verb_)                                                                            \
    PN_COL(struct pn_grab_##verb_, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,          \
           .ref = "order")
static PN_TYPE(cancel_in_t, "grab.cancel", struct pn_grab_cancel, ORDER_IN(cancel),
    PN_COL(struct pn_grab_cancel, reason, N_("Reason"), .max = 200));
static PN_TYPE(raise_in_t, "grab.raise", struct pn_grab_raise, ORDER_IN(raise),
    PN_COL(struct pn_grab_raise, cap_fen, N_("Highest price"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(10000000000)));
static PN_TYPE(show_in_t, "grab.show", struct pn_grab_show, ORDER_IN(show));

static int mine(pn *p, int64_t order_id, pn_grab *out)
{
    pni_order o;
    PN_TRY(pni_order_get(p, order_id, &o));
    return pni_grab_row(p, order_id, out);
}

static int cancel(pn *p, const struct pn_grab_cancel *in, pn_grab *out)
{
    pn_grab before;
    PN_TRY(mine(p, in->order, &before));
    PN_TRY(pni_grab_end(p, in->order, before.status.v == PN_ORDER_GRAB_PENDING_AUTH
                                          ? "GRAB_PENDING_AUTH" : "GRAB_WAITING",
                        "cancel", "GRAB_CANCELLED", in->reason ? in->reason : "CANCELLED"));
    PN_TRY(pni_grab_row(p, in->order, out));
    return pn_audit(p, "grab", in->order, &pn_grab_t, &before, out, in->reason);
}

typedef struct raising { int64_t order_id; pn_money cap_fen; } raising;
static PN_TYPE(raising_t, "grab.raising", raising, PN_COL(raising, order_id, N_("Order")),
    PN_COL(raising, cap_fen, N_("Highest price")));
static const pn_sql raise_sql = {"grab_raise", &raising_t, NULL,
    "with w as materialized (select g.order_id, g.qty from grab_request g"
    "  where g.sk = :order_id# and g.order_id = :order_id and g.waiting"
    "   and g.cap_fen < :cap_fen for update)"
    " update orders o set goods_fen = :cap_fen * w.qty,"
    "  payable_fen = :cap_fen * w.qty + o.delivery_fen + o.service_fen, updated_at = :now,"
    "  version = o.version + 1 from w where o.sk = :order_id# and o.id = w.order_id"
    "  and o.status = 'GRAB_WAITING'", false};

static int raise_cap(pn *p, const struct pn_grab_raise *in, pn_grab *out)
{
    pn_grab before;
    int64_t done = 0;
    PN_TRY(mine(p, in->order, &before));
    PN_TRY(pn_exec(p, &raise_sql, &(raising){in->order, in->cap_fen}, &done));
    if (!done && before.status.v != PN_ORDER_GRAB_WAITING) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("This grab does not wait (%s)"),
                pn_word_label(pn_order_states, before.status));
        return pn_hint(p, "%s", pn_tr("See what became of it: grab show"));
    }
    if (!done)
        return pn_fail(p, PN_EARG, "cap_fen", pn_tr("The highest price is %lld.%02d yuan already"),
                       (long long)(before.cap_fen.fen / 100), (int)(before.cap_fen.fen % 100));
    PN_TRY(pni_grab_row(p, in->order, out));
    return pn_audit(p, "grab", in->order, &pn_grab_t, &before, out, NULL);
}

static int show(pn *p, const struct pn_grab_show *in, pn_grab *out)
{
    return mine(p, in->order, out);
}

/* ---- time ---- */

struct pn_grab_expire { int64_t order; };
static PN_TYPE(expire_in_t, "grab.expire", struct pn_grab_expire, ORDER_IN(expire));

static int expire(pn *p, const struct pn_grab_expire *in, pn_grab *out)
{
    PN_TRY(pni_grab_row(p, in->order, out));
    if (out->status.v == PN_ORDER_GRAB_PENDING_AUTH)
        PN_TRY(pni_grab_end(p, in->order, "GRAB_PENDING_AUTH", "expire", "GRAB_CANCELLED",
                            "EXPIRED"));
    if (out->status.v == PN_ORDER_GRAB_WAITING) {
        PN_TRY(pni_grab_end(p, in->order, "GRAB_WAITING", "deadline", "GRAB_FAILED", "DEADLINE"));
        PN_TRY(pn_outbox(p, "grab.failed", in->order, NULL, NULL, NULL));
    }
    return pni_grab_row(p, in->order, out);
}
int pn_grab_expire(pn *p, const struct pn_grab_expire *in, pn_grab *out);

enum {
    BUYERS = PN_ROLE_BUYER | PN_ROLE_OPS | PN_ROLE_BOXOFFICE,
    DESK = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER
};

PN_OP_LIST(grab, list, list_spec, .brief = N_("List grabs"), .out = &pn_grab_t, .may = DESK,
           .example = "pn grab list --where 'status=GRAB_WAITING'")
PN_OP(grab, show, pn_grab, .brief = N_("Show a grab"), .in = &show_in_t, .out = &pn_grab_t,
      .may = DESK | PN_ROLE_BUYER)
PN_OP(grab, submit, pn_grab, .brief = N_("Wish for tickets at a highest price"),
      .help = N_("Pay the whole amount with \"payment create\" within 15 minutes; what the "
                 "tickets cost less, or all of it when none are found, comes back. A method that "
                 "freezes is charged only what they cost, when they are found. The queue goes "
                 "by points: those of friends, of the speed pack, of the account's level."),
      .in = &submit_in_t, .out = &pn_grab_t, .may = BUYERS, .flags = PN_WRITE | PN_ONCE,
      .example = "pn grab submit hamlet-01 --tiers hamlet-01-a --qty 2 --cap 700"
                 " --phone 13800001234")
PNI_OP(grab, raise, raise_cap, pn_grab, .brief = N_("Raise the highest price of a grab"),
       .help = N_("It holds as soon as the difference is paid with \"payment create\", or frozen "
                  "beside the rest where the rest is; the place in the queue is kept."),
       .in = &raise_in_t, .out = &pn_grab_t, .may = BUYERS, .flags = PN_WRITE | PN_ONCE,
       .example = "pn grab raise PN261123000001234 760")
PN_OP(grab, cancel, pn_grab, .brief = N_("Cancel a grab and get the money back"),
      .in = &cancel_in_t, .out = &pn_grab_t, .may = BUYERS,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .lasting = N_("What has ended does not come back: set up a new one"))
PNI_OP(grab, expire, expire, pn_grab, .brief = N_("End a grab whose time is over"),
       .in = &expire_in_t, .out = &pn_grab_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static const pn_sql due_sql = {"grab_due", NULL, &by_id_t,
    "select g.order_id from grab_request g join session s on s.id = g.session_id where g.open"
    " and (g.due_at <= :now or s.stop_sale_at <= :now or s.status not in"
    "  ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL', 'SUSPENDED', 'POSTPONED'))"
    " order by g.due_at, g.order_id limit 500", false};

static int grab_deadline(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_grab out;
    PN_TRY(pn_all(p, &due_sql, NULL, &rows));
    pn_each(id_in, g, &rows)
    {
        int rc = pn_grab_expire(p, &(struct pn_grab_expire){g->order_id}, &out);
        if (rc == PN_ESTATE) /* matched or cancelled meanwhile */
            continue;
        PN_TRY(rc);
        (*done)++;
    }
    return 0;
}
static const pn_job deadline_job = {"grab_deadline", N_("End grabs whose time is over"), 60,
                                    grab_deadline};

/* ---- who was passed over ---- */

typedef struct pn_considered {
    int64_t id, order_id, grab_id;
    int rank, boost;
    pn_money cap_fen;
    const char *result;
    pn_time at;
} pn_considered;
#define C(f, label, ...) PN_COL(pn_considered, f, label, __VA_ARGS__)
static PN_TYPE(considered_t, "grab.considered", pn_considered,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "c.id"),
    C(order_id, N_("Matched"), .flags = PN_BRIEF | PN_SORT, .sql = "c.order_id", .ref = "order"),
    C(rank, N_("Rank"), .flags = PN_BRIEF | PN_SORT, .sql = "c.rank"),
    C(grab_id, N_("Looked at"), .flags = PN_BRIEF, .sql = "c.grab_id", .ref = "order"),
    C(boost, N_("Boost"), .flags = PN_BRIEF, .sql = "c.boost"),
    C(cap_fen, N_("Highest price"), .flags = PN_BRIEF | PN_EACH, .sql = "c.cap_fen"),
    C(result, N_("Result"), .flags = PN_BRIEF, .sql = "c.result"),
    C(at, N_("At"), .sql = "c.at"));
static const pn_list_spec considered_spec = {&considered_t,
    "grab_considered c join orders o on o.sk = c.sk and o.id = c.order_id"
    " join show h on h.id = o.show_id", SCOPE, "c.id", "-order_id,rank", NULL};
PN_OP_LIST(grab, considered, considered_spec,
           .brief = N_("List whom matches looked at, in the order of the queue"),
           .out = &considered_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)

const pn_module pn_grab_module = {
    "grab", N_("Grabs"),
    .ops = PN_LIST(pn_op, &grab_list_op, &grab_show_op, &grab_submit_op, &pni_grab_assist_op,
                   &pni_grab_raise_op, &grab_cancel_op, &grab_considered_op, &pni_grab_expire_op,
                   &pni_grab_take_op, &pni_grab_capture_failed_op, &pni_grab_woken_op,
                   &pni_grab_captured_op, &pni_grab_uncaptured_op),
    .sql = PN_LIST(pn_sql, &row_sql, &count_sql, &tiers_sql, &put_sql, &person_sql, &end_sql,
                   &raise_sql, &due_sql, &pni_grab_look_sql, &pni_grab_help_sql,
                   &pni_grab_boost_sql, &pni_grab_known_sql, &pni_grab_day_sql,
                   &pni_grab_sessions_sql, &pni_grab_queue_sql, &pni_grab_lock_sql,
                   &pni_grab_tiers_sql,
                   &pni_grab_people_sql, &pni_grab_sell_sql, &pni_grab_log_sql,
                   &pni_grab_tried_sql, &pni_grab_wake_sql, &pni_grab_of_order_sql,
                   &pni_grab_of_listing_sql, &pni_grab_due_sql, &pni_grab_woken_sql,
                   &pni_grab_freeze_sql, &pni_grab_begin_sql, &pni_grab_captured_sql,
                   &pni_grab_undo_sql, &pni_grab_blank_sql, &pni_grab_asked_sql,
                   &pni_grab_release_sql, &pni_grab_extra_sql, &pni_grab_part_sql,
                   &pni_grab_sellers_sql),
    .jobs = PN_LIST(pn_job, &pni_grab_match_job, &pni_grab_wake_job, &deadline_job),
    .events = PN_LIST(pn_event, &pni_grab_wakes[0], &pni_grab_wakes[1], &pni_grab_wakes[2],
                      &pni_grab_wakes[3], &pni_grab_wakes[4], &pni_grab_wakes[5],
                      &pni_grab_wakes[6], &pni_grab_wakes[7], &pni_grab_wakes[8],
                      &pni_grab_wakes[9], &pni_grab_wakes[10], &pni_grab_wakes[11]),
};
