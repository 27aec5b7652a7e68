-- SPDX-License-Identifier: Apache-2.0
-- A slip of the bank's terminal waits in clearing until a line of the bank has come for it; the
-- line is a bill whose lines are slips.
alter table payment_slip add column bill_id bigint;
create index payment_slip_waits on payment_slip (payment_id)
  where method = 'SLIP' and bill_id is null;
alter table bill drop constraint bill_type_check, drop constraint bill_source_check;
alter table bill add constraint bill_type_check check (type in ('TRADE', 'FUND', 'SLIP')),
  add constraint bill_source_check check (source in ('FILE', 'FETCHED', 'BANK'));
-- A day of slips can be paid by several lines.
drop index bill_day;
create unique index bill_day on bill (sk, method, day, payee_id, type)
  where state <> 'DROPPED' and type <> 'SLIP';
