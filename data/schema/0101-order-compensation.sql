-- SPDX-License-Identifier: Apache-2.0
-- What buyers get on top of their money when a ticket was none, or not the one they paid for.

create table compensation (
  sk int not null, id bigint not null, order_id bigint not null,
  kind text not null check (kind in ('NO_TICKET', 'FAKE', 'WRONG_TIER', 'EXTRA_CHARGE')),
  form text not null check (form in ('MONEY', 'COUPON')),
  seats int[] not null check (cardinality(seats) > 0), hours int not null default 0,
  merchant_id bigint not null default 0, -- whose penalties of the order pay first; 0: nobody's
  amount_fen bigint not null check (amount_fen > 0),
  penalty_fen bigint not null default 0, -- of it out of those penalties, once it is approved
  state text not null check (state in ('PROPOSED', 'APPROVED', 'PAID', 'REJECTED')),
  way text check (way in ('BANK', 'CASH', 'COUPON')), reference text not null default '',
  reason text not null check (reason <> ''), answer text not null default '',
  proposed_by bigint not null, decided_by bigint, paid_by bigint,
  created_at timestamptz not null, decided_at timestamptz, paid_at timestamptz,
  updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (order_id & 4095)::int),
  check (penalty_fen between 0 and amount_fen), check (penalty_fen = 0 or merchant_id <> 0),
  check ((state = 'PAID') = (way is not null)),
  primary key (sk, id)) with (fillfactor = 70);
select place('compensation', 'sk');
create index compensation_order on compensation (sk, order_id);

insert into policy (id, key, value, effective_from, note) values
  (847, 'compensation.coupon_bp', '1000', '-infinity', 'no ticket, known a week before'),
  (848, 'compensation.late_bp', '3000', '-infinity', 'no ticket, known a day before'),
  (849, 'compensation.late_most_fen', '50000', '-infinity', 'most of it, a ticket'),
  (850, 'compensation.last_bp', '10000', '-infinity', 'no ticket, known later than that'),
  (775, 'compensation.last_most_fen', '100000', '-infinity', 'most of it, a ticket'),
  (776, 'compensation.fake_bp', '30000', '-infinity', 'a false ticket, or refused at the gate'),
  (777, 'compensation.fake_most_fen', '200000', '-infinity', 'most of it, a ticket'),
  (778, 'compensation.tier_bp', '5000', '-infinity', 'a worse tier than was paid for'),
  (779, 'compensation.tier_most_fen', '30000', '-infinity', 'most of it, a ticket'),
  (780, 'compensation.extra_bp', '2000', '-infinity', 'charged beside the price'),
  (857, 'compensation.extra_least_fen', '5000', '-infinity', 'least of it, a ticket'),
  (858, 'compensation.extra_most_fen', '20000', '-infinity', 'most of it, a ticket'),
  (859, 'compensation.dual_control_fen', '500000', '-infinity',
    'compensations above need two people');
