-- SPDX-License-Identifier: Apache-2.0
-- Attend first, pay later: what is to be deducted, from the moment the tickets are out.
create table credit_due (
  sk int not null, payment_id bigint not null, order_id bigint not null, user_id bigint not null,
  auth_no text not null default '', session_end_at timestamptz not null,
  due_at timestamptz not null, tries int not null default 0, open boolean not null default true,
  approved_by bigint, approved_by2 bigint, reason text,
  check (approved_by2 is null or approved_by2 <> approved_by),
  primary key (sk, payment_id)) with (fillfactor = 70);
select place('credit_due', 'sk');
create index credit_due_at on credit_due (due_at) where open;
-- What an account has open and whether it may have more; sk is the account's.
create table credit_account (
  sk int not null, user_id bigint not null, level int not null default 0,
  score int not null default 0, open_n int not null default 0 check (open_n >= 0),
  blocked boolean not null default false, updated_at timestamptz not null,
  primary key (sk, user_id)) with (fillfactor = 70);
select place('credit_account', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (851, 'sfpl.level', '1', '-infinity', 'least level of an account that may pay later'),
  (852, 'sfpl.score', '600', '-infinity', 'least credit score of an account that may pay later'),
  (853, 'sfpl.open_max', '2', '-infinity', 'orders of an account that are not paid yet'),
  (854, 'sfpl.most_fen', '200000', '-infinity', 'most that is paid later at once'),
  (855, 'sfpl.after_h', '24', '-infinity', 'hours from the end of the session to the deduction'),
  (856, 'sfpl.write_off_days', '90', '-infinity', 'days from the first deduction to bad debt');
