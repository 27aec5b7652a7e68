/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c — a call from beginning to end: throttled, signed, sent, checked, judged; again when
 * nothing can have happened; and a question instead of a repetition when something may have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/sql_int.h"
#include "link/engine_int.h"

enum { TIMEOUT_MS = 8000, FIRST_MS = 200, CAP_MS = 2000, LOG_MAX = 16 << 10,
       SPARE = 64 << 10 /* more than a secret is long */ };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int decode(pni_scope *s, const pni_tree *call, pni_message *m)
{
    const pni_tree *t = pni_response(s->link, call, "decode");
    const char *how = t ? t->text : "json";
    pni_doc *d = NULL;
    s->doc = NULL;
    if (!strcmp(how, "none") || !m->body.n)
        return 0;
    int rc = pni_doc_read(s->p, how, m->body, &d);
    s->doc = rc ? NULL : d;
    return rc == PN_EMEM || rc == PN_ECONF ? rc : 0; /* what is none has no members: then no
                                                        condition holds */
}

/* ---- what people see of it ---- */

static void put_message(pn_buf *b, const pni_message *m)
{
    for (size_t i = 0; i < m->header.n; i++)
        pn_buf_putf(b, "%s: %s\n", m->header.v[i].name, m->header.v[i].value.s);
    pn_buf_puts(b, "\n");
    size_t n = m->body.n < LOG_MAX + SPARE ? m->body.n : LOG_MAX + SPARE;
    pn_buf_put(b, m->body.s ? m->body.s : "", n);
    pn_buf_puts(b, "\n");
}

/* Without secrets first, short afterwards: the beginning of one is not known to be one. What may
 * have been cut in two where the body ends goes, too. */
static int shown(pni_scope *s, const pn_buf *b, size_t body, const char **out)
{
    const char *all;
    if (b->bad)
        return none(s->p);
    PN_TRY(pni_redact(s->p, s->link, &s->secrets, (pni_span){b->text, b->len}, &all));
    size_t n = strlen(all), less = body > LOG_MAX + SPARE ? SPARE : 0;
    n = n > less ? n - less : 0;
    *out = n < LOG_MAX && !less ? all : pn_printf(s->p, "%.*s", (int)(n < LOG_MAX ? n : LOG_MAX),
                                                  all);
    return *out ? 0 : none(s->p);
}

/* Parameters as they were before they were encoded: an encoded secret would not be recognised. */
static void put_pairs(pn_buf *b, const char *mark, const pni_pairs *list)
{
    for (size_t i = 0; i < list->n; i++)
        pn_buf_putf(b, "%s%s=%s\n", mark, list->v[i].name,
                    list->v[i].value.s ? list->v[i].value.s : "");
}

int pni_note_request(pni_scope *s, const pni_message *req, const char **out)
{
    pn_buf b = pn_buf_new(s->p);
    pni_message bare = {.header = req->header};
    pn_buf_putf(&b, "%s %s\n", req->method, req->url);
    put_pairs(&b, "?", &req->query);
    put_pairs(&b, "&", &req->form);
    if (!req->form.n)
        bare.body = req->body;
    put_message(&b, &bare);
    return shown(s, &b, bare.body.n, out);
}

static int note(pni_scope *s, const pni_message *req, const pni_message *res, const char *why,
                const char **out)
{
    pn_buf b = pn_buf_new(s->p);
    const char *sent, *came = why;
    PN_TRY(pni_note_request(s, req, &sent));
    if (res->status) {
        pn_buf_putf(&b, "HTTP %d\n", res->status);
        put_message(&b, res);
        PN_TRY(shown(s, &b, res->body.n, &came));
    }
    *out = pn_printf(s->p, "%s\n%s\n", sent, came);
    return *out ? 0 : none(s->p);
}

/* ---- one try ---- */

