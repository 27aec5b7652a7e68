/* SPDX-License-Identifier: Apache-2.0 */
/* actions.c — what can be done with a record: what it says of itself stands first, everything else
 * is one step further. Each becomes a form about that record. */
#include "config.h"
#include "list.h"
#include "preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row as it was when the menu opened: the list below may load again meanwhile. */
struct record {
    const pn_type *type;
    char key[64], name[128], whole[200], pool[16384]; /* whole: told apart from every other row */
    char change[600]; /* what it would change */
    int at[64]; /* where each column's text stands in the pool; 0: nothing */
    const char *noun;
    const pn_op *op[64];
    int ops;
};

/* What it would change, and whom that meets. */
static void remember_change(struct record *r, const struct tui_table *table, int row)
{
    static const char *const met[] = {"sold", "locked", "offers", "channels"};
    const char *diff = table_show(table, row, "diff");
    size_t len = (size_t)snprintf(r->change, sizeof r->change, "%.300s", diff);
    for (size_t i = 0; *diff && i < sizeof met / sizeof *met && len + 60 < sizeof r->change; i++) {
        int col = table_col(table, met[i]);
        if (col >= 0)
            len += (size_t)snprintf(r->change + len, sizeof r->change - len, "; %.40s %.12s",
                                    pn_tr(table->type->cols[col].label),
                                    table_at(table, row, col)->show);
    }
}

static void remember(struct record *r, const struct tui_table *table, int row)
{
    int key = type_key(table->type), used = 1;
    r->type = table->type;
    snprintf(r->key, sizeof r->key, "%s", key < 0 ? "" : table_at(table, row, key)->plain);
    snprintf(r->name, sizeof r->name, "%s", view_name(table, row));
    remember_change(r, table, row);
    mark_name(r->whole, sizeof r->whole, NULL, table, row);
    for (int c = 0; c < table->cols && c < 64; c++) {
        const struct tui_value *v = table_at(table, row, c);
        int size = (int)strlen(v->plain) + 1;
        if (v->absent || used + size > (int)sizeof r->pool)
            continue;
        r->at[c] = used;
        memcpy(r->pool + used, v->plain, (size_t)size);
        used += size;
    }
}

bool view_acts(const pn_op *op)
{
    if (!op->in || op->list || op->flags & PN_HIDDEN || !strcmp(op->verb, "show"))
        return false;
    return type_key(op->in) >= 0;
}

const pn_op *view_act(const struct tui_app *app, const char *noun, int n)
{
    for (size_t i = 0; app->who && i < app->who->may_n; i++)
        if (!strcmp(app->who->may[i]->noun, noun) && view_acts(app->who->may[i]) && n-- == 0)
            return app->who->may[i];
    return NULL;
}

/* The column of an operation of another noun that names the record. One that is about a row of its
 * own is none: the record does not say which. */
static const pn_col *names_record(const pn_op *op, const char *noun)
{
    int key = op->in ? type_key(op->in) : -1;
    for (const pn_col *c = op->in ? op->in->cols : NULL; c && c->name; c++)
        if (c->ref && !strcmp(c->ref, noun))
            return key < 0 || c == &op->in->cols[key] ? c : NULL;
    return NULL;
}

const pn_col *view_names(const pn_op *op, const char *noun)
{
    int key = op->in ? type_key(op->in) : -1;
    if (strcmp(op->noun, noun) != 0)
        return names_record(op, noun);
    return key < 0 ? NULL : &op->in->cols[key];
}

/* Change something: the form begins with what the row says now. */
static void begin_with(struct tui_view *form, const pn_op *op, const struct record *r)
{
    for (const pn_col *c = op->in->cols; c->name; c++) {
        char text[EDIT_MOST];
        int from = preset_from(r->type, c), called = preset_called(r->type, c);
        if (c->flags & PN_KEY || from < 0 || from >= 64 || !r->at[from] ||
            c->kind == PN_K_ROWS ||
            !preset_text(c, r->pool + r->at[from], text, sizeof text))
            continue;
        if (!strcmp(c->name, "version"))
            form_preset(form, c->name, text, true);
        else
            form_begin(form, c->name, text,
                       called >= 0 && called < 64 ? r->pool + r->at[called] : "");
    }
}

