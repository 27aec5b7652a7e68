/* SPDX-License-Identifier: Apache-2.0 */
/* provider.c — payments over connectors. One set of calls serves every method: what differs between
 * vendors is in their files. Nothing here runs inside a transaction; what was said is kept without
 * secrets, whatever came of it. A result that is not known is asked for before anything is sent
 * again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_int.h"
#include "link/link_int.h"
#include "order/agreement_int.h"

#define S(f, ...) PN_COL(pni_source, f, #f, __VA_ARGS__)
static PN_TYPE(source_t, "payment.source", pni_source, S(id), S(method, .words = pn_pay_methods),
    S(state, .words = pn_payment_states), S(scene, .words = pni_scenes), S(amount_fen),
    S(received_fen), S(payer), S(code), S(client_ip), S(return_url), S(provider_no), S(order_no),
    S(show), S(sub_mchid), S(sub_appid), S(seller_id), S(payee_token), S(op_app_id), S(own_app),
    S(via, .words = pn_pay_methods), S(ends_at), S(created_at), S(expires_at),
    S(user_id, .flags = PN_OPT), S(polls), S(tries), S(instalments));
#undef S
const pn_sql pni_pay_source_sql = {"payment_source", &source_t, &source_t,
    "select y.id, y.method, y.state, f.scene, y.amount_fen,"
    " coalesce(c.paid_fen, y.received_fen) as received_fen, f.payer, f.code,"
    " f.client_ip, coalesce(f.instalments, 0) as instalments,"
    " m.sub_mchid, m.sub_appid, d.alipay_seller as seller_id,"
    " d.alipay_token as payee_token, d.alipay_appid as op_app_id,"
    " coalesce(f.own_app, false) as own_app, c.via, c.session_end_at as ends_at,"
    " f.return_url, y.provider_no, o.no as order_no, h.title as show,"
    " coalesce(c.tried_at, y.created_at) as created_at, coalesce(c.tries, 0) as tries,"
    " y.expires_at, y.polls, o.user_id"
    " from payment y join orders o on o.sk = :id# and o.id = y.order_id"
    " join show h on h.id = o.show_id"
    " left join payment_front f on f.sk = :id# and f.payment_id = y.id"
    " left join credit_due c on y.method = 'SFPL' and c.sk = :id# and c.payment_id = y.id"
    " left join direct_payee m on y.method = 'MINIAPP_DIRECT' and m.organiser_id = y.payee_id"
    " left join direct_payee d on y.method = 'ALIPAY_DIRECT' and d.organiser_id = y.payee_id"
    " where y.sk = :id# and y.id = :id", false};

typedef struct said {
    int64_t id, payment_id;
    const char *call, *outcome, *code, *message, *exchange, *qr, *url, *front, *error;
    const char *out_request_no;
    int status;
} said;
#define S(f, ...) PN_COL(said, f, #f, __VA_ARGS__)
static PN_TYPE(said_t, "payment.said", said, S(id), S(payment_id), S(call), S(outcome), S(code),
    S(message), S(exchange, .max = 200000), S(qr), S(url, .max = 8000), S(front, .max = 8000),
    S(error), S(status), S(out_request_no));
#undef S
const pn_sql pni_exchange_put_sql = {"payment_exchange_put", &said_t, NULL,
    "insert into payment_exchange (sk, id, payment_id, refund_id, call, outcome, status, code,"
    " message, exchange, at) select :payment_id#, :id, :payment_id, g.refund_id, :call, :outcome,"
    "  :status, coalesce(:code, ''), coalesce(:message, ''), coalesce(:exchange, ''), :now"
    " from (select 1) one left join refund_leg g on g.sk = :payment_id#"
    "  and g.out_request_no = :out_request_no", false};
const pn_sql pni_front_said_sql = {"payment_front_said", &said_t, NULL,
    "update payment_front set qr = coalesce(:qr, qr), url = coalesce(:url, url),"
    " front = coalesce(:front, front), error = coalesce(:error, ''), payer = '', code = '',"
    " updated_at = :now where sk = :payment_id# and payment_id = :payment_id", false};

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* ---- one call ---- */

bool pni_input(pn *p, pni_pairs *in, const char *name, const char *value)
{
    return !value || !*value || pni_pairs_put(p, in, name, pni_span_of(value), true);
}

