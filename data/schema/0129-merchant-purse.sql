-- SPDX-License-Identifier: Apache-2.0
-- Events that are stuck have an owner, deposits come back, accounts that owe too much stop, and
-- nobody is fined for what nobody could help.

-- Sessions whose penalties fall away.
create table force_majeure (
  session_id bigint primary key, reason text not null check (reason <> ''),
  actor_id bigint not null, at timestamptz not null);
select place('force_majeure', 'ref');

alter table merchant drop constraint merchant_held_for_check;
alter table merchant add constraint merchant_held_for_check
  check (held_for in ('LICENCE', 'LEVEL', 'OPS', 'DEBT'));

-- Offers that are over and have a deposit still.
create index listing_deposit_left on listing (sk, id)
  where deposit_quota_fen > 0 and state in ('EXPIRED', 'WITHDRAWN');

insert into policy (id, key, value, effective_from, note) values
  (900, 'outbox.stuck_tries', '8', '-infinity', 'so often refused, somebody has to look'),
  (901, 'outbox.stuck_h', '24', '-infinity', 'an event that waits longer is no longer under way'),
  (902, 'deposit.tail_release_h', '24', '-infinity',
    'hours from the end until deposits of last tickets come back'),
  (903, 'merchant.guarantee_fen', '100000', '-infinity', 'guarantee without which nobody starts'),
  (904, 'merchant.debt_max_fen', '100000', '-infinity', 'who owes more is suspended');
