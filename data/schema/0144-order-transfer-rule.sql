-- SPDX-License-Identifier: Apache-2.0
-- What people collect is offered by rule, too: transfers were taken without one.
insert into pay_rule (id, method, rank, created_at, updated_at)
  values (40, 'TRANSFER', 1400, now(), now());
