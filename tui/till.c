/* SPDX-License-Identifier: Apache-2.0 */
/* till.c — the customer's screen, `piaoniu display --till 03` on whatever machine: what the counter
 * of that till tells goes through the database. It is looked at when it changes, and now and then
 * all the same. While the database cannot be reached nothing is shown: the sale that was on it may
 * be over. */
#include "config.h"
#include "qr.h"
#include "till.h"

#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 10000, POLL_MS = 1000 };

/* ---- told by the counter ---- */

/* One thing is told at a time; what changed meanwhile is told next, whatever lay between is not. */
static struct { struct tui_sale want, told; bool asking, unsure; } counter = {.unsure = true};

static void tell_now(struct tui_app *app);

static void was_told(struct tui_app *app, struct tui_job *job)
{
    counter.asking = false;
    counter.unsure = job->code == PN_EDATABASE || job->code == PN_EAMBIGUOUS;
    if (job->code && !counter.unsure)
        app_fail(app, job);
    tell_now(app);
}

static void tell_now(struct tui_app *app)
{
    const struct tui_sale *s = &counter.want;
    const pn_op *op = app_op(app, "till.tell");
    bool new = counter.unsure || memcmp(s, &counter.told, sizeof *s) != 0;
    struct tui_job *job = op && new && !counter.asking && !app->live.offline ? job_new(op, 0, 0)
                                                                             : NULL;
    if (!job)
        return;
    job_set(job, "till", app->till);
    if (*s->session) {
        job_set(job, "session", s->session);
        job_set(job, "items", s->items);
    }
    if (*s->tendered)
        job_set(job, "tendered_fen", s->tendered);
    if (*s->order)
        job_set(job, "order", s->order);
    job->answer = was_told;
    counter.told = *s;
    counter.asking = true;
    counter.unsure = false;
    app_post(app, job);
}

void till_tell(struct tui_app *app, const struct tui_sale *sale)
{
    if (!app->till)
        return;
    counter.want = *sale;
    tell_now(app);
}

/* ---- the screen ---- */

struct display {
    struct tui_view view;
    char till[64], refused[300];
    struct tui_table *sale; /* NULL: not known yet */
};

static void load(struct tui_view *view)
{
    struct display *d = (struct display *)view;
    const struct tui_app *app = view->app;
    const pn_op *op = app_op(app, "till.show");
    if (!op) {
        snprintf(d->refused, sizeof d->refused, "%s",
                 app->who && app->who->signed_in
                     ? pn_tr("This account may not see tills: give it till.show")
                     : pn_tr("Nobody is signed in: start it with --token-file FILE"));
        return;
    }
    struct tui_job *job = job_new(op, view->id, 0);
    job_set(job, "till", d->till);
    app_ask(view, job);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct display *d = (struct display *)view;
    if (job->code == PN_EDATABASE)
        return;
    table_free(d->sale);
    d->sale = job->table;
    job->table = NULL;
    snprintf(d->refused, sizeof d->refused, "%s",
             !job->code ? "" : job->message ? job->message : pn_code_text(job->code));
}

/* Its own till, and the order that is being paid there. */
static int hear(struct tui_view *view, const char *noun, int64_t id)
{
    const struct display *d = (const struct display *)view;
    const char *mine = table_plain(d->sale, 0, "id"), *order = table_plain(d->sale, 0, "order_id");
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)id);
    if (!strcmp(noun, "till"))
        return !id || !d->sale || !*mine || !strcmp(mine, text) ? HEAR_SOON : HEAR_NOTHING;
    if (!d->sale || !*order)
        return HEAR_NOTHING;
    if (!strcmp(noun, "order"))
        return !id || !strcmp(order, text) ? HEAR_SOON : HEAR_NOTHING;
    return strcmp(noun, "payment") != 0 ? HEAR_NOTHING : HEAR_SOON;
}

/* A part of the screen's width. */
struct strip { struct tui_canvas *canvas; int left, width; };

static void draw_items(const struct tui_table *t, const struct strip *s, int *y, int end)
{
    int col = table_col(t, "items");
    const struct tui_table *items = col >= 0 && t->sub ? t->sub[col] : NULL;
    for (int i = 0; items && i < items->rows && *y < end; i++, ++*y) {
        char number[32];
        snprintf(number, sizeof number, "x %.20s", table_show(items, i, "qty"));
        row_put(s->canvas, *y, s->left, s->width - 19, table_show(items, i, "name"), LOOK_PLAIN);
        row_put_right(s->canvas, *y, s->left, s->width - 13, number, LOOK_PLAIN);
        row_put_right(s->canvas, *y, s->left, s->width, table_show(items, i, "amount_fen"),
                      LOOK_PLAIN);
    }
}

static void draw_sum(const struct strip *s, int y, const char *label, const char *text,
                     unsigned look)
{
    row_fill(s->canvas, y, s->left, s->width, look);
    row_put(s->canvas, y, s->left, s->width - 13, label, look);
    row_put_right(s->canvas, y, s->left, s->width, text, look);
}

