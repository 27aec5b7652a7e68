-- SPDX-License-Identifier: Apache-2.0
-- Stock in lots: tickets of one tier that one seller offers. The organiser's own lot of a tier has
-- the tier's id, a merchant's lot the id of its listing. The row is also the lock of the lot: who
-- changes its counters, its seats or its rules locks it first, several in ascending order.
alter table stock rename column tier_id to lot_id;
alter table stock add column tier_id bigint;
update stock set tier_id = lot_id;
alter table stock alter column tier_id set not null;
alter table stock add column merchant_id bigint;
-- withheld from sale; by seat where the lot has seats
alter table stock add column qty_held int not null default 0 check (qty_held >= 0);
-- 0: sold by quantity; else another number after each change of one of its seats
alter table stock add column seat_stamp bigint not null default 0;
alter table stock drop constraint stock_check;
alter table stock add constraint stock_check check (qty_held + qty_locked + qty_sold <= qty_total);
create index stock_tier on stock (sk, tier_id);

alter table stock_move rename column tier_id to lot_id;
alter table stock_lock rename column tier_id to lot_id;

alter table order_item add column lot_id bigint;
update order_item set lot_id = tier_id;
alter table order_item alter column lot_id set not null;
alter table order_item add column ask_fen bigint not null default 0;
-- what the seller of the lot receives for a ticket; 0: the organiser's own
alter table order_item add column settle_fen bigint not null default 0;

-- The seat sold: bit `seat_bit` of the row segment `seat_block`. Discounts by who bears them: what
-- merchant and channel do not is the platform's.
alter table order_seat add column seat_block bigint, add column seat_bit smallint;
alter table order_seat add column points_fen bigint not null default 0;
alter table order_seat add column merch_fen bigint not null default 0;
alter table order_seat add column chan_fen bigint not null default 0;
alter table order_seat drop constraint order_seat_check;
alter table order_seat add constraint order_seat_money check (
  list_fen = paid_fen + points_fen + disc_fen and merch_fen >= 0 and chan_fen >= 0
  and merch_fen + chan_fen <= disc_fen and points_fen >= 0);

-- Every kind of order begins in states of its own and joins the others when it is paid.
alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_status_check check (status in (
  'PENDING_PAY','PAID','DISPATCHED','ALLOCATED','PART_SHIPPED','SHIPPED','SIGNED','COMPLETED',
  'REFUNDING','REFUNDED','CLOSED',
  'GRAB_PENDING_AUTH','GRAB_WAITING','GRAB_FAILED','GRAB_CANCELLED',
  'OFFLINE_DRAFT','OFFLINE_COLLECTED','GROUP_WAITING',
  'DIST_LOCKED','DIST_RELEASED','DIST_CONFIRMED','ISSUED','DIST_REFUNDED',
  'IMPORTED','MAPPED','UNMAPPED','CHANNEL_REJECTED'));
