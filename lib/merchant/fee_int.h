/* SPDX-License-Identifier: Apache-2.0 */
/* fee_int.h — what sales that an organiser collected itself, settlements and invoices tell each
 * other of its fees. */
#ifndef PNI_FEE_H
#define PNI_FEE_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** A sale by the terms of now, which stay its own whatever the contract becomes. */
typedef struct pni_fee_sale {
    int64_t organiser_id, order_id, payment_id;
    pn_money paid_fen;
    int fee_bp;
    pn_money fee_fixed_fen, fee_fen; /* the last one is told */
} pni_fee_sale;
PN_MUST int pni_fee_sold(pn *p, pni_fee_sale *s);
/** So much of a sale goes back: the fee is then that of what stays, and the fixed one remains.
 *  *fee_fen is the difference, at most 0; 0 of what was no sale. */
PN_MUST int pni_fee_back(pn *p, int64_t payment_id, int64_t refund_id, int no, int64_t fen,
                         int64_t *fee_fen);

/** What an organiser owes, without what it paid that is still on its way into the books. */
PN_MUST int pni_fee_owed(pn *p, int64_t organiser, int64_t *fen);
/** It paid; the oldest invoices are paid first. kind: BANK, BATCH, WALLET; ref: the document. */
typedef struct pni_fee_money {
    int64_t id, organiser_id, ref;
    const char *kind, *reference;
    pn_money amount_fen;
} pni_fee_money;
PN_MUST int pni_fee_paid(pn *p, const pni_fee_money *m);
/** By this line of the bank's statement. PN_EEXISTS: it stands for something. */
PN_MUST int pni_fee_by_bank(pn *p, int64_t organiser, pn_money fen, const char *reference);

/** Event: an invoice is not paid in time, and no wallet could pay it. */
#define PNI_FEE_OVERDUE "fee_invoice.overdue"
/** Event: an invoice that was overdue is paid. */
#define PNI_FEE_PAID "fee_invoice.paid"

extern const pn_sql pni_fee_owed_sql, pni_fee_payment_sql, pni_fee_clear_sql;

#pragma GCC visibility pop
#endif
