-- SPDX-License-Identifier: Apache-2.0
-- What people collect is offered by rule, too: transfers were taken without one.
insert into pay_rule (id, method, rank, created_at, updated_at)
  values (32, 'TRANSFER', 1320, now(), now());