bool pni_input_number(pn *p, pni_pairs *in, const char *name, int64_t value)
{
    const char *text = pn_printf(p, "%" PRId64, value);
    return text && pni_input(p, in, name, text);
}

const char *pni_source_number(pn *p, int64_t payment_id)
{
    return pn_printf(p, "P%06" PRId64, payment_id);
}

static int keep(pn *p, const pni_source *s, const char *name, const pni_pairs *in,
                const pni_answer *a)
{
    const pni_pair *request = pni_pairs_find(in, "out_request_no");
    said row = {.payment_id = s->id, .call = name, .status = a->status, .code = a->code,
                .message = a->message, .exchange = a->exchange,
                .out_request_no = request ? request->value.s : NULL,
                .outcome = pn_word_name(pni_outcomes, (pn_word){(int16_t)a->outcome})};
    PN_TRY(pn_new_id(p, pn_sk(s->id), &row.id));
    return pn_exec(p, &pni_exchange_put_sql, &row, NULL);
}

static const pni_method *carrier(const pni_source *s)
{
    return pni_method_of(s->via.v ? s->via.v : s->method.v);
}

const char *pni_source_notify(pn *p, const pni_source *s)
{
    const char *home = pn_conf(pn_unit_ctx(p), "http.public_url");
    return *home ? pn_printf(p, "%s/v1/notify/%s", home, carrier(s)->connector) : NULL;
}

int pni_source_call(pn *p, const pni_source *s, const char *name, const pni_pairs *in,
                    pni_answer *out)
{
    const pni_method *m = carrier(s);
    pni_link *l = NULL;
    PN_TRY(pni_link_open(p, m->connector, &l));
    int rc = pni_link_call(p, l, name, in, out);
    pni_link_close(p, l);
    PN_TRY(rc);
    return keep(p, s, name, in, out);
}

/* The vendor's words as ours. */
int pni_source_refused(pn *p, int code, const pni_answer *a)
{
    return pni_answer_fail(p, code, NULL, a);
}

int pni_source_frozen(pn *p, const pni_source *s, const pni_pairs *in,
                      const pni_frozen_words *say, pni_trade *out)
{
    pni_answer a;
    PN_TRY(pni_source_call(p, s, "freeze_query", in, &a));
    *out = (pni_trade){{PNI_TRADE_NOTPAY}, NULL, {0}};
    if (a.outcome == PN_LINK_NOT_FOUND)
        return 0;
    if (a.outcome != PN_LINK_OK)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    const char *no = pni_answer_get(&a, say->no), *fen = pni_answer_get(&a, "amount_fen");
    if (pni_answer_is(&a, say->gone))
        out->state.v = PNI_TRADE_CLOSED;
    if (pni_answer_is(&a, say->held) && no && fen)
        *out = (pni_trade){{PNI_TRADE_SUCCESS}, no, {strtoll(fen, NULL, 10)}};
    return 0;
}

int pni_source_load(pn *p, int64_t payment_id, pni_source *s)
{
    pni_source in = {.id = payment_id};
    int rc = pn_one(p, &pni_pay_source_sql, &in, s);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "id", pn_tr("There is no payment %lld"),
                       (long long)payment_id);
    PN_TRY(rc);
    if (!(carrier(s)->can & PNI_IS_AGREED) || s->method.v != PN_PAY_SFPL)
        return 0;
    s->no = pn_printf(p, "P%06" PRId64 "D%d", s->id, s->tries + 1); /* of its try */
    return s->no ? 0 : none(p);
}

bool pni_input_payee(pn *p, pni_pairs *in, const pni_source *s)
{
    return pni_input(p, in, "sub_mchid", s->sub_mchid) &&
           pni_input(p, in, "sub_appid", s->sub_appid) &&
           pni_input(p, in, "seller_id", s->seller_id) &&
           pni_input(p, in, "payee_token", s->payee_token) &&
           pni_input(p, in, "op_app_id", s->op_app_id);
}

/* Some vendors know an order by its number and its day. */
static int numbered(pn *p, const pni_source *s, pni_pairs *in)
{
    const char *no = s->no ? s->no : pni_source_number(p, s->id);
    return no && pni_input(p, in, "out_trade_no", no) &&
                   pni_input_number(p, in, "created_us", s->created_at.us) &&
                   pni_input_payee(p, in, s)
               ? 0 : none(p);
}

