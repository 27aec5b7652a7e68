-- SPDX-License-Identifier: Apache-2.0
-- What puts a grab ahead in its queue beside its helpers: the speed pack that was paid for it,
-- point by point, and the level of the account. All three together are its boost.
alter table grab_request add column speed int not null default 0;
alter table grab_request add column level int not null default 0;
alter table grab_request add constraint grab_request_key
  check (speed between 0 and 30 and level between 0 and 4 and boost <= speed + level + 20);

-- The device that took tickets of an activity has its share of it, and gives it back with them.
alter table order_reserve add column device bytea;

insert into policy (id, key, value, effective_from, note) values
  (811, 'grab.speed_fen', '100', '-infinity', 'fee of a point of the speed pack'),
  (812, 'buyer.growth_days', '365', '-infinity', 'days for which what an account paid counts'),
  (813, 'order.hold_channel_min', '30', '-infinity', 'minutes of a hold of a sales channel'),
  (814, 'seckill.user_rate', '1', '-infinity', 'requests of an account for an activity a second'),
  (815, 'seckill.source_rate', '20', '-infinity', 'the same of an address'),
  (816, 'buyer.level1_fen', '50000', '-infinity', 'paid in that time for level 1'),
  (817, 'buyer.level2_fen', '200000', '-infinity', 'paid in that time for level 2'),
  (818, 'buyer.level3_fen', '800000', '-infinity', 'paid in that time for level 3'),
  (819, 'buyer.level4_fen', '2000000', '-infinity', 'paid in that time for level 4');
