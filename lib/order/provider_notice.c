/* SPDX-License-Identifier: Apache-2.0 */
/* provider_notice.c — a provider's notice: the connector proves that it is genuine and ours, then
 * it is applied in a transaction of its own, and only when that is committed is the provider told
 * so. A notice that could not be applied is refused, and comes again. */
#include "order/provider_notice.h"

#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "base/unit_int.h"
#include "catalog/row_int.h"
#include "link/link_int.h"
#include "order/agreement_int.h"
#include "order/later_int.h"
#include "order/recharge_int.h"
#include "order/provider_int.h"
#include "order/tender_int.h"

typedef struct leg { int64_t id, payment_id; int no, sk; const char *out_request_no; } leg;
#define L(f, ...) PN_COL(leg, f, #f, __VA_ARGS__)
static PN_TYPE(leg_t, "refund.heard_leg", leg, L(id), L(payment_id), L(no), L(sk),
    L(out_request_no));
#undef L
const pn_sql pni_hear_leg_sql = {"refund_leg_by_number", &leg_t, &leg_t,
    "select refund_id as id, no, payment_id from refund_leg where sk = :sk"
    " and out_request_no = :out_request_no", false};

static PN_TYPE(hear_t, "payment.hear", struct pn_payment_hear,
    PN_COL(struct pn_payment_hear, connector, N_("Connector"), .flags = PN_REQ, .max = 40),
    PN_COL(struct pn_payment_hear, query, N_("Query"), .max = 8000),
    PN_COL(struct pn_payment_hear, headers, N_("Headers"), .max = 60000),
    PN_COL(struct pn_payment_hear, body, N_("Body"), .max = 1000000));
static PN_TYPE(heard_t, "payment.heard", pn_payment_heard,
    PN_COL(pn_payment_heard, status, N_("HTTP status"), .flags = PN_BRIEF),
    PN_COL(pn_payment_heard, type, N_("Content type"), .flags = PN_BRIEF),
    PN_COL(pn_payment_heard, body, N_("Body"), .flags = PN_BRIEF),
    PN_COL(pn_payment_heard, result, N_("Result"), .flags = PN_BRIEF));

static const char *get(const pni_heard *h, const char *name)
{
    const pni_pair *v = pni_pairs_find(&h->map, name);
    return v ? v->value.s : NULL;
}

/* "P1970241" is payment 1970241; anything else is a number of somebody else's. */
static int payment_of(pn *p, const char *no, int64_t *id)
{
    char *end = NULL;
    *id = no && no[0] == 'P' ? strtoll(no + 1, &end, 10) : 0;
    if (*id > 0 && !*end)
        return 0;
    return pn_fail(p, PN_ENONE, "payment", pn_tr("“%s” is no payment of ours"), no ? no : "");
}

/* I12: money that went to somebody else pays nothing here. Whoever collects a payment has one
 * number at its provider, and we have ours. *method: the payment's. */
static int payee_is(pn *p, int64_t id, const char *payee, int *method)
{
    pni_source s;
    PN_TRY(pni_source_load(p, id, &s));
    const char *own = s.sub_mchid ? s.sub_mchid : s.seller_id;
    bool theirs = pni_method_of(s.method.v)->can & PNI_IS_THEIRS;
    if (theirs)
        *method = s.method.v;
    if (theirs ? payee && own && *own && !strcmp(payee, own) : !payee)
        return 0;
    return pn_fail(p, PN_ECONFLICT, "payee", pn_tr("Payment %lld is for another merchant"),
                   (long long)id);
}

/* Of what is ours alone. */
static int ours(pn *p, const pni_heard *h)
{
    return h->payee ? pn_fail(p, PN_ECONFLICT, "payee", pn_tr("This is for another merchant (%s)"),
                              h->payee) : 0;
}

/* The amount is that of the order: what the bank took off of it is its own, and goes into no book.
 * More than there is to take it off from is no discount: such a notice is not understood. */
static int bank_off(pn *p, const pni_heard *h, pn_money paid, pn_money *off)
{
    const char *fen = get(h, "discount_fen");
    off->fen = fen && *fen ? strtoll(fen, NULL, 10) : -1; /* -1: it does not say */
    return off->fen <= paid.fen
               ? 0 : pn_fail(p, PN_EARG, "discount_fen", "%s",
                             pn_tr("The discount in the notice does not fit its amount"));
}