static int wire(pni_scope *s, const pni_tree *call, const pni_message *req, pni_message *res,
                int *how, const char **why)
{
    const pni_tree *tls = pni_tree_get(s->link->root, "tls");
    const pni_tree *whole = pni_tree_get(s->link->root, "limits");
    pni_span target, ca = {NULL, 0}, pin = {NULL, 0};
    bool found = false;
    PN_TRY(pni_record_find(s->p, s, req, res, &found));
    *how = PNI_WIRE_OK;
    *why = "";
    if (found)
        return 0;
    PN_TRY(pni_message_target(s->p, req, &target));
    if (pni_tree_get(tls, "ca"))
        PN_TRY(pni_expand(s, pni_tree_text(tls, "ca", ""), &ca));
    if (pni_tree_get(tls, "pin"))
        PN_TRY(pni_expand(s, pni_tree_text(tls, "pin", ""), &pin));
    const char *query = strchr(target.s, '?');
    pni_wire w = {.url = pn_printf(s->p, "%s%s", req->url, query ? query : ""),
                  .foreign = strstr(pni_tree_text(pni_tree_get(call, "request"), "url", ""),
                                    "$(in.") != NULL,
                  .timeout_ms = pni_tree_int(pni_tree_get(call, "limits"), "timeout_ms",
                                             pni_tree_int(whole, "timeout_ms", TIMEOUT_MS)),
                  .ca = ca.n ? ca.s : NULL, .pin = pin.n ? pin.s : NULL};
    if (!w.url)
        return none(s->p);
    PN_TRY(pni_wire_send(s->p, &w, req, res, how, why));
    return *how == PNI_WIRE_OK ? pni_record_put(s->p, s, req, res) : 0;
}

/* The answer's own signature, by every recipe the file names: any of them will do. */
static int verify(pni_scope *s, const pni_tree *call, bool *good)
{
    const pni_tree *names = pni_response(s->link, call, "verify");
    size_t n = !names ? 0 : names->kind == PNI_TREE_LIST ? names->n : 1;
    *good = !n;
    for (size_t i = 0; i < n && !*good; i++) {
        int rc = pni_recipe(s, names->kind == PNI_TREE_LIST ? names->item[i]->text : names->text);
        *good = !rc;
        if (rc && rc != PN_EPERM && rc != PN_EARG)
            return rc;
    }
    return 0;
}

static bool fetches_keys(const pni_scope *s)
{
    const char *fetch = pni_tree_text(pni_tree_get(s->link->root, "ring"), "fetch", "");
    return !strcmp(fetch, s->call);
}

int pni_receive(pni_scope *s, const pni_tree *call, pni_message *res, pni_answer *out)
{
    bool good, keys = fetches_keys(s);
    s->msg = res;
    PN_TRY(decode(s, call, res));
    if (keys && res->status == 200) {
        s->no_fetch = true;
        PN_TRY(pni_ring_take(s));
    }
    PN_TRY(verify(s, call, &good));
    if (!good && keys)
        pni_ring_drop(s->link);
    if (good)
        return pni_judge(s, call, out);
    /* Somebody between may have said it; what was asked for may have been done. */
    const char *why = pn_error(s->p)->message;
    out->status = res->status;
    out->outcome = pni_tree_is(call, "reads") ? PN_LINK_RETRYABLE : PN_LINK_UNKNOWN;
    out->code = "SIGNATURE";
    out->message = pn_strdup(s->p, why ? why : "");
    return out->message ? 0 : none(s->p);
}

/* What the payer's side needs, signed once more; names of the answer's map can be used. */
int pni_finish(pni_scope *s, const pni_tree *call, pni_message *req, pni_answer *out)
{
    const char *recipe = pni_tree_text(call, "finish", NULL);
    s->msg = req;
    for (size_t i = 0; i < out->map.n; i++)
        if (!pni_pairs_put(s->p, &s->let, out->map.v[i].name, out->map.v[i].value, true))
            return none(s->p);
    if (recipe)
        PN_TRY(pni_recipe(s, recipe));
    return pni_map(s, pni_tree_get(call, "map"), &out->map);
}

