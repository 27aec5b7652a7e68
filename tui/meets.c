/* SPDX-License-Identifier: Apache-2.0 */
/* meets.c — whom a change meets: asked before it is sent, wherever one that others would decide on
 * is typed, into a form or over cells. */
#include "config.h"
#include "app.h"

#include <stdio.h>
#include <string.h>

bool meets_ask(struct tui_view *view, const pn_op *change, const char *key, int tag)
{
    const pn_op *op = strcmp(change->verb, "edit") ? NULL : app_op(view->app, "revision.impact");
    if (!op || !*key || !pn_word_find(op->in->cols[0].words, change->noun))
        return false;
    struct tui_job *job = job_new(op, view->id, tag);
    job_set(job, "noun", change->noun);
    job_set(job, "ref", key);
    app_ask(view, job);
    return job != NULL;
}

void meets_put(const struct tui_job *job, char *out, size_t size)
{
    const struct tui_table *t = job->code ? NULL : job->table;
    size_t len = 0;
    if (!t || !t->rows)
        return;
    snprintf(out, size, "%s", pn_tr("Nobody has a ticket of it or sells it yet"));
    for (int c = 0; c < t->cols && len < size; c++)
        if (strcmp(table_at(t, 0, c)->plain, "0") != 0)
            len += (size_t)snprintf(out + len, size - len, "%s%s %s", len ? "; " : "",
                                    pn_tr(t->type->cols[c].label), table_at(t, 0, c)->show);
}

/* Where a new row must say something, a change cannot take it away. */
bool meets_must(const pn_op *change, const pn_col *given)
{
    const pn_op *create = pn_op_find(change->noun, "create");
    const pn_col *col = create ? pn_type_col(create->in, given->name) : NULL;
    return !(given->flags & PN_REQ) && col && col->flags & PN_REQ;
}
