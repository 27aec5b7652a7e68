/* SPDX-License-Identifier: Apache-2.0 */
/* book.c — payments and refunds as documents of the ledger. */
#include "order/book_int.h"

#include <string.h>

#include "base/policy_int.h"
#include "ledger/ledger_int.h"
#include "order/provider_int.h"

typedef struct id_in { int64_t id; int no; } id_in;
static PN_TYPE(by_id_t, "book.id", id_in, PN_COL(id_in, id, N_("Number")),
    PN_COL(id_in, no, N_("Leg")));

/* Is it the organiser's from the beginning? */
static bool theirs(int method)
{
    return pni_method_of(method)->can & PNI_IS_THEIRS;
}

/* ---- money in ---- */

static int arrived(pn *p, const char *rule, int64_t payment_id, int method, int64_t fen)
{
    pni_doc d = {.rule = rule, .biz_kind = "PAYMENT", .biz_id = payment_id, .step = "CAPTURED",
                 .sale = pn_sk(payment_id), .amount_fen = {fen},
                 .method = pn_pay_methods[method - 1].name};
    return pni_post_later(p, &d);
}

int pni_book_captured(pn *p, int64_t payment_id, int method, int64_t fen)
{
    if (theirs(method))
        return pni_book_direct(p, payment_id, fen, true);
    return arrived(p, method == PN_PAY_CASH        ? "CASH"
                      : method == PN_PAY_TRANSFER  ? "TRANSFERRED"
                      : method == PN_PAY_GIFT_CARD ? "CARD_USED"
                      : method == PN_PAY_SFPL      ? "SFPL"
                                                   : "CAPTURE", payment_id, method, fen);
}

int pni_book_unasked(pn *p, int64_t payment_id, int method, int64_t fen)
{
    if (theirs(method))
        return fen > 0 ? pni_book_direct(p, payment_id, fen, false) : 0;
    return fen > 0 ? arrived(p, "UNASKED", payment_id, method, fen) : 0;
}

int pni_book_imported(pn *p, int64_t payment_id, int64_t fen)
{
    return arrived(p, "IMPORTED", payment_id, PN_PAY_CASH, fen);
}

/* ---- discounts: whoever bears them pays them in ---- */

typedef struct less { int64_t channel; pn_money plat_fen, chan_fen, points_fen; } less;
#define L(f, ...) PN_COL(less, f, #f, __VA_ARGS__)
static PN_TYPE(less_t, "book.less", less, L(channel, .flags = PN_OPT), L(plat_fen), L(chan_fen),
    L(points_fen));
#undef L
const pn_sql pni_book_less_sql = {"book_less", &by_id_t, &less_t,
    "select max(c.channel_id) as channel,"
    " coalesce(sum(e.disc_fen - e.merch_fen - e.chan_fen), 0)::bigint as plat_fen,"
    " coalesce(sum(e.chan_fen), 0)::bigint as chan_fen,"
    " coalesce(sum(e.points_fen), 0)::bigint as points_fen from order_seat e"
    " left join channel_order c on c.sk = :id# and c.order_id = e.order_id"
    " where e.sk = :id# and e.order_id = :id and e.state <> 'RELEASED'"
    " and not " PNI_DIRECT("e.order_id"), false};

/* A discount of a channel that is none of ours is our own. */
static void bear(pni_doc *d, const less *l)
{
    d->channel = l->channel;
    d->subsidy_fen.fen = l->plat_fen.fen + (l->channel ? 0 : l->chan_fen.fen);
    d->channel_fen.fen = l->channel ? l->chan_fen.fen : 0;
    d->points_fen = l->points_fen;
}

static int paid(pn *p, int64_t order_id, const char *payload)
{
    pni_doc d = {.rule = "DISCOUNT", .biz_kind = "ORDER", .biz_id = order_id,
                 .sale = pn_sk(order_id)};
    less l;
    (void)payload;
    PN_TRY(pn_one(p, &pni_book_less_sql, &(id_in){order_id, 0}, &l));
    bear(&d, &l);
    return pni_post_later(p, &d);
}

const pn_event pni_book_paid_event = {"order.paid", paid};
const pn_event pni_book_group_event = {"order.group_paid", paid};
const pn_event pni_book_dist_event = {"dist.issued", paid};

/* ---- money back ---- */

typedef struct owed {
    int64_t id, order_id;
    pn_word reason;
    const char *order_no;
    pn_money amount_fen;
    bool direct, completed;
} owed;
static PN_TYPE(owed_t, "book.owed", owed, PN_COL(owed, id, "id"), PN_COL(owed, direct, "direct"),
    PN_COL(owed, completed, "completed"), PN_COL(owed, order_no, "order_no"),
    PN_COL(owed, order_id, "order_id"),
    PN_COL(owed, reason, "reason", .words = pn_refund_reasons),
    PN_COL(owed, amount_fen, "amount_fen"));
