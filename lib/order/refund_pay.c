/* SPDX-License-Identifier: Apache-2.0 */
/* refund_pay.c — an approved refund takes effect at once (tickets void, stock back on sale) and is
 * paid back leg by leg: cash over the counter with it, providers by a job that calls them while no
 * transaction is open and repeats the same request number until they say yes. */
#include <string.h>

#include "order/book_int.h"
#include "order/hook_int.h"
#include "order/later_int.h"
#include "order/points_int.h"
#include "order/prepaid_int.h"
#include "order/refund_int.h"
#include "order/reserve_int.h"
#include "promo/budget_int.h"
#include "promo/coupon_int.h"
#include "seating/claimed_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "refund.pay_id", id_in, PN_COL(id_in, id, N_("Refund")));

typedef struct head {
    int64_t id, order_id, user_id;
    const char *no, *from_status;
    pn_word reason, state;
    pn_money amount_fen;
} head;
#define H(f, ...) PN_COL(head, f, #f, __VA_ARGS__)
static PN_TYPE(head_t, "refund.head", head, H(id), H(order_id), H(user_id, .flags = PN_OPT), H(no),
    H(from_status),
    H(reason, .words = pn_refund_reasons), H(state, .words = pn_refund_states), H(amount_fen));
const pn_sql pni_exec_head_sql = {"refund_head", &by_id_t, &head_t,
    "select r.id, r.order_id, o.user_id, r.no, r.from_status, r.reason, r.state, r.amount_fen"
    " from refund r join orders o on o.sk = :id# and o.id = r.order_id"
    " where r.sk = :id# and r.id = :id", false};
typedef struct seat_no { int no; } seat_no;
static PN_TYPE(seat_no_t, "refund.seat_no", seat_no, PN_COL(seat_no, no, N_("Seat")));
const pn_sql pni_exec_seats_sql = {"refund_seat_nos", &by_id_t, &seat_no_t,
    "select unnest(seats) as no from refund where sk = :id# and id = :id", false};

typedef struct count { int seats_n; int64_t session; pn_texts lots; } count;
static PN_TYPE(count_t, "refund.count", count, PN_COL(count, seats_n, N_("Seats")),
    PN_COL(count, session, "session"), PN_COL(count, lots, "lots"));
/* Stock, then seats; the buyer's count and documents are free again. */
const pn_sql pni_exec_sql = {"refund_execute", &by_id_t, &count_t,
    "with r as (select r.order_id, r.seats from refund r where r.sk = :id# and r.id = :id),"
    " k as materialized (select k.lot_id from stock k where k.sk = :id# and k.lot_id in"
    "  (select i.lot_id from order_seat e join order_item i on i.sk = :id#"
    "    and i.order_id = e.order_id and i.no = e.item_no, r where e.sk = :id#"
    "   and e.order_id = r.order_id and e.no = any (r.seats)) order by k.lot_id for update),"
    " e as (update order_seat e set state = 'REFUNDED' from r where e.sk = :id#"
    "  and e.order_id = r.order_id and e.no = any (r.seats) and e.state = 'REFUNDING'"
    "  and (select count(*) from k) > 0 returning e.no, e.order_id, e.item_no,"
    "   e.seat_block, e.seat_bit),"
    " bs as (select e.seat_block as id, bit_or(1::bigint << e.seat_bit::int) as seats from e"
    "  where e.seat_block is not null group by e.seat_block),"
    " bb as (update seat_block b set sold = case when b.sold & bs.seats = bs.seats"
    "   then b.sold & ~bs.seats else -1::bigint end from bs where b.sk = :id# and b.id = bs.id),"
    " s as (update stock s set qty_sold = s.qty_sold - x.n, " PNI_SEAT_STAMP(":id::bigint", "4")
    "  from (select i.lot_id,"
    "  count(*)::int as n from e join order_item i on i.sk = :id# and i.order_id = e.order_id"
    "  and i.no = e.item_no group by i.lot_id) x where s.sk = :id# and s.lot_id = x.lot_id),"
    " o as (select o.session_id, o.limit_keys from r join orders o on o.sk = :id#"
    "  and o.id = r.order_id)," PNI_COUNTS_LOCK(":id#", "o")
    " b as (update buyer_count b set qty = greatest(b.qty - (select count(*)::int from e), 0),"
    "   refunds = b.refunds + 1 from o"
    "  where b.sk = :id# and b.session_id = o.session_id and b.buyer = any (o.limit_keys)"
    "   and (select count(*) from n_) >= 0),"
    " d as (delete from session_doc d using r, orders o where o.sk = :id# and o.id = r.order_id"
    "  and d.sk = :id# and d.session_id = o.session_id and d.order_id = r.order_id"
    "  and d.seat_no = any (r.seats))"
    " select count(*)::int as seats_n, (select o.session_id from o) as session,"
    "  coalesce((select array_agg(distinct i.lot_id::text) from e join order_item i on i.sk = :id#"
    "    and i.order_id = e.order_id and i.no = e.item_no where e.seat_block is not null"
    "    and i.lot_id = i.tier_id), '{}') as lots from e", false};

