-- SPDX-License-Identifier: Apache-2.0
-- Money that was collected for tickets which are out, and never handed in: owed by whoever
-- collected it, paid in parts or written off by two people.

alter table offline_debt add column state text not null default 'OPEN'
  check (state in ('OPEN', 'PAID', 'WRITTEN_OFF'));
alter table offline_debt add column paid_fen bigint not null default 0;
alter table offline_debt add column pays int not null default 0;
alter table offline_debt add column off_fen bigint not null default 0;
alter table offline_debt add column approved_by bigint; -- the first of two who write it off
-- In the ledger: that it is owed, and what its sellers earned once the session is over.
alter table offline_debt add column booked boolean not null default false;
alter table offline_debt add column earned boolean not null default false;
alter table offline_debt add column updated_at timestamptz;
alter table offline_debt add check (paid_fen >= 0 and off_fen >= 0);
alter table offline_debt add check (paid_fen + off_fen <= amount_fen and
  (state = 'OPEN') = (paid_fen + off_fen < amount_fen));
create index offline_debt_open on offline_debt (at) where not earned;

create table offline_debt_pay (
  sk int not null, order_id bigint not null, no int not null check (no > 0),
  amount_fen bigint not null check (amount_fen > 0), reference text not null, by bigint not null,
  at timestamptz not null, primary key (sk, order_id, no));
select place('offline_debt_pay', 'sk');
