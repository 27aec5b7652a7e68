/* SPDX-License-Identifier: Apache-2.0 */
/* work.c — a ring of jobs for each kind, all under one lock: at most as many wait as fit, the rest
 * is refused at once rather than answered too late. A free thread takes the kind whose first job
 * waits longest, so no kind starves another; a full queue of one is no matter to the others. */
#include "work.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct item {
    void *job;
    uint64_t turn;
};

struct queue {
    http_kind kind;
    struct item *ring;
    size_t first;
    int under_way;
    http_tally tally;
};

struct http_work {
    http_work_fn *run;
    http_between_fn *between;
    void *self;
    pthread_mutex_t lock;
    pthread_cond_t some;
    uint64_t turn;
    int threads, busy;
    bool ending;
    struct queue *queues;
    size_t n_queues;
    pthread_t *thread;
};

static struct queue *longest_waiting(http_work *w)
{
    struct queue *found = NULL;
    for (struct queue *q = w->queues; q < w->queues + w->n_queues; q++)
        if (q->tally.waiting && q->under_way < q->kind.at_once &&
            (!found || q->ring[q->first].turn < found->ring[found->first].turn))
            found = q;
    return found;
}

/* Its share, when other groups of the kind may begin beside this one: one group's work in the
 * library falls into the other's time in the database. A few are not worth parting. */
static size_t share(const struct queue *q)
{
    size_t free = (size_t)(q->kind.at_once - q->under_way);
    size_t n = (q->tally.waiting + free - 1) / free;
    if (n < q->kind.few)
        n = q->tally.waiting < q->kind.few ? q->tally.waiting : q->kind.few;
    return n < q->kind.width ? n : q->kind.width;
}

static size_t take(struct queue *q, void *jobs[])
{
    size_t n = share(q);
    for (size_t i = 0; i < n; i++)
        jobs[i] = q->ring[(q->first + i) % q->kind.queue_max].job;
    q->first = (q->first + n) % q->kind.queue_max;
    q->tally.waiting -= n;
    q->tally.jobs += n;
    size_t size = 0;
    while ((size_t)1 << size < n)
        size++;
    q->tally.groups[size]++;
    return n;
}

static bool all_done(const http_work *w)
{
    for (size_t i = 0; i < w->n_queues; i++)
        if (w->queues[i].tally.waiting)
            return false;
    return w->ending;
}

/* Until there is something to do, or what is done in between wants its turn. */
static void rest(http_work *w)
{
    int ms = 0;
    if (w->between) {
        pthread_mutex_unlock(&w->lock);
        ms = w->between(w->self);
        pthread_mutex_lock(&w->lock);
    }
    if (longest_waiting(w) || all_done(w))
        return;
    if (!ms) {
        pthread_cond_wait(&w->some, &w->lock);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000 + (until.tv_nsec + ms % 1000 * 1000000L) / 1000000000;
    until.tv_nsec = (until.tv_nsec + ms % 1000 * 1000000L) % 1000000000;
    pthread_cond_timedwait(&w->some, &w->lock, &until);
}

static void *work(void *arg)
{
    http_work *w = arg;
    void *jobs[HTTP_TOGETHER_MAX];
    pthread_mutex_lock(&w->lock);
    while (!all_done(w)) {
        struct queue *q = longest_waiting(w);
        if (!q) {
            rest(w);
            continue;
        }
        size_t n = take(q, jobs);
        q->under_way++;
        w->busy++;
        if (longest_waiting(w))
            pthread_cond_signal(&w->some); /* it was passed over while it could not begin */
        pthread_mutex_unlock(&w->lock);
        w->run(w->self, jobs, n);
        if (w->between)
            w->between(w->self);
        pthread_mutex_lock(&w->lock);
        w->busy--;
        q->under_way--;
    }
    pthread_cond_broadcast(&w->some); /* those that waited for a group to end */
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static bool make_queues(http_work *w, const http_kind kinds[], size_t n)
{
    w->queues = calloc(n, sizeof *w->queues);
    for (; w->queues && w->n_queues < n; w->n_queues++) {
        struct queue *q = &w->queues[w->n_queues];
        q->kind = kinds[w->n_queues];
        if (!q->kind.at_once)
            q->kind.at_once = w->threads;
        if (!q->kind.few)
            q->kind.few = q->kind.queue_max + 1;
        if (q->kind.width > HTTP_TOGETHER_MAX)
            q->kind.width = HTTP_TOGETHER_MAX;
        if (!(q->ring = calloc(q->kind.queue_max, sizeof *q->ring)))
            return false;
    }
    return w->queues;
}

http_work *http_work_new(int threads, const http_kind kinds[], size_t n_kinds, http_work_fn *run,
                         http_between_fn *between, void *self)
{
    http_work *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->run = run;
    w->between = between;
    w->self = self;
    w->threads = threads;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    bool fine = make_queues(w, kinds, n_kinds);
    w->thread = calloc((size_t)threads, sizeof *w->thread);
    w->threads = 0;
    while (fine && w->thread && w->threads < threads &&
           !pthread_create(&w->thread[w->threads], NULL, work, w))
        w->threads++;
    if (w->threads == threads)
        return w;
    http_work_free(w);
    return NULL;
}

bool http_work_put(http_work *w, size_t kind, void *job)
{
    struct queue *q = &w->queues[kind];
    pthread_mutex_lock(&w->lock);
    bool fits = q->tally.waiting < q->kind.queue_max && !w->ending;
    if (fits) {
        q->ring[(q->first + q->tally.waiting++) % q->kind.queue_max] =
            (struct item){job, w->turn++};
        if (q->tally.waiting % q->kind.few == 0)
            pthread_cond_signal(&w->some);
    }
    pthread_mutex_unlock(&w->lock);
    return fits;
}

void http_work_go(http_work *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->busy < w->threads && longest_waiting(w))
        pthread_cond_signal(&w->some); /* who takes some wakes the next one, if there is more */
    pthread_mutex_unlock(&w->lock);
}

size_t http_work_waiting(http_work *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n_queues; i++)
        n += http_work_tally(w, i).waiting;
    return n;
}

int http_work_busy(http_work *w)
{
    pthread_mutex_lock(&w->lock);
    int n = w->busy;
    pthread_mutex_unlock(&w->lock);
    return n;
}

http_tally http_work_tally(http_work *w, size_t kind)
{
    pthread_mutex_lock(&w->lock);
    http_tally t = w->queues[kind].tally;
    pthread_mutex_unlock(&w->lock);
    return t;
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
    for (size_t i = 0; i < w->n_queues; i++)
        free(w->queues[i].ring);
    free(w->queues);
    free(w->thread);
    free(w);
}
