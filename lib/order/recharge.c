/* SPDX-License-Identifier: Apache-2.0 */
/* recharge.c — a merchant pays into its wallet: asked for here, carried by a provider
 * (recharge_pay.c), and in the wallet the moment the provider says so. Another amount than was
 * asked for is in no wallet: it goes back. */
#include "order/recharge_int.h"

#include <string.h>

#include "base/policy_int.h"
#include "base/sql_int.h"
#include "catalog/row_int.h"
#include "ledger/ledger_int.h"
#include "merchant/wallet_int.h"

const pn_words pn_recharge_states[] = {PN_RECHARGE_STATES(PN_WORD_ROW){0}};
const pn_words pn_recharge_methods[] = {PN_RECHARGE_METHODS(PN_WORD_ROW){0}};
const pn_words pn_recharge_ways[] = {PN_RECHARGE_WAYS(PN_WORD_ROW){0}};

// clang-format off
static const pn_edge edges[] = {
    {"CREATED",  "sent",            "PENDING",  0, NULL},
    {"CREATED",  "success",         "SUCCESS",  0, NULL},
    {"PENDING",  "success",         "SUCCESS",  0, NULL},
    {"CLOSED",   "success",         "SUCCESS",  0, NULL},
    {"CREATED",  "amount_mismatch", "MISMATCH", 0, NULL},
    {"PENDING",  "amount_mismatch", "MISMATCH", 0, NULL},
    {"CLOSED",   "amount_mismatch", "MISMATCH", 0, NULL},
    {"CREATED",  "close",           "CLOSED",   0, NULL},
    {"PENDING",  "close",           "CLOSED",   0, NULL},
    {"MISMATCH", "refund_done",     "REFUNDED", 0, NULL},
    {0}};
// clang-format on
const pn_sql pni_recharge_move_sql = {"recharge_move", &pn_move_t, NULL,
    "update recharge_order set state = :to, updated_at = :now, version = version + 1"
    " where sk = :id# and id = :id and state = :from", false};
const pn_fsm pni_recharge_fsm = {N_("recharge"), pn_recharge_states, edges,
                                 &pni_recharge_move_sql};

#define C(f, label, ...) PN_COL(pn_recharge, f, label, __VA_ARGS__)
PN_TYPE(pn_recharge_t, "recharge", pn_recharge,
    C(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "r.id"),
    C(merchant_id, N_("Merchant no."), .sql = "r.merchant_id", .ref = "merchant"),
    C(merchant, N_("Merchant"), .flags = PN_BRIEF, .sql = "m.name"),
    C(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "r.method"),
    C(scene, N_("Way"), .words = pni_scenes, .sql = "r.scene"),
    C(amount_fen, N_("Amount"), .flags = PN_BRIEF, .sql = "r.amount_fen"),
    C(received_fen, N_("Money received"), .sql = "r.received_fen"),
    C(state, N_("State"), .flags = PN_BRIEF, .words = pn_recharge_states, .sql = "r.state"),
    C(provider_no, N_("Provider no."), .sql = "coalesce(r.provider_no, '')"),
    C(created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT, .sql = "r.created_at"),
    C(expires_at, N_("Pay before"), .sql = "r.expires_at"),
    C(paid_at, N_("Paid at"), .flags = PN_OPT, .sql = "r.paid_at"));
#undef C
static const pn_list_spec list_spec = {.row = &pn_recharge_t,
    .from = "recharge_order r join merchant m on m.id = r.merchant_id",
    .scope = "(:my_merchant::bigint is null or r.merchant_id = :my_merchant)"
             " and :my_organiser::bigint is null",
    .key = "r.id", .sort = "-id"};

enum {
    WHO = PN_ROLE_MERCHANT | PN_ROLE_FINANCE,
    READERS = WHO | PN_ROLE_OPS | PN_ROLE_SYSTEM,
};

PN_OP_LIST(recharge, list, list_spec, .brief = N_("List what merchants pay into their wallets"),
           .out = &pn_recharge_t, .may = READERS,
           .example = "pn recharge list --where 'state=SUCCESS'")

int pni_recharge_row(pn *p, int64_t id, pn_recharge *out)
{
    return pni_row(p, &recharge_list_op, id, out);
}

/* ---- asked for ---- */

