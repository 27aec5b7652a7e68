-- SPDX-License-Identifier: Apache-2.0
-- A part of a refund that no provider paid and somebody transferred by hand: no bill has it.
alter table refund_leg drop constraint refund_leg_state_check;
alter table refund_leg add constraint refund_leg_state_check
  check (state in ('PENDING','DONE','FAILED','BANK'));
