-- SPDX-License-Identifier: Apache-2.0
-- Payments through connectors: Alipay, WeChat Pay and the banks.
alter table payment drop constraint payment_method_check;
alter table payment add constraint payment_method_check
  check (method in ('CASH', 'SIMULATED', 'TRANSFER', 'SLIP', 'PREPAID', 'CHANNEL', 'ALIPAY',
    'WECHAT', 'CMB_NETPAY', 'CMB_LIFE', 'SANDPAY'));

-- How the payer meets the provider, and what his side needs for it. `payer` (his openid, or the
-- code he showed) goes when it was sent.
create table payment_front (
  sk int not null, payment_id bigint not null,
  scene text not null check (scene in ('QR', 'BAR', 'WAP', 'APP', 'JS', 'PC')),
  payer text not null default '', client_ip text not null default '',
  return_url text not null default '',
  qr text not null default '', url text not null default '', front text not null default '',
  error text not null default '', updated_at timestamptz not null,
  primary key (sk, payment_id)) with (fillfactor = 80);
select place('payment_front', 'sk');

-- What went over the wire for a payment, without secrets.
create table payment_exchange (
  sk int not null, id bigint not null, payment_id bigint not null, call text not null,
  outcome text not null, status int not null, code text not null, message text not null,
  exchange text not null, at timestamptz not null,
  primary key (sk, id));
select place('payment_exchange', 'sk');
create index payment_exchange_payment on payment_exchange (sk, payment_id);

insert into policy (id, key, value, effective_from, note) values
  (801, 'payment.bar_poll_s', '3', '-infinity', 'seconds between looks at a scanned pay code'),
  (802, 'payment.bar_give_up_s', '45', '-infinity', 'after this it is reversed'),
  (803, 'payment.refund_look_s', '600', '-infinity', 'seconds between looks at a refund under way');
