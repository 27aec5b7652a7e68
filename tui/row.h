/* SPDX-License-Identifier: Apache-2.0 */
/* row.h — the one composer. Everything on the screen is put into cells here; term.c sends them. */
#ifndef TUI_ROW_H
#define TUI_ROW_H

#include "theme.h"
#include "width.h"

enum { CELL_MARKS = 2 };

/** One column. `width` is 1, 2 (the left half) or 0 (the right half of the cell before). */
struct tui_cell { uint32_t ch, mark[CELL_MARKS]; uint16_t width, look; }; /* no padding: compared */

struct tui_canvas {
    int rows, cols;
    struct tui_cell *cell;
    int caret_row, caret_col; /* where the hardware cursor rests */
    bool caret;               /* … and whether it is shown */
};

/** Give the canvas a size; 0, or -1 when memory ran out (the old size stays). */
int canvas_resize(struct tui_canvas *canvas, int rows, int cols);
void canvas_free(struct tui_canvas *canvas);
void canvas_clear(struct tui_canvas *canvas);
/** Show the cursor at a place; places outside are moved to the nearest inside. */
void canvas_caret(struct tui_canvas *canvas, int row, int col, bool shown);

/** Put text at a place, in at most `max` columns: clipped on a glyph boundary with `…`, halves of
 *  wide glyphs that it overwrites become blanks. Returns the columns used. */
int row_put(struct tui_canvas *canvas, int row, int col, int max, const char *text, unsigned look);
/** The first line of a text that is wrapped to that many columns, into `line`. Returns the rest of
 *  the text, "" when that was all, or when not even one glyph has room. */
const char *row_line(const char *text, int width, char *line, size_t size);
/** The same, formatted; at most 1 KiB. */
int row_putf(struct tui_canvas *canvas, int row, int col, int max, unsigned look, const char *fmt,
             ...) __attribute__((format(printf, 6, 7)));
/** Ending at the right edge of the `max` columns. */
int row_put_right(struct tui_canvas *canvas, int row, int col, int max, const char *text,
                  unsigned look);
int row_put_centre(struct tui_canvas *canvas, int row, int col, int max, const char *text,
                   unsigned look);
/** Blanks. */
void row_fill(struct tui_canvas *canvas, int row, int col, int max, unsigned look);
/** Add LOOK_SELECTED to what is there. */
void row_select(struct tui_canvas *canvas, int row, int col, int max);

#endif
