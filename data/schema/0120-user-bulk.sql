-- SPDX-License-Identifier: Apache-2.0
-- One operation over many rows, done by the server: who asked, how far it is, and every row with
-- what became of it. A row's input is its own, so that an answer that was lost is found again.
create table bulk_work (
  sk int not null, id bigint not null,
  staff_id bigint not null, merchant_id bigint, organiser_id bigint, -- who asked, for which house
  noun text not null, verb text not null, reason text not null default '',
  of_id bigint not null default 0, -- the work that is taken back
  english boolean not null,        -- the words of its refusals
  state text not null check (state in ('OPEN', 'DONE', 'STOPPED')),
  rows int not null check (rows > 0), done int not null default 0, refused int not null default 0,
  amount_fen bigint not null, done_fen bigint not null default 0,
  created_at timestamptz not null, started_at timestamptz, ended_at timestamptz,
  check (done >= 0 and refused >= 0 and done + refused <= rows),
  check ((state = 'OPEN') = (ended_at is null)),
  check (sk = (id & 4095)::int), primary key (sk, id)) with (fillfactor = 70);
select place('bulk_work', 'sk');
create index bulk_work_at on bulk_work (created_at, id);

create table bulk_row (
  sk int not null, id bigint not null, work_id bigint not null,
  key text not null, name text not null, amount_fen bigint not null,
  input json not null, before json, command text not null,
  state text not null check (state in ('WAITING', 'DONE', 'REFUSED')),
  code text not null default '', words text not null default '',
  tries int not null default 0, ended_at timestamptz,
  check ((state = 'WAITING') = (ended_at is null)),
  check (sk = (id & 4095)::int), primary key (sk, id)) with (fillfactor = 70);
select place('bulk_row', 'sk');
create index bulk_row_work on bulk_row (sk, work_id, id);

-- What waits for a worker, or has one.
create table bulk_due (
  sk int not null, work_id bigint not null, lease_until timestamptz not null default '-infinity',
  primary key (sk, work_id)) with (fillfactor = 50);
select place('bulk_due', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (890, 'bulk.keep_days', '90', '-infinity', 'days for which work on many rows is on record');
