/* SPDX-License-Identifier: Apache-2.0 */
/* later_due.c — deducting what was attended first: a day after the show, and on the days after it
 * that sfpl.retry_days names. Alipay takes it from what is frozen and says at once whether it
 * could. WeChat is told the sum, collects it from the payer itself and tells when it has: a try is
 * over when it had its time and has not. Even what is overdue is looked at, until it is written
 * off. CMB takes it by agreement and says at once whether it could; what it said and was lost is
 * asked for before the same try is told again. */
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "base/when_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "order/agreement_int.h"
#include "order/later_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

typedef struct due {
    int64_t id, order_id, user;
    const char *auth_no;
    pn_word state, via;
    bool told, asked, trying; /* trying: a try was begun, and nobody knows what it did */
    pn_money owed_fen, amount_fen;
    pn_time due_at;
    int tries;
} due;
#define D(f, ...) PN_COL(due, f, #f, __VA_ARGS__)
static PN_TYPE(due_t, "later.due", due, D(id), D(order_id), D(user), D(auth_no),
    D(state, .words = pn_payment_states), D(via, .words = pn_pay_methods), D(told), D(asked),
    D(trying), D(owed_fen), D(amount_fen), D(due_at), D(tries));
#undef D
const pn_sql pni_later_due_sql = {"later_due", NULL, &due_t,
    "select c.payment_id as id, c.order_id, c.user_id as user, c.auth_no, y.state, c.via,"
    " c.told, c.asked, c.tried_at is not null as trying, y.amount_fen, c.due_at, c.tries,"
    " (y.amount_fen - coalesce((select"
    "  sum(g.amount_fen) from refund_leg g where g.sk = c.sk and g.payment_id = y.id"
    "   and (c.tried_at is null or g.state <> 'PENDING')), 0))::bigint"
    "  as owed_fen from credit_due c join payment y on y.sk = c.sk and y.id = c.payment_id"
    " where c.open and c.due_at <= :now and (c.tried_at is not null or not exists (select"
    "  from refund_leg g where g.sk = c.sk and g.payment_id = y.id and g.state = 'PENDING'))"
    " order by c.due_at limit 200", false};

/* What became of a try: BEGUN, ASKED (the provider collects), DONE (its trade in `trade`), FAILED;
 * of what is overdue: LOOKED; of what was paid to us otherwise: TOLD. */
struct pn_payment_deduct { int64_t id; const char *what, *trade, *why; pn_money fen; };
static PN_TYPE(deduct_t, "payment.deduct", struct pn_payment_deduct,
    PN_COL(struct pn_payment_deduct, id, N_("Payment"), .flags = PN_KEY | PN_REQ,
           .ref = "payment"),
    PN_COL(struct pn_payment_deduct, what, N_("What"), .flags = PN_REQ),
    PN_COL(struct pn_payment_deduct, trade, N_("Provider no.")),
    PN_COL(struct pn_payment_deduct, why, N_("Error")),
    PN_COL(struct pn_payment_deduct, fen, N_("Amount"), .flags = PN_OPT));
typedef struct move {
    int64_t id;
    const char *trade;
    pn_money fen;
    pn_time due_at;
    bool open;
} move;
static PN_TYPE(move_t, "later.move", move, PN_COL(move, id, "id"), PN_COL(move, trade, "trade"),
    PN_COL(move, fen, "fen"), PN_COL(move, due_at, "due_at"), PN_COL(move, open, "open"));
const pn_sql pni_later_move_sql = {"later_trade", &move_t, NULL,
    "with c as (update credit_due set paid_fen = :fen where sk = :id# and payment_id = :id)"
    " update payment set provider_no = coalesce(:trade, provider_no), paid_at = :now"
    " where sk = :id# and id = :id", false};
const pn_sql pni_later_tried_sql = {"later_tried", &move_t, NULL,
    "update credit_due set tries = tries + 1, due_at = coalesce(:due_at, due_at), open = :open,"
    " asked = false, tried_at = null where sk = :id# and payment_id = :id", false};
