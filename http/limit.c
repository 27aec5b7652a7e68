/* SPDX-License-Identifier: Apache-2.0 */
/* limit.c — token buckets in a table of fixed size; the one that was idle longest makes room. */
#include "limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    SLOTS = 8192, /* a power of two */
    PROBES = 8,
    BURST_DIVISOR = 4, /* a quarter of a minute's worth may come at once */
    BURST_LEAST = 10,
};

struct slot {
    uint64_t who; /* keyed hash; 0: empty */
    int64_t seen_us;
    double left;
};

struct http_limit {
    pthread_mutex_t lock;
    double per_us, burst;
    uint64_t seed;
    struct slot slots[SLOTS];
};

http_limit *http_limit_new(int64_t per_minute)
{
    http_limit *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    pthread_mutex_init(&l->lock, NULL);
    l->per_us = (double)per_minute / 60e6;
    l->burst = (double)per_minute / BURST_DIVISOR;
    if (l->burst < BURST_LEAST)
        l->burst = BURST_LEAST;
    if (getrandom(&l->seed, sizeof l->seed, 0) != sizeof l->seed)
        l->seed = (uint64_t)(uintptr_t)l;
    return l;
}

void http_limit_free(http_limit *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint64_t hash(const http_limit *l, char kind, const char *text)
{
    uint64_t h = (l->seed ^ (unsigned char)kind) * 0x9e3779b97f4a7c15;
    for (; *text; text++)
        h = ((h << 23 | h >> 41) ^ (unsigned char)*text) * 0x9e3779b97f4a7c15;
    h ^= h >> 29;
    return h ? h : 1;
}

/* The slot of `who`; with `make` the longest idle of its places is emptied for it. */
static struct slot *find(http_limit *l, uint64_t who, int64_t now_us, bool make)
{
    struct slot *oldest = NULL;
    for (unsigned i = 0; i < PROBES; i++) {
        struct slot *s = &l->slots[(who + i) & (SLOTS - 1)];
        if (s->who == who)
            return s;
        if (!oldest || !s->who || (oldest->who && s->seen_us < oldest->seen_us))
            oldest = s;
    }
    if (!make)
        return NULL;
    *oldest = (struct slot){who, now_us, l->burst};
    return oldest;
}

bool http_limit_take(http_limit *l, const char *token, const char *address, int64_t now_us,
                     int *wait_s)
{
    if (l->per_us <= 0)
        return true;
    pthread_mutex_lock(&l->lock);
    struct slot *s = token ? find(l, hash(l, 't', token), now_us, false) : NULL;
    if (!s)
        s = find(l, hash(l, 'a', address), now_us, true);
    s->left += (double)(now_us - s->seen_us) * l->per_us;
    if (s->left > l->burst)
        s->left = l->burst;
    s->seen_us = now_us;
    bool may = s->left >= 1;
    if (may)
        s->left -= 1;
    else
        *wait_s = (int)((1 - s->left) / l->per_us / 1e6) + 1;
    pthread_mutex_unlock(&l->lock);
    return may;
}

void http_limit_known(http_limit *l, const char *token, int64_t now_us)
{
    if (l->per_us <= 0)
        return;
    pthread_mutex_lock(&l->lock);
    find(l, hash(l, 't', token), now_us, true);
    pthread_mutex_unlock(&l->lock);
}