/* Returns the line below. */
static int draw_sale(const struct tui_table *t, const struct strip *s, int y, int end)
{
    const char *tendered = table_show(t, 0, "tendered_fen");
    bool paid = !strcmp(table_plain(t, 0, "screen"), "PAID");
    row_put_centre(s->canvas, y++, s->left, s->width, table_show(t, 0, "show"), LOOK_BOLD);
    row_put_centre(s->canvas, y++, s->left, s->width, table_show(t, 0, "start_at"), LOOK_BOLD);
    y++;
    draw_items(t, s, &y, end - 6);
    if (*table_plain(t, 0, "qty"))
        draw_sum(s, ++y, paid ? pn_tr("Paid") : pn_tr("To pay"), table_show(t, 0, "payable_fen"),
                 LOOK_BOLD | LOOK_SELECTED), y += 2;
    if (*tendered)
        draw_sum(s, y++, pn_tr("Given"), tendered, LOOK_PLAIN);
    if (paid && *tendered)
        draw_sum(s, y++, pn_tr("Change"), table_show(t, 0, "change_fen"), LOOK_GOOD);
    if (paid)
        row_put_centre(s->canvas, ++y, s->left, s->width, pn_tr("Thank you"), LOOK_GOOD);
    return y + 1;
}

/* ---- the code to pay by ---- */

enum { BESIDE = 36 }; /* columns of the sale when the code stands beside it */

/* How the payer is told whose code it is. */
static void draw_whose(const struct tui_table *t, const struct strip *s, int y)
{
    row_putf(s->canvas, y, s->left, s->width, LOOK_BOLD, "%s  %s", pn_tr("Scan to pay"),
             table_show(t, 0, "method"));
}

/* A larger part of it may be dirty or glaring where there is room for that. False: no room. */
static bool draw_code(const struct tui_table *t, struct tui_canvas *canvas, int top, int rows)
{
    static const char levels[] = "ML";
    static pn_qr code; /* too large for a stack */
    const char *text = table_plain(t, 0, "qr");
    struct strip side = {canvas, 1, BESIDE - 2}, all = {canvas, 1, canvas->cols - 2};
    for (const char *l = levels; *l; l++)
        if (pn_qr_make(text, *l, &code) &&
            qr_draw(canvas, top, rows, BESIDE, canvas->cols - BESIDE, &code)) {
            draw_whose(t, &side, draw_sale(t, &side, top + 1, top + rows));
            return true;
        }
    for (const char *l = levels; *l; l++)
        if (pn_qr_make(text, *l, &code) &&
            qr_draw(canvas, top + 1, rows - 1, 0, canvas->cols, &code)) {
            draw_whose(t, &all, top);
            row_put_right(canvas, top, 1, canvas->cols - 2, table_show(t, 0, "payable_fen"),
                          LOOK_BOLD);
            return true;
        }
    int need_rows = 0, need_cols = 0;
    if (pn_qr_make(text, 'L', &code)) {
        qr_need(&code, &need_rows, &need_cols);
        row_putf(canvas, top + rows - 1, 1, canvas->cols - 2, LOOK_BAD,
                 pn_tr("Enlarge this to %d x %d for the code"), need_cols,
                 need_rows + canvas->rows - rows + 1);
    } else {
        row_put(canvas, top + rows - 1, 1, canvas->cols - 2,
                pn_tr("The code cannot be drawn: please pay at the counter"), LOOK_BAD);
    }
    return false;
}

/* Whoever ended may not have been able to say so. */
static void look_again(struct display *d)
{
    struct tui_view *view = &d->view;
    int64_t again = view->answered + AGAIN_MS;
    view->due = 0;
    if (!view->answered || view->pending || view->app->live.offline)
        return;
    if (tui_clock() >= again)
        load(view);
    else
        view->due = again;
}

static void draw_all(const struct tui_table *t, struct tui_canvas *canvas, int top, int rows)
{
    struct strip s = {canvas, canvas->cols / 8, canvas->cols - 2 * (canvas->cols / 8)};
    if (!*table_plain(t, 0, "qr") || !draw_code(t, canvas, top, rows))
        (void)draw_sale(t, &s, top + 2, top + rows - 1);
}

/* What is said while nothing is sold. */
static const char *words_of(const struct display *d)
{
    return d->view.app->live.offline ? pn_tr("One moment, please")
           : *d->refused             ? d->refused
                                     : pn_tr("Welcome");
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct display *d = (struct display *)view;
    look_again(d);
    if (!view->app->live.offline && !*d->refused && *table_plain(d->sale, 0, "show"))
        draw_all(d->sale, canvas, top, rows);
    else if (d->sale || *d->refused || view->app->live.offline)
        row_put_centre(canvas, top + rows / 2, 0, canvas->cols, words_of(d), LOOK_BOLD);
}

/* No key of the customer's does anything. */
static bool type(struct tui_view *view, uint32_t key)
{
    (void)view;
    (void)key;
    return true;
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    const struct display *d = (const struct display *)view;
    bool sells = !view->app->live.offline && !*d->refused && *table_plain(d->sale, 0, "show");
    facts_some(facts, "till", pn_tr("Till"), d->till);
    if (sells)
        facts_row(facts, d->sale, 0, false);
    else
        facts_some(facts, "words", pn_tr("Message"), words_of(d));
}

static void free_display(struct tui_view *view)
{
    table_free(((struct display *)view)->sale);
}

static const struct tui_face display_face = {
    .scope = SCOPE_DISPLAY, .size = sizeof(struct display), .fresh_ms = POLL_MS, .draw = draw,
    .type = type, .load = load, .done = done, .hear = hear, .tell = tell, .free = free_display,
};

struct tui_view *display_new(struct tui_app *app, const char *till)
{
    struct display *d = till && *till ? (struct display *)view_new(app, &display_face, till) : NULL;
    if (d)
        snprintf(d->till, sizeof d->till, "%s", till);
    return d ? &d->view : NULL;
}
