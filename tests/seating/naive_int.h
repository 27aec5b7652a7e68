/* SPDX-License-Identifier: Apache-2.0 */
/* naive_int.h — picking seats as one would explain it: a byte a seat, every choice looked at. What
 * the fast search is held against, for its answers here and for its speed in the bench. */
#ifndef PN_TESTS_NAIVE_H
#define PN_TESTS_NAIVE_H

#include "seating/picture_int.h"

typedef struct naive_row {
    int n, front, middle, slope;
    bool open[64]; /* free and there */
    bool cut[64];  /* an aisle behind it */
} naive_row;

typedef struct naive_run { int64_t worth; size_t row; int first; } naive_run;

static inline bool naive_pair(const naive_row *r, int i) /* are i and i + 1 both free neighbours? */
{
    return i >= 0 && i + 1 < r->n && r->open[i] && r->open[i + 1] && !r->cut[i];
}

/* How long the free run is that ends before seat i, or begins behind it. */
static inline int naive_before(const naive_row *r, int i)
{
    int n = 0;
    while (naive_pair(r, i - 1 - n))
        n++;
    return n;
}

static inline int naive_behind(const naive_row *r, int i)
{
    int n = 0;
    while (naive_pair(r, i + n))
        n++;
    return n;
}

static inline bool naive_fits(const naive_row *r, int first, int k, bool loose)
{
    if (!r->open[first])
        return false;
    for (int i = first; i < first + k - 1; i++)
        if (!naive_pair(r, i))
            return false;
    return loose || (naive_before(r, first) != 1 && naive_behind(r, first + k - 1) != 1);
}

static inline int64_t naive_worth(const naive_row *r, int first, int k)
{
    int64_t sum = 0;
    for (int i = first; i < first + k; i++) {
        int64_t away = 100 * (int64_t)i - r->middle;
        sum += 4 * 100 * (int64_t)r->front + 6 * (1000000 - r->slope * (away < 0 ? -away : away));
    }
    return sum;
}

/* The best of all runs; even ones: the first row, then the nearest to the middle, then the left. */
static inline bool naive_best(const naive_row *rows, size_t n, int k, bool loose, naive_run *out)
{
    int64_t nearest = 0;
    out->worth = INT64_MIN;
    for (size_t at = 0; at < n; at++)
        for (int i = 0; i + k <= rows[at].n; i++) {
            if (!naive_fits(&rows[at], i, k, loose))
                continue;
            int64_t w = naive_worth(&rows[at], i, k);
            int64_t off = 100 * (int64_t)i + 50 * (k - 1) - rows[at].middle;
            off = off < 0 ? -off : off;
            if (w < out->worth || (w == out->worth && (out->row != at || off >= nearest)))
                continue;
            *out = (naive_run){w, at, i};
            nearest = off;
        }
    return out->worth != INT64_MIN;
}

#endif
