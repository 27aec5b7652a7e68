/* SPDX-License-Identifier: Apache-2.0 */
/* check_posting.c — what is in the ledger against the rows it was posted for, document by document:
 * each kind of document says again, from its own rows, which accounts moved by how much. Together
 * with check_ledger.c they know every kind there is. */
#include "check_int.h"
#include "order/direct_int.h"
#include "order/later_int.h"

/* A posting is compared by what it did to each account, so it does not matter in how many shards it
 * was. `rows` selects (id, step, debit, credit, owner, fen), a line of a document each; an account
 * is called by its kind, and its part where it has one. */
#define PART "case a.part when '' then a.kind else a.kind || '/' || a.part end"
#define POSTED(biz, only, name, rows)                                                              \
    "select coalesce(x.id, t.id) as ref, (x.fen is distinct from t.fen"                            \
    "  or (t.owner <> 0 and t.owner is distinct from x.owner))"                                    \
    "  and not " PNI_UNDER_WAY("'" biz "'", "coalesce(x.id, t.id)") " as bad"                      \
    " from (select d.id, d.step, l.name, max(d.owner) as owner, sum(l.fen)::bigint as fen"         \
    "  from (" rows ") d(id, step, debit, credit, owner, fen)"                                     \
    "  cross join lateral (values (d.debit, d.fen), (d.credit, -d.fen)) l(name, fen)"              \
    "  where l.name is not null group by 1, 2, 3 having sum(l.fen) <> 0) x"                        \
    " full join (select t.biz_id as id, t.step, " name " as name, max(a.owner) as owner,"          \
    "   sum(h.fen)::bigint as fen from ledger_transfer t cross join lateral"                       \
    "   (values (t.debit_id, t.amount_fen), (t.credit_id, -t.amount_fen)) h(id, fen)"              \
    "   join ledger_account a on a.sk = t.sk and a.id = h.id and a.kind <> 'TRANSIT'"              \
    "  where t.biz_kind = '" biz "' and t.kind in ('PLAIN', 'POST')" only                          \
    "  group by 1, 2, 3 having sum(h.fen) <> 0) t"                                                 \
    " on t.id = x.id and t.step = x.step and t.name = x.name"

/* ---- wallets ---- */

PNI_PROOF(withdrawals, /* I25 */
    POSTED("WITHDRAWAL", "", PART,
        "select id, 'WITHDRAW', 'AVAILABLE', 'FROZEN', merchant_id, amount_fen from withdrawal"
        " union all select id, 'WITHDRAW_PAID', 'FROZEN', 'BANK', merchant_id,"
        "  amount_fen - fee_fen from withdrawal where state = 'PAID'"
        " union all select id, 'WITHDRAW_PAID', 'FROZEN', 'FEE_INCOME', merchant_id, fee_fen"
        "  from withdrawal where state = 'PAID'"
        " union all select id, 'WITHDRAW_BACK', 'FROZEN', 'AVAILABLE', merchant_id, amount_fen"
        "  from withdrawal where state in ('FAILED', 'REJECTED', 'CANCELLED')"));
/* What was not there to be taken back became a debt: both are the wallet. */
PNI_PROOF(rebates,
    POSTED("REBATE", "", "case a.kind when 'DEBT' then 'AVAILABLE' else a.kind end",
        "select r.id, x.step, x.debit, x.credit, r.merchant_id, r.amount_fen from rebate r"
        " join merchant m on m.id = r.merchant_id"
        " join (values (false, 'REBATE', 'REBATE_EXPENSE', 'AVAILABLE'),"
        "  (true, 'REBATE_IN', 'SUPPLIER_RECEIVABLE', 'REBATE_INCOME'))"
        "  x(supplier, step, debit, credit) on x.supplier = (m.kind = 'SUPPLIER')"
        " where r.state = 'POSTED'"));
/* What was paid ahead to suppliers and what they owe, move by move and in all. */
PNI_PROOF(suppliers, /* I10 */
    POSTED("SUPPLIER_MOVE", "", "a.kind",
        "select ref, 'SUPPLIER_TOPUP', 'SUPPLIER_PREPAID', 'BANK', supplier_id, amount_fen"
        " from supplier_move where kind = 'TOPUP' union all"
        " select ref, 'SUPPLIER_PAID', 'BANK', 'SUPPLIER_RECEIVABLE', supplier_id, -amount_fen"
        " from supplier_move where kind = 'RECEIVED'")
    " union all select coalesce(m.supplier_id, a.owner), coalesce(m.fen, 0) <> coalesce(a.fen, 0)"
    " from (select supplier_id, book, sum(amount_fen) as fen from supplier_move group by 1, 2) m"
    " full join (select owner, case kind when 'SUPPLIER_PREPAID' then 'PREPAID'"
    "   else 'RECEIVABLE' end as book, debit_fen - credit_fen as fen from ledger_account"
    "  where kind in ('SUPPLIER_PREPAID', 'SUPPLIER_RECEIVABLE')) a"
    "  on a.owner = m.supplier_id and a.book = m.book");
