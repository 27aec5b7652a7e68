/* SPDX-License-Identifier: Apache-2.0 */
/* check.c — the books proved. Each figure the product keeps (stock, money, counts, states) is
 * derived again from the rows it stands for, one statement a proof, so that each is a snapshot.
 * A new figure brings its proof: one SQL and one line in the table. */
#include "check.h"

#include <string.h>

#include "base/audit_int.h"
#include "base/policy_int.h"
#include "check_int.h"
#include "order/later_int.h"
#include "seating/claimed_int.h"

PN_TYPE(pni_proof_t, "check.proof", pni_proof, PN_COL(pni_proof, seen, N_("Rows")),
    PN_COL(pni_proof, drift, N_("Drift")), PN_COL(pni_proof, sample, N_("Sample")));
#define PROOF(var, rows)                                                                           \
    static const pn_sql var = {"check_" #var, NULL, &pni_proof_t,                                  \
        "select count(*) as seen, count(*) filter (where x.bad) as drift,"                         \
        " min(x.ref) filter (where x.bad)::text as sample from (" rows ") x", false}

/* Seats of each lot in these states. */
#define LOT_SEATS(states)                                                                          \
    "(select i.sk, i.lot_id, count(*) as n from order_seat g join order_item i"                    \
    " on i.sk = g.sk and i.order_id = g.order_id and i.no = g.item_no"                             \
    " where g.state in (" states ")"                                                               \
    " group by i.sk, i.lot_id)"
PROOF(stock_total,
    "select coalesce(s.lot_id, m.lot_id) as ref, s.qty_total is distinct from coalesce(m.n, 0)"
    "  as bad from stock s"
    " full join (select sk, lot_id, sum(delta) as n from stock_move group by sk, lot_id) m"
    "  on m.sk = s.sk and m.lot_id = s.lot_id");
PROOF(stock_locked,
    "select s.lot_id as ref, s.qty_locked <> coalesce(e.n, 0) as bad from stock s"
    " left join " LOT_SEATS("'HELD'") " e on e.sk = s.sk and e.lot_id = s.lot_id");
PROOF(stock_sold,
    "select s.lot_id as ref, s.qty_sold <> coalesce(e.n, 0) as bad from stock s"
    " left join " LOT_SEATS("'SOLD', 'REFUNDING'") " e"
    "  on e.sk = s.sk and e.lot_id = s.lot_id");
PROOF(capacity,
    "select s.id as ref, k.n > coalesce(nullif(s.approved_capacity, 0),"
    "  nullif(h.approved_capacity, 0), k.n) as bad from session s join show h on h.id = s.show_id"
    " join (select session_id, sum(qty_total) as n from stock"
    "  where merchant_id is null group by session_id) k"
    "  on k.session_id = s.id");
/* States that hold stock until a time, and their ends. */
#define HELD "'PENDING_PAY', 'OFFLINE_DRAFT', 'DIST_LOCKED'"
PROOF(holds,
    "select o.id as ref, o.status in (" HELD ") and not exists (select from order_due d"
    "   where d.sk = o.sk and d.due_at = o.hold_expires_at and o.id = any (d.orders))"
    "  or (o.status in (" HELD ") or c.order_id is not null) <> exists (select from order_seat e"
    "   where e.sk = o.sk and e.order_id = o.id and e.state = 'HELD') as bad"
    " from orders o left join grab_capture c on c.sk = o.sk and c.order_id = o.id");
/* A grab that found nothing (yet) has its money, but neither lines nor seats. */
#define GRAB_OPEN "'GRAB_PENDING_AUTH', 'GRAB_WAITING'"
#define GRAB_OVER "'GRAB_FAILED', 'GRAB_CANCELLED'"
PROOF(order_money, /* I06, I07 */
    "select o.id as ref, o.goods_fen <> coalesce(e.list, -1) or o.discount_fen <> e.disc"
    "  or o.goods_fen - o.discount_fen <> e.paid or o.goods_fen <> coalesce(i.goods, -1)"
    "  or o.qty <> e.n as bad from orders o"
    " left join (select sk, order_id, sum(list_fen) as list, sum(disc_fen + points_fen) as disc,"
    "   sum(paid_fen) as paid, count(*) as n from order_seat group by sk, order_id) e"
    "  on e.sk = o.sk and e.order_id = o.id"
    " left join (select sk, order_id, sum(qty * unit_fen) as goods from order_item"
    "  group by sk, order_id) i on i.sk = o.sk and i.order_id = o.id"
    " where o.status not in (" GRAB_OPEN ", " GRAB_OVER ")");
