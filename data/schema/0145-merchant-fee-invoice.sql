-- SPDX-License-Identifier: Apache-2.0
-- What organisers owe for what they collected themselves: a row a sale and one a refund of it, each
-- with the terms of then; the invoice of a month; and what was paid.
create table organiser_fee (
  sk int not null, id bigint not null, organiser_id bigint not null,
  kind text not null check (kind in ('SALE', 'REFUND')),
  order_id bigint not null, payment_id bigint not null,
  ref bigint not null, no int not null, -- the refund and its leg; of a sale the payment
  paid_fen bigint not null, fee_bp int not null check (fee_bp between 0 and 10000),
  fee_fixed_fen bigint not null check (fee_fixed_fen >= 0),
  fee_fen bigint not null, at timestamptz not null,
  check (sk = (id & 4095)::int), check (sk = (payment_id & 4095)::int),
  check (case kind when 'SALE' then paid_fen > 0 and fee_fen >= 0 and ref = payment_id
    else paid_fen < 0 and fee_fen <= 0 end),
  primary key (sk, id), unique (sk, payment_id, ref, no));
select place('organiser_fee', 'sk');
create index organiser_fee_month on organiser_fee (organiser_id, at);

create table fee_invoice (
  sk int not null, id bigint not null, no text not null, organiser_id bigint not null,
  month date not null check (month = date_trunc('month', month)::date),
  sales_n bigint not null, sales_fen bigint not null, sales_fee_fen bigint not null,
  refunds_n bigint not null, refunds_fen bigint not null, refunds_fee_fen bigint not null,
  earlier_fee_fen bigint not null, -- of the latter, of sales of earlier months
  amount_fen bigint not null check (amount_fen = sales_fee_fen + refunds_fee_fen),
  paid_fen bigint not null default 0 check (paid_fen between 0 and greatest(amount_fen, 0)),
  state text not null check (state in ('ISSUED', 'OVERDUE', 'PAID')), due_on date not null,
  created_at timestamptz not null, paid_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (organiser_id & 4095)::int),
  check ((state = 'PAID') = (paid_at is not null)),
  primary key (sk, id), unique (sk, no), unique (sk, organiser_id, month))
  with (fillfactor = 70);
select place('fee_invoice', 'sk');
create index fee_invoice_due on fee_invoice (due_on) where state = 'ISSUED';

-- By bank, kept back from a batch, or out of the wallet when it was overdue.
create table organiser_payment (
  sk int not null, id bigint not null, organiser_id bigint not null,
  kind text not null check (kind in ('BANK', 'BATCH', 'WALLET')),
  ref bigint not null, amount_fen bigint not null check (amount_fen > 0),
  reference text not null default '', actor_id bigint not null, at timestamptz not null,
  check (sk = (id & 4095)::int), check (sk = (organiser_id & 4095)::int),
  primary key (sk, id), unique (sk, organiser_id, kind, ref));
select place('organiser_payment', 'sk');

-- What was before: a fee whose terms are not those of now is known as a sum. Nothing of a fee went
-- back with a refund.
insert into organiser_fee select y.sk, y.id, y.payee_id, 'SALE', y.order_id, y.id, y.id, 0,
    y.received_fen, case when f.same then d.fee_bp else 0 end,
    case when f.same then d.fee_fixed_fen else f.fee end, f.fee, y.paid_at
  from payment y join direct_payee d on d.organiser_id = y.payee_id
  cross join lateral (select (y.received_fen * d.fee_bp + 5000) / 10000 + d.fee_fixed_fen as fee) n
  cross join lateral (select coalesce(sum(t.amount_fen), n.fee)::bigint as fee,
    coalesce(sum(t.amount_fen), n.fee) = n.fee as same from ledger_transfer t
    where t.sk in (y.sk, (y.payee_id & 4095)::int) and t.biz_kind = 'DIRECT' and t.biz_id = y.id
      and t.step = 'DIRECT_FEE' and exists (select from ledger_account a where a.sk = t.sk
        and a.id = t.debit_id and a.kind = 'FEE_RECEIVABLE')) f
  where y.method = 'MINIAPP_DIRECT' and y.state = 'SUCCESS';
insert into organiser_fee select distinct on (r.sk, r.id) r.sk, r.id, f.organiser_id, 'REFUND',
    f.order_id, f.payment_id, r.id, g.no, -g.amount_fen, 0, 0, 0, coalesce(r.done_at, r.created_at)
  from refund_leg g join organiser_fee f on f.sk = g.sk and f.payment_id = g.payment_id
  join refund r on r.sk = g.sk and r.id = g.refund_id where g.state in ('DONE', 'BANK')
  order by r.sk, r.id, g.no;
insert into organiser_payment select (a.owner & 4095)::int, t.biz_id, a.owner, 'BANK', t.biz_id,
    t.amount_fen, t.memo, t.actor_id, t.at from ledger_transfer t
  join ledger_account a on a.sk = t.sk and a.id = t.credit_id and a.kind = 'FEE_RECEIVABLE'
  where t.biz_kind = 'ORGANISER_FEE';
insert into organiser_payment select (g.id & 4095)::int, s.id - (s.id & 4095) + (g.id & 4095), g.id,
    'BATCH', s.id, s.fee_fen, s.no, coalesce(s.approved_by, 0), s.posted_at
  from settlement s join organiser g on g.merchant_id = s.merchant_id
  where s.fee_fen > 0 and s.state = 'POSTED';

insert into policy (id, key, value, effective_from, note) values
  (922, 'organiser.fee_due_days', '15', '-infinity',
    'days from its issue until an invoice of fees is to be paid');
