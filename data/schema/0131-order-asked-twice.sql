-- SPDX-License-Identifier: Apache-2.0
-- Before a part of a refund is paid by hand its provider is asked whether it has paid it; `answer`
-- is the latest one: NO, or not to be known.
alter table refund_leg add column asked_at timestamptz;
alter table refund_leg add column answer text check (answer in ('NO', 'UNSURE'));

-- Much money of a channel, in or out by bank: somebody proposes it, somebody else books it.
create table channel_transfer (
  sk int not null, id bigint not null, channel_id bigint not null,
  amount_fen bigint not null check (amount_fen <> 0), -- below zero: paid out
  reference text not null check (reference <> ''), reason text not null,
  state text not null check (state in ('PROPOSED', 'DONE', 'REJECTED')),
  proposed_by bigint not null, decided_by bigint, answer text not null default '',
  created_at timestamptz not null, decided_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (channel_id & 4095)::int),
  check (state <> 'DONE' or decided_by <> proposed_by),
  primary key (sk, id)) with (fillfactor = 80);
select place('channel_transfer', 'sk');
create index channel_transfer_open on channel_transfer (created_at, id) where state = 'PROPOSED';

insert into policy (id, key, value, effective_from, note) values
  (910, 'refund.asked_min', '60', '-infinity', 'a provider''s no is good for a transfer by hand'),
  (911, 'refund.retry_s', '60 300 1800 7200 43200', '-infinity', 'a refund is asked for again'),
  (912, 'payment.poll_s', '30 120 300 600', '-infinity', 'a payment is asked for, then repeatedly'),
  (913, 'sfpl.retry_days', '1 3 7', '-infinity', 'a deduction that failed is tried again'),
  (914, 'payment.simulated', '0', '-infinity', '1: the simulated provider may be used'),
  (915, 'channel.dual_control_fen', '5000000', '-infinity', 'a channel''s money above: two people');
