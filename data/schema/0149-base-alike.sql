-- SPDX-License-Identifier: Apache-2.0
-- What the requests of a batch were asked and answered alike in a bucket is told once for all of
-- them; their own rows of the trail hold the rest.
create table audit_common (
  sk int not null, id bigint not null, input json, after json,
  primary key (sk, id));
select place('audit_common', 'sk');
alter table audit_log add column common bigint;
