/* SPDX-License-Identifier: Apache-2.0 */
/* check_ledger.c — the ledger proved: accounts from their transfers, shards and what is between
 * them, closed days from their seals, and the books from the documents they stand for. What is on
 * its way (an event of the outbox) is not missing yet. */
#include "check_int.h"
#include "ledger/closing_int.h"
#include "order/direct_int.h"
#include "order/later_int.h"

/* Every account again, from both sides of the transfers. */
#define HALF(mine, d, c)                                                                           \
    "select t.sk, t." mine " as id, t.kind, t.amount_fen * " d " as d, t.amount_fen * " c " as c," \
    " t.kind = 'PENDING' and not exists (select from ledger_transfer e where e.sk = t.sk"          \
    "  and e.pending_id = t.id) as open from ledger_transfer t"
PNI_PROOF(ledger_accounts, /* I09, I10 */
    "select coalesce(a.id, t.id) as ref, (a.debit_fen, a.credit_fen, a.debit_held_fen,"
    "  a.credit_held_fen) is distinct from (coalesce(t.debit, 0), coalesce(t.credit, 0),"
    "  coalesce(t.debit_held, 0), coalesce(t.credit_held, 0))"
    "  or (a.guard = 'CREDIT' and a.debit_fen + a.debit_held_fen > a.credit_fen + a.overdraft_fen)"
    "  or (a.guard = 'DEBIT' and a.credit_fen + a.credit_held_fen > a.debit_fen + a.overdraft_fen)"
    "  as bad from ledger_account a full join (select h.sk, h.id,"
    "   sum(h.d) filter (where h.kind in ('PLAIN', 'POST'))::bigint as debit,"
    "   sum(h.c) filter (where h.kind in ('PLAIN', 'POST'))::bigint as credit,"
    "   sum(h.d) filter (where h.open)::bigint as debit_held,"
    "   sum(h.c) filter (where h.open)::bigint as credit_held"
    "   from (" HALF("debit_id", "1", "0") " union all " HALF("credit_id", "0", "1") ") h"
    "   group by h.sk, h.id) t on t.sk = a.sk and t.id = a.id");
PNI_PROOF(ledger_shards,
    "select a.sk as ref, sum(a.debit_fen) <> sum(a.credit_fen)"
    "  or sum(a.debit_held_fen) <> sum(a.credit_held_fen) as bad from ledger_account a"
    " group by a.sk");
PNI_PROOF(events,
    "select v.id as ref, " PNI_STUCK("v") " or v.at < :now::timestamptz - interval '1 hour' * "
    PNI_POLICY("outbox.stuck_h") " as bad from outbox v");
PNI_PROOF(ledger_transit,
    "select t.biz_id as ref, sum(case when a.id = t.debit_id then t.amount_fen"
    "  else -t.amount_fen end) <> 0 and not " PNI_UNDER_WAY("t.biz_kind", "t.biz_id") " as bad"
    " from ledger_account a join ledger_transfer t on t.sk = a.sk"
    "  and (t.debit_id = a.id or t.credit_id = a.id)"
    " where a.kind = 'TRANSIT' group by t.biz_kind, t.biz_id, t.step");
PNI_PROOF(ledger_payments, /* I06, I12 */
    "select coalesce(y.id, t.biz_id) as ref, y.got is distinct from t.n"
    "  and not " PNI_UNDER_WAY("'PAYMENT'", "coalesce(y.id, t.biz_id)") " as bad"
    " from (select y.sk, y.id, y.received_fen as got from payment y join ledger_book k on k.id = 1"
    "  where y.method not in ('PREPAID', 'CHANNEL', 'PROXY_PAY',"
    "    'MINIAPP_DIRECT', 'ALIPAY_DIRECT') and y.received_fen > 0"
    "   and y.state in (" PNI_PAID_STATES ", 'DUP_REFUNDING', 'MISMATCH', 'REFUNDED')"
    "   and y.paid_at >= k.started_at) y"
    " full join (select sk, biz_id, sum(amount_fen)::bigint as n from ledger_transfer"
    "  where biz_kind = 'PAYMENT' and step = 'CAPTURED' group by sk, biz_id) t"
    "  on t.sk = y.sk and t.biz_id = y.id");
