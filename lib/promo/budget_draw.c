/* SPDX-License-Identifier: Apache-2.0 */
/* budget_draw.c — see budget_int.h. */
#include "promo/budget_int.h"

#include "base/when_int.h"
#include "promo/coupon_int.h"
#include "promo/point_int.h"

typedef struct left { int64_t id; pn_date day; pn_money left_fen; bool yes; } left;
static PN_TYPE(left_t, "budget.left", left, PN_COL(left, id, "id"), PN_COL(left, day, "day"),
    PN_COL(left, left_fen, "left_fen"), PN_COL(left, yes, "yes"));
const pn_sql pni_budget_left_sql = {"budget_left", &left_t, &left_t,
    "select case when state = 'LIVE' then least(total_fen - reserved_fen - spent_fen,"
    "  daily_fen - case when day = :day then day_fen else 0 end) else 0 end as left_fen"
    " from campaign_budget where sk = :id# and id = :id", false};
const pn_sql pni_coupon_free_sql = {"coupon_free", &left_t, &left_t,
    "select not exists (select from coupon_lock where sk = :id# and coupon_id = :id) as yes",
    false};

static pn_date today(const pn *p)
{
    return (pn_date){(int32_t)pni_local_day(pn_now(p))};
}

int pni_budget_left(pn *p, int64_t id, int64_t *fen)
{
    left l = {.id = id, .day = today(p)};
    int rc = pn_one(p, &pni_budget_left_sql, &l, &l);
    *fen = rc ? 0 : l.left_fen.fen;
    return rc == PN_ENONE ? 0 : rc;
}

int pni_coupon_free(pn *p, int64_t id, bool *yes)
{
    left l = {.id = id};
    PN_TRY(pn_one(p, &pni_coupon_free_sql, &l, &l));
    *yes = l.yes;
    return 0;
}

/* ---- drawn ---- */

#define D(f) PN_COL(pni_draw, f, #f)
static PN_TYPE(draw_t, "budget.draw", pni_draw, D(order_id), D(source_id), D(fen), D(source),
    D(day));
#undef D
const pn_sql pni_draw_put_sql = {"draw_put", &draw_t, NULL,
    "insert into order_draw (sk, order_id, source, source_id, fen, day, state)"
    " select (u.o & 4095)::int, u.o, u.source, u.id, u.fen, u.day, 'RESERVED'"
    " from unnest(:order_id, :source, :source_id, :fen, :day) u(o, source, id, fen, day)",
    .array = true};
/* The rows of all budgets in their order; one that has not so much is refused by its check. */
#define LOCKED(from)                                                                               \
    " k as materialized (select b.id from campaign_budget b where b.sk = 0 and b.id in"            \
    "  (select " from ".id from " from ") order by b.id for update)"
#define TAKE                                                                                       \
    " update campaign_budget b set reserved_fen = b.reserved_fen + x.fen, day = x.day,"            \
    "  day_fen = case when b.day = x.day then b.day_fen else 0 end + x.fen, updated_at = :now,"    \
    "  " PNI_BUDGET_REACHED("x.fen") ", version = b.version + 1 from x"                            \
    "  where b.sk = 0 and b.id = x.id"                                                             \
    "  and (select count(*) from k) > 0"
const pn_sql pni_draw_budget_sql = {"draw_budget", &draw_t, NULL,
    "with x as materialized (select u.id, max(u.day) as day, sum(u.fen)::bigint as fen"
    "  from unnest(:source, :source_id, :fen, :day) u(source, id, fen, day)"
    "  where u.source = 'BUDGET' group by u.id)," LOCKED("x") TAKE, .array = true};
const pn_sql pni_draw_coupon_sql = {"draw_coupon", &draw_t, NULL,
    "insert into coupon_lock (sk, coupon_id, order_id, state, at)"
    " select (u.id & 4095)::int, u.id, u.o, 'LOCKED', :now"
    " from unnest(:order_id, :source, :source_id) u(o, source, id) where u.source = 'COUPON'"
    " order by u.id", .array = true};
