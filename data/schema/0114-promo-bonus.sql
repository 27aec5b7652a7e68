-- SPDX-License-Identifier: Apache-2.0
-- Points beside those that orders earn: for a visit a day and the first order. Levels earn more.
alter table point_move drop constraint point_move_kind_check;
alter table point_move add constraint point_move_kind_check check (kind in ('EARN', 'SPEND',
  'RETURN', 'TAKE_BACK', 'EXPIRE', 'ADJUST', 'SIGN_IN', 'FIRST_ORDER'));

insert into policy (id, key, value, effective_from, note) values
  (877, 'points.level1_bp', '11000', '-infinity', 'what level 1 earns of the rate, in 1/10000'),
  (878, 'points.level2_bp', '12000', '-infinity', 'what level 2 earns of it'),
  (879, 'points.level3_bp', '15000', '-infinity', 'what level 3 earns of it'),
  (880, 'points.level4_bp', '20000', '-infinity', 'what level 4 earns of it'),
  (881, 'points.sign_in', '1', '-infinity', 'points for signing in on a day'),
  (882, 'points.first_order', '100', '-infinity', 'points for the first completed order');
