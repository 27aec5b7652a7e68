/* SPDX-License-Identifier: Apache-2.0 */
/* hold.c — the end of unpaid holds: by time, by wish; one extension.
 *
 * Whether a hold has run out is decided by its stored end, never by this job having run: readers
 * compute it, and a sale in the same bucket sweeps first. The job only keeps the tables short. */
#include <string.h>

#include "base/policy_int.h"
#include "order/order_int.h"
#include "order/reserve_int.h"
#include "promo/budget_int.h"

typedef struct sweep_in {
    int64_t sk;
    pn_time day_ago, cool_until;
    int keep, most;
    pn_texts lots; /* only orders with tickets of these; absent: all */
} sweep_in;
static PN_TYPE(sweep_in_t, "order.sweep_in", sweep_in, PN_COL(sweep_in, sk, N_("Bucket")),
    PN_COL(sweep_in, day_ago, N_("Day ago")), PN_COL(sweep_in, cool_until, N_("Cool-down")),
    PN_COL(sweep_in, keep, N_("Keep")), PN_COL(sweep_in, most, "most"),
    PN_COL(sweep_in, lots, N_("Lots")));

typedef struct closed { int64_t id; const char *kind; pn_word status; } closed;
static PN_TYPE(closed_t, "order.closed", closed, PN_COL(closed, id, N_("Number")),
    PN_COL(closed, kind, N_("Kind")),
    PN_COL(closed, status, N_("State"), .words = pn_order_states));

/* In which state an order of this kind holds tickets and waits for its money. */
static const char *held(const closed *c)
{
    return c->kind && strcmp(c->kind, "OFFLINE") == 0 ? "OFFLINE_DRAFT"
           : c->kind && strcmp(c->kind, "DIST") == 0  ? "DIST_LOCKED"
                                                      : "PENDING_PAY";
}

/* What releasing a hold does, after `o` closed the orders (id, session_id, buyer, qty, ends), of
 * which `q` has the lots (order_id, lot_id, qty). Stock was locked before `o` (the product's
 * order), so the parts never meet a waiting buyer. */
#define RELEASE(sk)                                                                                \
    " u as (update stock s set qty_locked = s.qty_locked - x.qty,"                                 \
    "   " PNI_SEAT_STAMP("(select max(o.id) from o)", "2")                                         \
    "  from (select q.lot_id, sum(q.qty)::int as qty from q join o on o.id = q.order_id"           \
    "   group by q.lot_id) x where s.sk = " sk " and s.lot_id = x.lot_id),"                        \
    PNI_SEATS_FREE(sk)                                                                             \
    " e as (update order_seat e set state = 'RELEASED' from o"                                     \
    "  where e.sk = " sk " and e.order_id = o.id and e.state = 'HELD'),"                           \
    " x as (delete from session_doc x using o"                                                     \
    "  where x.sk = " sk " and x.session_id = o.session_id and x.order_id = o.id),"

/* Of what is due, first those that still hold. A row of several goes with the last of them; an
 * order that was extended is in two. */
