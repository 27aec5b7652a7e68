/* SPDX-License-Identifier: Apache-2.0 */
/* server.c — the transport on libmicrohttpd, driven by our own event loops: its internal epoll
 * thread stalls once 128 connections are ready at the same time, MHD_run() in a foreign loop does
 * not. The only file that knows libmicrohttpd. */
#include "config.h"

#include "server.h"
#include "linger.h"
#include "listen.h"

#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LOOPS_MAX = 64,
    SWEEP_US = 250000, /* how often deadlines are looked at */
    QUIET_US = 300000, /* a stopping loop waits this long for requests that are on their way */
    RESUME_MAX = 64,
    SEND_FACTOR = 10,  /* an answer may take this many times as long as a request */
};

enum conn_state { WAITS, READS, WORKS, SENDS };

struct conn {
    struct loop *loop;
    struct conn *next, **link; /* of all connections of the loop */
    int64_t due_us;            /* 0: no deadline */
    int fd;
    enum conn_state state;
    bool linger;
    char peer[64];
};

struct call {
    http_request r; /* first: the application's pointer is ours */
    struct conn *conn;
    struct MHD_Connection *mhd;
    struct call *next; /* finished ones */
    size_t cap;
    bool headed, whole, raw;
};

struct loop {
    http_server *server;
    struct MHD_Daemon *daemon;
    struct conn *conns;
    http_linger linger;
    pthread_t thread;
    pthread_mutex_t lock;
    struct call *finished; /* under lock */
    int64_t swept_us, last_us;
    int listen_fd, epoll_fd, wake_fd;
    unsigned calls; /* requests that have begun and not ended */
    atomic_uint n_conns;
    bool started, ignoring, clean;
};

struct http_server {
    http_opts opts;
    http_app app;
    struct loop loops[LOOPS_MAX];
    int port;
    _Atomic int64_t stop_us; /* 0: serving; else when the patience ends */
};

const char *http_header(const http_request *r, const char *name)
{
    return MHD_lookup_connection_value(((const struct call *)r)->mhd, MHD_HEADER_KIND, name);
}

struct visit {
    void (*each)(void *self, const char *name, const char *value);
    void *self;
};

static enum MHD_Result visit(void *arg, enum MHD_ValueKind kind, const char *name,
                             const char *value)
{
    const struct visit *v = arg;
    (void)kind;
    v->each(v->self, name, value ? value : "");
    return MHD_YES;
}

void http_each_header(const http_request *r, void (*each)(void *self, const char *name,
                                                          const char *value), void *self)
{
    struct visit v = {each, self};
    MHD_get_connection_values(((const struct call *)r)->mhd, MHD_HEADER_KIND, visit, &v);
}

static void wake(struct loop *l)
{
    uint64_t one = 1;
    ssize_t n = write(l->wake_fd, &one, sizeof one);
    (void)n; /* a full counter wakes as well */
}

void http_finish(http_request *r)
{
    struct call *k = (struct call *)r;
    struct loop *l = k->conn->loop;
    pthread_mutex_lock(&l->lock);
    bool first = !l->finished;
    k->next = l->finished;
    l->finished = k;
    if (first)
        wake(l);
    pthread_mutex_unlock(&l->lock);
}

/* ---- one request ---- */

static void set_state(struct conn *c, enum conn_state state)
{
    const http_opts *o = &c->loop->server->opts;
    int64_t s = state == WAITS   ? o->idle_s
                : state == READS ? o->request_s
                : state == SENDS ? (int64_t)o->request_s * SEND_FACTOR
                                 : 0;
    c->state = state;
    c->due_us = s ? http_clock_us() + s * 1000000 : 0;
}

static void clear_reply(http_request *r)
{
    free(r->out);
    r->out = NULL;
    r->out_len = 0;
    while (r->n_headers) {
        free(r->headers[--r->n_headers].made);
        r->headers[r->n_headers].made = NULL;
    }
}

static void free_call(struct call *k)
{
    clear_reply(&k->r);
    free(k->r.target);
    free(k->r.body);
    free(k);
}

static void *on_line(void *cls, const char *target, struct MHD_Connection *mhd)
{
    (void)cls;
    struct conn *c =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct call *k = calloc(1, sizeof *k);
    if (!c || !k || !(k->r.target = strdup(target))) {
        free(k);
        return NULL;
    }
    k->conn = c;
    k->mhd = mhd;
    k->r.peer = c->peer;
    k->r.began_us = c->loop->last_us = http_clock_us();
    c->loop->calls++;
    set_state(c, READS);
    return k;
}

