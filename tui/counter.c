/* SPDX-License-Identifier: Apache-2.0 */
/* counter.c — the till. Sessions on the left, its tiers under digits, the basket on the right:
 * Enter, 1, 1, Enter, Enter sells and prints two tickets. Order, cash and print are three jobs in a
 * row; each answer starts the next, so a lost connection stops exactly where it stopped. */
#include "config.h"
#include "till.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TIERS_MOST = 9, TICKETS_MOST = 40 };
enum { ASK_SESSIONS = 1, ASK_TIERS, ASK_SUBMIT, ASK_CASH, ASK_PRINT };
typedef enum { AT_SESSION, AT_TIERS, AT_CASH, AT_WORK, AT_DONE } step;

struct counter {
    struct tui_view view;
    struct tui_table *sessions, *tiers;
    int session, top, body;
    bool early; /* Enter came before the sessions did */
    int qty[TIERS_MOST], last[TICKETS_MOST], tickets;
    step step;
    struct tui_edit cash;
    char order[64], order_no[64], due[32], change[32], printed[120], key[3][40];
    char refused[300];
};

/* The first of these columns that the table has: names differ between lists. */
static const char *any(const struct tui_table *t, int row, bool plain, const char *const names[])
{
    for (; *names; names++)
        if (table_col(t, *names) >= 0)
            return plain ? table_plain(t, row, *names) : table_show(t, row, *names);
    return "";
}

static const char *const price_names[] = {"face_price", "price", NULL};
static const char *const left_names[] = {"available", "left", NULL};
static const char *const show_names[] = {"show", "title", NULL};
static const char *const hall_names[] = {"venue", "hall", NULL};

/* Yuan as the library writes them for machines ("1280.00") to fen. */
static int64_t fen(const char *yuan)
{
    int64_t whole = 0, part = 0;
    int digits = 0;
    for (; *yuan >= '0' && *yuan <= '9' && whole < INT64_MAX / 1000; yuan++)
        whole = whole * 10 + (*yuan - '0');
    for (yuan += *yuan == '.'; *yuan >= '0' && *yuan <= '9' && digits < 2; yuan++, digits++)
        part = part * 10 + (*yuan - '0');
    return whole * 100 + (digits == 1 ? part * 10 : part);
}

static int64_t total(const struct counter *c)
{
    int64_t sum = 0;
    for (int i = 0; c->tiers && i < c->tiers->rows && i < TIERS_MOST; i++)
        sum += c->qty[i] * fen(any(c->tiers, i, true, price_names));
    return sum;
}

static void money(char out[32], int64_t amount)
{
    snprintf(out, 32, "%" PRId64 ".%02d", amount / 100, (int)(amount % 100));
}

static void clear_basket(struct counter *c)
{
    memset(c->qty, 0, sizeof c->qty);
    c->tickets = 0;
    edit_set(&c->cash, "");
    *c->order = *c->order_no = *c->change = *c->printed = *c->refused = 0;
    for (int i = 0; i < 3; i++)
        app_key(c->view.app, c->key[i]);
}

/* ---- asking ---- */

static const pn_op *need(struct counter *c, const char *name)
{
    const pn_op *op = app_op(c->view.app, name);
    if (!op)
        snprintf(c->refused, sizeof c->refused, pn_tr("%s is not open to you"), name);
    return op;
}

static void give(struct tui_job *job, const char *column, const char *value)
{
    if (job && *value && pn_type_col(job->op->in, column))
        job_set(job, column, value);
}

static void ask(struct counter *c, struct tui_job *job, int key)
{
    if (job && key >= 0)
        snprintf(job->key, sizeof job->key, "%s", c->key[key]);
    app_ask(&c->view, job);
}

static void load(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    const pn_op *op = need(c, "session.list");
    if (!op)
        return;
    struct tui_job *job = job_new(op, view->id, ASK_SESSIONS);
    job_set(job, "limit", "200");
    if (pn_type_col(op->out, "status"))
        job_set(job, "where", "status=ON_SALE,TAIL,PRESALE,RUNNING start_at>=today");
    if (pn_type_col(op->out, "start_at") && pn_type_col(op->out, "start_at")->flags & PN_SORT)
        job_set(job, "sort", "start_at");
    ask(c, job, -1);
}

