/* SPDX-License-Identifier: Apache-2.0 */
/* later_pay.c — the provider's side of paying later: freeze with the order, deduct after the show,
 * on the next day, the third, the seventh; let go of what is not needed. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "ledger/ledger_int.h"
#include "order/later_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* The freeze's two numbers at the provider. */
static int numbered(pn *p, const pni_source *s, pni_pairs *in)
{
    const char *no = pni_source_number(p, s->id);
    const char *request = no ? pn_printf(p, "%sF", no) : NULL;
    return request && pni_input(p, in, "out_order_no", no) &&
                   pni_input(p, in, "out_request_no", request)
               ? 0 : none(p);
}

static int send(pn *p, int64_t payment_id, int64_t amount_fen)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, payment_id, &s));
    PN_TRY(numbered(p, &s, &in));
    int64_t minutes = (s.expires_at.us - pn_now(p).us) / 60000000; /* not after the hold */
    const char *timeout = pn_printf(p, "%lldm", (long long)(minutes > 1 ? minutes : 1));
    if (!timeout || !pni_input(p, &in, "subject", s.order_no) ||
        !pni_input(p, &in, "timeout", timeout) ||
        !pni_input_number(p, &in, "amount_fen", amount_fen))
        return none(p);
    PN_TRY(pni_source_call(p, &s, "freeze", &in, &a));
    if (a.outcome != PN_LINK_OK)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    return pni_front_give(p, payment_id, pni_answer_get(&a, "front"));
}

static int query(pn *p, int64_t payment_id, pni_trade *out)
{
    static const pni_frozen_words say = {"auth_no", "SUCCESS", "CLOSED"};
    pni_source s;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, payment_id, &s));
    PN_TRY(numbered(p, &s, &in));
    return pni_source_frozen(p, &s, &in, &say, out);
}

/* So much of what is frozen goes back to the payer. */
static int unfreeze(pn *p, const pni_source *s, int64_t fen)
{
    pni_answer a;
    pni_pairs in = {0};
    const char *no = pni_source_number(p, s->id);
    const char *request = no ? pn_printf(p, "%sU", no) : NULL;
    if (!request || !pni_input(p, &in, "auth_no", s->provider_no) ||
        !pni_input(p, &in, "out_request_no", request) ||
        !pni_input_number(p, &in, "amount_fen", fen) || !pni_input(p, &in, "reason", "released"))
        return none(p);
    PN_TRY(pni_source_call(p, s, "unfreeze", &in, &a));
    return a.outcome == PN_LINK_OK || a.outcome == PN_LINK_NOT_FOUND
               ? 0 : pni_source_refused(p, PN_EPROVIDER, &a);
}

/* Nothing frozen (the payer never agreed): nothing to let go. */
static int let_go(pn *p, int64_t payment_id)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    return s.provider_no ? unfreeze(p, &s, s.amount_fen.fen) : 0;
}

static int capture(pn *p, int64_t payment_id)
{
    (void)p;
    (void)payment_id;
    return 0; /* it is owed from then on, and deducted by its own job */
}

/* What was not deducted yet is less to be deducted; else it goes back as it came. */
static int refund(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                  const char **provider_no)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, payment_id, &y));
    if (y.state.v == PN_PAYMENT_SUCCESS)
        return pni_linked.refund(p, payment_id, out_request_no, amount_fen, provider_no);
    *provider_no = out_request_no;
    return 0;
}

const pni_provider pni_later = {PN_PAY_SFPL, send, query, let_go, refund, capture};

/* ---- deducting ---- */

typedef struct due {
    int64_t id, order_id, user;
    const char *auth_no;
    pn_word state;
    pn_money owed_fen, amount_fen;
    pn_time due_at, first_at;
    int tries;
} due;
#define D(f, ...) PN_COL(due, f, #f, __VA_ARGS__)
static PN_TYPE(due_t, "later.due", due, D(id), D(order_id), D(user), D(auth_no),
    D(state, .words = pn_payment_states), D(owed_fen), D(amount_fen), D(due_at), D(first_at),
    D(tries));
