-- SPDX-License-Identifier: Apache-2.0
-- What was refunded of a line after it was due: of what its tickets were sold for.
alter table settle_line add column back_fen bigint not null default 0 check (back_fen >= 0);
