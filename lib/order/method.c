/* SPDX-License-Identifier: Apache-2.0 */
/* method.c — the ways to pay, one row each: which connector carries it, what it can do. */
#include <string.h>

#include "base/policy_int.h"
#include "catalog/session.h"
#include "order/pay_rule_int.h"
#include "order/provider_int.h"

const pn_words pni_scenes[] = {PNI_SCENES(PN_WORD_ROW){0}};

#define BACK (PNI_CAN_REFUND | PNI_CAN_REFUND_PART)
#define TOLD (PNI_CAN_QUERY | PNI_CAN_NOTIFY)
#define PAGES (PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_JS)
#define CODES (PNI_CAN_QR | PNI_CAN_BAR | PNI_CAN_REVERSE | PNI_CAN_CLOSE)
// clang-format off
static const pni_method methods[] = {
    {PN_PAY_ALIPAY, "alipay", "alipay", CODES | PAGES | PNI_CAN_PC | TOLD | BACK | PNI_CAN_BILL |
        PNI_CAN_AUTH | PNI_CAN_DEDUCT | PNI_CAN_SUB, NULL},
    {PN_PAY_WECHAT, "wechat", "wechat", CODES | PAGES | TOLD | BACK | PNI_CAN_BILL |
        PNI_CAN_DEDUCT | PNI_CAN_SUB | PNI_HAS_FUND, NULL},
    {PN_PAY_CMB_NETPAY, "cmb_netpay", "cmb_netpay", PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_PC | TOLD |
        BACK | PNI_CAN_BILL | PNI_CAN_BILL_QUERY | PNI_CAN_DEDUCT | PNI_IS_AGREED,
        NULL},
    {PN_PAY_CMB_LIFE, "cmb_life", "cmb_life", PNI_CAN_WAP | PNI_CAN_APP | TOLD | BACK |
        PNI_CAN_BILL | PNI_HAS_INSTALMENTS, NULL},
    {PN_PAY_MINIAPP_DIRECT, "miniapp_direct", "wechat_partner", CODES | PAGES | TOLD | BACK |
        PNI_CAN_BILL | PNI_CAN_SUB | PNI_IS_THEIRS, NULL},
    {PN_PAY_CASH, "pos_collect", NULL, PNI_CAN_OFFLINE | BACK | PNI_CAN_BILL_QUERY, NULL},
    {PN_PAY_SLIP, "pos_collect", NULL, PNI_CAN_OFFLINE | BACK, NULL},
    {PN_PAY_DOULI_POINTS, "douli_points", "douli", PNI_CAN_MIX | PNI_CAN_AUTH | TOLD | BACK |
        PNI_CAN_BILL | PNI_IS_FROZEN, NULL},
    {PN_PAY_SANDPAY, "sandpay", "sandpay", PNI_CAN_QR | PNI_CAN_WAP | PNI_CAN_PC | TOLD | BACK |
        PNI_CAN_BILL, NULL},
    {PN_PAY_PROXY_PAY, "proxy_pay", NULL, PNI_CAN_OFFLINE | PNI_CAN_MIX | BACK |
        PNI_CAN_BILL_QUERY | PNI_CAN_CREDIT, NULL},
    {PN_PAY_SFPL, "sfpl", "alipay", PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_JS | TOLD | BACK |
        PNI_CAN_BILL | PNI_CAN_AUTH | PNI_CAN_DEDUCT | PNI_CAN_CREDIT | PNI_IS_CARRIED,
        "wechat cmb_netpay"},
    {PN_PAY_SIMULATED, NULL, NULL, PNI_CAN_CLOSE | TOLD | BACK, NULL},
    {PN_PAY_SIMULATED_AUTH, NULL, NULL, PNI_CAN_AUTH | PNI_CAN_CLOSE | TOLD | BACK |
        PNI_IS_FROZEN, NULL},
    {PN_PAY_ALIPAY_DIRECT, NULL, "alipay", CODES | PAGES | PNI_CAN_PC | TOLD | BACK |
        PNI_CAN_BILL | PNI_CAN_SUB | PNI_IS_THEIRS, NULL},
    {PN_PAY_TRANSFER, NULL, NULL, PNI_CAN_OFFLINE, NULL},
    {PN_PAY_PREPAID, NULL, NULL, PNI_CAN_OFFLINE | BACK | PNI_CAN_CREDIT, NULL},
    {PN_PAY_CHANNEL, NULL, NULL, PNI_CAN_OFFLINE | BACK, NULL},
    {PN_PAY_GIFT_CARD, NULL, NULL, PNI_CAN_MIX | BACK, NULL},
    {0}};
