/* SPDX-License-Identifier: Apache-2.0 */
/* palette.c — one line to find anything by: screens, what can be done with the row below, forms,
 * commands of before and, from the database, things by name, number or initials. Each entry is a
 * command, so what is found here is learnt here. */
#include "config.h"
#include "list.h"
#include "names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FOUND_MOST = 60, EACH_MOST = 5, FROM_OUTSIDE = 25, THING = 55, DIGITS_FIT = 40,
       TYPED_MOST = 100, NUMBER_LEAST = 6, NUMBER_MOST = 18, ORDER_DIGITS = 15 };

struct found { char label[160], command[300]; int fit; };

struct palette {
    struct tui_view view;
    struct tui_edit edit;
    struct found found[FOUND_MOST]; /* what we know ourselves, and what the database knows */
    int founds, at, top, body;
    int round, asked; /* of what is typed; the one the database was asked in */
    int open;         /* the round whose best is opened once the database has answered, 0: none */
    char noun[32], key[64], name[120]; /* of the row below, "" without */
};

/* Lists whose search finds things by what they are called. */
static const char *const searched[] = {"show", "venue", "merchant", "order", "seckill", "view",
                                       NULL};

static int place_of(const char *noun)
{
    int i = 0;
    while (searched[i] && strcmp(searched[i], noun) != 0)
        i++;
    return i;
}

/* The best first; of equals, the first that came. */
static void add(struct palette *p, int fit, const char *label, const char *command)
{
    int at = p->founds;
    for (int i = 0; i < p->founds; i++)
        if (!strcmp(p->found[i].command, command))
            return;
    while (at > 0 && p->found[at - 1].fit < fit)
        at--;
    if (!fit || at == FOUND_MOST)
        return;
    p->founds += p->founds < FOUND_MOST;
    memmove(&p->found[at + 1], &p->found[at],
            (size_t)(p->founds - 1 - at) * sizeof *p->found);
    struct found *f = &p->found[at];
    f->fit = fit;
    snprintf(f->label, sizeof f->label, "%s", label);
    snprintf(f->command, sizeof f->command, "%s", command);
    if (p->at > 0 && at <= p->at && p->at + 1 < p->founds)
        p->at++; /* the cursor stays on what it is on */
}

static void add_text(struct palette *p, int more, const char *text, const char *label,
                     const char *command)
{
    int fit = names_fit(p->view.app, text, p->edit.text);
    int spelt = names_fit(p->view.app, command, p->edit.text);
    fit = spelt > fit ? spelt : fit;
    add(p, fit ? fit + more : 0, label, command);
}

static void add_rooms(struct palette *p)
{
    char command[200];
    for (int i = 0; view_title(i); i++)
        if (view_command(p->view.app, i, command, sizeof command))
            add_text(p, 9, pn_tr(view_title(i)), pn_tr(view_title(i)), command);
}

/* What can be done with the row on which one stands. */
static void add_actions(struct palette *p)
{
    const pn_op *op;
    for (int i = 0; *p->key && (op = view_act(p->view.app, p->noun, i)); i++) {
        char label[200], command[200];
        const char *brief = op->brief ? pn_tr(op->brief) : op->verb;
        snprintf(label, sizeof label, "%.80s: %.70s", brief, p->name);
        snprintf(command, sizeof command, "pn %s %s %s", op->noun, op->verb, p->key);
        add_text(p, 8, brief, label, command);
    }
}

/* Lists that are no rooms, and what needs no row to begin with. */
static void add_operations(struct palette *p)
{
    const struct tui_who *who = p->view.app->who;
    for (size_t i = 0; who && i < who->may_n; i++) {
        const pn_op *op = who->may[i];
        char command[100];
        bool of_row = !op->list && op->in && type_key(op->in) >= 0;
        if (view_acts(op) || op->flags & PN_HIDDEN || of_row)
            continue;
        snprintf(command, sizeof command, "pn %s %s", op->noun, op->verb);
        add_text(p, 0, op->brief ? pn_tr(op->brief) : op->verb,
                 op->brief ? pn_tr(op->brief) : op->verb, command);
    }
}

/* A printed number says what it is of, and goes straight there. */
static const struct { const char *begins, *noun; } numbers[] = {
    {"PN", "order"}, {"TP", "ticket"}, {"TK", "refund"}};

