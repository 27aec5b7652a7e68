-- SPDX-License-Identifier: Apache-2.0
-- What a channel paid ahead and what it collected are accounts of the ledger from now on. What they
-- had is carried over; the moves stay as the documents.
with c as (
  select a.*, row_number() over (order by a.channel_id) as n, count(*) over () as all_n
  from channel_account a),
 -- six ids a channel: two accounts, two opening accounts (one is used in a shard), two transfers
 l as (
  insert into id_lease (sk, name, next) select 0, 'gid', 1 + 6 * max(c.all_n) from c
   having count(*) > 0
  on conflict (sk, name) do update set next = id_lease.next + excluded.next returning next),
 b as (select l.next - 6 * c.all_n - 1 as first, c.* from c, l),
 prepaid as (
  insert into ledger_account (sk, id, kind, owner, side, guard, overdraft_fen, debit_fen,
    credit_fen, at)
  select b.sk, (b.first + 6 * b.n - 5) << 12 | b.sk, 'AGENT_PREPAID', b.channel_id, 'CREDIT',
   'CREDIT', b.credit_fen, greatest(-b.balance_fen, 0), greatest(b.balance_fen, 0), now()
  from b),
 receivable as (
  insert into ledger_account (sk, id, kind, owner, side, guard, debit_fen, credit_fen, at)
  select b.sk, (b.first + 6 * b.n - 4) << 12 | b.sk, 'CHANNEL_RECEIVABLE', b.channel_id, 'DEBIT',
   'NONE', greatest(b.receivable_fen, 0), greatest(-b.receivable_fen, 0), now()
  from b),
 opening as (
  insert into ledger_account (sk, id, kind, owner, side, guard, debit_fen, credit_fen, at)
  select b.sk, min((b.first + 6 * b.n - 3) << 12 | b.sk), 'OPENING', 0, 'CREDIT', 'NONE',
   sum(greatest(b.balance_fen, 0) + greatest(-b.receivable_fen, 0)),
   sum(greatest(-b.balance_fen, 0) + greatest(b.receivable_fen, 0)), now()
  from b group by b.sk),
 o as (select b.sk, min((b.first + 6 * b.n - 3) << 12 | b.sk) as id from b group by b.sk),
 t as (
  select b.sk, (b.first + 6 * b.n - 1) << 12 | b.sk as id, b.channel_id, 'PREPAID' as step,
   o.id as debit_id, (b.first + 6 * b.n - 5) << 12 | b.sk as credit_id, b.balance_fen as fen
  from b join o on o.sk = b.sk
  union all
  select b.sk, (b.first + 6 * b.n) << 12 | b.sk, b.channel_id, 'RECEIVABLE',
   (b.first + 6 * b.n - 4) << 12 | b.sk, o.id, b.receivable_fen
  from b join o on o.sk = b.sk)
insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, biz_kind, biz_id, step,
  no, rule, day, at, booked_at, actor_id)
 select t.sk, t.id, 'PLAIN', case when t.fen > 0 then t.debit_id else t.credit_id end,
  case when t.fen > 0 then t.credit_id else t.debit_id end, abs(t.fen), 'OPENING', t.channel_id,
  t.step, 1, 'OPENING', current_date, now(), now(), 0 from t where t.fen <> 0;
drop table channel_account;

insert into policy (id, key, value, effective_from, note) values
  (1711, 'refund.fee_platform_bp', '2000', '-infinity', 'part of a refund''s fee that we keep');
