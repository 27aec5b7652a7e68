-- SPDX-License-Identifier: Apache-2.0
-- Selling through others: channels with their accounts, contracts of distributors, orders copied
-- from a channel's back office.
create table channel (
  id bigint primary key, code text not null unique, name text not null,
  kind text not null check (kind in ('SALES', 'AGENT', 'TRAFFIC', 'PARTNER')),
  phone text not null default '',
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'STOPPED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('channel', 'ref');
-- Whose rows a login of the role CHANNEL sees.
create table channel_member (staff_id bigint primary key, channel_id bigint not null);
select place('channel_member', 'ref');

-- What a channel paid ahead, and what it collected for us and owes. The balance may be negative
-- down to the credit; the moves add up to both, which `check` proves.
create table channel_account (
  sk int not null, channel_id bigint not null, balance_fen bigint not null default 0,
  credit_fen bigint not null default 0 check (credit_fen >= 0),
  receivable_fen bigint not null default 0,
  constraint channel_account_balance check (balance_fen + credit_fen >= 0),
  check (sk = (channel_id & 4095)::int),
  primary key (sk, channel_id)) with (fillfactor = 50);
select place('channel_account', 'sk');
create table channel_move (
  sk int not null, id bigint not null, channel_id bigint not null,
  book text not null check (book in ('PREPAID', 'RECEIVABLE')),
  kind text not null check (kind in ('TOPUP', 'ORDER', 'REFUND', 'PAYOUT')),
  ref bigint not null, order_id bigint, amount_fen bigint not null, left_fen bigint not null,
  reason text not null default '', actor_id bigint not null, at timestamptz not null,
  primary key (sk, id), unique (sk, channel_id, kind, ref));
select place('channel_move', 'sk');

-- Numbers that a channel gave: each is taken once (I31). Kept in the channel's shard.
create table channel_ext (
  sk int not null, channel_id bigint not null, ext_no text not null,
  target_id bigint not null, tier_id bigint, qty int,
  check (sk = (channel_id & 4095)::int),
  primary key (sk, channel_id, ext_no));
select place('channel_ext', 'sk');

-- A distributor's contract: which tiers, how many of each, at which price.
create table agency (
  id bigint primary key, code text not null unique, channel_id bigint not null,
  organiser_id bigint,
  price_mode text not null check (price_mode in ('FACE', 'NET')),
  commission_bp int not null default 0 check (commission_bp between 0 and 10000),
  refund_fee_bp int not null default 0 check (refund_fee_bp between 0 and 10000),
  refundable boolean not null default true,
  ttl_min int not null check (ttl_min between 1 and 30),
  ttl_max_min int not null check (ttl_max_min between 1 and 30),
  valid_from timestamptz not null, valid_to timestamptz not null,
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'STOPPED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (ttl_min <= ttl_max_min), check (valid_from < valid_to));
select place('agency', 'ref');
create index agency_channel on agency (channel_id);
-- `dedicated` quota is withheld from everybody else (stock.qty_held), shared quota only counts.
create table agency_quota (
  sk int not null, agency_id bigint not null, tier_id bigint not null,
  dedicated boolean not null, total int not null check (total >= 0),
  used int not null default 0, net_fen bigint,
  constraint agency_quota_used check (used between 0 and total),
  check (sk = (tier_id & 4095)::int),
  primary key (sk, agency_id, tier_id)) with (fillfactor = 50);
select place('agency_quota', 'sk');

-- Orders that count against something beside the lot: a distributor's quota, an activity's stock.
create table order_reserve (
  sk int not null, order_id bigint not null,
  source text not null check (source in ('AGENCY', 'SECKILL')),
  source_id bigint not null, tier_id bigint not null, qty int not null check (qty >= 0),
  primary key (sk, order_id));
select place('order_reserve', 'sk');
create index order_reserve_source on order_reserve (sk, source_id);

-- Whose order it is, and the terms under which a distributor locked it, frozen.
create table channel_order (
  sk int not null, order_id bigint not null, channel_id bigint not null, ext_no text not null,
  agency_id bigint, refundable boolean not null default false,
  refund_fee_bp int not null default 0,
  primary key (sk, order_id));
select place('channel_order', 'sk');

-- Payments without money in hand: out of a channel's account, or collected by the channel.
alter table payment drop constraint payment_method_check;
alter table payment add constraint payment_method_check
  check (method in ('CASH', 'SIMULATED', 'TRANSFER', 'SLIP', 'PREPAID', 'CHANNEL'));

-- A file of a channel's orders, once; its rows, each on its way to an order.
create table intake (
  sk int not null, id bigint not null, channel_id bigint not null, file_hash bytea not null,
  rows_n int not null, created_at timestamptz not null, actor_id bigint not null,
  check (sk = (channel_id & 4095)::int),
  primary key (sk, id), unique (sk, channel_id, file_hash));
select place('intake', 'sk');
create table intake_row (
  sk int not null, id bigint not null, intake_id bigint not null, channel_id bigint not null,
  line int not null, ext_no text not null, item text not null, sku text not null,
  start_at timestamptz not null, qty int not null check (qty between 1 and 100),
  unit_fen bigint not null check (unit_fen >= 0),
  buyer bytea, phone bytea, address bytea, docs bytea,
  remark text not null default '',
  state text not null check (state in ('IMPORTED', 'MAPPED', 'UNMAPPED', 'PAID',
    'CHANNEL_REJECTED')),
  tier_id bigint, order_id bigint, short boolean not null default false,
  note text not null default '', loss_budget bigint, loss_fen bigint not null default 0,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check ((state = 'PAID') = (order_id is not null)),
  check (state not in ('MAPPED', 'PAID') or tier_id is not null),
  check (sk = (channel_id & 4095)::int),
  primary key (sk, id), unique (sk, channel_id, ext_no)) with (fillfactor = 70);
select place('intake_row', 'sk');
create index intake_row_sku on intake_row (sk, channel_id, item, sku, start_at)
  where state = 'UNMAPPED';
create index intake_row_open on intake_row (created_at, id)
  where state in ('MAPPED', 'UNMAPPED');
-- What a channel calls a tier.
create table sku_map (
  sk int not null, channel_id bigint not null, item text not null, sku text not null,
  start_at timestamptz not null, tier_id bigint not null, at timestamptz not null,
  check (sk = (channel_id & 4095)::int),
  primary key (sk, channel_id, item, sku, start_at));
select place('sku_map', 'sk');
-- Money set aside for selling below the floor.
create table loss_budget (
  sk int not null, id bigint not null, channel_id bigint not null, name text not null,
  total_fen bigint not null check (total_fen > 0), used_fen bigint not null default 0,
  constraint loss_budget_used check (used_fen between 0 and total_fen),
  created_at timestamptz not null, check (sk = (channel_id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 70);
select place('loss_budget', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (1661, 'dist.ttl_min', '15', '-infinity', 'minutes a distributor''s lock lasts by itself'),
  (1662, 'dist.ttl_max_min', '30', '-infinity', 'the longest lock of a distributor'),
  (1663, 'channel.reject_min', '60', '-infinity', 'a row without tickets is refused'),
  (1664, 'channel.floor_bp', '9000', '-infinity', 'below this part of face it is a loss');
