/* SPDX-License-Identifier: Apache-2.0 */
/* points.c — see points_int.h. Parts are told by what all refunds until now come to, less what
 * those before came to, so that nothing is lost to rounding: the last seat gives back the last
 * point. */
#include "order/points_int.h"

#include "base/policy_int.h"
#include "order/book_int.h"
#include "order/mine_int.h"
#include "order/purse_int.h"
#include "promo/point_int.h"

/* ---- earned ---- */

typedef struct base { int64_t id, buyer, base_fen, gone_fen; } base;
#define B(f) PN_COL(base, f, #f)
static PN_TYPE(base_t, "points.base", base, B(id), B(buyer), B(base_fen), B(gone_fen));
#undef B
#define GONE                                                                                       \
    "r.from_status = 'COMPLETED' and r.reason not in ('DUPLICATE', 'MISMATCH')"                    \
    " and r.state in ('PROCESSING', 'MANUAL', 'DONE')"
/* The money that stays: what was refunded before is not in it, what is refunded since is gone, and
 * what the organiser took itself never was ours (I39), nor the order's what was paid twice. */
const pn_sql pni_points_base_sql = {"points_base", &base_t, &base_t,
    "select o.id, o.user_id as buyer, (o.paid_fen - o.refunded_fen + coalesce((select"
    "  sum(r.amount_fen) from refund r where r.sk = :id# and r.order_id = :id"
    "   and " GONE " and r.state = 'DONE'), 0))::bigint as base_fen,"
    " coalesce((select sum(r.amount_fen + r.fee_fen) from refund r where r.sk = :id#"
    "  and r.order_id = :id and " GONE "), 0)::bigint as gone_fen"
    " from orders o where o.sk = :id# and o.id = :id and o.user_id is not null"
    "  and o.status = 'COMPLETED' and not " PNI_DIRECT("o.id"), false};

/* Whole ones, for each yuan that stays. */
static int64_t earned(int64_t base_fen, int64_t rate_bp)
{
    return base_fen > 0 ? (int64_t)((__int128)base_fen * rate_bp / 1000000) : 0;
}

/* By the level of the account, with this order in it. */
static int rate_of(pn *p, int64_t buyer, int64_t *rate)
{
    static const char *const keys[] = {NULL, "points.level1_bp", "points.level2_bp",
                                       "points.level3_bp", "points.level4_bp"};
    int64_t of = 10000;
    int level = 0;
    PN_TRY(pni_policy(p, "points.earn_bp", rate));
    PN_TRY(pni_account_level(p, buyer, &level));
    if (keys[level])
        PN_TRY(pni_policy(p, keys[level], &of));
    *rate = *rate * of / 10000;
    return 0;
}

const pn_sql pni_points_first_sql = {"points_first", &base_t, &base_t,
    "select count(*) as id from point_move where sk = :buyer# and buyer_id = :buyer"
    " and kind = 'EARN' and ref_id <> :id", false};

/* Once an account, whatever becomes of that order. */
static int first_order(pn *p, const base *o)
{
    pni_point_change c = {.buyer = o->buyer, .kind = PN_POINT_FIRST_ORDER, .ref = o->buyer,
                          .order = o->id};
    base others;
    bool moved;
    PN_TRY(pni_policy(p, "points.first_order", &c.points));
    PN_TRY(pn_one(p, &pni_points_first_sql, o, &others));
    return c.points && !others.id ? pni_point_move(p, &c, &moved) : 0;
}

static int completed(pn *p, int64_t order_id, const char *payload)
{
    base o;
    int64_t rate = 0;
    bool moved;
    (void)payload;
    int rc = pn_one(p, &pni_points_base_sql, &(base){.id = order_id}, &o);
    if (rc)
        return rc == PN_ENONE ? 0 : rc;
    PN_TRY(rate_of(p, o.buyer, &rate));
    PN_TRY(first_order(p, &o));
    pni_point_change c = {.buyer = o.buyer, .points = earned(o.base_fen - o.gone_fen, rate),
                          .kind = PN_POINT_EARN, .ref = order_id, .order = order_id,
                          .base_fen = o.base_fen, .rate_bp = (int)rate};
    return c.points ? pni_point_move(p, &c, &moved) : 0;
}
const pn_event pni_points_event = {"order.completed", completed};

/* ---- what a refund does ---- */

typedef struct spent {
    int64_t order_id, refund, back, back_fen, gone_fen;
    bool waiting;
    pn_texts seats;
} spent;
#define S(f) PN_COL(spent, f, #f)
static PN_TYPE(spent_t, "points.spent", spent, S(order_id), S(refund), S(back), S(back_fen),
    S(gone_fen), S(waiting), S(seats));
#undef S
/* Of the points spent on the order, the part of these seats. */
const pn_sql pni_points_spent_sql = {"points_spent", &spent_t, &spent_t,
    "select coalesce(d.fen * (f.before + f.these) / nullif(f.total, 0)"
    "  - d.fen * f.before / nullif(f.total, 0), 0)::bigint as back, f.these as back_fen,"
    " coalesce(d.state = 'RESERVED', false) as waiting, g.gone_fen"
    " from (select coalesce(sum(e.points_fen), 0)::bigint as total,"
    "   coalesce(sum(e.points_fen) filter (where e.no = any ((:seats)::int[])), 0)::bigint"
    "    as these,"
    "   coalesce(sum(e.points_fen) filter (where e.state = 'REFUNDED'"
    "    and e.no <> all ((:seats)::int[])), 0)::bigint as before"
    "  from order_seat e where e.sk = :order_id# and e.order_id = :order_id"
    "   and e.state <> 'RELEASED') f"
    " cross join (select coalesce(sum(r.amount_fen + r.fee_fen), 0)::bigint as gone_fen"
    "  from refund r where r.sk = :order_id# and r.order_id = :order_id and r.id <> :refund"
    "   and " GONE ") g"
    " left join order_draw d on d.sk = :order_id# and d.order_id = :order_id"
    "  and d.source = 'POINTS' and d.state <> 'BACK'", false};

