/* SPDX-License-Identifier: Apache-2.0 */
/* point_move.c — points come and go. Those that end first are used first, so no part of an
 * account has to be told from another: what goes at the end of a day is what the account has free,
 * less what came with a later end. */
#include "promo/point_int.h"

#include "base/policy_int.h"
#include "base/when_int.h"
#include "ledger/ledger_int.h"

/* ---- one move ---- */

typedef struct move {
    int64_t id, buyer, points, held, order_id, ref, value_fen, base_fen;
    int rate_bp, years;
    pn_word kind;
} move;
#define M(f, ...) PN_COL(move, f, #f, __VA_ARGS__)
static PN_TYPE(move_t, "point.change", move, M(id), M(buyer), M(points), M(held),
    M(order_id, .flags = PN_OPT), M(ref), M(value_fen), M(base_fen, .flags = PN_OPT),
    M(rate_bp, .flags = PN_OPT), M(years), M(kind, .words = pn_point_kinds));
#undef M
const pn_sql pni_point_open_sql = {"point_open", &move_t, NULL,
    "insert into point_account (sk, buyer_id, created_at, updated_at)"
    " values (:buyer#, :buyer, :now, :now) on conflict do nothing", false};
#define TERM                                                                                       \
    "make_date(extract(year from :now::timestamptz at time zone 'Asia/Shanghai')::int + :years,"   \
    " 12, 31)"
/* What was held for it comes out of what is held; nothing else takes of that. */
const pn_sql pni_point_move_sql = {"point_move", &move_t, NULL,
    "with a as (update point_account a set points = a.points + :points, held = a.held - :held,"
    "   moves = a.moves + 1, expires_on = case when :points > 0 then least(a.expires_on, " TERM ")"
    "    else a.expires_on end, updated_at = :now, version = a.version + 1"
    "  where a.sk = :buyer# and a.buyer_id = :buyer"
    "   and a.points - a.held + :points + :held >= 0"
    "   and not exists (select from point_move m where m.sk = :buyer# and m.buyer_id = :buyer"
    "    and m.kind = :kind and m.ref_id = :ref) returning a.moves, a.points)"
    " insert into point_move (sk, id, buyer_id, no, kind, points, balance, value_fen, order_id,"
    "  ref_id, base_fen, rate_bp, expires_on, at)"
    " select :buyer#, :id, :buyer, a.moves, :kind, :points, a.points, :value_fen, :order_id, :ref,"
    "  case when :kind = 'EARN' then :base_fen end, case when :kind = 'EARN' then :rate_bp end,"
    "  case when :points > 0 then " TERM " end, :now from a", false};

int pni_point_worth(pn *p, int64_t points, int64_t *fen)
{
    int64_t yuan;
    PN_TRY(pni_policy(p, "points.yuan", &yuan));
    *fen = (points * 200 + yuan) / (2 * yuan);
    return 0;
}

/* What an order pays with, and what it gives back, is booked with the order. */
static int book(pn *p, const pni_point_change *c, int64_t id, int64_t fen)
{
    if (c->kind == PN_POINT_SPEND || c->kind == PN_POINT_RETURN || !fen)
        return 0;
    return pni_post_later(p, &(pni_doc){.rule = c->points > 0 ? "POINTS" : "POINTS_GONE",
                                        .biz_kind = "POINTS", .biz_id = id, .sale = pn_sk(id),
                                        .amount_fen = {fen}});
}

int pni_point_move(pn *p, const pni_point_change *c, bool *moved)
{
    move in = {.buyer = c->buyer, .points = c->points, .order_id = c->order, .ref = c->ref,
               .value_fen = c->value_fen, .base_fen = c->base_fen, .rate_bp = c->rate_bp,
               .held = c->kind == PN_POINT_SPEND ? -c->points : 0,
               .kind = {(int16_t)c->kind}};
    int64_t years, n = 0;
    PN_TRY(pni_policy(p, "points.term_years", &years));
    if (!in.value_fen)
        PN_TRY(pni_point_worth(p, c->points < 0 ? -c->points : c->points, &in.value_fen));
    in.years = (int)years;
    PN_TRY(pn_new_id(p, pn_sk(c->buyer), &in.id));
    if (c->points > 0)
        PN_TRY(pn_queue(p, &pni_point_open_sql, &in, 0, NULL, NULL));
    PN_TRY(pn_exec(p, &pni_point_move_sql, &in, &n));
    *moved = n > 0;
    return n ? book(p, c, in.id, in.value_fen) : 0;
}

