-- SPDX-License-Identifier: Apache-2.0
-- Accounts of customers' screens: each sees one till, and no other.
create table till_screen (
  sk int not null, staff_id bigint not null, till text not null check (till <> ''),
  bound_by bigint not null, bound_at timestamptz not null,
  check (sk = (staff_id & 4095)::int), primary key (sk, staff_id));
select place('till_screen', 'sk');
