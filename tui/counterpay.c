/* SPDX-License-Identifier: Apache-2.0 */
/* counterpay.c — the money at the counter: cash, the code of the payer's telephone, a code that his
 * screen shows him, a bank's slip. What becomes of a code is asked for until it is known; nothing
 * is taken in another way while that may still come. */
#include "config.h"
#include "counter.h"

#include <string.h>

enum { AGAIN_MS = 1000, CODE_LEAST = 16 };

void counter_pay(struct counter *c, counter_by by)
{
    const pn_op *op;
    *c->refused = 0;
    c->by = by;
    if (*c->order) {
        counter_collect(c);
        return;
    }
    if (!(op = counter_need(c, "order.submit")))
        return;
    char items[8192], due[32];
    struct tui_job *job = job_new(op, c->view.id, ASK_SUBMIT);
    counter_basket(c, true, items, sizeof items);
    counter_give(job, "session", c->session.id);
    counter_give(job, "items", items);
    counter_give(job, "channel", "POS");
    counter_yuan(due, counter_total(c));
    counter_give(job, "expect_fen", due);
    c->step = AT_WORK;
    counter_ask(c, job);
}

void counter_collect(struct counter *c)
{
    static const struct { const char *op; int tag; } ways[] = {
        [BY_CASH] = {"payment.cash", ASK_CASH}, [BY_CODE] = {"payment.bar", ASK_COLLECT},
        [BY_SHOWN] = {"payment.create", ASK_COLLECT}, [BY_SLIP] = {"payment.slip", ASK_SLIP}};
    const pn_op *op = counter_need(c, ways[c->by].op);
    c->step = op ? AT_WORK : AT_CASH;
    if (!op)
        return;
    struct tui_job *job = job_new(op, c->view.id, ways[c->by].tag);
    counter_give(job, "order", c->order);
    counter_give(job, "till", c->view.app->till);
    if (c->by == BY_CASH)
        counter_give(job, "tendered_fen", c->cash.len ? c->cash.text : c->due);
    counter_give(job, "code", c->code);
    counter_give(job, "slip", c->code);
    if (c->by == BY_SHOWN) {
        counter_give(job, "method", c->method);
        counter_give(job, "scene", "QR");
    }
    explicit_bzero(c->code, sizeof c->code);
    counter_ask(c, job);
}

/* ---- what became of it ---- */

static void ask_open(struct counter *c)
{
    const pn_op *op = counter_need(c, "payment.open");
    if (!op)
        return;
    struct tui_job *job = job_new(op, c->view.id, ASK_OPEN);
    counter_give(job, "id", c->payment);
    c->asked_at = tui_clock();
    counter_ask(c, job);
}

void counter_look(struct counter *c)
{
    struct tui_view *view = &c->view;
    view->due = 0;
    if (c->step != AT_WAIT || view->pending || view->app->live.offline)
        return;
    if (tui_clock() >= c->asked_at + AGAIN_MS)
        ask_open(c);
    else
        view->due = c->asked_at + AGAIN_MS;
}

void counter_stop(struct counter *c)
{
    const pn_op *op = c->stuck ? NULL : counter_need(c, "payment.cancel");
    if (c->stuck) { /* it is said what then happens with money that comes */
        c->step = AT_CASH;
        *c->payment = 0;
        snprintf(c->refused, sizeof c->refused, "%s",
                 pn_tr("If that payment still comes, one of the two goes back by itself"));
    }
    if (!op)
        return;
    struct tui_job *job = job_new(op, c->view.id, ASK_STOP);
    counter_give(job, "id", c->payment);
    c->step = AT_WORK;
    counter_ask(c, job);
}

static void paid(struct counter *c, const char *method)
{
    snprintf(c->paid, sizeof c->paid, "%.79s", method);
    *c->payment = *c->refused = 0;
    counter_ask_print(c);
}

static void known(struct counter *c, const struct tui_table *t, const char *otherwise)
{
    const char *state = table_plain(t, 0, "state"), *error = table_show(t, 0, "error");
    if (!strcmp(state, "SUCCESS") || !strcmp(state, "CAPTURED")) {
        paid(c, c->method);
    } else if (!strcmp(state, "CREATED") || !strcmp(state, "PENDING")) {
        c->step = AT_WAIT;
    } else {
        app_key(c->view.app, c->key[ASK_COLLECT]);
        *c->payment = 0;
        c->step = AT_CASH;
        snprintf(c->refused, sizeof c->refused, "%s%s%.200s", otherwise, *error ? ": " : "",
                 error);
    }
}

