/* SPDX-License-Identifier: Apache-2.0 */
/* call.c — one request, one unit: who calls, the input, the operation, the answer. Runs on a
 * worker thread. */
#include "language.h"
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *http_token(const http_request *r, bool *bad)
{
    const char *auth = http_header(r, "Authorization");
    *bad = auth && strncasecmp(auth, "Bearer ", 7);
    return auth && !*bad ? auth + 7 + strspn(auth + 7, " ") : NULL;
}

void http_timeout(const http_exchange *x, pn *p)
{
    int64_t left = (x->due_us - http_clock_us()) / 1000;
    pn_set_timeout(p, left > 1 ? (int)left : 1);
}

const char *http_via(const http_exchange *x, pn *p)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "http:");
    pn_buf_puts(&b, x->from);
    return b.bad ? NULL : b.text;
}

const char *http_command(const http_exchange *x, pn *p)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, x->r->method);
    pn_buf_puts(&b, " ");
    pn_buf_put(&b, x->r->target, strcspn(x->r->target, "?"));
    pn_buf_puts(&b, " ");
    pn_buf_puts(&b, x->request_id);
    return b.bad ? NULL : b.text;
}

int http_bearer(const http_exchange *x, pn *p, const char **token)
{
    bool bad;
    *token = http_token(x->r, &bad);
    return bad ? pn_fail(p, PN_EAUTH, "Authorization", "%s",
                         pn_tr("Only bearer tokens are understood"))
               : 0;
}

void http_known(http_site *site, http_exchange *x, const char *token, const char *login)
{
    http_limit_known(site->limit, token, http_clock_us());
    snprintf(x->login, sizeof x->login, "%s", login ? login : "");
}

void http_introduce(const http_exchange *x, pn *p)
{
    http_timeout(x, p);
    pn_set_via(p, http_via(x, p), http_command(x, p));
}

int http_identify(http_site *site, http_exchange *x, pn *p)
{
    const char *token;
    PN_TRY(http_bearer(x, p, &token));
    if (!token)
        return 0;
    PN_TRY(pn_signin(p, token));
    http_known(site, x, token, pn_who(p)->login);
    return 0;
}

/* `"next": cursor` and a Link header that asks the same again from there. */
static void put_next(http_exchange *x, pn_buf *b, const char *next)
{
    http_text link = {0};
    pn_buf_puts(b, "],\"next\":");
    pn_buf_json(b, next);
    pn_buf_puts(b, "}\n");
    if (!next)
        return;
    for (int i = 0; i < x->pairs; i++) {
        if (!strcmp(x->pair[i].name, "after"))
            continue;
        http_put_url(&link, x->pair[i].name);
        http_puts(&link, "=");
        http_put_url(&link, x->pair[i].value);
        http_puts(&link, "&");
    }
    http_puts(&link, "after=");
    http_put_url(&link, next);
    if (!link.bad)
        http_reply_header(x->r, "Link", "<%s?%s>; rel=\"next\"", x->route->path, link.s);
    http_text_free(&link);
}

static int call_list(http_exchange *x, pn *p, pn_buf *b)
{
    const pn_op *op = x->route->op;
    pn_list in = {0};
    pn_page page = {0};
    PN_TRY(http_query_list(p, x, op->out, &in));
    PN_TRY(pn_call(p, op, &in, &page));
    pn_buf_puts(b, "{\"items\":[");
    for (size_t i = 0; i < page.rows.n; i++) {
        pn_buf_puts(b, i ? ",\n" : "");
        pn_to_json(b, op->out, (const char *)page.rows.row + i * op->out->size);
    }
    put_next(x, b, page.next);
    return 0;
}

/* The row a path is about comes from the path alone. An id that cannot be one is not found. */
static int set_key(http_exchange *x, pn *p, void *in)
{
    const http_route *t = x->route;
    if (!t->key)
        return 0;
    const char *given = pn_absent(t->key, in) ? "" : pn_plain(p, t->key, in);
    if (*given && strcmp(given, "0"))
        return pn_fail(p, PN_EARG, t->key->name, pn_tr("%s is given by the path"), t->key->name);
    int rc = pn_set(p, t->op->in, in, t->key, x->id);
    if (rc != PN_EARG)
        return rc;
    const char *words = pn_strdup(p, pn_error(p)->message);
    return pn_fail(p, PN_ENONE, t->key->name, "%s", words ? words : "");
}