static void on_done(void *cls, struct MHD_Connection *mhd, void **state,
                    enum MHD_RequestTerminationCode how)
{
    struct loop *l = cls;
    struct call *k = *state;
    (void)mhd;
    *state = NULL;
    if (!k)
        return;
    if (k->headed)
        l->server->app.done(l->server->app.self, &k->r,
                            k->raw || how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    set_state(k->conn, WAITS);
    l->calls--;
    l->last_us = http_clock_us();
    free_call(k);
}

/* Queue the answer. */
static enum MHD_Result answer(struct call *k)
{
    http_request *r = &k->r;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(r->out_len, r->out, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    r->out = NULL; /* the response's now */
    for (int i = 0; i < r->n_headers; i++)
        MHD_add_response_header(response, r->headers[i].name, r->headers[i].value);
    if (atomic_load(&k->conn->loop->server->stop_us))
        MHD_add_response_header(response, "Connection", "close");
    set_state(k->conn, SENDS);
    enum MHD_Result rc = MHD_queue_response(k->mhd, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return rc;
}

/* Send the answer on the bare socket, where libmicrohttpd cannot; the connection ends with it. */
static void send_raw(struct call *k)
{
    size_t len = 0;
    char *text = http_reply_raw(&k->r, MHD_get_reason_phrase_for((unsigned)k->r.status), &len);
    if (text)
        k->raw = send(k->conn->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len;
    shutdown(k->conn->fd, SHUT_WR);
    free(text);
}

static void refuse_raw(struct call *k, int status)
{
    const http_app *app = &k->conn->loop->server->app;
    clear_reply(&k->r);
    app->refuse(app->self, &k->r, status);
    send_raw(k);
}

struct framing {
    int length, coding, host;
};

static enum MHD_Result count_framing(void *cls, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    struct framing *f = cls;
    (void)kind, (void)value;
    f->length += !strcasecmp(name, "Content-Length");
    f->coding += !strcasecmp(name, "Transfer-Encoding");
    f->host += !strcasecmp(name, "Host");
    return MHD_YES;
}

/* What the transport itself refuses once the headers are in; 0: nothing. */
static int refusal(struct call *k)
{
    const http_opts *o = &k->conn->loop->server->opts;
    struct framing f = {0};
    MHD_get_connection_values(k->mhd, MHD_HEADER_KIND, count_framing, &f);
    if (f.length + f.coding > 1 || f.host > 1)
        return 400; /* two readers could disagree where the request ends */
    if (MHD_get_connection_info(k->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size >
        o->header_max)
        return 431;
    if (strlen(k->r.target) > o->target_max)
        return 414;
    const char *length = http_header(&k->r, "Content-Length");
    if (length && (strlen(length) > 18 || strtoll(length, NULL, 10) > (int64_t)o->body_max))
        return 413;
    return 0;
}

static bool has_body(const struct call *k)
{
    const char *length = http_header(&k->r, "Content-Length");
    return http_header(&k->r, "Transfer-Encoding") || (length && strcmp(length, "0"));
}

static enum MHD_Result first_sight(struct call *k, const char *method)
{
    const http_app *app = &k->conn->loop->server->app;
    k->headed = true;
    k->r.method = method;
    int status = refusal(k);
    if (status)
        app->refuse(app->self, &k->r, status);
    else if (!app->head(app->self, &k->r))
        return MHD_YES;
    if (!has_body(k)) { /* answered when it is over, so that the connection may live on */
        k->whole = true;
        return MHD_YES;
    }
    k->conn->linger = true; /* its body will not be read */
    return answer(k);
}

static enum MHD_Result take_body(struct call *k, const char *data, size_t *size)
{
    http_request *r = &k->r;
    size_t max = k->conn->loop->server->opts.body_max;
    if (*size > max - r->len) { /* only a chunked one gets here */
        refuse_raw(k, 413);
        k->conn->linger = true;
        return MHD_NO;
    }
    if (r->len + *size + 1 > k->cap) {
        size_t cap = (r->len + *size) * 2 + 1;
        char *body = realloc(r->body, cap);
        if (!body)
            return MHD_NO;
        r->body = body;
        k->cap = cap;
    }
    memcpy(r->body + r->len, data, *size);
    r->len += *size;
    r->body[r->len] = 0;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct call *k = *state;
    const http_app *app = &((struct loop *)cls)->server->app;
    (void)url, (void)version;
    if (!k)
        return MHD_NO; /* no memory when it began */
    if (!k->headed)
        return first_sight(k, method);
    if (*size)
        return take_body(k, data, size);
    if (k->whole)
        return answer(k); /* resumed */
    k->whole = true;
    set_state(k->conn, WORKS);
    if (!k->r.body && !(k->r.body = calloc(1, 1)))
        return MHD_NO;
    if (app->whole(app->self, &k->r))
        return answer(k);
    MHD_suspend_connection(mhd);
    app->later(app->self, &k->r);
    return MHD_YES;
}

/* ---- connections and loops ---- */

static void open_conn(struct loop *l, struct MHD_Connection *mhd, void **context)
{
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        return; /* its requests are refused */
    c->loop = l;
    c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    const struct sockaddr *at =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    http_address(at, c->peer, sizeof c->peer);
    c->next = l->conns;
    c->link = &l->conns;
    if (c->next)
        c->next->link = &c->next;
    l->conns = c;
    atomic_fetch_add(&l->n_conns, 1);
    set_state(c, WAITS);
    *context = c;
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct loop *l = cls;
    struct conn *c = *context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        open_conn(l, mhd, context);
    } else if (c) {
        if (c->linger)
            http_linger_add(&l->linger, c->fd, http_clock_us());
        *c->link = c->next;
        if (c->next)
            c->next->link = c->link;
        atomic_fetch_sub(&l->n_conns, 1);
        *context = NULL;
        free(c);
    }
}

/* libmicrohttpd misses the end of a connection that arrives together with a request. */
static void drop_hung_up(struct loop *l)
{
    size_t n = atomic_load(&l->n_conns), i = 0;
    struct pollfd *fds = n ? calloc(n, sizeof *fds) : NULL;
    if (!fds)
        return;
    for (struct conn *c = l->conns; c && i < n; c = c->next)
        if (c->state == WAITS || c->state == READS)
            fds[i++] = (struct pollfd){c->fd, POLLRDHUP, 0};
    http_look_hung_up(fds, i);
    while (i--)
        if (fds[i].revents)
            shutdown(fds[i].fd, SHUT_RDWR); /* an event that is not missed */
    free(fds);
}

/* End connections that take too long, however busily they trickle. */
static void sweep(struct loop *l, int64_t now)
{
    l->swept_us = now;
    drop_hung_up(l);
    for (struct conn *c = l->conns; c; c = c->next) {
        if (!c->due_us || now < c->due_us)
            continue;
        if (c->state == READS) {
            static const char late[] = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                                       "Content-Length: 0\r\n\r\n";
            ssize_t n = send(c->fd, late, sizeof late - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
            (void)n; /* a courtesy */
        }
        c->due_us = 0;
        shutdown(c->fd, SHUT_RDWR); /* libmicrohttpd finds it closed */
    }
}

/* As many as are looked at together; returns the rest. */
static struct call *resume_some(struct call *k)
{
    struct pollfd fds[RESUME_MAX];
    struct call *some[RESUME_MAX];
    size_t n = 0;
    for (; k && n < RESUME_MAX; k = k->next) {
        fds[n] = (struct pollfd){k->conn->fd, POLLRDHUP, 0};
        some[n++] = k;
    }
    http_look_hung_up(fds, n);
    for (size_t i = 0; i < n; i++) {
        if (fds[i].revents)
            send_raw(some[i]); /* libmicrohttpd takes who has no more to say for gone */
        MHD_resume_connection(some[i]->mhd);
    }
    return k;
}

static void resume_finished(struct loop *l)
{
    pthread_mutex_lock(&l->lock);
    struct call *k = l->finished;
    l->finished = NULL;
    pthread_mutex_unlock(&l->lock);
    while (k)
        k = resume_some(k);
}

/* One turn of stopping; true when the loop may end. */
static bool stopping(struct loop *l, int64_t now, int64_t stop_us)
{
    if (!l->ignoring) {
        http_listen_ignore(l->listen_fd);
        l->ignoring = true;
        l->last_us = now;
    }
    if (l->listen_fd >= 0 && now - l->last_us > QUIET_US / 4 &&
        !http_listen_waiting(l->listen_fd)) {
        int fd = MHD_quiesce_daemon(l->daemon);
        if (fd >= 0)
            close(fd);
        l->listen_fd = -1;
    }
    l->clean = !l->calls;
    return now > stop_us ||
           (l->listen_fd < 0 && !l->calls && (!l->conns || now - l->last_us > QUIET_US));
}

static int turn_ms(struct loop *l, int64_t stop_us)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    int most = stop_us || l->linger.n ? 10 : SWEEP_US / 1000;
    return MHD_get_timeout(l->daemon, &ms) == MHD_YES && ms < (unsigned)most ? (int)ms : most;
}

static void *run_loop(void *arg)
{
    struct loop *l = arg;
    struct epoll_event events[4];
    for (;;) {
        int64_t stop_us = atomic_load(&l->server->stop_us);
        int n = epoll_wait(l->epoll_fd, events, 4, turn_ms(l, stop_us));
        for (int i = 0; i < n; i++) {
            uint64_t count;
            if (events[i].data.fd == l->wake_fd && read(l->wake_fd, &count, sizeof count) < 0)
                continue; /* somebody was faster */
        }
        resume_finished(l);
        MHD_run(l->daemon);
        if (l->server->app.turned)
            l->server->app.turned(l->server->app.self);
        int64_t now = http_clock_us();
        if (now - l->swept_us > SWEEP_US)
            sweep(l, now);
        if (l->linger.n)
            http_linger_turn(&l->linger, now);
        if (stop_us && stopping(l, now, stop_us))
            return NULL;
    }
}

static bool watch(struct loop *l, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    return fd >= 0 && !epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &e);
}

static bool start_loop(http_server *s, struct loop *l)
{
    const http_opts *o = &s->opts;
    l->server = s;
    pthread_mutex_init(&l->lock, NULL);
    l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    l->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, l,
        MHD_OPTION_LISTEN_SOCKET, l->listen_fd, MHD_OPTION_NOTIFY_COMPLETED, on_done, l,
        MHD_OPTION_URI_LOG_CALLBACK, on_line, l, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
        MHD_OPTION_CONNECTION_LIMIT, o->connections_max / (unsigned)o->loops + 1,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        o->header_max + 8192, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!l->daemon)
        return false;
    int fd = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    l->started =
        watch(l, l->wake_fd) && watch(l, fd) && !pthread_create(&l->thread, NULL, run_loop, l);
    return l->started;
}

static void free_loop(struct loop *l)
{
    if (l->daemon)
        MHD_stop_daemon(l->daemon);
    else if (l->listen_fd >= 0)
        close(l->listen_fd);
    http_linger_free(&l->linger);
    if (l->epoll_fd > 0)
        close(l->epoll_fd);
    if (l->wake_fd > 0)
        close(l->wake_fd);
    pthread_mutex_destroy(&l->lock);
}

http_server *http_server_start(const http_opts *opts, const http_app *app, char *why, size_t size)
{
    int fds[LOOPS_MAX];
    http_server *s = calloc(1, sizeof *s);
    snprintf(why, size, "out of memory");
    if (!s)
        return NULL;
    s->opts = *opts;
    s->app = *app;
    if (s->opts.loops < 1 || s->opts.loops > LOOPS_MAX)
        s->opts.loops = 1;
    if (!http_listen(opts->listen, opts->port, fds, s->opts.loops, why, size)) {
        free(s);
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN);
    s->port = http_listen_port(fds[0]);
    bool fine = true;
    for (int i = 0; i < s->opts.loops; i++) {
        s->loops[i].listen_fd = fds[i];
        fine = fine && start_loop(s, &s->loops[i]);
    }
    if (fine)
        return s;
    snprintf(why, size, "the event loop could not be started");
    http_server_stop(s, 0);
    return NULL;
}

int http_server_port(const http_server *s)
{
    return s->port;
}

unsigned http_server_connections(const http_server *s)
{
    unsigned n = 0;
    for (int i = 0; i < s->opts.loops; i++)
        n += atomic_load(&s->loops[i].n_conns);
    return n;
}

bool http_server_stop(http_server *s, int grace_s)
{
    bool clean = true;
    atomic_store(&s->stop_us, http_clock_us() + (int64_t)grace_s * 1000000);
    for (int i = 0; i < s->opts.loops; i++) {
        struct loop *l = &s->loops[i];
        if (!l->started)
            continue;
        wake(l);
        pthread_join(l->thread, NULL);
        clean = clean && l->clean;
    }
    if (!clean)
        return false;
    for (int i = 0; i < s->opts.loops; i++)
        free_loop(&s->loops[i]);
    free(s);
    return true;
}