/* ---- legs ---- */

typedef struct source { int64_t id; pn_word method; pn_money left_fen; } source;
static PN_TYPE(source_t, "refund.source", source, PN_COL(source, id, N_("Payment")),
    PN_COL(source, method, N_("Method"), .words = pn_pay_methods),
    PN_COL(source, left_fen, N_("Left")));
/* A partner's points first, as its contract says; then money, the last paid first; gift cards at
 * the end. What other refunds took of each is gone (I11); what was written off never came. */
const pn_sql pni_leg_sources_sql = {"refund_sources", &by_id_t, &source_t,
    "select y.id, y.method, (y.amount_fen - coalesce((select sum(g.amount_fen) from refund_leg g"
    "  where g.sk = :id# and g.payment_id = y.id), 0))::bigint as left_fen"
    " from refund r join payment y on y.sk = :id# and y.order_id = r.order_id"
    " where r.sk = :id# and r.id = :id and y.state in (" PNI_PAID_STATES ")"
    "  and y.state <> 'BAD_DEBT'"
    " order by case y.method when 'DOULI_POINTS' then 0 when 'GIFT_CARD' then 2 else 1 end,"
    "  y.leg_no desc", false};

typedef struct leg {
    int64_t refund_id, payment_id;
    int no;
    const char *out_request_no;
    pn_money amount_fen;
    bool done;
} leg;
#define L(f, ...) PN_COL(leg, f, #f, __VA_ARGS__)
static PN_TYPE(leg_t, "refund.leg_in", leg, L(refund_id), L(payment_id), L(no), L(out_request_no),
    L(amount_fen), L(done));
#undef L
const pn_sql pni_leg_write_sql = {"refund_leg_write", &leg_t, NULL,
    "insert into refund_leg (sk, refund_id, no, payment_id, out_request_no, amount_fen, state,"
    " updated_at) values (:refund_id#, :refund_id, :no, :payment_id, :out_request_no, :amount_fen,"
    " case when :done then 'DONE' else 'PENDING' end, :now)", false};
const pn_sql pni_refund_due_write_sql = {"refund_due_write", &leg_t, NULL,
    "insert into refund_due (sk, refund_id, due_at) values (:refund_id#, :refund_id, :now)"
    " on conflict do nothing", false};

static int write_leg(pn *p, const head *r, int no, const source *s, int64_t fen, bool done)
{
    leg in = {r->id, s->id, no, pn_printf(p, "%s-%d", r->no, no), {fen}, done};
    PN_TRY(pn_exec(p, &pni_leg_write_sql, &in, NULL));
    return done || s->method.v == PN_PAY_CASH ? 0
                                              : pn_exec(p, &pni_refund_due_write_sql, &in, NULL);
}

/* Spread the amount over the tenders; *open counts the legs that are still to be paid. */
static int write_legs(pn *p, const head *r, int *open)
{
    pn_rows rows;
    int64_t rest = r->amount_fen.fen;
    int no = 0;
    *open = 0;
    PN_TRY(pn_all(p, &pni_leg_sources_sql, &(id_in){r->id}, &rows));
    pn_each(source, s, &rows)
    {
        int64_t fen = rest < s->left_fen.fen ? rest : s->left_fen.fen;
        if (fen <= 0)
            continue;
        bool done = false;
        if (s->method.v == PN_PAY_CASH)
            PN_TRY(pni_refund_cash(p, r->order_id, fen, &done));
        if (s->method.v == PN_PAY_PREPAID || s->method.v == PN_PAY_CHANNEL ||
            s->method.v == PN_PAY_PROXY_PAY) {
            PN_TRY(pni_prepay_back(p, r->order_id, r->id, s->method.v, fen));
            done = true; /* with it */
        }
        PN_TRY(write_leg(p, r, ++no, s, fen, done));
        if (done)
            PN_TRY(pni_book_leg(p, r->id, no));
        *open += !done;
        rest -= fen;
    }
    if (rest > 0)
        return pn_fail(p, PN_EBALANCE, NULL, pn_tr("Refund %s is above what was paid"), r->no);
    return 0;
}

