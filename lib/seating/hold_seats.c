/* SPDX-License-Identifier: Apache-2.0 */
/* hold_seats.c — which tickets a hold takes, and their marks in the blocks and the stock. */
#include "seating/hold_int.h"
#include "seating/meant_int.h"
#include "catalog/row_int.h"

#include <inttypes.h>
#include <string.h>

#define Q(field) PN_COL(pni_hold_part, field, #field)
PN_TYPE(pni_hold_part_t, "seat_hold.part", pni_hold_part, Q(hold_id), Q(lot_id), Q(block_id),
    Q(seats), Q(qty));
#undef Q
PN_TYPE(pni_hold_lot_t, "seat_hold.lot", pni_hold_lot, PN_COL(pni_hold_lot, lot_id, "lot_id"),
    PN_COL(pni_hold_lot, free, "free"), PN_COL(pni_hold_lot, seat_stamp, "seat_stamp"));

typedef struct which { int64_t session, lot; const char *zone; } which;
static PN_TYPE(which_t, "seat_hold.which", which, PN_COL(which, session, "session"),
    PN_COL(which, lot, "lot", .flags = PN_OPT), PN_COL(which, zone, "zone"));
#define BLOCK                                                                                      \
    "select b.id, b.session_id, b.lot_id, b.zone_id, b.plan_row_id, b.floor, b.section,"           \
    " b.row_name, b.labels, b.mask, b.gap_after, b.held, b.busy, b.sold, b.wheelchair,"            \
    " b.obstructed, b.front, b.middle, b.slope from seat_block b"
const pn_sql pni_hold_blocks = {"seat_hold_blocks", &which_t, &pni_block_row_t,
    BLOCK " left join zone o on o.sk = :session# and o.id = b.zone_id"
    " where b.sk = :session# and b.session_id = :session and b.plan_row_id is not null"
    " and (:lot::bigint is null or b.lot_id = :lot)"
    " and (:zone::text is null or o.name = :zone) order by b.id", false};

/* Set-wise; `on` asks that the seats are free, so that a wrong call changes nothing. */
const pn_sql pni_hold_mark = {"seat_hold_mark", &pni_hold_part_t, NULL,
    "update seat_block b set held = b.held | u.seats"
    " from unnest(:block_id, :seats) u(block, seats)"
    " where b.sk = (u.block & 4095)::int and b.id = u.block and b.mask & u.seats = u.seats"
    " and (b.held | b.busy | b.sold) & u.seats = 0", .array = true};
const pn_sql pni_hold_clear = {"seat_hold_clear", &pni_hold_part_t, NULL,
    "update seat_block b set held = b.held & ~u.seats"
    " from (select v.block, bit_or(v.seats) as seats from unnest(:block_id, :seats)"
    "  v(block, seats) group by v.block) u"
    " where b.sk = (u.block & 4095)::int and b.id = u.block and b.held & u.seats = u.seats",
    .array = true};
typedef struct counted { int64_t lot_id, stamp; int delta; } counted;
static PN_TYPE(counted_t, "seat_hold.counted", counted, PN_COL(counted, lot_id, "lot_id"),
    PN_COL(counted, stamp, "stamp"), PN_COL(counted, delta, "delta"));
const pn_sql pni_hold_count = {"seat_hold_count", &counted_t, NULL,
    "update stock k set qty_held = k.qty_held + u.delta,"
    " seat_stamp = case when k.seat_stamp = 0 then 0 else u.stamp end"
    " from unnest(:lot_id, :delta, :stamp) u(lot, delta, stamp)"
    " where k.sk = (u.lot & 4095)::int and k.lot_id = u.lot", .array = true};

