-- SPDX-License-Identifier: Apache-2.0
-- The sale, all in the session's shard. No foreign keys on the hot append tables: the statement
-- that makes a parent makes its children, and `pn verify` proves it.
create table orders (
  sk int not null, id bigint not null, no text not null,
  kind text not null default 'TICKET'
    check (kind in ('TICKET','GRAB','OFFLINE','GROUP','DIST','CHANNEL')),
  session_id bigint not null, show_id bigint not null, user_id bigint, staff_id bigint, buyer bytea,
  channel text not null default 'OWN', ext_no text,
  status text not null check (status in ('PENDING_PAY','PAID','DISPATCHED','ALLOCATED',
    'PART_SHIPPED','SHIPPED','SIGNED','COMPLETED','REFUNDING',
    'REFUNDED','CLOSED')),
  qty int not null check (qty between 1 and 100),
  delivery text not null check (delivery in ('EXPRESS','ETICKET','ONSITE','CODE')),
  buyer_name bytea, buyer_phone bytea, phone_hash bytea, phone_tail text not null default '',
  goods_fen bigint not null, discount_fen bigint not null default 0,
  delivery_fen bigint not null default 0, service_fen bigint not null default 0,
  payable_fen bigint not null check (payable_fen >= 0),
  paid_fen bigint not null default 0, refunded_fen bigint not null default 0,
  hold_expires_at timestamptz not null, extended boolean not null default false, close_reason text,
  legs int not null default 0,
  created_at timestamptz not null, paid_at timestamptz, closed_at timestamptz,
  updated_at timestamptz not null, version int not null default 1,
  check (sk = (id & 4095)::int), check (sk = (session_id & 4095)::int),
  check (payable_fen = goods_fen - discount_fen + delivery_fen + service_fen),
  check (refunded_fen between 0 and paid_fen),
  primary key (sk, id), unique (sk, no)) with (fillfactor = 80);
select place('orders', 'sk');
create index orders_session on orders (sk, session_id);
create index orders_phone on orders (phone_hash);
create index orders_tail on orders (phone_tail, id);
create index orders_created on orders (created_at, id);

-- Unpaid holds that will run out; a row goes when the order is paid or closed.
create table order_due (
  sk int not null, order_id bigint not null, due_at timestamptz not null,
  primary key (sk, order_id));
select place('order_due', 'sk');
create index order_due_at on order_due (due_at);

create table order_item (
  sk int not null, order_id bigint not null, no int not null, tier_id bigint not null,
  qty int not null check (qty > 0), face_fen bigint not null, unit_fen bigint not null,
  primary key (sk, order_id, no));
select place('order_item', 'sk');

-- One row a seat (a unit of quantity): its own money to the fen (I07), its own fate.
create table order_seat (
  sk int not null, order_id bigint not null, no int not null, item_no int not null,
  tier_id bigint not null, seat_key text, attendee_name bytea, doc_type text, doc bytea,
  doc_hash bytea,
  list_fen bigint not null, disc_fen bigint not null default 0, paid_fen bigint not null,
  refund_fen bigint not null default 0,
  state text not null check (state in ('HELD','SOLD','REFUNDING','REFUNDED','RELEASED')),
  check (list_fen = paid_fen + disc_fen), check (refund_fen between 0 and paid_fen),
  primary key (sk, order_id, no)) with (fillfactor = 80);
select place('order_seat', 'sk');

create table stock_lock (
  sk int not null, order_id bigint not null, tier_id bigint not null,
  qty int not null check (qty > 0),
  state text not null check (state in ('ACTIVE','CONVERTED','RELEASED','EXPIRED')),
  expires_at timestamptz not null, at timestamptz not null,
  primary key (sk, order_id, tier_id)) with (fillfactor = 80);
select place('stock_lock', 'sk');

-- Purchase counts per session and buyer, unpaid holds included (I14). `expired_at` keeps the ends
-- of the latest unpaid holds, as many as the cool-down rule looks at.
create table buyer_count (
  sk int not null, session_id bigint not null, buyer bytea not null,
  qty int not null check (qty >= 0),
  expired_at timestamptz[] not null default '{}', cool_until timestamptz,
  refunds int not null default 0,
  primary key (sk, session_id, buyer)) with (fillfactor = 50);
select place('buyer_count', 'sk');

-- Real name: one document one live ticket of a session (I35).
create table session_doc (
  sk int not null, session_id bigint not null, doc_hash bytea not null, order_id bigint not null,
  seat_no int not null, primary key (sk, session_id, doc_hash));
select place('session_doc', 'sk');

create table payment (
  sk int not null, id bigint not null, order_id bigint not null, leg_no int not null,
  method text not null check (method in ('CASH','SIMULATED')),
  amount_fen bigint not null check (amount_fen > 0), received_fen bigint not null default 0,
  tendered_fen bigint not null default 0, change_fen bigint not null default 0,
  provider_no text, staff_id bigint, till text not null default '',
  state text not null check (state in ('CREATED','PENDING','SUCCESS','CLOSED','MISMATCH',
    'DUP_REFUNDING','REFUNDED')),
  created_at timestamptz not null, expires_at timestamptz not null, paid_at timestamptz,
  polls int not null default 0,
  updated_at timestamptz not null, version int not null default 1,
  check (sk = (order_id & 4095)::int),
  primary key (sk, id), unique (sk, order_id, leg_no),
  unique (sk, method, provider_no)) with (fillfactor = 80);
