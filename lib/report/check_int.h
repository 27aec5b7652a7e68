/* SPDX-License-Identifier: Apache-2.0 */
/* check_int.h — a proof is one SQL that selects ref (what to look at) and bad (does it not add
 * up). */
#ifndef PNI_CHECK_H
#define PNI_CHECK_H

#include "base/outbox_int.h"
#include "base/policy_int.h"
#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_proof { int64_t seen, drift; const char *sample; } pni_proof;
extern const pn_type pni_proof_t;
#define PNI_PROOF(name, rows)                                                                      \
    const pn_sql pni_check_##name = {"check_" #name, NULL, &pni_proof_t,                           \
        "select count(*) as seen, count(*) filter (where x.bad) as drift,"                         \
        " min(x.ref) filter (where x.bad)::text as sample from (" rows ") x", false}

/** Told with the place of the proof among all, and with its pn_check. */
#define PNI_CHECK_DRIFT "check.drift"
extern const pn_type pni_check_t;

/** Is the posting of this document in the outbox? What is refused again and again does not
 *  arrive. */
#define PNI_UNDER_WAY(kind, id)                                                                    \
    "exists (select from outbox v where v.event = 'ledger.post' and not " PNI_STUCK("v")           \
    " and v.payload->>'biz_kind' = " kind " and (v.payload->>'biz_id')::bigint = " id ")"

extern const pn_sql pni_check_events, pni_check_ledger_accounts, pni_check_ledger_shards,
    pni_check_ledger_transit,
    pni_check_ledger_payments, pni_check_ledger_refunds, pni_check_ledger_days,
    pni_check_ledger_balances,
    pni_check_ledger_direct, pni_check_ledger_deposits, pni_check_wallets, pni_check_settlements,
    pni_check_penalties, pni_check_recharges, pni_check_compensations, pni_check_offline_debts,
    pni_check_points, pni_check_guarantees, pni_check_coupons,
    pni_check_point_moves,
    pni_check_channel_accounts;
/** Documents and what was posted for them: check_posting.c. */
extern const pn_sql
    pni_check_withdrawals, pni_check_rebates, pni_check_suppliers, pni_check_bank_lines,
    pni_check_settlement_books, pni_check_earned, pni_check_shifts, pni_check_drawers,
    pni_check_cards_sold, pni_check_cards_owed, pni_check_discounts, pni_check_refund_fees,
    pni_check_earned_back, pni_check_deductions, pni_check_channel_books,
    pni_check_channel_rebates, pni_check_direct_books, pni_check_fee_payments,
    pni_check_fee_invoices, pni_check_payouts, pni_check_slips, pni_check_recon_books,
    pni_check_adjustments, pni_check_documents;

#pragma GCC visibility pop
#endif
