/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c — what a provider tells, applied once.
 *
 * Notices come twice, late, with the wrong amount, or never; asking the provider gives the same
 * words. So one function decides from what the rows say, each decision is one guarded statement,
 * and when the rows changed meanwhile it decides again. Money that buys nothing goes back. */
#include <string.h>

#include "order/book_int.h"
#include "order/hook_int.h"
#include "order/late_int.h"
#include "order/payment_int.h"
#include "order/tender_int.h"
#include "promo/budget_int.h"

typedef struct told {
    int64_t payment, order_id, extra;
    pn_word method;
    const char *notice_id, *provider_no, *to, *result, *raw;
    const char *reached; /* the state the order arrived at */
    pn_money amount_fen;
    int tenders; /* that were taken with it */
    bool verified;
} told;
#define T(f, ...) PN_COL(told, f, #f, __VA_ARGS__)
static PN_TYPE(told_t, "payment.told", told, T(payment), T(order_id), T(extra),
    T(method, .words = pn_pay_methods), T(notice_id), T(provider_no), T(to), T(result), T(raw),
    T(amount_fen), T(verified));
#undef T

#define Y(f, ...) PN_COL(pni_pay, f, #f, __VA_ARGS__)
static PN_TYPE(pay_t, "payment.pay", pni_pay, Y(id), Y(order_id), Y(session_id),
    Y(method, .words = pn_pay_methods), Y(state, .words = pn_payment_states),
    Y(order_status, .words = pn_order_states), Y(amount_fen), Y(payable_fen), Y(order_paid_fen),
    Y(held_fen), Y(provider_no), Y(seen), Y(trade_order));
#undef Y
const pn_sql pni_pay_find_sql = {"payment_find", &told_t, &pay_t,
    "select y.id, y.order_id, o.session_id, y.method, y.state, o.status as order_status,"
    " y.amount_fen, o.payable_fen, o.paid_fen as order_paid_fen, o.held_fen, y.provider_no,"
    " n.result as seen,"
    " b.order_id as trade_order"
    " from payment y join orders o on o.sk = :payment# and o.id = y.order_id"
    " left join payment_notice n on n.sk = :payment# and n.method = :method"
    "  and n.notice_id = :notice_id"
    " left join payment b on b.sk = :payment# and b.method = :method"
    "  and b.provider_no = :provider_no and b.id <> y.id"
    " where y.sk = :payment# and y.id = :payment", false};

const pn_sql pni_notice_write_sql = {"payment_notice_write", &told_t, NULL,
    "insert into payment_notice (sk, method, notice_id, payment_id, provider_no, amount_fen,"
    " verified, result, raw, at) values (:payment#, :method, :notice_id, :payment,"
    " coalesce(:provider_no, ''), :amount_fen, :verified, :result, coalesce(:raw, ''), :now)"
    " on conflict do nothing", false};

typedef struct hit { int64_t id; int lack, tenders; const char *status; } hit;
static PN_TYPE(hit_t, "payment.hit", hit, PN_COL(hit, id, N_("Order")),
    PN_COL(hit, lack, N_("Lack")), PN_COL(hit, tenders, N_("Tenders")),
    PN_COL(hit, status, N_("State")));

/* A payment that was decided since it was read breaks the constraint of its state: its order is not
 * sold for it, and it is looked at again. */
#define PAYMENT_PAID                                                                               \
    " y as (update payment y set state = case when y.state in ('CREATED', 'PENDING', 'CLOSED')"    \
    "    then 'SUCCESS' else 'DECIDED' end, received_fen = :amount_fen,"                           \
    "   provider_no = :provider_no, paid_at = :now, updated_at = :now, version = y.version + 1"    \
    "  from o where y.sk = :payment# and y.id = :payment returning y.id),"                         \
    " q as (delete from payment_due q using y where q.sk = :payment# and q.payment_id = y.id)"