/* ---- telling our side ---- */

int pni_front_done(pn *p, int64_t payment_id, const pni_answer *refused)
{
    said row = {.payment_id = payment_id};
    if (refused && !(row.error = pn_printf(p, "%s %s", refused->code, refused->message)))
        return none(p);
    PN_TRY(pn_exec(p, &pni_front_said_sql, &row, NULL));
    return refused ? pni_payment_end(p, payment_id) : 0;
}

int pni_front_give(pn *p, int64_t payment_id, const char *front)
{
    return pn_exec(p, &pni_front_said_sql, &(said){.payment_id = payment_id, .front = front},
                   NULL);
}

pn_money pni_paid_fen(const char *fen, const char *currency)
{
    return (pn_money){pni_is_yuan(currency) ? strtoll(fen, NULL, 10) : 0};
}

static int paid(pn *p, const pni_source *s, const pni_answer *a)
{
    const char *no = pni_answer_get(a, "provider_no"), *fen = pni_answer_get(a, "amount_fen");
    pn_payment_result out;
    if (!no || !fen)
        return pn_fail(p, PN_EPROVIDER, NULL, "%s", pn_tr("The provider's answer is incomplete"));
    return pni_payment_told(p, s->id, s->method, no,
                            pni_paid_fen(fen, pni_answer_get(a, "currency")), &out);
}

bool pni_answer_is(const pni_answer *a, const char *word)
{
    const char *state = pni_answer_get(a, "state");
    return state && !strcmp(state, word);
}

/* ---- asking ---- */

static int ask(pn *p, const pni_source *s, pni_answer *a)
{
    pni_pairs in = {0};
    PN_TRY(numbered(p, s, &in));
    return pni_source_call(p, s, "query", &in, a);
}

int pni_source_query(pn *p, const pni_source *s, pni_trade *out)
{
    pni_answer a;
    PN_TRY(ask(p, s, &a));
    *out = (pni_trade){{PNI_TRADE_NOTPAY}, NULL, {0}};
    if (a.outcome == PN_LINK_NOT_FOUND) /* nobody has scanned it */
        return 0;
    if (a.outcome != PN_LINK_OK)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    if (pni_answer_is(&a, "CLOSED"))
        out->state.v = PNI_TRADE_CLOSED;
    if (!pni_answer_is(&a, "SUCCESS"))
        return 0;
    const char *no = pni_answer_get(&a, "provider_no"), *fen = pni_answer_get(&a, "amount_fen");
    if (!no || !fen)
        return pn_fail(p, PN_EPROVIDER, NULL, "%s", pn_tr("The provider's answer is incomplete"));
    *out = (pni_trade){{PNI_TRADE_SUCCESS}, no,
                       pni_paid_fen(fen, pni_answer_get(&a, "currency"))};
    return 0;
}

int pni_source_remind(pn *p, const pni_source *s, pni_answer *out)
{
    const pni_method *m = carrier(s);
    pni_link *l = NULL;
    pni_pairs in = {0};
    if (m->connector)
        PN_TRY(pni_link_open(p, m->connector, &l));
    bool can = l && pni_link_has(l, "notice_again");
    pni_link_close(p, l);
    if (can) {
        PN_TRY(numbered(p, s, &in));
        return pni_source_call(p, s, "notice_again", &in, out);
    }
    pn_fail(p, PN_EARG, "id", pn_tr("%s sends no notice again"),
            pn_word_label(pn_pay_methods, s->method));
    return pn_hint(p, "%s", pn_tr("What became of it is asked by itself, time by time"));
}

static int link_query(pn *p, int64_t payment_id, pni_trade *out)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    return pni_source_query(p, &s, out);
}

/* Somebody paid in the meantime: it is not closed, the next look will tell. */
int pni_source_close(pn *p, const pni_source *s)
{
    pni_answer a;
    pni_pairs in = {0};
    if (!(pni_method_of(s->method.v)->can & PNI_CAN_CLOSE))
        return 0; /* it runs out by itself; money that comes all the same is late */
    PN_TRY(numbered(p, s, &in));
    PN_TRY(pni_source_call(p, s, s->scene.v == PN_SCENE_BAR ? "cancel" : "close", &in, &a));
    return a.outcome == PN_LINK_OK || a.outcome == PN_LINK_NOT_FOUND
               ? 0 : pni_source_refused(p, PN_EPROVIDER, &a);
}

