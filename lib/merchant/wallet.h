/* SPDX-License-Identifier: Apache-2.0 */
/* wallet.h — what a merchant has with us, in pockets, and money that it leaves with us. */
#ifndef PN_WALLET_H
#define PN_WALLET_H

#include "base/op.h"

PN_BEGIN

/** Pockets: earned and not settled yet; free to draw; bound by deposits and withdrawals; standing
 *  guarantee; owed to us. */
typedef struct pn_wallet {
    int64_t id;
    const char *merchant;
    pn_money pending_fen, available_fen, frozen_fen, guarantee_fen, debt_fen;
} pn_wallet;
extern const pn_type pn_wallet_t;

typedef struct pn_wallet_move {
    int64_t id, merchant_id;
    pn_date day;
    pn_time at;
    const char *pocket, *rule, *step, *document;
    int64_t document_id;
    pn_money in_fen, out_fen;
    const char *memo;
} pn_wallet_move;

struct pn_wallet_show { int64_t id; };
/** Money that arrived for a merchant by bank; `reference`: the line of the statement, used once. */
struct pn_wallet_recharge {
    int64_t id;
    pn_money amount_fen;
    const char *reference, *note;
    bool guarantee; /* into that pocket instead of what is available */
};

PN_MUST int pn_wallet_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_wallet_moves(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_wallet_show(pn *p, const struct pn_wallet_show *in, pn_wallet *out);
PN_MUST int pn_wallet_recharge(pn *p, const struct pn_wallet_recharge *in, pn_wallet *out);

PN_END
#endif
