-- SPDX-License-Identifier: Apache-2.0
-- Wallets of merchants: what arrived for them, where they are paid to, what they drew.

-- Deposits that finance had confirmed before are frozen in the wallet from now on.
with d as (
  select (l.merchant_id & 4095)::int as sk, l.merchant_id, sum(d.delta_fen)::bigint as fen
  from listing_deposit d join listing l on l.sk = d.sk and l.id = d.listing_id
  group by l.merchant_id having sum(d.delta_fen) > 0),
 m as (select d.*, row_number() over (order by d.merchant_id) as n, count(*) over () as all_n
  from d),
 l as (
  insert into id_lease (sk, name, next) select 0, 'gid', 1 + 3 * max(m.all_n) from m
   having count(*) > 0
  on conflict (sk, name) do update set next = id_lease.next + excluded.next - 1 returning next),
 b as (select l.next - 3 * m.all_n - 1 as first, m.* from m, l),
 frozen as (
  insert into ledger_account (sk, id, kind, owner, side, guard, credit_fen, at)
  select b.sk, (b.first + 3 * b.n - 2) << 12 | b.sk, 'FROZEN', b.merchant_id, 'CREDIT', 'CREDIT',
   b.fen, now() from b),
 opening as (
  insert into ledger_account as a (sk, id, kind, owner, side, guard, debit_fen, at)
  select b.sk, min((b.first + 3 * b.n - 1) << 12 | b.sk), 'OPENING', 0, 'CREDIT', 'NONE',
   sum(b.fen), now() from b group by b.sk
  on conflict (sk, kind, owner, part) do update set debit_fen = a.debit_fen + excluded.debit_fen
  returning sk, id)
insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, biz_kind, biz_id, step,
  no, rule, day, at, booked_at, actor_id)
 select b.sk, (b.first + 3 * b.n) << 12 | b.sk, 'PLAIN', o.id,
  (b.first + 3 * b.n - 2) << 12 | b.sk, b.fen, 'OPENING', b.merchant_id, 'FROZEN', 1, 'OPENING',
  current_date, now(), now(), 0 from b join opening o on o.sk = b.sk;

-- A line of the bank's statement stands for one thing; sk is taken from its number.
create table bank_line (
  sk int not null, reference text not null, target text not null, target_id bigint not null,
  primary key (sk, reference));
select place('bank_line', 'sk');

create table recharge (
  sk int not null, id bigint not null, merchant_id bigint not null,
  amount_fen bigint not null check (amount_fen > 0), reference text not null,
  note text not null default '', actor_id bigint not null, at timestamptz not null,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  primary key (sk, id));
select place('recharge', 'sk');

-- Where a merchant is paid to. The number is sealed.
create table bank_card (
  sk int not null, id bigint not null, merchant_id bigint not null, bank text not null,
  holder text not null, number bytea not null, tail text not null,
  state text not null check (state in ('PENDING', 'VERIFIED', 'REJECTED')),
  author_id bigint not null, decided_by bigint, reason text,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check (state <> 'VERIFIED' or decided_by <> author_id),
  primary key (sk, id)) with (fillfactor = 70);
select place('bank_card', 'sk');

create table withdrawal (
  sk int not null, id bigint not null, no text not null, merchant_id bigint not null,
  card_id bigint not null, amount_fen bigint not null check (amount_fen > 0),
  fee_fen bigint not null check (fee_fen >= 0 and fee_fen < amount_fen),
  state text not null check (state in ('REQUESTED', 'APPROVED', 'PAYING', 'PAID', 'FAILED',
    'REJECTED', 'CANCELLED')),
  requested_by bigint not null, approved_by bigint, approved_by2 bigint,
  automatic boolean not null default false, bank_no text, reason text,
  created_at timestamptz not null, paid_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check (approved_by is null or approved_by <> requested_by),
  check (approved_by2 is null or approved_by2 not in (approved_by, requested_by)),
  primary key (sk, id), unique (sk, no)) with (fillfactor = 70);
select place('withdrawal', 'sk');
-- I25: one under way.
create unique index withdrawal_one on withdrawal (sk, merchant_id)
  where state in ('REQUESTED', 'APPROVED', 'PAYING');
create index withdrawal_open on withdrawal (created_at, id)
  where state in ('REQUESTED', 'APPROVED', 'PAYING');

insert into policy (id, key, value, effective_from, note) values
  (1721, 'withdraw.min_fen', '10000', '-infinity', 'least withdrawal of a merchant'),
  (1722, 'withdraw.dual_control_fen', '5000000', '-infinity',
    'withdrawals above need two approvers'),
  (1723, 'withdraw.auto_a_fen', '2000000', '-infinity', 'approved by itself for level A'),
  (1724, 'withdraw.auto_b_fen', '500000', '-infinity', 'approved by itself for level B'),
  (1725, 'withdraw.fee_fen', '0', '-infinity', 'what a withdrawal costs the merchant');
