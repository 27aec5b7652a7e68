/* SPDX-License-Identifier: Apache-2.0 */
/* listdraw.c — columns for the width at hand: brief ones first, the widest gives way first, and
 * what does not fit at its least width is left to the details. */
#include "config.h"
#include "list.h"

#include <string.h>

enum { GAP = 2, TEXT_LEAST = 8, TEXT_FAIR = 24, COLUMN_MOST = 48, ROOMY_LEAST = 8 };

static bool is_number(const pn_col *col)
{
    return col->kind == PN_K_INT || col->kind == PN_K_INT4 || col->kind == PN_K_REAL ||
           col->kind == PN_K_MONEY;
}

/* The column the list is confined by says the same in every row. */
static bool is_fixed(const struct tui_list *list, const char *name)
{
    size_t n = strlen(name);
    return !strncmp(list->where, name, n) &&
           (list->where[n] == '=' || !strncmp(list->where + n, "_id=", 4));
}

static void choose(struct tui_list *list)
{
    const pn_type *type = list->op->out;
    bool any = false;
    list->cols = 0;
    for (; list->cols < list->picks; list->cols++)
        list->col[list->cols] = list->pick[list->cols];
    if (list->picks)
        return;
    for (int i = 0; type->cols[i].name; i++)
        any |= (type->cols[i].flags & PN_BRIEF) != 0;
    for (int i = 0; type->cols[i].name && list->cols < LIST_COLS; i++) {
        const pn_col *col = &type->cols[i];
        if (col->kind == PN_K_ROWS || col->flags & PN_LONG || is_fixed(list, col->name))
            continue;
        if (!any || (col->flags & PN_BRIEF && !mark_own(list->view.app->who, col)))
            list->col[list->cols++] = i;
    }
}

static int measure(const struct tui_list *list, int c)
{
    const pn_col *col = &list->op->out->cols[c];
    char sign[8];
    order_sign(list, c, sign, sizeof sign);
    int width = tui_text_width(pn_tr(col->label)) + (int)strlen(sign), at;
    for (int row = list->top; row < list->top + list->body && row < list->rows; row++) {
        struct tui_table *t = list_row(list, row, &at);
        int w = t ? tui_text_width(table_at(t, at, c)->show) : 0;
        width = w > width ? w : width;
    }
    return width < COLUMN_MOST ? width : COLUMN_MOST;
}

static int total(const struct tui_list *list)
{
    int sum = 0;
    for (int i = 0; i < list->cols; i++)
        sum += list->width[i] + (i ? GAP : 0);
    return sum;
}

/* The least width at which a text column still says something, on a screen of that width. */
static int least(const struct tui_list *list, int i, int width)
{
    const pn_col *col = &list->op->out->cols[list->col[i]];
    int fair = width / 5 < TEXT_LEAST ? TEXT_LEAST : width / 5 > TEXT_FAIR ? TEXT_FAIR : width / 5;
    size_t n = strlen(col->name); /* half a number is no number */
    bool number = !strcmp(col->name, "no") || (n > 3 && !strcmp(col->name + n - 3, "_no"));
    if (grid_takes(list->op, -1) && !grid_names(list->op, col->name))
        fair = TEXT_LEAST; /* figures come first there, but for what tells rows apart */
    bool gives_way = col->kind == PN_K_TEXT && !number && list->width[i] > fair;
    return gives_way ? fair : list->width[i];
}

static int least_total(const struct tui_list *list, int width)
{
    int sum = 0;
    for (int i = 0; i < list->cols; i++)
        sum += least(list, i, width) + (i ? GAP : 0);
    return sum;
}

/* Leave out what people miss least: the code, then whatever stands last and is not typed over. */
static void leave_out(struct tui_list *list)
{
    int out = list->cols - 1;
    while (out > 2 && grid_takes(list->op, list->col[out]))
        out--;
    for (int i = 0; i < list->cols; i++)
        if (!strcmp(list->op->out->cols[list->col[i]].name, "code"))
            out = i;
    list->cols--;
    for (int i = out; i < list->cols; i++) {
        list->col[i] = list->col[i + 1];
        list->width[i] = list->width[i + 1];
    }
}

