/* SPDX-License-Identifier: Apache-2.0 */
/* griddraw.c — the list with fields in one of its rows, and below it what the cell may be, or of
 * each column what it is and what it would be. */
#include "config.h"
#include "grid.h"

#include <string.h>

enum { PANEL = 9, FIGURE = 13 };

/* A column worth telling: it would change, and not only because time passes. */
static bool tells(const struct grid *g, const struct tui_table *row, int at, int c)
{
    const pn_col *col = &row->type->cols[c];
    const char *now = table_at(row, at, c)->plain, *then = table_plain(g->preview, 0, col->name);
    if (col->kind == PN_K_TIME || !strcmp(col->name, "version") || col->kind == PN_K_ROWS)
        return false;
    return strcmp(now, then) != 0 || grid_among(g->told, col->name);
}

static void draw_preview(const struct grid *g, struct tui_canvas *canvas, int y, int end)
{
    int at, label = canvas->cols > 60 ? 20 : canvas->cols - 10 - 2 * FIGURE;
    const struct tui_table *row = grid_row(g, &at);
    if (!row || !g->preview->rows || row->type != g->preview->type)
        return;
    for (int c = 0; c < row->cols && y < end; c++) {
        if (!tells(g, row, at, c))
            continue;
        const struct tui_value *now = table_at(row, at, c), *then = table_at(g->preview, 0, c);
        bool same = !strcmp(now->plain, then->plain);
        row_put(canvas, y, 3, label, pn_tr(row->type->cols[c].label), LOOK_LABEL);
        row_put_right(canvas, y, 4 + label, FIGURE, now->show, LOOK_PLAIN);
        row_put(canvas, y, 5 + label + FIGURE, 2, "->", LOOK_DIM);
        row_put_right(canvas, y++, 8 + label + FIGURE, FIGURE, then->show,
                      same ? LOOK_DIM : LOOK_BOLD);
    }
}

/* What the cell may be. */
static void cell_help(const struct grid_cell *c, char *text, size_t size)
{
    size_t len = 0;
    *text = 0;
    if (c->given->hint)
        len = (size_t)snprintf(text, size, "%s  ", pn_tr(c->given->hint));
    for (int i = 0; c->given->words && c->given->words[i].name && len < size - 60; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%s", i ? " | " : "",
                                pn_tr(c->given->words[i].label));
    if (grid_number(c->given))
        snprintf(text + len, size - len, "%s", pn_tr("Or by how much: +5%, -20"));
}

static void draw_cell_help(const struct grid_cell *c, struct tui_canvas *canvas, int y)
{
    char text[400];
    cell_help(c, text, sizeof text);
    int x = 3 + row_put(canvas, y, 3, 30, pn_tr(c->given->label), LOOK_LABEL);
    row_put(canvas, y, x + 2, canvas->cols - x - 3, text, LOOK_DIM);
}

/* What Enter does next. */
static const char *panel_words(const struct grid *g)
{
    return g->asked     ? pn_tr("Looking at what it would be…")
           : g->preview ? pn_tr("Enter saves it, Esc takes it back")
           : grid_changed(g) ? pn_tr("Enter shows what it would be")
                        : pn_tr("Type the new value; Up and Down change the row");
}

static void draw_panel(const struct grid *g, struct tui_canvas *canvas, int top, int rows)
{
    int end = top + rows;
    const struct grid_cell *cell = &g->cell[g->at];
    row_fill(canvas, top, 0, canvas->cols, LOOK_HEAD);
    row_putf(canvas, top, 1, canvas->cols - 2, LOOK_HEAD, "%s  %s", pn_tr(g->op->brief), g->name);
    if (*g->meets && end - top > 4) { /* and with it whatever is typed */
        end--;
        row_put(canvas, end - 1, 1, canvas->cols - 2, g->meets, LOOK_WAIT);
    }
    if (*g->hearers && end - top > 4) {
        end--;
        row_put(canvas, end - 1, 1, canvas->cols - 2, g->hearers, LOOK_PLAIN);
    }
    if (*g->words)
        row_putf(canvas, top + 1, 3, canvas->cols - 4, LOOK_BAD, "! %s", g->words);
    else if (g->preview)
        draw_preview(g, canvas, top + 1, end - 1);
    else
        draw_cell_help(cell, canvas, top + 1);
    row_put(canvas, top + rows - 1, 1, canvas->cols - 2, panel_words(g),
            g->preview ? LOOK_WAIT : LOOK_DIM);
}