static void ask_tiers(struct counter *c)
{
    const pn_op *op = need(c, "tier.list");
    int key = c->sessions ? type_key(c->sessions->type) : -1;
    if (!op || key < 0 || c->session >= c->sessions->rows)
        return;
    const char *by = pn_type_col(op->out, "session_id") ? "session_id" : "session";
    struct tui_job *job = job_new(op, c->view.id, ASK_TIERS);
    if (job)
        job_setf(job, "where", "%s=%s", by, table_at(c->sessions, c->session, key)->plain);
    job_setf(job, "limit", "%d", TIERS_MOST);
    ask(c, job, -1);
}

/* What is in it as JSON, "[]" for nothing; returns how many tiers. */
static int basket(const struct counter *c, char *items, size_t size)
{
    int kinds = 0, tier = c->tiers ? type_key(c->tiers->type) : -1;
    size_t len = (size_t)snprintf(items, size, "[");
    for (int i = 0; tier >= 0 && i < c->tiers->rows && i < TIERS_MOST; i++)
        if (c->qty[i])
            len += (size_t)snprintf(items + len, size - len, "%s{\"tier\":%.30s,\"qty\":%d}",
                                    kinds++ ? "," : "", table_at(c->tiers, i, tier)->plain,
                                    c->qty[i]);
    snprintf(items + len, size - len, "]");
    return kinds;
}

static void ask_submit(struct counter *c)
{
    const pn_op *op = need(c, "order.submit");
    int tier = type_key(c->tiers->type), one = 0;
    char items[1024], due[32];
    if (!op || tier < 0)
        return;
    struct tui_job *job = job_new(op, c->view.id, ASK_SUBMIT);
    int kinds = basket(c, items, sizeof items);
    while (one < TIERS_MOST - 1 && !c->qty[one])
        one++;
    give(job, "session", table_at(c->sessions, c->session, type_key(c->sessions->type))->plain);
    if (kinds == 1) {
        give(job, "tier", table_at(c->tiers, one, tier)->plain);
        job_setf(job, "qty", "%d", c->qty[one]);
    } else {
        give(job, "items", items);
    }
    give(job, "channel", "POS");
    money(due, total(c));
    give(job, "expect_fen", due);
    c->step = AT_WORK;
    ask(c, job, 0);
}

static void ask_cash(struct counter *c)
{
    const pn_op *op = need(c, "payment.cash");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_CASH) : NULL;
    if (!op)
        return;
    give(job, "order", c->order);
    give(job, "tendered_fen", c->cash.len ? c->cash.text : c->due);
    ask(c, job, 1);
}

static void ask_print(struct counter *c)
{
    const pn_op *op = need(c, "ticket.print");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_PRINT) : NULL;
    if (!op) {
        c->step = AT_DONE;
        return;
    }
    give(job, "order", c->order);
    ask(c, job, 2);
}

/* ---- answers ---- */

static void refuse(struct counter *c, const struct tui_job *job)
{
    snprintf(c->refused, sizeof c->refused, "%s%s%.80s", job->message ? job->message : "",
             job->hint ? "  " : "", job->hint ? job->hint : "");
    if (!pn_code_retry(job->code)) /* the next attempt is another request */
        app_key(c->view.app, c->key[job->tag - ASK_SUBMIT]);
    c->step = job->tag == ASK_SUBMIT ? AT_TIERS : job->tag == ASK_CASH ? AT_CASH : AT_DONE;
}

static void take(struct tui_table **to, struct tui_job *job)
{
    table_free(*to);
    *to = job->table;
    job->table = NULL;
}

