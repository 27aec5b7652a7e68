-- SPDX-License-Identifier: Apache-2.0
-- The same event of many things at once is one row: they are here, `ref` is the first of them.
alter table outbox add column refs bigint[];
