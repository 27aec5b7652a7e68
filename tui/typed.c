/* SPDX-License-Identifier: Apache-2.0 */
/* typed.c — values for rows: "+5%" of what stands there, many rows at once by a plan, and the way
 * back, which is another plan that writes what stood there before. */
#include "config.h"
#include "bulk.h"
#include "grid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct typed_row { char key[64], name[200]; char *before; };

struct tui_typed {
    const pn_op *op;
    char column[GIVEN_MOST][40];
    int columns;
    struct typed_row *row;
    int rows;
    int64_t at;
};

enum { MINUTE_MS = 60000, FEN = 100, PERCENT = 100 };

bool grid_relative(const char *typed)
{
    char first[8];
    uint32_t cp = 0;
    if (*typed)
        tui_decode(typed, strlen(typed), &cp);
    first[tui_encode(tui_fold(cp), first)] = 0;
    return *first == '+' || *first == '-';
}

static void fold(const char *typed, char *out, size_t size)
{
    size_t len = 0, left = strlen(typed);
    while (left && len + 5 < size) {
        uint32_t cp;
        size_t used = tui_decode(typed, left, &cp);
        len += tui_encode(tui_fold(cp), out + len);
        typed += used;
        left -= used;
    }
    out[len] = 0;
}

/* Hundredths of a decimal number. */
static int64_t hundredths(const char *text)
{
    return bulk_fen(text);
}

void grid_value(const char *typed, const char *before, bool number, char *out, size_t size)
{
    char text[128];
    if (!number) {
        snprintf(out, size, "%s", typed);
        return;
    }
    fold(typed, text, sizeof text);
    size_t len = strlen(text);
    bool percent = len && text[len - 1] == '%';
    if ((*text != '+' && *text != '-') || !*before) {
        snprintf(out, size, "%s", text);
        return;
    }
    int64_t was = hundredths(before), by = hundredths(text + 1);
    by = percent ? (was * by + FEN * PERCENT / 2) / (FEN * PERCENT) : by;
    int64_t sum = *text == '-' ? was - by : was + by;
    if (strchr(before, '.'))
        snprintf(out, size, "%s%" PRId64 ".%02d", sum < 0 ? "-" : "", (sum < 0 ? -sum : sum) / FEN,
                 (int)((sum < 0 ? -sum : sum) % FEN));
    else
        snprintf(out, size, "%" PRId64, sum / FEN);
}

/* ---- the way back ---- */

void typed_free(struct tui_list *list)
{
    struct tui_typed *t = list->typed;
    for (int i = 0; t && i < t->rows; i++)
        free(t->row[i].before);
    if (t)
        free(t->row);
    free(t);
    list->typed = NULL;
}

void typed_begin(struct tui_list *list, const pn_op *op)
{
    typed_free(list);
    undo_free(list->view.app); /* it was before this */
    bulk_want(list->view.app);
    list->typed = calloc(1, sizeof *list->typed);
    if (list->typed)
        *list->typed = (struct tui_typed){.op = op, .at = tui_clock()};
}

void typed_column(struct tui_list *list, const char *column)
{
    struct tui_typed *t = list->typed;
    if (t && t->columns < GIVEN_MOST)
        snprintf(t->column[t->columns++], sizeof *t->column, "%s", column);
}

void typed_row(struct tui_list *list, const char *key, const char *name, const char *before)
{
    struct tui_typed *t = list->typed;
    struct typed_row *more = t ? reallocarray(t->row, (size_t)t->rows + 1, sizeof *more) : NULL;
    if (!more)
        return;
    t->row = more;
    struct typed_row *r = &more[t->rows];
    snprintf(r->key, sizeof r->key, "%s", key);
    snprintf(r->name, sizeof r->name, "%s", name);
    r->before = strdup(before);
    t->rows += r->before != NULL;
}

bool typed_undo(struct tui_list *list)
{
    struct tui_typed *t = list->typed;
    struct tui_app *app = list->view.app;
    if (!t || !t->rows || app->undo)
        return false;
    if (tui_clock() > t->at + app->limits.undo_min * MINUTE_MS) {
        app_say(app, LOOK_WAIT, pn_tr("It was done more than %lld minutes ago: %s"),
                (long long)app->limits.undo_min, pn_tr(t->op->brief));
        return true;
    }
    struct tui_view *view = plan_new(app, t->op, pn_tr("taken back"), NULL);
    struct plan *n = (struct plan *)view;
    for (int i = 0; n && i < t->columns; i++)
        snprintf(n->given[n->givens++].column, sizeof n->given->column, "%s", t->column[i]);
    for (int i = 0; n && i < t->rows; i++)
        if (plan_add(view, t->row[i].key, t->row[i].name, 0))
            n->item[n->items - 1].values = strdup(t->row[i].before);
    if (n)
        n->back = list;
    app_push(app, view);
    return true;
}

/* ---- many rows ---- */

struct tui_view *typed_plan(struct tui_list *list, const pn_op *op,
                            const struct plan_given given[], int givens)
{
    struct tui_view *view = plan_new(list->view.app, op, "", list);
    struct plan *n = (struct plan *)view;
    if (!n)
        return NULL;
    for (int i = 0; i < n->items; i++)
        free(n->item[i].values);
    n->items = 0;
    n->phase = GATHERING; /* what each row says now is needed */
    for (int i = 0; i < givens && i < GIVEN_MOST; i++)
        n->given[n->givens++] = given[i];
    return view;
}

static void append(char **text, const char *more)
{
    char *longer = NULL;
    if (asprintf(&longer, "%s%s%s", *text ? *text : "", *text ? "\n" : "", more) < 0)
        return;
    free(*text);
    *text = longer;
}

void typed_gather(struct plan *n, struct plan_item *item, const struct tui_table *t, int row)
{
    for (int i = 0; i < n->givens; i++) {
        const struct plan_given *g = &n->given[i];
        char value[128];
        const char *before = table_plain(t, row, g->shown);
        grid_value(g->text, before, g->number, value, sizeof value);
        append(&item->values, value);
        append(&item->before, before);
    }
}

void typed_give(const struct plan *n, const struct plan_item *item, struct tui_job *job)
{
    const char *at = item->values;
    for (int i = 0; i < n->givens && at; i++) {
        char value[300];
        size_t len = strcspn(at, "\n");
        snprintf(value, sizeof value, "%.*s", (int)len, at);
        at = at[len] ? at + len + 1 : NULL;
        job_set(job, n->given[i].column, value);
    }
}

void typed_done(struct plan *n)
{
    struct tui_app *app = n->view.app;
    if (n->back) {
        typed_free(n->back);
        undo_free(app);
    }
    if (!n->givens || !n->list || !plan_count(n, ITEM_GOOD))
        return;
    typed_begin(n->list, n->op);
    for (int i = 0; i < n->givens; i++)
        typed_column(n->list, n->given[i].column);
    for (int i = 0; i < n->items; i++)
        if (n->item[i].fate == ITEM_GOOD && n->item[i].before)
            typed_row(n->list, n->item[i].key, n->item[i].name, n->item[i].before);
    app_say(app, LOOK_GOOD, pn_tr("u takes it back for %lld minutes"),
            (long long)app->limits.undo_min);
}