static int link_close(pn *p, int64_t payment_id)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    return pni_source_close(p, &s);
}

/* ---- sending ---- */

enum { SUBJECT_MAX = 60 }; /* characters of the title; vendors take some 120 of all */

static int title_bytes(const char *title)
{
    int n = 0, characters = 0;
    for (; title[n]; n++) {
        bool begins = ((unsigned char)title[n] & 0xc0) != 0x80;
        if (begins && ++characters > SUBJECT_MAX)
            break;
    }
    return n;
}

int pni_source_homeless(pn *p)
{
    pn_fail(p, PN_ECONF, NULL, "%s", pn_tr("Providers do not know where to send notices"));
    return pn_hint(p, "%s", pn_tr("Set http.public_url in piaoniu.yaml"));
}

int pni_fail_of(pn *p, const pn *own, int rc, const char *field)
{
    const pn_err *e = own ? pn_error(own) : NULL;
    pn_fail(p, (pn_code)rc, field, "%s", e ? e->message : pn_code_text(PN_EMEM));
    return e && e->hint ? pn_hint(p, "%s", e->hint) : rc;
}

static int inputs(pn *p, const pni_source *s, pni_pairs *in)
{
    const char *notify = pni_source_notify(p, s);
    bool bar = s->scene.v == PN_SCENE_BAR;
    const char *subject = pn_printf(p, "%.*s %s", title_bytes(s->show), s->show, s->order_no);
    if (!notify && !bar)
        return pni_source_homeless(p);
    PN_TRY(numbered(p, s, in));
    PN_TRY(pni_agreed_inputs(p, s, notify, in));
    return subject && pni_input_number(p, in, "amount_fen", s->amount_fen.fen) &&
                   pni_input(p, in, "subject", subject) && pni_input(p, in, "notify_url", notify) &&
                   pni_input(p, in, bar ? "auth_code" : "openid", s->payer) &&
                   (!s->instalments || pni_input_number(p, in, "instalments", s->instalments)) &&
                   pni_input(p, in, "client_ip", s->client_ip) &&
                   pni_input(p, in, "return_url", s->return_url) &&
                   pni_input_number(p, in, "expires_us", s->expires_at.us)
               ? 0 : none(p);
}

/* A code that was scanned and of which nothing is known is never sent again: it is asked for, and
 * what is still open is reversed. */
static int bar_again(pn *p, const pni_source *s)
{
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(ask(p, s, &a));
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, "SUCCESS"))
        return paid(p, s, &a);
    PN_TRY(numbered(p, s, &in));
    PN_TRY(pni_source_call(p, s, "cancel", &in, &a));
    if (a.outcome != PN_LINK_OK && a.outcome != PN_LINK_NOT_FOUND)
        return pni_source_refused(p, PN_EUNKNOWN_RESULT, &a);
    return pni_front_done(p, s->id, &a);
}

int pni_source_send(pn *p, const pni_source *s, pni_answer *out)
{
    static const char *const calls[] = {"", "pay_qr", "pay_bar", "pay_wap", "pay_app", "pay_js",
                                        "pay_pc"};
    pni_pairs in = {0};
    PN_TRY(inputs(p, s, &in));
    return pni_source_call(p, s, s->own_app ? "pay_js_own" : calls[s->scene.v], &in, out);
}

static int link_send(pn *p, int64_t payment_id, int64_t amount_fen)
{
    pni_source s;
    pni_answer a;
    (void)amount_fen;
    PN_TRY(pni_source_load(p, payment_id, &s));
    if (s.state.v != PN_PAYMENT_CREATED)
        return 0;
    if (s.scene.v == PN_SCENE_BAR && s.polls > 1)
        return bar_again(p, &s);
    PN_TRY(pni_source_send(p, &s, &a));
    bool there = a.outcome == PN_LINK_OK || a.outcome == PN_LINK_PENDING ||
                 a.outcome == PN_LINK_DUPLICATE;
    said row = {.payment_id = s.id, .qr = pni_answer_get(&a, "qr"),
                .url = pni_answer_get(&a, "url"), .front = pni_answer_get(&a, "front")};
    if (there || s.scene.v == PN_SCENE_BAR)
        PN_TRY(pn_exec(p, &pni_front_said_sql, &row, NULL));
    if (a.outcome == PN_LINK_OK && s.scene.v == PN_SCENE_BAR && pni_answer_is(&a, "SUCCESS"))
        return paid(p, &s, &a);
    if (there)
        return 0;
    if (a.outcome == PN_LINK_RETRYABLE || a.outcome == PN_LINK_RATE_LIMITED)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    if (a.outcome == PN_LINK_UNKNOWN)
        return pni_source_refused(p, PN_EUNKNOWN_RESULT, &a);
    return pni_front_done(p, s.id, &a);
}