void list_layout(struct tui_list *list, int width)
{
    choose(list);
    for (int i = 0; i < list->cols; i++)
        list->width[i] = measure(list, list->col[i]);
    while (list->cols > 2 && least_total(list, width) > width)
        leave_out(list);
    while (total(list) > width) {
        int widest = 0;
        for (int i = 0; i < list->cols; i++)
            if (list->width[i] - least(list, i, width) >
                list->width[widest] - least(list, widest, width))
                widest = i;
        if (list->width[widest] <= 1)
            break;
        list->width[widest]--;
    }
}

int list_x(const struct tui_list *list, int column, int *width)
{
    for (int i = 0, x = 1 + list->lead; i < list->cols; x += list->width[i++] + GAP) {
        *width = list->width[i];
        if (list->col[i] == column)
            return x;
    }
    return -1;
}

bool list_shows(const struct tui_list *list, int column)
{
    for (int i = 0; i < list->cols; i++)
        if (list->col[i] == column)
            return true;
    return false;
}

static void draw_heads(const struct tui_list *list, struct tui_canvas *canvas, int row)
{
    row_fill(canvas, row, 0, canvas->cols, LOOK_HEAD);
    if (list->lead)
        row_put_right(canvas, row, 1, list->lead - GAP, pn_tr("Place"), LOOK_HEAD);
    for (int i = 0, x = 1 + list->lead; i < list->cols; x += list->width[i++] + GAP) {
        const pn_col *col = &list->op->out->cols[list->col[i]];
        char text[128], sign[8];
        order_sign(list, list->col[i], sign, sizeof sign);
        snprintf(text, sizeof text, "%s%s", pn_tr(col->label), sign);
        if (is_number(col))
            row_put_right(canvas, row, x, list->width[i], text, LOOK_HEAD);
        else
            row_put(canvas, row, x, list->width[i], text, LOOK_HEAD);
    }
}

static void draw_row(const struct tui_list *list, struct tui_canvas *canvas, int y, int row)
{
    int at;
    struct tui_table *t = list_row(list, row, &at);
    if (!t) {
        row_put(canvas, y, 1, canvas->cols - 2, "…", LOOK_DIM);
        return;
    }
    int key = type_key(t->type);
    char fresh[2] = {list_fresh(list, row), 0};
    row_put(canvas, y, 0, 1, fresh, LOOK_WAIT);
    if (key >= 0 && mark_has(list, table_at(t, at, key)->plain))
        row_put(canvas, y, 0, 1, "*", LOOK_BOLD);
    if (list->lead && key >= 0) {
        char place[16] = "-";
        int n = rank_place(list, table_at(t, at, key)->plain);
        if (n)
            snprintf(place, sizeof place, "%d", n);
        row_put_right(canvas, y, 1, list->lead - GAP, place, n ? LOOK_BOLD : LOOK_DIM);
    }
    for (int i = 0, x = 1 + list->lead; i < list->cols; x += list->width[i++] + GAP) {
        const struct tui_value *value = table_at(t, at, list->col[i]);
        unsigned look = *fresh == '-' ? LOOK_DIM : theme_tone(value->tone);
        if (is_number(&t->type->cols[list->col[i]]))
            row_put_right(canvas, y, x, list->width[i], value->show, look);
        else
            row_put(canvas, y, x, list->width[i], value->show, look);
    }
}

/* Why there is no row, and what makes one. */
static const char *nothing(const struct tui_list *list)
{
    return list->view.pending  ? pn_tr("Loading…")
           : *list->filter     ? pn_tr("Nothing fits the filter: / changes it")
           : list_makes(list)  ? pn_tr("Nothing here yet: n creates the first one")
                               : pn_tr("Nothing here");
}

