/* SPDX-License-Identifier: Apache-2.0 */
/* settle.c — how a write comes to its end: the operation's own statements, then all bookkeeping
 * and the commit in one more round trip. When that fails, stored answers are looked up, conflicts
 * are tried again, a batch is taken apart in halves, and a commit without an answer is resolved by
 * the keys. One request is a batch of one. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sodium.h>

#include "base/call_int.h"
#include "base/news_int.h"

void pni_answer_call(pn *p, const pn_op *op, pni_call *c, int rc)
{
    c->done = true;
    c->r.rc = c->asked->rc = rc;
    c->asked->err = rc ? p->err : (pn_err){0};
    pni_point(op, &c->asked->err);
    if (!rc && c->asked->out && op->out)
        memcpy(c->asked->out, c->r.out, op->out->size);
}

/* Those without an answer yet move to the front. */
static size_t left(pni_call *calls[], size_t n)
{
    size_t open = 0;
    for (size_t i = 0; i < n; i++)
        if (!calls[i]->done)
            calls[open++] = calls[i];
    return open;
}

static bool any_key(pni_call *const calls[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (calls[i]->r.key)
            return true;
    return false;
}

/* ---- one try ---- */

bool pni_apart(pn *p, bool on)
{
    if (p->tx_open || p->dry_run || !(p->in_write || !on))
        return false;
    p->in_write = !on;
    return true;
}

int pni_tries(const pn *p)
{
    return p->tries;
}

void pni_at_last(pn *p, int (*last)(pn *p, void *of), void *of)
{
    p->last = last;
    p->last_of = of;
}

static void clear(pn *p, const pn_op *op, pni_call *const calls[], size_t n)
{
    p->audits = NULL;
    p->events = NULL;
    p->states = NULL;
    p->audits_end = &p->audits;
    p->events_end = &p->events;
    p->states_end = &p->states;
    p->audit_n = p->event_n = p->state_n = 0;
    p->commit_sent = p->lost = p->keep = p->key_clash = false;
    p->last = NULL;
    for (size_t i = 0; i < n; i++) {
        pni_call *c = calls[i];
        c->r.rc = 0;
        c->r.err = (pn_err){0};
        c->audited = c->kept = false;
        c->told = NULL;
        if (op->out)
            memset(c->r.out, 0, op->out->size);
    }
}

static int commit(pn *p, bool nothing)
{
    if (!p->tx_open)
        return pni_db_sync(p);
    PN_TRY(pni_control(p, p->dry_run || nothing ? "rollback" : "commit"));
    p->commit_sent = !nothing;
    if (!nothing)
        pni_db_cut(p);
    PN_TRY(pni_db_sync(p));
    p->tx_open = false;
    return 0;
}

/* It is committed: where memory lacks for what is known of the refused, that is their error. */
static void told_before(pn *p, const pn_op *op, pni_call *const refused[], size_t n,
                        const PGresult *found)
{
    int rc = pni_key_answer(p, op, refused, found);
    pn_err why = p->err;
    for (size_t i = 0; rc && i < n; i++) {
        if (refused[i]->done || !refused[i]->r.key)
            continue;
        pni_turn(p, refused[i]);
        p->err = why;
        pni_answer_call(p, op, refused[i], rc);
    }
}

/* The bookkeeping of what was accepted goes out with the commit, and so does the question whether
 * what was refused had a better answer once: its answer is read when it is committed. */
static int book(pn *p, const pn_op *op, pni_call *const calls[], size_t n, PGresult **found)
{
    pni_call **refused = pn_alloc(p, n * sizeof(*refused) + 1);
    size_t no = 0;
    bool nothing = true;
    if (!refused)
        return pni_oom(p);
    for (size_t i = 0; i < n; i++) {
        pni_call *c = calls[i];
        if (c->r.rc)
            refused[no++] = c;
        if (c->r.rc && !c->kept)
            continue;
        nothing = false;
        pni_turn(p, c);
        if (op->flags & PN_WRITE)
            PN_TRY(pni_audit_call(p, op, c));
    }
    PN_TRY(pni_state_flush(p));
    PN_TRY(pni_audit_flush(p));
    PN_TRY(pni_outbox_flush(p));
    if (p->last && !nothing)
        PN_TRY(p->last(p, p->last_of));
    PN_TRY(pni_key_store(p, op, calls, n));
    if (any_key(refused, no))
        PN_TRY(pni_key_ask(p, refused, no, found));
    PN_TRY(commit(p, nothing));
    if (!nothing && !p->dry_run) {
        pni_audit_note(p);
        pni_state_note(p);
    }
    told_before(p, op, refused, no, *found);
    return 0;
}

static int attempt(pn *p, const pn_op *op, pni_call *const calls[], size_t n)
{
    clear(p, op, calls, n);
    p->in_write = op->flags & PN_WRITE;
    PGresult *found = NULL;
    int rc = pni_run(p, op, calls, n);
    if (!rc)
        rc = book(p, op, calls, n, &found);
    PQclear(found);
    p->in_write = false;
    for (size_t i = 0; !rc && i < n; i++) {
        pni_call *c = calls[i];
        if (c->done)
            continue;
        p->err = c->r.err;
        pni_answer_call(p, op, c, c->r.rc);
    }
    return rc;
}

/* ---- and when it fails ---- */

/* A constraint spoke before the operation did: what it had read was changed under it. Once more,
 * and it sees what is there and says so in its own words. */
static bool overtaken(const pn *p, int tries)
{
    return !p->lost && tries < 2 &&
           (!strcmp(p->err.sqlstate, "23505") || !strcmp(p->err.sqlstate, "23514"));
}

static bool again(const pn *p, int rc, int tries)
{
    static const char *const states[] = {"40001", "40P01", "55P03", NULL};
    if (!rc || tries >= PNI_RETRY_MAX || pni_mono_ms() >= p->deadline_ms)
        return false;
    if (p->lost)
        return p->err.code == PN_EDATABASE && !p->commit_sent;
    if (overtaken(p, tries))
        return true;
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

/* The commit went out and no answer came: a stored key tells, else nobody knows. A key that is not
 * there says it did not happen, and should the old server still be at it, the key lets only one of
 * the two in. What was refused had no effect either way and is decided anew. */
static size_t ambiguous(pn *p, const pn_op *op, pni_call *calls[], size_t n, int tries)
{
    p->lost = p->commit_sent = false;
    int rc = any_key(calls, n) ? pni_key_find(p, op, calls, n) : 0;
    bool told = !rc && tries < PNI_RETRY_MAX;
    n = left(calls, n);
    for (size_t i = 0; i < n; i++) {
        pni_call *c = calls[i];
        if (told && (c->r.key || (c->r.rc && !c->kept)))
            continue;
        pni_turn(p, c);
        pn_fail(p, PN_EAMBIGUOUS, NULL, "%s", pn_code_text(PN_EAMBIGUOUS));
        pn_hint(p, "%s", pn_tr("Look whether it is there before you send it again, or use an "
                               "idempotency key"));
        pni_answer_call(p, op, c, PN_EAMBIGUOUS);
    }
    return left(calls, n);
}

/* A key that met its like: give the stored answer, or forget one that is too old to count. */
static size_t look_up(pn *p, const pn_op *op, pni_call *calls[], size_t n)
{
    pn_err kept = p->err;
    int rc = pni_key_find(p, op, calls, n);
    p->err = kept;
    n = left(calls, n);
    for (size_t i = 0; !rc && p->key_clash && i < n; i++)
        calls[i]->forget = calls[i]->r.key;
    return n;
}

/* Could fewer requests fare better? Not without a database, and not without time. */
static bool worth_parting(const pn *p)
{
    if (p->lost)
        return p->err.code == PN_EDATABASE;
    return p->err.sqlstate[0] || (p->err.code != PN_EDATABASE && p->err.code != PN_EBUSY &&
                                  p->err.code != PN_ETIMEOUT);
}

static int part(pn *p, const pn_op *op, pni_call *calls[], size_t n)
{
    size_t half = n / 2;
    const size_t from[] = {0, half}, count[] = {half, n - half};
    if (p->lost)
        pause_before(0);
    for (int k = 0; k < 2; k++) {
        int rc = pni_settle(p, op, calls + from[k], count[k], 0);
        for (size_t i = 0; rc && i < count[k]; i++)
            if (!calls[from[k] + i]->done)
                pni_answer_call(p, op, calls[from[k] + i], rc);
    }
    return 0;
}

int pni_settle(pn *p, const pn_op *op, pni_call *calls[], size_t n, int tries)
{
    if (n && calls[0]->look) {
        PN_TRY(pni_key_find(p, op, calls, n));
        n = left(calls, n);
    }
    for (; n; tries++) {
        p->tries = tries;
        int rc = attempt(p, op, calls, n);
        if (!rc)
            return 0;
        pni_db_rollback(p);
        if (p->lost && p->commit_sent && !p->dry_run) {
            pni_db_release(p);
            n = ambiguous(p, op, calls, n, tries);
            if (n)
                pause_before(tries);
            continue;
        }
        bool clash = p->key_clash;
        if (!p->lost && !p->keep && any_key(calls, n))
            n = look_up(p, op, calls, n);
        if (!n || (clash && tries < PNI_RETRY_MAX))
            continue;
        if (n > 1 && !worth_parting(p))
            return rc;
        bool retry = again(p, rc, tries), over = overtaken(p, tries);
        pni_db_release(p);
        if (n > 1 && !(over && retry))
            return part(p, op, calls, n);
        if (!retry) {
            pni_answer_call(p, op, calls[0], rc);
            return 0;
        }
        if (!over) /* there is nothing to wait for */
            pause_before(tries);
    }
    return 0;
}
