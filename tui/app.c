/* SPDX-License-Identifier: Apache-2.0 */
/* app.c — the frame every screen stands in: a bar on top (where am I, who am I), the view, a line
 * for messages or typing, and the keys that work here. */
#include "config.h"
#include "app.h"
#include "bulk.h"
#include "draft.h"
#include "names.h"
#include "scanner.h"
#include "till.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CRUMBS = 4 };

int64_t tui_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct tui_view *view_new(struct tui_app *app, const struct tui_face *face, const char *title)
{
    struct tui_view *view = calloc(1, face->size);
    if (!view)
        return NULL;
    view->face = face;
    view->app = app;
    view->id = ++app->next_id;
    snprintf(view->title, sizeof view->title, "%s", title);
    return view;
}

void app_drop(struct tui_view *view)
{
    if (!view)
        return;
    view->app->in_flight -= worker_forget(view->app->worker, view->id);
    if (view->face->free)
        view->face->free(view);
    free(view);
}

/* The view of that number, wherever it is shown. */
static struct tui_view *view_of(const struct tui_app *app, unsigned id)
{
    for (int i = 0; i < app->depth; i++) {
        struct tui_view *view = app->stack[i];
        if (view->id == id)
            return view;
        if (view->pane && view->pane->id == id)
            return view->pane;
    }
    return NULL;
}

struct tui_view *app_top(const struct tui_app *app)
{
    return app->depth ? app->stack[app->depth - 1] : NULL;
}

/* Stands on its own: nothing above a list or a record looks into the one below it. */
static bool stands(const struct tui_view *view)
{
    return view->face->scope == SCOPE_LIST || view->face->scope == SCOPE_DETAIL;
}

/* Whoever goes from list to list all day need not go back first: the oldest is let go. */
static void make_room(struct tui_app *app)
{
    for (int i = 1; app->depth == VIEWS_MOST && i + 1 < app->depth; i++) {
        if (!stands(app->stack[i]) || !stands(app->stack[i + 1]))
            continue;
        app_drop(app->stack[i]);
        app->depth--;
        memmove(&app->stack[i], &app->stack[i + 1],
                (size_t)(app->depth - i) * sizeof(struct tui_view *));
    }
}

void app_push(struct tui_app *app, struct tui_view *view)
{
    if (!view) {
        app_say(app, LOOK_BAD, "%s", pn_code_text(PN_EMEM));
        return;
    }
    make_room(app);
    if (app->depth == VIEWS_MOST) {
        app_drop(view);
        app_say(app, LOOK_BAD, "%s", pn_tr("Too many screens are open: go back first"));
        return;
    }
    app->stack[app->depth++] = view;
    *app->message = 0;
    if (view->face->load)
        view->face->load(view);
    told_say(app, view);
    trail_note(app, view);
}

void app_pop(struct tui_app *app)
{
    if (app->depth < 2)
        return;
    app_drop(app->stack[--app->depth]);
    *app->message = 0;
    told_say(app, app_top(app));
    live_look(app);
}

void app_root(struct tui_app *app, struct tui_view *view)
{
    if (!view)
        return;
    prompt_close(app); /* it may belong to a view that goes */
    while (app->depth)
        app_drop(app->stack[--app->depth]);
    app_push(app, view);
}

void app_say(struct tui_app *app, unsigned look, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(app->message, sizeof app->message, fmt, args);
    va_end(args);
    app->message_look = look;
}

void app_fail(struct tui_app *app, const struct tui_job *job)
{
    const char *words = job->message ? job->message : pn_code_text(job->code);
    const char *hint = job->hint ? job->hint : "";
    if (job->code == PN_EAUTH && app->who && app->who->signed_in) /* here no shell is needed */
        hint = pn_tr("F9 signs in again: what is open stays as it is");
    app_say(app, LOOK_BAD, "! %s%s%s", words, *hint ? "  " : "", hint);
}

void app_post(struct tui_app *app, struct tui_job *job)
{
    if (!job)
        return;
    if (!app->in_flight++)
        app->asked_at = tui_clock();
    if (job->op && job->op->flags & PN_WRITE) {
        told_job(job, job->command, sizeof job->command);
        if (!(job->op->flags & PN_HIDDEN)) /* else nobody did it */
            snprintf(app->told, sizeof app->told, "%s", job->command);
    }
    job->early = app->guessing;
    worker_post(app->worker, job);
}