/* ---- paying back ---- */

static int of_back(pn *p, const pni_source *s, const char *out_request_no, int64_t amount_fen,
                   pni_pairs *in)
{
    /* a second trade has no own number */
    const char *own = s->no ? s->no : s->scene.v ? pni_source_number(p, s->id) : NULL;
    return pni_input(p, in, "provider_no", s->provider_no) && pni_input(p, in, "own_no", own) &&
                   pni_input_number(p, in, "created_us", s->created_at.us) &&
                   pni_input_payee(p, in, s) &&
                   pni_input(p, in, "out_request_no", out_request_no) &&
                   pni_input_number(p, in, "amount_fen", amount_fen) &&
                   pni_input_number(p, in, "total_fen", s->received_fen.fen) &&
                   pni_input(p, in, "notify_url", pni_source_notify(p, s))
               ? 0 : none(p);
}

/* The same number pays back once, however often it is asked. Under way is no failure: PN_EBUSY. */
int pni_source_refund(pn *p, const pni_source *s, const char *out_request_no, int64_t amount_fen,
                      const char **provider_no)
{
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(of_back(p, s, out_request_no, amount_fen, &in));
    PN_TRY(pni_source_call(p, s, "refund", &in, &a));
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, "UNSURE")) /* nothing changed: was it done? */
        PN_TRY(pni_source_call(p, s, "refund_query", &in, &a));
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, "SUCCESS")) {
        const char *no = pni_answer_get(&a, "provider_no");
        *provider_no = no ? no : out_request_no;
        return 0;
    }
    if (a.outcome == PN_LINK_OK && pni_answer_is(&a, "PROCESSING"))
        return pn_fail(p, PN_EBUSY, NULL, "%s", pn_tr("The provider is still paying back"));
    if (a.outcome == PN_LINK_OK)
        return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The refund is %s at the provider"),
                       pni_answer_get(&a, "state") ? pni_answer_get(&a, "state") : "?");
    return pni_source_refused(p, a.outcome == PN_LINK_UNKNOWN ? PN_EUNKNOWN_RESULT : PN_EPROVIDER,
                              &a);
}

static int link_refund(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                       const char **provider_no)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    return pni_source_refund(p, &s, out_request_no, amount_fen, provider_no);
}

/* Only what it says for good is a no: what it does not know, what failed there, what it closed. */
int pni_source_back(pn *p, const pni_source *s, const char *out_request_no, int64_t amount_fen,
                    pni_back *out)
{
    static const char *const noes[] = {"NONE", "ABNORMAL", "CLOSED"};
    pni_answer a;
    pni_pairs in = {0};
    PN_TRY(of_back(p, s, out_request_no, amount_fen, &in));
    PN_TRY(pni_source_call(p, s, "refund_query", &in, &a));
    *out = (pni_back){a.outcome == PN_LINK_NOT_FOUND ? PNI_BACK_NO : PNI_BACK_UNSURE, NULL};
    if (a.outcome != PN_LINK_OK)
        return 0;
    for (size_t i = 0; i < sizeof noes / sizeof *noes; i++)
        if (pni_answer_is(&a, noes[i]))
            out->answer = PNI_BACK_NO;
    if (pni_answer_is(&a, "SUCCESS")) {
        const char *no = pni_answer_get(&a, "provider_no");
        *out = (pni_back){PNI_BACK_PAID, no ? no : out_request_no};
    }
    return 0;
}

static int link_back(pn *p, int64_t payment_id, const char *out_request_no, int64_t amount_fen,
                     pni_back *out)
{
    pni_source s;
    PN_TRY(pni_source_load(p, payment_id, &s));
    return pni_source_back(p, &s, out_request_no, amount_fen, out);
}

const pni_provider pni_linked = {0, link_send, link_query, link_close, link_refund,
                                 .refund_query = link_back};
