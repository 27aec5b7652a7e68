-- SPDX-License-Identifier: Apache-2.0
-- What went over the wire for payments is kept for a while.
insert into policy (id, key, value, effective_from, note) values
  (751, 'payment.exchange_days', '180', '-infinity', 'days exchanges with providers are kept');
