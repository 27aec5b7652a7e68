-- SPDX-License-Identifier: Apache-2.0
-- Coupons of buyers, in the buyer's shard: so much off one order, once. Which order has one is its
-- row of coupon_lock. booked: the books have it as a promise, until it is used or its time is over.
create table coupon (
  sk int not null, id bigint not null, buyer_id bigint not null,
  compensation_id bigint not null, amount_fen bigint not null check (amount_fen > 0),
  valid_until timestamptz not null, booked boolean not null default true,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (buyer_id & 4095)::int),
  primary key (sk, id), unique (sk, buyer_id, compensation_id)) with (fillfactor = 80);
select place('coupon', 'sk');
create index coupon_due on coupon (valid_until) where booked;

insert into policy (id, key, value, effective_from, note) values
  (875, 'coupon.compensation_days', '365', '-infinity', 'days a coupon for a missing ticket lasts'),
  (876, 'coupon.return_days', '7', '-infinity', 'days at least after a fault gave it back');
