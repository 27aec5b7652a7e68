/* SPDX-License-Identifier: Apache-2.0 */
/* recon.c — a bill against our books, three ways: each line against the payment or refund it names
 * (when it was loaded; here again for those that did not match), each payment and refund of the day
 * against the lines, and the day's sums of both against the ledger. What differs becomes a case;
 * the only thing that is ever closed from here is a case whose missing half has come. */
#include <string.h>

#include "base/policy_int.h"
#include "base/when_int.h"
#include "ledger/ledger_int.h"
#include "order/bill_int.h"
#include "order/direct_int.h"
#include "order/order_int.h"
#include "order/payment.h"

typedef pni_which which;
#define W(f, ...) PN_COL(which, f, #f, __VA_ARGS__)
PN_TYPE(pni_which_t, "recon.which", which, W(id), W(most),
    W(payee, .flags = PN_OPT), W(trade), W(method, .words = pn_pay_methods),
    W(day), W(from), W(to), W(since), W(until));
#undef W

/* As every statement below tells it. */
typedef pni_seen seen;
#define S(f, ...) PN_COL(seen, f, #f, __VA_ARGS__)
PN_TYPE(pni_seen_t, "recon.seen", seen, S(id), S(bill_id), S(line_no),
    S(payment_id, .flags = PN_OPT), S(refund_id, .flags = PN_OPT), S(order_id, .flags = PN_OPT),
    S(method, .words = pn_pay_methods), S(day), S(kind), S(refers), S(ref), S(note),
    S(theirs_fen), S(ours_fen));
#undef S
typedef struct sums { int64_t id, n; pn_money fen, book_pay_fen, book_refund_fen;
    int64_t pay_n, refund_n; pn_money pay_fen, refund_fen; bool before; } sums;
#define S(f) PN_COL(sums, f, #f)
static PN_TYPE(sums_t, "recon.sums", sums, S(id), S(n), S(fen), S(book_pay_fen),
    S(book_refund_fen), S(pay_n), S(refund_n), S(pay_fen), S(refund_fen), S(before));
#undef S

/* ---- lines against us ---- */

/* Those that did not match when they came: the payment may have, since. */
const pn_sql pni_recon_judge_sql = {"recon_judge", &pni_which_t, NULL,
    "update bill_line l set target_id = x.target, verdict = x.verdict from ("
    " select l.sk, l.ref, l.kind, l.again, coalesce(y.id, g.refund_id, 0) as target,"
    "  case when l.kind = 'PAY' then case when y.id is null then 'MISSING'"
    "   when y.received_fen <> l.amount_fen then 'AMOUNT'"
    "   when y.state not in ('SUCCESS', 'CAPTURED', 'REFUNDED', 'DUP_REFUNDING', 'MISMATCH')"
    "    then 'STATE'"
    "   when (y.paid_at at time zone 'Asia/Shanghai')::date = :day then 'MATCH' else 'NEAR' end"
    "  else case when g.refund_id is null then 'MISSING'"
    "   when g.amount_fen <> l.amount_fen then 'AMOUNT' when g.state <> 'DONE' then 'STATE'"
    "   else 'MATCH' end end as verdict"
    " from bill_line l left join payment y on l.kind = 'PAY' and y.sk = l.sk"
    "  and y.method = :method and y.provider_no = l.ref"
    " left join refund_leg g on l.kind = 'REFUND' and g.sk = l.sk and g.out_request_no = l.ref"
    " where l.bill_id = :id and l.verdict <> 'MATCH' and l.verdict in ('MISSING', 'AMOUNT',"
    "  'STATE')) x"
    " where l.sk = x.sk and l.ref = x.ref and l.kind = x.kind and l.bill_id = :id"
    "  and l.again = x.again and l.verdict <> x.verdict", false};
