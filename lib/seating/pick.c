/* SPDX-License-Identifier: Apache-2.0 */
/* pick.c — which seats: bit-parallel inside a block, a ladder of winners above the blocks.
 *
 * An edge is a pair of free neighbours. k seats from i on are a run when the k − 1 edges from i on
 * are there, so shifted edges ANDed give all starts of a block at once; one more pair of shifts
 * strikes out the starts that would leave a single seat. The worth of a run falls with the distance
 * of its own middle from the zone's, so the best start is the nearest one left or right of it. */
#include "seating/pick_int.h"

#include <stdlib.h>
#include <string.h>

#define NOTHING INT64_MIN

typedef struct run { int64_t worth; size_t block; int first; } run;

static uint64_t edges(uint64_t open, uint64_t joined)
{
    return open & joined & open >> 1;
}

/* Every start of a run of k. */
static uint64_t starts(uint64_t open, uint64_t joined, int k, bool loose)
{
    uint64_t e = edges(open, joined), r = open;
    if (k > PNI_BLOCK_SEATS)
        return 0;
    for (int j = 0; r && j < k - 1; j++)
        r &= e >> j;
    if (!loose) {
        r &= ~(e << 1 & ~(e << 2));             /* exactly one free neighbour before */
        r &= ~(e >> (k - 1) & ~(e >> (k - 1) >> 1)); /* or behind */
    }
    return r;
}

static int64_t worth(const pni_strip *s, int first, int k)
{
    int64_t away = 0;
    for (int i = first; i < first + k; i++)
        away += labs(100L * i - s->middle);
    return (int64_t)k * s->level - 6 * (int64_t)s->slope * away;
}

/* The start whose run lies nearest to the middle; of two alike the left one. */
static int nearest(uint64_t r, const pni_strip *s, int k)
{
    int64_t at = s->middle - 50 * ((int64_t)k - 1);
    int64_t place = at >= 0 ? at / 100 : -1;
    uint64_t left = place < 0 ? 0 : place >= 63 ? r : r & ((UINT64_C(2) << place) - 1);
    uint64_t right = r & ~left;
    if (!left)
        return __builtin_ctzll(right);
    int a = 63 - __builtin_clzll(left);
    if (!right)
        return a;
    int b = __builtin_ctzll(right);
    return at - 100 * (int64_t)a <= 100 * (int64_t)b - at ? a : b;
}

static int64_t best_of_block(const pni_strip *s, int k, bool loose, int *first)
{
    uint64_t r = starts(s->open, s->joined, k, loose);
    if (!r)
        return NOTHING;
    *first = nearest(r, s, k);
    return worth(s, *first, k);
}

/* The same with at least one wheelchair place in the run. */
static int64_t best_with_wheel(const pni_strip *s, int k, bool loose, int *first)
{
    uint64_t has = 0;
    if (!s->wheel)
        return NOTHING;
    for (int j = 0; j < k && j < PNI_BLOCK_SEATS; j++)
        has |= s->wheel >> j;
    uint64_t r = has & starts(s->open | s->wheel, s->joined, k, loose);
    if (!r)
        return NOTHING;
    *first = nearest(r, s, k);
    return worth(s, *first, k);
}

/* ---- ladders ---- */

static int64_t offer(const pni_strip *s, size_t block, int k, bool loose)
{
    int first;
    int64_t w = best_of_block(s, k, loose, &first);
    if (w == NOTHING)
        return w;
    w = (w + 1) * (INT64_C(1) << PNI_BLOCK_BITS) - 1 - (int64_t)block;
    return w * (INT64_C(1) << PNI_SEAT_BITS) + first;
}

static int64_t best_of_eight(const int64_t v[8])
{
    int64_t m[4];
    for (int i = 0; i < 4; i++)
        m[i] = v[i] > v[i + 4] ? v[i] : v[i + 4];
    int64_t a = m[0] > m[1] ? m[0] : m[1], b = m[2] > m[3] ? m[2] : m[3];
    return a > b ? a : b;
}