static int no_memory(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static pni_named_row name_of(const pni_block_row *b)
{
    return (pni_named_row){b->floor, b->section, b->row_name, b->labels, {0}, b->mask};
}

static int room(pn *p, pn_rows *parts, size_t n)
{
    *parts = (pn_rows){pn_alloc(p, (n + 1) * sizeof(pni_hold_part)), 0};
    return parts->row ? 0 : no_memory(p);
}

static void add(pn_rows *parts, int64_t lot, int64_t block, int64_t seats, int qty)
{
    ((pni_hold_part *)parts->row)[parts->n++] =
        (pni_hold_part){.lot_id = lot, .block_id = block, .seats = seats, .qty = qty};
}

/* ---- choosing ---- */

static int named_seats(pn *p, const char *words, const pn_rows *blocks, int64_t **out)
{
    size_t n = blocks->n;
    pni_named_row *names = pn_alloc(p, (n + 1) * sizeof *names);
    *out = pn_alloc(p, (n + 1) * sizeof **out);
    if (!names || !*out)
        return no_memory(p);
    for (size_t i = 0; i < n; i++)
        names[i] = name_of((const pni_block_row *)blocks->row + i);
    return pni_seats_meant(p, words, "seats", names, n, *out);
}

static int by_words(pn *p, const char *words, const pn_rows *blocks, pn_rows *parts, int *n)
{
    int64_t *chosen = NULL;
    if (words)
        PN_TRY(named_seats(p, words, blocks, &chosen));
    PN_TRY(room(p, parts, blocks->n));
    pn_each(pni_block_row, b, blocks)
    {
        int64_t seats = words ? chosen[b - (pni_block_row *)blocks->row] : b->mask;
        int64_t taken = seats & (b->held | b->busy | b->sold);
        const pni_named_row name = name_of(b);
        if (taken) {
            (void)pn_fail(p, PN_ESEAT_TAKEN, words ? "seats" : "zone",
                          pn_tr("Seat “%s” is taken"),
                          pni_named_seat(p, &name, __builtin_ctzll((uint64_t)taken)));
            return pn_hint(p, pn_tr("Leave it out with -section/row/seat"));
        }
        if (!seats)
            continue;
        int k = __builtin_popcountll((uint64_t)seats);
        add(parts, b->lot_id, b->id, seats, k);
        *n += k;
    }
    return *n ? 0 : pn_fail(p, PN_EARG, words ? "seats" : "zone", pn_tr("No seats are named"));
}

/* The best that are left, together as far as they go. */
static int by_number(pn *p, int qty, const pn_rows *blocks, pn_rows *parts)
{
    pni_seat got[PNI_PICK_MAX];
    pni_seat_set *sets = NULL;
    size_t n = 0;
    int left = qty, k = qty, rc = 0;
    pni_picture *pic = pni_picture_new(blocks->row, blocks->n);
    if (!pic)
        return no_memory(p);
    if (pni_seats_left(pic) < qty) {
        rc = pn_fail(p, PN_ESTOCK, "qty", pn_tr("%d seats are asked for, %d are left"), qty,
                     pni_seats_left(pic));
        pni_picture_drop(pic);
        return rc;
    }
    for (int flags = PNI_PICK_LOOSE; left;) {
        k = k > PNI_BLOCK_SEATS ? PNI_BLOCK_SEATS : k > left ? left : k;
        if (!pni_seats_best(pic, k, flags, got))
            left -= k;
        else if (k > 1)
            k = (k + 1) / 2;
        else
            flags |= PNI_PICK_WHEELCHAIR; /* nothing else is left */
    }
    rc = pni_picture_taken(p, pic, &sets, &n);
    pni_picture_drop(pic);
    PN_TRY(rc);
    PN_TRY(room(p, parts, n));
    for (size_t i = 0; i < n; i++)
        pn_each(pni_block_row, b, blocks)
            if (b->id == sets[i].block)
                add(parts, b->lot_id, b->id, sets[i].seats,
                    __builtin_popcountll((uint64_t)sets[i].seats));
    return 0;
}

static int of_lot(pn *p, const struct pn_seat_hold_place *in, const pn_rows *lots, pn_rows *parts)
{
    const pni_hold_lot *lot = NULL;
    pn_rows blocks;
    pn_each(pni_hold_lot, k, lots)
        lot = k->lot_id == in->tier ? k : lot;
    if (!lot)
        return pn_fail(p, PN_EARG, "tier", pn_tr("The tier is of another session"));
    if (lot->free < in->qty)
        return pn_fail(p, PN_ESTOCK, "qty",
                       pn_tr("%d tickets are asked for, %" PRId64 " are left"), in->qty,
                       lot->free);
    if (lot->seat_stamp) {
        PN_TRY(pn_all(p, &pni_hold_blocks, &(which){in->session, in->tier, NULL}, &blocks));
        return by_number(p, in->qty, &blocks, parts);
    }
    PN_TRY(room(p, parts, 1));
    add(parts, in->tier, 0, 0, in->qty);
    return 0;
}

int pni_hold_choose(pn *p, const struct pn_seat_hold_place *in, const pn_rows *lots,
                    pn_rows *parts, int *n)
{
    pn_rows blocks;
    int ways = (in->seats != NULL) + (in->zone != NULL) + (in->tier != 0);
    *n = 0;
    if (ways != 1)
        return pn_fail(p, PN_EARG, "seats",
                       pn_tr("Give seats, or a zone, or a tier with a quantity"));
    if (in->seats && in->qty)
        return pn_fail(p, PN_EARG, "qty", pn_tr("Seats that are named need no quantity"));
    if (in->tier) {
        if (!in->qty)
            return pn_fail(p, PN_EARG, "qty", pn_tr("How many tickets of the tier?"));
        *n = in->qty;
        return of_lot(p, in, lots, parts);
    }
    PN_TRY(pn_all(p, &pni_hold_blocks, &(which){in->session, 0, in->zone}, &blocks));
    if (!blocks.n)
        return pn_fail(p, PN_ENONE, in->zone ? "zone" : "seats",
                       in->zone ? pn_tr("The session has no such zone")
                                : pn_tr("The session has no numbered seats"));
    if (!in->qty)
        return by_words(p, in->seats, &blocks, parts, n);
    *n = in->qty;
    return by_number(p, in->qty, &blocks, parts);
}

int pni_hold_cut(pn *p, const char *words, int64_t session, const pn_rows *parts, pn_rows *named,
                 pn_rows *rest)
{
    pn_rows blocks;
    int64_t *chosen = NULL;
    PN_TRY(room(p, named, parts->n));
    PN_TRY(room(p, rest, parts->n));
    PN_TRY(pn_all(p, &pni_hold_blocks, &(which){session, 0, NULL}, &blocks));
    PN_TRY(named_seats(p, words, &blocks, &chosen));
    pn_each(pni_hold_part, q, parts)
    {
        int64_t seats = 0;
        pn_each(pni_block_row, b, &blocks)
            if (b->id == q->block_id)
                seats = q->seats & chosen[b - (pni_block_row *)blocks.row];
        int k = __builtin_popcountll((uint64_t)seats);
        if (seats)
            add(named, q->lot_id, q->block_id, seats, k);
        if (q->qty > k)
            add(rest, q->lot_id, q->block_id, q->seats & ~seats, q->qty - k);
    }
    return named->n ? 0 : pn_fail(p, PN_EARG, "seats", pn_tr("The hold has none of these seats"));
}

/* ---- marking ---- */

static int count(pn *p, const pn_rows *parts, bool on)
{
    counted *all = pn_alloc(p, (parts->n + 1) * sizeof *all);
    size_t n = 0;
    int64_t stamp;
    if (!all)
        return no_memory(p);
    PN_TRY(pn_new_id(p, 0, &stamp));
    pn_each(pni_hold_part, q, parts)
    {
        size_t i = 0;
        while (i < n && all[i].lot_id != q->lot_id)
            i++;
        if (i == n)
            all[n++] = (counted){.lot_id = q->lot_id, .stamp = stamp};
        all[i].delta += on ? q->qty : -q->qty;
    }
    return pn_exec_many(p, &pni_hold_count, all, n, NULL);
}

int pni_hold_write(pn *p, const pn_rows *parts, bool on)
{
    pn_rows seats;
    int64_t done = 0, blocks = 0;
    PN_TRY(room(p, &seats, parts->n));
    pn_each(pni_hold_part, q, parts)
    {
        bool again = false;
        if (!q->block_id)
            continue;
        pn_each(pni_hold_part, s, &seats)
            again |= s->block_id == q->block_id;
        blocks += !again;
        add(&seats, q->lot_id, q->block_id, q->seats, q->qty);
    }
    if (seats.n)
        PN_TRY(pn_queue(p, on ? &pni_hold_mark : &pni_hold_clear, seats.row, seats.n, NULL,
                        &done));
    PN_TRY(count(p, parts, on));
    PN_TRY(pn_sync(p));
    if (done != blocks)
        return pn_fail(p, PN_ECONFLICT, NULL, pn_tr("Changed by someone else meanwhile"));
    return 0;
}
