/* SPDX-License-Identifier: Apache-2.0 */
/* forget.c — what names somebody is kept no longer than it is needed: some months after a session
 * its orders name nobody. Money, seats and the keyed hashes that count them stay. */
#include "base/policy_int.h"
#include "order/mine_int.h"
#include "order/order_int.h"

typedef struct piece {
    int64_t session, last;
    int n, open, cleared;
} piece;
#define P(f) PN_COL(piece, f, #f)
static PN_TYPE(piece_t, "order.forget_piece", piece, P(session), P(last), P(n), P(open),
    P(cleared));
#undef P

/* The order stays as it is while money of it is on the way to somebody. */
#define OPEN                                                                                       \
    "(o.status = 'REFUNDING' or exists (select from payment y join credit_due c on c.sk = y.sk"    \
    "  and c.payment_id = y.id where y.sk = o.sk and y.order_id = o.id)) as open"
const pn_sql pni_forget_orders_sql = {"forget_orders", &piece_t, &piece_t,
    "with o as materialized (select o.id, " OPEN " from orders o where o.sk = :session#"
    "  and o.session_id = :session and o.id > :last order by o.id limit 500),"
    " e as (update order_seat e set attendee_name = null, doc = null from o where not o.open"
    "  and e.sk = :session# and e.order_id = o.id"
    "  and (e.attendee_name is not null or e.doc is not null)),"
    " t as (update ticket t set holder_name = null from o where not o.open"
    "  and t.sk = :session# and t.order_id = o.id and t.holder_name is not null),"
    " a as (delete from order_address a using o where not o.open and a.sk = :session#"
    "  and a.order_id = o.id),"
    " g as (delete from grab_person g using o where not o.open and g.sk = :session#"
    "  and g.order_id = o.id),"
    " u as (update orders x set buyer_name = null, buyer_phone = null, phone_tail = '',"
    "   updated_at = :now, version = x.version + 1 from o where not o.open and x.sk = :session#"
    "   and x.id = o.id and (x.buyer_name is not null or x.buyer_phone is not null"
    "    or x.phone_tail <> '') returning x.id)"
    " select :session::bigint as session, coalesce(max(o.id), :last) as last, count(*)::int as n,"
    "  (count(*) filter (where o.open))::int as open,"
    "  (select count(*) from u)::int as cleared from o", false};
const pn_sql pni_forget_done_sql = {"forget_done", &piece_t, NULL,
    "insert into session_forgotten (session_id, at) values (:session, :now)"
    " on conflict do nothing", false};

typedef struct past { int64_t days; int64_t session; } past;
static PN_TYPE(past_t, "order.forget_past", past, PN_COL(past, days, "days"),
    PN_COL(past, session, "session"));
const pn_sql pni_forget_due_sql = {"forget_due", &past_t, &past_t,
    "select s.id as session from session s left join session_forgotten f on f.session_id = s.id"
    " where f.session_id is null and coalesce(s.end_at, s.start_at)"
    "  < :now::timestamptz - make_interval(days => :days::int) order by s.id limit 1000", false};
/* A row of a channel's file says when it is played; it is in the channel's bucket. */
const pn_sql pni_forget_rows_sql = {"forget_rows", &past_t, NULL,
    "update intake_row set buyer = null, phone = null, address = null, docs = null,"
    " updated_at = :now, version = version + 1"
    " where start_at < :now::timestamptz - make_interval(days => :days::int)"
    "  and (buyer is not null or phone is not null or address is not null or docs is not null)",
    false};

struct pn_order_forget { int64_t session, after; };
static PN_TYPE(forget_in_t, "order.forget", struct pn_order_forget,
    PN_COL(struct pn_order_forget, session, N_("Session"), .flags = PN_REQ, .ref = "session"),
    PN_COL(struct pn_order_forget, after, N_("After order"), .flags = PN_OPT));
typedef struct pn_order_forgotten { int64_t last; int n, open; } pn_order_forgotten;
static PN_TYPE(forgotten_t, "order.forgotten", pn_order_forgotten,
    PN_COL(pn_order_forgotten, last, N_("Last order"), .ref = "order"),
    PN_COL(pn_order_forgotten, n, N_("Orders")),
    PN_COL(pn_order_forgotten, open, N_("Still needed")));

static int forget(pn *p, const struct pn_order_forget *in, pn_order_forgotten *out)
{
    piece at = {.session = in->session, .last = in->after};
    PN_TRY(pn_one(p, &pni_forget_orders_sql, &at, &at));
    *out = (pn_order_forgotten){at.last, at.n, at.open};
    return at.cleared ? pn_audit(p, "session", in->session, &forgotten_t, NULL, out, NULL) : 0;
}
int pn_order_forget(pn *p, const struct pn_order_forget *in, pn_order_forgotten *out);
PNI_OP(order, forget, forget, pn_order_forgotten,
       .brief = N_("Erase who is named in the orders of a past session"), .in = &forget_in_t,
       .out = &forgotten_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* A piece at a time, each in a transaction of its own. */
static int session(pn *p, int64_t session, int64_t *done)
{
    pn_order_forgotten out = {0};
    int open = 0;
    do {
        PN_TRY(pn_order_forget(p, &(struct pn_order_forget){session, out.last}, &out));
        open += out.open;
        *done += out.n - out.open;
    } while (out.n);
    return open ? 0 : pn_exec(p, &pni_forget_done_sql, &(piece){.session = session}, NULL);
}

static int purge(pn *p, int64_t *done)
{
    past by;
    pn_rows rows;
    int64_t n = 0;
    PN_TRY(pni_policy(p, "order.pii_days", &by.days));
    PN_TRY(pn_exec(p, &pni_forget_rows_sql, &by, &n));
    PN_TRY(pn_all(p, &pni_forget_due_sql, &by, &rows));
    *done += n;
    pn_each(const past, s, &rows)
        PN_TRY(session(p, s->session, done));
    return 0;
}
const pn_job pni_purge_pii_job = {"purge_pii",
    N_("Erase who is named in the orders of sessions long past"), 86400, purge};
