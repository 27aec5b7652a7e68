/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c — typing over cells of a list. The list stays as it is below; the cells that may change
 * are fields in its row. Enter asks the library what would come of it (a dry run: every rule and
 * every price is the real one), Enter again saves it, and the row is read anew. */
#include "config.h"
#include "bulk.h"
#include "grid.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_MOST = 40, ASK_PREVIEW = 0, ASK_SAVE, ASK_MEETS };

static const struct { const char *noun, *fixed, *told; } grids[] = {
#define GRID(noun, fixed, told) {noun, fixed, told},
#define ALIAS(noun, shown, given)
#include "grid.def"
#undef GRID
#undef ALIAS
};
static const struct { const char *noun, *shown, *given; } aliases[] = {
#define GRID(noun, fixed, told)
#define ALIAS(noun, shown, given) {noun, shown, given},
#include "grid.def"
#undef GRID
#undef ALIAS
};
enum { GRIDS = sizeof grids / sizeof *grids, ALIASES = sizeof aliases / sizeof *aliases };

bool grid_among(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += n)
        if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    return false;
}

static int grid_of(const char *noun)
{
    for (int i = 0; i < GRIDS; i++)
        if (!strcmp(grids[i].noun, noun))
            return i;
    return -1;
}

/* What the operation calls a column of the list; NULL: it does not take it. */
static const pn_col *given_of(const pn_op *list, const pn_op *op, const pn_col *shown)
{
    const char *name = shown->name;
    for (int i = 0; i < ALIASES; i++)
        if (!strcmp(aliases[i].noun, list->noun) && !strcmp(aliases[i].shown, name))
            name = aliases[i].given;
    const pn_col *given = pn_type_col(op->in, name);
    bool no = !given || given->flags & (PN_KEY | PN_SECRET) || !strcmp(name, "version") ||
              !strcmp(name, "reason") || given->kind == PN_K_ROWS || given->kind == PN_K_BYTES ||
              shown->flags & PN_KEY;
    return no ? NULL : given;
}

bool grid_takes(const pn_op *op, int column)
{
    int i = grid_of(op->noun);
    const pn_op *change = pn_op_find(op->noun, "change");
    change = change ? change : pn_op_find(op->noun, "edit");
    const pn_col *col = column < 0 ? NULL : &op->out->cols[column], *given;
    if (i < 0 || !change || !col)
        return i >= 0;
    given = given_of(op, change, col);
    return given && (strcmp(given->name, col->name) != 0 || grid_among(grids[i].told, col->name));
}

bool grid_names(const pn_op *op, const char *column)
{
    int i = grid_of(op->noun);
    return i >= 0 && grid_among(grids[i].fixed, column);
}

bool grid_number(const pn_col *col)
{
    return col->kind == PN_K_MONEY || col->kind == PN_K_INT || col->kind == PN_K_INT4;
}

const struct tui_table *grid_row(const struct grid *g, int *at)
{
    return list_row(g->list, g->list->selected, at);
}

static void forget_preview(struct grid *g)
{
    table_free(g->preview);
    g->preview = NULL;
    *g->words = 0;
    *g->hearers = 0;
}

/* Begin with what the selected row says. */
static void take_row(struct grid *g)
{
    int at;
    const struct tui_table *t = grid_row(g, &at);
    forget_preview(g);
    if (!t)
        return;
    snprintf(g->key, sizeof g->key, "%s", table_at(t, at, type_key(t->type))->plain);
    snprintf(g->version, sizeof g->version, "%s", table_plain(t, at, "version"));
    mark_name(g->name, sizeof g->name, g->view.app->who, t, at);
    for (int i = 0; i < g->cells; i++) {
        struct grid_cell *c = &g->cell[i];
        const struct tui_value *v = table_at(t, at, c->column);
        snprintf(c->before, sizeof c->before, "%s", c->given->words ? v->show : v->plain);
        edit_set(&c->edit, c->before);
    }
    app_key(g->view.app, g->once);
    *g->meets = 0;
    if (g->view.id)
        meets_ask(&g->view, g->op, g->key, ASK_MEETS);
}

