/* SPDX-License-Identifier: Apache-2.0 */
/* offline.c — money that people take. What is collected is sold at once, so that nobody else gets
 * the seats; whether it counts as paid is finance's word. Cash at the box office hands the tickets
 * over with it, everything else waits for that word. */
#include "order/offline.h"

#include <string.h>

#include "base/policy_int.h"
#include "merchant/wallet_int.h"
#include "order/book_int.h"
#include "order/hook_int.h"
#include "order/pay_rule_int.h"
#include "order/refund_int.h"
#include "order/send_int.h"
#include "order/shift_int.h"

/* ---- an order to be collected ---- */

#define IN(f, label, ...) PN_COL(struct pn_order_offline, f, label, __VA_ARGS__)
static PN_TYPE(offline_in_t, "order.offline", struct pn_order_offline,
    IN(tier, N_("Tier"), .flags = PN_OPT | PN_ARG, .ref = "tier"),
    IN(qty, N_("Quantity"), .flags = PN_OPT | PN_ARG, .min = 1, .max = 100),
    IN(items, N_("Items"), .of = &pni_want_t,
       .hint = N_("Several tiers at once: tier and quantity of each")),
    IN(buyer_name, N_("Buyer"), .flags = PN_PII, .max = 60),
    IN(phone, N_("Telephone"), .flags = PN_PII, .max = 20,
       .hint = N_("11 digits of a mobile, or + and the number with country")),
    IN(delivery, N_("Delivery"), .words = pn_deliveries),
    IN(channel, N_("Channel"), .words = pn_order_channels),
    IN(method, N_("Method"), .words = pn_pay_methods,
       .hint = N_("How it will be paid: a transfer is waited for longer")),
    IN(attendees, N_("Attendees"), .of = &pni_attendee_t,
       .hint = N_("Name, document type and number of each person")),
    IN(expect_fen, N_("Expected price"), .flags = PN_OPT,
       .hint = N_("Refuse when the order costs something else")),
    PNI_SEND_TO(struct pn_order_offline));

typedef struct id_in { int64_t order_id; } id_in;
static PN_TYPE(by_id_t, "order.offline_id", id_in, PN_COL(id_in, order_id, N_("Order")));
const pn_sql pni_offline_put_sql = {"offline_put", &by_id_t, NULL,
    "insert into offline_order (sk, order_id) values (:order_id#, :order_id)", false};

static bool by_hand(int method)
{
    return method == PN_PAY_CASH || method == PN_PAY_TRANSFER || method == PN_PAY_SLIP;
}

/* Minutes to collect; 0: the box office's own. */
static int hold(pn *p, const struct pn_order_offline *in, pn_word channel, int64_t *minutes)
{
    int64_t hours = 0;
    *minutes = 0;
    if (in->method.v == PN_PAY_TRANSFER) {
        PN_TRY(pni_policy(p, "offline.transfer_h", &hours));
        *minutes = hours * 60;
        return 0;
    }
    return channel.v == PN_CHANNEL_POS ? 0 : pni_policy(p, "offline.hold_min", minutes);
}

static int offline(pn *p, const struct pn_order_offline *in, pn_order *out)
{
    pn_order_want one = {.tier = in->tier, .qty = in->qty};
    if ((in->items.n > 0) == (in->tier != 0))
        return pn_fail(p, PN_EARG, "tier", "%s", pn_tr("Give a tier, or items: one of them"));
    if (in->method.v && !by_hand(in->method.v))
        return pn_fail(p, PN_EARG, "method", "%s", pn_tr("Offline is cash, transfer or slip"));
    pni_ask ask = {.kind = "OFFLINE", .state = "OFFLINE_DRAFT", .event = "create_offline",
                   .want = in->tier ? &one : in->items.row, .wants = in->tier ? 1 : in->items.n,
                   .delivery = in->delivery, .channel = pni_channel_of(p, in->channel),
                   .buyer_name = in->buyer_name, .phone = in->phone,
                   .attendees = in->attendees, .expect_fen = in->expect_fen,
                   .to = PNI_TO_OF(in)};
    PN_TRY(pni_shift_must(p));
    PN_TRY(hold(p, in, ask.channel, &ask.hold_min));
    PN_TRY(pni_sale_one(p, &ask, out));
    if (out->payable_fen.fen == 0)
        return pn_fail(p, PN_EARG, "tier", "%s",
                       pn_tr("Nothing is to be collected: use “order submit”"));
    return pn_exec(p, &pni_offline_put_sql, &(id_in){out->id}, NULL);
}