/* What is frozen for the order is taken where it is needed beside the money that came. */
#define PAID_WITH                                                                                  \
    " paid_fen = :amount_fen + case when o.payable_fen > :amount_fen then o.held_fen else 0 end,"  \
    "   held_fen = case when o.payable_fen > :amount_fen then 0 else o.held_fen end,"
#define FITS " (o.payable_fen = :amount_fen or o.payable_fen = :amount_fen + o.held_fen)"

/* What an order that is so holds is sold for this money. */
#define SETTLE(which)                                                                              \
    "with l as materialized (select lot_id, qty from stock_lock where sk = :payment#"              \
    "  and order_id = :order_id and state = 'ACTIVE'),"                                            \
    " k as materialized (select k.lot_id from stock k where k.sk = :payment#"                      \
    "  and k.lot_id in (select l.lot_id from l) order by k.lot_id for update),"                    \
    " o as (update orders o set status = " PNI_PAID_STATE(":payment#") ","                         \
    PAID_WITH " paid_at = :now, closed_at = null, close_reason = null,"                            \
    "   updated_at = :now, version = o.version + 1"                                                \
    "  where o.sk = :payment# and o.id = :order_id and " which                                     \
    "   and (select count(*) from k) > 0 returning o.id, o.status, o.held_fen),"                   \
    PNI_SELL(":payment#") PNI_TENDERS_TAKE(":payment#") PAYMENT_PAID                               \
    " select o.id, o.status, h_.tenders from o, h_"
/* In time, or late while the hold was not given away yet: the same thing. */
const pn_sql pni_settle_notice_sql = {"payment_settle", &told_t, &hit_t,
    SETTLE("o.status = 'PENDING_PAY' and" FITS), false};
/* Late, and other tickets were found for it, which may cost less. */
const pn_sql pni_settle_instead_sql = {"payment_settle_instead", &told_t, &hit_t,
    SETTLE("o.status = 'CLOSED' and o.paid_fen = 0"
           " and o.payable_fen <= :amount_fen + o.held_fen"), false};

/* After the order closed: the same quantity, if it is still free, the session still sold and the
 * buyer still within his limit (I14). */
