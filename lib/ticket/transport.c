/* SPDX-License-Identifier: Apache-2.0 */
/* transport.c — how bytes reach a printer, and what can honestly be said afterwards. A printer that
 * was asked before the first byte and refused has touched no paper; one that went silent after
 * bytes left has perhaps printed, and only a person can tell. */
#include "ticket/escpos.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECT_MS = 3000,
    ASK_MS = 700, /* printers with status answer in milliseconds; others never do */
    LP_STATUS = 0x060b, LP_PAPER_OUT = 0x20, LP_SELECTED = 0x10, LP_NO_ERROR = 0x08,
    REPLY_FIXED = 0x12, REPLY_MASK = 0x93, /* bits 1 and 4 set, 0 and 7 clear in every reply */
};

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) int

static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int left_ms(int64_t until)
{
    int64_t left = until - clock_ms();
    return left < 0 ? 0 : (int)left;
}

static int settle(pn_delivery *out, pn_sent outcome, const char *message)
{
    *out = (pn_delivery){.outcome = outcome, .message = message ? message : ""};
    return 0;
}

static int unconfirmed(pn *p, const char *target, pn_delivery *out)
{
    return settle(
        out, PN_SENT_UNKNOWN,
        pn_printf(p, pn_tr("%s: it took the data but did not confirm; look at the paper"), target));
}

static int settle_broken(pn_delivery *out, const char *message)
{
    *out = (pn_delivery){PN_SENT_UNKNOWN, message ? message : "", true};
    return 0;
}

/* A printer that hangs up must not kill the program by SIGPIPE. */
static ssize_t put_some(int fd, const char *data, size_t len)
{
    ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
    return n < 0 && errno == ENOTSOCK ? write(fd, data, len) : n;
}

