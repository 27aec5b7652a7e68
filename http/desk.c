/* SPDX-License-Identifier: Apache-2.0 */
/* desk.c — where requests for one thing that everybody wants are served together: whoever came
 * while a batch was under way makes the next one. One look-up tells who they all are, one
 * transaction decides in order of arrival; the answers and refusals are each caller's own. */
#include "language.h"
#include "site.h"

#include <string.h>

struct desk {
    http_site *site;
    pn *p;
    const pn_op *op;
    size_t n;                /* that are still to be asked for */
    http_exchange **x;
    pn_caller *caller;
    pn_request *request;
};

static bool open_desk(struct desk *d, http_site *site, http_exchange *const calls[], size_t n)
{
    d->site = site;
    d->op = calls[0]->route->op;
    d->p = pn_begin(site->ctx);
    d->x = d->p ? pn_alloc(d->p, n * sizeof(*d->x)) : NULL;
    d->caller = d->x ? pn_alloc(d->p, n * sizeof *d->caller) : NULL;
    d->request = d->caller ? pn_alloc(d->p, n * sizeof *d->request) : NULL;
    if (d->request)
        return true;
    for (size_t i = 0; i < n; i++)
        http_reply_error(calls[i]->r, pn_error(NULL));
    pn_end(d->p);
    return false;
}

static int take_in(struct desk *d, http_exchange *x, pn_caller *c, pn_request *r)
{
    const pn_op *op = d->op;
    http_speak(x->r);
    PN_TRY(http_bearer(x, d->p, &c->token));
    void *in = pn_alloc(d->p, op->in->size ? op->in->size : 1);
    void *out = pn_alloc(d->p, op->out && op->out->size ? op->out->size : 1);
    c->via = http_via(x, d->p);
    c->language = http_language_of(x->r);
    *r = (pn_request){.key = http_header(x->r, "Idempotency-Key"), .via = c->via,
                      .command = http_command(x, d->p), .language = c->language, .in = in,
                      .out = out};
    if (!in || !out || !c->via || !r->command)
        return pn_fail(d->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    r->rc = http_input(x, d->p, in); /* told after it is known who asks */
    if (r->rc)
        r->err = *pn_error(d->p);
    return 0;
}

/* Only those with a token are looked up, in the order they came. */
static void look_up(struct desk *d)
{
    pn_caller *c = pn_alloc(d->p, d->n * sizeof *c + 1);
    size_t n = 0;
    for (size_t i = 0; c && i < d->n; i++)
        if (d->caller[i].token)
            c[n++] = d->caller[i];
    if (n)
        pn_signin_many(d->p, c, n);
    static const pn_actor nobody = {.kind = 'N', .login = "", .name = "", .via = ""};
    n = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (!d->caller[i].token) {
            d->caller[i].actor = nobody;
        } else if (c) {
            d->caller[i] = c[n++];
        } else {
            d->caller[i].rc = PN_EMEM;
            d->caller[i].err = *pn_error(NULL);
        }
    }
}

/* Those who are known and make sense move to the front; the others are told. */
static void identify(struct desk *d)
{
    size_t kept = 0;
    look_up(d);
    for (size_t i = 0; i < d->n; i++) {
        pn_caller *c = &d->caller[i];
        pn_request *r = &d->request[i];
        http_exchange *x = d->x[i];
        if (!c->rc && c->token)
            http_known(d->site, x, c->token, c->actor.login);
        if (c->rc || r->rc) {
            http_reply_error(x->r, c->rc ? &c->err : &r->err);
            continue;
        }
        d->x[kept] = x;
        d->caller[kept] = *c;
        d->request[kept] = *r;
        d->request[kept].actor = &d->caller[kept].actor;
        kept++;
    }
    d->n = kept;
}

static void answer(struct desk *d, http_exchange *x, const pn_request *r)
{
    pn_buf b = pn_buf_new(d->p);
    if (!r->rc)
        http_output(d->site, x, d->p, r->out, &b);
    if (r->rc)
        http_reply_error(x->r, &r->err);
    else if (b.bad)
        http_reply_error(x->r, pn_error(NULL));
    else
        http_answer(x, &b);
}

void http_desk(http_site *site, http_exchange *const calls[], size_t n)
{
    struct desk d = {0};
    int64_t due_us = 0;
    if (!n || !open_desk(&d, site, calls, n))
        return;
    for (size_t i = 0; i < n; i++) {
        http_exchange *x = calls[i];
        if (take_in(&d, x, &d.caller[d.n], &d.request[d.n]))
            http_reply_error(x->r, pn_error(d.p));
        else
            d.x[d.n++] = x;
        if (x->due_us > due_us) {
            due_us = x->due_us; /* nobody is cut short for another's sake */
            http_timeout(x, d.p);
        }
    }
    identify(&d);
    if (d.n && pn_call_requests(d.p, d.op, d.request, d.n))
        for (size_t i = 0; i < d.n; i++)
            if (!d.request[i].rc) {
                d.request[i].rc = (int)pn_error(d.p)->code;
                d.request[i].err = *pn_error(d.p);
            }
    for (size_t i = 0; i < d.n; i++)
        answer(&d, d.x[i], &d.request[i]);
    pn_end(d.p);
}
