/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c — one operation over many rows: the rows are found (marks, or everything a filter leaves),
 * each is tried in a dry run, and only then, after Enter and perhaps the sum typed, it is done.
 * Rows are independent: one refusal stops nobody else, and a row keeps its idempotency key, so that
 * an answer that was lost is found again. The server does them (afar.c); what only this machine can
 * do is done from here, and Esc stops it between two rows. */
#include "config.h"
#include "plan.h"
#include "bulk.h"
#include "grid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DRY = 1 << 24, GATHER = 1 << 25, GATHER_ROWS = 1000 };

bool plan_add(struct tui_view *view, const char *key, const char *name, int64_t fen)
{
    struct plan *n = (struct plan *)view;
    if (n->items == n->room) {
        int room = n->room ? n->room * 2 : 64;
        struct plan_item *more = reallocarray(n->item, (size_t)room, sizeof *more);
        if (!more)
            return false;
        n->item = more;
        n->room = room;
    }
    struct plan_item *item = &n->item[n->items++];
    *item = (struct plan_item){.fen = fen};
    snprintf(item->key, sizeof item->key, "%s", key);
    snprintf(item->name, sizeof item->name, "%s", name);
    app_key(n->view.app, item->once);
    return true;
}

/* ---- finding the rows ---- */

static void gather(struct plan *n, const char *after)
{
    const struct tui_list *list = n->list;
    struct tui_job *job = job_new(list->op, n->view.id, GATHER);
    list_filter(list, job);
    job_set(job, "after", after);
    job_setf(job, "limit", "%d", GATHER_ROWS);
    app_ask(&n->view, job);
}

static void refuse(struct plan *n, const char *words)
{
    struct tui_app *app = n->view.app;
    char text[300];
    snprintf(text, sizeof text, "%s", words);
    app_pop(app);
    app_say(app, LOOK_BAD, "! %s", text);
}

static void gathered(struct plan *n, struct tui_job *job)
{
    const struct tui_table *t = job->table;
    int key = t ? type_key(t->type) : -1;
    const pn_col *money = pn_count_money(n->list->op);
    char name[200], words[200];
    if (job->code || key < 0) {
        refuse(n, job->message ? job->message : pn_code_text(job->code));
        return;
    }
    for (int r = 0; r < t->rows; r++) {
        const char *id = table_at(t, r, key)->plain;
        if (!mark_has(n->list, id))
            continue;
        mark_name(name, sizeof name, n->view.app->who, t, r);
        if (!plan_add(&n->view, id, name, bulk_fen(money ? table_plain(t, r, money->name) : ""))) {
            refuse(n, pn_code_text(PN_EMEM));
            return;
        }
        typed_gather(n, &n->item[n->items - 1], t, r);
    }
    if (n->items > n->view.app->limits.rows_max) {
        snprintf(words, sizeof words, pn_tr("More than %lld rows: narrow the filter"),
                 (long long)n->view.app->limits.rows_max);
        refuse(n, words);
    } else if (t->next) {
        gather(n, t->next);
    } else {
        n->phase = PLANNING;
        plan_step(&n->view);
    }
}

/* ---- one row after another ---- */

struct tui_job *plan_job(struct plan *n, const struct plan_item *item, int tag)
{
    struct tui_job *job = job_new(n->op, n->view.id, tag);
    job_set(job, n->row->name, item->key);
    for (int i = 0; i < n->sames; i++)
        if (*n->same[i].text)
            job_set(job, n->same[i].col->name, n->same[i].text);
    if (*n->reason && pn_type_col(n->op->in, "reason"))
        job_set(job, "reason", n->reason);
    typed_give(n, item, job);
    return job;
}

void plan_over(struct plan *n)
{
    n->phase = FINISHED;
    if (n->givens)
        typed_done(n);
    else
        bulk_done(n);
}

/* The next row that waits for its turn, or the end of the phase. */
void plan_step(struct tui_view *view)
{
    struct plan *n = (struct plan *)view;
    for (int i = 0; n->phase == PLANNING && n->op->flags & PN_LOCAL && i < n->items; i++)
        n->item[i].fate = ITEM_CAN; /* a printer prints in a dry run, too: it is not tried */
    plan_fate wanted = n->phase == PLANNING ? ITEM_OPEN : ITEM_CAN;
    while (n->next < n->items && n->item[n->next].fate != wanted)
        n->next++;
    if (n->next == n->items || (n->stop && n->phase == RUNNING)) {
        if (n->phase == PLANNING)
            n->phase = PLANNED;
        else
            plan_over(n);
        return;
    }
    struct plan_item *item = &n->item[n->next];
    bool dry = n->phase == PLANNING;
    struct tui_job *job = plan_job(n, item, n->next | (dry ? DRY : 0));
    if (job) {
        job->dry = dry;
        if (!dry)
            snprintf(job->key, sizeof job->key, "%s", item->once);
    }
    app_ask(&n->view, job);
}

