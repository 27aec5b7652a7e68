/* SPDX-License-Identifier: Apache-2.0 */
/* penalty.h — what a merchant pays for what it did not keep. */
#ifndef PN_PENALTY_H
#define PN_PENALTY_H

#include "base/op.h"

PN_BEGIN

#define PN_PENALTY_KINDS(W)                                                                        \
    W(PENALTY, ACCEPT_TIMEOUT, N_("No answer in time"), 0)                                         \
    W(PENALTY, DECLINE_LIVE, N_("Live offer declined"), 0)                                         \
    W(PENALTY, ALLOC_TIMEOUT, N_("No seats in time"), 0)                                           \
    W(PENALTY, SHIP_LATE, N_("Shipped late"), 'w')                                                 \
    W(PENALTY, DEFAULT, N_("Not delivered"), 'b')                                                  \
    W(PENALTY, WRONG_SEAT, N_("Wrong seats"), 'b')                                                 \
    W(PENALTY, FAKE, N_("False tickets"), 'b')                                                     \
    W(PENALTY, REPROCURE_DIFF, N_("Dearer replacement"), 'w')                                      \
    W(PENALTY, EARLY_DECLARE, N_("Told early and replaced"), 'd')                                  \
    W(PENALTY, FALSE_SHIP, N_("Shipped in words only"), 'b')
enum { PN_PENALTY_UNSET, PN_PENALTY_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_penalty_kinds[];

#define PN_PENALTY_STATES(W)                                                                       \
    W(PENALTY_IS, PROPOSED, N_("Proposed"), 'w')                                                   \
    W(PENALTY_IS, IMPOSED, N_("Imposed"), 'b')                                                     \
    W(PENALTY_IS, APPEALED, N_("Appealed"), 'w')                                                   \
    W(PENALTY_IS, UPHELD, N_("Upheld"), 'b')                                                       \
    W(PENALTY_IS, REVERSED, N_("Taken back"), 'd')                                                 \
    W(PENALTY_IS, REJECTED, N_("Rejected"), 'd')
enum { PN_PENALTY_IS_UNSET, PN_PENALTY_STATES(PN_WORD_ENUM) };
extern const pn_words pn_penalty_states[];

typedef struct pn_penalty {
    int64_t id, merchant_id;
    const char *merchant;
    pn_word kind;
    const char *order_no;
    int64_t order_id;
    pn_money base_fen;
    int tickets, hours;
    bool accepted;
    pn_money amount_fen;
    int score;
    pn_money pending_fen, frozen_fen, available_fen, guarantee_fen, debt_fen;
    pn_word state;
    const char *reason, *appeal, *answer; /* ours, the merchant's, and ours to that */
    int64_t proposed_by, decided_by;
    pn_time created_at, appeal_by;
} pn_penalty;
extern const pn_type pn_penalty_t;

/** Everything follows from the order, which must be the merchant's; base_fen, tickets and hours are
 *  given only to fine less. base_fen: what its tickets are settled with. hours: before the start
 *  (of what was not delivered or wrong; negative: after it), or late (of what was shipped late).
 *  amount_fen: the difference of a dearer replacement. */
struct pn_penalty_impose {
    int64_t merchant;
    pn_word kind;
    int64_t order;
    pn_money base_fen;
    int tickets, hours;
    bool accepted;
    pn_money amount_fen;
    const char *reason;
};
struct pn_penalty_show { int64_t id; };
struct pn_penalty_approve { int64_t id; const char *answer; };
struct pn_penalty_reject { int64_t id; const char *answer; };
struct pn_penalty_appeal { int64_t id; const char *answer; };
struct pn_penalty_uphold { int64_t id; const char *answer; };
struct pn_penalty_reverse { int64_t id; const char *answer; };

PN_MUST int pn_penalty_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_penalty_show(pn *p, const struct pn_penalty_show *in, pn_penalty *out);
/** Taken at once: out of what the order would bring, the deposit of its offer, what others bring
 *  and have, what is available, the guarantee, the rest is a debt; above the limit of one person it
 *  is only proposed. PN_EEXISTS: the order has one of the kind; PN_ESTATE: its session is
 *  cancelled, rescheduled or excused. */
PN_MUST int pn_penalty_impose(pn *p, const struct pn_penalty_impose *in, pn_penalty *out);
/** PN_EDUAL: by whoever proposed it. */
PN_MUST int pn_penalty_approve(pn *p, const struct pn_penalty_approve *in, pn_penalty *out);
PN_MUST int pn_penalty_reject(pn *p, const struct pn_penalty_reject *in, pn_penalty *out);
/** By the merchant, in its hours. */
PN_MUST int pn_penalty_appeal(pn *p, const struct pn_penalty_appeal *in, pn_penalty *out);
PN_MUST int pn_penalty_uphold(pn *p, const struct pn_penalty_uphold *in, pn_penalty *out);
/** The opposite entries; conduct points come back, too. */
PN_MUST int pn_penalty_reverse(pn *p, const struct pn_penalty_reverse *in, pn_penalty *out);

PN_END
#endif
