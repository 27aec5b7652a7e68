/* SPDX-License-Identifier: Apache-2.0 */
/* list.h — a window on a list of any length. Pages hold the cursor they begin at, so a page that
 * was let go can be had again; only PAGES_KEPT of them are in memory. */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "app.h"

enum { PAGE_ROWS = 100, PAGES_KEPT = 8, LIST_COLS = 24 };

struct tui_page {
    char *after;
    struct tui_table *table;
    int rows;
    bool asked;
};

struct tui_list {
    struct tui_view view;
    const pn_op *op;
    char where[256];  /* the fixed part: "show=12" */
    char filter[256]; /* what somebody typed */
    char given[64];   /* an order of several columns, as it was typed */
    int sort;         /* column, -1: the list's own order */
    bool down;
    struct tui_page *page;
    int pages; /* known ones; the last may be empty */
    bool end;  /* the last page is the last */
    int rows;  /* of all known pages */
    int top, selected;
    int body;                                   /* rows of the last drawing */
    int col[LIST_COLS], width[LIST_COLS], cols; /* columns chosen for the last drawing */
    char key[64];                               /* of the selected row: kept over a reload */
    unsigned round;                             /* answers of an earlier round are dropped */
};

/** The loaded page a row is in and its place there; NULL when it is not in memory. */
struct tui_table *list_row(const struct tui_list *list, int row, int *at);
/** Is that column on the screen? */
bool list_shows(const struct tui_list *list, int column);
/** Choose columns and widths for a screen of that many columns. */
void list_layout(struct tui_list *list, int width);
void list_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);

#endif