static void load(struct tui_view *view)
{
    struct plan *n = (struct plan *)view;
    if (view->pending)
        return;
    if (n->phase == GATHERING)
        gather(n, NULL);
    else if (n->phase == PLANNING)
        plan_step(view);
}

/* What became of the row: the word of its state. */
static void tell(struct plan_item *item, const struct tui_table *t)
{
    static const char *const names[] = {"state", "status"};
    *item->words = 0;
    for (size_t i = 0; t && t->rows && i < 2 && !*item->words; i++)
        snprintf(item->words, sizeof item->words, "%s", table_show(t, 0, names[i]));
}

static void hear(struct plan *n, const char *titles)
{
    while (titles && *titles) {
        char title[80];
        int i = 0;
        snprintf(title, sizeof title, "%.*s", (int)strcspn(titles, ","), titles);
        titles += strcspn(titles, ",");
        titles += *titles == ',';
        while (i < n->hearers && strcmp(n->hearer[i].title, title) != 0)
            i++;
        if (i == HEARERS_MOST)
            return;
        if (i == n->hearers)
            snprintf(n->hearer[n->hearers++].title, sizeof title, "%s", title);
        n->hearer[i].rows++;
    }
}

/* What is done to a row by another noun has an amount of its own: the refund's, not the order's. */
static void weigh(struct plan *n, struct plan_item *item, const struct tui_table *t)
{
    for (int c = 0; t && t->rows && c < t->cols; c++) {
        const pn_col *col = &t->type->cols[c];
        if (col->kind != PN_K_MONEY || (col->flags & (PN_BRIEF | PN_EACH)) != PN_BRIEF)
            continue;
        item->fen = bulk_fen(table_at(t, 0, c)->plain);
        n->money = true;
        return;
    }
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct plan *n = (struct plan *)view;
    int index = job->tag & ~DRY;
    bool dry = job->tag & DRY;
    if (job->tag >= PLAN_AFAR) {
        afar_done(n, job);
        return;
    }
    if (job->tag & GATHER) {
        gathered(n, job);
        return;
    }
    if (index >= n->items)
        return;
    struct plan_item *item = &n->item[index];
    if (pn_code_retry(job->code)) { /* without an answer: the same request once more, later */
        app_fail(view->app, job);
        n->phase = dry ? PLANNING : PLANNED;
        return;
    }
    item->fate = job->code ? dry ? ITEM_CANNOT : ITEM_BAD : dry ? ITEM_CAN : ITEM_GOOD;
    if (job->code)
        snprintf(item->words, sizeof item->words, "%s%s%.100s",
                 job->message ? job->message : pn_code_text(job->code), job->hint ? "  " : "",
                 job->hint ? job->hint : "");
    else
        tell(item, job->table);
    if (dry && !job->code)
        hear(n, job->hearers);
    if (dry && !job->code && !(n->row->flags & PN_KEY))
        weigh(n, item, job->table);
    n->next = index + 1;
    plan_step(view);
}

/* ---- keys ---- */

/* What was not done stays marked; what the server still has to do does not. */
void plan_leave(struct plan *n)
{
    struct tui_app *app = n->view.app;
    struct tui_list *list = n->list;
    bool on = n->phase == RUNNING, changed = plan_count(n, ITEM_GOOD) > 0 || on;
    if (list && changed)
        mark_clear(list);
    for (int i = 0; list && changed && i < n->items; i++)
        if (n->item[i].fate != ITEM_GOOD && !(on && n->item[i].fate == ITEM_CAN))
            mark_add(list, n->item[i].key, n->item[i].name, n->item[i].fen);
    app_pop(app);
    if (changed)
        app_reload(app);
    if (on)
        app_say(app, LOOK_GOOD, "%s", pn_tr("The server goes on with it: J shows how far it is"));
}

static void begin(struct tui_app *app, void *who, const char *text)
{
    struct plan *n = who;
    (void)app;
    (void)text;
    n->phase = RUNNING;
    n->next = 0;
    n->afar = afar_can(n);
    if (n->afar)
        afar_begin(n);
    else
        plan_step(&n->view);
}

/* The sum, or the number of rows, as it was to be typed: blanks and commas do not matter. */
static void typed(struct tui_app *app, void *who, const char *text)
{
    struct plan *n = who;
    int64_t fen = plan_fen(n, ITEM_CAN);
    bool by_sum = n->money && fen > app->limits.type_fen;
    bool right = by_sum ? bulk_fen(text) == fen
                        : strtoll(text, NULL, 10) == plan_count(n, ITEM_CAN);
    if (right && *text)
        begin(app, who, text);
    else
        app_say(app, LOOK_BAD, "! %s", by_sum ? pn_tr("That is not the sum: nothing was done")
                                              : pn_tr("That is not the number of rows"));
}

