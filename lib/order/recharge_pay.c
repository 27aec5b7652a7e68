/* SPDX-License-Identifier: Apache-2.0 */
/* recharge_pay.c — recharges at their provider: sent, asked after, closed when their time is over,
 * given back when another amount came. Every call is made while no transaction is open, and means
 * the same however often it is made. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/policy_int.h"
#include "ledger/ledger_int.h"
#include "order/recharge_int.h"

typedef struct row {
    int64_t id;
    pn_word method, state, scene;
    pn_money amount_fen, received_fen;
    const char *payer, *client_ip, *return_url, *provider_no, *merchant;
    pn_time created_at, expires_at, due_at;
    int polls;
} row;
#define R(f, ...) PN_COL(row, f, #f, __VA_ARGS__)
static PN_TYPE(row_t, "recharge.row", row, R(id), R(method, .words = pn_pay_methods),
    R(state, .words = pn_recharge_states), R(scene, .words = pni_scenes), R(amount_fen),
    R(received_fen), R(payer), R(client_ip), R(return_url), R(provider_no), R(merchant),
    R(created_at), R(expires_at), R(due_at), R(polls));
#undef R
#define ROW                                                                                        \
    "select r.id, r.method, r.state, r.scene, r.amount_fen, r.received_fen, r.payer,"              \
    " r.client_ip, r.return_url, r.provider_no, m.name as merchant, r.created_at, r.expires_at,"   \
    " d.due_at, r.polls from recharge_due d join recharge_order r on r.sk = d.sk"                  \
    "  and r.id = d.recharge_id join merchant m on m.id = r.merchant_id"
const pn_sql pni_recharge_due_sql = {"recharge_due", NULL, &row_t,
    ROW " where d.due_at <= :now order by d.due_at limit 200", false};
const pn_sql pni_recharge_source_sql = {"recharge_source", &row_t, &row_t,
    ROW " where d.sk = :id# and d.recharge_id = :id and d.due_at <= :now", false};
/* The claim: whoever moves the next look on does this one. */
const pn_sql pni_recharge_again_sql = {"recharge_again", &row_t, NULL,
    "with d as (update recharge_due set due_at = :due_at where sk = :id# and recharge_id = :id"
    "  and due_at <= :now returning recharge_id)"
    " update recharge_order r set polls = r.polls + 1 from d where r.sk = :id#"
    "  and r.id = d.recharge_id", false};

int64_t pni_recharge_of(const char *no)
{
    char *end = NULL;
    int64_t id = no && no[0] == 'R' ? strtoll(no + 1, &end, 10) : 0;
    return id > 0 && !*end ? id : 0;
}

