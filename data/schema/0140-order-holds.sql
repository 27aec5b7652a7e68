-- SPDX-License-Identifier: Apache-2.0
-- What an order holds is told by its seats and lines: a row of its own said the same once more.
drop table stock_lock;
create view stock_lock as
  select e.sk, e.order_id, i.lot_id, count(*)::int as qty,
    case e.state when 'HELD' then 'ACTIVE' when 'RELEASED' then 'RELEASED' else 'CONVERTED' end
      as state
  from order_seat e
  join order_item i on i.sk = e.sk and i.order_id = e.order_id and i.no = e.item_no
  group by e.sk, e.order_id, i.lot_id, 5;

-- Holds that end at the same time, of orders placed together, are one row. It goes when its time
-- has come and none of them holds any more; paying an order does not touch it.
drop table order_due;
create table order_due (
  sk int not null, due_at timestamptz not null, id bigint not null, -- the first of its orders
  orders bigint[] not null,
  primary key (sk, due_at, id));
select place('order_due', 'sk');
create index order_due_at on order_due (due_at);
insert into order_due (sk, due_at, id, orders)
  select sk, hold_expires_at, min(id), array_agg(id) from orders
  where status in ('PENDING_PAY', 'OFFLINE_DRAFT', 'DIST_LOCKED') group by sk, hold_expires_at;
