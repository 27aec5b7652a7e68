/* SPDX-License-Identifier: Apache-2.0 */
/* poll.c — what is due with providers: sending a new payment, asking after one that nobody told
 * about, closing one whose order ran out. Each round is claim → call → confirm in separate
 * transactions, so a crash between them repeats a call that the provider knows already. */
#include <string.h>

#include "base/policy_int.h"
#include "order/grab_int.h"
#include "order/later_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

const pn_words pni_trade_states[] = {
    {"NOTPAY", N_("Not paid"), 'w'}, {"SUCCESS", N_("Paid"), 'g'},
    {"CLOSED", N_("Closed"), 'd'}, {0}};

static const pni_provider *const providers[] = {&pni_simulated, &pni_simulated_auth, &pni_carded,
                                                &pni_later, NULL};

const pni_provider *pni_provider_of(int method)
{
    const pni_method *m = pni_method_of(method);
    for (const pni_provider *const *v = providers; *v; v++)
        if ((*v)->method == method)
            return *v;
    if (m && m->connector && m->can & PNI_IS_FROZEN)
        return &pni_frozen_linked;
    return m && m->connector ? &pni_linked : NULL;
}

typedef struct due {
    int64_t id, order_id;
    pn_word method, state, order_status, scene;
    pn_money amount_fen, capture_fen; /* of a grab: what is asked of it */
    pn_time created_at, expires_at, due_at;
    int polls;
} due;
#define D(f, ...) PN_COL(due, f, #f, __VA_ARGS__)
static PN_TYPE(due_t, "payment.due", due, D(id), D(order_id), D(method, .words = pn_pay_methods),
    D(state, .words = pn_payment_states), D(order_status, .words = pn_order_states),
    D(scene, .words = pni_scenes), D(amount_fen), D(capture_fen), D(created_at),
    D(expires_at), D(due_at),
    D(polls));

#define DUE                                                                                        \
    "select y.id, y.order_id, y.method, y.state, o.status as order_status, f.scene, y.amount_fen," \
    " coalesce(c.leg_fen, 0) as capture_fen, y.created_at, y.expires_at, d.due_at, y.polls"    \
    " from payment_due d join payment y on y.sk = d.sk and y.id = d.payment_id"                    \
    " join orders o on o.sk = y.sk and o.id = y.order_id"                                          \
    " left join grab_capture c on c.sk = y.sk and c.order_id = y.order_id"                         \
    "  and c.payment_id = y.id"                                                                    \
    " left join payment_front f on f.sk = y.sk and f.payment_id = y.id"

const pn_sql pni_pay_due_sql = {"payment_due", NULL, &due_t,
    DUE " where d.due_at <= :now order by d.due_at limit 200", false};
const pn_sql pni_pay_one_sql = {"payment_due_one", &due_t, &due_t,
    DUE " where d.sk = :id# and d.payment_id = :id and d.due_at <= :now", false};

const pn_sql pni_pay_any_sql = {"payment_due_any", &due_t, &due_t,
    DUE " where d.sk = :id# and d.payment_id = :id", false};

/* The claim: the next look moves on, so that two pollers do not both ask. */
const pn_sql pni_pay_again_sql = {"payment_again", &due_t, NULL,
    "with y as materialized (select id from payment where sk = :id# and id = :id for update),"
    " d as (update payment_due d set due_at = :due_at from y where d.sk = :id#"
    "  and d.payment_id = y.id and d.due_at <= :now returning d.payment_id)"
    " update payment y set polls = y.polls + 1, updated_at = :now from d"
    "  where y.sk = :id# and y.id = d.payment_id", false};

/* Whoever waits no longer does not wait until it is due, either; one that may be under way at this
 * moment is left to whoever sends it. */
const pn_sql pni_pay_take_sql = {"payment_take_over", &due_t, NULL,
    "with y as materialized (select id from payment where sk = :id# and id = :id"
    "   and state in ('CREATED', 'PENDING') for update),"
    " d as (update payment_due d set due_at = :due_at from y, payment q where d.sk = :id#"
    "  and d.payment_id = y.id and q.sk = :id# and q.id = y.id"
    "  and (q.state = 'PENDING' or d.due_at <= :now) returning d.payment_id)"
    " update payment y set polls = y.polls + 1, updated_at = :now from d"
    "  where y.sk = :id# and y.id = d.payment_id", false};

