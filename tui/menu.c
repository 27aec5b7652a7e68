/* SPDX-License-Identifier: Apache-2.0 */
/* menu.c — a short list of things to choose from. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_STEP = 64 };

enum { HELD_MOST = 8 };

struct entry { char label[120], note[160]; };

struct menu {
    struct tui_view view;
    struct entry *entry;
    int entries, at, top, body;
    void (*chosen)(struct tui_view *menu, int index);
    void *data;
    bool waiting;
    struct { tui_action action; uint32_t key; } held[HELD_MOST]; /* pressed meanwhile */
    int holds;
};

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct menu *m = (struct menu *)view;
    int label = 0;
    m->body = rows - 1;
    for (int i = 0; i < m->entries; i++) {
        int w = tui_text_width(m->entry[i].label);
        label = w > label ? w : label;
    }
    label = label > canvas->cols - 8 ? canvas->cols - 8 : label;
    if (m->at < m->top)
        m->top = m->at;
    if (m->at >= m->top + m->body)
        m->top = m->at - m->body + 1;
    row_put(canvas, top, 1, canvas->cols - 2, view->title, LOOK_HEAD);
    for (int i = m->top; i < m->entries && i < m->top + m->body; i++) {
        int y = top + 1 + i - m->top;
        if (i < 9)
            row_putf(canvas, y, 2, 2, LOOK_LABEL, "%d", i + 1);
        row_put(canvas, y, 5, label, m->entry[i].label, LOOK_PLAIN);
        row_put(canvas, y, 5 + label + 2, canvas->cols - label - 8, m->entry[i].note, LOOK_DIM);
        if (i == m->at) {
            row_select(canvas, y, 0, canvas->cols);
            canvas_caret(canvas, y, 0, false);
        }
    }
    app_more(canvas, top + rows - 1, m->entries - m->top - m->body);
    if (!m->entries)
        row_put(canvas, top + 2, 2, canvas->cols - 4,
                m->waiting ? pn_tr("Looking…") : pn_tr("Nothing here"), LOOK_DIM);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct menu *m = (struct menu *)view;
    if (m->waiting) {
        if (m->holds < HELD_MOST) {
            m->held[m->holds].action = action;
            m->held[m->holds++].key = key;
        }
        return;
    }
    int digit = action == DO_ROOM ? (int)tui_fold(key) - '1' : m->entries;
    if (digit >= 0 && digit < m->entries)
        m->chosen(view, digit);
    else if (action == DO_UP && m->at > 0)
        m->at--;
    else if (action == DO_DOWN && m->at + 1 < m->entries)
        m->at++;
    else if (action == DO_PAGE_UP)
        m->at = m->at > m->body ? m->at - m->body : 0;
    else if (action == DO_PAGE_DOWN && m->entries)
        m->at = m->at + m->body < m->entries ? m->at + m->body : m->entries - 1;
    else if (action == DO_FIRST)
        m->at = 0;
    else if (action == DO_LAST)
        m->at = m->entries ? m->entries - 1 : 0;
    else if (action == DO_OPEN && m->entries)
        m->chosen(view, m->at);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct menu *m = (struct menu *)view;
    int i = m->top + event->row - top - 1;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        act(view, event->mouse == MOUSE_WHEEL_UP ? DO_UP : DO_DOWN, 0);
    } else if (event->mouse == MOUSE_PRESS && event->row > top && i < m->entries) {
        bool again = i == m->at;
        m->at = i;
        if (again)
            m->chosen(view, i);
    }
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct menu *m = (struct menu *)view;
    facts_open(facts, "choices", "");
    for (int i = 0; i < m->entries; i++) {
        facts_item(facts);
        facts_say(facts, "label", pn_tr("Choice"), m->entry[i].label, m->entry[i].label);
        facts_say(facts, "note", pn_tr("Note"), m->entry[i].note, m->entry[i].note);
        facts_done(facts);
    }
    facts_close(facts);
}

static void free_menu(struct tui_view *view)
{
    struct menu *m = (struct menu *)view;
    free(m->entry);
    free(m->data);
}

static const struct tui_face menu_face = {
    .scope = SCOPE_MENU, .size = sizeof(struct menu), .draw = draw, .act = act, .mouse = mouse,
    .tell = tell, .free = free_menu,
};

struct tui_view *menu_new(struct tui_app *app, const char *title,
                          void (*chosen)(struct tui_view *menu, int index))
{
    struct menu *m = (struct menu *)view_new(app, &menu_face, title);
    if (!m)
        return NULL;
    m->chosen = chosen;
    return &m->view;
}

/* Room for one more; however many there are, all of them are shown. */
static struct entry *grow(struct menu *m)
{
    if (m->entries % ENTRIES_STEP == 0) {
        struct entry *more =
            reallocarray(m->entry, (size_t)m->entries + ENTRIES_STEP, sizeof *m->entry);
        if (!more)
            return NULL;
        m->entry = more;
    }
    return &m->entry[m->entries++];
}

void menu_add(struct tui_view *view, const char *label, const char *note)
{
    struct menu *m = (struct menu *)view;
    struct entry *e = grow(m);
    if (!e) {
        app_say(view->app, LOOK_BAD, "%s", pn_code_text(PN_EMEM));
        return;
    }
    snprintf(e->label, sizeof e->label, "%s", label);
    snprintf(e->note, sizeof e->note, "%s", note);
}

void menu_set(struct tui_view *view, int index, const char *label, const char *note)
{
    struct menu *m = (struct menu *)view;
    if (index < 0 || index >= m->entries)
        return;
    snprintf(m->entry[index].label, sizeof m->entry[index].label, "%s", label);
    snprintf(m->entry[index].note, sizeof m->entry[index].note, "%s", note);
}

void menu_wait(struct tui_view *view, bool waiting)
{
    struct menu *m = (struct menu *)view;
    m->waiting = waiting;
    for (int i = 0; !waiting && i < m->holds; i++) {
        unsigned id = view->id;
        struct tui_app *app = view->app;
        act(view, m->held[i].action, m->held[i].key);
        if (!app_top(app) || app_top(app)->id != id)
            return; /* something was chosen */
    }
    m->holds = 0;
}

void *menu_data(struct tui_view *view, size_t size)
{
    struct menu *m = (struct menu *)view;
    if (!m->data)
        m->data = calloc(1, size);
    return m->data;
}
