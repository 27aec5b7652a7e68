-- SPDX-License-Identifier: Apache-2.0
-- Seats that come free at the organiser's while a merchant has them on offer: held, until he has
-- not.
alter table seat_hold drop constraint seat_hold_kind_check;
alter table seat_hold add constraint seat_hold_kind_check check (kind in ('ORGANISER','HOUSE',
  'WORK','GIFT','CHANNEL','KILL','OBSTRUCTED','MERCHANT'));
create index seat_hold_merchant on seat_hold (sk, id)
  where kind = 'MERCHANT' and state = 'ACTIVE';
