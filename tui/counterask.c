/* SPDX-License-Identifier: Apache-2.0 */
/* counterask.c — what the counter asks. Order, money and print are three jobs in a row; each answer
 * starts the next, so a lost connection stops exactly where it stopped. */
#include "config.h"
#include "counter.h"

#include <string.h>

const pn_op *counter_need(struct counter *c, const char *name)
{
    const pn_op *op = app_op(c->view.app, name);
    if (!op)
        snprintf(c->refused, sizeof c->refused, pn_tr("%s is not open to you"), name);
    return op;
}

void counter_give(struct tui_job *job, const char *column, const char *value)
{
    if (job && value && *value && pn_type_col(job->op->in, column))
        job_set(job, column, value);
}

void counter_ask(struct counter *c, struct tui_job *job)
{
    if (job && job->tag >= ASK_SUBMIT && job->tag < ASKS)
        snprintf(job->key, sizeof job->key, "%s", c->key[job->tag]);
    app_ask(&c->view, job);
}

/* Whose drawer it is. */
static void ask_shift(struct counter *c)
{
    const pn_op *op = app_op(c->view.app, "shift.mine");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_SHIFT) : NULL;
    if (!job)
        return;
    job_set(job, "where", "state=OPEN");
    job_set(job, "limit", "1");
    counter_ask(c, job);
    op = app_op(c->view.app, "shift.needed");
    if (op)
        counter_ask(c, job_new(op, c->view.id, ASK_NEED));
}

void counter_load(struct tui_view *view)
{
    struct counter *c = (struct counter *)view;
    counter_sessions_load(c);
    ask_shift(c);
    if (*c->session.id && c->step != AT_SESSION)
        counter_ask_tiers(c);
}

void counter_ask_tiers(struct counter *c)
{
    const pn_op *op = counter_need(c, "tier.list");
    struct tui_job *job = op ? job_new(op, c->view.id, ASK_TIERS) : NULL;
    if (!job)
        return;
    job_setf(job, "where", "session_id=%s", c->session.id);
    job_setf(job, "limit", "%d", TIERS_MOST);
    counter_ask(c, job);
}

void counter_ask_print(struct counter *c)
{
    const pn_op *op = counter_need(c, "ticket.print");
    c->step = op ? AT_WORK : AT_DONE;
    if (!op)
        return;
    struct tui_job *job = job_new(op, c->view.id, ASK_PRINT);
    counter_give(job, "order", c->order);
    counter_ask(c, job);
}

/* ---- answers ---- */

void counter_refused(struct counter *c, const struct tui_job *job)
{
    snprintf(c->refused, sizeof c->refused, "%.190s%s%.100s",
             job->message ? job->message : pn_code_text(job->code), job->hint ? "  " : "",
             job->hint ? job->hint : "");
    if (job->tag >= ASK_SUBMIT && !pn_code_retry(job->code)) /* the next is another request */
        app_key(c->view.app, c->key[job->tag]);
}

static void take(struct tui_table **to, struct tui_job *job)
{
    table_free(*to);
    *to = job->table;
    job->table = NULL;
}

static void take_tiers(struct counter *c, struct tui_job *job)
{
    bool new = c->step == AT_SESSION;
    take(&c->tiers, job);
    c->tier = new ? 0 : c->tier;
    if (c->tiers && c->tier >= c->tiers->rows)
        c->tier = 0;
    if (new)
        c->step = AT_TIERS;
}

static void placed(struct counter *c, const struct tui_table *t)
{
    int key = t ? type_key(t->type) : -1;
    snprintf(c->order, sizeof c->order, "%.63s", key < 0 ? "" : table_at(t, 0, key)->plain);
    snprintf(c->order_no, sizeof c->order_no, "%.63s", table_show(t, 0, "no"));
    snprintf(c->until, sizeof c->until, "%.39s", table_show(t, 0, "hold_expires_at"));
    if (*table_plain(t, 0, "payable_fen"))
        snprintf(c->due, sizeof c->due, "%.31s", table_plain(t, 0, "payable_fen"));
    counter_collect(c);
}

static void printed(struct counter *c, const struct tui_job *job)
{
    c->step = AT_DONE;
    if (job->code)
        counter_refused(c, job);
    else
        snprintf(c->printed, sizeof c->printed, "%s: %.80s", pn_tr("Printed"),
                 table_show(job->table, 0, "state"));
    counter_ask_tiers(c); /* what is left has changed */
}

void counter_done(struct tui_view *view, struct tui_job *job)
{
    struct counter *c = (struct counter *)view;
    int what = job->tag & 0xff;
    if (what >= ASK_METHODS && what != ASK_SUBMIT && what != ASK_PRINT) {
        counter_pay_done(c, job);
    } else if (what == ASK_PRINT) {
        printed(c, job);
    } else if (what == ASK_SUBMIT && job->code) {
        counter_refused(c, job);
        c->step = AT_TIERS;
    } else if (what == ASK_SUBMIT) {
        placed(c, job->table);
    } else if (job->code) {
        app_fail(view->app, job);
    } else if (what == ASK_SESSIONS) {
        counter_sessions_take(c, job);
    } else if (what == ASK_SHIFT) {
        take(&c->shift, job);
    } else if (what == ASK_NEED) {
        c->bound = !strcmp(table_plain(job->table, 0, "required"), "true");
    } else {
        take_tiers(c, job);
    }
}
