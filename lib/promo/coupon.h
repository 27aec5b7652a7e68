/* SPDX-License-Identifier: Apache-2.0 */
/* coupon.h — coupons of buyers: money off one order, once, until its last day. */
#ifndef PN_COUPON_H
#define PN_COUPON_H

#include "base/op.h"

PN_BEGIN

#define PN_COUPON_STATES(W)                                                                        \
    W(COUPON, ISSUED, N_("To be used"), 'g')                                                       \
    W(COUPON, LOCKED, N_("In an order"), 'w')                                                      \
    W(COUPON, USED, N_("Used"), 'd')                                                               \
    W(COUPON, EXPIRED, N_("Expired"), 'd')
enum { PN_COUPON_UNSET, PN_COUPON_STATES(PN_WORD_ENUM) };
extern const pn_words pn_coupon_states[];

/** order_id: that has it, or used it. */
typedef struct pn_coupon {
    int64_t id, buyer_id;
    pn_money amount_fen;
    pn_word state;
    int64_t order_id, compensation_id;
    pn_time valid_until, created_at;
} pn_coupon;
extern const pn_type pn_coupon_t;

struct pn_coupon_show { int64_t id; };

PN_MUST int pn_coupon_list(pn *p, const pn_list *in, pn_page *out);
/** The actor's own. */
PN_MUST int pn_coupon_mine(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_coupon_show(pn *p, const struct pn_coupon_show *in, pn_coupon *out);

extern const pn_module pn_coupon_module;

PN_END
#endif