static PN_TYPE(create_t, "recharge.create", struct pn_recharge_create,
    PN_COL(struct pn_recharge_create, amount_fen, N_("Amount"), .flags = PN_REQ | PN_ARG,
           .min = 1, .max = INT64_C(100000000000)),
    PN_COL(struct pn_recharge_create, method, N_("Method"), .flags = PN_REQ | PN_ARG,
           .words = pn_recharge_methods),
    PN_COL(struct pn_recharge_create, scene, N_("Way"), .flags = PN_OPT, .words = pn_recharge_ways,
           .hint = N_("Default: the first of these that the method has")),
    PN_COL(struct pn_recharge_create, merchant, N_("Merchant"), .flags = PN_OPT, .ref = "merchant",
           .hint = N_("Default: your own merchant")),
    PN_COL(struct pn_recharge_create, payer, N_("Payer"), .flags = PN_OPT, .max = 128,
           .hint = N_("His openid, in a mini program")),
    PN_COL(struct pn_recharge_create, client_ip, N_("Address of the payer"), .flags = PN_OPT,
           .max = 45),
    PN_COL(struct pn_recharge_create, return_url, N_("Page to return to"), .flags = PN_OPT,
           .max = 500));

typedef struct put {
    int64_t id, merchant;
    pn_money amount_fen;
    pn_word method, scene;
    const char *payer, *client_ip, *return_url;
    pn_time expires_at;
} put;
#define P(f, ...) PN_COL(put, f, #f, __VA_ARGS__)
static PN_TYPE(put_t, "recharge.put", put, P(id), P(merchant), P(amount_fen),
    P(method, .words = pn_pay_methods), P(scene, .words = pni_scenes), P(payer), P(client_ip),
    P(return_url), P(expires_at));
#undef P
static const pn_sql create_sql = {"recharge_create", &put_t, NULL,
    "with r as (insert into recharge_order (sk, id, merchant_id, method, scene, amount_fen, state,"
    "  payer, client_ip, return_url, created_at, expires_at, actor_id, updated_at)"
    "  values (:id#, :id, :merchant, :method, :scene, :amount_fen, 'CREATED', coalesce(:payer, ''),"
    "  coalesce(:client_ip, ''), coalesce(:return_url, ''), :now, :expires_at, :me, :now)"
    "  returning id)"
    " insert into recharge_due (sk, recharge_id, due_at) select :id#, r.id, :now from r", false};

static int16_t scene_named(pn_word way)
{
    return (int16_t)pn_word_find(pni_scenes, pn_word_name(pn_recharge_ways, way));
}

/* The payment that it would be: by the same method, in the way that is asked for, else the first
 * that the method has. */
static struct pn_payment_create payment_of(const struct pn_recharge_create *in)
{
    struct pn_payment_create out = {.payer = in->payer, .client_ip = in->client_ip};
    out.method.v = (int16_t)pn_word_find(pn_pay_methods,
                                         pn_word_name(pn_recharge_methods, in->method));
    const pni_method *m = pni_method_of(out.method.v);
    out.scene.v = scene_named(in->scene);
    for (int16_t way = 1; m && !out.scene.v && pn_recharge_ways[way - 1].name; way++) {
        int16_t scene = scene_named((pn_word){way});
        if (m->can & 1u << (scene - 1))
            out.scene.v = scene;
    }
    return out;
}

/* Between the least and the most, in a way that the method has. */
static int allowed(pn *p, const struct pn_recharge_create *in, const struct pn_payment_create *ask,
                   int *scene)
{
    int64_t least, most;
    PN_TRY(pni_policy(p, "recharge.min_fen", &least));
    PN_TRY(pni_policy(p, "recharge.max_fen", &most));
    if (in->amount_fen.fen < least || in->amount_fen.fen > most)
        return pn_fail(p, PN_ECAP, "amount_fen",
                       pn_tr("Between %lld.%02d and %lld.%02d yuan are paid in at once"),
                       (long long)(least / 100), (int)(least % 100), (long long)(most / 100),
                       (int)(most % 100));
    return pni_scene_of(p, ask, scene);
}