static void answered(struct counter *c, struct tui_job *job)
{
    const struct tui_table *t = job->table;
    *c->refused = 0;
    if (job->tag == ASK_SUBMIT) {
        int key = t ? type_key(t->type) : -1;
        snprintf(c->order, sizeof c->order, "%s", key < 0 ? "" : table_at(t, 0, key)->plain);
        snprintf(c->order_no, sizeof c->order_no, "%s", t ? table_show(t, 0, "no") : "");
        const char *due = t ? table_plain(t, 0, "payable_fen") : "";
        if (*due)
            snprintf(c->due, sizeof c->due, "%.30s", due);
        ask_cash(c);
    } else if (job->tag == ASK_CASH) {
        snprintf(c->change, sizeof c->change, "%.30s", t ? table_show(t, 0, "change_fen") : "");
        ask_print(c);
    } else {
        snprintf(c->printed, sizeof c->printed, "%s: %.80s", pn_tr("Printed"),
                 t ? table_show(t, 0, "state") : "");
        c->step = AT_DONE;
        ask_tiers(c); /* what is left has changed */
    }
}

static void enter(struct counter *c)
{
    switch (c->step) {
    case AT_SESSION:
        clear_basket(c);
        c->early = !c->sessions;
        ask_tiers(c);
        break;
    case AT_TIERS:
        if (!c->tickets)
            break;
        money(c->due, total(c));
        *c->refused = 0;
        c->step = AT_CASH;
        break;
    case AT_CASH:
        *c->refused = 0;
        if (*c->order) {
            c->step = AT_WORK;
            ask_cash(c);
        } else {
            ask_submit(c);
        }
        break;
    case AT_DONE:
        clear_basket(c);
        c->step = AT_TIERS;
        break;
    case AT_WORK:
        break;
    }
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct counter *c = (struct counter *)view;
    if (job->tag >= ASK_SUBMIT) {
        if (job->code)
            refuse(c, job);
        else
            answered(c, job);
        return;
    }
    if (job->code) {
        app_fail(view->app, job);
        return;
    }
    if (job->tag == ASK_SESSIONS) {
        take(&c->sessions, job);
        if (c->session >= c->sessions->rows)
            c->session = 0;
        if (c->early)
            enter(c);
        return;
    }
    take(&c->tiers, job);
    if (c->step == AT_SESSION)
        c->step = AT_TIERS;
}

/* ---- keys ---- */

static void one_more(struct counter *c, int tier)
{
    if (c->step == AT_DONE)
        enter(c);
    if (c->step != AT_TIERS || !c->tiers || tier >= c->tiers->rows || c->tickets == TICKETS_MOST)
        return;
    c->qty[tier]++;
    c->last[c->tickets++] = tier;
}

static void move(struct counter *c, int by)
{
    int most = c->sessions ? c->sessions->rows - 1 : 0;
    if (c->step != AT_SESSION)
        return;
    c->session += by;
    c->session = c->session > most ? most : c->session;
    c->session = c->session < 0 ? 0 : c->session;
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct counter *c = (struct counter *)view;
    if (action == DO_OPEN)
        enter(c);
    else if (action == DO_UP || action == DO_DOWN)
        move(c, action == DO_UP ? -1 : 1);
    else if (action == DO_PAGE_UP || action == DO_PAGE_DOWN)
        move(c, action == DO_PAGE_UP ? -c->body : c->body);
    else if (action == DO_TIER && c->step != AT_CASH)
        one_more(c, (int)(tui_fold(key) - '1'));
    else if (action == DO_LESS && c->step == AT_TIERS && c->tickets)
        c->qty[c->last[--c->tickets]]--;
}

/* Digits are cash while cash is asked for, tickets before; everything else is the key table's. */
static bool type(struct tui_view *view, uint32_t key)
{
    struct counter *c = (struct counter *)view;
    uint32_t k = tui_fold(key);
    if (c->step == AT_CASH) {
        bool money_key = (k >= '0' && k <= '9') || k == '.' || k >= TK_UP || k < ' ';
        return money_key && edit_key(&c->cash, k);
    }
    if (k >= '1' && k <= '9')
        one_more(c, (int)(k - '1'));
    else if ((k == TK_BACKSPACE || k == '-') && c->step == AT_TIERS && c->tickets)
        c->qty[c->last[--c->tickets]]--;
    return true;
}

/* Esc is a step back while there is one: session ← tiers ← cash. */
static bool back(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    if (c->step == AT_CASH && !*c->order)
        c->step = AT_TIERS;
    else if (c->step == AT_TIERS || c->step == AT_DONE)
        c->step = AT_SESSION;
    else
        return c->step == AT_WORK;
    return true;
}

