/* SPDX-License-Identifier: Apache-2.0 */
/* twice.c — buyers who paid for one session more than once within a short time. A page that shows
 * a failure while the money goes through makes people buy again; whether they meant it only they
 * know, so it is people who are shown them and ask. */
#include "base/policy_int.h"
#include "order/order_int.h"

#define C(f, label, ...) PN_COL(pn_bought_twice, f, label, __VA_ARGS__)
static PN_TYPE(twice_t, "order.bought_twice", pn_bought_twice,
    C(id, N_("Last order"), .flags = PN_KEY | PN_SORT, .sql = "b.id", .ref = "order"),
    C(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    C(session_id, N_("Session"), .sql = "b.session_id", .ref = "session"),
    C(start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT, .sql = "s.start_at"),
    C(phone_tail, N_("Phone tail"), .flags = PN_BRIEF, .sql = "b.phone_tail"),
    C(orders_n, N_("Orders"), .flags = PN_BRIEF, .sql = "b.orders_n"),
    C(qty, N_("Tickets"), .flags = PN_BRIEF, .sql = "b.qty"),
    C(paid_fen, N_("Paid"), .flags = PN_BRIEF, .sql = "b.paid_fen"),
    C(first_at, N_("First paid at"), .flags = PN_BRIEF, .sql = "b.first_at"),
    C(last_at, N_("Last paid at"), .flags = PN_BRIEF | PN_SORT, .sql = "b.last_at"));
#undef C

/* What they have still: an order that was given back was not bought twice. */
static const pn_list_spec twice_spec = {.row = &twice_t,
    .from = "(select max(o.id) as id, o.session_id, o.show_id, max(o.phone_tail) as phone_tail,"
            "  count(*)::int as orders_n, sum(o.qty)::int as qty,"
            "  sum(o.paid_fen - o.refunded_fen)::bigint as paid_fen, min(o.paid_at) as first_at,"
            "  max(o.paid_at) as last_at from orders o where o.buyer is not null"
            "  and o.created_at > :now::timestamptz"
            "   - make_interval(days => " PNI_POLICY("order.twice_days") "::int)"
            "  and o.status in ('PAID', 'DISPATCHED', 'ALLOCATED', 'PART_SHIPPED', 'SHIPPED',"
            "   'SIGNED', 'GROUP_WAITING') and o.paid_fen > o.refunded_fen"
            " group by o.sk, o.session_id, o.show_id, o.buyer having count(*) > 1"
            "  and max(o.paid_at) - min(o.paid_at)"
            "   <= make_interval(hours => " PNI_POLICY("order.twice_h") "::int)) b"
            " join session s on s.id = b.session_id join show h on h.id = b.show_id",
    .scope = "(:my_organiser::bigint is null or h.organiser_id = :my_organiser)"
             " and :my_merchant::bigint is null",
    .key = "b.id", .sort = "-last_at,-id"};
const pn_op pni_order_twice_op = {.noun = "order", .verb = "twice", .in = &pn_list_t,
    .list = &twice_spec, .out = &twice_t,
    .brief = N_("List buyers who paid for one session more than once"),
    .help = N_("Within a short time, and have tickets of all these orders still: they may have "
               "bought again because a\npage did not tell them that the first was paid."),
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER,
    .example = "pn order twice --where 'last_at=today'"};

int pn_order_twice(pn *p, const pn_list *in, pn_page *out)
{
    return pn_call(p, &pni_order_twice_op, in, out);
}
