-- SPDX-License-Identifier: Apache-2.0
-- A rule says by its name and its windows what it is. The first ones repeated that in a note, in
-- one language; a note is the reason of whoever sets another.
update refund_rule set note = '' where id between 1 and 5 and actor_id = 0;
