-- SPDX-License-Identifier: Apache-2.0
-- Somebody else pays: a link for one payer, valid as long as the hold. Its token is known by hash.
create table payment_link (
  sk int not null, id bigint not null, order_id bigint not null, token_hash bytea not null,
  payer bytea, payment_id bigint, created_at timestamptz not null, updated_at timestamptz not null,
  check (sk = (id & 4095)::int), check (sk = (order_id & 4095)::int),
  check ((payer is null) = (payment_id is null)),
  primary key (sk, id), unique (sk, order_id)) with (fillfactor = 70);
select place('payment_link', 'sk');

-- To whom a payment went, frozen when it was made.
alter table payment add column payee_id bigint;