PNI_PROOF(ledger_refunds, /* I11 */
    "select coalesce(r.id, t.biz_id) as ref, (r.amount_fen is distinct from t.owed"
    "   or coalesce(r.paid, 0) <> coalesce(t.paid, 0))"
    "  and not " PNI_UNDER_WAY("'REFUND'", "coalesce(r.id, t.biz_id)") " as bad"
    " from (select r.sk, r.id, r.amount_fen, (select sum(g.amount_fen) from refund_leg g"
    "   join payment y on y.sk = g.sk and y.id = g.payment_id"
    "    and y.method not in ('PREPAID', 'CHANNEL', 'PROXY_PAY',"
    "    'MINIAPP_DIRECT', 'ALIPAY_DIRECT')"
    "   where g.sk = r.sk and g.refund_id = r.id and g.state in ('DONE', 'BANK')) as paid"
    "  from refund r"
    "  join ledger_book k on k.id = 1 where r.state in ('PROCESSING', 'MANUAL', 'DONE')"
    "   and r.amount_fen > 0 and r.created_at >= k.started_at"
    "   and not exists (select from refund_leg g join payment y on y.sk = g.sk"
    "    and y.id = g.payment_id and y.method in " PNI_THEIRS
    "    where g.sk = r.sk and g.refund_id = r.id)) r"
    " full join (select t.sk, t.biz_id, sum(t.amount_fen) filter (where t.step = 'OWED'"
    "   and a.kind = 'REFUND_PAYABLE')::bigint as owed,"
    "   sum(t.amount_fen) filter (where t.step like 'PAID-%')::bigint as paid"
    "  from ledger_transfer t join ledger_account a on a.sk = t.sk and a.id = t.credit_id"
    "  where t.biz_kind = 'REFUND' and (t.step = 'OWED' or t.step like 'PAID-%')"
    "  group by t.sk, t.biz_id) t on t.sk = r.sk and t.biz_id = r.id");
/* What organisers took themselves: memos of all of it, and nothing in our own accounts. */
PNI_PROOF(ledger_direct, /* I39 */
    "select y.id as ref, (coalesce(t.n, 0) <> y.received_fen and not "
    PNI_UNDER_WAY("'DIRECT'", "y.id") ") or exists (select from ledger_transfer x where x.sk = y.sk"
    "  and x.biz_kind = 'PAYMENT' and x.biz_id = y.id) as bad"
    " from payment y left join (select t.biz_id, sum(t.amount_fen)::bigint as n"
    "  from ledger_transfer t where t.biz_kind = 'DIRECT' and t.step = 'DIRECT_SALE'"
    "  group by t.biz_id) t on t.biz_id = y.id"
    " where y.method in " PNI_THEIRS " and y.received_fen > 0");
PNI_PROOF(ledger_deposits, /* I41 */
    "select coalesce(d.id, t.biz_id) as ref, d.delta_fen is distinct from t.n"
    "  and not " PNI_UNDER_WAY("'DEPOSIT'", "coalesce(d.id, t.biz_id)") " as bad"
    " from (select d.id, d.delta_fen from listing_deposit d join ledger_book k on k.id = 1"
    "  where d.at >= k.started_at) d"
    " full join (select t.biz_id, sum(case t.credit_id when a.id then t.amount_fen"
    "   else -t.amount_fen end)::bigint as n from ledger_account a join ledger_transfer t"
    "  on t.sk = a.sk and (t.debit_id = a.id or t.credit_id = a.id)"
    "  where a.kind = 'FROZEN' and t.biz_kind = 'DEPOSIT' group by t.biz_id) t"
    "  on t.biz_id = d.id");
