/* SPDX-License-Identifier: Apache-2.0 */
/* rush.h — taking tickets of a seckill or a rush sale. */
#ifndef PN_RUSH_H
#define PN_RUSH_H

#include "order/order.h"

PN_BEGIN

/** First come, first served, by the order of arrival. PN_ESTATE before it opens (ask again then,
 *  nothing is queued), PN_EEXPIRED after it, PN_ESTOCK when all is taken, PN_ELIMIT when this
 *  account, telephone number, document, device or address has its share, PN_ERATE when it asks too
 *  often. */
struct pn_rush_take {
    int64_t id;
    int qty;
    const char *token;  /* of seckill register; a seckill wants it */
    const char *device; /* what the app knows it by; else its login stands for it */
    const char *buyer_name, *phone;
    pn_word delivery;
    pn_rows attendees; /* pn_attendee */
    PN_SEND_TO;
};
PN_MUST int pn_rush_take(pn *p, const struct pn_rush_take *in, pn_order *out);

PN_END
#endif
