/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.h — answers that everybody gets alike, kept for a moment: what consumers ask for over
 * and over is worked out once a moment, however many ask. */
#ifndef HTTP_SNAPSHOT_H
#define HTTP_SNAPSHOT_H

#include "server.h"

typedef struct http_snapshots http_snapshots;

/** Answers count for `keep_ms` (0: none are kept), `bytes_max` in all. NULL without memory. */
http_snapshots *http_snapshots_new(int64_t keep_ms, size_t bytes_max);
void http_snapshots_free(http_snapshots *s);
/** Answer the request with what is kept for its target. False: it is to be worked out. When an
 *  answer has got too old, one request is sent to renew it and the others get the old one until
 *  then, never older than twice the time. */
bool http_snapshot_answer(http_snapshots *s, http_request *r, int64_t now_us);
/** Keep the answer just made to a request that was put at `asked_us`. */
void http_snapshot_keep(http_snapshots *s, const http_request *r, int64_t asked_us,
                        const char *body, size_t len);

#endif
