/* SPDX-License-Identifier: Apache-2.0 */
/* grab.h — grabs: a wish with a highest price, paid for in advance, that waits for tickets. What
 * it costs less comes back, what is not found comes back whole. A grab is an order from its first
 * day, so `order show`, `payment create` and the notices know it. */
#ifndef PN_GRAB_H
#define PN_GRAB_H

#include "order/order.h"

PN_BEGIN

typedef struct pn_grab {
    int64_t order_id;
    const char *order_no, *show;
    int64_t session_id;
    pn_time start_at;
    pn_texts tiers; /* names */
    int qty;
    pn_money cap_fen, auth_fen, paid_fen; /* cap a ticket; what has to be and was paid in advance */
    pn_word delivery;
    int boost, helpers, speed, level; /* boost: the other three together */
    bool frozen;
    bool accept_split, accept_single, accept_upgrade;
    pn_word status; /* of the order */
    pn_time deadline_at, created_at;
} pn_grab;
extern const pn_type pn_grab_t;

struct pn_grab_submit {
    int64_t session;
    pn_texts tiers; /* codes or numbers; any of them */
    int qty;
    pn_money cap_fen;
    bool accept_split, accept_single; /* up to three sellers; a ticket alone among their shares */
    bool accept_upgrade;              /* a tier of a higher face price, within the cap */
    int speed;                        /* points of a speed pack; their fee is paid with the rest */
    pn_time deadline_at;              /* default: the end of the sale */
    const char *buyer_name, *phone;
    pn_word delivery;
    pn_rows attendees; /* pn_attendee */
    PN_SEND_TO;
};
struct pn_grab_show { int64_t order; };
struct pn_grab_assist { int64_t order; };
struct pn_grab_raise { int64_t order; pn_money cap_fen; };
struct pn_grab_cancel { int64_t order; const char *reason; };
typedef struct pn_grab_help { int64_t order_id; int points, boost; bool fresh; } pn_grab_help;

/** Then pay it (`payment create`) within 15 minutes. */
PN_MUST int pn_grab_submit(pn *p, const struct pn_grab_submit *in, pn_grab *out);
PN_MUST int pn_grab_show(pn *p, const struct pn_grab_show *in, pn_grab *out);
PN_MUST int pn_grab_list(pn *p, const pn_list *in, pn_page *out);
/** A friend moves it ahead in the queue, once; a new account counts double. */
PN_MUST int pn_grab_assist(pn *p, const struct pn_grab_assist *in, pn_grab_help *out);
/** A higher cap, in force once the difference is paid. The place in the queue is kept. */
PN_MUST int pn_grab_raise(pn *p, const struct pn_grab_raise *in, pn_grab *out);
PN_MUST int pn_grab_cancel(pn *p, const struct pn_grab_cancel *in, pn_grab *out);
/** Who was looked at, in which order, when a grab was matched. */
PN_MUST int pn_grab_considered(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
