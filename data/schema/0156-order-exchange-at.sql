-- SPDX-License-Identifier: Apache-2.0
-- What went over the wire is read by its time, newest first, and dropped by it. Numbers of rows
-- come from each process's own store: those of a refund may be below those of its payment.
create index payment_exchange_at on payment_exchange (at, id);
