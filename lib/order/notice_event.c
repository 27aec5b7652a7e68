/* SPDX-License-Identifier: Apache-2.0 */
/* notice_event.c — which event of an order becomes which of the 26 messages. One message for one
 * event, ever: the dedupe key is unique (I44). Texts never hold a whole telephone or document
 * number (I43). */
#include <string.h>

#include "base/policy_int.h"
#include "base/when_int.h"
#include "order/notice_int.h"
#include "order/order_int.h"
#include "order/refund.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "notice.ref", id_in, PN_COL(id_in, id, N_("Order")));

#define F(f, ...) PN_COL(pni_facts, f, #f, __VA_ARGS__)
static PN_TYPE(facts_t, "notice.facts", pni_facts, F(id), F(no), F(kind), F(show),
    F(venue), F(start_at), F(hold_expires_at), F(qty), F(payable_fen), F(paid_fen),
    F(delivery, .words = pn_deliveries),
    F(channel, .words = pn_order_channels), F(buyer_phone), F(close_reason));
const pn_sql pni_notice_facts_sql = {"notice_facts", &by_id_t, &facts_t,
    "select o.id, o.no, o.kind, h.title as show, v.name as venue, s.start_at,"
    " o.hold_expires_at, o.qty, o.payable_fen, o.paid_fen, o.delivery, o.channel,"
    " o.buyer_phone, o.close_reason"
    " from orders o join session s on s.id = o.session_id join show h on h.id = o.show_id"
    " join venue v on v.id = h.venue_id where o.sk = :id# and o.id = :id", false};

typedef struct seats { const char *text; } seats;
static PN_TYPE(seats_t, "notice.seats", seats, PN_COL(seats, text, N_("Seats")));
const pn_sql pni_notice_seats_sql = {"notice_seats", &by_id_t, &seats_t,
    "select string_agg(x.what, '、' order by x.what) as text from (select coalesce(e.seat_key,"
    "  t.name || ' ' || count(*) || '张') as what from order_seat e join tier t on t.id = e.tier_id"
    "  where e.sk = :id# and e.order_id = :id group by e.seat_key, t.name) x", false};

typedef struct money {
    pn_money amount_fen, fee_fen;
    int64_t order_id;
    pn_word reason;
    bool told; /* by the message about what set it off */
} money;
static PN_TYPE(money_t, "notice.money", money, PN_COL(money, amount_fen, N_("Amount")),
    PN_COL(money, fee_fen, N_("Fee")), PN_COL(money, order_id, N_("Order")),
    PN_COL(money, reason, N_("Reason"), .words = pn_refund_reasons),
    PN_COL(money, told, N_("Told")));
const pn_sql pni_notice_refund_sql = {"notice_refund", &by_id_t, &money_t,
    "select r.order_id, r.amount_fen, r.fee_fen, r.reason, (r.reason = 'GROUP'"
    "  and r.note <> 'quit') or (r.reason = 'GRAB' and o.status <> 'GRAB_CANCELLED')"
    "  or r.reason = 'REPLACED' as told"
    " from refund r join orders o on o.sk = :id# and o.id = r.order_id"
    " where r.sk = :id# and r.id = :id", false};

typedef struct put { int64_t id, ref; const char *dedupe_key, *kind, *target, *body; } put;
static PN_TYPE(put_t, "notice.put", put, PN_COL(put, id, N_("Number")),
    PN_COL(put, ref, N_("Order")), PN_COL(put, dedupe_key, N_("Key")),
    PN_COL(put, kind, N_("Kind")), PN_COL(put, target, N_("To")), PN_COL(put, body, N_("Text")));
const pn_sql pni_notice_put_sql = {"notice_put", &put_t, NULL,
    "insert into notice (sk, id, dedupe_key, kind, ref, target, body, state, created_at)"
    " values (:ref#, :id, :dedupe_key, :kind, :ref, :target, :body, 'QUEUED', :now)"
    " on conflict (sk, dedupe_key) do nothing", false};

/* More may have been paid: the rest goes back and is told with what it goes back for. */
static int64_t pays(const pni_facts *f)
{
    bool less = f->paid_fen.fen && f->paid_fen.fen < f->payable_fen.fen;
    return less ? f->paid_fen.fen : f->payable_fen.fen;
}

