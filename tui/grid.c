/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c — typing over cells of a list. The list stays as it is below; the cells that may change
 * are fields in its row. Enter asks the library what would come of it (a dry run: every rule and
 * every price is the real one), Enter again saves it, and the row is read anew. */
#include "config.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_MOST = 4, PANEL = 8, FIGURE = 13, ASK_PREVIEW = 0, ASK_SAVE };

static const struct { const char *noun, *shown, *given; } known[] = {
#define CELL(noun, shown, given) {noun, shown, given},
#include "grid.def"
#undef CELL
};

struct cell {
    int column; /* of the list */
    const char *given;
    char before[64];
    struct tui_edit edit;
};

struct grid {
    struct tui_view view;
    struct tui_list *list; /* below us on the stack */
    const pn_op *op;
    struct cell cell[CELLS_MOST];
    int cells, at;
    char key[64], version[24], name[128], once[40];
    struct tui_table *preview; /* what it would be; NULL: not asked, or typed since */
    bool asked;
    char words[300]; /* a refusal */
};

bool grid_takes(const pn_op *op, int column)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].noun, op->noun) &&
            (column < 0 || !strcmp(known[i].shown, op->out->cols[column].name)))
            return true;
    return false;
}

static const struct tui_table *row_of(const struct grid *g, int *at)
{
    return list_row(g->list, g->list->selected, at);
}

static void forget_preview(struct grid *g)
{
    table_free(g->preview);
    g->preview = NULL;
    *g->words = 0;
}

/* Begin with what the selected row says. */
static void take_row(struct grid *g)
{
    int at;
    const struct tui_table *t = row_of(g, &at);
    forget_preview(g);
    if (!t)
        return;
    snprintf(g->key, sizeof g->key, "%s", table_at(t, at, type_key(t->type))->plain);
    snprintf(g->version, sizeof g->version, "%s", table_plain(t, at, "version"));
    mark_name(g->name, sizeof g->name, t, at);
    for (int i = 0; i < g->cells; i++) {
        struct cell *c = &g->cell[i];
        snprintf(c->before, sizeof c->before, "%s", table_at(t, at, c->column)->plain);
        edit_set(&c->edit, c->before);
    }
    app_key(g->view.app, g->once);
}

static bool changed(const struct grid *g)
{
    for (int i = 0; i < g->cells; i++)
        if (strcmp(g->cell[i].edit.text, g->cell[i].before) != 0)
            return true;
    return false;
}

static void send(struct grid *g, int what)
{
    struct tui_job *job = job_new(g->op, g->view.id, what);
    char text[128];
    if (job && what == ASK_PREVIEW)
        job->dry = true;
    else if (job)
        snprintf(job->key, sizeof job->key, "%s", g->once);
    job_set(job, g->op->in->cols[type_key(g->op->in)].name, g->key);
    if (*g->version && pn_type_col(g->op->in, "version"))
        job_set(job, "version", g->version);
    for (int i = 0; i < g->cells; i++) {
        size_t len = 0, left = g->cell[i].edit.len;
        const char *typed = g->cell[i].edit.text;
        if (!strcmp(typed, g->cell[i].before))
            continue;
        while (left && len + 5 < sizeof text) { /* digits of an input method */
            uint32_t cp;
            size_t used = tui_decode(typed, left, &cp);
            len += tui_encode(tui_fold(cp), text + len);
            typed += used;
            left -= used;
        }
        text[len] = 0;
        job_set(job, g->cell[i].given, text);
    }
    g->asked = job != NULL;
    *g->words = 0;
    app_ask(&g->view, job);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct grid *g = (struct grid *)view;
    g->asked = false;
    if (job->code) {
        snprintf(g->words, sizeof g->words, "%s%s%.100s",
                 job->message ? job->message : pn_code_text(job->code), job->hint ? "  " : "",
                 job->hint ? job->hint : "");
        for (int i = 0; job->field && i < g->cells; i++)
            g->at = strcmp(g->cell[i].given, job->field) ? g->at : i;
        if (!pn_code_retry(job->code)) /* the next attempt is another request */
            app_key(view->app, g->once);
        return;
    }
    table_free(g->preview);
    g->preview = job->table;
    job->table = NULL;
    if (job->tag == ASK_PREVIEW)
        return;
    app_say(view->app, LOOK_GOOD, pn_tr("Saved: %s"), g->name);
    for (int i = 0; i < g->cells; i++)
        snprintf(g->cell[i].before, sizeof g->cell[i].before, "%s", g->cell[i].edit.text);
    list_refresh(g->list, g->list->selected);
    snprintf(g->version, sizeof g->version, "%s", table_plain(g->preview, 0, "version"));
    app_key(view->app, g->once);
    forget_preview(g);
}

/* ---- the screen ---- */

/* A column worth telling: it would change, and not only because time passes. */
static bool tells(const struct grid *g, const struct tui_table *row, int at, int c)
{
    const pn_col *col = &row->type->cols[c];
    const char *now = table_at(row, at, c)->plain, *then = table_plain(g->preview, 0, col->name);
    if (col->kind == PN_K_TIME || !strcmp(col->name, "version") || col->kind == PN_K_ROWS)
        return false;
    return strcmp(now, then) != 0 ||
           (col->kind == PN_K_MONEY && col->flags & PN_BRIEF && *now);
}