PROOF(order_paid,
    "select o.id as ref, o.paid_fen <> coalesce(y.n, 0) or case"
    "  when o.status in (" HELD ", 'CLOSED', 'OFFLINE_COLLECTED', 'GRAB_PENDING_AUTH',"
    "   'DIST_RELEASED') then o.paid_fen <> 0"
    "  when o.status in ('GRAB_WAITING', " GRAB_OVER ")"
    "   then o.paid_fen + o.held_fen > o.payable_fen"
    "  when o.kind = 'GRAB' then o.paid_fen < o.payable_fen" /* the rest goes back */
    "  when r.late > 0 then o.paid_fen <> r.late" /* all of it does, a part's as well */
    "  else o.paid_fen <> o.payable_fen + coalesce(r.n, 0) end as bad" /* so does what is less */
    " from orders o left join (select sk, order_id, sum(amount_fen) as n from payment"
    "  where state in (" PNI_PAID_STATES ") group by sk, order_id) y"
    "  on y.sk = o.sk and y.order_id = o.id"
    " left join (select sk, order_id, sum(amount_fen) filter (where reason = 'REPLACED') as n,"
    "   sum(amount_fen) filter (where reason = 'LATE_PAID') as late from refund"
    "  where reason in ('REPLACED', 'LATE_PAID') group by sk, order_id) r"
    "  on r.sk = o.sk and r.order_id = o.id");
PROOF(order_refunded,
    "select o.id as ref, o.refunded_fen <> coalesce(r.done, 0)"
    "  or coalesce(r.owed, 0) < coalesce(e.n, 0) or coalesce(r.owed, 0) > coalesce(e.n, 0)"
    "   + o.delivery_fen + o.service_fen + coalesce(r.late, 0) as bad from orders o"
    " left join (select sk, order_id, sum(amount_fen) filter (where state = 'DONE') as done,"
    "   sum(amount_fen) filter (where state in ('PROCESSING', 'MANUAL', 'DONE')) as owed,"
    "   sum(amount_fen) filter (where reason in ('LATE_PAID',"
    "    'GRAB', 'REPLACED')) as late"
    "  from refund where reason not in ('DUPLICATE', 'MISMATCH') group by sk, order_id) r"
    "  on r.sk = o.sk and r.order_id = o.id"
    " left join (select sk, order_id, sum(refund_fen) as n from order_seat"
    "  where state = 'REFUNDED' group by sk, order_id) e on e.sk = o.sk and e.order_id = o.id");
PROOF(refund_legs, /* I11 */
    "select r.id as ref, coalesce(g.n, 0) <> r.amount_fen"
    "  or (r.state = 'DONE' and coalesce(g.open, 0) > 0) as bad from refund r"
    " left join (select sk, refund_id, sum(amount_fen) as n,"
    "   count(*) filter (where state not in ('DONE', 'BANK')) as open from refund_leg"
    "   group by sk, refund_id) g"
    "  on g.sk = r.sk and g.refund_id = r.id"
    " where r.state in ('PROCESSING', 'MANUAL', 'DONE')");
PROOF(payment_returns, /* I11 */
    "select y.id as ref, g.n > y.received_fen as bad from payment y"
    " join (select sk, payment_id, sum(amount_fen) as n from refund_leg group by sk, payment_id) g"
    "  on g.sk = y.sk and g.payment_id = y.id");
PROOF(payment_notices, /* I12 */
    "select y.id as ref, y.provider_no is null or (select count(*) from payment_notice n"
    "   where n.sk = y.sk and n.payment_id = y.id"
    "    and n.result in ('APPLIED', 'LATE_APPLIED', 'LATE_REPLACED', 'LATE_REFUND')) <> 1 as bad"
    " from payment y where y.state = 'SUCCESS' and y.method not in ('CASH', 'TRANSFER', 'SLIP',"
    "  'PREPAID', 'CHANNEL', 'PROXY_PAY', 'SFPL')");
/* Money that nobody paid, where it counts as none. */
PROOF(simulated,
    "select y.id as ref, s.allowed <> 1 as bad from payment y,"
    " (select " PNI_POLICY("payment.simulated") " as allowed) s"
    " where y.method in ('SIMULATED', 'SIMULATED_AUTH')"
    "  and y.state not in ('CREATED', 'PENDING', 'CLOSED', 'RELEASED')");
PROOF(tenders, /* I13 */
    "select o.id as ref, o.held_fen <> coalesce(y.n, 0) as bad from orders o"
    " left join (select sk, order_id, sum(amount_fen) as n from payment"
    "  where state = 'AUTHORISED' group by sk, order_id) y on y.sk = o.sk and y.order_id = o.id"
    /* nothing is frozen for ever: somebody is to ask */
    " union all select y.id, not exists (select from payment_due q where q.sk = y.sk"
    "  and q.payment_id = y.id) from payment y where y.state = 'AUTHORISED'");
PROOF(gift_cards, /* I30 */
    "select c.id as ref, c.balance_fen <> c.face_fen - coalesce(t.used, 0)"
    "  or c.held_fen <> coalesce(h.n, 0) as bad from gift_card c"
    " left join (select sk, card_id, sum(case kind when 'RETURN' then -fen else fen end) as used"
    "  from gift_card_txn group by sk, card_id) t on t.sk = c.sk and t.card_id = c.id"
    " left join (select sk, card_id, sum(fen) as n from gift_card_hold where state = 'HELD'"
    "  group by sk, card_id) h on h.sk = c.sk and h.card_id = c.id");