/* Fill what every message may use; `more` may override. */
int pni_notice_post(pn *p, const pni_facts *f, const char *kind, int64_t about,
                    const pni_var *more)
{
    const char *phone = NULL;
    put row = {.ref = f->id, .kind = kind};
    pni_var vars[24];
    size_t n = 0, len = strlen(f->no);
    int64_t added = 0;
    PN_TRY(pni_pii_open(p, f->id, f->buyer_phone, &phone));
    if (!phone)
        return 0; /* sold at the counter to nobody in particular */
    for (; more && more->name && n < 10; more++)
        vars[n++] = *more;
    pn_time ship_by = {f->start_at.us - PNI_DAY_US};
    const pni_var all[] = {
        {"show", f->show}, {"time", pni_when_short(p, f->start_at)},
        {"qty", pn_printf(p, "%d", f->qty)}, {"no4", f->no + (len > 4 ? len - 4 : 0)},
        {"amt", pni_yuan(p, pays(f))},
        {"expire", pni_clock(p, f->hold_expires_at)}, {"ship_by", pni_when_short(p, ship_by)},
        {"desk", f->venue}, {"at", pni_when_short(p, pn_now(p))},
        {"tel", pn_conf(pn_unit_ctx(p), "business.name")}, {NULL, NULL}};
    for (size_t i = 0; all[i].name; i++)
        vars[n++] = all[i];
    vars[n] = (pni_var){NULL, NULL};
    PN_TRY(pni_notice_text(p, kind, vars, &row.body));
    row.target = pni_mask_phone(p, phone);
    row.dedupe_key = pn_printf(p, "%.2s-%lld", kind, (long long)about);
    PN_TRY(pn_new_id(p, pn_sk(f->id), &row.id));
    PN_TRY(pn_exec(p, &pni_notice_put_sql, &row, &added));
    return added ? pn_outbox(p, "notice.send", row.id, NULL, NULL, NULL) : 0;
}

int pni_notice_facts(pn *p, int64_t id, pni_facts *f)
{
    return pn_one(p, &pni_notice_facts_sql, &(id_in){id}, f);
}

static int submitted(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    return f.channel.v == PN_CHANNEL_POS ? 0 : pni_notice_post(p, &f, "01-submitted", id, NULL);
}

static int remind(pn *p, int64_t id)
{
    pni_facts f;
    PN_TRY(pni_notice_facts(p, id, &f));
    const char *base = pn_conf(pn_unit_ctx(p), "http.public_url");
    const char *url = pn_printf(p, "%s/o/%s", base, f.no);
    return pni_notice_post(p, &f, "02-pay_remind", id,
                (pni_var[]){{"url", *base ? url : f.no}, {NULL, NULL}});
}

/* Own stock is allocated with the payment: both messages, in this order. */
static int paid(pn *p, int64_t id, const char *payload)
{
    static const char *const kinds[][2] = {
        [PN_DELIVERY_EXPRESS] = {"03-paid_express", "06-allocated_express"},
        [PN_DELIVERY_ETICKET] = {"04-paid_eticket", "07-allocated_eticket"},
        [PN_DELIVERY_ONSITE] = {"05-paid_onsite", NULL},
        [PN_DELIVERY_CODE] = {"05-paid_onsite", NULL}};
    pni_facts f;
    seats s;
    bool said = false;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    PN_TRY(pn_one(p, &pni_notice_seats_sql, &(id_in){id}, &s));
    const char *const *kind = kinds[f.delivery.v];
    PN_TRY(pni_notice_kind_paid(p, &f, &said));
    if (!said)
        PN_TRY(pni_notice_post(p, &f, kind[0], id, NULL));
    if (!kind[1] || f.channel.v == PN_CHANNEL_POS)
        return 0;
    return pni_notice_post(p, &f, kind[1], id,
                (pni_var[]){{"seats", s.text ? s.text : ""},
                            {"qr_open", pni_when_short(p, pn_now(p))}, {NULL, NULL}});
}

