/* SPDX-License-Identifier: Apache-2.0 */
/* grab_int.h — what the files of grabs share. */
#ifndef PNI_GRAB_H
#define PNI_GRAB_H

#include "catalog/free_int.h"
#include "order/grab.h"
#include "order/payment_int.h"
#include "order/sale_int.h"

#pragma GCC visibility push(hidden)

enum { PNI_GRAB_TIERS = 20, PNI_GRAB_LOG = 20, PNI_GRAB_SPEED = 30 };

PN_MUST int pni_grab_row(pn *p, int64_t order_id, pn_grab *out);
/** Take an open grab out of its queue for good: the order goes to `to` by `event`, what was paid
 *  goes back. PN_ESTATE when it is not in `from` any more. */
PN_MUST int pni_grab_end(pn *p, int64_t order_id, const char *from, const char *event,
                         const char *to, const char *reason);
/** One more (+1) or one less open grab of this buyer; PN_ELIMIT above the rule. */
PN_MUST int pni_grab_count(pn *p, pn_bytes buyer, int by);

/** The money of a grab is frozen: it waits with it. *done: it was wanted. */
PN_MUST int pni_grab_frozen(pn *p, int64_t payment_id, const char *provider_no, pn_money fen,
                            bool *done);
/** Tickets were locked for a grab whose money is frozen: note what is to be taken. */
PN_MUST int pni_grab_begin(pn *p, const pni_deal *d);
/** Ask the holder for it, with no transaction open; the answer is recorded. */
PN_MUST int pni_grab_ask(pn *p, int64_t order_id);
PN_MUST int pni_grab_collect(pn *p, const pni_provider *v, int64_t payment_id, int64_t order_id,
                             pn_money fen, int polls);
/** Let go what is frozen and not asked for any more. */
PN_MUST int pni_grab_release(pn *p, int64_t order_id);

/** Merchants with tickets of a session and their numbers, for asking whose a buyer is. */
typedef struct pni_grab_seller { int64_t id; pn_bytes sealed; const char *phone; } pni_grab_seller;
PN_MUST int pni_grab_sellers(pn *p, int64_t session_id, pn_rows *out);
/** Those of them that the buyer is one of: his number, his account's, his employer. */
PN_MUST int pni_grab_own(pn *p, const pn_rows *sellers, int64_t employer, const char *phone,
                         const char *account_phone, pni_ask *io);

/** Serve the queue of a session with what is free there. */
PN_MUST int pni_grab_match_session(pn *p, int64_t session_id, int64_t *done);

/** Events by which tickets appear. */
extern const pn_event pni_grab_wakes[12];
extern const pn_op pni_grab_assist_op, pni_grab_take_op, pni_grab_capture_failed_op,
    pni_grab_woken_op, pni_grab_captured_op, pni_grab_uncaptured_op;
extern const pn_job pni_grab_match_job, pni_grab_wake_job;
extern const pn_sql pni_grab_look_sql, pni_grab_help_sql, pni_grab_boost_sql, pni_grab_known_sql,
    pni_grab_day_sql, pni_grab_sessions_sql, pni_grab_queue_sql, pni_grab_lock_sql,
    pni_grab_tiers_sql, pni_grab_people_sql, pni_grab_sell_sql, pni_grab_log_sql,
    pni_grab_tried_sql, pni_grab_wake_sql, pni_grab_of_order_sql, pni_grab_of_listing_sql,
    pni_grab_due_sql,
    pni_grab_woken_sql, pni_grab_freeze_sql, pni_grab_begin_sql, pni_grab_captured_sql,
    pni_grab_undo_sql, pni_grab_blank_sql, pni_grab_asked_sql, pni_grab_release_sql,
    pni_grab_extra_sql, pni_grab_part_sql, pni_grab_sellers_sql;

#pragma GCC visibility pop
#endif
