/* SPDX-License-Identifier: Apache-2.0 */
/* tender_take.c — frozen at last, taken with the order, and the holder told of it: captures and
 * releases are repeated until he has answered. */
#include <string.h>

#include "base/policy_int.h"
#include "order/book_int.h"
#include "order/grab_int.h"
#include "order/hook_int.h"
#include "order/later_int.h"
#include "order/tender_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "tender.id", id_in, PN_COL(id_in, id, N_("Number")));

bool pni_tender_settled(int state)
{
    return state == PN_PAYMENT_AUTHORISED || state == PN_PAYMENT_CAPTURED ||
           state == PN_PAYMENT_RELEASED;
}

/* ---- with the order ---- */

typedef struct taken { int64_t id; pn_word method; pn_money amount_fen; } taken;
static PN_TYPE(taken_t, "tender.taken", taken, PN_COL(taken, id, N_("Payment")),
    PN_COL(taken, method, N_("Method"), .words = pn_pay_methods),
    PN_COL(taken, amount_fen, N_("Amount")));
const pn_sql pni_tender_taken_sql = {"tender_taken", &by_id_t, &taken_t,
    "select id, method, amount_fen from payment where sk = :id# and order_id = :id"
    " and state in ('CAPTURED', 'CREDIT_OPEN') order by leg_no", false};

int pni_tenders_taken(pn *p, int64_t order_id)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_tender_taken_sql, &(id_in){order_id}, &rows));
    pn_each(taken, t, &rows)
    {
        bool later = t->method.v == PN_PAY_SFPL; /* the order has its tickets, or will have */
        PN_TRY(pni_stepped(p, &pni_payment_fsm, t->id, "AUTHORISED", later ? "ship" : "capture",
                           NULL));
        if (later)
            PN_TRY(pni_later_begin(p, t->id));
        PN_TRY(pni_book_captured(p, t->id, t->method.v, t->amount_fen.fen));
    }
    return 0;
}

typedef struct settle { int64_t order_id; const char *to; } settle;
static PN_TYPE(settle_t, "tender.settle", settle, PN_COL(settle, order_id, N_("Order")),
    PN_COL(settle, to, N_("To")));
typedef struct settled { int64_t id; const char *status; } settled;
static PN_TYPE(settled_t, "tender.settled", settled, PN_COL(settled, id, N_("Order")),
    PN_COL(settled, status, N_("State")));
/* Stock first, then the order, then the payments: the product's lock order. */
const pn_sql pni_tender_settle_sql = {"tender_settle", &settle_t, &settled_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'ACTIVE'),"
    " k as materialized (select k.lot_id from stock k where k.sk = :order_id#"
    "  and k.lot_id in (select l.lot_id from l) order by k.lot_id for update),"
    " o as (update orders o set status = " PNI_PAID_STATE(":order_id#") ","
    "   paid_fen = o.held_fen, held_fen = 0, paid_at = :now, updated_at = :now,"
    "   version = o.version + 1 where o.sk = :order_id# and o.id = :order_id"
    "   and o.status = 'PENDING_PAY' and o.payable_fen = o.held_fen and o.payable_fen > 0"
    "   and (select count(*) from k) > 0 returning o.id, o.status, o.held_fen),"
    PNI_SELL(":order_id#") PNI_TENDERS_TAKE(":order_id#")
    " done_ as (select count(*) from h_) select o.id, o.status from o", false};

int pni_tender_settle(pn *p, int64_t order_id)
{
    settle in = {order_id, pni_order_paid_state()};
    pn_rows rows = {0};
    int64_t affected = -1;
    PN_TRY(pn_queue(p, &pni_tender_settle_sql, &in, 0, &rows, &affected));
    if (pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, order_id));
    if (affected < 0)
        PN_TRY(pn_sync(p));
    if (rows.n != 1)
        return 0; /* there is something left to pay */
    const char *status = ((const settled *)rows.row)->status;
    PN_TRY(pni_tenders_taken(p, order_id));
    PN_TRY(pni_order_paid_steps(p, order_id, "PENDING_PAY", "paid", status));
    return pni_order_paid_event(p, order_id, status);
}

/* ---- frozen at its holder ---- */

struct pn_payment_authorised { int64_t id; const char *provider_no; pn_money fen; };
static PN_TYPE(authorised_t, "payment.authorised", struct pn_payment_authorised,
    PN_COL(struct pn_payment_authorised, id, N_("Payment"), .flags = PN_KEY | PN_REQ,
           .ref = "payment"),
    PN_COL(struct pn_payment_authorised, provider_no, N_("Provider no."), .flags = PN_REQ),
    PN_COL(struct pn_payment_authorised, fen, N_("Amount")));
const pn_sql pni_tender_row_sql = {"tender_row", &by_id_t, &settled_t,
    "select order_id as id, state as status from payment where sk = :id# and id = :id", false};
const pn_sql pni_tender_freeze_sql = {"tender_freeze", &authorised_t, NULL,
    "with o as (update orders o set held_fen = o.held_fen + y.amount_fen, updated_at = :now,"
    "   version = o.version + 1 from payment y where y.sk = :id# and y.id = :id"
    "   and y.state in ('CREATED', 'PENDING') and y.amount_fen = :fen and o.sk = :id#"
    "   and o.id = y.order_id and o.status = 'PENDING_PAY' and o.hold_expires_at > :now"
    "   and o.payable_fen >= o.paid_fen + o.held_fen + y.amount_fen"
    "  returning o.id, o.hold_expires_at),"
    " q as (update payment_due q set due_at = o.hold_expires_at from o where q.sk = :id#"
    "   and q.payment_id = :id)"
    " update payment y set state = 'AUTHORISED', provider_no = :provider_no, updated_at = :now,"
    "  version = y.version + 1 from o where y.sk = :id# and y.id = :id", false};
