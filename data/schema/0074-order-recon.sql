-- SPDX-License-Identifier: Apache-2.0
-- Bills of payment providers, their lines, and what differs from our books.

-- One bill in force for a method and day; sk is that of both together.
create table bill (
  sk int not null, id bigint not null, method text not null, day date not null,
  source text not null check (source in ('FILE', 'FETCHED')), file text not null,
  digest text not null,
  state text not null check (state in ('LOADING', 'LOADED', 'DIFFERENT', 'RECONCILED', 'DROPPED')),
  lines_n bigint not null default 0,
  pay_n bigint not null default 0, pay_fen bigint not null default 0,
  refund_n bigint not null default 0, refund_fen bigint not null default 0,
  fee_fen bigint not null default 0, matched_n bigint not null default 0,
  -- ours of that day, when it was compared last
  our_pay_n bigint not null default 0, our_pay_fen bigint not null default 0,
  our_refund_n bigint not null default 0, our_refund_fen bigint not null default 0,
  book_pay_fen bigint not null default 0, book_refund_fen bigint not null default 0,
  diff_n int not null default 0, open_n int not null default 0,
  payout_ref text, reason text,
  loaded_by bigint not null, created_at timestamptz not null, compared_at timestamptz,
  purged_at timestamptz,
  updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), primary key (sk, id)) with (fillfactor = 70);
select place('bill', 'sk');
create unique index bill_day on bill (sk, method, day) where state <> 'DROPPED';
create index bill_open on bill (day, id) where state in ('LOADING', 'LOADED', 'DIFFERENT');

-- A line lies in the shard of the payment or refund it names (that of its number, when it names
-- none). ref: the provider's number of a payment, our number of a refund. again: 0, or the line's
-- number when the bill had it before. verdict: what it is against our books.
create table bill_line (
  sk int not null, ref text not null, kind text not null check (kind in ('PAY', 'REFUND')),
  bill_id bigint not null, again bigint not null default 0, no bigint not null,
  out_no text not null, provider_no text not null, amount_fen bigint not null,
  fee_fen bigint not null, at timestamptz, target_id bigint not null default 0,
  verdict text not null,
  primary key (sk, ref, kind, bill_id, again));
select place('bill_line', 'sk');
create index bill_line_bill on bill_line using brin (bill_id);
create index bill_line_odd on bill_line (bill_id, no) where verdict <> 'MATCH';

create table recon_diff (
  sk int not null, id bigint not null, bill_id bigint not null, method text not null,
  day date not null,
  kind text not null check (kind in ('MISSING_HERE', 'MISSING_THERE', 'AMOUNT', 'FEE', 'STATE',
    'DUPLICATE', 'BOOKS')),
  -- what it is about: once a bill
  refers text not null check (refers in ('PAY', 'REFUND', 'DAY')), ref text not null,
  line_no bigint not null default 0, payment_id bigint, refund_id bigint, order_id bigint,
  theirs_fen bigint not null, ours_fen bigint not null, note text not null default '',
  state text not null check (state in ('OPEN', 'EXPLAINED', 'PROPOSED', 'ADJUSTED', 'APPEARED')),
  reason text, adjust_rule text, adjust_fen bigint, proposed_by bigint, decided_by bigint,
  found_at timestamptz not null, closed_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (bill_id & 4095)::int),
  check (state <> 'ADJUSTED' or decided_by <> proposed_by),
  check (state not in ('EXPLAINED', 'PROPOSED', 'ADJUSTED') or reason <> ''),
  primary key (sk, id), unique (sk, bill_id, kind, refers, ref, line_no)) with (fillfactor = 70);
select place('recon_diff', 'sk');
create index recon_diff_open on recon_diff (found_at, id) where state in ('OPEN', 'PROPOSED');

-- What was paid on a day is found by when it was begun, which never changes.
create index payment_begun on payment using brin (created_at);
create index refund_begun on refund using brin (created_at);

insert into policy (id, key, value, effective_from, note) values
  (741, 'recon.look_back_d', '31', '-infinity', 'days a payment can be older than its bill'),
  (742, 'recon.diff_max', '10000', '-infinity', 'more differences than this: it is a wrong file'),
  (743, 'recon.fee_alipay_bp', '60', '-infinity', 'what Alipay takes, in 1/10000; -1: not checked'),
  (744, 'recon.fee_wechat_bp', '60', '-infinity', 'the same of WeChat Pay'),
  (745, 'recon.fee_cmb_netpay_bp', '-1', '-infinity', 'the same of CMB one-net'),
  (746, 'recon.fee_cmb_life_bp', '-1', '-infinity', 'the same of CMB Life'),
  (747, 'recon.fee_sandpay_bp', '-1', '-infinity', 'the same of Sand'),
  (749, 'recon.fetch_min', '570', '-infinity', 'minutes after midnight to fetch bills'),
  (748, 'recon.line_days', '730', '-infinity', 'days that lines of reconciled bills are kept');
