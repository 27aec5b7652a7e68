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

/* Draws or, without a canvas, prints the keys of a scope. Returns the lines used. */
static int scope_lines(tui_scope scope, struct tui_canvas *canvas, int y, int top, int end,
                       FILE *out)
{
    int line = 0;
    if (!lines_of(scope))
        return 0;
    if (out)
        fprintf(out, "%s\n", pn_tr(keys_scope_title(scope)));
    else if (y >= top && y < end)
        row_put(canvas, y, 1, canvas->cols - 2, pn_tr(keys_scope_title(scope)), LOOK_HEAD);
    line++;
    for (const struct tui_key *k = tui_keys; k->keys; k++) {
        if (k->scope != scope)
            continue;
        if (out) {
            fprintf(out, "  %s: %s\n", k->keys, pn_tr(k->help));
        } else if (y + line >= top && y + line < end) {
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
        int n = scope_lines(scope, canvas, y, top, top + rows, NULL);
        y += n;
        h->lines += n;
    }
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

static void plain(struct tui_view *view, FILE *out)
{
    (void)view;
    for (int i = 0; i < SCOPES; i++)
        scope_lines((tui_scope)i, NULL, 0, 0, 0, out);
}

static const struct tui_face help_face = {
    .scope = SCOPE_DETAIL, .size = sizeof(struct help), .draw = draw, .act = act, .mouse = mouse,
    .plain = plain,
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
    return &h->view;
}