/* A line of the bank's statement is booked once, as what it stands for. */
PNI_PROOF(bank_lines, /* I12 */
    POSTED("RECHARGE", "", "case a.kind when 'GUARANTEE' then 'AVAILABLE' else a.kind end",
        "select id, case when guarantee then 'GUARANTEE_BANK' else 'RECHARGE_BANK' end, 'BANK',"
        " 'AVAILABLE', merchant_id, amount_fen from (select id, merchant_id, amount_fen, exists ("
        "  select from ledger_transfer t where t.sk = r.sk and t.biz_kind = 'RECHARGE'"
        "   and t.biz_id = r.id and t.step = 'GUARANTEE_BANK') as guarantee from recharge r) r")
    " union all select b.target_id, not exists (select from ledger_transfer t"
    "   where t.biz_kind = b.target and t.biz_id = b.target_id)"
    "  and not " PNI_UNDER_WAY("b.target", "b.target_id") " from bank_line b"
    "  where b.target in ('RECHARGE', 'ORGANISER_FEE', 'BILL', 'CHANNEL_MOVE', 'SUPPLIER_MOVE')"
    " union all select t.biz_id, not exists (select from bank_line b"
    "   where b.target = t.biz_kind and b.target_id = t.biz_id) from ledger_transfer t"
    "  where t.biz_kind in ('RECHARGE', 'ORGANISER_FEE', 'BILL')");
PNI_PROOF(settlement_books, /* I24 */
    POSTED("SETTLEMENT", " and a.kind <> 'FEE_RECEIVABLE'", "a.kind",
        "select s.id, 'SETTLE', 'PENDING', l.name, s.merchant_id, l.fen from settlement s"
        " cross join lateral (values ('AVAILABLE', s.net_fen - s.debt_fen - s.fee_fen"
        "  - s.bought_fen), ('DEBT', s.debt_fen), (null, s.fee_fen)) l(name, fen)"
        " where s.state = 'POSTED' union all select id, 'CODE_BOUGHT', 'PENDING',"
        "  'SUPPLIER_PREPAID', merchant_id, bought_fen from settlement where state = 'POSTED'")
    " union all select s.id, s.fee_fen <> coalesce(t.fen, 0) and not "
    PNI_UNDER_WAY("'SETTLEMENT'", "s.id") " from settlement s left join (select t.biz_id,"
    "  sum(t.amount_fen) as fen from ledger_transfer t join ledger_account a on a.sk = t.sk"
    "   and a.id = t.credit_id and a.kind = 'FEE_RECEIVABLE' where t.biz_kind = 'SETTLEMENT'"
    "  group by t.biz_id) t on t.biz_id = s.id where s.state = 'POSTED'");
/* What an order earned: its seller, us, and for sending it. */
#define UNTOLD(events, id)                                                                         \
    "exists (select from outbox v where v.event in (" events ")"                                   \
    " and (v.ref = " id " or " id " = any (v.refs)))"
#define NOT_DIRECT(o)                                                                              \
    " and not exists (select from payment z where z.sk = " o ".sk and z.order_id = " o ".id"       \
    "  and z.method in " PNI_THEIRS " and z.state = 'SUCCESS')"
#define NOT_DIRECT_OF(r)                                                                           \
    " and not exists (select from payment z where z.sk = " r ".sk and z.order_id = " r ".order_id" \
    "  and z.method in " PNI_THEIRS " and z.state = 'SUCCESS')"
PNI_PROOF(earned,
    POSTED("SETTLE_LINE", "", PART,
        "select l.id, 'READY', 'ESCROW', x.name, l.merchant_id, x.fen from settle_line l"
        " cross join lateral (values ('PENDING', l.settle_fen), ('COMMISSION_INCOME',"
        "  l.commission_fen), ('MARKUP_INCOME', l.markup_fen)) x(name, fen)"
        " where l.state <> 'WAITING' and l.kind in ('ORDER', 'SHARE')")
    " union all select o.id, case when o.status = 'COMPLETED' or r.completed"
    "   then o.delivery_fen + o.service_fen"
    "   when t.biz_id is null then 0" /* it may have come to nothing, or not yet */
    "   else o.paid_fen - o.refunded_fen - coalesce(r.fee, 0) end <> coalesce(t.fen, 0)"
    "  and not " PNI_UNDER_WAY("'ORDER'", "o.id") " and not " UNTOLD("'order.completed'", "o.id")
    "  from orders o join ledger_book k on k.id = 1 left join (select t.biz_id,"
    "   sum(t.amount_fen) as fen from ledger_transfer t where t.biz_kind = 'ORDER'"
    "    and t.step = 'REST' group by t.biz_id) t on t.biz_id = o.id"
    " left join (select order_id, bool_or(from_status = 'COMPLETED') as completed,"
    "   sum(fee_fen) filter (where state = 'DONE') as fee from refund group by order_id) r"
    "  on r.order_id = o.id where o.paid_at >= k.started_at" NOT_DIRECT("o"));