PROOF(seat_tickets,
    "select e.order_id as ref, count(t.id) <> case when e.state in ('SOLD', 'REFUNDING')"
    "  then 1 else 0 end as bad from order_seat e"
    " join orders o on o.sk = e.sk and o.id = e.order_id"
    "  and o.status not in ('PAID', 'GROUP_WAITING', 'OFFLINE_COLLECTED')"
    "  and not (o.status = 'REFUNDING' and exists (select from refund r where r.sk = o.sk"
    "   and r.order_id = o.id and r.from_status in ('PAID', 'GROUP_WAITING',"
    "    'OFFLINE_COLLECTED')))"
    " left join ticket t on t.sk = e.sk and t.order_id = e.order_id and t.seat_no = e.no"
    "  and t.state <> 'VOIDED' group by e.sk, e.order_id, e.no, e.state");
PROOF(groups, /* I28 */
    "select g.id as ref, g.paid <> (select count(*) from group_member m where m.sk = g.sk"
    "   and m.group_id = g.id and m.state = 'PAID')"
    "  or (g.state = 'SUCCESS') <> (g.paid + g.vacant = g.size)"
    "  or (g.vacant > 0 and (g.state <> 'SUCCESS' or not exists (select from group_activity a"
    "   where a.sk = g.sk and a.id = g.activity_id and a.fill_vacant)))"
    "  or exists (select from group_member m join orders o on o.sk = m.sk and o.id = m.order_id"
    "   where m.sk = g.sk and m.group_id = g.id and m.state = 'PAID'"
    "    and (g.state = 'OPEN') <> (o.status = 'GROUP_WAITING')) as bad from group_buy g");
PROOF(grabs,
    "select g.order_id as ref, (g.waiting or c.order_id is not null) <> (o.status = 'GRAB_WAITING')"
    "  or (g.waiting and c.order_id is not null) or c.payable_fen > o.paid_fen + o.held_fen"
    "  or g.open <> (o.status in (" GRAB_OPEN ")) or (g.waiting and o.paid_fen + o.held_fen <"
    "   g.cap_fen * g.qty + o.delivery_fen) or exists (select from order_item i"
    "   where i.sk = g.sk and i.order_id = g.order_id and i.unit_fen > g.cap_fen) as bad"
    " from grab_request g join orders o on o.sk = g.sk and o.id = g.order_id"
    " left join grab_capture c on c.sk = g.sk and c.order_id = g.order_id");
PROOF(grab_limits,
    "select b.sk::bigint as ref, b.open_n <> coalesce(g.n, 0) as bad from grab_buyer b"
    " left join (select buyer, count(*) as n from grab_request where open group by buyer) g"
    "  on g.buyer = b.buyer");
PROOF(collected,
    "select o.id as ref, (o.status = 'OFFLINE_COLLECTED') <> exists (select from payment y"
    "  where y.sk = o.sk and y.order_id = o.id and y.state = 'COLLECTED') as bad from orders o"
    " where o.kind = 'OFFLINE'");
PROOF(ticket_entries, /* I33 */
    "select t.id as ref, t.entry_count <> coalesce(v.n, 0) as bad from ticket t"
    " left join (select sk, ticket_id, count(*) filter (where event in ('VERIFIED', 'OVERRIDE'))"
    "   - count(*) filter (where event = 'REVERSED') as n from ticket_event"
    "  group by sk, ticket_id) v on v.sk = t.sk and v.ticket_id = t.id"
    " where t.entry_count > 0 or v.n > 0");
PROOF(real_names, /* I35 */
    "select e.order_id as ref,"
    "  (e.state in ('HELD', 'SOLD', 'REFUNDING')) <> (d.seat_no is not null) as bad"
    " from order_seat e join orders o on o.sk = e.sk and o.id = e.order_id"
    " left join session_doc d on d.sk = e.sk and d.session_id = o.session_id"
    "  and d.doc_hash = e.doc_hash and d.order_id = e.order_id and d.seat_no = e.no"
    " where e.doc_hash is not null");
PROOF(buyer_counts, /* I14 */
    "select b.session_id as ref, b.qty <> coalesce(n.n, 0) as bad from buyer_count b"
    " left join (select o.sk, o.session_id, i.key, count(*) as n from orders o"
    "  join order_seat e on e.sk = o.sk and e.order_id = o.id"
    "   and e.state in ('HELD', 'SOLD', 'REFUNDING') cross join unnest(o.limit_keys) i(key)"
    "  group by o.sk, o.session_id, i.key) n"
    "  on n.sk = b.sk and n.session_id = b.session_id and n.key = b.buyer");
#define BITS(mask) "length(replace((" mask ")::bit(64)::text, '0', ''))"
PROOF(seat_counts,
    "select k.lot_id as ref, (k.qty_total, k.qty_held, k.qty_locked, k.qty_sold) is distinct from"
    "  (coalesce(b.total, 0), coalesce(b.held, 0), coalesce(b.busy, 0), coalesce(b.sold, 0)) as bad"
    " from stock k left join (select sk, lot_id, sum(" BITS("mask") ") as total,"
    "   sum(" BITS("held") ") as held, sum(" BITS("busy") ") as busy, sum(" BITS("sold") ") as sold"
    "  from seat_block group by sk, lot_id) b on b.sk = k.sk and b.lot_id = k.lot_id"
    " where k.seat_stamp <> 0 and (k.lot_id = k.tier_id or b.lot_id is not null)");
