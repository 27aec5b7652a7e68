-- SPDX-License-Identifier: Apache-2.0
-- Sessions where tickets appeared for which grabs wait. What appears within the moment until
-- `due_at` is looked at once.
create table grab_due (
  sk int not null, session_id bigint not null, due_at timestamptz not null,
  check (sk = (session_id & 4095)::int), primary key (sk, session_id)) with (fillfactor = 70);
select place('grab_due', 'sk');
create index grab_due_at on grab_due (due_at);

insert into policy (id, key, value, effective_from, note) values
  (1691, 'grab.debounce_s', '1', '-infinity', 'seconds in which what appears is matched at once');
