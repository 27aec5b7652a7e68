/* SPDX-License-Identifier: Apache-2.0 */
/* grab_auth.c — a grab whose money is frozen. It waits like any other; when tickets are found they
 * are locked and the holder is asked for what they cost, with no transaction open. His answer makes
 * the order paid, or the tickets free again. Between the two the grab is neither in the queue nor
 * to be cancelled, and its row of payment_due says who is to be asked, whatever crashes.
 *
 * A higher price is good when the difference is frozen beside the rest. Then the holder may have
 * to be asked for several sums: one after the other, the oldest first, for that is the one that may
 * have run out; while nothing is taken a refusal costs nobody anything. */
#include "base/policy_int.h"
#include "order/book_int.h"
#include "order/grab_int.h"
#include "order/hook_int.h"
#include "order/late_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "grab.auth_id", id_in, PN_COL(id_in, id, N_("Number")));

/* ---- frozen: it waits ---- */

typedef struct frozen { int64_t id; const char *provider_no; pn_money fen; } frozen;
static PN_TYPE(frozen_t, "grab.frozen", frozen, PN_COL(frozen, id, N_("Payment")),
    PN_COL(frozen, provider_no, N_("Provider no.")), PN_COL(frozen, fen, N_("Amount")));
const pn_sql pni_grab_freeze_sql = {"grab_freeze", &frozen_t, &by_id_t,
    "with y as (select y.id, y.order_id from payment y where y.sk = :id# and y.id = :id"
    "  and y.state in ('CREATED', 'PENDING') and y.amount_fen = :fen),"
    " w as materialized (select g.order_id, g.deadline_at from grab_request g, y"
    "  where g.sk = :id# and g.order_id = y.order_id and g.open and not g.waiting for update of g),"
    " o as (update orders o set status = 'GRAB_WAITING', held_fen = :fen,"
    "   hold_expires_at = w.deadline_at, updated_at = :now, version = o.version + 1 from w"
    "  where o.sk = :id# and o.id = w.order_id and o.status = 'GRAB_PENDING_AUTH'"
    "   and o.payable_fen = :fen and o.paid_fen = 0 and o.held_fen = 0"
    "  returning o.id, o.hold_expires_at),"
    " g as (update grab_request g set waiting = true, due_at = g.deadline_at from o"
    "  where g.sk = :id# and g.order_id = o.id),"
    " q as (update payment_due q set due_at = o.hold_expires_at from o where q.sk = :id#"
    "   and q.payment_id = :id),"
    " p as (update payment y set state = 'AUTHORISED', provider_no = :provider_no,"
    "   expires_at = o.hold_expires_at, updated_at = :now, version = y.version + 1 from o"
    "  where y.sk = :id# and y.id = :id)"
    " select id from o", false};

/* What a higher price takes beside it. One whose tickets are being paid is not raised any more. */
const pn_sql pni_grab_extra_sql = {"grab_extra", &frozen_t, &by_id_t,
    "with y as (select y.id, y.order_id from payment y where y.sk = :id# and y.id = :id"
    "  and y.state in ('CREATED', 'PENDING') and y.amount_fen = :fen),"
    " w as materialized (select g.order_id, g.qty from grab_request g, y"
    "  where g.sk = :id# and g.order_id = y.order_id and g.waiting for update of g),"
    " o as (update orders o set held_fen = o.held_fen + :fen, updated_at = :now,"
    "   version = o.version + 1 from w where o.sk = :id# and o.id = w.order_id"
    "   and o.status = 'GRAB_WAITING' and o.held_fen > 0 and o.paid_fen = 0"
    "   and o.payable_fen = o.held_fen + :fen"
    "  returning o.id, o.goods_fen, o.hold_expires_at),"
    " g as (update grab_request g set cap_fen = o.goods_fen / g.qty from o"
    "  where g.sk = :id# and g.order_id = o.id),"
    " q as (update payment_due q set due_at = o.hold_expires_at from o where q.sk = :id#"
    "   and q.payment_id = :id),"
    " p as (update payment y set state = 'AUTHORISED', provider_no = :provider_no,"
    "   expires_at = o.hold_expires_at, updated_at = :now, version = y.version + 1 from o"
    "  where y.sk = :id# and y.id = :id)"
    " select id from o", false};

