/* SPDX-License-Identifier: Apache-2.0 */
/* handle.c — a request between the transport and a worker: found, checked, queued, counted. All
 * but the work itself runs on a loop thread, so nothing here waits. */
#include "config.h"

#include "base/news.h"
#include "language.h"
#include "site.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

/* ---- opening and closing ---- */

static size_t count_pages(void)
{
    size_t n = 0;
    while (http_pages[n].path)
        n++;
    return n;
}

static void work(void *self, void *const jobs[], size_t n);

/* ---- kinds of work ---- */

enum { ALONE, READ, DESK }; /* DESK and up: one for each operation with a batch form */
enum { READERS = 2 };       /* one group is worked out while the database answers the other */
enum { FEW = 8, FEW_ROWS = 32 }; /* a statement for rows is dear to begin, not to go on with */
enum { SNAPSHOT_BYTES = 64 << 20 };

/* One row looked up by its key is quick and changes nothing. */
static size_t kind_of(http_site *site, const http_route *t)
{
    if ((t->op->flags & (PN_MANY | PN_WRITE)) == (PN_MANY | PN_WRITE) && !t->op->list)
        return site->n_kinds++;
    bool row = t->key && !(t->op->flags & PN_WRITE) && !t->op->list &&
               !strcmp(t->op->verb, "show");
    return row ? READ : ALONE;
}

bool http_is_desk(const http_site *site, size_t i)
{
    return i < site->routes.n && site->kind[i] >= DESK;
}

static int tell_news(void *self)
{
    return pn_news_tell(((http_site *)self)->ctx, false);
}

static bool open_work(http_site *site)
{
    size_t most = (size_t)pn_conf_int(site->ctx, "http.queue_max");
    size_t desk = (size_t)pn_conf_int(site->ctx, "http.desk_max");
    int batches = (int)pn_conf_int(site->ctx, "http.desk_batches");
    site->kind = calloc(site->routes.n + 1, sizeof *site->kind);
    site->n_kinds = DESK;
    for (size_t i = 0; site->kind && i < site->routes.n; i++)
        site->kind[i] = kind_of(site, &site->routes.all[i]);
    http_kind *kinds = calloc(site->n_kinds, sizeof *kinds);
    if (!site->kind || !kinds) {
        free(kinds);
        return false;
    }
    kinds[ALONE] = (http_kind){0, 1, most, FEW};
    kinds[READ] = (http_kind){READERS, HTTP_READ_MAX, most, FEW_ROWS};
    for (size_t i = DESK; i < site->n_kinds; i++)
        kinds[i] = (http_kind){batches, HTTP_TOGETHER_MAX, desk, FEW};
    site->work = http_work_new((int)pn_conf_int(site->ctx, "http.workers"), kinds, site->n_kinds,
                               work, tell_news, site);
    free(kinds);
    return site->work;
}


bool http_site_open(http_site *site, pn_ctx *ctx, char *why, size_t size)
{
    size_t pages = count_pages(), n = 0;
    site->ctx = ctx;
    site->request_s = (int)pn_conf_int(ctx, "http.request_s");
    snprintf(why, size, "%s", pn_code_text(PN_EMEM));
    if (!http_routes_make(&site->routes))
        return false;
    site->names = calloc(site->routes.n + pages + 1, sizeof *site->names);
    if (!site->names)
        return false;
    for (size_t i = 0; i < site->routes.n; i++) {
        char *name = NULL;
        if (asprintf(&name, "%s %s", site->routes.all[i].method, site->routes.all[i].path) < 0)
            return false;
        site->names[n++] = name;
        site->n_names = n;
    }
    for (size_t i = 0; i < pages; i++)
        site->names[n++] = http_pages[i].path;
    site->names[n] = "other";
    site->metrics = http_metrics_new(site->names, n + 1);
    site->limit = http_limit_new(pn_conf_int(ctx, "http.rate_per_minute"));
    site->snapshots = http_snapshots_new(pn_conf_int(ctx, "http.snapshot_ms"), SNAPSHOT_BYTES);
    if (!site->metrics || !site->limit || !site->snapshots)
        return false;
    return open_work(site);
}

void http_site_close(http_site *site)
{
    http_work_free(site->work);
    http_metrics_free(site->metrics);
    http_limit_free(site->limit);
    http_snapshots_free(site->snapshots);
    for (size_t i = 0; i < site->n_names; i++) {
        char *name;
        memcpy(&name, &site->names[i], sizeof name); /* the route's own; pages' are constants */
        free(name);
    }
    free(site->names);
    free(site->openapi);
    free(site->kind);
    http_routes_free(&site->routes);
}

/* ---- refusals ---- */

static void refuse(http_request *r, int status, const char *code, const char *title,
                   const char *detail, const char *field)
{
    http_reply_problem(r, &(http_problem){status, code, title, detail, field, .hint = NULL});
}

static void refuse_code(http_request *r, int status, pn_code code, const char *detail,
                        const char *field)
{
    refuse(r, status, pn_code_name(code), pn_code_text(code), detail, field);
}

