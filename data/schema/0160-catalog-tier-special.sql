-- SPDX-License-Identifier: Apache-2.0
-- What a buyer of any ticket of the tier has to confirm or to know, as single offers had it before.
alter table tier add column special_kind text check (special_kind in
  ('STUDENT', 'CHILD', 'WHEELCHAIR', 'COMBO', 'OBSTRUCTED', 'NO_REFUND'));
