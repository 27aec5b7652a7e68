/* SPDX-License-Identifier: Apache-2.0 */
/* method.c — the ways to pay, one row each: which connector carries it, what it can do. */
#include <string.h>

#include "order/provider_int.h"

const pn_words pni_scenes[] = {PNI_SCENES(PN_WORD_ROW){0}};

// clang-format off
static const pni_method methods[] = {
    {PN_PAY_ALIPAY, "alipay", PNI_CAN_QR | PNI_CAN_BAR | PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_JS |
        PNI_CAN_PC | PNI_CAN_QUERY | PNI_CAN_CLOSE | PNI_CAN_REVERSE | PNI_CAN_REFUND |
        PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY | PNI_CAN_BILL, NULL},
    {PN_PAY_WECHAT, "wechat", PNI_CAN_QR | PNI_CAN_BAR | PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_JS |
        PNI_CAN_QUERY | PNI_CAN_CLOSE | PNI_CAN_REVERSE | PNI_CAN_REFUND | PNI_CAN_REFUND_PART |
        PNI_CAN_NOTIFY | PNI_CAN_BILL, NULL},
    {PN_PAY_CMB_NETPAY, "cmb_netpay", PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_PC | PNI_CAN_QUERY |
        PNI_CAN_REFUND | PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY | PNI_CAN_BILL, NULL},
    {PN_PAY_CMB_LIFE, "cmb_life", PNI_CAN_WAP | PNI_CAN_APP | PNI_CAN_QUERY | PNI_CAN_REFUND |
        PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY | PNI_CAN_BILL, NULL},
    {PN_PAY_SANDPAY, "sandpay", PNI_CAN_QR | PNI_CAN_WAP | PNI_CAN_PC | PNI_CAN_QUERY |
        PNI_CAN_REFUND | PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY | PNI_CAN_BILL, NULL},
    {PN_PAY_SIMULATED, NULL, PNI_CAN_QUERY | PNI_CAN_CLOSE | PNI_CAN_REFUND | PNI_CAN_REFUND_PART |
        PNI_CAN_NOTIFY, NULL},
    {PN_PAY_CASH, NULL, PNI_CAN_OFFLINE | PNI_CAN_REFUND | PNI_CAN_REFUND_PART, NULL},
    {PN_PAY_TRANSFER, NULL, PNI_CAN_OFFLINE, NULL},
    {PN_PAY_SLIP, NULL, PNI_CAN_OFFLINE, NULL},
    {PN_PAY_PROXY_PAY, NULL, PNI_CAN_OFFLINE | PNI_CAN_MIX | PNI_CAN_REFUND | PNI_CAN_REFUND_PART |
        PNI_CAN_BILL_QUERY | PNI_CAN_CREDIT, NULL},
    {PN_PAY_PREPAID, NULL, PNI_CAN_OFFLINE | PNI_CAN_REFUND | PNI_CAN_REFUND_PART | PNI_CAN_CREDIT,
        NULL},
    {PN_PAY_CHANNEL, NULL, PNI_CAN_OFFLINE | PNI_CAN_REFUND | PNI_CAN_REFUND_PART, NULL},
    {PN_PAY_MINIAPP_DIRECT, "wechat_partner", PNI_CAN_JS | PNI_CAN_QUERY | PNI_CAN_CLOSE |
        PNI_CAN_REFUND | PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY | PNI_CAN_SUB, NULL},
    {PN_PAY_DOULI_POINTS, "douli", PNI_CAN_MIX | PNI_CAN_AUTH | PNI_CAN_QUERY | PNI_CAN_REFUND |
        PNI_CAN_REFUND_PART, NULL},
    {PN_PAY_SFPL, "alipay", PNI_CAN_APP | PNI_CAN_JS | PNI_CAN_QUERY | PNI_CAN_REFUND |
        PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY | PNI_CAN_AUTH | PNI_CAN_DEDUCT | PNI_CAN_CREDIT,
        "wechat"},
    {PN_PAY_GIFT_CARD, NULL, PNI_CAN_MIX | PNI_CAN_REFUND | PNI_CAN_REFUND_PART, NULL},
    {PN_PAY_SIMULATED_AUTH, NULL, PNI_CAN_AUTH | PNI_CAN_QUERY | PNI_CAN_CLOSE | PNI_CAN_REFUND |
        PNI_CAN_REFUND_PART | PNI_CAN_NOTIFY, NULL},
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

/* ---- shown to people ---- */

struct pn_payment_methods { char none; };
typedef struct method_row { pn_word method; const char *connector, *flags; } method_row;
typedef struct method_rows { pn_rows methods; } method_rows;
static const pn_type nothing_t = {"payment.methods_in", sizeof(struct pn_payment_methods),
                                  (const pn_col[]){{0}}};
static PN_TYPE(row_t, "payment.method", method_row,
    PN_COL(method_row, method, N_("Method"), .flags = PN_BRIEF, .words = pn_pay_methods),
    PN_COL(method_row, flags, N_("Can do"), .flags = PN_BRIEF),
    PN_COL(method_row, connector, N_("Connector"), .flags = PN_BRIEF,
           .hint = N_("Several: whichever the payer has")));
static PN_TYPE(rows_t, "payment.methods", method_rows,
    PN_COL(method_rows, methods, N_("Methods"), .of = &row_t, .flags = PN_BRIEF));

static int list_methods(pn *p, const struct pn_payment_methods *in, method_rows *out)
{
    size_t n = 0;
    method_row *rows = pn_alloc(p, sizeof methods / sizeof *methods * sizeof *rows);
    (void)in;
    for (const pni_method *m = methods; rows && m->method; m++) {
        pn_buf b = pn_buf_new(p);
        pn_buf_puts(&b, "");
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
            if (m->can & 1u << i)
                pn_buf_putf(&b, "%s%s", b.len ? " " : "", flags[i]);
        if (b.bad)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        rows[n] = (method_row){{(int16_t)m->method}, m->connector, b.text};
        if (m->other)
            rows[n].connector = pn_printf(p, "%s %s", m->connector, m->other);
        n++;
    }
    if (!rows)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    out->methods = (pn_rows){rows, n};
    return 0;
}

int pn_payment_methods(pn *p, const struct pn_payment_methods *in, method_rows *out);
PNI_OP(payment, methods, list_methods, method_rows,
       .brief = N_("List the payment methods and what each can do"), .in = &nothing_t,
       .out = &rows_t, .may = PN_ROLE_PUBLIC)