struct pn_payment_sent { int64_t id; };
struct pn_payment_closed { int64_t id; };
static PN_TYPE(sent_in_t, "payment.sent", struct pn_payment_sent,
    PN_COL(struct pn_payment_sent, id, N_("Payment"), .flags = PN_KEY | PN_REQ,
           .ref = "payment"));
static PN_TYPE(closed_in_t, "payment.closed", struct pn_payment_closed,
    PN_COL(struct pn_payment_closed, id, N_("Payment"), .flags = PN_KEY | PN_REQ,
           .ref = "payment"));
const pn_sql pni_pay_sent_sql = {"payment_sent", &sent_in_t, NULL,
    "update payment set state = 'PENDING', updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = 'CREATED'", false};
const pn_sql pni_pay_closed_sql = {"payment_closed", &closed_in_t, NULL,
    "with y as (update payment set state = 'CLOSED', updated_at = :now, version = version + 1"
    "  where sk = :id# and id = :id and state = 'PENDING' returning id)"
    " delete from payment_due q using y where q.sk = :id# and q.payment_id = y.id", false};

static int sent(pn *p, const struct pn_payment_sent *in, pn_payment *out)
{
    int64_t moved = 0;
    PN_TRY(pn_exec(p, &pni_pay_sent_sql, in, &moved));
    if (moved)
        PN_TRY(pni_stepped(p, &pni_payment_fsm, in->id, "CREATED", "sent", NULL));
    return pni_payment_row(p, in->id, out);
}

static int closed(pn *p, const struct pn_payment_closed *in, pn_payment *out)
{
    int64_t moved = 0;
    PN_TRY(pn_exec(p, &pni_pay_closed_sql, in, &moved));
    if (moved)
        PN_TRY(pni_stepped(p, &pni_payment_fsm, in->id, "PENDING", "close", NULL));
    PN_TRY(pni_payment_row(p, in->id, out));
    return moved && out->method.v == PN_PAY_SFPL ? pni_later_end(p, in->id) : 0;
}

int pn_payment_sent(pn *p, const struct pn_payment_sent *in, pn_payment *out);
int pn_payment_closed(pn *p, const struct pn_payment_closed *in, pn_payment *out);

PNI_OP(payment, sent, sent, pn_payment, .brief = N_("Record that the provider has the payment"),
       .in = &sent_in_t, .out = &pn_payment_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)
