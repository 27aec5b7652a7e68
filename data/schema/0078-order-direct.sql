-- SPDX-License-Identifier: Apache-2.0
-- Organisers whose own mini program collects: their merchant number at the provider, and what we
-- charge for a sale.
create table direct_payee (
  organiser_id bigint primary key, sub_mchid text not null check (sub_mchid <> ''),
  sub_appid text not null default '', fee_bp int not null check (fee_bp between 0 and 10000),
  fee_fixed_fen bigint not null check (fee_fixed_fen >= 0),
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'STOPPED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1);
select place('direct_payee', 'ref');
