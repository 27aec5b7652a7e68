/* SPDX-License-Identifier: Apache-2.0 */
/* board.c — the first screen: today in figures, tonight's sessions, the way to the rooms and, in a
 * demo, the other accounts. What is shown are the columns of board.today, whatever they are. Whom
 * the figures of the house do not concern, sees how much there is of his own, by its state. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

/* What a merchant, an organiser or a distributor has: the list, and the word it is counted by. */
static const struct { const char *list, *by; } owned[] = {
    {"listing.list", "state"},    {"show.list", "status"},       {"revision.list", "state"},
    {"settle_line.list", "state"}, {"withdrawal.list", "state"}, {"penalty.list", "state"},
    {"qualification.list", "state"}};
enum { OWNED = sizeof owned / sizeof *owned };

struct board {
    struct tui_view view;
    const pn_op *op;
    struct tui_table *table, *count[OWNED];
};

/* The rooms that are open to whoever looks, and the way to the others. */
static int draw_rooms(const struct tui_app *app, struct tui_canvas *canvas, int y)
{
    int x = 1;
    for (char tab = '1'; tab <= '9' + 1; tab++) {
        char text[80];
        const char *title = tab > '9' ? pn_tr("All rooms") : view_room_title(app, tab);
        if (!title)
            continue;
        snprintf(text, sizeof text, "%c %s", tab > '9' ? '0' : tab, title);
        int width = tui_text_width(text);
        if (x + width >= canvas->cols) {
            x = 1;
            y++;
        }
        x += row_put(canvas, y, x, width, text, LOOK_LABEL) + 2;
    }
    return y + 2;
}

/* Figures side by side: the number above, its name below. How our machines fare is not for people
 * of other houses. */
static int draw_figures(const struct tui_app *app, const struct tui_table *t,
                        struct tui_canvas *canvas, int y)
{
    bool ours = !app->who || (!app->who->merchant && !app->who->organiser);
    int x = 2, row = y;
    for (int c = 0; c < t->cols; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        const char *label = pn_tr(t->type->cols[c].label);
        if (t->type->cols[c].kind == PN_K_ROWS ||
            (!ours && !(t->type->cols[c].flags & PN_BRIEF) && strcmp(t->type->name, "board") == 0))
            continue;
        int width = tui_text_width(label), w = tui_text_width(v->show);
        width = w > width ? w : width;
        if (x + width >= canvas->cols) {
            x = 2;
            row += 3;
        }
        row_put(canvas, row, x, width, v->show, LOOK_BOLD);
        row_put(canvas, row + 1, x, width, label, LOOK_DIM);
        x += width + 4;
    }
    return row + 3;
}

static int draw_table(const struct tui_table *t, const char *title, struct tui_canvas *canvas,
                      int y, int end)
{
    int width[16], x = 2, n = t->cols < 16 ? t->cols : 16;
    if (y >= end)
        return y;
    row_put(canvas, y++, 1, canvas->cols - 2, title, LOOK_HEAD);
    for (int c = 0; c < n; c++) {
        width[c] = tui_text_width(pn_tr(t->type->cols[c].label));
        for (int r = 0; r < t->rows; r++) {
            int w = tui_text_width(table_at(t, r, c)->show);
            width[c] = w > width[c] ? w : width[c];
        }
        width[c] = width[c] > 40 ? 40 : width[c];
    }
    for (int r = -1; r < t->rows && y < end; r++, y++, x = 2) {
        for (int c = 0; c < n; c++) {
            const pn_col *col = &t->type->cols[c];
            if (!(col->flags & PN_BRIEF))
                continue;
            unsigned look = r < 0 ? LOOK_DIM : theme_tone(table_at(t, r, c)->tone);
            row_put(canvas, y, x, width[c], r < 0 ? pn_tr(col->label) : table_at(t, r, c)->show,
                    look);
            x += width[c] + 2;
        }
    }
    if (!t->rows && y < end)
        row_put(canvas, y++, 2, canvas->cols - 4, pn_tr("Nothing here"), LOOK_DIM);
    return y + 1;
}

/* How many there are in each state, most first. */
static void draw_states(const struct tui_table *counts, const pn_col *col,
                        struct tui_canvas *canvas, int y, int x)
{
    for (int r = 0; r < counts->rows; r++) {
        const char *value = table_plain(counts, r, "value"), *label = value;
        unsigned look = LOOK_PLAIN;
        for (const pn_words *w = col->words; w && w->name; w++)
            if (!strcmp(w->name, value)) {
                label = pn_tr(w->label);
                look = theme_tone(w->tone);
            }
        x += row_putf(canvas, y, x, canvas->cols - x - 1, look, "%s %s", label,
                      table_show(counts, r, "rows")) + 3;
    }
}

