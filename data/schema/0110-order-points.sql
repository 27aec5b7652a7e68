-- SPDX-License-Identifier: Apache-2.0
-- What a partner's points are worth is agreed with the partner, which is a channel: so many a yuan,
-- how much more for paying with them, and whether they pay a part of an order. A payment keeps what
-- was agreed when it was asked for.
alter table channel
  add column points_yuan bigint check (points_yuan > 0),
  add column points_fee_bp int not null default 0 check (points_fee_bp between 0 and 10000),
  add column points_use text not null default 'MIXED' check (points_use in ('MIXED', 'ALONE'));
alter table payment_front
  add column points_yuan bigint, add column points_fee_bp int;
