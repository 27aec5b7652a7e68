-- SPDX-License-Identifier: Apache-2.0
-- Stock of one tier by quantity (I01). tier.id carries the session's shard key, so sk = id & 4095.
create table stock (
  sk int not null, tier_id bigint not null, session_id bigint not null,
  qty_total int not null default 0 check (qty_total >= 0),
  qty_locked int not null default 0 check (qty_locked >= 0),
  qty_sold int not null default 0 check (qty_sold >= 0),
  check (qty_locked + qty_sold <= qty_total), check (sk = (tier_id & 4095)::int),
  primary key (sk, tier_id)) with (fillfactor = 50);
select place('stock', 'sk');
create index stock_session on stock (sk, session_id);

-- Append only: every change of qty_total, with its reason; Σ = qty_total, which `check` proves. No
-- key to stock: it would lock a hot row once more for each change.
create table stock_move (
  sk int not null, id bigint not null, tier_id bigint not null, delta int not null,
  reason text not null, actor_id bigint not null, at timestamptz not null,
  primary key (sk, id));
select place('stock_move', 'sk');
