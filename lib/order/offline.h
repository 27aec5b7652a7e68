/* SPDX-License-Identifier: Apache-2.0 */
/* offline.h — orders whose money people take: cash, a bank transfer, a card slip. Whoever
 * collects says so, finance confirms that it is there. */
#ifndef PN_OFFLINE_H
#define PN_OFFLINE_H

#include "order/order.h"
#include "order/payment.h"

PN_BEGIN

/** Tickets held for money to be collected: 30 minutes, 3 at the box office, a day when a transfer
 *  is announced. */
struct pn_order_offline {
    int64_t tier;
    int qty;
    pn_rows items; /* pn_order_want; or tier and qty */
    const char *buyer_name, *phone;
    pn_word delivery, channel, method; /* method: how it will be paid */
    pn_rows attendees;                 /* pn_attendee */
    pn_money expect_fen;
    PN_SEND_TO;
};
/** The money is taken: exactly what is payable. A transfer or a card slip has a number. */
struct pn_order_collect {
    int64_t order;
    pn_word method;
    pn_money amount_fen;
    const char *slip, *till;
};
struct pn_order_confirm { int64_t order; const char *reference; };
struct pn_order_reject { int64_t order; const char *reason; };

PN_MUST int pn_order_offline(pn *p, const struct pn_order_offline *in, pn_order *out);
PN_MUST int pn_order_collect(pn *p, const struct pn_order_collect *in, pn_order *out);
/** By somebody else than the one who collected; a transfer needs the line of the bank. */
PN_MUST int pn_order_confirm(pn *p, const struct pn_order_confirm *in, pn_order *out);
/** It never came: tickets void and back on sale, or, when they are in somebody's hands, a debt of
 *  the one who collected. Not before finance had its time. */
PN_MUST int pn_order_reject(pn *p, const struct pn_order_reject *in, pn_order *out);

PN_END
#endif