static void climb(pni_ladder *l, size_t at, int64_t value)
{
    l->rung[0][at] = value;
    for (int up = 1; up <= l->top; up++) {
        at /= 8;
        int64_t best = best_of_eight(l->rung[up - 1] + 8 * at);
        if (l->rung[up][at] == best)
            return;
        l->rung[up][at] = best;
    }
}

static bool space(pni_picture *pic, pni_ladder *l)
{
    size_t n = pic->n;
    for (int up = 0; up < PNI_RUNGS; up++, n = (n + 7) / 8) {
        size_t whole = (n + 7) / 8 * 8;
        if (!l->rung[up])
            l->rung[up] = pni_arena_alloc(&pic->arena, whole * sizeof **l->rung);
        if (!l->rung[up])
            return false;
        for (size_t i = 0; i < whole; i++)
            l->rung[up][i] = NOTHING;
        l->top = up;
        if (n == 1)
            break;
    }
    if (!l->stale)
        l->stale = pni_arena_alloc(&pic->arena, pic->n * sizeof *l->stale);
    if (!l->waits)
        l->waits = pni_arena_alloc(&pic->arena, pic->n * sizeof *l->waits);
    return l->stale && l->waits;
}

static bool build(pni_picture *pic, pni_ladder *l, int k, bool loose)
{
    size_t n = pic->n;
    if (n >> PNI_BLOCK_BITS || !space(pic, l))
        return false;
    for (size_t i = 0; i < n; i++)
        l->rung[0][i] = offer(&pic->strip[i], i, k, loose);
    for (int up = 1; up <= l->top; up++) {
        n = (n + 7) / 8;
        for (size_t i = 0; i < n; i++)
            l->rung[up][i] = best_of_eight(l->rung[up - 1] + 8 * i);
    }
    pic->built[pic->built_n++] = l;
    l->built = true;
    return true;
}

void pni_ladders_forget(pni_picture *pic)
{
    for (size_t i = 0; i < pic->built_n; i++) {
        pni_ladder *l = pic->built[i];
        memset(l->waits, 0, pic->n * sizeof *l->waits);
        l->stale_n = 0;
        l->built = false;
    }
    pic->built_n = 0;
}

/* The ladder for k, true as of now; NULL: there is no memory for one. */
static const pni_ladder *ladder(pni_picture *pic, int k, bool loose)
{
    pni_ladder *l = &pic->ladder[loose][k];
    if (!l->built && !build(pic, l, k, loose))
        return NULL;
    while (l->stale_n) {
        uint32_t b = l->stale[--l->stale_n];
        l->waits[b] = false;
        climb(l, b, offer(&pic->strip[b], b, k, loose));
    }
    return l;
}

static bool by_ladder(const pni_picture *pic, const pni_ladder *l, int k, run *out)
{
    int64_t best = l->rung[l->top][0], blocks = (INT64_C(1) << PNI_BLOCK_BITS) - 1;
    if (best == NOTHING)
        return false;
    out->first = (int)(best & ((1 << PNI_SEAT_BITS) - 1));
    out->block = (size_t)(blocks - (best >> PNI_SEAT_BITS & blocks));
    out->worth = worth(&pic->strip[out->block], out->first, k);
    return true;
}

static bool by_scan(const pni_picture *pic, int k, bool loose, bool wheel, run *out)
{
    out->worth = NOTHING;
    for (size_t i = 0; i < pic->n; i++) {
        int first = 0;
        int64_t w = wheel ? best_with_wheel(&pic->strip[i], k, loose, &first)
                          : best_of_block(&pic->strip[i], k, loose, &first);
        if (w > out->worth)
            *out = (run){w, i, first};
    }
    return out->worth != NOTHING;
}

static bool find(pni_picture *pic, int k, bool loose, bool wheel, run *out)
{
    const pni_ladder *l = wheel || k > PNI_LADDERS || !pic->n ? NULL : ladder(pic, k, loose);
    return l ? by_ladder(pic, l, k, out) : by_scan(pic, k, loose, wheel, out);
}

/* ---- marking ---- */

