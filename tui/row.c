/* SPDX-License-Identifier: Apache-2.0 */
/* row.c — ncurses does not repair a wide glyph when half of it is overwritten and lets one wrap at
 * the right edge, so no other file calls its add functions. Here a row is an array of cells in
 * which a wide glyph always has both halves. */
#include "config.h"
#include "row.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tui_cell blank = {.ch = ' ', .width = 1};

int canvas_resize(struct tui_canvas *canvas, int rows, int cols)
{
    struct tui_cell *cells = reallocarray(NULL, (size_t)rows * (size_t)cols, sizeof *cells);
    if (!cells)
        return -1;
    free(canvas->cell);
    *canvas = (struct tui_canvas){.rows = rows, .cols = cols, .cell = cells};
    canvas_clear(canvas);
    return 0;
}

void canvas_free(struct tui_canvas *canvas)
{
    free(canvas->cell);
    *canvas = (struct tui_canvas){0};
}

void canvas_clear(struct tui_canvas *canvas)
{
    for (int i = 0; i < canvas->rows * canvas->cols; i++)
        canvas->cell[i] = blank;
    canvas_caret(canvas, canvas->rows - 1, 0, false);
}

static int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

void canvas_caret(struct tui_canvas *canvas, int row, int col, bool shown)
{
    canvas->caret_row = clamp(row, canvas->rows - 1);
    canvas->caret_col = clamp(col, canvas->cols - 1);
    canvas->caret = shown;
}

/* Cut the place to what the canvas has; false when nothing is left. */
static bool clip(const struct tui_canvas *canvas, int row, int *col, int *max)
{
    if (row < 0 || row >= canvas->rows || *col >= canvas->cols || *max <= 0)
        return false;
    if (*col < 0) {
        *max += *col;
        *col = 0;
    }
    if (*max > canvas->cols - *col)
        *max = canvas->cols - *col;
    return *max > 0;
}

/* Blank the partners of the halves that [col, col + n) is about to overwrite. */
static void repair(struct tui_cell *row, int cols, int col, int n)
{
    if (row[col].width == 0 && col > 0) {
        row[col - 1].ch = ' ';
        row[col - 1].width = 1;
        memset(row[col - 1].mark, 0, sizeof row[col - 1].mark);
    }
    int end = col + n;
    if (end < cols && row[end].width == 0) {
        row[end].ch = ' ';
        row[end].width = 1;
    }
}

static void store(struct tui_cell *row, int col, uint32_t ch, int width, unsigned look)
{
    row[col] = (struct tui_cell){.ch = ch, .width = (uint16_t)width, .look = (uint16_t)look};
    if (width == 2)
        row[col + 1] = (struct tui_cell){.ch = 0, .width = 0, .look = (uint16_t)look};
}

static void combine(struct tui_cell *cell, uint32_t mark)
{
    for (int i = 0; i < CELL_MARKS; i++) {
        if (cell->mark[i])
            continue;
        cell->mark[i] = mark;
        return;
    }
}

/* Does all of the text fit into `max` columns? */
static bool fits(const char *text, size_t left, int max)
{
    uint32_t cp;
    while (left) {
        size_t used = tui_decode(text, left, &cp);
        int w = tui_width(cp);
        max -= w > 0 ? w : 0;
        if (max < 0)
            return false;
        text += used;
        left -= used;
    }
    return true;
}

const char *row_line(const char *text, int width, char *line, size_t size)
{
    size_t n = strcspn(text, "\n"), used = 0;
    uint32_t cp;
    for (int columns = 0; used < n;) {
        size_t step = tui_decode(text + used, n - used, &cp);
        int w = tui_width(cp);
        columns += w > 0 ? w : 0;
        if (columns > width || used + step >= size)
            break;
        used += step;
    }
    memcpy(line, text, used);
    line[used] = 0;
    if (used < n)
        return used ? text + used : ""; /* not even one glyph fits */
    return text[n] ? text + n + 1 : "";
}

int row_put(struct tui_canvas *canvas, int row, int col, int max, const char *text, unsigned look)
{
    if (!text || !clip(canvas, row, &col, &max))
        return 0;
    struct tui_cell *line = canvas->cell + (size_t)row * (size_t)canvas->cols;
    size_t left = strlen(text);
    int room = fits(text, left, max) ? max : max - 1, at = col, last = -1;
    uint32_t cp;
    while (left) {
        size_t used = tui_decode(text, left, &cp);
        int w = tui_width(cp);
        text += used;
        left -= used;
        if (w == 0 && last >= 0 && tui_drawable(cp) == cp)
            combine(line + last, cp);
        if (w <= 0)
            continue;
        if (at - col + w > room)
            break;
        repair(line, canvas->cols, at, w);
        store(line, at, tui_drawable(cp), w, look);
        last = at;
        at += w;
    }
    if (room < max) {
        repair(line, canvas->cols, at, 1);
        store(line, at++, tui_drawable(0x2026), 1, look);
    }
    return at - col;
}

int row_putf(struct tui_canvas *canvas, int row, int col, int max, unsigned look, const char *fmt,
             ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return row_put(canvas, row, col, max, text, look);
}

int row_put_right(struct tui_canvas *canvas, int row, int col, int max, const char *text,
                  unsigned look)
{
    int width = tui_text_width(text), pad = width < max ? max - width : 0;
    return pad + row_put(canvas, row, col + pad, max - pad, text, look);
}

int row_put_centre(struct tui_canvas *canvas, int row, int col, int max, const char *text,
                   unsigned look)
{
    int width = tui_text_width(text), pad = width < max ? (max - width) / 2 : 0;
    return pad + row_put(canvas, row, col + pad, max - pad, text, look);
}

void row_fill(struct tui_canvas *canvas, int row, int col, int max, unsigned look)
{
    if (!clip(canvas, row, &col, &max))
        return;
    struct tui_cell *line = canvas->cell + (size_t)row * (size_t)canvas->cols;
    repair(line, canvas->cols, col, max);
    for (int i = col; i < col + max; i++)
        store(line, i, ' ', 1, look);
}

void row_select(struct tui_canvas *canvas, int row, int col, int max)
{
    if (!clip(canvas, row, &col, &max))
        return;
    struct tui_cell *line = canvas->cell + (size_t)row * (size_t)canvas->cols;
    for (int i = col; i < col + max; i++)
        line[i].look |= LOOK_SELECTED;
}
