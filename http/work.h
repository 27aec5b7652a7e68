/* SPDX-License-Identifier: Apache-2.0 */
/* work.h — a few threads that may block, and a bounded queue before them. */
#ifndef HTTP_WORK_H
#define HTTP_WORK_H

#include <stdbool.h>
#include <stddef.h>

typedef struct http_work http_work;
enum { HTTP_TOGETHER_MAX = 64 };
/** Does n jobs: one, or several of those that join. */
typedef void http_work_fn(void *self, void *const jobs[], size_t n);
/** May the job be done together with others? Called often, under a lock. */
typedef bool http_joins_fn(void *self, const void *job);

/** NULL when the threads could not be started. `join` NULL: every job is done by itself. */
http_work *http_work_new(int threads, size_t queue_max, http_work_fn *run,
                         http_joins_fn *join, void *self);
/** False when the queue is full. */
bool http_work_put(http_work *w, void *job);
size_t http_work_waiting(http_work *w);
int http_work_busy(http_work *w);
/** Finish what is queued, end the threads. */
void http_work_free(http_work *w);

#endif