/* ---- drawers ---- */

PNI_PROOF(shifts,
    POSTED("SHIFT", "", PART,
        "select id, 'FLOAT', 'DRAWER', 'BANK_TRANSIT', 0, float_fen from shift"
        " union all select shift_id, kind || '-' || id, 'DRAWER', 'BANK_TRANSIT', 0, amount_fen"
        "  from shift_cash where kind in ('ADDED', 'DROPPED')"
        " union all select id, 'OVER_SHORT', 'OVER_SHORT', 'DRAWER', 0,"
        "  expected_fen - counted_fen from shift where state <> 'OPEN'"
        " union all select id, 'COUNTED', 'BANK_TRANSIT', 'DRAWER', 0, counted_fen from shift"
        "  where state <> 'OPEN'"));
/* What a shift was to have is what went through its drawer, and nothing went through it that was
 * not paid for an order, or back. */
#define CASH(kinds) "coalesce(sum(c.amount_fen) filter (where c.kind in (" kinds ")), 0)::bigint"
PNI_PROOF(drawers,
    "select s.id as ref, (s.sales_fen, -s.refunds_fen, s.added_fen, -s.dropped_fen) is distinct"
    "  from (c.sales, c.refunds, c.added, c.dropped) or s.expected_fen <> s.float_fen + c.net"
    "  as bad from shift s cross join lateral (select " CASH("'SALE', 'COLLECTED'") " as sales, "
    CASH("'REFUND'") " as refunds, " CASH("'ADDED'") " as added, " CASH("'DROPPED'") " as dropped,"
    "  coalesce(sum(c.amount_fen), 0)::bigint as net from shift_cash c where c.shift_id = s.id) c"
    " where s.state <> 'OPEN'"
    " union all select c.order_id, c.sales > coalesce(y.fen, 0) or c.refunds > coalesce(r.fen, 0)"
    "   + coalesce(m.fen, 0) from (select order_id, "
    CASH("'SALE', 'COLLECTED'") " as sales, -" CASH("'REFUND'") " as refunds from shift_cash c"
    "  where order_id <> 0 group by order_id) c"
    " left join (select order_id, sum(amount_fen) as fen from payment where method = 'CASH'"
    "  and (state in (" PNI_PAID_STATES ", 'COLLECTED', 'REFUNDED', 'DUP_REFUNDING')"
    "   or exists (select from offline_debt d where d.sk = payment.sk"
    "    and d.order_id = payment.order_id) or staff_id is not null) group by order_id) y"
    "  on y.order_id = c.order_id"
    " left join (select y.order_id, sum(g.amount_fen) as fen from refund_leg g join payment y"
    "  on y.sk = g.sk and y.id = g.payment_id and y.method = 'CASH'"
    "  where g.state = 'DONE' group by y.order_id) r on r.order_id = c.order_id"
    " left join (select order_id, sum(amount_fen) as fen from compensation where state = 'PAID'"
    "  and way = 'CASH' group by order_id) m on m.order_id = c.order_id");

/* ---- gift cards ---- */

/* Cards of a batch that was paid for, each as it was sold; taken back as it had been. */
PNI_PROOF(cards_sold,
    POSTED("GIFT_CARD_BATCH", "", PART,
        "select b.id, 'CARD_SOLD', x.name, 'CARD_LIABILITY', 0, x.fen * c.n from gift_card_batch b"
        " join (select batch_id, count(*) as n from gift_card group by batch_id) c"
        "  on c.batch_id = b.id cross join lateral (values ('BANK', b.price_fen),"
        "  ('SUBSIDY_EXPENSE', b.face_fen - b.price_fen)) x(name, fen)"
        " where b.activated_at is not null")
    " union all "
    POSTED("GIFT_CARD", "", PART,
        "select c.id, 'CARD_UNSOLD', 'CARD_LIABILITY', x.name, 0, x.fen from gift_card c"
        " join gift_card_batch b on b.id = c.batch_id cross join lateral (values"
        "  ('BANK', b.price_fen), ('SUBSIDY_EXPENSE', c.face_fen - b.price_fen)) x(name, fen)"
        " where c.state = 'REFUNDED'"));
/* What is owed on cards is what they have: an order has it before its card was told, a refund
 * after. */