static void collected(struct counter *c, const struct tui_table *t)
{
    int key = t ? type_key(t->type) : -1;
    snprintf(c->payment, sizeof c->payment, "%.31s", key < 0 ? "" : table_at(t, 0, key)->plain);
    snprintf(c->method, sizeof c->method, "%.39s", table_show(t, 0, "method"));
    c->stuck = false;
    c->step = AT_WAIT;
    ask_open(c);
}

/* No answer is no refusal: then it is asked for until there is one. */
static void unknown(struct counter *c, const struct tui_job *job)
{
    counter_refused(c, job);
    c->stuck = job->tag == ASK_STOP && job->code != PN_EBUSY && job->code != PN_EDATABASE;
    c->step = AT_WAIT;
}

static void dropped(struct counter *c)
{
    app_say(c->view.app, LOOK_GOOD, pn_tr("%s is let go: its places are free"), c->order_no);
    counter_clear(c);
    c->step = AT_TIERS;
    counter_ask_tiers(c);
}

static void offer_methods(struct counter *c, const struct tui_table *t);

void counter_pay_done(struct counter *c, struct tui_job *job)
{
    const struct tui_table *t = job->table;
    int what = job->tag;
    if (job->code && (what == ASK_OPEN || what == ASK_STOP)) {
        unknown(c, job);
    } else if (job->code) {
        counter_refused(c, job);
        c->step = what == ASK_METHODS ? c->step : AT_CASH;
    } else if (what == ASK_METHODS) {
        offer_methods(c, t);
    } else if (what == ASK_COLLECT) {
        collected(c, t);
    } else if (what == ASK_OPEN) {
        *c->refused = 0;
        known(c, t, pn_tr("Not paid"));
    } else if (what == ASK_STOP) {
        known(c, t, pn_tr("No longer waited for: take it otherwise, or Esc"));
    } else if (what == ASK_DROP) {
        dropped(c);
    } else {
        snprintf(c->back, sizeof c->back, "%.31s", table_plain(t, 0, "change_fen"));
        paid(c, table_show(t, 0, "method"));
    }
}

/* ---- the payer's code, the bank's slip ---- */

static void by_code(struct counter *c, const char *code)
{
    if (strlen(code) < CODE_LEAST || code[strspn(code, "0123456789")]) {
        snprintf(c->refused, sizeof c->refused, "%s",
                 pn_tr("That is no code of Alipay or WeChat Pay: nothing was paid"));
        return;
    }
    snprintf(c->code, sizeof c->code, "%.139s", code);
    counter_pay(c, BY_CODE);
}

void counter_scan(struct tui_view *view, const char *text, int leaked)
{
    struct counter *c = (struct counter *)view;
    if (leaked && c->step == AT_SESSION)
        (void)counter_sessions_type(c, TK_BACKSPACE);
    else if (leaked && c->step == AT_CASH)
        edit_unleak(&c->cash, leaked);
    else if (leaked && c->change > 0 && c->tickets)
        c->tickets--;
    else if (leaked && c->change < 0)
        c->ticket[c->tickets++] = c->dropped;
    c->change = 0;
    if (c->step == AT_CASH)
        by_code(c, text);
    else if (c->step == AT_WAIT || c->step == AT_WORK)
        app_say(view->app, LOOK_WAIT, "%s", pn_tr("Not scanned: a payment is under way"));
    else
        app_say(view->app, LOOK_WAIT, "%s",
                pn_tr("A code is scanned when the sale is to be paid: Enter first"));
}

static void code_typed(struct tui_app *app, void *who, const char *text)
{
    (void)app;
    if (*text)
        by_code(who, text);
}

static void slip_typed(struct tui_app *app, void *who, const char *text)
{
    struct counter *c = who;
    (void)app;
    if (!*text)
        return;
    snprintf(c->code, sizeof c->code, "%.139s", text);
    counter_pay(c, BY_SLIP);
}

void counter_type_code(struct counter *c)
{
    prompt_open(c->view.app, '>', pn_tr("The customer's code"), "", code_typed, c);
}