static void run_on(struct tui_app *app, const pn_op *op, const struct record *r)
{
    bool live = !strcmp(op->verb, "live") || !strcmp(op->verb, "diff");
    if (live && !strcmp(op->noun, "zone_plan")) {
        cut_diff_open(app, r->key, r->name); /* what it changes is seen first */
        return;
    }
    struct tui_view *form = form_new(app, op, r->name);
    if (!form)
        return;
    form_target(form, r->whole);
    const pn_col *of = strcmp(op->noun, r->noun) ? names_record(op, r->noun) : NULL;
    if (of) {
        form_preset(form, of->name, r->key, true);
        app_push(app, form);
        return;
    }
    if (!strcmp(op->verb, "edit"))
        begin_with(form, op, r);
    form_preset(form, op->in->cols[type_key(op->in)].name, r->key, true);
    if (*r->change) /* what is decided on stands above the decision */
        form_called(form, op->in->cols[type_key(op->in)].name, r->change);
    app_push(app, form);
    if (type_cols(op->in) == 1)
        form_try(form);
}

static void offer_all(struct tui_view *menu, struct record *r);

/* The last entry of a menu of what can be done now stands for all the others. */
static void chosen(struct tui_view *menu, int index)
{
    struct tui_app *app = menu->app;
    struct record *data = menu_data(menu, sizeof *data), r;
    if (!data)
        return;
    r = *data;
    app_pop(app);
    if (index < r.ops) {
        run_on(app, r.op[index], &r);
        return;
    }
    struct tui_view *whole = menu_new(app, r.name, chosen);
    struct record *copy = whole ? menu_data(whole, sizeof *copy) : NULL;
    if (!copy)
        return;
    *copy = r;
    copy->ops = 0;
    offer_all(whole, copy);
    app_push(app, whole);
}

/* "pn tier create --session 7": the first argument is what the command takes without its flag. */
static void put_command(const pn_op *op, const struct record *r, char *out, size_t size)
{
    const pn_col *of = strcmp(op->noun, r->noun) ? names_record(op, r->noun) : NULL;
    const pn_col *first = op->in->cols;
    char flag[64];
    while (first->name && !(first->flags & PN_ARG))
        first++;
    snprintf(flag, sizeof flag, " --%s", of ? of->name : "");
    for (char *c = flag; *c; c++)
        *c = *c == '_' ? '-' : *c;
    snprintf(out, size, "pn %s %s%s %s", op->noun, op->verb, of && of != first ? flag : "", r->key);
}

/* The state in which it cannot be done, as people call it; NULL: it can. */
static const char *unfit(const struct record *r, const pn_op *op)
{
    for (int c = 0; c < 64 && r->type->cols[c].name; c++) {
        const pn_words *words = r->type->cols[c].words;
        const char *state = r->pool + r->at[c];
        if (!words || !r->at[c] || pn_op_fits(op, words, state))
            continue;
        while (words->name && strcmp(words->name, state) != 0)
            words++;
        return words->name ? pn_tr(words->label) : state;
    }
    return NULL;
}

static void offer(struct tui_view *menu, struct record *r, const pn_op *op)
{
    char command[200];
    const char *state = unfit(r, op);
    for (int i = 0; i < r->ops; i++)
        if (r->op[i] == op)
            return;
    if (r->ops == 64)
        return;
    put_command(op, r, command, sizeof command);
    if (state)
        snprintf(command, sizeof command, pn_tr("not while: %.60s"), state);
    menu_add(menu, op->brief ? pn_tr(op->brief) : op->verb, command);
    r->op[r->ops++] = op;
}

