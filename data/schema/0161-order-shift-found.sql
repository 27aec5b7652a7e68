-- SPDX-License-Identifier: Apache-2.0
-- What was found about a drawer that was over or short, beside what its operator said of it. Until
-- now the one took the place of the other; what he said is in the log of states.
alter table shift add column found text not null default '';
update shift set found = note, note = '' where checked_by is not null;
