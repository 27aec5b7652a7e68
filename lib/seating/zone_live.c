/* SPDX-License-Identifier: Apache-2.0 */
/* zone_live.c — going live: the blocks of the session's own lots become what the cut says.
 *
 * A block stays where lot and row stay; its bits are places of the plan's row, so mostly only masks
 * change. Where the row of a lot is cut anew, sold and locked seats go along into the block that
 * has their place now, and their orders point at it; none leaves its lot (I20). Held ones go along
 * to wherever their seat goes. Everything happens under the locks of the session, of all its own
 * lots and of their blocks; who saw a block as it was before is refused by its checks, and looks
 * again. */
#include "seating/zone_int.h"
#include "seating/claimed_int.h"
#include "seating/picture_int.h"
#include "catalog/free_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_MAX = 8 };

typedef struct lot { int64_t lot_id, qty_total, taken, seat_stamp; } lot;
static PN_TYPE(lot_t, "zone.lot", lot, PN_COL(lot, lot_id, "lot_id"),
    PN_COL(lot, qty_total, "qty_total"), PN_COL(lot, taken, "taken"),
    PN_COL(lot, seat_stamp, "seat_stamp"));
const pn_sql pni_live_lots = {"zone_plan_live_lots", &pni_one_id_t, &lot_t,
    "select k.lot_id, k.qty_total::bigint, (k.qty_held + k.qty_locked + k.qty_sold)::bigint"
    " as taken, k.seat_stamp from stock k where k.sk = :id# and k.session_id = :id"
    " and k.lot_id = k.tier_id order by k.lot_id for update"};

typedef struct part { int64_t hold_id, lot_id, block_id, seats; int qty; } part;
static PN_TYPE(part_t, "zone.part", part, PN_COL(part, hold_id, "hold_id"),
    PN_COL(part, lot_id, "lot_id"), PN_COL(part, block_id, "block_id"),
    PN_COL(part, seats, "seats"), PN_COL(part, qty, "qty"));
const pn_sql pni_live_parts = {"zone_plan_live_parts", &pni_one_id_t, &part_t,
    "select q.hold_id, q.lot_id, q.block_id, q.seats, q.qty from seat_hold h"
    " join seat_hold_part q on q.sk = :id# and q.hold_id = h.id where h.sk = :id#"
    " and h.session_id = :id and h.state = 'ACTIVE' and q.block_id <> 0"
    " order by q.hold_id, q.block_id"};
const pn_sql pni_live_part_drop = {"zone_plan_part_drop", &part_t, NULL,
    "delete from seat_hold_part q using unnest(:hold_id, :lot_id, :block_id) u(hold, lot, block)"
    " where q.sk = (u.hold & 4095)::int and q.hold_id = u.hold and q.lot_id = u.lot"
    " and q.block_id = u.block", .array = true};
const pn_sql pni_live_part_add = {"zone_plan_part_add", &part_t, NULL,
    "insert into seat_hold_part (sk, hold_id, lot_id, block_id, seats, qty)"
    " select (u.hold & 4095)::int, u.hold, u.lot, u.block, u.seats, u.qty"
    " from unnest(:hold_id, :lot_id, :block_id, :seats, :qty) u(hold, lot, block, seats, qty)",
    .array = true};

/* A block as it is written; labels with a separator, because arrays of arrays do not unnest. */
typedef struct written {
    int64_t id, session_id, lot_id, zone_id, plan_row_id, mask, gap_after, held, wheelchair,
        obstructed, busy, sold;
    const char *floor, *section, *row_name, *labels;
    int front, middle, slope;
} written;
#define W(field) PN_COL(written, field, #field)
static PN_TYPE(written_t, "zone.block", written, W(id), W(session_id), W(lot_id), W(zone_id),
    W(plan_row_id), W(mask), W(gap_after), W(held), W(wheelchair), W(obstructed), W(busy), W(sold),
    W(floor), W(section), W(row_name), W(labels), W(front), W(middle), W(slope));
