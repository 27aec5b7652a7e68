/* SPDX-License-Identifier: Apache-2.0 */
/* list.h — a window on a list of any length. Pages hold the cursor they begin at, so a page that
 * was let go can be had again; only PAGES_KEPT of them are in memory. */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "app.h"

enum { PAGE_ROWS = 100, PAGES_KEPT = 8, LIST_COLS = 24, ORDERS_MOST = 4 };

/** What has become of the rows of a page since it was loaded. */
struct tui_fresh {
    int64_t until[PAGE_ROWS]; /* marked as changed until then */
    bool gone[PAGE_ROWS];     /* no longer of this list */
};

struct tui_page {
    char *after;
    struct tui_table *table;
    struct tui_fresh *fresh; /* NULL: nothing has */
    int rows, more;          /* more: new rows between these, not shown yet */
    bool asked, old;         /* old: something may have changed */
};

struct tui_order { int col; bool down; };

/** A marked row: what is done with many rows is done with these. */
struct tui_mark { char key[64], name[200]; int64_t fen; };

/** A column that an operation on many rows is given the same value of. */
enum { SAME_MOST = 3 };
struct tui_same { const pn_col *col; char text[200]; };

struct tui_list {
    struct tui_view view;
    const pn_op *op;
    char where[256];  /* the fixed part: "show=12" */
    char filter[256], good[256]; /* what somebody typed; the last that was understood */
    struct tui_order order[ORDERS_MOST];
    int orders; /* 0: the list's own order */
    int pick[LIST_COLS], picks; /* columns somebody chose; 0: the usual ones */
    int slot; /* the digit under which this view is being kept */
    struct tui_page *page;
    int pages; /* known ones; the last may be empty */
    bool end;  /* the last page is the last */
    bool tail; /* known from its end: page 0 has the last rows, in the other direction */
    int rows;  /* of all known pages */
    int top, selected;
    int body, high;                  /* rows of the last drawing, and lines of each */
    int col[LIST_COLS], width[LIST_COLS], cols; /* columns chosen for the last drawing */
    char key[64];                               /* of the selected row: kept over a reload */
    unsigned round;                             /* answers of an earlier round are dropped */
    bool only;                                  /* one page is loaded again, not the list */
    struct tui_table *ranking; /* offers of one tier or session: in which place each is shown */
    int lead;                  /* columns in front of the row for it */
    bool all;           /* every row of the filter is marked, but for those in `mark` */
    int64_t all_rows;   /* how many that are, -1: not counted yet … */
    char all_money[48]; /* … and what they come to, "" without money */
    struct tui_mark *mark;
    int marks, last_mark; /* last_mark: the row where a range begins */
    struct tui_pane *pane; /* beside the list; NULL: there is none */
    struct tui_typed *typed; /* what was typed over last; NULL: nothing */
    const pn_op *many;    /* … and what was chosen to be done with them … */
    struct tui_same same[SAME_MOST]; /* … with these values, for each of them the same */
    int sames, asked_same;
    tui_action soon; /* what was asked of the row before it was there */
    int ahead;       /* so many rows further on */
};

/** The loaded page a row is in and its place there; NULL when it is not in memory. */
struct tui_table *list_row(const struct tui_list *list, int row, int *at);
/** The page a row is in, loaded or not, and its place there; -1: none. */
int list_page(const struct tui_list *list, int row, int *at);
/** The row that stands at that place of page 0. */
int list_first_page_row(const struct tui_list *list, int at);
/** The order to ask for: "~" before it when the list is read from its end. */
void list_order(const struct tui_list *list, char *out, size_t size);
/** Rows were `before`, and are more now. */
void list_grown(struct tui_list *list, int before);
/** To the first row there is, or the last: asked for at once, however many stand between. */
void list_home(struct tui_list *list);
void list_end(struct tui_list *list);
/** "3/100+"; "-1/100+" counts from the end. */
void list_where(const struct tui_list *list, char *text, size_t size);
/** The record a view is on: its noun, key and name; all "" when it is on none. */
void list_here(const struct tui_view *view, char noun[32], char key[64], char *name, size_t size);
/** Select a row and bring it onto the screen. */
void list_go(struct tui_list *list, int row);
/** Load the page of a row again; the pages around it stay. */
/** What makes a new row of this list; NULL when that is not for whoever looks. */
const pn_op *list_new_op(const struct tui_list *list);
/** Are rows asked for? */
bool list_loading(const struct tui_list *list);
/** Does n make a row here, by a form or on a map? */
bool list_makes(const struct tui_list *list);
/** Open its form. */
void list_create(struct tui_list *list);
/** What a key does with the row under the cursor. Typed before the rows are there, it is done when
 *  they are; any other key in between takes its place. */