/* Wallets are filled through the same providers. The number of what goes back is the recharge's. */
#define RECHARGE_NO "'R' || lpad(r.id::text, greatest(6, length(r.id::text)), '0')"
const pn_sql pni_recon_filled_sql = {"recon_filled", &pni_which_t, NULL,
    "update bill_line l set target_id = r.id, verdict = case"
    "  when r.received_fen <> l.amount_fen then 'AMOUNT'"
    "  when l.kind = 'REFUND' then case r.state when 'REFUNDED' then 'MATCH' else 'STATE' end"
    "  when (r.paid_at at time zone 'Asia/Shanghai')::date = :day then 'MATCH' else 'NEAR' end"
    " from recharge_order r where l.bill_id = :id and l.verdict <> 'MATCH'"
    "  and l.verdict in ('MISSING', 'AMOUNT', 'STATE') and r.sk = l.sk and r.method = :method"
    "  and case l.kind when 'PAY' then r.provider_no = l.ref"
    "   else " RECHARGE_NO " || '-1' = l.ref end", false};
/* What was attended first: the trade that deducted it lies beside the line. */
const pn_sql pni_recon_later_sql = {"recon_later", &pni_which_t, NULL,
    "update bill_line l set target_id = t.payment_id, verdict = case"
    "  when t.amount_fen <> l.amount_fen then 'AMOUNT'"
    "  when (t.at at time zone 'Asia/Shanghai')::date = :day then 'MATCH' else 'NEAR' end"
    " from credit_trade t where l.bill_id = :id and l.verdict <> 'MATCH'"
    "  and l.verdict in ('MISSING', 'AMOUNT') and l.kind = 'PAY' and t.sk = l.sk"
    "  and t.via = :method and t.trade_no = l.ref", false};
/* What was agreed with a provider. */
#define AGREED_BP                                                                                  \
    "(select p.value::bigint from policy p where p.scope = '' and p.key = 'recon.fee_'"            \
    " || lower(:method) || '_bp' and p.effective_from <= :now::timestamptz"                        \
    " order by p.effective_from desc limit 1)"
/* A payment is ours by its number even where the provider's number is another: it was not told of,
 * or it was paid twice. */
const pn_sql pni_recon_odd_sql = {"recon_odd", &pni_which_t, &pni_seen_t,
    "select l.no as line_no, l.kind as refers, l.ref, x.kind,"
    " case x.kind when 'FEE' then l.fee_fen else l.amount_fen end as theirs_fen,"
    " case l.kind when 'PAY' then nullif(coalesce(nullif(l.target_id, 0), z.id), 0) end"
    "  as payment_id, case l.kind when 'REFUND' then nullif(l.target_id, 0) end as refund_id,"
    " coalesce(y.order_id, z.order_id, r.order_id) as order_id,"
    " case x.kind when 'FEE' then round(l.amount_fen * " AGREED_BP " / 10000.0)::bigint"
    "  when 'DUPLICATE' then 0 else coalesce(t.amount_fen, y.received_fen, g.amount_fen, 0) end"
    "  as ours_fen, concat_ws(' ', l.out_no, nullif(l.provider_no, '')) as note"
    " from bill_line l"
    " left join payment y on l.kind = 'PAY' and y.sk = (l.target_id & 4095)::int"
    "  and y.id = l.target_id"
    " left join credit_trade t on l.kind = 'PAY' and t.sk = l.sk and t.via = :method"
    "  and t.trade_no = l.ref and t.payment_id = l.target_id"
    " left join payment z on l.kind = 'PAY' and l.target_id = 0 and z.sk = l.sk and z.id ="
    "  case when l.out_no ~ '^P[0-9]{1,18}$' then substr(l.out_no, 2)::bigint end"
    " left join refund r on l.kind = 'REFUND' and r.sk = l.sk and r.id = l.target_id"
    " left join refund_leg g on l.kind = 'REFUND' and g.sk = l.sk and g.refund_id = l.target_id"
    "  and g.out_request_no = l.ref"
    " cross join lateral (select case l.verdict when 'MISSING' then"
    "  case when z.id is null then 'MISSING_HERE' when z.provider_no is not null then 'DUPLICATE'"
    "   else 'STATE' end else l.verdict end as kind) x"
    " where l.bill_id = :id and l.verdict not in ('MATCH', 'NEAR') and l.verdict <> 'MATCH'"
    " order by l.no limit :most", false};

/* ---- us against the lines ---- */

