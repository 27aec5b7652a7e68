/* SPDX-License-Identifier: Apache-2.0 */
/* book_int.h — what the sale tells the ledger. Everything goes as an event with the commit: the
 * accounts of the platform are hot, and no buyer waits for them. What a channel pays is posted with
 * its account instead (channel/account.c). */
#ifndef PNI_BOOK_H
#define PNI_BOOK_H

#include "order/direct_int.h"
#include "order/payment_int.h"

#pragma GCC visibility push(hidden)

/** An order whose money the organiser took itself has nothing in our books but memos. */
#define PNI_DIRECT(order_id)                                                                       \
    "exists (select from payment z where z.sk = :id# and z.order_id = " order_id                   \
    " and z.method in " PNI_THEIRS " and z.state = 'SUCCESS')"

/** Money arrived for an order … */
PN_MUST int pni_book_captured(pn *p, int64_t payment_id, int method, int64_t fen);
/** … or for nothing: paid twice, or the wrong amount. */
PN_MUST int pni_book_unasked(pn *p, int64_t payment_id, int method, int64_t fen);
/** The same for money that another system took before the order was moved in here. */
PN_MUST int pni_book_imported(pn *p, int64_t payment_id, int64_t fen);
/** It is owed back: what was paid for seats, with the fee that is kept and the discounts. */
PN_MUST int pni_book_refund(pn *p, int64_t refund_id);
/** The same for money that bought nothing. */
PN_MUST int pni_book_giveback(pn *p, int64_t refund_id, int64_t payment_id, int reason,
                              int64_t fen);
/** A leg of a refund was paid. */
PN_MUST int pni_book_leg(pn *p, int64_t refund_id, int no);
/** What is left of a refund was paid by hand; before its legs are marked done. */
PN_MUST int pni_book_transfer(pn *p, int64_t refund_id);
/** An order has ended without tickets: what stays of it (sending it) is earned. */
PN_MUST int pni_book_rest(pn *p, int64_t order_id);

/** What a seller keeps of a refund's fee comes with its next batch. */
typedef struct pni_kept_fee {
    int64_t merchant, order_id;
    const char *order_no;
    pn_money keep_fen;
} pni_kept_fee;
PN_MUST int pni_earned_kept(pn *p, const pni_kept_fee *k, int64_t refund_id);
/** The order was completed: what its refunded tickets had earned goes back into escrow. */
PN_MUST int pni_earned_back(pn *p, int64_t refund_id);

extern const pn_sql pni_book_refund_sql, pni_book_share_sql, pni_book_legs_sql,
    pni_book_rest_sql, pni_book_less_sql, pni_earned_sql, pni_earned_share_sql,
    pni_earned_fees_sql, pni_earned_unshared_sql, pni_earned_back_sql, pni_earned_sent_sql;
extern const pn_event pni_book_paid_event, pni_book_group_event, pni_book_dist_event,
    pni_earned_event, pni_earned_contract_event, pni_earned_kept_event;

#pragma GCC visibility pop
#endif
