-- SPDX-License-Identifier: Apache-2.0
-- Bills of all that moved on a provider's account, beside those of trades.
alter table bill add column type text not null default 'TRADE' check (type in ('TRADE', 'FUND'));
drop index bill_day;
create unique index bill_day on bill (sk, method, day, payee_id, type) where state <> 'DROPPED';
alter table bill_line drop constraint bill_line_kind_check;
alter table bill_line add constraint bill_line_kind_check
  check (kind in ('PAY', 'REFUND', 'PAID_IN', 'PAID_OUT', 'FEE', 'OTHER'));
alter table recon_diff drop constraint recon_diff_refers_check;
alter table recon_diff add constraint recon_diff_refers_check
  check (refers in ('PAY', 'REFUND', 'DAY', 'PAID_IN', 'PAID_OUT', 'FEE', 'OTHER'));
