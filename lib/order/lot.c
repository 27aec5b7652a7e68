/* SPDX-License-Identifier: Apache-2.0 */
/* lot.c — the lots of the tiers asked for: locked, with the rules and prices of the listings behind
 * them, and ranked, so that the first in line for a tier is the one to be sold first. */
#include <stdlib.h>
#include <string.h>

#include "catalog/free_int.h"
#include "goods/deposit_int.h"
#include "goods/listing.h"
#include "goods/rank_int.h"
#include "order/sale_int.h"

typedef struct of_sk { int64_t sk; pn_texts tiers; } of_sk;
static PN_TYPE(of_sk_t, "order.of_sk", of_sk, PN_COL(of_sk, sk, N_("Bucket")),
    PN_COL(of_sk, tiers, N_("Tiers")));

typedef struct held { int64_t lot_id; } held;
static PN_TYPE(held_t, "order.held_lot", held, PN_COL(held, lot_id, N_("Lot")));

/* A row of stock with its listing, as it is read. */
typedef struct lot_row {
    int64_t lot_id, tier_id, session_id, merchant_id;
    int free, used;
    int64_t seat_stamp;
    bool live, own, contiguous, no_single_left, soft_single, seat_pick, grab_eligible;
    pn_money sale_fen, settle_fen, ask_fen;
    int min_buy, max_buy, split_multiple, ship_by_hours, delivery;
    pn_word split_policy, special_kind, ship_by_kind, level;
    pn_time ship_by_at, release_at, listed_at;
    int64_t deposit_unit_fen, deposit_quota_fen;
    int service, ship, seat, boost, risk, pin;
} lot_row;
#define L(field, ...) PN_COL(lot_row, field, #field, __VA_ARGS__)
static PN_TYPE(lot_t, "order.lot", lot_row, L(lot_id), L(tier_id), L(session_id), L(merchant_id),
    L(free), L(used), L(seat_stamp), L(live), L(own), L(contiguous), L(no_single_left),
    L(soft_single), L(seat_pick), L(grab_eligible), L(sale_fen), L(settle_fen), L(ask_fen),
    L(min_buy), L(max_buy), L(split_multiple), L(ship_by_hours), L(delivery),
    L(split_policy, .words = pn_split_policies), L(special_kind, .words = pn_special_kinds),
    L(ship_by_kind, .words = pn_ship_kinds), L(level, .words = pn_merchant_levels), L(ship_by_at),
    L(release_at), L(listed_at), L(deposit_unit_fen), L(deposit_quota_fen), L(service), L(ship),
    L(seat), L(boost), L(risk), L(pin));
#undef L

/* Row locks need one shard key a statement, reading does not. A listing changes under the lock of
 * its lot, so it needs none of its own; but a statement that waits for a lock goes on with the
 * listings as they were before it waited. So the lots are locked first, and read by a statement
 * after that. */
const pn_sql pni_sale_lock_sql = {"sale_lock", &of_sk_t, &held_t,
    "select lot_id from stock where sk = :sk and tier_id = any ((:tiers)::bigint[])"
    " order by lot_id for update", false};
#define LOTS(freed)                                                                                \
    "select k.lot_id, k.tier_id, k.session_id, coalesce(k.merchant_id, 0) as merchant_id,"         \
    " k.qty_total - k.qty_held - k.qty_locked - k.qty_sold" freed " as free,"                      \
    " k.qty_locked + k.qty_sold as used, k.seat_stamp,"                                            \
    " k.merchant_id is null or coalesce(l.state = 'LIVE', false) as live,"                         \
    " coalesce(l.own, k.merchant_id is null) as own, l.contiguous, l.no_single_left,"              \
    " l.soft_single, l.seat_pick, l.grab_eligible, l.sale_fen, l.settle_fen, l.ask_fen,"           \
    " l.min_buy, l.max_buy, l.split_policy, l.split_multiple, l.special_kind,"                     \
    " (case when 'EXPRESS' = any (l.delivery_limits) then 1 else 0 end"                            \
    "  + case when 'ETICKET' = any (l.delivery_limits) then 2 else 0 end"                          \
    "  + case when 'ONSITE' = any (l.delivery_limits) then 4 else 0 end"                           \
    "  + case when 'CODE' = any (l.delivery_limits) then 8 else 0 end) as delivery,"               \
    " l.ship_by_kind, l.ship_by_at, l.ship_by_hours, l.release_at, l.deposit_unit_fen,"            \
    " l.deposit_quota_fen, l.service, l.ship, l.seat, l.level,"                                    \
    " case when l.boost_until > :now then l.boost else 0 end as boost, l.risk, l.pin, l.listed_at" \
    " from unnest(:tier) u(tier) join stock k on k.sk = (u.tier & 4095)::int"                      \
    "  and k.tier_id = u.tier left join listing l on l.sk = k.sk and l.id = k.lot_id"              \
    "  and k.merchant_id is not null order by k.lot_id"
