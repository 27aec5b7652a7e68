/* SPDX-License-Identifier: Apache-2.0 */
/* qr.c — a module is a half of a cell, so that it is as high as it is wide, or several. Where half
 * blocks would be two columns wide a module is two blanks: those are one column everywhere. */
#include "config.h"
#include "qr.h"

static int least(void)
{
    return tui_ambiguous_wide() ? 2 : 1;
}

void qr_need(const pn_qr *qr, int *rows, int *cols)
{
    *cols = (qr->side + 2 * PN_QR_QUIET) * least();
    *rows = (*cols + 1) / 2;
}

/* A dot of the picture; all around is light. */
static bool dark(const pn_qr *qr, int scale, int x, int y)
{
    int col = x / scale - PN_QR_QUIET, row = y / scale - PN_QR_QUIET;
    return col >= 0 && row >= 0 && col < qr->side && row < qr->side &&
           qr->dark[row * qr->side + col];
}

static void draw_cell(struct tui_canvas *canvas, int row, int col, bool upper, bool lower)
{
    if (upper == lower)
        row_fill(canvas, row, col, 1, upper ? LOOK_CODE | LOOK_SELECTED : LOOK_CODE);
    else
        row_put(canvas, row, col, 1, upper ? "▀" : "▄", LOOK_CODE);
}

bool qr_draw(struct tui_canvas *canvas, int top, int rows, int left, int cols, const pn_qr *qr)
{
    int n = qr->side + 2 * PN_QR_QUIET;
    int scale = cols / n < 2 * rows / n ? cols / n : 2 * rows / n;
    scale -= scale % least();
    if (scale < 1)
        return false;
    int high = (n * scale + 1) / 2;
    top += (rows - high) / 2;
    left += (cols - n * scale) / 2;
    for (int y = 0; y < high; y++)
        for (int x = 0; x < n * scale; x++)
            draw_cell(canvas, top + y, left + x, dark(qr, scale, x, 2 * y),
                      dark(qr, scale, x, 2 * y + 1));
    return true;
}