PROOF(seat_orders, /* I02 */
    "select b.id as ref, b.busy <> coalesce(e.busy, 0) or b.sold <> coalesce(e.sold, 0)"
    "  or " BITS("b.busy") " + " BITS("b.sold") " <> coalesce(e.n, 0) as bad from seat_block b"
    " left join (select sk, seat_block, count(*) as n,"
    "   bit_or(1::bigint << seat_bit::int) filter (where state = 'HELD') as busy,"
    "   bit_or(1::bigint << seat_bit::int) filter (where state <> 'HELD') as sold"
    "  from order_seat where seat_block is not null and state in ('HELD', 'SOLD', 'REFUNDING')"
    "  group by sk, seat_block) e on e.sk = b.sk and e.seat_block = b.id");
PROOF(seat_holds,
    "select b.id as ref, b.held <> coalesce(q.seats, 0)"
    "  or " BITS("b.held") " <> coalesce(q.n, 0) as bad from seat_block b"
    " left join (select q.sk, q.block_id, bit_or(q.seats) as seats, sum(q.qty) as n"
    "  from seat_hold_part q join seat_hold h on h.sk = q.sk and h.id = q.hold_id"
    "   and h.state = 'ACTIVE' group by q.sk, q.block_id) q"
    "  on q.sk = b.sk and q.block_id = b.id"
    " union all select h.id, h.qty <> coalesce(q.n, 0) from seat_hold h"
    "  left join (select sk, hold_id, sum(qty) as n from seat_hold_part group by sk, hold_id) q"
    "   on q.sk = h.sk and q.hold_id = h.id where h.state = 'ACTIVE'");
PROOF(withheld, /* I05 */
    "select s.id as ref, coalesce(x.n, 0) * 10000 > " PNI_POLICY("seating.hold_max_bp")
    "  * coalesce(nullif(s.approved_capacity, 0), nullif(h.approved_capacity, 0),"
    "   nullif(r.capacity, 0)) as bad from session s join show h on h.id = s.show_id and h.is_large"
    " join hall r on r.id = s.hall_id left join (select session_id, sum(qty) as n from seat_hold"
    "  where state = 'ACTIVE' and kind in ('ORGANISER', 'HOUSE', 'GIFT', 'WORK')"
    "   and (expires_at > :now or expires_at is null) group by session_id) x"
    "  on x.session_id = s.id");
/* The log is a walk over the states: each is entered as often as it is left, but for the last. That
 * needs no order of the rows, and none is to be had: two processes give ids from blocks of their
 * own, and a unit that waited for a lock writes an earlier time than the one it waited for. */
PROOF(order_states,
    "select o.id as ref, w.ends is distinct from o.status || ' 1' as bad from orders o left join ("
    "  select v.sk, v.ref, string_agg(v.state || ' ' || v.n, ',') as ends from ("
    "   select l.sk, l.ref, e.state, sum(e.n) as n from state_log l,"
    "    lateral (values (l.to_state, 1), (l.from_state, -1)) e(state, n)"
    "    where l.noun = 'order' and e.state is not null group by l.sk, l.ref, e.state) v"
    "   where v.n <> 0 group by v.sk, v.ref) w on w.sk = o.sk and w.ref = o.id");
/* Prices, like states, are a walk: see order_states. */
PROOF(listings,
    "select l.id as ref, k.lot_id is null or k.merchant_id <> l.merchant_id"
    "  or k.tier_id <> l.tier_id or k.session_id <> l.session_id"
    "  or x.ends is distinct from l.ask_fen || '/' || l.sale_fen || '/' || l.settle_fen || ' 1'"
    "  as bad from listing l left join stock k on k.sk = l.sk and k.lot_id = l.id"
    " left join lateral (select string_agg(w.price || ' ' || w.n, ',') as ends from"
    "  (select e.price, sum(e.n) as n from price_history h, lateral (values"
    "    (h.ask_fen || '/' || h.sale_fen || '/' || h.settle_fen, 1),"
    "    (h.ask_before_fen || '/' || h.sale_before_fen || '/' || h.settle_before_fen, -1))"
    "    e(price, n) where h.sk = l.sk and h.listing_id = l.id and e.price is not null"
    "   group by e.price) w where w.n <> 0) x on true");
PROOF(listing_deposits, /* I41 */
    "select l.id as ref, l.deposit_quota_fen <> coalesce(d.n, 0)"
    "  or (l.state = 'LIVE' and l.deposit_quota_fen < l.deposit_need_fen) as bad from listing l"
    " left join (select sk, listing_id, sum(delta_fen) as n from listing_deposit"
    "  group by sk, listing_id) d on d.sk = l.sk and d.listing_id = l.id");