/* ---- collected ---- */

typedef struct taking {
    int64_t order_id, id;
    int sk; /* of the slip */
    pn_word method;
    pn_money amount_fen;
    const char *slip, *till;
    pn_time confirm_by;
} taking;
#define T(f, ...) PN_COL(taking, f, #f, __VA_ARGS__)
static PN_TYPE(taking_t, "order.taking", taking, T(order_id), T(id), T(sk),
    T(method, .words = pn_pay_methods), T(amount_fen), T(slip), T(till), T(confirm_by));
#undef T
const pn_sql pni_offline_slip_sql = {"offline_slip", &taking_t, NULL,
    "insert into payment_slip (sk, method, slip, payment_id) values (:sk, :method, :slip, :id)"
    " on conflict do nothing", false};

typedef struct taken { int64_t id; const char *status; } taken;
static PN_TYPE(taken_t, "order.taken", taken, PN_COL(taken, id, N_("Order")),
    PN_COL(taken, status, N_("State")));
const pn_sql pni_offline_collect_sql = {"offline_collect", &taking_t, &taken_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'ACTIVE'),"
    " k as materialized (select k.lot_id from stock k where k.sk = :order_id#"
    "  and k.lot_id in (select l.lot_id from l) order by k.lot_id for update),"
    " o as (update orders o set status = 'OFFLINE_COLLECTED', legs = o.legs + 1,"
    "   updated_at = :now, version = o.version + 1 where o.sk = :order_id# and o.id = :order_id"
    "   and o.status = 'OFFLINE_DRAFT' and o.hold_expires_at > :now"
    "   and o.payable_fen = :amount_fen and (select count(*) from k) > 0"
    "  returning o.id, o.legs, o.payable_fen, o.status),"
    PNI_SELL(":order_id#")
    " f as (update offline_order f set collected_by = :me, collected_at = :now,"
    "   confirm_by = :confirm_by from o where f.sk = :order_id# and f.order_id = o.id),"
    " py as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, provider_no,"
    "   staff_id, till, state, created_at, expires_at, updated_at) select :order_id#, :id, o.id,"
    "   o.legs, :method, o.payable_fen, :slip, :me, coalesce(:till, ''), 'COLLECTED', :now, :now,"
    "   :now from o)"
    " select id, status from o", false};

#define COLLECT(f, label, ...) PN_COL(struct pn_order_collect, f, label, __VA_ARGS__)
static PN_TYPE(collect_in_t, "order.collect", struct pn_order_collect,
    COLLECT(order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "order"),
    COLLECT(method, N_("Method"), .flags = PN_REQ | PN_ARG, .words = pn_pay_methods),
    COLLECT(amount_fen, N_("Amount"), .flags = PN_REQ,
            .hint = N_("What was taken: exactly what is payable")),
    COLLECT(slip, N_("Slip number"), .max = 64,
            .hint = N_("Of the transfer or the card slip")),
    COLLECT(till, N_("Till"), .max = 40));

int pni_slip_sk(const char *slip)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *slip; slip++)
        h = (h ^ (unsigned char)*slip) * UINT64_C(1099511628211);
    return (int)(h >> 20 & 4095);
}

int pni_slip_claim(pn *p, int method, const char *slip, int64_t payment_id)
{
    taking t = {.id = payment_id, .sk = pni_slip_sk(slip), .method = {(int16_t)method},
                .slip = slip};
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &pni_offline_slip_sql, &t, &fresh));
    if (fresh)
        return 0;
    pn_fail(p, PN_EEXISTS, pni_field_or(p, "slip", "reference"),
            pn_tr("Slip %s stands for another payment"), slip);
    return pn_hint(p, "%s", pn_tr("Compare the number with the slip: each pays once"));
}

