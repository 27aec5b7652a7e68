/* SPDX-License-Identifier: Apache-2.0 */
/* The transport alone, with an application that echoes: many connections on one loop, pipelines,
 * oversized and slow clients, and a stop under load that loses nobody. */
#include "config.h"

#include "../../http/server.h"
#include "../main_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CROWD = 256, ROUNDS = 10, BODY_MAX = 65536 };

static http_server *server;
static atomic_int begun, done_sent, done_lost;

/* ---- the application: /now answers on the loop, all else on a thread of its own ---- */

static bool app_head(void *self, http_request *r)
{
    (void)self;
    if (!strcmp(r->method, "BREW")) {
        r->status = 418;
        return true;
    }
    return false;
}

static void echo(http_request *r)
{
    r->status = 200;
    r->out = strdup(r->target);
    r->out_len = strlen(r->target);
    http_reply_header(r, "X-Length", "%zu", r->len);
}

static bool app_whole(void *self, http_request *r)
{
    (void)self;
    atomic_fetch_add(&begun, 1);
    if (strncmp(r->target, "/now", 4))
        return false;
    echo(r);
    return true;
}

static void *answer_later(void *arg)
{
    http_request *r = arg;
    usleep(2000);
    echo(r);
    http_finish(r);
    return NULL;
}

static void app_later(void *self, http_request *r)
{
    pthread_t t;
    (void)self;
    if (pthread_create(&t, NULL, answer_later, r)) {
        r->status = 503;
        http_finish(r);
        return;
    }
    pthread_detach(t);
}

static void app_done(void *self, http_request *r, bool sent)
{
    (void)self, (void)r;
    atomic_fetch_add(sent ? &done_sent : &done_lost, 1);
}

static void app_refuse(void *self, http_request *r, int status)
{
    (void)self;
    r->status = status;
    r->out = strdup("refused");
    r->out_len = 7;
}

static void start(void)
{
    static const http_app app = {NULL, app_head, app_whole, app_later, app_done, app_refuse};
    http_opts opts = {.listen = "127.0.0.1",
                      .loops = 1,
                      .connections_max = 1024,
                      .body_max = BODY_MAX,
                      .header_max = 8192,
                      .target_max = 2000,
                      .idle_s = 2,
                      .request_s = 1};
    char why[200];
    begun = done_sent = done_lost = 0;
    server = http_server_start(&opts, &app, why, sizeof why);
    ck_assert_msg(server != NULL, "%s", why);
}

static void stop(void)
{
    if (server)
        ck_assert(http_server_stop(server, 5));
    server = NULL;
}

/* ---- the client ---- */

static int dial_port(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&at, sizeof at))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static int dial(void)
{
    int fd = dial_port(http_server_port(server));
    ck_assert_int_ge(fd, 0);
    return fd;
}

static void say(int fd, const char *text)
{
    size_t len = strlen(text);
    ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* One answer with its body, or as much as comes within 5 s; its status, -1 when there is none. */
static int hear(int fd, char *text, size_t size)
{
    size_t n = 0;
    text[0] = 0;
    for (;;) {
        char *body = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length: ");
        if (body && (!length || n >= (size_t)(body + 4 - text) + strtoul(length + 16, NULL, 10)))
            break;
        struct pollfd p = {fd, POLLIN, 0};
        ssize_t got = poll(&p, 1, 5000) > 0 ? recv(fd, text + n, size - 1 - n, 0) : -1;
        if (got <= 0)
            return -1;
        n += (size_t)got;
        text[n] = 0;
    }
    return (int)strtol(text + 9, NULL, 10);
}

static int ask(const char *request, char *text, size_t size)
{
    int fd = dial();
    say(fd, request);
    int status = hear(fd, text, size);
    close(fd);
    return status;
}

#define HOST "Host: x\r\n"

/* ---- the cases ---- */

START_TEST(a_crowd_on_one_loop_is_answered_promptly)
{
    const char *const targets[] = {"/now", "/later"};
    int fds[CROWD];
    char text[1000];
    for (int i = 0; i < CROWD; i++)
        fds[i] = dial();
    int64_t began = http_clock_us();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CROWD; i++) {
            snprintf(text, sizeof text, "GET %s/%d HTTP/1.1\r\n" HOST "\r\n", targets[_i], i);
            say(fds[i], text);
        }
        for (int i = 0; i < CROWD; i++) {
            ck_assert_int_eq(hear(fds[i], text, sizeof text), 200);
            ck_assert_int_eq((int)strtol(strrchr(text, '/') + 1, NULL, 10), i);
        }
    }
    ck_assert_uint_eq(http_server_connections(server), CROWD);
    ck_assert_int_lt(http_clock_us() - began, 10000000); /* the stall would take minutes */
    for (int i = 0; i < CROWD; i++)
        close(fds[i]);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    char request[8000] = "", text[20000];
    int fd = dial();
    for (int i = 0; i < 40; i++)
        snprintf(request + strlen(request), 200,
                 "POST /%s/%02d HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc",
                 i % 3 ? "now" : "later", i);
    strncat(request, "GET /end HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", 200);
    say(fd, request);
    size_t n = 0;
    for (ssize_t got; (got = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0;)
        n += (size_t)got;
    text[n] = 0;
    close(fd);
    const char *at = text;
    for (int i = 0; i < 40; i++) {
        snprintf(request, sizeof request, "/%s/%02d", i % 3 ? "now" : "later", i);
        at = strstr(at, request);
        ck_assert_msg(at != NULL, "answer %d is missing or out of order", i);
    }
    ck_assert_ptr_nonnull(strstr(at, "/end"));
}
END_TEST