PNI_PROOF(cards_owed, /* I30 */
    "select 0 as ref, (select coalesce(sum(credit_fen - debit_fen), 0) from ledger_account"
    "   where kind = 'CARD_LIABILITY') <> (select coalesce(sum(c.balance_fen), 0)"
    "   from gift_card c join gift_card_batch b on b.id = c.batch_id"
    "    and b.activated_at is not null)"
    "  - (select coalesce(sum(h.fen), 0) from gift_card_hold h join payment y"
    "    on y.id = h.payment_id and y.state in ('CAPTURED', 'SUCCESS') where h.state = 'HELD')"
    "  - (select coalesce(sum(x.fen), 0) from gift_card_txn x join refund_leg g"
    "    on g.out_request_no = x.ref and g.state not in ('DONE', 'BANK')"
    "    where x.kind = 'RETURN')"
    "  and not exists (select from outbox v where v.event = 'ledger.post'"
    "   and v.payload->>'rule' like 'CARD_%') as bad");

/* ---- discounts, and what refunds leave ---- */

#define LESS(from, by)                                                                             \
    "(select e.sk, " by " as id, sum(e.disc_fen - e.merch_fen - e.chan_fen)::bigint as plat,"      \
    "  sum(e.chan_fen)::bigint as chan, sum(e.points_fen)::bigint as points,"                      \
    "  max(c.channel_id) as channel from " from                                                    \
    "  left join channel_order c on c.sk = e.sk and c.order_id = e.order_id group by e.sk, " by ")"
/* A discount of a channel that is none of ours is our own. */
#define BORNE                                                                                      \
    "(values ('SUBSIDY_EXPENSE', e.plat + case when e.channel is null then e.chan else 0 end),"    \
    "  ('CHANNEL_RECEIVABLE', case when e.channel is null then 0 else e.chan end),"                \
    "  ('POINTS_LIABILITY', e.points)) x(name, fen)"
#define UNPAID                                                                                     \
    "'PENDING_PAY', 'OFFLINE_DRAFT', 'OFFLINE_COLLECTED', 'CLOSED', 'DIST_LOCKED',"                \
    " 'DIST_RELEASED', 'GRAB_PENDING_AUTH', 'GRAB_WAITING', 'GRAB_FAILED', 'GRAB_CANCELLED',"      \
    " 'CHANNEL_REJECTED'"
#define GIVEN                                                                                      \
    " and a.kind in ('SUBSIDY_EXPENSE', 'CHANNEL_RECEIVABLE', 'POINTS_LIABILITY')"
PNI_PROOF(discounts, /* I07: whoever bears one paid it in, and has it back with a refund */
    "select d.ref, d.bad and not " UNTOLD("'order.paid', 'order.group_paid', 'dist.issued'",
    "d.ref") " as bad from ("
    POSTED("ORDER", " and t.step = 'DISCOUNT'" GIVEN, "a.kind",
        "select o.id, 'DISCOUNT', x.name, null, e.channel, x.fen from orders o"
        " join ledger_book k on k.id = 1 join "
        LESS("order_seat e", "e.order_id") " e on e.sk = o.sk and e.id = o.id cross join lateral "
        BORNE " where x.fen <> 0 and (o.status not in (" UNPAID ") and o.paid_at >= k.started_at"
        "  and not exists (select from refund r where r.sk = o.sk and r.order_id = o.id"
        "   and r.reason = 'LATE_PAID')" /* it bought nothing */
        "  or exists (select from offline_debt d where d.sk = o.sk and d.order_id = o.id"
        "   and d.booked))" NOT_DIRECT("o"))
    ") d union all "
    POSTED("REFUND", " and t.step = 'OWED'" GIVEN, "a.kind",
        "select e.id, 'OWED', null, x.name, e.channel, x.fen from "
        LESS("refund r join ledger_book k on k.id = 1 and r.created_at >= k.started_at"
             " join order_seat e on e.sk = r.sk and e.order_id = r.order_id"
             " and e.no = any (r.seats) and r.state in ('PROCESSING', 'MANUAL', 'DONE')"
             NOT_DIRECT_OF("r"), "r.id")
        " e cross join lateral " BORNE " where x.fen <> 0"));
/* What the seller keeps of a refund's fee and what we do; of tickets that are nobody's a part stays
 * with the organiser's money. */
