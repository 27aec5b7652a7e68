-- SPDX-License-Identifier: Apache-2.0
-- What a shift took, by method, as it was when its drawer was counted.
create table shift_total (
  shift_id bigint not null, method text not null, pay_n bigint not null, pay_fen bigint not null,
  refund_n bigint not null, refund_fen bigint not null, primary key (shift_id, method));
select place('shift_total', 'ref');
-- What was told of it: that it is open for long, then that it is over or short.
alter table shift
  add column told text not null default '' check (told in ('', 'LONG', 'ODD'));
create index shift_untold on shift (opened_at) where state <> 'CLOSED';
-- Whoever raises an alarm knows its kinds.
alter table alarm drop constraint alarm_kind_check,
  add constraint alarm_kind_check check (kind ~ '^[A-Z_]+$');

insert into policy (id, key, value, effective_from, note) values
  (870, 'shift.open_h', '16', '-infinity', 'hours that a shift is open before people are told');

-- What a channel had on a day: before, what came and went, after. Once made it stays.
create table channel_statement (
  sk int not null, channel_id bigint not null,
  book text not null check (book in ('PREPAID', 'RECEIVABLE')), day date not null,
  opening_fen bigint not null, topup_fen bigint not null, payout_fen bigint not null,
  order_n bigint not null, order_fen bigint not null, refund_n bigint not null,
  refund_fen bigint not null, closing_fen bigint not null, made_at timestamptz not null,
  check (opening_fen + topup_fen + payout_fen + order_fen + refund_fen = closing_fen),
  check (sk = (channel_id & 4095)::int), primary key (sk, channel_id, book, day));
select place('channel_statement', 'sk');
create index channel_move_day on channel_move (sk, channel_id, book, at);
