/* SPDX-License-Identifier: Apache-2.0 */
/* event.c — what a key, a click, a paste or a scan does: the line being typed first, then the
 * view's text, then the view's keys, then everybody's keys. */
#include "config.h"
#include "app.h"

#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void suspend(struct tui_app *app)
{
    sigset_t stop, old;
    term_pause();
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &old);
    kill(0, SIGTSTP); /* the guard stops with us, so the shell sees one job */
    sigprocmask(SIG_SETMASK, &old, NULL);
    term_resume();
    loop_resize(app);
}

void app_theme(struct tui_app *app, const char *name)
{
    char why[400] = "";
    int theme = name ? theme_choose(name, why, sizeof why) : (int)theme_next();
    if (theme < 0) {
        app_say(app, LOOK_BAD, "! %s", why);
        return;
    }
    if (!theme_has_colours()) {
        app_say(app, LOOK_WAIT, "%s",
                pn_tr("There are no colours here: NO_COLOR, or the terminal"));
        return;
    }
    theme_start((tui_theme)theme);
    term_forget();
    char title[120];
    theme_title(title);
    app_say(app, LOOK_GOOD, pn_tr("Theme: %s"), title);
    snprintf(app->settings.theme, sizeof app->settings.theme, "%s", name ? name : theme_name());
    (void)settings_keep(app);
}

static void account(struct tui_app *app)
{
    struct tui_view *top = app_top(app);
    struct tui_view *login = login_new(app, "");
    if (login_is(top) && app->depth == 1)
        app_root(app, login);
    else if (login_is(top))
        app_drop(login);
    else
        app_push(app, login);
}

static void leave(struct tui_app *app, void *who, const char *text)
{
    (void)who;
    (void)text;
    app->quit = true;
}

/* What was typed and not sent goes with the console: it asks. */
static void quit(struct tui_app *app)
{
    bool unsent = app->drafts != NULL;
    for (int i = 0; i < app->depth; i++)
        unsent |= app->stack[i]->face->unsent && app->stack[i]->face->unsent(app->stack[i]);
    if (unsent)
        prompt_open(app, '?', pn_tr("Something was typed and not sent: quit all the same?"), "",
                    leave, NULL);
    else
        app->quit = true;
}

static void back(struct tui_app *app)
{
    struct tui_view *top = app_top(app);
    *app->message = 0;
    if (top && top->face->back && top->face->back(top))
        return;
    if (app->depth > 1)
        app_pop(app);
    else if (top && top->tab && top->tab != '1')
        view_room(app, '1');
}

static void help(struct tui_app *app, tui_scope scope)
{
    struct tui_view *keys = help_new(app, scope);
    if (keys) /* NULL: it is open already */
        app_push(app, keys);
}

static void find(struct tui_app *app)
{
    struct tui_view *palette = palette_new(app);
    if (palette)
        app_push(app, palette);
}

static void jobs(struct tui_app *app)
{
    if (!view_noun(app, "bulk", "", NULL))
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr("Work on many rows"));
}

/* Everybody's keys. */
static void common(struct tui_app *app, tui_action action, uint32_t key)
{
    struct tui_view *top = app_top(app);
    if (action == DO_BACK)
        back(app);
    else if (action == DO_HELP)
        help(app, top ? top->face->scope : SCOPE_ALL);
    else if (action == DO_COMMAND)
        prompt_open(app, ':', "", "", command_run, NULL);
    else if (action == DO_PALETTE && app->who && app->who->signed_in)
        find(app);
    else if (action == DO_SCREEN)
        picture_take(app);
    else if ((action == DO_TRAIL_BACK || action == DO_TRAIL_AHEAD) && !app_stays(app))
        trail_go(app, action == DO_TRAIL_BACK ? -1 : 1);
    else if (action == DO_REFRESH && app->who)
        app_reload(app);
    else if (action == DO_REFRESH)
        app_hello(app);
    else if (action == DO_ROOM && !app_stays(app))
        view_room(app, (char)tui_fold(key));
    else if (action == DO_JOBS && app->who && app->who->signed_in)
        jobs(app);
    else if (action == DO_ACCOUNT)
        account(app);
    else if (action == DO_LOCK)
        lock_set(app);
    else if (action == DO_REDRAW)
        term_forget();
    else if (action == DO_THEME)
        app_theme(app, NULL);
    else if (action == DO_SUSPEND)
        suspend(app);
    else if (action == DO_QUIT)
        quit(app);
}

