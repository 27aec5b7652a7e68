/* SPDX-License-Identifier: Apache-2.0 */
/* bank_card.h — the accounts merchants are paid to. */
#ifndef PN_BANK_CARD_H
#define PN_BANK_CARD_H

#include "base/op.h"

PN_BEGIN

#define PN_BANK_CARD_STATES(W)                                                                     \
    W(BANK_CARD, PENDING, N_("To be verified"), 'w')                                               \
    W(BANK_CARD, VERIFIED, N_("Verified"), 'g')                                                    \
    W(BANK_CARD, REJECTED, N_("Rejected"), 'd')
enum { PN_BANK_CARD_UNSET, PN_BANK_CARD_STATES(PN_WORD_ENUM) };
extern const pn_words pn_bank_card_states[];

typedef struct pn_bank_card {
    int64_t id, merchant_id;
    const char *merchant, *bank, *holder, *tail;
    pn_word state;
    int64_t author_id, decided_by;
    const char *reason;
    pn_time created_at;
} pn_bank_card;
extern const pn_type pn_bank_card_t;

struct pn_bank_card_add { int64_t merchant; const char *bank, *holder, *number; };
struct pn_bank_card_verify { int64_t id; const char *reason; };
struct pn_bank_card_reject { int64_t id; const char *reason; };

PN_MUST int pn_bank_card_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_bank_card_add(pn *p, const struct pn_bank_card_add *in, pn_bank_card *out);
/** PN_EDUAL: by whoever added it. */
PN_MUST int pn_bank_card_verify(pn *p, const struct pn_bank_card_verify *in, pn_bank_card *out);
PN_MUST int pn_bank_card_reject(pn *p, const struct pn_bank_card_reject *in, pn_bank_card *out);

PN_END
#endif