const pn_sql pni_settle_late_sql = {"payment_settle_late", &told_t, &hit_t,
    "with i as materialized (select lot_id, qty from stock_lock where sk = :payment#"
    "  and order_id = :order_id and state = 'RELEASED'),"
    " k as materialized (select k.lot_id,"
    "   k.qty_total - k.qty_held - k.qty_locked - k.qty_sold as free"
    "  from stock k where k.sk = :payment# and k.lot_id in (select i.lot_id from i)"
    "  order by k.lot_id for update),"
    " bs as materialized (select e.seat_block as id, bit_or(1::bigint << e.seat_bit::int) as seats"
    "  from order_seat e where e.sk = :payment# and e.order_id = :order_id"
    "   and e.seat_block is not null and (select count(*) from k) >= 0 group by e.seat_block),"
    " w as (select e.doc_hash, e.no from order_seat e where e.sk = :payment#"
    "  and e.order_id = :order_id and e.doc_hash is not null),"
    " ok as (select 1 as one from orders r join session s on s.id = r.session_id"
    "  join show h on h.id = r.show_id where r.sk = :payment# and r.id = :order_id"
    "  and s.status in ('SCHEDULED', 'PRESALE', 'ON_SALE', 'TAIL') and s.stop_sale_at > :now"
    "  and h.status = 'PUBLISHED'"
    "  and not exists (select from bs left join seat_block b on b.sk = :payment# and b.id = bs.id"
    "   where b.id is null or (b.held | b.busy | b.sold | ~b.mask) & bs.seats <> 0)"
    /* an activity's price is for its time and its stock alone (I27) */
    "  and not exists (select from order_reserve v where v.sk = :payment# and v.order_id = r.id"
    "   and v.source = 'SECKILL')"
    "  and not exists (select from i left join k on k.lot_id = i.lot_id"
    "   where coalesce(k.free, 0) < i.qty)"
    "  and not exists (select from buyer_count b where b.sk = :payment#"
    "   and b.session_id = r.session_id and b.buyer = any (r.limit_keys)"
    "   and b.qty + r.qty > b.cap)"
    "  and not exists (select from session_doc d where d.sk = :payment#"
    "   and d.session_id = r.session_id and d.doc_hash in (select w.doc_hash from w))),"
    " o as (update orders o set status = " PNI_PAID_STATE(":payment#") ","
    PAID_WITH "   paid_at = :now,"
    "   closed_at = null, close_reason = null, updated_at = :now, version = o.version + 1"
    "  from ok where o.sk = :payment# and o.id = :order_id and o.status = 'CLOSED'"
    "   and o.paid_fen = 0 and" FITS
    "  returning o.id, o.session_id, o.limit_keys, o.qty, o.status, o.held_fen),"
    " ps as (update stock s set qty_sold = s.qty_sold + i.qty, " PNI_SEAT_STAMP("o.id", "3")
    "  from i, o where s.sk = :payment# and s.lot_id = i.lot_id"
    "   and s.qty_total - s.qty_held - s.qty_locked - s.qty_sold >= i.qty returning s.lot_id),"
    " px as (update seat_block b set sold = case when (b.held | b.busy | b.sold) & bs.seats = 0"
    "    then b.sold | bs.seats else -1::bigint end from bs, o"
    "  where b.sk = :payment# and b.id = bs.id),"
    " pe as (update order_seat e set state = 'SOLD' from o"
    "  where e.sk = :payment# and e.order_id = o.id and e.state = 'RELEASED'),"
    PNI_COUNTS_LOCK(":payment#", "o")
    " pb as (update buyer_count b set qty = b.qty + o.qty"
    "  from o where b.sk = :payment# and b.session_id = o.session_id"
    "   and b.buyer = any (o.limit_keys) and (select count(*) from n_) >= 0),"
    " pc as (insert into session_doc (sk, session_id, doc_hash, order_id, seat_no)"
    "  select :payment#, o.session_id, w.doc_hash, o.id, w.no from w, o),"
    PNI_TENDERS_TAKE(":payment#")
    PAYMENT_PAID " select o.id, o.status, h_.tenders,"
    "  ((select count(*) from i) - (select count(*) from ps))::int as lack"
    " from o, h_", false};

/* A grab's money, or what was missing to a higher cap: it waits in the queue with it. The request's
 * row first, as everywhere. */
const pn_sql pni_settle_grab_sql = {"payment_settle_grab", &told_t, &hit_t,
    "with w as materialized (select g.order_id, g.qty, g.deadline_at from grab_request g"
    "  where g.sk = :payment# and g.order_id = :order_id and g.open for update),"
    " o as (update orders o set status = 'GRAB_WAITING', paid_fen = o.paid_fen + :amount_fen,"
    "   paid_at = coalesce(o.paid_at, :now), hold_expires_at = w.deadline_at, updated_at = :now,"
    "   version = o.version + 1 from w where o.sk = :payment# and o.id = w.order_id"
    "   and o.status in ('GRAB_PENDING_AUTH', 'GRAB_WAITING')"
    "   and o.payable_fen - o.paid_fen - o.held_fen = :amount_fen"
    "  returning o.id, o.status, o.goods_fen),"
    " g as (update grab_request g set waiting = true, due_at = g.deadline_at,"
    "   cap_fen = o.goods_fen / g.qty from o where g.sk = :payment# and g.order_id = o.id),"
    PAYMENT_PAID " select id, status from o", false};