const pn_sql pni_later_wait_sql = {"later_wait", &move_t, NULL,
    "update credit_due set told = told or :open, asked = :open, due_at = :due_at, tried_at = null"
    " where sk = :id# and payment_id = :id", false};
const pn_sql pni_later_day_sql = {"later_day", &move_t, NULL,
    "update credit_due set tried_at = :now where sk = :id# and payment_id = :id"
    " and tried_at is null", false};
const pn_sql pni_later_found_sql = {"later_found", &move_t, NULL,
    "update credit_due set paid_fen = :fen where sk = :id# and payment_id = :id"
    " and paid_fen is null", false};
typedef struct taken {
    int sk;
    int64_t payment_id;
    pn_word via;
    const char *no;
    pn_money fen;
} taken;
#define T(f, ...) PN_COL(taken, f, #f, __VA_ARGS__)
static PN_TYPE(taken_t, "later.taken", taken, T(sk), T(payment_id),
    T(via, .words = pn_pay_methods), T(no), T(fen));
#undef T
const pn_sql pni_later_trade_sql = {"later_put_trade", &taken_t, NULL,
    "insert into credit_trade (sk, via, trade_no, payment_id, amount_fen, at) values (:sk, :via,"
    " :no, :payment_id, :fen, :now) on conflict do nothing", false};
typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "later.drop_id", id_in, PN_COL(id_in, id, N_("Number")));
typedef struct owes {
    int64_t user;
    pn_money owed_fen, most_fen; /* most: had nothing been given back that is still to be told */
    int tries;
    pn_time due_at;
    pn_word via;
    bool told, asked, trying, waits; /* a try is under way; something else waits to be returned */
} owes;
static PN_TYPE(owes_t, "later.owes", owes, PN_COL(owes, user, "user"),
    PN_COL(owes, owed_fen, "owed"), PN_COL(owes, most_fen, "most"),
    PN_COL(owes, tries, "tries"), PN_COL(owes, due_at, "due_at"),
    PN_COL(owes, via, "via", .words = pn_pay_methods), PN_COL(owes, told, "told"),
    PN_COL(owes, asked, "asked"), PN_COL(owes, trying, "trying"), PN_COL(owes, waits, "waits"));
const pn_sql pni_later_drop_sql = {"later_owes", &by_id_t, &owes_t,
    "select c.user_id as user, c.tries, c.due_at, c.via, c.told, c.asked,"
    " c.tried_at is not null as trying, exists (select from refund_leg g where g.sk = :id#"
    "  and g.payment_id = :id and g.state = 'PENDING') as waits,"
    " (y.amount_fen - g.all_fen)::bigint as owed_fen, (y.amount_fen - g.told_fen)::bigint"
    "  as most_fen from credit_due c join payment y on y.sk = :id# and y.id = c.payment_id"
    " cross join lateral (select coalesce(sum(l.amount_fen), 0) as all_fen, coalesce("
    "   sum(l.amount_fen) filter (where l.state <> 'PENDING'), 0) as told_fen"
    "  from refund_leg l where l.sk = :id# and l.payment_id = y.id) g"
    " where c.sk = :id# and c.payment_id = :id", false};
/* Looked at again another day, as it is. */
const pn_sql pni_later_odd_sql = {"later_odd", &move_t, NULL,
    "update credit_due set due_at = :due_at where sk = :id# and payment_id = :id", false};

static int post(pn *p, const char *rule, const struct pn_payment_deduct *in, const owes *o)
{
    pni_doc d = {.rule = rule, .biz_kind = "PAYMENT", .biz_id = in->id, .sale = pn_sk(in->id),
                 .amount_fen = in->fen, .method = pn_word_name(pn_pay_methods, o->via)};
    return pni_post_later(p, &d);
}

/* Its bill will have it by this number. */
static int traded(pn *p, const struct pn_payment_deduct *in, const owes *o)
{
    taken t = {.payment_id = in->id, .via = o->via, .no = in->trade, .fen = in->fen};
    if (!in->trade || !in->fen.fen)
        return 0; /* all of it was given back before */
    t.sk = pni_code_sk(in->trade);
    return pn_exec(p, &pni_later_trade_sql, &t, NULL);
}

