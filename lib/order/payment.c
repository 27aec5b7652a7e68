/* SPDX-License-Identifier: Apache-2.0 */
/* payment.c — tenders. Cash is one statement; a provider's payment is a row that a notice, or the
 * poll for lost notices, decides later. Calls to providers are never made in here: what is due is
 * a row of payment_due, and the job calls with no transaction open. */
#include <string.h>

#include "order/book_int.h"
#include "order/direct_int.h"
#include "order/hook_int.h"
#include "order/later_int.h"
#include "order/pay_rule_int.h"
#include "order/payment_int.h"
#include "order/provider_int.h"
#include "order/shift_int.h"
#include "order/tender_int.h"

const pn_words pn_payment_states[] = {PN_PAYMENT_STATES(PN_WORD_ROW){0}};
const pn_words pn_pay_methods[] = {PN_PAY_METHODS(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"CREATED",       "sent",              "PENDING",       0, NULL},
    {"CREATED",       "success",           "SUCCESS",       0, NULL},
    {"CREATED",       "success_late",      "SUCCESS",       0, NULL},
    {"CREATED",       "success_duplicate", "DUP_REFUNDING", 0, NULL},
    {"CREATED",       "amount_mismatch",   "MISMATCH",      0, NULL},
    {"CREATED",       "close",             "CLOSED",        0, NULL},
    {"PENDING",       "success",           "SUCCESS",       0, NULL},
    {"PENDING",       "success_late",      "SUCCESS",       0, NULL},
    {"PENDING",       "success_duplicate", "DUP_REFUNDING", 0, NULL},
    {"PENDING",       "amount_mismatch",   "MISMATCH",      0, NULL},
    {"PENDING",       "close",             "CLOSED",        0, NULL},
    {"CLOSED",        "success",           "SUCCESS",       0, NULL},
    {"CLOSED",        "success_late",      "SUCCESS",       0, NULL},
    {"CLOSED",        "success_duplicate", "DUP_REFUNDING", 0, NULL},
    {"CLOSED",        "amount_mismatch",   "MISMATCH",      0, NULL},
    {"DUP_REFUNDING", "refund_done",       "REFUNDED",      0, NULL},
    {"MISMATCH",      "refund_done",       "REFUNDED",      0, NULL},
    {"COLLECTED",     "confirm",           "SUCCESS",       0, NULL},
    {"COLLECTED",     "reject",            "CLOSED",        0, NULL},
    /* frozen first, taken with the rest of the order, or let go */
    {"CREATED",       "frozen",            "AUTHORISED",    0, NULL},
    {"PENDING",       "frozen",            "AUTHORISED",    0, NULL},
    {"CLOSED",        "frozen",            "AUTHORISED",    0, NULL},
    {"AUTHORISED",    "capture",           "CAPTURED",      0, NULL},
    {"AUTHORISED",    "release",           "RELEASED",      0, NULL},
    /* attended first, deducted after the show */
    {"AUTHORISED",    "ship",              "CREDIT_OPEN",   0, NULL},
    {"CREDIT_OPEN",   "due",               "DEDUCTING",     0, NULL},
    {"DEDUCTING",     "deduct_ok",         "SUCCESS",       0, NULL},
    {"DEDUCTING",     "deduct_fail",       "DEDUCTING",     0, NULL},
    {"DEDUCTING",     "retries_exhausted", "OVERDUE",       0, "payment.alarm"},
    {"OVERDUE",       "paid_manually",     "SUCCESS",       0, NULL},
    {"OVERDUE",       "write_off",         "BAD_DEBT",      0, NULL},
    {0}};
