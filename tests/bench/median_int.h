/* SPDX-License-Identifier: Apache-2.0 */
/* median_int.h — what every figure is told by: the median of its rounds. */
#ifndef PN_TESTS_MEDIAN_INT_H
#define PN_TESTS_MEDIAN_INT_H

#include <stdlib.h>
#include <string.h>

enum { PN_ROUNDS_MAX = 99 };

/* For qsort of doubles. */
static inline int pn_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of 1 to PN_ROUNDS_MAX rounds, which keep their order: two series may be compared pairwise. */
static inline double pn_median(const double *rounds, int n)
{
    double sorted[PN_ROUNDS_MAX];
    memcpy(sorted, rounds, (size_t)n * sizeof *rounds);
    qsort(sorted, (size_t)n, sizeof *sorted, pn_ascending);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

#endif
