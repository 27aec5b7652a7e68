/* SPDX-License-Identifier: Apache-2.0 */
/* picture.c — how a picture comes and goes: read from the blocks of a lot, kept by the process,
 * and what of it has to be written. */
#include "seating/block_int.h"
#include "seating/pick_int.h"
#include "base/keep_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define B(field, text, ...) PN_COL(pni_block_row, field, text, __VA_ARGS__)
const pn_type pni_block_row_t = {"seat.block", sizeof(pni_block_row), (const pn_col[]){
    B(id, N_("Id")), B(session_id, N_("Session")), B(lot_id, N_("Lot")),
    B(zone_id, N_("Zone"), .flags = PN_OPT), B(plan_row_id, N_("Row"), .flags = PN_OPT),
    B(floor, N_("Floor")), B(section, N_("Section")), B(row_name, N_("Row")),
    B(labels, N_("Seats")), B(mask, N_("Seats")), B(gap_after, N_("Aisles")),
    B(held, N_("Held")), B(busy, N_("Locked")), B(sold, N_("Sold")),
    B(wheelchair, N_("Wheelchair")), B(obstructed, N_("Obstructed")), B(front, N_("Front")),
    B(middle, N_("Middle")), B(slope, N_("Slope")), {0}}};
#undef B

typedef struct one_lot { int64_t lot; } one_lot;
static PN_TYPE(one_lot_t, "seat.lot", one_lot, PN_COL(one_lot, lot, N_("Lot")));

const pn_sql pni_block_load = {"seat_block_load", &one_lot_t, &pni_block_row_t,
    "select id, session_id, lot_id, zone_id, plan_row_id, floor, section, row_name, labels, mask,"
    " gap_after, held, busy, sold, wheelchair, obstructed, front, middle, slope from seat_block"
    " where sk = :lot# and lot_id = :lot order by id", false};

/* What changes of a block while its plan stands; the words stay as they were read. */
typedef struct mark {
    int64_t id, mask, gap_after, taken, wheelchair;
    int front, middle, slope;
} mark;
#define M(field) PN_COL(mark, field, #field)
static PN_TYPE(mark_t, "seat.mark", mark, M(id), M(mask), M(gap_after), M(taken), M(wheelchair),
    M(front), M(middle), M(slope));
#undef M
const pn_sql pni_block_marks = {"seat_block_marks", &one_lot_t, &mark_t,
    "select id, mask, gap_after, held | busy | sold as taken, wheelchair, front, middle, slope"
    " from seat_block where sk = :lot# and lot_id = :lot order by id", false};

/* ---- building ---- */

static char *copy(pni_arena *a, const char *text)
{
    size_t len = strlen(text ? text : "") + 1;
    char *out = pni_arena_alloc(a, len);
    if (out)
        memcpy(out, text ? text : "", len);
    return out;
}

static char *path_of(pni_arena *a, const pni_block_row *r)
{
    const char *parts[] = {r->floor ? r->floor : "", r->section, r->row_name};
    size_t len = strlen(parts[0]) + strlen(parts[1]) + strlen(parts[2]) + 3, at = 0;
    char *out = pni_arena_alloc(a, len);
    for (int i = 0; out && i < 3; i++) {
        size_t n = strlen(parts[i]);
        if (!i && !n)
            continue;
        if (at)
            out[at++] = '/';
        memcpy(out + at, parts[i], n);
        at += n;
    }
    return out;
}

static void set_marks(pni_picture *pic, size_t i, const mark *m)
{
    pni_strip *s = &pic->strip[i];
    pni_shelf *h = &pic->shelf[i];
    uint64_t mask = (uint64_t)m->mask, wheel = (uint64_t)m->wheelchair & mask;
    uint64_t open = mask & ~(uint64_t)m->taken;
    *s = (pni_strip){open & ~wheel, open & wheel, mask & mask >> 1 & ~(uint64_t)m->gap_after,
                     6000000 + 400 * m->front, m->middle, m->slope};
    h->mask = mask;
    h->wheelchair = wheel;
    pic->open_n += __builtin_popcountll(s->open);
    pic->wheel_n += __builtin_popcountll(s->wheel);
}

static bool fill(pni_picture *pic, size_t i, const pni_block_row *r)
{
    pni_shelf *h = &pic->shelf[i];
    *h = (pni_shelf){.id = r->id, .path = path_of(&pic->arena, r), .labels_n = r->labels.n,
                     .labels = pni_arena_alloc(&pic->arena, (r->labels.n + 1) * sizeof(char *))};
    set_marks(pic, i, &(mark){r->id, r->mask, r->gap_after, r->held | r->busy | r->sold,
                              r->wheelchair, r->front, r->middle, r->slope});
    for (size_t j = 0; h->labels && j < r->labels.n; j++)
        if (!(h->labels[j] = copy(&pic->arena, r->labels.v[j])))
            return false;
    return h->labels && h->path;
}

