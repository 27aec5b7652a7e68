/* SPDX-License-Identifier: Apache-2.0 */
/* group_int.h — a group between its first paid order and its end. */
#ifndef PNI_GROUP_H
#define PNI_GROUP_H

#include "order/group.h"
#include "order/order_int.h"

#pragma GCC visibility push(hidden)

/** The offer as it stands, with the rules in force. */
typedef struct pni_group_offer {
    int64_t id, session_id, tier_id;
    int size;
    pn_money price_fen;
    pn_time starts_at, ends_at;
    bool live, allow_quit, one_address;
    int64_t hold_min, expire_h;
} pni_group_offer;
PN_MUST int pni_group_offer_get(pn *p, int64_t id, pni_group_offer *out);

/** A group whose row this transaction has locked: whoever joins, leaves or ends it holds it. */
typedef struct pni_group {
    int64_t id, activity_id, leader_id;
    int size, paid;
    pn_word state;
    pn_time expires_at;
    bool sent; /* its leader has an address */
} pni_group;
PN_MUST int pni_group_lock(pn *p, int64_t id, pni_group *out);
/** Why nobody can join it (any more), NULL: one can. */
const char *pni_group_shut(const pn *p, const pni_group *g);
PN_MUST int pni_group_row(pn *p, int64_t id, pn_group *out);

extern const pn_fsm pni_group_fsm;
extern const pn_op pni_group_quit_op, pni_group_fail_op;
extern const pn_event pni_group_paid_event;
extern const pn_job pni_group_expire_job;
extern const pn_sql pni_group_asked_sql, pni_group_open_sql, pni_group_join_sql,
    pni_group_leave_sql, pni_group_refuse_sql, pni_group_form_sql, pni_group_fail_sql,
    pni_group_fill_sql, pni_group_over_sql, pni_group_move_sql;

#pragma GCC visibility pop
#endif
