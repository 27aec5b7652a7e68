/* SPDX-License-Identifier: Apache-2.0 */
/* proxy_pay.c — the payer is not the buyer: an agent out of its account, or whoever was sent a
 * link. The link's token is all that he needs, and he gets to know nothing of the buyer; money that
 * goes back goes to him, as it came. */
#include <stdlib.h>
#include <string.h>

#include "base/crypt_int.h"
#include "channel/channel_int.h"
#include "order/pay_rule_int.h"
#include "order/provider_int.h"

/* ---- an agent's account ---- */

static PN_TYPE(proxy_t, "payment.proxy", struct pn_payment_proxy,
    PN_COL(struct pn_payment_proxy, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_payment_proxy, channel, N_("Channel"), .flags = PN_OPT, .ref = "channel",
           .hint = N_("The agent that pays; an agent's login is itself")));

/* Whoever knows the order's number may pay it: it is his own money. */
static int proxy(pn *p, const struct pn_payment_proxy *in, pn_payment *out)
{
    pni_taking t = {.order_id = in->order, .method = PN_PAY_PROXY_PAY};
    PN_TRY(pni_channel_of_actor(p, in->channel, &t.payee_id));
    PN_TRY(pni_pay_offered(p, &(pni_pay_facts){.order = in->order,
                                                .method = {PN_PAY_PROXY_PAY}}));
    PN_TRY(pn_new_id(p, pn_sk(in->order), &t.id));
    PN_TRY(pni_payment_take(p, &t, out));
    PN_TRY(pni_state_log(p, "payment", t.id, NULL, "SUCCESS", "agent_debit", NULL));
    pni_channel_money m = {.channel_id = t.payee_id, .order_id = in->order, .ref = in->order,
                           .kind = "ORDER", .book = "PREPAID", .fen = -out->amount_fen.fen};
    return pni_channel_move(p, &m, NULL);
}

/* ---- a link ---- */

enum { TOKEN_BYTES = 15 };

typedef struct link {
    int64_t id, order_id, payment_id;
    pn_bytes token_hash, payer;
    pn_word status, state; /* of the order, of the payment it was used for */
    const char *show;
    pn_time start_at, hold_expires_at;
    int qty;
    pn_money due_fen;
} link;
#define L(f, ...) PN_COL(link, f, #f, __VA_ARGS__)
static PN_TYPE(link_row_t, "payment.link_row", link, L(id), L(order_id),
    L(payment_id, .flags = PN_OPT), L(token_hash), L(payer),
    L(status, .words = pn_order_states), L(state, .words = pn_payment_states), L(show),
    L(start_at), L(hold_expires_at), L(qty), L(due_fen));
#undef L
const pn_sql pni_link_put_sql = {"payment_link_put", &link_row_t, NULL,
    "insert into payment_link as l (sk, id, order_id, token_hash, created_at, updated_at)"
    " values (:id#, :id, :order_id, :token_hash, :now, :now) on conflict (sk, order_id) do update"
    " set id = excluded.id, token_hash = excluded.token_hash, updated_at = excluded.updated_at",
    false};
const pn_sql pni_link_get_sql = {"payment_link_get", &link_row_t, &link_row_t,
    "select l.id, l.order_id, l.payment_id, l.token_hash, l.payer, o.status, y.state,"
    " h.title as show, s.start_at, o.hold_expires_at, o.qty,"
    " greatest(o.payable_fen - o.paid_fen - o.held_fen, 0) as due_fen"
    " from payment_link l join orders o on o.sk = :id# and o.id = l.order_id"
    " join show h on h.id = o.show_id join session s on s.id = o.session_id"
    " left join payment y on y.sk = :id# and y.id = l.payment_id"
    " where l.sk = :id# and l.id = :id", false};
/* The first; another one when his payment is over. */
const pn_sql pni_link_claim_sql = {"payment_link_claim", &link_row_t, NULL,
    "update payment_link l set payer = :payer, payment_id = :payment_id, updated_at = :now"
    " where l.sk = :id# and l.id = :id and (l.payer is null or l.payer = :payer or exists"
    "  (select from payment y where y.sk = :id# and y.id = l.payment_id"
    "   and y.state in ('CLOSED', 'REFUNDED')))", false};