static void changed(pni_picture *pic, size_t block)
{
    for (size_t i = 0; i < pic->built_n; i++) {
        pni_ladder *l = pic->built[i];
        if (l->waits[block])
            continue;
        l->waits[block] = true;
        l->stale[l->stale_n++] = (uint32_t)block;
    }
}

static void mark(pni_picture *pic, size_t block, uint64_t seats, int k)
{
    pni_strip *s = &pic->strip[block];
    pni_shelf *h = &pic->shelf[block];
    int wheels = s->wheel & seats ? __builtin_popcountll(s->wheel & seats) : 0;
    pic->open_n -= k - wheels;
    pic->wheel_n -= wheels;
    s->open &= ~seats;
    s->wheel &= ~seats;
    if (!h->noted)
        pic->touched[pic->touched_n++] = (uint32_t)block;
    h->noted = true;
    h->taken |= seats;
    changed(pic, block);
}

static uint64_t bits_of(int first, int k)
{
    return ((UINT64_C(1) << k) - 1) << first;
}

static void hand_out(const pni_picture *pic, const run *r, int k, pni_seat pick[])
{
    for (int i = 0; i < k; i++)
        pick[i] = (pni_seat){pic->shelf[r->block].id, r->first + i};
}

/* ---- best seats ---- */

static bool one_run(pni_picture *pic, int k, bool loose, bool wheel, pni_seat pick[])
{
    run r;
    if (!find(pic, k, loose, wheel, &r))
        return false;
    mark(pic, r.block, bits_of(r.first, k), k);
    hand_out(pic, &r, k, pick);
    return true;
}

/* The best run of a seats, then the best of the others in what is left: of all sizes the dearest
 * pair. Neither is shorter than two. */
static bool two_runs(pni_picture *pic, int k, bool loose, bool wheel, pni_seat pick[])
{
    int64_t dearest = NOTHING;
    pni_seat first[PNI_PICK_MAX];
    for (int a = k - 2; a >= 2 && a >= k - a; a--) {
        run x, y;
        if (!find(pic, a, loose, wheel, &x))
            continue;
        mark(pic, x.block, bits_of(x.first, a), a);
        bool both = find(pic, k - a, loose, false, &y);
        hand_out(pic, &x, a, first);
        pni_seats_give(pic, first, (size_t)a);
        if (!both || x.worth + y.worth <= dearest)
            continue;
        dearest = x.worth + y.worth;
        hand_out(pic, &x, a, pick);
        hand_out(pic, &y, k - a, pick + a);
    }
    for (int i = 0; dearest != NOTHING && i < k; i++)
        mark(pic, (size_t)pni_block_find(pic, pick[i].block), UINT64_C(1) << pick[i].bit, 1);
    return dearest != NOTHING;
}

static bool runs(pni_picture *pic, int k, int flags, bool loose, pni_seat pick[])
{
    bool wheel = flags & PNI_PICK_WHEELCHAIR;
    return one_run(pic, k, loose, wheel, pick) ||
           (flags & PNI_PICK_SPLIT && two_runs(pic, k, loose, wheel, pick));
}

int pni_seats_best(pni_picture *pic, int k, int flags, pni_seat pick[])
{
    bool loose = flags & PNI_PICK_LOOSE;
    pni_seat other[PNI_PICK_MAX];
    if (k < 1 || k > PNI_PICK_MAX)
        return PN_ECOUNT;
    if (runs(pic, k, flags, loose, pick))
        return 0;
    if (pic->open_n + (flags & PNI_PICK_WHEELCHAIR ? pic->wheel_n : 0) < k)
        return PN_ESTOCK;
    if (loose || !runs(pic, k, flags, true, other))
        return PN_ENO_MATCH;
    if (!(flags & PNI_PICK_SOFT)) {
        pni_seats_give(pic, other, (size_t)k);
        return PN_ESINGLE;
    }
    memcpy(pick, other, (size_t)k * sizeof *pick);
    return 0;
}

/* ---- chosen seats ---- */

static uint64_t alone(uint64_t open, uint64_t joined)
{
    uint64_t e = edges(open, joined);
    return open & ~e & ~(e << 1);
}