#undef W
const pn_sql pni_live_insert = {"zone_plan_block_insert", &written_t, NULL,
    "insert into seat_block (sk, id, session_id, lot_id, zone_id, plan_row_id, mask, gap_after,"
    " held, wheelchair, obstructed, busy, sold, floor, section, row_name, labels, front, middle,"
    " slope) select (u.id & 4095)::int, u.id, u.session, u.lot, u.zone, u.plan_row, u.mask, u.gap,"
    "  u.held, u.wheel, u.obstructed, u.busy, u.sold, coalesce(u.floor, ''), u.section, u.row_name,"
    "  string_to_array(u.labels, chr(31)), u.front, u.middle, u.slope"
    " from unnest(:id, :session_id, :lot_id, :zone_id, :plan_row_id, :mask, :gap_after, :held,"
    "  :wheelchair, :obstructed, :busy, :sold, :floor, :section, :row_name, :labels, :front,"
    "  :middle, :slope)"
    "  u(id, session, lot, zone, plan_row, mask, gap, held, wheel, obstructed, busy, sold, floor,"
    "    section, row_name, labels, front, middle, slope)", .array = true};
const pn_sql pni_live_update = {"zone_plan_block_update", &written_t, NULL,
    "update seat_block b set zone_id = u.zone, mask = u.mask, held = u.held, wheelchair = u.wheel,"
    " obstructed = u.obstructed, busy = u.busy, sold = u.sold,"
    " front = u.front, middle = u.middle, slope = u.slope"
    " from unnest(:id, :zone_id, :mask, :held, :wheelchair, :obstructed, :busy, :sold, :front,"
    "  :middle, :slope)"
    "  u(id, zone, mask, held, wheel, obstructed, busy, sold, front, middle, slope)"
    " where b.sk = (u.id & 4095)::int and b.id = u.id", .array = true};
const pn_sql pni_live_delete = {"zone_plan_block_delete", &pni_one_id_t, NULL,
    "delete from seat_block b using unnest(:id) u(id)"
    " where b.sk = (u.id & 4095)::int and b.id = u.id", .array = true};

/* Orders that point at places which another block has now, closed ones as well: their money may
 * still come. */
typedef struct follow { int64_t session; pn_texts was, block, seats; } follow;
static PN_TYPE(follow_t, "zone.follow", follow, PN_COL(follow, session, "session"),
    PN_COL(follow, was, "was"), PN_COL(follow, block, "block"), PN_COL(follow, seats, "seats"));
const pn_sql pni_live_follow = {"zone_plan_follow", &follow_t, NULL,
    "with m as materialized (select u.was, u.block, u.seats from unnest((:was)::bigint[],"
    "  (:block)::bigint[], (:seats)::bigint[]) u(was, block, seats)),"
    " s as materialized (select e.order_id, e.no, m.block from orders o"
    "  join order_seat e on e.sk = :session# and e.order_id = o.id"
    "  join m on m.was = e.seat_block and m.seats >> e.seat_bit::int & 1 = 1"
    "  where o.sk = :session# and o.session_id = :session)"
    " update order_seat e set seat_block = s.block from s where e.sk = :session#"
    "  and e.order_id = s.order_id and e.no = s.no", false};

typedef struct change { int64_t id, lot_id, stamp; int delta, held; const char *reason; } change;
static PN_TYPE(change_t, "zone.stock", change, PN_COL(change, id, "id"),
    PN_COL(change, lot_id, "lot_id"), PN_COL(change, stamp, "stamp"),
    PN_COL(change, delta, "delta"), PN_COL(change, held, "held"),
    PN_COL(change, reason, "reason"));
const pn_sql pni_live_stock = {"zone_plan_live_stock", &change_t, NULL,
    "update stock k set qty_total = k.qty_total + u.delta, qty_held = u.held,"
    " seat_stamp = u.stamp from unnest(:lot_id, :delta, :held, :stamp) u(lot, delta, held, stamp)"
    " where k.sk = (u.lot & 4095)::int and k.lot_id = u.lot", .array = true};