// clang-format on
const pn_sql pni_payment_move_sql = {"payment_move", &pn_move_t, NULL,
    "update payment set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_payment_fsm = {N_("payment"), pn_payment_states, edges, &pni_payment_move_sql};

#define COL(f, label, ...) PN_COL(pn_payment, f, label, __VA_ARGS__)
PN_TYPE(pn_payment_t, "payment", pn_payment,
    COL(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "y.id", .ref = "payment"),
    COL(order_id, N_("Order"), .sql = "y.order_id", .ref = "order"),
    COL(order_no, N_("Order no."), .flags = PN_BRIEF, .sql = "o.no"),
    COL(leg_no, N_("Leg"), .sql = "y.leg_no"),
    COL(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "y.method"),
    COL(amount_fen, N_("Amount"), .flags = PN_BRIEF | PN_SORT, .sql = "y.amount_fen"),
    COL(received_fen, N_("Amount received"), .sql = "y.received_fen"),
    COL(tendered_fen, N_("Tendered"), .sql = "y.tendered_fen"),
    COL(change_fen, N_("Change"), .sql = "y.change_fen"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_payment_states, .sql = "y.state"),
    COL(provider_no, N_("Provider no."), .sql = "y.provider_no"),
    COL(till, N_("Till"), .sql = "y.till"),
    COL(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "y.created_at"),
    COL(expires_at, N_("Pay before"), .sql = "y.expires_at"),
    COL(paid_at, N_("Paid at"), .sql = "y.paid_at"),
    COL(instalments, N_("Instalments"), .flags = PN_OPT, .sql = "nullif(f.instalments, 0)"),
    COL(discount_fen, N_("The bank's discount"), .flags = PN_OPT, .sql = "f.discount_fen"));

#define FROM                                                                                       \
    "payment y join orders o on o.sk = y.sk and o.id = y.order_id"                                 \
    " join show h on h.id = o.show_id"                                                             \
    " left join payment_front f on f.sk = y.sk and f.payment_id = y.id"
#define SCOPE                                                                                      \
    "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"                            \
    " and :my_merchant::bigint is null"
static const pn_list_spec list_spec = {&pn_payment_t, FROM, SCOPE, "y.id", "-id", NULL};

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "payment.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"payment_row", &by_id_t, &pn_payment_t,
    "select y.id, y.order_id, o.no as order_no, y.leg_no, y.method, y.amount_fen, y.received_fen,"
    " y.tendered_fen, y.change_fen, y.state, y.provider_no, y.till, y.created_at, y.expires_at,"
    " y.paid_at, nullif(f.instalments, 0) as instalments, f.discount_fen"
    " from payment y join orders o on o.sk = y.sk and o.id = y.order_id"
    " left join payment_front f on f.sk = y.sk and f.payment_id = y.id"
    " where y.sk = :id# and y.id = :id", false};

int pni_payment_row(pn *p, int64_t id, pn_payment *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, pni_field_of(p, "payment"), pn_tr("There is no payment %lld"),
                       (long long)id);
    return rc;
}

/* ---- cash ---- */

typedef struct cash_in {
    int64_t order_id, id, free; /* free: an order that costs nothing, no payment row */
    pn_word method;
    pn_money tendered_fen;
    int64_t payee_id;
    const char *till, *ref, *to;
} cash_in;
static PN_TYPE(cash_in_t, "payment.cash_in", cash_in, PN_COL(cash_in, order_id, N_("Order")),
    PN_COL(cash_in, id, N_("Number")), PN_COL(cash_in, free, N_("Free")),
    PN_COL(cash_in, method, N_("Method"), .words = pn_pay_methods),
    PN_COL(cash_in, tendered_fen, N_("Tendered")), PN_COL(cash_in, till, N_("Till")),
    PN_COL(cash_in, payee_id, N_("Payee"), .flags = PN_OPT),
    PN_COL(cash_in, ref, N_("Reference")), PN_COL(cash_in, to, N_("To")));
static PN_TYPE(due_t, "payment.due_now", pni_order, PN_COL(pni_order, payable_fen, N_("Due")));
static const pn_sql due_sql = {"payment_due_now", &by_id_t, &due_t,
    "select greatest(payable_fen - held_fen, 0) as payable_fen from orders"
    " where sk = :id# and id = :id", false};

