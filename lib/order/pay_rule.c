/* SPDX-License-Identifier: Apache-2.0 */
/* pay_rule.c — one table decides which ways to pay are offered: to the shop's pages, to the till,
 * and when somebody pays. The first rule that fits decides; what no rule names is not offered. */
#include "order/pay_rule_int.h"

#include <string.h>

#include "catalog/row_int.h"
#include "catalog/session.h"
#include "order/direct_int.h"
#include "order/order_int.h"
#include "order/provider_int.h"

const pn_words pn_pay_devices[] = {PN_PAY_DEVICES(PN_WORD_ROW){0}};
const pn_words pn_pay_payees[] = {PN_PAY_PAYEES(PN_WORD_ROW){0}};

#define R(f, label, ...) PN_COL(pn_pay_rule, f, label, __VA_ARGS__)
PN_TYPE(pn_pay_rule_t, "pay_rule", pn_pay_rule,
    R(id, N_("Number"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "r.id"),
    R(rank, N_("Precedence"), .flags = PN_SORT | PN_BRIEF, .sql = "r.rank"),
    R(method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods, .sql = "r.method"),
    R(scene, N_("Way"), .flags = PN_BRIEF | PN_OPT, .words = pni_scenes, .sql = "r.scene"),
    R(device, N_("Payer's device"), .flags = PN_BRIEF | PN_OPT, .words = pn_pay_devices,
      .sql = "r.device"),
    R(channel, N_("Channel"), .flags = PN_BRIEF, .sql = "coalesce(r.channel, '')"),
    R(payee, N_("Payee"), .flags = PN_BRIEF | PN_OPT, .words = pn_pay_payees, .sql = "r.payee"),
    R(delivery, N_("Delivery"), .flags = PN_BRIEF | PN_OPT, .words = pn_deliveries,
      .sql = "r.delivery"),
    R(from_fen, N_("From amount"), .flags = PN_BRIEF | PN_EACH, .sql = "r.from_fen"),
    R(to_fen, N_("Up to amount"), .flags = PN_BRIEF | PN_OPT | PN_EACH, .sql = "r.to_fen"),
    R(offered, N_("Is offered"), .flags = PN_BRIEF, .sql = "r.offered"),
    R(note, N_("Note"), .sql = "r.note"),
    R(created_at, N_("Created"), .sql = "r.created_at"));
#undef R
static const pn_list_spec list_spec = {&pn_pay_rule_t, "pay_rule r",
    ":my_merchant::bigint is null and :my_organiser::bigint is null", "r.id", "rank", NULL};

PN_OP_LIST(pay_rule, list, list_spec,
           .brief = N_("List what decides which ways to pay are offered"),
           .help = N_("The first rule that fits a method and a way, by rank, decides. What no rule "
                      "names is not offered. “payment methods” shows what comes of it."),
           .out = &pn_pay_rule_t, .may = PN_ROLE_FINANCE | PN_ROLE_OPS,
           .example = "pn pay_rule list --where 'method=ALIPAY'")

#define A(f, label, ...) PN_COL(struct pn_pay_rule_add, f, label, __VA_ARGS__)
static PN_TYPE(add_t, "pay_rule.add", struct pn_pay_rule_add,
    A(method, N_("Method"), .flags = PN_REQ | PN_ARG, .words = pn_pay_methods),
    A(scene, N_("Way"), .words = pni_scenes),
    A(device, N_("Payer's device"), .words = pn_pay_devices),
    A(channel, N_("Channel"), .max = 40, .hint = N_("Code of the channel; OWN: our own shop")),
    A(payee, N_("Payee"), .words = pn_pay_payees),
    A(delivery, N_("Delivery"), .words = pn_deliveries),
    A(from_fen, N_("From amount"), .flags = PN_OPT),
    A(to_fen, N_("Up to amount"), .flags = PN_OPT),
    A(refuse, N_("Not offered"), .flags = PN_OPT, .hint = N_("What fits is not offered")),
    A(rank, N_("Precedence"), .flags = PN_OPT, .min = 1, .max = 999,
      .hint = N_("Lower ones are asked first; default 100, those that are shipped come last")),
    A(note, N_("Note"), .max = 200));
#undef A
static PN_TYPE(drop_t, "pay_rule.drop", struct pn_pay_rule_drop,
    PN_COL(struct pn_pay_rule_drop, id, N_("Rule"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "pay_rule"),
    PN_COL(struct pn_pay_rule_drop, reason, N_("Reason"), .flags = PN_REQ, .max = 200));
static const pn_sql add_sql = {"pay_rule_add", &pn_pay_rule_t, NULL,
    "insert into pay_rule (id, method, scene, device, channel, payee, delivery, from_fen, to_fen,"
    " offered, rank, note, created_at, updated_at) values (:id, :method, :scene, :device,"
    " nullif(:channel, ''), :payee, :delivery, :from_fen, nullif(:to_fen::bigint, 0), :offered,"
    " :rank, coalesce(:note, ''), :now, :now)", false};
static const pn_sql drop_sql = {"pay_rule_drop", &drop_t, NULL,
    "delete from pay_rule where id = :id", false};

/* A way that the method does not have would be offered to nobody. */
static int possible(pn *p, const struct pn_pay_rule_add *in)
{
    const pni_method *m = pni_method_of(in->method.v);
    if (in->to_fen.fen && in->to_fen.fen < in->from_fen.fen)
        return pn_fail(p, PN_EARG, "to_fen", "%s", pn_tr("It ends before it begins"));
    if (!in->scene.v || (m && m->can & 1u << (in->scene.v - 1)))
        return 0;
    pn_fail(p, PN_EARG, "scene", pn_tr("%s has no way “%s”"),
            pn_word_label(pn_pay_methods, in->method), pn_word_label(pni_scenes, in->scene));
    return pn_hint(p, "%s", pn_tr("Which it has: pn payment methods --all"));
}

enum { RANK = 100 };

static int add(pn *p, const struct pn_pay_rule_add *in, pn_pay_rule *out)
{
    *out = (pn_pay_rule){.method = in->method, .scene = in->scene, .device = in->device,
                         .payee = in->payee, .delivery = in->delivery, .channel = in->channel,
                         .from_fen = in->from_fen, .to_fen = in->to_fen, .offered = !in->refuse,
                         .rank = in->rank ? in->rank : RANK, .note = in->note,
                         .created_at = pn_now(p)};
    PN_TRY(possible(p, in));
    PN_TRY(pn_new_id(p, 0, &out->id));
    PN_TRY(pn_exec(p, &add_sql, out, NULL));
    return pn_audit(p, "pay_rule", out->id, &pn_pay_rule_t, NULL, out, NULL);
}

static int drop(pn *p, const struct pn_pay_rule_drop *in, pn_pay_rule *out)
{
    PN_TRY(pni_row(p, &pay_rule_list_op, in->id, out));
    PN_TRY(pn_exec(p, &drop_sql, in, NULL));
    return pn_audit(p, "pay_rule", in->id, &pn_pay_rule_t, out, NULL, in->reason);
}

PN_OP(pay_rule, add, pn_pay_rule, .brief = N_("Offer a way to pay, or offer it no more"),
      .help = N_("What is left out is any. A rule that refuses comes before those that offer: give "
                 "it a lower rank."),
      .in = &add_t, .out = &pn_pay_rule_t, .may = PN_ROLE_FINANCE, .flags = PN_WRITE | PN_ONCE,
      .example = "pn pay_rule add ALIPAY --channel JD --refuse --note 'their wallet only'",
      .lasting = N_("What it changed is seen at once: drop the rule"))
PN_OP(pay_rule, drop, pn_pay_rule, .brief = N_("Take back a rule about ways to pay"),
      .in = &drop_t, .out = &pn_pay_rule_t, .may = PN_ROLE_FINANCE,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn pay_rule drop 4097 --reason 'over'",
      .lasting = N_("What has ended does not come back: set up a new one"))

/* ---- what is offered ---- */

#define F(f, ...) PN_COL(pni_pay_facts, f, #f, __VA_ARGS__)
static PN_TYPE(facts_t, "pay_rule.facts", pni_pay_facts, F(order, .flags = PN_OPT),
    F(method, .words = pn_pay_methods), F(scene, .words = pni_scenes),
    F(device, .words = pn_pay_devices), F(payee, .words = pn_pay_payees),
    F(delivery, .words = pn_deliveries), F(channel), F(amount_fen, .flags = PN_OPT));
#undef F
static PN_TYPE(offer_t, "pay_rule.offer", pni_pay_way,
    PN_COL(pni_pay_way, method, "method", .words = pn_pay_methods),
    PN_COL(pni_pay_way, scene, "scene", .flags = PN_OPT, .words = pni_scenes));
/* Rules that fit what is known; of each method and way, the first says. Where it is not known
 * whether a rule fits, one that offers may, one that refuses does not. */
#define SAME(fact)                                                                                 \
    " (r." fact " is null or r." fact " = f." fact " or (f." fact " is null and r.offered))"
#define FITS                                                                                       \
    " m as materialized (select r.* from pay_rule r, f where" SAME("device") " and"                \
    SAME("channel") " and" SAME("payee") " and" SAME("delivery") " and"                            \
    "  (f.mini or r.method <> 'MINIAPP_DIRECT') and"                                               \
    "  case when f.fen is null then r.offered or (r.from_fen = 0 and r.to_fen is null)"            \
    "   else r.from_fen <= f.fen and (r.to_fen is null or f.fen <= r.to_fen) end)"
#define OFFERS                                                                                     \
    " select c.method, c.scene from (select method, scene, min(rank) as rank from m where offered" \
    "  group by 1, 2) c where (select d.offered from m d where d.method = c.method"                \
    "  and (d.scene is null or d.scene = c.scene) order by d.rank, d.id limit 1)"                  \
    " order by c.rank, c.method"
static const pn_sql any_sql = {"pay_rule_any", &facts_t, &offer_t,
    "with f as (select :device::text as device, :channel::text as channel, :payee::text as payee,"
    "  :delivery::text as delivery, :amount_fen::bigint as fen, true as mini)," FITS OFFERS, false};
#define OF_ORDER                                                                                   \
    "with f as (select :device::text as device, o.channel, o.delivery,"                            \
    "  case when d.organiser_id is null then 'US' else 'ORGANISER' end as payee,"                  \
    "  o.payable_fen - o.paid_fen - o.held_fen as fen, coalesce(d.sub_mchid, '') <> '' as mini"    \
    "  from orders o join show h on h.id = o.show_id left join direct_payee d on"                  \
    "   d.organiser_id = h.organiser_id and d.state = 'ACTIVE' and"                                \
    "   " PNI_OWN_SEATS("o", ":order#")                                                            \
    "  where o.sk = :order# and o.id = :order),"
static const pn_sql order_sql = {"pay_rule_order", &facts_t, &offer_t,
    OF_ORDER FITS OFFERS, false};
typedef struct said { bool offered; } said;
static PN_TYPE(said_t, "pay_rule.said", said, PN_COL(said, offered, "offered"));
static const pn_sql one_sql = {"pay_rule_one", &facts_t, &said_t,
    OF_ORDER FITS " select coalesce((select m.offered from m where m.method = :method"
    "  and (m.scene is null or m.scene = :scene or (:scene::text is null and m.offered))"
    "  order by m.rank, m.id limit 1), false) as offered from f", false};

int pni_pay_offers(pn *p, const pni_pay_facts *f, pn_rows *out)
{
    return pn_all(p, f->order ? &order_sql : &any_sql, f, out);
}

/* Where the payer is, when nobody says: at the till of whoever sells at one; else, over HTTP, where
 * such a way is met. Staff elsewhere works for any. */
static pn_word device_at(const pn *p, const pni_pay_facts *f)
{
    const pn_actor *a = pn_who(p);
    if (f->device.v)
        return f->device;
    if (a->roles & PN_ROLE_BOXOFFICE)
        return (pn_word){PN_PAY_AT_TILL};
    if (!a->via || strcmp(a->via, "http") != 0)
        return (pn_word){0};
    switch (f->scene.v) {
    case PN_SCENE_WAP: return (pn_word){PN_PAY_AT_WAP};
    case PN_SCENE_APP: return (pn_word){PN_PAY_AT_APP};
    case PN_SCENE_JS:
        return (pn_word){f->method.v == PN_PAY_ALIPAY ? PN_PAY_AT_ALIPAY : PN_PAY_AT_WECHAT};
    case PN_SCENE_UNSET: return (pn_word){0};
    default: return (pn_word){PN_PAY_AT_WEB};
    }
}

int pni_pay_ask(pn *p, const pni_pay_facts *f, pn_rows *said_rows)
{
    pni_pay_facts own = *f;
    own.device = device_at(p, f);
    return pn_queue(p, &one_sql, &own, 0, said_rows, NULL);
}

/* A simulated provider has a switch of its own; nobody is offered it but a till. No such order:
 * whoever takes the money says so. */
int pni_pay_said(pn *p, const pni_pay_facts *f, const pn_rows *rows)
{
    pn_word at = device_at(p, f);
    const char *method = pn_word_label(pn_pay_methods, f->method);
    if (f->method.v == PN_PAY_SIMULATED || f->method.v == PN_PAY_SIMULATED_AUTH || !rows->n ||
        ((const said *)rows->row)->offered)
        return 0;
    if (at.v)
        pn_fail(p, PN_EARG, f->device.v ? "device" : pni_field_or(p, "method", "order"),
                pn_tr("%s is not offered for this order here (%s)"), method,
                pn_word_label(pn_pay_devices, at));
    else
        pn_fail(p, PN_EARG, pni_field_or(p, "method", "order"),
                pn_tr("%s is not offered for this order"), method);
    return pn_hint(p, pn_tr("What is: pn payment methods --order %lld"), (long long)f->order);
}

int pni_pay_offered(pn *p, const pni_pay_facts *f)
{
    pn_rows rows = {0};
    PN_TRY(pni_pay_ask(p, f, &rows));
    PN_TRY(pn_sync(p));
    return pni_pay_said(p, f, &rows);
}

const pn_module pn_pay_rule_module = {
    "pay_rule", N_("Ways to pay that are offered"),
    .ops = PN_LIST(pn_op, &pay_rule_list_op, &pay_rule_add_op, &pay_rule_drop_op),
    .sql = PN_LIST(pn_sql, &add_sql, &drop_sql, &any_sql, &order_sql, &one_sql)};
