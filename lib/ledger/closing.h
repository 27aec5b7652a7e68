/* SPDX-License-Identifier: Apache-2.0 */
/* closing.h — business days whose books are closed. */
#ifndef PN_CLOSING_H
#define PN_CLOSING_H

#include "base/op.h"

PN_BEGIN

/** A closed day with the transfers since the day closed before it, and the seal of all. */
typedef struct pn_closing {
    pn_date day;
    int64_t transfers_n;
    pn_money amount_fen;
    const char *seal;
    int64_t closed_by;
    pn_time closed_at;
} pn_closing;

struct pn_closing_close { pn_date day; };
PN_MUST int pn_closing_list(pn *p, const pn_list *in, pn_page *out);
/** PN_ESTATE: it is not over, was closed, or postings of it are still on their way. */
PN_MUST int pn_closing_close(pn *p, const struct pn_closing_close *in, pn_closing *out);

PN_END
#endif