static PN_TYPE(link_t, "payment.link", struct pn_payment_link,
    PN_COL(struct pn_payment_link, order, N_("Order"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "order"));
static PN_TYPE(token_t, "payment.token", pn_payment_token,
    PN_COL(pn_payment_token, order_id, N_("Order"), .ref = "order"),
    PN_COL(pn_payment_token, token, N_("Token"), .flags = PN_BRIEF),
    PN_COL(pn_payment_token, expires_at, N_("Pay before"), .flags = PN_BRIEF));

static int hashed(pn *p, const char *what, const char *text, pn_bytes *out)
{
    return pni_keyed_hash(p, what, text, out);
}

static int make_link(pn *p, const struct pn_payment_link *in, pn_payment_token *out)
{
    link l = {.order_id = in->order};
    pni_order o;
    PN_TRY(pni_order_get(p, in->order, &o));
    if (strcmp(pni_order_status(p, &o), "PENDING_PAY") != 0)
        return pn_fail(p, PN_ESTATE, "order", pn_tr("Order %s is not to be paid (%s)"), o.no,
                       pn_word_label(pn_order_states, o.status));
    PN_TRY(pn_new_id(p, pn_sk(in->order), &l.id));
    const char *random = pni_random_text(p, TOKEN_BYTES);
    const char *token = random ? pn_printf(p, "%lld-%s", (long long)l.id, random) : NULL;
    if (!token)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(hashed(p, "payment.link", token, &l.token_hash));
    PN_TRY(pn_exec(p, &pni_link_put_sql, &l, NULL));
    *out = (pn_payment_token){in->order, token, o.hold_expires_at};
    return pn_audit(p, "payment", l.id, NULL, NULL, NULL, "link");
}

static int by_token(pn *p, const char *token, link *out)
{
    link in = {.id = strtoll(token, NULL, 10)};
    pn_bytes hash;
    PN_TRY(hashed(p, "payment.link", token, &hash));
    int rc = in.id > 0 ? pn_one(p, &pni_link_get_sql, &in, out) : PN_ENONE;
    if (rc && rc != PN_ENONE)
        return rc;
    if (rc || out->token_hash.len != hash.len || memcmp(out->token_hash.data, hash.data, hash.len))
        return pn_fail(p, PN_ENONE, "token", "%s", pn_tr("This link is not valid any more"));
    return 0;
}

static bool is_open(const pn *p, const link *l)
{
    return l->status.v == PN_ORDER_PENDING_PAY && l->hold_expires_at.us > pn_now(p).us &&
           l->due_fen.fen > 0;
}

static PN_TYPE(link_show_t, "payment.link_show", struct pn_payment_link_show,
    PN_COL(struct pn_payment_link_show, token, N_("Token"), .flags = PN_REQ | PN_SECRET,
           .max = 60));
#define A(f, label) PN_COL(pn_payment_asked, f, label, .flags = PN_BRIEF)
static PN_TYPE(asked_t, "payment.asked", pn_payment_asked, A(show, N_("Show")),
    A(start_at, N_("Start")), A(qty, N_("Tickets")), A(due_fen, N_("Still to be paid")),
    A(expires_at, N_("Pay before")), A(open, N_("Open")));
#undef A

static int link_show(pn *p, const struct pn_payment_link_show *in, pn_payment_asked *out)
{
    link l;
    PN_TRY(by_token(p, in->token, &l));
    *out = (pn_payment_asked){l.show, l.start_at, l.hold_expires_at, l.qty, l.due_fen,
                              is_open(p, &l)};
    return 0;
}

#define P(f, label, ...) PN_COL(struct pn_payment_link_pay, f, label, __VA_ARGS__)
static PN_TYPE(link_pay_t, "payment.link_pay", struct pn_payment_link_pay,
    P(token, N_("Token"), .flags = PN_REQ | PN_SECRET, .max = 60),
    P(who, N_("Payer's mark"), .flags = PN_REQ | PN_SECRET, .max = 128,
      .hint = N_("What tells this payer from others: his session or openid")),
    P(method, N_("Method"), .flags = PN_REQ, .words = pn_pay_methods),
    P(scene, N_("Way"), .words = pni_scenes), P(payer, N_("Payer"), .flags = PN_PII, .max = 128),
    P(client_ip, N_("Payer's address"), .max = 45),
    P(return_url, N_("Page after paying"), .max = 500),
    P(device, N_("Payer's device"), .words = pn_pay_devices));
#undef P

static int taken(pn *p)
{
    return pn_fail(p, PN_ECONFLICT, "token", "%s", pn_tr("Somebody else is paying this already"));
}

static int link_pay(pn *p, const struct pn_payment_link_pay *in, pn_payment *out)
{
    link l;
    int64_t mine = 0;
    struct pn_payment_create ask = {.method = in->method, .scene = in->scene, .payer = in->payer,
                                    .client_ip = in->client_ip, .return_url = in->return_url,
                                    .device = in->device};
    PN_TRY(by_token(p, in->token, &l));
    if (!is_open(p, &l))
        return pn_fail(p, PN_EEXPIRED, "token", "%s",
                       pn_tr("There is nothing to be paid any more"));
    ask.order = l.order_id;
    PN_TRY(hashed(p, "payment.payer", in->who, &l.payer));
    PN_TRY(pni_order_lock(p, l.order_id));
    PN_TRY(pni_payment_make(p, &ask, out));
    l.payment_id = out->id;
    PN_TRY(pn_exec(p, &pni_link_claim_sql, &l, &mine));
    return mine ? 0 : taken(p);
}

static PN_TYPE(link_open_t, "payment.link_open", struct pn_payment_link_open,
    PN_COL(struct pn_payment_link_open, token, N_("Token"), .flags = PN_REQ | PN_SECRET,
           .max = 60),
    PN_COL(struct pn_payment_link_open, who, N_("Payer's mark"), .flags = PN_REQ | PN_SECRET,
           .max = 128));

/* What `payment open` tells, for the payer himself. */
static int link_open(pn *p, const struct pn_payment_link_open *in, pn_payment_front *out)
{
    link l;
    pn_bytes who;
    PN_TRY(by_token(p, in->token, &l));
    PN_TRY(hashed(p, "payment.payer", in->who, &who));
    if (!l.payment_id)
        return pn_fail(p, PN_ESTATE, "token", "%s", pn_tr("Nobody pays this yet"));
    if (l.payer.len != who.len || memcmp(l.payer.data, who.data, who.len))
        return taken(p);
    return pni_front_open(p, l.payment_id, out);
}

PNI_OP(payment, proxy, proxy, pn_payment,
       .brief = N_("Pay somebody's order out of an agent's account"),
       .help = N_("Refunds go back to the account."), .in = &proxy_t, .out = &pn_payment_t,
       .may = PN_ROLE_CHANNEL | PN_ROLE_OPS | PN_ROLE_FINANCE,
       .flags = PN_WRITE | PN_ONCE | PN_DANGER,
       .example = "pn payment proxy PN261123000001234 --channel agent1")
/* Not answered from memory: the token is kept nowhere. */
PNI_OP(payment, link, make_link, pn_payment_token,
       .brief = N_("Make a link by which somebody else pays an order"),
       .help = N_("Valid as long as the hold, for one payer. An older link is void."),
       .in = &link_t, .out = &token_t,
       .may = PN_ROLE_BUYER | PN_ROLE_OPS | PN_ROLE_BOXOFFICE, .flags = PN_WRITE | PN_ALONE,
       .lasting = N_("What was seen stays seen; the audit trail knows by whom"))
PNI_OP(payment, link_show, link_show, pn_payment_asked,
       .brief = N_("Tell somebody who was sent a link what he is asked to pay"),
       .in = &link_show_t, .out = &asked_t, .may = PN_ROLE_PUBLIC)
PNI_OP(payment, link_pay, link_pay, pn_payment,
       .brief = N_("Pay the order of a link by a provider"), .in = &link_pay_t,
       .out = &pn_payment_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE | PN_ONCE)
PNI_OP(payment, link_open, link_open, pn_payment_front,
       .brief = N_("Get what the payer of a link needs to pay"), .in = &link_open_t,
       .out = &pni_front_shown_t, .may = PN_ROLE_PUBLIC)
