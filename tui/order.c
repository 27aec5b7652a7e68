/* SPDX-License-Identifier: Apache-2.0 */
/* order.c — by what a list is sorted and which of its columns are seen: both as text, as the
 * command line has them, and as menus in which an entry changes each time it is chosen. */
#include "config.h"
#include "grammar.h"
#include "list.h"

#include <string.h>

enum { ENTRIES_MOST = 64 };

static const pn_col *cols_of(const struct tui_list *list)
{
    return list->op->out->cols;
}

/* ---- the order ---- */

void order_text(const struct tui_list *list, char *out, size_t size)
{
    size_t len = 0;
    *out = 0;
    for (int i = 0; i < list->orders && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s%s", i ? "," : "",
                                list->order[i].down ? "-" : "",
                                cols_of(list)[list->order[i].col].name);
}

void order_set(struct tui_list *list, const char *text)
{
    list->orders = 0;
    while (*text && list->orders < ORDERS_MOST) {
        char name[64];
        bool down = *text == '-';
        text += down;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ", "), text);
        text += strcspn(text, ", ");
        text += strspn(text, ", ");
        const pn_col *col = grammar_col(list->op->out, name);
        if (col)
            list->order[list->orders++] = (struct tui_order){(int)(col - cols_of(list)), down};
    }
}

int order_place(const struct tui_list *list, int column, bool *down)
{
    for (int i = 0; i < list->orders; i++) {
        if (list->order[i].col != column)
            continue;
        *down = list->order[i].down;
        return i + 1;
    }
    return 0;
}

void order_sign(const struct tui_list *list, int column, char *out, size_t size)
{
    bool down;
    int place = order_place(list, column, &down);
    *out = 0;
    if (place && list->orders > 1)
        snprintf(out, size, " %c%d", down ? 'v' : '^', place);
    else if (place)
        snprintf(out, size, " %c", down ? 'v' : '^');
}

void order_next(struct tui_list *list)
{
    int n = type_cols(list->op->out), now = list->orders ? list->order[0].col : -1;
    for (int i = 1; i <= n + 1; i++) {
        int next = (now + 1 + i) % (n + 1) - 1; /* -1: the list's own order */
        if (next >= 0 && !(cols_of(list)[next].flags & PN_SORT))
            continue;
        if (next == now)
            return;
        list->order[0] = (struct tui_order){next, false};
        list->orders = next >= 0;
        list_restart(list);
        return;
    }
}

void order_reverse(struct tui_list *list)
{
    for (int i = 0; i < list->orders; i++)
        list->order[i].down = !list->order[i].down;
    if (list->orders)
        list_restart(list);
}

/* ---- menus ---- */

struct choice { struct tui_list *list; int col[ENTRIES_MOST], n; };

static void label_orders(struct tui_view *menu, const struct choice *c)
{
    for (int i = 0; i < c->n; i++) {
        char note[32] = "";
        bool down = false;
        int place = order_place(c->list, c->col[i], &down);
        if (place)
            snprintf(note, sizeof note, "%d %s", place, down ? pn_tr("falling") : pn_tr("rising"));
        menu_set(menu, i, pn_tr(cols_of(c->list)[c->col[i]].label), note);
    }
}

/* Not at all, rising, falling, not at all. */
static void turn_order(struct tui_view *menu, int index)
{
    struct choice *c = menu_data(menu, sizeof *c);
    struct tui_list *list = c->list;
    bool down;
    int place = order_place(list, c->col[index], &down);
    if (!place && list->orders == ORDERS_MOST)
        return;
    if (!place)
        list->order[list->orders++] = (struct tui_order){c->col[index], false};
    else if (!down)
        list->order[place - 1].down = true;
    else
        memmove(&list->order[place - 1], &list->order[place],
                (size_t)(list->orders-- - place) * sizeof *list->order);
    label_orders(menu, c);
    list_restart(list);
}

static struct choice *open_menu(struct tui_list *list, const char *title,
                                void (*chosen)(struct tui_view *, int), struct tui_view **menu)
{
    *menu = menu_new(list->view.app, title, chosen);
    struct choice *c = *menu ? menu_data(*menu, sizeof *c) : NULL;
    if (c)
        c->list = list;
    return c;
}

void order_menu(struct tui_list *list)
{
    struct tui_view *menu;
    struct choice *c = open_menu(list, pn_tr("Sort by"), turn_order, &menu);
    for (int i = 0; c && cols_of(list)[i].name && c->n < ENTRIES_MOST; i++) {
        if (!(cols_of(list)[i].flags & PN_SORT))
            continue;
        menu_add(menu, "", "");
        c->col[c->n++] = i;
    }
    if (c)
        label_orders(menu, c);
    app_push(list->view.app, menu);
}

/* ---- columns ---- */

void columns_text(const struct tui_list *list, char *out, size_t size)
{
    size_t len = 0;
    *out = 0;
    for (int i = 0; i < list->picks && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i ? "," : "",
                                cols_of(list)[list->pick[i]].name);
}

void columns_set(struct tui_list *list, const char *text)
{
    list->picks = 0;
    while (*text && list->picks < LIST_COLS) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ", "), text);
        text += strcspn(text, ", ");
        text += strspn(text, ", ");
        const pn_col *col = grammar_col(list->op->out, name);
        if (col && col->kind != PN_K_ROWS)
            list->pick[list->picks++] = (int)(col - cols_of(list));
    }
}

static int pick_of(const struct tui_list *list, int column)
{
    for (int i = 0; i < list->picks; i++)
        if (list->pick[i] == column)
            return i;
    return -1;
}

static void label_columns(struct tui_view *menu, const struct choice *c)
{
    for (int i = 0; i < c->n; i++) {
        char note[120] = "";
        int at = pick_of(c->list, c->col[i]);
        if (at >= 0)
            snprintf(note, sizeof note, "%d", at + 1);
        menu_set(menu, i, pn_tr(cols_of(c->list)[c->col[i]].label), note);
    }
}

/* What is taken away and chosen again stands last: that is how their order is changed. */
static void turn_column(struct tui_view *menu, int index)
{
    struct choice *c = menu_data(menu, sizeof *c);
    struct tui_list *list = c->list;
    int at = pick_of(list, c->col[index]);
    if (at >= 0)
        memmove(&list->pick[at], &list->pick[at + 1],
                (size_t)(--list->picks - at) * sizeof *list->pick);
    else if (list->picks < LIST_COLS)
        list->pick[list->picks++] = c->col[index];
    label_columns(menu, c);
    told_say(list->view.app, &list->view);
    trail_note(list->view.app, &list->view);
}

void columns_menu(struct tui_list *list)
{
    struct tui_view *menu;
    struct choice *c = open_menu(list, pn_tr("Columns"), turn_column, &menu);
    if (!list->picks) /* begin with what is seen now */
        memcpy(list->pick, list->col, (size_t)(list->picks = list->cols) * sizeof *list->pick);
    for (int i = 0; c && cols_of(list)[i].name && c->n < ENTRIES_MOST; i++) {
        if (cols_of(list)[i].kind == PN_K_ROWS || !*cols_of(list)[i].label)
            continue;
        menu_add(menu, "", "");
        c->col[c->n++] = i;
    }
    if (c)
        label_columns(menu, c);
    app_push(list->view.app, menu);
}