#undef D
const pn_sql pni_later_due_sql = {"later_due", NULL, &due_t,
    "select c.payment_id as id, c.order_id, c.user_id as user, c.auth_no, y.state, y.amount_fen,"
    " c.due_at, c.session_end_at as first_at, c.tries, (y.amount_fen - coalesce((select"
    "  sum(g.amount_fen) from refund_leg g where g.sk = c.sk and g.payment_id = y.id), 0))::bigint"
    "  as owed_fen from credit_due c join payment y on y.sk = c.sk and y.id = c.payment_id"
    " where c.open and c.due_at <= :now and not exists (select from refund_leg g"
    "  where g.sk = c.sk and g.payment_id = y.id and g.state = 'PENDING')"
    " order by c.due_at limit 200", false};

/* What became of a try: BEGUN, DONE (its trade in `trade`), FAILED. */
struct pn_payment_deduct { int64_t id; const char *what, *trade, *why; pn_money fen; };
static PN_TYPE(deduct_t, "payment.deduct", struct pn_payment_deduct,
    PN_COL(struct pn_payment_deduct, id, N_("Payment"), .flags = PN_KEY | PN_REQ,
           .ref = "payment"),
    PN_COL(struct pn_payment_deduct, what, N_("What"), .flags = PN_REQ),
    PN_COL(struct pn_payment_deduct, trade, N_("Provider no.")),
    PN_COL(struct pn_payment_deduct, why, N_("Error")),
    PN_COL(struct pn_payment_deduct, fen, N_("Amount"), .flags = PN_OPT));
typedef struct move { int64_t id; const char *trade; pn_time due_at; bool open; } move;
static PN_TYPE(move_t, "later.move", move, PN_COL(move, id, "id"), PN_COL(move, trade, "trade"),
    PN_COL(move, due_at, "due_at"), PN_COL(move, open, "open"));
const pn_sql pni_later_move_sql = {"later_trade", &move_t, NULL,
    "update payment set provider_no = coalesce(:trade, provider_no), paid_at = :now"
    " where sk = :id# and id = :id", false};
const pn_sql pni_later_tried_sql = {"later_tried", &move_t, NULL,
    "update credit_due set tries = tries + 1, due_at = coalesce(:due_at, due_at), open = :open"
    " where sk = :id# and payment_id = :id", false};
typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "later.drop_id", id_in, PN_COL(id_in, id, N_("Number")));
typedef struct owes { int64_t user; pn_money owed_fen; int tries; pn_time first_at; } owes;
static PN_TYPE(owes_t, "later.owes", owes, PN_COL(owes, user, "user"),
    PN_COL(owes, owed_fen, "owed"), PN_COL(owes, tries, "tries"), PN_COL(owes, first_at, "first"));
const pn_sql pni_later_drop_sql = {"later_owes", &by_id_t, &owes_t,
    "select c.user_id as user, c.tries, c.due_at as first_at, (y.amount_fen - coalesce((select"
    "  sum(g.amount_fen) from refund_leg g where g.sk = :id# and g.payment_id = y.id), 0))::bigint"
    "  as owed_fen from credit_due c join payment y on y.sk = :id# and y.id = c.payment_id"
    " where c.sk = :id# and c.payment_id = :id", false};

static int done(pn *p, const struct pn_payment_deduct *in, pn_word state)
{
    pni_doc d = {.rule = "SFPL_PAID", .biz_kind = "PAYMENT", .biz_id = in->id,
                 .sale = pn_sk(in->id), .amount_fen = in->fen, .method = "ALIPAY"};
    PN_TRY(pn_exec(p, &pni_later_move_sql, &(move){.id = in->id, .trade = in->trade}, NULL));
    PN_TRY(pn_step(p, &pni_payment_fsm, in->id, state, "deduct_ok", NULL, NULL));
    PN_TRY(pni_later_end(p, in->id));
    if (!in->fen.fen)
        return 0; /* all of it was given back before */
    PN_TRY(pni_post_later(p, &d));
    return pn_outbox(p, "sfpl.deducted", in->id, NULL, NULL, NULL);
}