static int claim_slip(pn *p, taking *t)
{
    if (t->method.v == PN_PAY_CASH) {
        t->slip = NULL;
        return 0;
    }
    if (!t->slip || !*t->slip)
        return pn_fail(p, PN_EARG, "slip", "%s",
                       pn_tr("A transfer or a card slip has a number: give it"));
    return pni_slip_claim(p, t->method.v, t->slip, t->id);
}

/* Why an order takes no money by hand. */
static int uncollectable(pn *p, const pni_order *o, pn_money amount)
{
    if (o->status.v != PN_ORDER_OFFLINE_DRAFT) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s is not to be collected (%s)"), o->no,
                pn_word_label(pn_order_states, o->status));
        return pn_hint(p, "%s", pn_tr("See what it is now: order show"));
    }
    if (o->hold_expires_at.us <= pn_now(p).us) {
        pn_fail(p, PN_EEXPIRED, "order", "%s", pn_tr("The hold of this order has ended"));
        return pn_hint(p, "%s", pn_tr("Take it anew: order offline"));
    }
    if (amount.fen != o->payable_fen.fen) {
        pn_fail(p, PN_EBALANCE, "amount_fen", pn_tr("%lld.%02d yuan are to be collected"),
                (long long)(o->payable_fen.fen / 100), (int)(o->payable_fen.fen % 100));
        return pn_hint(p, "%s", pn_tr("Collect exactly that"));
    }
    return 0;
}

static int collect(pn *p, const struct pn_order_collect *in, pn_order *out)
{
    taking t = {.order_id = in->order, .method = in->method, .amount_fen = in->amount_fen,
                .slip = in->slip, .till = in->till};
    pni_order o;
    pn_order before;
    pn_rows rows = {0}, shift = {0};
    int64_t hours = 0;
    if (!by_hand(in->method.v))
        return pn_fail(p, PN_EARG, "method", "%s", pn_tr("Offline is cash, transfer or slip"));
    PN_TRY(pni_order_get(p, in->order, &o));
    PN_TRY(pni_order_row(p, in->order, &before));
    PN_TRY(uncollectable(p, &o, in->amount_fen));
    PN_TRY(pni_pay_offered(p, &(pni_pay_facts){.order = in->order, .method = in->method}));
    PN_TRY(pni_policy(p, "offline.confirm_h", &hours));
    t.confirm_by.us = pn_now(p).us + hours * INT64_C(3600000000);
    PN_TRY(pn_new_id(p, pn_sk(in->order), &t.id));
    PN_TRY(claim_slip(p, &t));
    PN_TRY(pni_shift_ask(p, &shift));
    PN_TRY(pn_all(p, &pni_offline_collect_sql, &t, &rows));
    if (rows.n != 1) {
        pn_fail(p, PN_ECONFLICT, "order", "%s",
                pn_tr("The order was changed by someone else meanwhile"));
        return pn_hint(p, "%s", pn_tr("Look at it as it is now, and do it again"));
    }
    if (in->method.v == PN_PAY_CASH) {
        PN_TRY(pni_shift_needed(p, &shift));
        PN_TRY(pni_shift_at(p, &shift, in->till));
        PN_TRY(pni_shift_cash(p, &shift, "COLLECTED", in->order, in->amount_fen.fen));
    }
    bool counter = before.channel.v == PN_CHANNEL_POS && in->method.v == PN_PAY_CASH;
    if (counter && pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, in->order));
    PN_TRY(pni_stepped(p, &pni_order_fsm, in->order, "OFFLINE_DRAFT", "collect", in->slip));
    PN_TRY(pni_state_log(p, "payment", t.id, NULL, "COLLECTED", "collect", in->slip));
    PN_TRY(pni_order_row(p, in->order, out));
    return pn_audit(p, "order", in->order, &pn_order_t, &before, out, in->slip);
}

/* ---- finance ---- */

