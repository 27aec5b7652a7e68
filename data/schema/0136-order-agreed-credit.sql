-- SPDX-License-Identifier: Apache-2.0
-- What is taken by agreement has a number at the bank for each try, and the bank knows a number by
-- its day: that on which the try began.
alter table credit_due add column tried_at timestamptz;