static int send(pni_scope *s, const pni_tree *call, const pni_message *req, pni_message *res,
                pni_answer *out, const char **why)
{
    int how = 0;
    if (!pni_gate_enter(s->link, s->call)) {
        out->outcome = PN_LINK_RATE_LIMITED;
        out->message = *why = pn_tr("too many calls at once");
        return 0;
    }
    int rc = wire(s, call, req, res, &how, why);
    pni_gate_leave(s->link);
    PN_TRY(rc);
    if (how == PNI_WIRE_OK)
        return pni_receive(s, call, res, out);
    bool again = how == PNI_WIRE_NOT_SENT || pni_tree_is(call, "reads");
    out->outcome = again ? PN_LINK_RETRYABLE : PN_LINK_UNKNOWN;
    out->message = *why;
    res->status = 0;
    return 0;
}

static int try_once(pni_scope *s, const pni_tree *call, pni_answer *out)
{
    pni_message req, res = {0};
    const char *why = pn_tr("(nothing was sent)"), *wanted = pni_tree_text(call, "send", "yes");
    *out = (pni_answer){.code = "", .message = "", .exchange = "", .outcome = PN_LINK_OK};
    PN_TRY(pni_request_make(s, call, &req));
    if (strcmp(wanted, "no") != 0 && strcmp(wanted, "false") != 0)
        PN_TRY(send(s, call, &req, &res, out, &why));
    if (out->outcome == PN_LINK_OK) {
        PN_TRY(pni_finish(s, call, &req, out));
        PN_TRY(pni_rows_take(s, call, out));
        PN_TRY(pni_page_turn(s, call));
    }
    return note(s, &req, &res, why, &out->exchange);
}

/* ---- several ---- */

static void nap(int64_t ms)
{
    uint32_t dice = 0;
    if (getrandom(&dice, sizeof dice, GRND_NONBLOCK) != sizeof dice)
        dice = 0;
    ms = ms / 2 + (int64_t)(dice % (uint32_t)(ms / 2 + 1)); /* not all at the same moment */
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static int fresh(pni_scope *s, pni_link *l, const char *name, const pni_pairs *in, bool no_fetch)
{
    PN_TRY(pni_scope_make(s->p, l, in, s));
    s->call = name;
    s->no_fetch = no_fetch;
    return 0;
}

/* It may have happened: the vendor knows. It says no such thing: then it has not, yet. */
static int ask(pn *p, pni_link *l, const pni_tree *call, const pni_pairs *in, pni_answer *out)
{
    const char *query = pni_tree_text(pni_tree_get(call, "idempotency"), "on_unknown", NULL);
    pni_answer said = {0};
    if (!query || out->outcome != PN_LINK_UNKNOWN)
        return 0;
    PN_TRY(pni_link_call(p, l, query, in, &said));
    if (said.outcome == PN_LINK_NOT_FOUND) {
        out->outcome = PN_LINK_RETRYABLE;
        out->asked = true;
    } else if (said.outcome == PN_LINK_OK || said.outcome == PN_LINK_PENDING) {
        const char *both = pn_printf(p, "%s\n%s", out->exchange, said.exchange);
        *out = said;
        out->asked = true;
        out->exchange = both ? both : "";
    }
    return 0;
}

/* One page: again when nothing can have happened, and once more with a new token. */
static int one_page(pn *p, pni_link *l, const char *name, const pni_pairs *in, pni_page *page,
                    pni_answer *out)
{
    const pni_tree *call = pni_tree_at(l->root, "calls", name);
    const pni_tree *retry = pni_tree_get(call, "retry");
    int64_t times = pni_tree_int(retry, "times", 0), ms = pni_tree_int(retry, "first_ms", FIRST_MS);
    int64_t cap = pni_tree_int(retry, "cap_ms", CAP_MS);
    bool renewed = false;
    for (int64_t i = 0;; i++) {
        pni_scope s = {.p = p};
        bool is_void = false;
        PN_TRY(fresh(&s, l, name, in, false));
        s.page = page;
        PN_TRY(try_once(&s, call, out));
        if (out->status && !renewed)
            PN_TRY(pni_token_void(&s, &is_void));
        renewed |= is_void;
        if (is_void)
            continue;
        bool again = out->outcome == PN_LINK_RETRYABLE || out->outcome == PN_LINK_RATE_LIMITED;
        if (!again || i >= times)
            return 0;
        nap(ms);
        ms = ms * 2 < cap ? ms * 2 : cap;
    }
}

static int add_rows(pn *p, const pni_answer *of, pni_answer *all)
{
    size_t n = all->rows_n + of->rows_n;
    pni_pairs *rows = pn_alloc(p, (n + 1) * sizeof *rows);
    if (!rows)
        return none(p);
    if (all->rows_n)
        memcpy(rows, all->rows, all->rows_n * sizeof *rows);
    if (of->rows_n)
        memcpy(rows + all->rows_n, of->rows, of->rows_n * sizeof *rows);
    *all = (pni_answer){.rows = rows, .rows_n = n};
    return 0;
}

static int callable(pn *p, const pni_link *l, const char *name, const pni_tree **call)
{
    *call = pni_tree_at(l->root, "calls", name);
    if (!*call)
        return pn_fail(p, PN_ENONE, "call", pn_tr("Connector %s has no call “%s”"), l->name, name);
    return pn_rehearsing(p) ? pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("A rehearsal calls nobody"))
                            : 0;
}

