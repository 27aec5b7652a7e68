-- SPDX-License-Identifier: Apache-2.0
-- Organisers are settled with, and whatever is settled with can be taken back.

-- What an organiser's tickets earn belongs to a merchant, by a contract: what is ours of a sale.
create table organiser (
  id bigint primary key, merchant_id bigint not null unique,
  fee_bp int not null check (fee_bp between 0 and 10000),
  fee_fixed_fen bigint not null check (fee_fixed_fen >= 0),
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'STOPPED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('organiser', 'ref');

-- SHARE: an order of an organiser's own tickets; REFUND_FEE: the seller's part of what a refund
-- kept; REFUND: taken back after it was settled. An order may lose all of its tickets before it is
-- due.
alter table settle_line drop constraint settle_line_kind_check;
alter table settle_line add constraint settle_line_kind_check
  check (kind in ('ORDER', 'PENALTY', 'SHARE', 'REFUND_FEE', 'REFUND'));
alter table settle_line drop constraint settle_line_check3;
alter table settle_line add constraint settle_line_qty_check check (qty >= 0);
-- Fees of sales that the organiser collected himself, kept back from a batch.
alter table settlement add column fee_fen bigint not null default 0 check (fee_fen >= 0);

insert into policy (id, key, value, effective_from, note) values
  (820, 'settle.organiser_days', '3', '-infinity',
    'days from the end of a session until its organiser is settled with');