static int source(pn *p, const row *r, pni_source *s)
{
    *s = (pni_source){.id = r->id, .no = pn_printf(p, "R%06" PRId64, r->id), .method = r->method,
                      .scene = r->scene, .amount_fen = r->amount_fen,
                      .received_fen = r->received_fen, .payer = r->payer,
                      .client_ip = r->client_ip, .return_url = r->return_url,
                      .provider_no = r->provider_no, .show = r->merchant,
                      .created_at = r->created_at, .expires_at = r->expires_at,
                      .polls = r->polls};
    s->order_no = s->no;
    return s->no ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int told(pn *p, struct pn_recharge_step in)
{
    pn_recharge out;
    return pn_recharge_step(p, &in, &out);
}

static int send(pn *p, const pni_source *s)
{
    pni_answer a;
    PN_TRY(pni_source_send(p, s, &a));
    if (a.outcome == PN_LINK_OK || a.outcome == PN_LINK_PENDING || a.outcome == PN_LINK_DUPLICATE)
        return told(p, (struct pn_recharge_step){.id = s->id, .what = "SENT",
                    .qr = pni_answer_get(&a, "qr"), .url = pni_answer_get(&a, "url"),
                    .front = pni_answer_get(&a, "front")});
    if (a.outcome == PN_LINK_RETRYABLE || a.outcome == PN_LINK_RATE_LIMITED)
        return pni_source_refused(p, PN_EPROVIDER, &a);
    if (a.outcome == PN_LINK_UNKNOWN)
        return pni_source_refused(p, PN_EUNKNOWN_RESULT, &a);
    return told(p, (struct pn_recharge_step){.id = s->id, .what = "CLOSED",
                .error = pn_printf(p, "%s %s", a.code, a.message)});
}

static int look(pn *p, const pni_source *s)
{
    pni_trade t = {0};
    PN_TRY(pni_source_query(p, s, &t));
    if (t.state.v == PNI_TRADE_SUCCESS)
        return told(p, (struct pn_recharge_step){.id = s->id, .what = "PAID",
                    .provider_no = t.provider_no, .fen = t.paid_fen});
    if (s->expires_at.us > pn_now(p).us)
        return 0;
    if (t.state.v != PNI_TRADE_CLOSED)
        PN_TRY(pni_source_close(p, s));
    return told(p, (struct pn_recharge_step){.id = s->id, .what = "CLOSED"});
}

static int give_back(pn *p, const pni_source *s)
{
    const char *no, *request = pn_printf(p, "%s-1", s->no);
    if (!s->received_fen.fen) /* of another currency: people give it back */
        return 0;
    if (!request)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    int rc = pni_source_refund(p, s, request, s->received_fen.fen, &no);
    if (rc)
        return rc == PN_EBUSY ? 0 : rc; /* under way: it is asked again */
    return told(p, (struct pn_recharge_step){.id = s->id, .what = "RETURNED"});
}

/* Time by time as payment.poll_s says, the last of it again and again until it is over. */
static int one(pn *p, const row *r)
{
    int64_t seconds = 0;
    pni_source s;
    row next = *r;
    int64_t mine = 0;
    int rc = pni_policy_at(p, "payment.poll_s", r->polls, &seconds);
    if (rc && rc != PN_ENONE)
        return rc;
    next.due_at.us = pn_now(p).us + seconds * 1000000;
    PN_TRY(pn_exec(p, &pni_recharge_again_sql, &next, &mine));
    if (!mine)
        return 0;
    PN_TRY(source(p, r, &s));
    if (r->state.v == PN_RECHARGE_MISMATCH)
        return give_back(p, &s);
    return r->state.v == PN_RECHARGE_CREATED ? send(p, &s) : look(p, &s);
}

static int recharge_poll(pn *p, int64_t *done)
{
    pn_rows rows;
    int worst = 0;
    PN_TRY(pn_all(p, &pni_recharge_due_sql, NULL, &rows));
    pn_each(row, r, &rows)
    {
        int rc = one(p, r);
        if (rc && !worst)
            worst = rc;
        *done += !rc;
    }
    return worst;
}
const pn_job pni_recharge_job = {"recharge_poll", N_("Send recharges and ask after silent ones"), 5,
                                 recharge_poll};

int pni_recharge_heard(pn *p, int64_t id, int method, const char *provider_no, pn_money paid,
                       const char **result)
{
    pn_recharge before, out;
    PN_TRY(pni_recharge_row(p, id, &before));
    if (before.method.v != method)
        return pn_fail(p, PN_ECONFLICT, "method", pn_tr("Recharge %lld is not by %s"),
                       (long long)id, pn_word_label(pn_pay_methods, (pn_word){(int16_t)method}));
    PN_TRY(pn_recharge_step(p, &(struct pn_recharge_step){.id = id, .what = "PAID",
                            .provider_no = provider_no, .fen = paid}, &out));
    *result = *before.provider_no                   ? "REPEAT"
              : out.state.v == PN_RECHARGE_MISMATCH ? "MISMATCH"
                                                    : "APPLIED";
    return 0;
}

/* ---- what the payer's side needs ---- */

#define C(f, label, ...) PN_COL(pn_recharge_front, f, label, __VA_ARGS__)
static PN_TYPE(shown_t, "recharge.front", pn_recharge_front,
    C(id, N_("Number"), .flags = PN_BRIEF, .ref = "recharge"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_recharge_states),
    C(scene, N_("Way"), .flags = PN_BRIEF, .words = pni_scenes),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF), C(qr, N_("Code to scan"), .flags = PN_BRIEF),
    C(url, N_("Address to go to"), .flags = PN_BRIEF),
    C(front, N_("Text for the app"), .flags = PN_LONG), C(error, N_("Error")),
    C(expires_at, N_("Pay before"), .flags = PN_BRIEF));
#undef C
static PN_TYPE(open_t, "recharge.open", struct pn_recharge_open,
    PN_COL(struct pn_recharge_open, id, N_("Recharge"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "recharge"));
const pn_sql pni_recharge_front_sql = {"recharge_front", &open_t, &shown_t,
    "select id, state, scene, amount_fen, qr, url, front, error, expires_at from recharge_order"
    " where sk = :id# and id = :id", false};

/* Is it the caller's? In a unit of its own, so that no connection is kept while the provider is
 * called. */
static int mine(pn *p, int64_t id)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    pn_recharge r;
    int rc = own ? pn_recharge_show(own, &(struct pn_recharge_show){id}, &r) : PN_EMEM;
    return rc ? pni_fail_of(p, own, rc, "id") : 0;
}

static int push(pn *p, int64_t id)
{
    static const pn_actor self = {.kind = 'S', .login = "system", .name = "system",
                                  .roles = PN_ROLE_SYSTEM, .via = "provider"};
    row r = {.id = id};
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_act_as(own, &self);
    pn_key(own, NULL);
    int rc = pn_one(own, &pni_recharge_source_sql, &r, &r);
    rc = rc == PN_ENONE ? 0 : rc ? rc : one(own, &r); /* none: it is not due */
    return rc ? pni_fail_of(p, own, rc, NULL) : 0;
}

static int open_front(pn *p, const struct pn_recharge_open *in, pn_recharge_front *out)
{
    PN_TRY(mine(p, in->id));
    if (!pn_rehearsing(p))
        PN_TRY(push(p, in->id));
    return pn_one(p, &pni_recharge_front_sql, in, out);
}

PNI_OP(recharge, open, open_front, pn_recharge_front,
       .brief = N_("Get what a recharge's payer needs: a code, an address, a text for the app"),
       .help = N_("Asks the provider for it at once if that was not done yet."), .in = &open_t,
       .out = &shown_t, .may = PN_ROLE_MERCHANT | PN_ROLE_FINANCE | PN_ROLE_OPS,
       .example = "pn recharge open 4099")
