/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c — what bounds work on many rows (rows of the policy table); what is said at its end. */
#include "config.h"
#include "bulk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 1000 };

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

static void take(struct tui_app *app, const struct tui_job *job)
{
    if (job->code || !job->table)
        return;
    app->limits.rows_max = strtoll(table_plain(job->table, 0, "rows_max"), NULL, 10);
    app->limits.type_rows = strtoll(table_plain(job->table, 0, "type_rows"), NULL, 10);
    app->limits.type_fen = bulk_fen(table_plain(job->table, 0, "type_fen"));
    app->limits.undo_min = strtoll(table_plain(job->table, 0, "undo_min"), NULL, 10);
}

static void told(struct tui_app *app, struct tui_job *job)
{
    void (*then)(struct tui_app *) = app->limits.then;
    take(app, job);
    app->limits.then = NULL;
    if (then)
        then(app);
}

void bulk_limited(struct tui_app *app, void (*then)(struct tui_app *app))
{
    bulk_want(app);
    if (app->limits.undo_min || !app_op(app, "policy.limits"))
        then(app);
    else
        app->limits.then = then;
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