/* Nor is one for sale at its organiser's too (I02). */
PROOF(seat_claims, /* I03 */
    "select l.id as ref, coalesce(c.n, 0) <> k.qty_total as bad from listing l"
    " join stock k on k.sk = l.sk and k.lot_id = l.id"
    " left join (select sk, listing_id, count(*) as n from seat_claim group by sk, listing_id) c"
    "  on c.sk = l.sk and c.listing_id = l.id where l.seat_mode = 'SEAT'"
    " and l.state not in ('DRAFT', 'EXPIRED', 'WITHDRAWN')"
    " union all select c.listing_id, (b.mask & ~(b.held | b.sold)) >> (i - 1) & 1 = 1"
    "  from seat_claim c join session s on s.id = c.session_id and s.status <> 'CANCELLED'"
    "  join seat_block b on b.sk = c.sk and b.session_id = c.session_id"
    "   and b.plan_row_id is not null and " PNI_KEY_ROW("c.seat_key", "b")
    "  cross join generate_subscripts(b.labels, 1) i"
    "  where " PNI_KEY_SEAT("c.seat_key", "b.labels[i]") " and " PNI_CLAIM_LIVES("c"));
PROOF(agency_quotas,
    "select q.tier_id as ref, q.used <> coalesce(r.n, 0) as bad from agency_quota q"
    " left join (select sk, source_id, tier_id, sum(qty) as n from order_reserve"
    "  where source = 'AGENCY' group by sk, source_id, tier_id) r"
    "  on r.sk = q.sk and r.source_id = q.agency_id and r.tier_id = q.tier_id");
/* More may be withheld for other reasons. */
PROOF(promised,
    "select k.lot_id as ref, k.qty_held < x.n as bad from stock k"
    " join (select y.sk, y.tier_id, sum(y.n) as n from (select sk, tier_id, total - used as n"
    "   from agency_quota where dedicated union all select sk, tier_id, stock - taken from seckill"
    "   where state in ('WARMUP', 'RUNNING', 'SOLD_OUT')) y group by y.sk, y.tier_id) x"
    "  on x.sk = k.sk and x.tier_id = k.lot_id");
PROOF(channel_numbers, /* I31 */
    "select r.id as ref, d.target_id is distinct from r.id as bad from intake_row r"
    " left join channel_ext d on d.sk = r.sk and d.channel_id = r.channel_id"
    "  and d.ext_no = r.ext_no");
PROOF(activities, /* I27 */
    "select a.id as ref, a.taken <> coalesce(r.n, 0) or a.taken > a.stock"
    "  or a.offered <> (select count(*) from seckill_wait w where w.sk = a.sk"
    "   and w.seckill_id = a.id and w.state = 'OFFERED') as bad from seckill a"
    " left join (select sk, source_id, sum(qty) as n from order_reserve where source = 'SECKILL'"
    "  group by sk, source_id) r on r.sk = a.sk and r.source_id = a.id");
PROOF(budgets, /* I26, and what campaigns set aside */
    "select b.id as ref, b.reserved_fen <> coalesce(d.reserved, 0)"
    "  or b.spent_fen <> coalesce(d.spent, 0) as bad from campaign_budget b"
    " left join (select source_id, sum(fen) filter (where state = 'RESERVED') as reserved,"
    "   sum(fen) filter (where state = 'SPENT') as spent from order_draw"
    "  where source = 'BUDGET' group by source_id) d on d.source_id = b.id"
    " union all select c.coupon_id, not exists (select from order_draw d where d.source = 'COUPON'"
    "   and d.source_id = c.coupon_id and d.order_id = c.order_id"
    "   and d.state = case c.state when 'USED' then 'SPENT' else 'RESERVED' end)"
    "  from coupon_lock c");
PROOF(orphans,
    "select c.ref, c.bad from (select l.order_id as ref, o.id is null as bad from order_seat l"
    "  left join orders o on o.sk = l.sk and o.id = l.order_id"
    " union all select i.order_id, o.id is null from order_item i"
    "  left join orders o on o.sk = i.sk and o.id = i.order_id"
    " union all select y.id, o.id is null from payment y"
    "  left join orders o on o.sk = y.sk and o.id = y.order_id"
    " union all select r.id, o.id is null from refund r"
    "  left join orders o on o.sk = r.sk and o.id = r.order_id"
    " union all select t.id, o.id is null from ticket t"
    "  left join orders o on o.sk = t.sk and o.id = t.order_id where t.order_id is not null) c");

