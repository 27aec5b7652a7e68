-- SPDX-License-Identifier: Apache-2.0
-- The ledger: accounts in fen and the transfers between them, each a debit and a credit. Nothing
-- here is ever changed but the sums of an account; `check` derives them again from the transfers.
create table ledger_account (
  sk int not null, id bigint not null,
  kind text not null check (kind <> ''), owner bigint not null default 0,
  part text not null default '', -- of CLEARING: the payment method
  side text not null check (side in ('DEBIT', 'CREDIT')), -- where its balance ordinarily is
  -- CREDIT: never more debit than credit and overdraft; DEBIT: the other way round
  guard text not null check (guard in ('NONE', 'CREDIT', 'DEBIT')),
  overdraft_fen bigint not null default 0 check (overdraft_fen >= 0),
  debit_fen bigint not null default 0 check (debit_fen >= 0),
  credit_fen bigint not null default 0 check (credit_fen >= 0),
  -- reserved by pending transfers
  debit_held_fen bigint not null default 0 check (debit_held_fen >= 0),
  credit_held_fen bigint not null default 0 check (credit_held_fen >= 0),
  state text not null default 'OPEN' check (state in ('OPEN', 'CLOSED')),
  at timestamptz not null,
  constraint ledger_account_credit check (guard <> 'CREDIT'
    or debit_fen + debit_held_fen <= credit_fen + overdraft_fen),
  constraint ledger_account_debit check (guard <> 'DEBIT'
    or credit_fen + credit_held_fen <= debit_fen + overdraft_fen),
  check (sk = (id & 4095)::int),
  primary key (sk, id), unique (sk, kind, owner, part)) with (fillfactor = 50);
select place('ledger_account', 'sk');

-- Append only. The lines of one event (biz_kind, biz_id, step) happen together, once in a shard.
create table ledger_transfer (
  sk int not null, id bigint not null,
  -- PENDING reserves; POST of a pending one moves it or less, VOID lets it go
  kind text not null check (kind in ('PLAIN', 'PENDING', 'POST', 'VOID')),
  debit_id bigint not null, credit_id bigint not null,
  amount_fen bigint not null check (amount_fen > 0), pending_id bigint,
  biz_kind text not null check (biz_kind <> ''), biz_id bigint not null,
  step text not null check (step <> ''), no int not null,
  rule text not null, memo text not null default '',
  -- the business day it counts for, when it happened, when it was booked
  day date not null, at timestamptz not null, booked_at timestamptz not null,
  actor_id bigint not null,
  check (debit_id <> credit_id), check (sk = (debit_id & 4095)::int),
  check (sk = (credit_id & 4095)::int),
  check ((kind in ('POST', 'VOID')) = (pending_id is not null)),
  primary key (sk, id), unique (sk, biz_kind, biz_id, step, no));
select place('ledger_transfer', 'sk');
create index ledger_transfer_debit on ledger_transfer (debit_id, id);
create index ledger_transfer_credit on ledger_transfer (credit_id, id);
-- A reservation ends once.
create unique index ledger_transfer_end on ledger_transfer (sk, pending_id)
  where pending_id is not null;
create index ledger_transfer_day on ledger_transfer using brin (day);

-- Up to which day the books are closed. Whoever posts shares this row, whoever closes has it alone.
create table ledger_book (
  id int primary key check (id = 1), closed_through date not null, started_at timestamptz not null);
select place('ledger_book', 'ref');
-- Documents older than the ledger are not in it.
insert into ledger_book (id, closed_through, started_at)
  select 1, '1970-01-01', case when exists (select from payment) then now() else '1970-01-01' end;

-- A closed day: what was in it, and the seal of that, which continues the seal of the day before.
create table ledger_day (
  day date primary key, transfers_n bigint not null, amount_fen bigint not null,
  seal text not null, closed_by bigint not null, closed_at timestamptz not null);
select place('ledger_day', 'ref');

-- Corrections by hand: one person proposes, another approves.
create table ledger_adjustment (
  sk int not null, id bigint not null, debit_id bigint not null, credit_id bigint not null,
  amount_fen bigint not null check (amount_fen > 0), day date,
  reason text not null check (reason <> ''),
  state text not null check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
  proposed_by bigint not null, decided_by bigint, decided_at timestamptz, answer text,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (state <> 'APPROVED' or decided_by <> proposed_by), check (sk = (id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 70);
select place('ledger_adjustment', 'sk');
create index ledger_adjustment_open on ledger_adjustment (created_at, id) where state = 'PROPOSED';