const pn_sql pni_book_refund_sql = {"book_refund", &by_id_t, &owed_t,
    "select r.id, r.order_id, o.no as order_no, r.reason, r.amount_fen, "
    PNI_DIRECT("r.order_id") " as direct, r.from_status = 'COMPLETED' as completed"
    " from refund r join orders o on o.sk = :id# and o.id = r.order_id"
    " where r.sk = :id# and r.id = :id", false};

/* What the refunded seats of each seller leave, and what was given away on them. */
typedef struct share {
    int64_t merchant, channel;
    pn_money fee_fen, plat_fen, chan_fen, points_fen;
} share;
#define S(f, ...) PN_COL(share, f, #f, __VA_ARGS__)
static PN_TYPE(share_t, "book.share", share, S(merchant), S(channel, .flags = PN_OPT), S(fee_fen),
    S(plat_fen), S(chan_fen), S(points_fen));
#undef S
const pn_sql pni_book_share_sql = {"book_share", &by_id_t, &share_t,
    "select coalesce(k.merchant_id, g.merchant_id, 0) as merchant, max(c.channel_id) as channel,"
    " sum(e.paid_fen - e.refund_fen)::bigint as fee_fen,"
    " sum(e.disc_fen - e.merch_fen - e.chan_fen)::bigint as plat_fen,"
    " sum(e.chan_fen)::bigint as chan_fen, sum(e.points_fen)::bigint as points_fen"
    " from refund r join order_seat e on e.sk = :id# and e.order_id = r.order_id"
    "  and e.no = any (r.seats)"
    " join order_item i on i.sk = :id# and i.order_id = e.order_id and i.no = e.item_no"
    " join stock k on k.sk = :id# and k.lot_id = i.lot_id"
    " join orders o on o.sk = :id# and o.id = r.order_id join show h on h.id = o.show_id"
    " left join organiser g on g.id = h.organiser_id and g.state = 'ACTIVE'"
    " left join channel_order c on c.sk = :id# and c.order_id = e.order_id"
    " where r.sk = :id# and r.id = :id group by 1 order by 1", false};

static pni_doc refund_doc(const char *rule, int64_t refund_id, const char *step, int64_t fen)
{
    return (pni_doc){.rule = rule, .biz_kind = "REFUND", .biz_id = refund_id, .step = step,
                     .sale = pn_sk(refund_id), .amount_fen = {fen}};
}

/* The seller keeps its part of the fee: in its wallet, and in a line of its next batch; an
 * organiser without a contract in escrow. Of a show that did not take place nothing is ours. */
static int keep(pn *p, const owed *r, const share *s, int64_t rest)
{
    pni_doc d = refund_doc("REFUND_FEE", r->id,
                           pn_printf(p, "FEE-%lld", (long long)s->merchant), 0);
    if (!s->merchant || !rest)
        return 0;
    d.merchant = s->merchant;
    d.keep_fen.fen = rest;
    PN_TRY(pni_post_later(p, &d));
    return pni_earned_kept(p, &(pni_kept_fee){s->merchant, r->order_id, r->order_no, {rest}},
                           r->id);
}

int pni_book_refund(pn *p, int64_t refund_id)
{
    owed r;
    pn_rows shares = {0};
    int64_t ours_bp = 0;
    id_in id = {refund_id, 0};
    PN_TRY(pn_queue(p, &pni_book_share_sql, &id, 0, &shares, NULL));
    PN_TRY(pn_one(p, &pni_book_refund_sql, &id, &r));
    if (r.direct)
        return 0; /* the organiser owes it; its legs are noted as they are paid */
    if (r.completed)
        ours_bp = 10000; /* all there is: points that are missing, which were ours */
    else if (r.reason.v != PN_REASON_CANCELLED)
        PN_TRY(pni_policy(p, "refund.fee_platform_bp", &ours_bp));
    pni_doc d = refund_doc("REFUND", refund_id, "OWED", r.amount_fen.fen);
    less l = {0};
    pn_each(share, s, &shares)
    {
        int64_t ours = pni_bp(s->fee_fen.fen, ours_bp);
        d.fee_fen.fen += ours;
        l.channel = s->channel;
        l.plat_fen.fen += s->plat_fen.fen;
        l.chan_fen.fen += s->chan_fen.fen;
        l.points_fen.fen += s->points_fen.fen;
        PN_TRY(keep(p, &r, s, s->fee_fen.fen - ours));
    }
    if (r.completed)
        PN_TRY(pni_earned_back(p, refund_id));
    bear(&d, &l);
    return pni_post_later(p, &d);
}