/* ---- the customer's screen ---- */

/* Not half typed. */
static bool whole_money(const char *text)
{
    static const char digits[] = "0123456789";
    size_t n = strspn(text, digits);
    const char *part = text + n + (text[n] == '.');
    size_t cents = strspn(part, digits);
    return n && n < 9 && cents <= 2 && !part[cents] && (text[n] != '.' || cents);
}

static void tell_customer(struct counter *c)
{
    struct tui_sale sale = {0};
    int key = c->sessions ? type_key(c->sessions->type) : -1;
    if (c->step != AT_SESSION && key >= 0 && c->session < c->sessions->rows && c->tiers) {
        snprintf(sale.session, sizeof sale.session, "%.30s",
                 table_at(c->sessions, c->session, key)->plain);
        (void)basket(c, sale.items, sizeof sale.items);
        if (c->cash.len && whole_money(c->cash.text))
            snprintf(sale.tendered, sizeof sale.tendered, "%.30s", c->cash.text);
        snprintf(sale.order, sizeof sale.order, "%.30s", c->order);
    }
    till_tell(c->view.app, &sale);
}

/* ---- the screen ---- */

static void draw_sessions(struct counter *c, struct tui_canvas *canvas, int top, int rows)
{
    const struct tui_table *t = c->sessions;
    c->body = rows - 1;
    if (c->session < c->top)
        c->top = c->session;
    if (c->session >= c->top + c->body)
        c->top = c->session - c->body + 1;
    row_put(canvas, top, 1, canvas->cols - 2, pn_tr("Sessions on sale"), LOOK_HEAD);
    for (int i = c->top; t && i < t->rows && i < c->top + c->body; i++) {
        int y = top + 1 + i - c->top, x = 2;
        x += row_put(canvas, y, x, 17, table_show(t, i, "start_at"), LOOK_PLAIN) + 2;
        int hall = canvas->cols / 4;
        row_put(canvas, y, x, canvas->cols - x - hall - 3, any(t, i, false, show_names),
                LOOK_PLAIN);
        row_put(canvas, y, canvas->cols - hall - 1, hall, any(t, i, false, hall_names), LOOK_DIM);
        if (i == c->session) {
            row_select(canvas, y, 0, canvas->cols);
            canvas_caret(canvas, y, 0, false);
        }
    }
    if (!t || !t->rows)
        row_put(canvas, top + 2, 2, canvas->cols - 4,
                c->view.pending ? pn_tr("Loading…") : pn_tr("Nothing here"), LOOK_DIM);
}

static void draw_tiers(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    const struct tui_table *t = c->tiers;
    int half = canvas->cols / 2;
    row_put(canvas, y++, 1, half - 2, pn_tr("Tiers"), LOOK_HEAD);
    for (int i = 0; t && i < t->rows && i < TIERS_MOST && y < end; i++, y++) {
        const char *left = any(t, i, false, left_names);
        bool none = !strcmp(left, "0");
        unsigned look = none ? LOOK_DIM : LOOK_PLAIN;
        row_putf(canvas, y, 2, 2, LOOK_LABEL, "%d", i + 1);
        row_put(canvas, y, 4, half - 26, table_show(t, i, "name"), look);
        row_put_right(canvas, y, half - 21, 12, any(t, i, false, price_names), look);
        row_put_right(canvas, y, half - 8, 6, none ? pn_tr("none") : left, look);
    }
}

static int draw_basket(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    int x = canvas->cols / 2 + 1, width = canvas->cols - x - 1;
    char text[32];
    row_put(canvas, y++, x, width, pn_tr("This sale"), LOOK_HEAD);
    for (int i = 0; c->tiers && i < c->tiers->rows && i < TIERS_MOST && y < end - 6; i++) {
        if (!c->qty[i])
            continue;
        row_put(canvas, y, x, width - 16, table_show(c->tiers, i, "name"), LOOK_PLAIN);
        snprintf(text, sizeof text, "x %d", c->qty[i]);
        row_put_right(canvas, y, x, width - 10, text, LOOK_PLAIN);
        money(text, c->qty[i] * fen(any(c->tiers, i, true, price_names)));
        row_put_right(canvas, y++, x, width, text, LOOK_PLAIN);
    }
    money(text, total(c));
    row_put(canvas, y, x, width, pn_tr("To pay"), LOOK_BOLD);
    row_put_right(canvas, y, x, width, text, LOOK_BOLD);
    return y + 2;
}