/* The next day, the third, the seventh; then it is overdue, and the account may do so no more. */
static int failed(pn *p, const struct pn_payment_deduct *in, const owes *o, pn_word state)
{
    static const int day[] = {1, 3, 7};
    enum { DAYS = sizeof day / sizeof *day };
    bool more = o->tries < DAYS;
    int64_t gap = more ? day[o->tries] - (o->tries ? day[o->tries - 1] : 0) : 0;
    move m = {.id = in->id, .due_at = {o->first_at.us + gap * INT64_C(86400000000)},
              .open = more};
    PN_TRY(pn_exec(p, &pni_later_tried_sql, &m, NULL));
    PN_TRY(pn_outbox(p, "sfpl.failed", in->id, NULL, NULL, NULL));
    if (more)
        return pn_step(p, &pni_payment_fsm, in->id, state, "deduct_fail", in->why, NULL);
    PN_TRY(pn_exec(p, &pni_later_block_sql, &(id_in){o->user}, NULL));
    return pn_step(p, &pni_payment_fsm, in->id, state, "retries_exhausted", in->why, NULL);
}

static int deduct(pn *p, const struct pn_payment_deduct *in, pn_payment *out)
{
    owes o;
    PN_TRY(pni_payment_lock(p, in->id));
    PN_TRY(pni_payment_row(p, in->id, out));
    PN_TRY(pn_one(p, &pni_later_drop_sql, &(id_in){in->id}, &o));
    if (!strcmp(in->what, "BEGUN") && out->state.v == PN_PAYMENT_CREDIT_OPEN)
        PN_TRY(pn_step(p, &pni_payment_fsm, in->id, out->state, "due", NULL, NULL));
    if (out->state.v == PN_PAYMENT_DEDUCTING && !strcmp(in->what, "DONE"))
        PN_TRY(done(p, in, out->state));
    if (out->state.v == PN_PAYMENT_DEDUCTING && !strcmp(in->what, "FAILED"))
        PN_TRY(failed(p, in, &o, out->state));
    return pni_payment_row(p, in->id, out);
}
int pn_payment_deduct(pn *p, const struct pn_payment_deduct *in, pn_payment *out);
PNI_OP(payment, deduct, deduct, pn_payment,
       .brief = N_("Record what became of a later deduction"), .in = &deduct_t,
       .out = &pn_payment_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* Each try has a number of its own: one that was refused stays refused. */
static int ask(pn *p, const due *d, const char **trade, const char **why)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(pni_source_load(p, d->id, &s));
    const char *no = pni_source_number(p, d->id);
    const char *try_no = no ? pn_printf(p, "%sD%d", no, d->tries + 1) : NULL;
    if (!try_no || !pni_input(p, &in, "out_trade_no", try_no) ||
        !pni_input(p, &in, "auth_no", d->auth_no) || !pni_input(p, &in, "subject", s.order_no) ||
        !pni_input_number(p, &in, "amount_fen", d->owed_fen.fen))
        return none(p);
    PN_TRY(pni_source_call(p, &s, "pay_frozen", &in, &a));
    *trade = a.outcome == PN_LINK_OK && pni_answer_is(&a, "SUCCESS")
                 ? pni_answer_get(&a, "provider_no") : NULL;
    if (!*trade && a.outcome != PN_LINK_DECLINED && a.outcome != PN_LINK_NOT_FOUND)
        return pni_source_refused(p, PN_EUNKNOWN_RESULT, &a);
    *why = pn_printf(p, "%s %s", a.code, a.message);
    return 0;
}

static int one(pn *p, const due *d)
{
    pn_payment y;
    const char *trade = NULL, *why = NULL;
    struct pn_payment_deduct in = {.id = d->id, .what = "BEGUN"};
    PN_TRY(pn_payment_deduct(p, &in, &y));
    if (d->owed_fen.fen)
        PN_TRY(ask(p, d, &trade, &why));
    else
        PN_TRY(let_go(p, d->id));
    bool good = trade || !d->owed_fen.fen;
    in = (struct pn_payment_deduct){d->id, good ? "DONE" : "FAILED", trade, why, d->owed_fen};
    return pn_payment_deduct(p, &in, &y);
}

static int sfpl_due(pn *p, int64_t *count)
{
    pn_rows rows;
    int worst = 0;
    PN_TRY(pn_all(p, &pni_later_due_sql, NULL, &rows));
    pn_each(due, d, &rows)
    {
        int rc = one(p, d);
        if (rc && !worst)
            worst = rc;
        *count += !rc;
    }
    return worst;
}
const pn_job pni_later_job = {"sfpl_due", N_("Deduct what was attended first"), 3600, sfpl_due};
