-- SPDX-License-Identifier: Apache-2.0
-- Tenders beside one another: money that is frozen first (points, gift cards, credit) and taken
-- when the rest of the order is paid.
alter table payment drop constraint payment_method_check;
alter table payment add constraint payment_method_check
  check (method in ('CASH', 'SIMULATED', 'TRANSFER', 'SLIP', 'PREPAID', 'CHANNEL', 'ALIPAY',
    'WECHAT', 'CMB_NETPAY', 'CMB_LIFE', 'SANDPAY', 'DOULI_POINTS', 'GIFT_CARD', 'PROXY_PAY',
    'MINIAPP_DIRECT', 'SFPL'));
alter table payment drop constraint payment_state_check;
alter table payment add constraint payment_state_check check (state in ('CREATED', 'PENDING',
  'SUCCESS', 'CLOSED', 'MISMATCH', 'DUP_REFUNDING', 'REFUNDED', 'COLLECTED', 'AUTHORISED',
  'CAPTURED', 'RELEASED', 'CREDIT_OPEN', 'DEDUCTING', 'OVERDUE', 'BAD_DEBT'));

-- What is frozen for an unpaid order: the sum of its AUTHORISED payments.
alter table orders add column held_fen bigint not null default 0
  check (held_fen >= 0);

-- A tender by code has no way of meeting the payer; `code` is the one he was sent, and goes with
-- `payer` when it was used.
alter table payment_front alter column scene drop not null;
alter table payment_front add column code text not null default '';

insert into policy (id, key, value, effective_from, note) values
  (841, 'tender.douli_points_yuan', '100', '-infinity', 'partner points that are worth one yuan'),
  (842, 'tender.alarm_tries', '5', '-infinity',
    'unanswered captures and releases after which people are told');
