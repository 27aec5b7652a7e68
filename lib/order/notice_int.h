/* SPDX-License-Identifier: Apache-2.0 */
/* notice_int.h — texts and the events they answer. */
#ifndef PNI_NOTICE_H
#define PNI_NOTICE_H

#include "base/sql_int.h"
#include "order/notice.h"

#pragma GCC visibility push(hidden)

typedef struct pni_var { const char *name, *value; } pni_var;

/** The text of data/notice/KIND.txt with every {var} replaced. A variable that the message has no
 *  value for is an error naming it: half a message is never sent. */
PN_MUST int pni_notice_text(pn *p, const char *kind, const pni_var *vars, const char **body);
/** "12月1日 19:30", "19:30". */
const char *pni_when_short(pn *p, pn_time t);
const char *pni_clock(pn *p, pn_time t);
/** "1160" or "299.67". */
const char *pni_yuan(pn *p, int64_t fen);

/** Hand a message to the transport; *sent: it took it. */
PN_MUST int pni_notice_deliver(pn *p, const pn_notice *n, bool *sent);

/** What every message about an order may use. */
typedef struct pni_facts {
    int64_t id;
    const char *no, *kind, *show, *venue;
    pn_time start_at, hold_expires_at;
    int qty;
    pn_money payable_fen, paid_fen;
    pn_word delivery, channel;
    pn_bytes buyer_phone;
    const char *close_reason;
} pni_facts;
PN_MUST int pni_notice_facts(pn *p, int64_t order_id, pni_facts *out);
/** Queue a message; `more` (ended by NULL, may be NULL) comes before the common values. */
PN_MUST int pni_notice_post(pn *p, const pni_facts *f, const char *kind, int64_t about,
                            const pni_var *more);
/** What is said when an order of this kind is paid, in the place of the common words; *said tells
 *  whether there was anything. */
PN_MUST int pni_notice_kind_paid(pn *p, const pni_facts *f, bool *said);
extern const pn_event pni_notice_grab_authorised, pni_notice_grab_failed,
    pni_notice_grab_capture, pni_notice_group_joined, pni_notice_group_failed,
    pni_notice_later_deducted, pni_notice_later_failed;
extern const pn_sql pni_notice_wish_sql, pni_notice_group_sql, pni_notice_tier_sql;

extern const pn_event pni_notice_submitted, pni_notice_paid, pni_notice_replaced,
    pni_notice_expired, pni_notice_cancelled, pni_notice_received, pni_notice_rescheduled,
    pni_notice_regated, pni_notice_refunded;
extern const pn_sql pni_notice_put_sql, pni_notice_facts_sql, pni_notice_seats_sql,
    pni_notice_refund_sql, pni_notice_soon_sql;
extern const pn_op pni_notice_remind_op;
extern const pn_job pni_pay_remind_job;

#pragma GCC visibility pop
#endif
