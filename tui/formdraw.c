/* SPDX-License-Identifier: Apache-2.0 */
/* formdraw.c — a form on the screen: each field with a line for words about it, then the answer. */
#include "config.h"
#include "form.h"
#include "inner.h"

#include <string.h>

static void draw_field(struct form *f, struct tui_canvas *canvas, int y, int i, int label)
{
    struct form_field *field = &f->field[i];
    char text[160];
    bool must = (field->col->flags & PN_REQ) != 0;
    snprintf(text, sizeof text, "%s%s", pn_tr(field->col->label), must ? " *" : "");
    row_put(canvas, y, 1, label + 2, text, i == f->at ? LOOK_BOLD : LOOK_LABEL);
    int x = label + 4, width = canvas->cols - x - 2;
    if (field->locked)
        row_put(canvas, y, x, width, field->edit.text, LOOK_DIM);
    else
        edit_draw(&field->edit, canvas, y, x, width, i == f->at);
}

/* What the field wants: its hint, or its words; or what is in it. */
static void help_of(const struct form *f, char *text, size_t size)
{
    const pn_col *col = f->field[f->at].col;
    const struct form_field *field = &f->field[f->at];
    const char *called = pick_called(field);
    size_t len = 0;
    *text = 0;
    if (called && (field->picked || !form_changed(field)))
        len += (size_t)snprintf(text, size, "%.200s  ", called);
    if (col->hint)
        len += (size_t)snprintf(text + len, size - len, "%s  ", pn_tr(col->hint));
    if (!col->words && !called && !field->locked && pick_list(f, col))
        len += (size_t)snprintf(text + len, size - len, "%s  ", pn_tr("F2: the next of them"));
    for (int i = 0; col->of && col->of->cols[i].name && len < size - 60; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%s=", i ? "," : "",
                                col->of->cols[i].name);
    if (col->of && len < size - 60)
        snprintf(text + len, size - len, "; …");
    for (int i = 0; col->words && col->words[i].name && len < size - 40; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%s", i ? " | " : "",
                                pn_tr(col->words[i].label));
}

/* Where a line of the answer goes: nowhere when it is scrolled away. */
static int place(const struct form *f, int *line, int top, int rows)
{
    int y = (*line)++ - f->top;
    return y >= 0 && y < rows ? top + y : -1;
}

static void draw_inner(const struct form *f, struct tui_canvas *canvas, int *line, int top,
                       int rows, const pn_col *col, const struct tui_table *t)
{
    struct inner in = inner_of(t, canvas->cols);
    (*line)++;
    row_putf(canvas, place(f, line, top, rows), 2, canvas->cols - 4, LOOK_BOLD, "%s (%d)",
             pn_tr(col->label), t->rows);
    inner_head(&in, t, canvas, place(f, line, top, rows));
    for (int r = 0; r < t->rows; r++) {
        const char *rest = inner_row(&in, t, r, canvas, place(f, line, top, rows));
        while (*rest)
            rest = inner_rest(&in, rest, canvas, place(f, line, top, rows));
    }
}

/* What it says, then the rows inside it: of an import, which lines were refused and why. */
static void draw_result(struct form *f, struct tui_canvas *canvas, int top, int rows)
{
    const struct tui_table *t = f->result;
    int line = 1;
    row_put(canvas, place(f, &line, top, rows), 2, canvas->cols - 4, pn_tr("Done"), LOOK_GOOD);
    line++;
    for (int c = 0; t && c < t->cols; c++) {
        const struct tui_value *v = table_at(t, 0, c);
        if (v->absent || !*v->show || t->type->cols[c].kind == PN_K_ROWS)
            continue;
        const char *label = pn_tr(t->type->cols[c].label), *text = v->show;
        int width = canvas->cols - FORM_LABEL_MOST - 6;
        for (char part[2048]; *text; label = "") {
            int y = place(f, &line, top, rows);
            text = row_line(text, width, part, sizeof part);
            row_put(canvas, y, 2, FORM_LABEL_MOST, label, LOOK_LABEL);
            row_put(canvas, y, FORM_LABEL_MOST + 4, width, part, theme_tone(v->tone));
        }
    }
    for (int c = 0; t && c < t->cols; c++)
        if (t->type->cols[c].kind == PN_K_ROWS && t->sub && t->sub[c] && t->sub[c]->rows)
            draw_inner(f, canvas, &line, top, rows, &t->type->cols[c], t->sub[c]);
    f->left = line - f->top - rows;
    app_more(canvas, top + rows - 1, f->left);
}

