/* SPDX-License-Identifier: Apache-2.0 */
/* grid.h — typing over cells, of one row or of all that are marked, and taking it back. */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#include "plan.h"

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