PNI_OP(payment, closed, closed, pn_payment, .brief = N_("Record that the provider closed it"),
       .in = &closed_in_t, .out = &pn_payment_t, .may = PN_ROLE_SYSTEM,
       .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* Asked time by time as payment.poll_s says, the last of it again and again until the order is
 * over; and when it ends, in any case: who paid in its last minute and was not heard of still has
 * his places. */
static int wait_us(pn *p, const due *d, int64_t *us)
{
    bool bar = d->scene.v == PN_SCENE_BAR; /* there a payer and a cashier stand and wait */
    int64_t left = d->expires_at.us - pn_now(p).us;
    int rc = bar ? pni_policy(p, "payment.bar_poll_s", us)
                 : pni_policy_at(p, "payment.poll_s", d->polls, us);
    if (rc && rc != PN_ENONE)
        return rc;
    *us *= 1000000;
    if (left > 0 && left < *us)
        *us = left;
    return 0;
}

/* Nobody waits for it any more. */
static int is_over(pn *p, const due *d, bool *over)
{
    int64_t seconds;
    bool waits = d->order_status.v == PN_ORDER_PENDING_PAY ||
                 d->order_status.v == PN_ORDER_GRAB_PENDING_AUTH ||
                 d->order_status.v == PN_ORDER_GRAB_WAITING;
    *over = d->expires_at.us <= pn_now(p).us || !waits;
    if (*over || d->scene.v != PN_SCENE_BAR)
        return 0;
    PN_TRY(pni_policy(p, "payment.bar_give_up_s", &seconds));
    *over = d->created_at.us + seconds * 1000000 <= pn_now(p).us;
    return 0;
}

int pni_payment_end(pn *p, int64_t payment_id)
{
    pn_payment row;
    PN_TRY(pn_payment_sent(p, &(struct pn_payment_sent){payment_id}, &row));
    return pn_payment_closed(p, &(struct pn_payment_closed){payment_id}, &row);
}

static int ask(pn *p, const pni_provider *v, const due *d)
{
    pni_trade t = {0};
    pn_payment row;
    pn_payment_result applied;
    PN_TRY(v->query(p, d->id, &t));
    if (t.state.v == PNI_TRADE_SUCCESS && v->capture)
        return pni_tender_frozen(p, d->id, t.provider_no, t.paid_fen);
    if (t.state.v == PNI_TRADE_SUCCESS)
        return pni_payment_told(p, d->id, d->method, t.provider_no, t.paid_fen, &applied);
    bool over;
    PN_TRY(is_over(p, d, &over));
    if (!over)
        return 0;
    if (t.state.v != PNI_TRADE_CLOSED)
        PN_TRY(v->close(p, d->id));
    return pn_payment_closed(p, &(struct pn_payment_closed){d->id}, &row);
}

static int one(pn *p, const due *d)
{
    const pni_provider *v = pni_provider_of(d->method.v);
    pn_payment row;
    due next = *d;
    int64_t mine = 0, wait = 0;
    PN_TRY(wait_us(p, d, &wait));
    next.due_at.us = pn_now(p).us + wait;
    PN_TRY(pn_exec(p, &pni_pay_again_sql, &next, &mine));
    if (!mine || !v)
        return 0;
    if (d->capture_fen.fen && v->capture_part)
        return pni_grab_collect(p, v, d->id, d->order_id, d->capture_fen, d->polls);
    if (pni_tender_settled(d->state.v)) {
        bool over;
        PN_TRY(is_over(p, d, &over));
        return pni_tender_look(p, v, d->id, d->state.v, d->polls, over);
    }
    if (d->state.v != PN_PAYMENT_CREATED)
        return ask(p, v, d);
    PN_TRY(v->send(p, d->id, d->amount_fen.fen));
    return pn_payment_sent(p, &(struct pn_payment_sent){d->id}, &row);
}

int pni_payment_push(pn *p, int64_t payment_id)
{
    due d = {.id = payment_id};
    int rc = pn_one(p, &pni_pay_one_sql, &d, &d);
    return rc == PN_ENONE ? 0 : rc ? rc : one(p, &d); /* none: it is not due */
}

/* What is asked of the provider, and what then is closed. One that was never sent needs neither. */
static int stop(pn *p, const pni_provider *v, const due *d)
{
    pni_trade t = {0};
    pn_payment row;
    pn_payment_result applied;
    if (d->state.v == PN_PAYMENT_CREATED && !d->polls)
        return pni_payment_end(p, d->id);
    if (d->state.v == PN_PAYMENT_CREATED) /* nobody knows: asked for and, if still open, reversed */
        PN_TRY(v->send(p, d->id, d->amount_fen.fen));
    PN_TRY(v->query(p, d->id, &t));
    if (t.state.v == PNI_TRADE_SUCCESS)
        return pni_payment_told(p, d->id, d->method, t.provider_no, t.paid_fen, &applied);
    if (t.state.v != PNI_TRADE_CLOSED)
        PN_TRY(v->close(p, d->id));
    PN_TRY(pn_payment_sent(p, &(struct pn_payment_sent){d->id}, &row));
    return pn_payment_closed(p, &(struct pn_payment_closed){d->id}, &row);
}

int pni_payment_stop(pn *p, int64_t payment_id)
{
    due d = {.id = payment_id};
    int64_t mine = 0, wait = 0;
    int rc = pn_one(p, &pni_pay_any_sql, &d, &d);
    if (rc)
        return rc == PN_ENONE ? 0 : rc; /* none: it is over */
    const pni_provider *v = pni_provider_of(d.method.v);
    if (!v || v->capture)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("This is let go by “payment release”"));
    PN_TRY(wait_us(p, &d, &wait));
    due next = d;
    next.due_at.us = pn_now(p).us + wait;
    PN_TRY(pn_exec(p, &pni_pay_take_sql, &next, &mine));
    if (mine)
        return stop(p, v, &d);
    pn_fail(p, PN_EBUSY, "id", "%s", pn_tr("The provider is being asked at this moment"));
    return pn_hint(p, "%s", pn_tr("Try again in a moment"));
}

static int pay_poll(pn *p, int64_t *done)
{
    pn_rows rows;
    int worst = 0;
    PN_TRY(pn_all(p, &pni_pay_due_sql, NULL, &rows));
    pn_each(due, d, &rows)
    {
        int rc = one(p, d); /* one payment's trouble is not the next one's */
        if (rc && !worst)
            worst = rc;
        *done += !rc;
    }
    return worst;
}

const pn_job pni_pay_poll_job = {"pay_poll", N_("Send payments and ask after silent ones"), 5,
                                 pay_poll};
