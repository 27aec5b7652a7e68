/* SPDX-License-Identifier: Apache-2.0 */
/* point.h — points of buyers: earned by completed orders, spent as a step of an order's price,
 * given back with it, ended by time. What an account has is the sum of its moves, never below
 * zero. */
#ifndef PN_POINT_H
#define PN_POINT_H

#include "base/op.h"

PN_BEGIN

#define PN_POINT_KINDS(W)                                                                          \
    W(POINT, EARN, N_("Earned by an order"), 'g')                                                  \
    W(POINT, SPEND, N_("Spent on an order"), 0)                                                    \
    W(POINT, RETURN, N_("Given back by a refund"), 'g')                                            \
    W(POINT, TAKE_BACK, N_("Taken back by a refund"), 'w')                                         \
    W(POINT, EXPIRE, N_("Expired"), 'd')                                                           \
    W(POINT, ADJUST, N_("Adjusted"), 0)                                                            \
    W(POINT, SIGN_IN, N_("For signing in"), 'g')                                                   \
    W(POINT, FIRST_ORDER, N_("For the first order"), 'g')
enum { PN_POINT_UNSET, PN_POINT_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_point_kinds[];

/** What an account has. `held` waits with unpaid orders, `free` may be spent. */
typedef struct pn_point {
    int64_t buyer_id, points, held, free;
    pn_money worth_fen;  /* of the free ones */
    pn_date expires_on;  /* when some may end next; absent: none */
    pn_time updated_at;
} pn_point;
extern const pn_type pn_point_t;

/** A line of the statement: numbered, with the balance after it. */
typedef struct pn_point_move {
    int64_t id, buyer_id;
    int no;
    pn_word kind;
    int64_t points, balance;
    pn_money value_fen;
    int64_t order_id, ref_id;
    pn_date expires_on;
    pn_time at;
    int64_t refund_id, adjustment_id; /* ref_id again, by what it is */
} pn_point_move;
extern const pn_type pn_point_move_t;

#define PN_POINT_ADJUSTMENT_STATES(W)                                                              \
    W(POINT_ADJUSTMENT, PROPOSED, N_("Proposed"), 'w')                                             \
    W(POINT_ADJUSTMENT, DONE, N_("Done"), 'g')                                                     \
    W(POINT_ADJUSTMENT, REJECTED, N_("Rejected"), 'd')
enum { PN_POINT_ADJUSTMENT_UNSET, PN_POINT_ADJUSTMENT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_point_adjustment_states[];

typedef struct pn_point_adjustment {
    int64_t id, buyer_id, points;
    const char *reason;
    pn_word state;
    int64_t proposed_by, decided_by;
    pn_time created_at, decided_at;
    const char *answer;
} pn_point_adjustment;
extern const pn_type pn_point_adjustment_t;

struct pn_point_show { int64_t buyer; };
struct pn_point_sign_in { const char *note; };
struct pn_point_adjustment_show { int64_t id; };
struct pn_point_adjustment_create { int64_t buyer, points; const char *reason; };
struct pn_point_adjustment_approve { int64_t id; const char *answer; };
struct pn_point_adjustment_reject { int64_t id; const char *answer; };

PN_MUST int pn_point_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_point_show(pn *p, const struct pn_point_show *in, pn_point *out);
/** A buyer's own, once a day. PN_EEXISTS: he has them. */
PN_MUST int pn_point_sign_in(pn *p, const struct pn_point_sign_in *in, pn_point *out);
/** Of the actor's own account … */
PN_MUST int pn_point_mine(pn *p, const pn_list *in, pn_page *out);
/** … and of any. */
PN_MUST int pn_point_moves(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_point_adjustment_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_point_adjustment_show(pn *p, const struct pn_point_adjustment_show *in,
                                     pn_point_adjustment *out);
/** Done at once up to the rule's number, above it when another person approves. PN_EBALANCE: the
 *  account has not so many to take. */
PN_MUST int pn_point_adjustment_create(pn *p, const struct pn_point_adjustment_create *in,
                                       pn_point_adjustment *out);
/** PN_EDUAL: by whoever proposed it. */
PN_MUST int pn_point_adjustment_approve(pn *p, const struct pn_point_adjustment_approve *in,
                                        pn_point_adjustment *out);
PN_MUST int pn_point_adjustment_reject(pn *p, const struct pn_point_adjustment_reject *in,
                                       pn_point_adjustment *out);

PN_END
#endif
