-- SPDX-License-Identifier: Apache-2.0
-- What somebody has to look at: an event that no rule can answer. While one is open, the same again
-- counts in it; what it is about has its shard.
create table alarm (
  sk int not null, id bigint not null,
  kind text not null check (kind in ('FOLLOW_LOOP', 'FOLLOW_STALE', 'BUDGET_LOW', 'BUDGET_OUT',
    'PAYMENT', 'REFUND')),
  noun text not null, ref bigint not null, about text not null default '',
  merchant_id bigint, -- who is told beside our own people
  times int not null default 1 check (times > 0),
  state text not null check (state in ('OPEN', 'TAKEN', 'CLOSED')),
  taken_by bigint, taken_at timestamptz, closed_by bigint, closed_at timestamptz,
  reason text, at timestamptz not null, updated_at timestamptz not null,
  version int not null default 1,
  check ((state = 'CLOSED') = (closed_at is not null)),
  check (sk = (id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 80);
select place('alarm', 'sk');
create unique index alarm_open on alarm (sk, noun, ref, kind) where state <> 'CLOSED';
create index alarm_at on alarm (at);

-- The most of a budget that ever was used, in 1/10000, and how much of that was told.
alter table campaign_budget add column reached_bp int not null default 0 check (reached_bp >= 0);
alter table campaign_budget add column told_bp int not null default 0
  check (told_bp between 0 and 10000);
update campaign_budget
  set reached_bp = ((reserved_fen + spent_fen)::numeric * 10000 / total_fen)::int;

insert into policy (id, key, value, effective_from, note) values
  (800, 'budget.alarm_bp', '8000', '-infinity',
    'part of a campaign budget, in 1/10000, whose use is told');