void app_ask(struct tui_view *view, struct tui_job *job)
{
    if (job)
        view->pending++;
    else
        app_say(view->app, LOOK_BAD, "%s", pn_code_text(PN_EMEM));
    app_post(view->app, job);
}

void app_hello(struct tui_app *app)
{
    app_post(app, job_new(NULL, 0, 0));
}

void app_reload(struct tui_app *app)
{
    struct tui_view *top = app_top(app);
    if (top && top->face->load)
        top->face->load(top);
}

void app_stale(struct tui_app *app, const struct tui_view *but)
{
    for (int i = 0; i < app->depth; i++)
        if (app->stack[i] != but && app->stack[i]->face->load)
            app->stack[i]->face->load(app->stack[i]);
}

bool app_stays(struct tui_app *app)
{
    for (int i = 0; i < app->depth; i++) {
        const struct tui_face *face = app->stack[i]->face;
        if (!face->unsent || face->unsent(app->stack[i]) != UNSENT_LOST)
            continue;
        app_say(app, LOOK_WAIT, pn_tr("%s: what was typed is not saved yet, Esc takes it back"),
                app->stack[i]->title);
        return true;
    }
    return false;
}

bool app_may(const struct tui_app *app, const pn_op *op)
{
    if (!app->who)
        return app->guessing && op;
    for (size_t i = 0; op && app->who && i < app->who->may_n; i++)
        if (app->who->may[i] == op)
            return true;
    return false;
}

const pn_op *app_op(const struct tui_app *app, const char *name)
{
    char noun[64];
    const char *dot = strchr(name, '.');
    snprintf(noun, sizeof noun, "%.*s", dot ? (int)(dot - name) : 0, name);
    const pn_op *op = dot ? pn_op_find(noun, dot + 1) : NULL;
    return op && app_may(app, op) ? op : NULL;
}

const pn_op *app_op_of(const struct tui_app *app, const char *noun, const char *verb)
{
    const pn_op *op = pn_op_find(noun, verb);
    return op && app_may(app, op) ? op : NULL;
}

/* xorshift: keys must differ, not be secret; a fixed seed makes a session repeatable. */
void app_key(struct tui_app *app, char key[40])
{
    uint64_t half[2];
    for (int i = 0; i < 2; i++) {
        app->seed ^= app->seed << 13;
        app->seed ^= app->seed >> 7;
        app->seed ^= app->seed << 17;
        half[i] = app->seed;
    }
    snprintf(key, 40, "tui-%016llx%016llx", (unsigned long long)half[0],
             (unsigned long long)half[1]);
}

/* Make it the only one, but do not let it load yet. */
static void app_below(struct tui_app *app, struct tui_view *view)
{
    if (!view)
        return;
    while (app->depth)
        app_drop(app->stack[--app->depth]);
    view->dirty = true;
    app->stack[app->depth++] = view;
}

/* Whoever was there before has signed in again, because the token had ended: what is open stays. */
static bool is_again(const struct tui_app *app, const struct tui_who *who)
{
    return app->who && app->who->signed_in && who->signed_in && app->depth > 1 &&
           login_is(app_top(app)) && !strcmp(app->who->login, who->login);
}

/* A list that was asked for early: it has loaded, or is loading. */
static void app_lay(struct tui_app *app, struct tui_view **view)
{
    app->stack[app->depth++] = *view;
    *view = NULL;
    told_say(app, app_top(app));
    trail_note(app, app_top(app));
}

static void take_who(struct tui_app *app, struct tui_job *job)
{
    if (!job->who)
        return;
    bool again = is_again(app, job->who);
    if (app->who) {
        free(app->who->demo);
        free(app->who->may);
        free(app->who);
    }
    app->who = job->who;
    job->who = NULL;
    if (again) {
        app_pop(app);
        app_stale(app, NULL);
        return;
    }
    names_free(app);
    trail_free(app);
    undo_free(app);
    app->limits = (struct tui_limits){0};
    struct tui_view *early = app->early;
    app->early = NULL;
    if (app->display) {
        app_root(app, display_new(app, app->till));
    } else if (!app->who->signed_in) {
        app_root(app, login_new(app, ""));
    } else if (app->first) {
        const char *first = app->first;
        app->first = NULL;
        app_below(app, board_new(app)); /* it loads when it is looked at */
        if (early && app->depth && app_may(app, app->early_op))
            app_lay(app, &early);
        else
            command_run(app, NULL, first);
    } else {
        app_root(app, board_new(app));
        if (app->settings.room && view_room_title(app, app->settings.room))
            view_room(app, app->settings.room);
    }
    draft_free(app); /* of forms that went just now, too */
    app->drafted = false;
    app_drop(early);
    if (*app->keymap_wrong)
        app_say(app, LOOK_BAD, "! %s", app->keymap_wrong);
    *app->keymap_wrong = 0;
}