select place('payment', 'sk');

-- Payments to send to or to ask the provider about; the row goes when the payment is decided.
create table payment_due (
  sk int not null, payment_id bigint not null, due_at timestamptz not null,
  primary key (sk, payment_id)) with (fillfactor = 50);
select place('payment_due', 'sk');
create index payment_due_at on payment_due (due_at);

-- Every notice as it arrived; applied at most once (I12).
create table payment_notice (
  sk int not null, method text not null, notice_id text not null, payment_id bigint not null,
  provider_no text not null, amount_fen bigint not null, verified boolean not null,
  result text not null, raw text not null, at timestamptz not null,
  primary key (sk, method, notice_id));
select place('payment_notice', 'sk');

create table refund (
  sk int not null, id bigint not null, no text not null, order_id bigint not null,
  reason text not null check (reason in ('BUYER','LATE_PAID','DUPLICATE','MISMATCH','CANCELLED',
    'RESCHEDULED','FAULT')),
  note text not null default '', forced boolean not null default false,
  seats int[] not null default '{}', fee_fen bigint not null default 0 check (fee_fen >= 0),
  amount_fen bigint not null check (amount_fen >= 0),
  state text not null check (state in ('APPLIED','REVIEWING','APPROVED','PROCESSING','DONE',
    'REJECTED','MANUAL')),
  from_status text not null, applied_by bigint not null, approved_by bigint, approved_by2 bigint,
  created_at timestamptz not null, done_at timestamptz, updated_at timestamptz not null,
  version int not null default 1,
  primary key (sk, id), unique (sk, no)) with (fillfactor = 80);
select place('refund', 'sk');
create index refund_order on refund (sk, order_id);

create table refund_leg (
  sk int not null, refund_id bigint not null, no int not null, payment_id bigint not null,
  out_request_no text not null, amount_fen bigint not null check (amount_fen > 0),
  state text not null check (state in ('PENDING','DONE','FAILED')),
  tries int not null default 0, provider_no text, error text, updated_at timestamptz not null,
  primary key (sk, refund_id, no), unique (sk, out_request_no)) with (fillfactor = 80);
select place('refund_leg', 'sk');

-- Refunds with a leg that the provider has still to confirm.
create table refund_due (
  sk int not null, refund_id bigint not null, due_at timestamptz not null,
  primary key (sk, refund_id)) with (fillfactor = 50);
select place('refund_due', 'sk');
create index refund_due_at on refund_due (due_at);

-- The simulated provider's own books: the outside world of training and tests. Nothing else reads
-- them, the sale asks it over the same calls as a real provider.
create table simulated_trade (
  sk int not null, payment_id bigint not null, provider_no text not null,
  amount_fen bigint not null, paid_fen bigint not null default 0,
  state text not null check (state in ('NOTPAY','SUCCESS','CLOSED')),
  notices int not null default 0, told int not null default 0, notify_at timestamptz,
  at timestamptz not null, primary key (sk, payment_id));
select place('simulated_trade', 'sk');
create index simulated_trade_due on simulated_trade (notify_at) where told < notices;

create table simulated_refund (
  sk int not null, out_request_no text not null, payment_id bigint not null,
  amount_fen bigint not null, provider_no text not null, at timestamptz not null,
  primary key (sk, out_request_no));
select place('simulated_refund', 'sk');

-- Rendered messages and what became of them (I44: one per dedupe key).
create table notice (
  sk int not null, id bigint not null, dedupe_key text not null, kind text not null,
  ref bigint not null,
  target text not null default '', body text not null,
  state text not null check (state in ('QUEUED','SENT','FAILED')),
  tries int not null default 0, transport text not null default 'log',
  created_at timestamptz not null, sent_at timestamptz,
  primary key (sk, id), unique (sk, dedupe_key));
select place('notice', 'sk');
create index notice_ref on notice (sk, ref);
create index notice_created on notice (created_at, id);

insert into policy (id, key, value, effective_from, note) values
  (401, 'order.hold_min', '15', '-infinity', 'minutes an unpaid order holds its stock'),
  (402, 'order.hold_tail_min', '8', '-infinity', 'the same while the session sells its tail'),
  (403, 'order.hold_pos_min', '3', '-infinity', 'the same at the box office'),
  (404, 'order.extend_min', '5', '-infinity', 'minutes of the one extension'),
  (405, 'order.cool_expiries', '3', '-infinity',
    'unpaid expiries of a session in 24 h without cool-down'),
  (406, 'order.cool_min', '120', '-infinity', 'minutes of the cool-down'),
  (407, 'refund.dual_control_fen', '500000', '-infinity', 'refunds above need two approvers'),
  (408, 'refund.resched_days', '7', '-infinity', 'free refund after a new date'),
  (409, 'delivery.express_fen', '1500', '-infinity', 'sending paper tickets by express'),
  (410, 'order.cool_hours', '24', '-infinity', 'hours for which unpaid expiries count'),
  (411, 'notice.pay_remind_min', '5', '-infinity', 'the buyer is reminded so long before');