typedef struct got { int64_t order_id, buyer, base_fen, rate_bp, free; } got;
#define G(f) PN_COL(got, f, #f)
static PN_TYPE(got_t, "points.earned", got, G(order_id), G(buyer), G(base_fen), G(rate_bp),
    G(free));
#undef G
const pn_sql pni_points_earned_sql = {"points_earned", &got_t, &got_t,
    "select coalesce(m.base_fen, 0) as base_fen, coalesce(m.rate_bp, 0)::bigint as rate_bp,"
    " a.points - a.held as free from point_account a left join point_move m on m.sk = :buyer#"
    "  and m.buyer_id = :buyer and m.kind = 'EARN' and m.ref_id = :order_id"
    " where a.sk = :buyer# and a.buyer_id = :buyer", false};

typedef struct due { int64_t back, back_fen, take, free; bool waiting; } due;

static int ask(pn *p, const spent *in, int64_t buyer, int64_t fen, due *out)
{
    pn_rows account = {0};
    spent s;
    got of = {.order_id = in->order_id, .buyer = buyer};
    PN_TRY(pn_queue(p, &pni_points_earned_sql, &of, 0, &account, NULL));
    PN_TRY(pn_one(p, &pni_points_spent_sql, in, &s));
    *out = (due){.back = s.back, .back_fen = s.back_fen, .waiting = s.waiting};
    pn_each(got, g, &account)
    {
        out->free = g->free;
        out->take = earned(g->base_fen - s.gone_fen, g->rate_bp) -
                    earned(g->base_fen - s.gone_fen - fen, g->rate_bp);
    }
    return 0;
}

/* What is missing comes off the seats, by what each gives back. */
static int less(pn *p, int64_t points, pn_refund_offer *out)
{
    int64_t weight[PNI_REFUND_SEATS], part[PNI_REFUND_SEATS], fen = 0, most = 0;
    pn_refund_seat *seat = out->seats.row;
    PN_TRY(pni_point_worth(p, points, &fen));
    for (size_t i = 0; i < out->seats.n; i++)
        most += weight[i] = seat[i].refund_fen.fen;
    if (fen > most)
        fen = most;
    pni_apportion(fen, weight, out->seats.n, part);
    for (size_t i = 0; i < out->seats.n; i++) {
        seat[i].fee_fen.fen += part[i];
        seat[i].refund_fen.fen -= part[i];
    }
    out->fee_fen.fen += fen;
    out->amount_fen.fen -= fen;
    out->points_short = points;
    return 0;
}

int pni_points_offer(pn *p, const pni_basis *b, pn_refund_offer *out)
{
    spent s = {.order_id = b->id};
    due d;
    if (!b->user_id)
        return 0;
    s.seats.v = pn_alloc(p, (out->seats.n + 1) * sizeof *s.seats.v);
    if (!s.seats.v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_each(pn_refund_seat, e, &out->seats)
        if (!(s.seats.v[s.seats.n++] = pn_printf(p, "%d", e->no)))
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(ask(p, &s, b->user_id, out->amount_fen.fen + out->fee_fen.fen, &d));
    out->points_back = d.back;
    out->points_taken = d.take < d.free + d.back ? d.take : d.free + d.back;
    return d.take > out->points_taken ? less(p, d.take - out->points_taken, out) : 0;
}

typedef struct head { int64_t id, order_id, fen, points_short; pn_texts seats; } head;
#define H(f) PN_COL(head, f, #f)
static PN_TYPE(head_t, "points.refund", head, H(id), H(order_id), H(fen), H(points_short),
    H(seats));
#undef H
const pn_sql pni_points_head_sql = {"points_refund", &head_t, &head_t,
    "select id, order_id, amount_fen + fee_fen as fen, points_short, seats::text[] as seats"
    " from refund where sk = :id# and id = :id", false};

/* Given back before any are taken. The offer said what is missing; what the account has spent since
 * is not taken from anybody. */
int pni_points_refund(pn *p, int64_t refund_id, int64_t buyer)
{
    head r;
    due d;
    bool moved;
    PN_TRY(pn_one(p, &pni_points_head_sql, &(head){.id = refund_id}, &r));
    spent s = {.order_id = r.order_id, .refund = refund_id, .seats = r.seats};
    PN_TRY(ask(p, &s, buyer, r.fen, &d));
    if (d.waiting) { /* spent first, whichever is heard of first */
        PN_TRY(pni_draw_spend(p, r.order_id));
        PN_TRY(ask(p, &s, buyer, r.fen, &d));
    }
    pni_point_change c = {.buyer = buyer, .points = d.back, .kind = PN_POINT_RETURN,
                          .ref = refund_id, .order = r.order_id, .value_fen = d.back_fen};
    if (d.back)
        PN_TRY(pni_point_move(p, &c, &moved));
    int64_t take = d.take - r.points_short;
    if (take > d.free + d.back)
        take = d.free + d.back;
    c = (pni_point_change){.buyer = buyer, .points = -take, .kind = PN_POINT_TAKE_BACK,
                           .ref = refund_id, .order = r.order_id};
    return take > 0 ? pni_point_move(p, &c, &moved) : 0;
}