/* ---- their end ---- */

typedef struct ending { int64_t buyer, points; pn_date today, next; } ending;
#define E(f) PN_COL(ending, f, #f)
static PN_TYPE(ending_t, "point.ending", ending, E(buyer), E(points), E(today), E(next));
#undef E
enum { PAGE = 500 };
const pn_sql pni_point_due_sql = {"point_due", &ending_t, &ending_t,
    "select buyer_id as buyer from point_account where points > 0 and expires_on < :today"
    " and buyer_id > :buyer order by buyer_id limit 500", false};
#define LASTING                                                                                    \
    "point_move m where m.sk = :buyer# and m.buyer_id = :buyer and m.points > 0"                   \
    " and m.expires_on >= :today"
const pn_sql pni_point_ending_sql = {"point_ending", &ending_t, &ending_t,
    "select a.buyer_id as buyer, greatest(a.points - a.held"
    "  - coalesce((select sum(m.points) from " LASTING "), 0), 0)::bigint as points"
    " from point_account a where a.sk = :buyer# and a.buyer_id = :buyer for update", false};
/* What waits with an order may come back: then it is looked at again. */
const pn_sql pni_point_next_sql = {"point_next", &ending_t, NULL,
    "update point_account set expires_on = (select min(m.expires_on) from " LASTING ")"
    " where sk = :buyer# and buyer_id = :buyer and held = 0", false};

struct pn_point_expire { int64_t buyer; };
static PN_TYPE(expire_t, "point.expire", struct pn_point_expire,
    PN_COL(struct pn_point_expire, buyer, N_("Buyer"), .flags = PN_KEY | PN_REQ,
           .ref = "buyer"));

static int expire(pn *p, const struct pn_point_expire *in, pn_point *out)
{
    ending e = {.buyer = in->buyer, .today = {(int32_t)pni_local_day(pn_now(p))}}, found;
    bool moved = true;
    PN_TRY(pn_one(p, &pni_point_ending_sql, &e, &found));
    pni_point_change gone = {.buyer = in->buyer, .points = -found.points,
                             .kind = PN_POINT_EXPIRE, .ref = e.today.days};
    if (found.points)
        PN_TRY(pni_point_move(p, &gone, &moved));
    if (moved) /* else once a day is enough: tomorrow */
        PN_TRY(pn_exec(p, &pni_point_next_sql, &e, NULL));
    return pn_point_show(p, &(struct pn_point_show){in->buyer}, out);
}

static int expire_run(pn *p, const void *in, void *out)
{
    return expire(p, in, out);
}
const pn_op pni_point_expire_op = {.noun = "point", .verb = "expire", .run = expire_run,
    .brief = N_("End the points of a buyer whose time is over"), .in = &expire_t,
    .out = &pn_point_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL};

static int expire_all(pn *p, int64_t *done)
{
    ending at = {.today = {(int32_t)pni_local_day(pn_now(p))}};
    pn_rows rows;
    pn_point out;
    do {
        PN_TRY(pn_all(p, &pni_point_due_sql, &at, &rows));
        pn_each(ending, e, &rows)
        {
            PN_TRY(pn_call(p, &pni_point_expire_op, &(struct pn_point_expire){e->buyer}, &out));
            at.buyer = e->buyer;
            ++*done;
        }
    } while (rows.n == PAGE);
    return 0;
}
const pn_job pni_point_expire_job = {"point_expire", N_("End points whose time is over"), 3600,
                                     expire_all};
