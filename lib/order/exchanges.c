/* SPDX-License-Identifier: Apache-2.0 */
/* exchanges.c — what went over the wire for payments, for people: kept without secrets, and only as
 * long as somebody may ask about it. */
#include "base/policy_int.h"
#include "catalog/row_int.h"
#include "link/link_int.h"
#include "order/provider_int.h"

typedef struct exchange {
    int64_t id, payment_id, refund_id;
    const char *call;
    pn_word outcome;
    int status;
    const char *code, *message, *text;
    pn_time at;
} exchange;
#define COL(f, label, ...) PN_COL(exchange, f, label, __VA_ARGS__)
static PN_TYPE(exchange_t, "payment.exchange", exchange,
    COL(id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "x.id", .ref = "exchange"),
    COL(payment_id, N_("Payment"), .flags = PN_BRIEF, .ref = "payment", .sql = "x.payment_id"),
    COL(refund_id, N_("Refund"), .flags = PN_OPT, .ref = "refund", .sql = "x.refund_id"),
    COL(at, N_("At"), .flags = PN_BRIEF | PN_SORT, .sql = "x.at"),
    COL(call, N_("Call"), .flags = PN_BRIEF, .sql = "x.call"),
    COL(outcome, N_("Outcome"), .flags = PN_BRIEF, .words = pni_outcomes, .sql = "x.outcome"),
    COL(status, N_("HTTP status"), .sql = "x.status"),
    COL(code, N_("Code"), .flags = PN_BRIEF, .sql = "x.code"),
    COL(message, N_("Message"), .sql = "x.message"),
    COL(text, N_("Exchange"), .flags = PN_LONG, .sql = "x.exchange"));
#undef COL
static const pn_list_spec exchanges = {.row = &exchange_t, .from = "payment_exchange x",
    .scope = ":my_merchant::bigint is null and :my_organiser::bigint is null", .key = "x.id",
    .sort = "-at,-id"};
int pn_payment_exchanges(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_exchange_list(pn *p, const pn_list *in, pn_page *out);
const pn_op pni_payment_exchanges_op = {
    .noun = "payment", .verb = "exchanges", .in = &pn_list_t, .list = &exchanges,
    .out = &exchange_t, .brief = N_("List what was said to and by providers, without secrets"),
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE};
int pn_payment_exchanges(pn *p, const pn_list *in, pn_page *out)
{
    return pn_call(p, &pni_payment_exchanges_op, in, out);
}
PN_OP_LIST(exchange, list, exchanges,
           .brief = N_("List what was said to and by providers, without secrets"),
           .out = &exchange_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
           .example = "pn exchange list --where 'payment_id=1970241'")

struct pn_exchange_show { int64_t id; };
static PN_TYPE(show_t, "exchange.show", struct pn_exchange_show,
    PN_COL(struct pn_exchange_show, id, N_("ID"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "exchange"));

static int show(pn *p, const struct pn_exchange_show *in, exchange *out)
{
    return pni_row(p, &exchange_list_op, in->id, out);
}
int pn_exchange_show(pn *p, const struct pn_exchange_show *in, exchange *out);
PN_OP(exchange, show, exchange, .brief = N_("Show one exchange with a provider, without secrets"),
      .in = &show_t, .out = &exchange_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE)

static const pn_sql purge_sql = {"exchange_purge", NULL, NULL,
    "delete from payment_exchange where at < :now::timestamptz -"
    " make_interval(days => " PNI_POLICY("payment.exchange_days") "::int)", false};

static int purge(pn *p, int64_t *done)
{
    return pn_exec(p, &purge_sql, NULL, done);
}
static const pn_job purge_job = {"exchange_purge",
    N_("Drop exchanges with providers that nobody asks about any more"), 86400, purge};

const pn_module pn_exchange_module = {
    "exchange", N_("Exchanges with providers"),
    .ops = PN_LIST(pn_op, &exchange_list_op, &exchange_show_op),
    .sql = PN_LIST(pn_sql, &purge_sql), .jobs = PN_LIST(pn_job, &purge_job),
};
