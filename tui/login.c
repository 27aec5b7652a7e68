/* SPDX-License-Identifier: Apache-2.0 */
/* login.c — the form of auth.login; in a demo, the accounts there are and how to switch. */
#include "config.h"
#include "app.h"

#include <stdlib.h>
#include <string.h>

struct login { struct tui_view view; struct tui_view *form; };

/* The form does the work; this view lends it the screen's upper part. */
static struct tui_view *form_of(struct tui_view *view)
{
    return ((struct login *)view)->form;
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct tui_view *form = form_of(view);
    const char *demo = view->app->who ? view->app->who->demo : NULL;
    int need = demo ? rows / 2 : rows, y = top + need;
    if (!form) {
        row_put(canvas, top + 1, 2, canvas->cols - 4,
                pn_tr("This build has no accounts: auth.login is missing"), LOOK_BAD);
        return;
    }
    form->face->draw(form, canvas, top, need);
    if (!demo)
        return;
    row_put(canvas, y++, 1, canvas->cols - 2, pn_tr("Accounts of this demo"), LOOK_HEAD);
    while (*demo && y < top + rows) {
        char line[256];
        size_t n = strcspn(demo, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, demo);
        row_put(canvas, y++, 3, canvas->cols - 4, line, LOOK_PLAIN);
        demo += n + (demo[n] == '\n');
    }
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct tui_view *form = form_of(view);
    if (form)
        form->face->act(form, action, key);
}

static bool type(struct tui_view *view, uint32_t key)
{
    struct tui_view *form = form_of(view);
    return form && form->face->type(form, key);
}

static void paste(struct tui_view *view, const char *text)
{
    struct tui_view *form = form_of(view);
    if (form)
        form->face->paste(form, text);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct tui_view *form = form_of(view);
    if (form)
        form->face->mouse(form, event, top);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct tui_view *form = form_of(view);
    if (form)
        form->face->done(form, job);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct tui_view *form = form_of(view);
    const char *demo = view->app->who ? view->app->who->demo : NULL;
    if (form)
        form->face->tell(form, facts);
    if (demo)
        facts_say(facts, "demo", pn_tr("Accounts of this demo"), demo, demo);
}

static void free_login(struct tui_view *view)
{
    struct tui_view *form = form_of(view);
    if (form)
        form->face->free(form);
    free(form);
}

static const struct tui_face login_face = {
    .scope = SCOPE_FORM, .size = sizeof(struct login), .draw = draw, .act = act, .type = type,
    .paste = paste, .mouse = mouse, .done = done, .tell = tell, .free = free_login,
};

bool login_is(const struct tui_view *view)
{
    return view && view->face == &login_face;
}

/* The password is the second word of the account's line. */
static void preset(struct login *l, const char *name)
{
    const char *line = l->view.app->who ? l->view.app->who->demo : NULL;
    size_t n = strlen(name);
    form_preset(l->form, "login", name, false);
    for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, name, n) != 0 || line[n] != ' ')
            continue;
        const char *word = line + n + strspn(line + n, " ");
        char password[128];
        snprintf(password, sizeof password, "%.*s", (int)strcspn(word, " \n"), word);
        form_preset(l->form, "password", password, false);
        explicit_bzero(password, sizeof password);
    }
}

struct tui_view *login_new(struct tui_app *app, const char *login)
{
    struct login *l = (struct login *)view_new(app, &login_face, pn_tr("Sign in"));
    const pn_op *op = pn_op_find("auth", "login");
    if (!l || !op)
        return l ? &l->view : NULL;
    l->form = form_new(app, op, l->view.title);
    if (l->form) {
        l->form->id = l->view.id; /* answers come to us */
        form_preset(l->form, "device", "console", false);
        if (*login)
            preset(l, login);
    }
    return &l->view;
}
