/* SPDX-License-Identifier: Apache-2.0 */
/* detail.c — one record: its columns as label and value, its rows (items, payments, log) as tables
 * below. What it refers to can be gone through and opened. Lines are composed while drawing; only
 * the scroll position and the number of the reference chosen are kept. */
#include "config.h"
#include "bulk.h"
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_MOST = 18 };

struct detail {
    struct tui_view view;
    const pn_op *op;
    char key[64];
    struct tui_table *table;
    int top, lines, body;
    int chosen; /* which reference, 0: none */
};

/* Where lines go: those between the scroll position and the end of the body are seen. */
struct sheet {
    const struct detail *of;
    struct tui_canvas *canvas;
    int row, first, rows, line;
    int links;         /* references met so far */
    const char *noun;  /* what the one chosen refers to */
    const char *key;
    int link_line;
};

static int place(struct sheet *s)
{
    int y = s->line++ - s->first;
    return y >= 0 && y < s->rows ? s->row + y : -1;
}

static void long_text(struct sheet *s, int x, const char *text, unsigned look)
{
    int width = s->canvas->cols - x - 1;
    char line[2048];
    do {
        text = row_line(text, width, line, sizeof line);
        row_put(s->canvas, place(s), x, width, line, look);
    } while (*text);
}

static int label_width(const pn_type *type)
{
    int width = 0;
    for (const pn_col *c = type->cols; c->name; c++) {
        int w = c->kind == PN_K_ROWS ? 0 : tui_text_width(pn_tr(c->label));
        width = w > width ? w : width;
    }
    return width < LABEL_MOST ? width : LABEL_MOST;
}

/* Whose row a column names: told by the column, or, in the audit trail, by the row. */
static const char *refers_to(const struct detail *d, const pn_col *col)
{
    bool dynamic = !col->ref && d->table && !strcmp(col->name, "ref");
    return dynamic && table_col(d->table, "noun") >= 0 ? table_plain(d->table, 0, "noun")
                                                       : col->ref;
}

/* Does this column refer to another record that may be opened? Counts it, and tells whether it is
 * the one chosen. */
static bool link_here(struct sheet *s, const pn_col *col, const struct tui_value *v)
{
    const struct detail *d = s->of;
    const char *ref = refers_to(d, col);
    if (!ref || !*ref || v->absent || v->away || !*v->plain || !strcmp(v->plain, "0") ||
        (!strcmp(ref, d->op->noun) && !strcmp(v->plain, d->key)) ||
        !view_opens(d->view.app, ref) || ++s->links != d->chosen)
        return false;
    s->noun = ref;
    s->key = v->plain;
    s->link_line = s->line;
    return true;
}

/* A row of a table below is one reference: to the first record that it names. */
static bool row_link(struct sheet *s, const struct tui_table *t, int row)
{
    int before = s->links;
    for (int c = 0; c < t->cols && s->links == before; c++)
        if (link_here(s, &t->type->cols[c], table_at(t, row, c)))
            return true;
    return false;
}

static void draw_rows(struct sheet *s, const pn_col *col, const struct tui_table *t)
{
    place(s);
    row_putf(s->canvas, place(s), 1, s->canvas->cols - 2, LOOK_BOLD, "%s (%d)", pn_tr(col->label),
             t->rows);
    if (!t->rows)
        return;
    struct inner in = inner_of(t, s->canvas->cols);
    inner_head(&in, t, s->canvas, place(s));
    for (int r = 0; r < t->rows; r++) {
        bool chosen = row_link(s, t, r);
        int y = place(s);
        const char *rest = inner_row(&in, t, r, s->canvas, y);
        if (chosen)
            row_select(s->canvas, y, 1, in.end - INNER_GAP);
        while (*rest)
            rest = inner_rest(&in, rest, s->canvas, place(s));
    }
}

static void compose(struct sheet *s)
{
    const struct tui_table *t = s->of->table;
    int width = label_width(t->type);
    place(s);
    for (int c = 0; c < t->cols; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        const pn_col *col = &t->type->cols[c];
        if (col->kind == PN_K_ROWS || v->absent)
            continue;
        int links = s->links, y = s->line - s->first;
        bool chosen = link_here(s, col, v);
        if (y >= 0 && y < s->rows) {
            row_put(s->canvas, s->row + y, 1, width, pn_tr(col->label), LOOK_LABEL);
            if (s->links > links)
                row_put(s->canvas, s->row + y, width + 4 + tui_text_width(v->show), 1, ">",
                        LOOK_DIM);
        }
        long_text(s, width + 3, v->show, theme_tone(v->tone) | (chosen ? LOOK_SELECTED : 0));
    }
    for (int c = 0; c < t->cols; c++)
        if (t->type->cols[c].kind == PN_K_ROWS && t->sub && t->sub[c])
            draw_rows(s, &t->type->cols[c], t->sub[c]);
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct detail *d = (struct detail *)view;
    struct sheet s = {.of = d, .canvas = canvas, .row = top, .first = d->top, .rows = rows};
    const struct tui_table *t = d->table;
    d->body = rows;
    if (!t || !t->rows) {
        row_put(canvas, top + 1, 2, canvas->cols - 4,
                view->pending ? pn_tr("Loading…") : pn_tr("Nothing here"), LOOK_DIM);
        return;
    }
    compose(&s);
    d->lines = s.line;
    app_more(canvas, top + rows - 1, d->lines - d->top - rows);
    canvas_caret(canvas, top, 0, false);
}

