/* SPDX-License-Identifier: Apache-2.0 */
/* work.h — a few threads that may block, and bounded queues before them. */
#ifndef HTTP_WORK_H
#define HTTP_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct http_work http_work;
enum { HTTP_TOGETHER_MAX = 512, HTTP_WIDTHS = 10 };

/** A kind of jobs. What is queued while `at_once` groups of it are under way makes the next ones,
 *  up to `width` in order of arrival: groups grow with the load, and nobody waits for a timer. */
typedef struct http_kind {
    int at_once;      /* 0: as many as there are threads */
    size_t width;     /* 1: each by itself */
    size_t queue_max; /* more than that are refused */
    size_t few;       /* so many begin before http_work_go(), fewer are not parted; 0: none, all */
} http_kind;

/** What became of the jobs of a kind. */
typedef struct http_tally {
    size_t waiting;
    uint64_t groups[HTTP_WIDTHS]; /* taken so far, [i] of up to 2^i jobs */
    uint64_t jobs;
} http_tally;

/** Does n jobs of one kind. */
typedef void http_work_fn(void *self, void *const jobs[], size_t n);

/** What a thread does between two jobs and when there is none; returns in how many milliseconds it
 *  is to be done again although nothing came, 0: then not. */
typedef int http_between_fn(void *self);

/** `between` may be NULL. NULL when the threads could not be started. */
http_work *http_work_new(int threads, const http_kind kinds[], size_t n_kinds, http_work_fn *run,
                         http_between_fn *between, void *self);
/** False when the queue of the kind is full. Fewer than `few` do not begin before http_work_go(),
 *  so that those who came together are taken together. */
bool http_work_put(http_work *w, size_t kind, void *job);
void http_work_go(http_work *w);
size_t http_work_waiting(http_work *w);
int http_work_busy(http_work *w);
http_tally http_work_tally(http_work *w, size_t kind);
/** Finish what is queued, end the threads. */
void http_work_free(http_work *w);

#endif
