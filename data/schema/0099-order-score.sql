-- SPDX-License-Identifier: Apache-2.0
-- Attend first, pay later, by more than one provider. Alipay deducts from what is frozen when it is
-- asked to; WeChat is told what it cost and collects that itself.
alter table credit_due
  add column via text not null default 'ALIPAY' check (via in ('ALIPAY', 'WECHAT')),
  add column told boolean not null default false,  -- the provider has the sum, and collects
  add column asked boolean not null default false, -- this try is with it: what comes of it?
  add column paid_fen bigint;                      -- what was deducted, when it was

insert into policy (id, key, value, effective_from, note) values
  (843, 'sfpl.collect_min', '60', '-infinity', 'minutes that a provider has to collect at a try');
