-- SPDX-License-Identifier: Apache-2.0
-- Few tickets at an activity's price from one moment on. While an activity lasts its tickets are
-- withheld from the tier's own lot (stock.qty_held): stock - taken of them.
create table seckill (
  sk int not null, id bigint not null, session_id bigint not null, tier_id bigint not null,
  kind text not null check (kind in ('SECKILL', 'RUSH')), name text not null,
  price_fen bigint not null check (price_fen > 0),
  stock int not null check (stock > 0), limit_qty int not null check (limit_qty > 0),
  taken int not null default 0 check (taken >= 0),
  offered int not null default 0 check (offered >= 0),
  open_at timestamptz not null, close_at timestamptz not null,
  state text not null check (state in ('DRAFT', 'WARMUP', 'RUNNING', 'SOLD_OUT', 'ENDED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  constraint seckill_stock check (taken + offered <= stock),
  check (open_at < close_at), check (kind = 'RUSH' or limit_qty = 1),
  check (sk = (tier_id & 4095)::int), check (sk = (id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 50);
select place('seckill', 'sk');
create index seckill_open on seckill (close_at) where state in ('WARMUP', 'RUNNING', 'SOLD_OUT');

-- Who registered before it opened, and whoever waits for tickets that come back.
create table seckill_entry (
  sk int not null, seckill_id bigint not null, user_id bigint not null, at timestamptz not null,
  primary key (sk, seckill_id, user_id));
select place('seckill_entry', 'sk');
create table seckill_wait (
  sk int not null, id bigint not null, seckill_id bigint not null, user_id bigint not null,
  state text not null check (state in ('WAITING', 'OFFERED', 'TAKEN', 'PASSED')),
  offered_until timestamptz, at timestamptz not null,
  check ((state = 'WAITING') = (offered_until is null)),
  primary key (sk, id), unique (sk, seckill_id, user_id)) with (fillfactor = 70);
select place('seckill_wait', 'sk');
create index seckill_wait_queue on seckill_wait (sk, seckill_id, at, id) where state = 'WAITING';
create index seckill_wait_offer on seckill_wait (offered_until) where state = 'OFFERED';

-- What an account, a telephone number, a document took of an activity.
create table seckill_guest (
  sk int not null, seckill_id bigint not null, key bytea not null,
  qty int not null check (qty >= 0), cap int not null,
  constraint seckill_guest_cap check (qty <= cap),
  primary key (sk, seckill_id, key)) with (fillfactor = 50);
select place('seckill_guest', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (1671, 'seckill.hold_min', '5', '-infinity', 'minutes to pay what a seckill gave'),
  (1672, 'seckill.rush_min', '10', '-infinity', 'the same of a rush sale'),
  (1673, 'seckill.offer_min', '5', '-infinity', 'minutes that a waiting buyer is offered a ticket');
