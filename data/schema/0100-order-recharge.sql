-- SPDX-License-Identifier: Apache-2.0
-- Money that merchants pay into their wallets themselves, through a provider.
create table recharge_order (
  sk int not null, id bigint not null, merchant_id bigint not null,
  method text not null check (method in ('ALIPAY', 'WECHAT', 'CMB_NETPAY', 'CMB_LIFE', 'SANDPAY')),
  scene text not null check (scene in ('QR', 'WAP', 'APP', 'JS', 'PC')),
  amount_fen bigint not null check (amount_fen > 0), received_fen bigint not null default 0,
  state text not null check (state in ('CREATED', 'PENDING', 'SUCCESS', 'CLOSED', 'MISMATCH',
    'REFUNDED')),
  provider_no text, payer text not null default '', client_ip text not null default '',
  return_url text not null default '', qr text not null default '', url text not null default '',
  front text not null default '', error text not null default '',
  created_at timestamptz not null, expires_at timestamptz not null, paid_at timestamptz,
  polls int not null default 0, actor_id bigint not null,
  updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (merchant_id & 4095)::int),
  primary key (sk, id), unique (sk, method, provider_no)) with (fillfactor = 80);
select place('recharge_order', 'sk');
create index recharge_order_merchant on recharge_order (sk, merchant_id);
create index recharge_order_paid on recharge_order (paid_at) where paid_at is not null;

-- To be sent, asked after, or given back; the row goes when there is nothing more to do.
create table recharge_due (
  sk int not null, recharge_id bigint not null, due_at timestamptz not null,
  primary key (sk, recharge_id)) with (fillfactor = 50);
select place('recharge_due', 'sk');
create index recharge_due_at on recharge_due (due_at);

insert into policy (id, key, value, effective_from, note) values
  (844, 'recharge.min_fen', '100', '-infinity', 'least that a merchant pays in at once'),
  (845, 'recharge.max_fen', '5000000', '-infinity', 'most that a merchant pays in at once'),
  (846, 'recharge.expire_min', '30', '-infinity', 'minutes until it is to be paid');
