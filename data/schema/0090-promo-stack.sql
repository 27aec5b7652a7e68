-- SPDX-License-Identifier: Apache-2.0
-- What points are worth when they pay for an order.
insert into policy (id, key, value, effective_from, note) values
  (1901, 'points.yuan', '100', '-infinity', 'points that are worth one yuan'),
  (1902, 'points.max_bp', '1000', '-infinity', 'part of the goods that points may pay');
