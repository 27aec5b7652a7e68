/* SPDX-License-Identifier: Apache-2.0 */
/* direct.c — money that is never ours: it goes to the organiser's own merchant number. Our books
 * have a memo of the sale, and the fee that the organiser owes. No account of the platform's cash
 * is touched (I39). */
#include "order/direct.h"

#include <string.h>

#include "ledger/ledger_int.h"
#include "merchant/fee_int.h"
#include "order/direct_int.h"
#include "order/order_int.h"
#include "order/provider_int.h"

const pn_words pn_payee_states[] = {PN_PAYEE_STATES(PN_WORD_ROW){0}};

#define P(f, label, ...) PN_COL(pn_direct_payee, f, label, __VA_ARGS__)
PN_TYPE(pn_direct_payee_t, "direct_payee", pn_direct_payee,
    P(id, N_("Organiser"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "d.organiser_id"),
    P(sub_mchid, N_("Sub-merchant number"), .flags = PN_BRIEF, .sql = "d.sub_mchid"),
    P(sub_appid, N_("App number"), .sql = "d.sub_appid"),
    P(wechat_all, N_("All of WeChat Pay"), .sql = "d.wechat_all"),
    P(alipay_seller, N_("Alipay seller"), .flags = PN_BRIEF, .sql = "d.alipay_seller"),
    P(alipay_token, N_("Secret of the authorisation"), .sql = "d.alipay_token"),
    P(alipay_appid, N_("App number in Alipay"), .sql = "d.alipay_appid"),
    P(fee_bp, N_("Fee rate"), .flags = PN_BRIEF, .sql = "d.fee_bp"),
    P(fee_fixed_fen, N_("Fee a sale"), .flags = PN_BRIEF | PN_EACH, .sql = "d.fee_fixed_fen"),
    P(state, N_("State"), .flags = PN_BRIEF, .words = pn_payee_states, .sql = "d.state"),
    P(created_at, N_("Created"), .sql = "d.created_at"));
#undef P
static const pn_list_spec list_spec = {&pn_direct_payee_t, "direct_payee d",
    ":my_merchant::bigint is null and (:my_organiser::bigint is null"
    " or d.organiser_id = :my_organiser)", "d.organiser_id", "id", NULL};

#define S(f, label, ...) PN_COL(struct pn_direct_payee_set, f, label, __VA_ARGS__)
static PN_TYPE(set_t, "direct_payee.set", struct pn_direct_payee_set,
    S(organiser, N_("Organiser"), .flags = PN_REQ | PN_ARG),
    S(sub_mchid, N_("Sub-merchant number"), .max = 32,
      .hint = N_("Of the organiser, under our service provider's number")),
    S(sub_appid, N_("App number"), .max = 32, .hint = N_("Of the organiser's mini program")),
    S(wechat_all, N_("All of WeChat Pay"), .flags = PN_OPT,
      .hint = N_("What is paid outside of its mini program is its own, too")),
    S(alipay_seller, N_("Alipay seller"), .max = 32,
      .hint = N_("The account (2088…) of the organiser, which authorised our application")),
    S(alipay_token, N_("Secret of the authorisation"), .max = 60,
      .hint = N_("The name of the file below keys/link that holds its app_auth_token")),
    S(alipay_appid, N_("App number in Alipay"), .max = 32,
      .hint = N_("Of the organiser's mini program there, where it has one")),
    S(fee_bp, N_("Fee rate"), .flags = PN_OPT, .max = 10000, .hint = N_("In 1/10000")),
    S(fee_fixed_fen, N_("Fee a sale"), .flags = PN_OPT, .max = 100000));
#undef S
static PN_TYPE(stop_t, "direct_payee.stop", struct pn_direct_payee_stop,
    PN_COL(struct pn_direct_payee_stop, id, N_("Organiser"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "direct_payee"),
    PN_COL(struct pn_direct_payee_stop, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "direct_payee.id", id_in, PN_COL(id_in, id, N_("Number")));
static const pn_sql row_sql = {"direct_payee_row", &by_id_t, &pn_direct_payee_t,
    "select d.organiser_id as id, d.sub_mchid, d.sub_appid, d.wechat_all, d.alipay_seller,"
    " d.alipay_token, d.alipay_appid, d.fee_bp, d.fee_fixed_fen, d.state, d.created_at"
    " from direct_payee d where d.organiser_id = :id", false};
static const pn_sql set_sql = {"direct_payee_set", &set_t, NULL,
    "insert into direct_payee as d (organiser_id, sub_mchid, sub_appid, wechat_all, alipay_seller,"
    " alipay_token, alipay_appid, fee_bp, fee_fixed_fen, created_at, updated_at) values"
    " (:organiser, coalesce(:sub_mchid, ''), coalesce(:sub_appid, ''),"
    " coalesce(:wechat_all, false),"
    " coalesce(:alipay_seller, ''), coalesce(:alipay_token, ''), coalesce(:alipay_appid, ''),"
    " coalesce(:fee_bp, 0), coalesce(:fee_fixed_fen, 0), :now, :now)"
    " on conflict (organiser_id) do update set sub_mchid = excluded.sub_mchid,"
    "  sub_appid = excluded.sub_appid, wechat_all = excluded.wechat_all,"
    "  alipay_seller = excluded.alipay_seller, alipay_token = excluded.alipay_token,"
    "  alipay_appid = excluded.alipay_appid, fee_bp = excluded.fee_bp,"
    "  fee_fixed_fen = excluded.fee_fixed_fen, state = 'ACTIVE',"
    "  updated_at = excluded.updated_at, version = d.version + 1", false};
static const pn_sql stop_sql = {"direct_payee_stop", &stop_t, NULL,
    "update direct_payee set state = 'STOPPED', updated_at = :now, version = version + 1"
    " where organiser_id = :id and state = 'ACTIVE'", false};

int pni_direct_row(pn *p, int64_t id, pn_direct_payee *out)
{
    int rc = pn_one(p, &row_sql, &(id_in){id}, out);
    return rc == PN_ENONE ? pn_fail(p, PN_ENONE, "id",
                                    pn_tr("Organiser %lld collects nothing itself"), (long long)id)
                          : rc;
}

static bool said(const char *text)
{
    return text && *text;
}

/* The name of a file, and nothing that leads elsewhere. */
static bool plain(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strspn(name, letters) == strlen(name);
}

static int whole(pn *p, const struct pn_direct_payee_set *in)
{
    if (!said(in->sub_mchid) && !said(in->alipay_seller))
        return pn_fail(p, PN_EARG, "sub_mchid", "%s",
                       pn_tr("Give its number at WeChat Pay, its account at Alipay, or both"));
    if (in->wechat_all && !said(in->sub_mchid))
        return pn_fail(p, PN_EARG, "wechat_all", "%s",
                       pn_tr("It has no number at WeChat Pay: give --sub-mchid"));
    if (said(in->alipay_seller) != said(in->alipay_token)) {
        pn_fail(p, PN_EARG, said(in->alipay_seller) ? "alipay_token" : "alipay_seller", "%s",
                pn_tr("An account at Alipay and its authorisation belong together"));
        return pn_hint(p, "%s", pn_tr("Put the app_auth_token into a file below keys/link, and "
                                      "give the file's name"));
    }
    if (said(in->alipay_token) && !plain(in->alipay_token))
        return pn_fail(p, PN_EARG, "alipay_token", pn_tr("“%s” is no name of a secret"),
                       in->alipay_token);
    return 0;
}

static int set(pn *p, const struct pn_direct_payee_set *in, pn_direct_payee *out)
{
    pn_direct_payee before = {0};
    PN_TRY(whole(p, in));
    int rc = pn_one(p, &row_sql, &(id_in){in->organiser}, &before);
    if (rc && rc != PN_ENONE)
        return rc;
    PN_TRY(pn_exec(p, &set_sql, in, NULL));
    PN_TRY(pni_direct_row(p, in->organiser, out));
    return pn_audit(p, "direct_payee", in->organiser, &pn_direct_payee_t, rc ? NULL : &before, out,
                    NULL);
}

static int stop(pn *p, const struct pn_direct_payee_stop *in, pn_direct_payee *out)
{
    pn_direct_payee before;
    int64_t done = 0;
    PN_TRY(pni_direct_row(p, in->id, &before));
    PN_TRY(pn_exec(p, &stop_sql, in, &done));
    if (!done)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("It is stopped already"));
    PN_TRY(pni_direct_row(p, in->id, out));
    return pn_audit(p, "direct_payee", in->id, &pn_direct_payee_t, &before, out, in->reason);
}

/* ---- payments ---- */

/* ours: paid in part by what we owe the buyer; held: or by another tender; mini, wechat, alipay:
 * what it has. */
typedef struct payee { int64_t id; bool ours, held, mini, wechat, alipay; } payee;
#define P(f) PN_COL(payee, f, #f)
static PN_TYPE(payee_t, "direct.payee", payee, P(id), P(ours), P(held), P(mini), P(wechat),
    P(alipay));
#undef P
const pn_sql pni_direct_of_order_sql = {"direct_of_order", &by_id_t, &payee_t,
    "select h.organiser_id as id, exists (select from order_draw r where r.sk = :id#"
    "  and r.order_id = o.id and r.source <> 'BUDGET' and r.state <> 'BACK') as ours,"
    " o.held_fen > 0 as held, d.sub_mchid <> '' as mini, d.wechat_all as wechat,"
    " d.alipay_seller <> '' as alipay from orders o join show h on h.id = o.show_id"
    " join direct_payee d on d.organiser_id = h.organiser_id and d.state = 'ACTIVE'"
    " where o.sk = :id# and o.id = :id and " PNI_OWN_SEATS("o", ":id#"), false};

static int refused(pn *p)
{
    return pn_fail(p, PN_ESTATE, "method", "%s",
                   pn_tr("This organiser does not collect itself, or part of the order is paid "
                         "otherwise"));
}

/* How it is paid where the organiser collects, 0: to us. */
static int theirs(const payee *d, int method)
{
    switch (method) {
    case PN_PAY_MINIAPP_DIRECT: return d->mini ? PN_PAY_MINIAPP_DIRECT : 0;
    case PN_PAY_WECHAT: return d->wechat ? PN_PAY_MINIAPP_DIRECT : 0;
    case PN_PAY_ALIPAY: return d->alipay ? PN_PAY_ALIPAY_DIRECT : 0;
    default: return 0;
    }
}

/* Points and coupons are what we owe the buyer: they cannot pay what is not paid to us (I39). */
int pni_direct_route(pn *p, int64_t order_id, pn_word *method, int64_t *organiser)
{
    payee found = {0};
    bool must = pni_method_of(method->v)->can & PNI_IS_THEIRS;
    if (!must && !(pni_method_of(method->v)->can & PNI_CAN_SUB))
        return 0;
    int rc = pn_one(p, &pni_direct_of_order_sql, &(id_in){order_id}, &found);
    int to = rc ? 0 : theirs(&found, method->v);
    if (rc && rc != PN_ENONE)
        return rc;
    if (!to)
        return must ? refused(p) : 0;
    if (found.held)
        return refused(p);
    if (found.ours) {
        pn_fail(p, PN_EARG, "method", "%s",
                pn_tr("Points and coupons do not count where the organiser collects itself"));
        return pn_hint(p, "%s", pn_tr("Order without them, or pay another way"));
    }
    method->v = (int16_t)to;
    *organiser = found.id;
    return 0;
}

#define F(f) PN_COL(pni_fee_sale, f, #f)
static PN_TYPE(sale_t, "direct.sale", pni_fee_sale, F(organiser_id), F(order_id), F(payment_id),
    F(fee_bp), F(fee_fixed_fen));
#undef F
const pn_sql pni_direct_sale_sql = {"direct_sale", &by_id_t, &sale_t,
    "select y.payee_id as organiser_id, y.order_id, y.id as payment_id, d.fee_bp, d.fee_fixed_fen"
    " from payment y"
    " join direct_payee d on d.organiser_id = y.payee_id where y.sk = :id# and y.id = :id", false};

/* The fee is owed for a sale, not for money that only passed through. */
int pni_book_direct(pn *p, int64_t payment_id, int64_t fen, bool sold)
{
    pni_fee_sale s;
    PN_TRY(pn_one(p, &pni_direct_sale_sql, &(id_in){payment_id}, &s));
    pni_doc d = {.rule = "DIRECT_SALE", .biz_kind = "DIRECT", .biz_id = payment_id,
                 .organiser = s.organiser_id, .sale = pn_sk(payment_id), .amount_fen = {fen}};
    PN_TRY(pni_post_later(p, &d));
    if (!sold)
        return 0;
    s.paid_fen.fen = fen;
    PN_TRY(pni_fee_sold(p, &s));
    d.rule = "DIRECT_FEE";
    d.fee_fen = s.fee_fen;
    return d.fee_fen.fen ? pni_post_later(p, &d) : 0;
}

int pni_book_direct_back(pn *p, const pni_direct_back *b)
{
    pni_doc d = {.rule = "DIRECT_BACK", .biz_kind = "DIRECT", .biz_id = b->refund_id,
                 .step = pn_printf(p, "BACK-%d", b->no), .organiser = b->organiser,
                 .sale = pn_sk(b->refund_id), .amount_fen = {b->fen}};
    PN_TRY(pni_post_later(p, &d));
    d.rule = "DIRECT_FEE";
    d.step = pn_printf(p, "FEE_BACK-%d", b->no);
    PN_TRY(pni_fee_back(p, b->payment_id, b->refund_id, b->no, b->fen, &d.fee_fen.fen));
    return d.fee_fen.fen ? pni_post_later(p, &d) : 0;
}

PN_OP_LIST(direct_payee, list, list_spec, .brief = N_("List organisers that collect themselves"),
           .out = &pn_direct_payee_t,
           .may = PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_ORGANISER)
PN_OP(direct_payee, set, pn_direct_payee,
      .brief = N_("Let an organiser collect itself"),
      .help = N_("Money of its shows then goes to its own merchant number at once; we charge the "
                 "fee by the month. By WeChat Pay what is paid in its mini program, with "
                 "--wechat-all whatever is paid so; by Alipay all, once it has authorised our "
                 "application. Tickets of merchants are paid to us as before."),
      .in = &set_t, .out = &pn_direct_payee_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER,
      .example = "pn direct_payee set 4097 --sub-mchid 1900000109 --fee-bp 200 --fee-fixed 1 "
                 "--alipay-seller 2088531891668739 --alipay-token alipay_token_4097")
PN_OP(direct_payee, stop, pn_direct_payee,
      .brief = N_("Let an organiser collect itself no more"), .in = &stop_t,
      .out = &pn_direct_payee_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .lasting = N_("What has ended does not come back: set up a new one"))

const pn_module pn_direct_payee_module = {
    "direct_payee", N_("Organisers that collect themselves"),
    .ops = PN_LIST(pn_op, &direct_payee_list_op, &direct_payee_set_op, &direct_payee_stop_op),
    .sql = PN_LIST(pn_sql, &row_sql, &set_sql, &stop_sql, &pni_direct_of_order_sql,
                   &pni_direct_sale_sql)};