const pn_sql pni_sale_lots_sql = {"sale_lots", &pni_tier_no_t, &lot_t, LOTS(""), .array = true};
/* Who only looks has given nothing back of what ran out. */
const pn_sql pni_sale_look_sql = {"sale_look", &pni_tier_no_t, &lot_t,
    LOTS(" + " PNI_FREED("k")), .array = true};

static int oom(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int by_sk(const void *a, const void *b)
{
    const pni_tier_no *x = a, *y = b;
    int i = pn_sk(x->tier), k = pn_sk(y->tier);
    return i != k ? i - k : (x->tier > y->tier) - (x->tier < y->tier);
}

int pni_lots_lock(pn *p, pni_tier_no *t, size_t n, pn_rows **rows, size_t *buckets)
{
    qsort(t, n, sizeof *t, by_sk);
    *rows = pn_alloc(p, (n + 1) * sizeof **rows);
    const char **name = pn_alloc(p, (n + 1) * sizeof *name);
    if (!*rows || !name)
        return oom(p);
    for (size_t i = 0, from = 0; i < n; i++) {
        if (!(name[i] = pn_printf(p, "%lld", (long long)t[i].tier)))
            return oom(p);
        if (i + 1 < n && pn_sk(t[i + 1].tier) == pn_sk(t[i].tier))
            continue;
        of_sk in = {pn_sk(t[i].tier), {name + from, i + 1 - from}};
        PN_TRY(pn_queue(p, &pni_sale_lock_sql, &in, 0, &(*rows)[(*buckets)++], NULL));
        from = i + 1;
    }
    return 0;
}

/* ---- as the sale sees them ---- */

static void own_lot(const pni_sale *s, const lot_row *r, pni_lot *l)
{
    const pni_offer *o = pni_sale_offer(s, r->tier_id);
    l->sale_fen = o ? o->face_price_fen : (pn_money){0};
    l->rules.by_seat = r->seat_stamp != 0;
    l->rules.no_single_left = l->rules.by_seat;
    l->rules.soft_single = o && strcmp(o->session_status, "TAIL") == 0;
    l->rules.grab_eligible = true;
    l->rules.special_kind = o ? o->special_kind.v : 0;
}

/* What is special about the tier holds for every ticket of it; an offer may add its own. */
static void listed_lot(const pni_sale *s, const lot_row *r, pni_lot *l)
{
    const pni_offer *o = pni_sale_offer(s, r->tier_id);
    int special = r->special_kind.v ? r->special_kind.v : o ? o->special_kind.v : 0;
    int64_t room = pni_deposit_room(r->deposit_unit_fen, r->deposit_quota_fen, r->used);
    l->deposit_room = room > INT32_MAX ? INT32_MAX : room < 0 ? 0 : (int)room;
    l->sale_fen = r->sale_fen;
    l->settle_fen = r->settle_fen;
    l->ask_fen = r->ask_fen;
    l->rules = (pni_rules){
        .min_buy = r->min_buy, .max_buy = r->max_buy, .split_policy = r->split_policy.v,
        .split_multiple = r->split_multiple, .contiguous = r->contiguous,
        .no_single_left = r->no_single_left, .soft_single = r->soft_single,
        .seat_pick = r->seat_pick, .grab_eligible = r->grab_eligible,
        .by_seat = r->seat_stamp != 0, .special_kind = special,
        .delivery = (unsigned)r->delivery, .ship_kind = r->ship_by_kind.v,
        .ship_hours = r->ship_by_hours, .ship_at = r->ship_by_at, .release_at = r->release_at};
}

/* The organiser's own tickets are e-tickets of level A that nobody has to be asked for. */
static int ranked_row(pn *p, const lot_row *r, const pni_lot *l, pni_ranked *out)
{
    enum { FULL = 1000, LEVEL_A = 1 };
    int64_t points = 0;
    pn_word level = r->merchant_id ? r->level : (pn_word){LEVEL_A};
    PN_TRY(pni_level_rank(p, level, &points));
    *out = (pni_ranked){
        .id = r->lot_id, .sale_fen = l->sale_fen.fen, .service = r->merchant_id ? r->service : FULL,
        .ship = r->merchant_id ? r->ship : FULL, .seat = r->merchant_id ? r->seat : FULL,
        .boost = r->boost, .level_rank = (int)points, .level = level.v, .risk = r->risk,
        .pin = r->pin, .own = r->own, .listed_at = r->listed_at, .of = (void *)(uintptr_t)l};
    return 0;
}

static int by_tier(const void *a, const void *b)
{
    const pni_lot *x = a, *y = b;
    if (x->tier_id != y->tier_id)
        return x->tier_id > y->tier_id ? 1 : -1;
    return (x->lot_id > y->lot_id) - (x->lot_id < y->lot_id);
}

int pni_lots_rank(pni_sale *s, pni_lot *lot[], size_t n)
{
    pni_rank_weights w;
    pni_ranked *r = pn_alloc(s->p, n * sizeof *r);
    if (!r)
        return oom(s->p);
    PN_TRY(pni_rank_weights_read(s->p, &w));
    for (size_t i = 0; i < n; i++)
        PN_TRY(ranked_row(s->p, lot[i]->row, lot[i], &r[i]));
    pni_rank(&w, r, n);
    for (size_t i = 0; i < n; i++) {
        lot[i] = r[i].of;
        lot[i]->rank = r[i].rank;
    }
    return 0;
}

/* Sort the lots of one tier, where there is more than one, by their rank. */
static int rank_tier(pni_sale *s, pni_lot *lot, size_t n)
{
    pni_lot **by_rank = pn_alloc(s->p, n * sizeof *by_rank);
    pni_lot *sorted = pn_alloc(s->p, n * sizeof *sorted);
    if (!by_rank || !sorted)
        return oom(s->p);
    for (size_t i = 0; i < n; i++)
        by_rank[i] = &lot[i];
    PN_TRY(pni_lots_rank(s, by_rank, n));
    for (size_t i = 0; i < n; i++)
        sorted[i] = *by_rank[i];
    memcpy(lot, sorted, n * sizeof *lot);
    return 0;
}

static int by_lot(const void *a, const void *b)
{
    const held *x = a, *y = b;
    return (x->lot_id > y->lot_id) - (x->lot_id < y->lot_id);
}

/* The locked lots of all buckets, ascending. */
static int held_lots(pn *p, const pn_rows *locked, size_t buckets, held **out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < buckets; i++)
        *n += locked[i].n;
    *out = pn_alloc(p, (*n + 1) * sizeof **out);
    if (!*out)
        return oom(p);
    size_t at = 0;
    for (size_t i = 0; i < buckets; i++)
        pn_each(held, h, &locked[i])
            (*out)[at++] = *h;
    qsort(*out, *n, sizeof **out, by_lot);
    return 0;
}