/* It was written off: it is less bad, and nobody owed it any more. */
static int found(pn *p, const struct pn_payment_deduct *in, const owes *o)
{
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &pni_later_found_sql, &(move){.id = in->id, .fen = in->fen}, &fresh));
    if (!fresh)
        return 0;
    PN_TRY(traded(p, in, o));
    return post(p, "SFPL_FOUND", in, o);
}

/* I12: another sum than was owed settles nothing. People are told, and the provider is asked again
 * the next day. */
static int odd(pn *p, int64_t id)
{
    move m = {.id = id, .due_at = {pn_now(p).us + PNI_DAY_US}};
    PN_TRY(pn_exec(p, &pni_later_odd_sql, &m, NULL));
    return pn_outbox(p, "payment.alarm", id, NULL, NULL, NULL);
}

static int done(pn *p, const struct pn_payment_deduct *in, const owes *o, pn_word state)
{
    move m = {.id = in->id, .trade = in->trade, .fen = in->fen};
    bool over = state.v == PN_PAYMENT_OVERDUE;
    if (state.v == PN_PAYMENT_BAD_DEBT)
        return found(p, in, o);
    if (in->fen.fen < o->owed_fen.fen || in->fen.fen > o->most_fen.fen)
        return odd(p, in->id);
    PN_TRY(pn_exec(p, &pni_later_move_sql, &m, NULL));
    PN_TRY(traded(p, in, o));
    PN_TRY(pn_step(p, &pni_payment_fsm, in->id, state, over ? "paid_manually" : "deduct_ok", NULL,
                   NULL));
    PN_TRY(pni_later_end(p, in->id));
    if (!in->fen.fen)
        return 0;
    PN_TRY(post(p, "SFPL_PAID", in, o));
    return pn_outbox(p, "sfpl.deducted", in->id, NULL, NULL, NULL);
}

/* The provider has so long to collect; then it is seen whether the try failed. */
static int wait_us(pn *p, int64_t *us)
{
    PN_TRY(pni_policy(p, "sfpl.collect_min", us));
    *us *= INT64_C(60000000);
    return 0;
}

static int asked(pn *p, int64_t id)
{
    int64_t us;
    PN_TRY(wait_us(p, &us));
    return pn_exec(p, &pni_later_wait_sql,
                   &(move){.id = id, .due_at = {pn_now(p).us + us}, .open = true}, NULL);
}

/* Days from the try that failed to the next; PN_ENONE: that was the last. */
static int next_try(pn *p, int tries, int64_t *days)
{
    int64_t before = 0;
    if (tries > 0)
        PN_TRY(pni_policy_at(p, "sfpl.retry_days", tries - 1, &before));
    PN_TRY(pni_policy_at(p, "sfpl.retry_days", tries, days));
    *days -= before;
    return 0;
}

/* After the last try it is overdue, and the account may do so no more. */
static int failed(pn *p, const struct pn_payment_deduct *in, const owes *o, pn_word state)
{
    int64_t gap = 1, waited = 0;
    int rc = next_try(p, o->tries, &gap);
    if (rc && rc != PN_ENONE)
        return rc;
    bool more = !rc;
    if (!more || gap < 1)
        gap = 1;
    if (o->asked)
        PN_TRY(wait_us(p, &waited));
    move m = {.id = in->id, .due_at = {o->due_at.us - waited + gap * PNI_DAY_US},
              .open = more || o->told};
    PN_TRY(pn_exec(p, &pni_later_tried_sql, &m, NULL));
    PN_TRY(pn_outbox(p, "sfpl.failed", in->id, NULL, NULL, NULL));
    if (more)
        return pn_step(p, &pni_payment_fsm, in->id, state, "deduct_fail", in->why, NULL);
    PN_TRY(pn_exec(p, &pni_later_block_sql, &(id_in){o->user}, NULL));
    return pn_step(p, &pni_payment_fsm, in->id, state, "retries_exhausted", in->why, NULL);
}