int pni_book_giveback(pn *p, int64_t refund_id, int64_t payment_id, int reason, int64_t fen)
{
    owed r;
    pn_payment y = {0};
    PN_TRY(pn_one(p, &pni_book_refund_sql, &(id_in){refund_id, 0}, &r));
    if (payment_id)
        PN_TRY(pni_payment_row(p, payment_id, &y));
    if (payment_id ? theirs(y.method.v) : r.direct)
        return 0;
    bool unasked = reason == PN_REASON_DUPLICATE || reason == PN_REASON_MISMATCH;
    pni_doc d = refund_doc(unasked ? "GIVE_BACK" : "REFUND", refund_id, "OWED", fen);
    return pni_post_later(p, &d);
}

/* ---- paid back ---- */

typedef struct leg {
    int no;
    int64_t payee, payment;
    pn_word method, state, via;
    pn_money amount_fen;
} leg;
static PN_TYPE(leg_t, "book.leg", leg, PN_COL(leg, no, "no"),
    PN_COL(leg, payee, "payee", .flags = PN_OPT), PN_COL(leg, payment, "payment"),
    PN_COL(leg, method, "method", .words = pn_pay_methods),
    PN_COL(leg, state, "state", .words = pn_payment_states),
    PN_COL(leg, via, "via", .words = pn_pay_methods),
    PN_COL(leg, amount_fen, "amount_fen"));
/* One, or (0) all that are not paid. */
const pn_sql pni_book_legs_sql = {"book_legs", &by_id_t, &leg_t,
    "select g.no, y.payee_id as payee, y.id as payment, y.method, y.state,"
    " coalesce(c.via, y.method) as via, g.amount_fen from refund_leg g"
    " join payment y on y.sk = :id# and y.id = g.payment_id"
    " left join credit_due c on y.method = 'SFPL' and c.sk = :id# and c.payment_id = y.id"
    " where g.sk = :id# and g.refund_id = :id"
    " and case when :no = 0 then g.state <> 'DONE' else g.no = :no end order by g.no", false};

/* Attended first and not deducted yet: there is less to deduct. */
static bool owes(const leg *g)
{
    return g->method.v == PN_PAY_SFPL && g->state.v != PN_PAYMENT_SUCCESS;
}

static int legs(pn *p, int64_t refund_id, int no, const char *rule)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_book_legs_sql, &(id_in){refund_id, no}, &rows));
    pn_each(leg, g, &rows)
    {
        if (g->method.v == PN_PAY_PREPAID || g->method.v == PN_PAY_CHANNEL ||
            g->method.v == PN_PAY_PROXY_PAY)
            continue; /* posted with the channel's account */
        if (theirs(g->method.v)) {
            pni_direct_back b = {g->payment, refund_id, g->payee, g->amount_fen.fen, g->no};
            PN_TRY(pni_book_direct_back(p, &b));
            continue;
        }
        pni_doc d = refund_doc(rule                            ? rule
                               : g->method.v == PN_PAY_CASH      ? "CASH_BACK"
                               : g->method.v == PN_PAY_TRANSFER  ? "PAID_BY_BANK"
                               : g->method.v == PN_PAY_GIFT_CARD ? "CARD_BACK"
                               : owes(g)                         ? "SFPL_BACK"
                                                                 : "PAID_BACK",
                               refund_id, pn_printf(p, "PAID-%d", g->no), g->amount_fen.fen);
        d.method = pn_word_name(pn_pay_methods, g->via); /* whoever deducted it, when later */
        PN_TRY(pni_post_later(p, &d));
    }
    return 0;
}

int pni_book_leg(pn *p, int64_t refund_id, int no)
{
    return legs(p, refund_id, no, NULL);
}

int pni_book_transfer(pn *p, int64_t refund_id)
{
    return legs(p, refund_id, 0, "PAID_BY_BANK");
}

typedef struct rest { pn_money rest_fen; } rest;
static PN_TYPE(rest_t, "book.rest", rest, PN_COL(rest, rest_fen, "rest_fen"));
const pn_sql pni_book_rest_sql = {"book_rest", &by_id_t, &rest_t,
    "select (o.paid_fen - o.refunded_fen - coalesce((select sum(r.fee_fen) from refund r"
    "  where r.sk = :id# and r.order_id = :id and r.state = 'DONE'), 0))::bigint as rest_fen"
    " from orders o where o.sk = :id# and o.id = :id and not " PNI_DIRECT("o.id"), false};

int pni_book_rest(pn *p, int64_t order_id)
{
    pni_doc d = {.rule = "READY", .biz_kind = "ORDER", .biz_id = order_id, .step = "REST",
                 .sale = pn_sk(order_id)};
    rest r;
    int rc = pn_one(p, &pni_book_rest_sql, &(id_in){order_id, 0}, &r);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    d.delivery_fen = r.rest_fen;
    return r.rest_fen.fen > 0 ? pni_post_later(p, &d) : 0;
}
