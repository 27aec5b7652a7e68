-- SPDX-License-Identifier: Apache-2.0
-- What was paid by a coupon until now had a number that somebody typed: no coupon stands for it.
update compensation set reference = 'by hand: ' || reference
  where state = 'PAID' and form = 'COUPON'
    and not exists (select from coupon c where c.compensation_id = compensation.id);
