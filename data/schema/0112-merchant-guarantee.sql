-- SPDX-License-Identifier: Apache-2.0
-- A closed account's guarantee goes back once somebody else agrees: what it owes first, of what is
-- available (available_fen), then of the guarantee (debt_fen); amount_fen is the rest.
create table guarantee (
  sk int not null, id bigint not null, merchant_id bigint not null,
  available_fen bigint not null default 0 check (available_fen >= 0),
  debt_fen bigint not null default 0 check (debt_fen >= 0),
  amount_fen bigint not null default 0 check (amount_fen >= 0),
  state text not null check (state in ('WAITING', 'RETURNED', 'REJECTED')),
  reason text not null default '', answer text not null default '',
  asked_by bigint not null, decided_by bigint, decided_at timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check (state <> 'RETURNED' or decided_by <> asked_by),
  check (state = 'RETURNED' or available_fen + debt_fen + amount_fen = 0),
  primary key (sk, id)) with (fillfactor = 80);
select place('guarantee', 'sk');
create unique index guarantee_one on guarantee (sk, merchant_id) where state = 'WAITING';
