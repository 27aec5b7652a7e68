/* SPDX-License-Identifier: Apache-2.0 */
/* wallet_int.h — what the wallet's files share. */
#ifndef PNI_WALLET_H
#define PNI_WALLET_H

#include "ledger/ledger_int.h"

#pragma GCC visibility push(hidden)

/** A line of the bank's statement stands for this alone. PN_EEXISTS, with words. */
PN_MUST int pni_bank_line(pn *p, const char *reference, const char *target, int64_t id);
/** A document of one merchant's wallet, posted in the running transaction. */
PN_MUST int pni_wallet_post(pn *p, const pni_doc *d, int64_t merchant);

#pragma GCC visibility pop
#endif