const pn_sql pni_late_refund_sql = {"payment_late_refund", &told_t, &hit_t,
    "with o as (update orders o set status = 'REFUNDING', paid_fen = :amount_fen, paid_at = :now,"
    "   updated_at = :now, version = o.version + 1 where o.sk = :payment# and o.id = :order_id"
    "   and o.status = 'CLOSED' and o.paid_fen = 0 returning o.id),"
    PAYMENT_PAID " select id from o", false};

/* The order has its money already: this payment only passes through. */
const pn_sql pni_pay_dup_sql = {"payment_dup", &told_t, &hit_t,
    "with y as (update payment set state = 'DUP_REFUNDING', received_fen = :amount_fen,"
    "   provider_no = :provider_no, paid_at = :now, updated_at = :now, version = version + 1"
    "  where sk = :payment# and id = :payment and state in ('CREATED', 'PENDING', 'CLOSED')"
    "  returning id),"
    " q as (delete from payment_due q using y where q.sk = :payment# and q.payment_id = y.id)"
    " select id from y", false};

/* A second trade for a payment that was paid: a leg of its own, to give it back. */
const pn_sql pni_pay_extra_sql = {"payment_extra", &told_t, &hit_t,
    "with o as (update orders set legs = legs + 1, updated_at = :now, version = version + 1"
    "  where sk = :payment# and id = :order_id returning id, legs),"
    " y as (insert into payment (sk, id, order_id, leg_no, method, amount_fen, received_fen,"
    "   provider_no, state, created_at, expires_at, paid_at, updated_at)"
    "  select :payment#, :extra, o.id, o.legs, :method, :amount_fen, :amount_fen, :provider_no,"
    "   'DUP_REFUNDING', :now, :now, :now, :now from o"
    "  on conflict (sk, method, provider_no) do nothing returning id)"
    " select id from y", false};

const pn_sql pni_pay_mismatch_sql = {"payment_mismatch", &told_t, &hit_t,
    "with y as (update payment set state = 'MISMATCH', received_fen = :amount_fen,"
    "   provider_no = :provider_no, paid_at = :now, updated_at = :now, version = version + 1"
    "  where sk = :payment# and id = :payment and state in ('CREATED', 'PENDING', 'CLOSED')"
    "  returning id),"
    " q as (delete from payment_due q using y where q.sk = :payment# and q.payment_id = y.id)"
    " select id from y", false};

/* ---- deciding ---- */

/* One guarded statement; *done says whether the rows were still as they were read. */
static int try_once(pn *p, const pn_sql *sql, told *in, bool issue, bool *done)
{
    pn_rows rows = {0};
    int64_t affected = -1;
    PN_TRY(pn_queue(p, sql, in, 0, &rows, &affected));
    if (issue && pni_order_issue_hook)
        PN_TRY(pni_order_issue_hook(p, in->order_id));
    if (affected < 0)
        PN_TRY(pn_sync(p));
    *done = rows.n == 1;
    in->reached = *done ? ((const hit *)rows.row)->status : NULL;
    in->tenders = *done ? ((const hit *)rows.row)->tenders : 0;
    if (*done && ((const hit *)rows.row)->lack) /* sold between two looks: undo, ask again */
        return pn_fail(p, PN_EBUSY, NULL, "%s", pn_tr("The order is being changed, try again"));
    return 0;
}

static int step_payment(pn *p, const pni_pay *y, const char *event)
{
    const char *from = pn_word_name(pn_payment_states, y->state);
    return pni_stepped(p, &pni_payment_fsm, y->id, from, event, NULL);
}

static int paid_in_time(pn *p, const pni_pay *y, told *in, bool *done)
{
    PN_TRY(try_once(p, &pni_settle_notice_sql, in, true, done));
    if (!*done)
        return 0;
    in->result = "APPLIED";
    PN_TRY(step_payment(p, y, "success"));
    PN_TRY(pni_book_captured(p, y->id, y->method.v, in->amount_fen.fen));
    if (in->tenders)
        PN_TRY(pni_tenders_taken(p, y->order_id));
    PN_TRY(pni_order_paid_steps(p, y->order_id, "PENDING_PAY", "paid", in->reached));
    return pni_order_paid_event(p, y->order_id, in->reached);
}