PNI_PROOF(refund_fees,
    "select r.id as ref, (coalesce(t.fen, 0) > e.fee or (e.sold and coalesce(t.fen, 0) <> e.fee))"
    "  and not " PNI_UNDER_WAY("'REFUND'", "r.id") " as bad"
    " from refund r join ledger_book k on k.id = 1 and r.created_at >= k.started_at"
    " join (select r.sk, r.id, sum(e.paid_fen - e.refund_fen) as fee,"
    "   bool_and(k.merchant_id is not null) as sold from refund r join order_seat e"
    "    on e.sk = r.sk and e.order_id = r.order_id and e.no = any (r.seats)"
    "   join order_item i on i.sk = e.sk and i.order_id = e.order_id and i.no = e.item_no"
    "   join stock k on k.sk = e.sk and k.lot_id = i.lot_id group by r.sk, r.id) e"
    "  on e.sk = r.sk and e.id = r.id"
    " left join (select t.biz_id, sum(t.amount_fen) as fen from ledger_transfer t"
    "   join ledger_account a on a.sk = t.sk and a.id = t.credit_id"
    "   where t.biz_kind = 'REFUND' and ((t.step = 'OWED' and a.kind = 'FEE_INCOME')"
    "    or (t.step like 'FEE-%' and a.kind = 'PENDING')) group by t.biz_id) t on t.biz_id = r.id"
    " where r.state in ('PROCESSING', 'MANUAL', 'DONE')" NOT_DIRECT_OF("r"));
/* Refunded after it was earned: every seller gave back what its line says, of whatever pocket. */
PNI_PROOF(earned_back,
    "select coalesce(l.order_id, t.order_id) as ref, coalesce(l.fen, 0) <> coalesce(t.fen, 0)"
    "  and not exists (select from outbox v where v.event = 'ledger.post'"
    "   and v.payload->>'rule' = 'REFUND_SETTLED'"
    "   and (v.payload->>'merchant')::bigint = coalesce(l.merchant_id, t.merchant_id)) as bad"
    " from (select order_id, merchant_id, sum(back_fen) as fen from settle_line"
    "  where kind in ('ORDER', 'SHARE') group by 1, 2) l full join ("
    "  select y.order_id, y.merchant_id, sum(y.fen) as fen from (select r.order_id,"
    "    split_part(t.step, '-', 2)::bigint as merchant_id, case when t.credit_id = a.id"
    "     then t.amount_fen else -t.amount_fen end as fen"
    "   from ledger_transfer t join ledger_account a on a.sk = t.sk and a.kind = 'ESCROW'"
    "    and a.id in (t.debit_id, t.credit_id) join refund r on r.sk = t.sk and r.id = t.biz_id"
    "   where t.biz_kind = 'REFUND' and t.step like 'SETTLED-%'"
    /* out of an offer's deposit, which is a document of its own */
    "   union all select r.order_id, o.merchant_id, -d.delta_fen from listing_deposit d"
    "   join refund r on r.id = d.biz_id join listing o on o.sk = d.sk and o.id = d.listing_id"
    "   where d.biz_kind = 'REFUND') y group by 1, 2) t"
    "  on t.order_id = l.order_id and t.merchant_id = l.merchant_id");

/* ---- attended first ---- */

/* Deducted, paid by bank, given up, found after all; and nothing is owed once it is over. */
#define OWED                                                                                       \
    "(select coalesce(y.biz_id, g.payment_id) as id, sum(case when a.id = t.debit_id"              \
    "   then t.amount_fen else -t.amount_fen end) as fen from ledger_account a"                    \
    "  join ledger_transfer t on t.sk = a.sk and a.id in (t.debit_id, t.credit_id)"                \
    "  left join lateral (select t.biz_id where t.biz_kind = 'PAYMENT') y on true"                 \
    "  left join refund_leg g on t.biz_kind = 'REFUND' and g.sk = t.sk and g.refund_id = t.biz_id" \
    "   and t.step = 'PAID-' || g.no"                                                              \
    "  where a.kind = 'SFPL_RECEIVABLE' and t.biz_kind in ('PAYMENT', 'REFUND') group by 1)"
PNI_PROOF(deductions,
    POSTED("PAYMENT", " and t.step in ('SFPL_PAID', 'SFPL_FOUND')", PART,
        "select y.id, 'SFPL_PAID', 'CLEARING/' || c.via, 'SFPL_RECEIVABLE', 0, c.paid_fen"
        " from credit_due c join payment y on y.sk = c.sk and y.id = c.payment_id"
        " where y.state <> 'BAD_DEBT' union all"
        " select y.id, 'SFPL_FOUND', 'CLEARING/' || c.via, 'BAD_DEBT', 0, c.paid_fen"
        " from credit_due c join payment y on y.sk = c.sk and y.id = c.payment_id"
        " where y.state = 'BAD_DEBT' and c.paid_fen is not null")
    " union all select y.id, case when y.state in ('SUCCESS', 'BAD_DEBT', 'REFUNDED')"
    "   then coalesce(o.fen, 0) <> 0 else coalesce(o.fen, 0) <> y.amount_fen - coalesce((select"
    "   sum(g.amount_fen) from refund_leg g where g.sk = y.sk and g.payment_id = y.id"
    "    and g.state in ('DONE', 'BANK')), 0) end"
    "  and not " PNI_UNDER_WAY("'PAYMENT'", "y.id")
    "  and not exists (select from outbox v where v.event = 'ledger.post'"
    "   and v.payload->>'rule' = 'SFPL_BACK')"
    " from payment y join credit_due c on c.sk = y.sk and c.payment_id = y.id"
    " left join " OWED " o on o.id = y.id where y.method = 'SFPL' and y.state in ("
    PNI_PAID_STATES ", 'REFUNDED')");

