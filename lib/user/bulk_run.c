/* SPDX-License-Identifier: Apache-2.0 */
/* bulk_run.c — the worker's part of work on many rows. Each row is a call of its own, as whoever
 * asked for it and with what he may do now; what became of it is written after the call. A crash
 * between the two costs nothing: the row is called again under the same key and gets the answer it
 * had. Some rows at a time, so that other jobs have their turn. */
#include "bulk_int.h"

#include "base/news.h"
#include "base/news_int.h"
#include "base/policy_int.h"
#include "guard_int.h"

#include <inttypes.h>
#include <string.h>

enum { WORKS = 8, SLICE = 50, TURN_ROWS = 400, LEASE_S = 120, TRIES_MAX = 5 };

const pn_sql pni_bulk_due = {"bulk_due", &pni_bulk_t, &pni_bulk_t,
    "select sk, work_id as id from bulk_due where lease_until < :now order by work_id limit 8"};
const pn_sql pni_bulk_claim = {"bulk_claim", &pni_bulk_t, NULL,
    "update bulk_due set lease_until = :lease_until where sk = :sk and work_id = :id"
    " and lease_until < :now"};
const pn_sql pni_bulk_free = {"bulk_free", &pni_bulk_t, NULL,
    "update bulk_due set lease_until = '-infinity' where sk = :sk and work_id = :id"};
const pn_sql pni_bulk_next = {"bulk_next", &pni_bulk_t, &pni_bulk_task_t,
    "select sk, id, work_id as work, key, input::text as input, command, tries from bulk_row"
    " where sk = :sk and work_id = :id and state = 'WAITING' order by id limit 50"};
/* Counted with the row, once: who comes late finds it decided. */
const pn_sql pni_bulk_tell = {"bulk_tell", &pni_bulk_task_t, &pni_bulk_t,
    "with r as (update bulk_row set state = :state, code = coalesce(:code, ''),"
    "  words = coalesce(:words, ''), ended_at = :now where sk = :sk and id = :id"
    "  and state = 'WAITING' returning state, amount_fen)"
    " update bulk_work w set done = w.done + (r.state = 'DONE')::int,"
    "  refused = w.refused + (r.state = 'REFUSED')::int,"
    "  done_fen = w.done_fen + case when r.state = 'DONE' then r.amount_fen else 0 end,"
    "  started_at = coalesce(w.started_at, :now)"
    " from r where w.sk = :sk and w.id = :work returning w.state"};
const pn_sql pni_bulk_later = {"bulk_later", &pni_bulk_task_t, NULL,
    "update bulk_row set tries = tries + 1 where sk = :sk and id = :id"};
const pn_sql pni_bulk_sweep = {"bulk_sweep", &pni_bulk_t, NULL,
    "with w as (delete from bulk_work where state <> 'OPEN' and created_at < :ended_at"
    "  returning sk, id)"
    " delete from bulk_row r using w where r.sk = w.sk and r.work_id = w.id"};

/* ---- one row ---- */

/* What people see of the answer: the word of its state. */
static const char *answer_of(pn *p, const pn_op *op, const void *out)
{
    static const char *const names[] = {"state", "status"};
    for (size_t i = 0; op->out && i < sizeof names / sizeof *names; i++) {
        const pn_col *col = pn_type_col(op->out, names[i]);
        if (col && col->kind == PN_K_WORD)
            return pn_show(p, col, out);
    }
    return "";
}

static int call(pn *own, const pn_op *op, const pni_bulk_task *t, const char **words)
{
    void *in = pn_alloc(own, op->in->size);
    void *out = pn_alloc(own, op->out ? op->out->size : 1);
    if (!in || !out)
        return pn_fail(own, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(pn_from_json(own, op->in, t->input, strlen(t->input), in));
    pn_key(own, pn_printf(own, "bulk-%" PRId64, t->id));
    PN_TRY(pn_call(own, op, in, out));
    *words = answer_of(own, op, out);
    return 0;
}

/* Not 0: without an answer, and the same row is to be tried again later. */
static int do_row(pn *p, const pni_bulk *work, const pni_guard *who, pni_bulk_task *t)
{
    const pn_op *op = pn_op_find(work->noun, work->verb);
    const char *words = "";
    PN_AUTO_UNIT own = pn_begin(pn_unit_ctx(p));
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_set_now(own, pn_now(p));
    pni_guard_act(own, who, 0);
    pn_set_via(own, "job", t->command);
    int rc = !who->active ? pn_fail(own, PN_EPERM, NULL, pn_tr("The account of %s is closed"),
                                    who->login)
             : !op ? pn_fail(own, PN_ENONE, NULL, pn_tr("There is no operation \"%s %s\""),
                             work->noun, work->verb)
                   : call(own, op, t, &words);
    const pn_err *err = pn_error(own);
    if (pn_code_retry((pn_code)rc) && t->tries < TRIES_MAX)
        return pn_fail(p, (pn_code)rc, NULL, "%s", err->message);
    t->state.v = rc ? PN_BULK_ROW_REFUSED : PN_BULK_ROW_DONE;
    t->code = rc ? pn_code_name((pn_code)rc) : "";
    t->words = !rc         ? pn_strdup(p, words)
               : err->hint ? pn_printf(p, "%s  %s", err->message, err->hint)
                           : pn_strdup(p, err->message);
    return 0;
}

/* ---- some rows of one work ---- */

static int finish_run(pn *p, const void *in, void *out)
{
    const pni_bulk *work = in;
    (void)out;
    PN_TRY(pni_bulk_close(p, work->id, "end"));
    return pn_audit(p, "bulk", work->id, NULL, NULL, NULL, NULL);
}
static const pn_op finish_op = {.noun = "bulk", .verb = "finish", .in = &pni_bulk_t,
    .brief = N_("Finish work whose rows are all decided"), .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .run = finish_run};

static int finish(pn *p, const pni_bulk *work)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    int rc = pn_call(own, &finish_op, work, NULL);
    if (rc == PN_ESTATE) /* stopped in this moment */
        return 0;
    return rc ? pn_fail(p, (pn_code)rc, NULL, "%s", pn_error(own)->message) : 0;
}

