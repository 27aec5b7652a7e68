/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c — the product's lock order for whoever changes an order in several steps: the stock of its
 * lots ascending, a grab's request, the order, its payments, what is due, the buyers' counts
 * ascending. One statement may begin anywhere in it; a transaction of several takes the front of it
 * first, and then nobody who has a part waits for another who waits for that part.
 *
 * An order may get its lots, or others, while its lock is waited for. They stand before it and are
 * not waited for any more: whoever has them may wait for the order. They are taken if they are
 * free, else all begins again and knows them from the start. */
#include "order/payment_int.h"

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "order.lock_id", id_in, PN_COL(id_in, id, N_("Number")));

#define LOTS_OF(order_id, more)                                                                    \
    "select k.lot_id from stock k where k.sk = :id# and k.lot_id in"                               \
    "  (select i.lot_id from order_item i where i.sk = :id# and i.order_id = " order_id more ")"   \
    "  order by k.lot_id for update"
#define LOTS_THEN_ORDER(order_id, lots)                                                            \
    " k as materialized (" lots "),"                                                               \
    " w as materialized (select g.order_id from grab_request g where g.sk = :id#"                  \
    "  and g.order_id = " order_id " and g.open and (select count(*) from k) >= 0 for update),"    \
    " o as materialized (select o.id, o.status, o.session_id, o.limit_keys from orders o"          \
    "  where o.sk = :id# and o.id = " order_id " and (select count(*) from w) >= 0 for update)"

const pn_sql pni_order_lock_sql = {"order_lock", &by_id_t, NULL,
    "with" LOTS_THEN_ORDER(":id", LOTS_OF(":id", "")) " select id from o", false};
const pn_sql pni_order_lots_sql = {"order_lots", &by_id_t, NULL, LOTS_OF(":id", "") " nowait",
    false};
#define WITH_PAYMENT                                                                               \
    "with p_ as materialized (select y.order_id from payment y where y.sk = :id# and y.id = :id),"
#define PAID "(select p_.order_id from p_)"
/* Money that comes late is a purchase once more: the buyer's counts are asked again … */
#define AND_COUNTS                                                                                 \
    "," PNI_COUNTS_LOCK(":id#", "(select * from o where o.status = 'CLOSED')")                     \
    " c as (select count(*) as n from n_) select o.id, c.n from o, c"
/* … and any lot of the session may serve it. */
const pn_sql pni_payment_lock_sql = {"payment_lock", &by_id_t, NULL,
    WITH_PAYMENT LOTS_THEN_ORDER(PAID, LOTS_OF(PAID,
        " union all select z.lot_id from orders c join stock z on z.sk = :id#"
        "  and z.session_id = c.session_id where c.sk = :id# and c.id = " PAID
        "  and c.status = 'CLOSED'")) AND_COUNTS, false};
const pn_sql pni_payment_again_sql = {"payment_lock_again", &by_id_t, NULL,
    WITH_PAYMENT LOTS_THEN_ORDER(PAID, LOTS_OF(PAID, "") " nowait") AND_COUNTS, false};

int pni_order_lock(pn *p, int64_t order_id)
{
    PN_TRY(pn_queue(p, &pni_order_lock_sql, &(id_in){order_id}, 0, NULL, NULL));
    return pn_queue(p, &pni_order_lots_sql, &(id_in){order_id}, 0, NULL, NULL);
}

int pni_payment_lock(pn *p, int64_t payment_id)
{
    return pn_queue(p, &pni_payment_lock_sql, &(id_in){payment_id}, 0, NULL, NULL);
}

int pni_payment_lock_again(pn *p, int64_t payment_id)
{
    return pn_queue(p, &pni_payment_again_sql, &(id_in){payment_id}, 0, NULL, NULL);
}
