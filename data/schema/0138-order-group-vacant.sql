-- SPDX-License-Identifier: Apache-2.0
-- Where an offer says so, and says it to everybody, a group whose time is over is complete though
-- places of it are vacant, as long as they could have been bought.
alter table group_activity add column fill_vacant boolean not null default false;
alter table group_buy add column vacant int not null default 0;
alter table group_buy drop constraint group_buy_check1;
alter table group_buy add constraint group_buy_full
  check ((state = 'SUCCESS') <= (paid + vacant = size)),
  add constraint group_buy_vacant
  check (vacant >= 0 and paid + vacant <= size and (vacant > 0) <= (paid > 0));
