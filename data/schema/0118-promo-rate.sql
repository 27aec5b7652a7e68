-- SPDX-License-Identifier: Apache-2.0
-- How often somebody asks for tickets of activities, counted for all processes: a bucket of tokens
-- is the moment at which it is full again, in microseconds. `granted` is what the last asked got.
create table ask_rate (
  sk int not null, key bytea not null, full_us bigint not null, rate int not null check (rate > 0),
  granted int not null check (granted >= 0), primary key (sk, key)) with (fillfactor = 50);
select place('ask_rate', 'sk');
