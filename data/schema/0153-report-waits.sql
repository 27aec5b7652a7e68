-- SPDX-License-Identifier: Apache-2.0
-- What waits for somebody is counted in an index of what waits, however many rows are done with.
-- These documents are moved on by people, a few times in their life; none of them is in a sale.
create index show_reviewing on show (id) where status = 'REVIEWING';
create index merchant_applied on merchant (id) where status = 'APPLIED';
create index qualification_pending on qualification (id) where state = 'PENDING';
create index price_adjust_waiting on price_adjust (id) where state = 'WAITING';
create index compensation_open on compensation (created_at, id)
  where state in ('PROPOSED', 'APPROVED');
create index point_adjustment_open on point_adjustment (created_at, id) where state = 'PROPOSED';
create index penalty_open on penalty (created_at, id) where state in ('PROPOSED', 'APPEALED');
-- Said once, when it is imposed: until then the merchant may appeal.
create index penalty_appeal on penalty (merchant_id, appeal_by) where appeal_by is not null;
create index offline_debt_owed on offline_debt (at) where state = 'OPEN';
-- What a sale changes of an offer is in its counters: its state moves by hand or at its end.
create index listing_waiting on listing (merchant_id, id)
  where state in ('PENDING_REVIEW', 'PENDING_DEPOSIT', 'FROZEN');

-- Print jobs are written at each step, so their state is in no index. This column stays as it is
-- unless something goes wrong, and so do the entries of the row.
alter table print_job add column trouble boolean
  generated always as (state in ('UNKNOWN', 'FAILED')) stored;
create index print_job_trouble on print_job (created_at, id) where trouble;