static const struct {
    const char *name, *what;
    const pn_sql *sql; /* NULL: the audit chain, proved in code */
} checks[] = {
    {"stock_total", N_("Stock is the sum of its moves"), &stock_total},
    {"stock_locked", N_("Locked stock is held by unpaid orders"), &stock_locked},
    {"stock_sold", N_("Sold stock is seats sold"), &stock_sold},
    {"capacity", N_("No session has more tickets than approved"), &capacity},
    {"holds", N_("Every unpaid order holds stock until a time"), &holds},
    {"order_money", N_("An order's amounts are the sums of its seats and lines"), &order_money},
    {"order_paid", N_("Paid amounts are the payments received"), &order_paid},
    {"order_refunded", N_("Refunded amounts are the refunds made"), &order_refunded},
    {"refund_legs", N_("A refund is the sum of its legs"), &refund_legs},
    {"payment_returns", N_("No payment gave back more than it received"), &payment_returns},
    {"payment_notices", N_("Every provider payment was told exactly once"), &payment_notices},
    {"simulated", N_("No simulated payment is among real money"), &simulated},
    {"tenders", N_("What is frozen for orders is what their tenders say"), &tenders},
    {"gift_cards", N_("Gift cards have what was not used of them"), &gift_cards},
    {"seat_tickets", N_("Every sold seat has one live ticket, others none"), &seat_tickets},
    {"groups", N_("A group is complete exactly when its places are paid or vacant"), &groups},
    {"grabs", N_("Grabs wait with their money and never paid above their highest price"), &grabs},
    {"grab_limits", N_("Open grabs are counted for each buyer"), &grab_limits},
    {"collected", N_("Money that was collected waits for finance"), &collected},
    {"ticket_entries", N_("Entries are the tickets verified"), &ticket_entries},
    {"real_names", N_("Documents are bound to live seats only"), &real_names},
    {"buyer_counts", N_("Purchase counts are the buyers' live seats"), &buyer_counts},
    {"seat_counts", N_("Stock of numbered seats is the sum of their rows"), &seat_counts},
    {"seat_orders", N_("Every taken seat has one order, every order its seats"), &seat_orders},
    {"seat_holds", N_("Every held seat has one hold, every hold its seats"), &seat_holds},
    {"withheld", N_("No large show withholds more than it may"), &withheld},
    {"order_states", N_("Every order is in the state its log ends in"), &order_states},
    {"listings", N_("Every offer has its lot and the prices of its history"), &listings},
    {"listing_deposits", N_("Deposits of offers are the sums of their moves"), &listing_deposits},
    {"seat_claims", N_("Numbered seats on offer are claimed, once each"), &seat_claims},
    {"channel_accounts", N_("A channel's account is the sum of its moves"),
     &pni_check_channel_accounts},
    {"events", N_("No event is refused again and again, or waits for long"), &pni_check_events},
    {"ledger_accounts", N_("Every account is the sum of its transfers, within its limit"),
     &pni_check_ledger_accounts},
    {"ledger_shards", N_("Debits are credits in every shard"), &pni_check_ledger_shards},
    {"ledger_transit", N_("What left one shard arrived in another"), &pni_check_ledger_transit},
    {"ledger_payments", N_("Every payment is in the ledger"), &pni_check_ledger_payments},
    {"ledger_refunds", N_("Every refund is in the ledger"), &pni_check_ledger_refunds},
    {"ledger_direct", N_("What organisers took themselves is a memo and nothing else"),
     &pni_check_ledger_direct},
    {"ledger_deposits", N_("Every deposit of an offer is in the ledger"),
     &pni_check_ledger_deposits},
    {"settlements", N_("Settlements are the sums of their lines, posted once"),
     &pni_check_settlements},
    {"points", N_("Points of accounts are their moves"), &pni_check_points},
    {"point_moves", N_("Points spent are drawn by orders, the others booked"),
     &pni_check_point_moves},
    {"recharges", N_("What was paid into a wallet is in the ledger once"),
     &pni_check_recharges},
    {"penalties", N_("Penalties are in the ledger as they were taken"), &pni_check_penalties},
    {"guarantees", N_("Guarantees of closed accounts went back as they are booked"),
     &pni_check_guarantees},
    {"compensations", N_("Compensations are owed and paid in the ledger, penalties used once"),
     &pni_check_compensations},
    {"coupons", N_("Coupons are issued for compensations, once, and the books have the open ones"),
     &pni_check_coupons},
    {"offline_debts", N_("Collected money that is owed is in the ledger, and what came of it"),
     &pni_check_offline_debts},
    {"wallets", N_("What is frozen in a wallet is bound by something"), &pni_check_wallets},
    {"withdrawals", N_("Withdrawals are in the ledger as they were asked for, paid and given back"),
     &pni_check_withdrawals},
    {"rebates", N_("Rebates are in the ledger as they were posted"), &pni_check_rebates},
    {"suppliers", N_("What suppliers have of us and owe us is the sum of their moves"),
     &pni_check_suppliers},
    {"bank_lines", N_("Every line of the bank is booked once, as what it stands for"),
     &pni_check_bank_lines},
    {"settlement_books", N_("Settlements went from what is pending to wallet, debt and fee"),
     &pni_check_settlement_books},
    {"earned", N_("What orders earned is in the ledger: sellers, commission, delivery"),
     &pni_check_earned},
    {"shifts", N_("Drawers moved in the ledger as shifts say"), &pni_check_shifts},
    {"drawers", N_("What a shift was to have is its cash, which orders paid"), &pni_check_drawers},
    {"cards_sold", N_("Gift cards sold and taken back are in the ledger"), &pni_check_cards_sold},
    {"cards_owed", N_("What is owed on gift cards is what they have"), &pni_check_cards_owed},
    {"discounts", N_("Whoever bears a discount paid it in, and has it back with a refund"),
     &pni_check_discounts},
    {"refund_fees", N_("Fees of refunds went to seller and platform"), &pni_check_refund_fees},
    {"earned_back", N_("What sellers gave back for refunds is what their lines say"),
     &pni_check_earned_back},
    {"deductions", N_("What is deducted after the show is in the ledger, and nothing left owed"),
     &pni_check_deductions},
    {"channel_books", N_("Every move of a channel's account is in the ledger"),
     &pni_check_channel_books},
    {"channel_rebates", N_("Rebates of channels are in the ledger as they were counted and posted"),
     &pni_check_channel_rebates},
    {"direct_books", N_("Refunds and fees of organisers that collect themselves are in the ledger"),
     &pni_check_direct_books},
    {"fee_payments", N_("What organisers paid of fees is in the ledger"), &pni_check_fee_payments},
    {"fee_invoices", N_("Invoices of fees are the sales and refunds of their month, as paid"),
     &pni_check_fee_invoices},
    {"payouts", N_("What providers paid out is in the ledger as their bills say"),
     &pni_check_payouts},
    {"slips", N_("Slips are cleared once, by a line of the bank that counts them"),
     &pni_check_slips},
    {"recon_books", N_("Corrections of differences are in the ledger as they were approved"),
     &pni_check_recon_books},
    {"adjustments", N_("Corrections of the books are as they were approved"),
     &pni_check_adjustments},
    {"documents", N_("Every posting is of a document that is proved"), &pni_check_documents},
    {"ledger_days", N_("Closed days are as they were sealed"), &pni_check_ledger_days},
    {"ledger_balances", N_("Balances of closed days are the sums of their transfers"),
        &pni_check_ledger_balances},
    {"agency_quotas", N_("A distributor's quota is what its orders count"), &agency_quotas},
    {"promised", N_("What is promised to one buyer is withheld from others"), &promised},
    {"channel_numbers", N_("Every number of a channel was taken once"), &channel_numbers},
    {"activities", N_("An activity's tickets are taken by its orders"), &activities},
    {"budgets", N_("What campaigns set aside is drawn by orders, a coupon by one"), &budgets},
    {"orphans", N_("Nothing belongs to an order that does not exist"), &orphans},
    {"audit", N_("The audit trail is complete and unchanged"), NULL},
};
enum { CHECKS = sizeof checks / sizeof *checks };