/* Held in the accounts, in their order; one that has not so many is refused by its check. */
#define ACCOUNTS(from, key)                                                                        \
    " q as materialized (select a.buyer_id from point_account a join " from " on a.sk ="           \
    "  (" from "." key " & 4095)::int and a.buyer_id = " from "." key " order by a.buyer_id"       \
    "  for update of a)"
const pn_sql pni_draw_points_sql = {"draw_points", &draw_t, NULL,
    "with x as materialized (select u.id, sum(u.fen)::bigint as n"
    "  from unnest(:source, :source_id, :fen) u(source, id, fen)"
    "  where u.source = 'POINTS' group by u.id)," ACCOUNTS("x", "id")
    " update point_account a set held = a.held + x.n, updated_at = :now, version = a.version + 1"
    " from x where a.sk = (x.id & 4095)::int and a.buyer_id = x.id"
    "  and (select count(*) from q) > 0", .array = true};

int pni_draw_reserve(pn *p, const pni_draw *d, size_t n)
{
    pni_draw *row = pn_alloc(p, (n + 1) * sizeof *row);
    if (!row)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++) {
        row[i] = d[i];
        row[i].day = today(p);
    }
    if (!n)
        return 0;
    PN_TRY(pn_queue(p, &pni_draw_put_sql, row, n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_draw_budget_sql, row, n, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_draw_coupon_sql, row, n, NULL, NULL));
    return pn_queue(p, &pni_draw_points_sql, row, n, NULL, NULL);
}

/* ---- returned ---- */

typedef struct back_in { int64_t sk; pn_texts ids; } back_in;
static PN_TYPE(back_t, "budget.back", back_in, PN_COL(back_in, sk, "sk"),
    PN_COL(back_in, ids, "ids"));
/* Budgets before accounts of points, as a sale takes them. Points that were spent come back by the
 * refund, seat by seat. */
const pn_sql pni_draw_back_sql = {"draw_back", &back_t, NULL,
    "with d as materialized (select d.order_id, d.source, d.source_id, d.fen, d.day, d.state"
    "  from order_draw d where d.sk = :sk and d.order_id = any ((:ids)::bigint[])"
    "  and d.state <> 'BACK' and not (d.source = 'POINTS' and d.state = 'SPENT')"
    "  order by d.order_id, d.source, d.source_id for update),"
    " u as (update order_draw o set state = 'BACK' from d where o.sk = :sk"
    "  and o.order_id = d.order_id and o.source = d.source and o.source_id = d.source_id),"
    " c as (delete from coupon_lock c using d where d.source = 'COUPON'"
    "  and c.sk = (d.source_id & 4095)::int and c.coupon_id = d.source_id"
    "  and c.order_id = d.order_id),"
    " x as materialized (select d.source_id as id, max(d.day) as day, sum(d.fen)::bigint as fen,"
    "   coalesce(sum(d.fen) filter (where d.state = 'RESERVED'), 0)::bigint as reserved"
    "  from d where d.source = 'BUDGET' group by d.source_id),"
    " y as (select d.source_id as id, d.day, sum(d.fen)::bigint as fen from d"
    "  where d.source = 'BUDGET' group by d.source_id, d.day)," LOCKED("x") ","
    " b as (update campaign_budget b set reserved_fen = b.reserved_fen - x.reserved,"
    "   spent_fen = b.spent_fen - (x.fen - x.reserved), day_fen = b.day_fen - coalesce((select"
    "    y.fen from y where y.id = b.id and y.day = b.day), 0), updated_at = :now,"
    "   version = b.version + 1 from x where b.sk = 0 and b.id = x.id"
    "   and (select count(*) from k) > 0 returning b.id),"
    " z as materialized (select d.source_id as id, sum(d.fen)::bigint as n from d"
    "  where d.source = 'POINTS' and (select count(*) from b) >= 0 group by d.source_id),"
    ACCOUNTS("z", "id")
    " update point_account a set held = a.held - z.n, updated_at = :now,"
    "  version = a.version + 1 from z where a.sk = (z.id & 4095)::int and a.buyer_id = z.id"
    "  and (select count(*) from q) > 0", false};