static int extra(pn *p, const frozen *f, bool *done)
{
    id_in order;
    int rc = pn_one(p, &pni_grab_extra_sql, f, &order);
    *done = !rc;
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    PN_TRY(pni_stepped(p, &pni_order_fsm, order.id, "GRAB_WAITING", "raise_cap", NULL));
    return pn_outbox(p, "grab.raised", order.id, NULL, NULL, NULL);
}

int pni_grab_frozen(pn *p, int64_t payment_id, const char *provider_no, pn_money fen, bool *done)
{
    frozen in = {payment_id, provider_no, fen};
    id_in order;
    int rc = pn_one(p, &pni_grab_freeze_sql, &in, &order);
    *done = !rc;
    if (rc)
        return rc == PN_ENONE ? extra(p, &in, done) : rc;
    PN_TRY(pni_stepped(p, &pni_order_fsm, order.id, "GRAB_PENDING_AUTH", "authorised", NULL));
    return pn_outbox(p, "grab.authorised", order.id, NULL, NULL, NULL);
}

/* ---- tickets are locked for it ---- */

typedef struct begin {
    int64_t order_id;
    int qty;
    pn_money goods_fen, discount_fen, delivery_fen, service_fen, payable_fen;
    pn_bytes key1, key2, key3;
} begin;
#define B(f) PN_COL(begin, f, #f)
static PN_TYPE(begin_t, "grab.begin", begin, B(order_id), B(qty), B(goods_fen), B(discount_fen),
    B(delivery_fen), B(service_fen), B(payable_fen), B(key1), B(key2), B(key3));
#undef B
const pn_sql pni_grab_begin_sql = {"grab_begin", &begin_t, &by_id_t,
    "with o as (update orders o set updated_at = :now, version = o.version + 1,"
    "   limit_keys = array_remove(array[(:key1)::bytea, (:key2)::bytea, (:key3)::bytea], null)"
    "  where o.sk = :order_id# and o.id = :order_id and o.status = 'GRAB_WAITING'"
    "   and o.held_fen >= :payable_fen returning o.id),"
    " g as (update grab_request g set waiting = false from o where g.sk = :order_id#"
    "   and g.order_id = o.id),"
    " y as materialized (select y.id, y.amount_fen from payment y where y.sk = :order_id#"
    "   and y.order_id = :order_id and y.state = 'AUTHORISED' order by y.leg_no limit 1),"
    " c as (insert into grab_capture (sk, order_id, payment_id, qty, goods_fen, discount_fen,"
    "   delivery_fen, service_fen, payable_fen, leg_fen, at) select :order_id#, o.id, y.id, :qty,"
    "   :goods_fen, :discount_fen, :delivery_fen, :service_fen, :payable_fen,"
    "   least(y.amount_fen, :payable_fen::bigint), :now from o, y returning payment_id),"
    " q as (update payment_due q set due_at = :now from c where q.sk = :order_id#"
    "   and q.payment_id = c.payment_id)"
    " select payment_id as id from c", false};

int pni_grab_begin(pn *p, const pni_deal *d)
{
    const pni_cart *c = &d->cart;
    const pni_buyer *b = &d->buyer;
    begin in = {.order_id = d->ask->order_id, .qty = c->seats, .goods_fen = {c->goods_fen},
                .discount_fen = {c->less.total_fen + c->less.points_fen},
                .delivery_fen = {c->delivery_fen}, .service_fen = {c->service_fen},
                .payable_fen = {c->payable_fen}};
    id_in payment;
    in.key1 = b->keys > 0 ? b->key[0] : (pn_bytes){0};
    in.key2 = b->keys > 1 ? b->key[1] : (pn_bytes){0};
    in.key3 = b->keys > 2 ? b->key[2] : (pn_bytes){0};
    int rc = pn_one(p, &pni_grab_begin_sql, &in, &payment);
    return rc == PN_ENONE ? pn_fail(p, PN_EPROVIDER, "order", "%s",
                                    pn_tr("What was paid for the grab cannot be captured"))
                          : rc;
}

/* ---- the holder gave it ---- */

