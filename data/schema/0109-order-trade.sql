-- SPDX-License-Identifier: Apache-2.0
-- What was deducted later, by the number that the provider gave the trade: its bill has that one,
-- and of WeChat's no number of ours. sk is that of the number (FNV-1a, folded), as of the line in
-- the bill.
create table credit_trade (
  sk int not null, via text not null check (via in ('ALIPAY', 'WECHAT')), trade_no text not null,
  payment_id bigint not null, amount_fen bigint not null check (amount_fen > 0),
  at timestamptz not null, primary key (sk, via, trade_no));
select place('credit_trade', 'sk');
create index credit_trade_at on credit_trade (at);
create index credit_trade_payment on credit_trade (payment_id);

with recursive t as (
  select c.via, y.provider_no as no, y.id, c.paid_fen, y.paid_at
  from credit_due c join payment y on y.sk = c.sk and y.id = c.payment_id
  where c.paid_fen > 0 and y.provider_no is not null and y.paid_at is not null
    and y.state in ('SUCCESS', 'REFUNDED')),
hash as (
  select t.*, 0 as n, 14695981039346656037::numeric as h from t
  union all
  select via, no, id, paid_fen, paid_at, n + 1,
    mod((h - mod(h, 256) + (mod(h, 256)::int # get_byte(convert_to(no, 'UTF8'), n)))
      * 1099511628211::numeric, 18446744073709551616::numeric)
  from hash where n < octet_length(no))
insert into credit_trade (sk, via, trade_no, payment_id, amount_fen, at)
select mod(h, 4096)::int # mod(div(h, 4294967296), 4096)::int, via, no, id, paid_fen, paid_at
from hash where n = octet_length(no) on conflict do nothing;
