/* SPDX-License-Identifier: Apache-2.0 */
/* model.h — what an operation answered, as text. Made by the worker, read by the screens: no memory
 * of the library crosses the thread. */
#ifndef TUI_MODEL_H
#define TUI_MODEL_H

#include <base/op.h>

struct tui_chunk;

/** One value: for people, for machines (forms, filters), and its colour ('g' …, see pn_words).
 * away: it names a row that is not for the caller. */
struct tui_value { const char *show, *plain; char tone; bool absent, away; };

/** Rows of a type. A column of rows (PN_K_ROWS) has its table in `sub` of the row. */
struct tui_table {
    const pn_type *type;
    int cols, rows;
    struct tui_value *value;   /* rows × cols */
    struct tui_table **sub;    /* rows × cols, mostly NULL; NULL altogether when never */
    char *next;                /* cursor of the page after this one */
    struct tui_chunk *memory;  /* owns everything above when this is the outermost table */
};

/** Copy rows out of a unit. NULL when memory ran out. */
struct tui_table *table_new(pn *p, const pn_type *type, const void *rows, size_t n,
                            const char *next);
void table_free(struct tui_table *table);
/** Make `table` have the rows of `old`, in the order of `old`: row i is the row from[i] of `table`,
 * or, from[i] < 0, a copy of what it was. False when memory ran out: `table` is as it was. */
bool table_keep(struct tui_table *table, const struct tui_table *old, const int from[]);
/** Do the two rows say the same? */
bool table_same(const struct tui_table *a, int row_a, const struct tui_table *b, int row_b);
/** Column by name; -1 when the type has none. */
int table_col(const struct tui_table *table, const char *name);
const struct tui_value *table_at(const struct tui_table *table, int row, int col);
/** Plain text of a named column, "" when there is none. */
const char *table_plain(const struct tui_table *table, int row, const char *name);
const char *table_show(const struct tui_table *table, int row, const char *name);
/** Column that identifies the row (PN_KEY); -1 without. */
int type_key(const pn_type *type);
int type_cols(const pn_type *type);

#endif