typedef struct settled {
    int64_t id;
    int legs, tenders;
    pn_money payable_fen; /* in cash: what other tenders leave */
    const char *status;
} settled;
static PN_TYPE(settled_t, "payment.settled", settled, PN_COL(settled, id, N_("Order")),
    PN_COL(settled, legs, N_("Leg")), PN_COL(settled, tenders, N_("Tenders")),
    PN_COL(settled, payable_fen, N_("Payable")),
    PN_COL(settled, status, N_("State")));

/* Stock first, then the order, then the payment: the product's lock order. */
static const pn_sql cash_sql = {"payment_cash", &cash_in_t, &settled_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'ACTIVE'),"
    " k as materialized (select k.lot_id from stock k where k.sk = :order_id#"
    "  and k.lot_id in (select l.lot_id from l) order by k.lot_id for update),"
    " o as (update orders o set status = " PNI_PAID_STATE(":order_id#") ","
    "   paid_fen = o.payable_fen, paid_at = :now, held_fen = 0,"
    "   legs = o.legs + 1, updated_at = :now, version = o.version + 1"
    "  where o.sk = :order_id# and o.id = :order_id and o.status = 'PENDING_PAY'"
    "   and o.hold_expires_at > :now and (select count(*) from k) > 0"
    "   and case when :free = 1 then o.payable_fen = 0"
    "    else o.payable_fen > o.held_fen and o.payable_fen - o.held_fen <= :tendered_fen end"
    "  returning o.id, o.legs, o.payable_fen, o.status, o.held_fen),"
    PNI_TENDERS_TAKE(":order_id#")
    PNI_SELL(":order_id#")
    " py as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, received_fen,"
    "   tendered_fen, change_fen, provider_no, payee_id, staff_id, till, state, created_at,"
    "   expires_at, paid_at, updated_at) select :order_id#, :id, o.id, o.legs, :method,"
    "   o.payable_fen - h_.fen, o.payable_fen - h_.fen, :tendered_fen,"
    "   :tendered_fen - o.payable_fen + h_.fen, :ref, :payee_id, :me, coalesce(:till, ''),"
    "   'SUCCESS', :now, :now, :now, :now from o, h_ where :free = 0)"
    " select o.id, o.legs, o.payable_fen - h_.fen as payable_fen, o.status, h_.tenders"
    " from o, h_", false};

/* The statement goes out together with the first read of whoever makes the tickets. */
static int settle(pn *p, const cash_in *in, pn_rows *rows)
{
    int64_t affected = -1;
    PN_TRY(pn_queue(p, &cash_sql, in, 0, rows, &affected));
    if (pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, in->order_id));
    return affected < 0 ? pn_sync(p) : 0;
}

int pni_order_settle_free(pn *p, int64_t order_id)
{
    pn_rows rows = {0};
    cash_in in = {.order_id = order_id, .free = 1, .method = {PN_PAY_CASH},
                  .to = pni_order_paid_state()};
    PN_TRY(settle(p, &in, &rows));
    if (rows.n != 1)
        return pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("The order cannot be paid"));
    PN_TRY(pni_order_paid_steps(p, order_id, "PENDING_PAY", "paid",
                                ((const settled *)rows.row)->status));
    return pni_order_paid_event(p, order_id, ((const settled *)rows.row)->status);
}

static PN_TYPE(cash_op_t, "payment.cash", struct pn_payment_cash,
    PN_COL(struct pn_payment_cash, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_payment_cash, tendered_fen, N_("Tendered"), .flags = PN_OPT,
           .hint = N_("What the buyer hands over; default: exactly the price")),
    PN_COL(struct pn_payment_cash, till, N_("Till"), .max = 40));