/* Of one that collects itself, or all. */
#define OF_PAYEE(y) " and (:payee::bigint is null or " y ".payee_id = :payee)"
#define OURS                                                                                       \
    " from payment y where y.method = :method and y.created_at >= :since"                          \
    " and y.created_at < :until and y.paid_at >= :from and y.paid_at < :to"                        \
    " and y.received_fen > 0" OF_PAYEE("y")
const pn_sql pni_recon_ours_sql = {"recon_ours", &pni_which_t, &sums_t,
    "select count(*) as n, coalesce(sum(y.received_fen), 0)::bigint as fen" OURS, false};
const pn_sql pni_recon_gone_sql = {"recon_gone", &pni_which_t, &pni_seen_t,
    "select y.id as payment_id, y.order_id, y.received_fen as ours_fen,"
    " coalesce(y.provider_no, '') as ref, 'P' || y.id as note" OURS
    " and not exists (select from bill_line l where l.sk = y.sk and l.ref = y.provider_no"
    "  and l.kind = 'PAY') order by y.id limit :most", false};
/* The lines of the bill that are ours of the day by our clock, too: all but the odd ones, and of
 * those what is a payment. As many as we have, of every kind: none of ours is missing there. */
const pn_sql pni_recon_both_sql = {"recon_both", &pni_which_t, &sums_t,
    "select b.pay_n - count(l.sk) filter (where l.kind = 'PAY') + count(y.id) as n"
    " from bill b left join bill_line l on l.bill_id = :id and l.verdict <> 'MATCH'"
    " left join payment y on l.kind = 'PAY' and l.again = 0 and y.sk = l.sk and y.id = l.target_id"
    "  and y.paid_at >= :from and y.paid_at < :to where b.sk = :id# and b.id = :id"
    " group by b.pay_n", false};
const pn_sql pni_recon_wallets_sql = {"recon_wallets", &pni_which_t, &sums_t,
    "select count(*) filter (where paid_at >= :from and paid_at < :to) as pay_n,"
    " coalesce(sum(received_fen) filter (where paid_at >= :from and paid_at < :to), 0)::bigint"
    "  as pay_fen, count(*) filter (where state = 'REFUNDED' and updated_at >= :from"
    "  and updated_at < :to) as refund_n, coalesce(sum(received_fen) filter (where state ="
    "  'REFUNDED' and updated_at >= :from and updated_at < :to), 0)::bigint as refund_fen"
    " from recharge_order where method = :method and received_fen > 0 and paid_at >= :since"
    "  and paid_at < :to", false};
const pn_sql pni_recon_unfilled_sql = {"recon_unfilled", &pni_which_t, &pni_seen_t,
    "select r.received_fen as ours_fen, r.provider_no as ref, " RECHARGE_NO " as note"
    " from recharge_order r where r.method = :method and r.received_fen > 0"
    " and r.paid_at >= :from and r.paid_at < :to and not exists (select from bill_line l"
    "  where l.sk = r.sk and l.ref = r.provider_no and l.kind = 'PAY') order by r.id limit :most",
    false};
const pn_sql pni_recon_deducted_sql = {"recon_deducted", &pni_which_t, &sums_t,
    "select count(*) as pay_n, coalesce(sum(amount_fen), 0)::bigint as pay_fen from credit_trade"
    " where via = :method and at >= :from and at < :to", false};
const pn_sql pni_recon_undeducted_sql = {"recon_undeducted", &pni_which_t, &pni_seen_t,
    "select t.payment_id, t.amount_fen as ours_fen, t.trade_no as ref from credit_trade t"
    " where t.via = :method and t.at >= :from and t.at < :to and not exists (select from"
    "  bill_line l where l.sk = t.sk and l.ref = t.trade_no and l.kind = 'PAY')"
    " order by t.payment_id limit :most", false};
/* What only made a later deduction less bears our number in the place of the provider's: he knows
 * nothing of it. */
#define BACK                                                                                       \
    " from refund r join refund_leg g on g.sk = r.sk and g.refund_id = r.id"                       \
    " join payment y on y.sk = g.sk and y.id = g.payment_id"                                       \
    " left join credit_due c on y.method = 'SFPL' and c.sk = y.sk and c.payment_id = y.id"         \
    " where r.created_at >= :since and r.created_at < :until and g.state = 'DONE'"                 \
    " and (y.method = :method or (c.via = :method and g.provider_no <> g.out_request_no))"         \
    " and g.updated_at >= :from and g.updated_at < :to" OF_PAYEE("y")