/* ---- channels, organisers, providers ---- */

#define MOVED(biz, rules)                                                                          \
    POSTED(biz, " and t.step in (" rules ")", "a.kind",                                            \
        "select m.ref, x.step, x.debit, x.credit, m.channel_id, abs(m.amount_fen)"                 \
        " from channel_move m join ledger_book k on k.id = 1 and m.at >= k.started_at"             \
        " join (values ('CHANNEL_MOVE', 'TOPUP', 'AGENT_TOPUP', 'BANK', 'AGENT_PREPAID'),"         \
        "  ('CHANNEL_MOVE', 'PAYOUT', 'AGENT_PAYOUT', 'AGENT_PREPAID', 'BANK'),"                   \
        "  ('CHANNEL_MOVE', 'RECEIVED', 'CHANNEL_PAID', 'BANK', 'CHANNEL_RECEIVABLE'),"            \
        "  ('ORDER', 'ORDER', 'AGENT_ORDER', 'AGENT_PREPAID', 'ESCROW'),"                          \
        "  ('REFUND', 'REFUND', 'AGENT_BACK', 'REFUND_PAYABLE', 'AGENT_PREPAID'),"                 \
        "  ('ORDER', 'ORDER', 'CHANNEL_ORDER', 'CHANNEL_RECEIVABLE', 'ESCROW'),"                   \
        "  ('REFUND', 'REFUND', 'CHANNEL_BACK', 'REFUND_PAYABLE', 'CHANNEL_RECEIVABLE'),"          \
        "  ('ORDER', 'SHARE', 'CHANNEL_SHARE', 'CHANNEL_COMMISSION', 'CHANNEL_RECEIVABLE'),"       \
        "  ('REFUND', 'SHARE_BACK', 'CHANNEL_SHARE', 'CHANNEL_RECEIVABLE', 'CHANNEL_COMMISSION'))" \
        "  x(biz, kind, step, debit, credit) on x.kind = m.kind and x.biz = '" biz "'"             \
        "  and (x.step like 'AGENT%') = (m.book = 'PREPAID')")
PNI_PROOF(channel_books,
    MOVED("CHANNEL_MOVE", "'AGENT_TOPUP', 'AGENT_PAYOUT', 'CHANNEL_PAID'")
    " union all " MOVED("ORDER", "'AGENT_ORDER', 'CHANNEL_ORDER', 'CHANNEL_SHARE'")
    " union all " MOVED("REFUND", "'AGENT_BACK', 'CHANNEL_BACK', 'CHANNEL_SHARE'"));
/* A rebate is its moves, and all counts of a month are the bracket of the last one. */
PNI_PROOF(channel_rebates,
    POSTED("CHANNEL_REBATE", "", "a.kind",
        "select ref, case kind when 'REBATE' then 'REBATE_AGENT' else 'REBATE_CHANNEL' end,"
        " 'REBATE_EXPENSE', case kind when 'REBATE' then 'AGENT_PREPAID' else 'CHANNEL_RECEIVABLE'"
        "  end, channel_id, case kind when 'REBATE' then amount_fen else -amount_fen end"
        " from channel_move where kind in ('REBATE', 'REBATE_DUE')")
    " union all select coalesce(r.id, m.ref), r.fen is distinct from m.fen from (select id,"
    "   amount_fen as fen from channel_rebate where state = 'POSTED') r full join (select ref,"
    "   sum(case kind when 'REBATE' then amount_fen else -amount_fen end)::bigint as fen"
    "   from channel_move where kind in ('REBATE', 'REBATE_DUE') group by ref) m on m.ref = r.id"
    " union all select max(r.id), sum(r.amount_fen) <> (array_agg((r.base_fen * r.bp + 5000)"
    "   / 10000 order by r.no desc))[1] from channel_rebate r group by r.channel_id, r.month");
