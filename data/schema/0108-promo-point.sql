-- SPDX-License-Identifier: Apache-2.0
-- Points of a buyer, in the shard of the account. Held points wait with an unpaid order (its
-- draw says how many) and are nobody else's; expires_on is the next day that may end some.
create table point_account (
  sk int not null, buyer_id bigint not null,
  points bigint not null default 0, held bigint not null default 0,
  moves int not null default 0, expires_on date,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  constraint point_account_enough check (held >= 0 and held <= points),
  check (sk = (buyer_id & 4095)::int),
  primary key (sk, buyer_id)) with (fillfactor = 50);
select place('point_account', 'sk');
create index point_account_expires on point_account (expires_on) where points > 0;

-- What came and what went, numbered, with the balance after it. Points that came are good through
-- expires_on; those that end first are used first. ref_id is the order, the refund, the adjustment
-- or (of what ended) the day. What was earned says for how much money, and at which rate.
create table point_move (
  sk int not null, id bigint not null, buyer_id bigint not null, no int not null,
  kind text not null
    check (kind in ('EARN', 'SPEND', 'RETURN', 'TAKE_BACK', 'EXPIRE', 'ADJUST')),
  points bigint not null check (points <> 0), balance bigint not null check (balance >= 0),
  value_fen bigint not null check (value_fen >= 0), order_id bigint, ref_id bigint not null,
  base_fen bigint, rate_bp int, expires_on date, at timestamptz not null,
  check ((points > 0) = (expires_on is not null)),
  check ((kind = 'EARN') = (base_fen is not null and rate_bp is not null)),
  check (sk = (buyer_id & 4095)::int), check (sk = (id & 4095)::int),
  primary key (sk, id), unique (sk, buyer_id, no), unique (sk, buyer_id, kind, ref_id));
select place('point_move', 'sk');

-- Given or taken by people; many at once by two of them.
create table point_adjustment (
  sk int not null, id bigint not null, buyer_id bigint not null,
  points bigint not null check (points <> 0), reason text not null,
  state text not null check (state in ('PROPOSED', 'DONE', 'REJECTED')),
  proposed_by bigint not null, decided_by bigint, decided_at timestamptz,
  answer text not null default '',
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (buyer_id & 4095)::int), check (sk = (id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 80);
select place('point_adjustment', 'sk');

-- Points are drawn like a budget; of those, fen says how many.
alter table order_draw drop constraint order_draw_source_check;
alter table order_draw add constraint order_draw_source_check
  check (source in ('BUDGET', 'COUPON', 'POINTS'));

-- Points to be taken back that were spent meanwhile: a refund is less by what they are worth.
alter table refund add column points_short bigint not null default 0 check (points_short >= 0);

insert into policy (id, key, value, effective_from, note) values
  (860, 'points.earn_bp', '10000', '-infinity', 'points for each yuan paid, in 1/10000'),
  (861, 'points.term_years', '1', '-infinity', 'years after this one at whose end points end'),
  (862, 'points.dual_over', '5000', '-infinity', 'points above which two people adjust'),
  (863, 'points.adjust_max', '1000000', '-infinity', 'points that one adjustment may move');