const pn_sql pni_live_moves = {"zone_plan_live_moves", &change_t, NULL,
    "insert into stock_move (sk, id, lot_id, delta, reason, actor_id, at)"
    " select (u.lot & 4095)::int, u.id, u.lot, u.delta, u.reason, :me, :now"
    " from unnest(:id, :lot_id, :delta, :reason) u(id, lot, delta, reason) where u.delta <> 0",
    .array = true};

typedef struct plan {
    pn *p;
    const pni_cut *cut;
    pn_rows now, old, lots, parts; /* pni_cut_row, pni_old_block, lot, part */
} plan;

static int no_memory(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- which block follows which ---- */

static bool follows(const pni_cut_row *r, const pni_old_block *o)
{
    return r->tier_id == o->lot_id && r->plan_row_id == o->plan_row_id;
}

static pni_cut_row *successor(const plan *w, const pni_old_block *o, bool same_zone)
{
    pn_each(pni_cut_row, r, &w->now)
        if (follows(r, o) && !r->block && (!same_zone || !strcmp(r->zone, o->zone)))
            return r;
    return NULL;
}

static void match(const plan *w)
{
    for (int round = 0; round < 2; round++)
        pn_each(pni_old_block, o, &w->old)
        {
            if (o->now)
                continue;
            o->now = successor(w, o, round == 0);
            if (o->now)
                o->now->block = o->id;
        }
}

/* I20: nobody who has a seat loses it, or sits at another price. */
static int nobody_moves(const plan *w)
{
    pn_buf names = pn_buf_new(w->p);
    int n = 0;
    pn_each(pni_old_block, o, &w->old)
    {
        const pni_named_row row = {o->floor, o->section, o->row_name, o->labels, {0}, o->mask};
        int64_t lost = o->busy | o->sold;
        pn_each(pni_cut_row, r, &w->now)
            lost &= follows(r, o) ? ~r->seats : -1;
        for (int bit = 0; bit < PNI_BLOCK_SEATS; bit++) {
            if (!(lost >> bit & 1))
                continue;
            if (n++ < NAMED_MAX)
                pn_buf_putf(&names, "%s%s", n > 1 ? ", " : "", pni_named_seat(w->p, &row, bit));
        }
    }
    if (names.bad)
        return no_memory(w->p);
    if (!n)
        return 0;
    (void)pn_fail(w->p, PN_ESTATE, "id", pn_tr("%d sold or locked seats would be moved: %s%s"), n,
                  names.text, n > NAMED_MAX ? " …" : "");
    return pn_hint(w->p, pn_tr("Leave these seats in their tier, or return the tickets first"));
}

/* ---- sold and locked seats ---- */

static bool put_number(pn *p, pn_texts *t, int64_t n)
{
    return (t->v[t->n++] = pn_printf(p, "%" PRId64, n)) != NULL;
}

/* They go along into the blocks that have their places now. */
static int move_sold(plan *w)
{
    size_t most = 1;
    pn_each(pni_old_block, o, &w->old)
        most += (size_t)__builtin_popcountll((uint64_t)o->mask);
    follow f = {.session = w->cut->session_id, .was = {pn_alloc(w->p, most * sizeof *f.was.v), 0},
                .block = {pn_alloc(w->p, most * sizeof *f.was.v), 0},
                .seats = {pn_alloc(w->p, most * sizeof *f.was.v), 0}};
    if (!f.was.v || !f.block.v || !f.seats.v)
        return no_memory(w->p);
    pn_each(pni_old_block, o, &w->old)
        pn_each(pni_cut_row, r, &w->now)
        {
            int64_t both = follows(r, o) ? r->seats & o->mask : 0;
            r->busy |= both & o->busy;
            r->sold |= both & o->sold;
            if (both && r->block != o->id &&
                (!put_number(w->p, &f.was, o->id) || !put_number(w->p, &f.block, r->block) ||
                 !put_number(w->p, &f.seats, both)))
                return no_memory(w->p);
        }
    return f.was.n ? pn_exec(w->p, &pni_live_follow, &f, NULL) : 0;
}

/* ---- holds ---- */

static pni_cut_row *home(const plan *w, int64_t plan_row, int bit)
{
    pn_each(pni_cut_row, r, &w->now)
        if (r->plan_row_id == plan_row && r->seats >> bit & 1)
            return r;
    return NULL;
}

static int keep(plan *w, part *all, size_t *n, int64_t hold, pni_cut_row *to, int bit)
{
    to->held |= INT64_C(1) << bit;
    for (size_t i = *n; i-- > 0 && all[i].hold_id == hold;)
        if (all[i].block_id == to->block) {
            all[i].seats |= INT64_C(1) << bit;
            all[i].qty++;
            return 0;
        }
    if (*n > w->parts.n * PNI_BLOCK_SEATS)
        return pn_fail(w->p, PN_EINTERNAL, NULL, "%s", pn_code_text(PN_EINTERNAL));
    all[(*n)++] = (part){hold, to->tier_id, to->block, INT64_C(1) << bit, 1};
    return 0;
}

/* Each held seat goes along; its hold points at the block where it is then. */
static int move_holds(plan *w)
{
    part *all = pn_alloc(w->p, (w->parts.n * PNI_BLOCK_SEATS + 1) * sizeof *all);
    size_t n = 0;
    if (!all)
        return no_memory(w->p);
    pn_each(part, q, &w->parts)
    {
        const pni_old_block *from = NULL;
        pn_each(pni_old_block, o, &w->old)
            from = o->id == q->block_id ? o : from;
        for (int bit = 0; from && bit < PNI_BLOCK_SEATS; bit++) {
            if (!(q->seats >> bit & 1))
                continue;
            pni_cut_row *to = home(w, from->plan_row_id, bit);
            if (!to) {
                const pni_named_row row = {from->floor, from->section, from->row_name,
                                           from->labels, {0}, from->mask};
                (void)pn_fail(w->p, PN_ESTATE, "id", pn_tr("Held seat %s has no zone any more"),
                              pni_named_seat(w->p, &row, bit));
                return pn_hint(w->p, pn_tr("Release the holds of this session first"));
            }
            PN_TRY(keep(w, all, &n, q->hold_id, to, bit));
        }
    }
    if (!w->parts.n)
        return 0;
    PN_TRY(pn_exec_many(w->p, &pni_live_part_drop, w->parts.row, w->parts.n, NULL));
    return pn_exec_many(w->p, &pni_live_part_add, all, n, NULL);
}

/* ---- how good the seats are ---- */

static double number(const char *text)
{
    return strtod(text, NULL);
}

/* The rectangle of a zone's seats. */
typedef struct frame { int64_t zone; double left, right, near, far; } frame;

static frame *frame_of(frame *all, size_t n, int64_t zone)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].zone == zone)
            return &all[i];
    return NULL;
}

