/* SPDX-License-Identifier: Apache-2.0 */
/* front.c — how the payer meets the provider: what he is asked for, and what his side is given: a
 * code to scan, an address to go to, a text for the app. */
#include <string.h>

#include "base/policy_int.h"
#include "order/provider_int.h"

typedef struct front {
    int64_t id;
    pn_word scene;
    const char *payer, *client_ip, *return_url;
    bool own_app;
    int instalments;
} front;
#define F(f, ...) PN_COL(front, f, #f, __VA_ARGS__)
static PN_TYPE(front_t, "payment.front_in", front, F(id), F(scene, .words = pni_scenes), F(payer),
    F(client_ip), F(return_url), F(own_app),
    F(instalments));
#undef F
const pn_sql pni_front_put_sql = {"payment_front_put", &front_t, NULL,
    "insert into payment_front (sk, payment_id, scene, payer, client_ip, return_url, own_app,"
    " instalments, updated_at) values (:id#, :id, :scene, coalesce(:payer, ''),"
    " coalesce(:client_ip, ''), coalesce(:return_url, ''), :own_app, :instalments, :now)", false};

int pni_scene_of(pn *p, const struct pn_payment_create *ask, int *scene)
{
    const pni_method *m = pni_method_of(ask->method.v);
    *scene = ask->scene.v ? ask->scene.v : PN_SCENE_QR;
    if (!m || !(m->can & 1u << (*scene - 1)))
        return pn_fail(p, PN_EARG, "scene", pn_tr("%s has no way “%s”"),
                       pn_word_label(pn_pay_methods, ask->method),
                       pn_word_label(pni_scenes, (pn_word){(int16_t)*scene}));
    if (*scene == PN_SCENE_BAR && !ask->payer)
        return pn_fail(p, PN_EARG, "payer", "%s", pn_tr("Scan the payer's code"));
    if (*scene == PN_SCENE_JS && !ask->payer)
        return pn_fail(p, PN_EARG, "payer", "%s", pn_tr("The payer's openid is needed"));
    if (*scene == PN_SCENE_WAP && ask->method.v == PN_PAY_WECHAT && !ask->client_ip)
        return pn_fail(p, PN_EARG, "client_ip", "%s", pn_tr("The payer's address is needed"));
    return 0;
}

/* By whom, for how many months, of how much: what is no choice of the card is refused before the
 * payer is sent there. */
static int instalments(pn *p, const struct pn_payment_create *ask, pn_money sum)
{
    int64_t least, months = 0;
    int rc = 0;
    if (!ask->instalments)
        return 0;
    if (!(pni_method_of(ask->method.v)->can & PNI_HAS_INSTALMENTS))
        return pn_fail(p, PN_EARG, "instalments", pn_tr("%s is not paid by instalments"),
                       pn_word_label(pn_pay_methods, ask->method));
    for (int i = 0; !rc && months != ask->instalments; i++)
        rc = pni_policy_at(p, "payment.instalments", i, &months);
    if (rc == PN_ENONE) {
        pn_fail(p, PN_EARG, "instalments", pn_tr("There are no %d instalments"), ask->instalments);
        return pn_hint(p, "%s", pn_tr("The policy payment.instalments says how many there may be"));
    }
    PN_TRY(rc);
    PN_TRY(pni_policy(p, "payment.instalment_fen", &least));
    return sum.fen >= least
               ? 0 : pn_fail(p, PN_ECAP, "instalments",
                             pn_tr("From %lld.%02d yuan on it can be paid by instalments"),
                             (long long)(least / 100), (int)(least % 100));
}

/* Whoever asked for WeChat Pay met us, whoever asked for the organiser's is in its mini program. */
int pni_front_put(pn *p, int64_t payment_id, const struct pn_payment_create *ask, pn_word method)
{
    const pni_method *m = pni_method_of(ask->method.v);
    front in = {.id = payment_id, .payer = ask->payer, .client_ip = ask->client_ip,
                .return_url = ask->return_url, .instalments = ask->instalments};
    pn_payment y = {0};
    int scene;
    if (ask->instalments)
        PN_TRY(pni_payment_row(p, payment_id, &y));
    PN_TRY(instalments(p, ask, y.amount_fen));
    if (!m || !m->connector)
        return 0;
    PN_TRY(pni_scene_of(p, ask, &scene));
    in.scene.v = (int16_t)scene;
    in.own_app = scene == PN_SCENE_JS && method.v == PN_PAY_MINIAPP_DIRECT &&
                 ask->method.v != method.v;
    return pn_exec(p, &pni_front_put_sql, &in, NULL);
}

/* ---- what the payer's side needs ---- */

#define COL(f, label, ...) PN_COL(pn_payment_front, f, label, __VA_ARGS__)
PN_TYPE(pni_front_shown_t, "payment.front", pn_payment_front,
    COL(id, N_("Number"), .flags = PN_BRIEF, .ref = "payment"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_payment_states),
    COL(scene, N_("Way"), .flags = PN_BRIEF, .words = pni_scenes),
    COL(amount_fen, N_("Amount"), .flags = PN_BRIEF),
    COL(instalments, N_("Instalments"), .flags = PN_OPT | PN_BRIEF),
    COL(discount_fen, N_("The bank's discount"), .flags = PN_OPT | PN_BRIEF),
    COL(points, N_("In points"), .flags = PN_OPT | PN_BRIEF),
    COL(qr, N_("Code to scan"), .flags = PN_BRIEF),
    COL(url, N_("Address to go to"), .flags = PN_BRIEF),
    COL(front, N_("Text for the app"), .flags = PN_LONG),
    COL(error, N_("Error")),
    COL(expires_at, N_("Pay before"), .flags = PN_BRIEF));
