/* SPDX-License-Identifier: Apache-2.0 */
/* session_int.h — what the two files of the session share: its row and its course. */
#ifndef PNI_SESSION_H
#define PNI_SESSION_H

#include "session.h"
#include "row_int.h"
#include "base/policy_int.h"

#pragma GCC visibility push(hidden)

/* The verbs and statements of course.c, for the module constant in session.c. */
extern const pn_op
    pni_session_open_presale_op, pni_session_open_sale_op, pni_session_suspend_op,
    pni_session_resume_op, pni_session_stop_sale_op, pni_session_doors_open_op,
    pni_session_end_op, pni_session_postpone_op, pni_session_reschedule_op,
    pni_session_cancel_op, pni_session_agree_cancel_op, pni_session_weather_interrupt_op,
    pni_session_abandon_op, pni_session_archive_op, pni_session_tick_op;
#define PNI_SESSION_COURSE_OPS                                                                     \
    &pni_session_open_presale_op, &pni_session_open_sale_op,                                       \
    &pni_session_suspend_op, &pni_session_resume_op,                                               \
    &pni_session_stop_sale_op, &pni_session_doors_open_op,                                         \
    &pni_session_end_op, &pni_session_postpone_op,                                                 \
    &pni_session_reschedule_op, &pni_session_cancel_op,                                            \
    &pni_session_agree_cancel_op, &pni_session_weather_interrupt_op,                               \
    &pni_session_abandon_op, &pni_session_archive_op,                                              \
    &pni_session_tick_op
extern const pn_sql pni_session_stand, pni_session_move, pni_session_shift, pni_session_taken,
    pni_session_asked, pni_session_log, pni_session_agreed, pni_session_due, pni_session_rain;
#define PNI_SESSION_COURSE_SQL                                                                     \
    &pni_session_stand, &pni_session_move, &pni_session_shift, &pni_session_taken,                 \
    &pni_session_asked, &pni_session_log, &pni_session_agreed, &pni_session_due,                   \
    &pni_session_rain
extern const pn_fsm pni_session_fsm;
extern const pn_job pni_session_tick_job;

extern const pni_noun pni_session_noun;
PN_MUST int pni_session_row(pn *p, int64_t id, pn_session *out);

#pragma GCC visibility pop
#endif
