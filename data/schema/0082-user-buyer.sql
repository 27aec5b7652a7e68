-- SPDX-License-Identifier: Apache-2.0
-- Buyers: accounts that a telephone number opens by a code sent to it. The number is sealed; what
-- can be compared is its hash, what can be shown is its mask.
create table buyer (
  sk int not null, id bigint not null, nick text not null default '',
  phone bytea, phone_mask text not null default '',
  state text not null check (state in ('ACTIVE', 'BLOCKED', 'LEAVING', 'ERASED')),
  erase_at timestamptz, created_at timestamptz not null, last_at timestamptz not null,
  updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check ((state = 'LEAVING') = (erase_at is not null)),
  check ((state = 'ERASED') = (phone is null)),
  primary key (sk, id)) with (fillfactor = 80);
select place('buyer', 'sk');
create index buyer_leaving on buyer (erase_at) where state = 'LEAVING';

-- Whose a telephone number is; sk is the hash's.
create table buyer_phone (
  sk int not null, phone_hash bytea not null, buyer_id bigint not null,
  primary key (sk, phone_hash));
select place('buyer_phone', 'sk');

-- The one code of a number that may still be used, and how many were sent to it on a day.
create table buyer_code (
  sk int not null, phone_hash bytea not null, code_hash bytea, tries int not null default 0,
  sent_at timestamptz not null, expires_at timestamptz not null,
  day date not null, day_n int not null,
  primary key (sk, phone_hash)) with (fillfactor = 50);
select place('buyer_code', 'sk');
create index buyer_code_sent on buyer_code (sent_at);
-- How many codes were asked for from an address within an hour; sk is the hash's.
create table buyer_source (
  sk int not null, source bytea not null, since timestamptz not null, n int not null,
  primary key (sk, source)) with (fillfactor = 50);
select place('buyer_source', 'sk');
create index buyer_source_since on buyer_source (since);

alter table token alter column staff_id drop not null;
alter table token add column buyer_id bigint;
alter table token drop constraint token_kind_check;
alter table token add constraint token_kind_check check (kind in ('LOGIN', 'API', 'BUYER'));
alter table token add constraint token_holder check (
  (staff_id is null) <> (buyer_id is null) and (kind = 'BUYER') = (buyer_id is not null));
create index token_buyer on token (buyer_id) where buyer_id is not null;

-- A buyer's own orders.
create index orders_user on orders (user_id, id) where user_id is not null;

insert into policy (id, key, value, effective_from, note) values
  (821, 'buyer.code_min', '5', '-infinity', 'minutes a code for signing in is good'),
  (822, 'buyer.code_gap_s', '60', '-infinity', 'seconds between two codes to one number'),
  (823, 'buyer.code_day', '10', '-infinity', 'codes to one number on a day'),
  (824, 'buyer.code_tries', '5', '-infinity', 'tries of one code'),
  (825, 'buyer.code_source_hour', '30', '-infinity', 'codes asked for from one address in an hour'),
  (826, 'buyer.session_days', '30', '-infinity', 'days a sign-in lasts after its last use'),
  (827, 'buyer.erase_days', '15', '-infinity', 'days until an account that leaves is erased');