/* Why an order takes no money. */
static int unpayable(pn *p, int64_t order_id, const pn_money *tendered)
{
    pni_order o;
    PN_TRY(pni_order_get(p, order_id, &o));
    if (o.status.v == PN_ORDER_PENDING_PAY && o.hold_expires_at.us <= pn_now(p).us) {
        pn_fail(p, PN_EEXPIRED, "order", "%s", pn_tr("The hold of this order has ended"));
        return pn_hint(p, "%s", pn_tr("Order anew: its tickets are on sale again"));
    }
    if (o.status.v != PN_ORDER_PENDING_PAY) {
        pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s is not to be paid (%s)"), o.no,
                pn_word_label(pn_order_states, o.status));
        return pn_hint(p, "%s", pn_tr("See what it is now: order show"));
    }
    int64_t due = o.payable_fen.fen - o.held_fen.fen;
    if (tendered && tendered->fen < due) {
        pn_fail(p, PN_EBALANCE, "tendered_fen", pn_tr("%lld.%02d yuan are to be paid"),
                (long long)(due / 100), (int)(due % 100));
        return pn_hint(p, "%s", pn_tr("Take at least that"));
    }
    return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The order cannot be paid"));
}

/* An order that is not paid at once keeps the rest: frozen tenders are taken with it. */
int pni_payment_take(pn *p, const pni_taking *t, pn_payment *out)
{
    cash_in in = {.order_id = t->order_id, .id = t->id, .method = {(int16_t)t->method},
                  .tendered_fen = t->tendered_fen, .till = t->till, .ref = t->ref,
                  .payee_id = t->payee_id, .to = pni_order_paid_state()};
    pn_rows rows = {0};
    pni_order o;
    if (!t->tendered_fen.fen) {
        int rc = pn_one(p, &due_sql, &(id_in){t->order_id}, &o);
        if (rc == PN_ENONE)
            return unpayable(p, t->order_id, NULL);
        PN_TRY(rc);
        in.tendered_fen = o.payable_fen;
    }
    if (!in.id)
        PN_TRY(pn_new_id(p, pn_sk(t->order_id), &in.id));
    PN_TRY(settle(p, &in, &rows));
    if (rows.n != 1)
        return unpayable(p, t->order_id, &in.tendered_fen);
    const settled *s = rows.row;
    *out = (pn_payment){
        .id = in.id, .order_id = s->id, .leg_no = s->legs, .method = in.method,
        .amount_fen = s->payable_fen, .received_fen = s->payable_fen,
        .tendered_fen = in.tendered_fen,
        .change_fen = {in.tendered_fen.fen - s->payable_fen.fen},
        .state = {PN_PAYMENT_SUCCESS}, .provider_no = t->ref, .till = t->till,
        .created_at = pn_now(p), .expires_at = pn_now(p), .paid_at = pn_now(p)};
    PN_TRY(pni_order_paid_steps(p, s->id, "PENDING_PAY", "paid", s->status));
    PN_TRY(pn_audit(p, "payment", in.id, &pn_payment_t, NULL, out, NULL));
    if (s->tenders)
        PN_TRY(pni_tenders_taken(p, s->id));
    return pni_order_paid_event(p, s->id, s->status);
}

static int cash(pn *p, const struct pn_payment_cash *ask, pn_payment *out)
{
    pni_taking t = {.order_id = ask->order, .method = PN_PAY_CASH,
                    .tendered_fen = ask->tendered_fen, .till = ask->till};
    pni_pay_facts way = {.order = ask->order, .method = {PN_PAY_CASH}};
    pni_order o;
    pn_rows shift = {0}, offered = {0};
    if (pn_who(p)->organiser || pn_who(p)->merchant)
        PN_TRY(pni_order_get(p, ask->order, &o));
    PN_TRY(pni_shift_ask(p, &shift));
    PN_TRY(pni_pay_ask(p, &way, &offered));
    PN_TRY(pni_payment_take(p, &t, out));
    PN_TRY(pni_pay_said(p, &way, &offered));
    PN_TRY(pni_shift_needed(p, &shift));
    PN_TRY(pni_shift_at(p, &shift, ask->till));
    PN_TRY(pni_shift_cash(p, &shift, "SALE", ask->order, out->amount_fen.fen));
    return pni_book_captured(p, out->id, PN_PAY_CASH, out->amount_fen.fen);
}

