/* SPDX-License-Identifier: Apache-2.0 */
/* settlement.h — what merchants earned becomes theirs: batch by batch, looked at by the merchant,
 * approved by finance. */
#ifndef PN_SETTLEMENT_H
#define PN_SETTLEMENT_H

#include "base/op.h"

PN_BEGIN

#define PN_SETTLEMENT_STATES(W)                                                                    \
    W(SETTLEMENT, CALCULATED, N_("Calculated"), 'w')                                               \
    W(SETTLEMENT, CONFIRMED, N_("Confirmed by the merchant"), 'w')                                 \
    W(SETTLEMENT, APPROVED, N_("Approved"), 'w')                                                   \
    W(SETTLEMENT, POSTED, N_("Settled"), 'g')                                                      \
    W(SETTLEMENT, EMPTY, N_("Empty"), 'd')
enum { PN_SETTLEMENT_UNSET, PN_SETTLEMENT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_settlement_states[];

#define PN_SETTLE_LINE_STATES(W)                                                                   \
    W(SETTLE_LINE, WAITING, N_("Not due yet"), 'w')                                                \
    W(SETTLE_LINE, READY, N_("To be settled"), 'w')                                                \
    W(SETTLE_LINE, BATCHED, N_("In a batch"), 'w')                                                 \
    W(SETTLE_LINE, DISPUTED, N_("Disputed"), 'b')                                                  \
    W(SETTLE_LINE, SETTLED, N_("Settled"), 'g')
enum { PN_SETTLE_LINE_UNSET, PN_SETTLE_LINE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_settle_line_states[];

typedef struct pn_settlement {
    int64_t id;
    const char *no;
    int64_t merchant_id;
    const char *merchant;
    pn_date day;
    int lines_n;
    pn_money net_fen, debt_fen, fee_fen, bought_fen; /* of the net: owed to us, or paid ahead */
    pn_word state;
    pn_time confirm_by;
    int64_t confirmed_by, approved_by, approved_by2;
    pn_time created_at, posted_at;
} pn_settlement;
extern const pn_type pn_settlement_t;

typedef struct pn_settle_line {
    int64_t id, merchant_id;
    const char *merchant, *order_no;
    int64_t order_id;
    pn_word kind;
    int qty;
    pn_money settle_fen, commission_fen, markup_fen;
    pn_money back_fen; /* refunded since it was due, of all three */
    pn_time ready_at;
    pn_word state;
    int64_t settlement_id;
    const char *note, *dispute, *answer; /* what it is, what is said against it, and to that */
} pn_settle_line;
extern const pn_type pn_settle_line_t;

struct pn_settlement_show { int64_t id; };
struct pn_settlement_open { int64_t merchant; };
struct pn_settlement_confirm { int64_t id; };
struct pn_settlement_approve { int64_t id; const char *reason; };
struct pn_settlement_post { int64_t id; };
struct pn_settle_line_dispute { int64_t id; const char *reason; };
struct pn_settle_line_resolve { int64_t id; const char *reason; };

PN_MUST int pn_settlement_list(pn *p, const pn_list *in, pn_page *out);
/** Those that wait for an approval of whoever asks. */
PN_MUST int pn_settlement_queue(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_settlement_show(pn *p, const struct pn_settlement_show *in, pn_settlement *out);
/** A batch of everything of a merchant that is to be settled. PN_ESTATE: nothing is, or too little,
 *  or this day has its batch. */
PN_MUST int pn_settlement_open(pn *p, const struct pn_settlement_open *in, pn_settlement *out);
PN_MUST int pn_settlement_confirm(pn *p, const struct pn_settlement_confirm *in,
                                  pn_settlement *out);
/** PN_EDUAL: large ones by two different people. */
PN_MUST int pn_settlement_approve(pn *p, const struct pn_settlement_approve *in,
                                  pn_settlement *out);
/** PN_EBALANCE: a posting of its lines is still on its way. */
PN_MUST int pn_settlement_post(pn *p, const struct pn_settlement_post *in, pn_settlement *out);

PN_MUST int pn_settle_line_list(pn *p, const pn_list *in, pn_page *out);
/** The line leaves its batch, which the merchant has not confirmed yet. */
PN_MUST int pn_settle_line_dispute(pn *p, const struct pn_settle_line_dispute *in,
                                   pn_settle_line *out);
/** The next batch takes it. */
PN_MUST int pn_settle_line_resolve(pn *p, const struct pn_settle_line_resolve *in,
                                   pn_settle_line *out);

PN_END
#endif