static int draw_owned(const struct board *b, struct tui_canvas *canvas, int y)
{
    bool any = false;
    for (int i = 0; i < OWNED; i++) {
        const struct tui_table *t = b->count[i];
        const pn_op *op = t && t->rows ? app_op(b->view.app, owned[i].list) : NULL;
        const pn_module *m = op ? pn_module_find(op->noun) : NULL;
        const pn_col *col = op ? pn_type_col(op->out, owned[i].by) : NULL;
        if (!m || !col)
            continue;
        row_put(canvas, y, 2, 18, pn_tr(m->title), LOOK_LABEL);
        draw_states(t, col, canvas, y++, 22);
        any = true;
    }
    if (!any && !b->view.pending)
        row_put(canvas, y++, 2, canvas->cols - 4,
                pn_tr("Nothing of yours here yet: the numbers above open your rooms"), LOOK_DIM);
    return y + 1;
}

static void draw_demo(const char *demo, struct tui_canvas *canvas, int y, int end)
{
    if (!demo || y + 1 >= end)
        return;
    row_put(canvas, y++, 1, canvas->cols - 2,
            pn_tr("This is a demo. Change over with :login NAME; the accounts are:"), LOOK_HEAD);
    while (*demo && y < end) {
        char line[256];
        size_t n = strcspn(demo, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, demo);
        row_put(canvas, y++, 3, canvas->cols - 4, line, LOOK_PLAIN);
        demo += n + (demo[n] == '\n');
    }
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct board *b = (struct board *)view;
    const struct tui_table *t = b->table;
    int end = top + rows, y = draw_rooms(view->app, canvas, top + 1);
    const char *demo = view->app->who ? view->app->who->demo : NULL;
    if (t && t->rows) {
        y = draw_figures(view->app, t, canvas, y);
        for (int c = 0; c < t->cols; c++)
            if (t->sub && t->sub[c])
                y = draw_table(t->sub[c], pn_tr(t->type->cols[c].label), canvas, y,
                               demo ? end - 8 : end);
    } else if (view->pending) {
        row_put(canvas, y, 2, canvas->cols - 4, pn_tr("Loading…"), LOOK_DIM);
        y += 2;
    } else if (!b->op) {
        y = draw_owned(b, canvas, y);
    }
    draw_demo(demo, canvas, y, end);
}

static void load(struct tui_view *view)
{
    struct board *b = (struct board *)view;
    b->op = app_op(view->app, "board.today");
    if (b->op) {
        app_ask(view, job_new(b->op, view->id, 0));
        return;
    }
    for (int i = 0; i < OWNED; i++) {
        const pn_op *op = app_op(view->app, owned[i].list);
        struct tui_job *job = op ? job_new(op, view->id, i) : NULL;
        if (!job)
            continue;
        job->count = owned[i].by;
        app_ask(view, job);
    }
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct board *b = (struct board *)view;
    if (job->code) {
        app_fail(view->app, job);
        return;
    }
    struct tui_table **here = b->op ? &b->table : &b->count[job->tag];
    table_free(*here);
    *here = job->table;
    job->table = NULL;
}

static void tell_owned(const struct board *b, struct tui_facts *facts)
{
    facts_open(facts, "own", "");
    for (int i = 0; i < OWNED; i++)
        for (int r = 0; b->count[i] && r < b->count[i]->rows; r++) {
            const struct tui_table *t = b->count[i];
            facts_item(facts);
            facts_say(facts, "list", pn_tr("List"), owned[i].list, owned[i].list);
            facts_say(facts, "state", pn_tr("State"), table_plain(t, r, "value"),
                      table_show(t, r, "value"));
            facts_say(facts, "rows", pn_tr("Rows"), table_plain(t, r, "rows"),
                      table_show(t, r, "rows"));
            facts_done(facts);
        }
    facts_close(facts);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct board *b = (struct board *)view;
    if (b->table && b->table->rows)
        facts_row(facts, b->table, 0, false);
    if (!b->op)
        tell_owned(b, facts);
    if (view->app->who && view->app->who->demo)
        facts_say(facts, "demo", pn_tr("Accounts of this demo"), view->app->who->demo,
                  view->app->who->demo);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    snprintf(text, size, "%s", ((const struct board *)view)->op ? "pn board today" : "");
}

static void free_board(struct tui_view *view)
{
    struct board *b = (struct board *)view;
    table_free(b->table);
    for (int i = 0; i < OWNED; i++)
        table_free(b->count[i]);
}

static const struct tui_face board_face = {
    .scope = SCOPE_ALL, .size = sizeof(struct board), .live = true, .draw = draw, .load = load,
    .done = done, .tell = tell, .command = command, .free = free_board,
};

struct tui_view *board_new(struct tui_app *app)
{
    struct tui_view *view = view_new(app, &board_face, pn_tr("Today"));
    if (view)
        view->tab = '1';
    return view;
}
