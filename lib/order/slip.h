/* SPDX-License-Identifier: Apache-2.0 */
/* slip.h — what was paid at the bank's terminal stands in clearing until a line of the bank's
 * statement has come for it: one line for many slips. */
#ifndef PN_SLIP_H
#define PN_SLIP_H

#include "order/bill.h"

PN_BEGIN

#define PN_SLIP_STATES(W)                                                                          \
    W(SLIP, WAITS, N_("The bank has not paid it"), 'w')                                            \
    W(SLIP, CLEARED, N_("Paid by the bank"), 'g')
enum { PN_SLIP_UNSET, PN_SLIP_STATES(PN_WORD_ENUM) };
extern const pn_words pn_slip_states[];
#define PN_SLIP_AGES(W)                                                                            \
    W(SLIP_AGE, D1, N_("Up to a day"), 0)                                                          \
    W(SLIP_AGE, D3, N_("2 to 3 days"), 0)                                                          \
    W(SLIP_AGE, D7, N_("4 to 7 days"), 'w')                                                        \
    W(SLIP_AGE, LATE, N_("More than 7 days"), 'b')
enum { PN_SLIP_AGE_UNSET, PN_SLIP_AGES(PN_WORD_ENUM) };
extern const pn_words pn_slip_ages[];

typedef struct pn_slip {
    int64_t id; /* the payment */
    const char *slip, *order_no, *till;
    pn_money amount_fen;
    int64_t staff_id, bill_id; /* bill_id: what cleared it, 0: nothing yet */
    pn_word state, age;
    int days;
    pn_time paid_at;
} pn_slip;
extern const pn_type pn_slip_t;

/** `slips`, or all of a `day` that wait. `amount_fen` arrived, `fee_fen` the bank kept. */
struct pn_slip_clear {
    const char *reference;
    pn_money amount_fen, fee_fen;
    pn_texts slips;
    pn_date day;
};

PN_MUST int pn_slip_list(pn *p, const pn_list *in, pn_page *out);
/** Claim a line of the bank for slips. What it lacks, or has too much, is a difference of the bill
 *  that comes of it. PN_ENONE: no such slip; PN_ESTATE: it was cleared before; PN_EEXISTS: the line
 *  stands for something else. */
PN_MUST int pn_slip_clear(pn *p, const struct pn_slip_clear *in, pn_bill *out);

PN_END
#endif
