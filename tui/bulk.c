/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c — what bounds work on many rows (rows of the policy table) and the way back: what was done
 * last is kept for some minutes, with the operation that takes it back or the reason why none
 * does. */
#include "config.h"
#include "bulk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000, ROWS_MOST = 1000 };

struct done_row { char key[64], name[200]; };

struct tui_undo {
    const pn_op *op; /* what was done */
    struct done_row *row;
    int rows;
    int64_t at;
};

int64_t bulk_fen(const char *yuan)
{
    int64_t whole = 0, part = 0;
    int digits = 0;
    bool point = false;
    for (; *yuan; yuan++) {
        point |= *yuan == '.';
        if (*yuan < '0' || *yuan > '9')
            continue;
        if (!point && whole < INT64_MAX / 1000)
            whole = whole * 10 + (*yuan - '0');
        else if (point && digits++ < 2)
            part = part * 10 + (*yuan - '0');
    }
    return whole * 100 + (digits == 1 ? part * 10 : part);
}

static void told(struct tui_app *app, struct tui_job *job)
{
    if (job->code || !job->table)
        return;
    app->limits.rows_max = strtoll(table_plain(job->table, 0, "rows_max"), NULL, 10);
    app->limits.type_rows = strtoll(table_plain(job->table, 0, "type_rows"), NULL, 10);
    app->limits.type_fen = bulk_fen(table_plain(job->table, 0, "type_fen"));
    app->limits.undo_min = strtoll(table_plain(job->table, 0, "undo_min"), NULL, 10);
}

void bulk_want(struct tui_app *app)
{
    const pn_op *op = app_op(app, "policy.limits");
    if (app->limits.asked)
        return;
    app->limits = (struct tui_limits){.asked = true, .rows_max = ROWS_MOST};
    struct tui_job *job = op ? job_new(op, 0, 0) : NULL;
    if (job)
        job->answer = told;
    app_post(app, job);
}

void bulk_done(const struct plan *n)
{
    struct tui_app *app = n->view.app;
    if (!plan_count(n, ITEM_GOOD))
        return;
    undo_begin(app, n->op);
    for (int i = 0; i < n->items; i++)
        if (n->item[i].fate == ITEM_GOOD)
            undo_add(app, n->item[i].key, n->item[i].name);
    if (n->op->undo && app_op_of(app, n->op->noun, n->op->undo))
        app_say(app, LOOK_GOOD, pn_tr("u takes it back for %lld minutes"),
                (long long)app->limits.undo_min);
    else
        app_say(app, LOOK_WAIT, pn_tr("It stays: %s"),
                n->op->lasting ? pn_tr(n->op->lasting) : pn_tr("nothing takes it back"));
}

/* ---- the way back ---- */

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

void undo_do(struct tui_app *app)
{
    struct tui_undo *u = app->undo;
    const pn_op *back = u && u->op->undo ? app_op_of(app, u->op->noun, u->op->undo) : NULL;
    if (!u || !u->rows) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("There is nothing to take back"));
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