/* Nobody waits for it, or it is another amount: it passes through, to be let go. */
const pn_sql pni_tender_late_sql = {"tender_late", &authorised_t, NULL,
    "with y as (update payment set state = 'RELEASED', provider_no = :provider_no,"
    "   updated_at = :now, version = version + 1 where sk = :id# and id = :id"
    "   and state in ('CREATED', 'PENDING', 'CLOSED') returning id)"
    " insert into payment_due as d (sk, payment_id, due_at) select :id#, y.id, :now from y"
    " on conflict (sk, payment_id) do update set due_at = excluded.due_at", false};

static int authorise(pn *p, const struct pn_payment_authorised *in, pn_payment *out)
{
    settled was;
    int64_t done = 0;
    bool grab = false;
    PN_TRY(pn_one(p, &pni_tender_row_sql, &(id_in){in->id}, &was));
    PN_TRY(pn_exec(p, &pni_tender_freeze_sql, in, &done));
    if (done) {
        PN_TRY(pni_stepped(p, &pni_payment_fsm, in->id, was.status, "frozen", NULL));
        PN_TRY(pni_tender_settle(p, was.id));
        return pni_payment_row(p, in->id, out);
    }
    PN_TRY(pni_grab_frozen(p, in->id, in->provider_no, in->fen, &grab));
    if (grab) {
        PN_TRY(pni_stepped(p, &pni_payment_fsm, in->id, was.status, "frozen", NULL));
        return pni_payment_row(p, in->id, out);
    }
    PN_TRY(pn_exec(p, &pni_tender_late_sql, in, &done));
    if (done) {
        PN_TRY(pni_stepped(p, &pni_payment_fsm, in->id, was.status, "frozen", NULL));
        PN_TRY(pni_stepped(p, &pni_payment_fsm, in->id, "AUTHORISED", "release", NULL));
    }
    PN_TRY(pni_payment_row(p, in->id, out));
    return done && out->method.v == PN_PAY_SFPL ? pni_later_end(p, in->id) : 0;
}

static int authorised(pn *p, const struct pn_payment_authorised *in, pn_payment *out)
{
    PN_TRY(pni_payment_lock(p, in->id));
    return authorise(p, in, out);
}

int pni_tender_authorise(pn *p, int64_t payment_id, const char *provider_no, pn_money fen,
                         pn_payment *out)
{
    return authorise(p, &(struct pn_payment_authorised){payment_id, provider_no, fen}, out);
}
int pn_payment_authorised(pn *p, const struct pn_payment_authorised *in, pn_payment *out);

int pni_tender_frozen(pn *p, int64_t payment_id, const char *provider_no, pn_money fen)
{
    pn_payment out;
    return pn_payment_authorised(
        p, &(struct pn_payment_authorised){payment_id, provider_no, fen}, &out);
}

/* ---- the holder is told ---- */

struct pn_payment_followed { int64_t id; bool done; const char *why; };
static PN_TYPE(followed_t, "payment.followed", struct pn_payment_followed,
    PN_COL(struct pn_payment_followed, id, N_("Payment"), .flags = PN_KEY | PN_REQ,
           .ref = "payment"),
    PN_COL(struct pn_payment_followed, done, N_("Done")),
    PN_COL(struct pn_payment_followed, why, N_("Error")));
const pn_sql pni_tender_done_sql = {"tender_done", &by_id_t, NULL,
    "delete from payment_due where sk = :id# and payment_id = :id", false};

/* Done with, or people have to look after it. */
static int followed(pn *p, const struct pn_payment_followed *in, pn_payment *out)
{
    if (in->done)
        PN_TRY(pn_exec(p, &pni_tender_done_sql, &(id_in){in->id}, NULL));
    else
        PN_TRY(pn_outbox(p, "payment.alarm", in->id, NULL, NULL, NULL));
    return pni_payment_row(p, in->id, out);
}
int pn_payment_followed(pn *p, const struct pn_payment_followed *in, pn_payment *out);

int pni_tender_unanswered(pn *p, int64_t payment_id, int polls, int rc)
{
    pn_payment out;
    int64_t alarm;
    PN_TRY(pni_policy(p, "tender.alarm_tries", &alarm));
    const char *why = pn_strdup(p, pn_error(p)->message);
    if (polls == alarm) /* told once; it is tried on */
        PN_TRY(pn_payment_followed(p, &(struct pn_payment_followed){payment_id, false, why},
                                   &out));
    return pn_fail(p, (pn_code)rc, NULL, "%s", why ? why : "");
}

int pni_tender_look(pn *p, const pni_provider *v, int64_t payment_id, int state, int polls,
                    bool over)
{
    pn_payment out;
    if (state == PN_PAYMENT_AUTHORISED && !over)
        return 0;
    if (state == PN_PAYMENT_AUTHORISED) {
        PN_TRY(pn_payment_release(p, &(struct pn_payment_release){payment_id}, &out));
        if (out.state.v != PN_PAYMENT_RELEASED)
            return 0; /* the order was paid meanwhile */
    }
    int rc = state == PN_PAYMENT_CAPTURED ? v->capture(p, payment_id) : v->close(p, payment_id);
    if (!rc)
        return pn_payment_followed(p, &(struct pn_payment_followed){payment_id, true, NULL}, &out);
    return pni_tender_unanswered(p, payment_id, polls, rc);
}

PNI_OP(payment, authorised, authorised, pn_payment,
       .brief = N_("Record that a payment is frozen at its holder"), .in = &authorised_t,
       .out = &pn_payment_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
PNI_OP(payment, followed, followed, pn_payment,
       .brief = N_("Record what the holder of frozen money answered"), .in = &followed_t,
       .out = &pn_payment_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
