/* SPDX-License-Identifier: Apache-2.0 */
/* adjustment.h — corrections of the books by hand, by two people. */
#ifndef PN_ADJUSTMENT_H
#define PN_ADJUSTMENT_H

#include "base/op.h"

PN_BEGIN

#define PN_ADJUSTMENT_STATES(W)                                                                    \
    W(ADJUSTMENT, PROPOSED, N_("Proposed"), 'w')                                                   \
    W(ADJUSTMENT, APPROVED, N_("Approved"), 'g')                                                   \
    W(ADJUSTMENT, REJECTED, N_("Rejected"), 'd')
enum { PN_ADJUSTMENT_UNSET, PN_ADJUSTMENT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_adjustment_states[];

typedef struct pn_adjustment {
    int64_t id;
    pn_word debit, credit;
    int64_t debit_id, credit_id;
    pn_money amount_fen;
    pn_date day; /* absent: the day it is approved */
    const char *reason;
    pn_word state;
    int64_t proposed_by, decided_by;
    pn_time created_at, decided_at;
    const char *answer;
} pn_adjustment;
extern const pn_type pn_adjustment_t;

struct pn_adjustment_propose {
    int64_t debit, credit;
    pn_money amount_fen;
    pn_date day;
    const char *reason;
};
struct pn_adjustment_approve { int64_t id; const char *answer; };
struct pn_adjustment_reject { int64_t id; const char *answer; };

PN_MUST int pn_adjustment_list(pn *p, const pn_list *in, pn_page *out);
/** Both accounts are in one shard. PN_ESTATE: the books of that day are closed. */
PN_MUST int pn_adjustment_propose(pn *p, const struct pn_adjustment_propose *in,
                                  pn_adjustment *out);
/** PN_EDUAL: by whoever proposed it. PN_EBALANCE: an account has not so much. */
PN_MUST int pn_adjustment_approve(pn *p, const struct pn_adjustment_approve *in,
                                  pn_adjustment *out);
PN_MUST int pn_adjustment_reject(pn *p, const struct pn_adjustment_reject *in,
                                 pn_adjustment *out);

PN_END
#endif
