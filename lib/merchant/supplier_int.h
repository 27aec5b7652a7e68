/* SPDX-License-Identifier: Apache-2.0 */
/* supplier_int.h — what settlements and rebates tell a supplier's books. */
#ifndef PNI_SUPPLIER_H
#define PNI_SUPPLIER_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** P18: so much of a batch was paid ahead. */
PN_MUST int pni_supplier_bought(pn *p, int64_t supplier, int64_t settlement, int64_t fen);
/** P11: it owes us a rebate; negative: less than was counted before. */
PN_MUST int pni_supplier_rebate(pn *p, int64_t supplier, int64_t rebate, int64_t fen);

#pragma GCC visibility pop
#endif
