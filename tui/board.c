/* SPDX-License-Identifier: Apache-2.0 */
/* board.c — the first screen: today in figures, tonight's sessions, the way to the rooms and, in a
 * demo, the other accounts. What is shown are the columns of board.today, whatever they are. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

struct board { struct tui_view view; const pn_op *op; struct tui_table *table; };

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

/* Figures side by side: the number above, its name below. */
static int draw_figures(const struct tui_table *t, struct tui_canvas *canvas, int y)
{
    int x = 2, row = y;
    for (int c = 0; c < t->cols; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        const char *label = pn_tr(t->type->cols[c].label);
        if (t->type->cols[c].kind == PN_K_ROWS)
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
        y = draw_figures(t, canvas, y);
        for (int c = 0; c < t->cols; c++)
            if (t->sub && t->sub[c])
                y = draw_table(t->sub[c], pn_tr(t->type->cols[c].label), canvas, y,
                               demo ? end - 8 : end);
    } else if (view->pending) {
        row_put(canvas, y, 2, canvas->cols - 4, pn_tr("Loading…"), LOOK_DIM);
        y += 2;
    }
    draw_demo(demo, canvas, y, end);
}

static void load(struct tui_view *view)
{
    struct board *b = (struct board *)view;
    b->op = app_op(view->app, "board.today");
    if (b->op)
        app_ask(view, job_new(b->op, view->id, 0));
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct board *b = (struct board *)view;
    if (job->code) {
        app_fail(view->app, job);
        return;
    }
    table_free(b->table);
    b->table = job->table;
    job->table = NULL;
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct board *b = (struct board *)view;
    if (b->table && b->table->rows)
        facts_row(facts, b->table, 0, false);
    if (view->app->who && view->app->who->demo)
        facts_say(facts, "demo", pn_tr("Accounts of this demo"), view->app->who->demo,
                  view->app->who->demo);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    (void)view;
    snprintf(text, size, "pn board today");
}

static void free_board(struct tui_view *view)
{
    table_free(((struct board *)view)->table);
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