/* The columns that stay, and as many cells as there is room for beside them. */
static void pick(struct grid *g, int width)
{
    struct tui_list *l = g->list;
    l->picks = 0;
    for (int c = 0; l->op->out->cols[c].name && l->picks < LIST_COLS; c++)
        if (grid_among(g->fixed, l->op->out->cols[c].name))
            l->pick[l->picks++] = c;
    for (int i = g->first; i < g->cells && l->picks < LIST_COLS; i++) {
        int used = 0;
        if (grid_among(g->fixed, l->op->out->cols[g->cell[i].column].name))
            continue; /* it stands on the left already */
        l->pick[l->picks++] = g->cell[i].column;
        list_layout(l, width);
        for (int c = 0; c < l->cols; c++)
            used += l->width[c];
        if (l->cols == l->picks && used + 2 * (l->cols - 1) <= width)
            continue;
        l->picks -= i > g->first;
        break;
    }
}

/* The cell that is typed into is on the screen, whatever else has to go. */
static void draw_cells(struct grid *g, struct tui_canvas *canvas, int top, int rows)
{
    struct tui_list *l = g->list;
    int width, pick_was[LIST_COLS], picks_was = l->picks;
    memcpy(pick_was, l->pick, sizeof pick_was);
    g->first = g->first > g->at ? g->at : g->first;
    l->top = l->selected < l->top ? l->selected : l->top;
    for (pick(g, canvas->cols - 2 - l->lead); g->first < g->at; g->first++) {
        list_layout(l, canvas->cols - 2 - l->lead);
        if (list_x(l, g->cell[g->at].column, &width) >= 0)
            break;
        pick(g, canvas->cols - 2 - l->lead);
    }
    pick(g, canvas->cols - 2 - l->lead);
    list_draw(&l->view, canvas, top, rows);
    memcpy(l->pick, pick_was, sizeof pick_was);
    l->picks = picks_was;
}

void grid_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct grid *g = (struct grid *)view;
    int panel = rows > PANEL + 4 ? PANEL : rows / 2;
    draw_cells(g, canvas, top, rows - panel);
    int y = top + 1 + (g->list->selected - g->list->top) * g->list->high;
    for (int i = 0; i < g->cells; i++) {
        int width, x = list_x(g->list, g->cell[i].column, &width);
        if (x < 0 && i == g->at) /* no room for the column: its field is the panel's */
            x = 3, y = top + rows - panel + 2, width = 20;
        if (x >= 0 && i == g->at) /* the gap behind it takes the cursor */
            edit_draw(&g->cell[i].edit, canvas, y, x, width + 1, true);
        else if (x >= 0 && strcmp(g->cell[i].edit.text, g->cell[i].before) != 0)
            row_put(canvas, y, x, width, g->cell[i].edit.text, LOOK_BOLD);
    }
    draw_panel(g, canvas, top + rows - panel, panel);
}

/* ---- without a screen ---- */

/* Of each column that would change, what it is and what it would be. */
static void tell_preview(const struct grid *g, struct tui_facts *facts)
{
    int at;
    const struct tui_table *row = grid_row(g, &at);
    bool any = g->preview && row && g->preview->rows && row->type == g->preview->type;
    facts_open(facts, "preview", pn_tr("Change"));
    for (int c = 0; any && c < row->cols; c++) {
        if (!tells(g, row, at, c))
            continue;
        const struct tui_value *now = table_at(row, at, c), *then = table_at(g->preview, 0, c);
        const char *label = pn_tr(row->type->cols[c].label);
        facts_item(facts);
        facts_say(facts, "column", pn_tr("Field"), row->type->cols[c].name, label);
        facts_say(facts, "now", pn_tr("Now"), now->plain, now->show);
        facts_say(facts, "then", pn_tr("Then"), then->plain, then->show);
        facts_done(facts);
    }
    facts_close(facts);
}

/* The row that is typed into, its cells, what they would come to, and the rows around it. */
void grid_tell(struct tui_view *view, struct tui_facts *facts)
{
    struct grid *g = (struct grid *)view;
    char help[400];
    cell_help(&g->cell[g->at], help, sizeof help);
    facts_some(facts, "operation", pn_tr("Operation"), pn_tr(g->op->brief));
    facts_some(facts, "row", pn_tr("Name"), g->name);
    facts_open(facts, "cells", pn_tr("Cell"));
    for (int i = 0; i < g->cells; i++) {
        const pn_col *col = &g->list->op->out->cols[g->cell[i].column];
        facts_item(facts);
        facts_say(facts, col->name, pn_tr(col->label), g->cell[i].edit.text,
                  g->cell[i].edit.text);
        if (i == g->at)
            facts_some(facts, ".cursor", pn_tr("Cursor"), help);
        facts_done(facts);
    }
    facts_close(facts);
    facts_some(facts, "meets", pn_tr("Meets"), g->meets);
    facts_some(facts, "error", pn_tr("Error"), g->words);
    tell_preview(g, facts);
    facts_some(facts, "hearers", pn_tr("Who hears of it"), g->hearers);
    facts_some(facts, "step", pn_tr("Step"), panel_words(g));
    list_tell(&g->list->view, facts);
}