static void draw_pay(struct counter *c, struct tui_canvas *canvas, int y, int end)
{
    int x = canvas->cols / 2 + 1, width = canvas->cols - x - 1;
    if (c->step == AT_TIERS)
        row_put(canvas, y, x, width,
                c->tickets ? pn_tr("Enter: take the cash") : pn_tr("A digit adds one ticket"),
                LOOK_DIM);
    if (c->step == AT_CASH) {
        int used = row_put(canvas, y, x, 20, pn_tr("Cash"), LOOK_LABEL) + 1;
        edit_draw(&c->cash, canvas, y, x + used, width - used, true);
        row_put(canvas, y + 1, x, width, pn_tr("Empty: exact. Enter sells and prints"),
                LOOK_DIM);
    }
    if (c->step == AT_WORK)
        row_put(canvas, y, x, width, pn_tr("Selling…"), LOOK_WAIT);
    if (*c->order_no && y < end)
        row_putf(canvas, y + 2, x, width, LOOK_PLAIN, "%s %s", pn_tr("Order"), c->order_no);
    if (c->step != AT_DONE)
        return;
    row_putf(canvas, y, x, width, LOOK_GOOD | LOOK_SELECTED, " %s ", pn_tr("Sold"));
    row_putf(canvas, y + 1, x, width, LOOK_BOLD, "%s %s", pn_tr("Change"), c->change);
    row_put(canvas, y + 3, x, width, c->printed, LOOK_GOOD);
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct counter *c = (struct counter *)view;
    int end = top + rows;
    tell_customer(c);
    if (c->step == AT_SESSION) {
        draw_sessions(c, canvas, top, rows);
    } else {
        row_putf(canvas, top, 1, canvas->cols - 2, LOOK_BOLD, "%s  %s",
                 table_show(c->sessions, c->session, "start_at"),
                 any(c->sessions, c->session, false, show_names));
        draw_tiers(c, canvas, top + 2, end);
        int y = draw_basket(c, canvas, top + 2, end);
        draw_pay(c, canvas, y, end);
    }
    if (*c->refused)
        row_putf(canvas, end - 1, 1, canvas->cols - 2, LOOK_BAD, "! %s", c->refused);
}

static void mouse(struct tui_view *view, const struct tui_event *event, int top)
{
    struct counter *c = (struct counter *)view;
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        move(c, event->mouse == MOUSE_WHEEL_UP ? -1 : 1);
    } else if (event->mouse == MOUSE_PRESS && c->step == AT_SESSION && event->row > top) {
        int row = c->top + event->row - top - 1;
        bool again = row == c->session;
        move(c, row - c->session);
        if (again)
            enter(c);
    } else if (event->mouse == MOUSE_PRESS && event->row > top + 2) {
        one_more(c, event->row - top - 3);
    }
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    const struct tui_table *t = ((struct counter *)view)->sessions;
    facts_open(facts, "sessions", pn_tr("Session"));
    for (int i = 0; t && i < t->rows; i++) {
        facts_item(facts);
        facts_row(facts, t, i, true);
        facts_done(facts);
    }
    facts_close(facts);
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    (void)view;
    snprintf(text, size, "counter");
}

static void free_counter(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    table_free(c->sessions);
    table_free(c->tiers);
    edit_free(&c->cash);
    till_tell(view->app, &(struct tui_sale){0});
}

static const struct tui_face counter_face = {
    .scope = SCOPE_COUNTER,
    .size = sizeof(struct counter),
    .draw = draw,
    .act = act,
    .type = type,
    .mouse = mouse,
    .back = back,
    .load = load,
    .done = done,
    .tell = tell,
    .command = command,
    .free = free_counter,
};

struct tui_view *counter_new(struct tui_app *app)
{
    struct counter *c = (struct counter *)view_new(app, &counter_face, pn_tr("Counter"));
    if (c)
        clear_basket(c);
    return c ? &c->view : NULL;
}