static void draw_preview(const struct grid *g, struct tui_canvas *canvas, int y, int end)
{
    int at, label = canvas->cols > 60 ? 20 : canvas->cols - 10 - 2 * FIGURE;
    const struct tui_table *row = row_of(g, &at);
    if (!row || !g->preview->rows || row->type != g->preview->type)
        return;
    for (int c = 0; c < row->cols && y < end; c++) {
        if (!tells(g, row, at, c))
            continue;
        const struct tui_value *now = table_at(row, at, c), *then = table_at(g->preview, 0, c);
        bool same = !strcmp(now->plain, then->plain);
        row_put(canvas, y, 3, label, pn_tr(row->type->cols[c].label), LOOK_LABEL);
        row_put_right(canvas, y, 4 + label, FIGURE, now->show, LOOK_PLAIN);
        row_put(canvas, y, 5 + label + FIGURE, 2, "->", LOOK_DIM);
        row_put_right(canvas, y++, 8 + label + FIGURE, FIGURE, then->show,
                      same ? LOOK_DIM : LOOK_BOLD);
    }
}

static void draw_panel(const struct grid *g, struct tui_canvas *canvas, int top, int rows)
{
    int end = top + rows;
    const char *words = g->asked       ? pn_tr("Looking at what it would be…")
                        : g->preview   ? pn_tr("Enter saves it, Esc takes it back")
                        : changed(g)   ? pn_tr("Enter shows what it would be")
                                       : pn_tr("Type the new value; Up and Down change the row");
    row_fill(canvas, top, 0, canvas->cols, LOOK_HEAD);
    row_putf(canvas, top, 1, canvas->cols - 2, LOOK_HEAD, "%s  %s", pn_tr(g->op->brief), g->name);
    if (*g->words)
        row_putf(canvas, top + 1, 3, canvas->cols - 4, LOOK_BAD, "! %s", g->words);
    else if (g->preview)
        draw_preview(g, canvas, top + 1, end - 1);
    row_put(canvas, end - 1, 1, canvas->cols - 2, words, g->preview ? LOOK_WAIT : LOOK_DIM);
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct grid *g = (struct grid *)view;
    int panel = rows > PANEL + 4 ? PANEL : rows / 2;
    list_draw(&g->list->view, canvas, top, rows - panel);
    int y = top + 1 + g->list->selected - g->list->top;
    for (int i = 0; i < g->cells; i++) {
        int width, x = list_x(g->list, g->cell[i].column, &width);
        if (x < 0 && i == g->at) /* no room for the column: its field is the panel's */
            x = 3, y = top + rows - panel + 2, width = 20;
        if (x >= 0)
            edit_draw(&g->cell[i].edit, canvas, y, x, width, i == g->at);
    }
    draw_panel(g, canvas, top + rows - panel, panel);
}

/* ---- keys ---- */

static void move(struct grid *g, int by)
{
    if (changed(g)) {
        app_say(g->view.app, LOOK_WAIT, "%s", pn_tr("Save the row first, or take it back"));
        return;
    }
    list_go(g->list, g->list->selected + by);
    take_row(g);
    *g->view.app->message = 0;
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
    else if (action == DO_OPEN && !changed(g))
        app_pop(view->app);
    else if (action == DO_OPEN)
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
    bool any = changed(g) || g->asked;
    if (any && !g->asked)
        take_row(g);
    return any;
}

static void status(const struct tui_view *view, char *text, size_t size)
{
    const struct tui_view *list = &((const struct grid *)view)->list->view;
    list->face->status(list, text, size);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct grid *g = (struct grid *)view;
    for (int i = 0; i < g->cells; i++) {
        const pn_col *col = &g->list->op->out->cols[g->cell[i].column];
        facts_say(facts, col->name, pn_tr(col->label), g->cell[i].edit.text, g->cell[i].edit.text);
    }
}

static void free_grid(struct tui_view *view)
{
    struct grid *g = (struct grid *)view;
    table_free(g->preview);
    for (int i = 0; i < g->cells; i++)
        edit_free(&g->cell[i].edit);
}

static const struct tui_face grid_face = {
    .scope = SCOPE_GRID, .size = sizeof(struct grid), .draw = draw, .act = act, .type = type,
    .back = back, .done = done, .status = status, .tell = tell, .free = free_grid,
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

void grid_open(struct tui_list *list)
{
    struct tui_app *app = list->view.app;
    const pn_op *op = strcmp(list->op->verb, "list") ? NULL : changer(app, list->op->noun);
    struct grid *g = (struct grid *)view_new(app, &grid_face, pn_tr("Typing over cells"));
    if (!g) {
        app_push(app, NULL);
        return;
    }
    g->list = list;
    g->op = op;
    for (size_t i = 0; op && i < sizeof known / sizeof *known && g->cells < CELLS_MOST; i++) {
        struct cell *c = &g->cell[g->cells];
        if (strcmp(known[i].noun, list->op->noun) != 0 || !pn_type_col(op->in, known[i].given))
            continue;
        for (c->column = 0; list->op->out->cols[c->column].name; c->column++)
            if (!strcmp(list->op->out->cols[c->column].name, known[i].shown))
                break;
        c->given = known[i].given;
        g->cells += list->op->out->cols[c->column].name != NULL;
    }
    if (!g->cells) {
        free(g);
        app_say(app, LOOK_WAIT, "%s", pn_tr("No cell of this list can be typed over"));
        return;
    }
    take_row(g);
    app_push(app, &g->view);
}
