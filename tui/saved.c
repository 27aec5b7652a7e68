/* SPDX-License-Identifier: Apache-2.0 */
/* saved.c — the views somebody has kept of a list: nine have a digit of their own, the rest stand
 * behind them. Choosing an empty digit keeps the present view there. */
#include "config.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>

enum { SAVED_MOST = 40, SLOTS = 9 };

struct saved { char name[128], filter[256], sort[64], columns[256]; };

struct shelf {
    struct tui_list *list;
    struct saved saved[SAVED_MOST];
    int n;
};

/* The words of "noun verb" as the library's views have them. */
static void noun_of(const struct tui_list *list, char out[80])
{
    bool own = !strcmp(list->op->verb, "list");
    snprintf(out, 80, "%s%s%s", list->op->noun, own ? "" : " ", own ? "" : list->op->verb);
}

static void show_it(struct tui_list *list, const struct saved *s)
{
    snprintf(list->filter, sizeof list->filter, "%s", s->filter);
    order_set(list, s->sort);
    columns_set(list, s->columns);
    list_restart(list);
    app_say(list->view.app, LOOK_GOOD, "%s", s->name);
}

/* ---- keeping one ---- */

static void kept(struct tui_app *app, struct tui_job *job)
{
    if (job->code)
        app_fail(app, job);
    else
        app_say(app, LOOK_GOOD, pn_tr("Kept as %s"), table_show(job->table, 0, "name"));
}

static void keep(struct tui_app *app, void *who, const char *name)
{
    struct tui_list *list = who;
    const pn_op *op = app_op(app, "view.save");
    char noun[80], sort[256], columns[256];
    struct tui_job *job = op && *name ? job_new(op, 0, 0) : NULL;
    if (!job)
        return;
    noun_of(list, noun);
    order_text(list, sort, sizeof sort);
    columns_text(list, columns, sizeof columns);
    job_set(job, "noun", noun);
    job_set(job, "name", name);
    job_set(job, "filter", *list->filter ? list->filter : NULL);
    job_set(job, "sort", *sort ? sort : NULL);
    job_set(job, "columns", *columns ? columns : NULL);
    if (list->slot)
        job_setf(job, "slot", "%d", list->slot);
    job->answer = kept;
    app_key(app, job->key);
    app_post(app, job);
}

static void chosen(struct tui_view *menu, int index)
{
    struct tui_app *app = menu->app;
    struct shelf *all = menu_data(menu, sizeof *all), *shelf = malloc(sizeof *shelf);
    if (!shelf)
        return;
    *shelf = *all;
    app_pop(app);
    if (index < shelf->n && *shelf->saved[index].name) {
        show_it(shelf->list, &shelf->saved[index]);
    } else {
        shelf->list->slot = index < SLOTS ? index + 1 : 0;
        prompt_open(app, '>', pn_tr("Keep this view as"), "", keep, shelf->list);
    }
    free(shelf);
}

/* ---- the menu ---- */

static void read_row(struct saved *s, const struct tui_table *t, int row)
{
    bool mine = !strcmp(table_plain(t, row, "mine"), "true");
    snprintf(s->name, sizeof s->name, "%.100s%s%s", table_plain(t, row, "name"), mine ? "" : "  ",
             mine ? "" : pn_tr("shared"));
    snprintf(s->filter, sizeof s->filter, "%s", table_plain(t, row, "filter"));
    snprintf(s->sort, sizeof s->sort, "%.63s", table_plain(t, row, "sort"));
    snprintf(s->columns, sizeof s->columns, "%s", table_plain(t, row, "columns"));
}

/* Digits of one's own first; who has none, or a colleague's, gets what is left. */
static void arrange(struct shelf *shelf, const struct tui_table *t)
{
    shelf->n = SLOTS;
    for (int pass = 0; pass < 2; pass++) {
        for (int r = 0; r < t->rows && shelf->n < SAVED_MOST; r++) {
            int slot = (int)strtol(table_plain(t, r, "slot"), NULL, 10);
            bool mine = slot && !strcmp(table_plain(t, r, "mine"), "true");
            if (mine != !pass)
                continue;
            read_row(mine ? &shelf->saved[slot - 1] : &shelf->saved[shelf->n++], t, r);
        }
    }
}

static void offered(struct tui_app *app, struct tui_job *job)
{
    struct tui_view *top = app_top(app);
    struct tui_list *list = NULL;
    for (int i = 0; i < app->depth; i++) /* it may be gone meanwhile */
        if (app->stack[i]->id == (unsigned)job->tag)
            list = (struct tui_list *)app->stack[i];
    if (job->code)
        app_fail(app, job);
    if (job->code || !list || top != &list->view)
        return;
    struct tui_view *menu = menu_new(app, pn_tr("Views"), chosen);
    struct shelf *shelf = menu ? menu_data(menu, sizeof *shelf) : NULL;
    if (!shelf)
        return;
    shelf->list = list;
    arrange(shelf, job->table);
    for (int i = 0; i < shelf->n; i++) {
        const struct saved *s = &shelf->saved[i];
        char note[160];
        snprintf(note, sizeof note, "%.90s%s%.60s", s->filter, *s->sort ? "  " : "", s->sort);
        menu_add(menu, *s->name ? s->name : "-", *s->name ? note : pn_tr("keep this view here"));
    }
    app_push(app, menu);
}

void saved_menu(struct tui_list *list)
{
    struct tui_app *app = list->view.app;
    const pn_op *op = app_op(app, "view.list");
    char noun[80];
    struct tui_job *job = op ? job_new(op, 0, (int)list->view.id) : NULL;
    if (!job) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("Views cannot be kept here"));
        return;
    }
    noun_of(list, noun);
    job_setf(job, "where", "noun=\"%s\"", noun);
    job_setf(job, "limit", "%d", SAVED_MOST);
    job->answer = offered;
    app_post(app, job);
}
