-- SPDX-License-Identifier: Apache-2.0
-- What a buyer who wishes it gets back, and until when. An order keeps the rule that was in force
-- when it was placed: rows are only added. Of its windows the first that is open decides; each is
--   ANCHOR FROM UNTIL FEE_BP BASE
-- in hours after the anchor (negative: before it; -: no bound), the fee in 1/10000 of what was paid
-- or of the face price. ACCEPTED: until a seller has accepted. No window: closed.
create table refund_rule (
  id bigint primary key,
  policy text not null check (policy in ('LARGE_2023','RESALE','CLOSED','FREE','MATCHED')),
  effective_from timestamptz not null,
  windows text not null,
  whole_order boolean not null, -- no single seats
  refunds_max int not null check (refunds_max >= 0), -- of one buyer and session; 0: any
  after_ship boolean not null,
  note text not null default '', actor_id bigint not null default 0,
  unique (policy, effective_from));
select place('refund_rule', 'ref');
alter table refund_rule add constraint refund_rule_windows check (windows || ';' ~
  ('^(;|((SALE_OPEN|PAID|START|ACCEPTED)'
    || ' (-|-?[0-9]{1,5}) (-|-?[0-9]{1,5}) [0-9]{1,5} (PAID|FACE);)+)$'));
insert into refund_rule (id, policy, effective_from, windows, whole_order, refunds_max, after_ship,
  note) values
  (1, 'LARGE_2023', '-infinity',
    'SALE_OPEN - 48 0 FACE;START - -720 2000 FACE;START - -240 4000 FACE', true, 1, true,
    'large shows, 2023'),
  (2, 'RESALE', '-infinity',
    'ACCEPTED - - 0 FACE;START - -168 2000 FACE;START - -72 4000 FACE', false, 0, false,
    'tickets of sellers'),
  (3, 'CLOSED', '-infinity', '', false, 0, false, 'no refunds'),
  (4, 'FREE', '-infinity', 'START - 0 0 FACE', false, 0, true, 'free until the start'),
  (5, 'MATCHED', '-infinity', '', false, 0, false,
    'last tickets, matched grabs, what is not refundable');