/* What is frozen in a wallet has a name: deposits of offers and money that is being drawn. Only
 * what an offer has let go may be on its way back. */
PNI_PROOF(wallets, /* I25 */
    "select coalesce(a.owner, x.id) as ref, coalesce(a.n, 0) <> coalesce(x.n, 0)"
    "  + coalesce(w.n, 0) as bad from (select owner, credit_fen - debit_fen as n"
    "  from ledger_account where kind = 'FROZEN') a"
    " full join (select y.id, sum(y.n)::bigint as n from ("
    "  select merchant_id as id, deposit_quota_fen as n from listing"
    "  union all select merchant_id, amount_fen from withdrawal"
    "   where state in ('REQUESTED', 'APPROVED', 'PAYING')) y group by y.id) x on x.id = a.owner"
    " left join (select (v.payload->>'merchant')::bigint as id,"
    "   (sum((v.payload->>'amount_fen')::numeric) * 100)::bigint as n from outbox v"
    "  where v.event = 'ledger.post' and v.payload->>'rule' = 'DEPOSIT_BACK'"
    "   and not " PNI_STUCK("v") " group by 1) w"
    "  on w.id = coalesce(a.owner, x.id)");
/* What came in counts, whether it was right or went back again. */
PNI_PROOF(recharges, /* I12 */
    "select coalesce(r.id, t.biz_id) as ref, coalesce(r.received_fen, 0) <> coalesce(t.fen, 0)"
    "  or coalesce(r.state, '') in ('CREATED', 'PENDING', 'CLOSED') and r.received_fen > 0 as bad"
    " from recharge_order r full join (select sk, biz_id, sum(amount_fen)::bigint as fen"
    "  from ledger_transfer where biz_kind = 'RECHARGE_ORDER' and step in ('RECHARGE', 'UNASKED')"
    "  group by sk, biz_id) t on t.sk = r.sk and t.biz_id = r.id");
PNI_PROOF(settlements, /* I24 */
    "select s.id as ref, (s.net_fen, s.lines_n::bigint) is distinct from (coalesce(l.fen, 0),"
    "   coalesce(l.n, 0)) or coalesce(t.fen, 0) <> case when s.state = 'POSTED' then s.net_fen"
    "   else 0 end or (s.state = 'POSTED' and l.open_n > 0) as bad from settlement s"
    " left join (select sk, settlement_id, sum(settle_fen)::bigint as fen, count(*) as n,"
    "   count(*) filter (where state <> 'SETTLED') as open_n from settle_line"
    "  where settlement_id is not null group by sk, settlement_id) l"
    "  on l.sk = s.sk and l.settlement_id = s.id"
    " left join (select sk, biz_id, sum(amount_fen)::bigint as fen from ledger_transfer"
    "  where biz_kind = 'SETTLEMENT' group by sk, biz_id) t on t.sk = s.sk and t.biz_id = s.id"
    " union all select x.id, coalesce(t.fen, 0) <> case when x.state = 'WAITING'"
    "   or x.kind not in ('ORDER', 'SHARE') then 0 else x.settle_fen end and not "
    PNI_UNDER_WAY("'SETTLE_LINE'", "x.id") " from settle_line x"
    " left join (select t.sk, t.biz_id, sum(t.amount_fen)::bigint as fen from ledger_transfer t"
    "  join ledger_account a on a.sk = t.sk and a.id = t.credit_id and a.kind = 'PENDING'"
    "  where t.biz_kind = 'SETTLE_LINE' group by t.sk, t.biz_id) t"
    "  on t.sk = x.sk and t.biz_id = x.id");