/* How many bytes went out before `until`. */
static size_t write_all(int fd, const void *data, size_t len, int64_t until)
{
    size_t done = 0;
    while (done < len) {
        struct pollfd w = {fd, POLLOUT, 0};
        if (poll(&w, 1, left_ms(until)) <= 0)
            break;
        ssize_t n = put_some(fd, (const char *)data + done, len - done);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* At most n status bytes before `until`; fewer when the other side closes or is silent. */
static size_t read_some(int fd, uint8_t *to, size_t n, int64_t until)
{
    size_t done = 0;
    while (done < n) {
        struct pollfd r = {fd, POLLIN, 0};
        if (poll(&r, 1, left_ms(until)) <= 0)
            break;
        ssize_t got = read(fd, to + done, n - done);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

/* ---- status bytes ---- */

/* What the answers to 10 04 02, 03 and 04 complain about; NULL when nothing. */
static const char *complaint(const uint8_t st[3])
{
    for (int i = 0; i < 3; i++)
        if ((st[i] & REPLY_MASK) != REPLY_FIXED)
            return pn_tr("it answered with something that is no status");
    if (st[2] & 0x60 || st[0] & 0x20)
        return pn_tr("out of paper");
    if (st[1] & 0x08)
        return pn_tr("paper jam or cutter fault");
    if (st[1] & 0x20)
        return pn_tr("a fault that only switching off clears");
    if (st[0] & 0x04)
        return pn_tr("the cover is open");
    if (st[0] & 0x40)
        return pn_tr("it reports a fault");
    return NULL;
}

static const uint8_t ask[] = {0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4};

/* ---- TCP ---- */

static int connect_to(const struct addrinfo *a, int64_t until)
{
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
    if (fd < 0)
        return -1;
    int error = 0;
    socklen_t size = sizeof(error);
    struct pollfd w = {fd, POLLOUT, 0};
    if (!connect(fd, a->ai_addr, a->ai_addrlen))
        return fd;
    if (errno == EINPROGRESS && poll(&w, 1, left_ms(until)) > 0 &&
        !getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) && !error)
        return fd;
    int why = error ? error : errno == EINPROGRESS ? ETIMEDOUT : errno;
    close(fd);
    errno = why;
    return -1;
}

/* "host", "host:port", "[v6]:port". */
static int split_target(pn *p, const char *target, char **host, const char **port)
{
    char *text = pn_strdup(p, target);
    if (!text)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    *port = "9100";
    char *colon = strrchr(text, ':'), *bracket = strrchr(text, ']');
    if (colon && colon > bracket && (bracket || strchr(text, ':') == colon)) {
        *colon = 0;
        *port = colon + 1;
    }
    if (*text == '[' && bracket) {
        *bracket = 0;
        text++;
    }
    *host = text;
    return 0;
}

static int open_tcp(pn *p, const char *target, int *fd, pn_delivery *out)
{
    char *host = NULL;
    const char *port = NULL;
    PN_TRY(split_target(p, target, &host, &port));
    struct addrinfo hint = {.ai_socktype = SOCK_STREAM}, *all = NULL;
    int rc = getaddrinfo(host, port, &hint, &all);
    if (rc)
        return settle(out, PN_SENT_NOTHING,
                      pn_printf(p, pn_tr("%s: %s; nothing was printed"), target, gai_strerror(rc)));
    int64_t until = clock_ms() + CONNECT_MS;
    for (struct addrinfo *a = all; a && *fd < 0; a = a->ai_next)
        *fd = connect_to(a, until);
    int why = errno;
    freeaddrinfo(all);
    if (*fd < 0)
        return settle(out, PN_SENT_NOTHING,
                      pn_printf(p, pn_tr("%s: %s; nothing was printed"), target, strerror(why)));
    return 0;
}

int pn_send_tcp(pn *p, const char *target, const void *data, size_t len, int timeout_ms,
                pn_delivery *out)
{
    AUTO_FD fd = -1;
    uint8_t st[3];
    *out = (pn_delivery){0};
    PN_TRY(open_tcp(p, target, &fd, out));
    if (fd < 0)
        return 0;
    bool reports = write_all(fd, ask, sizeof(ask), clock_ms() + ASK_MS) == sizeof(ask) &&
                   read_some(fd, st, 3, clock_ms() + ASK_MS) == 3;
    const char *why = reports ? complaint(st) : NULL;
    if (why)
        return settle(out, PN_SENT_NOTHING,
                      pn_printf(p, pn_tr("%s: %s; nothing was printed"), target, why));
    int64_t until = clock_ms() + timeout_ms;
    size_t sent = write_all(fd, data, len, until);
    if (sent < len)
        return settle_broken(
            out, pn_printf(p, pn_tr("%s: the connection broke after %zu of %zu bytes"),
                           target, sent, len));
    size_t asked = write_all(fd, ask, sizeof(ask), until);
    shutdown(fd, SHUT_WR);
    size_t got = 0;
    if (asked == sizeof(ask))
        got = read_some(fd, st, 3, reports ? until : clock_ms() + ASK_MS);
    if (got < 3) { /* one that did answer before has died over this ticket */
        settle(out, PN_SENT_UNKNOWN,
               pn_printf(p, pn_tr("%s: it took the data but did not confirm; look at the paper"),
                         target));
        out->broken = reports;
        return 0;
    }
    why = complaint(st);
    if (why)
        return settle(out, PN_SENT_FAILED, pn_printf(p, "%s: %s", target, why));
    return settle(out, PN_SENT_CONFIRMED, "");
}

/* ---- devices and files ---- */

static const char *lp_complaint(int fd, bool *known)
{
    int st = 0;
    *known = !ioctl(fd, LP_STATUS, &st);
    if (!*known)
        return NULL;
    return st & LP_PAPER_OUT         ? pn_tr("out of paper")
           : !(st & LP_NO_ERROR)     ? pn_tr("it reports a fault")
           : !(st & LP_SELECTED)     ? pn_tr("it is switched off line")
                                     : NULL;
}

int pn_send_device(pn *p, const char *path, const void *data, size_t len, int timeout_ms,
                   pn_delivery *out)
{
    AUTO_FD fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    bool known = false;
    if (fd < 0)
        return settle(out, PN_SENT_NOTHING,
                      pn_printf(p, pn_tr("%s: %s; nothing was printed"), path, strerror(errno)));
    const char *why = lp_complaint(fd, &known);
    if (why)
        return settle(out, PN_SENT_NOTHING,
                      pn_printf(p, pn_tr("%s: %s; nothing was printed"), path, why));
    size_t sent = write_all(fd, data, len, clock_ms() + timeout_ms);
    why = lp_complaint(fd, &known);
    if (why)
        return settle(out, PN_SENT_FAILED, pn_printf(p, "%s: %s", path, why));
    if (sent < len)
        return settle_broken(
            out, pn_printf(p, pn_tr("%s: it stopped taking data after %zu of %zu bytes"),
                           path, sent, len));
    return known ? settle(out, PN_SENT_CONFIRMED, "") : unconfirmed(p, path, out);
}

int pn_send_file(pn *p, const char *path, const char *name, bool append, const void *data,
                 size_t len, pn_delivery *out)
{
    struct stat st;
    const char *full = path;
    if (!stat(path, &st) && S_ISDIR(st.st_mode))
        full = pn_printf(p, "%s/%s", path, name);
    if (!full)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    AUTO_FD fd = open(full, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0600);
    if (fd < 0)
        return settle(out, PN_SENT_NOTHING,
                      pn_printf(p, pn_tr("%s: %s; nothing was printed"), full, strerror(errno)));
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, (const char *)data + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return settle(out, PN_SENT_FAILED, pn_printf(p, "%s: %s", full, strerror(errno)));
        done += (size_t)n;
    }
    if (fsync(fd) && errno != EINVAL && errno != EROFS)
        return settle(out, PN_SENT_FAILED, pn_printf(p, "%s: %s", full, strerror(errno)));
    return settle(out, PN_SENT_CONFIRMED, "");
}
