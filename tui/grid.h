/* SPDX-License-Identifier: Apache-2.0 */
/* grid.h — typing over cells, of one row or of all that are marked, and taking it back. */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#include "plan.h"

struct grid_cell {
    int column; /* of the list */
    const pn_col *given;
    char before[300];
    struct tui_edit edit;
};

struct grid {
    struct tui_view view;
    struct tui_list *list; /* below us on the stack */
    const pn_op *op;
    const char *fixed, *told;
    struct grid_cell *cell;
    int cells, at, first; /* first: the leftmost cell on the screen */
    char key[64], version[24], name[128], once[40];
    struct tui_table *preview; /* what it would be; NULL: not asked, or typed since */
    bool asked;
    char words[300]; /* a refusal */
    char meets[300]; /* whom a change of the row meets, "" while nobody knows … */
    char hearers[200]; /* … and who would hear of this one */
};

/** Is anything typed that differs from what stands? */
bool grid_changed(const struct grid *g);
/** Is the word one of those, with blanks between? */
bool grid_among(const char *words, const char *word);
bool grid_number(const pn_col *col);
/** The row that is typed into. */
const struct tui_table *grid_row(const struct grid *g, int *at);
void grid_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
void grid_tell(struct tui_view *view, struct tui_facts *facts);

/** "+5%" or "-20" of what stands there, else the text as it is, digits of input methods folded. */
void grid_value(const char *typed, const char *before, bool number, char *out, size_t size);
bool grid_relative(const char *typed);

/** What was typed over last: columns, and of each row what stood there before. */
struct tui_typed;
/** A row was typed over; rows after the first one only when they were typed over together. */
void typed_begin(struct tui_list *list, const pn_op *op);
void typed_column(struct tui_list *list, const char *column);
void typed_row(struct tui_list *list, const char *key, const char *name, const char *before);
void typed_free(struct tui_list *list);
/** A plan that puts it back; false: nothing was typed over, or something else was done since. */
bool typed_undo(struct tui_list *list);
/** A plan that gives these values to all marked rows. */
struct tui_view *typed_plan(struct tui_list *list, const pn_op *op,
                            const struct plan_given given[], int n);
/** In a plan: the values of a row that was found; what it says now is kept for taking back. */
void typed_gather(struct plan *n, struct plan_item *item, const struct tui_table *t, int row);
/** … given to the job that does it. */
void typed_give(const struct plan *n, const struct plan_item *item, struct tui_job *job);
/** … and when the plan is through. */
void typed_done(struct plan *n);

#endif