/* Where the row just made can be read. */
static void put_location(http_site *site, http_exchange *x, pn *p, const void *out)
{
    const pn_op *op = x->route->op;
    const http_route *show = http_route_by_name(&site->routes, op->noun, "show");
    for (const pn_col *c = op->out ? op->out->cols : NULL; show && c && c->name; c++) {
        if (!(c->flags & PN_KEY))
            continue;
        http_text id = {0};
        http_put_url(&id, pn_plain(p, c, out));
        if (id.s && !id.bad)
            http_reply_header(x->r, "Location", "/v1/%s/%s", show->plural, id.s);
        http_text_free(&id);
        return;
    }
}

int http_input(http_exchange *x, pn *p, void *in)
{
    const pn_op *op = x->route->op;
    PN_TRY(x->route->body ? http_body(p, x, op->in, in) : http_query(p, x, op->in, in));
    return set_key(x, p, in);
}

void http_output(http_site *site, http_exchange *x, pn *p, const void *out, pn_buf *b)
{
    const pn_op *op = x->route->op;
    if (!strcmp(op->verb, "create"))
        put_location(site, x, p, out);
    if (op->out) {
        pn_to_json(b, op->out, out);
        pn_buf_puts(b, "\n");
    }
}

static int call_plain(http_site *site, http_exchange *x, pn *p, pn_buf *b)
{
    const pn_op *op = x->route->op;
    void *in = pn_alloc(p, op->in && op->in->size ? op->in->size : 1);
    void *out = pn_alloc(p, op->out && op->out->size ? op->out->size : 1);
    if (!in || !out)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(http_input(x, p, in));
    const char *key = http_header(x->r, "Idempotency-Key");
    if (key && (op->flags & PN_WRITE))
        pn_key(p, key);
    PN_TRY(pn_call(p, op, in, op->out ? out : NULL));
    http_output(site, x, p, out, b);
    return 0;
}

/* One request while it is worked out; with others it is begun several times. */
struct piece {
    http_site *site;
    http_exchange *x;
    pn_buf b;
    int64_t asked_us;
};

static int work_out(pn *p, void *arg)
{
    struct piece *c = arg;
    http_speak(c->x->r);
    c->b = pn_buf_new(p);
    PN_TRY(http_identify(c->site, c->x, p));
    PN_TRY(c->x->route->op->list ? call_list(c->x, p, &c->b)
                                 : call_plain(c->site, c->x, p, &c->b));
    return c->b.bad ? pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM)) : 0;
}

void http_answer(const http_exchange *x, const pn_buf *b)
{
    http_request *r = x->r;
    if (!b->len) {
        r->status = 204;
        return;
    }
    http_reply_json(r, strcmp(x->route->op->verb, "create") ? 200 : 201, b->text, b->len);
    if (!strcmp(x->route->method, "GET") && r->status == 200)
        http_reply_tagged(r);
    else
        http_reply_constant(r, "Cache-Control", "no-store");
}

static void finish(const struct piece *c)
{
    http_answer(c->x, &c->b);
    if (http_is_shared(c->x) && (c->x->r->status == 200 || c->x->r->status == 304))
        http_snapshot_keep(c->site->snapshots, c->x->r, c->asked_us, c->b.text, c->b.len);
}

bool http_is_shared(const http_exchange *x)
{
    return x->route && x->route->op->flags & PN_SHARED && !strcmp(x->r->method, "GET") &&
           !http_header(x->r, "Authorization");
}

void http_call(http_site *site, http_exchange *const calls[], size_t n)
{
    struct piece piece[HTTP_READ_MAX];
    pn *units[HTTP_READ_MAX] = {NULL};
    void *args[HTTP_READ_MAX] = {NULL};
    int rc[HTTP_READ_MAX] = {0};
    size_t begun = 0;
    for (size_t i = 0; i < n; i++) {
        pn *p = pn_begin(site->ctx);
        if (!p) {
            http_reply_error(calls[i]->r, pn_error(NULL));
            continue;
        }
        if (begun)
            pn_set_now(p, pn_now(units[0])); /* one moment, so that equal questions are equal */
        http_introduce(calls[i], p);
        units[begun] = p;
        piece[begun] = (struct piece){site, calls[i], .asked_us = http_clock_us()};
        args[begun] = &piece[begun];
        begun++;
    }
    if (begun == 1)
        rc[0] = work_out(units[0], args[0]);
    else if (begun)
        pn_read_together(units, begun, work_out, args, rc);
    for (size_t i = 0; i < begun; i++) {
        if (rc[i])
            http_reply_error(piece[i].x->r, pn_error(units[i]));
        else
            finish(&piece[i]);
        pn_end(units[i]);
    }
}
