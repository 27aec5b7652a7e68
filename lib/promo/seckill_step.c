/* SPDX-License-Identifier: Apache-2.0 */
/* seckill_step.c — what happens to an activity without anybody asking: it opens, it is sold out,
 * what comes back is offered to those who wait, it ends. Whoever changes it locks the stock of its
 * tier first, as sales do. */
#include "promo/seckill_int.h"

#include "base/policy_int.h"
#include "catalog/free_int.h"

const pn_words pn_seckill_kinds[] = {PN_SECKILL_KINDS(PN_WORD_ROW){0}};
const pn_words pn_seckill_states[] = {PN_SECKILL_STATES(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"DRAFT",    "publish",  "WARMUP",   0, NULL},
    {"WARMUP",   "start",    "RUNNING",  0, NULL},
    {"RUNNING",  "sold_out", "SOLD_OUT", 0, NULL},
    {"SOLD_OUT", "release",  "RUNNING",  0, NULL},
    {"DRAFT",    "end",      "ENDED",    0, NULL},
    {"WARMUP",   "end",      "ENDED",    0, NULL},
    {"RUNNING",  "end",      "ENDED",    0, NULL},
    {"SOLD_OUT", "end",      "ENDED",    0, NULL},
    {0}};
// clang-format on
const pn_sql pni_seckill_move_sql = {"seckill_move", &pn_move_t, NULL,
    "update seckill set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_seckill_fsm = {"seckill", pn_seckill_states, edges, &pni_seckill_move_sql};

int pni_seckill_when(pn_time now, pn_word state, pn_time open_at, pn_time close_at)
{
    if (state.v == PN_SECKILL_ENDED || now.us >= close_at.us)
        return PNI_SECKILL_OVER;
    return state.v == PN_SECKILL_DRAFT || now.us < open_at.us ? PNI_SECKILL_EARLY
                                                              : PNI_SECKILL_OPEN;
}

/* ---- under the locks ---- */

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "seckill.id", id_in, PN_COL(id_in, id, N_("Number")));
typedef struct lot { int64_t tier_id; int free, by_seat; } lot;
static PN_TYPE(lot_t, "seckill.lot", lot, PN_COL(lot, tier_id, "tier"), PN_COL(lot, free, "free"),
    PN_COL(lot, by_seat, "by_seat"));
const pn_sql pni_seckill_lot_sql = {"seckill_lot", &by_id_t, &lot_t,
    "select k.tier_id, k.qty_total - k.qty_held - k.qty_locked - k.qty_sold as free,"
    " (k.seat_stamp <> 0)::int as by_seat from seckill a join stock k on k.sk = a.sk"
    "  and k.lot_id = a.tier_id where a.sk = :id# and k.sk = :id# and a.id = :id for update of k",
    false};

#define A(f, ...) PN_COL(pni_seckill, f, #f, __VA_ARGS__)
static PN_TYPE(activity_t, "seckill.activity", pni_seckill, A(id), A(session_id), A(tier_id),
    A(stock), A(taken), A(offered), A(state, .words = pn_seckill_states), A(open_at), A(close_at));
#undef A
const pn_sql pni_seckill_lock_sql = {"seckill_lock", &by_id_t, &activity_t,
    "select id, session_id, tier_id, stock, taken, offered, state, open_at, close_at from seckill"
    " where sk = :id# and id = :id for update", false};

int pni_seckill_lock(pn *p, int64_t id, pni_seckill *out, int *free, int *by_seat)
{
    lot l;
    int rc = pn_one(p, &pni_seckill_lot_sql, &(id_in){id}, &l);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no activity %lld"), (long long)id);
    PN_TRY(rc);
    if (free)
        *free = l.free;
    if (by_seat)
        *by_seat = l.by_seat;
    return pn_one(p, &pni_seckill_lock_sql, &(id_in){id}, out);
}

typedef struct change { int64_t id, tier_id; int qty; pn_time until; } change;
static PN_TYPE(change_t, "seckill.change", change, PN_COL(change, id, "id"),
    PN_COL(change, tier_id, "tier"), PN_COL(change, qty, "qty"), PN_COL(change, until, "until"));
const pn_sql pni_seckill_held_sql = {"seckill_held", &change_t, NULL,
    "update stock set qty_held = qty_held + :qty where sk = :tier_id# and lot_id = :tier_id",
    false};
const pn_sql pni_seckill_drop_sql = {"seckill_drop", &change_t, NULL,
    "with w as (update seckill_wait set state = 'PASSED', offered_until = :now"
    "  where sk = :id# and seckill_id = :id and state in ('WAITING', 'OFFERED'))"
    " update seckill set offered = 0 where sk = :id# and id = :id", false};
const pn_sql pni_seckill_lapse_sql = {"seckill_lapse", &change_t, NULL,
    "with w as (update seckill_wait w set state = 'PASSED' where w.sk = :id#"
    "  and w.seckill_id = :id and w.state = 'OFFERED' and w.offered_until <= :now"
    "  returning w.id)"
    " update seckill a set offered = a.offered - x.n from (select count(*)::int as n from w) x"
    " where a.sk = :id# and a.id = :id and x.n > 0", false};
