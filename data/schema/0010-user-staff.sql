-- SPDX-License-Identifier: Apache-2.0
-- Staff, their tokens. Staff are few and read everywhere: reference rows. What moves with every
-- login (failures, last seen) lives in its own sharded row.
create table staff (
  id bigint primary key, login text not null unique check (login ~ '^[a-z][a-z0-9._-]{1,31}$'),
  name text not null, password text not null,
  roles text[] not null default '{}' check (roles <@ array[
    'ADMIN', 'OPS', 'FINANCE', 'MERCHANT', 'BOXOFFICE', 'GATE', 'ORGANISER', 'CHANNEL']),
  merchant_id bigint, organiser_id bigint, grants text not null default '',
  totp bytea, totp_confirmed boolean not null default false, ip_list text not null default '',
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'DISABLED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  -- whoever is confined to somebody's rows must say to whose
  check (not 'MERCHANT' = any (roles) or merchant_id is not null),
  check (not 'ORGANISER' = any (roles) or organiser_id is not null));
select place('staff', 'ref');

create table staff_login (
  sk int not null, staff_id bigint not null, failures int not null default 0,
  locked_until timestamptz, last_at timestamptz, totp_step bigint not null default 0,
  primary key (sk, staff_id), check (sk = (staff_id & 4095)::int)) with (fillfactor = 50);
select place('staff_login', 'sk');

-- sk is taken from the token's hash, so that a token routes alone.
create table token (
  sk int not null, hash bytea not null, id bigint not null, staff_id bigint not null,
  name text not null default '', kind text not null check (kind in ('LOGIN', 'API')),
  created_at timestamptz not null, seen_at timestamptz not null, expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (sk, hash)) with (fillfactor = 70);
select place('token', 'sk');
create index token_staff on token (staff_id);