static bool is_common(tui_action action)
{
    return action > DO_NOTHING && action <= DO_QUIT && action != DO_ROOM;
}

static void press(struct tui_app *app, uint32_t key)
{
    struct tui_view *top = app_top(app);
    tui_scope scope = top ? top->face->scope : SCOPE_ALL;
    bool typing = view_types(top);
    if (app->prompt.sign) {
        prompt_key(app, key);
        return;
    }
    tui_action action = keys_action(scope, key, typing);
    if (app->display && action != DO_QUIT && action != DO_REDRAW)
        return;
    if (action == DO_NOTHING) {
        if (top && top->face->type)
            top->face->type(top, key);
        return;
    }
    /* A scope may give a common action a meaning of its own. */
    bool own = false;
    for (const struct tui_key *k = tui_keys; k->keys; k++)
        own |= k->scope == scope && k->action == action;
    if (is_common(action) || (action == DO_ROOM && !own) || !top || !top->face->act)
        common(app, action, key);
    else
        top->face->act(top, action, key);
}

/* The first character of a scan must not do what the key does: only where text is typed, and for
 * moving about, is it taken before the next one can have come. */
bool app_patient(void *who, uint32_t key)
{
    const struct tui_app *app = who;
    const struct tui_view *top = app_top(app);
    if (app->prompt.sign)
        return app->prompt.sign == '?';
    if (!top || view_types(top))
        return false;
    tui_action action = keys_action(top->face->scope, key, false);
    return action != DO_NOTHING && !(action >= DO_UP && action <= DO_LAST);
}

static void scanned(struct tui_app *app, const struct tui_event *event)
{
    struct tui_view *top = app_top(app);
    if (app->prompt.sign) {
        prompt_scan(app, event->text, event->leaked);
    } else if (top && top->face->scan) {
        top->face->scan(top, event->text, event->leaked);
    } else if (top && top->face->paste) {
        top->face->paste(top, event->text + event->leaked);
    } else {
        for (int i = 0; i < event->leaked && top && top->face->type; i++)
            press(app, TK_BACKSPACE);
        app_say(app, LOOK_WAIT, pn_tr("Scanned %s: open the gate or the counter first"),
                event->text);
    }
}

void app_event(void *who, const struct tui_event *event)
{
    struct tui_app *app = who;
    struct tui_view *top = app_top(app);
    if (app->lock) {
        lock_event(app, event);
        return;
    }
    switch (event->kind) {
    case IN_KEY:
        live_key(app);
        press(app, event->key);
        break;
    case IN_PASTE:
        if (app->prompt.sign && app->prompt.sign != '?')
            prompt_paste(app, event->text);
        else if (!app->prompt.sign && top && top->face->paste)
            top->face->paste(top, event->text);
        break;
    case IN_SCAN:
        scanned(app, event);
        break;
    case IN_MOUSE:
        if (!app->prompt.sign && top && top->face->mouse && app->canvas.rows >= ROWS_LEAST)
            top->face->mouse(top, event, 1);
        break;
    case IN_GROUND:
        if (theme_ground(event->light))
            term_forget();
        break;
    case IN_REPORT:
        (void)term_report(event->row, event->col);
        break;
    }
    if (app->drafted)
        app_say(app, LOOK_WAIT, "%s",
                pn_tr("Not sent, but kept: the same form opens with what was typed"));
    app->drafted = false;
}
