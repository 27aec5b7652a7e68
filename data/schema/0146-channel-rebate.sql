-- SPDX-License-Identifier: Apache-2.0
-- Rebates of channels and distributors: the orders that completed, what a month of them is worth,
-- and its move in the channel's book.
create table channel_sale (
  sk int not null, channel_id bigint not null, order_id bigint not null, at timestamptz not null,
  check (sk = (channel_id & 4095)::int), primary key (sk, channel_id, order_id));
select place('channel_sale', 'sk');
create index channel_sale_at on channel_sale (sk, channel_id, at);
insert into channel_sale select (c.channel_id & 4095)::int, c.channel_id, c.order_id, o.updated_at
  from channel_order c join orders o on o.sk = c.sk and o.id = c.order_id
  where o.status = 'COMPLETED';

create table channel_rebate (
  sk int not null, id bigint not null, channel_id bigint not null,
  month date not null check (month = date_trunc('month', month)::date),
  no int not null check (no > 0), base_fen bigint not null, bp int not null,
  orders_n bigint not null, amount_fen bigint not null check (amount_fen <> 0),
  state text not null check (state in ('CALCULATED', 'POSTED')),
  created_at timestamptz not null, posted_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (channel_id & 4095)::int),
  primary key (sk, id), unique (sk, channel_id, month, no)) with (fillfactor = 70);
select place('channel_rebate', 'sk');

-- REBATE: more is paid ahead; REBATE_DUE: less is owed. Taken back, the other way round.
alter table channel_move drop constraint channel_move_kind_check;
alter table channel_move add constraint channel_move_kind_check check (kind in ('TOPUP', 'ORDER',
  'REFUND', 'PAYOUT', 'RECEIVED', 'SHARE', 'SHARE_BACK', 'REBATE', 'REBATE_DUE'));
alter table channel_statement
  add column rebate_fen bigint not null default 0, drop constraint channel_statement_check;
alter table channel_statement add constraint channel_statement_check check (opening_fen + topup_fen
  + payout_fen + order_fen + refund_fen + share_fen + received_fen + rebate_fen = closing_fen);