static int settled_late(pn *p, const pni_pay *y, const told *in)
{
    PN_TRY(step_payment(p, y, "success_late"));
    PN_TRY(pni_book_captured(p, y->id, y->method.v, in->amount_fen.fen));
    if (in->tenders)
        PN_TRY(pni_tenders_taken(p, y->order_id));
    PN_TRY(pni_order_paid_steps(p, y->order_id, "CLOSED", "late_paid", in->reached));
    return pni_order_paid_event(p, y->order_id, in->reached);
}

/* Other tickets in the place of those that are gone; the difference goes back. */
static int paid_instead(pn *p, const pni_pay *y, told *in, bool *done)
{
    pn_order before, after;
    PN_TRY(pni_order_row(p, y->order_id, &before));
    PN_TRY(pni_late_instead(p, y->order_id, in->amount_fen.fen + y->held_fen.fen, done));
    if (!*done)
        return 0;
    PN_TRY(try_once(p, &pni_settle_instead_sql, in, true, done));
    if (!*done)
        return pn_fail(p, PN_EBUSY, NULL, "%s", pn_tr("The order is being changed, try again"));
    in->result = "LATE_REPLACED";
    PN_TRY(settled_late(p, y, in));
    PN_TRY(pni_order_row(p, y->order_id, &after));
    PN_TRY(pn_audit(p, "order", y->order_id, &pn_order_t, &before, &after, "late_paid"));
    PN_TRY(pn_outbox(p, "order.replaced", y->order_id, NULL, NULL, NULL));
    int64_t rest = after.paid_fen.fen - after.payable_fen.fen;
    int64_t from = rest <= in->amount_fen.fen ? y->id : 0; /* 0: of several tenders */
    return rest ? pni_refund_giveback(p, &(pni_giveback){y->order_id, from, PN_REASON_REPLACED,
                                                         rest, "CLOSED"})
                : 0;
}

/* Is it all that the order still wants, alone or with what is frozen for it? */
static bool suffices(const pni_pay *y, const told *in)
{
    int64_t fen = in->amount_fen.fen;
    return fen == y->payable_fen.fen || fen + y->held_fen.fen == y->payable_fen.fen;
}

/* The same tickets, else others, else the money goes back. The same ones are had for the same: for
 * points and a coupon, too, and those may be used up. */
static int paid_late(pn *p, const pni_pay *y, told *in, bool *done)
{
    bool fits = false, whole = suffices(y, in);
    if (whole)
        PN_TRY(pni_draw_there(p, y->order_id, &fits));
    if (fits)
        PN_TRY(pni_late_fits(p, y->order_id, &fits));
    if (fits)
        PN_TRY(try_once(p, &pni_settle_late_sql, in, true, done));
    if (*done) {
        in->result = "LATE_APPLIED";
        PN_TRY(pni_draw_again(p, y->order_id));
        return settled_late(p, y, in);
    }
    if (whole) /* else a tender that was frozen for it has been let go */
        PN_TRY(paid_instead(p, y, in, done));
    if (*done)
        return 0;
    PN_TRY(try_once(p, &pni_late_refund_sql, in, false, done));
    if (!*done)
        return 0;
    in->result = "LATE_REFUND";
    PN_TRY(step_payment(p, y, "success_late"));
    PN_TRY(pni_book_captured(p, y->id, y->method.v, in->amount_fen.fen));
    PN_TRY(pni_stepped(p, &pni_order_fsm, y->order_id, "CLOSED", "late_refund", NULL));
    return pni_refund_giveback(p, &(pni_giveback){y->order_id, y->id, PN_REASON_LATE_PAID,
                                                  in->amount_fen.fen, "CLOSED"});
}