/* The money came late and bought other tickets. */
static int replaced(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    seats s;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    PN_TRY(pn_one(p, &pni_notice_seats_sql, &(id_in){id}, &s));
    return pni_notice_post(p, &f, "51-seats_replaced", id,
                (pni_var[]){{"seats", s.text ? s.text : ""},
                            {"back", pni_yuan(p, f.paid_fen.fen - f.payable_fen.fen)},
                            {NULL, NULL}});
}

static int closed(pn *p, int64_t id, const char *reason)
{
    pni_facts f;
    PN_TRY(pni_notice_facts(p, id, &f));
    return pni_notice_post(p, &f, "21-cancel_unpaid", id,
                           (pni_var[]){{"reason", reason}, {NULL, NULL}});
}

static int expired(pn *p, int64_t id, const char *payload)
{
    (void)payload;
    return closed(p, id, "超时未支付");
}

static int cancelled(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    bool session = f.close_reason && !strcmp(f.close_reason, "SESSION_CANCELLED");
    return closed(p, id, session ? "场次取消" : "主动取消");
}

static int received(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    (void)payload;
    PN_TRY(pni_notice_facts(p, id, &f));
    if (f.delivery.v != PN_DELIVERY_ONSITE)
        return 0;
    return pni_notice_post(p, &f, "14-signed_onsite", id, NULL);
}

/* Every new date is a message of its own. */
typedef struct moved {
    int64_t id;
    pn_time old_start_at, new_start_at;
    int refund_bp;
    const char *reason;
} moved;
static PN_TYPE(moved_t, "notice.moved", moved, PN_COL(moved, id, N_("Session")),
    PN_COL(moved, old_start_at, N_("Start")), PN_COL(moved, new_start_at, N_("New start")),
    PN_COL(moved, refund_bp, N_("Refund")), PN_COL(moved, reason, N_("Reason")));
static int rescheduled(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    moved m = {0};
    PN_TRY(pn_from_json(p, &moved_t, payload, strlen(payload), &m));
    PN_TRY(pni_notice_facts(p, id, &f));
    int64_t about = id + m.new_start_at.us / 60000000 * INT64_C(1000003);
    return pni_notice_post(p, &f, "50-session_rescheduled", about,
                (pni_var[]){{"old", pni_when_short(p, m.old_start_at)}, {NULL, NULL}});
}

/* Other gates lead to the same seats; every cut of the session is a message of its own. */
typedef struct regated { int64_t id; int version, qty; const char *gates; } regated;
static PN_TYPE(regated_t, "notice.regated", regated, PN_COL(regated, id, N_("Order")),
    PN_COL(regated, version, N_("Version")), PN_COL(regated, qty, N_("Tickets")),
    PN_COL(regated, gates, N_("Gates")));
static int gates_changed(pn *p, int64_t id, const char *payload)
{
    pni_facts f;
    regated r = {0};
    PN_TRY(pn_from_json(p, &regated_t, payload, strlen(payload), &r));
    PN_TRY(pni_notice_facts(p, id, &f));
    return pni_notice_post(p, &f, "52-gates_changed", id + r.version * INT64_C(1000003),
                (pni_var[]){{"qty", pn_printf(p, "%d", r.qty)},
                            {"gates", r.gates ? r.gates : "任意入口"}, {NULL, NULL}});
}

static int refunded(pn *p, int64_t refund_id, const char *payload)
{
    static const char *const why[] = {
        [PN_REASON_BUYER] = "您的申请", [PN_REASON_LATE_PAID] = "付款超时",
        [PN_REASON_DUPLICATE] = "重复支付", [PN_REASON_MISMATCH] = "支付金额不符",
        [PN_REASON_CANCELLED] = "场次取消", [PN_REASON_RESCHEDULED] = "场次改期",
        [PN_REASON_FAULT] = "我方原因", [PN_REASON_GROUP] = "退出拼团",
        [PN_REASON_GRAB] = "取消抢票", [PN_REASON_REPLACED] = "换票差价"};
    pni_facts f;
    money m;
    (void)payload;
    PN_TRY(pn_one(p, &pni_notice_refund_sql, &(id_in){refund_id}, &m));
    if (m.told)
        return 0;
    PN_TRY(pni_notice_facts(p, m.order_id, &f));
    return pni_notice_post(p, &f, "22-cancel_refunded", refund_id,
                (pni_var[]){{"reason", why[m.reason.v]}, {"amt", pni_yuan(p, m.amount_fen.fen)},
                            {"fee", pni_yuan(p, m.fee_fen.fen)}, {NULL, NULL}});
}

