/* SPDX-License-Identifier: Apache-2.0 */
/* undo.c — the way back: what was done last is kept for some minutes, with the operation that takes
 * it back or the reason why none does. What the server did to many rows it knows itself: it is
 * asked for the newest of one's own, so that a console that was left or closed meanwhile still
 * leads back. */
#include "config.h"
#include "bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

struct done_row { char key[64], name[200]; };

struct tui_undo {
    const pn_op *op; /* what was done */
    struct done_row *row;
    int rows;
    int64_t at;
    char work[24]; /* or what the server does, and is asked about */
    int work_rows;
};

void undo_free(struct tui_app *app)
{
    if (app->undo)
        free(app->undo->row);
    free(app->undo);
    app->undo = NULL;
}

void undo_begin(struct tui_app *app, const pn_op *op)
{
    undo_free(app);
    app->undo = calloc(1, sizeof *app->undo);
    if (app->undo)
        *app->undo = (struct tui_undo){.op = op, .at = tui_clock()};
}

void undo_add(struct tui_app *app, const char *key, const char *name)
{
    struct tui_undo *u = app->undo;
    struct done_row *more =
        u ? reallocarray(u->row, (size_t)u->rows + 1, sizeof *more) : NULL;
    if (!more)
        return;
    u->row = more;
    snprintf(more[u->rows].key, sizeof more->key, "%s", key);
    snprintf(more[u->rows++].name, sizeof more->name, "%s", name);
}

void undo_work(struct tui_app *app, const pn_op *op, const char *id)
{
    undo_begin(app, op);
    if (app->undo)
        snprintf(app->undo->work, sizeof app->undo->work, "%s", id);
}

/* ---- what the server did ---- */

static void nothing(struct tui_app *app)
{
    app_say(app, LOOK_WAIT, "%s", pn_tr("There is nothing to take back"));
}

/* What the work does, as the menus of actions call it. */
static const char *deed(struct tui_app *app, const struct tui_table *t)
{
    const pn_op *op = app_op(app, table_plain(t, 0, "op"));
    return op ? pn_tr(op->brief) : table_show(t, 0, "op");
}

static void begun(struct tui_app *app, struct tui_job *job)
{
    if (job->code || !job->table || !job->table->rows) {
        app_fail(app, job);
        return;
    }
    view_record(app, "bulk", table_plain(job->table, 0, "id"), pn_tr("taken back"));
}

/* Agreed: that is work of its own, and is looked at. */
static void take_back(struct tui_app *app, void *who, const char *text)
{
    struct tui_undo *u = app->undo;
    struct tui_job *job = u ? job_new(app_op(app, "bulk.undo"), 0, 0) : NULL;
    (void)who;
    if (u && u->work_rows > app->limits.type_rows &&
        strtoll(text, NULL, 10) != u->work_rows) {
        app_say(app, LOOK_BAD, "! %s", pn_tr("That is not the number of rows"));
        job_free(job);
        return;
    }
    if (!job)
        return;
    job_set(job, "id", u->work);
    app_key(app, job->key);
    job->answer = begun;
    app_post(app, job);
    undo_free(app);
}

/* What it was, of how many rows and how much: it is named before it is taken back. */
static void agree(struct tui_app *app, const struct tui_table *t)
{
    char label[300];
    bool real;
    int rows = (int)strtol(table_plain(t, 0, "done"), NULL, 10);
    const char *place = app_place(app, &real), *fen = table_plain(t, 0, "done_fen");
    bool money = bulk_fen(fen) > 0;
    app->undo->work_rows = rows;
    if (rows > app->limits.type_rows) {
        snprintf(label, sizeof label, pn_tr("Type the number of rows, %d, to take back “%.80s”"),
                 rows, deed(app, t));
        prompt_open(app, '>', label, "", take_back, app);
        prompt_strict(app);
        return;
    }
    snprintf(label, sizeof label, pn_tr("Take back “%.80s”: %d rows%s%s%s%.30s?"),
             deed(app, t), rows, money ? ", " : "",
             money ? table_show(t, 0, "done_fen") : "", *place ? ", " : "", place);
    prompt_open(app, '?', label, "", take_back, app);
}

/* The work itself: it can be taken back, or says why not. */
static void known(struct tui_app *app, struct tui_job *job)
{
    const struct tui_table *t = job->table;
    if (job->code) {
        app_fail(app, job);
        return;
    }
    if (!t || !t->rows || !app->undo)
        return;
    const char *why = table_show(t, 0, "lasting");
    if (*why) {
        app_say(app, LOOK_WAIT, "%s: %s", deed(app, t), why);
        undo_free(app); /* the next time, what is the newest then */
    } else {
        agree(app, t);
    }
}

static void ask_work(struct tui_app *app)
{
    struct tui_job *job = app->undo ? job_new(app_op(app, "bulk.show"), 0, 0) : NULL;
    if (!job)
        return;
    job_set(job, "id", app->undo->work);
    job->answer = known;
    app_post(app, job);
}

static void newest(struct tui_app *app, struct tui_job *job)
{
    const struct tui_table *t = job->table;
    if (job->code) {
        app_fail(app, job);
        return;
    }
    if (!t || !t->rows) {
        nothing(app);
        return;
    }
    undo_work(app, job->op, table_plain(t, 0, "id"));
    if (app->undo)
        ask_work(app);
}

/* Nothing was done from here: perhaps the server is about something, or has been. */
static void ask_newest(struct tui_app *app)
{
    const pn_op *list = app_op(app, "bulk.list");
    bool told = list && pn_type_col(list->out, "mine") && app_op(app, "bulk.undo");
    struct tui_job *job = told ? job_new(list, 0, 0) : NULL;
    if (!job) {
        nothing(app);
        return;
    }
    job_set(job, "where", "mine=true");
    job_set(job, "sort", "-created_at");
    job_set(job, "limit", "1");
    job->answer = newest;
    app_post(app, job);
}

void undo_do(struct tui_app *app)
{
    struct tui_undo *u = app->undo;
    const pn_op *back = u && u->op->undo ? app_op_of(app, u->op->noun, u->op->undo) : NULL;
    if (u && *u->work && app_op(app, "bulk.undo")) {
        bulk_limited(app, ask_work);
    } else if (!u || !u->rows) {
        bulk_limited(app, ask_newest);
    } else if (!back) {
        app_say(app, LOOK_WAIT, "%s: %s", pn_tr(u->op->brief),
                u->op->lasting ? pn_tr(u->op->lasting) : pn_tr("nothing takes it back"));
    } else if (tui_clock() > u->at + app->limits.undo_min * MINUTE_MS) {
        app_say(app, LOOK_WAIT, pn_tr("It was done more than %lld minutes ago: %s"),
                (long long)app->limits.undo_min, pn_tr(back->brief));
    } else {
        struct tui_view *plan = plan_new(app, back, pn_tr("taken back"), NULL);
        for (int i = 0; plan && i < u->rows; i++)
            plan_add(plan, u->row[i].key, u->row[i].name, 0);
        app_push(app, plan);
    }
}
