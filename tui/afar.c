/* SPDX-License-Identifier: Apache-2.0 */
/* afar.c — a plan that the server carries out: all rows that can be done go there in one request,
 * and from then on the console only looks how far it is. It may be left, or closed: the work goes
 * on, and the room of such work shows it. */
#include "config.h"
#include "bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEGIN = PLAN_AFAR, LOOK, ROWS, STOP, ROWS_ONCE = 1000 };
enum { LOOK_MS = 400, NOBODY_MS = 5000 };

bool afar_can(const struct plan *n)
{
    uint32_t needs = PN_WRITE | PN_ONCE;
    return (n->op->flags & needs) == needs && !(n->op->flags & PN_LOCAL) &&
           app_op(n->view.app, "bulk.begin") && app_op(n->view.app, "bulk.rows");
}

/* ---- asking ---- */

/* {"column":"value",…} of the lines of a text. */
static void put_given(FILE *out, const struct plan *n, const char *name, const char *lines)
{
    if (!lines || !n->givens)
        return;
    fprintf(out, ",\"%s\":{", name);
    for (int i = 0; i < n->givens && lines; i++) {
        char value[300];
        size_t len = strcspn(lines, "\n");
        snprintf(value, sizeof value, "%.*s", (int)len, lines);
        lines = lines[len] ? lines + len + 1 : NULL;
        fputs(i ? "," : "", out);
        facts_quote(out, n->given[i].column);
        fputc(':', out);
        facts_quote(out, value);
    }
    fputc('}', out);
}

/* What is the same for all; what was left empty is not given. */
static void put_same(FILE *out, const struct plan *n)
{
    bool any = false;
    for (int i = 0; i < n->sames && !n->givens; i++) {
        if (!*n->same[i].text)
            continue;
        fputs(any ? "," : ",\"values\":{", out);
        facts_quote(out, n->same[i].col->name);
        fputc(':', out);
        facts_quote(out, n->same[i].text);
        any = true;
    }
    if (any)
        fputc('}', out);
}

static void put_row(FILE *out, struct plan *n, const struct plan_item *item)
{
    struct tui_job *one = plan_job(n, item, 0);
    char command[400] = "";
    if (one)
        told_job(one, command, sizeof command);
    job_free(one);
    if (!*n->view.app->told)
        snprintf(n->view.app->told, sizeof n->view.app->told, "%s", command);
    fputs("{\"key\":", out);
    facts_quote(out, item->key);
    fputs(",\"name\":", out);
    facts_quote(out, item->name);
    fprintf(out, ",\"amount_fen\":\"%" PRId64 ".%02d\",\"command\":", item->fen / 100,
            (int)(item->fen % 100));
    facts_quote(out, command);
    put_given(out, n, "values", item->values);
    put_same(out, n);
    put_given(out, n, "before", item->before);
    fputc('}', out);
}

static char *rows_json(struct plan *n)
{
    char *text = NULL;
    size_t size;
    bool first = true;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputc('[', out);
    *n->view.app->told = 0;
    for (int i = 0; i < n->items; i++) {
        if (n->item[i].fate != ITEM_CAN)
            continue;
        fputs(first ? "" : ",", out);
        first = false;
        put_row(out, n, &n->item[i]);
    }
    fputc(']', out);
    if (!fclose(out))
        return text;
    free(text);
    return NULL;
}

void afar_begin(struct plan *n)
{
    struct tui_job *job = job_new(app_op(n->view.app, "bulk.begin"), n->view.id, BEGIN);
    char *rows = rows_json(n);
    job_set(job, "noun", n->op->noun);
    job_set(job, "verb", n->op->verb);
    job_set(job, "rows", rows);
    if (*n->reason)
        job_set(job, "reason", n->reason);
    free(rows);
    if (job)
        snprintf(job->key, sizeof job->key, "%s", n->once);
    n->asked_at = tui_clock();
    app_ask(&n->view, job);
}

static void ask(struct plan *n, const char *name, int tag)
{
    struct tui_job *job = job_new(app_op(n->view.app, name), n->view.id, tag);
    job_set(job, "id", n->work);
    app_ask(&n->view, job);
}

static void ask_rows(struct plan *n, const char *after)
{
    struct tui_job *job = job_new(app_op(n->view.app, "bulk.rows"), n->view.id, ROWS);
    job_setf(job, "where", "work=%s", n->work);
    job_set(job, "sort", "id");
    job_set(job, "after", after);
    job_setf(job, "limit", "%d", ROWS_ONCE);
    app_ask(&n->view, job);
}

void afar_look(struct plan *n)
{
    if (n->phase == RUNNING && *n->work && !n->view.pending)
        ask(n, "bulk.show", LOOK);
}

void afar_stop(struct plan *n)
{
    if (*n->work)
        ask(n, "bulk.cancel", STOP);
}

/* ---- answers ---- */

/* How far it is; when it is over, every row is asked for. */
static void far(struct plan *n, const struct tui_table *t)
{
    const char *state = table_plain(t, 0, "state");
    if (strcmp(state, "OPEN") != 0) {
        n->next = 0;
        ask_rows(n, NULL);
        return;
    }
    n->done = (int)strtol(table_plain(t, 0, "done"), NULL, 10);
    n->refused = (int)strtol(table_plain(t, 0, "refused"), NULL, 10);
    n->done_fen = bulk_fen(table_plain(t, 0, "done_fen"));
    n->nobody = !*table_plain(t, 0, "started_at") && tui_clock() > n->asked_at + NOBODY_MS;
    n->view.due = tui_clock() + LOOK_MS;
}

/* Rows come in the order in which they were sent. */
static void rows(struct plan *n, const struct tui_table *t)
{
    for (int r = 0; r < t->rows; r++) {
        const char *key = table_plain(t, r, "key"), *state = table_plain(t, r, "state");
        while (n->next < n->items && strcmp(n->item[n->next].key, key) != 0)
            n->next++;
        if (n->next == n->items)
            return;
        struct plan_item *item = &n->item[n->next++];
        item->fate = !strcmp(state, "DONE")      ? ITEM_GOOD
                     : !strcmp(state, "REFUSED") ? ITEM_BAD
                                                 : ITEM_CAN;
        snprintf(item->words, sizeof item->words, "%s", table_show(t, r, "words"));
    }
}

void afar_done(struct plan *n, struct tui_job *job)
{
    struct tui_app *app = n->view.app;
    const struct tui_table *t = job->table;
    if (job->code) {
        app_fail(app, job);
        n->leaving = false;
        if (job->tag == BEGIN) /* the same request once more, or never */
            n->phase = PLANNED;
        else if (pn_code_retry(job->code) || job->tag == STOP)
            n->view.due = tui_clock() + LOOK_MS;
        else
            n->phase = FINISHED;
        return;
    }
    if (job->tag == BEGIN) {
        snprintf(n->work, sizeof n->work, "%s", table_plain(t, 0, "id"));
        undo_work(app, n->op, n->work);
        if (n->leaving && app_top(app) == &n->view) {
            plan_leave(n);
            return;
        }
    }
    if (job->tag != ROWS) {
        far(n, t);
        return;
    }
    rows(n, t);
    if (t->next)
        ask_rows(n, t->next);
    else
        plan_over(n);
}

int afar_hear(struct tui_view *view, const char *noun, int64_t id)
{
    const struct plan *n = (const struct plan *)view;
    bool mine = !strcmp(noun, "bulk") && (!id || id == strtoll(n->work, NULL, 10));
    return mine && n->phase == RUNNING ? HEAR_SOON : HEAR_NOTHING;
}