const pn_event pni_notice_submitted = {"order.submitted", submitted,
    .light = true, .tells = PNI_TO_BUYER};
const pn_event pni_notice_paid = {"order.paid", paid, .tells = PNI_TO_BUYER};
const pn_event pni_notice_replaced = {"order.replaced", replaced, .tells = PNI_TO_BUYER};
const pn_event pni_notice_expired = {"order.expired", expired,
    .light = true, .tells = PNI_TO_BUYER};
const pn_event pni_notice_cancelled = {"order.cancelled", cancelled, .tells = PNI_TO_BUYER};
const pn_event pni_notice_received = {"order.received", received, .tells = PNI_TO_BUYER};
const pn_event pni_notice_rescheduled = {"order.rescheduled", rescheduled, .tells = PNI_TO_BUYER};
const pn_event pni_notice_regated = {"order.regated", gates_changed, .tells = PNI_TO_BUYER};
const pn_event pni_notice_refunded = {"refund.done", refunded, .tells = PNI_TO_BUYER};

/* ---- shortly before the hold ends, once, not at night ---- */

typedef struct soon_in { pn_time until; } soon_in;
static PN_TYPE(soon_in_t, "notice.soon", soon_in, PN_COL(soon_in, until, N_("Until")));
const pn_sql pni_notice_soon_sql = {"notice_soon", &soon_in_t, &by_id_t,
    "select o.id from order_due d cross join unnest(d.orders) u(id)"
    " join orders o on o.sk = d.sk and o.id = u.id and o.hold_expires_at = d.due_at"
    " where d.due_at > :now and d.due_at <= :until and o.status = 'PENDING_PAY'"
    "  and o.channel <> 'POS' and o.created_at < :now - interval '2 minutes'"
    "  and not exists (select from notice n where n.sk = d.sk"
    "   and n.dedupe_key = '02-' || o.id::text) order by o.id limit 200", false};

struct pn_notice_remind { int64_t order; };
static PN_TYPE(remind_in_t, "notice.remind", struct pn_notice_remind,
    PN_COL(struct pn_notice_remind, order, N_("Order"), .flags = PN_REQ, .ref = "order"));
typedef struct pn_notice_count { int64_t sent; } pn_notice_count;
static PN_TYPE(count_t, "notice.count", pn_notice_count,
    PN_COL(pn_notice_count, sent, N_("Messages")));
static int remind_one(pn *p, const struct pn_notice_remind *in, pn_notice_count *out)
{
    out->sent = 1;
    return remind(p, in->order);
}
int pn_notice_remind(pn *p, const struct pn_notice_remind *in, pn_notice_count *out);
PNI_OP(notice, remind, remind_one, pn_notice_count, .brief = N_("Remind a buyer to pay"),
       .in = &remind_in_t, .out = &count_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int pay_remind(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_notice_count out;
    int64_t hour = (pn_now(p).us + PNI_ZONE_US) % PNI_DAY_US / INT64_C(3600000000);
    if (hour < 8 || hour >= 22)
        return 0;
    int64_t minutes = 0;
    PN_TRY(pni_policy(p, "notice.pay_remind_min", &minutes));
    soon_in in = {{pn_now(p).us + minutes * INT64_C(60000000)}};
    PN_TRY(pn_all(p, &pni_notice_soon_sql, &in, &rows));
    pn_each(id_in, o, &rows)
    {
        PN_TRY(pn_notice_remind(p, &(struct pn_notice_remind){o->id}, &out));
        (*done)++;
    }
    return 0;
}
const pn_job pni_pay_remind_job = {"pay_remind", N_("Remind buyers of orders about to run out"),
                                   30, pay_remind};