#define OVERDUE(o) o ".status in (" PNI_HELD ", 'DIST_LOCKED') and " o ".hold_expires_at <= :now"
const pn_sql pni_sweep_sql = {"order_sweep", &sweep_in_t, &closed_t,
    "with a as materialized (select x.due_at, x.id, x.orders from (select d.due_at, d.id, d.orders,"
    "   sum(cardinality(d.orders)) over (order by d.due_at, d.id) - cardinality(d.orders) as before"
    "   from (select d.due_at, d.id, d.orders from order_due d where d.sk = :sk"
    "    and d.due_at <= :now order by d.due_at, d.id limit :most) d) x"
    "  where x.before < :most * 5),"
    " p as materialized (select o.id from (select distinct unnest(a.orders) as id from a) u"
    "  join orders o on o.sk = :sk and o.id = u.id and " OVERDUE("o")
    "  order by o.hold_expires_at, o.id limit :most),"
    " q as materialized (select p.id as order_id, i.lot_id, count(*)::int as qty from p"
    "  join order_seat e on e.sk = :sk and e.order_id = p.id and e.state = 'HELD'"
    "  join order_item i on i.sk = :sk and i.order_id = p.id and i.no = e.item_no group by 1, 2),"
    " t as materialized (select p.id from p where :lots is null or exists (select from q"
    "  where q.order_id = p.id and q.lot_id = any ((:lots)::bigint[]))),"
    " m as materialized (select k.lot_id from stock k where :lots is not null and k.sk = :sk"
    "  and k.lot_id in (select q.lot_id from q join t on t.id = q.order_id)"
    "  order by k.lot_id for update skip locked),"
    " h as materialized (select t.id as order_id from t where :lots is null or not exists"
    "   (select from q where q.order_id = t.id and q.lot_id not in (select m.lot_id from m))),"
    " k as materialized (select k.lot_id from stock k where k.sk = :sk and k.lot_id in"
    "   (select q.lot_id from q join h on h.order_id = q.order_id)"
    "   order by k.lot_id for update),"
    /* a count that somebody works on is not waited for either: its order is for the next time */
    " w as materialized (select distinct r.id, r.session_id, i.key from h"
    "  join orders r on r.sk = :sk and r.id = h.order_id cross join unnest(r.limit_keys) i(key)),"
    " f as materialized (select b.session_id, b.buyer from buyer_count b where b.sk = :sk"
    "  and (b.session_id, b.buyer) in (select w.session_id, w.key from w)"
    "  and (select count(*) from k) >= 0 order by b.session_id, b.buyer"
    "  for update of b skip locked),"
    " c as materialized (select h.order_id from h where not exists (select from w"
    "  where w.id = h.order_id and (w.session_id, w.key) not in"
    "   (select f.session_id, f.buyer from f))),"
    " o as (update orders o set status = case o.status when 'DIST_LOCKED' then 'DIST_RELEASED'"
    "   else 'CLOSED' end, close_reason = 'EXPIRED', closed_at = :now,"
    "   updated_at = :now, version = o.version + 1 from c"
    "  where o.sk = :sk and o.id = c.order_id and o.status in (" PNI_HELD ", 'DIST_LOCKED')"
    "   and o.hold_expires_at <= :now and (select count(*) from k) >= 0"
    "  returning o.id, o.session_id, o.limit_keys, o.qty, o.hold_expires_at, o.kind, o.status),"
    RELEASE(":sk")
    " r as (delete from order_due d using a where d.sk = :sk and d.due_at = a.due_at"
    "  and d.id = a.id and not exists (select from orders v where v.sk = :sk"
    "   and v.id = any (a.orders)"
    "   and " OVERDUE("v") " and v.id not in (select o.id from o))),"
    PNI_COUNTS_LOCK(":sk", "o")
    " b as (update buyer_count b set qty = b.qty - y.qty,"
    "   expired_at = (b.expired_at || y.ends)"
    "    [greatest(1, cardinality(b.expired_at || y.ends) - :keep + 1):],"
    "   cool_until = case when y.ends <> '{}' and cardinality(b.expired_at || y.ends) >= :keep"
    "    and (b.expired_at || y.ends)[cardinality(b.expired_at || y.ends) - :keep + 1] > :day_ago"
    "    then :cool_until else b.cool_until end"
    "  from (select o.session_id, i.key, sum(o.qty)::int as qty,"
    "    coalesce(array_agg(o.hold_expires_at order by o.hold_expires_at)"
    "     filter (where o.status = 'CLOSED'), '{}') as ends"
    "    from o, unnest(o.limit_keys) i(key) group by o.session_id, i.key) y"
    "  where b.sk = :sk and b.session_id = y.session_id and b.buyer = y.key"
    "   and (select count(*) from n_) >= 0)"
    " select o.id, o.kind, o.status from o order by o.id", false};

typedef struct close_in { int64_t id; const char *from, *to, *reason; } close_in;
static PN_TYPE(close_in_t, "order.close_in", close_in, PN_COL(close_in, id, N_("Number")),
    PN_COL(close_in, from, N_("From")), PN_COL(close_in, to, N_("To")),
    PN_COL(close_in, reason, N_("Reason")));

const pn_sql pni_cancel_sql = {"order_cancel", &close_in_t, &closed_t,
    "with q as materialized (select order_id, lot_id, qty from stock_lock where sk = :id#"
    "  and order_id = :id and state = 'ACTIVE'),"
    " k as materialized (select k.lot_id from stock k where k.sk = :id#"
    "  and k.lot_id in (select q.lot_id from q) order by k.lot_id for update),"
    " o as (update orders o set status = :to, close_reason = :reason, closed_at = :now,"
    "   updated_at = :now, version = o.version + 1"
    "  where o.sk = :id# and o.id = :id"
    "   and case when :from is null then o.status in (" PNI_HELD ") else o.status = :from end"
    "   and (select count(*) from k) >= 0"
    "  returning o.id, o.session_id, o.limit_keys, o.qty, o.kind),"
    RELEASE(":id#") PNI_COUNTS_LOCK(":id#", "o")
    " b as (update buyer_count b set qty = b.qty - o.qty from o"
    "  where b.sk = :id# and b.session_id = o.session_id and b.buyer = any (o.limit_keys)"
    "   and (select count(*) from n_) >= 0)"
    " select o.id, o.kind from o", false};

