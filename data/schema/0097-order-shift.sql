-- SPDX-License-Identifier: Apache-2.0
-- Drawers of the box office: who has one from when to when, and what went through it. Few rows, and
-- every cash sale shares the row of its shift: a reference.
create table shift (
  id bigint primary key, no text not null unique, till text not null check (till <> ''),
  operator_id bigint not null, from_id bigint unique, -- taken over, with what was counted there
  float_fen bigint not null check (float_fen >= 0),
  -- told when it is closed
  sales_fen bigint not null default 0, refunds_fen bigint not null default 0,
  added_fen bigint not null default 0, dropped_fen bigint not null default 0,
  expected_fen bigint not null default 0, counted_fen bigint not null default 0,
  pieces jsonb not null default '[]', note text not null default '',
  state text not null check (state in ('OPEN', 'CHECK', 'CLOSED')),
  opened_at timestamptz not null, closed_at timestamptz, closed_by bigint, checked_by bigint,
  updated_at timestamptz not null, version int not null default 1,
  check (checked_by is null or checked_by <> operator_id));
select place('shift', 'ref');
create unique index shift_operator on shift (operator_id) where state = 'OPEN';
create unique index shift_till on shift (till) where state = 'OPEN';
create index shift_opened on shift (opened_at, id);

-- What went in (positive) and out of a drawer, beside the order it belongs to.
create table shift_cash (
  sk int not null, id bigint not null, shift_id bigint not null,
  kind text not null check (kind in ('SALE', 'COLLECTED', 'REFUND', 'ADDED', 'DROPPED')),
  amount_fen bigint not null check (amount_fen <> 0 and
    (amount_fen > 0) = (kind in ('SALE', 'COLLECTED', 'ADDED'))),
  order_id bigint not null default 0, note text not null default '', at timestamptz not null,
  check (sk = (id & 4095)::int), primary key (sk, id));
select place('shift_cash', 'sk');
create index shift_cash_shift on shift_cash (shift_id, id);

insert into policy (id, key, value, effective_from, note) values
  (828, 'shift.required', '0', '-infinity', '1: the counter takes cash within a shift only'),
  (829, 'shift.check_fen', '5000', '-infinity', 'more over or short needs a second look');
