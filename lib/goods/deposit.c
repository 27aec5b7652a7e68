/* SPDX-License-Identifier: Apache-2.0 */
/* Deposits of offers: frozen in the merchant's wallet with the offer's quota, in one transaction,
 * because it is rare and decided by what the wallet has; what is released follows by event. */
#include "deposit_int.h"
#include "listing.h"
#include "base/policy_int.h"
#include "merchant/wallet_int.h"

#define D(f, ...) PN_COL(pni_deposit, f, "", __VA_ARGS__)
const pn_type pni_deposit_t = {"listing.deposit", sizeof(pni_deposit), (const pn_col[]){D(id),
    D(listing_id), D(merchant_id), D(delta_fen), D(reason), D(biz_kind),
    D(biz_id, .flags = PN_OPT), {0}}};
#undef D

const pn_sql pni_deposit_add = {"listing_deposit_add", &pni_deposit_t, NULL,
    "update listing set deposit_quota_fen = deposit_quota_fen + :delta_fen, updated_at = :now"
    " where sk = :listing_id# and id = :listing_id and deposit_quota_fen + :delta_fen >= 0"};
const pn_sql pni_deposit_log = {"listing_deposit_log", &pni_deposit_t, NULL,
    "insert into listing_deposit (sk, id, listing_id, delta_fen, reason, biz_kind, biz_id,"
    " actor_id, at) values (:listing_id#, :id, :listing_id, :delta_fen, :reason, :biz_kind,"
    " :biz_id, :me, :now)"};

static int64_t part(int64_t fen, int64_t rate_bp)
{
    return (int64_t)(((__int128)fen * rate_bp + 5000) / 10000);
}

static bool waived(pn *p, pni_standing s, int *rc)
{
    int64_t on = 0;
    if (s.restricted || s.level.v != PN_LEVEL_A)
        return false;
    *rc = pni_policy(p, "deposit.waive_a", &on);
    return on != 0;
}

int pni_deposit_terms(pn *p, int kind, pni_standing s, int64_t face_fen, int qty,
                      int64_t *unit_fen, int64_t *need_fen)
{
    bool tail = kind == PN_OFFER_TAIL;
    int64_t rate, least, level_bp, times = 0;
    int rc = 0;
    *unit_fen = *need_fen = 0;
    if ((!tail && kind != PN_OFFER_PRESALE) || waived(p, s, &rc) || rc)
        return rc;
    PN_TRY(pni_policy(p, tail ? "deposit.tail_bp" : "deposit.presale_bp", &rate));
    PN_TRY(pni_policy(p, tail ? "deposit.tail_min_fen" : "deposit.presale_min_fen", &least));
    PN_TRY(pni_policy(p, "deposit.tail_times", &times));
    PN_TRY(pni_deposit_bp(p, s, &level_bp));
    int64_t unit = part(face_fen, rate);
    *unit_fen = part(unit > least ? unit : least, level_bp);
    *need_fen = *unit_fen * (tail ? times : qty);
    return 0;
}

/* Each move is a document of the ledger. */
static int post(pn *p, const pni_deposit *m)
{
    bool freeze = m->delta_fen.fen > 0;
    pni_doc d = {.rule = freeze ? "DEPOSIT" : "DEPOSIT_BACK", .biz_kind = "DEPOSIT",
                 .biz_id = m->id, .merchant = m->merchant_id, .memo = m->reason,
                 .sale = pn_sk(m->merchant_id),
                 .amount_fen = {freeze ? m->delta_fen.fen : -m->delta_fen.fen}};
    if (!freeze)
        return pni_post_later(p, &d);
    int rc = pni_wallet_post(p, &d, m->merchant_id);
    if (rc != PN_EBALANCE)
        return rc;
    pn_fail(p, PN_EDEPOSIT, "amount_fen", "%s", pn_tr("The merchant's wallet has not so much"));
    return pn_hint(p, "%s", pn_tr("It pays in first: recharge create; or finance books it: wallet"
                                  " recharge"));
}

int pni_deposit_note(pn *p, pni_deposit *m)
{
    int64_t n = 0;
    PN_TRY(pn_new_id(p, pn_sk(m->listing_id), &m->id));
    PN_TRY(pn_exec(p, &pni_deposit_add, m, &n));
    if (!n)
        return pn_fail(p, PN_EDEPOSIT, "amount_fen", "%s",
                       pn_tr("More would be released than is frozen"));
    return pn_exec(p, &pni_deposit_log, m, NULL);
}

int pni_deposit_move(pn *p, int64_t listing, int64_t merchant, int64_t delta_fen,
                     const char *reason)
{
    pni_deposit m = {.listing_id = listing, .merchant_id = merchant, .delta_fen = {delta_fen},
                     .reason = reason};
    if (!delta_fen)
        return 0;
    PN_TRY(pni_deposit_note(p, &m));
    PN_TRY(post(p, &m));
    return pn_outbox(p, delta_fen > 0 ? "deposit.frozen" : "deposit.released", listing,
                     &pni_deposit_t, &m, NULL);
}