static int paid_grab(pn *p, const pni_pay *y, told *in, bool *done)
{
    bool first = y->order_status.v == PN_ORDER_GRAB_PENDING_AUTH;
    PN_TRY(try_once(p, &pni_settle_grab_sql, in, false, done));
    if (!*done)
        return 0;
    in->result = "APPLIED";
    PN_TRY(step_payment(p, y, "success"));
    PN_TRY(pni_book_captured(p, y->id, y->method.v, in->amount_fen.fen));
    PN_TRY(pni_stepped(p, &pni_order_fsm, y->order_id,
                       pn_word_name(pn_order_states, y->order_status),
                       first ? "authorised" : "raise_cap", NULL));
    return pn_outbox(p, first ? "grab.authorised" : "grab.raised", y->order_id, NULL, NULL, NULL);
}

static int paid_wrong(pn *p, const pni_pay *y, told *in, bool *done)
{
    PN_TRY(try_once(p, &pni_pay_mismatch_sql, in, false, done));
    if (!*done)
        return 0;
    in->result = "MISMATCH";
    PN_TRY(step_payment(p, y, "amount_mismatch"));
    PN_TRY(pn_outbox(p, "payment.alarm", y->id, NULL, NULL, NULL));
    PN_TRY(pni_book_unasked(p, y->id, y->method.v, in->amount_fen.fen));
    if (in->amount_fen.fen <= 0)
        return 0;
    return pni_refund_giveback(
        p, &(pni_giveback){y->order_id, y->id, PN_REASON_MISMATCH, in->amount_fen.fen,
                           pn_word_name(pn_order_states, y->order_status)});
}

static int paid_twice(pn *p, const pni_pay *y, told *in, bool *done)
{
    bool open = y->state.v == PN_PAYMENT_CREATED || y->state.v == PN_PAYMENT_PENDING ||
                y->state.v == PN_PAYMENT_CLOSED;
    int64_t back = y->id;
    if (open) {
        PN_TRY(try_once(p, &pni_pay_dup_sql, in, false, done));
        if (!*done)
            return 0;
        PN_TRY(step_payment(p, y, "success_duplicate"));
    } else {
        PN_TRY(pn_new_id(p, pn_sk(y->id), &in->extra));
        PN_TRY(try_once(p, &pni_pay_extra_sql, in, false, done));
        back = in->extra;
        PN_TRY(pni_state_log(p, "payment", back, NULL, "DUP_REFUNDING", "success_duplicate", NULL));
    }
    in->result = "DUPLICATE";
    PN_TRY(pn_outbox(p, "payment.alarm", back, NULL, NULL, NULL));
    PN_TRY(pni_book_unasked(p, back, y->method.v, in->amount_fen.fen));
    return pni_refund_giveback(
        p, &(pni_giveback){y->order_id, back, PN_REASON_DUPLICATE, in->amount_fen.fen,
                           pn_word_name(pn_order_states, y->order_status)});
}

/* Not paid: frozen. What nobody waits for is let go again. */
static int frozen(pn *p, const pni_pay *y, told *in, bool *done)
{
    pn_payment out;
    PN_TRY(pni_tender_authorise(p, y->id, in->provider_no, in->amount_fen, &out));
    in->result = "FROZEN";
    *done = true;
    return 0;
}

static bool holds(const pni_pay *y)
{
    const pni_provider *v = pni_provider_of(y->method.v);
    return v && v->capture_part;
}

static bool is_decided(const pni_pay *y)
{
    return y->state.v != PN_PAYMENT_CREATED && y->state.v != PN_PAYMENT_PENDING &&
           y->state.v != PN_PAYMENT_CLOSED;
}

