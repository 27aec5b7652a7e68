-- SPDX-License-Identifier: Apache-2.0
-- What waits for finance, too, is counted in indexes of its own; transfers of channels and
-- guarantees have theirs.
create index settle_line_disputed on settle_line (ready_at, id) where state = 'DISPUTED';
create index fee_invoice_overdue on fee_invoice (created_at, id) where state = 'OVERDUE';