bool grid_changed(const struct grid *g)
{
    for (int i = 0; i < g->cells; i++)
        if (strcmp(g->cell[i].edit.text, g->cell[i].before) != 0)
            return true;
    return false;
}

/* What a cell is to be; "" when it was emptied. */
static void value_of(const struct grid_cell *c, char *out, size_t size)
{
    grid_value(c->edit.text, c->before, grid_number(c->given), out, size);
}

/* Typed empty though it must say something: told in its cell. */
static bool is_emptied(struct grid *g)
{
    for (int i = 0; i < g->cells; i++) {
        const struct grid_cell *c = &g->cell[i];
        if (!*c->before || c->edit.len || !meets_must(g->op, c->given))
            continue;
        g->at = i;
        snprintf(g->words, sizeof g->words, "%s", pn_tr("This cannot be left empty"));
        return true;
    }
    return false;
}

static void send(struct grid *g, int what)
{
    struct tui_job *job = job_new(g->op, g->view.id, what);
    char text[EDIT_MOST];
    if (job && what == ASK_PREVIEW)
        job->dry = true;
    else if (job)
        snprintf(job->key, sizeof job->key, "%s", g->once);
    job_set(job, g->op->in->cols[type_key(g->op->in)].name, g->key);
    if (*g->version && pn_type_col(g->op->in, "version"))
        job_set(job, "version", g->version);
    for (int i = 0; i < g->cells; i++) {
        if (!strcmp(g->cell[i].edit.text, g->cell[i].before))
            continue;
        value_of(&g->cell[i], text, sizeof text);
        job_set(job, g->cell[i].given->name, text);
    }
    g->asked = job != NULL;
    *g->words = 0;
    app_ask(&g->view, job);
}

/* Kept for taking it back; a cell that was empty cannot be emptied again. */
static void remember(struct grid *g)
{
    char before[EDIT_MOST] = "";
    size_t len = 0;
    typed_begin(g->list, g->op);
    for (int i = 0; i < g->cells && len < sizeof before; i++) {
        struct grid_cell *c = &g->cell[i];
        if (!strcmp(c->edit.text, c->before) || !*c->before)
            continue;
        typed_column(g->list, c->given->name);
        len += (size_t)snprintf(before + len, sizeof before - len, "%s%s", len ? "\n" : "",
                                c->before);
    }
    if (len)
        typed_row(g->list, g->key, g->name, before);
}

/* Did the answer take over what was typed? A change of what is published waits for somebody. */
static bool took(const struct grid *g)
{
    for (int i = 0; i < g->cells; i++) {
        const struct grid_cell *c = &g->cell[i];
        const char *name = g->list->op->out->cols[c->column].name;
        const char *now = c->given->words ? table_show(g->preview, 0, name)
                                          : table_plain(g->preview, 0, name);
        if (strcmp(c->edit.text, c->before) != 0 && strcmp(now, c->before) != 0)
            return true;
    }
    return false;
}

