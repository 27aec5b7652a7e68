/* SPDX-License-Identifier: Apache-2.0 */
/* seatmap.h — the seat map's view, for its keys and its drawing. */
#ifndef TUI_SEATMAP_H
#define TUI_SEATMAP_H

#include "app.h"
#include "seats.h"

/** The hall as a picture, a column a seat, or seats with their labels. */
enum { ZOOM_HALL, ZOOM_SEATS, ZOOM_LABELS };

/** Zones that are being painted: zones.c. */
struct cut;

struct seatmap {
    struct tui_view view;
    char session[64];
    struct seats *seats;     /* NULL: not loaded yet */
    struct tui_table *holds; /* of the session; NULL: not known */
    struct cut *cut;         /* the seats are shown by zones; NULL: by what became of them */
    int zoom, at;        /* at: the seat under the cursor */
    int anchor;          /* where a rectangle begins; -1: none is being drawn */
    bool dragged;
    tui_action soon;  /* asked for before the seats were there, */
    char together[8]; /* and how many to find then */
    int top, left; /* first line and column on the screen; headings count as lines */
    int y, x, rows, cell; /* of the seats as they were drawn */
};

/** The look of a zone: its colour, when there is one. */
unsigned seatmap_look(int zone);
void seatmap_tell(struct tui_view *view, struct tui_facts *facts);
void seatmap_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
/** Is the seat in the rectangle that is being drawn? */
bool seatmap_in_box(const struct seatmap *m, int seat);
/** Which seat is at that place of the screen; -1: none. In the hall: the first of its section. */
int seatmap_seat_at(const struct seatmap *m, int row, int col);
/** Lines on the screen: a heading before each section. */
int seatmap_row_of(const struct seatmap *m, int line);

/** May the seat be chosen? */
bool seatmap_takes(const struct seatmap *m, int seat);
/** The hold that has the seat: its row of `holds`; -1: none that is known. */
int seatmap_hold(const struct seatmap *m, int seat);
/** Show other seats; the cursor and what is chosen move over by the names of the seats. */
void seatmap_take(struct seatmap *m, struct tui_table *answer);
/* seatsale.c */
enum { ASK_ORDER = 90 };
/** Sell the chosen seats at the counter. */
void seatmap_sell(struct seatmap *m);
/** The order that has the seat under the cursor: it is asked for, and opened. */
void seatmap_ask_order(struct seatmap *m);
void seatmap_order(struct seatmap *m, const struct tui_table *tickets);

/** Choose nothing. */
void seatmap_clear(struct seatmap *m);

#endif
