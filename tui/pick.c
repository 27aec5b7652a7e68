/* SPDX-License-Identifier: Apache-2.0 */
/* pick.c — a field that names a row of a list takes its number, which nobody knows by heart: the
 * key for the next value of a field goes through that list, or through what was searched in it. */
#include "config.h"
#include "form.h"
#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PICKS_MOST = 50 };

const pn_op *pick_list(const struct form *f, const pn_col *col)
{
    char name[64];
    snprintf(name, sizeof name, "%s.list", col->ref ? col->ref : "");
    const pn_op *op = col->ref ? app_op(f->view.app, name) : NULL;
    return op && op->list && type_key(op->out) >= 0 ? op : NULL;
}

static void take(struct form *f)
{
    struct form_field *field = &f->field[f->at];
    char name[200];
    const char *key = table_at(f->pick, f->pick_at, type_key(f->pick->type))->plain;
    mark_name(name, sizeof name, f->view.app->who, f->pick, f->pick_at);
    edit_set(&field->edit, key);
    free(field->called);
    free(field->picked);
    field->called = strdup(name);
    field->picked = strdup(key);
    app_say(f->view.app, LOOK_PLAIN, "%d/%d  %s", f->pick_at + 1, f->pick->rows, name);
}

static void ask(struct form *f, const pn_op *op, const char *text)
{
    struct tui_job *job = job_new(op, f->view.id, FORM_PICK);
    job_set(job, "q", text);
    job_setf(job, "limit", "%d", PICKS_MOST);
    app_ask(&f->view, job);
}

void pick_next(struct form *f)
{
    const struct form_field *field = &f->field[f->at];
    const pn_op *op = pick_list(f, field->col);
    if (f->pick && f->pick_of == f->at && field->picked &&
        !strcmp(field->picked, field->edit.text)) {
        f->pick_at = (f->pick_at + 1) % f->pick->rows;
        take(f);
        return;
    }
    f->pick_of = f->at;
    ask(f, op, field->edit.len ? field->edit.text : NULL);
}

void pick_done(struct form *f, struct tui_job *job)
{
    if (job->code && job->field && !strcmp(job->field, "q")) {
        ask(f, job->op, NULL); /* it cannot be searched, so all of it */
        return;
    }
    if (job->code) {
        app_fail(f->view.app, job);
        return;
    }
    if (f->pick_of != f->at || f->finished) /* somebody went on meanwhile */
        return;
    table_free(f->pick);
    f->pick = job->table;
    f->pick_at = 0;
    job->table = NULL;
    if (f->pick && f->pick->rows) {
        take(f);
        return;
    }
    app_say(f->view.app, LOOK_WAIT, "%s", pn_tr("Nothing fits: type another word, or none"));
    table_free(f->pick);
    f->pick = NULL;
}

const char *pick_called(const struct form_field *field)
{
    bool stale = field->picked && strcmp(field->picked, field->edit.text) != 0;
    return stale ? NULL : field->called;
}
