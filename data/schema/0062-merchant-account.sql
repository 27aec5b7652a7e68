-- SPDX-License-Identifier: Apache-2.0
-- Merchants: professional resellers, agencies, suppliers and organisers that offer tickets. The
-- profile is read beside every offer, so it is a reference row; level changes at most once a day.
create table merchant (
  id bigint primary key, code text not null unique,
  kind text not null check (kind in ('PRO','AGENCY','SUPPLIER','ORGANISER')),
  name text not null check (name <> ''), contact text not null default '',
  phone bytea, phone_tail text not null default '',
  status text not null default 'APPLIED' check (status in
    ('APPLIED','ACTIVE','REJECTED','RESTRICTED','SUSPENDED','CLOSED')),
  -- why it is restricted or suspended; what a job did, a job may undo
  held_for text check (held_for in ('LICENCE','LEVEL','OPS')), reason text,
  level text not null default 'B' check (level in ('A','B','C','D','E')),
  contract_mode text not null default 'COMMISSION' check (contract_mode in ('COMMISSION','NET')),
  commission_bp int not null default 0 check (commission_bp between 0 and 5000),
  commission_min_fen bigint not null default 0 check (commission_min_fen >= 0),
  author_id bigint not null default 0,
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check ((status in ('RESTRICTED','SUSPENDED')) = (held_for is not null)));
select place('merchant', 'ref');

-- What moves: the conduct score, and the parts (in 1/10000) that the rank of offers reads. A better
-- level is waited for: rise_level is the worst of the better levels since rise_since.
create table merchant_stand (
  sk int not null, merchant_id bigint not null,
  score int not null default 100 check (score between 0 and 200),
  rise_level text check (rise_level in ('A','B','C','D')), rise_since timestamptz,
  default_bp int not null default 0 check (default_bp between 0 and 10000),
  on_time_bp int not null default 10000 check (on_time_bp between 0 and 10000),
  accept_bp int not null default 10000 check (accept_bp between 0 and 10000),
  rating_bp int not null default 10000 check (rating_bp between 0 and 10000),
  check (sk = (merchant_id & 4095)::int), check ((rise_level is null) = (rise_since is null)),
  primary key (sk, merchant_id)) with (fillfactor = 70);
select place('merchant_stand', 'sk');

-- Append only: every change of the score with its reason; one a cause.
create table merchant_event (
  sk int not null, id bigint not null, merchant_id bigint not null, delta int not null,
  score int not null, cause text not null, reason text not null, actor_id bigint not null,
  at timestamptz not null,
  primary key (sk, id), unique (sk, merchant_id, cause));
select place('merchant_event', 'sk');

-- Licences with their validity; checked every day.
create table qualification (
  sk int not null, id bigint not null, merchant_id bigint not null,
  kind text not null check (kind in ('BUSINESS_LICENCE','PERFORMANCE_PERMIT','AUTHORISATION')),
  no text not null check (no <> ''), file text not null default '', valid_to date not null,
  state text not null default 'PENDING' check (state in ('PENDING','VERIFIED','REJECTED')),
  reason text, reviewer_id bigint, created_at timestamptz not null,
  check (sk = (id & 4095)::int),
  primary key (sk, id), unique (sk, merchant_id, kind, no)) with (fillfactor = 80);
select place('qualification', 'sk');

insert into policy (id, key, value, effective_from, note) values
  (621, 'merchant.commission_bp', '500', '-infinity', 'commission of a new contract'),
  (622, 'merchant.commission_a_off_bp', '100', '-infinity', 'level A pays so much less'),
  (623, 'merchant.commission_d_add_bp', '200', '-infinity', 'level D pays so much more'),
  (624, 'merchant.grant_max', '10', '-infinity', 'points that operations may give at once'),
  (625, 'merchant.level_a', '150', '-infinity', 'level A from this score'),
  (626, 'merchant.level_b', '100', '-infinity', 'level B from this score'),
  (627, 'merchant.level_c', '60', '-infinity', 'level C from this score'),
  (628, 'merchant.level_d', '20', '-infinity', 'level D from this score, below it E'),
  (629, 'merchant.rise_days', '7', '-infinity', 'days a better score must last'),
  (630, 'merchant.licence_days', '30', '-infinity', 'restricted so long before a licence ends'),
  (631, 'merchant.close_days', '30', '-infinity', 'closed so long after the last session at best'),
  (632, 'merchant.listings_b', '2000', '-infinity', 'live listings of level B'),
  (633, 'merchant.listings_c', '500', '-infinity', 'live listings of level C'),
  (634, 'merchant.listings_d', '20', '-infinity', 'live listings of level D and when restricted'),
  (635, 'merchant.deposit_a_bp', '5000', '-infinity', 'part of the deposit that level A pays'),
  (636, 'merchant.deposit_d_bp', '20000', '-infinity', 'deposit of level D and when restricted'),
  (637, 'rank.level_a', '40', '-infinity', 'rank that level A adds'),
  (638, 'rank.level_c_off', '20', '-infinity', 'rank that level C takes away'),
  (639, 'rank.level_d_off', '80', '-infinity', 'rank that level D takes away');
