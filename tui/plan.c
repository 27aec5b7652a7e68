/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c — one operation over many rows: what it would do to each (a dry run); Enter;
 * what it did to each. Rows are independent: one refusal stops nobody else, Esc stops between two
 * rows, and a row keeps its idempotency key, so that an answer that was lost is found again. */
#include "config.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>

enum { DRY = 1 << 20 };
typedef enum { PLANNING, PLANNED, RUNNING, DONE } phase;
typedef enum { OPEN, CAN, CANNOT, GOOD, BAD } fate;

struct item {
    char key[64], name[200], once[40], words[240];
    fate fate;
};

struct plan {
    struct tui_view view;
    struct tui_list *list; /* below us on the stack, so it lives longer */
    const pn_op *op;
    struct item *item;
    int items, next, at, top, body;
    phase phase;
    bool stop;
    char reason[200];
};

static int count(const struct plan *n, fate of)
{
    int sum = 0;
    for (int i = 0; i < n->items; i++)
        sum += n->item[i].fate == of;
    return sum;
}

/* The next row that waits for its turn, or the end of the phase. */
static void step(struct plan *n)
{
    fate wanted = n->phase == PLANNING ? OPEN : CAN;
    while (n->next < n->items && n->item[n->next].fate != wanted)
        n->next++;
    if (n->next == n->items || (n->stop && n->phase == RUNNING)) {
        n->phase = n->phase == PLANNING ? PLANNED : DONE;
        return;
    }
    struct item *item = &n->item[n->next];
    bool dry = n->phase == PLANNING;
    struct tui_job *job = job_new(n->op, n->view.id, n->next | (dry ? DRY : 0));
    if (job) {
        job->dry = dry;
        if (!dry)
            snprintf(job->key, sizeof job->key, "%s", item->once);
    }
    job_set(job, n->op->in->cols[type_key(n->op->in)].name, item->key);
    if (*n->reason)
        job_set(job, "reason", n->reason);
    app_ask(&n->view, job);
}

static void load(struct tui_view *view)
{
    struct plan *n = (struct plan *)view;
    if (n->phase == PLANNING && !view->pending)
        step(n);
}

/* What became of the row: the word of its state. */
static void tell(struct item *item, const struct tui_table *t)
{
    static const char *const names[] = {"state", "status"};
    *item->words = 0;
    for (size_t i = 0; t && t->rows && i < 2 && !*item->words; i++)
        snprintf(item->words, sizeof item->words, "%s", table_show(t, 0, names[i]));
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct plan *n = (struct plan *)view;
    int index = job->tag & ~DRY;
    bool dry = job->tag & DRY;
    if (index >= n->items)
        return;
    struct item *item = &n->item[index];
    if (pn_code_retry(job->code)) { /* without an answer: the same request once more, later */
        app_fail(view->app, job);
        n->phase = dry ? PLANNING : PLANNED;
        return;
    }
    item->fate = job->code ? dry ? CANNOT : BAD : dry ? CAN : GOOD;
    if (job->code)
        snprintf(item->words, sizeof item->words, "%s%s%.100s",
                 job->message ? job->message : pn_code_text(job->code), job->hint ? "  " : "",
                 job->hint ? job->hint : "");
    else
        tell(item, job->table);
    if (item->fate == GOOD)
        mark_drop(n->list, item->key);
    n->next = index + 1;
    step(n);
}

/* ---- the screen ---- */

static const char *const phases[] = {N_("Looking at each row…"), N_("Enter does it, Esc does not"),
                                     N_("At work: Esc stops after this row"), N_("Finished")};

