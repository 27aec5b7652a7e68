/* SPDX-License-Identifier: Apache-2.0 */
/* simulated.c — a payment provider that lives here, for training and tests.
 *
 * It keeps its own books (simulated_trade), talks by signed notices like any provider, and can be
 * told to be as bad as one: late (provider.simulated.delay_ms), telling twice (duplicate_bp), not
 * telling (loss_bp), taking the wrong amount (wrong_amount_bp). Which payment is hit is a function
 * of its number, so a run can be repeated. */
#include <string.h>

#include "base/conf.h"
#include "base/policy_int.h"
#include "order/payment_int.h"

typedef struct trade {
    int64_t payment_id;
    const char *provider_no;
    pn_money amount_fen, paid_fen, captured_fen;
    pn_word state;
    int notices, told;
    pn_time notify_at;
} trade;
#define T(f, ...) PN_COL(trade, f, #f, __VA_ARGS__)
static PN_TYPE(trade_t, "simulated.trade", trade, T(payment_id), T(provider_no), T(amount_fen),
    T(paid_fen), T(captured_fen),
    T(state, .words = pni_trade_states), T(notices), T(told), T(notify_at));
#undef T

const pn_sql pni_sim_send_sql = {"simulated_send", &trade_t, NULL,
    "insert into simulated_trade (sk, payment_id, provider_no, amount_fen, state, at)"
    " values (:payment_id#, :payment_id, :provider_no, :amount_fen, 'NOTPAY', :now)"
    " on conflict do nothing", false};
const pn_sql pni_sim_query_sql = {"simulated_query", &trade_t, &trade_t,
    "select payment_id, provider_no, amount_fen, paid_fen, captured_fen, state, notices, told,"
    " notify_at from simulated_trade where sk = :payment_id# and payment_id = :payment_id", false};
const pn_sql pni_sim_close_sql = {"simulated_close", &trade_t, NULL,
    "update simulated_trade set state = 'CLOSED' where sk = :payment_id#"
    " and payment_id = :payment_id and state = 'NOTPAY'", false};
/* Of money that is frozen: once, and the rest goes with it. */
const pn_sql pni_sim_take_sql = {"simulated_take", &trade_t, NULL,
    "update simulated_trade set captured_fen = :paid_fen where sk = :payment_id#"
    " and payment_id = :payment_id and state = 'SUCCESS' and paid_fen >= :paid_fen"
    " and captured_fen is null", false};
const pn_sql pni_sim_void_sql = {"simulated_void", &trade_t, NULL,
    "update simulated_trade set state = 'CLOSED' where sk = :payment_id#"
    " and payment_id = :payment_id and captured_fen is null", false};
/* A payer at the cashier may pay although the shop has closed the trade: that is how money comes
 * late. */
const pn_sql pni_sim_pay_sql = {"simulated_pay", &trade_t, &trade_t,
    "update simulated_trade set state = 'SUCCESS', paid_fen = :paid_fen, notices = :notices,"
    " notify_at = :notify_at where sk = :payment_id# and payment_id = :payment_id"
    " and state <> 'SUCCESS'"
    " returning payment_id, provider_no, amount_fen, paid_fen, state, notices, told, notify_at",
    false};
const pn_sql pni_sim_due_sql = {"simulated_due", NULL, &trade_t,
    "select payment_id, provider_no, amount_fen, paid_fen, state, notices, told, notify_at"
    " from simulated_trade where told < notices and notify_at <= :now order by notify_at"
    " limit 200", false};
const pn_sql pni_sim_told_sql = {"simulated_told", &trade_t, NULL,
    "update simulated_trade set told = :told where sk = :payment_id# and payment_id = :payment_id",
    false};

typedef struct sim_refund {
    int64_t payment_id;
    const char *out_request_no, *provider_no;
    pn_money amount_fen;
} sim_refund;
static PN_TYPE(sim_refund_t, "simulated.refund", sim_refund,
    PN_COL(sim_refund, payment_id, N_("Payment")),
    PN_COL(sim_refund, out_request_no, N_("Request")),
    PN_COL(sim_refund, provider_no, N_("Provider no.")),
    PN_COL(sim_refund, amount_fen, N_("Amount")));
/* Never more than was paid, each request once. */
const pn_sql pni_sim_refund_sql = {"simulated_refund", &sim_refund_t, NULL,
    "insert into simulated_refund (sk, out_request_no, payment_id, amount_fen, provider_no, at)"
    " select t.sk, :out_request_no, t.payment_id, :amount_fen, :provider_no, :now"
    " from simulated_trade t where t.sk = :payment_id# and t.payment_id = :payment_id"
    "  and t.state = 'SUCCESS' and coalesce(t.captured_fen, t.paid_fen) >= :amount_fen"
    "   + coalesce((select"
    "   sum(r.amount_fen) from simulated_refund r where r.sk = :payment_id#"
    "    and r.payment_id = :payment_id and r.out_request_no <> :out_request_no), 0)"
    " on conflict do nothing", false};