/* A sale knows the terms of its fee, each refund takes off that of what went back. */
PNI_PROOF(direct_books, /* I39 */
    POSTED("DIRECT", " and t.step <> 'DIRECT_SALE'", "a.kind",
        "select g.refund_id, 'BACK-' || g.no, 'DIRECT_SALES', 'DIRECT_CASH', y.payee_id,"
        " g.amount_fen from refund_leg g join payment y on y.sk = g.sk and y.id = g.payment_id"
        " where y.method in " PNI_THEIRS " and g.state in ('DONE', 'BANK')"
        " union all select ref, case kind when 'SALE' then 'DIRECT_FEE' else 'FEE_BACK-' || no end,"
        "  'FEE_RECEIVABLE', 'FEE_INCOME', organiser_id, fee_fen from organiser_fee")
    " union all select coalesce(y.id, f.id), (y.payee_id, y.order_id, y.received_fen)"
    "  is distinct from (f.organiser_id, f.order_id, f.paid_fen) from (select * from payment"
    "   where method in " PNI_THEIRS " and state = 'SUCCESS') y full join (select *"
    "   from organiser_fee where kind = 'SALE') f on f.sk = y.sk and f.id = y.id"
    " union all select coalesce(g.refund_id, f.ref), g.amount_fen is distinct from -f.paid_fen"
    "  from (select g.* from refund_leg g join organiser_fee s on s.sk = g.sk"
    "    and s.id = g.payment_id where g.state in ('DONE', 'BANK')) g"
    "  full join (select * from organiser_fee where kind = 'REFUND') f"
    "   on f.sk = g.sk and f.ref = g.refund_id and f.no = g.no"
    " union all select f.id, f.fee_fen <> case f.kind when 'SALE' then f.fee_fixed_fen else 0 end"
    "  + (f.stays * f.fee_bp + 5000) / 10000 - ((f.stays - f.paid_fen) * f.fee_bp + 5000) / 10000"
    "  from (select f.*, sum(f.paid_fen) over (partition by f.sk, f.payment_id order by f.at,"
    "   f.kind <> 'SALE', f.id)::bigint as stays from organiser_fee f) f");
/* What organisers paid: by bank, kept back, out of the wallet. */
#define STEP(f)                                                                                    \
    "case " f ".kind when 'BANK' then 'ORGANISER_FEE' when 'BATCH' then 'SETTLEMENT'"              \
    " else 'FEE_INVOICE' end"
PNI_PROOF(fee_payments,
    POSTED("FEE_INVOICE", " and a.kind <> 'FEE_RECEIVABLE'",
        "case a.kind when 'DEBT' then 'AVAILABLE' else a.kind end",
        "select x.ref, 'FEE_OVERDUE', 'AVAILABLE', null, g.merchant_id, x.amount_fen"
        " from organiser_payment x join organiser g on g.id = x.organiser_id"
        " where x.kind = 'WALLET'")
    " union all select coalesce(x.ref, t.biz_id), (x.amount_fen is distinct from t.fen"
    "   or x.organiser_id <> t.owner) and not " PNI_UNDER_WAY(STEP("x"), "x.ref")
    "  from organiser_payment x full join (select t.biz_kind, t.biz_id, max(a.owner) as owner,"
    "   sum(t.amount_fen)::bigint as fen from ledger_transfer t join ledger_account a"
    "    on a.sk = t.sk and a.id = t.credit_id and a.kind = 'FEE_RECEIVABLE'"
    "   where t.biz_kind in ('ORGANISER_FEE', 'SETTLEMENT', 'FEE_INVOICE') group by 1, 2) t"
    "  on t.biz_id = x.ref and t.biz_kind = " STEP("x"));
/* An invoice is the fees of its month, and what is paid of it follows from all that was paid. */
PNI_PROOF(fee_invoices,
    "select i.id as ref, (i.sales_n, i.sales_fen, i.sales_fee_fen, i.refunds_n, i.refunds_fen,"
    "   i.refunds_fee_fen) is distinct from (x.sales_n, x.sales, x.fees, x.refunds_n, x.refunds,"
    "   x.back) or (i.state = 'PAID') <> (i.paid_fen >= i.amount_fen) as bad from fee_invoice i"
    " cross join lateral (select count(*) filter (where f.kind = 'SALE') as sales_n,"
    "   coalesce(sum(f.paid_fen) filter (where f.kind = 'SALE'), 0) as sales,"
    "   coalesce(sum(f.fee_fen) filter (where f.kind = 'SALE'), 0) as fees,"
    "   count(*) filter (where f.kind = 'REFUND') as refunds_n,"
    "   coalesce(sum(f.paid_fen) filter (where f.kind = 'REFUND'), 0) as refunds,"
    "   coalesce(sum(f.fee_fen) filter (where f.kind = 'REFUND'), 0) as back from organiser_fee f"
    "  where f.organiser_id = i.organiser_id and f.at >= i.month::timestamp at time zone"
    "    'Asia/Shanghai' and f.at < (i.month + interval '1 month') at time zone 'Asia/Shanghai') x"
    " union all select i.organiser_id, sum(i.paid_fen) <> least(sum(greatest(i.amount_fen, 0)),"
    "   (select coalesce(sum(x.amount_fen), 0) from organiser_payment x"
    "    where x.organiser_id = i.organiser_id) - sum(least(i.amount_fen, 0)))"
    "  from fee_invoice i group by i.organiser_id");
