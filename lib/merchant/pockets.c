/* SPDX-License-Identifier: Apache-2.0 */
/* pockets.c — see pockets_int.h. A deposit is frozen for an offer, so it is lost by its offer: its
 * figure and the wallet's move in one transaction, and whatever else is frozen (money that is being
 * drawn) stays. */
#include "merchant/pockets_int.h"

int (*pni_deposit_take_hook)(pn *p, const pni_dues *x, bool own, int64_t fen, int64_t *taken);
int (*pni_deposit_back_hook)(pn *p, const pni_dues *x, int64_t *fen);

typedef struct ready { int64_t merchant, order, own_fen, all_fen; } ready;
#define R(f) PN_COL(ready, f, "")
static PN_TYPE(ready_t, "pockets.ready", ready, R(merchant), R(order), R(own_fen), R(all_fen));
#undef R
/* What the next batch brings: the rest of what is pending is in a batch, or disputed. */
const pn_sql pni_pockets_ready = {"pockets_ready", &ready_t, &ready_t,
    "select coalesce(sum(settle_fen), 0)::bigint as all_fen, coalesce(sum(settle_fen)"
    "  filter (where order_id = :order and :order <> 0), 0)::bigint as own_fen from settle_line"
    " where sk = :merchant# and merchant_id = :merchant and state = 'READY'", false};

static int64_t least(int64_t a, int64_t b)
{
    int64_t c = a < b ? a : b;
    return c > 0 ? c : 0;
}

static int deposits(pn *p, const pni_dues *x, bool own, int64_t fen, int64_t *taken)
{
    int64_t more = 0;
    if (!pni_deposit_take_hook || fen <= 0 || (own && !x->order))
        return 0;
    PN_TRY(pni_deposit_take_hook(p, x, own, fen, &more));
    *taken += more;
    return 0;
}

/* What is not in deposits; nobody else moves the wallet any more. */
static int rest(pn *p, const pni_dues *x, int64_t fen, int64_t ready_fen, pni_doc *d)
{
    pni_balance has[PNI_KINDS];
    PN_TRY(pni_owner_balances(p, x->merchant, has));
    d->merchant = x->merchant;
    d->pending_fen.fen = least(least(has[PNI_KIND_PENDING].free_fen.fen, ready_fen), fen);
    fen -= d->pending_fen.fen;
    d->available_fen.fen = least(has[PNI_KIND_AVAILABLE].free_fen.fen, fen);
    fen -= d->available_fen.fen;
    d->guarantee_fen.fen = least(has[PNI_KIND_GUARANTEE].free_fen.fen, fen);
    d->debt_fen.fen = fen - d->guarantee_fen.fen;
    return 0;
}

int pni_pockets_take(pn *p, const pni_dues *x, pni_doc *d, int64_t *deposits_fen)
{
    ready r;
    pni_balance pending;
    *deposits_fen = 0;
    PN_TRY(pn_one(p, &pni_pockets_ready, &(ready){x->merchant, x->order, 0, 0}, &r));
    PN_TRY(pni_account_balance(p, (pni_account){PNI_KIND_PENDING, x->merchant, NULL}, &pending));
    int64_t all = least(pending.free_fen.fen, r.all_fen), own = least(all, r.own_fen);
    PN_TRY(deposits(p, x, true, x->fen - own, deposits_fen));
    PN_TRY(deposits(p, x, false, x->fen - all - *deposits_fen, deposits_fen));
    return rest(p, x, x->fen - *deposits_fen, r.all_fen, d);
}