PNI_PROOF(penalties, /* each is in the ledger as it was taken, and back where it was taken back */
    "select x.id as ref, coalesce(t.fen, 0) + coalesce(d.fen, 0) <> case"
    "   when x.state in ('IMPOSED', 'APPEALED', 'UPHELD') then x.amount_fen"
    "   when x.state = 'REVERSED' then 2 * x.amount_fen else 0 end as bad"
    " from penalty x left join (select t.sk, t.biz_id, sum(t.amount_fen)::bigint as fen"
    "   from ledger_transfer t where t.biz_kind = 'PENALTY' group by t.sk, t.biz_id) t"
    "  on t.sk = x.sk and t.biz_id = x.id"
    " left join (select biz_id, sum(abs(delta_fen))::bigint as fen from listing_deposit"
    "   where biz_kind = 'PENALTY' group by biz_id) d on d.biz_id = x.id");
/* Debts paid of what was available and of the guarantee, and what of it went back. */
PNI_PROOF(guarantees,
    "select coalesce(g.id, t.biz_id) as ref, (coalesce(g.available_fen, 0),"
    "   coalesce(g.debt_fen, 0), coalesce(g.amount_fen, 0)) is distinct from"
    "  (coalesce(t.available, 0), coalesce(t.debt, 0), coalesce(t.back, 0)) as bad"
    " from guarantee g full join (select t.sk, t.biz_id,"
    "   sum(t.amount_fen) filter (where a.kind = 'AVAILABLE')::bigint as available,"
    "   sum(t.amount_fen) filter (where a.kind = 'GUARANTEE' and c.kind = 'DEBT')::bigint as debt,"
    "   sum(t.amount_fen) filter (where a.kind = 'GUARANTEE' and c.kind = 'AVAILABLE')::bigint"
    "    as back from ledger_transfer t join ledger_account a on a.sk = t.sk and a.id = t.debit_id"
    "   join ledger_account c on c.sk = t.sk and c.id = t.credit_id"
    "   where t.biz_kind = 'GUARANTEE' group by t.sk, t.biz_id) t"
    "  on t.sk = g.sk and t.biz_id = g.id");
/* Owed once granted, paid once it is; penalties of an order pay once. */
PNI_PROOF(compensations,
    "select coalesce(x.id, t.biz_id) as ref, (coalesce(x.owed, 0), coalesce(x.paid, 0),"
    "   coalesce(x.fined, 0)) is distinct from (coalesce(t.owed, 0), coalesce(t.paid, 0),"
    "   coalesce(t.fined, 0))"
    "  and not " PNI_UNDER_WAY("'COMPENSATION'", "coalesce(x.id, t.biz_id)") " as bad"
    " from (select sk, id, penalty_fen as fined, case when state in ('APPROVED', 'PAID')"
    "   then amount_fen else 0 end as owed, case when state = 'PAID' and form = 'MONEY'"
    "   then amount_fen else 0 end as paid from compensation) x"
    " full join (select t.sk, t.biz_id, sum(t.amount_fen) filter (where t.step = 'OWED')::bigint"
    "   as owed, sum(t.amount_fen) filter (where t.step = 'PAID')::bigint as paid,"
    "   sum(t.amount_fen) filter (where a.kind = 'PENALTY_INCOME')::bigint as fined"
    "  from ledger_transfer t join ledger_account a on a.sk = t.sk and a.id = t.debit_id"
    "  where t.biz_kind = 'COMPENSATION' group by t.sk, t.biz_id) t"
    "  on t.sk = x.sk and t.biz_id = x.id"
    " union all select x.order_id, x.fen > coalesce(y.fen, 0) from (select order_id, merchant_id,"
    "  sum(penalty_fen) as fen from compensation where penalty_fen > 0 group by 1, 2) x"
    " left join (select order_id, merchant_id, sum(amount_fen) as fen from penalty"
    "  where state in ('IMPOSED', 'APPEALED', 'UPHELD', 'REVERSED') and kind <> 'REPROCURE_DIFF'"
    "  group by 1, 2) y on y.order_id = x.order_id and y.merchant_id = x.merchant_id");
