/* SPDX-License-Identifier: Apache-2.0 */
/* group.h — group-buy orders: buyers who pay one by one and get their tickets together, or their
 * money back. The offer they answer is groupbuy.h's. */
#ifndef PN_GROUP_H
#define PN_GROUP_H

#include "order/order.h"

PN_BEGIN

#define PN_GROUP_STATES(W)                                                                         \
    W(GROUP, OPEN, N_("Filling"), 'w') W(GROUP, SUCCESS, N_("Complete"), 'g')                      \
    W(GROUP, FAILED, N_("Not complete"), 'd')
enum { PN_GROUP_UNSET, PN_GROUP_STATES(PN_WORD_ENUM) };
extern const pn_words pn_group_states[];

#define PN_MEMBER_STATES(W)                                                                        \
    W(MEMBER, ASKED, N_("Unpaid"), 'w') W(MEMBER, PAID, N_("Paid"), 'g')                           \
    W(MEMBER, LEFT, N_("Left the group"), 'd')
enum { PN_MEMBER_UNSET, PN_MEMBER_STATES(PN_WORD_ENUM) };
extern const pn_words pn_member_states[];

typedef struct pn_group {
    int64_t id, groupbuy_id, session_id;
    const char *show, *tier;
    pn_money price_fen;
    int size, paid, left; /* left: members still wanted */
    int vacant;           /* places of a complete group that nobody took */
    bool fill_vacant;     /* is complete when its time is over, whoever is missing */
    pn_word state;
    pn_time opened_at, expires_at, done_at;
} pn_group;
extern const pn_type pn_group_t;

typedef struct pn_group_member {
    int64_t order_id, group_id;
    const char *order_no;
    bool leader;
    pn_word state, order_status;
    pn_time at, paid_at;
} pn_group_member;

/** Join `group`, or, without one, open a group of one's own. */
struct pn_group_submit {
    int64_t groupbuy, group;
    int qty;
    const char *buyer_name, *phone;
    pn_word delivery;
    pn_rows attendees; /* pn_attendee */
    pn_money expect_fen;
    /** Where the group-buy says that one address does for all, whoever joins may leave it out. */
    PN_SEND_TO;
};
struct pn_group_show { int64_t id; };
struct pn_group_quit { int64_t order; const char *reason; };

PN_MUST int pn_group_submit(pn *p, const struct pn_group_submit *in, pn_order *out);
PN_MUST int pn_group_show(pn *p, const struct pn_group_show *in, pn_group *out);
PN_MUST int pn_group_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_group_members(pn *p, const pn_list *in, pn_page *out);
/** A paid member leaves an open group, where the offer allows it; refunded in full. */
PN_MUST int pn_group_quit(pn *p, const struct pn_group_quit *in, pn_order *out);

PN_END
#endif
