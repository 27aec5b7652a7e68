-- SPDX-License-Identifier: Apache-2.0
-- Sessions long past, in whose orders nobody is named any more.
create table session_forgotten (
  session_id bigint primary key, at timestamptz not null);
select place('session_forgotten', 'ref');

insert into policy (id, key, value, effective_from, note) values
  (935, 'order.pii_days', '180', '-infinity', 'days after a session until its orders name nobody');
