-- SPDX-License-Identifier: Apache-2.0
-- Where things are sent: the address books of buyers, where an order goes, and where no parcel
-- does. Who gets it, his number and his street are sealed; the region is what a parcel's way and
-- price depend on, and names nobody.
create table buyer_address (
  sk int not null, id bigint not null, buyer_id bigint not null,
  receiver bytea not null, phone bytea not null, region text not null, street bytea not null,
  receiver_mask text not null, phone_mask text not null,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (buyer_id & 4095)::int),
  primary key (sk, id)) with (fillfactor = 80);
select place('buyer_address', 'sk');
create index buyer_address_of on buyer_address (sk, buyer_id);

-- Of an order that is sent, as it was asked for. The hashes find parcels that go the same way.
create table order_address (
  sk int not null, order_id bigint not null,
  receiver bytea not null, phone bytea not null, phone_hash bytea not null,
  region text not null, street bytea not null, address_hash bytea not null,
  at timestamptz not null, check (sk = (order_id & 4095)::int),
  primary key (sk, order_id));
select place('order_address', 'sk');

-- Regions, or the beginnings of their names, to which nothing is sent.
create table blocked_region (
  id bigint primary key, region text not null unique, reason text not null,
  created_at timestamptz not null);
select place('blocked_region', 'ref');

-- An activity's share counts for an address, too; a group's parcels may go to one.
alter table order_reserve add column address bytea;
alter table group_activity add column one_address boolean not null default false;

insert into policy (id, key, value, effective_from, note) values
  (885, 'buyer.addresses', '20', '-infinity', 'addresses a buyer keeps');