void counter_type_slip(struct counter *c)
{
    prompt_open(c->view.app, '>', pn_tr("Number on the bank's slip"), "", slip_typed, c);
}

/* ---- a code that he is shown ---- */

struct methods { struct counter *counter; char name[16][40]; };

static void method_chosen(struct tui_view *menu, int index)
{
    struct methods *m = menu_data(menu, sizeof *m);
    if (!m)
        return;
    struct counter *c = m->counter;
    snprintf(c->method, sizeof c->method, "%s", m->name[index]);
    app_pop(menu->app);
    counter_pay(c, BY_SHOWN);
}

void counter_ask_methods(struct counter *c)
{
    const pn_op *op = counter_need(c, "payment.methods");
    if (!op)
        return;
    if (!c->view.app->till) {
        snprintf(c->refused, sizeof c->refused, "%s",
                 pn_tr("No screen shows it: start the counter with --till NAME, and a display"));
        return;
    }
    struct tui_job *job = job_new(op, c->view.id, ASK_METHODS);
    if (!job)
        return;
    counter_give(job, "order", c->order);
    counter_give(job, "device", "TILL");
    counter_ask(c, job);
}

static bool can(const char *flags, const char *flag)
{
    size_t n = strlen(flag);
    for (const char *at = flags; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (!strncmp(at, flag, n) && (!at[n] || at[n] == ' '))
            return true;
    return false;
}

/* Providers that have a code to scan, and the simulated one, whose payer needs none. */
static bool shows_code(const struct tui_table *t, int row)
{
    const char *flags = table_plain(t, row, "flags");
    return !strcmp(table_plain(t, row, "scene"), "QR") ||
           (!*table_plain(t, row, "connector") && can(flags, "NTF") &&
            !can(flags, "AUT"));
}

static void offer_methods(struct counter *c, const struct tui_table *t)
{
    int col = t ? table_col(t, "methods") : -1, n = 0;
    const struct tui_table *all = col >= 0 && t->sub ? t->sub[col] : NULL;
    struct tui_view *menu =
        menu_new(c->view.app, pn_tr("Whose code the customer scans"), method_chosen);
    struct methods *m = menu ? menu_data(menu, sizeof *m) : NULL;
    if (!m)
        return;
    m->counter = c;
    for (int i = 0; all && i < all->rows && n < 16; i++) {
        if (!shows_code(all, i))
            continue;
        snprintf(m->name[n++], sizeof m->name[0], "%.39s", table_plain(all, i, "method"));
        menu_add(menu, table_show(all, i, "method"), "");
    }
    app_push(c->view.app, menu);
}

/* ---- an order that is not paid ---- */

struct leave { struct counter *counter; };

static void ask_drop(struct counter *c)
{
    const pn_op *op = counter_need(c, "order.cancel");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_DROP) : NULL;
    if (!job)
        return;
    counter_give(job, "id", c->order);
    counter_give(job, "reason", "COUNTER");
    c->step = AT_WORK;
    counter_ask(c, job);
}

static void leave_chosen(struct tui_view *menu, int index)
{
    struct leave *l = menu_data(menu, sizeof *l);
    struct tui_app *app = menu->app;
    struct counter *c = l ? l->counter : NULL;
    if (!c)
        return;
    app_pop(app);
    if (index == 1)
        ask_drop(c);
    if (index != 2)
        return;
    app_say(app, LOOK_WAIT, pn_tr("%s is held until %s: it waits among the orders"), c->order_no,
            c->until);
    counter_clear(c);
    c->step = AT_SESSION;
}

void counter_leave(struct counter *c)
{
    char title[160];
    snprintf(title, sizeof title, pn_tr("%s is not paid"), c->order_no);
    struct tui_view *menu = menu_new(c->view.app, title, leave_chosen);
    struct leave *l = menu ? menu_data(menu, sizeof *l) : NULL;
    if (!l)
        return;
    l->counter = c;
    menu_add(menu, pn_tr("Go on: take the money"), "");
    menu_add(menu, pn_tr("Let it go: its places are on sale again"), "pn order cancel");
    menu_add(menu, pn_tr("Leave it as it is"), c->until);
    app_push(c->view.app, menu);
}