static int of_payment(pn *p, const pni_method *m, const pni_heard *h, const char *raw,
                      const char **result)
{
    const char *provider_no = get(h, "provider_no"), *fen = get(h, "amount_fen");
    pn_payment_result out;
    pn_money paid = {0}, off;
    int64_t id, wallet = pni_recharge_of(get(h, "out_trade_no"));
    int method = m->method;
    if (!provider_no || !fen)
        return pn_fail(p, PN_EARG, "body", "%s", pn_tr("The notice is incomplete"));
    paid = pni_paid_fen(fen, get(h, "currency"));
    if (wallet) {
        PN_TRY(ours(p, h));
        return pni_recharge_heard(p, wallet, m->method, provider_no, paid, result);
    }
    PN_TRY(payment_of(p, get(h, "out_trade_no"), &id));
    PN_TRY(bank_off(p, h, paid, &off));
    if (h->payee) /* without it only what is ours is found below */
        PN_TRY(payee_is(p, id, h->payee, &method));
    PN_TRY(pni_payment_noticed(p, &(pni_noticed){id, {(int16_t)method}, provider_no,
                                                 paid, h->dedupe, raw}, &out));
    *result = out.result;
    return off.fen < 0 ? 0 : pni_front_off(p, id, off);
}

/* Of what is paid later: the payer agreed, or it was collected. */
static int of_credit(pn *p, const pni_method *m, const pni_heard *h, const char **result)
{
    const char *fen = get(h, "amount_fen");
    pni_later_notice n = {.via = m->method, .collected = !strcmp(h->kind, "collected"),
                          .provider_no = get(h, "provider_no")};
    PN_TRY(ours(p, h));
    PN_TRY(payment_of(p, get(h, "out_trade_no"), &n.payment_id));
    if (!n.provider_no || !fen)
        return pn_fail(p, PN_EARG, "body", "%s", pn_tr("The notice is incomplete"));
    n.fen.fen = strtoll(fen, NULL, 10);
    return pni_later_heard(p, &n, result);
}

/* A buyer signed an agreement on its page, or was refused. */
static int of_agreement(pn *p, const pni_method *m, const pni_heard *h, const char **result)
{
    const char *free = get(h, "no_password");
    pni_agreed_notice n = {.method = m->method, .number = get(h, "agreement"),
                           .user = get(h, "user"), .state = get(h, "state"),
                           .reason = get(h, "reason"), .no_password = free && *free == 'Y'};
    return pni_agreed_heard(p, &n, result);
}

/* A holder tells that it froze: its answer may have been lost, or is still on its way. */
static int of_frozen(pn *p, const pni_method *m, const pni_heard *h, const char **result)
{
    const char *no = get(h, "provider_no"), *fen = get(h, "amount_fen");
    pni_source s;
    int64_t id;
    PN_TRY(ours(p, h));
    PN_TRY(payment_of(p, get(h, "out_trade_no"), &id));
    if (!no || !fen)
        return pn_fail(p, PN_EARG, "body", "%s", pn_tr("The notice is incomplete"));
    PN_TRY(pni_source_load(p, id, &s));
    if (s.method.v != m->method)
        return pn_fail(p, PN_ECONFLICT, "payment", pn_tr("Payment %lld is by another provider"),
                       (long long)id);
    bool waits = s.state.v == PN_PAYMENT_CREATED || s.state.v == PN_PAYMENT_PENDING ||
                 s.state.v == PN_PAYMENT_CLOSED;
    *result = waits ? "APPLIED" : "REPEAT";
    PN_TRY(waits ? pni_tender_frozen(p, id, no, (pn_money){strtoll(fen, NULL, 10)}) : 0);
    return waits ? pni_front_done(p, id, NULL) : 0;
}

/* Only what is final moves a refund; the rest is asked for. */
static int of_refund(pn *p, const pni_heard *h, const char **result)
{
    const char *no = get(h, "out_request_no"), *state = get(h, "state");
    const char *dash = no ? strrchr(no, '-') : NULL;
    leg in = {.out_request_no = no}, found;
    pn_refund out;
    int method;
    *result = "NOTED";
    if (!state || !dash)
        return 0;
    const char *of = pn_printf(p, "%.*s", (int)(dash - no), no);
    if (pni_recharge_of(of))
        return 0; /* it is being asked for */
    PN_TRY(pn_no_bucket(p, "TK", of, &in.sk));
    PN_TRY(pn_one(p, &pni_hear_leg_sql, &in, &found));
    PN_TRY(payee_is(p, found.payment_id, h->payee, &method));
    if (!strcmp(state, "SUCCESS"))
        return pni_refund_leg_done(p, found.id, found.no, get(h, "provider_no"), &out);
    return pni_refund_leg_failed(p, found.id, found.no, state, &out);
}

