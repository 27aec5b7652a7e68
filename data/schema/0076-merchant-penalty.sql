-- SPDX-License-Identifier: Apache-2.0
-- What merchants pay for what they did not keep, and what they get for a month's work.

-- A batch has adjustments beside orders: what was taken from money that is not settled yet.
alter table settle_line add column kind text not null default 'ORDER'
  check (kind in ('ORDER', 'PENALTY'));
alter table settle_line add column biz_id bigint not null default 0;
alter table settle_line drop constraint settle_line_qty_check;
alter table settle_line add check (qty > 0 or kind <> 'ORDER');
alter table settle_line drop constraint settle_line_sk_order_id_merchant_id_key;
alter table settle_line add unique (sk, order_id, merchant_id, kind, biz_id);

create table penalty (
  sk int not null, id bigint not null, merchant_id bigint not null,
  kind text not null check (kind in ('ACCEPT_TIMEOUT', 'DECLINE_LIVE', 'ALLOC_TIMEOUT',
    'SHIP_LATE', 'DEFAULT', 'WRONG_SEAT', 'FAKE', 'REPROCURE_DIFF', 'EARLY_DECLARE',
    'FALSE_SHIP')),
  order_id bigint not null default 0, base_fen bigint not null check (base_fen >= 0),
  tickets int not null, hours int not null, accepted boolean not null,
  amount_fen bigint not null check (amount_fen >= 0), score int not null check (score <= 0),
  -- where it was taken from
  pending_fen bigint not null default 0, frozen_fen bigint not null default 0,
  available_fen bigint not null default 0, guarantee_fen bigint not null default 0,
  debt_fen bigint not null default 0,
  state text not null check (state in ('PROPOSED', 'IMPOSED', 'APPEALED', 'UPHELD', 'REVERSED',
    'REJECTED')),
  reason text not null check (reason <> ''), answer text not null default '',
  proposed_by bigint not null, decided_by bigint, appeal_by timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check (state not in ('IMPOSED', 'APPEALED', 'UPHELD', 'REVERSED') or pending_fen + frozen_fen +
    available_fen + guarantee_fen + debt_fen = amount_fen),
  primary key (sk, id)) with (fillfactor = 70);
select place('penalty', 'sk');
-- I23: one of a kind for an order.
create unique index penalty_once on penalty (sk, merchant_id, order_id, kind)
  where order_id <> 0 and state not in ('REVERSED', 'REJECTED');
create index penalty_merchant on penalty (merchant_id, created_at);

-- A merchant's month. A later count that is lower is a row of its own, with what is taken back.
create table rebate (
  sk int not null, id bigint not null, merchant_id bigint not null, month date not null,
  no int not null check (no > 0), base_fen bigint not null, bp int not null,
  lines_n bigint not null, defaults_n bigint not null, late_n bigint not null,
  amount_fen bigint not null, state text not null check (state in ('CALCULATED', 'POSTED')),
  created_at timestamptz not null, posted_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check (month = date_trunc('month', month)::date),
  primary key (sk, id), unique (sk, merchant_id, month, no)) with (fillfactor = 70);
select place('rebate', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (761, 'penalty.accept_second_fen', '2000', '-infinity', 'no answer, the second time in 30 days'),
  (762, 'penalty.accept_more_fen', '5000', '-infinity', 'no answer, from the third time on'),
  (763, 'penalty.alloc_fen', '500', '-infinity', 'no seats in time, a ticket'),
  (764, 'penalty.late_fen', '1000', '-infinity', 'shipped late, a ticket and started day'),
  (765, 'penalty.late_cap_bp', '3000', '-infinity', 'most of it, in 1/10000 of the settlement'),
  (766, 'penalty.default_7d_bp', '1000', '-infinity', 'default seven days before or earlier'),
  (767, 'penalty.default_3d_bp', '2000', '-infinity', 'default three days before or earlier'),
  (768, 'penalty.default_1d_bp', '3000', '-infinity', 'default a day before or earlier'),
  (769, 'penalty.default_6h_bp', '5000', '-infinity', 'default six hours before or earlier'),
  (770, 'penalty.default_bp', '10000', '-infinity', 'default later than that'),
  (771, 'penalty.false_ship_fen', '2000', '-infinity', 'shipped in words only, a ticket'),
  (772, 'penalty.diff_cap_bp', '20000', '-infinity', 'most of a replacement''s difference'),
  (773, 'penalty.dual_control_fen', '500000', '-infinity', 'penalties above need two people'),
  (774, 'penalty.appeal_h', '72', '-infinity', 'hours a merchant has to appeal'),
  (781, 'rebate.tier1_fen', '10000000', '-infinity', 'settled in a month, first bracket'),
  (782, 'rebate.tier2_fen', '30000000', '-infinity', 'second bracket'),
  (783, 'rebate.tier3_fen', '100000000', '-infinity', 'third bracket'),
  (784, 'rebate.tier1_bp', '50', '-infinity', 'rebate of the first bracket'),
  (785, 'rebate.tier2_bp', '100', '-infinity', 'rebate of the second bracket'),
  (786, 'rebate.tier3_bp', '150', '-infinity', 'rebate of the third bracket'),
  (787, 'rebate.default_max_bp', '100', '-infinity', 'defaults above cost the rebate'),
  (788, 'rebate.on_time_min_bp', '9800', '-infinity', 'less on time than this costs it, too'),
  (789, 'rebate.calc_day', '3', '-infinity', 'day of the month when it is counted'),
  (790, 'rebate.post_day', '5', '-infinity', 'day of the month when it is paid');