typedef struct rules { int64_t cool_expiries, cool_hours, cool_min, extend_min; } rules;
static PN_TYPE(rules_t, "order.hold_rules", rules,
    PN_COL(rules, cool_expiries, N_("Unpaid expiries allowed")),
    PN_COL(rules, cool_hours, N_("Hours for which they count")),
    PN_COL(rules, cool_min, N_("Minutes of the cool-down")),
    PN_COL(rules, extend_min, N_("Minutes of the extension")));

const pn_sql pni_hold_rules_sql = {"order_hold_rules", NULL, &rules_t,
    "select " PNI_POLICY("order.cool_expiries") " as cool_expiries,"
    " " PNI_POLICY("order.cool_hours") " as cool_hours,"
    " " PNI_POLICY("order.cool_min") " as cool_min,"
    " " PNI_POLICY("order.extend_min") " as extend_min", false};

int pni_hold_sweep(pn *p, int sk, pn_texts lots, int64_t *done)
{
    const int64_t minute = 60000000;
    rules r;
    pn_rows rows;
    PN_TRY(pn_one(p, &pni_hold_rules_sql, NULL, &r));
    int64_t now = pn_now(p).us;
    sweep_in in = {sk, {now - r.cool_hours * 60 * minute}, {now + r.cool_min * minute},
                   (int)r.cool_expiries + 1, lots.n ? 200 : 2000, lots};
    PN_TRY(pn_all(p, &pni_sweep_sql, &in, &rows));
    pn_each(closed, c, &rows)
    {
        bool dist = c->status.v == PN_ORDER_DIST_RELEASED;
        PN_TRY(pni_stepped(p, &pni_order_fsm, c->id, held(c), dist ? "ttl" : "expire", NULL));
        PN_TRY(pn_outbox(p, dist ? "dist.released" : "order.expired", c->id, NULL, NULL, NULL));
    }
    *done = (int64_t)rows.n;
    if (!rows.n)
        return 0;
    PN_TRY(pni_reserve_back(p, sk, rows.row, sizeof(closed), rows.n));
    return pni_draw_back(p, sk, rows.row, sizeof(closed), rows.n);
}

/* `from` absent: whichever state its kind waits for money in. */
static int release(pn *p, const close_in *in, const char *event)
{
    closed c;
    int rc = pn_one(p, &pni_cancel_sql, in, &c);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("Only an unpaid order can be cancelled"));
        return pn_hint(p, "%s", pn_tr("What is paid is given back: refund apply"));
    }
    PN_TRY(rc);
    PN_TRY(pni_reserve_back(p, pn_sk(in->id), &in->id, sizeof in->id, 1));
    PN_TRY(pni_draw_back(p, pn_sk(in->id), &in->id, sizeof in->id, 1));
    return pni_stepped(p, &pni_order_fsm, in->id, in->from ? in->from : held(&c), event,
                       in->reason);
}

int pni_order_release(pn *p, int64_t id, const char *from, const char *event, const char *reason)
{
    pn_word state = {(int16_t)pn_word_find(pn_order_states, from)};
    const pn_edge *edge = pn_edge_find(&pni_order_fsm, state, event);
    if (!edge)
        return pn_fail(p, PN_EINTERNAL, NULL, "order: no edge %s from %s", event, from);
    return release(p, &(close_in){id, from, edge->to, reason}, event);
}

int pni_order_close(pn *p, int64_t id, const char *event, const char *reason)
{
    return release(p, &(close_in){id, NULL, "CLOSED", reason}, event);
}

/* ---- operations ---- */