const pn_sql pni_recon_back_sql = {"recon_back", &pni_which_t, &sums_t,
    "select count(*) as n, coalesce(sum(g.amount_fen), 0)::bigint as fen" BACK, false};
const pn_sql pni_recon_kept_sql = {"recon_kept", &pni_which_t, &pni_seen_t,
    "select r.id as refund_id, g.payment_id, r.order_id, g.amount_fen as ours_fen,"
    " g.out_request_no as ref, r.no as note" BACK
    " and not exists (select from bill_line l where l.sk = g.sk and l.ref = g.out_request_no"
    "  and l.kind = 'REFUND') order by r.id, g.no limit :most", false};

/* ---- the ledger ---- */

const pn_sql pni_recon_waiting_sql = {"recon_waiting", &pni_which_t, &sums_t,
    "select count(*) as n, (select started_at > :from from ledger_book where id = 1) as before"
    " from outbox where event = '" PNI_LEDGER_POST "' and (payload->>'at')::timestamptz < :to",
    false};
#define COMES                                                                                      \
    "t.biz_kind = 'PAYMENT' or (t.biz_kind = 'RECHARGE_ORDER' and t.step <> 'PAID_BACK')"
const pn_sql pni_recon_book_sql = {"recon_book", &pni_which_t, &sums_t,
    "select coalesce(sum(x.fen) filter (where x.way = 1), 0)::bigint as book_pay_fen,"
    " coalesce(sum(x.fen) filter (where x.way = 2), 0)::bigint as book_refund_fen from ("
    "  select t.amount_fen as fen, case when " COMES " then 1 else 2 end as way"
    "   from ledger_transfer t join ledger_account a on a.sk = t.sk and a.id ="
    "    case when " COMES " then t.debit_id else t.credit_id end"
    "   where t.day = :day and t.biz_kind in ('PAYMENT', 'REFUND', 'RECHARGE_ORDER')"
    "    and t.kind in ('PLAIN', 'POST')"
    "    and a.kind = 'CLEARING' and a.part = :method"
    "  union all select t.amount_fen, case t.step when 'DIRECT_SALE' then 1 else 2 end"
    "   from ledger_transfer t left join refund_leg g on t.step like 'BACK-%'"
    "     and g.sk = (t.biz_id & 4095)::int and g.refund_id = t.biz_id"
    "     and t.step = 'BACK-' || g.no"
    "    join payment y on y.sk = (t.biz_id & 4095)::int"
    "     and y.id = case t.step when 'DIRECT_SALE' then t.biz_id else g.payment_id end"
    "   where :method in " PNI_THEIRS " and y.method = :method" OF_PAYEE("y")
    "    and t.day = :day and t.biz_kind = 'DIRECT' and t.kind in ('PLAIN', 'POST')) x", false};

/* ---- what comes of it ---- */

const pn_sql pni_recon_put_sql = {"recon_put", &pni_seen_t, &pni_seen_t,
    "insert into recon_diff (sk, id, bill_id, method, day, kind, refers, ref, line_no, payment_id,"
    " refund_id, order_id, theirs_fen, ours_fen, note, state, found_at, updated_at)"
    " select (u.id & 4095)::int, u.id, u.bill, u.method, u.day, u.kind, u.refers,"
    "  coalesce(u.ref, ''), u.line, u.payment, u.refund, u.order_id, u.theirs, u.ours,"
    "  coalesce(u.note, ''), 'OPEN', :now, :now"
    " from unnest(:id, :bill_id, :method, :day, :kind, :refers, :ref, :line_no, :payment_id,"
    "  :refund_id, :order_id, :theirs_fen, :ours_fen, :note) u(id, bill, method, day, kind, refers,"
    "  ref, line, payment, refund, order_id, theirs, ours, note)"
    " on conflict do nothing returning id", .array = true};
/* Open cases of this method whose other half is there now: a line in whatever bill, or a payment
 * and refund that match the line. */
