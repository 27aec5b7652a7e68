/* SPDX-License-Identifier: Apache-2.0 */
/* work.c — a ring of jobs under one lock: at most as many wait as fit, the rest is refused at once
 * rather than answered too late. Jobs that can be done together are taken together: what is queued
 * while READERS groups are under way makes the next one, so groups grow with the load and nobody
 * waits for a timer. */
#include "work.h"

#include <pthread.h>
#include <stdlib.h>

enum { READERS = 2 }; /* one group is worked out while the database answers the other */

struct http_work {
    http_work_fn *run;
    http_joins_fn *joins;
    void *self;
    pthread_mutex_t lock;
    pthread_cond_t some;
    size_t max, first, n;
    int threads, busy, groups;
    bool ending;
    void **ring;
    pthread_t *thread;
};

static bool joins(const http_work *w, void *job)
{
    return w->joins && w->joins(w->self, job);
}

/* The oldest job that may begin, and with it whatever joins; the others keep their order. */
static size_t take(http_work *w, void *jobs[], bool *group)
{
    size_t taken = 0, kept = 0;
    bool one = false;
    *group = false;
    for (size_t i = 0; i < w->n; i++) {
        void *job = w->ring[(w->first + i) % w->max];
        bool join = !one && taken < HTTP_TOGETHER_MAX && joins(w, job) &&
                    (*group || w->groups < READERS);
        bool alone = !one && !taken && !join && !joins(w, job);
        one |= alone;
        *group |= join;
        if (join || alone)
            jobs[taken++] = job;
        else
            w->ring[(w->first + kept++) % w->max] = job;
    }
    w->n = kept;
    return taken;
}

static void *work(void *arg)
{
    http_work *w = arg;
    void *jobs[HTTP_TOGETHER_MAX];
    bool group;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        size_t n = take(w, jobs, &group);
        if (!n && w->ending && !w->n)
            break;
        if (!n) {
            pthread_cond_wait(&w->some, &w->lock);
            continue;
        }
        w->busy++;
        w->groups += group;
        pthread_mutex_unlock(&w->lock);
        w->run(w->self, jobs, n);
        pthread_mutex_lock(&w->lock);
        w->groups -= group;
        w->busy--;
    }
    pthread_cond_broadcast(&w->some); /* those that waited for a group to end */
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

http_work *http_work_new(int threads, size_t queue_max, http_work_fn *run,
                         http_joins_fn *join, void *self)
{
    http_work *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->run = run;
    w->joins = join;
    w->self = self;
    w->max = queue_max;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    w->ring = calloc(queue_max, sizeof *w->ring);
    w->thread = calloc((size_t)threads, sizeof *w->thread);
    while (w->ring && w->thread && w->threads < threads &&
           !pthread_create(&w->thread[w->threads], NULL, work, w))
        w->threads++;
    if (w->threads == threads)
        return w;
    http_work_free(w);
    return NULL;
}

bool http_work_put(http_work *w, void *job)
{
    pthread_mutex_lock(&w->lock);
    bool fits = w->n < w->max && !w->ending;
    if (fits) {
        w->ring[(w->first + w->n++) % w->max] = job;
        pthread_cond_signal(&w->some);
    }
    pthread_mutex_unlock(&w->lock);
    return fits;
}

size_t http_work_waiting(http_work *w)
{
    pthread_mutex_lock(&w->lock);
    size_t n = w->n;
    pthread_mutex_unlock(&w->lock);
    return n;
}

int http_work_busy(http_work *w)
{
    pthread_mutex_lock(&w->lock);
    int n = w->busy;
    pthread_mutex_unlock(&w->lock);
    return n;
}

void http_work_free(http_work *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->ending = true;
    pthread_cond_broadcast(&w->some);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->threads; i++)
        pthread_join(w->thread[i], NULL);
    pthread_cond_destroy(&w->some);
    pthread_mutex_destroy(&w->lock);
    free(w->ring);
    free(w->thread);
    free(w);
}
