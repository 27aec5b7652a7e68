/* SPDX-License-Identifier: Apache-2.0 */
/* shot COLSxROWS OUT.svg "KEYS" "TEXT" PROGRAM [ARG…] — a picture of the real console: runs it in
 * the tests' terminal, presses the keys, waits for the text, and writes one <text> per cell with
 * its place and length, so that no viewer's fonts can move a column. */
#include "config.h"
#include "vth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_W = 9, CELL_H = 19, MARGIN = 10, PATIENCE = 15000 };

static const char *const palette[16] = {
    "#15181c", "#d9544f", "#6fb35f", "#d6a541", "#5f87c7", "#b07cc6", "#4fb3bf", "#d8dbe0",
    "#6b7280", "#ef7b76", "#93d083", "#eec76e", "#87aee6", "#cf9fe2", "#7cd3de", "#ffffff",
};
static const char back[] = "#15181c", front[] = "#d8dbe0";

static const char *colour(const VTermColor *c, bool is_back)
{
    if (VTERM_COLOR_IS_INDEXED(c) && c->indexed.idx < 16)
        return palette[c->indexed.idx];
    return is_back ? back : front;
}

static void looks(const VTermScreenCell *cell, const char **fg, const char **bg)
{
    *fg = VTERM_COLOR_IS_DEFAULT_FG(&cell->fg) ? front : colour(&cell->fg, false);
    *bg = VTERM_COLOR_IS_DEFAULT_BG(&cell->bg) ? back : colour(&cell->bg, true);
    if (cell->attrs.reverse) {
        const char *swap = *fg;
        *fg = *bg;
        *bg = swap;
    }
}

static void put_char(FILE *out, uint32_t cp)
{
    if (cp == '<' || cp == '>' || cp == '&' || cp >= 0x80)
        fprintf(out, "&#%u;", (unsigned)cp);
    else
        fputc((int)cp, out);
}

static void cell_text(FILE *out, const VTermScreenCell *cell, int row, int col, const char *fg)
{
    int width = cell->width > 1 ? 2 : 1;
    if (!cell->chars[0] || cell->chars[0] == ' ' || cell->chars[0] == UINT32_MAX)
        return;
    fprintf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"",
            MARGIN + col * CELL_W, MARGIN + row * CELL_H + 14, width * CELL_W);
    fprintf(out, " fill=\"%s\"%s>", fg, cell->attrs.bold ? " font-weight=\"bold\"" : "");
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
        put_char(out, cell->chars[i]);
    fputs("</text>\n", out);
}

static void rect(FILE *out, int row, int from, int to, const char *colour_of)
{
    if (to > from && colour_of != back)
        fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
                MARGIN + from * CELL_W, MARGIN + row * CELL_H, (to - from) * CELL_W, CELL_H,
                colour_of);
}

static void draw_row(const struct vth *t, FILE *out, int row)
{
    const char *run = back, *fg, *bg;
    int from = 0;
    VTermScreenCell cell;
    for (int pass = 0; pass < 2; pass++) { /* what lies behind first */
        for (int col = 0; col<t->cols; col += cell.width> 1 ? 2 : 1) {
            vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell);
            looks(&cell, &fg, &bg);
            if (pass) {
                cell_text(out, &cell, row, col, fg);
            } else if (bg != run) {
                rect(out, row, from, col, run);
                run = bg;
                from = col;
            }
        }
        if (!pass)
            rect(out, row, from, t->cols, run);
    }
}

static void draw(const struct vth *t, FILE *out)
{
    int width = t->cols * CELL_W + 2 * MARGIN, height = t->rows * CELL_H + 2 * MARGIN;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "font-family=\"Noto Sans Mono CJK SC, Sarasa Mono SC, monospace\" font-size=\"15\">\n"
            "<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\"/>\n",
            width, height, back);
    for (int row = 0; row < t->rows; row++)
        draw_row(t, out, row);
    fputs("</svg>\n", out);
}

int main(int argc, char **argv)
{
    int cols = 0, rows = 0;
    if (argc < 6 || sscanf(argv[1], "%dx%d", &cols, &rows) != 2 || cols < 2 || rows < 2) {
        fputs("usage: shot COLSxROWS OUT.svg KEYS TEXT PROGRAM [ARG…]\n", stderr);
        return 2;
    }
    struct vth t = {0};
    const char *env[] = {"NO_COLOR", NULL};
    if (vth_start(&t, rows, cols, "xterm-256color", argv + 5, env))
        return 1;
    vth_frame(&t, PATIENCE);
    vth_settle(&t, 700);
    vth_keys_slow(&t, argv[3]);
    bool shown = vth_expect(&t, argv[4], PATIENCE);
    vth_settle(&t, 300);
    FILE *out = shown ? fopen(argv[2], "w") : NULL;
    if (out) {
        draw(&t, out);
        fclose(out);
    } else {
        char *screen = vth_snap(&t, false);
        fprintf(stderr, "shot: no “%s” on the screen:\n%s", argv[4], screen ? screen : "");
        free(screen);
    }
    vth_stop(&t);
    return out ? 0 : 1;
}
