/* SPDX-License-Identifier: Apache-2.0 */
/* organiser_fee.h — what an organiser owes for each sale that it collected itself, and what it paid
 * of that. */
#ifndef PN_ORGANISER_FEE_H
#define PN_ORGANISER_FEE_H

#include "base/op.h"

PN_BEGIN

#define PN_FEE_KINDS(W)                                                                            \
    W(FEE, SALE, N_("Sale"), 0)                                                                    \
    W(FEE, REFUND, N_("Refund"), 'b')
enum { PN_FEE_UNSET, PN_FEE_KINDS(PN_WORD_ENUM) };
#define PN_FEE_WAYS(W)                                                                             \
    W(FEE_BY, BANK, N_("By bank"), 0)                                                              \
    W(FEE_BY, BATCH, N_("Kept back from a settlement"), 0)                                         \
    W(FEE_BY, WALLET, N_("Out of the wallet, overdue"), 'w')
enum { PN_FEE_BY_UNSET, PN_FEE_WAYS(PN_WORD_ENUM) };
extern const pn_words pn_fee_kinds[], pn_fee_ways[];

/** A sale, or a refund of it (all its amounts at most 0), with the terms it was made by. */
typedef struct pn_organiser_fee {
    int64_t id, organiser_id, fee_invoice_id;
    const char *organiser, *order_no;
    pn_word kind;
    int64_t order_id, payment_id, refund_id;
    pn_money paid_fen;
    int fee_bp;
    pn_money fee_fixed_fen, fee_fen;
    pn_time at;
} pn_organiser_fee;
extern const pn_type pn_organiser_fee_t;

typedef struct pn_organiser_fee_payments_row {
    int64_t id, organiser_id;
    const char *organiser;
    pn_word kind;
    pn_money amount_fen;
    int64_t settlement_id, fee_invoice_id;
    const char *reference;
    pn_time at;
} pn_organiser_fee_payments_row;

PN_MUST int pn_organiser_fee_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_organiser_fee_payments(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
