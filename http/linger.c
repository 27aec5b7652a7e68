/* SPDX-License-Identifier: Apache-2.0 */
/* linger.c — swallow the rest of a refused request, within bounds. */
#include "config.h"

#include "linger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGER_US = 2000000,
    LINGER_BYTES = 8 << 20,
    TURN_BYTES = 1 << 20,
};

void http_linger_add(http_linger *l, int fd, int64_t now_us)
{
    if (l->n == HTTP_LINGER_MAX)
        return;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return;
    shutdown(copy, SHUT_WR);
    l->at[l->n].fd = copy;
    l->at[l->n].until_us = now_us + LINGER_US;
    l->at[l->n].left = LINGER_BYTES;
    l->n++;
}

/* True: the client is through, or has had enough of our time. */
static bool swallow(int fd, int64_t *left)
{
    char sink[16384];
    for (int64_t turn = TURN_BYTES; turn > 0;) {
        ssize_t n = recv(fd, sink, sizeof sink, MSG_DONTWAIT);
        if (n < 0)
            return errno != EAGAIN && errno != EINTR;
        if (!n)
            return true;
        turn -= n;
        *left -= n;
        if (*left <= 0)
            return true;
    }
    return false;
}

void http_linger_turn(http_linger *l, int64_t now_us)
{
    for (int i = 0; i < l->n;) {
        if (now_us < l->at[i].until_us && !swallow(l->at[i].fd, &l->at[i].left)) {
            i++;
            continue;
        }
        close(l->at[i].fd);
        l->at[i] = l->at[--l->n];
    }
}

void http_linger_free(http_linger *l)
{
    while (l->n)
        close(l->at[--l->n].fd);
}