bool list_idle(const struct tui_view *view, tui_action action)
{
    static const tui_action about_rows[] = {DO_OPEN, DO_SORT,   DO_DETAIL,
                                            DO_MARK, DO_EXPORT, DO_ACTIONS};
    const struct tui_list *list = (const struct tui_list *)view;
    bool none = !list->rows && list->pages && list->page[0].table;
    for (size_t i = 0; none && i < sizeof about_rows / sizeof *about_rows; i++)
        if (about_rows[i] == action)
            return true;
    return action == DO_ACTIONS && !mark_any(list) &&
           (!view_own(list->op) || !view_acts_on(view->app, list->op->noun));
}

void list_draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct tui_list *list = (struct tui_list *)view;
    list->high = view->app->settings.roomy && rows > ROOMY_LEAST ? 2 : 1;
    list->body = rows / list->high - (list->high == 1); /* the last needs no line below it */
    if (list->selected < list->top)
        list->top = list->selected;
    if (list->selected >= list->top + list->body)
        list->top = list->selected - list->body + 1;
    list->lead = list->ranking ? tui_text_width(pn_tr("Place")) + GAP : 0;
    list_layout(list, canvas->cols - 2 - list->lead);
    draw_heads(list, canvas, top);
    for (int i = 0; i < list->body && list->top + i < list->rows; i++)
        draw_row(list, canvas, top + 1 + i * list->high, list->top + i);
    if (!list->rows) {
        row_put(canvas, top + 2, 2, canvas->cols - 4, nothing(list), LOOK_DIM);
        return;
    }
    int y = top + 1 + (list->selected - list->top) * list->high;
    row_select(canvas, y, 0, canvas->cols);
    canvas_caret(canvas, y, 0, false);
}

/* ---- without a screen ---- */

/* The columns somebody chose, and the key; else those that lists show. */
static void tell_columns(const struct tui_list *list, const struct tui_table *t, int at,
                         struct tui_facts *facts)
{
    int key = type_key(t->type);
    bool told = false;
    if (!list->picks) {
        facts_row(facts, t, at, true);
        return;
    }
    for (int i = 0; i < list->picks; i++) {
        facts_value(facts, t, at, list->pick[i]);
        told |= list->pick[i] == key;
    }
    if (key >= 0 && !told)
        facts_value(facts, t, at, key);
}

static void tell_row(const struct tui_list *list, const struct tui_table *t, int at, int row,
                     struct tui_facts *facts)
{
    int key = type_key(t->type), place;
    const char *plain = key < 0 ? "" : table_at(t, at, key)->plain;
    if (row == list->selected)
        facts_some(facts, ".cursor", pn_tr("Cursor"), pn_tr("here"));
    if (key >= 0 && mark_has(list, plain))
        facts_some(facts, ".marked", pn_tr("Marked"), pn_tr("yes"));
    if (list->ranking && key >= 0 && (place = rank_place(list, plain)))
        facts_number(facts, ".place", pn_tr("Place"), place);
    tell_columns(list, t, at, facts);
}

void list_tell(struct tui_view *view, struct tui_facts *facts)
{
    struct tui_list *list = (struct tui_list *)view;
    int at;
    facts_open(facts, "rows", "");
    for (int row = 0; row < list->rows; row++) {
        struct tui_table *t = list_row(list, row, &at);
        if (!t)
            continue;
        facts_item(facts);
        tell_row(list, t, at, row, facts);
        facts_done(facts);
    }
    facts_close(facts);
    if (!list->rows)
        facts_some(facts, "nothing", pn_tr("Rows"), nothing(list));
    if (!view->pane || !view->pane->face->tell)
        return;
    facts_open(facts, "beside", pn_tr("Beside it"));
    facts_item(facts);
    facts_some(facts, ".title", pn_tr("Title"), view->pane->title);
    view->pane->face->tell(view->pane, facts);
    facts_done(facts);
    facts_close(facts);
}
