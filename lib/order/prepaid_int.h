/* SPDX-License-Identifier: Apache-2.0 */
/* prepaid_int.h — orders paid through a channel: out of its account, or collected by it. */
#ifndef PNI_PREPAID_H
#define PNI_PREPAID_H

#include "order/order_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_prepay_how {
    int64_t order_id, channel_id;
    const char *from, *to; /* states of the order; what is procured of others stays PAID */
    int method;            /* PN_PAY_PREPAID or PN_PAY_CHANNEL */
} pni_prepay_how;
/** Pay it, sell its seats, issue its tickets; in *status the state where the order is now. The
 *  caller logs the steps. PN_ESTATE when it is not in `from`, or its hold ran out. */
PN_MUST int pni_prepay(pn *p, const pni_prepay_how *how, pn_word *status);
/** A refund gives so much of a payment back to the channel. */
PN_MUST int pni_prepay_back(pn *p, int64_t order_id, int64_t refund_id, int method, int64_t fen);

extern const pn_sql pni_prepay_sql, pni_prepay_channel_sql;

#pragma GCC visibility pop
#endif
