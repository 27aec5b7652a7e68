/* SPDX-License-Identifier: Apache-2.0 */
/* pane.c — beside a list, what Enter would show of the selected row. It is asked for when the
 * selection rests, dropped when it moves on, and asked again when somebody changes it; the list
 * itself neither waits for it nor asks for more. */
#include "config.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>

enum { REST_MS = 80, WIDE = 100, HIGH = 20, HEAD = 1 };

struct tui_pane {
    char key[64];       /* the row it is about … */
    int64_t moved_at;   /* … since when */
    struct tui_canvas left, right;
};

void pane_free(struct tui_list *list)
{
    if (list->pane) {
        canvas_free(&list->pane->left);
        canvas_free(&list->pane->right);
    }
    free(list->pane);
    list->pane = NULL;
    app_drop(list->view.pane);
    list->view.pane = NULL;
}

void pane_toggle(struct tui_list *list)
{
    struct tui_app *app = list->view.app;
    app->pane = !app->pane;
    if (app->pane && app->canvas.cols < WIDE && app->canvas.rows < HIGH)
        app_say(app, LOOK_WAIT, "%s", pn_tr("The terminal is too small for a preview"));
    if (!app->pane)
        pane_free(list);
}

/* What is selected: another row, and the pane begins anew once it rests. */
static void follow(struct tui_list *list, struct tui_pane *pane)
{
    int at, column = type_key(list->op->out);
    struct tui_table *t = list_row(list, list->selected, &at);
    const char *key = t && column >= 0 ? table_at(t, at, column)->plain : "";
    int64_t now = tui_clock();
    if (strcmp(key, pane->key) != 0) {
        snprintf(pane->key, sizeof pane->key, "%s", key);
        pane->moved_at = now;
        app_drop(list->view.pane);
        list->view.pane = NULL;
    }
    struct tui_view *view = list->view.pane;
    if (!view && *key && now < pane->moved_at + REST_MS) {
        int64_t due = pane->moved_at + REST_MS;
        list->view.due = list->view.due && list->view.due < due ? list->view.due : due;
    } else if (!view && *key) {
        view = list->view.pane = view_preview(list->view.app, list->op, t, at);
        if (view && view->face->load)
            view->face->load(view);
    } else if (view && view->dirty && !view->pending && view->face->load) {
        view->dirty = false;
        view->face->load(view);
    }
}

static bool resize(struct tui_canvas *canvas, int rows, int cols)
{
    if ((canvas->rows != rows || canvas->cols != cols) && canvas_resize(canvas, rows, cols))
        return false;
    canvas_clear(canvas);
    return true;
}

static void copy(struct tui_canvas *to, int row, int col, const struct tui_canvas *from)
{
    for (int r = 0; r < from->rows; r++)
        memcpy(to->cell + (size_t)(row + r) * (size_t)to->cols + col,
               from->cell + (size_t)r * (size_t)from->cols,
               (size_t)from->cols * sizeof *from->cell);
}

/* A line with its title, and what Enter would show. */
static void draw_pane(struct tui_list *list, struct tui_canvas *canvas, int rows)
{
    struct tui_view *view = list->view.pane;
    row_fill(canvas, 0, 0, canvas->cols, LOOK_HEAD);
    row_put(canvas, 0, 1, canvas->cols - 2, view ? view->title : "", LOOK_HEAD);
    if (view)
        view->face->draw(view, canvas, HEAD, rows - HEAD);
}

void pane_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct tui_list *list = (struct tui_list *)view;
    bool side = canvas->cols >= WIDE;
    int width = side ? canvas->cols * 11 / 20 : canvas->cols, high = side ? rows : rows * 11 / 20;
    if (!view->app->pane || (!side && canvas->rows < HIGH)) {
        list_draw(view, canvas, top, rows);
        return;
    }
    if (!list->pane)
        list->pane = calloc(1, sizeof *list->pane);
    struct tui_pane *pane = list->pane;
    if (!pane || !resize(&pane->left, high, width) ||
        !resize(&pane->right, side ? rows : rows - high, side ? canvas->cols - width : width)) {
        list_draw(view, canvas, top, rows);
        return;
    }
    follow(list, pane);
    draw_pane(list, &pane->right, pane->right.rows);
    list_draw(view, &pane->left, 0, high);
    copy(canvas, top, 0, &pane->left);
    copy(canvas, side ? top : top + high, side ? width : 0, &pane->right);
    canvas_caret(canvas, top + pane->left.caret_row, pane->left.caret_col, pane->left.caret);
}