static void confirm(struct plan *n)
{
    struct tui_app *app = n->view.app;
    int can = plan_count(n, ITEM_CAN);
    int64_t fen = plan_fen(n, ITEM_CAN);
    char sum[40], label[200];
    bool real;
    const char *place = app_place(app, &real);
    plan_money(fen, sum);
    if (n->money && fen > app->limits.type_fen) {
        snprintf(label, sizeof label, pn_tr("Type the sum, %s, to go on"), sum);
        prompt_open(app, '>', label, "", typed, n);
        prompt_strict(app);
    } else if (can > app->limits.type_rows) {
        snprintf(label, sizeof label, pn_tr("Type the number of rows, %d, to go on"), can);
        prompt_open(app, '>', label, "", typed, n);
        prompt_strict(app);
    } else if (n->op->flags & PN_DANGER) {
        snprintf(label, sizeof label, pn_tr("%.80s: %d rows%s%.30s?"), pn_tr(n->op->brief), can,
                 *place ? ", " : "", place);
        prompt_open(app, '?', label, "", begin, n);
    } else {
        begin(app, n, "");
    }
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct plan *n = (struct plan *)view;
    int to = n->at;
    (void)key;
    if (action == DO_OPEN && n->phase == PLANNED && plan_count(n, ITEM_CAN)) {
        confirm(n);
    } else if (action == DO_OPEN && (n->phase == FINISHED || n->phase == PLANNED)) {
        plan_leave(n);
        return;
    } else if (action == DO_CLEAR && n->phase == RUNNING) {
        n->stop = true;
        if (n->afar)
            afar_stop(n);
    } else if (action == DO_UNDO && n->phase == FINISHED) {
        struct tui_app *app = view->app;
        struct tui_list *list = n->list;
        plan_leave(n);
        if (!list || !typed_undo(list))
            undo_do(app);
        return;
    }
    to += action == DO_UP          ? -1
          : action == DO_DOWN      ? 1
          : action == DO_PAGE_UP   ? -n->body
          : action == DO_PAGE_DOWN ? n->body
                                   : 0;
    to = to >= n->items ? n->items - 1 : to;
    n->at = to < 0 ? 0 : to;
}

static bool back(struct tui_view *view)
{
    struct plan *n = (struct plan *)view;
    if (n->phase == RUNNING && !n->afar)
        n->stop = true;
    else if (n->phase != RUNNING || *n->work)
        plan_leave(n);
    else /* as soon as the server has it */
        n->leaving = true;
    return true;
}

static void look(struct tui_view *view)
{
    afar_look((struct plan *)view);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    (void)top;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN)
        act(view, event->mouse == MOUSE_WHEEL_UP ? DO_UP : DO_DOWN, 0);
}

static void free_plan(struct tui_view *view)
{
    struct plan *n = (struct plan *)view;
    for (int i = 0; i < n->items; i++) {
        free(n->item[i].values);
        free(n->item[i].before);
    }
    free(n->item);
}

static bool busy(const struct tui_view *view)
{
    const struct plan *n = (const struct plan *)view;
    return n->phase == RUNNING && !n->nobody;
}

static const struct tui_face plan_face = {
    .scope = SCOPE_PLAN, .size = sizeof(struct plan), .draw = plan_draw, .act = act,
    .mouse = mouse, .back = back, .load = load, .done = done, .tell = plan_tell, .free = free_plan,
    .busy = busy, .hear = afar_hear, .look = look, .tick = look,
};

struct tui_view *plan_new(struct tui_app *app, const pn_op *op, const char *reason,
                          struct tui_list *list)
{
    struct plan *n = (struct plan *)view_new(app, &plan_face, pn_tr("Plan for marked rows"));
    if (!n || !view_names(op, list ? list->op->noun : op->noun)) {
        free(n);
        return NULL;
    }
    n->list = list;
    n->op = op;
    n->row = view_names(op, list ? list->op->noun : op->noun);
    for (; list && op == list->many && n->sames < list->sames; n->sames++)
        n->same[n->sames] = list->same[n->sames];
    n->money = list && pn_count_money(list->op);
    n->phase = list && list->all ? GATHERING : PLANNING;
    snprintf(n->reason, sizeof n->reason, "%s", reason);
    app_key(app, n->once);
    for (int i = 0; list && !list->all && i < list->marks; i++) {
        const struct tui_mark *m = &list->mark[i];
        if (plan_add(&n->view, m->key, m->name, m->fen))
            continue;
        free(n->item);
        free(n);
        return NULL;
    }
    return &n->view;
}