int pni_draw_back(pn *p, int sk, const void *ids, size_t stride, size_t n)
{
    back_in in = {sk, {pn_alloc(p, (n + 1) * sizeof *in.ids.v), n}};
    for (size_t i = 0; in.ids.v && i < n; i++) {
        const int64_t *id = (const void *)((const char *)ids + i * stride);
        if (!(in.ids.v[i] = pn_printf(p, "%lld", (long long)*id)))
            in.ids.v = NULL;
    }
    if (!in.ids.v)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    return pn_queue(p, &pni_draw_back_sql, &in, 0, NULL, NULL);
}

/* ---- paid ---- */

typedef struct spend { int64_t order_id, fen; } spend;
static PN_TYPE(spend_t, "budget.spend", spend, PN_COL(spend, order_id, "order_id"),
    PN_COL(spend, fen, "fen"));
/* Money that came late found its draw returned: it is drawn again while there is enough. What
 * others have used since is not there twice: of a budget, which is ours, the price of the order
 * stands all the same; of points and coupons, which are the buyer's, it does not come back. */
const pn_sql pni_draw_again_sql = {"draw_again", &spend_t, NULL,
    "with d as materialized (select d.source, d.source_id as id, d.fen, d.day from order_draw d"
    "  where d.sk = :order_id# and d.order_id = :order_id and d.state = 'BACK' and exists (select"
    "   from orders o where o.sk = :order_id# and o.id = :order_id and o.status not in ('CLOSED',"
    "    'REFUNDING', 'REFUNDED')) order by d.source, d.source_id for update),"
    LOCKED("d") ","
    " b as (update campaign_budget b set reserved_fen = b.reserved_fen + d.fen,"
    "   day_fen = b.day_fen + case when b.day = d.day then d.fen else 0 end, updated_at = :now,"
    "   " PNI_BUDGET_REACHED("d.fen") ","
    "   version = b.version + 1 from d where d.source = 'BUDGET' and b.sk = 0"
    "   and b.id = d.id and (select count(*) from k) > 0"
    "   and b.reserved_fen + b.spent_fen + d.fen <= b.total_fen"
    "   and (b.daily_fen is null or b.day <> d.day or b.day_fen + d.fen <= b.daily_fen)"
    "  returning b.id),"
    " c as (insert into coupon_lock (sk, coupon_id, order_id, state, at)"
    "  select (d.id & 4095)::int, d.id, :order_id, 'LOCKED', :now from d where d.source = 'COUPON'"
    "   and (select count(*) from b) >= 0 on conflict do nothing returning coupon_id as id),"
    " a as (update point_account a set held = a.held + d.fen, updated_at = :now,"
    "   version = a.version + 1 from d where d.source = 'POINTS' and (select count(*) from c) >= 0"
    "   and a.sk = (d.id & 4095)::int and a.buyer_id = d.id and a.points - a.held >= d.fen"
    "  returning a.buyer_id as id)"
    " update order_draw o set state = 'RESERVED' where o.sk = :order_id#"
    "  and o.order_id = :order_id and o.state = 'BACK' and case o.source when 'BUDGET'"
    "   then o.source_id in (select b.id from b) when 'POINTS' then o.source_id in (select a.id"
    "   from a) else o.source_id in (select c.id from c) end",
    false};
/* What of the order's points and coupons is not its any more, and which of it is not free. */
typedef struct gone { int64_t order_id, back, missing; } gone;
static PN_TYPE(gone_t, "budget.gone", gone, PN_COL(gone, order_id, "order_id"),
    PN_COL(gone, back, "back"), PN_COL(gone, missing, "missing"));