PN_TYPE(pni_check_t, "check.result", pn_check,
    PN_COL(pn_check, name, N_("Check"), .flags = PN_BRIEF),
    PN_COL(pn_check, what, N_("What it proves"), .flags = PN_BRIEF),
    PN_COL(pn_check, seen, N_("Rows"), .flags = PN_BRIEF),
    PN_COL(pn_check, drift, N_("Drift"), .flags = PN_BRIEF),
    PN_COL(pn_check, sample, N_("Sample"), .flags = PN_BRIEF));
static PN_TYPE(report_t, "check.report", pn_check_report,
    PN_COL(pn_check_report, seen, N_("Rows")), PN_COL(pn_check_report, drift, N_("Drift")),
    PN_COL(pn_check_report, failed, N_("Failed")),
    PN_COL(pn_check_report, checks, N_("Checks"), .of = &pni_check_t, .flags = PN_BRIEF));
static PN_TYPE(run_in_t, "check.run", struct pn_check_run,
    PN_COL(struct pn_check_run, name, N_("Check"), .flags = PN_ARG,
           .hint = N_("Only this one; see \"check names\"")));

static int prove(pn *p, size_t i, pn_check *row)
{
    pni_proof found = {0};
    *row = (pn_check){.name = checks[i].name, .what = pn_tr(checks[i].what)};
    if (checks[i].sql) {
        PN_TRY(pn_one(p, checks[i].sql, NULL, &found));
        row->sample = found.sample;
    } else {
        int64_t sample = 0;
        PN_TRY(pni_audit_verify(p, &found.seen, &found.drift, &sample));
        row->sample = sample ? pn_printf(p, "%lld", (long long)sample) : NULL;
    }
    row->seen = found.seen;
    row->drift = found.drift;
    return 0;
}

static int run(pn *p, const struct pn_check_run *in, pn_check_report *out)
{
    pn_check *rows = pn_alloc(p, CHECKS * sizeof *rows);
    size_t n = 0;
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < CHECKS; i++) {
        if (in && in->name && strcmp(in->name, checks[i].name))
            continue;
        PN_TRY(prove(p, i, &rows[n]));
        out->seen += rows[n].seen;
        out->failed += rows[n].drift > 0;
        out->drift += rows[n++].drift;
    }
    if (n == 0) {
        pn_fail(p, PN_ENONE, "name", pn_tr("There is no check \"%s\""), in->name);
        return pn_hint(p, "%s", pn_tr("See \"pn check names\""));
    }
    out->checks = (pn_rows){rows, n};
    return 0;
}