void list_with_row(struct tui_list *list, tui_action action);
void list_refresh(struct tui_list *list, int row);
/** Is that column on the screen? */
bool list_shows(const struct tui_list *list, int column);
/** Where that column stands on the screen and how wide it is; -1: nowhere. */
int list_x(const struct tui_list *list, int column, int *width);
/** Choose columns and widths for a screen of that many columns. */
void list_layout(struct tui_list *list, int width);
/** Without rows there is nothing to open, mark or write; rows of another kind have no actions. */
bool list_idle(const struct tui_view *view, tui_action action);
void list_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
void list_tell(struct tui_view *view, struct tui_facts *facts);

/** Give a job the list's filter. */
void list_filter(const struct tui_list *list, struct tui_job *job);
/** Forget the rows and ask again. */
void list_reload(struct tui_list *list);
/** From its first row on, with another filter or order. */
void list_restart(struct tui_list *list);

/* order.c */
/** "-amount,created_at"; "" for the list's own order. */
void order_text(const struct tui_list *list, char *out, size_t size);
void order_set(struct tui_list *list, const char *text);
/** In which place the list is sorted by that column, from 1; 0: not by it. */
int order_place(const struct tui_list *list, int column, bool *down);
/** By the next column that can be sorted by. */
void order_next(struct tui_list *list);
void order_reverse(struct tui_list *list);
/** " ^", or " v2" when several columns count. */
void order_sign(const struct tui_list *list, int column, char *out, size_t size);
void order_menu(struct tui_list *list);
/** "no,status"; "" for the usual columns. */
void columns_text(const struct tui_list *list, char *out, size_t size);
void columns_set(struct tui_list *list, const char *text);
void columns_menu(struct tui_list *list);

/* export.c */
void export_menu(struct tui_list *list);

/* saved.c */
void saved_menu(struct tui_list *list);

/** Ask for a page, or once more for one that is shown. */
void list_ask(struct tui_list *list, int index, bool again);
/** Pages [*first, *last] are on the screen or about to be. */
void list_near(const struct tui_list *list, int *first, int *last);

/* listlive.c */
enum { LIST_AGAIN = 0x8000 }; /* in a job's tag: a page that is shown was asked for once more */
int list_hear(struct tui_view *view, const char *noun, int64_t id);
void list_look(struct tui_view *view);
void list_again(struct tui_list *list, int index, struct tui_job *job);
/** New rows that are not shown yet. */
int list_more(const struct tui_list *list);
/** '~' a row that has just changed, '-' one that is no longer of this list, 0: as it was. */
char list_fresh(const struct tui_list *list, int row);

/* mark.c */
void mark_act(struct tui_list *list, tui_action action);
bool mark_has(const struct tui_list *list, const char *key);
void mark_clear(struct tui_list *list);
void mark_add(struct tui_list *list, const char *key, const char *name, int64_t fen);
bool mark_any(const struct tui_list *list);
/** "37 marked  ¥94,720.00"; "" without marks. */
void mark_status(const struct tui_list *list, char *text, size_t size);
/** What can be done with all of them. */
void mark_menu(struct tui_list *list);

/** A column that says the same in every row: with whom one acts for. */
bool mark_own(const struct tui_who *who, const pn_col *col);
/** As many columns of a row as it takes to tell rows apart. */
void mark_name(char *name, size_t size, const struct tui_who *who, const struct tui_table *table,
               int row);

/* rank.c */
enum { RANK_TAG = -1 };
/** Ask for the places when the list is one of offers of a tier or a session. */
void rank_ask(struct tui_list *list);
void rank_done(struct tui_list *list, struct tui_job *job);
/** The place buyers see that row in; 0: none, it is not on offer. */
int rank_place(const struct tui_list *list, const char *key);
/** Bring a page that is the whole list into the order of the places. */
void rank_order(struct tui_list *list);

/* pane.c */
/** The list, and beside or below it what Enter would show of the selected row. */
void pane_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
void pane_toggle(struct tui_list *list);
void pane_free(struct tui_list *list);

/* plan.c */
/** What an operation would do to each marked row, and then does. */
struct tui_view *plan_new(struct tui_app *app, const pn_op *op, const char *reason,
                          struct tui_list *list);
/** One more row; without a list, a plan has only these. */
bool plan_add(struct tui_view *plan, const char *key, const char *name, int64_t fen);

/* grid.c */
/** Let the cells of the selected row be typed over; a message when none can. */
void grid_open(struct tui_list *list);
/** Can that column of that list be typed over? -1: any of them. */
bool grid_takes(const pn_op *op, int column);
/** Does that column say which row it is, where cells can be typed over? */
bool grid_names(const pn_op *op, const char *column);

#endif