static void widen(frame *f, double x, double y)
{
    f->left = fmin(f->left, x);
    f->right = fmax(f->right, x);
    f->near = fmin(f->near, y);
    f->far = fmax(f->far, y);
}

static int frames(const plan *w, frame **out, size_t *n)
{
    frame *all = pn_alloc(w->p, (w->now.n + 1) * sizeof *all);
    if (!all)
        return no_memory(w->p);
    *n = 0;
    pn_each(pni_cut_row, r, &w->now)
    {
        frame *f = frame_of(all, *n, r->zone_id);
        if (!f) {
            f = &all[(*n)++];
            *f = (frame){r->zone_id, INFINITY, -INFINITY, INFINITY, -INFINITY};
        }
        for (size_t i = 0; i < r->labels.n; i++)
            if (r->seats >> i & 1)
                widen(f, number(r->xs.v[i]), number(r->ys.v[i]));
    }
    *out = all;
    return 0;
}

/* Front by the row's mean distance, centre along the row's own spacing. */
static void score(pni_cut_row *r, const frame *f)
{
    double y = 0, depth = f->far - f->near, half = (f->right - f->left) / 2;
    size_t n = r->labels.n;
    for (size_t i = 0; i < n; i++)
        y += number(r->ys.v[i]) / (double)n;
    double front = depth > 0 ? 10000 * (1 - (y - f->near) / depth) : 10000;
    r->front = (int)fmin(10000, fmax(0, round(front)));
    double first = number(r->xs.v[0]);
    double step = n > 1 ? (number(r->xs.v[n - 1]) - first) / (double)(n - 1) : 0;
    r->middle = (int)(n - 1) * 50;
    if (fabs(step) < 1e-9 || half <= 0)
        return;
    double middle = 100 * ((f->left + f->right) / 2 - first) / step;
    r->slope = (int)fmin(10000, round(10000 * fabs(step) / half));
    double most = r->slope ? 100000000.0 / r->slope : 1000000;
    r->middle = (int)fmax(-most, fmin(most, round(middle)));
}