/* From now on nothing else is given back of it until it is known what the try did: whoever was
 * asked for a sum may have taken it. A try that is repeated is for the sum it was begun for. */
static int begin(pn *p, const struct pn_payment_deduct *in, const owes *o, pn_word state)
{
    if (!o->trying && (o->waits || o->owed_fen.fen != in->fen.fen))
        return pn_fail(p, PN_EBUSY, "id", "%s", pn_tr("Something of it was given back just now"));
    PN_TRY(pn_exec(p, &pni_later_day_sql, &(move){.id = in->id}, NULL));
    return state.v == PN_PAYMENT_CREDIT_OPEN
               ? pn_step(p, &pni_payment_fsm, in->id, state, "due", NULL, NULL) : 0;
}

static int deduct(pn *p, const struct pn_payment_deduct *in, pn_payment *out)
{
    owes o;
    PN_TRY(pni_payment_lock(p, in->id));
    PN_TRY(pni_payment_row(p, in->id, out));
    PN_TRY(pn_one(p, &pni_later_drop_sql, &(id_in){in->id}, &o));
    bool trying = out->state.v == PN_PAYMENT_DEDUCTING, over = out->state.v == PN_PAYMENT_OVERDUE;
    bool bad = out->state.v == PN_PAYMENT_BAD_DEBT;
    if ((trying || out->state.v == PN_PAYMENT_CREDIT_OPEN) && !strcmp(in->what, "BEGUN"))
        PN_TRY(begin(p, in, &o, out->state));
    if ((trying || over || bad) && !strcmp(in->what, "DONE"))
        PN_TRY(done(p, in, &o, out->state));
    if (trying && !strcmp(in->what, "ASKED"))
        PN_TRY(asked(p, in->id));
    if (trying && !strcmp(in->what, "FAILED"))
        PN_TRY(failed(p, in, &o, out->state));
    if (over && !strcmp(in->what, "LOOKED"))
        PN_TRY(pn_exec(p, &pni_later_wait_sql,
                       &(move){.id = in->id, .due_at = {pn_now(p).us + PNI_DAY_US}}, NULL));
    if (!strcmp(in->what, "TOLD"))
        PN_TRY(pn_exec(p, &pni_later_over_sql, &(id_in){in->id}, NULL));
    return pni_payment_row(p, in->id, out);
}
int pn_payment_deduct(pn *p, const struct pn_payment_deduct *in, pn_payment *out);
PNI_OP(payment, deduct, deduct, pn_payment,
       .brief = N_("Record what became of a later deduction"), .in = &deduct_t,
       .out = &pn_payment_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

/* A try that was begun before may have been taken. */
static int taken_before(pn *p, const due *d, const pni_source *s, struct pn_payment_deduct *in)
{
    pni_trade t = {0};
    if (!d->trying)
        return 0;
    PN_TRY(pni_source_query(p, s, &t));
    if (t.state.v != PNI_TRADE_SUCCESS)
        return 0;
    in->fen = t.paid_fen;
    in->trade = t.provider_no;
    return 0;
}

/* Each try has a number of its own: one that was refused stays refused. */
static int ask(pn *p, const due *d, struct pn_payment_deduct *out)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    const char *auth_no = d->auth_no;
    PN_TRY(pni_source_load(p, d->id, &s));
    const char *no = pni_source_number(p, d->id);
    if (!no || !(s.no = pn_printf(p, "%sD%d", no, d->tries + 1)))
        return none(p);
    PN_TRY(taken_before(p, d, &s, out));
    if (out->trade)
        return 0;
    if (pni_later_agreed(&s))
        PN_TRY(pni_agreed_number(p, d->auth_no, &auth_no));
    if (!pni_input(p, &in, "out_trade_no", s.no) ||
        !pni_input_number(p, &in, "created_us", s.created_at.us) ||
        !pni_input(p, &in, "auth_no", auth_no) || !pni_input(p, &in, "subject", s.order_no) ||
        !pni_input_number(p, &in, "amount_fen", d->owed_fen.fen))
        return none(p);
    PN_TRY(pni_source_call(p, &s, "pay_frozen", &in, &a));
    const char *fen = pni_answer_get(&a, "amount_fen");
    out->trade = a.outcome == PN_LINK_OK && pni_answer_is(&a, "SUCCESS")
                     ? pni_answer_get(&a, "provider_no") : NULL;
    if (out->trade && fen && *fen)
        out->fen.fen = strtoll(fen, NULL, 10);
    if (!out->trade && a.outcome != PN_LINK_DECLINED && a.outcome != PN_LINK_NOT_FOUND)
        return pni_source_refused(p, PN_EUNKNOWN_RESULT, &a);
    out->why = pn_printf(p, "%s %s", a.code, a.message);
    return 0;
}

