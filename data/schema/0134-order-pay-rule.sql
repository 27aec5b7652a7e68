-- SPDX-License-Identifier: Apache-2.0
-- Which ways to pay are offered: by channel, device, payee, amount and delivery. The first rule
-- that fits a method and a way decides; where none fits, it is not offered.
create table pay_rule (
  id bigint primary key, method text not null, scene text, device text
    check (device in ('WEB', 'WAP', 'APP', 'WECHAT', 'ALIPAY', 'TILL')),
  channel text check (channel <> ''), payee text check (payee in ('US', 'ORGANISER')),
  delivery text, from_fen bigint not null default 0 check (from_fen >= 0),
  to_fen bigint check (to_fen >= from_fen), offered boolean not null default true,
  rank int not null check (rank between 1 and 9999), note text not null default '',
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (scene is null or scene in ('QR', 'BAR', 'WAP', 'APP', 'JS', 'PC')));
select place('pay_rule', 'ref');

insert into pay_rule (id, method, scene, device, payee, rank, created_at, updated_at)
  select n, method, scene, device, payee, 1000 + n * 10, now(), now() from (values
  (1, 'WECHAT', 'QR', 'WEB', null), (2, 'ALIPAY', 'PC', 'WEB', null),
  (3, 'ALIPAY', 'QR', 'WEB', null), (4, 'CMB_NETPAY', 'PC', 'WEB', null),
  (5, 'SANDPAY', 'PC', 'WEB', null), (6, 'SANDPAY', 'QR', 'WEB', null),
  (7, 'WECHAT', 'WAP', 'WAP', null), (8, 'ALIPAY', 'WAP', 'WAP', null),
  (9, 'CMB_NETPAY', 'WAP', 'WAP', null), (10, 'CMB_LIFE', 'WAP', 'WAP', null),
  (11, 'SANDPAY', 'WAP', 'WAP', null), (12, 'WECHAT', 'APP', 'APP', null),
  (13, 'ALIPAY', 'APP', 'APP', null), (14, 'CMB_NETPAY', 'APP', 'APP', null),
  (15, 'CMB_LIFE', 'APP', 'APP', null), (16, 'WECHAT', 'JS', 'WECHAT', null),
  (17, 'MINIAPP_DIRECT', 'JS', 'WECHAT', 'ORGANISER'), (18, 'ALIPAY', 'JS', 'ALIPAY', null),
  (19, 'CASH', null, 'TILL', null), (20, 'SLIP', null, 'TILL', null),
  (21, 'WECHAT', 'BAR', 'TILL', null), (22, 'ALIPAY', 'BAR', 'TILL', null),
  (23, 'WECHAT', 'QR', 'TILL', null), (24, 'ALIPAY', 'QR', 'TILL', null),
  (25, 'SANDPAY', 'QR', 'TILL', null), (26, 'SIMULATED', null, 'TILL', null),
  (27, 'GIFT_CARD', null, null, null), (28, 'DOULI_POINTS', null, null, null),
  (29, 'PROXY_PAY', null, null, null), (30, 'SFPL', 'APP', 'APP', null),
  (31, 'SFPL', 'JS', 'WECHAT', null)) r(n, method, scene, device, payee);