int pni_refund_execute(pn *p, int64_t refund_id)
{
    head r;
    pn_rows seats;
    count done;
    int open;
    PN_TRY(pn_one(p, &pni_exec_head_sql, &(id_in){refund_id}, &r));
    PN_TRY(pn_all(p, &pni_exec_seats_sql, &(id_in){refund_id}, &seats));
    int *no = pn_alloc(p, (seats.n + 1) * sizeof *no);
    if (!no)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < seats.n; i++)
        no[i] = ((const seat_no *)seats.row)[i].no;
    PN_TRY(pn_one(p, &pni_exec_sql, &(id_in){refund_id}, &done));
    if ((size_t)done.seats_n != seats.n)
        return pn_fail(p, PN_ECONFLICT, NULL, "%s",
                       pn_tr("The refund was changed by someone else meanwhile"));
    PN_TRY(pni_seats_keep(p, done.session, done.lots, true));
    /* A gate may have let someone in since the application. */
    if (r.reason.v != PN_REASON_CANCELLED && pni_ticket_refundable_hook)
        PN_TRY(pni_ticket_refundable_hook(p, r.order_id, no, seats.n));
    if (pni_ticket_void_hook)
        PN_TRY(pni_ticket_void_hook(p, r.order_id, no, seats.n));
    PN_TRY(pni_reserve_less(p, r.order_id, done.seats_n));
    PN_TRY(pn_outbox(p, "order.freed", r.order_id, NULL, NULL, NULL));
    PN_TRY(pn_step(p, &pni_refund_fsm, refund_id, (pn_word){PN_REFUND_APPROVED}, "execute", NULL,
                   NULL));
    PN_TRY(pni_book_refund(p, refund_id));
    PN_TRY(write_legs(p, &r, &open));
    if (!open)
        PN_TRY(pni_refund_finish(p, refund_id, "PROCESSING", "leg_ok", NULL));
    return r.user_id ? pni_points_refund(p, refund_id, r.user_id) : 0; /* points after budgets */
}

/* ---- the money is back ---- */

typedef struct finished {
    int64_t id;
    pn_word status;
    int open_n;
    const char *from_status;
} finished;
static PN_TYPE(finished_t, "refund.finished", finished, PN_COL(finished, id, N_("Order")),
    PN_COL(finished, status, N_("State"), .words = pn_order_states),
    PN_COL(finished, open_n, N_("Open")), PN_COL(finished, from_status, N_("From")));
/* Money that only passed through (paid twice, wrong amount) was never the order's. */
const pn_sql pni_refund_finish_sql = {"refund_finish", &by_id_t, &finished_t,
    "with r as (update refund set done_at = :now, updated_at = :now where sk = :id# and id = :id"
    "  returning order_id, amount_fen, reason, from_status),"
    /* what no provider paid was transferred by hand */
    " g as (update refund_leg g set state = 'BANK', updated_at = :now where g.sk = :id#"
    "  and g.refund_id = :id and g.state <> 'DONE'),"
    " q as (delete from refund_due where sk = :id# and refund_id = :id),"
    " o as (update orders o set refunded_fen = o.refunded_fen + case when r.reason in"
    "   ('DUPLICATE', 'MISMATCH') then 0 else r.amount_fen end, updated_at = :now,"
    "   version = o.version + 1 from r where o.sk = :id# and o.id = r.order_id"
    "  returning o.id, o.status)"
    " select o.id, o.status, r.from_status,"
    "  ((select count(*) from order_seat e where e.sk = :id# and e.order_id = o.id"
    "    and e.state in ('SOLD', 'REFUNDING', 'HELD'))"
    "   + (select count(*) from refund x where x.sk = :id# and x.order_id = o.id and x.id <> :id"
    "    and x.state not in ('DONE', 'REJECTED')))::int as open_n from o, r", false};
const pn_sql pni_giveback_paid_sql = {"refund_giveback_paid", &by_id_t, &source_t,
    "select y.id, y.method, y.amount_fen as left_fen from refund_leg g join payment y"
    " on y.sk = :id# and y.id = g.payment_id and y.state in ('DUP_REFUNDING', 'MISMATCH')"
    " where g.sk = :id# and g.refund_id = :id", false};