PNI_PROOF(payouts,
    POSTED("BILL", "", PART,
        "select b.id, 'PROVIDER_PAID', x.name, 'CLEARING/' || b.method, 0, x.fen from bill b"
        " cross join lateral (values ('BANK', b.pay_fen - b.refund_fen - b.fee_fen),"
        "  ('PROVIDER_FEE', b.fee_fen)) x(name, fen) where b.payout_ref is not null"));
/* A slip is cleared by one line of the bank, which says what its slips come to. */
PNI_PROOF(slips,
    "select s.payment_id as ref, b.id is null or b.type <> 'SLIP' or b.state = 'DROPPED'"
    "  or s.method <> 'SLIP' or y.state <> 'SUCCESS' as bad from payment_slip s"
    "  left join bill b on b.id = s.bill_id left join payment y on y.id = s.payment_id"
    "  where s.bill_id is not null"
    " union all select b.id, b.our_pay_fen <> coalesce(sum(y.received_fen), 0)"
    "   or b.lines_n <> count(y.id) from bill b"
    "  left join payment_slip s on s.bill_id = b.id left join payment y on y.id = s.payment_id"
    "  where b.type = 'SLIP' group by b.sk, b.id, b.our_pay_fen, b.lines_n");
PNI_PROOF(recon_books,
    POSTED("RECON", "", PART,
        "select id, adjust_rule, case adjust_rule when 'RECON' then 'CLEARING/' || method"
        "  else 'BAD_DEBT' end, case adjust_rule when 'RECON' then 'SUSPENSE'"
        "  else 'CLEARING/' || method end, 0, adjust_fen from recon_diff"
        " where state = 'ADJUSTED' and adjust_rule in ('RECON', 'RECON_LOSS')"));
PNI_PROOF(adjustments,
    "select coalesce(j.id, t.biz_id) as ref, (j.debit_id, j.credit_id, j.amount_fen)"
    "  is distinct from (t.debit_id, t.credit_id, t.amount_fen) as bad"
    " from (select sk, id, debit_id, credit_id, amount_fen from ledger_adjustment"
    "  where state = 'APPROVED') j"
    " full join (select sk, biz_id, debit_id, credit_id, amount_fen from ledger_transfer"
    "  where biz_kind = 'ADJUSTMENT') t on t.sk = j.sk and t.biz_id = j.id");

/* Every posting is one of a document that some proof knows. */
PNI_PROOF(documents,
    "select t.biz_id as ref, t.biz_kind || ' ' || t.step !~ '^("
    "ADJUSTMENT APPROVED|BILL PROVIDER_PAID|CHANNEL_MOVE (AGENT_(TOPUP|PAYOUT)|CHANNEL_PAID)"
    "|CHANNEL_REBATE REBATE_(AGENT|CHANNEL)"
    "|COMPENSATION (OWED|PAID)|COUPON [A-Z]+-[0-9]+|DEPOSIT DEPOSIT(_BACK|_LOST)?"
    "|DIRECT (DIRECT_SALE|DIRECT_FEE|(FEE_)?BACK-[0-9]+)|FEE_INVOICE FEE_OVERDUE"
    "|GIFT_CARD CARD_UNSOLD"
    "|GIFT_CARD_BATCH CARD_SOLD|GUARANTEE GUARANTEE_BACK|OFFLINE_DEBT (OWED|PAID-[0-9]+|OFF)"
    "|OPENING [A-Z]+|ORDER (DISCOUNT|REST|AGENT_ORDER|CHANNEL_(ORDER|SHARE))"
    "|ORGANISER_FEE DIRECT_FEE_PAID|PAYMENT (CAPTURED|SFPL_(PAID|BANK|BAD|FOUND))"
    "|PENALTY (IMPOSED|REVERSED)|POINTS POINTS(_GONE)?|REBATE REBATE(_IN)?"
    "|RECHARGE (RECHARGE|GUARANTEE)_BANK|RECHARGE_ORDER (RECHARGE|UNASKED|GIVE_BACK|PAID_BACK)"
    "|RECON RECON(_LOSS)?|REFUND (OWED|PAID-[0-9]+|FEE-[0-9]+|SETTLED(-[0-9]+)?"
    "|AGENT_BACK|CHANNEL_(BACK|SHARE))|SETTLEMENT (SETTLE|CODE_BOUGHT)|SETTLE_LINE READY"
    "|SUPPLIER_MOVE SUPPLIER_(TOPUP|PAID)"
    "|SHIFT (FLOAT|(ADDED|DROPPED)-[0-9]+|OVER_SHORT|COUNTED)"
    "|WITHDRAWAL WITHDRAW(_PAID|_BACK)?)$' as bad from ledger_transfer t");
