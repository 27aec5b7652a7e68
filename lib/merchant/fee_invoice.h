/* SPDX-License-Identifier: Apache-2.0 */
/* fee_invoice.h — the fees of a month that an organiser owes for what it collected itself. */
#ifndef PN_FEE_INVOICE_H
#define PN_FEE_INVOICE_H

#include "base/op.h"

PN_BEGIN

#define PN_FEE_INVOICE_STATES(W)                                                                   \
    W(FEE_INVOICE, ISSUED, N_("To be paid"), 'w')                                                  \
    W(FEE_INVOICE, OVERDUE, N_("Overdue"), 'b')                                                    \
    W(FEE_INVOICE, PAID, N_("Paid"), 'g')
enum { PN_FEE_INVOICE_UNSET, PN_FEE_INVOICE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_fee_invoice_states[];

/** Refunds are negative, those of earlier months' sales (`earlier`) a part of them. An amount below
 *  zero is a credit: it pays other invoices. */
typedef struct pn_fee_invoice {
    int64_t id;
    const char *no;
    int64_t organiser_id;
    const char *organiser;
    pn_date month;
    int64_t sales_n;
    pn_money sales_fen, sales_fee_fen;
    int64_t refunds_n;
    pn_money refunds_fen, refunds_fee_fen, earlier_fee_fen, amount_fen, paid_fen, left_fen;
    pn_word state;
    pn_date due_on;
    pn_time created_at, paid_at;
} pn_fee_invoice;
extern const pn_type pn_fee_invoice_t;

struct pn_fee_invoice_show { int64_t id; };
/** Any day of the month. */
struct pn_fee_invoice_issue { int64_t organiser; pn_date month; };
/** `reference`: the line of the bank's statement, used once. */
struct pn_fee_invoice_receive { int64_t id; pn_money amount_fen; const char *reference; };

PN_MUST int pn_fee_invoice_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_fee_invoice_show(pn *p, const struct pn_fee_invoice_show *in, pn_fee_invoice *out);
/** PN_ESTATE: the month is not over, or it collected nothing in it; PN_EEXISTS: it is issued. */
PN_MUST int pn_fee_invoice_issue(pn *p, const struct pn_fee_invoice_issue *in,
                                 pn_fee_invoice *out);
/** PN_EBALANCE: the organiser's open invoices are less; PN_EEXISTS: the line is booked. */
PN_MUST int pn_fee_invoice_receive(pn *p, const struct pn_fee_invoice_receive *in,
                                   pn_fee_invoice *out);

PN_END
#endif