START_TEST(an_announced_huge_body_is_refused_unread)
{
    char text[1000], *block = calloc(1, 1 << 16);
    int fd = dial();
    size_t sent = 0;
    say(fd, "POST /later HTTP/1.1\r\n" HOST "Content-Length: 104857600\r\n\r\n");
    while (sent < 104857600) { /* does not listen while it talks */
        struct pollfd p = {fd, POLLOUT, 0};
        ssize_t n = poll(&p, 1, 3000) > 0 ? send(fd, block, 1 << 16, MSG_NOSIGNAL) : -1;
        if (n <= 0)
            break;
        sent += (size_t)n;
    }
    ck_assert_uint_lt(sent, 30 << 20);
    ck_assert_int_eq(hear(fd, text, sizeof text), 413);
    close(fd);
    free(block);
}
END_TEST

START_TEST(a_huge_chunked_body_is_refused)
{
    char text[1000], *chunk = malloc(0x10000 + 20);
    int fd = dial();
    memset(chunk, 'x', 0x10000 + 20);
    memcpy(chunk, "10000\r\n", 7);
    memcpy(chunk + 7 + 0x10000, "\r\n", 3);
    say(fd, "POST /later HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    say(fd, chunk); /* exactly what is allowed */
    say(fd, "1\r\nx\r\n");
    ck_assert_int_eq(hear(fd, text, sizeof text), 413);
    close(fd);
    free(chunk);
}
END_TEST

static const struct {
    const char *request;
    int status;
} odd[] = {
    {"GET /now HTTP/1.1\r\n" HOST "\r\n", 200},
    {"GET /now HTTP/1.1\r\n" HOST HOST "\r\n", 400},
    {"POST /now HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
    {"POST /now HTTP/1.1\r\n" HOST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"POST /now HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n", 413},
    {"POST /now HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", 413},
    {"BREW /now HTTP/1.1\r\n" HOST "\r\n", 418},
    {"GET /now HTTP/1.1\r\n\r\n", 400},
};

START_TEST(odd_requests_are_refused)
{
    char text[1000];
    ck_assert_int_eq(ask(odd[_i].request, text, sizeof text), odd[_i].status);
}
END_TEST

START_TEST(long_targets_and_heads_are_refused)
{
    static char request[40000], text[2000];
    snprintf(request, sizeof request, "GET /%0*d HTTP/1.1\r\n" HOST "\r\n", 2500, 0);
    ck_assert_int_eq(ask(request, text, sizeof text), 414);
    snprintf(request, sizeof request, "GET / HTTP/1.1\r\n" HOST "X: %0*d\r\n\r\n", 9000, 0);
    ck_assert_int_eq(ask(request, text, sizeof text), 431);
}
END_TEST

START_TEST(head_has_no_body)
{
    char text[1000];
    ck_assert_int_eq(
        ask("HEAD /now HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text, sizeof text),
        -1); /* the announced length never comes */
    ck_assert_int_eq((int)strtol(text + 9, NULL, 10), 200);
    ck_assert_ptr_nonnull(strstr(text, "Content-Length: 4"));
    ck_assert_ptr_null(strstr(text, "/now"));
}
END_TEST

/* Trickling clients do not escape by never falling silent. */
START_TEST(a_slow_client_is_cut_off)
{
    static const char *const starts[] = {
        "GET /now HT",
        "GET /now HTTP/1.1\r\nHost: x\r\nX-A: ",
        "POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n",
    };
    char text[1000] = "";
    int fd = dial();
    int64_t began = http_clock_us();
    say(fd, starts[_i]);
    struct pollfd p = {fd, POLLIN, 0};
    while (poll(&p, 1, 100) == 0 && http_clock_us() - began < 6000000)
        if (send(fd, "a", 1, MSG_NOSIGNAL) < 0)
            break;
    ck_assert_int_lt(http_clock_us() - began, 5000000);
    int status = hear(fd, text, sizeof text);
    ck_assert_int_eq(status, _i ? 408 : -1);
    close(fd);
}
END_TEST

/* "I have asked, and will say no more": printf … | nc -N does that. */
START_TEST(a_client_that_half_closes_is_answered)
{
    static const char *const asks[] = {"GET /now HTTP/1.1\r\n" HOST "\r\n",
                                       "GET /later HTTP/1.1\r\n" HOST "\r\n", "GET /no"};
    char text[2000];
    for (int i = 0; i < 20; i++) {
        int fd = dial();
        int64_t began = http_clock_us();
        say(fd, asks[_i]);
        shutdown(fd, SHUT_WR);
        ck_assert_int_eq(hear(fd, text, sizeof text), _i < 2 ? 200 : -1);
        ck_assert_int_le(recv(fd, text, sizeof text, 0), 0); /* and closed */
        ck_assert_int_lt(http_clock_us() - began, 1500000);
        close(fd);
    }
}
END_TEST

struct hammer {
    int port;
    bool keep;
    int answered, lost;
};

static void *hammer(void *arg)
{
    struct hammer *h = arg;
    char text[1000];
    int fd = -1;
    for (;;) {
        if (fd < 0 && (fd = dial_port(h->port)) < 0)
            return NULL; /* closed: nothing was asked of it */
        const char *request = h->keep ? "GET /later HTTP/1.1\r\n" HOST "\r\n"
                                      : "GET /later HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
        ssize_t n = send(fd, request, strlen(request), MSG_NOSIGNAL);
        if (n < 0 || hear(fd, text, sizeof text) != 200)
            h->lost++;
        else
            h->answered++;
        if (n < 0 || strcasestr(text, "connection: close") || !text[0]) {
            close(fd);
            fd = -1;
        }
    }
}

START_TEST(a_stop_under_load_loses_no_request)
{
    enum { CLIENTS = 16 };
    struct hammer h[CLIENTS];
    pthread_t threads[CLIENTS];
    int answered = 0, lost = 0;
    for (int i = 0; i < CLIENTS; i++) {
        h[i] = (struct hammer){http_server_port(server), i % 2, 0, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer, &h[i]), 0);
    }
    usleep(300000);
    int64_t began = http_clock_us();
    stop();
    ck_assert_int_lt(http_clock_us() - began, 4000000);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        answered += h[i].answered;
        lost += h[i].lost;
    }
    ck_assert_int_gt(answered, CLIENTS);
    ck_assert_int_eq(lost, 0);
    ck_assert_int_eq(atomic_load(&begun), answered);
    ck_assert_int_eq(atomic_load(&done_lost), 0);
}
END_TEST

START_TEST(a_taken_port_is_told)
{
    http_opts opts = {.listen = "127.0.0.1",
                      .port = http_server_port(server),
                      .loops = 1 + _i,
                      .connections_max = 16,
                      .idle_s = 1,
                      .request_s = 1};
    static const http_app app = {NULL, app_head, app_whole, app_later, app_done, app_refuse};
    char why[200] = "";
    ck_assert_ptr_null(http_server_start(&opts, &app, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, strerror(EADDRINUSE)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http server");
    TCase *c = tcase_create("server");
    tcase_add_checked_fixture(c, start, stop);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, a_crowd_on_one_loop_is_answered_promptly, 0, 2);
    tcase_add_test(c, pipelined_requests_are_answered_in_order);
    tcase_add_test(c, an_announced_huge_body_is_refused_unread);
    tcase_add_test(c, a_huge_chunked_body_is_refused);
    tcase_add_loop_test(c, odd_requests_are_refused, 0, (int)(sizeof odd / sizeof odd[0]));
    tcase_add_test(c, long_targets_and_heads_are_refused);
    tcase_add_test(c, head_has_no_body);
    tcase_add_loop_test(c, a_slow_client_is_cut_off, 0, 3);
    tcase_add_loop_test(c, a_client_that_half_closes_is_answered, 0, 3);
    tcase_add_test(c, a_stop_under_load_loses_no_request);
    tcase_add_loop_test(c, a_taken_port_is_told, 0, 2);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
