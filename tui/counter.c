/* SPDX-License-Identifier: Apache-2.0 */
/* counter.c — the till. Sessions on the left, its tiers under digits, the basket on the right:
 * Enter, 1, 1, Enter, Enter sells and prints two tickets. Order, money and print are jobs in a row;
 * each answer starts the next, so a lost connection stops exactly where it stopped. */
#include "config.h"
#include "counter.h"
#include "till.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void clear_basket(struct counter *c)
{
    memset(c->qty, 0, sizeof c->qty);
    c->tickets = 0;
    edit_set(&c->cash, "");
    *c->order = *c->order_no = *c->change = *c->printed = *c->refused = 0;
    *c->method = *c->payer = *c->payment = 0;
    c->view.due = 0;
    for (int i = 0; i < KEYS; i++)
        app_key(c->view.app, c->key[i]);
}

/* ---- asking ---- */

const pn_op *counter_need(struct counter *c, const char *name)
{
    const pn_op *op = app_op(c->view.app, name);
    if (!op)
        snprintf(c->refused, sizeof c->refused, pn_tr("%s is not open to you"), name);
    return op;
}

void counter_give(struct tui_job *job, const char *column, const char *value)
{
    if (job && *value && pn_type_col(job->op->in, column))
        job_set(job, column, value);
}

void counter_ask(struct counter *c, struct tui_job *job)
{
    if (job && job->tag >= ASK_SUBMIT && job->tag <= ASK_CODE)
        snprintf(job->key, sizeof job->key, "%s", c->key[job->tag - ASK_SUBMIT]);
    app_ask(&c->view, job);
}

static void load(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    const pn_op *op = counter_need(c, "session.list");
    if (!op)
        return;
    struct tui_job *job = job_new(op, view->id, ASK_SESSIONS);
    job_set(job, "limit", "200");
    if (pn_type_col(op->out, "status"))
        job_set(job, "where", "status=ON_SALE,TAIL,PRESALE,RUNNING start_at>=today");
    if (pn_type_col(op->out, "start_at") && pn_type_col(op->out, "start_at")->flags & PN_SORT)
        job_set(job, "sort", "start_at");
    counter_ask(c, job);
}

static void ask_tiers(struct counter *c)
{
    const pn_op *op = counter_need(c, "tier.list");
    int key = c->sessions ? type_key(c->sessions->type) : -1;
    if (!op || key < 0 || c->session >= c->sessions->rows)
        return;
    const char *by = pn_type_col(op->out, "session_id") ? "session_id" : "session";
    struct tui_job *job = job_new(op, c->view.id, ASK_TIERS);
    if (job)
        job_setf(job, "where", "%s=%s", by, table_at(c->sessions, c->session, key)->plain);
    job_setf(job, "limit", "%d", TIERS_MOST);
    counter_ask(c, job);
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
    const pn_op *op = counter_need(c, "order.submit");
    int tier = type_key(c->tiers->type), one = 0;
    char items[1024], due[32];
    if (!op || tier < 0)
        return;
    struct tui_job *job = job_new(op, c->view.id, ASK_SUBMIT);
    int kinds = basket(c, items, sizeof items);
    while (one < TIERS_MOST - 1 && !c->qty[one])
        one++;
    counter_give(job, "session",
                 table_at(c->sessions, c->session, type_key(c->sessions->type))->plain);
    if (kinds == 1) {
        counter_give(job, "tier", table_at(c->tiers, one, tier)->plain);
        job_setf(job, "qty", "%d", c->qty[one]);
    } else {
        counter_give(job, "items", items);
    }
    counter_give(job, "channel", "POS");
    counter_money(due, counter_total(c));
    counter_give(job, "expect_fen", due);
    c->step = AT_WORK;
    counter_ask(c, job);
}

static void ask_cash(struct counter *c)
{
    const pn_op *op = counter_need(c, "payment.cash");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_CASH) : NULL;
    if (!op)
        return;
    counter_give(job, "order", c->order);
    counter_give(job, "tendered_fen", c->cash.len ? c->cash.text : c->due);
    counter_ask(c, job);
}