int pni_refund_finish(pn *p, int64_t refund_id, const char *from, const char *event,
                      const char *reason)
{
    finished f;
    head r;
    pn_rows passed;
    pn_word state = {(int16_t)pn_word_find(pn_refund_states, from)};
    PN_TRY(pn_one(p, &pni_exec_head_sql, &(id_in){refund_id}, &r));
    PN_TRY(pn_step(p, &pni_refund_fsm, refund_id, state, event, reason, NULL));
    PN_TRY(pn_one(p, &pni_refund_finish_sql, &(id_in){refund_id}, &f));
    if (r.reason.v == PN_REASON_DUPLICATE || r.reason.v == PN_REASON_MISMATCH) {
        PN_TRY(pn_all(p, &pni_giveback_paid_sql, &(id_in){refund_id}, &passed));
        pn_word was = {r.reason.v == PN_REASON_DUPLICATE ? PN_PAYMENT_DUP_REFUNDING
                                                          : PN_PAYMENT_MISMATCH};
        pn_each(source, s, &passed)
            PN_TRY(pn_step(p, &pni_payment_fsm, s->id, was, "refund_done", NULL, NULL));
        return 0;
    }
    bool over = f.open_n == 0 && (f.status.v == PN_ORDER_REFUNDING ||
                                  f.status.v == PN_ORDER_ISSUED);
    if (over) {
        if (strcmp(f.from_status, "COMPLETED") != 0) /* else it was earned with the order */
            PN_TRY(pni_book_rest(p, f.id));
        PN_TRY(pni_draw_back(p, pn_sk(f.id), &f.id, sizeof f.id, 1));
        PN_TRY(pni_coupons_back(p, f.id, r.reason.v == PN_REASON_FAULT ||
                                             r.reason.v == PN_REASON_CANCELLED ||
                                             r.reason.v == PN_REASON_RESCHEDULED));
    }
    if (f.status.v == PN_ORDER_REFUNDING && f.open_n == 0)
        return pn_step(p, &pni_order_fsm, f.id, f.status, "refund_done", NULL, NULL);
    if (f.status.v == PN_ORDER_ISSUED && f.open_n == 0)
        return pn_step(p, &pni_order_fsm, f.id, f.status, "direct_refund", NULL, NULL);
    return 0;
}

/* A rejected refund: the order leaves REFUNDING for the state it had before. What was given back
 * meanwhile, of money that was paid twice, found it there already. */
typedef struct back { int64_t id; pn_word status; const char *from_status; } back;
static PN_TYPE(back_t, "refund.back", back, PN_COL(back, id, N_("Order")),
    PN_COL(back, status, N_("State"), .words = pn_order_states),
    PN_COL(back, from_status, N_("From")));
const pn_sql pni_refund_back_sql = {"refund_back", &by_id_t, &back_t,
    "select o.id, o.status, r.from_status from orders o join refund r on r.sk = :id#"
    " and r.order_id = o.id and r.from_status <> 'REFUNDING' where o.sk = :id# and o.id = :id"
    " order by r.created_at desc, r.id desc limit 1", false};

int pni_refund_order_back(pn *p, int64_t order_id)
{
    back b;
    PN_TRY(pn_one(p, &pni_refund_back_sql, &(id_in){order_id}, &b));
    if (b.status.v != PN_ORDER_REFUNDING)
        return 0;
    const char *event = pn_printf(p, "back_%s", b.from_status);
    return event ? pn_step(p, &pni_order_fsm, order_id, b.status, event, NULL, NULL)
                 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- money that bought nothing ---- */

typedef struct give {
    int64_t id, order_id, payment_id;
    const char *no, *from;
    pn_word reason;
    pn_money amount_fen;
} give;
#define G(f, ...) PN_COL(give, f, #f, __VA_ARGS__)
static PN_TYPE(give_t, "refund.give", give, G(id), G(order_id), G(payment_id), G(no), G(from),
    G(reason, .words = pn_refund_reasons), G(amount_fen));
#undef G
const pn_sql pni_giveback_put_sql = {"refund_giveback", &give_t, NULL,
    "insert into refund (sk, id, no, order_id, reason, amount_fen, state, from_status, applied_by,"
    " created_at, updated_at) values (:order_id#, :id, :no, :order_id, :reason, :amount_fen,"
    " 'PROCESSING', :from, :me, :now, :now)", false};

int pni_refund_giveback(pn *p, const pni_giveback *g)
{
    give in = {.order_id = g->order_id, .payment_id = g->payment_id, .from = g->from_status,
               .reason = {(int16_t)g->reason}, .amount_fen = {g->amount_fen}};
    PN_TRY(pn_new_id(p, pn_sk(g->order_id), &in.id));
    PN_TRY(pn_new_no(p, "TK", pn_sk(g->order_id), &in.no));
    PN_TRY(pn_queue(p, &pni_giveback_put_sql, &in, 0, NULL, NULL));
    PN_TRY(pni_stepped(p, &pni_refund_fsm, in.id, NULL, "apply", NULL));
    PN_TRY(pni_stepped(p, &pni_refund_fsm, in.id, "APPLIED", "auto_approve", NULL));
    PN_TRY(pni_stepped(p, &pni_refund_fsm, in.id, "APPROVED", "execute", NULL));
    PN_TRY(pni_book_giveback(p, in.id, g->payment_id, g->reason, g->amount_fen));
    head r = {.id = in.id, .no = in.no, .amount_fen = in.amount_fen};
    if (g->payment_id)
        return write_leg(p, &r, 1, &(source){.id = g->payment_id}, g->amount_fen, false);
    int open = 0;
    PN_TRY(write_legs(p, &r, &open));
    return open ? 0 : pni_refund_finish(p, in.id, "PROCESSING", "leg_ok", NULL);
}
