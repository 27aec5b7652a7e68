-- SPDX-License-Identifier: Apache-2.0
-- An organiser collects itself by Alipay, too, and by all of WeChat Pay, not in its own mini
-- program alone; and whoever collects has bills of his own.
alter table direct_payee
  drop constraint direct_payee_sub_mchid_check,
  alter column sub_mchid set default '',
  add column wechat_all boolean not null default false,
  add column alipay_seller text not null default '',
  add column alipay_token text not null default '', -- the name of a secret, never the secret
  add column alipay_appid text not null default '',
  add check (sub_mchid <> '' or alipay_seller <> ''),
  add check ((alipay_seller = '') = (alipay_token = '')),
  add check (sub_mchid <> '' or not wechat_all);

alter table payment drop constraint payment_method_check;
alter table payment add constraint payment_method_check
  check (method in ('CASH', 'SIMULATED', 'TRANSFER', 'SLIP', 'PREPAID', 'CHANNEL', 'ALIPAY',
    'WECHAT', 'CMB_NETPAY', 'CMB_LIFE', 'SANDPAY', 'DOULI_POINTS', 'GIFT_CARD', 'PROXY_PAY',
    'MINIAPP_DIRECT', 'SFPL', 'SIMULATED_AUTH', 'ALIPAY_DIRECT'));
-- The payer's number is that of an app of ours, not of the mini program of whoever collects.
alter table payment_front add column own_app boolean not null default false;

-- One bill in force for a method, day and payee; 0: ours, or that of all payees together.
alter table bill add column payee_id bigint not null default 0;
drop index bill_day;
create unique index bill_day on bill (sk, method, day, payee_id) where state <> 'DROPPED';
