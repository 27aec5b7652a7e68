/* SPDX-License-Identifier: Apache-2.0 */
/* compensation.h — what a buyer gets on top of his money for a ticket that was none. */
#ifndef PN_COMPENSATION_H
#define PN_COMPENSATION_H

#include "base/op.h"

PN_BEGIN

#define PN_COMPENSATION_KINDS(W)                                                                   \
    W(COMPENSATION, NO_TICKET, N_("No ticket"), 'b')                                               \
    W(COMPENSATION, FAKE, N_("False ticket, or refused at the gate"), 'b')                         \
    W(COMPENSATION, WRONG_TIER, N_("Worse tier"), 'w')                                             \
    W(COMPENSATION, EXTRA_CHARGE, N_("Charged beside the price"), 'w')
enum { PN_COMPENSATION_UNSET, PN_COMPENSATION_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_compensation_kinds[];

#define PN_COMPENSATION_STATES(W)                                                                  \
    W(COMPENSATION_IS, PROPOSED, N_("Proposed"), 'w')                                              \
    W(COMPENSATION_IS, APPROVED, N_("To be paid"), 'w')                                            \
    W(COMPENSATION_IS, PAID, N_("Compensated"), 'g')                                               \
    W(COMPENSATION_IS, REJECTED, N_("Rejected"), 'd')
enum { PN_COMPENSATION_IS_UNSET, PN_COMPENSATION_STATES(PN_WORD_ENUM) };
extern const pn_words pn_compensation_states[];

#define PN_COMPENSATION_FORMS(W)                                                                   \
    W(COMPENSATION_IN, MONEY, N_("In money"), 0)                                                   \
    W(COMPENSATION_IN, COUPON, N_("Coupon"), 0)
enum { PN_COMPENSATION_IN_UNSET, PN_COMPENSATION_FORMS(PN_WORD_ENUM) };
extern const pn_words pn_compensation_forms[];

#define PN_COMPENSATION_WAYS(W)                                                                    \
    W(COMPENSATION_BY, BANK, N_("Bank transfer"), 0)                                               \
    W(COMPENSATION_BY, CASH, N_("Cash"), 0)                                                        \
    W(COMPENSATION_BY, COUPON, N_("Coupon"), 0)
enum { PN_COMPENSATION_BY_UNSET, PN_COMPENSATION_WAYS(PN_WORD_ENUM) };
extern const pn_words pn_compensation_ways[];

typedef struct pn_compensation {
    int64_t id, order_id;
    const char *order_no;
    int64_t buyer_id;
    pn_word kind, form;
    const char *seats;
    int tickets, hours;
    int64_t merchant_id;
    const char *merchant;
    pn_money amount_fen, penalty_fen, platform_fen;
    pn_word state, way;
    const char *reference, *reason, *answer;
    int64_t proposed_by, decided_by, paid_by;
    pn_time created_at, decided_at, paid_at;
} pn_compensation;
extern const pn_type pn_compensation_t;

/** seats: default all of the order. hours: before the start, when it was known; default now.
 *  merchant: what it was fined for the order pays first; absent: all of it is ours. */
struct pn_compensation_propose {
    int64_t order;
    pn_word kind;
    pn_texts seats;
    int hours;
    int64_t merchant;
    const char *reason;
};
struct pn_compensation_show { int64_t id; };
struct pn_compensation_approve { int64_t id; const char *answer; };
struct pn_compensation_reject { int64_t id; const char *answer; };
/** buyer: who gets a coupon, of an order without an account. */
struct pn_compensation_pay { int64_t id; pn_word way; const char *reference; int64_t buyer; };

PN_MUST int pn_compensation_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_compensation_show(pn *p, const struct pn_compensation_show *in,
                                 pn_compensation *out);
/** The amount follows from the rules. Owed at once; above the limit of one person it is only
 *  proposed. PN_EEXISTS: one of the tickets has its compensation. */
PN_MUST int pn_compensation_propose(pn *p, const struct pn_compensation_propose *in,
                                    pn_compensation *out);
/** PN_EDUAL: by whoever proposed it. */
PN_MUST int pn_compensation_approve(pn *p, const struct pn_compensation_approve *in,
                                    pn_compensation *out);
PN_MUST int pn_compensation_reject(pn *p, const struct pn_compensation_reject *in,
                                   pn_compensation *out);
/** By somebody who neither proposed nor approved it. */
PN_MUST int pn_compensation_pay(pn *p, const struct pn_compensation_pay *in,
                                pn_compensation *out);

PN_END
#endif
