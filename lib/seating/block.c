/* SPDX-License-Identifier: Apache-2.0 */
/* block.c — how seats change hands in the database: set-wise, and only sets that are wholly in the
 * state from which they start. The counters of the lots move with the orders, in their statements.
 */
#include "seating/block_int.h"

PN_TYPE(pni_seat_set_t, "seat.set", pni_seat_set, PN_COL(pni_seat_set, block, "block"),
    PN_COL(pni_seat_set, seats, "seats"));
PN_TYPE(pni_seat_orders_t, "seat.orders", pni_seat_orders, PN_COL(pni_seat_orders, sk, "sk"),
    PN_COL(pni_seat_orders, stamp, "stamp"), PN_COL(pni_seat_orders, orders, "orders"));
PN_TYPE(pni_seats_moved_t, "seat.moved", pni_seats_moved, PN_COL(pni_seats_moved, wanted, "wanted"),
    PN_COL(pni_seats_moved, done, "done"));

#define SETS                                                                                       \
    " from unnest(:block, :seats) u(block, seats)"                                                 \
    " where b.sk = (u.block & 4095)::int and b.id = u.block"
const pn_sql pni_block_lock = {"seat_block_lock", &pni_seat_set_t, NULL,
    "update seat_block b set busy = b.busy | u.seats" SETS
    " and b.mask & u.seats = u.seats and (b.held | b.busy | b.sold) & u.seats = 0",
    .array = true};
const pn_sql pni_block_sell = {"seat_block_sell", &pni_seat_set_t, NULL,
    "update seat_block b set busy = b.busy & ~u.seats, sold = b.sold | u.seats" SETS
    " and b.busy & u.seats = u.seats", .array = true};
const pn_sql pni_block_free = {"seat_block_free", &pni_seat_set_t, NULL,
    "update seat_block b set busy = b.busy & ~u.seats" SETS " and b.busy & u.seats = u.seats",
    .array = true};
const pn_sql pni_block_back = {"seat_block_back", &pni_seat_set_t, NULL,
    "update seat_block b set sold = b.sold & ~u.seats" SETS " and b.sold & u.seats = u.seats",
    .array = true};

#define OF_ORDERS(change)                                                                          \
    "with d as materialized (select s.seat_block as id,"                                           \
    "  bit_or(1::bigint << s.seat_bit::int) as seats from order_seat s where s.sk = :sk"           \
    "  and s.order_id = any ((:orders)::bigint[]) and s.seat_block is not null"                    \
    "  and s.state = 'HELD' group by s.seat_block),"                                               \
    " u as (update seat_block b set " change " from d where b.sk = :sk and b.id = d.id"            \
    "  and b.busy & d.seats = d.seats returning b.lot_id),"                                        \
    " k as (update stock k set seat_stamp = :stamp from (select distinct u.lot_id from u) x"       \
    "  where k.sk = :sk and k.lot_id = x.lot_id)"                                                  \
    " select (select count(*) from d)::int as wanted, (select count(*) from u)::int as done"
const pn_sql pni_orders_seats_sell = {"seat_orders_sell", &pni_seat_orders_t, &pni_seats_moved_t,
    OF_ORDERS("busy = b.busy & ~d.seats, sold = b.sold | d.seats"), false};
const pn_sql pni_orders_seats_free = {"seat_orders_free", &pni_seat_orders_t, &pni_seats_moved_t,
    OF_ORDERS("busy = b.busy & ~d.seats"), false};
