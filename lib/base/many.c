/* SPDX-License-Identifier: Apache-2.0 */
/* many.c — n requests in one transaction. An operation with a batch form decides all at once; any
 * other runs one after another, each behind its own savepoint. */
#include <string.h>

#include "base/call_int.h"

static int audit_each(pn *p, const pn_op *op, const char *in, const char *out, size_t n,
                      const int rc[])
{
    for (size_t i = 0; i < n; i++)
        if (!rc[i])
            PN_TRY(pni_audit_call(p, op, in + i * op->in->size,
                                  op->out ? out + i * op->out->size : NULL, 0));
    return 0;
}

int pni_attempt(pn *p, int (*run)(pn *p, void *arg), void *arg, int *rc)
{
    struct pni_audit_row **audits = p->audits_end;
    struct pni_outbox_row **events = p->events_end;
    struct pni_state_row **states = p->states_end;
    size_t counts[3] = {p->audit_n, p->event_n, p->state_n};
    if (!p->tx_open) {
        PN_TRY(pni_control(p, "begin"));
        p->tx_open = true;
    }
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

typedef struct request { const pn_op *op; const void *in; void *out; } request;

static int run_request(pn *p, void *arg)
{
    const request *r = arg;
    int rc = r->op->run(p, r->in, r->out);
    if (!rc || !p->keep || p->tx_failed)
        return rc;
    pn_err kept = p->err;
    PN_TRY(pni_audit_call(p, r->op, r->in, NULL, rc));
    p->err = kept;
    return rc;
}

static int run_all(pn *p, const pn_op *op, const char *in, size_t n, char *out, int rc[],
                   pn_err errs[])
{
    if (op->many)
        return op->many(p, in, n, out, rc);
    for (size_t i = 0; i < n; i++) {
        if (rc[i])
            continue;
        request one = {op, in + i * op->in->size, out + (op->out ? i * op->out->size : 0)};
        PN_TRY(pni_attempt(p, run_request, &one, &rc[i]));
        if (rc[i] && errs)
            errs[i] = p->err;
    }
    return 0;
}

static int batch(pn *p, const pn_op *op, const char *in, size_t n, char *out, int rc[],
                 pn_err errs[])
{
    pni_books_clear(p);
    p->commit_sent = p->lost = p->keep = p->key_clash = false;
    p->in_write = op->flags & PN_WRITE;
    int all = run_all(p, op, in, n, out, rc, errs);
    if (!all && p->in_write)
        all = audit_each(p, op, in, out, n, rc);
    if (!all)
        all = pni_commit(p);
    p->in_write = false;
    return all;
}

int pn_call_many(pn *p, const pn_op *op, const void *in, size_t n, void *out, int rc[],
                 pn_err errs[])
{
    if (!p)
        return PN_EMEM;
    pni_err_clear(p);
    PN_TRY(pni_permit(p, op));
    if (op->list || !n)
        return n ? pn_fail(p, PN_EARG, NULL, pn_tr("A list cannot be called in a batch")) : 0;
    if (p->key)
        return pn_fail(p, PN_EARG, "idempotency_key",
                       pn_tr("A batch cannot share one idempotency key"));
    char *own = pn_alloc(p, n * (op->out ? op->out->size : 1));
    if (!own)
        return pni_oom(p);
    p->op = op;
    p->op_in = in;
    p->depth++;
    for (size_t i = 0; i < n; i++) {
        rc[i] = pn_validate(p, op->in, (const char *)in + i * op->in->size);
        if (errs)
            errs[i] = rc[i] ? p->err : (pn_err){0};
    }
    int all = batch(p, op, in, n, own, rc, errs);
    if (all)
        pni_db_rollback(p);
    else if (out && op->out)
        memcpy(out, own, n * op->out->size);
    p->depth--;
    pni_db_release(p);
    return all;
}
