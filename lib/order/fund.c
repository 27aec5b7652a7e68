/* SPDX-License-Identifier: Apache-2.0 */
/* fund.c — all that moved on a provider's account, held against the day's trades: what came in and
 * went out, and each fee by itself, against what the bill of trades says, which is what is booked
 * when the day is paid out. What is neither is a case: somebody moved money. */
#include <string.h>

#include "order/bill_int.h"

typedef struct trade { int64_t id; pn_money fee_fen; } trade;
static PN_TYPE(trade_t, "fund.trade", trade, PN_COL(trade, id, "id"),
    PN_COL(trade, fee_fen, "fee_fen"));
const pn_sql pni_fund_trade_sql = {"fund_trade", &pni_which_t, &trade_t,
    "select id, fee_fen from bill where sk = :id# and method = :method and day = :day"
    " and payee_id = coalesce(:payee::bigint, 0) and type = 'TRADE'"
    " and state not in ('LOADING', 'DROPPED')", false};

/* A fee is that of a payment or of a refund, whichever has its number; what is given back of it is
 * negative in both bills. One is told in parts of a fen: a fen is no difference. */
#define OF_KIND                                                                                    \
    "case l.kind when 'PAID_IN' then t.kind = 'PAY' when 'PAID_OUT' then t.kind = 'REFUND'"        \
    "  else l.kind = 'FEE' end"
const pn_sql pni_fund_judge_sql = {"fund_judge", &pni_which_t, NULL,
    "update bill_line l set verdict = x.verdict from (select l.sk, l.ref, l.kind,"
    "  case when l.kind = 'OTHER' then 'OTHER' when t.ref is null then 'MISSING'"
    "   when l.kind = 'FEE' then"
    "    case when abs(l.amount_fen - t.fee_fen) > 1 then 'FEE' else 'MATCH' end"
    "   when l.amount_fen <> t.amount_fen then 'AMOUNT' else 'MATCH' end as verdict"
    "  from bill_line l left join bill_line t on t.sk = l.sk and t.ref = l.ref"
    "   and t.bill_id = :trade and t.again = 0 and " OF_KIND
    "  where l.bill_id = :id and l.again = 0 and l.verdict <> 'MATCH') x"
    " where l.sk = x.sk and l.ref = x.ref and l.kind = x.kind and l.bill_id = :id"
    "  and l.again = 0 and l.verdict <> x.verdict", false};
const pn_sql pni_fund_odd_sql = {"fund_odd", &pni_which_t, &pni_seen_t,
    "select l.no as line_no, l.kind as refers, l.ref, l.amount_fen as theirs_fen,"
    " case l.verdict when 'FEE' then t.fee_fen when 'AMOUNT' then t.amount_fen else 0 end"
    "  as ours_fen, concat_ws(' ', nullif(l.out_no, ''), nullif(l.provider_no, '')) as note,"
    " case l.verdict when 'MISSING' then 'MISSING_HERE' when 'OTHER' then 'MISSING_HERE'"
    "  else l.verdict end as kind"
    " from bill_line l left join bill_line t on t.sk = l.sk and t.ref = l.ref"
    "  and t.bill_id = :trade and t.again = 0 and " OF_KIND
    " where l.bill_id = :id and l.verdict <> 'MATCH' order by l.no limit :most", false};
/* Trades that moved nothing, and fees of trades that nobody took. */
const pn_sql pni_fund_gone_sql = {"fund_gone", &pni_which_t, &pni_seen_t,
    "select t.ref, t.amount_fen as ours_fen, t.out_no as note, 'MISSING_THERE' as kind,"
    "  case t.kind when 'PAY' then 'PAID_IN' else 'PAID_OUT' end as refers"
    " from bill_line t where t.bill_id = :trade and t.again = 0 and t.amount_fen <> 0"
    "  and not exists (select from bill_line l where l.bill_id = :id and l.sk = t.sk"
    "   and l.ref = t.ref and l.kind = case t.kind when 'PAY' then 'PAID_IN' else 'PAID_OUT' end)"
    " union all select t.ref, t.fee_fen, t.out_no, 'FEE', 'FEE'"
    " from bill_line t where t.bill_id = :trade and t.again = 0 and abs(t.fee_fen) > 1"
    "  and not exists (select from bill_line l where l.bill_id = :id and l.sk = t.sk"
    "   and l.ref = t.ref and l.kind = 'FEE') limit :most", false};
/* Cases that were found before the other half was there: nothing is wrong with them any more. */
const pn_sql pni_fund_free_sql = {"fund_free", &pni_which_t, &pni_seen_t,
    "select d.id from recon_diff d where d.sk = :id# and d.bill_id = :id and d.state = 'OPEN'"
    " and case when d.line_no = 0 then exists (select from bill_line l where l.bill_id = :id"
    "   and l.ref = d.ref and l.kind = d.refers and l.verdict = 'MATCH')"
    "  else exists (select from bill_line l where l.bill_id = :id and l.no = d.line_no"
    "   and l.verdict = 'MATCH') end order by d.id limit 1000", false};

static int day_sum(pn *p, pni_seen_list *all, const char *what, pn_money theirs, pn_money ours)
{
    pni_seen s = {.kind = "BOOKS", .refers = "DAY", .ref = what, .theirs_fen = theirs,
                  .ours_fen = ours};
    return theirs.fen == ours.fen ? 0 : pni_seen_add(p, all, &(pn_rows){&s, 1}, NULL, NULL);
}

int pni_fund_compare(pn *p, pni_which *w, const pn_bill *b, pni_seen_list *all, bool *settled)
{
    pn_word open = {PN_RECON_DIFF_OPEN};
    trade t;
    pn_rows rows;
    int rc = pn_one(p, &pni_fund_trade_sql, w, &t);
    if (rc)
        return rc == PN_ENONE ? 0 : rc; /* the trades have not come yet */
    w->trade = t.id;
    PN_TRY(pn_exec(p, &pni_fund_judge_sql, w, NULL));
    PN_TRY(pn_all(p, &pni_fund_free_sql, w, &rows));
    pn_each(pni_seen, d, &rows)
        PN_TRY(pn_step(p, &pni_recon_diff_fsm, d->id, open, "appear",
                       pn_tr("The trade has come since"), NULL));
    PN_TRY(pn_all(p, &pni_fund_odd_sql, w, &rows));
    PN_TRY(pni_seen_add(p, all, &rows, NULL, NULL));
    PN_TRY(pn_all(p, &pni_fund_gone_sql, w, &rows));
    PN_TRY(pni_seen_add(p, all, &rows, NULL, NULL));
    *settled = true;
    return day_sum(p, all, "FEE", b->fee_fen, t.fee_fen);
}
