/* SPDX-License-Identifier: Apache-2.0 */
/* together.c — reads of many units on one connection.
 *
 * A unit's work runs until it must wait for the database; there it is broken off and its statements
 * are noted. Those of all units go out as one pipeline with one sync, equal ones once, and those
 * that look up rows by different keys as one statement for all of the keys (gather.c). Then each
 * work runs again from its beginning: statements that were answered are answered at once, so it
 * gets further, and so on to its end. A read does the same things again when it is told the same
 * things again; one that does not is run alone. So is everybody when a statement fails, because a
 * failure takes the rest of its pipeline along. */
#include "base/gather_int.h"
#include "base/together_int.h"

#include <string.h>

enum { ROUNDS_MAX = 6 };

typedef struct pni_answer {
    struct pni_answer *next;
    const struct pni_answer *same; /* another unit asks the very same */
    pni_stmt *stmt;
    pni_asking asking;
    PGresult *result;       /* its own, or … */
    pni_gather *gathered;   /* … a part of one for many, */
    size_t place;           /* which */
} pni_answer;

struct pni_plan {
    pni_answer *first, **at; /* `at` walks along while the work runs again */
    pn_actor actor;          /* whoever the unit acted for at the beginning */
    bool waits, broken, alone, done;
};

static int broken_off(pn *p)
{
    p->err = (pn_err){.code = PN_EBUSY, .message = pn_code_text(PN_EBUSY), .where = __FILE__};
    return PN_EBUSY;
}

int pni_plan_refuse(pn *p)
{
    p->plan->alone = true;
    return broken_off(p);
}

int pni_plan_sync(pn *p)
{
    if (!p->plan->waits && !p->plan->alone)
        return 0;
    p->plan->broken = true;
    return broken_off(p);
}

static bool equal(const pni_answer *a, const pni_stmt *stmt, const char *const *value,
                  const int *len)
{
    if (a->stmt != stmt)
        return false;
    for (int i = 0; i < stmt->n; i++) {
        const char *other = a->asking.value[i];
        if (!other != !value[i] ||
            (value[i] &&
             (a->asking.len[i] != len[i] || memcmp(other, value[i], (size_t)len[i]))))
            return false;
    }
    return true;
}

/* The values may lie on the stack of the work that is about to be broken off. */
static pni_answer *note(pn *p, pni_stmt *stmt, const char *const *value, const int *len)
{
    size_t n = (size_t)stmt->n;
    pni_answer *a = pn_alloc(p, sizeof *a);
    if (!a || !(a->asking.value = pn_alloc(p, n * sizeof(char *) + 1)) ||
        !(a->asking.len = pn_alloc(p, n * sizeof(int) + 1)))
        return NULL;
    a->stmt = stmt;
    for (size_t i = 0; i < n; i++) {
        char *copy = value[i] ? pn_alloc(p, (size_t)len[i] + 1) : NULL;
        if (value[i] && !copy)
            return NULL;
        if (copy)
            memcpy(copy, value[i], (size_t)len[i]);
        a->asking.value[i] = copy;
        a->asking.len[i] = value[i] ? len[i] : 0;
    }
    return a;
}

int pni_plan_send(pn *p, pni_stmt *stmt, const char *const *value, const int *len,
                  const pni_pending *want)
{
    struct pni_plan *plan = p->plan;
    pni_answer *a = *plan->at;
    if (plan->broken) /* whatever it does now follows from an answer it did not have */
        return broken_off(p);
    if (p->in_write || want->is_key || (a && !equal(a, stmt, value, len)))
        return pni_plan_refuse(p);
    if (!a) {
        if (!(a = *plan->at = note(p, stmt, value, len)))
            return pni_oom(p);
        plan->waits = true;
    }
    plan->at = &a->next;
    const pni_answer *told = a->same ? a->same : a;
    const pni_gather *g = told->gathered;
    const PGresult *result = g ? g->result : told->result;
    if (!result)
        return 0; /* open: the work is broken off where it waits */
    pni_pending item = *want;
    item.stmt = stmt;
    item.part = g ? &g->part[told->place] : NULL;
    return pni_take(p, &item, result);
}

/* ---- the round trips ---- */

typedef struct pni_trip {
    pn *carrier;
    pn *const *units;
    struct pni_plan *plan;
    size_t n;
    pni_answer **asked; /* of this round, each different */
    size_t asked_n, asked_max;
    pni_gather *gathered; /* of all rounds, the newest first */
} pni_trip;

static void run_alone(pn *p, struct pni_plan *plan, pn_read_fn *read, void *arg, int *rc)
{
    p->plan = NULL;
    p->actor = plan->actor;
    pni_err_clear(p);
    *rc = read(p, arg);
    plan->done = true;
}

/* Run one work as far as answers go; true when it waits for more. */
static bool step(pn *p, struct pni_plan *plan, pn_read_fn *read, void *arg, int *rc)
{
    plan->at = &plan->first;
    plan->waits = plan->broken = false;
    p->plan = plan;
    p->actor = plan->actor;
    pni_err_clear(p);
    *rc = read(p, arg);
    p->plan = NULL;
    if (!plan->alone)
        plan->done = !plan->waits;
    return plan->waits && !plan->alone;
}

static int ask(pni_trip *t, pni_answer *a)
{
    for (size_t i = 0; i < t->asked_n; i++)
        if (equal(t->asked[i], a->stmt, a->asking.value, a->asking.len)) {
            a->same = t->asked[i];
            return 0;
        }
    if (t->asked_n == t->asked_max) {
        size_t max = t->asked_max ? t->asked_max * 2 : t->n;
        pni_answer **more = pn_alloc(t->carrier, max * sizeof(*more));
        if (!more)
            return pni_oom(t->carrier);
        if (t->asked_n)
            memcpy(more, t->asked, t->asked_n * sizeof(*more));
        t->asked = more;
        t->asked_max = max;
    }
    t->asked[t->asked_n++] = a;
    return 0;
}

