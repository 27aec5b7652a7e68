-- SPDX-License-Identifier: Apache-2.0
-- What reductions draw on beside the cart: the money that a campaign set aside, a coupon that is
-- good once. A budget is one counter for all sessions, all budgets lie in
-- one bucket; an order's draws lie with the order.
create table campaign_budget (
  sk int not null, id bigint not null, name text not null,
  total_fen bigint not null check (total_fen > 0), daily_fen bigint check (daily_fen > 0),
  reserved_fen bigint not null default 0 check (reserved_fen >= 0),
  spent_fen bigint not null default 0 check (spent_fen >= 0),
  day date not null default '1970-01-01', day_fen bigint not null default 0 check (day_fen >= 0),
  state text not null check (state in ('LIVE', 'STOPPED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  constraint campaign_budget_total check (reserved_fen + spent_fen <= total_fen),
  constraint campaign_budget_daily check (day_fen <= daily_fen),
  check (sk = 0 and id & 4095 = 0),
  primary key (sk, id)) with (fillfactor = 50);
select place('campaign_budget', 'sk');

-- RESERVED while the order waits for its money, SPENT when it is paid, BACK when it came to
-- nothing.
create table order_draw (
  sk int not null, order_id bigint not null, source text not null
    check (source in ('BUDGET', 'COUPON')),
  source_id bigint not null, fen bigint not null check (fen > 0), day date not null,
  state text not null check (state in ('RESERVED', 'SPENT', 'BACK')),
  primary key (sk, order_id, source, source_id)) with (fillfactor = 80);
select place('order_draw', 'sk');
create index order_draw_source on order_draw (source_id);

-- A coupon is locked by one order, or used by it (I26): the row is the lock, in the coupon's shard.
create table coupon_lock (
  sk int not null, coupon_id bigint not null, order_id bigint not null,
  state text not null check (state in ('LOCKED', 'USED')), at timestamptz not null,
  check (sk = (coupon_id & 4095)::int),
  primary key (sk, coupon_id));
select place('coupon_lock', 'sk');
