-- SPDX-License-Identifier: Apache-2.0
-- A deposit that is lost names the document it paid for; what a reversal gives back names it, too.
alter table listing_deposit add column biz_kind text, add column biz_id bigint;
alter table listing_deposit add check ((biz_kind is null) = (biz_id is null));
create index listing_deposit_lost on listing_deposit (biz_id) where biz_id is not null;