const pn_sql pni_sim_refunded_sql = {"simulated_refunded", &sim_refund_t, &sim_refund_t,
    "select payment_id, out_request_no, provider_no, amount_fen from simulated_refund"
    " where sk = :payment_id# and out_request_no = :out_request_no and amount_fen = :amount_fen",
    false};

bool pni_simulates(int method)
{
    return method == PN_PAY_SIMULATED || method == PN_PAY_SIMULATED_AUTH;
}

int pni_simulated_may(pn *p)
{
    int64_t allowed = 0;
    PN_TRY(pni_policy(p, "payment.simulated", &allowed));
    if (allowed)
        return 0;
    pn_fail(p, PN_ESTATE, "method", "%s",
            pn_tr("The simulated provider is switched off: here money is real"));
    return pn_hint(p, "%s", pn_tr("Take another method; for training an administrator sets "
                                  "payment.simulated to 1"));
}

static const char *number(pn *p, int64_t payment_id)
{
    return pn_printf(p, "SIM%lld", (long long)payment_id);
}

static bool hit(pn *p, const char *key, int64_t payment_id, uint64_t salt)
{
    uint64_t h = ((uint64_t)payment_id + salt) * UINT64_C(0x9E3779B97F4A7C15);
    return (int64_t)((h >> 32) % 10000) < pn_conf_int(pn_unit_ctx(p), key);
}

static int sim_send(pn *p, int64_t payment_id, int64_t amount_fen)
{
    return pn_exec(p, &pni_sim_send_sql,
                   &(trade){.payment_id = payment_id, .provider_no = number(p, payment_id),
                            .amount_fen = {amount_fen}}, NULL);
}

static int sim_query(pn *p, int64_t payment_id, pni_trade *out)
{
    trade t;
    int rc = pn_one(p, &pni_sim_query_sql, &(trade){.payment_id = payment_id}, &t);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The provider does not know payment %lld"),
                       (long long)payment_id);
    PN_TRY(rc);
    *out = (pni_trade){t.state, t.provider_no, t.paid_fen};
    return 0;
}

static int sim_close(pn *p, int64_t payment_id)
{
    return pn_exec(p, &pni_sim_close_sql, &(trade){.payment_id = payment_id}, NULL);
}

static int sim_give_back(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                         const char **provider_no)
{
    sim_refund r = {payment_id, out_request_no, pn_printf(p, "SIMR%s", out_request_no),
                    {amount_fen}};
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &pni_sim_refund_sql, &r, &fresh));
    if (fresh && hit(p, "provider.simulated.loss_bp", payment_id, 4)) /* done, and not told */
        return pn_fail(p, PN_EUNKNOWN_RESULT, NULL, pn_tr("No answer about refund %s"),
                       out_request_no);
    int rc = fresh ? 0 : pn_one(p, &pni_sim_refunded_sql, &r, &r);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The provider refuses to pay back %s"),
                       out_request_no);
    PN_TRY(rc);
    *provider_no = r.provider_no;
    return 0;
}

static int sim_back_query(pn *p, int64_t payment_id, const char *out_request_no,
                          int64_t amount_fen, pni_back *out)
{
    sim_refund r = {payment_id, out_request_no, NULL, {amount_fen}};
    if (hit(p, "provider.simulated.loss_bp", payment_id, 6))
        return pn_fail(p, PN_EUNKNOWN_RESULT, NULL, pn_tr("No answer about refund %s"),
                       out_request_no);
    int rc = pn_one(p, &pni_sim_refunded_sql, &r, &r);
    if (rc && rc != PN_ENONE)
        return rc;
    *out = (pni_back){rc ? PNI_BACK_NO : PNI_BACK_PAID, rc ? NULL : r.provider_no};
    return 0;
}

const pni_provider pni_simulated = {PN_PAY_SIMULATED, sim_send, sim_query, sim_close,
                                    sim_give_back, .refund_query = sim_back_query};

/* ---- frozen first ---- */

static int sim_void(pn *p, int64_t payment_id)
{
    int64_t done = 0;
    PN_TRY(pn_exec(p, &pni_sim_void_sql, &(trade){.payment_id = payment_id}, &done));
    return done ? 0
                : pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The provider has taken payment %lld"),
                          (long long)payment_id);
}