/* ---- a provider collects ---- */

typedef struct make_in {
    int64_t order_id, id, payee_id;
    pn_word method;
    bool frozen, desk; /* desk: whoever asks for it sells at a counter */
} make_in;
static PN_TYPE(make_in_t, "payment.make_in", make_in, PN_COL(make_in, order_id, N_("Order")),
    PN_COL(make_in, payee_id, N_("Payee"), .flags = PN_OPT),
    PN_COL(make_in, id, N_("Number")), PN_COL(make_in, frozen, N_("Frozen")),
    PN_COL(make_in, desk, N_("Counter")),
    PN_COL(make_in, method, N_("Method"), .words = pn_pay_methods));
static const pn_sql make_sql = {"payment_make", &make_in_t, &settled_t,
    "with o as (update orders set legs = legs + 1, updated_at = :now, version = version + 1"
    "  where sk = :order_id# and id = :order_id and status in ('PENDING_PAY',"
    "   'GRAB_PENDING_AUTH', 'GRAB_WAITING') and hold_expires_at > :now"
    "   and payable_fen > paid_fen + held_fen"
    "   and case when status = 'GRAB_WAITING' then :frozen = (held_fen > 0)"
    "    else not :frozen or status = 'GRAB_PENDING_AUTH' end"
    "  returning id, legs, payable_fen, paid_fen, held_fen, hold_expires_at),"
    " y as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, payee_id,"
    "   staff_id, state, created_at, expires_at, updated_at) select :order_id#, :id, o.id, o.legs,"
    "   :method, o.payable_fen - o.paid_fen - o.held_fen, :payee_id, case when :desk then :me end,"
    "   'CREATED', :now,"
    "   o.hold_expires_at, :now from o),"
    " d as (insert into payment_due (sk, payment_id, due_at) select :order_id#, :id, :now from o)"
    " select id, legs, payable_fen from o", false};

static PN_TYPE(create_op_t, "payment.create", struct pn_payment_create,
    PN_COL(struct pn_payment_create, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_payment_create, method, N_("Method"), .flags = PN_REQ | PN_ARG,
           .words = pn_pay_methods),
    PN_COL(struct pn_payment_create, scene, N_("Way"), .words = pni_scenes,
           .hint = N_("How the payer meets the provider; default: he scans a code")),
    PN_COL(struct pn_payment_create, payer, N_("Payer"), .flags = PN_PII, .max = 128,
           .hint = N_("His openid, or the code scanned from his telephone")),
    PN_COL(struct pn_payment_create, client_ip, N_("Payer's address"), .max = 45),
    PN_COL(struct pn_payment_create, return_url, N_("Page after paying"), .max = 500),
    PN_COL(struct pn_payment_create, instalments, N_("Instalments"), .flags = PN_OPT, .max = 60,
           .hint = N_("Months in which the payer's card pays: CMB Life")),
    PN_COL(struct pn_payment_create, device, N_("Payer's device"), .words = pn_pay_devices,
           .hint = N_("Default: the till at a box office; over HTTP where such a way is met")));

/* What a raised grab lacks comes the way the rest came. */
static int uncollectable(pn *p, int64_t order_id, bool frozen)
{
    pni_order o;
    PN_TRY(pni_order_get(p, order_id, &o));
    if (o.status.v != PN_ORDER_GRAB_WAITING ||
        o.payable_fen.fen <= o.paid_fen.fen + o.held_fen.fen || frozen == (o.held_fen.fen > 0))
        return unpayable(p, order_id, NULL);
    pn_fail(p, PN_EARG, "method", "%s",
            frozen ? pn_tr("The grab was paid in advance: what it lacks is paid, too")
                   : pn_tr("The money of the grab is frozen: what it lacks is frozen, too"));
    return pn_hint(p, "%s", pn_tr("Take the method of its first payment"));
}

