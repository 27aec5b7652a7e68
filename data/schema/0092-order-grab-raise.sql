-- SPDX-License-Identifier: Apache-2.0
-- A grab whose highest price was raised has several sums frozen: their holder is asked for one
-- after the other, the oldest first. What is asked for now:
alter table grab_capture add column leg_fen bigint;
update grab_capture set leg_fen = payable_fen;
alter table grab_capture alter column leg_fen set not null;
alter table grab_capture add constraint grab_capture_leg
  check (leg_fen > 0 and leg_fen <= payable_fen);
