-- SPDX-License-Identifier: Apache-2.0
-- Grabs whose money is frozen: taken when tickets are found, and only as much as they cost.
alter table payment drop constraint payment_method_check;
alter table payment add constraint payment_method_check
  check (method in ('CASH', 'SIMULATED', 'TRANSFER', 'SLIP', 'PREPAID', 'CHANNEL', 'ALIPAY',
    'WECHAT', 'CMB_NETPAY', 'CMB_LIFE', 'SANDPAY', 'DOULI_POINTS', 'GIFT_CARD', 'PROXY_PAY',
    'MINIAPP_DIRECT', 'SFPL', 'SIMULATED_AUTH'));
-- What was frozen, where less of it was taken (I13).
alter table payment add column frozen_fen bigint check (frozen_fen >= amount_fen);
alter table simulated_trade add column captured_fen bigint
  check (captured_fen between 1 and paid_fen);

-- A grab has its tickets locked while its holder is asked for the money: what the order becomes
-- when he gives it. The row goes with his answer.
create table grab_capture (
  sk int not null, order_id bigint not null, payment_id bigint not null, qty int not null,
  goods_fen bigint not null, discount_fen bigint not null, delivery_fen bigint not null,
  service_fen bigint not null, payable_fen bigint not null check (payable_fen > 0),
  at timestamptz not null, primary key (sk, order_id));
select place('grab_capture', 'sk');
