/* SPDX-License-Identifier: Apache-2.0 */
/* inner.h — rows inside a record, as a small table below it. */
#ifndef TUI_INNER_H
#define TUI_INNER_H

#include "app.h"

enum { INNER_COLS = 32, INNER_LEFT = 2, INNER_GAP = 2 };

/** wraps: columns that the last, a text, has on each of its lines; 0: it is cut. */
struct inner { int shown[INNER_COLS], width[INNER_COLS], n, end, wraps; };

/** Which columns, and how wide, on a screen of so many: a text that is last has what is left. */
struct inner inner_of(const struct tui_table *table, int screen);
void inner_head(const struct inner *in, const struct tui_table *table, struct tui_canvas *canvas,
                int y);
/** Returns what is left of its last text: inner_rest() puts it below, line by line, till "". */
const char *inner_row(const struct inner *in, const struct tui_table *table, int row,
                      struct tui_canvas *canvas, int y);
const char *inner_rest(const struct inner *in, const char *text, struct tui_canvas *canvas, int y);

#endif
