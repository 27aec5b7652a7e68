/* SPDX-License-Identifier: Apache-2.0 */
/* throttle.c — how often and how many at once: one token bucket and one count per connector and per
 * call, for the whole process. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "link/engine_int.h"

enum { BUCKETS = 128, WAIT_MAX_MS = 500, NAME_LONGEST = 80 };

typedef struct bucket {
    char name[NAME_LONGEST];
    int64_t tokens_us, at_us; /* tokens as the microseconds they take to grow */
    int64_t running;
} bucket;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bucket buckets[BUCKETS];

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Never more names than connectors and calls; a table that is full does not throttle. */
static bucket *find(const char *connector, const char *call)
{
    for (int i = 0; i < BUCKETS; i++) {
        bucket *b = &buckets[i];
        size_t n = strlen(connector);
        if (!*b->name) {
            if (n + strlen(call) + 2 > sizeof b->name)
                return NULL;
            memcpy(b->name, connector, n);
            b->name[n] = '.';
            memcpy(b->name + n + 1, call, strlen(call) + 1);
        }
        if (!strncmp(b->name, connector, n) && b->name[n] == '.' && !strcmp(b->name + n + 1, call))
            return b;
    }
    return NULL;
}

/* How long one token takes to grow: "5/s", "30/m". 0: no limit. */
static int64_t token_us(const pni_tree *limits)
{
    const char *rate = pni_tree_text(limits, "rate", NULL);
    char *end = NULL;
    int64_t n = rate ? strtoll(rate, &end, 10) : 0;
    return n > 0 ? (end[1] == 'm' ? 60000000 : 1000000) / n : 0;
}

/* Take a token, or tell how long to wait for one. */
static int64_t take(const pni_link *l, const pni_tree *limits, const char *call, int64_t now)
{
    int64_t each = token_us(limits), burst = pni_tree_int(limits, "burst", 1);
    bucket *b = each ? find(l->name, call) : NULL;
    if (!b)
        return 0;
    int64_t most = each * (burst > 0 ? burst : 1);
    b->tokens_us += b->at_us ? now - b->at_us : most;
    b->at_us = now;
    if (b->tokens_us > most)
        b->tokens_us = most;
    if (b->tokens_us < each)
        return each - b->tokens_us;
    b->tokens_us -= each;
    return 0;
}

static int64_t enter(const pni_link *l, const char *call)
{
    const pni_tree *whole = pni_tree_get(l->root, "limits");
    const pni_tree *own = pni_tree_get(pni_tree_at(l->root, "calls", call), "limits");
    int64_t most = pni_tree_int(whole, "concurrency", 0), now = clock_us();
    bucket *b = find(l->name, "");
    if (b && most && b->running >= most)
        return 10000; /* somebody is about to be done */
    int64_t wait = own ? take(l, own, call, now) : 0;
    wait = wait ? wait : take(l, whole, "", now);
    if (!wait && b)
        b->running++;
    return wait;
}

bool pni_gate_enter(const pni_link *l, const char *call)
{
    int64_t until = clock_us() + WAIT_MAX_MS * INT64_C(1000);
    for (;;) {
        pthread_mutex_lock(&lock);
        int64_t wait = enter(l, call);
        pthread_mutex_unlock(&lock);
        if (!wait)
            return true;
        if (clock_us() + wait > until)
            return false;
        nanosleep(&(struct timespec){wait / 1000000, wait % 1000000 * 1000}, NULL);
    }
}

void pni_gate_leave(const pni_link *l)
{
    pthread_mutex_lock(&lock);
    bucket *b = find(l->name, "");
    if (b && b->running > 0)
        b->running--;
    pthread_mutex_unlock(&lock);
}
