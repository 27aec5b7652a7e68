-- SPDX-License-Identifier: Apache-2.0
-- What CMB Life brings along: who its user is, payment by instalments, what the bank takes off.
--
-- Whose account somebody is whom another app knows: its keyed hash of who he is there, nothing
-- else. sk is the hash's.
create table buyer_sso (
  sk int not null, provider text not null check (provider in ('CMB_LIFE')),
  openid_hash bytea not null, buyer_id bigint not null, created_at timestamptz not null,
  primary key (sk, provider, openid_hash));
select place('buyer_sso', 'sk');
create index buyer_sso_buyer on buyer_sso (buyer_id);

-- instalments: months, 0: at once. discount_fen: what a bank took off of its own, which it pays us
-- all the same; null: it did not say.
alter table payment_front
  add column instalments int not null default 0 check (instalments >= 0),
  add column discount_fen bigint check (discount_fen >= 0);

insert into policy (id, key, value, effective_from, note) values
  (907, 'sso.ticket_min', '10', '-infinity',
    'minutes in which whoever came from another app proves his telephone'),
  (908, 'payment.instalments', '3 6 12', '-infinity', 'months in which a card may pay'),
  (909, 'payment.instalment_fen', '60000', '-infinity', 'least sum that is paid by instalments');
