/* SPDX-License-Identifier: Apache-2.0 */
/* refund_int.h — what the files of refunds share. */
#ifndef PNI_REFUND_H
#define PNI_REFUND_H

#include "order/payment_int.h"
#include "order/refund_rule.h"

#pragma GCC visibility push(hidden)

enum { PNI_REFUND_SEATS = 100 };

/** A window of a rule, in hours after its anchor; INT64_MIN and INT64_MAX: no bound. */
enum { PNI_ANCHOR_OPEN, PNI_ANCHOR_PAID, PNI_ANCHOR_START, PNI_ANCHOR_ACCEPTED };
typedef struct pni_refund_window {
    int anchor;
    int64_t from_h, until_h;
    int fee_bp;
    bool of_face; /* else of what was paid */
} pni_refund_window;

/** A rule as it was when the order was placed. */
typedef struct pni_basis_rule {
    pn_word policy; /* pn_refund_rules */
    const char *windows;
    bool whole_order, after_ship;
    int refunds_max;
} pni_basis_rule;

/** Everything a decision about a refund reads, in one round trip. */
typedef struct pni_basis {
    int64_t id, user_id, organiser;
    const char *no;
    pn_word policy, status;
    pn_money paid_fen, refunded_fen, delivery_fen, service_fen;
    pn_time paid_at, start_at, open_at, changed_at;
    const char *session_status;
    int refunds, reviewing; /* of the buyer for this session; of the order, undecided */
    int64_t dual_fen, resched_days;
    pn_rows seats; /* pni_basis_seat, those still SOLD */
    pn_rows rules; /* pni_basis_rule: its show's, and MATCHED */
} pni_basis;
/** matched: a last ticket, one that a grab found, or one that is not refundable. */
typedef struct pni_basis_seat {
    int no;
    pn_money face_fen, paid_fen;
    bool matched;
} pni_basis_seat;

/** The first window of these that is open for the order now; false: none. */
bool pni_refund_window_now(const pn *p, const pni_basis *b, const char *windows,
                           pni_refund_window *out);
/** NULL: no memory. */
const char *pni_refund_window_label(pn *p, const pni_refund_window *w);

PN_MUST int pni_refund_basis(pn *p, int64_t order_id, pni_basis *out);
/** Why all of it goes back without a fee, untranslated; NULL: the rule of the show decides. */
const char *pni_refund_everything(const pn *p, const pni_basis *b, int reason);
/** Price a refund. No seats: all that are sold. `fee_bp` is for PN_REASON_CANCELLED, every other
 *  reason finds its own. */
typedef struct pni_refund_ask {
    const pn_texts *seats;
    int reason; /* PN_REASON_… */
    bool forced;
    int fee_bp;
} pni_refund_ask;
PN_MUST int pni_refund_offer(pn *p, const pni_basis *b, const pni_refund_ask *ask,
                             pn_refund_offer *out);
/** Give a whole order back without anybody's approval, by `event` of the order. */
PN_MUST int pni_refund_whole(pn *p, int64_t order_id, int reason, const char *event, int fee_bp);
/** Write an application: the seats wait, and the order, by `event`, when nothing of it stays
 *  sold. */
PN_MUST int pni_refund_file(pn *p, const struct pn_refund_apply *ask, const pni_basis *b,
                            const pn_refund_offer *offer, const char *event, int64_t *id);
/** Refuse what is under review: the seats are sold again, the order is where it was. */
PN_MUST int pni_refund_turn_down(pn *p, const pn_refund *r, const char *reason);
/** Give an order of a cancelled session back, less fee_bp, without anybody's approval. */
PN_MUST int pni_refund_void(pn *p, int64_t order_id, int fee_bp);
/** Stock back, tickets void, legs written; cash legs are done with it. From APPROVED on. */
PN_MUST int pni_refund_execute(pn *p, int64_t refund_id);
PN_MUST int pni_refund_row(pn *p, int64_t id, pn_refund *out);
/** All money is back: the order, the payments and the notices follow. */
PN_MUST int pni_refund_finish(pn *p, int64_t refund_id, const char *from, const char *event,
                              const char *reason);
/** A part that its provider was to pay back. */
typedef struct pni_unpaid {
    int64_t id, payment_id;
    int no;
    pn_word method;
    const char *out_request_no;
    pn_money amount_fen;
    bool failed; /* given up: it is only asked whether it was paid */
} pni_unpaid;
/** Cash of a refund out of the drawer of whoever acts. `given`: false, it waits at the counter. */
PN_MUST int pni_refund_cash(pn *p, int64_t order_id, int64_t fen, bool *given);
/** A part of it is with the buyer. */
PN_MUST int pni_refund_leg_over(pn *p, int64_t refund_id, int no, pn_refund *out);
/** Ask whether it was paid, and record the answer. Not inside a transaction. */
PN_MUST int pni_refund_ask_leg(pn *p, const pni_unpaid *g);
/** Every part that failed was said not to be paid, and lately; else a failure with words. */
PN_MUST int pni_refund_sure(pn *p, int64_t refund_id);
extern const pn_words pni_back_answers[];
extern const pn_type pni_refund_detail_t;
extern const pn_op pni_refund_leg_asked_op, pni_refund_ask_op, pni_refund_handover_op;
/** The order leaves REFUNDING, if it is there, for the state it had before. */
PN_MUST int pni_refund_order_back(pn *p, int64_t order_id);

extern const pn_sql pni_refund_legs_sql, pni_refund_places_sql, pni_refund_said_sql,
    pni_refund_why_not_sql;
extern const pn_op pni_refund_show_op;
extern const pn_sql pni_basis_sql, pni_basis_seats_sql, pni_basis_rules_sql, pni_exec_sql,
    pni_exec_head_sql,
    pni_exec_seats_sql, pni_leg_sources_sql, pni_leg_write_sql, pni_refund_due_write_sql,
    pni_legs_open_sql, pni_leg_ok_sql, pni_leg_fail_sql, pni_refund_due_sql,
    pni_refund_finish_sql, pni_refund_put_sql, pni_refund_back_sql, pni_giveback_paid_sql,
    pni_giveback_put_sql, pni_refund_lock_sql, pni_refund_later_sql, pni_refund_give_up_sql,
    pni_leg_twice_sql, pni_session_orders_sql, pni_refund_asked_sql, pni_leg_asked_sql,
    pni_refund_look_sql, pni_refund_cash_sql, pni_refund_doubt_sql, pni_refund_unpaid_sql;

#pragma GCC visibility pop
#endif