static int score_all(const plan *w)
{
    frame *all = NULL;
    size_t n = 0;
    PN_TRY(frames(w, &all, &n));
    pn_each(pni_cut_row, r, &w->now)
    {
        const frame *f = frame_of(all, n, r->zone_id);
        if (f)
            score(r, f);
    }
    return 0;
}

/* ---- writing ---- */

static const char *joined(pn *p, const pn_texts *t)
{
    pn_buf b = pn_buf_new(p);
    for (size_t i = 0; i < t->n; i++)
        pn_buf_putf(&b, "%s%s", i ? "\x1f" : "", t->v[i]);
    return b.bad ? NULL : b.text;
}

static int write_blocks(plan *w)
{
    written *fresh = pn_alloc(w->p, (w->now.n + 1) * sizeof *fresh);
    written *kept = pn_alloc(w->p, (w->now.n + 1) * sizeof *kept);
    pni_one_id *gone = pn_alloc(w->p, (w->old.n + 1) * sizeof *gone);
    size_t fresh_n = 0, kept_n = 0, gone_n = 0;
    if (!fresh || !kept || !gone)
        return no_memory(w->p);
    pn_each(pni_cut_row, r, &w->now)
    {
        written b = {.id = r->block, .session_id = w->cut->session_id, .lot_id = r->tier_id,
            .zone_id = r->zone_id, .plan_row_id = r->plan_row_id, .mask = r->seats,
            .gap_after = r->gap_after, .held = r->held, .busy = r->busy, .sold = r->sold,
            .wheelchair = r->wheelchair & r->seats,
            .obstructed = r->obstructed & r->seats, .floor = r->floor, .section = r->section,
            .row_name = r->row_name, .front = r->front, .middle = r->middle, .slope = r->slope};
        if (r->fresh && !(b.labels = joined(w->p, &r->labels)))
            return no_memory(w->p);
        *(r->fresh ? &fresh[fresh_n++] : &kept[kept_n++]) = b;
    }
    pn_each(pni_old_block, o, &w->old)
        if (!o->now)
            gone[gone_n++] = (pni_one_id){o->id};
    if (gone_n)
        PN_TRY(pn_exec_many(w->p, &pni_live_delete, gone, gone_n, NULL));
    if (kept_n)
        PN_TRY(pn_exec_many(w->p, &pni_live_update, kept, kept_n, NULL));
    return fresh_n ? pn_exec_many(w->p, &pni_live_insert, fresh, fresh_n, NULL) : 0;
}