/* ---- a provider that collects by itself ---- */

bool pni_later_collects(const pni_source *s)
{
    return s->via.v == PN_PAY_WECHAT;
}

static int named(pn *p, int64_t payment_id, pni_source *s, pni_pairs *in)
{
    PN_TRY(pni_source_load(p, payment_id, s));
    const char *no = pni_source_number(p, payment_id);
    return no && pni_input(p, in, "out_order_no", no) && pni_input(p, in, "subject", s->order_no)
               ? 0 : none(p);
}

/* Did it collect? NULL in `trade`: not yet; `told`: it has the sum. */
static int collected(pn *p, int64_t payment_id, bool *told, const char **trade, pn_money *fen)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    *trade = NULL;
    PN_TRY(named(p, payment_id, &s, &in));
    PN_TRY(pni_source_call(p, &s, "collected", &in, &a));
    if (a.outcome != PN_LINK_OK)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    const char *no = pni_answer_get(&a, "provider_no"), *sum = pni_answer_get(&a, "amount_fen");
    *told = !pni_answer_is(&a, "OPEN");
    if (!pni_answer_is(&a, "SUCCESS"))
        return 0;
    if (!no || !sum)
        return pn_fail(p, PN_EPROVIDER, NULL, "%s", pn_tr("The provider's answer is incomplete"));
    *trade = no;
    fen->fen = strtoll(sum, NULL, 10);
    return 0;
}

/* `call` with what is owed; refused or unknown, it is looked at again before it is repeated. */
static int told(pn *p, int64_t payment_id, const char *call, int64_t fen)
{
    pni_source s;
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(named(p, payment_id, &s, &in));
    if (!pni_input_number(p, &in, "amount_fen", fen) || !pni_input(p, &in, "reason", "refund") ||
        !pni_input_number(p, &in, "paid_us", pn_now(p).us))
        return none(p);
    PN_TRY(pni_source_call(p, &s, call, &in, &a));
    return a.outcome == PN_LINK_OK && !pni_answer_is(&a, "OPEN")
               ? 0 : pni_source_refused(p, a.outcome == PN_LINK_DECLINED ? PN_EPROVIDER
                                                                         : PN_EUNKNOWN_RESULT, &a);
}

int pni_later_less(pn *p, int64_t payment_id)
{
    owes o;
    bool has = false;
    const char *trade;
    pn_money fen;
    PN_TRY(pn_one(p, &pni_later_drop_sql, &(id_in){payment_id}, &o));
    if (o.trying)
        return pn_fail(p, PN_EBUSY, NULL, "%s", pn_tr("It is being deducted at this moment"));
    if (o.via.v != PN_PAY_WECHAT || !o.told)
        return 0;
    PN_TRY(collected(p, payment_id, &has, &trade, &fen));
    if (trade) /* it is taken down first, and goes back as it came then */
        return pn_fail(p, PN_EBUSY, NULL, "%s", pn_tr("The provider has just collected it"));
    return told(p, payment_id, "collect_less", o.owed_fen.fen);
}

