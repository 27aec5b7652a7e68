/* SPDX-License-Identifier: Apache-2.0 */
/* log.c — one JSON line per event, one write per line, so that lines of threads never mix. Query
 * strings and headers are left out: they carry names, numbers and tokens. */
#include "site.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void put_time(http_text *t)
{
    struct timespec now;
    struct tm tm;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    http_putf(t, "{\"at\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

static void put_line(http_text *t, int fd)
{
    http_puts(t, "}\n");
    if (!t->bad && write(fd, t->s, t->len) < 0)
        t->bad = true; /* nowhere left to say so */
    http_text_free(t);
}

static void put_path(http_text *t, const http_exchange *x)
{
    const char *target = x->r->target, *query = strchr(target, '?');
    char path[256];
    snprintf(path, sizeof path, "%.*s", query ? (int)(query - target) : (int)strlen(target),
             target);
    http_put_member(t, "path", path);
}

void http_log_access(const http_site *site, const http_exchange *x, bool sent, int64_t us)
{
    http_text t = {0};
    if (site->log_fd < 0)
        return;
    put_time(&t);
    http_put_member(&t, "request", x->request_id);
    http_put_member(&t, "from", x->from);
    http_put_member(&t, "method", x->r->method);
    put_path(&t, x);
    http_put_member(&t, "actor", *x->login ? x->login : NULL);
    http_putf(&t, ",\"status\":%d,\"bytes\":%zu,\"ms\":%.3f", x->r->status, x->r->out_len,
              (double)us / 1000);
    http_puts(&t, sent ? "" : ",\"lost\":true");
    put_line(&t, site->log_fd);
}

static atomic_int most_verbose = PN_LOG_INFO;

void http_log_level(const char *word)
{
    static const struct {
        const char *word;
        pn_level level;
    } levels[] = {{"error", PN_LOG_ERROR},
                  {"warn", PN_LOG_WARN},
                  {"info", PN_LOG_INFO},
                  {"debug", PN_LOG_DEBUG}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (!strcmp(word, levels[i].word))
            atomic_store(&most_verbose, (int)levels[i].level);
}

void http_log(void *payload, pn_level level, const char *message, const char *fields)
{
    http_text t = {0};
    (void)payload;
    if ((int)level > atomic_load(&most_verbose))
        return;
    put_time(&t);
    http_putf(&t, ",\"level\":%d", (int)level);
    http_put_member(&t, "message", message);
    if (fields && *fields)
        http_putf(&t, ",\"fields\":%s", fields);
    put_line(&t, STDERR_FILENO);
}
