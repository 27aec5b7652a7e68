-- SPDX-License-Identifier: Apache-2.0
-- Agreements of accounts with a provider: a number of ours that the provider ties to a card, by
-- which later payments know the payer and, where he agreed to it, are taken without him. The
-- number is sealed; sk is the account's.
create table pay_agreement (
  sk int not null, id bigint not null, user_id bigint not null,
  method text not null check (method in ('CMB_NETPAY')),
  number bytea not null, tail text not null, later boolean not null, return_url text not null,
  state text not null check (state in ('PENDING', 'SIGNED', 'CANCELLING', 'CANCELLED', 'REFUSED',
    'CLOSED')),
  no_password boolean not null default false, reason text not null default '',
  looks int not null default 0, due_at timestamptz, closes_at timestamptz not null,
  signed_at timestamptz, ended_at timestamptz, created_at timestamptz not null,
  updated_at timestamptz not null, version int not null default 1,
  primary key (sk, id)) with (fillfactor = 80);
select place('pay_agreement', 'sk');
create unique index pay_agreement_live on pay_agreement (sk, user_id, method)
  where state in ('PENDING', 'SIGNED');
create index pay_agreement_due on pay_agreement (due_at) where due_at is not null;
create index pay_agreement_user on pay_agreement (user_id);

-- Attend first, pay later, by agreement.
alter table credit_due drop constraint credit_due_via_check;
alter table credit_due add constraint credit_due_via_check
  check (via in ('ALIPAY', 'WECHAT', 'CMB_NETPAY'));
alter table credit_trade drop constraint credit_trade_via_check;
alter table credit_trade add constraint credit_trade_via_check
  check (via in ('ALIPAY', 'WECHAT', 'CMB_NETPAY'));
create index credit_due_agreed on credit_due (user_id) where via = 'CMB_NETPAY';

insert into pay_rule (id, method, scene, device, rank, created_at, updated_at) values
  (32, 'SFPL', 'WAP', 'WAP', 1320, now(), now());

insert into policy (id, key, value, effective_from, note) values
  (905, 'agreement.sign_min', '30', '-infinity', 'minutes until an agreement is to be signed'),
  (906, 'agreement.look_s', '60', '-infinity',
    'seconds between looks at an agreement that nobody told about');