typedef struct state {
    int64_t order_id, payment_id, collected_by;
    pn_word method;
    pn_money amount_fen;
    pn_time confirm_by;
    const char *to, *reference, *reason;
    bool handed, cancelled; /* tickets are in somebody's hands; the session is off */
} state;
#define S(f, ...) PN_COL(state, f, #f, __VA_ARGS__)
static PN_TYPE(state_t, "order.offline_state", state, S(order_id), S(payment_id), S(collected_by),
    S(method, .words = pn_pay_methods), S(amount_fen), S(confirm_by), S(to), S(reference),
    S(reason), S(handed), S(cancelled));
#undef S
const pn_sql pni_offline_get_sql = {"offline_get", &by_id_t, &state_t,
    "select f.order_id, y.id as payment_id, f.collected_by, y.method, y.amount_fen, f.confirm_by,"
    "  s.status = 'CANCELLED' as cancelled,"
    "  exists (select from ticket t where t.sk = :order_id# and t.order_id = :order_id"
    "   and (t.print_no > 0 or t.state in ('VERIFIED', 'EXITED'))) as handed"
    " from offline_order f join orders o on o.sk = :order_id# and o.id = f.order_id"
    " join payment y on y.sk = :order_id# and y.order_id = f.order_id and y.state = 'COLLECTED'"
    " join session s on s.id = o.session_id"
    " where f.sk = :order_id# and f.order_id = :order_id", false};
const pn_sql pni_offline_confirm_sql = {"offline_confirm", &state_t, &taken_t,
    "with o as (update orders o set status = " PNI_PAID_STATE(":order_id#") ","
    "   paid_fen = o.payable_fen, paid_at = :now, updated_at = :now, version = o.version + 1"
    "  where o.sk = :order_id# and o.id = :order_id and o.status = 'OFFLINE_COLLECTED'"
    "  returning o.id, o.status),"
    " y as (update payment y set received_fen = y.amount_fen, tendered_fen = y.amount_fen,"
    "   paid_at = :now, updated_at = :now from o where y.sk = :order_id#"
    "   and y.id = :payment_id and y.order_id = o.id),"
    " f as (update offline_order f set open = false, reference = :reference from o"
    "  where f.sk = :order_id# and f.order_id = o.id)"
    " select id, status from o", false};
/* Sold, but never paid: everything back on sale. */
const pn_sql pni_offline_release_sql = {"offline_release", &state_t, &taken_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'CONVERTED'),"
    " k as materialized (select k.lot_id from stock k where k.sk = :order_id#"
    "  and k.lot_id in (select l.lot_id from l) order by k.lot_id for update),"
    " o as (update orders o set status = 'CLOSED', close_reason = 'NOT_RECEIVED',"
    "   closed_at = :now, updated_at = :now, version = o.version + 1 where o.sk = :order_id#"
    "   and o.id = :order_id and o.status = 'OFFLINE_COLLECTED'"
    "   and (select count(*) from k) > 0"
    "  returning o.id, o.status, o.session_id, o.limit_keys, o.qty),"
    " u as (update stock s set qty_sold = s.qty_sold - l.qty, " PNI_SEAT_STAMP("o.id", "5")
    "  from l, o where s.sk = :order_id# and s.lot_id = l.lot_id),"
    PNI_SEATS_OF(":order_id#", "SOLD") PNI_SEATS_MOVE(":order_id#",
        "sold = case when b.sold & ps_.seats = ps_.seats then b.sold & ~ps_.seats"
        " else -1::bigint end")
    " e as (update order_seat e set state = 'RELEASED' from o where e.sk = :order_id#"
    "  and e.order_id = o.id and e.state = 'SOLD'),"
    " x as (delete from session_doc x using o where x.sk = :order_id#"
    "  and x.session_id = o.session_id and x.order_id = o.id),"
    PNI_COUNTS_LOCK(":order_id#", "o")
    " b as (update buyer_count b set qty = greatest(b.qty - o.qty, 0) from o"
    "  where b.sk = :order_id# and b.session_id = o.session_id and b.buyer = any (o.limit_keys)"
    "   and (select count(*) from n_) >= 0),"
    " f as (update offline_order f set open = false, reference = :reason from o"
    "  where f.sk = :order_id# and f.order_id = o.id)"
    " select id, status from o", false};
