/* SPDX-License-Identifier: Apache-2.0 */
/* board.h — the first screen: areas one beside or below the other, one of them with the cursor. */
#ifndef TUI_BOARD_H
#define TUI_BOARD_H

#include "app.h"

enum { OWNED = 6, SPOTS_MOST = 400, FIGURES_MOST = 24 };
typedef enum { AREA_FIGURES, AREA_OWN, AREA_WAITS, AREA_SESSIONS, AREA_FEED, AREAS } board_area;

/** One figure: a column of the answer, or, `day`, of its days. */
struct board_figure { const struct tui_table *table; int col; bool day; };
/** Where something that can be opened stands. */
struct board_spot { int row, col, width, area, index; };

struct board {
    struct tui_view view;
    const pn_op *op;
    struct tui_table *table, *waits, *feed, *count[OWNED];
    struct board_figure figure[FIGURES_MOST];
    int figures;
    int area, at[AREAS], top[AREAS], shown[AREAS];
    bool moved; /* somebody has: the cursor stays where it is */
    struct board_spot spot[SPOTS_MOST];
    int spots;
};

/** The lists of what is one's own, and the word each is counted by. */
extern const struct board_own { const char *list, *by; } board_owned[OWNED];
/** The list behind a figure; NULL: none, or none that is open. */
const pn_op *board_behind(const struct board *b, int figure, const char **where);
const char *board_figure_name(const struct board *b, int figure);
const struct tui_table *board_days(const struct board *b);
const struct tui_table *board_sessions(const struct board *b, const char **title);
const struct tui_table *board_waits(const struct board *b);
int board_rows(const struct board *b, int area);
/** The n-th line of what is one's own: its list's place in board_owned, and the row. */
bool board_own_at(const struct board *b, int n, int *list, int *row);
/** What is counted there, and the word it is counted by, with its look. */
unsigned board_own_words(const struct board *b, int list, int row, const char **title,
                         const char **label);

/* boarddraw.c */
/** What a figure is called. */
const char *board_figure_label(const struct board *b, int figure);
void board_tell(struct tui_view *view, struct tui_facts *facts);
void board_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);

#endif
