-- SPDX-License-Identifier: Apache-2.0
-- The migration of the worked example: notes that staff pin to an order. In the product it would
-- be data/schema/NNNN-order-memo.sql.
create table memo (
  sk int not null, id bigint not null, order_id bigint not null,
  text text not null check (text <> ''), state text not null check (state in ('OPEN', 'DONE')),
  author_id bigint not null, created_at timestamptz not null,
  check (sk = (id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 80);
select place('memo', 'sk');
create index memo_order on memo (sk, order_id);
