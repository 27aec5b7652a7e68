/* SPDX-License-Identifier: Apache-2.0 */
/* recharge.h — merchants pay into their wallets through a provider. */
#ifndef PN_RECHARGE_H
#define PN_RECHARGE_H

#include "base/op.h"

PN_BEGIN

#define PN_RECHARGE_STATES(W)                                                                      \
    W(RECHARGE, CREATED, N_("Not sent yet"), 'w')                                                  \
    W(RECHARGE, PENDING, N_("Waiting for the payer"), 'w')                                         \
    W(RECHARGE, SUCCESS, N_("Paid"), 'g')                                                          \
    W(RECHARGE, CLOSED, N_("Closed"), 'd')                                                         \
    W(RECHARGE, MISMATCH, N_("Wrong amount"), 'b')                                                 \
    W(RECHARGE, REFUNDED, N_("Returned"), 'd')
enum { PN_RECHARGE_UNSET, PN_RECHARGE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_recharge_states[];

/** What fills a wallet: providers that pay at once, and to us. Names as of payments. */
#define PN_RECHARGE_METHODS(W)                                                                     \
    W(RECHARGE_BY, ALIPAY, N_("Alipay"), 0)                                                        \
    W(RECHARGE_BY, WECHAT, N_("WeChat Pay"), 0)                                                    \
    W(RECHARGE_BY, CMB_NETPAY, N_("CMB one-net payment"), 0)                                       \
    W(RECHARGE_BY, CMB_LIFE, N_("CMB Life"), 0)                                                    \
    W(RECHARGE_BY, SANDPAY, N_("Sand pay"), 0)
enum { PN_RECHARGE_BY_UNSET, PN_RECHARGE_METHODS(PN_WORD_ENUM) };
#define PN_RECHARGE_WAYS(W)                                                                        \
    W(RECHARGE_WAY, QR, N_("The payer scans a code"), 0)                                           \
    W(RECHARGE_WAY, PC, N_("Web page"), 0)                                                         \
    W(RECHARGE_WAY, WAP, N_("Mobile page"), 0)                                                     \
    W(RECHARGE_WAY, APP, N_("App"), 0)                                                             \
    W(RECHARGE_WAY, JS, N_("Mini program"), 0)
enum { PN_RECHARGE_WAY_UNSET, PN_RECHARGE_WAYS(PN_WORD_ENUM) };
extern const pn_words pn_recharge_methods[], pn_recharge_ways[];

typedef struct pn_recharge {
    int64_t id, merchant_id;
    const char *merchant;
    pn_word method, scene;
    pn_money amount_fen, received_fen;
    pn_word state;
    const char *provider_no;
    pn_time created_at, expires_at, paid_at;
} pn_recharge;
extern const pn_type pn_recharge_t;

/** `merchant`: the caller's when 0. `payer` as of payments. */
struct pn_recharge_create {
    int64_t merchant;
    pn_money amount_fen;
    pn_word method, scene; /* of pn_recharge_methods and _ways; no way: the method's first */
    const char *payer, *client_ip, *return_url;
};
struct pn_recharge_show { int64_t id; };
struct pn_recharge_open { int64_t id; };
/** What the payer's side needs: one of qr, url, front. */
typedef struct pn_recharge_front {
    int64_t id;
    pn_word state, scene;
    pn_money amount_fen;
    const char *qr, *url, *front, *error;
    pn_time expires_at;
} pn_recharge_front;

PN_MUST int pn_recharge_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_recharge_show(pn *p, const struct pn_recharge_show *in, pn_recharge *out);
PN_MUST int pn_recharge_create(pn *p, const struct pn_recharge_create *in, pn_recharge *out);
/** Asks the provider at once if that was not done yet. */
PN_MUST int pn_recharge_open(pn *p, const struct pn_recharge_open *in, pn_recharge_front *out);

PN_END
#endif
