/* SPDX-License-Identifier: Apache-2.0 */
/* bar.c — the counter and the payer's telephone: his code says by itself whose it is, and a cashier
 * who waits for him may stop. */
#include <string.h>

#include "order/provider_int.h"

/* As the providers publish them: so many digits, the first two from … to. */
static const struct { int method; size_t least, most; int from, to; } codes[] = {
    {PN_PAY_WECHAT, 18, 18, 10, 15},
    {PN_PAY_ALIPAY, 16, 24, 25, 30},
    {0}};

static int method_of(const char *code)
{
    size_t n = strspn(code, "0123456789");
    int first = n > 1 ? (code[0] - '0') * 10 + code[1] - '0' : -1;
    for (int i = 0; !code[n] && codes[i].method; i++)
        if (n >= codes[i].least && n <= codes[i].most && first >= codes[i].from &&
            first <= codes[i].to)
            return codes[i].method;
    return 0;
}

static PN_TYPE(bar_t, "payment.bar", struct pn_payment_bar,
    PN_COL(struct pn_payment_bar, order, N_("Order"), .flags = PN_REQ | PN_ARG, .ref = "order"),
    PN_COL(struct pn_payment_bar, code, N_("Payer's code"), .flags = PN_REQ | PN_ARG | PN_PII,
           .max = 128, .hint = N_("The digits under the bars on his telephone")));

static int bar(pn *p, const struct pn_payment_bar *in, pn_payment *out)
{
    struct pn_payment_create ask = {.order = in->order, .scene = {PN_SCENE_BAR},
                                    .payer = in->code};
    ask.method.v = (int16_t)method_of(in->code);
    if (!ask.method.v) {
        pn_fail(p, PN_EARG, "code", "%s", pn_tr("This is no code to pay by"));
        return pn_hint(p, "%s", pn_tr("Let the payer open the payment code of WeChat or Alipay; "
                                      "a ticket or a picture of goods is none"));
    }
    pni_order o;
    PN_TRY(pni_order_get(p, in->order, &o)); /* is it for him? */
    return pni_payment_make(p, &ask, out);
}

/* ---- not waited for any longer ---- */

static PN_TYPE(cancel_t, "payment.cancel", struct pn_payment_cancel,
    PN_COL(struct pn_payment_cancel, id, N_("Payment"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "payment"));

static int cancel(pn *p, const struct pn_payment_cancel *in, pn_payment_front *out)
{
    return pni_front_stop(p, in->id, out);
}

PNI_OP(payment, bar, bar, pn_payment,
       .brief = N_("Collect by the code of the payer's telephone"),
       .help = N_("The code tells whose it is: WeChat's or Alipay's. It is sent by “payment open”, "
                  "once; what became of it is asked for, and “payment cancel” stops waiting."),
       .in = &bar_t, .out = &pn_payment_t, .may = PN_ROLE_BOXOFFICE,
       .flags = PN_WRITE | PN_ONCE,
       .example = "pn payment bar PN261123000001234 134567890123456789")
PNI_OP(payment, cancel, cancel, pn_payment_front,
       .brief = N_("Stop waiting for a payment"),
       .help = N_("The provider closes it, or reverses it when nobody knows. Who has paid in the "
                  "meantime has paid: the answer says so. The order stays as it is and can be "
                  "paid otherwise."),
       .in = &cancel_t, .out = &pni_front_shown_t, .may = PN_ROLE_BOXOFFICE | PN_ROLE_OPS,
       .example = "pn payment cancel 1970241")
