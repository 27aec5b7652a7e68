/* SPDX-License-Identifier: Apache-2.0 */
/* linger.h — sockets that were answered before they had sent everything. Closing them at once would
 * make the kernel reset the connection, and the client could lose the answer that explains why. */
#ifndef HTTP_LINGER_H
#define HTTP_LINGER_H

#include <stdint.h>

enum { HTTP_LINGER_MAX = 16 };

typedef struct http_linger {
    struct {
        int fd;
        int64_t until_us, left; /* bytes still swallowed at most */
    } at[HTTP_LINGER_MAX];
    int n;
} http_linger;

/** Keep a copy of `fd` open and swallow what arrives, for a little while. */
void http_linger_add(http_linger *l, int fd, int64_t now_us);
/** Read and drop; close those that are through. Call it every few ms while l->n > 0. */
void http_linger_turn(http_linger *l, int64_t now_us);
void http_linger_free(http_linger *l);

#endif
