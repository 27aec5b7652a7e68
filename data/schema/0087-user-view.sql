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

-- Work on many rows at once.
insert into policy (id, key, value, effective_from, note) values
  (1871, 'bulk.rows_max', '5000', '-infinity', 'rows of one plan'),
  (1872, 'bulk.type_rows', '50', '-infinity', 'rows above which their number is typed'),
  (1873, 'bulk.type_fen', '1000000', '-infinity', 'money above which the sum is typed'),
  (1874, 'bulk.undo_min', '10', '-infinity', 'minutes in which it can be taken back');