typedef struct other { int64_t id, bill_id, line_no, in_bill; } other;
static PN_TYPE(other_t, "recon.other", other, PN_COL(other, id, ""), PN_COL(other, bill_id, ""),
    PN_COL(other, line_no, "", .flags = PN_OPT), PN_COL(other, in_bill, "", .flags = PN_OPT));
#define LINE_SK                                                                                    \
    "coalesce((select t.sk from credit_trade t where t.payment_id = d.payment_id"                  \
    "  and t.via = d.method and t.trade_no = d.ref and d.refers = 'PAY'),"                         \
    " (coalesce(d.refund_id, d.payment_id) & 4095)::int)"
const pn_sql pni_recon_come_sql = {"recon_come", &pni_which_t, &other_t,
    "select d.id, d.bill_id, x.no as line_no, x.bill_id as in_bill"
    " from recon_diff d left join lateral (select l.no, l.bill_id from bill_line l"
    "  where l.sk = " LINE_SK " and l.ref = d.ref and l.kind = d.refers limit 1) x on true"
    " where d.state = 'OPEN' and d.method = :method and case d.kind"
    "  when 'MISSING_THERE' then exists (select from bill_line l"
    "   where l.sk = " LINE_SK " and l.ref = d.ref and l.kind = d.refers)"
    "  when 'MISSING_HERE' then exists (select from bill_line l where l.bill_id = d.bill_id"
    "    and l.no = d.line_no and l.ref = d.ref and l.verdict in ('MATCH', 'NEAR'))"
    "  when 'STATE' then exists (select from bill_line l where l.bill_id = d.bill_id"
    "    and l.no = d.line_no and l.ref = d.ref and l.verdict in ('MATCH', 'NEAR'))"
    "  else false end order by d.id limit 1000", false};
const pn_sql pni_recon_told_sql = {"recon_told", &sums_t, NULL,
    "update bill set our_pay_n = :pay_n, our_pay_fen = :pay_fen, our_refund_n = :refund_n,"
    " our_refund_fen = :refund_fen, book_pay_fen = :book_pay_fen,"
    " book_refund_fen = :book_refund_fen, compared_at = :now, matched_n = lines_n -"
    "  (select count(*) from bill_line l where l.bill_id = :id and l.verdict <> 'MATCH'"
    "   and l.verdict <> 'NEAR'),"
    " updated_at = :now, version = version + 1 where sk = :id# and id = :id", false};

enum { WALLET_DAYS = 30 }; /* another amount than asked for goes back long before */

int pni_seen_add(pn *p, pni_seen_list *all, const pn_rows *rows, const char *kind,
                 const char *refers)
{
    pn_each(seen, s, rows)
    {
        if (all->n >= all->most) {
            pn_fail(p, PN_ETOO_BIG, "id", pn_tr("More than %lld differences"),
                    (long long)all->most);
            return pn_hint(p, "%s", pn_tr("Is it the bill of another merchant number or day? If "
                                          "so: pn bill drop"));
        }
        if (kind) {
            s->kind = kind;
            s->refers = refers;
        }
        all->v[all->n++] = *s;
    }
    return 0;
}

static int one(pn *p, pni_seen_list *all, seen s)
{
    return pni_seen_add(p, all, &(pn_rows){&s, 1}, s.kind, s.refers);
}

/* A day's payments were begun on it or before, most on it: slices that double their length going
 * back, so that no statement is long. False: behind the last. */
static bool slice(which *w, int64_t days, int64_t *back)
{
    if (*back > days)
        return false;
    w->until.us = w->to.us - *back * PNI_DAY_US;
    *back = *back ? *back * 2 : 1;
    w->since.us = w->to.us - (*back > days ? days + 1 : *back) * PNI_DAY_US;
    return true;
}

static int ours(pn *p, which *w, int64_t days, pni_seen_list *all, sums *out)
{
    for (int64_t begun = 0; slice(w, days, &begun);) {
        sums pay, back;
        pn_rows kept;
        PN_TRY(pn_queue(p, &pni_recon_kept_sql, w, 0, &kept, NULL));
        PN_TRY(pn_one(p, &pni_recon_ours_sql, w, &pay));
        PN_TRY(pn_one(p, &pni_recon_back_sql, w, &back));
        PN_TRY(pni_seen_add(p, all, &kept, "MISSING_THERE", "REFUND"));
        out->pay_n += pay.n;
        out->pay_fen.fen += pay.fen.fen;
        out->refund_n += back.n;
        out->refund_fen.fen += back.fen.fen;
    }
    return 0;
}

