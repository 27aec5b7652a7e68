/* SPDX-License-Identifier: Apache-2.0 */
/* call.c — the one way into an operation. A write is: the operation's own statements, then all
 * bookkeeping and the commit in one more round trip. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sodium.h>

#include "base/call_int.h"

/* "show.*" "*.list" "order.refund" against noun.verb */
static bool grant_match(const char *grant, size_t len, const pn_op *op)
{
    const char *dot = memchr(grant, '.', len);
    if (!dot)
        return false;
    size_t noun = (size_t)(dot - grant), verb = len - noun - 1;
    return ((noun == 1 && *grant == '*') ||
            (strlen(op->noun) == noun && !strncmp(op->noun, grant, noun))) &&
           ((verb == 1 && dot[1] == '*') ||
            (strlen(op->verb) == verb && !strncmp(op->verb, dot + 1, verb)));
}

bool pn_may(const pn *p, const pn_op *op)
{
    uint32_t roles = p->actor.roles | PN_ROLE_PUBLIC;
    bool ok = op->may & roles || roles & PN_ROLE_ADMIN;
    for (const char *s = p->actor.grants; s && *s;) {
        size_t len = strcspn(s, " ");
        bool minus = *s == '-';
        if (len > (size_t)minus && grant_match(s + minus, len - minus, op))
            ok = !minus;
        s += len + strspn(s + len, " ");
    }
    return ok;
}

int pni_permit(pn *p, const pn_op *op)
{
    if (pn_may(p, op))
        return 0;
    if (!(p->actor.roles & ~(uint32_t)PN_ROLE_PUBLIC)) {
        pn_fail(p, PN_EAUTH, NULL, pn_tr("Sign in to use \"%s %s\""), op->noun, op->verb);
        return pn_hint(p, "%s", pn_tr("pn login, or pass a token"));
    }
    return pn_fail(p, PN_EPERM, NULL, pn_tr("%s may not use \"%s %s\""), p->actor.login, op->noun,
                   op->verb);
}

void pni_books_clear(pn *p)
{
    p->audits = NULL;
    p->events = NULL;
    p->states = NULL;
    p->audits_end = &p->audits;
    p->events_end = &p->events;
    p->states_end = &p->states;
    p->audit_n = p->event_n = p->state_n = 0;
}

int pni_commit(pn *p)
{
    PN_TRY(pni_state_flush(p));
    PN_TRY(pni_audit_flush(p));
    PN_TRY(pni_outbox_flush(p));
    if (!p->tx_open)
        return 0;
    PN_TRY(pni_control(p, p->dry_run ? "rollback" : "commit"));
    p->commit_sent = true;
    pni_db_cut(p);
    int rc = pni_db_sync(p);
    if (!rc)
        p->tx_open = false;
    return rc;
}

/* One try of a write: run, book, commit. `fresh` is an out struct of our own. */
static int attempt(pn *p, const pn_op *op, const void *in, void *fresh)
{
    pni_books_clear(p);
    p->commit_sent = p->lost = p->keep = p->key_clash = false;
    p->in_write = true;
    int rc = op->run(p, in, fresh);
    if (rc && (!p->keep || p->tx_failed)) {
        p->in_write = false;
        return rc;
    }
    pn_err kept = p->err;
    int books = pni_audit_call(p, op, in, rc ? NULL : fresh, rc);
    if (!books && !rc && p->key)
        books = pni_key_store(p, op, in, fresh);
    if (!books)
        books = pni_commit(p);
    p->in_write = false;
    if (books)
        return books;
    p->err = kept;
    return rc;
}

static bool again(const pn *p, int rc, int tries)
{
    static const char *const states[] = {"40001", "40P01", "55P03", NULL};
    if (!rc || tries >= PNI_RETRY_MAX)
        return false;
    if (p->lost)
        return p->err.code == PN_EDATABASE && !p->commit_sent;
    for (int i = 0; states[i]; i++)
        if (!strcmp(p->err.sqlstate, states[i]))
            return true;
    return false;
}

