/* SPDX-License-Identifier: Apache-2.0 */
/* counterpay.c — a sale that is paid by telephone: the code of the customer's is scanned, or one is
 * shown to him on his screen. Whether he has paid is the provider's word, so it is asked for until
 * there is one: an answer that did not come says nothing. */
#include "config.h"
#include "counter.h"

#include <string.h>

enum { WATCH_MS = 1000 };

static void next_key(struct counter *c)
{
    app_key(c->view.app, c->key[ASK_CODE - ASK_SUBMIT]);
}

/* ---- whose code ---- */

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
    return can(flags, "QR") || (!*table_plain(t, row, "connector") && can(flags, "NTF") &&
                                !can(flags, "AUT"));
}

static void pay_by(struct counter *c, const char *method, const char *name, const char *payer)
{
    snprintf(c->method, sizeof c->method, "%s", method);
    snprintf(c->method_name, sizeof c->method_name, "%s", name);
    snprintf(c->payer, sizeof c->payer, "%s", payer);
    *c->refused = 0;
    counter_take(c);
}

struct choice { struct counter *c; int row[24], rows; };

/* The rows inside the one answer. */
static const struct tui_table *methods(const struct counter *c)
{
    int col = c->methods ? table_col(c->methods, "methods") : -1;
    return col >= 0 && c->methods->sub ? c->methods->sub[col] : NULL;
}

static void chosen(struct tui_view *menu, int index)
{
    struct choice *m = menu_data(menu, sizeof *m);
    if (!m || index >= m->rows)
        return;
    struct counter *c = m->c;
    const struct tui_table *t = methods(c);
    int row = m->row[index];
    app_pop(menu->app);
    if (c->step == AT_CASH)
        pay_by(c, table_plain(t, row, "method"), table_show(t, row, "method"), "");
}

static void choose(struct counter *c)
{
    const struct tui_table *t = methods(c);
    struct tui_view *menu = menu_new(c->view.app, pn_tr("Whose code the customer scans"), chosen);
    struct choice *m = menu ? menu_data(menu, sizeof *m) : NULL;
    if (!m)
        return;
    m->c = c;
    for (int i = 0; t && i < t->rows && m->rows < 24; i++) {
        if (!shows_code(t, i))
            continue;
        menu_add(menu, table_show(t, i, "method"), "");
        m->row[m->rows++] = i;
    }
    app_push(c->view.app, menu);
}

void counter_by_code(struct counter *c)
{
    const pn_op *op = counter_need(c, "payment.methods");
    if (c->methods)
        choose(c);
    else if (op)
        counter_ask(c, job_new(op, c->view.id, ASK_METHODS));
}

/* Eighteen digits from 10 to 15 on, or 16 to 24 of them from 25 to 30 on: nobody else's are so. */
void counter_scanned(struct counter *c, const char *code)
{
    size_t n = strlen(code);
    bool digits = n >= 16 && n <= 24 && strspn(code, "0123456789") == n;
    int begin = digits ? (code[0] - '0') * 10 + code[1] - '0' : 0;
    if (digits && n == 18 && begin >= 10 && begin <= 15)
        pay_by(c, "WECHAT", pn_tr("WeChat Pay"), code);
    else if (digits && begin >= 25 && begin <= 30)
        pay_by(c, "ALIPAY", pn_tr("Alipay"), code);
    else
        snprintf(c->refused, sizeof c->refused, "%s",
                 pn_tr("That is no code of Alipay or WeChat Pay: nothing was paid"));
}

/* ---- the payment ---- */

void counter_ask_code(struct counter *c)
{
    const pn_op *op = counter_need(c, "payment.create");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_CODE) : NULL;
    if (!op) {
        c->step = AT_CASH;
        return;
    }
    counter_give(job, "order", c->order);
    counter_give(job, "method", c->method);
    counter_give(job, "scene", *c->payer ? "BAR" : "QR");
    counter_give(job, "payer", c->payer);
    counter_ask(c, job);
}

static void ask_of_it(struct counter *c, const char *name, int tag)
{
    const pn_op *op = counter_need(c, name);
    struct tui_job *job = op ? job_new(op, c->view.id, tag) : NULL;
    job_set(job, "id", c->payment);
    if (job)
        counter_ask(c, job);
}

void counter_watch(struct counter *c)
{
    if (c->step == AT_PAYING && !c->view.pending)
        ask_of_it(c, "payment.show", ASK_WATCH);
}

static void say(struct counter *c, const struct tui_job *job)
{
    snprintf(c->refused, sizeof c->refused, "%.200s  %.90s",
             job->message ? job->message : pn_code_text(job->code), job->hint ? job->hint : "");
}

static void end(struct counter *c)
{
    *c->method = *c->payer = *c->payment = 0;
    next_key(c); /* the next attempt is another payment */
    c->step = AT_CASH;
}

/* His word, or another second. */
static void watched(struct counter *c, const struct tui_job *job)
{
    const char *state = table_plain(job->table, 0, "state");
    if (c->step != AT_PAYING)
        return;
    if (job->code || !strcmp(state, "CREATED") || !strcmp(state, "PENDING")) {
        c->view.due = tui_clock() + WATCH_MS;
    } else if (!strcmp(state, "SUCCESS")) {
        *c->refused = 0;
        c->step = AT_WORK;
        counter_paid(c);
    } else {
        snprintf(c->refused, sizeof c->refused, "%s: %s", c->method_name,
                 table_show(job->table, 0, "state"));
        end(c);
    }
}

void counter_code_done(struct counter *c, struct tui_job *job)
{
    if (job->tag == ASK_METHODS && job->code) {
        say(c, job);
    } else if (job->tag == ASK_METHODS) {
        c->methods = job->table;
        job->table = NULL;
        choose(c);
    } else if (job->tag == ASK_CODE && job->code) {
        say(c, job);
        if (pn_code_retry(job->code) && !*c->payer) /* chosen again, it is the same payment */
            c->step = AT_CASH;
        else
            end(c);
    } else if (job->tag == ASK_CODE) {
        snprintf(c->payment, sizeof c->payment, "%.30s", table_plain(job->table, 0, "id"));
        c->step = AT_PAYING;
        ask_of_it(c, "payment.open", ASK_OPEN);
    } else if (job->tag == ASK_OPEN) {
        if (job->code)
            say(c, job);
        counter_watch(c);
    } else {
        watched(c, job);
    }
}
