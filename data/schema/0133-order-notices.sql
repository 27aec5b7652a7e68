-- SPDX-License-Identifier: Apache-2.0
-- Every notice of a payment provider as it came in, without what nobody needs to see: those that
-- were applied, and those that were refused, with the reason. Anybody can post something here, so
-- only so many of the refused are kept in an hour.
create table provider_notice (
  sk int not null, id bigint not null, method text not null, kind text not null default '',
  verdict text not null check (verdict in ('GOOD', 'PROBE', 'BAD')), result text not null,
  reason text not null default '', out_no text not null default '',
  provider_no text not null default '', amount_fen bigint not null default 0,
  payment_id bigint, refund_id bigint, body text not null, at timestamptz not null,
  check (sk = (id & 4095)::int), primary key (sk, id));
select place('provider_notice', 'sk');
create index provider_notice_at on provider_notice (at);
create index provider_notice_payment on provider_notice (payment_id) where payment_id is not null;
create index provider_notice_refund on provider_notice (refund_id) where refund_id is not null;

-- What was said about a refund is found from it.
alter table payment_exchange add column refund_id bigint;
create index payment_exchange_refund on payment_exchange (refund_id) where refund_id is not null;

insert into policy (id, key, value, effective_from, note) values
  (920, 'payment.refused_hour', '200', '-infinity', 'refused notices that are kept in an hour'),
  (921, 'channel.unit_max_bp', '30000', '-infinity',
    'a channel''s price above so much of the face price is asked about; 0: none is');

-- As the code has it, and the rule that people read.
update policy set note = 'days after the show until bad debt' where id = 856;

-- What was paid back on a day.
create index refund_done on refund (done_at) where done_at is not null;