static PN_TYPE(cancel_in_t, "order.cancel", struct pn_order_cancel,
    PN_COL(struct pn_order_cancel, id, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"),
    PN_COL(struct pn_order_cancel, reason, N_("Reason"), .max = 200));
static PN_TYPE(extend_in_t, "order.extend", struct pn_order_extend,
    PN_COL(struct pn_order_extend, id, N_("Order"), .flags = PN_KEY | PN_REQ, .ref = "order"));

static int cancel(pn *p, const struct pn_order_cancel *in, pn_order *out)
{
    pni_order o;
    pn_order before;
    PN_TRY(pni_order_get(p, in->id, &o));
    PN_TRY(pni_order_row(p, in->id, &before));
    PN_TRY(pni_order_close(p, in->id, "cancel", in->reason ? in->reason : "CANCELLED"));
    PN_TRY(pni_order_row(p, in->id, out));
    PN_TRY(pn_audit(p, "order", in->id, &pn_order_t, &before, out, in->reason));
    return pn_outbox(p, "order.cancelled", in->id, NULL, NULL, NULL);
}

typedef struct extend_by { int64_t id; pn_time until; } extend_by;
static PN_TYPE(extend_by_t, "order.extend_by", extend_by, PN_COL(extend_by, id, N_("Number")),
    PN_COL(extend_by, until, N_("Until")));
const pn_sql pni_extend_sql = {"order_extend", &extend_by_t, &closed_t,
    "with o as (update orders set hold_expires_at = :until, extended = true, updated_at = :now,"
    "   version = version + 1 where sk = :id# and id = :id and status = 'PENDING_PAY'"
    "   and not extended and hold_expires_at > :now returning id),"
    " d as (insert into order_due (sk, due_at, id, orders)"
    "  select :id#, :until, o.id, array[o.id] from o)"
    " select id from o", false};

static int extend(pn *p, const struct pn_order_extend *in, pn_order *out)
{
    pni_order o;
    rules r;
    closed c;
    pn_order before;
    PN_TRY(pni_order_get(p, in->id, &o));
    PN_TRY(pni_order_row(p, in->id, &before));
    PN_TRY(pn_one(p, &pni_hold_rules_sql, NULL, &r));
    if (o.status.v != PN_ORDER_PENDING_PAY && o.status.v != PN_ORDER_CLOSED) {
        pn_fail(p, PN_ESTATE, "id", pn_tr("Order %s waits for no money (%s)"), o.no,
                pn_word_label(pn_order_states, o.status));
        return pn_hint(p, "%s", pn_tr("See what it is now: order show"));
    }
    if (o.extended) {
        pn_fail(p, PN_ELIMIT, "id", "%s", pn_tr("A hold is extended only once"));
        return pn_hint(p, "%s", pn_tr("Pay it while it is held, or order anew"));
    }
    extend_by by = {in->id, {o.hold_expires_at.us + r.extend_min * 60000000}};
    int rc = pn_one(p, &pni_extend_sql, &by, &c);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EEXPIRED, "id", "%s", pn_tr("The hold of this order has ended"));
        return pn_hint(p, "%s", pn_tr("Order anew: its tickets are on sale again"));
    }
    PN_TRY(rc);
    PN_TRY(pni_order_row(p, in->id, out));
    return pn_audit(p, "order", in->id, &pn_order_t, &before, out, NULL);
}

/* One bucket of the job, a transaction of its own. */
struct pn_order_sweep { int64_t sk; };
typedef struct pn_order_swept { int64_t closed; } pn_order_swept;
static PN_TYPE(sweep_op_t, "order.sweep", struct pn_order_sweep,
    PN_COL(struct pn_order_sweep, sk, N_("Bucket"), .flags = PN_ARG, .max = 4095));
static PN_TYPE(swept_t, "order.swept", pn_order_swept,
    PN_COL(pn_order_swept, closed, N_("Orders closed"), .flags = PN_BRIEF));

static int sweep(pn *p, const struct pn_order_sweep *in, pn_order_swept *out)
{
    return pni_hold_sweep(p, (int)in->sk, (pn_texts){0}, &out->closed);
}

typedef struct bucket { int64_t sk; } bucket;
static PN_TYPE(bucket_t, "order.bucket", bucket, PN_COL(bucket, sk, N_("Bucket")));
const pn_sql pni_hold_due_sql = {"order_hold_due", NULL, &bucket_t,
    "select distinct sk::bigint as sk from order_due where due_at <= :now limit 500", false};

int pn_order_sweep(pn *p, const struct pn_order_sweep *in, pn_order_swept *out);
PNI_OP(order, cancel, cancel, pn_order, .brief = N_("Cancel an unpaid order"), .in = &cancel_in_t,
       .out = &pn_order_t,
       .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_BUYER | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn order cancel PN261123000001234",
       .lasting = N_("Its places are on sale again: order them anew"))
PNI_OP(order, extend, extend, pn_order, .brief = N_("Hold an unpaid order a little longer, once"),
       .in = &extend_in_t, .out = &pn_order_t,
       .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_ONCE,
       .lasting = N_("Time that was given is not taken away"))
PNI_OP(order, sweep, sweep, pn_order_swept, .brief = N_("Close the unpaid holds of one bucket"),
       .in = &sweep_op_t, .out = &swept_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int hold_expire(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_hold_due_sql, NULL, &rows));
    pn_each(bucket, b, &rows)
    {
        pn_order_swept out = {0};
        PN_TRY(pn_order_sweep(p, &(struct pn_order_sweep){b->sk}, &out));
        *done += out.closed;
    }
    return 0;
}

const pn_job pni_hold_expire_job = {"hold_expire", N_("Close unpaid orders whose hold ran out"), 10,
                                    hold_expire};
