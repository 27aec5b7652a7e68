/* SPDX-License-Identifier: Apache-2.0 */
/* direct_int.h — payments that go to the organiser's own merchant number. */
#ifndef PNI_DIRECT_H
#define PNI_DIRECT_H

#include "base/sql_int.h"
#include "order/direct.h"

#pragma GCC visibility push(hidden)

/** The methods whose money is an organiser's from the beginning. */
#define PNI_THEIRS "('MINIAPP_DIRECT', 'ALIPAY_DIRECT')"
/** Is all of an order `o` the organiser's own, none of it a merchant's? */
#define PNI_OWN_SEATS(o, sk_)                                                                      \
    "not exists (select from order_item i_ join stock k_ on k_.sk = " sk_                          \
    " and k_.lot_id = i_.lot_id where i_.sk = " sk_ " and i_.order_id = " o ".id"                  \
    " and k_.merchant_id is not null)"

/** Whose an order's money is, paid by `*method`: an organiser that collects so itself, and then
 *  `*method` is that of its own, or ours (`*organiser` stays). PN_ESTATE, PN_EARG: it is his, and
 *  cannot be taken so. */
PN_MUST int pni_direct_route(pn *p, int64_t order_id, pn_word *method, int64_t *organiser);
/** One that collects itself, or did. PN_ENONE. */
PN_MUST int pni_direct_row(pn *p, int64_t organiser, pn_direct_payee *out);
/** A memo that it collected; of a sale with our fee. */
PN_MUST int pni_book_direct(pn *p, int64_t payment_id, int64_t fen, bool sold);
/** A memo that it paid back, and our fee of that. */
typedef struct pni_direct_back {
    int64_t payment_id, refund_id, organiser, fen;
    int no;
} pni_direct_back;
PN_MUST int pni_book_direct_back(pn *p, const pni_direct_back *b);

extern const pn_sql pni_direct_of_order_sql, pni_direct_sale_sql;

#pragma GCC visibility pop
#endif
