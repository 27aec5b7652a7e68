-- SPDX-License-Identifier: Apache-2.0
-- The first screen counts refunds that wait for somebody, however many there ever were.
create index refund_waiting on refund (created_at, id)
  where state in ('APPLIED', 'REVIEWING', 'MANUAL');