void app_early(struct tui_app *app)
{
    if (!app->first || app->display)
        return;
    app->guessing = true;
    app->early = command_early(app, app->first, &app->early_op);
    app->guessing = false;
}

void app_answer(struct tui_app *app, struct tui_job *job)
{
    if (!live_answer(app, job))
        return;
    app->in_flight -= app->in_flight > 0;
    app->asked_at = app->in_flight ? tui_clock() : 0;
    app->live.waiting = false;
    if (job->answer) {
        job->answer(app, job);
        return;
    }
    if (!job->op) {
        if (!job->code) {
            take_who(app, job);
            return;
        }
        app_fail(app, job);
        app_drop(app->early); /* it is asked for again with the next one */
        app->early = NULL;
        return;
    }
    struct tui_view *view = view_of(app, job->view);
    if (!view)
        return;
    view->pending -= view->pending > 0;
    if (job->code != PN_EDATABASE)
        view->answered = tui_clock();
    if (view->face->done)
        view->face->done(view, job);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

int64_t app_due(const struct tui_app *app)
{
    const struct tui_view *top = app_top(app);
    return sooner(sooner(app->input.due, live_due(app)), top ? top->due : 0);
}

void app_tick(struct tui_app *app)
{
    int64_t now = tui_clock();
    struct tui_view *top = app_top(app);
    input_tick(&app->input, now);
    if (top && top == app_top(app) && top->due && now >= top->due) {
        top->due = 0;
        if (top->face->tick)
            top->face->tick(top);
    }
    live_tick(app, now);
}

/* ---- the screen ---- */

const char *app_place(const struct tui_app *app, bool *real)
{
    static const char *const places[][2] = {{"production", N_("PRODUCTION")},
                                            {"staging", N_("staging")}, {"test", N_("test site")},
                                            {"demo", N_("demo")}};
    const char *env = app->who ? app->who->env : "";
    *real = !strcmp(env, places[0][0]);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (!strcmp(env, places[i][0]))
            return pn_tr(places[i][1]);
    return "";
}

void app_role(const struct tui_app *app, char *out, size_t size)
{
    int more = -1, first = 0;
    *out = 0;
    uint32_t roles = app->who ? app->who->roles & ~(uint32_t)PN_ROLE_PUBLIC : 0;
    for (int i = 0; roles >> i && pn_role_words[i].name; i++) {
        first = roles >> i & 1 && more < 0 ? i : first;
        more += roles >> i & 1;
    }
    if (more > 0)
        snprintf(out, size, "%s+%d", pn_tr(pn_role_words[first].label), more);
    else if (!more)
        snprintf(out, size, "%s", pn_tr(pn_role_words[first].label));
}

void app_more(struct tui_canvas *canvas, int row, int lines)
{
    char text[60] = "  ";
    snprintf(text + 2, sizeof text - 2, pn_tr("%d more below"), lines);
    if (lines > 0)
        row_put_right(canvas, row, 0, canvas->cols, text, LOOK_LABEL);
}

void app_crumbs(const struct tui_app *app, int most, char *out, size_t size)
{
    size_t len = 0;
    *out = 0;
    for (int i = app->depth > most ? app->depth - most : 0; i < app->depth && len < size; i++) {
        char crumb[300];
        snprintf(crumb, sizeof crumb, "%s", app->stack[i]->title);
        if (app->stack[i]->face->crumb)
            app->stack[i]->face->crumb(app->stack[i], crumb, sizeof crumb);
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? " > " : "", crumb);
    }
}

/* Who works here: the role where there is room for it beside the crumbs. */
static int put_who(const struct tui_app *app, const char *link, int room, char *out, size_t size)
{
    char role[64] = "";
    const char *name = !app->who || app->display ? ""
                       : *app->who->name         ? app->who->name
                                                 : app->who->login;
    snprintf(out, size, "%s%s%s ", link, *link ? "  " : "", name);
    app_role(app, role, sizeof role);
    if (*name && *role && tui_text_width(out) + tui_text_width(role) < room)
        snprintf(out, size, "%s%s%s %s ", link, *link ? "  " : "", role, name);
    int width = tui_text_width(out), cols = app->canvas.cols;
    int most = *link ? cols * 3 / 4 : cols / 2; /* how old it is, and who looks */
    return width > most ? most : width;
}

