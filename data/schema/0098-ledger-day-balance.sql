-- SPDX-License-Identifier: Apache-2.0
-- What accounts had at the end of closed days: a row for each that moved since the day closed
-- before. What an account had on a day is its last row up to then, and what moved on days that are
-- not closed.
create table ledger_day_balance (
  sk int not null, account_id bigint not null, day date not null,
  debit_fen bigint not null check (debit_fen >= 0),
  credit_fen bigint not null check (credit_fen >= 0),
  check (sk = (account_id & 4095)::int), primary key (sk, account_id, day));
select place('ledger_day_balance', 'sk');
-- Days that are closed already have theirs.
insert into ledger_day_balance (sk, account_id, day, debit_fen, credit_fen)
  select z.sk, z.id, z.day, sum(z.debit) over w, sum(z.credit) over w from (
    select y.sk, y.id, b.day, sum(y.debit) as debit, sum(y.credit) as credit from (
      select sk, debit_id as id, day, amount_fen as debit, 0 as credit from ledger_transfer
       where kind in ('PLAIN', 'POST')
      union all select sk, credit_id, day, 0, amount_fen from ledger_transfer
       where kind in ('PLAIN', 'POST')) y
     join lateral (select min(l.day) as day from ledger_day l where l.day >= y.day) b
      on b.day is not null group by y.sk, y.id, b.day) z
  window w as (partition by z.sk, z.id order by z.day);
insert into policy (id, key, value, effective_from, note) values
  (836, 'ledger.close_days', '1', '-infinity',
    'days after which a day is closed by itself; 0: people do it');
