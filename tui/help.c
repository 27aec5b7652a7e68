/* SPDX-License-Identifier: Apache-2.0 */
/* help.c — the key table as a screen: the keys of the view below first. */
#include "config.h"
#include "app.h"

struct help { struct tui_view view; tui_scope scope; int top, lines, body; };

static int lines_of(tui_scope scope)
{
    int n = 1;
    for (const struct tui_key *k = tui_keys; k->keys; k++)
        n += k->scope == scope;
    return n == 1 ? 0 : n + 1;
}

/* Draws the keys of a scope. Returns the lines used. */
static int scope_lines(tui_scope scope, struct tui_canvas *canvas, int y, int top, int end)
{
    int line = 0;
    if (!lines_of(scope))
        return 0;
    if (y >= top && y < end)
        row_put(canvas, y, 1, canvas->cols - 2, pn_tr(keys_scope_title(scope)), LOOK_HEAD);
    line++;
    for (const struct tui_key *k = tui_keys; k->keys; k++) {
        if (k->scope != scope)
            continue;
        if (y + line >= top && y + line < end) {
            row_put(canvas, y + line, 3, 19, k->keys, LOOK_LABEL);
            row_put(canvas, y + line, 23, canvas->cols - 24, pn_tr(k->help), LOOK_PLAIN);
        }
        line++;
    }
    return line + 1;
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct help *h = (struct help *)view;
    int y = top - h->top;
    h->body = rows;
    h->lines = 0;
    for (int i = 0; i <= SCOPES; i++) {
        tui_scope scope = i ? (tui_scope)(i - 1) : h->scope;
        if (i && scope == h->scope)
            continue;
        int n = scope_lines(scope, canvas, y, top, top + rows);
        y += n;
        h->lines += n;
    }
    app_more(canvas, top + rows - 1, h->lines - h->top - rows);
    canvas_caret(canvas, top, 0, false);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct help *h = (struct help *)view;
    int most = h->lines - h->body, page = h->body > 1 ? h->body - 1 : 1;
    (void)key;
    if (action == DO_UP)
        h->top--;
    else if (action == DO_DOWN)
        h->top++;
    else if (action == DO_PAGE_UP)
        h->top -= page;
    else if (action == DO_PAGE_DOWN)
        h->top += page;
    else if (action == DO_FIRST)
        h->top = 0;
    else if (action == DO_LAST)
        h->top = most;
    h->top = h->top > most ? most : h->top;
    h->top = h->top < 0 ? 0 : h->top;
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    (void)top;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN)
        act(view, event->mouse == MOUSE_WHEEL_UP ? DO_UP : DO_DOWN, 0);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    (void)view;
    facts_open(facts, "keys", "");
    for (const struct tui_key *k = tui_keys; k->keys; k++) {
        facts_item(facts);
        facts_say(facts, "where", pn_tr("Where"), pn_tr(keys_scope_title(k->scope)),
                  pn_tr(keys_scope_title(k->scope)));
        facts_say(facts, "keys", pn_tr("Keys"), k->keys, k->keys);
        facts_say(facts, "help", pn_tr("Action"), pn_tr(k->help), pn_tr(k->help));
        facts_done(facts);
    }
    facts_close(facts);
}

static const struct tui_face help_face = {
    .scope = SCOPE_DETAIL, .size = sizeof(struct help), .draw = draw, .act = act, .mouse = mouse,
    .tell = tell,
};

struct tui_view *help_new(struct tui_app *app, tui_scope scope)
{
    struct tui_view *top = app_top(app);
    if (top && top->face == &help_face)
        return NULL;
    struct help *h = (struct help *)view_new(app, &help_face, pn_tr("Keys"));
    if (!h)
        return NULL;
    h->scope = scope;
    h->view.still = true;
    return &h->view;
}