typedef struct offered { int64_t id; } offered;
static PN_TYPE(offered_t, "seckill.offered", offered, PN_COL(offered, id, "id"));
const pn_sql pni_seckill_offer_sql = {"seckill_offer", &change_t, &offered_t,
    "with c as materialized (select w.id from seckill_wait w where w.sk = :id#"
    "   and w.seckill_id = :id and w.state = 'WAITING' order by w.at, w.id limit :qty),"
    " w as (update seckill_wait w set state = 'OFFERED', offered_until = :until from c"
    "  where w.sk = :id# and w.id = c.id returning w.id),"
    " a as (update seckill a set offered = a.offered + x.n"
    "  from (select count(*)::int as n from w) x where a.sk = :id# and a.id = :id)"
    " select id from w order by id", false};

int pni_seckill_close(pn *p, const pni_seckill *a, const char *reason)
{
    change c = {.id = a->id, .tier_id = a->tier_id, .qty = a->taken - a->stock};
    PN_TRY(pn_step(p, &pni_seckill_fsm, a->id, a->state, "end", reason, NULL));
    if (a->state.v != PN_SECKILL_DRAFT)
        PN_TRY(pn_queue(p, &pni_seckill_held_sql, &c, 0, NULL, NULL));
    PN_TRY(pn_queue(p, &pni_seckill_drop_sql, &c, 0, NULL, NULL));
    return pn_outbox(p, PNI_STOCK_FREED, a->session_id, NULL, NULL, NULL);
}

/* What is free is offered to those who wait, first come first. */
static int offer(pn *p, pni_seckill *a)
{
    int64_t minutes;
    pn_rows rows = {0};
    PN_TRY(pni_policy(p, "seckill.offer_min", &minutes));
    change c = {.id = a->id, .tier_id = a->tier_id, .qty = a->stock - a->taken - a->offered,
                .until = {pn_now(p).us + minutes * 60000000}};
    if (c.qty > 0)
        PN_TRY(pn_all(p, &pni_seckill_offer_sql, &c, &rows));
    pn_each(offered, o, &rows)
        PN_TRY(pn_outbox(p, "seckill.offered", o->id, NULL, NULL, NULL));
    a->offered += (int)rows.n;
    return 0;
}

/* ---- the job ---- */

struct pn_seckill_step { int64_t id; };
static PN_TYPE(step_in_t, "seckill.step", struct pn_seckill_step,
    PN_COL(struct pn_seckill_step, id, N_("Activity"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "seckill"));

static int step(pn *p, const void *in_, void *out)
{
    const struct pn_seckill_step *in = in_;
    pni_seckill a;
    PN_TRY(pni_seckill_lock(p, in->id, &a, NULL, NULL));
    int when = pni_seckill_when(pn_now(p), a.state, a.open_at, a.close_at);
    if (when == PNI_SECKILL_OVER && a.state.v != PN_SECKILL_ENDED)
        PN_TRY(pni_seckill_close(p, &a, NULL));
    if (when == PNI_SECKILL_OPEN) {
        PN_TRY(pn_exec(p, &pni_seckill_lapse_sql, &(change){.id = a.id}, NULL));
        PN_TRY(pn_one(p, &pni_seckill_lock_sql, &(id_in){a.id}, &a));
        if (a.state.v == PN_SECKILL_WARMUP)
            PN_TRY(pn_step(p, &pni_seckill_fsm, a.id, a.state, "start", NULL, &a.state));
        PN_TRY(offer(p, &a));
        bool none = a.taken + a.offered == a.stock;
        if (none && a.state.v == PN_SECKILL_RUNNING)
            PN_TRY(pn_step(p, &pni_seckill_fsm, a.id, a.state, "sold_out", NULL, NULL));
        if (!none && a.state.v == PN_SECKILL_SOLD_OUT)
            PN_TRY(pn_step(p, &pni_seckill_fsm, a.id, a.state, "release", NULL, NULL));
    }
    return pni_seckill_row(p, in->id, out);
}

const pn_op pni_seckill_step_op = {
    .noun = "seckill", .verb = "step", .brief = N_("Open, offer and end one activity"),
    .in = &step_in_t, .out = &pn_seckill_t, .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL, .run = step};

/* Whatever a moment or a ticket that came back has something to do with. */
const pn_sql pni_seckill_due_sql = {"seckill_due", NULL, &by_id_t,
    "select a.id from seckill a where a.state in ('WARMUP', 'RUNNING', 'SOLD_OUT')"
    " and (a.close_at <= :now or (a.state = 'WARMUP' and a.open_at <= :now)"
    "  or (a.state <> 'WARMUP' and (a.taken + a.offered = a.stock) <> (a.state = 'SOLD_OUT'))"
    "  or exists (select from seckill_wait w where w.sk = a.sk and w.seckill_id = a.id"
    "   and ((w.state = 'OFFERED' and w.offered_until <= :now)"
    "    or (w.state = 'WAITING' and a.taken + a.offered < a.stock))))"
    " order by a.id limit 500", false};

static int all_steps(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pni_seckill_forget(p));
    PN_TRY(pn_all(p, &pni_seckill_due_sql, NULL, &rows));
    pn_each(id_in, a, &rows)
    {
        pn_seckill out;
        PN_TRY(pn_call(p, &pni_seckill_step_op, &(struct pn_seckill_step){a->id}, &out));
        ++*done;
    }
    return 0;
}

const pn_job pni_seckill_step_job = {"seckill_step", N_("Open, offer and end activities"), 5,
                                     all_steps};
