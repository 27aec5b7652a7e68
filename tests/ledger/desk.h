/* SPDX-License-Identifier: Apache-2.0 */
/* desk.h — an operation for tests that posts transfers and documents, as other contexts do inside
 * of theirs. */
#ifndef PN_TESTS_DESK_H
#define PN_TESTS_DESK_H

#include "db.h"
#include "ledger/ledger_int.h"

/** All in one transaction of its own. */
PN_MUST int desk_post(pn *p, pni_transfer *t, size_t n);
/** A document: 0 later, else now in the shard `home` − 1. */
PN_MUST int desk_doc(pn *p, const pni_doc *d, int home);
/** One plain transfer of wallets in shard 1. */
pni_transfer move(int64_t from, int64_t to, int64_t fen, int64_t biz_id);
pn *desk(void);
void desk_relay(void);
/** Of a wallet's available account. */
int64_t has(int64_t owner);
/** Money out of nowhere, for a wallet to begin with. */
void give(int64_t owner, int64_t fen);
/** Fails the test unless all adds up: zero over all, every account the sum of its transfers. */
void ledger_balances(void);

#endif