// clang-format on

/* Names as the specification has them, by their bits. */
static const char *const flags[] = {"QR", "BAR", "WAP", "APP", "JS", "PC", "QRY", "CLS", "REV",
                                    "RFF", "RFP", "NTF", "OFF", "CR", "MIX", "AUT", "DED", "SUB",
                                    "RCF", "RCQ"};

const pni_method *pni_method_of(int method)
{
    for (const pni_method *m = methods; m->method; m++)
        if (m->method == method)
            return m;
    return NULL;
}

const pni_method *pni_method_by_connector(const char *connector)
{
    for (const pni_method *m = methods; m->method; m++)
        if (m->connector && !strcmp(m->connector, connector))
            return m;
    return NULL;
}

bool pni_method_has_bill(const pni_method *m)
{
    return m && m->can & PNI_CAN_BILL && !(m->can & PNI_IS_CARRIED);
}

/* ---- shown to people ---- */

#define M(f, label, ...) PN_COL(struct pn_payment_methods, f, label, __VA_ARGS__)
static PN_TYPE(asked_t, "payment.methods_in", struct pn_payment_methods,
    M(order, N_("Order"), .flags = PN_OPT | PN_ARG, .ref = "order",
      .hint = N_("What is offered for it")),
    M(device, N_("Payer's device"), .words = pn_pay_devices,
      .hint = N_("Default: a web page over HTTP, the till at a box office, else any")),
    M(channel, N_("Channel"), .max = 40, .hint = N_("Without an order: what would be offered")),
    M(delivery, N_("Delivery"), .words = pn_deliveries),
    M(amount_fen, N_("Amount"), .flags = PN_OPT),
    M(all, N_("Everything"), .flags = PN_OPT, .hint = N_("Every method there is, offered or not")));
#undef M
static PN_TYPE(row_t, "payment.method", pn_payment_method,
    PN_COL(pn_payment_method, method, N_("Method"), .flags = PN_BRIEF | PN_OPT,
           .words = pn_pay_methods),
    PN_COL(pn_payment_method, scene, N_("Way"), .flags = PN_BRIEF | PN_OPT, .words = pni_scenes),
    PN_COL(pn_payment_method, name, N_("Sold under"), .flags = PN_BRIEF),
    PN_COL(pn_payment_method, flags, N_("Can do"), .flags = PN_BRIEF),
    PN_COL(pn_payment_method, connector, N_("Connector"), .flags = PN_BRIEF,
           .hint = N_("Several: whichever the payer has")));
static PN_TYPE(rows_t, "payment.methods", pn_payment_methods_all,
    PN_COL(pn_payment_methods_all, methods, N_("Methods"), .of = &row_t, .flags = PN_BRIEF));

static const char *flags_text(pn *p, uint32_t can)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (can & 1u << i)
            pn_buf_putf(&b, "%s%s", b.len ? " " : "", flags[i]);
    return b.bad ? NULL : b.text;
}

/* What a till collects by: its drawer, its slips, and whoever has the payer's code or shows one. */
static uint32_t at_till(void)
{
    uint32_t can = 0;
    for (const pni_method *m = methods; m->method; m++)
        if (m->name && !strcmp(m->name, "pos_collect"))
            can |= m->can;
        else if (m->can & PNI_CAN_BAR)
            can |= m->can & (PNI_CAN_BAR | PNI_CAN_QR | PNI_CAN_REVERSE);
    return can;
}