void form_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct form *f = (struct form *)view;
    char help[400] = "";
    int label = 8;
    if (f->finished) {
        draw_result(f, canvas, top, rows);
        return;
    }
    for (int i = 0; i < f->fields; i++) {
        int w = tui_text_width(pn_tr(f->field[i].col->label));
        label = w > label ? w : label;
    }
    label = label < FORM_LABEL_MOST ? label : FORM_LABEL_MOST;
    row_put(canvas, top, 1, canvas->cols - 2, f->op->brief ? pn_tr(f->op->brief) : view->title,
            LOOK_HEAD);
    row_put(canvas, top + 1, 1, canvas->cols - 2, f->meets, LOOK_WAIT);
    if (f->fields)
        help_of(f, help, sizeof help);
    int room = (rows - 2) / 2; /* each field has a line below it for words about it */
    if (f->at < f->top)
        f->top = f->at;
    if (f->at >= f->top + room)
        f->top = f->at - room + 1;
    for (int i = f->top; i < f->fields && i < f->top + room; i++) {
        int y = top + 2 + (i - f->top) * 2;
        draw_field(f, canvas, y, i, label);
        if (f->wrong == f->field[i].col)
            row_putf(canvas, y + 1, label + 4, canvas->cols - label - 5, LOOK_BAD, "! %s",
                     f->error);
        else if (f->field[i].was && strcmp(f->field[i].was, f->field[i].edit.text) != 0)
            row_putf(canvas, y + 1, label + 4, canvas->cols - label - 5, LOOK_WAIT, "%s: %s",
                     pn_tr("was"), *f->field[i].was ? f->field[i].was : "-");
        else if (i == f->at)
            row_put(canvas, y + 1, label + 4, canvas->cols - label - 5, help, LOOK_DIM);
        else if (pick_called(&f->field[i]))
            row_put(canvas, y + 1, label + 4, canvas->cols - label - 5,
                    pick_called(&f->field[i]), LOOK_DIM);
    }
    app_more(canvas, top + rows - 1, f->fields - f->top - room);
    if (!f->fields)
        row_put(canvas, top + 2, 1, canvas->cols - 2, pn_tr("Nothing to fill in: Ctrl-S sends it"),
                LOOK_DIM);
}

/* ---- without a screen ---- */

/* A word about a field beside it: "Title, was: …". */
static void tell_more(struct tui_facts *facts, const pn_col *col, const char *name,
                      const char *label, const char *text)
{
    char key[100], words[240];
    snprintf(key, sizeof key, "%s.%s", col->name, name);
    snprintf(words, sizeof words, "%s, %s", pn_tr(col->label), label);
    facts_some(facts, key, words, text);
}

static void tell_field(const struct form *f, int i, struct tui_facts *facts)
{
    const struct form_field *field = &f->field[i];
    const pn_col *col = field->col;
    const char *text = field->edit.secret ? "" : field->edit.text;
    char label[200], help[400];
    snprintf(label, sizeof label, "%s%s", pn_tr(col->label), col->flags & PN_REQ ? " *" : "");
    facts_say(facts, col->name, label, text, text);
    if (f->wrong == col)
        facts_say(facts, "error", pn_tr("Error"), f->error, f->error);
    else if (field->was && strcmp(field->was, field->edit.text) != 0)
        tell_more(facts, col, "was", pn_tr("was"), *field->was ? field->was : "-");
    else if (pick_called(field) && i != f->at)
        tell_more(facts, col, "name", pn_tr("Name"), pick_called(field));
    if (i != f->at)
        return;
    help_of(f, help, sizeof help);
    tell_more(facts, col, "help", pn_tr("Help"), help);
}

void form_tell(struct tui_view *view, struct tui_facts *facts)
{
    struct form *f = (struct form *)view;
    facts_some(facts, ".form", pn_tr("Operation"), f->op->brief ? pn_tr(f->op->brief) : "");
    if (*f->meets)
        facts_some(facts, ".meets", pn_tr("Meets"), f->meets);
    if (f->finished)
        facts_some(facts, ".result", pn_tr("Result"), pn_tr("Done"));
    if (f->finished && f->result)
        facts_row(facts, f->result, 0, false);
    for (int i = 0; !f->finished && i < f->fields; i++)
        tell_field(f, i, facts);
    if (!f->finished && !f->fields)
        facts_some(facts, ".help", pn_tr("Help"), pn_tr("Nothing to fill in: Ctrl-S sends it"));
}
