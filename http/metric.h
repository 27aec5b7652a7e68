/* SPDX-License-Identifier: Apache-2.0 */
/* metric.h — what the server counts about itself, for Prometheus. */
#ifndef HTTP_METRIC_H
#define HTTP_METRIC_H

#include "text.h"

typedef struct http_metrics http_metrics;

/** `names` (n of them, kept) label the routes; NULL when memory ran out. */
http_metrics *http_metrics_new(const char *const names[], size_t n);
void http_metrics_free(http_metrics *m);
/** One answer of route i. */
void http_metrics_count(http_metrics *m, size_t i, int status, int64_t us);
void http_metrics_write(http_metrics *m, http_text *t);

#endif