static int row_of(pn *p, const pni_method *m, pn_word scene, pn_payment_method *out)
{
    *out = (pn_payment_method){{(int16_t)m->method}, scene, m->name, m->connector,
                               flags_text(p, m->can)};
    if (m->other)
        out->connector = pn_printf(p, "%s %s", m->connector, m->other);
    return out->flags && (!m->connector || out->connector)
               ? 0 : pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static int every(pn *p, bool simulated, pn_payment_method *rows, size_t *n)
{
    for (const pni_method *m = methods; m->method; m++) {
        if (pni_simulates(m->method) && !simulated)
            continue;
        if (m->method == PN_PAY_CASH)
            rows[(*n)++] = (pn_payment_method){.name = m->name,
                                               .flags = flags_text(p, at_till())};
        PN_TRY(row_of(p, m, (pn_word){0}, &rows[(*n)++]));
    }
    return 0;
}

/* Where somebody who does not say it is. */
static pn_word device_of(const pn *p, pn_word said)
{
    const pn_actor *a = pn_who(p);
    if (said.v)
        return said;
    if (a->roles & PN_ROLE_BOXOFFICE)
        return (pn_word){PN_PAY_AT_TILL};
    return (pn_word){a->via && !strcmp(a->via, "http") ? PN_PAY_AT_WEB : PN_PAY_AT_UNSET};
}

static int offered(pn *p, bool simulated, const struct pn_payment_methods *in,
                   pn_payment_methods_all *out)
{
    pni_pay_facts f = {.order = in->order, .device = device_of(p, in->device),
                       .channel = in->channel, .delivery = in->delivery,
                       .amount_fen = in->amount_fen};
    pni_order o;
    pn_rows offers;
    size_t n = 0;
    if (in->order)
        PN_TRY(pni_order_get(p, in->order, &o)); /* is it for him? */
    PN_TRY(pni_pay_offers(p, &f, &offers));
    pn_payment_method *rows = pn_alloc(p, (offers.n + 1) * sizeof *rows);
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    pn_each(pni_pay_way, r, &offers)
        if (simulated || !pni_simulates(r->method.v))
            PN_TRY(row_of(p, pni_method_of(r->method.v), r->scene, &rows[n++]));
    out->methods = (pn_rows){rows, n};
    return 0;
}

static int list_methods(pn *p, const struct pn_payment_methods *in, pn_payment_methods_all *out)
{
    size_t n = 0;
    int64_t simulated = 0;
    PN_TRY(pni_policy(p, "payment.simulated", &simulated));
    if (!in->all)
        return offered(p, simulated, in, out);
    pn_payment_method *rows = pn_alloc(p, (sizeof methods / sizeof *methods + 1) * sizeof *rows);
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    PN_TRY(every(p, simulated, rows, &n));
    out->methods = (pn_rows){rows, n};
    return 0;
}

PNI_OP(payment, methods, list_methods, pn_payment_methods_all,
       .brief = N_("List the ways to pay that are offered"),
       .help = N_("By the rules of “pay_rule”: of an order, or of what is given. QR and BAR: a "
                  "code is shown or scanned; WAP APP JS PC: pages, apps, mini programs. QRY, CLS, "
                  "REV, RFF, RFP, NTF: asked for, closed, reversed, refunded whole and in part, "
                  "told by notice. RCF, RCQ: its day is reconciled by a bill, or line by line. "
                  "AUT, DED, CR, SUB, MIX, OFF: frozen first, deducted later, on credit, to a "
                  "merchant of its own, beside other tenders, without a provider."),
       .in = &asked_t, .out = &rows_t, .may = PN_ROLE_PUBLIC,
       .example = "pn payment methods PN261123000001234 --device WAP")
