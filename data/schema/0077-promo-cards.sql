-- SPDX-License-Identifier: Apache-2.0
-- Gift cards: stored value, a liability until it is used. A batch is one issue of equal cards. The
-- code and the pin of a card are derived from a key, and here is only the hash that finds it; its
-- shard is taken from that hash, so a code leads to its card without a directory.
create table gift_card_batch (
  id bigint primary key, name text not null check (name <> ''),
  face_fen bigint not null check (face_fen > 0),
  price_fen bigint not null check (price_fen between 0 and face_fen),
  count_n int not null check (count_n between 1 and 10000),
  valid_months int not null check (valid_months > 0), category text not null default '',
  state text not null check (state in ('DRAFT', 'ACTIVE', 'PAUSED', 'ENDED')),
  reference text not null default '', author_id bigint not null, activated_by bigint,
  activated_at timestamptz, created_at timestamptz not null, updated_at timestamptz not null,
  version int not null default 1,
  check (activated_by is null or activated_by <> author_id));
select place('gift_card_batch', 'ref');

create table gift_card (
  sk int not null, id bigint not null, batch_id bigint not null, no int not null,
  code_hash bytea not null, tail text not null, face_fen bigint not null check (face_fen > 0),
  balance_fen bigint not null, held_fen bigint not null default 0,
  state text not null check (state in ('INACTIVE', 'ACTIVE', 'BOUND', 'DEPLETED', 'FROZEN',
    'EXPIRED', 'REFUNDED')),
  frozen_from text check ((state = 'FROZEN') = (frozen_from is not null)),
  paused boolean not null default false, -- frozen with its batch
  user_id bigint, tries int not null default 0, tries_on date, expires_at timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (state <> 'BOUND' or user_id is not null),
  constraint gift_card_balance check (balance_fen between 0 and face_fen),
  constraint gift_card_held check (held_fen between 0 and balance_fen),
  primary key (sk, id), unique (sk, code_hash)) with (fillfactor = 70);
select place('gift_card', 'sk');
create index gift_card_batch_no on gift_card (batch_id, no);
create index gift_card_user on gift_card (user_id) where user_id is not null;
create index gift_card_expires on gift_card (expires_at) where state in ('ACTIVE', 'BOUND');

-- What is set aside of a card for a payment until that is taken or let go.
create table gift_card_hold (
  sk int not null, card_id bigint not null, payment_id bigint not null,
  fen bigint not null check (fen > 0),
  state text not null check (state in ('HELD', 'USED', 'FREED')), at timestamptz not null,
  primary key (sk, card_id, payment_id)) with (fillfactor = 70);
select place('gift_card_hold', 'sk');

-- Append only; each (kind, ref) moves once.
create table gift_card_txn (
  sk int not null, id bigint not null, card_id bigint not null,
  kind text not null check (kind in ('USE', 'RETURN', 'REFUND')), ref text not null,
  fen bigint not null check (fen > 0), at timestamptz not null,
  primary key (sk, id), unique (sk, card_id, kind, ref));
select place('gift_card_txn', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (791, 'gift_card.min_months', '36', '-infinity', 'months a gift card is valid at least'),
  (792, 'gift_card.tries_day', '5', '-infinity', 'wrong pins of a gift card in a day');