static int names(pn *p, const struct pn_check_names *in, pn_check_report *out)
{
    (void)in;
    pn_check *rows = pn_alloc(p, CHECKS * sizeof *rows);
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < CHECKS; i++)
        rows[i] = (pn_check){.name = checks[i].name, .what = pn_tr(checks[i].what)};
    out->checks = (pn_rows){rows, CHECKS};
    return 0;
}

PN_OP(check, run, pn_check_report, .brief = N_("Prove stock, money, tickets and the audit trail"),
      .help = N_("Every figure is counted again from the rows it stands for. Drift above 0 names "
                 "the first row that does not add up; \"pn verify\" then exits non-zero."),
      .in = &run_in_t, .out = &report_t,
      .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_SYSTEM, .example = "pn check run stock_sold")
PN_OP(check, names, pn_check_report, .brief = N_("List the proofs there are"), .out = &report_t,
      .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_SYSTEM)

/* ---- by itself ---- */

#define T(f, label, ...) PN_COL(struct pn_check_tell, f, label, __VA_ARGS__)
static PN_TYPE(tell_in_t, "check.tell", struct pn_check_tell, T(name, N_("Check"), .flags = PN_REQ),
    T(drift, N_("Drift")), T(sample, N_("Sample")));
#undef T

static int tell(pn *p, const struct pn_check_tell *in, pn_check *out)
{
    size_t i = 0;
    while (i < CHECKS && strcmp(checks[i].name, in->name))
        i++;
    if (i == CHECKS)
        return pn_fail(p, PN_ENONE, "name", pn_tr("There is no check \"%s\""), in->name);
    *out = (pn_check){.name = checks[i].name, .what = pn_tr(checks[i].what), .drift = in->drift,
                      .sample = in->sample};
    return pn_outbox(p, PNI_CHECK_DRIFT, (int64_t)i + 1, &pni_check_t, out, NULL);
}

PN_OP(check, tell, pn_check, .brief = N_("Tell that books do not add up"), .in = &tell_in_t,
      .out = &pni_check_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* All but the audit trail, which is proved as a whole when it is sealed. */
static int watch(pn *p, int64_t *done)
{
    for (size_t i = 0; i < CHECKS; i++) {
        pn_check row, told;
        if (!checks[i].sql)
            continue;
        PN_TRY(prove(p, i, &row));
        if (row.drift)
            PN_TRY(pn_check_tell(p, &(struct pn_check_tell){row.name, row.sample, row.drift},
                                 &told));
        (*done)++;
    }
    return 0;
}
static const pn_job watch_job = {"ledger_check", N_("Prove the books, and tell what is wrong"),
                                 3600, watch};

const pn_module pn_check_module = {
    "check", N_("Proof of the books"),
    .ops = PN_LIST(pn_op, &check_run_op, &check_names_op, &check_tell_op),
    .jobs = PN_LIST(pn_job, &watch_job),
    .sql = PN_LIST(pn_sql, &stock_total, &stock_locked, &stock_sold, &capacity, &holds,
                   &order_money, &order_paid, &order_refunded, &refund_legs, &payment_returns,
                   &payment_notices, &tenders, &gift_cards, &seat_tickets, &groups, &grabs,
                   &grab_limits,
                   &collected, &ticket_entries, &real_names, &buyer_counts, &seat_counts,
                   &seat_orders, &seat_holds, &withheld, &order_states, &listings,
                   &listing_deposits, &seat_claims, &agency_quotas, &pni_check_channel_accounts,
                   &pni_check_events,
                   &pni_check_ledger_accounts, &pni_check_ledger_shards,
                   &pni_check_ledger_transit, &pni_check_ledger_payments,
                   &pni_check_ledger_refunds, &pni_check_ledger_days,
                   &pni_check_ledger_balances,
                    &pni_check_ledger_direct, &pni_check_ledger_deposits, &pni_check_wallets,
                    &pni_check_settlements, &pni_check_penalties,
                   &pni_check_guarantees, &pni_check_coupons, &pni_check_recharges,
                   &pni_check_points, &pni_check_point_moves, &promised, &channel_numbers,
                   &activities, &budgets, &orphans,
                   &pni_check_withdrawals, &pni_check_rebates, &pni_check_suppliers,
                   &pni_check_bank_lines, &pni_check_settlement_books,
                   &pni_check_earned, &pni_check_shifts, &pni_check_drawers,
                   &pni_check_cards_sold, &pni_check_cards_owed,
                   &pni_check_discounts, &pni_check_refund_fees,
                   &pni_check_earned_back, &pni_check_deductions,
                   &pni_check_channel_books, &pni_check_channel_rebates,
                   &pni_check_direct_books,
                   &pni_check_fee_payments, &pni_check_fee_invoices,
                   &pni_check_payouts, &pni_check_slips, &pni_check_recon_books,
                   &pni_check_adjustments, &pni_check_documents),
};
