-- SPDX-License-Identifier: Apache-2.0
-- Whom a change meets: the channels whose products are tickets of it, found by the tier.
create index sku_map_tier on sku_map (sk, channel_id, tier_id);