/* What moves nothing is noted, if it is ours. */
static int of_other(pn *p, const pni_heard *h)
{
    int64_t id;
    int method;
    if (!h->payee)
        return 0;
    if (pni_recharge_of(get(h, "out_trade_no")))
        return ours(p, h);
    PN_TRY(payment_of(p, get(h, "out_trade_no"), &id));
    return payee_is(p, id, h->payee, &method);
}

static int headers_of(pn *p, const char *json, pni_pairs *out)
{
    return json ? pni_pairs_json(p, json, out) : 0;
}

static const pn_actor self = {.kind = 'S', .login = "provider", .name = "provider",
                              .roles = PN_ROLE_SYSTEM, .via = "provider"};

/* ---- what came in, for people ---- */

const pn_words pn_notice_verdicts[] = {PN_NOTICE_VERDICTS(PN_WORD_ROW){0}};
const pn_words pn_notice_subjects[] = {PN_NOTICE_SUBJECTS(PN_WORD_ROW){0}};
const pn_words pn_notice_ends[] = {PN_NOTICE_ENDS(PN_WORD_ROW){0}};
#define NAMED(group, name, ...) "'" #name "',"
#define ONE_OF(text, list, other)                                                                  \
    "(case when " text " = any (array[" list(NAMED) "null]) then " text " else '" other "' end)"

#define N(f, label, ...) PN_COL(pn_provider_notice, f, label, __VA_ARGS__)
PN_TYPE(pn_provider_notice_t, "provider_notice", pn_provider_notice,
    N(id, N_("Number"), .flags = PN_KEY | PN_SORT, .sql = "n.id", .ref = "provider_notice"),
    N(at, N_("Time"), .flags = PN_BRIEF | PN_SORT, .sql = "n.at"),
    N(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "n.method"),
    N(about, N_("About"), .flags = PN_BRIEF, .words = pn_notice_subjects,
      .sql = ONE_OF("upper(n.kind)", PN_NOTICE_SUBJECTS, "OTHER")),
    N(kind, N_("Kind"), .sql = "n.kind"),
    N(verdict, N_("Checked"), .flags = PN_BRIEF, .words = pn_notice_verdicts,
      .sql = "n.verdict"),
    N(came, N_("Result"), .flags = PN_BRIEF, .words = pn_notice_ends,
      .sql = ONE_OF("n.result", PN_NOTICE_ENDS, "REFUSED")),
    N(result, N_("Code"), .sql = "n.result"),
    N(reason, N_("Reason"), .flags = PN_BRIEF, .sql = "n.reason"),
    N(out_no, N_("Our no."), .sql = "n.out_no"),
    N(provider_no, N_("Provider's no."), .sql = "n.provider_no"),
    N(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "n.amount_fen"),
    N(payment_id, N_("Payment"), .flags = PN_OPT, .sql = "n.payment_id", .ref = "payment"),
    N(refund_id, N_("Refund"), .flags = PN_OPT, .sql = "n.refund_id", .ref = "refund"),
    N(body, N_("What it said"), .flags = PN_LONG, .max = 100000, .sql = "n.body"));
#undef N
static const pn_list_spec list_spec = {.row = &pn_provider_notice_t, .from = "provider_notice n",
    .scope = "(:my_merchant::bigint is null and :my_organiser::bigint is null)", .key = "n.id",
    .sort = "-at,-id"};
PN_OP_LIST(provider_notice, list, list_spec, .brief = N_("List notices that providers sent"),
           .help = N_("All that came in, without what nobody needs to see; of those that were "
                      "refused, why."),
           .out = &pn_provider_notice_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
           .example = "pn provider_notice list --where 'verdict=BAD at=today'")