static void draw_bar(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    bool real = false;
    const char *place = app->display ? "" : app_place(app, &real);
    char right[256], link[128], crumbs[1024];
    live_words(app, link, sizeof link);
    if (!*link && scanner_gone())
        snprintf(link, sizeof link, "%s", pn_tr("no scanner"));
    unsigned look = *link ? LOOK_ALARM : LOOK_BAR;
    row_fill(c, 0, 0, c->cols, look);
    int at = 1 + row_put(c, 0, 1, c->cols, pn_tr("Piaoniu"), look) + 1;
    if (*place) /* in words and in colour */
        at += row_putf(c, 0, at, c->cols - at, real ? LOOK_ALARM : look, " %s ", place);
    at++;
    app_crumbs(app, CRUMBS, crumbs, sizeof crumbs);
    int room = c->cols - at - tui_text_width(crumbs) - 2;
    int width = put_who(app, link, room, right, sizeof right);
    row_put(c, 0, at, c->cols - width - at - 1, crumbs, look);
    row_put(c, 0, c->cols - width, width, right, look);
}

static void draw_hints(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    int row = c->rows - 1, at = 1;
    struct tui_view *top = app_top(app);
    tui_scope own = top && !top->still ? top->face->scope : SCOPE_ALL;
    bool (*idle)(const struct tui_view *, tui_action) = top ? top->face->idle : NULL;
    row_fill(c, row, 0, c->cols, LOOK_HINT);
    if (app->display) /* the customer has no keys */
        return;
    for (int pass = 0; pass < 2; pass++) {
        for (const struct tui_key *k = tui_keys; k->keys; k++) {
            if (!*k->hint || k->scope != (pass ? SCOPE_ALL : own) || (pass && own == SCOPE_ALL))
                continue;
            if (!pass && idle && idle(top, k->action))
                continue;
            bool typing = view_types(top);
            const char *name = k->keys;
            size_t len = strcspn(name, " ");
            if (typing && len == 1 && name[len] &&
                (*name < '0' || *name > '9')) { /* a form that works */
                name += len + 1;
                len = strcspn(name, " ");
            }
            char text[96];
            snprintf(text, sizeof text, "%.*s %s", (int)len, name, pn_tr(k->hint));
            int width = tui_text_width(text);
            if (at + width + 1 > c->cols)
                return;
            row_put(c, row, at, width, text, LOOK_HINT);
            at += width + 2;
        }
    }
}

static void draw_message(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    struct tui_view *top = app_top(app);
    int row = c->rows - 2, right = 0;
    if (app->display) /* what staff are told is not for him */
        return;
    if (app->prompt.sign) {
        prompt_draw(app);
        return;
    }
    if (top && top->face->status) {
        char text[128] = "";
        top->face->status(top, text, sizeof text);
        right = tui_text_width(text);
        if (right)
            row_put(c, row, c->cols - right - 1, right, text, LOOK_DIM);
    }
    int x = 1;
    if (*app->message)
        x += row_put(c, row, x, c->cols - right - 3, app->message, app->message_look) + 2;
    if ((!*app->message || app->message_look == LOOK_GOOD) && x < c->cols - right - 12)
        row_put(c, row, x, c->cols - right - 2 - x, app->told, LOOK_DIM);
}

void app_draw(struct tui_app *app)
{
    struct tui_canvas *c = &app->canvas;
    canvas_clear(c);
    if (c->cols < COLS_LEAST || c->rows < ROWS_LEAST) {
        int row = c->rows / 2;
        row_put_centre(c, row, 0, c->cols, pn_tr("Terminal too small"), LOOK_BOLD);
        char text[64];
        snprintf(text, sizeof text, "%d x %d < %d x %d", c->cols, c->rows, COLS_LEAST, ROWS_LEAST);
        if (c->rows > 1)
            row_put_centre(c, row + (row + 1 < c->rows ? 1 : -1), 0, c->cols, text, LOOK_PLAIN);
        return;
    }
    if (app->lock) {
        lock_draw(app);
        return;
    }
    draw_bar(app);
    draw_hints(app);
    struct tui_view *top = app_top(app);
    if (top)
        top->face->draw(top, c, 1, c->rows - 3);
    else
        row_put_centre(c, c->rows / 2, 0, c->cols,
                       *app->message || app->live.offline ? "" : pn_tr("Opening…"), LOOK_DIM);
    draw_message(app);
}
