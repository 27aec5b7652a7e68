/* SPDX-License-Identifier: Apache-2.0 */
/* pay_rule.h — which ways to pay are offered, by channel, device, payee, amount and delivery. */
#ifndef PN_PAY_RULE_H
#define PN_PAY_RULE_H

#include "base/op.h"

PN_BEGIN

/** Where the payer is. */
#define PN_PAY_DEVICES(W)                                                                          \
    W(PAY_AT, WEB, N_("Web page"), 0)                                                              \
    W(PAY_AT, WAP, N_("Mobile page"), 0)                                                           \
    W(PAY_AT, APP, N_("App"), 0)                                                                   \
    W(PAY_AT, WECHAT, N_("Mini program in WeChat"), 0)                                             \
    W(PAY_AT, ALIPAY, N_("Mini program in Alipay"), 0)                                             \
    W(PAY_AT, TILL, N_("Till"), 0)
enum { PN_PAY_AT_UNSET, PN_PAY_DEVICES(PN_WORD_ENUM) };
extern const pn_words pn_pay_devices[];

/** Whose money it is. */
#define PN_PAY_PAYEES(W)                                                                           \
    W(PAY_TO, US, N_("Paid to us"), 0)                                                             \
    W(PAY_TO, ORGANISER, N_("An organiser that collects itself"), 0)
enum { PN_PAY_TO_UNSET, PN_PAY_PAYEES(PN_WORD_ENUM) };
extern const pn_words pn_pay_payees[];

/** What is unset, or empty, is any. `to_fen` 0: no limit. */
typedef struct pn_pay_rule {
    int64_t id;
    pn_word method, scene, device, payee, delivery;
    const char *channel;
    pn_money from_fen, to_fen;
    bool offered;
    int rank;
    const char *note;
    pn_time created_at;
} pn_pay_rule;
extern const pn_type pn_pay_rule_t;

/** `refuse`: what fits is not offered. `rank`: lower ones are asked first; 0: 100. */
struct pn_pay_rule_add {
    pn_word method, scene, device, payee, delivery;
    const char *channel;
    pn_money from_fen, to_fen;
    bool refuse;
    int rank;
    const char *note;
};
struct pn_pay_rule_drop { int64_t id; const char *reason; };

PN_MUST int pn_pay_rule_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_pay_rule_add(pn *p, const struct pn_pay_rule_add *in, pn_pay_rule *out);
PN_MUST int pn_pay_rule_drop(pn *p, const struct pn_pay_rule_drop *in, pn_pay_rule *out);

PN_END
#endif