static bool is_number(const char *typed)
{
    size_t n = strlen(typed);
    for (const char *c = typed; *c; c++)
        if (!isalnum((unsigned char)*c))
            return false;
    return n >= NUMBER_LEAST && isdigit((unsigned char)typed[n - 1]);
}

static void add_number(struct palette *p)
{
    const char *typed = p->edit.text;
    char command[200], label[200];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && is_number(typed); i++) {
        const pn_module *m = pn_module_find(numbers[i].noun);
        if (strncasecmp(typed, numbers[i].begins, strlen(numbers[i].begins)) != 0 || !m ||
            !app_op_of(p->view.app, numbers[i].noun, "show"))
            continue;
        int at = snprintf(command, sizeof command, "pn %s show ", numbers[i].noun);
        for (size_t k = 0; k <= strlen(typed) && k < sizeof command - (size_t)at; k++)
            command[(size_t)at + k] = (char)toupper((unsigned char)typed[k]);
        command[sizeof command - 1] = 0;
        snprintf(label, sizeof label, "%s %.100s", pn_tr(m->title), typed);
        add(p, 200, label, command);
    }
}

/* Digits alone may be an order's, with or without what its number begins with: whether there is
 * one, the database says. */
static void ask_digits(struct palette *p)
{
    const char *typed = p->edit.text;
    const pn_op *show = app_op_of(p->view.app, "order", "show");
    size_t n = strlen(typed);
    if (!show || n < NUMBER_LEAST || n > NUMBER_MOST || strspn(typed, "0123456789") < n)
        return;
    struct tui_job *job = job_new(show, p->view.id, p->round);
    job_setf(job, "id", "%s%s", n == ORDER_DIGITS ? numbers[0].begins : "", typed);
    if (job)
        app_ask(&p->view, job);
}

static void ask(struct palette *p)
{
    struct tui_app *app = p->view.app;
    const char *typed = p->edit.text;
    if (p->view.pending || strlen(typed) < 2 || p->asked == p->round)
        return;
    p->asked = p->round;
    for (int i = 0; searched[i]; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s.list", searched[i]);
        const pn_op *op = app_op(app, name);
        struct tui_job *job = op ? job_new(op, p->view.id, p->round) : NULL;
        if (!job)
            continue;
        job_setf(job, "q", "%.*s", TYPED_MOST, typed);
        job_setf(job, "limit", "%d", EACH_MOST);
        app_ask(&p->view, job);
    }
    ask_digits(p);
}

static void refill(struct palette *p)
{
    p->founds = p->at = p->top = 0;
    p->round++;
    for (int i = p->view.app->past_n - 1; i >= 0 && i >= p->view.app->past_n - 5; i--)
        add_text(p, -5, p->view.app->past[i], pn_tr("Again"), p->view.app->past[i]);
    add_number(p);
    add_actions(p);
    add_rooms(p);
    add_operations(p);
    if (p->founds > FOUND_MOST - FROM_OUTSIDE)
        p->founds = FOUND_MOST - FROM_OUTSIDE;
    ask(p);
}

static void open_one(struct palette *p, int i)
{
    struct tui_app *app = p->view.app;
    char command[300];
    snprintf(command, sizeof command, "%s", p->found[i].command);
    app_pop(app);
    command_run(app, NULL, command);
}

/* May what stands first still be something else, once everybody has answered? */
static bool may_change(const struct palette *p)
{
    return p->view.pending && !p->at && (!p->founds || p->found[0].fit < THING);
}

/* Things stand behind what we know ourselves, unless that fits badly: the database has compared
 * their names. With what was typed before it has not: that answer is too late. */
static void done(struct tui_view *view, struct tui_job *job)
{
    struct palette *p = (struct palette *)view;
    const struct tui_table *t = job->table;
    int key = t ? type_key(t->type) : -1;
    for (int r = 0; job->tag == p->round && !job->code && key >= 0 && r < t->rows; r++) {
        char name[200], command[200];
        const pn_module *m = pn_module_find(job->op->noun);
        mark_name(name, sizeof name, view->app->who, t, r);
        if (job->op->list && view_drills(view->app, job->op->noun))
            view_drill_command(view->app, job->op->noun, t, r, command, sizeof command);
        else
            snprintf(command, sizeof command, "pn %s show %s", job->op->noun,
                     table_at(t, r, key)->plain);
        char label[300];
        snprintf(label, sizeof label, "%.40s  %.200s", m ? pn_tr(m->title) : "", name);
        add(p, job->op->list ? THING - place_of(job->op->noun) : DIGITS_FIT, label, command);
    }
    if (!view->pending)
        ask(p); /* more was typed meanwhile */
    if (!view->pending && p->open == p->round && p->founds && app_top(view->app) == view)
        open_one(p, p->at);
}

