-- SPDX-License-Identifier: Apache-2.0
-- Tickets, their paper, the gates. Sale rows share the session's shard; devices and faces are few.
create table device (
  id bigint primary key, sn text not null unique, name text not null,
  kind text not null check (kind in ('POS','SCANNER','TURNSTILE','PRINTER','NODE','DISPLAY')),
  venue_id bigint references venue (id), gate_id bigint,
  state text not null check (state in ('ENROLLED','REVOKED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('device', 'ref');

create table gate (
  id bigint primary key, code text not null unique, hall_id bigint not null references hall (id),
  name text not null, groups text[] not null default '{}',
  direction text not null default 'IN' check (direction in ('IN','OUT','BOTH')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('gate', 'ref');

-- The public half; the secret key is in the key directory of the state directory, by the same id.
create table ticket_key (
  id int primary key check (id between 1 and 65535), public_key bytea not null,
  state text not null check (state in ('CURRENT','RETIRED')),
  created_at timestamptz not null, retired_at timestamptz);
select place('ticket_key', 'ref');

create table ticket (
  sk int not null, id bigint not null, ticket_no text not null,
  session_id bigint not null, tier_id bigint not null, order_id bigint, seat_no int, seat_key text,
  kind text not null check (kind in ('SALE','GIFT','WORK','IMPORT')),
  holder_name bytea, holder_doc_hash bytea,
  state text not null
    check (state in ('ISSUED','GIFTING','FROZEN','VERIFIED','EXITED','VOIDED','EXPIRED')),
  issue_no int not null default 1 check (issue_no between 1 and 255),
  print_no int not null default 0 check (print_no between 0 and 255),
  gate_group text not null default '', entry_count int not null default 0 check (entry_count >= 0),
  last_gate_id bigint, last_device_id bigint, last_at timestamptz,
  face_price_fen bigint not null, created_at timestamptz not null, updated_at timestamptz not null,
  version int not null default 1,
  check (sk = (session_id & 4095)::int), check (sk = (id & 4095)::int),
  primary key (sk, id), unique (sk, ticket_no),
  unique (sk, order_id, seat_no)) with (fillfactor = 70);
select place('ticket', 'sk');
create index ticket_session on ticket (sk, session_id);

-- Imported or short codes that admit as well (pretix secrets, wedge codes).
create table ticket_code (
  sk int not null, code_hash bytea not null, ticket_id bigint not null, issuer text not null,
  primary key (sk, code_hash));
select place('ticket_code', 'sk');
create index ticket_code_hash on ticket_code (code_hash);

-- Append only.
create table ticket_event (
  sk int not null, id bigint not null, ticket_id bigint not null, event text not null,
  gate_id bigint, device_id bigint, staff_id bigint, note text, at timestamptz not null,
  primary key (sk, id));
select place('ticket_event', 'sk');
create index ticket_event_ticket on ticket_event (sk, ticket_id);

-- Every scan, refused ones too. sk of the session at the gate; 0 when unknown.
create table scan_event (
  sk int not null, id bigint not null, session_id bigint, device_id bigint, gate_id bigint,
  staff_id bigint, code_hash bytea not null, ticket_id bigint, direction text not null default 'IN',
  result text not null, note text, at timestamptz not null,
  primary key (sk, id));
select place('scan_event', 'sk');
create index scan_event_at on scan_event (at, id);
create index scan_event_ticket on scan_event (sk, ticket_id);

create table ticket_face (
  id bigint primary key, code text not null, version int not null default 1, name text not null,
  paper text not null, elements text not null,
  state text not null check (state in ('DRAFT','LIVE','RETIRED')),
  created_at timestamptz not null, updated_at timestamptz not null,
  unique (code, version));
select place('ticket_face', 'ref');

create table printer (
  id bigint primary key, code text not null unique, name text not null,
  kind text not null check (kind in ('TCP','USB','FILE')), target text not null,
  language text not null default 'ESCPOS' check (language in ('ESCPOS','PDF','PNG')),
  dpi int not null default 203 check (dpi between 100 and 600),
  head int not null default 640 check (head between 64 and 4096),
  native_qr boolean not null default false, venue_id bigint references venue (id),
  state text not null default 'ACTIVE' check (state in ('ACTIVE','OFF')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('printer', 'ref');

-- A roll of blank paper loaded in a printer; `next_serial` moves with every print (I38). One job at
-- a time writes to the printer (`busy_job`), or serials and paper would part.
create table ticket_stock (
  sk int not null, id bigint not null, roll text not null, printer_id bigint not null,
  serial_from bigint not null, serial_to bigint not null, next_serial bigint not null,
  state text not null check (state in ('LOADED','USED_UP','CLOSED')),
  missing int not null default 0, busy_job bigint, busy_until timestamptz,
  created_at timestamptz not null, updated_at timestamptz not null,
  check (serial_to >= serial_from), check (next_serial between serial_from and serial_to + 1),
  primary key (sk, id), unique (sk, roll)) with (fillfactor = 50);
select place('ticket_stock', 'sk');

create table print_job (
  sk int not null, id bigint not null, order_id bigint, printer_id bigint not null,
  face_id bigint not null,
  state text not null check (state in ('QUEUED','SENDING','SENT','CONFIRMED','UNKNOWN','FAILED')),
  tickets int not null, reason text, error text, staff_id bigint not null,
  created_at timestamptz not null, updated_at timestamptz not null,
  primary key (sk, id)) with (fillfactor = 70);
select place('print_job', 'sk');
create index print_job_order on print_job (sk, order_id);

create table print_record (
  sk int not null, id bigint not null, job_id bigint not null, ticket_id bigint,
  print_no int not null,
  issue_no int not null default 1, stock_id bigint, serial bigint, roll text,
  result text not null check (result in ('PENDING','OK','SPOILED','TEST')),
  reason text, staff_id bigint not null, at timestamptz not null,
  primary key (sk, id), unique (sk, ticket_id, print_no));
select place('print_record', 'sk');
create index print_record_job on print_record (sk, job_id);
create index print_record_staff on print_record (staff_id, at);
-- One blank is consumed once (I38); rolls live in shard 0, so does this claim.
create table stock_serial (
  sk int not null, stock_id bigint not null, serial bigint not null,
  record_sk int not null, record_id bigint not null, result text not null,
  primary key (sk, stock_id, serial));
select place('stock_serial', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (501, 'gate.reentries', '3', '-infinity', 'how often a ticket may come back in'),
  (502, 'gate.repeat_s', '5', '-infinity', 'the same scanner reads twice in so many seconds'),
  (503, 'gate.passback_min', '15', '-infinity', 'minutes until re-entry by another gate'),
  (504, 'gate.no_end_min', '180', '-infinity', 'a session without end admits for so long'),
  (505, 'gate.reverse_min', '10', '-infinity', 'minutes to undo an entry without supervisor'),
  (506, 'print.reprints_alone', '3', '-infinity', 'reprints in a day without supervisor');
