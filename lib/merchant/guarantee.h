/* SPDX-License-Identifier: Apache-2.0 */
/* guarantee.h — the standing guarantee of a merchant goes back when its account is closed. */
#ifndef PN_GUARANTEE_H
#define PN_GUARANTEE_H

#include "base/op.h"

PN_BEGIN

#define PN_GUARANTEE_STATES(W)                                                                     \
    W(GUARANTEE, WAITING, N_("To be approved"), 'w')                                               \
    W(GUARANTEE, RETURNED, N_("Given back"), 'g')                                                  \
    W(GUARANTEE, REJECTED, N_("Kept"), 'd')
enum { PN_GUARANTEE_UNSET, PN_GUARANTEE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_guarantee_states[];

/** held and owed: what is there now. The others once it is given back: what its debts took of what
 *  was available and of the guarantee, and what was left of this. */
typedef struct pn_guarantee {
    int64_t id, merchant_id;
    const char *merchant;
    pn_word status;
    pn_money held_fen, owed_fen, available_fen, debt_fen, amount_fen;
    pn_word state;
    const char *reason, *answer;
    int64_t asked_by, decided_by;
    pn_time created_at, decided_at;
} pn_guarantee;
extern const pn_type pn_guarantee_t;

struct pn_guarantee_show { int64_t id; };
struct pn_guarantee_ask { int64_t merchant; const char *reason; };
struct pn_guarantee_approve { int64_t id; const char *answer; };
struct pn_guarantee_reject { int64_t id; const char *answer; };

PN_MUST int pn_guarantee_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_guarantee_show(pn *p, const struct pn_guarantee_show *in, pn_guarantee *out);
/** Of a closed account; closing asks for it by itself. PN_EEXISTS: it is asked for already. */
PN_MUST int pn_guarantee_ask(pn *p, const struct pn_guarantee_ask *in, pn_guarantee *out);
/** What is owed comes first, the rest is available to be drawn. PN_EDUAL: by whoever asked for it.
 *  PN_ESTATE: something of the account is not over. PN_EBALANCE: it owes more than it has. */
PN_MUST int pn_guarantee_approve(pn *p, const struct pn_guarantee_approve *in,
                                 pn_guarantee *out);
PN_MUST int pn_guarantee_reject(pn *p, const struct pn_guarantee_reject *in, pn_guarantee *out);

extern const pn_module pn_guarantee_module;

PN_END
#endif