/* The key of the next page lives longer than the page that told it. */
static int one_of_many(pn *p, pni_link *l, const pni_pages *ask, pni_page *page,
                       char key[PNI_PAGE_KEY])
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    pni_answer a;
    int rc = own ? one_page(own, l, ask->call, ask->in, page, &a) : PN_EMEM;
    if (!rc)
        rc = ask->each(own, &a, ask->self);
    if (!rc && page->next.n >= PNI_PAGE_KEY)
        rc = pn_fail(own, PN_EPROVIDER, NULL, pn_tr("Connector %s: %s has pages without end"),
                     l->name, ask->call);
    const pn_err *e = rc && own ? pn_error(own) : NULL;
    if (rc)
        return pn_fail(p, (pn_code)rc, e ? e->field : NULL, "%s",
                       e && e->message ? e->message : pn_code_text((pn_code)rc));
    page->more = page->more && a.outcome == PN_LINK_OK;
    if (page->next.s)
        memcpy(key, page->next.s, page->next.n + 1);
    page->next.s = page->next.s ? key : NULL;
    return 0;
}

int pni_link_pages(pn *p, pni_link *l, const pni_pages *ask)
{
    char key[PNI_PAGE_KEY];
    const pni_tree *call;
    pni_page page = {0};
    PN_TRY(callable(p, l, ask->call, &call));
    do
        PN_TRY(one_of_many(p, l, ask, &page, key));
    while (page.more);
    return 0;
}

int pni_link_call(pn *p, pni_link *l, const char *name, const pni_pairs *in, pni_answer *out)
{
    const pni_tree *call;
    pni_page page = {0};
    pni_answer all = {0};
    PN_TRY(callable(p, l, name, &call));
    do {
        PN_TRY(one_page(p, l, name, in, &page, out));
        if (out->outcome == PN_LINK_OK)
            PN_TRY(add_rows(p, out, &all));
    } while (out->outcome == PN_LINK_OK && page.more);
    out->rows = out->outcome == PN_LINK_OK ? all.rows : NULL; /* a list is whole or none */
    out->rows_n = out->outcome == PN_LINK_OK ? all.rows_n : 0;
    return ask(p, l, call, in, out);
}