static PN_TYPE(show_t, "provider_notice.show", struct pn_provider_notice_show,
    PN_COL(struct pn_provider_notice_show, id, N_("Number"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "provider_notice"));

static int show(pn *p, const struct pn_provider_notice_show *in, pn_provider_notice *out)
{
    return pni_row(p, &provider_notice_list_op, in->id, out);
}
PN_OP(provider_notice, show, pn_provider_notice, .brief = N_("Show a notice of a provider"),
      .in = &show_t, .out = &pn_provider_notice_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)

/* Of the refused only so many an hour: whoever posts them is nobody we know. */
static const pn_sql keep_sql = {"provider_notice_keep", &pn_provider_notice_t, NULL,
    "insert into provider_notice (sk, id, method, kind, verdict, result, reason, out_no,"
    " provider_no, amount_fen, payment_id, refund_id, body, at) select :id#, :id, :method,"
    "  coalesce(:kind, ''), :verdict, :result, coalesce(:reason, ''), coalesce(:out_no, ''),"
    "  coalesce(:provider_no, ''), :amount_fen, :payment_id, :refund_id, coalesce(:body, ''), :now"
    " from (select 1) one where :verdict <> 'BAD' or (select count(*) from provider_notice"
    "  where at > :now::timestamptz - interval '1 hour' and verdict = 'BAD') < "
    PNI_POLICY("payment.refused_hour"), false};
static const pn_sql purge_sql = {"provider_notice_purge", NULL, NULL,
    "delete from provider_notice where at < :now::timestamptz -"
    " make_interval(days => " PNI_POLICY("payment.exchange_days") "::int)", false};

static int purge(pn *p, int64_t *done)
{
    return pn_exec(p, &purge_sql, NULL, done);
}
static const pn_job purge_job = {"provider_notice_purge",
    N_("Drop notices of providers that nobody asks about any more"), 86400, purge};

const pn_module pn_provider_notice_module = {
    "provider_notice", N_("Notices of providers"),
    .ops = PN_LIST(pn_op, &provider_notice_list_op, &provider_notice_show_op),
    .sql = PN_LIST(pn_sql, &keep_sql, &purge_sql), .jobs = PN_LIST(pn_job, &purge_job),
};

enum { BODY_MOST = 20000 }; /* a genuine one is far shorter */

static int shown_of(pn *p, const pni_link *l, const char *body, const char **shown)
{
    return pni_link_shown(p, l, pn_printf(p, "%.*s", BODY_MOST, body ? body : ""), shown);
}

/* Which payment or refund it speaks of, as far as that can be told. */
static int note(pn *p, const pni_method *m, const pni_heard *h, const char *shown,
                const char *result, const char *why)
{
    static const char *const verdicts[] = {[PNI_NOTICE_GOOD] = "GOOD",
        [PNI_NOTICE_PROBE] = "PROBE", [PNI_NOTICE_BAD] = "BAD"};
    const char *fen = get(h, "amount_fen"), *request = get(h, "out_request_no");
    request = request && *request ? request : NULL;
    pn_provider_notice row = {.method = {(int16_t)m->method}, .kind = h->kind, .result = result,
        .reason = why, .out_no = request ? request : get(h, "out_trade_no"),
        .provider_no = get(h, "provider_no"), .body = shown,
        .amount_fen = {fen ? strtoll(fen, NULL, 10) : 0}};
    row.verdict.v = (int16_t)pn_word_find(pn_notice_verdicts, verdicts[h->verdict]);
    leg in = {.out_request_no = request}, found;
    const char *dash = request ? strrchr(request, '-') : NULL;
    if (!request && payment_of(p, row.out_no, &row.payment_id))
        row.payment_id = 0;
    if (dash && !pn_no_bucket(p, "TK", pn_printf(p, "%.*s", (int)(dash - request), request),
                              &in.sk) && !pn_one(p, &pni_hear_leg_sql, &in, &found))
        row.refund_id = found.id;
    PN_TRY(pn_new_id(p, pni_code_sk(m->connector), &row.id));
    return pn_exec(p, &keep_sql, &row, NULL);
}

/* ---- applied and kept, together ---- */

typedef struct taking {
    const char *connector;
    const pni_method *m;
    pni_link *l;
    const pni_heard *h;
    const char *body;
} taking;
static PN_TYPE(taking_t, "payment.take", taking,
    PN_COL(taking, connector, N_("Connector"), .flags = PN_REQ, .max = 40));

/* What is kept of it: the body, without what nobody needs to see. */
static int take(pn *p, const void *input, void *output)
{
    const taking *in = input;
    const pni_heard *h = in->h;
    const char **result = &((pn_payment_heard *)output)->result, *raw;
    *result = "NOTED";
    PN_TRY(shown_of(p, in->l, in->body, &raw));
    bool credit = !strcmp(h->kind, "frozen") || !strcmp(h->kind, "collected");
    PN_TRY(!strcmp(h->kind, "payment")  ? of_payment(p, in->m, h, raw, result)
           : !strcmp(h->kind, "refund") ? of_refund(p, h, result)
           : !strcmp(h->kind, "agreement") ? of_agreement(p, in->m, h, result)
           : credit ? (in->m->can & PNI_IS_FROZEN ? of_frozen : of_credit)(p, in->m, h, result)
                                        : of_other(p, h));
    return note(p, in->m, h, raw, *result, NULL);
}
static const pn_op take_op = {.noun = "payment", .verb = "take", .run = take, .in = &taking_t,
    .out = &heard_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL | PN_HOT};

/* One commit, and only then is the provider told. */
static int apply(pn *p, const pni_method *m, pni_link *l, const pni_heard *h, const char *body,
                 const char **result)
{
    pn_payment_heard told = {0};
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_act_as(own, &self);
    pn_key(own, NULL);
    int rc = pn_call(own, &take_op, &(taking){m->connector, m, l, h, body}, &told);
    if (rc)
        return pni_fail_of(p, own, rc, NULL);
    *result = pn_strdup(p, told.result);
    return *result ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int hear_it(pn *p, const struct pn_payment_hear *in, const pni_method *m, pni_link *l,
                   pn_payment_heard *out)
{
    pni_inbound msg = {.method = "POST", .path = "/", .query = in->query,
                       .body = pni_span_of(in->body ? in->body : "")};
    pni_heard h;
    pni_ack ack;
    PN_TRY(headers_of(p, in->headers.text, &msg.header));
    PN_TRY(pni_link_hear(p, l, "notice", &msg, &h));
    const char *which = h.verdict == PNI_NOTICE_GOOD    ? "ok"
                        : h.verdict == PNI_NOTICE_PROBE ? "probe"
                                                        : "fail";
    *out = (pn_payment_heard){.result = h.verdict == PNI_NOTICE_GOOD    ? "NOTED"
                                        : h.verdict == PNI_NOTICE_PROBE ? "PROBE"
                                                                        : "REFUSED"};
    const char *why = h.verdict == PNI_NOTICE_BAD ? pn_strdup(p, pn_error(p)->message) : NULL;
    bool kept = false;
    if (h.verdict == PNI_NOTICE_GOOD) {
        int rc = apply(p, m, l, &h, msg.body.s, &out->result);
        if (rc == PN_EMEM)
            return rc;
        kept = !rc;
        if (rc) {
            which = "fail";
            why = pn_strdup(p, pn_error(p)->message);
            out->result = pn_strdup(p, pn_code_name((pn_code)rc));
        }
    }
    const char *shown = NULL;
    if (!kept)
        PN_TRY(shown_of(p, l, msg.body.s, &shown));
    if (!kept)
        PN_TRY(note(p, m, &h, shown, out->result, why));
    PN_TRY(pni_link_ack(p, l, "notice", which, &ack));
    out->status = ack.status;
    out->type = ack.type;
    out->body = ack.body;
    return 0;
}

/* Which file or variable is missing is for the log of whoever runs this, not for whoever posted
 * something here. A provider that waits tells again. */
static int not_set_up(pn *p, const char *connector)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "{\"connector\":");
    pn_buf_json(&b, connector);
    pn_buf_puts(&b, ",\"problem\":");
    pn_buf_json(&b, pn_error(p)->message);
    pn_buf_puts(&b, "}");
    pni_log(pn_unit_ctx(p), PN_LOG_ERROR, "a notice came for a provider that is not set up",
            b.bad ? NULL : b.text);
    return pn_fail(p, PN_EBUSY, NULL, "%s",
                   pn_tr("Notices of this provider are not taken at present"));
}

static int hear(pn *p, const struct pn_payment_hear *in, pn_payment_heard *out)
{
    const pni_method *m = pni_method_by_connector(in->connector);
    pni_link *l = NULL;
    if (!m || !(m->can & PNI_CAN_NOTIFY))
        return pn_fail(p, PN_ENONE, "connector", pn_tr("There is no connector “%s”"),
                       in->connector);
    int rc = pni_link_open(p, m->connector, &l);
    if (!rc)
        rc = hear_it(p, in, m, l, out);
    pni_link_close(p, l);
    return rc == PN_ECONF ? not_set_up(p, m->connector) : rc;
}

PNI_OP(payment, hear, hear, pn_payment_heard,
       .brief = N_("Take a notice of a payment provider, as it came over HTTP"),
       .in = &hear_t, .out = &heard_t, .may = PN_ROLE_PUBLIC, .flags = PN_HIDDEN | PN_LOCAL)
