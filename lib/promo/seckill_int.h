/* SPDX-License-Identifier: Apache-2.0 */
/* seckill_int.h — what the files of seckill share, and what orders need of it. */
#ifndef PNI_SECKILL_H
#define PNI_SECKILL_H

#include "base/sql_int.h"
#include "promo/seckill.h"

#pragma GCC visibility push(hidden)

/** Whether it is open is told by the clock of the server, never by the job having run. */
enum { PNI_SECKILL_EARLY = 1, PNI_SECKILL_OPEN, PNI_SECKILL_OVER };
int pni_seckill_when(pn_time now, pn_word state, pn_time open_at, pn_time close_at);

/** Does the account ask too often, or too many of the address it asks from? PN_ERATE. A request
 *  that is tried again by itself counts once. As this process knows it, at no cost. */
PN_MUST int pni_seckill_rate(pn *p);
/** The same of all requests that are not refused yet, as all processes know it: best pni_apart(),
 *  so that nobody waits for it. */
PN_MUST int pni_seckill_rates(pn *p, const pn_batch *b);
/** Forget who has not asked for a minute. */
PN_MUST int pni_seckill_forget(pn *p);
/** Only people buy here: PN_EPERM for everybody else. */
PN_MUST int pni_seckill_person(pn *p);
/** The token of the acting account. */
PN_MUST int pni_seckill_token(pn *p, int64_t id, const char **token);

PN_MUST int pni_seckill_row(pn *p, int64_t id, pn_seckill *out);

/** What moves an activity, as it stands under the lock of its tier's stock. */
typedef struct pni_seckill {
    int64_t id, session_id, tier_id;
    int stock, taken, offered;
    pn_word state;
    pn_time open_at, close_at;
} pni_seckill;
/** Lock the own lot of the tier and then the activity itself. */
PN_MUST int pni_seckill_lock(pn *p, int64_t id, pni_seckill *out, int *free, int *by_seat);
/** End it: what nobody took is free again, offers lapse. */
PN_MUST int pni_seckill_close(pn *p, const pni_seckill *a, const char *reason);

extern const pn_fsm pni_seckill_fsm;
extern const pn_op pni_seckill_step_op;
extern const pn_job pni_seckill_step_job;
extern const pn_sql pni_seckill_move_sql, pni_seckill_lot_sql, pni_seckill_lock_sql,
    pni_seckill_held_sql, pni_seckill_drop_sql, pni_seckill_lapse_sql, pni_seckill_offer_sql,
    pni_seckill_due_sql, pni_seckill_count_sql, pni_seckill_uncount_sql;

#pragma GCC visibility pop
#endif