static void load(struct tui_view *view)
{
    struct detail *d = (struct detail *)view;
    struct tui_job *job = job_new(d->op, view->id, 0);
    int key = type_key(d->op->list ? d->op->out : d->op->in);
    if (key >= 0 && d->op->list)
        job_setf(job, "where", "%s=%s", d->op->out->cols[key].name, d->key);
    else if (key >= 0)
        job_set(job, d->op->in->cols[key].name, d->key);
    app_ask(view, job);
}

static const char *key_shown(const struct detail *d)
{
    int key = d->table->rows ? type_key(d->table->type) : -1;
    const char *show = key >= 0 ? table_at(d->table, 0, key)->show : "";
    return *show ? show : d->key;
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct detail *d = (struct detail *)view;
    if (job->code || !job->table) {
        app_fail(view->app, job);
        return;
    }
    table_free(d->table);
    d->table = job->table;
    job->table = NULL;
    if (!*view->title && d->table->rows)
        snprintf(view->title, sizeof view->title, "%s", view_name(d->table, 0));
    if (!*view->title)
        snprintf(view->title, sizeof view->title, "%s", key_shown(d));
}

static void go(struct detail *d, int top)
{
    int most = d->lines - d->body;
    d->top = top > most ? most : top;
    if (d->top < 0)
        d->top = 0;
}

/* Composed beside the screen: how many references there are, and which is the one chosen. */
static struct sheet measured(const struct detail *d)
{
    struct tui_canvas none = {.cols = d->view.app->canvas.cols};
    struct sheet s = {.of = d, .canvas = &none};
    if (d->table && d->table->rows)
        compose(&s);
    return s;
}

static void choose(struct detail *d, int step)
{
    int links = measured(d).links;
    if (!links) {
        app_say(d->view.app, LOOK_WAIT, "%s", pn_tr("It refers to nothing that could be opened"));
        return;
    }
    d->chosen = d->chosen ? (d->chosen - 1 + step + links) % links + 1 : step > 0 ? 1 : links;
    int line = measured(d).link_line;
    if (line < d->top || line >= d->top + d->body)
        go(d, line - d->body / 2);
}

/* With nothing chosen yet, the only reference is meant; of several, the first is chosen. */
static void open_chosen(struct detail *d)
{
    bool meant = d->chosen;
    if (!meant)
        choose(d, 1);
    struct sheet s = measured(d);
    if (s.noun && (meant || s.links == 1))
        view_record(d->view.app, s.noun, s.key, "");
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct detail *d = (struct detail *)view;
    (void)key;
    if (action == DO_UP)
        go(d, d->top - 1);
    else if (action == DO_DOWN)
        go(d, d->top + 1);
    else if (action == DO_PAGE_UP)
        go(d, d->top - d->body + 1);
    else if (action == DO_PAGE_DOWN)
        go(d, d->top + d->body - 1);
    else if (action == DO_FIRST)
        go(d, 0);
    else if (action == DO_LAST)
        go(d, d->lines);
    else if (action == DO_LINK || action == DO_LINK_BACK)
        choose(d, action == DO_LINK ? 1 : -1);
    else if (action == DO_OPEN)
        open_chosen(d);
    else if (action == DO_ACTIONS && d->table && d->table->rows &&
             (!d->op->list || view_own(d->op)))
        view_actions(view->app, d->op->noun, d->table, 0);
    else if (action == DO_UNDO)
        undo_do(view->app);
    else if (action == DO_AUDIT && d->table && d->table->rows && type_key(d->table->type) >= 0)
        view_audit(view->app, d->op->noun,
                   table_at(d->table, 0, type_key(d->table->type))->plain);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct detail *d = (struct detail *)view;
    (void)top;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN)
        go(d, d->top + (event->mouse == MOUSE_WHEEL_UP ? -3 : 3));
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct detail *d = (struct detail *)view;
    if (d->table && d->table->rows)
        facts_row(facts, d->table, 0, false);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    const struct detail *d = (const struct detail *)view;
    int key = d->op->list ? type_key(d->op->out) : -1;
    char where[128];
    snprintf(where, sizeof where, "%s=%s", key < 0 ? "id" : d->op->out->cols[key].name, d->key);
    if (d->op->list)
        told_list(d->op, where, "", "", text, size);
    else
        snprintf(text, size, "pn %s %s %s", d->op->noun, d->op->verb, d->key);
}

static void free_detail(struct tui_view *view)
{
    table_free(((struct detail *)view)->table);
}

/* Hints are only of what does something here. */
static bool idle(const struct tui_view *view, tui_action action)
{
    const struct detail *d = (const struct detail *)view;
    return action == DO_ACTIONS && ((d->op->list && !view_own(d->op)) ||
                                    !view_acts_on(view->app, d->op->noun));
}

static const struct tui_face detail_face = {
    .scope = SCOPE_DETAIL, .size = sizeof(struct detail), .live = true, .draw = draw, .act = act,
    .mouse = mouse, .idle = idle, .load = load, .done = done, .tell = tell, .command = command,
    .free = free_detail,
};

struct tui_view *detail_new(struct tui_app *app, const pn_op *op, const char *key,
                            const char *title)
{
    struct detail *d = (struct detail *)view_new(app, &detail_face, title);
    if (!d)
        return NULL;
    d->op = op;
    snprintf(d->key, sizeof d->key, "%s", key);
    return &d->view;
}