/* The library names the column; people see its label. */
static void complain(struct grid *g, const struct tui_job *job)
{
    const char *words = job->message ? job->message : pn_code_text(job->code), *label = "";
    for (int i = 0; job->field && i < g->cells; i++) {
        const pn_col *given = g->cell[i].given;
        size_t n = strlen(given->name);
        if (strcmp(given->name, job->field) != 0)
            continue;
        g->at = i;
        if (strncmp(words, given->name, n) || (words[n] != ' ' && words[n] != ':'))
            continue;
        label = pn_tr(given->label);
        words += n;
    }
    snprintf(g->words, sizeof g->words, "%.80s%.180s%s%.100s", label, words, job->hint ? "  " : "",
             job->hint ? job->hint : "");
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct grid *g = (struct grid *)view;
    if (job->tag == ASK_MEETS) {
        meets_put(job, g->meets, sizeof g->meets);
        return;
    }
    g->asked = false;
    if (job->code) {
        complain(g, job);
        if (!pn_code_retry(job->code)) /* the next attempt is another request */
            app_key(view->app, g->once);
        return;
    }
    table_free(g->preview);
    g->preview = job->table;
    job->table = NULL;
    if (job->tag == ASK_PREVIEW) {
        snprintf(g->hearers, sizeof g->hearers, pn_tr("It can be done. Who hears of it: %s"),
                 job->hearers ? job->hearers : pn_tr("nobody"));
        return;
    }
    if (took(g)) {
        remember(g);
        app_say(view->app, LOOK_GOOD, pn_tr("Saved: %s"), g->name);
    } else {
        app_say(view->app, LOOK_WAIT, pn_tr("It waits until somebody approves it: %s"), g->name);
    }
    list_refresh(g->list, g->list->selected);
    for (int i = 0; i < g->cells; i++) {
        struct grid_cell *c = &g->cell[i];
        const char *name = g->list->op->out->cols[c->column].name;
        snprintf(c->before, sizeof c->before, "%s",
                 c->given->words ? table_show(g->preview, 0, name)
                                 : table_plain(g->preview, 0, name));
        edit_set(&c->edit, c->before);
    }
    snprintf(g->version, sizeof g->version, "%s", table_plain(g->preview, 0, "version"));
    app_key(view->app, g->once);
    forget_preview(g);
}


/* ---- keys ---- */

static void move(struct grid *g, int by)
{
    if (grid_changed(g)) {
        app_say(g->view.app, LOOK_WAIT, "%s", pn_tr("Save the row first, or take it back"));
        return;
    }
    list_go(g->list, g->list->selected + by);
    take_row(g);
    *g->view.app->message = 0;
}
/* The next of the words; yes and no are words too. */
static void choice(struct grid_cell *c)
{
    const pn_words *words = c->given->words;
    if (c->given->kind == PN_K_BOOL)
        edit_set(&c->edit, strcmp(c->edit.text, "true") ? "true" : "false");
    if (!words)
        return;
    int now = pn_word_find(words, c->edit.text); /* 0: none, then the first */
    edit_set(&c->edit, pn_tr(words[words[now].name ? now : 0].label));
}

/* What was saved last, by a plan over the list. */
static void take_back(struct grid *g)
{
    struct tui_list *list = g->list;
    if (grid_changed(g)) {
        app_say(g->view.app, LOOK_WAIT, "%s", pn_tr("Save the row first, or take it back"));
        return;
    }
    app_pop(g->view.app);
    if (!typed_undo(list))
        undo_do(list->view.app);
}

/* All that was typed, into every row that is marked. */
static void to_marked(struct grid *g)
{
    struct tui_app *app = g->view.app;
    struct tui_list *list = g->list;
    struct plan_given given[GIVEN_MOST];
    int n = 0;
    for (int i = 0; i < g->cells && n < GIVEN_MOST; i++) {
        struct grid_cell *c = &g->cell[i];
        if (!strcmp(c->edit.text, c->before))
            continue;
        given[n].number = grid_number(c->given);
        snprintf(given[n].column, sizeof given->column, "%s", c->given->name);
        snprintf(given[n].shown, sizeof given->shown, "%s", list->op->out->cols[c->column].name);
        snprintf(given[n++].text, sizeof given->text, "%.99s", c->edit.text);
    }
    if (!mark_any(list) || !n) {
        app_say(app, LOOK_WAIT, "%s",
                n ? pn_tr("No row is marked: Space in the list marks one")
                  : pn_tr("Type a value first: it goes into all marked rows"));
        return;
    }
    const pn_op *op = g->op;
    bulk_want(app);
    app_pop(app); /* the grid: the plan goes back to the list */
    app_push(app, typed_plan(list, op, given, n));
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct grid *g = (struct grid *)view;
    (void)key;
    if (g->asked)
        return;
    if (action == DO_UP || action == DO_DOWN)
        move(g, action == DO_UP ? -1 : 1);
    else if (action == DO_LEFT || action == DO_RIGHT)
        g->at = (g->at + (action == DO_LEFT ? g->cells - 1 : 1)) % g->cells;
    else if (action == DO_CHOICE) {
        choice(&g->cell[g->at]);
        forget_preview(g);
    } else if (action == DO_MARK_ALL)
        to_marked(g);
    else if (action == DO_UNDO)
        take_back(g);
    else if (action == DO_OPEN && !grid_changed(g))
        app_pop(view->app);
    else if (action == DO_OPEN && !is_emptied(g))
        send(g, g->preview ? ASK_SAVE : ASK_PREVIEW);
}