void counter_take(struct counter *c)
{
    c->step = AT_WORK;
    if (!*c->order)
        ask_submit(c);
    else if (*c->method)
        counter_ask_code(c);
    else
        ask_cash(c);
}

void counter_paid(struct counter *c)
{
    const pn_op *op = counter_need(c, "ticket.print");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_PRINT) : NULL;
    if (!op) {
        c->step = AT_DONE;
        return;
    }
    counter_give(job, "order", c->order);
    counter_ask(c, job);
}

/* ---- answers ---- */

static void refuse(struct counter *c, const struct tui_job *job)
{
    snprintf(c->refused, sizeof c->refused, "%s%s%.80s", job->message ? job->message : "",
             job->hint ? "  " : "", job->hint ? job->hint : "");
    *c->payer = 0; /* a code of a telephone is good once */
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
        counter_take(c);
    } else if (job->tag == ASK_CASH) {
        snprintf(c->change, sizeof c->change, "%.30s", t ? table_show(t, 0, "change_fen") : "");
        counter_paid(c);
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
        counter_money(c->due, counter_total(c));
        *c->refused = 0;
        c->step = AT_CASH;
        break;
    case AT_CASH:
        *c->refused = *c->method = 0;
        counter_take(c);
        break;
    case AT_DONE:
        clear_basket(c);
        c->step = AT_TIERS;
        break;
    case AT_PAYING:
    case AT_WORK:
        break;
    }
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct counter *c = (struct counter *)view;
    if (job->tag == ASK_METHODS || job->tag >= ASK_CODE) {
        counter_code_done(c, job);
        return;
    }
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
    else if (action == DO_CHOICE && c->step == AT_CASH)
        counter_by_code(c);
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

/* A code while the money is asked for is the customer's; the first digits may have been typed. */
static void scan(struct tui_view *view, const char *text, int leaked)
{
    struct counter *c = (struct counter *)view;
    if (c->step == AT_CASH) {
        edit_unleak(&c->cash, leaked);
        counter_scanned(c, text);
        return;
    }
    for (int i = 0; i < leaked && c->step == AT_TIERS && c->tickets; i++)
        if (text[i] >= '1' && text[i] <= '9' && c->tiers && text[i] - '1' < c->tiers->rows)
            c->qty[c->last[--c->tickets]]--;
    snprintf(c->refused, sizeof c->refused, "%s",
             pn_tr("A code is scanned when the sale is to be paid: Enter first"));
}

/* Whether he has paid may be heard before it is asked for. */
static int hear(struct tui_view *view, const char *noun, int64_t id)
{
    const struct counter *c = (const struct counter *)view;
    bool mine = c->step == AT_PAYING && !strcmp(noun, "payment") &&
                (!id || id == strtoll(c->payment, NULL, 10));
    return mine ? HEAR_SOON : HEAR_NOTHING;
}

static void watch(struct tui_view *view)
{
    counter_watch((struct counter *)view);
}

/* Esc is a step back while there is one: session ← tiers ← cash ← a payment that does not come. */
static bool back(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    if (c->step == AT_PAYING)
        c->step = AT_CASH;
    else if (c->step == AT_CASH && !*c->order)
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

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct counter *c = (struct counter *)view;
    tell_customer(c);
    counter_draw(c, canvas, top, rows);
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
    table_free(c->methods);
    edit_free(&c->cash);
    till_tell(view->app, &(struct tui_sale){0});
}

static const struct tui_face counter_face = {
    .scope = SCOPE_COUNTER,
    .size = sizeof(struct counter),
    .draw = draw,
    .act = act,
    .type = type,
    .scan = scan,
    .mouse = mouse,
    .back = back,
    .load = load,
    .done = done,
    .hear = hear,
    .look = watch,
    .tick = watch,
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
