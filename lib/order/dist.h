/* SPDX-License-Identifier: Apache-2.0 */
/* dist.h — orders of distributors: locked by contract, confirmed out of their account, issued. */
#ifndef PN_DIST_H
#define PN_DIST_H

#include "order/order.h"

PN_BEGIN

#define PN_DIST_PAYS(W)                                                                            \
    W(DIST, PAID, N_("Paid"), 'g')                                                                 \
    W(DIST, UNPAID, N_("Not paid"), 'd')
enum { PN_DIST_UNSET, PN_DIST_PAYS(PN_WORD_ENUM) };
extern const pn_words pn_dist_pays[];

typedef struct pn_dist {
    int64_t order_id;
    const char *no, *third_order_no;
    int64_t channel_id, agency_id, session_id, tier_id;
    const char *show;
    pn_word status;
    int qty;
    pn_money payable_fen, paid_fen, refunded_fen;
    pn_time hold_expires_at;
    pn_rows tickets; /* pn_order_ticket */
} pn_dist;
extern const pn_type pn_dist_t;

/** Lock so many of a tier. The same third_order_no returns what was locked before. PN_EQUOTA when
 *  the contract has not so many left, PN_ECONFLICT when the price is another. */
struct pn_dist_lock {
    int64_t tier;
    int qty;
    const char *third_order_no;
    pn_money expect_fen;
    int ttl_min;
    int64_t channel, agency;
    const char *buyer_name, *phone;
    pn_word delivery;
    pn_rows attendees; /* pn_attendee */
    PN_SEND_TO;
};
/** Of an order: by its number, or by the number the distributor gave it. */
struct pn_dist_unlock { int64_t order; const char *third_order_no; int64_t channel; };
struct pn_dist_query { int64_t order; const char *third_order_no; int64_t channel; };
/** PAID: out of the account, and the tickets are issued. UNPAID: released. May be repeated. */
struct pn_dist_confirm {
    int64_t order;
    const char *third_order_no;
    int64_t channel;
    pn_word pay_status;
};
/** By contract; never what is printed or verified. */
struct pn_dist_refund {
    int64_t order;
    const char *third_order_no;
    int64_t channel;
    pn_texts seats;
    const char *note;
};

PN_MUST int pn_dist_lock(pn *p, const struct pn_dist_lock *in, pn_dist *out);
PN_MUST int pn_dist_unlock(pn *p, const struct pn_dist_unlock *in, pn_dist *out);
PN_MUST int pn_dist_confirm(pn *p, const struct pn_dist_confirm *in, pn_dist *out);
PN_MUST int pn_dist_query(pn *p, const struct pn_dist_query *in, pn_dist *out);
PN_MUST int pn_dist_refund(pn *p, const struct pn_dist_refund *in, pn_dist *out);
PN_MUST int pn_dist_list(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
