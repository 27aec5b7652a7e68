/* SPDX-License-Identifier: Apache-2.0 */
/* inner.c — rows inside a record: each column as wide as it needs, within reason. */
#include "config.h"
#include "inner.h"

enum { WIDTH_MOST = 36, WRAP_LEAST = 16 };

static bool is_number(const pn_col *col)
{
    return col->kind == PN_K_INT || col->kind == PN_K_INT4 || col->kind == PN_K_MONEY;
}

static int width_of(const struct tui_table *t, int c)
{
    int width = tui_text_width(pn_tr(t->type->cols[c].label));
    for (int r = 0; r < t->rows; r++) {
        int w = tui_text_width(table_at(t, r, c)->show);
        width = w > width ? w : width;
    }
    return width;
}

struct inner inner_of(const struct tui_table *table, int screen)
{
    struct inner in = {.end = INNER_LEFT};
    bool any = false;
    for (int c = 0; c < table->cols; c++)
        any |= (table->type->cols[c].flags & PN_BRIEF) != 0;
    for (int c = 0; c < table->cols && in.n < INNER_COLS; c++) {
        const pn_col *col = &table->type->cols[c];
        if (col->kind == PN_K_ROWS || (any && !(col->flags & PN_BRIEF)))
            continue;
        int width = width_of(table, c);
        in.width[in.n] = width < WIDTH_MOST ? width : WIDTH_MOST;
        in.shown[in.n++] = c;
        in.end += in.width[in.n - 1] + INNER_GAP;
    }
    if (in.n && table->type->cols[in.shown[in.n - 1]].kind == PN_K_TEXT) {
        int *last = &in.width[in.n - 1], left = screen - in.end;
        int more = width_of(table, in.shown[in.n - 1]) - *last;
        more = more < left ? more : left;
        *last += more > 0 ? more : 0;
        in.end += more > 0 ? more : 0;
        left = screen - 1 - (in.end - INNER_GAP - *last);
        in.wraps = left < WRAP_LEAST ? 0 : *last < left ? *last : left;
    }
    return in;
}

void inner_head(const struct inner *in, const struct tui_table *table, struct tui_canvas *canvas,
                int y)
{
    for (int i = 0, x = INNER_LEFT; i < in->n; x += in->width[i++] + INNER_GAP)
        row_put(canvas, y, x, in->width[i], pn_tr(table->type->cols[in->shown[i]].label),
                LOOK_HEAD);
}

const char *inner_rest(const struct inner *in, const char *text, struct tui_canvas *canvas, int y)
{
    char line[1024];
    const char *rest = row_line(text, in->wraps, line, sizeof line);
    row_put(canvas, y, in->end - INNER_GAP - in->width[in->n - 1], in->wraps, line, LOOK_PLAIN);
    return rest;
}

const char *inner_row(const struct inner *in, const struct tui_table *table, int row,
                      struct tui_canvas *canvas, int y)
{
    const char *rest = "";
    for (int i = 0, x = INNER_LEFT; i < in->n; x += in->width[i++] + INNER_GAP) {
        const struct tui_value *v = table_at(table, row, in->shown[i]);
        if (i == in->n - 1 && in->wraps && !v->tone)
            rest = inner_rest(in, v->show, canvas, y);
        else if (is_number(&table->type->cols[in->shown[i]]))
            row_put_right(canvas, y, x, in->width[i], v->show, theme_tone(v->tone));
        else
            row_put(canvas, y, x, in->width[i], v->show, theme_tone(v->tone));
    }
    return rest;
}