/* One for each that was paid so, and the books have those that are not used or over. */
PNI_PROOF(coupons,
    "select coalesce(c.id, x.id) as ref, c.id is null or x.id is null"
    "  or c.amount_fen <> x.amount_fen or x.reference <> c.id::text"
    "  or (c.booked and exists (select from coupon_lock l where l.sk = c.sk"
    "   and l.coupon_id = c.id and l.state = 'USED'))"
    "  or (coalesce(t.gone, 0) <> case when c.booked then 0 else c.amount_fen end"
    "   and not " PNI_UNDER_WAY("'COUPON'", "c.id") ") as bad from coupon c"
    " full join (select id, amount_fen, reference from compensation where state = 'PAID'"
    "  and form = 'COUPON' and reference not like 'by hand: %') x on x.id = c.compensation_id"
    " left join (select t.sk, t.biz_id, sum(case a.kind when 'COUPON_LIABILITY'"
    "   then t.amount_fen else -t.amount_fen end)::bigint as gone from ledger_transfer t"
    "   join ledger_account a on a.sk = t.sk and a.id = t.debit_id where t.biz_kind = 'COUPON'"
    "   group by t.sk, t.biz_id) t on t.sk = c.sk and t.biz_id = c.id");
/* Owed, paid in its parts, written off: each as the ledger has it. */
PNI_PROOF(offline_debts,
    "select coalesce(d.id, t.biz_id) as ref, d.id is null or d.paid_fen <> d.parts_fen"
    "  or (case when d.booked then d.amount_fen else 0 end, d.paid_fen, d.off_fen)"
    "   is distinct from (coalesce(t.owed, 0), coalesce(t.paid, 0), coalesce(t.off, 0))"
    "  and not " PNI_UNDER_WAY("'OFFLINE_DEBT'", "coalesce(d.id, t.biz_id)") " as bad"
    " from (select d.sk, d.order_id as id, d.booked, d.amount_fen, d.paid_fen, d.off_fen,"
    "  coalesce((select sum(y.amount_fen) from offline_debt_pay y where y.sk = d.sk"
    "   and y.order_id = d.order_id), 0) as parts_fen from offline_debt d) d"
    " full join (select sk, biz_id, sum(amount_fen) filter (where step = 'OWED')::bigint as owed,"
    "  sum(amount_fen) filter (where step like 'PAID-%')::bigint as paid,"
    "  sum(amount_fen) filter (where step = 'OFF')::bigint as off from ledger_transfer"
    "  where biz_kind = 'OFFLINE_DEBT' group by sk, biz_id) t on t.sk = d.sk and t.biz_id = d.id");
PNI_PROOF(ledger_days,
    "select d.day - date '1970-01-01' as ref, d.seal is distinct from (select "
    PNI_DAY_SEAL("coalesce(d.prev, '')", "d.day", "count(*)",
                 "coalesce(sum(t.amount_fen), 0)::bigint", PNI_DAY_DIGEST)
    "  from ledger_transfer t where t.day > coalesce(d.before, date '1970-01-01')"
    "   and t.day <= d.day) or d.day > k.closed_through as bad"
    " from (select day, seal, lag(day) over (order by day) as before,"
    "   lag(seal) over (order by day) as prev from ledger_day) d"
    " join ledger_book k on k.id = 1");
/* What was kept of closed days, added up again from the first transfer on. */
PNI_PROOF(ledger_balances,
    "select coalesce(b.account_id, z.id) as ref, (b.debit_fen, b.credit_fen)"
    "  is distinct from (z.debit, z.credit) as bad from ledger_day_balance b full join ("
    "  select y.sk, y.id, y.day, (sum(y.d) over w)::bigint as debit,"
    "   (sum(y.c) over w)::bigint as credit from (select h.sk, h.id, l.day, sum(h.d) as d,"
    "    sum(h.c) as c from (select sk, debit_id as id, day, amount_fen as d, 0 as c"
    "      from ledger_transfer where kind in ('PLAIN', 'POST') union all"
    "     select sk, credit_id, day, 0, amount_fen from ledger_transfer"
    "      where kind in ('PLAIN', 'POST')) h"
    "    join lateral (select min(d.day) as day from ledger_day d where d.day >= h.day) l"
    "     on l.day is not null group by h.sk, h.id, l.day) y"
    "   window w as (partition by y.sk, y.id order by y.day)) z"
    "  on z.sk = b.sk and z.id = b.account_id and z.day = b.day");
