-- SPDX-License-Identifier: Apache-2.0
-- A merchant's offer of tickets of one tier. Its counters are the stock row with lot_id = id, which
-- is also its lock. The sale reads this row and never writes it: sold out is what the counters say
-- (sold_out only follows), the deposit that sold tickets bind is unit × tickets taken.
create table listing (
  sk int not null, id bigint not null, code text not null check (code <> ''),
  merchant_id bigint not null, session_id bigint not null, tier_id bigint not null,
  kind text not null default 'SPOT' check (kind in ('SPOT','PRESALE','TAIL')),
  seat_mode text not null default 'NONE' check (seat_mode in ('NONE','AREA','ROW','SEAT')),
  zone_name text not null default '', row_name text not null default '',
  seats text[] not null default '{}', -- as offered: each text a run of adjacent seats
  -- the three prices: asked by the merchant, seen by the buyer, received by the merchant
  ask_fen bigint not null check (ask_fen > 0), sale_fen bigint not null check (sale_fen > 0),
  settle_fen bigint not null check (settle_fen > 0),
  rule_id bigint, price_kept text check (price_kept in ('CAP','FLOOR')),
  -- what may be bought
  min_buy int not null default 1 check (min_buy >= 1),
  max_buy int not null default 0 check (max_buy = 0 or max_buy >= min_buy),
  split_policy text not null default 'FREE' check (split_policy in ('WHOLE','MULTIPLE','FREE')),
  split_multiple int not null default 1 check (split_multiple between 1 and 100),
  contiguous boolean not null default false, no_single_left boolean not null default false,
  soft_single boolean not null default false, seat_pick boolean not null default false,
  grab_eligible boolean not null default true,
  special_kind text check (special_kind in
    ('STUDENT','CHILD','WHEELCHAIR','COMBO','OBSTRUCTED','NO_REFUND')),
  delivery_limits text[] not null default '{}'
    check (delivery_limits <@ array['EXPRESS','ETICKET','ONSITE','CODE']),
  ship_by_kind text check (ship_by_kind in ('FIXED','PAID','BEFORE','RELEASE')),
  ship_by_at timestamptz, ship_by_hours int not null default 0 check (ship_by_hours >= 0),
  release_at timestamptz,
  remark text not null default '',
  -- where it stands
  state text not null default 'DRAFT' check (state in ('DRAFT','PENDING_REVIEW',
    'PENDING_DEPOSIT','LIVE','PAUSED','FROZEN','EXPIRED','WITHDRAWN')),
  sold_out boolean not null default false,
  frozen_for text check (frozen_for in ('OPS','MERCHANT')),
  was_paused boolean not null default false,
  reason text, reviewed boolean not null default false,
  edit_from timestamptz, edits int not null default 0,
  -- its place among others: parts in 1/1000
  service int not null default 0, ship int not null default 0, seat int not null default 0,
  level text not null default 'B' check (level in ('A','B','C','D','E')),
  own boolean not null default false,
  boost int not null default 0 check (boost between -200 and 200), boost_until timestamptz,
  risk int not null default 0 check (risk between 0 and 300),
  pin int not null default 0 check (pin >= 0), listed_at timestamptz,
  -- I41: frozen money before it is live
  deposit_unit_fen bigint not null default 0 check (deposit_unit_fen >= 0),
  deposit_need_fen bigint not null default 0 check (deposit_need_fen >= 0),
  deposit_quota_fen bigint not null default 0 check (deposit_quota_fen >= 0),
  author_id bigint not null default 0,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (session_id & 4095)::int),
  check ((state = 'FROZEN') = (frozen_for is not null)),
  check (state <> 'LIVE' or deposit_quota_fen >= deposit_need_fen),
  check ((seat_mode = 'SEAT') = (seats <> '{}')),
  check ((ship_by_kind = 'FIXED') = (ship_by_at is not null)),
  primary key (sk, id), unique (sk, merchant_id, code)) with (fillfactor = 80);
select place('listing', 'sk');
create index listing_session on listing (sk, session_id, tier_id);
create index listing_merchant on listing (merchant_id, id);

-- I03: a numbered seat is in one offer of its session at most, whoever makes it. Claimed when the
-- offer leaves its draft; free again when the offer ends unsold.
create table seat_claim (
  sk int not null, session_id bigint not null, seat_key text not null,
  listing_id bigint not null, merchant_id bigint not null, at timestamptz not null,
  primary key (sk, session_id, seat_key));