static int gone(pn *p, which *w, int64_t days, pni_seen_list *all, const sums *told)
{
    sums both;
    int64_t begun = 0;
    PN_TRY(pn_one(p, &pni_recon_both_sql, w, &both));
    while (both.n != told->pay_n && slice(w, days, &begun)) {
        pn_rows rows;
        PN_TRY(pn_all(p, &pni_recon_gone_sql, w, &rows));
        PN_TRY(pni_seen_add(p, all, &rows, "MISSING_THERE", "PAY"));
    }
    return 0;
}

static int wallets(pn *p, which *w, pni_seen_list *all, sums *out)
{
    sums s;
    pn_rows rows;
    w->since.us = w->from.us - PNI_DAY_US * WALLET_DAYS;
    PN_TRY(pn_one(p, &pni_recon_wallets_sql, w, &s));
    PN_TRY(pn_all(p, &pni_recon_unfilled_sql, w, &rows));
    out->pay_n += s.pay_n;
    out->pay_fen.fen += s.pay_fen.fen;
    out->refund_n += s.refund_n;
    out->refund_fen.fen += s.refund_fen.fen;
    return pni_seen_add(p, all, &rows, "MISSING_THERE", "PAY");
}

static int deducted(pn *p, const which *w, pni_seen_list *all, sums *out)
{
    sums s;
    pn_rows rows;
    PN_TRY(pn_one(p, &pni_recon_deducted_sql, w, &s));
    PN_TRY(pn_all(p, &pni_recon_undeducted_sql, w, &rows));
    out->pay_n += s.pay_n;
    out->pay_fen.fen += s.pay_fen.fen;
    return pni_seen_add(p, all, &rows, "MISSING_THERE", "PAY");
}

/* The ledger has every payment and refund, once all of them are posted. */
static int books(pn *p, const which *w, pni_seen_list *all, sums *out, bool *settled)
{
    sums wait, book;
    PN_TRY(pn_one(p, &pni_recon_waiting_sql, w, &wait));
    PN_TRY(pn_one(p, &pni_recon_book_sql, w, &book));
    *settled = !wait.n;
    out->book_pay_fen = book.book_pay_fen;
    out->book_refund_fen = book.book_refund_fen;
    if (wait.n || wait.before) /* on their way, or older than the ledger */
        return 0;
    if (book.book_pay_fen.fen != out->pay_fen.fen)
        PN_TRY(one(p, all, (seen){.kind = "BOOKS", .refers = "DAY", .ref = "PAY",
                                  .theirs_fen = book.book_pay_fen, .ours_fen = out->pay_fen}));
    if (book.book_refund_fen.fen != out->refund_fen.fen)
        PN_TRY(one(p, all, (seen){.kind = "BOOKS", .refers = "DAY", .ref = "REFUND",
                                  .theirs_fen = book.book_refund_fen,
                                  .ours_fen = out->refund_fen}));
    return 0;
}

int pni_seen_put(pn *p, int64_t bill_id, pni_seen *v, size_t n)
{
    pn_rows fresh;
    for (size_t i = 0; i < n; i++)
        PN_TRY(pn_new_id(p, pn_sk(bill_id), &v[i].id));
    if (!n)
        return 0;
    PN_TRY(pn_exec_many(p, &pni_recon_put_sql, v, n, &fresh));
    pn_each(seen, s, &fresh)
        PN_TRY(pni_stepped(p, &pni_recon_diff_fsm, s->id, NULL, "find", NULL));
    return 0;
}

static int record(pn *p, const which *w, pni_seen_list *all)
{
    for (size_t i = 0; i < all->n; i++) {
        all->v[i].bill_id = w->id;
        all->v[i].method = w->method;
        all->v[i].day = w->day;
    }
    return pni_seen_put(p, w->id, all->v, all->n);
}

