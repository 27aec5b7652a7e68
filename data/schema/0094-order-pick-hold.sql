-- SPDX-License-Identifier: Apache-2.0
-- Whoever picked his seats on the map blocks these very seats, and has less time to pay them.
insert into policy (id, key, value, effective_from, note) values
  (810, 'order.hold_pick_min', '10', '-infinity',
    'minutes an unpaid order holds seats that were picked');
