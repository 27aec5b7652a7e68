-- SPDX-License-Identifier: Apache-2.0
-- What every write leaves behind, in fewer bytes and index entries: it is a third of an order.

-- Steps of a thing are read together.
alter table state_log drop constraint state_log_pkey;
alter table state_log add primary key (sk, ref, id);
drop index state_log_ref;

-- So is the trail of a thing. A row by its number alone is for people: ids grow with time, and so
-- a summary of the pages finds it.
alter table audit_log drop constraint audit_log_pkey;
alter table audit_log add primary key (sk, ref, id);
drop index audit_log_ref;
create index audit_log_id on audit_log using brin (id) with (pages_per_range = 16);
alter table audit_chain add column audit_ref bigint;
update audit_chain c set audit_ref = a.ref from audit_log a
 where a.sk = c.audit_sk and a.id = c.audit_id;

-- Only a key that was chosen can be met again; every other event is its own.
alter table outbox drop constraint outbox_sk_event_key_key;
alter table outbox alter column key drop not null;
update outbox set key = null where key = id::text;
create unique index outbox_key on outbox (sk, event, key) where key is not null;

-- An answer that the trail has told is not kept twice: its row (sk, ref, id) there.
alter table idempotency add column audit_ref bigint;
alter table idempotency add column audit_id bigint;
-- Only the sweep asks for these, for all of an hour.
drop index idempotency_expires;
create index idempotency_expires on idempotency using brin (expires_at) with (pages_per_range = 16);
