-- SPDX-License-Identifier: Apache-2.0
-- A channel pays what it collected for us, and keeps its commission of what it sold.
alter table channel
  add column commission_bp int not null default 0 check (commission_bp between 0 and 10000);

alter table channel_move drop constraint channel_move_kind_check;
alter table channel_move add constraint channel_move_kind_check check (kind in ('TOPUP', 'ORDER',
  'REFUND', 'PAYOUT', 'RECEIVED', 'SHARE', 'SHARE_BACK'));
create index channel_move_order on channel_move (sk, order_id) where order_id is not null;

alter table channel_statement
  add column share_fen bigint not null default 0,
  add column received_fen bigint not null default 0,
  drop constraint channel_statement_check;
alter table channel_statement add constraint channel_statement_check check (opening_fen + topup_fen
  + payout_fen + order_fen + refund_fen + share_fen + received_fen = closing_fen);

-- Suppliers: what we paid ahead, from which their batches are settled first, and what they owe us
-- of rebates. Each move beside its document; positive is more in the book.
create table supplier_move (
  sk int not null, id bigint not null, supplier_id bigint not null,
  book text not null check (book in ('PREPAID', 'RECEIVABLE')),
  kind text not null check (kind in ('TOPUP', 'BOUGHT', 'REBATE', 'RECEIVED')),
  ref bigint not null, amount_fen bigint not null check (amount_fen <> 0),
  reference text not null default '', actor_id bigint not null, at timestamptz not null,
  check ((book = 'PREPAID') = (kind in ('TOPUP', 'BOUGHT'))),
  check (sk = (id & 4095)::int), check (sk = (supplier_id & 4095)::int),
  primary key (sk, id), unique (sk, supplier_id, kind, ref));
select place('supplier_move', 'sk');

-- Of a batch, what was paid ahead.
alter table settlement add column bought_fen bigint not null default 0 check (bought_fen >= 0);
