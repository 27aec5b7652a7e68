/* SPDX-License-Identifier: Apache-2.0 */
/* check_int.h — a proof is one SQL that selects ref (what to look at) and bad (does it not add
 * up). */
#ifndef PNI_CHECK_H
#define PNI_CHECK_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_proof { int64_t seen, drift; const char *sample; } pni_proof;
extern const pn_type pni_proof_t;
#define PNI_PROOF(name, rows)                                                                      \
    const pn_sql pni_check_##name = {"check_" #name, NULL, &pni_proof_t,                           \
        "select count(*) as seen, count(*) filter (where x.bad) as drift,"                         \
        " min(x.ref) filter (where x.bad)::text as sample from (" rows ") x", false}

extern const pn_sql pni_check_events, pni_check_ledger_accounts, pni_check_ledger_shards,
    pni_check_ledger_transit,
    pni_check_ledger_payments, pni_check_ledger_refunds, pni_check_ledger_days,
    pni_check_ledger_balances,
    pni_check_ledger_direct, pni_check_ledger_deposits, pni_check_wallets, pni_check_settlements,
    pni_check_penalties, pni_check_recharges, pni_check_compensations, pni_check_offline_debts,
    pni_check_points, pni_check_guarantees, pni_check_coupons,
    pni_check_point_moves,
    pni_check_channel_accounts;

#pragma GCC visibility pop
#endif
