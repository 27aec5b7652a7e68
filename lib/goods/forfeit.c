/* SPDX-License-Identifier: Apache-2.0 */
/* forfeit.c — an offer's deposit pays for what its merchant did not keep. The offer's figure, the
 * trail and the wallet move together, and an offer that is not covered any more goes off sale until
 * it is (I41). What an appeal takes back is a deposit again. */
#include <stdlib.h>

#include "listing_int.h"
#include "merchant/pockets_int.h"
#include "merchant/wallet_int.h"

typedef struct covered { int64_t merchant, order, id, fen; } covered;
static PN_TYPE(covered_t, "listing.covered", covered, PN_COL(covered, merchant, ""),
    PN_COL(covered, order, ""), PN_COL(covered, id, ""), PN_COL(covered, fen, ""));
const pn_sql pni_forfeit_own = {"forfeit_own", &covered_t, &covered_t,
    "select l.id, max(l.deposit_quota_fen) as fen from order_item i join listing l on l.sk = i.sk"
    " and l.id = i.lot_id where i.sk = :order# and i.order_id = :order"
    " and l.merchant_id = :merchant and l.deposit_quota_fen > 0 group by l.id order by l.id"};
/* Those that are on sale last: what is over or waits loses nothing but money. */
const pn_sql pni_forfeit_others = {"forfeit_others", &covered_t, &covered_t,
    "select l.id, l.deposit_quota_fen as fen from listing l where l.merchant_id = :merchant"
    " and l.deposit_quota_fen > 0 order by l.state = 'LIVE', l.sk, l.id"};
const pn_sql pni_forfeit_lost = {"forfeit_lost", &pni_deposit_t, &pni_deposit_t,
    "select d.listing_id, sum(-d.delta_fen)::bigint as delta_fen from listing_deposit d"
    " where d.biz_id = :biz_id and d.biz_kind = :biz_kind group by d.sk, d.listing_id"
    " having sum(d.delta_fen) < 0 order by d.sk, d.listing_id"};

static pni_doc doc_of(const pni_dues *x, const pni_deposit *m)
{
    pni_doc d = {.rule = "DEPOSIT_LOST", .biz_kind = "DEPOSIT", .biz_id = m->id,
                 .merchant = m->merchant_id, .memo = x->memo, .sale = x->sale};
    pn_money *into[] = {[PNI_INTO_PENALTY] = &d.penalty_fen, [PNI_INTO_RECOVERY] = &d.keep_fen,
                        [PNI_INTO_ESCROW] = &d.settle_fen};
    into[x->into]->fen = -m->delta_fen.fen;
    return d;
}

/* The lot is locked. */
static int move(pn *p, const pni_dues *x, const pni_listing *l, int64_t delta_fen,
                const char *reason)
{
    pn_listing before, after;
    pni_deposit m = {.listing_id = l->id, .merchant_id = l->merchant_id,
                     .delta_fen = {delta_fen}, .reason = reason, .biz_kind = x->biz_kind,
                     .biz_id = x->biz_id};
    PN_TRY(pni_listing_row(p, l->id, &before));
    PN_TRY(pni_deposit_note(p, &m));
    pni_doc d = doc_of(x, &m);
    PN_TRY(pni_post_now(p, &d, pn_sk(l->merchant_id)));
    PN_TRY(pni_listing_row(p, l->id, &after));
    PN_TRY(pn_audit(p, "listing", l->id, &pn_listing_t, &before, &after, reason));
    return pn_outbox(p, delta_fen < 0 ? PNI_DEPOSIT_LOST : "deposit.frozen", l->id,
                     &pni_deposit_t, &m, NULL);
}

static int lose(pn *p, const pni_dues *x, int64_t listing, int64_t fen, int64_t *taken)
{
    pni_listing l;
    const char *reason = pn_tr("its deposit pays for what the merchant did not keep");
    PN_TRY(pni_listing_look(p, listing, &l));
    fen = fen < l.deposit_quota_fen.fen ? fen : l.deposit_quota_fen.fen;
    if (fen <= 0)
        return 0;
    if (l.state.v == PN_LISTING_LIVE && l.deposit_quota_fen.fen - fen < l.deposit_need_fen.fen)
        PN_TRY(pni_listing_step(p, &l, "pause", reason));
    *taken += fen;
    return move(p, x, &l, -fen, reason);
}

static int by_shard(const void *a, const void *b)
{
    const covered *x = a, *y = b;
    int i = pn_sk(x->id), k = pn_sk(y->id);
    return i != k ? i - k : (x->id > y->id) - (x->id < y->id);
}

/* As many as it takes, locked in the order of their shards. */
static int take(pn *p, const pni_dues *x, bool own, int64_t fen, int64_t *taken)
{
    pn_rows rows;
    int64_t found = 0;
    size_t n = 0;
    *taken = 0;
    PN_TRY(pn_all(p, own ? &pni_forfeit_own : &pni_forfeit_others,
                  &(covered){.merchant = x->merchant, .order = x->order}, &rows));
    covered *c = rows.row;
    while (n < rows.n && found < fen)
        found += c[n++].fen;
    if (n)
        qsort(c, n, sizeof *c, by_shard);
    for (size_t i = 0; i < n && *taken < fen; i++)
        PN_TRY(lose(p, x, c[i].id, fen - *taken, taken));
    return 0;
}

static int back(pn *p, const pni_dues *x, int64_t *fen)
{
    pn_rows rows;
    pni_listing l;
    *fen = 0;
    PN_TRY(pn_all(p, &pni_forfeit_lost, &(pni_deposit){.biz_kind = x->biz_kind,
                                                       .biz_id = x->biz_id}, &rows));
    pn_each(pni_deposit, d, &rows)
    {
        PN_TRY(pni_listing_look(p, d->listing_id, &l));
        PN_TRY(move(p, x, &l, d->delta_fen.fen, pn_tr("the penalty was taken back")));
        *fen += d->delta_fen.fen;
    }
    return 0;
}

/* Merchants stand to the left and know deposits only through these. */
__attribute__((constructor)) static void install(void)
{
    pni_deposit_take_hook = take;
    pni_deposit_back_hook = back;
}
