-- SPDX-License-Identifier: Apache-2.0
-- Views people keep: a list with its filter, order and columns, under a name and perhaps a digit.
create table staff_view (
  sk int not null, id bigint not null, staff_id bigint not null,
  noun text not null, name text not null check (name <> ''),
  filter text not null, sort text not null, columns text not null,
  slot int not null check (slot between 0 and 9), shared boolean not null,
  merchant_id bigint, organiser_id bigint,
  created_at timestamptz not null, updated_at timestamptz not null,
  primary key (sk, id), unique (sk, staff_id, noun, name),
  check (sk = (id & 4095)::int)) with (fillfactor = 80);
select place('staff_view', 'sk');