static int decide(pn *p, const pni_pay *y, told *in, bool *done)
{
    bool decided = is_decided(y);
    if (holds(y))
        return frozen(p, y, in, done);
    if (y->trade_order && y->trade_order != y->order_id)
        return pn_fail(p, PN_ECONFLICT, "provider_no", pn_tr("Trade %s paid another order"),
                       in->provider_no);
    if (y->trade_order || (decided && y->provider_no &&
                           strcmp(y->provider_no, in->provider_no) == 0)) {
        in->result = "REPEAT";
        *done = true;
        return 0;
    }
    if (decided)
        return paid_twice(p, y, in, done);
    if (in->amount_fen.fen != y->amount_fen.fen)
        return paid_wrong(p, y, in, done);
    if (y->order_status.v == PN_ORDER_PENDING_PAY)
        return suffices(y, in) ? paid_in_time(p, y, in, done) : paid_wrong(p, y, in, done);
    if (y->order_status.v == PN_ORDER_CLOSED && y->order_paid_fen.fen == 0)
        return paid_late(p, y, in, done);
    /* of a grab: what is missing now, not what was before its cap was raised again */
    bool wanted = y->payable_fen.fen - y->order_paid_fen.fen - y->held_fen.fen ==
                  in->amount_fen.fen;
    if (wanted && (y->order_status.v == PN_ORDER_GRAB_PENDING_AUTH ||
                   y->order_status.v == PN_ORDER_GRAB_WAITING))
        return paid_grab(p, y, in, done);
    return paid_twice(p, y, in, done);
}

int pni_payment_apply(pn *p, const struct pn_payment_notify *ask, const char *raw,
                      pn_payment_result *out)
{
    told in = {.payment = ask->payment, .method = ask->method, .notice_id = ask->notice_id,
               .provider_no = ask->provider_no, .amount_fen = ask->amount_fen, .raw = raw,
               .to = pni_order_paid_state(), .verified = true};
    bool done = false, locked = pni_outer_op(p) == &pni_payment_simulate_op;
    pni_pay y;
    /* Always, although nearly all come in time and are one statement, which locks by itself: what
     * that one has read is of before it waited, and beside it a second notice may tell of another
     * sum, or a tender be let go and another frozen. */
    PN_TRY(locked ? pni_payment_lock_again(p, ask->payment) : pni_payment_lock(p, ask->payment));
    for (int round = 0; round < 3 && !done; round++) {
        int rc = pn_one(p, &pni_pay_find_sql, &in, &y);
        if (rc == PN_ENONE)
            return pn_fail(p, PN_ENONE, "payment", pn_tr("There is no payment %lld"),
                           (long long)ask->payment);
        PN_TRY(rc);
        if (y.method.v != ask->method.v)
            return pn_fail(p, PN_EARG, "method", "%s", pn_tr("The payment has another method"));
        if (y.seen) { /* the very same notice again: the same answer */
            *out = (pn_payment_result){y.id, y.order_id, y.seen};
            return 0;
        }
        in.order_id = y.order_id;
        PN_TRY(decide(p, &y, &in, &done));
    }
    if (!done)
        return pn_fail(p, PN_EBUSY, NULL, "%s", pn_tr("The order is being changed, try again"));
    *out = (pn_payment_result){y.id, y.order_id, in.result};
    return pn_queue(p, &pni_notice_write_sql, &in, 0, NULL, NULL);
}

/* ---- operations ---- */

static PN_TYPE(notify_in_t, "payment.notify", struct pn_payment_notify,
    PN_COL(struct pn_payment_notify, method, N_("Method"), .flags = PN_REQ,
           .words = pn_pay_methods),
    PN_COL(struct pn_payment_notify, notice_id, N_("Notice"), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_payment_notify, payment, N_("Payment"), .flags = PN_REQ, .ref = "payment"),
    PN_COL(struct pn_payment_notify, provider_no, N_("Provider no."), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_payment_notify, amount_fen, N_("Amount")),
    PN_COL(struct pn_payment_notify, signature, N_("Signature"), .flags = PN_REQ, .max = 128,
           .hint = N_("Hex HMAC-SHA256 over method|notice|payment|provider no.|fen")));
