/* SPDX-License-Identifier: Apache-2.0 */
/* many.c — requests of several callers in one transaction: who is allowed and valid, whose turn it
 * is, and what an operation without a batch form does instead, one after another, each behind its
 * own savepoint. How the transaction comes to its end is told in settle.c. */
#include <string.h>

#include "base/call_int.h"
#include "base/map_int.h"

/* The words of a refusal were said while its request was the current one. */
static void keep_words(pn *p, pni_call *c)
{
    if (c && c->r.rc && !c->r.err.code && (int)p->err.code == c->r.rc)
        c->r.err = p->err;
}

void pni_turn(pn *p, pni_call *c)
{
    if (p->call == c)
        return;
    keep_words(p, p->call);
    p->call = c;
    if (!c || c->single)
        return;
    p->actor = c->actor;
    p->key = c->r.key;
    p->command = c->r.command;
    p->op_in = c->r.in;
    if (c->r.language)
        pn_language(c->r.language);
}

void pn_for(pn *p, const pn_batch *b, size_t i)
{
    pni_call *c = (pni_call *)b->req[i];
    if (!c->nested)
        pni_turn(p, c);
}

/* ---- running ---- */

int pni_attempt(pn *p, int (*run)(pn *p, void *arg), void *arg, int *rc)
{
    struct pni_audit_row **audits = p->audits_end;
    struct pni_outbox_row **events = p->events_end;
    struct pni_state_row **states = p->states_end;
    size_t counts[3] = {p->audit_n, p->event_n, p->state_n};
    bool audited = p->call && p->call->audited;
    if (!p->tx_open)
        PN_TRY(pni_db_begin(p));
    PN_TRY(pni_control(p, "savepoint one"));
    p->keep = false;
    *rc = run(p, arg);
    pn_err kept = p->err;
    if (!*rc || (p->keep && !p->tx_failed)) { /* a refusal that counts, as in a single call */
        PN_TRY(pni_control(p, "release savepoint one"));
        p->err = kept;
        return 0;
    }
    if (p->lost)
        return *rc;
    *audits = NULL; /* what the refused request had booked is not to be written */
    *events = NULL;
    *states = NULL;
    p->audits_end = audits;
    p->events_end = events;
    p->states_end = states;
    p->audit_n = counts[0];
    p->event_n = counts[1];
    p->state_n = counts[2];
    if (p->call) {
        p->call->audited = audited;
        p->call->told = NULL;
    }
    pni_db_forget(p);
    if (p->pending)
        (void)!pni_db_sync(p);
    if (p->lost)
        return *rc;
    p->tx_failed = false;
    PN_TRY(pni_control(p, "rollback to savepoint one"));
    PN_TRY(pni_db_sync(p));
    p->err = kept;
    return 0;
}

static int run_call(pn *p, void *arg)
{
    pni_call *c = arg;
    int rc = p->op->run(p, c->r.in, c->r.out);
    c->kept = rc && p->keep;
    return rc;
}

static int run_alone(pn *p, pni_call *c)
{
    pni_turn(p, c);
    int rc = run_call(p, c);
    if (!rc || (c->kept && !p->tx_failed))
        c->r.rc = rc;
    return c->r.rc == rc ? 0 : rc;
}

static int run_batch(pn *p, const pn_op *op, pni_call *const calls[], size_t n)
{
    pn_request **req = pn_alloc(p, n * sizeof *req);
    if (!req)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++)
        req[i] = &calls[i]->r;
    return op->many(p, &(pn_batch){req, n});
}

int pni_run(pn *p, const pn_op *op, pni_call *const calls[], size_t n)
{
    if (op->many)
        PN_TRY(run_batch(p, op, calls, n));
    else if (n == 1)
        PN_TRY(run_alone(p, calls[0]));
    for (size_t i = 0; !op->many && n > 1 && i < n; i++) {
        pni_turn(p, calls[i]);
        PN_TRY(pni_attempt(p, run_call, calls[i], &calls[i]->r.rc));
    }
    keep_words(p, p->call);
    for (size_t i = 0; i < n; i++) {
        pni_call *c = calls[i];
        if (!c->r.rc || c->r.err.code)
            continue;
        pn_fail(p, (pn_code)c->r.rc, NULL, "%s", pn_code_text((pn_code)c->r.rc));
        c->r.err = p->err;
    }
    return 0;
}

int pni_run_nested(pn *p, const pn_op *op, const void *in, void *out)
{
    if (op->run)
        return op->run(p, in, out);
    pni_call one = {.r = {.in = in, .out = out}, .nested = true}, *calls[] = {&one};
    int rc = run_batch(p, op, calls, 1);
    return rc ? rc : one.r.rc;
}

/* ---- taking requests in ---- */