static bool type(struct tui_view *view, uint32_t key)
{
    struct grid *g = (struct grid *)view;
    if (g->asked)
        return true;
    if (!edit_key(&g->cell[g->at].edit, tui_fold(key)))
        return false;
    forget_preview(g);
    return true;
}

/* Esc takes back what was typed, then leaves. */
static bool back(struct tui_view *view)
{
    struct grid *g = (struct grid *)view;
    bool any = grid_changed(g) || g->asked;
    if (any && !g->asked)
        take_row(g);
    return any;
}

static void status(const struct tui_view *view, char *text, size_t size)
{
    const struct tui_view *list = &((const struct grid *)view)->list->view;
    list->face->status(list, text, size);
}

static int unsent(const struct tui_view *view)
{
    return grid_changed((const struct grid *)view) ? UNSENT_LOST : UNSENT_NOTHING;
}

static void free_grid(struct tui_view *view)
{
    struct grid *g = (struct grid *)view;
    table_free(g->preview);
    for (int i = 0; i < g->cells; i++)
        edit_free(&g->cell[i].edit);
    free(g->cell);
}

static const struct tui_face grid_face = {
    .scope = SCOPE_GRID, .size = sizeof(struct grid), .draw = grid_draw, .act = act, .type = type,
    .back = back, .done = done, .status = status, .tell = grid_tell,
    .unsent = unsent, .free = free_grid,
};

static const pn_op *changer(struct tui_app *app, const char *noun)
{
    char name[80];
    snprintf(name, sizeof name, "%s.change", noun);
    const pn_op *op = app_op(app, name);
    if (op)
        return op;
    snprintf(name, sizeof name, "%s.edit", noun);
    return app_op(app, name);
}

static void add_cells(struct grid *g)
{
    const pn_type *type = g->list->op->out;
    for (int c = 0; type->cols[c].name && g->cells < CELLS_MOST; c++) {
        const pn_col *given = given_of(g->list->op, g->op, &type->cols[c]);
        if (given && type->cols[c].kind != PN_K_ROWS)
            g->cell[g->cells++] = (struct grid_cell){.column = c, .given = given};
    }
}

void grid_open(struct tui_list *list)
{
    struct tui_app *app = list->view.app;
    int i = grid_of(list->op->noun);
    const pn_op *op =
        i < 0 || strcmp(list->op->verb, "list") ? NULL : changer(app, list->op->noun);
    struct grid *g = (struct grid *)view_new(app, &grid_face, pn_tr("Typing over cells"));
    if (!g) {
        app_push(app, NULL);
        return;
    }
    g->list = list;
    g->op = op;
    g->cell = calloc(CELLS_MOST, sizeof *g->cell);
    if (op && g->cell) {
        g->fixed = grids[i].fixed;
        g->told = grids[i].told;
        add_cells(g);
    }
    if (!g->cells) {
        free(g->cell);
        free(g);
        app_say(app, LOOK_WAIT, "%s", pn_tr("No cell of this list can be typed over"));
        return;
    }
    take_row(g);
    app_push(app, &g->view);
}