/* The tickets stay good, whoever collected owes their price. */
const pn_sql pni_offline_debt_sql = {"offline_debt", &state_t, &taken_t,
    "with o as (update orders o set status = 'CLOSED', close_reason = 'DEBT', closed_at = :now,"
    "   updated_at = :now, version = o.version + 1 where o.sk = :order_id#"
    "   and o.id = :order_id and o.status = 'OFFLINE_COLLECTED' returning o.id, o.status),"
    " d as (insert into offline_debt (sk, order_id, staff_id, amount_fen, at)"
    "  select :order_id#, o.id, :collected_by, :amount_fen, :now from o),"
    " f as (update offline_order f set open = false, reference = :reason from o"
    "  where f.sk = :order_id# and f.order_id = o.id)"
    " select id, status from o", false};

static int read_state(pn *p, int64_t order_id, state *out)
{
    pni_order o;
    PN_TRY(pni_order_get(p, order_id, &o));
    int rc = pn_one(p, &pni_offline_get_sql, &(id_in){order_id}, out);
    if (rc == PN_ENONE || (!rc && o.status.v != PN_ORDER_OFFLINE_COLLECTED)) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("Nothing of order %s is unconfirmed (%s)"),
                o.no, pn_word_label(pn_order_states, o.status));
        return pn_hint(p, "%s", pn_tr("See what it is now: order show"));
    }
    return rc;
}

/* One guarded statement that takes the order out of OFFLINE_COLLECTED. */
static int leave(pn *p, const pn_sql *sql, const state *s, const char **status)
{
    pn_rows rows = {0};
    PN_TRY(pn_all(p, sql, s, &rows));
    if (rows.n != 1) {
        pn_fail(p, PN_ECONFLICT, "order", "%s",
                pn_tr("The order was changed by someone else meanwhile"));
        return pn_hint(p, "%s", pn_tr("Look at it as it is now, and do it again"));
    }
    *status = ((const taken *)rows.row)->status;
    return 0;
}

static PN_TYPE(confirm_in_t, "order.confirm", struct pn_order_confirm,
    PN_COL(struct pn_order_confirm, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"),
    PN_COL(struct pn_order_confirm, reference, N_("Reference"), .max = 100,
           .hint = N_("Line of the bank statement, or the balanced shift")));

static int confirm(pn *p, const struct pn_order_confirm *in, pn_order *out)
{
    state s;
    pn_order before;
    const char *status;
    PN_TRY(read_state(p, in->order, &s));
    PN_TRY(pni_order_row(p, in->order, &before));
    if (s.collected_by == pn_who(p)->id) {
        pn_fail(p, PN_EDUAL, "order", "%s",
                pn_tr("Whoever collected the money cannot confirm it"));
        return pn_hint(p, "%s", pn_tr("Somebody else of finance confirms it"));
    }
    if (s.method.v == PN_PAY_TRANSFER && !in->reference)
        return pn_fail(p, PN_EARG, "reference", "%s",
                       pn_tr("A transfer is confirmed by the line of the bank: give it"));
    if (s.method.v == PN_PAY_TRANSFER)
        PN_TRY(pni_bank_line(p, in->reference, "PAYMENT", s.payment_id));
    s.to = pni_order_paid_state();
    s.reference = in->reference;
    PN_TRY(leave(p, &pni_offline_confirm_sql, &s, &status));
    if (pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, in->order));
    PN_TRY(pn_step(p, &pni_payment_fsm, s.payment_id, (pn_word){PN_PAYMENT_COLLECTED}, "confirm",
                   in->reference, NULL));
    PN_TRY(pni_book_captured(p, s.payment_id, s.method.v, s.amount_fen.fen));
    PN_TRY(pni_order_paid_steps(p, in->order, "OFFLINE_COLLECTED", "finance_confirm", status));
    PN_TRY(pni_order_paid_event(p, in->order, status));
    if (s.cancelled) /* called off while finance was counting */
        PN_TRY(pni_refund_void(p, in->order, 0));
    PN_TRY(pni_order_row(p, in->order, out));
    return pn_audit(p, "order", in->order, &pn_order_t, &before, out, in->reference);
}

