/* SPDX-License-Identifier: Apache-2.0 */
/* metric.c — counters and a latency histogram per route, in the Prometheus text format. Only what
 * was ever used is written, so a scrape stays small. */
#include "metric.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { STATUSES = 24, BOUNDS = 12 };

static const int64_t bounds_us[BOUNDS] = {500,   1000,   2500,   5000,    10000,   25000,
                                          50000, 100000, 250000, 1000000, 5000000, 30000000};

struct route {
    atomic_int status[STATUSES]; /* which status the place counts; 0: free */
    _Atomic uint64_t count[STATUSES];
    _Atomic uint64_t bucket[BOUNDS + 1];
    _Atomic uint64_t sum_us;
};

struct http_metrics {
    const char *const *names;
    size_t n;
    struct route routes[];
};

http_metrics *http_metrics_new(const char *const names[], size_t n)
{
    http_metrics *m = calloc(1, sizeof *m + n * sizeof m->routes[0]);
    if (!m)
        return NULL;
    m->names = names;
    m->n = n;
    return m;
}

void http_metrics_free(http_metrics *m)
{
    free(m);
}

void http_metrics_count(http_metrics *m, size_t i, int status, int64_t us)
{
    struct route *r = &m->routes[i];
    for (int k = 0; k < STATUSES; k++) {
        int free_place = 0;
        if (atomic_compare_exchange_strong(&r->status[k], &free_place, status) ||
            free_place == status) {
            atomic_fetch_add(&r->count[k], 1);
            break;
        }
    }
    int b = 0;
    while (b < BOUNDS && us > bounds_us[b])
        b++;
    atomic_fetch_add(&r->bucket[b], 1);
    atomic_fetch_add(&r->sum_us, (uint64_t)us);
}

static void write_histogram(const struct route *r, const char *name, http_text *t)
{
    uint64_t n = 0;
    for (int b = 0; b <= BOUNDS; b++)
        n += atomic_load(&r->bucket[b]);
    if (!n)
        return;
    n = 0;
    for (int b = 0; b <= BOUNDS; b++) {
        n += atomic_load(&r->bucket[b]);
        http_putf(t, "piaoniud_request_seconds_bucket{route=\"%s\",le=\"", name);
        if (b < BOUNDS)
            http_putf(t, "%g", (double)bounds_us[b] / 1e6);
        else
            http_puts(t, "+Inf");
        http_putf(t, "\"} %" PRIu64 "\n", n);
    }
    http_putf(t, "piaoniud_request_seconds_sum{route=\"%s\"} %.6f\n", name,
              (double)atomic_load(&r->sum_us) / 1e6);
    http_putf(t, "piaoniud_request_seconds_count{route=\"%s\"} %" PRIu64 "\n", name, n);
}

void http_metrics_write(http_metrics *m, http_text *t)
{
    http_puts(t, "# HELP piaoniud_requests_total Answered requests.\n"
                 "# TYPE piaoniud_requests_total counter\n");
    for (size_t i = 0; i < m->n; i++)
        for (int k = 0; k < STATUSES; k++) {
            int status = atomic_load(&m->routes[i].status[k]);
            if (status)
                http_putf(t, "piaoniud_requests_total{route=\"%s\",status=\"%d\"} %" PRIu64 "\n",
                          m->names[i], status, atomic_load(&m->routes[i].count[k]));
        }
    http_puts(t, "# HELP piaoniud_request_seconds From the request line to the end of the answer.\n"
                 "# TYPE piaoniud_request_seconds histogram\n");
    for (size_t i = 0; i < m->n; i++)
        write_histogram(&m->routes[i], m->names[i], t);
}
