-- SPDX-License-Identifier: Apache-2.0
-- even-rows.sql — for pgbench: the rows of 128 complete orders, spread over 10,000 tiers of 500
-- sessions, written by the server itself in one statement; nobody decides or answers anything, and
-- its two clients have tiers of their own. What the machine can do of them at most.
\set i :i + 1
\set n :base + (:i * 2 + :client_id) * 128
with g as materialized (
    select n, sk, n * 4096 + sk as id, (200000 + t) * 4096 + sk as tier,
        (200000 + t % 500) * 4096 + sk as session, decode(lpad(to_hex(n), 64, '0'), 'hex') as key
    from (select :n::bigint + j as n, t, (100 + t % 500)::int as sk
          from (select j, (:i::bigint * 128 + j) % 5000 + 5000 * :client_id::bigint as t
                from generate_series(0, 127) j) j) n),
k as (update stock k set qty_locked = qty_locked + 1 from g
    where k.sk = g.sk and k.lot_id = g.tier),
o as (insert into orders (sk, id, no, session_id, show_id, staff_id, buyer, status, qty, delivery,
        buyer_phone, phone_hash, phone_tail, goods_fen, payable_fen, hold_expires_at, limit_keys,
        created_at, updated_at)
    select sk, id, 'PN' || n, session, 4, 31, key, 'PENDING_PAY', 1, 'ETICKET',
        decode(repeat('ab', 44), 'hex'), key, right(n::text, 4), 58000, 58000,
        now() + interval '15 minutes', array[substr(key, 17)], now(), now() from g),
l as (insert into order_item (sk, order_id, no, tier_id, lot_id, qty, face_fen, unit_fen)
    select sk, id, 1, tier, tier, 1, 58000, 58000 from g),
e as (insert into order_seat (sk, order_id, no, item_no, tier_id, list_fen, paid_fen, state)
    select sk, id, 1, 1, tier, 58000, 58000, 'HELD' from g),
b as (insert into buyer_count (sk, session_id, buyer, qty)
    select sk, session, substr(key, 17), 1 from g),
s as (insert into state_log select sk, id, 'order', id, null, 'PENDING_PAY', 'submit', 'O', 31,
        null, now() from g),
a as (insert into audit_log (sk, id, at, actor_kind, actor_id, actor_name, via, op, noun, ref,
        input, after, hash)
    select sk, id, now(), 'O', 31, 'test', 'test', 'order.submit', 'order', id,
        json_build_object('tier', tier, 'qty', 1, 'phone', '***', 'channel', 'OWN'),
        json_build_object('id', id, 'no', 'PN' || n, 'show', '雷雨', 'session_id', session,
            'start_at', now(), 'status', 'PENDING_PAY', 'qty', 1, 'payable_fen', '580.00',
            'paid_fen', '0.00', 'refunded_fen', '0.00', 'delivery', 'ETICKET', 'channel', 'OWN',
            'phone_tail', right(n::text, 4), 'staff_id', 31, 'hold_expires_at', now(),
            'created_at', now()), decode(repeat('ab', 32), 'hex') from g),
y as (insert into idempotency (sk, actor, key, input_hash, audit_ref, audit_id, expires_at)
    select sk, 'O31', 'n' || n, decode(repeat('ab', 16), 'hex'), id, id,
        now() + interval '72 hours' from g),
d as (insert into order_due (sk, due_at, id, orders)
    select sk, now() + interval '15 minutes', min(id), array_agg(id) from g group by sk)
insert into outbox (sk, id, event, ref, refs, payload, at, due_at)
select sk, min(id), 'order.submitted', min(id), array_agg(id), '{}', now(), now() from g
group by sk;