const pn_sql pni_draw_gone_sql = {"draw_gone", &gone_t, &gone_t,
    "select count(*) as back, count(*) filter (where case d.source when 'POINTS'"
    "   then coalesce(a.points - a.held, 0) < d.fen else l.coupon_id is not null end) as missing"
    " from order_draw d left join point_account a on d.source = 'POINTS'"
    "  and a.sk = (d.source_id & 4095)::int and a.buyer_id = d.source_id"
    " left join coupon_lock l on d.source = 'COUPON' and l.sk = (d.source_id & 4095)::int"
    "  and l.coupon_id = d.source_id"
    " where d.sk = :order_id# and d.order_id = :order_id and d.source <> 'BUDGET'"
    "  and d.state = 'BACK'", false};
const pn_sql pni_draw_spend_sql = {"draw_spend", &spend_t, &draw_t,
    "with d as (update order_draw d set state = 'SPENT' where d.sk = :order_id#"
    "  and d.order_id = :order_id and d.state = 'RESERVED'"
    "  returning d.source, d.source_id as id, d.fen),"
    " c as (update coupon_lock c set state = 'USED' from d where d.source = 'COUPON'"
    "  and c.sk = (d.id & 4095)::int and c.coupon_id = d.id and c.order_id = :order_id),"
    LOCKED("d") ","
    " b as (update campaign_budget b set reserved_fen = b.reserved_fen - d.fen,"
    "   spent_fen = b.spent_fen + d.fen, updated_at = :now, version = b.version + 1 from d"
    "  where d.source = 'BUDGET' and b.sk = 0 and b.id = d.id"
    "   and (select count(*) from k) > 0)"
    " select :order_id as order_id, d.id as source_id, d.fen, d.source from d"
    " where d.source <> 'BUDGET' order by d.source, d.id", false}; /* coupons before points */
const pn_sql pni_draw_points_fen_sql = {"draw_points_fen", &spend_t, &spend_t,
    "select sum(points_fen)::bigint as fen from order_seat"
    " where sk = :order_id# and order_id = :order_id", false};

/* They leave the account; what they stand for is what they took off the order. */
static int spend_points(pn *p, const pni_draw *d)
{
    bool moved;
    spend of = {.order_id = d->order_id};
    PN_TRY(pn_one(p, &pni_draw_points_fen_sql, &of, &of));
    pni_point_change c = {.buyer = d->source_id, .points = -d->fen, .kind = PN_POINT_SPEND,
                          .ref = d->order_id, .order = d->order_id, .value_fen = of.fen};
    return pni_point_move(p, &c, &moved);
}

int pni_draw_there(pn *p, int64_t order_id, bool *yes)
{
    gone g = {.order_id = order_id};
    PN_TRY(pn_one(p, &pni_draw_gone_sql, &g, &g));
    *yes = !g.missing;
    return 0;
}

int pni_draw_again(pn *p, int64_t order_id)
{
    gone g = {.order_id = order_id};
    PN_TRY(pn_exec(p, &pni_draw_again_sql, &(spend){.order_id = order_id}, NULL));
    PN_TRY(pn_one(p, &pni_draw_gone_sql, &g, &g));
    return g.back ? pn_fail(p, PN_EBUSY, "points", "%s",
                            pn_tr("Its points or its coupon are being used, try again"))
                  : 0;
}

int pni_draw_spend(pn *p, int64_t order_id)
{
    spend in = {.order_id = order_id};
    pn_rows rows;
    PN_TRY(pn_exec(p, &pni_draw_again_sql, &in, NULL));
    PN_TRY(pn_all(p, &pni_draw_spend_sql, &in, &rows));
    pn_each(pni_draw, d, &rows)
        PN_TRY(*d->source == *PNI_DRAW_POINTS ? spend_points(p, d)
                                              : pni_coupon_used(p, d->source_id));
    return 0;
}