static int by_id(const void *a, const void *b)
{
    const pni_block_row *x = *(const pni_block_row *const *)a;
    const pni_block_row *y = *(const pni_block_row *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

pni_picture *pni_picture_new(const pni_block_row *rows, size_t n)
{
    pni_arena a = {0};
    pni_picture *pic = pni_arena_alloc(&a, sizeof *pic);
    if (!pic)
        return NULL;
    pic->arena = a;
    pic->n = n;
    pic->strip = pni_arena_alloc(&pic->arena, (n + 1) * sizeof *pic->strip);
    pic->shelf = pni_arena_alloc(&pic->arena, (n + 1) * sizeof *pic->shelf);
    pic->touched = pni_arena_alloc(&pic->arena, (n + 1) * sizeof *pic->touched);
    const pni_block_row **order = pni_arena_alloc(&pic->arena, (n + 1) * sizeof *order);
    bool whole = pic->strip && pic->shelf && pic->touched && order;
    for (size_t i = 0; whole && i < n; i++)
        order[i] = &rows[i];
    if (whole)
        qsort(order, n, sizeof *order, by_id);
    for (size_t i = 0; whole && i < n; i++)
        whole = fill(pic, i, order[i]);
    if (whole)
        return pic;
    pni_picture_drop(pic);
    return NULL;
}

int64_t pni_block_find(const pni_picture *pic, int64_t id)
{
    size_t low = 0, high = pic->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (pic->shelf[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < pic->n && pic->shelf[low].id == id ? (int64_t)low : -1;
}

/* ---- life ---- */

static void drop(void *thing)
{
    pni_picture_drop(thing);
}

void pni_picture_drop(pni_picture *pic)
{
    if (!pic)
        return;
    pni_arena a = pic->arena; /* it holds the picture itself */
    pni_arena_free(&a);
}

/* Whatever was taken belongs to the past. */
static void settle(pni_picture *pic)
{
    for (size_t i = 0; i < pic->touched_n; i++) {
        pni_shelf *h = &pic->shelf[pic->touched[i]];
        h->taken = 0;
        h->noted = false;
    }
    pic->touched_n = 0;
}

void pni_picture_put(pn *p, pni_picture *pic, int64_t stamp)
{
    settle(pic);
    pni_keep_put(pn_unit_ctx(p), PNI_KEEP_PICTURES, pic->lot, stamp, pic, pic->arena.total, drop);
}

/* Bring an old picture of the same blocks up to date; false: they are not the same. */
static bool renew(pni_picture *pic, const pn_rows *rows)
{
    const mark *m = rows->row;
    bool same = rows->n == pic->n;
    for (size_t i = 0; same && i < pic->n; i++)
        same = m[i].id == pic->shelf[i].id;
    if (!same)
        return false;
    settle(pic);
    pic->open_n = pic->wheel_n = 0;
    for (size_t i = 0; i < pic->n; i++)
        set_marks(pic, i, &m[i]);
    pni_ladders_forget(pic);
    return true;
}

int pni_picture_get(pn *p, int64_t lot, int64_t stamp, pni_picture **out)
{
    pn_rows rows = {0};
    int64_t kept = 0;
    pni_picture *pic = pni_keep_take(pn_unit_ctx(p), PNI_KEEP_PICTURES, lot, &kept);
    int rc = pic && kept != stamp ? pn_all(p, &pni_block_marks, &(one_lot){lot}, &rows) : 0;
    if (!rc && pic && (kept == stamp || renew(pic, &rows))) {
        *out = pic;
        return 0;
    }
    pni_picture_drop(pic);
    PN_TRY(rc);
    PN_TRY(pn_all(p, &pni_block_load, &(one_lot){lot}, &rows));
    pic = pni_picture_new(rows.row, rows.n);
    if (!pic)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pic->lot = lot;
    *out = pic;
    return 0;
}

/* ---- what to write ---- */

static int by_block(const void *a, const void *b)
{
    const pni_seat_set *x = a, *y = b;
    return (x->block > y->block) - (x->block < y->block);
}

int pni_picture_taken(pn *p, const pni_picture *pic, pni_seat_set **out, size_t *n)
{
    pni_seat_set *sets = pn_alloc(p, (pic->touched_n + 1) * sizeof *sets);
    if (!sets)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *n = 0;
    for (size_t i = 0; i < pic->touched_n; i++) {
        const pni_shelf *h = &pic->shelf[pic->touched[i]];
        if (h->taken)
            sets[(*n)++] = (pni_seat_set){h->id, (int64_t)h->taken};
    }
    qsort(sets, *n, sizeof *sets, by_block);
    *out = sets;
    return 0;
}

int pni_seat_sets(pn *p, const pni_seat seats[], size_t n, pni_seat_set **out, size_t *sets)
{
    pni_seat_set *all = pn_alloc(p, (n + 1) * sizeof *all);
    size_t m = 0;
    if (!all)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < n; i++)
        all[i] = (pni_seat_set){seats[i].block, INT64_C(1) << seats[i].bit};
    qsort(all, n, sizeof *all, by_block);
    for (size_t i = 0; i < n; i++) {
        if (m && all[m - 1].block == all[i].block)
            all[m - 1].seats |= all[i].seats;
        else
            all[m++] = all[i];
    }
    *out = all;
    *sets = m;
    return 0;
}

/* ---- keys ---- */

static int by_path(const void *a, const void *b)
{
    const pni_path *x = a, *y = b;
    int c = strcmp(x->path, y->path);
    return c ? c : (x->block > y->block) - (x->block < y->block);
}

static bool sort_paths(pni_picture *pic)
{
    pni_path *order = pni_arena_alloc(&pic->arena, (pic->n + 1) * sizeof *order);
    if (!order)
        return false;
    for (size_t i = 0; i < pic->n; i++)
        order[i] = (pni_path){pic->shelf[i].path, (uint32_t)i};
    qsort(order, pic->n, sizeof *order, by_path);
    pic->by_path = order;
    return true;
}

/* strcmp of a path with the first `len` bytes of a key. */
static int against(const char *path, const char *key, size_t len)
{
    int c = strncmp(path, key, len);
    return c ? c : path[len] != '\0';
}

static bool named(const pni_picture *pic, const char *key, pni_seat *out)
{
    const char *slash = strrchr(key, '/');
    size_t low = 0, high = pic->n, len = slash ? (size_t)(slash - key) : 0;
    if (!slash)
        return false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (against(pic->by_path[mid].path, key, len) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < pic->n; low++) {
        const pni_shelf *h = &pic->shelf[pic->by_path[low].block];
        if (against(h->path, key, len))
            return false;
        for (size_t i = 0; i < h->labels_n; i++)
            if (h->mask >> i & 1 && !strcmp(h->labels[i], slash + 1)) {
                *out = (pni_seat){h->id, (int)i};
                return true;
            }
    }
    return false;
}

int pni_seats_named(pni_picture *pic, const char *const keys[], size_t n, pni_seat out[],
                    size_t *bad)
{
    if (!pic->by_path && !sort_paths(pic))
        return PN_EMEM;
    for (size_t i = 0; i < n; i++)
        if (!named(pic, keys[i], &out[i])) {
            if (bad)
                *bad = i;
            return PN_ENONE;
        }
    return 0;
}

const char *pni_seat_key(pn *p, const pni_picture *pic, pni_seat seat)
{
    int64_t b = pni_block_find(pic, seat.block);
    if (b < 0 || seat.bit < 0 || (size_t)seat.bit >= pic->shelf[b].labels_n)
        return "";
    return pn_printf(p, "%s/%s", pic->shelf[b].path, pic->shelf[b].labels[seat.bit]);
}

/* ---- words ---- */

int pni_pick_refuse(pn *p, const pni_picture *pic, int code, int k, const char *key,
                     const char *field)
{
    if (!key)
        key = "";
    switch (code) {
    case PN_ENONE:
        (void)pn_fail(p, PN_ENONE, field, pn_tr("There is no seat “%s” here"), key);
        return pn_hint(p, pn_tr("Keys of seats are in the seat map: section/row/seat"));
    case PN_ESEAT_TAKEN:
        (void)pn_fail(p, PN_ESEAT_TAKEN, field, pn_tr("Seat “%s” is taken"), key);
        return pn_hint(p, pn_tr("Choose another seat; the seat map shows the free ones"));
    case PN_ESINGLE:
        if (*key)
            (void)pn_fail(p, PN_ESINGLE, field,
                          pn_tr("Taking seat “%s” would leave a single seat"), key);
        else
            (void)pn_fail(p, PN_ESINGLE, field,
                          pn_tr("%d seats together would leave a single seat"), k);
        return pn_hint(p, pn_tr("Move by one seat, or take one more or one less"));
    case PN_ENO_MATCH:
        (void)pn_fail(p, PN_ENO_MATCH, field, pn_tr("No %d seats together are left"), k);
        return pn_hint(p, pn_tr("Accept separate seats, fewer seats or another tier"));
    case PN_ESTOCK:
        (void)pn_fail(p, PN_ESTOCK, field, pn_tr("%d seats are asked for, %d are left"), k,
                      pni_seats_left(pic));
        return pn_hint(p, pn_tr("Take another tier of the session: onsale show"));
    case PN_ECOUNT:
        return pn_fail(p, PN_ECOUNT, field, pn_tr("A quantity is between 1 and %d"),
                       PNI_PICK_MAX);
    case PN_EARG:
        return pn_fail(p, PN_EARG, field, pn_tr("Seat “%s” is named twice"), key);
    default:
        return pn_fail(p, (pn_code)code, field, "%s", pn_code_text((pn_code)code));
    }
}