#define ANSWER_IN(verb_)                                                                           \
    PN_COL(struct pn_grab_##verb_, order, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"),  \
    PN_COL(struct pn_grab_##verb_, payment, N_("Payment"), .flags = PN_REQ, .ref = "payment")
struct pn_grab_captured { int64_t order, payment; };
struct pn_grab_uncaptured { int64_t order, payment; const char *why; };
static PN_TYPE(captured_in_t, "grab.captured", struct pn_grab_captured, ANSWER_IN(captured));
static PN_TYPE(uncaptured_in_t, "grab.uncaptured", struct pn_grab_uncaptured,
    ANSWER_IN(uncaptured), PN_COL(struct pn_grab_uncaptured, why, N_("Error")));

typedef struct sold {
    int64_t order_id, payment_id;
    const char *status, *to;
    pn_word method;
    pn_money fen;
    pn_bytes buyer;
} sold;
#define S(f, ...) PN_COL(sold, f, #f, __VA_ARGS__)
static PN_TYPE(sold_t, "grab.sold", sold, S(order_id), S(payment_id), S(status), S(to),
    S(method, .words = pn_pay_methods), S(fen), S(buyer));
#undef S
/* `c` is what is asked of this payment, `o` the order that it belongs to. */
#define ASKED                                                                                      \
    " c as materialized (select order_id, payment_id, qty, goods_fen, discount_fen, delivery_fen," \
    "   service_fen, payable_fen, leg_fen from grab_capture where sk = :order_id#"                 \
    "   and order_id = :order_id and payment_id = :payment_id for update),"
#define TAKEN                                                                                      \
    " y as (update payment y set state = 'CAPTURED', frozen_fen = y.amount_fen,"                   \
    "   amount_fen = c.leg_fen, received_fen = c.leg_fen, paid_at = :now,"                         \
    "   updated_at = :now, version = y.version + 1 from c, o where y.sk = :order_id#"              \
    "   and y.id = c.payment_id and y.state = 'AUTHORISED'"                                        \
    "   returning y.id, y.method, y.amount_fen),"                                                  \
    " q as (delete from payment_due q using y where q.sk = :order_id# and q.payment_id = y.id),"
/* One sum of several; the next is asked for. */
const pn_sql pni_grab_part_sql = {"grab_part", &sold_t, &sold_t,
    "with" ASKED
    " n as materialized (select y.id, y.amount_fen from payment y where y.sk = :order_id#"
    "   and y.order_id = :order_id and y.state = 'AUTHORISED' and y.id <> :payment_id"
    "   order by y.leg_no limit 1),"
    " o as (update orders o set paid_fen = o.paid_fen + c.leg_fen,"
    "   held_fen = o.held_fen - c.leg_fen, updated_at = :now, version = o.version + 1 from c, n"
    "  where o.sk = :order_id# and o.id = c.order_id and o.status = 'GRAB_WAITING'"
    "   and o.paid_fen + c.leg_fen < c.payable_fen returning o.id, o.status, o.paid_fen)," TAKEN
    " x as (update grab_capture x set payment_id = n.id,"
    "   leg_fen = least(n.amount_fen, x.payable_fen - o.paid_fen) from n, o"
    "  where x.sk = :order_id# and x.order_id = o.id),"
    " d as (update payment_due d set due_at = :now from n, o where d.sk = :order_id#"
    "   and d.payment_id = n.id)"
    " select o.id as order_id, y.id as payment_id, y.method, y.amount_fen as fen from o, y",
    false};
const pn_sql pni_grab_captured_sql = {"grab_captured", &sold_t, &sold_t,
    "with l as materialized (select lot_id, qty from stock_lock where sk = :order_id#"
    "  and order_id = :order_id and state = 'ACTIVE'),"
    ASKED
    " o as (update orders o set status = " PNI_PAID_STATE(":order_id#") ", qty = c.qty,"
    "   goods_fen = c.goods_fen, discount_fen = c.discount_fen, delivery_fen = c.delivery_fen,"
    "   service_fen = c.service_fen, payable_fen = c.payable_fen, paid_fen = c.payable_fen,"
    "   held_fen = 0, paid_at = :now, updated_at = :now, version = o.version + 1 from c"
    "  where o.sk = :order_id# and o.id = c.order_id and o.status = 'GRAB_WAITING'"
    "   and o.paid_fen + c.leg_fen = c.payable_fen"
    "  returning o.id, o.status),"
    PNI_SELL(":order_id#") TAKEN
    " x as (delete from grab_capture x using o where x.sk = :order_id# and x.order_id = o.id),"
    " g as (update grab_request g set open = false from o where g.sk = :order_id#"
    "   and g.order_id = o.id returning g.buyer)"
    " select o.id as order_id, y.id as payment_id, o.status, y.method, y.amount_fen as fen,"
    "  g.buyer from o, y, g", false};

static int ended(pn *p)
{
    return pn_fail(p, PN_ESTATE, "order", "%s", pn_tr("The grab has ended already"));
}

static int taken(pn *p, const sold *s)
{
    PN_TRY(pni_stepped(p, &pni_payment_fsm, s->payment_id, "AUTHORISED", "capture", NULL));
    return pni_book_captured(p, s->payment_id, s->method.v, s->fen.fen);
}

/* The last sum that the tickets cost: they are his, and what is frozen beside it is let go. */
static int bought(pn *p, const sold *s)
{
    if (pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, s->order_id));
    PN_TRY(taken(p, s));
    PN_TRY(pni_order_paid_steps(p, s->order_id, "GRAB_WAITING", "match", s->status));
    PN_TRY(pni_order_paid_event(p, s->order_id, s->status));
    PN_TRY(pni_grab_release(p, s->order_id));
    return pni_grab_count(p, s->buyer, -1);
}

static int captured(pn *p, const struct pn_grab_captured *in, pn_grab *out)
{
    sold s = {.order_id = in->order, .payment_id = in->payment, .to = pni_order_paid_state()};
    pn_grab before;
    PN_TRY(pni_order_lock(p, in->order));
    PN_TRY(pni_grab_row(p, in->order, &before));
    int rc = pn_one(p, &pni_grab_captured_sql, &s, &s);
    if (!rc) {
        PN_TRY(bought(p, &s));
    } else {
        if (rc == PN_ENONE)
            rc = pn_one(p, &pni_grab_part_sql, &s, &s);
        if (rc == PN_ENONE)
            return ended(p);
        PN_TRY(rc);
        PN_TRY(taken(p, &s));
    }
    PN_TRY(pni_grab_row(p, in->order, out));
    return pn_audit(p, "grab", in->order, &pn_grab_t, &before, out, NULL);
}
int pn_grab_captured(pn *p, const struct pn_grab_captured *in, pn_grab *out);

/* ---- the holder refused ---- */

typedef struct again { int64_t id, payment; int attempts; } again;
static PN_TYPE(again_t, "grab.again", again, PN_COL(again, id, N_("Order")),
    PN_COL(again, payment, N_("Payment")), PN_COL(again, attempts, N_("Attempts")));
const pn_sql pni_grab_undo_sql = {"grab_undo", &again_t, &again_t,
    "with c as (delete from grab_capture where sk = :id# and order_id = :id"
    "   and payment_id = :payment returning order_id, payment_id),"
    " q as (update payment_due q set due_at = y.expires_at from c join payment y on y.sk = :id#"
    "   and y.id = c.payment_id where q.sk = :id# and q.payment_id = c.payment_id)"
    " update grab_request g set waiting = true, attempts = g.attempts + 1 from c"
    "  where g.sk = :id# and g.order_id = c.order_id returning g.order_id as id, g.attempts",
    false};
const pn_sql pni_grab_blank_sql = {"grab_blank", &again_t, NULL,
    "update orders set limit_keys = '{}', closed_at = null, close_reason = null"
    " where sk = :id# and id = :id", false};

static int uncaptured(pn *p, const struct pn_grab_uncaptured *in, pn_grab *out)
{
    again a = {.id = in->order, .payment = in->payment};
    int64_t most = 0;
    pn_grab before;
    PN_TRY(pni_order_lock(p, in->order));
    PN_TRY(pni_grab_row(p, in->order, &before));
    int rc = pn_one(p, &pni_grab_undo_sql, &a, &a);
    if (rc == PN_ENONE)
        return ended(p);
    PN_TRY(rc);
    PN_TRY(pni_order_release(p, in->order, "GRAB_WAITING", "capture_failed", in->why));
    PN_TRY(pn_exec(p, &pni_late_clear_sql, &a, NULL));
    PN_TRY(pn_exec(p, &pni_grab_blank_sql, &a, NULL));
    PN_TRY(pni_policy(p, "grab.capture_tries", &most));
    /* What was taken before this refusal cannot be frozen again: it goes back, and all is over. */
    if (a.attempts >= most || before.paid_fen.fen) {
        PN_TRY(pni_grab_end(p, in->order, "GRAB_WAITING", "capture_given_up", "GRAB_FAILED",
                            "CAPTURE"));
        PN_TRY(pn_outbox(p, "grab.capture_failed", in->order, NULL, NULL, NULL));
    }
    PN_TRY(pn_outbox(p, PNI_STOCK_FREED, before.session_id, NULL, NULL, NULL));
    PN_TRY(pni_grab_row(p, in->order, out));
    return pn_audit(p, "grab", in->order, &pn_grab_t, &before, out, in->why);
}
int pn_grab_uncaptured(pn *p, const struct pn_grab_uncaptured *in, pn_grab *out);

/* ---- asking ---- */

/* An answer that is not known is asked for again with the same number, for as long as it takes:
 * tickets that may be paid for are nobody else's. */
int pni_grab_collect(pn *p, const pni_provider *v, int64_t payment_id, int64_t order_id,
                     pn_money fen, int polls)
{
    pn_grab out;
    int rc = v->capture_part(p, payment_id, fen);
    if (rc && rc != PN_EPROVIDER)
        return pni_tender_unanswered(p, payment_id, polls, rc);
    const char *why = rc ? pn_strdup(p, pn_error(p)->message) : NULL;
    if (rc)
        rc = pn_grab_uncaptured(p, &(struct pn_grab_uncaptured){order_id, payment_id, why}, &out);
    else if (!(rc = pn_grab_captured(p, &(struct pn_grab_captured){order_id, payment_id}, &out)) &&
             out.status.v == PN_ORDER_GRAB_WAITING)
        return pni_grab_ask(p, order_id); /* that was one sum of several */
    return rc == PN_ESTATE ? 0 : rc; /* somebody else asked, too, and recorded the same */
}

/* At once; what fails here is for the job that follows payments. */
const pn_sql pni_grab_asked_sql = {"grab_asked", &by_id_t, &by_id_t,
    "select payment_id as id from grab_capture where sk = :id# and order_id = :id", false};
int pni_grab_ask(pn *p, int64_t order_id)
{
    id_in payment;
    int rc = pn_one(p, &pni_grab_asked_sql, &(id_in){order_id}, &payment);
    return rc == PN_ENONE ? 0 : rc ? rc : pni_payment_push(p, payment.id);
}

/* ---- nothing more is asked for ---- */

const pn_sql pni_grab_release_sql = {"grab_release", &by_id_t, &by_id_t,
    "with y as (update payment set state = 'RELEASED', frozen_fen = amount_fen,"
    "   updated_at = :now, version = version + 1"
    "  where sk = :id# and order_id = :id and state = 'AUTHORISED' returning id),"
    " o as (update orders o set held_fen = 0, updated_at = :now, version = o.version + 1 from y"
    "  where o.sk = :id# and o.id = :id),"
    " q as (update payment_due q set due_at = :now from y where q.sk = :id#"
    "   and q.payment_id = y.id) select id from y", false};

int pni_grab_release(pn *p, int64_t order_id)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_grab_release_sql, &(id_in){order_id}, &rows));
    pn_each(id_in, y, &rows)
        PN_TRY(pni_stepped(p, &pni_payment_fsm, y->id, "AUTHORISED", "release", NULL));
    return 0;
}

PNI_OP(grab, captured, captured, pn_grab,
       .brief = N_("Record that the money of a matched grab was taken"), .in = &captured_in_t,
       .out = &pn_grab_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
PNI_OP(grab, uncaptured, uncaptured, pn_grab,
       .brief = N_("Record that the money of a matched grab was refused"), .in = &uncaptured_in_t,
       .out = &pn_grab_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
