/* SPDX-License-Identifier: Apache-2.0 */
/* free_int.h — tickets whose hold is over, as readers count them: free, whether or not the job that
 * gives them back came by. The sale itself gives them back before it decides. */
#ifndef PNI_FREE_H
#define PNI_FREE_H

/** Event: tickets of session `ref` are free that were not. */
#define PNI_STOCK_FREED "stock.freed"

/** SQL: how many tickets of stock row `k` unpaid orders and owners hold beyond their time. */
#define PNI_FREED(k)                                                                               \
    "(coalesce((select count(distinct (fe_.order_id, fe_.no)) from order_due fd_"                  \
    "   cross join unnest(fd_.orders) fu_(id)"                                                     \
    "   join orders fo_ on fo_.sk = fd_.sk and fo_.id = fu_.id and fo_.hold_expires_at <= :now"    \
    "   join order_seat fe_ on fe_.sk = fd_.sk and fe_.order_id = fu_.id and fe_.state = 'HELD'"   \
    "   join order_item fi_ on fi_.sk = fd_.sk and fi_.order_id = fu_.id"                          \
    "    and fi_.no = fe_.item_no and fi_.lot_id = " k ".lot_id"                                   \
    "  where fd_.sk = " k ".sk and fd_.due_at <= :now), 0)::int"                                   \
    " + coalesce((select sum(fp_.qty) from seat_hold_due fh_ join seat_hold_part fp_"              \
    "   on fp_.sk = fh_.sk and fp_.hold_id = fh_.hold_id and fp_.lot_id = " k ".lot_id"            \
    "  where fh_.sk = " k ".sk and fh_.due_at <= :now), 0)::int)"

/** SQL: is there any such ticket of session `s`? For whom the counters call sold out. */
#define PNI_ANY_FREED(s)                                                                           \
    "exists (select from stock fk_ where fk_.sk = (" s ".id & 4095)::int"                          \
    " and fk_.session_id = " s ".id and " PNI_FREED("fk_") " > 0)"

#endif
