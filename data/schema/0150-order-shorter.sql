-- SPDX-License-Identifier: Apache-2.0
-- What every order writes, in fewer bytes.

-- A stored answer: that its key was used for something else is told by a hash of operation and
-- input, and for how long it is kept by its end.
alter table idempotency rename to idempotency_old;
alter index idempotency_pkey rename to idempotency_old_pkey;
create table idempotency (
  sk int not null, actor text not null, key text not null, input_hash bytea not null, result text,
  audit_ref bigint, audit_id bigint, expires_at timestamptz not null,
  primary key (sk, actor, key));
select place('idempotency', 'sk');
insert into idempotency (sk, actor, key, input_hash, result, audit_ref, audit_id, expires_at)
  select sk, actor, key, substr(sha256(input_hash || convert_to(op, 'UTF8')), 1, 16), result,
    audit_ref, audit_id, expires_at from idempotency_old;
drop table idempotency_old;
create index idempotency_expires on idempotency using brin (expires_at) with (pages_per_range = 16);

-- Whom a limit counts is told apart by half of a hash; few let a hold run out.
update orders set limit_keys = array(select substr(k, 1, 16) from unnest(limit_keys) k)
  where limit_keys <> '{}';
alter table buyer_count alter column expired_at drop not null, alter column expired_at drop default;
update buyer_count set buyer = substr(buyer, 1, 16), expired_at = nullif(expired_at, '{}');
update seckill_guest g set key = substr(g.key, 1, 16) where not exists (select from order_reserve r
  where r.sk = g.sk and r.source_id = g.seckill_id and g.key in (r.device, r.address));