/* Which operation takes it, where a payment alone does not. */
static const char *taken_by(int method, const pni_provider *v)
{
    switch (method) {
    case PN_PAY_CASH: return pn_tr("Cash is taken by “payment cash”");
    case PN_PAY_SFPL: return pn_tr("This is agreed to by “payment later”");
    case PN_PAY_SLIP: return pn_tr("A slip is taken by “payment slip”");
    case PN_PAY_PREPAID: return pn_tr("A distributor pays by “dist confirm”");
    case PN_PAY_PROXY_PAY:
        return pn_tr("An agent pays by “payment proxy”, anybody else by “payment link”");
    default:
        return v ? pn_tr("This is used by “payment tender”")
                 : pn_tr("This is collected by “order collect”");
    }
}

int pni_payment_make(pn *p, const struct pn_payment_create *ask, pn_payment *out)
{
    make_in in = {.order_id = ask->order, .method = ask->method,
                  .desk = pn_who(p)->roles & PN_ROLE_BOXOFFICE};
    settled s;
    int scene = 0;
    const pni_provider *v = pni_provider_of(ask->method.v);
    if (!v || (v->capture && !v->capture_part))
        return pn_fail(p, PN_EARG, "method", "%s", taken_by(ask->method.v, v));
    if (pni_simulates(ask->method.v))
        PN_TRY(pni_simulated_may(p));
    if (pni_method_of(ask->method.v)->connector)
        PN_TRY(pni_scene_of(p, ask, &scene));
    PN_TRY(pni_pay_offered(p, &(pni_pay_facts){.order = ask->order, .method = ask->method,
                                                .scene = {(int16_t)scene},
                                                .device = ask->device}));
    PN_TRY(pni_direct_route(p, ask->order, &in.method, &in.payee_id));
    in.frozen = v->capture_part != NULL; /* for money that waits: a grab's */
    PN_TRY(pn_new_id(p, pn_sk(ask->order), &in.id));
    int rc = pn_one(p, &make_sql, &in, &s);
    if (rc == PN_ENONE)
        return uncollectable(p, ask->order, in.frozen);
    PN_TRY(rc);
    PN_TRY(pni_front_put(p, in.id, ask, in.method));
    PN_TRY(pni_state_log(p, "payment", in.id, NULL, "CREATED", "create", NULL));
    PN_TRY(pni_payment_row(p, in.id, out));
    return pn_audit(p, "payment", in.id, &pn_payment_t, NULL, out, NULL);
}

static int create(pn *p, const struct pn_payment_create *ask, pn_payment *out)
{
    pni_order o;
    PN_TRY(pni_order_get(p, ask->order, &o));
    PN_TRY(pni_shift_must(p));
    return pni_payment_make(p, ask, out);
}