static bool open_for(const pni_answer *a, const pni_stmt *stmt)
{
    return a->stmt == stmt && !a->gathered;
}

/* The same statement as the ith asks it, with the keys of all that come after it. */
static int gather(pni_trip *t, size_t i, size_t n)
{
    pn *p = t->carrier;
    pni_stmt *stmt = t->asked[i]->stmt;
    pni_gather *g = pn_alloc(p, sizeof *g);
    if (!g || !(g->asking = pn_alloc(p, n * sizeof(pni_asking *))))
        return pni_oom(p);
    g->stmt = stmt;
    for (; i < t->asked_n; i++)
        if (open_for(t->asked[i], stmt)) {
            t->asked[i]->gathered = g;
            t->asked[i]->place = g->n;
            g->asking[g->n++] = &t->asked[i]->asking;
        }
    g->next = t->gathered;
    t->gathered = g;
    return pni_gather_send(p, g);
}

static int send_asked(pni_trip *t)
{
    for (size_t i = 0; i < t->asked_n; i++) {
        pni_answer *a = t->asked[i];
        size_t n = 0;
        if (a->gathered)
            continue;
        for (size_t k = i; k < t->asked_n; k++)
            n += open_for(t->asked[k], a->stmt);
        if (n > 1 && pni_gathers(t->carrier, a->stmt))
            PN_TRY(gather(t, i, n));
        else
            PN_TRY(pni_send(t->carrier, a->stmt, a->asking.value, a->asking.len,
                            &(pni_pending){.result = &a->result}));
    }
    return pni_db_sync(t->carrier);
}

static int part(pni_trip *t)
{
    for (pni_gather *g = t->gathered; g && !g->part; g = g->next)
        PN_TRY(pni_gather_part(t->carrier, g));
    return 0;
}

static int travel(pni_trip *t)
{
    int64_t due = INT64_MAX;
    t->asked_n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (!t->plan[i].done && t->units[i]->deadline_ms < due)
            due = t->units[i]->deadline_ms;
    t->carrier->deadline_ms = due;
    for (size_t i = 0; i < t->n; i++) {
        if (t->plan[i].done || t->plan[i].alone)
            continue;
        t->units[i]->trips++;
        for (pni_answer *a = t->plan[i].first; a; a = a->next)
            if (!a->result && !a->same && !a->gathered)
                PN_TRY(ask(t, a));
    }
    PN_TRY(send_asked(t));
    return part(t);
}

/* Databases that share rows among servers do not take every form of a statement. */
static void learn(const pni_trip *t)
{
    for (pni_gather *g = t->gathered; g; g = g->next)
        if (!g->part && !strncmp(t->carrier->err.sqlstate, "0A", 2))
            pni_gather_none(g);
}

/* Nobody could be served: the reason, in the words of the carrier. */
static int tell(pn *p, const pn *carrier)
{
    const pn_err *e = &carrier->err;
    pn_fail(p, e->code, NULL, "%s", e->message ? e->message : pn_code_text(e->code));
    return e->hint ? pn_hint(p, "%s", e->hint) : (int)e->code;
}

/* A statement failed or the connection died under it: everybody tries alone. There was none to be
 * had, or its time ran out: that is everybody's answer. */
static bool worth_alone(const pn *carrier, bool had_connection)
{
    return carrier->err.sqlstate[0] || carrier->err.code == PN_EMEM ||
           (had_connection && carrier->err.code != PN_ETIMEOUT);
}

static void forget(const pni_trip *t)
{
    for (pni_gather *g = t->gathered; g; g = g->next) {
        PQclear(g->result);
        g->result = NULL;
    }
    for (size_t i = 0; i < t->n; i++)
        for (pni_answer *a = t->plan[i].first; a; a = a->next) {
            PQclear(a->result);
            a->result = NULL;
        }
}

void pn_read_together(pn *const units[], size_t n, pn_read_fn *read, void *const args[], int rc[])
{
    pn *carrier = n > 1 ? pn_begin(units[0]->ctx) : NULL;
    pni_trip t = {.carrier = carrier, .units = units, .n = n};
    t.plan = carrier ? pn_alloc(carrier, n * sizeof *t.plan) : NULL;
    if (!t.plan) {
        pn_end(carrier);
        for (size_t i = 0; i < n; i++)
            rc[i] = read(units[i], args[i]);
        return;
    }
    int failed = 0;
    bool connected = true;
    for (size_t i = 0; i < n; i++)
        t.plan[i].actor = units[i]->actor;
    for (int round = 0; round < ROUNDS_MAX && !failed; round++) {
        size_t waiting = 0;
        for (size_t i = 0; i < n; i++)
            if (!t.plan[i].done && !t.plan[i].alone)
                waiting += step(units[i], &t.plan[i], read, args[i], &rc[i]);
        if (!waiting)
            break;
        failed = travel(&t);
        connected = carrier->conn != NULL;
    }
    if (failed)
        learn(&t);
    forget(&t);
    pni_db_release(carrier);
    for (size_t i = 0; i < n; i++) {
        if (!t.plan[i].done && failed && !worth_alone(carrier, connected))
            rc[i] = tell(units[i], carrier);
        else if (!t.plan[i].done)
            run_alone(units[i], &t.plan[i], read, args[i], &rc[i]);
    }
    pn_end(carrier);
}