static int create(pn *p, const struct pn_recharge_create *in, pn_recharge *out)
{
    struct pn_payment_create ask = payment_of(in);
    put row = {.merchant = in->merchant ? in->merchant : pn_who(p)->merchant,
               .amount_fen = in->amount_fen, .method = ask.method, .payer = in->payer,
               .client_ip = in->client_ip, .return_url = in->return_url};
    int64_t minutes;
    int scene;
    if (!row.merchant)
        return pn_fail(p, PN_EARG, "merchant", "%s", pn_tr("Name the merchant"));
    if (pn_who(p)->merchant && pn_who(p)->merchant != row.merchant)
        return pn_fail(p, PN_EPERM, "merchant", "%s", pn_tr("This is another merchant's wallet"));
    PN_TRY(allowed(p, in, &ask, &scene));
    row.scene.v = (int16_t)scene;
    PN_TRY(pni_policy(p, "recharge.expire_min", &minutes));
    row.expires_at.us = pn_now(p).us + minutes * INT64_C(60000000);
    PN_TRY(pn_new_id(p, pn_sk(row.merchant), &row.id));
    PN_TRY(pn_exec(p, &create_sql, &row, NULL));
    PN_TRY(pni_stepped(p, &pni_recharge_fsm, row.id, NULL, "create", NULL));
    PN_TRY(pni_recharge_row(p, row.id, out));
    return pn_audit(p, "recharge", row.id, &pn_recharge_t, NULL, out, NULL);
}