/* All the bits of `seats` that lie in the block of seats[i]; 0 when an earlier one lies there. */
static uint64_t of_block(const pni_seat seats[], size_t n, size_t i)
{
    uint64_t bits = 0;
    for (size_t j = 0; j < n; j++) {
        if (seats[j].block != seats[i].block)
            continue;
        if (j < i)
            return 0;
        bits |= UINT64_C(1) << seats[j].bit;
    }
    return bits;
}

static bool leaves_one(const pni_strip *s, uint64_t bits)
{
    uint64_t open = bits & s->wheel ? s->open | s->wheel : s->open;
    return alone(open & ~bits, s->joined) & ~alone(open, s->joined);
}

static int may_take(const pni_picture *pic, const pni_seat seats[], size_t i)
{
    int64_t b = pni_block_find(pic, seats[i].block);
    if (b < 0 || seats[i].bit < 0 || seats[i].bit >= PNI_BLOCK_SEATS ||
        !(pic->shelf[b].mask >> seats[i].bit & 1))
        return PN_ENONE;
    if (!((pic->strip[b].open | pic->strip[b].wheel) >> seats[i].bit & 1))
        return PN_ESEAT_TAKEN;
    for (size_t j = 0; j < i; j++)
        if (seats[j].block == seats[i].block && seats[j].bit == seats[i].bit)
            return PN_EARG;
    return 0;
}

int pni_seats_take(pni_picture *pic, const pni_seat seats[], size_t n, int flags, size_t *bad)
{
    size_t none;
    run other;
    bad = bad ? bad : &none;
    for (*bad = 0; *bad < n; ++*bad)
        PN_TRY(may_take(pic, seats, *bad));
    for (*bad = 0; !(flags & PNI_PICK_LOOSE) && *bad < n; ++*bad) {
        uint64_t bits = of_block(seats, n, *bad);
        size_t b = (size_t)pni_block_find(pic, seats[*bad].block);
        if (!bits || !leaves_one(&pic->strip[b], bits))
            continue;
        if (!(flags & PNI_PICK_SOFT) || find(pic, (int)n, false, false, &other))
            return PN_ESINGLE;
    }
    for (size_t i = 0; i < n; i++)
        mark(pic, (size_t)pni_block_find(pic, seats[i].block), UINT64_C(1) << seats[i].bit, 1);
    return 0;
}

void pni_seats_give(pni_picture *pic, const pni_seat seats[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t b = pni_block_find(pic, seats[i].block);
        uint64_t bit = UINT64_C(1) << seats[i].bit;
        if (b < 0 || !(pic->shelf[b].taken & bit))
            continue;
        bool wheel = pic->shelf[b].wheelchair & bit;
        pic->shelf[b].taken &= ~bit;
        *(wheel ? &pic->strip[b].wheel : &pic->strip[b].open) |= bit;
        ++*(wheel ? &pic->wheel_n : &pic->open_n);
        changed(pic, (size_t)b);
    }
}

void pni_seats_freed(pni_picture *pic, const pni_seat_set sets[], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t b = pni_block_find(pic, sets[i].block);
        if (b < 0)
            continue;
        pni_strip *s = &pic->strip[b];
        uint64_t bits = (uint64_t)sets[i].seats & pic->shelf[b].mask & ~(s->open | s->wheel);
        uint64_t wheel = bits & pic->shelf[b].wheelchair;
        s->open |= bits & ~wheel;
        s->wheel |= wheel;
        pic->open_n += __builtin_popcountll(bits & ~wheel);
        pic->wheel_n += __builtin_popcountll(wheel);
        changed(pic, (size_t)b);
    }
}

int pni_seats_runs(const pni_picture *pic, const pni_seat seats[], size_t n)
{
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t b = pni_block_find(pic, seats[i].block);
        bool first = true;
        for (size_t j = 0; b >= 0 && j < n; j++)
            first &= !(seats[j].block == seats[i].block && seats[j].bit + 1 == seats[i].bit &&
                       pic->strip[b].joined >> seats[j].bit & 1);
        count += first;
    }
    return count;
}

int pni_seats_left(const pni_picture *pic)
{
    return pic->open_n + pic->wheel_n;
}
