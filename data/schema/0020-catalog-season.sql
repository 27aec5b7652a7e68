-- SPDX-License-Identifier: Apache-2.0
-- Catalogue: reference rows, read by every sale. `code` is the name that imports and people use.
create table city (
  id bigint primary key, code text not null unique, name text not null,
  pinyin text not null default '',
  lng double precision, lat double precision, hot boolean not null default false,
  sort int not null default 0,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('city', 'ref');

create table venue (
  id bigint primary key, code text not null unique, city_id bigint not null references city (id),
  name text not null, address text not null default '', lng double precision, lat double precision,
  capacity int not null default 0 check (capacity >= 0), transit text not null default '',
  aliases text[] not null default '{}',
  folded text not null default '', pinyin text not null default '',
  initials text not null default '',
  grams text[] not null default '{}',
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('venue', 'ref');
create index venue_grams on venue using gin (grams);

create table hall (
  id bigint primary key, code text not null unique, venue_id bigint not null references venue (id),
  name text not null, capacity int not null default 0 check (capacity >= 0),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  unique (venue_id, name));
select place('hall', 'ref');

create table show (
  id bigint primary key, code text not null unique,
  city_id bigint not null references city (id), venue_id bigint not null references venue (id),
  organiser_id bigint, category text not null check (category in
    ('CONCERT','DRAMA','OPERA','MUSIC','DANCE','CHILD','SPORT','EXPO','COMEDY','PARK')),
  title text not null check (title <> ''), subtitle text not null default '',
  artists text[] not null default '{}', aliases text[] not null default '{}',
  poster text not null default '', notices jsonb, detail text not null default '',
  status text not null default 'DRAFT' check (status in
    ('DRAFT','REVIEWING','PUBLISHED','OFFLINE','ARCHIVED')),
  permit_no text not null default '', approved_capacity int not null default 0,
  is_large boolean not null default false,
  resale_policy text not null default 'OPEN'
    check (resale_policy in ('OPEN','FACE_CAP','FORBIDDEN')),
  realname_mode text not null default 'NONE'
    check (realname_mode in ('NONE','ORDER','TICKET','STRICT')),
  purchase_limit_user int not null default 0 check (purchase_limit_user >= 0),
  purchase_limit_order int not null default 6 check (purchase_limit_order between 1 and 100),
  refund_policy text not null default 'LARGE_2023'
    check (refund_policy in ('LARGE_2023','RESALE','CLOSED','FREE')),
  author_id bigint not null default 0,
  folded text not null default '', pinyin text not null default '',
  initials text not null default '',
  grams text[] not null default '{}',
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('show', 'ref');
create index show_grams on show using gin (grams);

-- Edits of a published show, its sessions and its tiers wait here for a second person. `ref` is the
-- row that changes; a tier without sales may be gone by then, so it is no key.
create table show_revision (
  id bigint primary key, show_id bigint not null references show (id),
  noun text not null check (noun in ('show','session','tier')), ref bigint not null,
  base_version int not null,
  state text not null check (state in ('DRAFT','APPROVED','REJECTED')),
  payload jsonb not null, diff jsonb not null, author_id bigint not null, reviewer_id bigint,
  reason text, created_at timestamptz not null, updated_at timestamptz not null);
select place('show_revision', 'ref');
create index show_revision_waiting on show_revision (ref) where state = 'DRAFT';

-- `sk` of a session is the bucket of all its sales: (id & 4095).
create table session (
  id bigint primary key, code text not null unique, show_id bigint not null references show (id),
  hall_id bigint not null references hall (id),
  start_at timestamptz not null, end_at timestamptz, doors_at timestamptz not null,
  sale_at timestamptz, stop_sale_at timestamptz not null, tail_from timestamptz not null,
  status text not null default 'SCHEDULED' check (status in ('SCHEDULED','PRESALE','ON_SALE','TAIL',
    'SUSPENDED','CLOSED','RUNNING','INTERRUPTED','ENDED','POSTPONED','CANCELLED','ARCHIVED')),
  suspended_from text,
  approved_capacity int not null default 0,
  ticket_modes text[] not null default '{paper,static_qr}',
  delivery_types text[] not null default '{ETICKET,ONSITE}',
  outdoor boolean not null default false, reentry_allowed boolean not null default false,
  change_reason text,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (doors_at <= start_at),
  check (stop_sale_at <= coalesce(end_at, start_at + interval '3 hours')));
select place('session', 'ref');
create index session_show on session (show_id, start_at);
create index session_start on session (start_at, id);

create table session_change (
  id bigint primary key, session_id bigint not null references session (id),
  old_start_at timestamptz not null, new_start_at timestamptz,
  kind text not null check (kind in ('RESCHEDULE', 'CANCEL', 'CANCELLED')),
  reason text, notified_cnt int not null default 0, actor_id bigint not null, agreed_by bigint,
  state text not null check (state in ('REQUESTED', 'DONE')), at timestamptz not null);
select place('session_change', 'ref');
create index session_change_session on session_change (session_id);

create table tier (
  id bigint primary key, code text not null unique,
  session_id bigint not null references session (id),
  name text not null, face_price_fen bigint not null check (face_price_fen >= 0),
  sort int not null default 0, combo_n int not null default 1 check (combo_n between 1 and 20),
  gate_group text not null default '', hidden boolean not null default false,
  sale_from timestamptz, sale_to timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  unique (session_id, name));
select place('tier', 'ref');
create index tier_session on tier (session_id, sort, id);

insert into policy (id, key, value, effective_from, note) values
  (201, 'session.doors_min', '45', '-infinity', 'doors open so many minutes before the start'),
  (202, 'session.tail_hours', '48', '-infinity', 'last tickets from so many hours before it'),
  (203, 'session.end_after_min', '30', '-infinity', 'a session is ENDED so long after its end'),
  (204, 'session.archive_days', '30', '-infinity', 'and ARCHIVED so long after that'),
  (205, 'rain.full_below_pct', '30', '-infinity', 'played less: everything is refunded'),
  (206, 'rain.half_upto_pct', '50', '-infinity', 'played up to: rain.half_bp is refunded'),
  (207, 'rain.half_bp', '5000', '-infinity', 'refund in between'),
  (208, 'stock.less_bp', '1000', '-infinity', 'stock flag LESS: at most this part is left'),
  (209, 'stock.normal_bp', '3000', '-infinity', 'stock flag NORMAL: at most this part is left');
