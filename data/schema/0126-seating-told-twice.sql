-- SPDX-License-Identifier: Apache-2.0
-- A zone plan that went live was told twice, once in words that no listener reads: these would be
-- tried for ever. What listeners need was told beside them.
delete from outbox where event = 'zone_plan.live' and payload ? 'id' and not payload ? 'session';