static void pause_before(int tries)
{
    long ms = (5L << tries) + (long)randombytes_uniform(5u << tries);
    nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

/* The commit went out and no answer came: the stored key tells, else nobody knows. */
static int ambiguous(pn *p, const pn_op *op, const void *in, void *out, int tries)
{
    p->lost = p->commit_sent = false;
    if (p->key) {
        int rc = pni_key_find(p, op, in, out);
        /* What the key says; a database still away says nothing. PN_ENONE: it did not happen, and
         * should the old server still be at it, the key lets only one of the two in. */
        if (rc != PN_EDATABASE && (rc != PN_ENONE || tries < PNI_RETRY_MAX))
            return rc;
    }
    pn_fail(p, PN_EAMBIGUOUS, NULL, "%s", pn_code_text(PN_EAMBIGUOUS));
    return pn_hint(p, "%s", pn_tr("Look whether it is there before you send it again, or use an "
                                  "idempotency key"));
}

static int write_op(pn *p, const pn_op *op, const void *in, void *out)
{
    size_t size = op->out ? op->out->size : 1;
    void *fresh = pn_alloc(p, size);
    if (!fresh)
        return pni_oom(p);
    int rc;
    for (int tries = 0;; tries++) {
        memset(fresh, 0, size);
        rc = attempt(p, op, in, fresh);
        if (!rc)
            break;
        pni_db_rollback(p);
        if (p->lost && p->commit_sent && !p->dry_run) {
            pni_db_release(p);
            rc = ambiguous(p, op, in, out, tries);
            if (rc != PN_ENONE)
                return rc;
            pause_before(tries);
            continue;
        }
        if (p->key && !p->lost && !p->keep) {
            pn_err kept = p->err;
            int found = pni_key_find(p, op, in, out);
            if (found != PN_ENONE)
                return found;
            p->err = kept;
        }
        if (!again(p, rc, tries))
            return rc;
        pni_db_release(p);
        pause_before(tries);
    }
    if (out && op->out)
        memcpy(out, fresh, size);
    return 0;
}

static int read_op(pn *p, const pn_op *op, const void *in, void *out)
{
    int rc = 0;
    for (int tries = 0;; tries++) {
        p->lost = false;
        rc = op->list ? pni_list_run(p, op, in, out) : op->run(p, in, out);
        if (!rc || !p->lost || p->err.code != PN_EDATABASE || tries)
            return rc;
        pni_db_release(p); /* an idle connection may have died: once more on a fresh one */
    }
}

int pn_call(pn *p, const pn_op *op, const void *in, void *out)
{
    static const pn_list no_list;
    if (!p)
        return PN_EMEM;
    if (op->list && !in)
        in = &no_list;
    if (p->depth) { /* joins the outer call */
        PN_TRY(pn_validate(p, op->in, in));
        void *fresh = out ? out : pn_alloc(p, op->out ? op->out->size : 1);
        return !fresh ? pni_oom(p) : op->list ? pni_list_run(p, op, in, out)
                                              : op->run(p, in, fresh);
    }
    pni_err_clear(p);
    PN_TRY(pni_permit(p, op));
    PN_TRY(pn_validate(p, op->in, in));
    if (p->key && strlen(p->key) > PNI_KEY_MAX)
        return pn_fail(p, PN_EARG, NULL, pn_tr("The idempotency key is longer than %d characters"),
                       PNI_KEY_MAX);
    const char *key = p->key;
    if (!(op->flags & PN_ONCE))
        p->key = NULL; /* its answer must not be stored: it may hold a secret told once */
    p->op = op;
    p->op_in = in;
    p->depth++;
    size_t size = op->list ? sizeof(pn_page) : op->out ? op->out->size : 1;
    void *own = pn_alloc(p, size);
    int rc = !own ? pni_oom(p) : op->flags & PN_WRITE ? write_op(p, op, in, own)
                                                      : read_op(p, op, in, own);
    if (!rc && out && (op->list || op->out))
        memcpy(out, own, size);
    if (rc)
        pni_db_rollback(p);
    p->key = key;
    p->depth--;
    pni_db_release(p);
    return rc;
}
