-- SPDX-License-Identifier: Apache-2.0
-- The ground: placement, ids, the records every write leaves behind.
create function place(t regclass, how text) returns void language plpgsql as $f$
begin
  if not exists (select from pg_extension where extname = 'citus') then return; end if;
  if how = 'ref' then
    perform create_reference_table(t);
  elsif how = 'sk' then
    if to_regclass('sk_anchor') is null or t = 'sk_anchor'::regclass then
      perform create_distributed_table(t, 'sk');
    else
      perform create_distributed_table(t, 'sk', colocate_with => 'sk_anchor');
    end if;
  end if;
end $f$;

-- Every sharded table is placed beside this one.
create table sk_anchor (sk int primary key);
select place('sk_anchor', 'sk');

-- Blocks of ids and of printed numbers are leased from here, one short transaction a block.
create table id_lease (
  sk int not null, name text not null, next bigint not null,
  primary key (sk, name)) with (fillfactor = 50);
select place('id_lease', 'sk');

-- The stored answer of a write with an idempotency key; sk is a hash of actor and key.
create table idempotency (
  sk int not null, actor text not null, key text not null,
  op text not null, input_hash bytea not null, code int not null default 0, result text,
  at timestamptz not null, expires_at timestamptz not null,
  primary key (sk, actor, key));
select place('idempotency', 'sk');
create index idempotency_expires on idempotency (expires_at);

-- Append only. One row a state change, in the shard of the thing that changed.
create table state_log (
  sk int not null, id bigint not null, noun text not null, ref bigint not null,
  from_state text, to_state text not null, event text not null,
  actor_kind text not null, actor_id bigint not null, reason text, at timestamptz not null,
  primary key (sk, id));
select place('state_log', 'sk');
create index state_log_ref on state_log (sk, ref);

-- Append only; hash is of the row's own content, audit_chain links the rows of a day.
create table audit_log (
  sk int not null, id bigint not null, at timestamptz not null,
  actor_kind text not null, actor_id bigint not null, actor_name text not null default '',
  via text not null default '', op text not null, noun text not null, ref bigint not null,
  command text, reason text, input json, before json, after json,
  code int not null default 0, hash bytea not null,
  primary key (sk, id));
select place('audit_log', 'sk');
create index audit_log_ref on audit_log (sk, ref);
create index audit_log_at on audit_log (at);

-- The chain of one business day, written by the sealing job alone.
create table audit_chain (
  day date not null, no bigint not null,
  audit_sk int not null, audit_id bigint not null unique, hash bytea not null,
  primary key (day, no));
select place('audit_chain', 'ref');

-- Events on their way to their handlers; gone when handled.
create table outbox (
  sk int not null, id bigint not null, event text not null, ref bigint not null,
  key text not null, payload jsonb not null, at timestamptz not null,
  due_at timestamptz not null, lease_until timestamptz not null default '-infinity',
  owner text, tries int not null default 0, error text,
  primary key (sk, id), unique (sk, event, key)) with (fillfactor = 50);
select place('outbox', 'sk');
create index outbox_due on outbox (due_at);

-- Events that were handled, so that a replay with the same key changes nothing.
create table outbox_done (
  sk int not null, event text not null, key text not null, at timestamptz not null,
  primary key (sk, event, key));
select place('outbox_done', 'sk');

create table job_run (
  sk int not null, id bigint not null, name text not null, slot timestamptz not null,
  state text not null check (state in ('RUNNING', 'DONE', 'FAILED')),
  owner text not null, lease_until timestamptz not null, tries int not null default 1,
  started_at timestamptz not null, ended_at timestamptz, done bigint not null default 0, error text,
  primary key (sk, id), unique (sk, name, slot));
select place('job_run', 'sk');
create index job_run_started on job_run (started_at);

-- Defaults of the business rules; the newest effective row wins.
create table policy (
  id bigint primary key, key text not null, scope text not null default '',
  value text not null, effective_from timestamptz not null, note text,
  unique (key, scope, effective_from));
select place('policy', 'ref');