/* Cases of this and of other days whose other half is there now. */
static int come(pn *p, const which *w)
{
    pn_rows rows;
    pn_word open = {PN_RECON_DIFF_OPEN};
    PN_TRY(pn_all(p, &pni_recon_come_sql, w, &rows));
    pn_each(other, s, &rows)
    {
        const char *why = s->line_no ? pn_printf(p, pn_tr("Line %lld of bill %lld"),
                                                 (long long)s->line_no, (long long)s->in_bill)
                                     : pn_tr("Booked here since");
        PN_TRY(pn_step(p, &pni_recon_diff_fsm, s->id, open, "appear", why, NULL));
        if (s->bill_id != w->id)
            PN_TRY(pni_bill_count(p, s->bill_id, false));
    }
    return 0;
}

/* The three ways of a bill of trades. */
static int trades(pn *p, which *w, int64_t days, pni_seen_list *all, sums *told, bool *settled)
{
    pn_rows odd;
    PN_TRY(pn_exec(p, &pni_recon_judge_sql, w, NULL));
    PN_TRY(pn_exec(p, &pni_recon_filled_sql, w, NULL));
    PN_TRY(pn_exec(p, &pni_recon_later_sql, w, NULL));
    PN_TRY(pn_all(p, &pni_recon_odd_sql, w, &odd));
    PN_TRY(pni_seen_add(p, all, &odd, NULL, NULL));
    PN_TRY(ours(p, w, days, all, told));
    PN_TRY(wallets(p, w, all, told));
    PN_TRY(deducted(p, w, all, told));
    PN_TRY(gone(p, w, days, all, told));
    return books(p, w, all, told, settled);
}

static PN_TYPE(compare_t, "bill.compare", struct pn_bill_compare,
    PN_COL(struct pn_bill_compare, id, N_("Bill"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "bill"));

static int compare(pn *p, const struct pn_bill_compare *in, pn_bill *out)
{
    pn_bill before;
    int64_t most = 0, days = 0;
    sums told = {.id = in->id};
    bool settled = false;
    PN_TRY(pni_bill_row(p, in->id, &before));
    if (before.state.v == PN_BILL_LOADING || before.state.v == PN_BILL_DROPPED)
        return pn_fail(p, PN_ESTATE, "id", pn_tr("The bill cannot be compared (%s)"),
                       pn_word_label(pn_bill_states, before.state));
    if (before.type.v == PN_BILL_SLIP) /* its lines are our own slips */
        return pni_bill_row(p, in->id, out);
    PN_TRY(pni_policy(p, "recon.diff_max", &most));
    PN_TRY(pni_policy(p, "recon.look_back_d", &days));
    which w = {.id = in->id, .most = most + 1, .method = before.method, .day = before.day,
               .payee = before.payee_id, .from = {before.day.days * PNI_DAY_US - PNI_ZONE_US}};
    w.to.us = w.from.us + PNI_DAY_US;
    pni_seen_list all = {pn_alloc(p, (size_t)most * sizeof *all.v), 0, (size_t)most};
    if (!all.v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    if (before.type.v == PN_BILL_FUND)
        PN_TRY(pni_fund_compare(p, &w, &before, &all, &settled));
    else
        PN_TRY(trades(p, &w, days, &all, &told, &settled));
    PN_TRY(record(p, &w, &all));
    if (before.type.v != PN_BILL_FUND)
        PN_TRY(come(p, &w));
    PN_TRY(pn_exec(p, &pni_recon_told_sql, &told, NULL));
    PN_TRY(pni_bill_count(p, in->id, settled));
    PN_TRY(pni_bill_row(p, in->id, out));
    return pn_audit(p, "bill", in->id, &pn_bill_t, &before, out, NULL);
}

PNI_OP(bill, compare, compare, pn_bill, .brief = N_("Hold a bill against our books again"),
       .help = N_("New differences become cases, cases whose missing half has come are closed with "
                  "a note; whatever people explained or booked stays."),
       .in = &compare_t, .out = &pn_bill_t,
       .may = PN_ROLE_FINANCE | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
       .example = "pn bill compare 4097",
       .lasting = N_("It was only worked out anew: once more gives the same"))
