/* SPDX-License-Identifier: Apache-2.0 */
/* limit.h — how many requests a caller may make: a bucket of tokens each, refilled steadily. */
#ifndef HTTP_LIMIT_H
#define HTTP_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct http_limit http_limit;

/** NULL when memory ran out. per_minute = 0: no limit. */
http_limit *http_limit_new(int64_t per_minute);
void http_limit_free(http_limit *l);
/** Take one request from the bucket of the login token, or of the address while the token is
 *  absent or has not been accepted yet (so guessing tokens is limited too). False: too many;
 *  *wait_s says when to come back. */
bool http_limit_take(http_limit *l, const char *token, const char *address, int64_t now_us,
                     int *wait_s);
/** The token was accepted: it has a bucket of its own from now on. */
void http_limit_known(http_limit *l, const char *token, int64_t now_us);

#endif