static bool takes(const char *noun, const pn_op *op)
{
    if (!strcmp(op->noun, noun))
        return view_acts(op);
    return op->flags & PN_WRITE && !(op->flags & PN_HIDDEN) && names_record(op, noun);
}

/* What can be done with it, then what can be done to it by others, last what its state forbids. */
static void offer_all(struct tui_view *menu, struct record *r)
{
    struct tui_app *app = menu->app;
    enum { ITS_OWN, OF_OTHERS, NOT_NOW, PARTS };
    for (int part = 0; part < PARTS; part++)
        for (size_t i = 0; app->who && i < app->who->may_n; i++) {
            const pn_op *op = app->who->may[i];
            int of = strcmp(op->noun, r->noun) ? OF_OTHERS : unfit(r, op) ? NOT_NOW : ITS_OWN;
            if (of == part && takes(r->noun, op))
                offer(menu, r, op);
        }
}

/* What the record itself says can be done with it now; when it says nothing, everything. */
static void offer_next(struct tui_view *menu, struct record *r, const struct tui_table *next)
{
    int all = 0;
    char note[60];
    for (int i = 0; next && i < next->rows; i++) {
        const pn_op *op =
            app_op_of(menu->app, table_plain(next, i, "noun"), table_plain(next, i, "verb"));
        if (op && (!strcmp(op->noun, r->noun) || names_record(op, r->noun)))
            offer(menu, r, op);
    }
    if (!next) {
        offer_all(menu, r);
        return;
    }
    for (size_t i = 0; menu->app->who && i < menu->app->who->may_n; i++)
        all += takes(r->noun, menu->app->who->may[i]);
    snprintf(note, sizeof note, pn_tr("%d more"), all - r->ops);
    if (all > r->ops)
        menu_add(menu, r->ops ? pn_tr("Everything else") : pn_tr("Nothing now; everything else"),
                 note);
}

static const struct tui_table *next_of(const struct tui_table *table, int row)
{
    int col = table_col(table, "next");
    return col < 0 || !table->sub ? NULL : table->sub[row * table->cols + col];
}

/* The record has said what can be done with it. */
static void learned(struct tui_app *app, struct tui_job *job)
{
    struct tui_view *menu = app_top(app);
    struct record *r = menu && menu->id == (unsigned)job->tag ? menu_data(menu, sizeof *r) : NULL;
    if (!r)
        return;
    offer_next(menu, r, job->table && job->table->rows ? next_of(job->table, 0) : NULL);
    menu_wait(menu, false);
    if (job->code)
        app_fail(app, job);
}

/* A list does not know it: the record is asked while the menu waits. */
static bool learn(struct tui_view *menu, const struct record *r)
{
    const pn_op *show = app_op_of(menu->app, r->noun, "show");
    struct tui_job *job = show && show->out && pn_type_col(show->out, "next")
                              ? job_new(show, menu->id, (int)menu->id) : NULL;
    if (!job)
        return false;
    job_set(job, show->in->cols[type_key(show->in)].name, r->key);
    job->answer = learned;
    app_post(menu->app, job);
    return true;
}

/* There are records with which whoever is signed in can do nothing. */
bool view_acts_on(const struct tui_app *app, const char *noun)
{
    for (size_t i = 0; app->who && i < app->who->may_n; i++)
        if (takes(noun, app->who->may[i]))
            return true;
    return false;
}

void view_actions(struct tui_app *app, const char *noun, const struct tui_table *table, int row)
{
    if (!view_acts_on(app, noun)) {
        app_say(app, LOOK_WAIT, "%s", pn_tr("These rows are only to be looked at"));
        return;
    }
    struct tui_view *menu = menu_new(app, view_name(table, row), chosen);
    struct record *r = menu ? menu_data(menu, sizeof *r) : NULL;
    if (!r)
        return;
    remember(r, table, row);
    r->noun = noun;
    const struct tui_table *next = next_of(table, row);
    if (!(next && next->rows) && learn(menu, r))
        menu_wait(menu, true);
    else
        offer_next(menu, r, next);
    app_push(app, menu);
}