/* Until it is stopped; *left: there is more to do. */
static int do_rows(pn *p, const pni_bulk *work, const pni_guard *who, pn_rows *rows,
                   int64_t *done, bool *left)
{
    *left = rows->n == SLICE;
    pn_each(pni_bulk_task, t, rows)
    {
        pni_bulk now = {0};
        if (do_row(p, work, who, t)) {
            PN_TRY(pn_exec(p, &pni_bulk_later, t, NULL));
            *left = false; /* the next slot tries again */
            return 0;
        }
        int rc = pn_one(p, &pni_bulk_tell, t, &now);
        if (rc && rc != PN_ENONE)
            return rc;
        ++*done;
        pni_news_note(p, "bulk", work->id);
        (void)pn_news_tell(pn_unit_ctx(p), false);
        if (now.state.v != PN_BULK_OPEN) {
            *left = false;
            return 0;
        }
    }
    return *left ? 0 : finish(p, work);
}

static int slice(pn *p, const pni_bulk *due, int64_t *done, bool *left)
{
    pni_bulk work;
    pni_guard who;
    pn_rows rows;
    *left = false;
    PN_TRY(pni_bulk_load(p, due->id, &work));
    int rc = pni_guard_find(p, NULL, work.staff, &who);
    if (rc && rc != PN_ENONE)
        return rc;
    PN_TRY(pn_all(p, &pni_bulk_next, &work, &rows));
    pn_language(work.english ? "en" : NULL);
    rc = do_rows(p, &work, &who, &rows, done, left);
    pn_language(NULL);
    return rc;
}

static int take(pn *p, pni_bulk *due, int64_t *done, bool *left)
{
    int64_t mine = 0;
    *left = false;
    due->lease_until.us = pn_now(p).us + LEASE_S * 1000000LL;
    PN_TRY(pn_exec(p, &pni_bulk_claim, due, &mine));
    if (!mine)
        return 0;
    int rc = slice(p, due, done, left);
    return rc ? rc : pn_exec(p, &pni_bulk_free, due, NULL);
}

/* Everybody's in turn, until nobody's is left or others have waited long enough. */
static int run(pn *p, int64_t *done)
{
    bool any = true;
    *done = 0;
    while (any && *done < TURN_ROWS) {
        pn_rows due;
        any = false;
        PN_TRY(pn_all(p, &pni_bulk_due, NULL, &due));
        pn_each(pni_bulk, d, &due)
        {
            bool left;
            PN_TRY(take(p, d, done, &left));
            any |= left;
        }
    }
    if (any)
        pni_job_wake(p, &pni_bulk_job);
    return 0;
}

static int sweep(pn *p, int64_t *done)
{
    int64_t days = 0;
    PN_TRY(pni_policy(p, "bulk.keep_days", &days));
    pni_bulk before = {.ended_at = {pn_now(p).us - days * 86400 * 1000000}};
    return pn_exec(p, &pni_bulk_sweep, &before, done);
}

static int begun(pn *p, int64_t id, const char *payload)
{
    (void)id;
    (void)payload;
    pni_job_wake(p, &pni_bulk_job);
    return 0;
}

const pn_job pni_bulk_job = {"bulk_run", N_("Do what was asked for many rows"), 60, run};
const pn_job pni_bulk_sweep_job = {"bulk_sweep", N_("Forget old work on many rows"), 86400, sweep};
const pn_event pni_bulk_begun = {"bulk.begun", begun, NULL};
