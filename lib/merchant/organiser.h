/* SPDX-License-Identifier: Apache-2.0 */
/* organiser.h — contracts with organisers whose tickets we sell and whose money we hold: as which
 * merchant they are settled with, and what of a sale is ours. */
#ifndef PN_ORGANISER_H
#define PN_ORGANISER_H

#include "base/op.h"

PN_BEGIN

#define PN_ORGANISER_STATES(W)                                                                     \
    W(ORGANISER, ACTIVE, N_("Active"), 'g') W(ORGANISER, STOPPED, N_("Stopped"), 'd')
enum { PN_ORGANISER_UNSET, PN_ORGANISER_STATES(PN_WORD_ENUM) };
extern const pn_words pn_organiser_states[];

typedef struct pn_organiser {
    int64_t id, merchant_id;
    const char *merchant;
    int fee_bp;
    pn_money fee_fixed_fen, owed_fen; /* owed: fees of what it collected itself */
    pn_word state;
    pn_time created_at;
} pn_organiser;
extern const pn_type pn_organiser_t;

struct pn_organiser_show { int64_t id; };
struct pn_organiser_set {
    int64_t id, merchant;
    int fee_bp;
    pn_money fee_fixed_fen;
};
struct pn_organiser_stop { int64_t id; const char *reason; };
/** Fees that it paid by bank; `reference`: the line of the statement, used once. */
struct pn_organiser_receive { int64_t id; pn_money amount_fen; const char *reference; };

PN_MUST int pn_organiser_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_organiser_show(pn *p, const struct pn_organiser_show *in, pn_organiser *out);
/** Its completed orders that wait for a contract are settled with, too. PN_ESTATE: the merchant is
 *  no organiser, or this one has had another; PN_EEXISTS: it is another one. */
PN_MUST int pn_organiser_set(pn *p, const struct pn_organiser_set *in, pn_organiser *out);
/** What is sold from now on waits for another contract. */
PN_MUST int pn_organiser_stop(pn *p, const struct pn_organiser_stop *in, pn_organiser *out);
/** PN_EBALANCE: it does not owe so much. */
PN_MUST int pn_organiser_receive(pn *p, const struct pn_organiser_receive *in, pn_organiser *out);

PN_END
#endif
