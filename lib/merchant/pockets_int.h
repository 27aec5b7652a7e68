/* SPDX-License-Identifier: Apache-2.0 */
/* pockets_int.h — out of what a merchant pays what it owes us. */
#ifndef PNI_POCKETS_H
#define PNI_POCKETS_H

#include "ledger/ledger_int.h"

#pragma GCC visibility push(hidden)

/** Where the money of a lost deposit goes. */
enum { PNI_INTO_PENALTY, PNI_INTO_RECOVERY, PNI_INTO_ESCROW };
typedef struct pni_dues {
    int64_t merchant, order; /* 0: of no order */
    int64_t fen;
    const char *biz_kind, *memo; /* the document that it is paid for */
    int64_t biz_id;
    int into, sale; /* sale: shard of the platform's side */
} pni_dues;
/** Split into what each pocket has: what the order itself would still bring, the deposit of its
 *  offer, what others bring, their deposits, what is available, the guarantee; the rest is a debt.
 *  Deposits are taken and booked here, *deposits_fen of them; the rest is in the pockets of `d`,
 *  which the caller posts. Money that is being drawn is nobody's. Offers are locked first, then
 *  the wallet. */
PN_MUST int pni_pockets_take(pn *p, const pni_dues *x, pni_doc *d, int64_t *deposits_fen);

/* The offers stand to the right and must not be included: lib/goods sets these. Without it no
 * offer has a deposit. */

/** Take at most `fen` out of the deposits of the order's offers (own), or of the merchant's others;
 *  offers that lack some then are off sale. */
extern int (*pni_deposit_take_hook)(pn *p, const pni_dues *x, bool own, int64_t fen,
                                    int64_t *taken);
/** What was taken for this document goes back to its offers; *fen of it. */
extern int (*pni_deposit_back_hook)(pn *p, const pni_dues *x, int64_t *fen);

extern const pn_sql pni_pockets_ready;

#pragma GCC visibility pop
#endif