#undef COL
typedef struct off { int64_t id; pn_money discount_fen; } off;
static PN_TYPE(off_t_, "payment.front_off", off, PN_COL(off, id, "id"),
    PN_COL(off, discount_fen, "discount"));
const pn_sql pni_front_off_sql = {"payment_front_off", &off_t_, NULL,
    "update payment_front set discount_fen = :discount_fen, updated_at = :now"
    " where sk = :id# and payment_id = :id and discount_fen is distinct from :discount_fen", false};

int pni_front_off(pn *p, int64_t payment_id, pn_money discount)
{
    return pn_exec(p, &pni_front_off_sql, &(off){payment_id, discount}, NULL);
}

typedef struct id_in { int64_t id; } id_in;
static PN_TYPE(by_id_t, "payment.front_id", id_in, PN_COL(id_in, id, N_("Number")));
const pn_sql pni_front_row_sql = {"payment_front_row", &by_id_t, &pni_front_shown_t,
    "select y.id, y.state, f.scene, y.amount_fen, f.qr, f.url, f.front, f.error, y.expires_at,"
    " nullif(f.instalments, 0) as instalments, f.discount_fen,"
    " round(y.amount_fen::numeric * f.points_yuan * (10000 + f.points_fee_bp) / 1000000)::bigint"
    "  as points from payment y left join payment_front f on f.sk = :id# and f.payment_id = y.id"
    " where y.sk = :id# and y.id = :id", false};

static PN_TYPE(open_t, "payment.open", struct pn_payment_open,
    PN_COL(struct pn_payment_open, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"));

/* Is it the caller's? In a unit of its own, so that no connection is kept while the provider is
 * called. */
static int mine(pn *p, int64_t id)
{
    PN_AUTO_UNIT own = pn_begin_like(p);
    pn_payment y;
    int rc = own ? pn_payment_show(own, &(struct pn_payment_show){id}, &y) : PN_EMEM;
    return rc ? pni_fail_of(p, own, rc, "id") : 0;
}

/* The notice may have been faster than the answer: who has paid is shown no failure, or he pays
 * once more. */
static bool paid_meanwhile(pn *p, int64_t id, pn_payment_front *out)
{
    return !pn_one(p, &pni_front_row_sql, &(id_in){id}, out) &&
           (out->state.v == PN_PAYMENT_SUCCESS || out->state.v == PN_PAYMENT_CAPTURED);
}

/* In a unit of the system's own: its transactions are short ones around each call. */
static int with_provider(pn *p, int64_t payment_id, int (*what)(pn *p, int64_t payment_id),
                         pn_payment_front *out)
{
    static const pn_actor self = {.kind = 'S', .login = "system", .name = "system",
                                  .roles = PN_ROLE_SYSTEM, .via = "provider"};
    if (!pn_rehearsing(p)) {
        PN_AUTO_UNIT own = pn_begin_like(p);
        if (!own)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        pn_act_as(own, &self);
        pn_key(own, NULL);
        int rc = what(own, payment_id);
        if (rc && !paid_meanwhile(p, payment_id, out))
            return pni_fail_of(p, own, rc, NULL);
        if (rc)
            return 0;
    }
    return pn_one(p, &pni_front_row_sql, &(id_in){payment_id}, out);
}

int pni_front_open(pn *p, int64_t payment_id, pn_payment_front *out)
{
    return with_provider(p, payment_id, pni_payment_push, out);
}

int pni_front_stop(pn *p, int64_t payment_id, pn_payment_front *out)
{
    PN_TRY(mine(p, payment_id));
    return with_provider(p, payment_id, pni_payment_stop, out);
}

/* What it sends is checked and applied as any notice of its own accord. */
static int notice_again(pn *p, int64_t payment_id)
{
    pni_source s;
    pni_answer a;
    PN_TRY(pni_source_load(p, payment_id, &s));
    PN_TRY(pni_source_remind(p, &s, &a));
    return a.outcome == PN_LINK_OK ? 0 : pni_source_refused(p, PN_EPROVIDER, &a);
}

static int remind(pn *p, const struct pn_payment_remind *in, pn_payment_front *out)
{
    PN_TRY(mine(p, in->id));
    return with_provider(p, in->id, notice_again, out);
}

static int open_front(pn *p, const struct pn_payment_open *in, pn_payment_front *out)
{
    PN_TRY(mine(p, in->id));
    return pni_front_open(p, in->id, out);
}

PNI_OP(payment, open, open_front, pn_payment_front,
       .brief = N_("Get what the payer needs to pay: a code, an address, a text for the app"),
       .help = N_("Asks the provider for it at once if that was not done yet. A payment by the "
                  "payer's own code is collected by this."),
       .in = &open_t, .out = &pni_front_shown_t,
       .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BUYER |
              PN_ROLE_CHANNEL | PN_ROLE_SYSTEM,
       .example = "pn payment open 1970241")

static PN_TYPE(remind_t, "payment.remind", struct pn_payment_remind,
    PN_COL(struct pn_payment_remind, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"));
PNI_OP(payment, remind, remind, pn_payment_front,
       .brief = N_("Ask the provider to send its notice of a payment once more"),
       .help = N_("Where the provider can: Sand. The others are asked what became of it, by "
                  "themselves."),
       .in = &remind_t, .out = &pni_front_shown_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
       .example = "pn payment remind 1970241")
