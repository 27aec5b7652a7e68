/* SPDX-License-Identifier: Apache-2.0 */
/* penalty_int.h — between the table of penalties and what they are worked out from. */
#ifndef PNI_PENALTY_H
#define PNI_PENALTY_H

#include "base/sql_int.h"
#include "merchant/penalty.h"

#pragma GCC visibility push(hidden)

/** What the amount of a kind needs to know. */
enum { PNI_PENALTY_BASE = 1, PNI_PENALTY_TICKETS = 2, PNI_PENALTY_HOURS = 4,
       PNI_PENALTY_AMOUNT = 8 };
typedef struct pni_penalty_facts {
    int64_t merchant_id, order_id;
    pn_money base_fen;
    int tickets;
    pn_time start_at, ship_due_at;
    const char *excuse;
} pni_penalty_facts;
/** Base, tickets and hours of `out`, as the order has them or less. PN_EARG: it is not the
 *  merchant's order, or more was given; PN_ESTATE: nobody is fined for it. */
PN_MUST int pni_penalty_facts_of(pn *p, const struct pn_penalty_impose *in, unsigned needs,
                                 pn_penalty *out);
extern const pn_sql pni_penalty_facts_sql;

#pragma GCC visibility pop
#endif
