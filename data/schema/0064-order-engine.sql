-- SPDX-License-Identifier: Apache-2.0
-- Orders placed many at once: what guards them is a constraint, so that the statement that would
-- break a rule fails, and with it nothing else has to be asked.

-- Whom a purchase limit counts: the account, the telephone number, the document.
alter table orders add column limit_keys bytea[] not null default '{}';
update orders set limit_keys = array[buyer] where buyer is not null;
-- `cap` is the limit in force at the latest purchase (I14).
alter table buyer_count add column cap int not null default 2147483647;
alter table buyer_count add constraint buyer_count_cap check (qty <= cap);

insert into policy (id, key, value, effective_from, note) values
  (641, 'deliver.handling_h', '12', '-infinity', 'hours until a paid parcel leaves'),
  (642, 'deliver.eta_h', '48', '-infinity', 'hours a parcel is on its way'),
  (643, 'deliver.express_h', '24', '-infinity', 'parcels arrive so long before the start'),
  (644, 'deliver.lead_h', '0', '-infinity', 'sellers ship so long before the start');

-- What an order costs to place is mostly index entries. A session is found by its shard key, a
-- telephone number by its last digits and then by its hash.
drop index orders_session;
drop index orders_phone;