static void draw_item(const struct plan *n, struct tui_canvas *canvas, int y, int i, int name)
{
    static const struct { const char *sign; unsigned look; } signs[] = {
        [OPEN] = {" ", LOOK_DIM}, [CAN] = {">", LOOK_PLAIN}, [CANNOT] = {"!", LOOK_WAIT},
        [GOOD] = {"+", LOOK_GOOD}, [BAD] = {"!", LOOK_BAD},
    };
    const struct item *item = &n->item[i];
    row_put(canvas, y, 1, 1, signs[item->fate].sign, signs[item->fate].look);
    row_put(canvas, y, 3, name, item->name, LOOK_PLAIN);
    row_put(canvas, y, 5 + name, canvas->cols - name - 6, item->words, signs[item->fate].look);
    if (i == n->at) {
        row_select(canvas, y, 0, canvas->cols);
        canvas_caret(canvas, y, 0, false);
    }
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct plan *n = (struct plan *)view;
    int name = 12;
    bool after = n->phase == RUNNING || n->phase == DONE;
    for (int i = 0; i < n->items; i++) {
        int w = tui_text_width(n->item[i].name);
        name = w > name ? w : name;
    }
    name = name > canvas->cols / 2 ? canvas->cols / 2 : name;
    row_put(canvas, top, 1, canvas->cols - 2, pn_tr(n->op->brief), LOOK_HEAD);
    row_putf(canvas, top + 1, 1, canvas->cols - 2, LOOK_BOLD,
             after ? pn_tr("%d rows: %d done, %d refused, %d to do")
                   : pn_tr("%d rows: %d can be done, %d cannot"),
             n->items, after ? count(n, GOOD) : count(n, CAN),
             after ? count(n, BAD) + count(n, CANNOT) : count(n, CANNOT), count(n, CAN));
    if (*n->reason)
        row_putf(canvas, top + 2, 1, canvas->cols - 2, LOOK_DIM, "%s: %s", pn_tr("Reason"),
                 n->reason);
    n->body = rows - 5;
    if (n->at < n->top)
        n->top = n->at;
    if (n->at >= n->top + n->body)
        n->top = n->at - n->body + 1;
    for (int i = n->top; i < n->items && i < n->top + n->body; i++)
        draw_item(n, canvas, top + 4 + i - n->top, i, name);
    row_put(canvas, top + rows - 1, 1, canvas->cols - 2, pn_tr(phases[n->phase]),
            n->phase == PLANNED && n->op->flags & PN_DANGER ? LOOK_BAD : LOOK_WAIT);
}

/* ---- keys ---- */

static void leave(struct plan *n)
{
    struct tui_view *list = &n->list->view;
    bool changed = count(n, GOOD) > 0;
    app_pop(n->view.app);
    if (changed)
        list->face->load(list);
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct plan *n = (struct plan *)view;
    int to = n->at;
    (void)key;
    if (action == DO_OPEN && n->phase == PLANNED && count(n, CAN)) {
        n->phase = RUNNING;
        n->next = 0;
        step(n);
    } else if (action == DO_OPEN && (n->phase == DONE || n->phase == PLANNED)) {
        leave(n);
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
    if (n->phase == RUNNING)
        n->stop = true;
    else
        leave(n);
    return true;
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    (void)top;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN)
        act(view, event->mouse == MOUSE_WHEEL_UP ? DO_UP : DO_DOWN, 0);
}

static void plain(struct tui_view *view, FILE *out)
{
    struct plan *n = (struct plan *)view;
    for (int i = 0; i < n->items; i++)
        fprintf(out, "%d %s: %s\n", i + 1, n->item[i].name, n->item[i].words);
}

static void free_plan(struct tui_view *view)
{
    free(((struct plan *)view)->item);
}

static const struct tui_face plan_face = {
    .scope = SCOPE_PLAN, .size = sizeof(struct plan), .draw = draw, .act = act, .mouse = mouse,
    .back = back, .load = load, .done = done, .plain = plain, .free = free_plan,
};

struct tui_view *plan_new(struct tui_list *list, const pn_op *op, const char *reason)
{
    struct tui_app *app = list->view.app;
    struct plan *n = (struct plan *)view_new(app, &plan_face, pn_tr("Plan for marked rows"));
    if (!n)
        return NULL;
    n->item = calloc((size_t)list->marks + 1, sizeof *n->item);
    if (!n->item) {
        free(n);
        return NULL;
    }
    n->list = list;
    n->op = op;
    snprintf(n->reason, sizeof n->reason, "%s", reason);
    for (int i = 0; i < list->marks; i++) {
        struct item *item = &n->item[n->items++];
        snprintf(item->key, sizeof item->key, "%s", list->mark[i].key);
        snprintf(item->name, sizeof item->name, "%s", list->mark[i].name);
        app_key(app, item->once);
    }
    return &n->view;
}