/* ---- who and where ---- */

enum { RANDOM = 12, RANDOM_STORE = 40 };

/* Bytes that nobody had before. The kernel is asked for many at a time. */
static const unsigned char *some_random(const http_request *r)
{
    static _Thread_local unsigned char store[RANDOM_STORE][RANDOM];
    static _Thread_local size_t left;
    if (!left) {
        left = RANDOM_STORE;
        if (getrandom(store, sizeof store, 0) != (ssize_t)sizeof store) {
            left = 1;
            memcpy(store, &r->began_us, sizeof r->began_us);
        }
    }
    return store[--left];
}

static void name_request(http_exchange *x)
{
    const char *given = http_header(x->r, "X-Request-Id");
    size_t n = given ? strlen(given) : 0;
    if (n && n <= HTTP_ID_MAX &&
        n == strspn(given, "abcdefghijklmnopqrstuvwxyz0123456789"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.")) {
        memcpy(x->request_id, given, n + 1);
        return;
    }
    http_hex(x->request_id, some_random(x->r), RANDOM);
}

/* A proxy is believed only when it runs on this machine. */
static void find_caller(http_exchange *x)
{
    const http_request *r = x->r;
    const char *seen = http_header(r, "X-Forwarded-For");
    bool local = !strncmp(r->peer, "127.", 4) || !strcmp(r->peer, "::1");
    if (local && seen && *seen) {
        const char *last = strrchr(seen, ',');
        last = last ? last + 1 : seen;
        snprintf(x->from, sizeof x->from, "%s", last + strspn(last, " "));
    } else {
        snprintf(x->from, sizeof x->from, "%s", r->peer);
    }
}

static bool page_is(const char *path, const http_exchange *x)
{
    for (int i = 0; i < x->parts; i++) {
        size_t n = strlen(x->part[i]);
        if (*path != '/' || strncmp(path + 1, x->part[i], n))
            return false;
        path += n + 1;
    }
    return !*path;
}

static const http_page *find_page(const http_exchange *x, const char *method, char *allow)
{
    for (const http_page *g = http_pages; g->path; g++) {
        if (!page_is(g->path, x))
            continue;
        bool get = !strcmp(g->method, "GET");
        if (!strcmp(method, g->method) || (get && !strcmp(method, "HEAD")))
            return g;
        snprintf(allow, HTTP_ALLOW_MAX, "%s%s", g->method, get ? ", HEAD" : "");
    }
    return NULL;
}

static bool find(http_site *site, http_exchange *x)
{
    char allow[HTTP_ALLOW_MAX] = "";
    http_request *r = x->r;
    x->route = http_route_find(&site->routes, r->method, x->part, x->parts, &x->id, allow);
    if (x->route) {
        x->counted = (size_t)(x->route - site->routes.all);
        return true;
    }
    x->page = *allow ? NULL : find_page(x, r->method, allow);
    if (x->page) {
        x->counted = site->routes.n + (size_t)(x->page - http_pages);
        return true;
    }
    if (!*allow) {
        refuse_code(r, 404, PN_ENONE, pn_tr("There is nothing at this path"), NULL);
    } else if (!strcmp(r->method, "OPTIONS")) {
        r->status = 204;
        http_reply_header(r, "Allow", "%s", allow);
    } else {
        refuse(r, 405, "METHOD", pn_tr("Method not allowed"), NULL, NULL);
        http_reply_header(r, "Allow", "%s", allow);
    }
    return false;
}

/* ---- checks before the body is read ---- */

static bool is_json(const char *type)
{
    const char *end = type ? strchr(type, ';') : NULL;
    size_t n = type ? (end ? (size_t)(end - type) : strlen(type)) : 0;
    while (n && type[n - 1] == ' ')
        n--;
    return (n == 16 && !strncasecmp(type, "application/json", n)) ||
           (n > 17 && !strncasecmp(type, "application/", 12) &&
            !strncasecmp(type + n - 5, "+json", 5));
}

static bool has_body(const http_request *r)
{
    const char *length = http_header(r, "Content-Length");
    return http_header(r, "Transfer-Encoding") || (length && strcmp(length, "0"));
}

static bool check(http_site *site, http_exchange *x)
{
    http_request *r = x->r;
    bool bad;
    int wait_s = 1;
    bool foreign = x->page && x->page->foreign;
    bool watched = !x->page || (!strcmp(x->page->method, "POST") && !foreign); /* not probes */
    if (watched &&
        !http_limit_take(site->limit, http_token(r, &bad), x->from, r->began_us, &wait_s)) {
        http_reply_problem(r, &(http_problem){429, pn_code_name(PN_ERATE), pn_code_text(PN_ERATE),
                                              .retry_s = wait_s});
        return false;
    }
    bool body = x->route ? x->route->body : !strcmp(x->page->method, "POST");
    if (body && !foreign && has_body(r) && !is_json(http_header(r, "Content-Type"))) {
        refuse(r, 415, "MEDIA", pn_tr("The body must be application/json"), NULL, "Content-Type");
        return false;
    }
    const char *key = http_header(r, "Idempotency-Key");
    size_t n = key ? strlen(key) : 1;
    for (const char *c = key; c && *c; c++)
        n = isgraph((unsigned char)*c) ? n : 0;
    if (!n || n > HTTP_ID_MAX) {
        refuse_code(r, pn_code_http(PN_EARG), PN_EARG,
                    pn_tr("An idempotency key has 1 to 64 visible ASCII characters"),
                    "Idempotency-Key");
        return false;
    }
    return true;
}

/* ---- the transport's callbacks ---- */

static http_exchange *begin(http_site *site, http_request *r)
{
    http_exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->r = r;
    x->counted = site->routes.n + count_pages();
    x->due_us = r->began_us + (int64_t)site->request_s * 1000000;
    r->mine = x;
    r->language = http_language_of(r);
    name_request(x);
    find_caller(x);
    return x;
}

/* Headers that every answer carries. */
static void dress(http_exchange *x)
{
    http_request *r = x->r;
    http_reply_constant(r, "X-Request-Id", x->request_id);
    http_reply_constant(r, "X-Content-Type-Options", "nosniff");
    http_reply_constant(r, "Content-Security-Policy",
                        "default-src 'none'; frame-ancestors 'none'");
    http_reply_constant(r, "Referrer-Policy", "no-referrer");
}

static bool on_head(void *self, http_request *r)
{
    http_site *site = self;
    http_exchange *x = begin(site, r);
    http_speak(r);
    if (!x) {
        refuse_code(r, 503, PN_EMEM, NULL, NULL);
        return true;
    }
    if (!http_split(x))
        refuse_code(r, 400, PN_EARG, pn_tr("The address is malformed"), NULL);
    else if (find(site, x) && check(site, x))
        return false;
    dress(x);
    return true;
}

static bool on_whole(void *self, http_request *r)
{
    http_exchange *x = r->mine;
    http_speak(r);
    x->due_us = http_clock_us() + (int64_t)((http_site *)self)->request_s * 1000000;
    if (http_is_shared(x) &&
        http_snapshot_answer(((http_site *)self)->snapshots, r, http_clock_us())) {
        dress(x);
        return true;
    }
    if (!x->page || x->page->blocks)
        return false;
    x->page->run(self, x);
    dress(x);
    return true;
}

static void work(void *self, void *const jobs[], size_t n)
{
    http_site *site = self;
    http_exchange *calls[HTTP_TOGETHER_MAX] = {NULL};
    size_t n_calls = 0;
    for (size_t i = 0; i < n; i++) {
        http_exchange *x = jobs[i];
        http_speak(x->r);
        if (http_clock_us() >= x->due_us)
            refuse_code(x->r, 503, PN_EBUSY, NULL, NULL);
        else if (x->page)
            x->page->run(site, x);
        else
            calls[n_calls++] = x;
    }
    if (n_calls && http_is_desk(site, calls[0]->counted))
        http_desk(site, calls, n_calls);
    else
        http_call(site, calls, n_calls);
    for (size_t i = 0; i < n; i++) {
        http_exchange *x = jobs[i];
        dress(x);
        http_finish(x->r);
    }
}

static void on_later(void *self, http_request *r)
{
    http_site *site = self;
    const http_exchange *x = r->mine;
    http_speak(r);
    if (http_work_put(site->work, x->route ? site->kind[x->counted] : ALONE, r->mine))
        return;
    refuse_code(r, 503, PN_EBUSY, NULL, NULL);
    dress(r->mine);
    http_finish(r);
}

static void on_turned(void *self)
{
    http_work_go(((http_site *)self)->work);
}

static void on_refuse(void *self, http_request *r, int status)
{
    http_exchange *x = r->mine ? r->mine : begin(self, r);
    http_speak(r);
    if (status == 408)
        refuse_code(r, status, PN_ETIMEOUT, NULL, NULL);
    else if (status == 400)
        refuse_code(r, status, PN_EARG, pn_tr("The request's framing is ambiguous"), NULL);
    else
        refuse_code(r, status, PN_ETOO_BIG,
                    status == 413   ? pn_tr("The body is too large")
                    : status == 414 ? pn_tr("The address is too long")
                                    : pn_tr("The headers are too large"),
                    NULL);
    if (x)
        dress(x);
}

static void on_done(void *self, http_request *r, bool sent)
{
    http_site *site = self;
    http_exchange *x = r->mine;
    if (!x)
        return;
    int64_t us = http_clock_us() - r->began_us;
    if (r->status)
        http_metrics_count(site->metrics, x->counted, r->status, us);
    http_log_access(site, x, sent, us);
    free(x->path);
    free(x);
    r->mine = NULL;
}

http_app http_site_app(http_site *site)
{
    return (http_app){site, on_head, on_whole, on_later, on_done, on_refuse,
                      on_turned};
}
