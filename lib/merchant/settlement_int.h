/* SPDX-License-Identifier: Apache-2.0 */
/* settlement_int.h — lines of settlement, as orders make them and batches take them. */
#ifndef PNI_SETTLEMENT_H
#define PNI_SETTLEMENT_H

#include "base/sql_int.h"
#include "merchant/settlement.h"

#pragma GCC visibility push(hidden)

/** Rows of merchants, for whoever is confined to one, or to the organiser that is one. */
#define PNI_SETTLED_WITH(merchant_id)                                                              \
    "(:my_merchant::bigint is null or " merchant_id " = :my_merchant)"                             \
    " and (:my_organiser::bigint is null or " merchant_id                                          \
    "  = (select g.merchant_id from organiser g where g.id = :my_organiser))"

/** What a merchant earned by one order, or an organiser by his own tickets of it (SHARE, due some
 *  days after `end_at`). */
typedef struct pni_earned {
    int64_t merchant_id, order_id;
    const char *order_no, *kind; /* NULL: ORDER */
    int qty;
    pn_money settle_fen, commission_fen, markup_fen;
    pn_time end_at;
} pni_earned;
/** Once an order, merchant and kind, however often it is told; due by the merchant's level. */
PN_MUST int pni_settle_line_put(pn *p, const pni_earned *e);

/** What changes the next batch beside orders; once a kind and document. */
typedef struct pni_adjust {
    int64_t id, merchant_id, order_id, biz_id, fen;
    const char *kind, *note, *order_no; /* NULL: the note */
} pni_adjust;
PN_MUST int pni_settle_adjust(pn *p, const pni_adjust *a);

/** What refunded tickets had earned: of an ORDER as it was sold, of a SHARE all of it as `settle`,
 *  whose part of ours the line knows. */
typedef struct pni_unearned {
    int64_t merchant_id, order_id, refund_id;
    const char *kind, *order_no, *refund_no;
    int qty;
    pn_money settle_fen, commission_fen, markup_fen;
} pni_unearned;
/** A line that is not due becomes less. What was posted goes back into escrow, the seller's part
 *  from its pockets; what was still to be settled of it is a line of the next batch. Without a line
 *  nothing was earned yet. */
PN_MUST int pni_settle_back(pn *p, const pni_unearned *u);

extern const pn_fsm pni_settle_line_fsm;
extern const pn_job pni_settle_ready_job;
extern const pn_sql pni_settle_line_move, pni_settle_found, pni_settle_less,
    pni_settle_gone;
/** Event: an organiser has another contract. */
#define PNI_ORGANISER_SET "organiser.set"
/** Which organiser a merchant is, and what he owes us of fees; 0: none. */
PN_MUST int pni_organiser_fees(pn *p, int64_t merchant, int64_t *organiser, int64_t *fen);
/** Of the batch a line was taken out of: count again. */
PN_MUST int pni_settlement_less(pn *p, int64_t settlement_id);

#pragma GCC visibility pop
#endif