static PN_TYPE(show_in_t, "payment.show", struct pn_payment_show,
    PN_COL(struct pn_payment_show, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"));
static int show(pn *p, const struct pn_payment_show *in, pn_payment *out)
{
    pni_order o;
    pn_payment y;
    PN_TRY(pni_payment_row(p, in->id, &y));
    PN_TRY(pni_order_get(p, y.order_id, &o));
    *out = y;
    return 0;
}

enum { TILL = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE };

PN_OP_LIST(payment, list, list_spec, .brief = N_("List payments"), .out = &pn_payment_t,
           .may = TILL | PN_ROLE_ORGANISER)
PN_OP(payment, show, pn_payment, .brief = N_("Show a payment"), .in = &show_in_t,
      .out = &pn_payment_t, .may = TILL | PN_ROLE_ORGANISER | PN_ROLE_BUYER | PN_ROLE_SYSTEM)
PN_OP(payment, cash, pn_payment, .brief = N_("Take cash for an order"),
      .help = N_("Computes the change. The tickets are issued at once."), .in = &cash_op_t,
      .out = &pn_payment_t, .may = PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn payment cash --order PN261123000001234 --tendered 1200")
PN_OP(payment, create, pn_payment, .brief = N_("Ask a payment provider to collect for an order"),
      .in = &create_op_t, .out = &pn_payment_t,
      .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_BUYER | PN_ROLE_CHANNEL,
      .flags = PN_WRITE | PN_ONCE)

const pn_module pn_payment_module = {
    "payment", N_("Payments"),
    .ops = PN_LIST(pn_op, &payment_list_op, &payment_show_op, &payment_cash_op,
                   &payment_create_op, &pni_payment_notify_op, &pni_payment_simulate_op,
                   &pni_payment_sent_op, &pni_payment_apply_op, &pni_payment_closed_op,
                   &pni_payment_methods_op, &pni_payment_open_op, &pni_payment_hear_op,
                   &pni_payment_remind_op,
                   &pni_payment_exchanges_op, &pni_payment_tender_op, &pni_payment_release_op,
                   &pni_payment_authorised_op, &pni_payment_followed_op, &pni_payment_slip_op,
                   &pni_payment_display_op, &pni_payment_proxy_op, &pni_payment_link_op,
                   &pni_payment_link_show_op, &pni_payment_link_pay_op,
                   &pni_payment_link_open_op, &pni_payment_later_op, &pni_payment_deduct_op,
                   &pni_payment_repaid_op, &pni_payment_write_off_op,
                   &pni_payment_bar_op, &pni_payment_cancel_op),
    .sql = PN_LIST(pn_sql, &row_sql, &cash_sql, &due_sql, &make_sql, &pni_payment_move_sql,
                   &pni_pay_find_sql, &pni_notice_write_sql, &pni_settle_notice_sql,
                   &pni_settle_late_sql, &pni_settle_instead_sql, &pni_settle_grab_sql,
                   &pni_late_refund_sql, &pni_pay_dup_sql, &pni_pay_extra_sql,
                   &pni_pay_mismatch_sql, &pni_pay_due_sql, &pni_pay_sent_sql,
                   &pni_pay_closed_sql, &pni_pay_again_sql, &pni_sim_send_sql,
                   &pni_sim_query_sql, &pni_sim_close_sql, &pni_sim_pay_sql, &pni_sim_refund_sql,
                   &pni_sim_refunded_sql, &pni_sim_void_sql, &pni_sim_take_sql,
                   &pni_sim_due_sql, &pni_sim_told_sql, &pni_front_put_sql, &pni_front_row_sql,
                   &pni_front_said_sql, &pni_front_off_sql,
                   &pni_exchange_put_sql, &pni_hear_leg_sql,
                   &pni_pay_source_sql, &pni_pay_one_sql, &pni_pay_any_sql,
                   &pni_pay_take_sql, &pni_tender_taken_sql,
                   &pni_tender_facts_sql, &pni_tender_make_sql, &pni_tender_settle_sql,
                   &pni_tender_worth_sql, &pni_freeze_points_sql,
                   &pni_tender_freeze_sql, &pni_tender_late_sql, &pni_tender_release_sql,
                   &pni_tender_done_sql, &pni_tender_row_sql, &pni_display_sql,
                   &pni_display_pay_sql, &pni_link_put_sql, &pni_link_get_sql,
                   &pni_link_claim_sql, &pni_later_put_sql, &pni_later_begin_sql,
                   &pni_later_drop_sql, &pni_later_due_sql, &pni_later_owed_sql,
                   &pni_later_move_sql, &pni_later_tried_sql, &pni_later_over_sql,
                   &pni_later_take_sql, &pni_later_give_sql, &pni_later_block_sql,
                   &pni_later_user_sql, &pni_later_sign_sql, &pni_later_auth_sql,
                   &pni_later_wait_sql, &pni_later_tell_sql, &pni_later_found_sql,
                   &pni_later_odd_sql,
                   &pni_later_trade_sql, &pni_later_day_sql),
    .fsm = PN_LIST(pn_fsm, &pni_payment_fsm),
    .jobs = PN_LIST(pn_job, &pni_pay_poll_job, &pni_simulated_job, &pni_later_job),
};
