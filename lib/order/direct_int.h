/* SPDX-License-Identifier: Apache-2.0 */
/* direct_int.h — payments that go to the organiser's own merchant number. */
#ifndef PNI_DIRECT_H
#define PNI_DIRECT_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** The organiser of an order that collects for itself. PN_ESTATE: there is none. */
PN_MUST int pni_direct_payee(pn *p, int64_t order_id, int64_t *organiser);
/** A memo that it collected; of a sale with our fee. */
PN_MUST int pni_book_direct(pn *p, int64_t payment_id, int64_t fen, bool sold);
/** A memo that it paid back. */
PN_MUST int pni_book_direct_back(pn *p, int64_t refund_id, int no, int64_t organiser, int64_t fen);

extern const pn_sql pni_direct_of_order_sql, pni_direct_sale_sql;

#pragma GCC visibility pop
#endif
