-- SPDX-License-Identifier: Apache-2.0
-- What merchants earned: a line for each of their completed orders, in the merchant's shard, and
-- the batches by which lines become theirs.
create table settle_line (
  sk int not null, id bigint not null, merchant_id bigint not null, order_id bigint not null,
  order_no text not null, qty int not null check (qty > 0),
  settle_fen bigint not null, commission_fen bigint not null, markup_fen bigint not null,
  ready_at timestamptz not null,
  state text not null check (state in ('WAITING', 'READY', 'BATCHED', 'DISPUTED', 'SETTLED')),
  settlement_id bigint, note text not null default '',
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check ((state in ('BATCHED', 'SETTLED')) = (settlement_id is not null)),
  primary key (sk, id), unique (sk, order_id, merchant_id)) with (fillfactor = 70);
select place('settle_line', 'sk');
create index settle_line_due on settle_line (ready_at, id) where state = 'WAITING';
create index settle_line_ready on settle_line (merchant_id, id) where state = 'READY';
create index settle_line_batch on settle_line (settlement_id) where settlement_id is not null;

create table settlement (
  sk int not null, id bigint not null, no text not null, merchant_id bigint not null,
  day date not null, lines_n int not null, net_fen bigint not null,
  state text not null check (state in ('CALCULATED', 'CONFIRMED', 'APPROVED', 'POSTED', 'EMPTY')),
  confirm_by timestamptz not null, confirmed_by bigint, approved_by bigint, approved_by2 bigint,
  debt_fen bigint not null default 0 check (debt_fen >= 0),
  created_at timestamptz not null, posted_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  check (approved_by2 is null or approved_by2 <> approved_by),
  primary key (sk, id), unique (sk, no), unique (sk, merchant_id, day)) with (fillfactor = 70);
select place('settlement', 'sk');
create index settlement_open on settlement (confirm_by, id)
  where state in ('CALCULATED', 'CONFIRMED', 'APPROVED');

insert into policy (id, key, value, effective_from, note) values
  (1731, 'settle.days_a', '1', '-infinity', 'days until level A is settled with'),
  (1732, 'settle.days_b', '3', '-infinity', 'the same for level B'),
  (1733, 'settle.days_c', '7', '-infinity', 'the same for level C'),
  (1734, 'settle.days_d', '10', '-infinity', 'the same for level D and the restricted'),
  (1735, 'settle.confirm_h', '48', '-infinity', 'hours a merchant has to look at a batch'),
  (1736, 'settle.min_fen', '100', '-infinity', 'least batch of a merchant'),
  (1737, 'settle.dual_control_fen', '5000000', '-infinity', 'batches above need two approvers');
