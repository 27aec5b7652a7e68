/* SPDX-License-Identifier: Apache-2.0 */
/* Mangled requests against the whole HTTP service, without a database: whatever arrives, it answers
 * or hangs up, and goes on serving. PN_FUZZ_SECONDS says how long, PN_FUZZ_SEED repeats a run. */
#include "config.h"

#include "../../http/site.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONGEST = 8192, SANE_EVERY = 200 };

#define HOST "Host: x\r\n"
static const char *const seeds[] = {
    "GET /v1/audits?limit=2&sort=-id&noun=show&where=id%3E3 HTTP/1.1\r\n" HOST "\r\n",
    "GET /v1/audits/7 HTTP/1.1\r\n" HOST "If-None-Match: \"a\", W/\"b\"\r\nX-Request-Id: a\r\n\r\n",
    "POST /v1/callback/simulated HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Idempotency-Key: k\r\nContent-Length: "
    "39\r\n\r\n{\"notice_id\":\"n\",\"payment\":[{\"a\":1.5}]}",
    "POST /v1/callback/simulated HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n3\r\n\"b\"\r\n1\r\n}\r\n0\r\n\r\n",
    "HEAD /openapi.json HTTP/1.0\r\n\r\nGET /healthz HTTP/1.1\r\n" HOST "\r\n",
    "OPTIONS /v1/audits HTTP/1.1\r\n" HOST "Authorization: Bearer pnt_x\r\n"
    "X-Forwarded-For: 1.2.3.4, ::1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
};
static const char *const pieces[] = {
    "\r\n",
    "\r\n\r\n",
    "%00",
    "%ff",
    "%",
    "\"",
    "{",
    "[[[[[[[[",
    "0",
    "-1",
    "18446744073709551616",
    "chunked",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "/",
    "//",
    "..",
    "?",
    "&",
    "=",
    "\xff",
    "上海",
    " ",
    "\t",
    ":",
    ",",
    "HTTP/1.1",
    "Host: y\r\n",
    "null",
    "1e999",
};

static uint64_t state;

static unsigned pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % n);
}

static size_t mangle(char *text, size_t len)
{
    for (unsigned times = pick(6); times; times--) {
        size_t at = len ? pick((unsigned)len) : 0, n = 1 + pick(16);
        const char *piece = pieces[pick(sizeof pieces / sizeof pieces[0])];
        switch (pick(5)) {
        case 0: /* another byte */
            if (len)
                text[at] = (char)pick(256);
            break;
        case 1: /* some bytes less */
            n = n > len - at ? len - at : n;
            memmove(text + at, text + at + n, len - at - n);
            len -= n;
            break;
        case 2: /* cut short */
            len = at;
            break;
        case 3: /* a part twice */
            n = n * 8 > len - at ? len - at : n * 8;
            if (len + n > LONGEST)
                break;
            memmove(text + at + n, text + at, len - at);
            len += n;
            break;
        default: /* something that means something */
            n = strlen(piece);
            if (len + n > LONGEST)
                break;
            memmove(text + at + n, text + at, len - at);
            memcpy(text + at, piece, n);
            len += n;
        }
    }
    return len;
}

static int dial(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at)) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool try_one(int port)
{
    static char text[LONGEST + 1];
    char answer[4096];
    const char *seed = seeds[pick(sizeof seeds / sizeof seeds[0])];
    int fd = dial(port);
    if (fd < 0)
        return false;
    size_t len = strlen(seed);
    memcpy(text, seed, len);
    len = mangle(text, len);
    size_t first = len ? pick((unsigned)len + 1) : 0; /* in two parts, to meet every border */
    bool up = send(fd, text, first, MSG_NOSIGNAL) >= 0 &&
              send(fd, text + first, len - first, MSG_NOSIGNAL) >= 0;
    shutdown(fd, SHUT_WR);
    struct pollfd p = {fd, POLLIN, 0};
    while (up && poll(&p, 1, 20) > 0 && recv(fd, answer, sizeof answer, 0) > 0)
        continue;
    close(fd);
    return true;
}

static bool sane(int port)
{
    static const char ask[] = "GET /metrics HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    char answer[16] = "";
    int fd = dial(port);
    bool well = fd >= 0 && send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == (ssize_t)sizeof ask - 1 &&
                recv(fd, answer, sizeof answer - 1, MSG_WAITALL) > 0 &&
                !strncmp(answer, "HTTP/1.1 200", 12);
    if (fd >= 0)
        close(fd);
    return well;
}

static void quiet(void *payload, pn_level level, const char *message, const char *fields)
{
    (void)payload, (void)level, (void)message, (void)fields;
}

static int fuzz(http_site *site, int64_t seconds)
{
    char why[300];
    http_app app = http_site_app(site);
    http_opts opts = {.listen = "127.0.0.1",
                      .loops = 1,
                      .connections_max = 256,
                      .body_max = 4096,
                      .header_max = 4096,
                      .target_max = 1000,
                      .idle_s = 2,
                      .request_s = 2};
    site->request_s = 2;
    site->openapi = strdup("{}");
    site->openapi_len = 2;
    site->server = http_server_start(&opts, &app, why, sizeof why);
    if (!site->server) {
        printf("not ok 1 - %s\n1..1\n", why);
        return 1;
    }
    int port = http_server_port(site->server);
    int64_t until = http_clock_us() + seconds * 1000000;
    bool well = true;
    unsigned long n = 0;
    for (; well && http_clock_us() < until; n++)
        well = try_one(port) && (n % SANE_EVERY || sane(port));
    well = sane(port) && well;
    well = http_server_stop(site->server, 10) && well;
    printf("%s 1 - %lu mangled requests\n1..1\n", well ? "ok" : "not ok", n);
    return !well;
}

int main(void)
{
    const char *seconds = getenv("PN_FUZZ_SECONDS"), *seed = getenv("PN_FUZZ_SEED");
    http_site site = {.log_fd = -1};
    pn_ctx *ctx = NULL;
    char why[300];
    state = seed ? strtoull(seed, NULL, 10) : (uint64_t)http_clock_us();
    state = state ? state : 1;
    printf("# PN_FUZZ_SEED=%llu\n", (unsigned long long)state);
    int rc = 1;
    if (pn_ctx_open(&(pn_open_opts){.dsn = "host=/nonexistent", .log = quiet}, &ctx) ||
        !http_site_open(&site, ctx, why, sizeof why))
        puts("Bail out! the service could not be made");
    else
        rc = fuzz(&site, seconds ? strtoll(seconds, NULL, 10) : 3);
    http_site_close(&site);
    pn_ctx_close(ctx);
    return rc;
}
