/* SPDX-License-Identifier: Apache-2.0 */
/* deposit_int.h — money a merchant leaves for presale and last tickets. The offer carries a quota
 * that was frozen before; its sale never touches a wallet. Here, and only here, the ledger freezes
 * and releases it. */
#ifndef PNI_DEPOSIT_H
#define PNI_DEPOSIT_H

#include "merchant/merchant_int.h"

#pragma GCC visibility push(hidden)

/** What one ticket binds, and what must be frozen before the offer goes live: presale for every
 *  ticket, last tickets for the first ones. `kind` is PN_OFFER_…. */
PN_MUST int pni_deposit_terms(pn *p, int kind, pni_standing s, int64_t face_fen, int qty,
                              int64_t *unit_fen, int64_t *need_fen);
/** How many tickets more may be sold until the quota is used up, `taken` being held or sold. */
static inline int64_t pni_deposit_room(int64_t unit_fen, int64_t quota_fen, int64_t taken)
{
    return unit_fen ? quota_fen / unit_fen - taken : INT64_MAX;
}
/** Freeze more for an offer, or (negative) release; the row of the lot is locked. */
PN_MUST int pni_deposit_move(pn *p, int64_t listing, int64_t merchant, int64_t delta_fen,
                             const char *reason);
/** Event: an offer's deposit paid for something. */
#define PNI_DEPOSIT_LOST "deposit.lost"
/** One move of an offer's deposit; lost ones, and what comes back of them, name the document. */
typedef struct pni_deposit {
    int64_t id, listing_id, merchant_id;
    pn_money delta_fen;
    const char *reason, *biz_kind;
    int64_t biz_id;
} pni_deposit;
extern const pn_type pni_deposit_t;
/** The offer's own figure and its trail, with the number of the move; the wallet is the caller's.
 *  PN_EDEPOSIT: more than is frozen. */
PN_MUST int pni_deposit_note(pn *p, pni_deposit *m);
extern const pn_sql pni_deposit_add, pni_deposit_log, pni_forfeit_own, pni_forfeit_others,
    pni_forfeit_lost;

#pragma GCC visibility pop
#endif
