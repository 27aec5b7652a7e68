-- SPDX-License-Identifier: Apache-2.0
-- What the customer at a till sees: one row a till, written over with every ticket that is added.
create table till (
  sk int not null, name text not null check (name <> ''), id bigint not null,
  session_id bigint, items jsonb not null default '[]', -- [{"tier": 61441, "qty": 2}]
  tendered_fen bigint not null default 0 check (tendered_fen >= 0),
  order_id bigint, staff_id bigint not null, told_at timestamptz not null,
  check (sk = (id & 4095)::int), primary key (sk, name));
select place('till', 'sk');