static PN_TYPE(reject_in_t, "order.reject", struct pn_order_reject,
    PN_COL(struct pn_order_reject, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"),
    PN_COL(struct pn_order_reject, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static int void_tickets(pn *p, int64_t order_id, int qty)
{
    int no[PNI_SEATS_MAX];
    for (int i = 0; i < qty && i < PNI_SEATS_MAX; i++)
        no[i] = i + 1;
    return pni_ticket_void_hook ? pni_ticket_void_hook(p, order_id, no, (size_t)qty) : 0;
}

static int reject(pn *p, const struct pn_order_reject *in, pn_order *out)
{
    state s;
    pn_order before;
    const char *status;
    PN_TRY(read_state(p, in->order, &s));
    PN_TRY(pni_order_row(p, in->order, &before));
    if (pn_now(p).us < s.confirm_by.us) {
        pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The money may still come"));
        return pn_hint(p, pn_tr("It can be rejected in %d minutes"),
                       (int)((s.confirm_by.us - pn_now(p).us) / 60000000 + 1));
    }
    s.reason = in->reason;
    PN_TRY(leave(p, s.handed ? &pni_offline_debt_sql : &pni_offline_release_sql, &s, &status));
    PN_TRY(s.handed ? pni_offline_debt_book(p, in->order)
                    : void_tickets(p, in->order, before.qty));
    PN_TRY(pn_step(p, &pni_payment_fsm, s.payment_id, (pn_word){PN_PAYMENT_COLLECTED}, "reject",
                   in->reason, NULL));
    PN_TRY(pni_stepped(p, &pni_order_fsm, in->order, "OFFLINE_COLLECTED", "finance_reject",
                       in->reason));
    PN_TRY(pn_outbox(p, s.handed ? "offline.debt" : "offline.rejected", in->order, NULL, NULL,
                     NULL));
    PN_TRY(pni_order_row(p, in->order, out));
    return pn_audit(p, "order", in->order, &pn_order_t, &before, out, in->reason);
}

PNI_OP(order, offline, offline, pn_order,
       .brief = N_("Order tickets whose money people will take"),
       .help = N_("Held for 30 minutes, 3 at the box office, a day for a bank transfer; then "
                  "\"order collect\"."),
       .in = &offline_in_t, .out = &pn_order_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS,
       .flags = PN_WRITE | PN_ONCE,
       .example = "pn order offline 61441 2 --phone 13800001234 --method transfer")
PNI_OP(order, collect, collect, pn_order, .brief = N_("Record money that was taken for an order"),
       .help = N_("Cash at the box office issues the tickets at once; a transfer or a card slip "
                  "when finance has confirmed it."),
       .in = &collect_in_t, .out = &pn_order_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS,
       .flags = PN_WRITE | PN_ONCE,
       .example = "pn order collect PN261123000001234 transfer --amount 1160 --slip 20261123-77")
PNI_OP(order, confirm, confirm, pn_order, .brief = N_("Confirm that collected money is there"),
       .in = &confirm_in_t, .out = &pn_order_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_ONCE, .example = "pn order confirm PN261123000001234")
PNI_OP(order, reject, reject, pn_order, .brief = N_("Give up collected money that never came"),
       .help = N_("After 24 hours. Tickets that nobody has are void and sold again; for others "
                  "whoever collected owes the price (\"offline_debt list\")."),
       .in = &reject_in_t, .out = &pn_order_t, .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_ONCE | PN_DANGER,
       .lasting = N_("It was decided: whoever asked may ask anew"))

const pn_sql pni_offline_due_sql = {"offline_due", NULL, &by_id_t,
    "select order_id from offline_order where open and confirm_by <= :now"
    " order by confirm_by, order_id limit 200", false};

static int offline_overdue(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_order out;
    PN_TRY(pn_all(p, &pni_offline_due_sql, NULL, &rows));
    pn_each(id_in, o, &rows)
    {
        struct pn_order_reject in = {o->order_id, "not received"};
        PN_TRY(pn_order_reject(p, &in, &out));
        (*done)++;
    }
    return 0;
}
const pn_job pni_offline_overdue_job = {"offline_overdue",
    N_("Give up collected money that finance did not confirm in time"), 300, offline_overdue};
