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

/** `merchant`: the caller's when 0. `scene` and `payer` as of payments. */
struct pn_recharge_create {
    int64_t merchant;
    pn_money amount_fen;
    pn_word method, scene;
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