/* What is to be said of it when it was looked at. */
static int collect(pn *p, const due *d, struct pn_payment_deduct *in)
{
    bool has = false;
    PN_TRY(collected(p, d->id, &has, &in->trade, &in->fen));
    in->what = "DONE";
    if (in->trade)
        return 0;
    in->what = d->state.v == PN_PAYMENT_OVERDUE ? "LOOKED" : d->asked ? "FAILED" : "ASKED";
    if (d->asked || d->state.v == PN_PAYMENT_OVERDUE) {
        in->why = pn_tr("Not collected in time");
        return 0;
    }
    return has ? told(p, d->id, "collect", d->owed_fen.fen)
               : told(p, d->id, "pay_frozen", d->owed_fen.fen);
}

static int heard(pn *p, int64_t payment_id, const char *trade, pn_money fen, const char **result)
{
    pn_payment y;
    struct pn_payment_deduct in = {payment_id, "DONE", trade, NULL, fen};
    PN_TRY(pni_payment_row(p, payment_id, &y));
    bool repeat = y.state.v == PN_PAYMENT_SUCCESS && !strcmp(y.provider_no, trade);
    *result = repeat ? "REPEAT" : "APPLIED";
    if (repeat)
        return 0;
    if (y.state.v != PN_PAYMENT_DEDUCTING && y.state.v != PN_PAYMENT_OVERDUE &&
        y.state.v != PN_PAYMENT_BAD_DEBT)
        return pn_fail(p, PN_ESTATE, "payment", pn_tr("Payment %lld is not being deducted (%s)"),
                       (long long)payment_id, pn_word_label(pn_payment_states, y.state));
    PN_TRY(pn_payment_deduct(p, &in, &y));
    if (y.state.v == PN_PAYMENT_DEDUCTING || y.state.v == PN_PAYMENT_OVERDUE)
        *result = "MISMATCH";
    return 0;
}

int pni_later_heard(pn *p, const pni_later_notice *n, const char **result)
{
    pni_source s;
    PN_TRY(pni_source_load(p, n->payment_id, &s));
    if (s.via.v != n->via)
        return pn_fail(p, PN_ECONFLICT, "payment", pn_tr("Payment %lld is by another provider"),
                       (long long)n->payment_id);
    if (n->collected)
        return heard(p, n->payment_id, n->provider_no, n->fen, result);
    *result = "APPLIED";
    if (s.state.v != PN_PAYMENT_CREATED && s.state.v != PN_PAYMENT_PENDING)
        *result = "REPEAT";
    return pni_tender_frozen(p, n->payment_id, n->provider_no, n->fen);
}

/* ---- the job ---- */

static int begun(pn *p, const due *d, struct pn_payment_deduct *in)
{
    pn_payment y;
    PN_TRY(pn_payment_deduct(p, &(struct pn_payment_deduct){.id = d->id, .what = "BEGUN",
                                                            .fen = d->owed_fen}, &y));
    if (d->via.v == PN_PAY_WECHAT && d->owed_fen.fen)
        return collect(p, d, in);
    in->fen = d->owed_fen;
    if (d->owed_fen.fen)
        PN_TRY(ask(p, d, in));
    else if (!d->told)
        PN_TRY(pni_later_let_go(p, d->id));
    in->what = in->trade || !d->owed_fen.fen ? "DONE" : "FAILED";
    return 0;
}

static int one(pn *p, const due *d)
{
    pn_payment y;
    struct pn_payment_deduct in = {.id = d->id, .what = "TOLD"};
    if (d->state.v == PN_PAYMENT_SUCCESS) /* by bank: nobody shall be asked for it again */
        PN_TRY(told(p, d->id, "collect_no_more", d->owed_fen.fen));
    else if (d->state.v == PN_PAYMENT_OVERDUE)
        PN_TRY(collect(p, d, &in));
    else
        PN_TRY(begun(p, d, &in));
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
        if (rc && rc != PN_EBUSY && !worst) /* busy: its turn comes again */
            worst = rc;
        *count += !rc;
    }
    return worst;
}
const pn_job pni_later_job = {"sfpl_due", N_("Deduct what was attended first"), 3600, sfpl_due};