/* ---- the screen ---- */

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct palette *p = (struct palette *)view;
    int x = 1 + row_put(canvas, top, 1, 20, pn_tr("Find"), LOOK_LABEL) + 1;
    int label = canvas->cols * 3 / 5;
    edit_draw(&p->edit, canvas, top, x, canvas->cols - x - 2, !view->app->prompt.sign);
    p->body = rows - 2;
    if (p->at < p->top)
        p->top = p->at;
    if (p->at >= p->top + p->body)
        p->top = p->at - p->body + 1;
    for (int i = p->top; i < p->founds && i < p->top + p->body; i++) {
        int y = top + 2 + i - p->top;
        row_put(canvas, y, 2, label - 4, p->found[i].label, LOOK_PLAIN);
        row_put(canvas, y, label, canvas->cols - label - 1, p->found[i].command, LOOK_DIM);
        if (i == p->at)
            row_select(canvas, y, 0, canvas->cols);
    }
    if (!p->founds)
        row_put(canvas, top + 2, 2, canvas->cols - 4,
                view->pending ? pn_tr("Looking…") : pn_tr("Nothing is called so"), LOOK_DIM);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct palette *p = (struct palette *)view;
    int to = p->at;
    (void)key;
    if (action == DO_OPEN) {
        if (may_change(p))
            p->open = p->round;
        else if (p->at < p->founds)
            open_one(p, p->at);
        return;
    }
    p->open = 0;
    to += action == DO_UP          ? -1
          : action == DO_DOWN      ? 1
          : action == DO_PAGE_UP   ? -p->body
          : action == DO_PAGE_DOWN ? p->body
                                   : 0;
    to = to >= p->founds ? p->founds - 1 : to;
    p->at = to < 0 ? 0 : to;
}

static bool type(struct tui_view *view, uint32_t key)
{
    struct palette *p = (struct palette *)view;
    bool taken = edit_key(&p->edit, key);
    refill(p);
    return taken;
}

static void paste(struct tui_view *view, const char *text)
{
    struct palette *p = (struct palette *)view;
    edit_insert(&p->edit, text);
    refill(p);
}

static void scan(struct tui_view *view, const char *text, int leaked)
{
    struct palette *p = (struct palette *)view;
    edit_unleak(&p->edit, leaked);
    paste(view, text);
}

static void load(struct tui_view *view)
{
    refill((struct palette *)view);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct palette *p = (struct palette *)view;
    facts_say(facts, "find", pn_tr("Find"), p->edit.text, p->edit.text);
    if (!p->founds)
        facts_some(facts, "nothing", pn_tr("Result"),
                   view->pending ? pn_tr("Looking…") : pn_tr("Nothing is called so"));
    facts_open(facts, "found", "");
    for (int i = 0; i < p->founds; i++) {
        facts_item(facts);
        facts_say(facts, "label", pn_tr("Choice"), p->found[i].label, p->found[i].label);
        facts_say(facts, "command", pn_tr("Command"), p->found[i].command, p->found[i].command);
        facts_done(facts);
    }
    facts_close(facts);
}

static void free_palette(struct tui_view *view)
{
    edit_free(&((struct palette *)view)->edit);
}

static const struct tui_face palette_face = {
    .scope = SCOPE_PALETTE, .size = sizeof(struct palette), .draw = draw, .act = act,
    .type = type, .paste = paste, .scan = scan, .load = load, .done = done, .tell = tell,
    .free = free_palette,
};

void palette_refresh(struct tui_app *app)
{
    struct tui_view *top = app_top(app);
    if (top && top->face == &palette_face)
        refill((struct palette *)top);
}

struct tui_view *palette_new(struct tui_app *app)
{
    struct tui_view *top = app_top(app);
    if (top && top->face == &palette_face)
        return NULL;
    struct palette *p = (struct palette *)view_new(app, &palette_face, pn_tr("Find"));
    if (!p)
        return NULL;
    names_want(app);
    if (top)
        list_here(top, p->noun, p->key, p->name, sizeof p->name);
    return &p->view;
}
