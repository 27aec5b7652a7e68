-- SPDX-License-Identifier: Apache-2.0
-- Entries, two a transfer, are listed newest first without sorting all there ever were: each half
-- has the order of its numbers.
create index ledger_transfer_debits on ledger_transfer ((id * 2 + 0));
create index ledger_transfer_credits on ledger_transfer ((id * 2 + 1));

-- What went over the wire for payments is kept for a while.
insert into policy (id, key, value, effective_from, note) values
  (751, 'payment.exchange_days', '180', '-infinity', 'days exchanges with providers are kept');