int pni_lots_gather(pni_sale *s, const pn_rows *rows, const pn_rows *locked, size_t buckets)
{
    held *ours = NULL;
    size_t n = 0;
    s->lot = pn_alloc(s->p, (rows->n + 1) * sizeof *s->lot);
    if (!s->lot)
        return oom(s->p);
    PN_TRY(held_lots(s->p, locked, buckets, &ours, &n));
    pni_lot *l = s->lot;
    pn_each(lot_row, r, rows)
    {
        /* one that came between the locks and the reading is not ours to sell */
        if (locked && (!n || !bsearch(&r->lot_id, ours, n, sizeof *ours, by_lot)))
            continue;
        *l = (pni_lot){.lot_id = r->lot_id, .tier_id = r->tier_id,
                       .session_id = r->session_id, .merchant_id = r->merchant_id,
                       .free = r->free, .seat_stamp = r->seat_stamp, .live = r->live,
                       .deposit_room = INT32_MAX, .row = r};
        if (r->merchant_id)
            listed_lot(s, r, l);
        else
            own_lot(s, r, l);
        l++;
    }
    s->lots = (size_t)(l - s->lot);
    qsort(s->lot, s->lots, sizeof *s->lot, by_tier);
    for (size_t i = 0, from = 0; i < s->lots; i++) {
        if (i + 1 < s->lots && s->lot[i + 1].tier_id == s->lot[i].tier_id)
            continue;
        if (i > from)
            PN_TRY(rank_tier(s, &s->lot[from], i + 1 - from));
        from = i + 1;
    }
    return 0;
}
