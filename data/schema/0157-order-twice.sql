-- SPDX-License-Identifier: Apache-2.0
-- Who buys twice is looked for among the orders of a few days.
insert into policy (id, key, value, effective_from, note) values
  (927, 'order.twice_h', '24', '-infinity', 'orders of one session so close are shown together'),
  (928, 'order.twice_days', '7', '-infinity', 'and only those that were placed since so long');