static int write_stock(plan *w, const char *reason)
{
    change *all = pn_alloc(w->p, (w->lots.n + 1) * sizeof *all);
    size_t n = 0;
    int64_t stamp, seats = 0;
    char *why = pn_printf(w->p, "zone plan %d%s%s", w->cut->version, reason ? ": " : "",
                          reason ? reason : "");
    if (!all || !why)
        return no_memory(w->p);
    PN_TRY(pn_new_id(w->p, 0, &stamp));
    pn_each(lot, k, &w->lots)
    {
        change c = {.lot_id = k->lot_id, .stamp = stamp, .reason = why};
        int64_t total = 0;
        pn_each(pni_cut_row, r, &w->now)
        {
            total += r->tier_id == k->lot_id ? __builtin_popcountll((uint64_t)r->seats) : 0;
            c.held += r->tier_id == k->lot_id ? __builtin_popcountll((uint64_t)r->held) : 0;
        }
        seats += total || k->seat_stamp ? total : k->qty_total;
        if (!total && !k->seat_stamp)
            continue; /* goes on being sold by quantity */
        if (!k->seat_stamp && k->taken)
            return pn_fail(w->p, PN_ESTATE, "id",
                           pn_tr("Tier %" PRId64 " is sold by quantity: %" PRId64
                                 " tickets have no seat"), k->lot_id, k->taken);
        c.delta = (int)(total - k->qty_total);
        PN_TRY(pn_new_id(w->p, pn_sk(k->lot_id), &c.id));
        all[n++] = c;
    }
    if (w->cut->capacity && seats > w->cut->capacity)
        return pn_fail(w->p, PN_ECAP, "id",
                       pn_tr("%" PRId64 " seats in all, %" PRId64 " are approved for the session"),
                       seats, w->cut->capacity);
    if (!n)
        return 0;
    PN_TRY(pn_exec_many(w->p, &pni_live_stock, all, n, NULL));
    return pn_exec_many(w->p, &pni_live_moves, all, n, NULL);
}

/* Seats that are on sale for the first time, or again, may be on offer by a merchant. */
static int keep_claimed(plan *w)
{
    pn_texts lots = {pn_alloc(w->p, (w->lots.n + 1) * sizeof *lots.v), 0};
    if (!lots.v)
        return no_memory(w->p);
    pn_each(lot, k, &w->lots)
        if (!put_number(w->p, &lots, k->lot_id))
            return no_memory(w->p);
    return pni_seats_keep(w->p, w->cut->session_id, lots, true);
}

static int every_tier_has_stock(const plan *w)
{
    pn_each(pni_cut_row, r, &w->now)
    {
        bool there = false;
        pn_each(lot, k, &w->lots)
            there |= k->lot_id == r->tier_id;
        if (!there)
            return pn_fail(w->p, PN_ENONE, "id", pn_tr("Tier %" PRId64 " of zone “%s” is gone"),
                           r->tier_id, r->zone);
    }
    return 0;
}

/* Whoever keeps the tickets looks at their gates. */
typedef struct live_told { int64_t session; int version; } live_told;
static PN_TYPE(live_told_t, "zone_plan.told", live_told, PN_COL(live_told, session, "session"),
    PN_COL(live_told, version, "version"));

int pni_cut_apply(pn *p, const pni_cut *cut, const char *reason)
{
    plan w = {.p = p, .cut = cut};
    PN_TRY(pn_all(p, &pni_live_lots, &(pni_one_id){cut->session_id}, &w.lots));
    PN_TRY(pni_cut_rows(p, cut->id, &w.now));
    PN_TRY(pni_old_blocks_lock(p, cut, &w.old));
    PN_TRY(pn_all(p, &pni_live_parts, &(pni_one_id){cut->session_id}, &w.parts));
    PN_TRY(every_tier_has_stock(&w));
    match(&w);
    PN_TRY(nobody_moves(&w));
    pn_each(pni_cut_row, r, &w.now)
    {
        r->fresh = !r->block;
        if (r->fresh)
            PN_TRY(pn_new_id(p, pn_sk(cut->session_id), &r->block));
    }
    PN_TRY(move_sold(&w));
    PN_TRY(move_holds(&w));
    PN_TRY(score_all(&w));
    PN_TRY(write_blocks(&w));
    PN_TRY(pn_outbox(p, PNI_STOCK_FREED, cut->session_id, NULL, NULL, NULL));
    live_told told = {cut->session_id, cut->version};
    PN_TRY(pn_outbox(p, "zone_plan.live", cut->session_id, &live_told_t, &told, NULL));
    PN_TRY(write_stock(&w, reason));
    return keep_claimed(&w);
}
