-- SPDX-License-Identifier: Apache-2.0
-- An order is not completed while a refund of it is open. Whoever should decide is told when the
-- show is over for so long.
insert into policy (id, key, value, effective_from, note) values
  (929, 'refund.open_days', '7', '-infinity',
    'days after the show until an undecided refund is told');

-- Refunds that were open for long and are decided: few, and their orders are completed then.
create index refund_long on refund (updated_at)
  where state in ('DONE', 'REJECTED') and updated_at - created_at > interval '30 days';