static PN_TYPE(result_t, "payment.result", pn_payment_result,
    PN_COL(pn_payment_result, payment_id, N_("Payment"), .ref = "payment"),
    PN_COL(pn_payment_result, order_id, N_("Order"), .ref = "order"),
    PN_COL(pn_payment_result, result, N_("Result"), .flags = PN_BRIEF));

/* Equal text, in a time that does not tell where it differs. */
static bool same(const char *a, const char *b)
{
    size_t n = strlen(a);
    unsigned diff = 0;
    if (n != strlen(b))
        return false;
    for (size_t i = 0; i < n; i++)
        diff |= (unsigned)((a[i] | 0x20) ^ (b[i] | 0x20));
    return !diff;
}

static int notify(pn *p, const struct pn_payment_notify *in, pn_payment_result *out)
{
    const char *good;
    PN_TRY(pni_notice_sign(p, in, &good));
    if (!same(good, in->signature))
        return pn_fail(p, PN_EPERM, "signature", "%s", pn_tr("The signature is wrong"));
    pn_buf raw = pn_buf_new(p);
    pn_to_json(&raw, &notify_in_t, in);
    return pni_payment_apply(p, in, raw.bad ? "" : raw.text, out);
}

/* The provider was asked and answered: the same as a notice, without a signature to check. */
struct pn_payment_apply {
    int64_t payment;
    pn_word method;
    const char *provider_no;
    pn_money amount_fen;
    const char *notice_id, *raw; /* of the notice that said it; absent: it was asked for */
};
static PN_TYPE(apply_in_t, "payment.apply", struct pn_payment_apply,
    PN_COL(struct pn_payment_apply, payment, N_("Payment"), .flags = PN_REQ, .ref = "payment"),
    PN_COL(struct pn_payment_apply, method, N_("Method"), .flags = PN_REQ,
           .words = pn_pay_methods),
    PN_COL(struct pn_payment_apply, provider_no, N_("Provider no."), .flags = PN_REQ),
    PN_COL(struct pn_payment_apply, amount_fen, N_("Amount")),
    PN_COL(struct pn_payment_apply, notice_id, N_("Notice"), .max = 200),
    PN_COL(struct pn_payment_apply, raw, N_("Notice as it came"), .max = 200000));

static int apply(pn *p, const struct pn_payment_apply *in, pn_payment_result *out)
{
    const char *id = in->notice_id ? in->notice_id
                                   : pn_printf(p, "query-%lld-%s", (long long)in->payment,
                                               in->provider_no);
    struct pn_payment_notify said = {.method = in->method, .notice_id = id, .payment = in->payment,
                                     .provider_no = in->provider_no,
                                     .amount_fen = in->amount_fen};
    return pni_payment_apply(p, &said, in->raw ? in->raw : "", out);
}
int pn_payment_apply(pn *p, const struct pn_payment_apply *in, pn_payment_result *out);

PNI_OP(payment, notify, notify, pn_payment_result,
       .brief = N_("Take a payment provider's notice"), .in = &notify_in_t, .out = &result_t,
       .may = PN_ROLE_PUBLIC, .flags = PN_WRITE | PN_HIDDEN)
PNI_OP(payment, apply, apply, pn_payment_result,
       .brief = N_("Apply what a provider answered when asked"), .in = &apply_in_t,
       .out = &result_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

int pni_payment_told(pn *p, int64_t payment_id, pn_word method, const char *provider_no,
                     pn_money paid, pn_payment_result *out)
{
    return pn_payment_apply(
        p, &(struct pn_payment_apply){payment_id, method, provider_no, paid, NULL, NULL}, out);
}

int pni_payment_noticed(pn *p, const pni_noticed *in, pn_payment_result *out)
{
    return pn_payment_apply(p, &(struct pn_payment_apply){in->payment_id, in->method,
                                                          in->provider_no, in->paid,
                                                          in->notice_id, in->raw}, out);
}
