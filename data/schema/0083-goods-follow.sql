-- SPDX-License-Identifier: Apache-2.0
-- Offers whose price follows another's. What it follows to is `follow_fen`; the offer's own price
-- is that within the bounds of the three prices. Changed under the lock of the offer's lot.
create table follow_rule (
  sk int not null, listing_id bigint not null,
  target text not null check (target in ('LOWEST', 'COMPETITOR', 'FACE')),
  source text not null default '' check (source in ('', 'MAOYAN', 'DAMAI', 'OTHER')),
  face_bp int not null default 0 check (face_bp between 0 and 30000),
  step_fen bigint not null, direction text not null check (direction in ('DOWN_ONLY', 'BOTH')),
  floor_fen bigint not null default 0 check (floor_fen >= 0),
  cap_fen bigint not null default 0 check (cap_fen = 0 or cap_fen >= floor_fen),
  state text not null check (state in ('ACTIVE', 'LOOPED', 'STOPPED')),
  result text check (result in ('MOVED', 'SAME', 'SMALL', 'UP', 'SOON', 'OFTEN', 'LOOP', 'STALE',
    'NONE', 'BOUND')),
  follow_fen bigint check (follow_fen > 0),
  looked_at timestamptz, changed_at timestamptz,
  hour_from timestamptz, hour_n int not null default 0, chase int not null default 0,
  author_id bigint not null,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check ((target = 'COMPETITOR') = (source <> '')), check ((target = 'FACE') = (face_bp > 0)),
  check (sk = (listing_id & 4095)::int),
  primary key (sk, listing_id)) with (fillfactor = 70);
select place('follow_rule', 'sk');

-- What others ask for a ticket of a tier, as their prices were fetched.
create table competitor_price (
  sk int not null, tier_id bigint not null,
  source text not null check (source in ('MAOYAN', 'DAMAI', 'OTHER')),
  price_fen bigint not null check (price_fen > 0), at timestamptz not null,
  check (sk = (tier_id & 4095)::int),
  primary key (sk, tier_id, source)) with (fillfactor = 70);
select place('competitor_price', 'sk');

alter table price_history add column target_fen bigint;

insert into policy (id, key, value, effective_from, note) values
  (831, 'follow.cooldown_min', '5', '-infinity', 'minutes between two changes of one offer'),
  (832, 'follow.max_changes_hour', '12', '-infinity', 'changes of one offer in an hour'),
  (833, 'follow.feed_min', '30', '-infinity', 'minutes a price of others counts'),
  (834, 'follow.loop_min', '10', '-infinity', 'minutes in which two that follow each other'),
  (835, 'follow.loop_turns', '3', '-infinity', 'answer each other so often at most');