static int admit(pn *p, const pn_op *op, pni_call *c)
{
    pni_turn(p, c);
    PN_TRY(pni_permit(p, op));
    PN_TRY(pn_validate(p, op->in, c->r.in));
    if (!(op->flags & PN_ONCE))
        p->key = c->r.key = NULL;
    return pni_key_describe(p, op, c);
}

static pn_actor actor_of(const pn *p, const pn_request *r)
{
    pn_actor a = r->actor ? *r->actor : p->actor;
    a.roles |= PN_ROLE_PUBLIC;
    a.login = a.login ? a.login : "";
    a.name = a.name ? a.name : "";
    if (r->via || !a.via)
        a.via = r->via ? r->via : p->actor.via;
    return a;
}

/* Those that are left to decide; the others have their answer at once. */
static size_t take_in(pn *p, const pn_op *op, pn_request *r, size_t n, pni_call calls[],
                      pni_call *list[])
{
    size_t taken = 0, size = op->out ? op->out->size : 0;
    char *out = size ? pn_alloc(p, n * size) : NULL;
    for (size_t i = 0; i < n; i++) {
        pni_call *c = &calls[i];
        *c = (pni_call){.r = r[i], .asked = &r[i], .actor = actor_of(p, &r[i])};
        c->r.command = r[i].command ? r[i].command : p->command;
        c->r.out = out ? out + i * size : NULL;
        c->r.err = (pn_err){0};
        c->r.rc = size && !out ? pni_oom(p) : admit(p, op, c);
        if (c->r.rc)
            pni_answer_call(p, op, c, c->r.rc);
        else
            list[taken++] = c;
    }
    return taken;
}

/* Of several requests with one key of one actor only the first goes now: list[0] … The others wait
 * behind them for its answer. */
static int first_of_each_key(pn *p, pni_call *list[], size_t n, size_t *first)
{
    pni_map seen = {.p = p};
    pni_call **later = pn_alloc(p, n * sizeof(*later) + 1);
    size_t now = 0, waiting = 0;
    if (!later)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        pni_call *c = list[i];
        const char *name = c->r.key ? pn_printf(p, "%s %s", c->holder, c->r.key) : NULL;
        if (c->r.key && !name)
            return pni_oom(p);
        if (name && pni_map_get(&seen, name)) {
            c->look = true;
            later[waiting++] = c;
            continue;
        }
        if (name)
            PN_TRY(pni_map_put(&seen, name, c));
        list[now++] = c;
    }
    memcpy(list + now, later, waiting * sizeof(*later));
    *first = now;
    return 0;
}

static int decide(pn *p, const pn_op *op, pni_call *list[], size_t n)
{
    bool some = false;
    for (size_t first = 0; n; list += first, n -= first, some = true) {
        int rc = first_of_each_key(p, list, n, &first);
        if (!rc)
            rc = pni_settle(p, op, list, first, 0);
        for (size_t i = 0; rc && i < n; i++)
            if (!list[i]->done)
                pni_answer_call(p, op, list[i], rc);
        if (rc)
            return some ? 0 : rc;
    }
    return 0;
}

int pn_call_requests(pn *p, const pn_op *op, pn_request *r, size_t n)
{
    if (!p)
        return PN_EMEM;
    pni_err_clear(p);
    if (op->list || !n)
        return n ? pn_fail(p, PN_EARG, NULL, pn_tr("A list cannot be called in a batch")) : 0;
    if (p->depth)
        return pn_fail(p, PN_EINTERNAL, NULL, "a batch inside of a call");
    pni_call *calls = pn_alloc(p, n * sizeof *calls), **list = pn_alloc(p, n * sizeof(*list));
    if (!calls || !list)
        return pni_oom(p);
    pn_actor actor = p->actor;
    const char *key = p->key, *command = p->command;
    p->op = op;
    p->depth++;
    size_t left = take_in(p, op, r, n, calls, list);
    int rc = left ? decide(p, op, list, left) : 0;
    p->call = NULL;
    p->actor = actor;
    p->key = key;
    p->command = command;
    p->depth--;
    pni_db_release(p);
    return rc;
}

int pn_call_many(pn *p, const pn_op *op, const void *in, size_t n, void *out, int rc[],
                 pn_err errs[])
{
    if (!p)
        return PN_EMEM;
    pni_err_clear(p);
    PN_TRY(pni_permit(p, op));
    if (p->key && n)
        return pn_fail(p, PN_EARG, "idempotency_key",
                       pn_tr("A batch cannot share one idempotency key"));
    pn_request *r = pn_alloc(p, n * sizeof *r + 1);
    if (!r)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++)
        r[i] = (pn_request){.in = (const char *)in + i * op->in->size,
                            .out = out && op->out ? (char *)out + i * op->out->size : NULL};
    int all = pn_call_requests(p, op, r, n);
    for (size_t i = 0; i < n; i++) {
        rc[i] = r[i].rc;
        if (errs)
            errs[i] = r[i].err;
    }
    return all;
}
