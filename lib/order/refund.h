/* SPDX-License-Identifier: Apache-2.0 */
/* refund.h — giving money back: the policy's windows, approval, the legs to each tender. */
#ifndef PN_REFUND_H
#define PN_REFUND_H

#include "base/op.h"

PN_BEGIN

#define PN_REFUND_STATES(W)                                                                        \
    W(REFUND, APPLIED, N_("Applied for"), 'w')                                                     \
    W(REFUND, REVIEWING, N_("Under review"), 'w')                                                  \
    W(REFUND, APPROVED, N_("Approved"), 'g')                                                       \
    W(REFUND, PROCESSING, N_("Being paid out"), 'w')                                               \
    W(REFUND, DONE, N_("Paid out"), 'd')                                                           \
    W(REFUND, REJECTED, N_("Rejected"), 'b')                                                       \
    W(REFUND, MANUAL, N_("To be paid by hand"), 'b')
enum { PN_REFUND_UNSET, PN_REFUND_STATES(PN_WORD_ENUM) };
extern const pn_words pn_refund_states[];

#define PN_REFUND_REASONS(W)                                                                       \
    W(REASON, BUYER, N_("Buyer's wish"), 0)                                                        \
    W(REASON, LATE_PAID, N_("Paid too late"), 0)                                                   \
    W(REASON, DUPLICATE, N_("Paid twice"), 0)                                                      \
    W(REASON, MISMATCH, N_("Wrong amount"), 0)                                                     \
    W(REASON, CANCELLED, N_("Session cancelled"), 0)                                               \
    W(REASON, RESCHEDULED, N_("Session rescheduled"), 0)                                           \
    W(REASON, FAULT, N_("Our fault"), 0)                                                           \
    W(REASON, GROUP, N_("Group-buy ended"), 0)                                                     \
    W(REASON, GRAB, N_("Grab settled"), 0)                                                         \
    W(REASON, REPLACED, N_("Other tickets for less"), 0)
enum { PN_REASON_UNSET, PN_REFUND_REASONS(PN_WORD_ENUM) };
extern const pn_words pn_refund_reasons[];

typedef struct pn_refund {
    int64_t id;
    const char *no;
    int64_t order_id;
    const char *order_no;
    pn_word reason;
    const char *note;
    bool forced;
    int qty;
    pn_money fee_fen, amount_fen;
    pn_word state;
    int64_t applied_by, approved_by, approved_by2;
    pn_time created_at, done_at;
} pn_refund;
extern const pn_type pn_refund_t;

typedef struct pn_refund_seat {
    int no;
    pn_money paid_fen, fee_fen, refund_fen;
} pn_refund_seat;

typedef struct pn_refund_offer {
    int64_t order_id;
    pn_word policy, reason; /* pn_refund_rules: of its show */
    const char *window;     /* what decided it, in words */
    int fee_bp;
    pn_money paid_fen, fee_fen, delivery_fen, service_fen, amount_fen;
    bool automatic; /* no approval needed */
    pn_rows seats;  /* pn_refund_seat */
    /** Points given back and taken back; of those to be taken, missing ones are in the fee. */
    int64_t points_back, points_taken, points_short;
} pn_refund_offer;
extern const pn_type pn_refund_offer_t;

typedef struct pn_refund_leg {
    int no;
    int64_t payment_id;
    const char *method, *out_request_no;
    pn_money amount_fen;
    const char *state;
    int tries;
    const char *error;
    pn_time asked_at;   /* of one that failed: whether it was paid after all */
    const char *answer;
} pn_refund_leg;

typedef struct pn_refund_place {
    int no;
    const char *tier, *seat;
    pn_money paid_fen;
} pn_refund_place;

typedef struct pn_refund_detail {
    pn_refund head;
    const char *said; /* by whoever decided it */
    pn_rows places;   /* pn_refund_place */
    pn_rows legs;     /* pn_refund_leg */
} pn_refund_detail;

struct pn_refund_quote { int64_t order; pn_texts seats; pn_word reason; bool forced; };
struct pn_refund_apply {
    int64_t order;
    pn_texts seats;
    pn_word reason;
    bool forced;
    const char *note;
};
struct pn_refund_approve { int64_t id; const char *reason; };
struct pn_refund_reject { int64_t id; const char *reason; };
struct pn_refund_ask { int64_t id; };
struct pn_refund_transfer { int64_t id; const char *reference, *reason; };
struct pn_refund_handover { int64_t id; };
struct pn_refund_show { int64_t id; };

/** What a refund would give back now. Without seats: all of the order. */
int pn_refund_quote(pn *p, const struct pn_refund_quote *in, pn_refund_offer *out);
int pn_refund_apply(pn *p, const struct pn_refund_apply *in, pn_refund *out);
int pn_refund_approve(pn *p, const struct pn_refund_approve *in, pn_refund *out);
int pn_refund_reject(pn *p, const struct pn_refund_reject *in, pn_refund *out);
/** Did the provider of a stuck refund pay it back, after all? What it did is over. */
int pn_refund_ask(pn *p, const struct pn_refund_ask *in, pn_refund_detail *out);
/** A refund that the provider kept refusing was transferred by hand, by a line of the bank's
 *  statement. Refused while it is not known that the provider did not pay it. */
int pn_refund_transfer(pn *p, const struct pn_refund_transfer *in, pn_refund *out);
/** The cash of a refund is handed over out of the drawer of whoever calls this. */
int pn_refund_handover(pn *p, const struct pn_refund_handover *in, pn_refund *out);
int pn_refund_show(pn *p, const struct pn_refund_show *in, pn_refund_detail *out);
int pn_refund_list(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