select place('seat_claim', 'sk');
create index seat_claim_listing on seat_claim (sk, listing_id);

-- Somebody offered a seat that another offers already: operations find out who has it.
create table seat_clash (
  sk int not null, id bigint not null, session_id bigint not null, seat_key text not null,
  merchant_id bigint not null, listing_id bigint not null, other_merchant_id bigint not null,
  actor_id bigint not null, at timestamptz not null,
  primary key (sk, id));
select place('seat_clash', 'sk');

-- Append only: every change of the three prices.
create table price_history (
  sk int not null, id bigint not null, listing_id bigint not null,
  reason text not null check (reason in ('LISTED','ASK','RULE','CONTRACT','FOLLOW')),
  rule_id bigint, ask_before_fen bigint, ask_fen bigint not null,
  sale_before_fen bigint, sale_fen bigint not null,
  settle_before_fen bigint, settle_fen bigint not null,
  actor_id bigint not null, at timestamptz not null,
  primary key (sk, id));
select place('price_history', 'sk');
create index price_history_listing on price_history (sk, listing_id);

-- Append only: money frozen for an offer and given back; Σ = deposit_quota_fen.
create table listing_deposit (
  sk int not null, id bigint not null, listing_id bigint not null, delta_fen bigint not null,
  reason text not null, actor_id bigint not null, at timestamptz not null,
  primary key (sk, id));
select place('listing_deposit', 'sk');
create index listing_deposit_listing on listing_deposit (sk, listing_id);

-- Rules that move the asked price to the one that buyers see. The most specific rule in force wins,
-- in it the higher priority, then the newer one. `applied`: the offers were priced with it.
create table price_adjust (
  id bigint primary key,
  scope text not null check (scope in ('GLOBAL','CATEGORY','MERCHANT','SHOW','SESSION','LISTING')),
  ref bigint not null default 0, category text not null default '',
  mb_bp int not null default 0 check (mb_bp between -5000 and 10000),
  mf_fen bigint not null default 0 check (mf_fen between -10000000 and 10000000),
  priority int not null default 0, channels text[] not null default '{}',
  from_at timestamptz not null, until_at timestamptz,
  state text not null check (state in ('WAITING','ACTIVE','REJECTED','ENDED')),
  applied boolean not null default false,
  reason text not null, author_id bigint not null, approver_id bigint,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check ((scope = 'CATEGORY') = (category <> '')),
  check ((scope in ('GLOBAL', 'CATEGORY')) = (ref = 0)),
  check (until_at is null or until_at > from_at));
select place('price_adjust', 'ref');

insert into policy (id, key, value, effective_from, note) values
  (671, 'price.max_multiple_bp', '30000', '-infinity', 'open resale: highest price, part of face'),
  (672, 'price.pay_fee_bp', '60', '-infinity', 'what a payment costs'),
  (673, 'price.min_margin_fen', '0', '-infinity', 'what must be left of a ticket'),
  (674, 'price.approve_bp', '1500', '-infinity', 'rules beyond need a second person'),
  (675, 'listing.review_bp', '20000', '-infinity', 'dearer than this part of face: reviewed'),
  (676, 'listing.clashes', '3', '-infinity', 'offered seats of others in 30 days: reviewed'),
  (677, 'listing.edits_hour', '30', '-infinity', 'changes of a live listing in an hour'),
  (678, 'deposit.presale_bp', '2000', '-infinity', 'presale: part of the face price'),
  (679, 'deposit.presale_min_fen', '5000', '-infinity', 'presale: at least, for a ticket'),
  (680, 'deposit.tail_bp', '3000', '-infinity', 'last tickets: part of the face price'),
  (681, 'deposit.tail_min_fen', '10000', '-infinity', 'last tickets: at least, for a ticket'),
  (682, 'deposit.tail_times', '2', '-infinity', 'last tickets: frozen for so many at first'),
  (683, 'deposit.waive_a', '0', '-infinity', '1: level A needs no deposit'),
  (684, 'rank.price', '550', '-infinity', 'weight of the price'),
  (685, 'rank.service', '250', '-infinity', 'weight of the service'),
  (686, 'rank.ship', '100', '-infinity', 'weight of the way of shipping'),
  (687, 'rank.seat', '100', '-infinity', 'weight of how well the seat is known');