static int sim_take(pn *p, int64_t payment_id, pn_money fen)
{
    trade t = {.payment_id = payment_id, .paid_fen = fen};
    int64_t fresh = 0;
    PN_TRY(pn_exec(p, &pni_sim_take_sql, &t, &fresh));
    if (fresh && hit(p, "provider.simulated.loss_bp", payment_id, 5)) /* done, and not told */
        return pn_fail(p, PN_EUNKNOWN_RESULT, NULL, pn_tr("No answer about payment %lld"),
                       (long long)payment_id);
    PN_TRY(pn_one(p, &pni_sim_query_sql, &t, &t));
    return t.captured_fen.fen == fen.fen
               ? 0 : pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The provider refuses payment %lld"),
                             (long long)payment_id);
}

static int sim_take_all(pn *p, int64_t payment_id)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, payment_id, &y));
    return sim_take(p, payment_id, y.amount_fen);
}

const pni_provider pni_simulated_auth = {PN_PAY_SIMULATED_AUTH, sim_send, sim_query, sim_void,
                                         sim_give_back, sim_take_all, sim_take,
                                         sim_back_query};

/* ---- its notices ---- */

static int tell(pn *p, trade *t)
{
    pn_payment y;
    PN_TRY(pni_payment_row(p, t->payment_id, &y));
    for (; t->told < t->notices; t->told++) {
        struct pn_payment_notify n = {
            .method = y.method, .payment = t->payment_id, .provider_no = t->provider_no,
            .notice_id = pn_printf(p, "%s-%d", t->provider_no, t->told + 1),
            .amount_fen = t->paid_fen};
        pn_payment_result out;
        PN_TRY(pni_notice_sign(p, &n, &n.signature));
        PN_TRY(pn_payment_notify(p, &n, &out));
    }
    return pn_exec(p, &pni_sim_told_sql, t, NULL);
}

static int tell_due(pn *p, int64_t *done)
{
    pn_rows rows;
    PN_TRY(pn_all(p, &pni_sim_due_sql, NULL, &rows));
    pn_each(trade, t, &rows)
    {
        PN_TRY(tell(p, t));
        (*done)++;
    }
    return 0;
}
const pn_job pni_simulated_job = {"pay_simulated", N_("Deliver the simulated provider's notices"),
                                  1, tell_due};

/* ---- the payer ---- */

static PN_TYPE(simulate_in_t, "payment.simulate", struct pn_payment_simulate,
    PN_COL(struct pn_payment_simulate, payment, N_("Payment"), .flags = PN_REQ | PN_ARG,
           .ref = "payment"),
    PN_COL(struct pn_payment_simulate, amount_fen, N_("Amount"), .flags = PN_OPT,
           .hint = N_("What the payer pays; default: what is asked for")));

static int simulate(pn *p, const struct pn_payment_simulate *in, pn_payment *out)
{
    pn_payment y;
    PN_TRY(pni_simulated_may(p));
    PN_TRY(pni_payment_lock(p, in->payment)); /* the notice comes in the same transaction */
    PN_TRY(pni_payment_row(p, in->payment, &y));
    if (!pni_simulates(y.method.v))
        return pn_fail(p, PN_EARG, "payment", "%s",
                       pn_tr("Only payments of the simulated provider can be simulated"));
    PN_TRY(sim_send(p, y.id, y.amount_fen.fen));
    if (y.state.v == PN_PAYMENT_CREATED)
        PN_TRY(pn_call(p, &pni_payment_sent_op, &(struct { int64_t id; }){y.id}, NULL));
    int64_t wrong = hit(p, "provider.simulated.wrong_amount_bp", y.id, 3) ? 1 : 0;
    trade t = {.payment_id = y.id,
               .paid_fen = {in->amount_fen.fen ? in->amount_fen.fen : y.amount_fen.fen - wrong}};
    t.notices = hit(p, "provider.simulated.loss_bp", y.id, 1)        ? 0
                : hit(p, "provider.simulated.duplicate_bp", y.id, 2) ? 2
                                                                     : 1;
    int64_t delay_ms = pn_conf_int(pn_unit_ctx(p), "provider.simulated.delay_ms");
    t.notify_at.us = pn_now(p).us + delay_ms * 1000;
    int rc = pn_one(p, &pni_sim_pay_sql, &t, &t);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ESTATE, "payment", "%s", pn_tr("The payer has paid already"));
    PN_TRY(rc);
    if (delay_ms == 0)
        PN_TRY(tell(p, &t));
    return pni_payment_row(p, y.id, out);
}

PNI_OP(payment, simulate, simulate, pn_payment,
       .brief = N_("Let the payer of the simulated provider pay"),
       .help = N_("For training and tests: the provider then sends its notices, with the delay, "
                  "repetition, loss or wrong amount that provider.simulated.* asks for. Where "
                  "money is real, it is switched off (policy payment.simulated)."),
       .in = &simulate_in_t, .out = &pn_payment_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS,
       .flags = PN_WRITE, .example = "pn payment simulate 1970241")
