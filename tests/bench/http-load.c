/* SPDX-License-Identifier: Apache-2.0 */
/* http-load PORT PATHS CONNECTIONS SECONDS [BODY FIRST]: closed-loop keep-alive clients on one
 * thread, each asking for one of the paths (joined by commas); prints "requests/s p50_us p99_us
 * answered". Who has a token has it in PN_TOKEN. With a body they post it: every "#" in it becomes
 * a number that no other request has, counted from FIRST, and so is its idempotency key. In the end
 * every request is waited for. Anything but status 200 ends it with status 1. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096, ANSWER_MAX = 65536, SAMPLES_MAX = 1 << 22 };

struct client {
    int fd;
    size_t got;
    int64_t asked_us;
    const char *path;
    size_t path_len;
    char request[2048];
    char text[ANSWER_MAX];
};

static int64_t *samples;
static size_t n_samples;

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *post; /* the body; NULL: nothing is posted */
static int64_t number;
static bool over; /* nobody asks any more */
static int under_way;

/* The body, with this request's number in the places of "#". */
static void fill(char *out, size_t size)
{
    size_t n = 0;
    for (const char *s = post; *s && n + 12 < size; s++)
        if (*s == '#')
            n += (size_t)snprintf(out + n, size - n, "%09lld", (long long)number);
        else
            out[n++] = *s;
    out[n] = 0;
}

static void write_request(struct client *c)
{
    char text[1024];
    const char *token = getenv("PN_TOKEN");
    if (!post) {
        snprintf(c->request, sizeof c->request,
                 "GET %.*s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n", (int)c->path_len, c->path,
                 token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "");
        return;
    }
    number++;
    fill(text, sizeof text);
    snprintf(c->request, sizeof c->request,
             "POST %.*s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Authorization: Bearer %s\r\nIdempotency-Key: load-%lld\r\nContent-Length: %zu\r\n"
             "\r\n%s", (int)c->path_len, c->path, token ? token : "", (long long)number,
             strlen(text), text);
}

static bool ask(struct client *c)
{
    if (over)
        return true;
    if (post || !*c->request)
        write_request(c);
    under_way++;
    ssize_t n = (ssize_t)strlen(c->request);
    c->got = 0;
    c->asked_us = clock_us();
    return send(c->fd, c->request, (size_t)n, MSG_NOSIGNAL) == n;
}

/* 1: an answer is complete, 0: not yet, -1: it went wrong */
static int hear(struct client *c)
{
    ssize_t n = recv(c->fd, c->text + c->got, sizeof c->text - 1 - c->got, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN ? 0 : -1;
    if (!n)
        return -1;
    c->got += (size_t)n;
    c->text[c->got] = 0;
    char *body = strstr(c->text, "\r\n\r\n"), *length = strcasestr(c->text, "content-length: ");
    if (!body || !length)
        return c->got + 1 < sizeof c->text ? 0 : -1;
    if (c->got < (size_t)(body + 4 - c->text) + strtoul(length + 16, NULL, 10))
        return 0;
    return strncmp(c->text, "HTTP/1.1 200", 12) ? -1 : 1;
}

static bool open_client(struct client *c, int port, int epoll)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    return c->fd >= 0 && !connect(c->fd, (struct sockaddr *)&at, sizeof at) &&
           !epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e) && ask(c);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static bool run(int epoll, int64_t until_us)
{
    struct epoll_event events[256];
    while (under_way) {
        over = clock_us() >= until_us;
        int n = epoll_wait(epoll, events, 256, 1000);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            int rc = hear(c);
            if (rc < 0) {
                fprintf(stderr, "http-load: %.300s\n", c->got ? c->text : strerror(errno));
                return false;
            }
            if (!rc)
                continue;
            under_way--;
            if (n_samples < SAMPLES_MAX)
                samples[n_samples++] = clock_us() - c->asked_us;
            if (!ask(c))
                return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 7) {
        fprintf(stderr, "usage: http-load PORT PATH CONNECTIONS SECONDS [BODY FIRST]\n");
        return 2;
    }
    if (argc == 7) {
        post = argv[5];
        number = strtoll(argv[6], NULL, 10);
    }
    int port = (int)strtol(argv[1], NULL, 10), n = (int)strtol(argv[3], NULL, 10);
    double seconds = strtod(argv[4], NULL);
    int epoll = epoll_create1(0);
    if (n < 1 || n > CONNECTIONS_MAX || epoll < 0)
        return 2;
    struct client *clients = calloc((size_t)n, sizeof *clients);
    samples = calloc(SAMPLES_MAX, sizeof *samples);
    if (!clients || !samples)
        return 1;
    const char *path = argv[2];
    for (int i = 0; i < n; i++) {
        size_t len = strcspn(path, ",");
        clients[i].path = path;
        clients[i].path_len = len;
        path = path[len] ? path + len + 1 : argv[2];
        if (!open_client(&clients[i], port, epoll)) {
            fprintf(stderr, "http-load: %s\n", strerror(errno));
            return 1;
        }
    }
    int64_t began = clock_us();
    if (!run(epoll, began + (int64_t)(seconds * 1e6)) || !n_samples)
        return 1;
    double took = (double)(clock_us() - began) / 1e6;
    qsort(samples, n_samples, sizeof *samples, by_size);
    printf("%.1f %lld %lld %zu\n", (double)n_samples / took, (long long)samples[n_samples / 2],
           (long long)samples[n_samples * 99 / 100], n_samples);
    return 0;
}
