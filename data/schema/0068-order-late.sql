-- SPDX-License-Identifier: Apache-2.0
-- Money that came late and bought other tickets: what they cost less goes back.
alter table refund drop constraint refund_reason_check;
alter table refund add constraint refund_reason_check check (reason in ('BUYER','LATE_PAID',
  'DUPLICATE','MISMATCH','CANCELLED','RESCHEDULED','FAULT','GROUP','GRAB','REPLACED'));
