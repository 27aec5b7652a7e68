-- SPDX-License-Identifier: Apache-2.0
-- Seat plans of halls, their cut into zones and tiers for a session, and the seats of each lot.

-- A plan never changes after its import; another import is another version. `document` is the file
-- in the newest form of its format, with everything in it that is not read here.
create table seat_plan (
  id bigint primary key, hall_id bigint not null references hall (id), version int not null,
  name text not null, seats int not null check (seats > 0), document text not null,
  author_id bigint not null, created_at timestamptz not null, unique (hall_id, version));
select place('seat_plan', 'ref');

-- A piece of a physical row: at most 63 seats, so that a bigint holds a bit for each. Coordinates
-- are those of the document, x to the right, y away from the stage.
create table seat_plan_row (
  id bigint primary key, plan_id bigint not null references seat_plan (id), no int not null,
  floor text not null default '', section text not null, row_name text not null,
  labels text[] not null check (cardinality(labels) between 1 and 63),
  guids text[] not null, categories text[] not null, xs text[] not null, ys text[] not null,
  gap_after bigint not null default 0, wheelchair bigint not null default 0,
  obstructed bigint not null default 0, unique (plan_id, no));
select place('seat_plan_row', 'ref');

-- The cut of a plan for one session (票版). At most one is LIVE; `author_id` drafted it.
create table zone_plan (
  sk int not null, id bigint not null, session_id bigint not null, plan_id bigint not null,
  version int not null, state text not null check (state in ('DRAFT','LIVE','RETIRED')),
  author_id bigint not null, live_by bigint, created_at timestamptz not null,
  live_at timestamptz, retired_at timestamptz, updated_at timestamptz not null,
  check (sk = (id & 4095)::int and sk = (session_id & 4095)::int),
  primary key (sk, id), unique (sk, session_id, version));
select place('zone_plan', 'sk');
create unique index zone_plan_live on zone_plan (sk, session_id) where state = 'LIVE';

create table zone (
  sk int not null, id bigint not null, zone_plan_id bigint not null, no int not null,
  name text not null, tier_id bigint not null, colour text not null default '',
  gate_group text not null default '', seats int not null check (seats > 0),
  primary key (sk, id), unique (sk, zone_plan_id, name));
select place('zone', 'sk');

-- Which seats of a plan's row lie in a zone. Zones of one cut share no seat.
create table zone_row (
  sk int not null, zone_id bigint not null, plan_row_id bigint not null,
  zone_plan_id bigint not null, seats bigint not null check (seats > 0),
  primary key (sk, zone_id, plan_row_id));
select place('zone_row', 'sk');
create index zone_row_plan on zone_row (sk, zone_plan_id);

-- The seats of a lot in one piece of a row: the truth about every numbered seat (I02). A seat is
-- held, in an unpaid order, sold or free; bits are places in `labels`. Changed only under the lock
-- of the lot's stock row, whose counters are the sums of these masks. A merchant's own list has no
-- zone and no plan.
create table seat_block (
  sk int not null, id bigint not null, session_id bigint not null, lot_id bigint not null,
  zone_id bigint, plan_row_id bigint,
  floor text not null default '', section text not null, row_name text not null,
  labels text[] not null check (cardinality(labels) between 1 and 63),
  mask bigint not null check (mask >= 0), gap_after bigint not null default 0,
  held bigint not null default 0, busy bigint not null default 0, sold bigint not null default 0,
  wheelchair bigint not null default 0, obstructed bigint not null default 0,
  front int not null default 0 check (front between 0 and 10000),
  middle int not null default 0, slope int not null default 0 check (slope between 0 and 10000),
  check ((held | busy | sold) & ~mask = 0),
  check (held & busy = 0 and held & sold = 0 and busy & sold = 0),
  check (mask >> cardinality(labels) = 0 or cardinality(labels) = 63),
  check (slope::bigint * abs(middle) <= 100000000),
  check (sk = (id & 4095)::int and sk = (lot_id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 50);
select place('seat_block', 'sk');
create index seat_block_lot on seat_block (sk, lot_id);

-- Tickets withheld from sale by owner. Over at `expires_at` whether or not the job was there.
create table seat_hold (
  sk int not null, id bigint not null, session_id bigint not null,
  kind text not null check (kind in ('ORGANISER','HOUSE','WORK','GIFT','CHANNEL','KILL',
    'OBSTRUCTED')),
  channel text not null default '' check ((kind = 'CHANNEL') = (channel <> '')),
  reason text not null, qty int not null check (qty >= 0), expires_at timestamptz,
  state text not null check (state in ('ACTIVE','RELEASED','EXPIRED')),
  actor_id bigint not null, created_at timestamptz not null, released_at timestamptz,
  updated_at timestamptz not null, check (sk = (id & 4095)::int),
  check (state <> 'ACTIVE' or qty > 0), primary key (sk, id)) with (fillfactor = 80);
select place('seat_hold', 'sk');
create index seat_hold_session on seat_hold (sk, session_id);

-- What a hold holds of a lot: seats of a block, or a number where the lot has no seats (block 0).
create table seat_hold_part (
  sk int not null, hold_id bigint not null, lot_id bigint not null, block_id bigint not null,
  seats bigint not null check (seats >= 0), qty int not null check (qty > 0),
  check ((block_id = 0) = (seats = 0)), primary key (sk, hold_id, lot_id, block_id));
select place('seat_hold_part', 'sk');
create index seat_hold_part_block on seat_hold_part (sk, block_id);

-- Holds that will run out.
create table seat_hold_due (
  sk int not null, hold_id bigint not null, due_at timestamptz not null,
  primary key (sk, hold_id));
select place('seat_hold_due', 'sk');
create index seat_hold_due_at on seat_hold_due (due_at);

insert into policy (id, key, value, effective_from, note) values
  (601, 'seating.hold_max_bp', '1500', '-infinity',
    'part of the approved capacity of a large show that may be withheld'),
  (602, 'seating.aisle_pct', '160', '-infinity',
    'neighbours further apart than so many percent of their row''s usual distance have an aisle');
