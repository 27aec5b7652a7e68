-- SPDX-License-Identifier: Apache-2.0
-- What a merchant says stands beside what it is told, and neither takes the other's place.
alter table penalty add column appeal text not null default '';
alter table settle_line add column dispute text;
alter table settle_line add column answer text;

-- The log of states knows what was said until now, and when.
update penalty x set answer = '' where state = 'APPEALED';
update penalty x set appeal = l.reason from state_log l
  where l.sk = x.sk and l.ref = x.id and l.noun = 'penalty' and l.event = 'appeal'
    and l.reason is not null;
update settle_line x set dispute = l.reason from (select distinct on (sk, ref) sk, ref, reason
    from state_log where noun = 'settlement line' and event = 'dispute' and reason is not null
    order by sk, ref, at desc, id desc) l
  where l.sk = x.sk and l.ref = x.id;
update settle_line x set note = null, answer = case when x.state <> 'DISPUTED' then x.note end
  where dispute is not null;

-- A licence that ends is told in time, and again.
insert into policy (id, key, value, effective_from, note) values
  (933, 'merchant.licence_warn_days', '60 30 7', '-infinity',
    'days before a licence ends when it is told');
create index qualification_ends on qualification (valid_to, id) where state = 'VERIFIED';

-- The paper itself, as it was handed in.
create table qualification_scan (
  sk int not null, qualification_id bigint not null,
  format text not null check (format in ('PDF', 'PNG', 'JPEG')), content bytea not null,
  size int not null generated always as (octet_length(content)) stored,
  digest bytea not null generated always as (sha256(content)) stored,
  at timestamptz not null,
  check (sk = (qualification_id & 4095)::int), check (octet_length(content) <= 4194304),
  primary key (sk, qualification_id));
select place('qualification_scan', 'sk');
