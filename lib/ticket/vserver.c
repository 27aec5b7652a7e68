/* SPDX-License-Identifier: Apache-2.0 */
/* vserver.c — the virtual printer on a TCP port. One sender at a time, as a real one; each sender
 * gets a unit of its own, so that a day of training does not fill the memory. */
#include "ticket/vprinter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 200, IDLE_MS = 30000, CHUNK = 16384 };

struct serving {
    pn *p; /* of the sender */
    const pn_vserver *s;
    int fd, printed;
    bool stopped;
};

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) int

static int write_file(pn *p, const char *path, const pn_buf *b)
{
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    for (size_t done = 0; fd >= 0 && done < b->len;) {
        ssize_t n = write(fd, b->text + done, b->len - done);
        if (n < 0 && errno != EINTR)
            return pn_fail(p, PN_EIO, "dir", "%s: %s", path, strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    return fd < 0 ? pn_fail(p, PN_EIO, "dir", "%s: %s", path, strerror(errno)) : 0;
}

static int save_page(void *payload, const pn_dots *page, bool jammed)
{
    struct serving *v = payload;
    pn_buf png;
    const char *path;
    do /* what an earlier run printed stays */
        path = pn_printf(v->p, "%s/ticket-%04d.png", v->s->dir, ++v->printed);
    while (path && !access(path, F_OK));
    if (!path)
        return pn_fail(v->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pn_dots_png(v->p, page, &png));
    PN_TRY(write_file(v->p, path, &png));
    if (v->s->ticket)
        v->s->ticket(v->s->payload, path, jammed);
    return 0;
}

static void send_reply(void *payload, const uint8_t *data, size_t len)
{
    const struct serving *v = payload;
    if (send(v->fd, data, len, MSG_NOSIGNAL) < 0)
        return; /* the sender has gone; it will not miss the answer */
}

static bool stopping(const pn_vserver *s)
{
    return s->stop && *s->stop;
}

/* Bytes of the sender; 0 at its end, when it is idle too long, or when we stop. */
static ssize_t receive(const struct serving *v, char *to, size_t size)
{
    for (int waited = 0; waited < IDLE_MS && !stopping(v->s); waited += WAIT_MS) {
        struct pollfd r = {v->fd, POLLIN, 0};
        int ready = poll(&r, 1, WAIT_MS);
        if (ready < 0 && errno != EINTR)
            return 0;
        if (ready <= 0)
            continue;
        ssize_t n = read(v->fd, to, size);
        return n < 0 ? 0 : n;
    }
    return 0;
}

static int print_for(struct serving *v)
{
    pn_vprinter_opts o = v->s->printer;
    o.page = save_page;
    o.reply = send_reply;
    o.payload = v;
    o.printed = v->printed;
    pn_vprinter *printer = pn_vprinter_new(v->p, &o);
    char *chunk = pn_alloc(v->p, CHUNK);
    if (!printer || !chunk)
        return pn_fail(v->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (ssize_t n; (n = receive(v, chunk, CHUNK)) > 0;)
        PN_TRY(pn_vprinter_feed(printer, chunk, (size_t)n));
    return pn_vprinter_end(printer);
}

static int serve_one(struct serving *v, pn_ctx *ctx)
{
    PN_AUTO_UNIT p = pn_begin(ctx);
    v->p = p;
    int rc = print_for(v);
    if (rc && v->s->refused && pn_error(p))
        v->s->refused(v->s->payload, pn_error(p)->message);
    return rc == PN_EPRINTER ? 0 : rc;
}

static int listen_on(pn *p, const pn_vserver *s, int *fd, int *port)
{
    const char *bind_to = s->bind && *s->bind ? s->bind : "127.0.0.1";
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
    socklen_t size = sizeof(a);
    int on = 1;
    if (inet_pton(AF_INET, bind_to, &a.sin_addr) != 1)
        return pn_fail(p, PN_EARG, "bind", pn_tr("'%s' is not an IPv4 address"), bind_to);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
        bind(*fd, (struct sockaddr *)&a, size) || listen(*fd, 8) ||
        getsockname(*fd, (struct sockaddr *)&a, &size))
        return pn_fail(p, PN_EIO, "port", pn_tr("Cannot listen on %s port %d: %s"), bind_to,
                       s->port, strerror(errno));
    *port = ntohs(a.sin_port);
    return 0;
}

int pn_vprinter_serve(pn *p, const pn_vserver *s)
{
    AUTO_FD listener = -1;
    int port = 0;
    PN_TRY(listen_on(p, s, &listener, &port));
    if (s->listening)
        s->listening(s->payload, port);
    struct serving v = {.s = s};
    while (!stopping(s) && !(s->tickets_max && v.printed >= s->tickets_max)) {
        struct pollfd r = {listener, POLLIN, 0};
        if (poll(&r, 1, WAIT_MS) <= 0)
            continue;
        AUTO_FD fd = accept(listener, NULL, NULL);
        v.fd = fd;
        int rc = fd < 0 ? 0 : serve_one(&v, pn_unit_ctx(p));
        if (rc)
            return pn_fail(p, (pn_code)rc, NULL, pn_tr("The virtual printer stopped: %s"),
                           pn_code_text((pn_code)rc));
    }
    return 0;
}
