/* SPDX-License-Identifier: Apache-2.0 */
/* till.h — what the customer at a till sees: the counter tells it, a screen of his shows it, on
 * whatever machine. */
#ifndef PN_TILL_H
#define PN_TILL_H

#include "base/op.h"

PN_BEGIN

/** So many tickets of a tier. */
typedef struct pn_till_want { int64_t tier; int qty; } pn_till_want;
/** The whole of it, each time: without a session nothing is being sold. */
struct pn_till_tell {
    const char *till;
    int64_t session;
    pn_rows items;           /* pn_till_want */
    pn_money tendered_fen;
    int64_t order;           /* once there is one */
};
typedef struct pn_till {
    int64_t id;
    const char *till;
    pn_time told_at;
} pn_till;

/** The till whose customers an account's screen is for. */
struct pn_till_bind { const char *till; int64_t staff; };
typedef struct pn_till_bound {
    int64_t staff;
    const char *till;
    pn_time bound_at;
} pn_till_bound;

struct pn_till_show { const char *till; };
typedef struct pn_till_item {
    const char *name;
    int qty;
    pn_money amount_fen;
} pn_till_item;
/** Nothing but the till when nothing is being sold there. */
typedef struct pn_till_screen {
    int64_t id; /* 0: nothing was ever told */
    const char *till;
    pn_word screen; /* pn_displays */
    const char *show, *venue;
    pn_time start_at;
    pn_rows items; /* pn_till_item */
    int qty;
    pn_money payable_fen, tendered_fen, change_fen;
    int64_t order_id;
    const char *no;
    pn_word method;
    const char *qr;
    pn_time until; /* then this is no longer true, whatever happens */
} pn_till_screen;

/** PN_EPERM: somebody else has an open shift at that till, or is selling there. */
PN_MUST int pn_till_tell(pn *p, const struct pn_till_tell *in, pn_till *out);
/** Another binding of that account is over. */
PN_MUST int pn_till_bind(pn *p, const struct pn_till_bind *in, pn_till_bound *out);
/** PN_EPERM: an account without a role that sells sees the till it is bound to, only. */
PN_MUST int pn_till_show(pn *p, const struct pn_till_show *in, pn_till_screen *out);

PN_END
#endif
