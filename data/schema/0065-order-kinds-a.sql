-- SPDX-License-Identifier: Apache-2.0
-- Group-buy, grab and offline orders: what each needs before it joins the others as a paid order.
-- All of it lies in the session's shard, beside the orders; helpers and buyers have their own.

-- ---- group-buy: the offer, the groups that were opened, who is in them (I28) ----

create table group_activity (
  sk int not null, id bigint not null, session_id bigint not null, tier_id bigint not null,
  name text not null, size int not null check (size between 2 and 10),
  price_fen bigint not null check (price_fen > 0),
  starts_at timestamptz not null, ends_at timestamptz not null,
  allow_quit boolean not null default false,
  state text not null check (state in ('LIVE','STOPPED')),
  created_at timestamptz not null, updated_at timestamptz not null, version int not null default 1,
  check (starts_at < ends_at), check (sk = (session_id & 4095)::int),
  primary key (sk, id));
select place('group_activity', 'sk');
create index group_activity_session on group_activity (sk, session_id);

create table group_buy (
  sk int not null, id bigint not null, activity_id bigint not null, session_id bigint not null,
  size int not null, paid int not null default 0, leader_id bigint,
  state text not null check (state in ('OPEN','SUCCESS','FAILED')),
  opened_at timestamptz not null, expires_at timestamptz not null, done_at timestamptz,
  updated_at timestamptz not null, version int not null default 1,
  check (paid between 0 and size), check ((state = 'SUCCESS') <= (paid = size)),
  primary key (sk, id)) with (fillfactor = 80);
select place('group_buy', 'sk');
create index group_buy_open on group_buy (expires_at) where state = 'OPEN';

-- An order of a group; ASKED until it is paid. A buyer is paid for once in a group.
create table group_member (
  sk int not null, order_id bigint not null, activity_id bigint not null, group_id bigint,
  buyer bytea not null,
  state text not null check (state in ('ASKED','PAID','LEFT')),
  at timestamptz not null, paid_at timestamptz,
  check ((state = 'PAID') <= (group_id is not null)),
  primary key (sk, order_id)) with (fillfactor = 80);
select place('group_member', 'sk');
create unique index group_member_once on group_member (sk, group_id, buyer) where state = 'PAID';
create index group_member_group on group_member (sk, group_id);

-- ---- grab: a wish with its money, waiting for tickets ----

create table grab_request (
  sk int not null, order_id bigint not null, session_id bigint not null, buyer bytea not null,
  tiers bigint[] not null check (cardinality(tiers) between 1 and 20),
  cap_fen bigint not null check (cap_fen > 0), qty int not null check (qty > 0),
  accept_split boolean not null, accept_single boolean not null, accept_upgrade boolean not null,
  deadline_at timestamptz not null, due_at timestamptz not null,
  boost int not null default 0 check (boost between 0 and 54),
  attempts int not null default 0, waiting boolean not null default false,
  open boolean not null default true, created_at timestamptz not null,
  check (waiting <= open), primary key (sk, order_id)) with (fillfactor = 70);
select place('grab_request', 'sk');
-- the queue of a session
create index grab_request_queue on grab_request (sk, session_id, boost desc, created_at, order_id)
  where waiting;
create index grab_request_due on grab_request (due_at) where open;

-- Who will go, until there are seats that carry the names.
create table grab_person (
  sk int not null, order_id bigint not null, no int not null, name bytea not null,
  doc_type text not null, doc bytea not null, primary key (sk, order_id, no));
select place('grab_person', 'sk');

-- Open grabs of a buyer; sk is taken from the buyer's hash.
create table grab_buyer (
  sk int not null, buyer bytea not null, open_n int not null check (open_n >= 0),
  primary key (sk, buyer)) with (fillfactor = 50);
select place('grab_buyer', 'sk');

create table grab_assist (
  sk int not null, order_id bigint not null, user_id bigint not null, fresh boolean not null,
  points int not null check (points >= 0), at timestamptz not null,
  primary key (sk, order_id, user_id));
select place('grab_assist', 'sk');
-- How often an account helped on a day; sk is the account's.
create table grab_helper (
  sk int not null, user_id bigint not null, day date not null, qty int not null check (qty > 0),
  primary key (sk, user_id, day)) with (fillfactor = 70);
select place('grab_helper', 'sk');

-- Whom a match passed over: the first of the queue as they were looked at for it.
create table grab_considered (
  sk int not null, id bigint not null, order_id bigint not null, rank int not null,
  grab_id bigint not null, boost int not null, cap_fen bigint not null, result text not null,
  at timestamptz not null, primary key (sk, id));
select place('grab_considered', 'sk');
create index grab_considered_order on grab_considered (sk, order_id);

-- ---- offline: money that people took ----

alter table payment drop constraint payment_method_check;
alter table payment add constraint payment_method_check
  check (method in ('CASH','SIMULATED','TRANSFER','SLIP'));
alter table payment drop constraint payment_state_check;
alter table payment add constraint payment_state_check check (state in ('CREATED','PENDING',
  'SUCCESS','CLOSED','MISMATCH','DUP_REFUNDING','REFUNDED','COLLECTED'));

-- A slip or a bank's voucher stands for one payment; sk is taken from its number.
create table payment_slip (
  sk int not null, method text not null, slip text not null, payment_id bigint not null,
  primary key (sk, method, slip));
select place('payment_slip', 'sk');

create table offline_order (
  sk int not null, order_id bigint not null, collected_by bigint, collected_at timestamptz,
  confirm_by timestamptz, reference text, open boolean not null default true,
  primary key (sk, order_id)) with (fillfactor = 70);
select place('offline_order', 'sk');
create index offline_order_due on offline_order (confirm_by) where open;

-- Tickets are out and the money is not in: what whoever collected owes.
create table offline_debt (
  sk int not null, order_id bigint not null, staff_id bigint not null, amount_fen bigint not null,
  at timestamptz not null, primary key (sk, order_id));
select place('offline_debt', 'sk');

alter table refund drop constraint refund_reason_check;
alter table refund add constraint refund_reason_check check (reason in ('BUYER','LATE_PAID',
  'DUPLICATE','MISMATCH','CANCELLED','RESCHEDULED','FAULT','GROUP','GRAB'));

insert into policy (id, key, value, effective_from, note) values
  (651, 'group.hold_min', '15', '-infinity', 'minutes an unpaid group-buy order holds its tickets'),
  (652, 'group.expire_h', '24', '-infinity', 'hours a group has to fill'),
  (653, 'grab.auth_min', '15', '-infinity', 'minutes to prepay a grab'),
  (654, 'grab.open_max', '3', '-infinity', 'open grabs of one buyer'),
  (655, 'grab.cap_min_bp', '5000', '-infinity', 'least cap, of the lowest face price wished for'),
  (656, 'grab.boost_max', '20', '-infinity', 'most that helpers add to the queue key'),
  (657, 'grab.new_points', '2', '-infinity', 'what a new account adds'),
  (658, 'grab.helps_day', '3', '-infinity', 'helps of one account a day'),
  (659, 'grab.capture_tries', '2', '-infinity', 'captures tried before a grab fails'),
  (660, 'offline.hold_min', '30', '-infinity', 'minutes an offline order waits for its money'),
  (661, 'offline.transfer_h', '24', '-infinity', 'hours the same waits for a bank transfer'),
  (662, 'offline.confirm_h', '24', '-infinity', 'hours finance has to confirm what was collected');