/* What is posted for channels is what their moves say; before the ledger they opened with it. */
PNI_PROOF(channel_accounts,
    "select coalesce(m.channel_id, a.owner) as ref, coalesce(m.n, 0) <> coalesce(a.n, 0) as bad"
    " from (select sk, channel_id, book, sum(amount_fen) as n from channel_move"
    "  group by sk, channel_id, book) m"
    " full join (select a.sk, a.owner, case a.kind when 'AGENT_PREPAID' then 'PREPAID'"
    "   else 'RECEIVABLE' end as book, coalesce(sum(case when (t.debit_id = a.id)"
    "    = (a.side = 'DEBIT') then t.amount_fen else -t.amount_fen end), 0) as n"
    "  from ledger_account a left join ledger_transfer t on t.sk = a.sk"
    "   and (t.debit_id = a.id or t.credit_id = a.id)"
    "   and t.rule in ('OPENING', 'P11', 'P16', 'P17')"
    "  where a.kind in ('AGENT_PREPAID', 'CHANNEL_RECEIVABLE')"
    "  group by a.sk, a.owner, a.kind) a"
    "  on a.sk = m.sk and a.owner = m.channel_id and a.book = m.book");
/* What an account has is the sum of its moves; what it holds waits with unpaid orders. */
PNI_PROOF(points, /* I10 */
    "select coalesce(a.buyer_id, m.buyer_id, d.id) as ref, coalesce(a.points, 0)"
    "  <> coalesce(m.points, 0) or coalesce(a.moves, 0) <> coalesce(m.n, 0)"
    "  or coalesce(a.held, 0) <> coalesce(d.held, 0) as bad from point_account a"
    " full join (select sk, buyer_id, sum(points) as points, count(*) as n from point_move"
    "  group by sk, buyer_id) m on m.sk = a.sk and m.buyer_id = a.buyer_id"
    " full join (select source_id as id, sum(fen) as held from order_draw"
    "  where source = 'POINTS' and state = 'RESERVED' group by source_id) d"
    "  on d.id = coalesce(a.buyer_id, m.buyer_id)");
/* Spent is what a paid order drew, and no refunds give back more of it; what points took off a
 * price was drawn; the books have the rest. */
PNI_PROOF(point_moves,
    "select coalesce(m.ref_id, d.order_id) as ref, m.points is distinct from -d.fen"
    "  or coalesce(b.points, 0) > d.fen as bad"
    " from (select ref_id, points from point_move where kind = 'SPEND') m"
    " full join (select order_id, fen from order_draw where source = 'POINTS'"
    "  and state = 'SPENT') d on d.order_id = m.ref_id"
    " left join (select order_id, sum(points) as points from point_move where kind = 'RETURN'"
    "  group by order_id) b on b.order_id = m.ref_id"
    " union all select e.order_id, not exists (select from order_draw d where d.sk = e.sk"
    "  and d.order_id = e.order_id and d.source = 'POINTS' and d.state <> 'BACK')"
    " from (select distinct sk, order_id from order_seat where points_fen > 0"
    "  and state in ('HELD', 'SOLD', 'REFUNDING')) e"
    " union all select coalesce(m.id, t.biz_id), coalesce(m.value_fen, 0) <> coalesce(t.fen, 0)"
    "  and not " PNI_UNDER_WAY("'POINTS'", "coalesce(m.id, t.biz_id)")
    " from (select id, value_fen from point_move where kind not in ('SPEND', 'RETURN')) m"
    " full join (select t.biz_id, sum(t.amount_fen)::bigint as fen from ledger_transfer t"
    "  where t.biz_kind = 'POINTS' group by t.biz_id) t on t.biz_id = m.id");