static PN_TYPE(show_t, "recharge.show", struct pn_recharge_show,
    PN_COL(struct pn_recharge_show, id, N_("Recharge"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "recharge"));

static int show(pn *p, const struct pn_recharge_show *in, pn_recharge *out)
{
    return pni_recharge_row(p, in->id, out);
}

/* ---- what the provider says ---- */

#define S(f, label, ...) PN_COL(struct pn_recharge_step, f, label, __VA_ARGS__)
static PN_TYPE(step_t, "recharge.step", struct pn_recharge_step,
    S(id, N_("Recharge"), .flags = PN_KEY | PN_REQ, .ref = "recharge"),
    S(what, N_("What"), .flags = PN_REQ), S(provider_no, N_("Provider no.")),
    S(fen, N_("Amount"), .flags = PN_OPT), S(qr, N_("Code to scan")),
    S(url, N_("Address to go to"), .max = 8000), S(front, N_("Text for the app"), .max = 8000),
    S(error, N_("Error")));
#undef S
typedef struct locked { int64_t id, merchant; pn_word method, state; pn_money amount_fen;
    const char *provider_no; } locked;
static PN_TYPE(locked_t, "recharge.locked", locked, PN_COL(locked, id, "id"),
    PN_COL(locked, merchant, "merchant"), PN_COL(locked, method, "", .words = pn_pay_methods),
    PN_COL(locked, state, "", .words = pn_recharge_states), PN_COL(locked, amount_fen, ""),
    PN_COL(locked, provider_no, ""));
const pn_sql pni_recharge_lock_sql = {"recharge_lock", &locked_t, &locked_t,
    "select r.id, r.merchant_id as merchant, r.method, r.state, r.amount_fen,"
    " coalesce(r.provider_no, '') as provider_no from recharge_order r where r.sk = :id#"
    " and r.id = :id for update", false};
const pn_sql pni_recharge_told_sql = {"recharge_told", &step_t, NULL,
    "update recharge_order set provider_no = coalesce(:provider_no, provider_no),"
    " received_fen = case when :what = 'PAID' then :fen else received_fen end,"
    " paid_at = case when :what = 'PAID' then :now else paid_at end,"
    " qr = coalesce(:qr, qr), url = coalesce(:url, url), front = coalesce(:front, front),"
    " error = coalesce(:error, error), payer = '', updated_at = :now"
    " where sk = :id# and id = :id", false};
const pn_sql pni_recharge_wait_sql = {"recharge_wait", &step_t, NULL,
    "insert into recharge_due as d (sk, recharge_id, due_at) values (:id#, :id, :now)"
    " on conflict (sk, recharge_id) do update set due_at = excluded.due_at", false};
const pn_sql pni_recharge_done_sql = {"recharge_done", &step_t, NULL,
    "delete from recharge_due where sk = :id# and recharge_id = :id", false};

static int post(pn *p, const locked *r, const char *rule, pn_money fen)
{
    pni_doc d = {.rule = rule, .biz_kind = "RECHARGE_ORDER", .biz_id = r->id, .amount_fen = fen,
                 .method = pn_word_name(pn_pay_methods, r->method)};
    return pni_wallet_post(p, &d, r->merchant);
}

/* I12: one trade fills a wallet once; another amount than was asked for fills none. */
static int paid(pn *p, const struct pn_recharge_step *in, const locked *r)
{
    bool right = in->fen.fen == r->amount_fen.fen;
    if (*r->provider_no && strcmp(r->provider_no, in->provider_no) != 0)
        return pn_fail(p, PN_ECONFLICT, "provider_no",
                       pn_tr("Recharge %lld was paid by %s, not by %s"), (long long)r->id,
                       r->provider_no, in->provider_no);
    if (*r->provider_no)
        return 0; /* told before */
    PN_TRY(pn_step(p, &pni_recharge_fsm, r->id, r->state, right ? "success" : "amount_mismatch",
                   NULL, NULL));
    PN_TRY(pn_exec(p, &pni_recharge_told_sql, in, NULL));
    PN_TRY(pn_exec(p, right ? &pni_recharge_done_sql : &pni_recharge_wait_sql, in, NULL));
    if (in->fen.fen <= 0)
        return 0;
    return post(p, r, right ? "RECHARGE" : "UNASKED", in->fen);
}

static int returned(pn *p, const struct pn_recharge_step *in, const locked *r, pn_money fen)
{
    PN_TRY(pn_step(p, &pni_recharge_fsm, r->id, r->state, "refund_done", NULL, NULL));
    PN_TRY(pn_exec(p, &pni_recharge_done_sql, in, NULL));
    if (fen.fen <= 0)
        return 0;
    PN_TRY(post(p, r, "GIVE_BACK", fen));
    return post(p, r, "PAID_BACK", fen);
}

static int step(pn *p, const struct pn_recharge_step *in, pn_recharge *out)
{
    locked r;
    pn_recharge before;
    PN_TRY(pn_one(p, &pni_recharge_lock_sql, &(locked){.id = in->id}, &r));
    PN_TRY(pni_recharge_row(p, in->id, &before));
    bool open = r.state.v == PN_RECHARGE_CREATED || r.state.v == PN_RECHARGE_PENDING;
    if (!strcmp(in->what, "PAID"))
        PN_TRY(paid(p, in, &r));
    if (!strcmp(in->what, "SENT") && r.state.v == PN_RECHARGE_CREATED) {
        PN_TRY(pn_step(p, &pni_recharge_fsm, r.id, r.state, "sent", NULL, NULL));
        PN_TRY(pn_exec(p, &pni_recharge_told_sql, in, NULL));
    }
    if (!strcmp(in->what, "CLOSED") && open) {
        PN_TRY(pn_step(p, &pni_recharge_fsm, r.id, r.state, "close", in->error, NULL));
        PN_TRY(pn_exec(p, &pni_recharge_told_sql, in, NULL));
        PN_TRY(pn_exec(p, &pni_recharge_done_sql, in, NULL));
    }
    if (!strcmp(in->what, "RETURNED") && r.state.v == PN_RECHARGE_MISMATCH)
        PN_TRY(returned(p, in, &r, before.received_fen));
    PN_TRY(pni_recharge_row(p, in->id, out));
    return out->state.v == before.state.v
               ? 0 : pn_audit(p, "recharge", in->id, &pn_recharge_t, &before, out, in->what);
}

PN_OP(recharge, show, pn_recharge, .brief = N_("Show what a merchant pays into its wallet"),
      .in = &show_t, .out = &pn_recharge_t, .may = READERS, .example = "pn recharge show 4099")
PN_OP(recharge, create, pn_recharge, .brief = N_("Pay into a merchant's wallet through a provider"),
      .help = N_("“recharge open” has what the payer needs. The money is available as soon as the "
                 "provider says that it was paid; another amount than this goes back."),
      .in = &create_t, .out = &pn_recharge_t, .may = WHO, .flags = PN_WRITE | PN_ONCE,
      .example = "pn recharge create 2000 ALIPAY --merchant xiaolong")
PNI_OP(recharge, step, step, pn_recharge,
       .brief = N_("Record what the provider says of a recharge"), .in = &step_t,
       .out = &pn_recharge_t, .may = PN_ROLE_SYSTEM, .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

const pn_module pn_recharge_module = {
    "recharge", N_("Money paid into wallets"),
    .ops = PN_LIST(pn_op, &recharge_list_op, &recharge_show_op, &recharge_create_op,
                   &pni_recharge_open_op, &pni_recharge_step_op),
    .sql = PN_LIST(pn_sql, &create_sql, &pni_recharge_move_sql, &pni_recharge_lock_sql,
                   &pni_recharge_told_sql, &pni_recharge_wait_sql, &pni_recharge_done_sql,
                   &pni_recharge_source_sql, &pni_recharge_due_sql, &pni_recharge_again_sql,
                   &pni_recharge_front_sql),
    .fsm = PN_LIST(pn_fsm, &pni_recharge_fsm),
    .jobs = PN_LIST(pn_job, &pni_recharge_job),
};
