/* SPDX-License-Identifier: Apache-2.0 */
/* direct.h — organisers whose own mini program collects: the money is theirs, ours is a fee. */
#ifndef PN_DIRECT_H
#define PN_DIRECT_H

#include "base/op.h"

PN_BEGIN

#define PN_PAYEE_STATES(W)                                                                         \
    W(PAYEE, ACTIVE, N_("Active"), 'g') W(PAYEE, STOPPED, N_("Stopped"), 'd')
enum { PN_PAYEE_UNSET, PN_PAYEE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_payee_states[];

typedef struct pn_direct_payee {
    int64_t id; /* the organiser */
    const char *sub_mchid, *sub_appid;
    bool wechat_all;
    const char *alipay_seller, *alipay_token, *alipay_appid;
    int fee_bp;
    pn_money fee_fixed_fen;
    pn_word state;
    pn_time created_at;
} pn_direct_payee;
extern const pn_type pn_direct_payee_t;

/** Their merchant numbers at the providers, one of them or both, and what we charge for a sale.
 *  `wechat_all`: all that is paid by WeChat for their shows is theirs, not in their mini program
 *  alone. `alipay_token`: the name of the secret that they authorised us by. */
struct pn_direct_payee_set {
    int64_t organiser;
    const char *sub_mchid, *sub_appid;
    int fee_bp;
    pn_money fee_fixed_fen;
    bool wechat_all;
    const char *alipay_seller, *alipay_token, *alipay_appid;
};
struct pn_direct_payee_stop { int64_t id; const char *reason; };

PN_MUST int pn_direct_payee_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_direct_payee_set(pn *p, const struct pn_direct_payee_set *in, pn_direct_payee *out);
/** New orders are not paid there any more; what was paid can go back. */
PN_MUST int pn_direct_payee_stop(pn *p, const struct pn_direct_payee_stop *in,
                                 pn_direct_payee *out);

PN_END
#endif
