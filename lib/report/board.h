/* SPDX-License-Identifier: Apache-2.0 */
/* board.h — the business day in figures, as the first screen shows it. */
#ifndef PN_BOARD_H
#define PN_BOARD_H

#include "base/op.h"

PN_BEGIN

/** A session of today. `admitted` counts tickets inside or already out again. */
typedef struct pn_board_session {
    int64_t session_id;
    pn_time start_at;
    const char *show, *venue;
    int64_t sold, total, admitted;
} pn_board_session;

/** Figures of one business day, from the orders submitted on it; organisers see their own. */
typedef struct pn_board {
    pn_date day;
    int64_t orders, tickets;
    pn_money sales_fen, refunds_fen;
    int64_t unpaid, admitted;
    int64_t alarms;                   /* that nobody has closed */
    int64_t jobs_failed, events_late; /* of the last day; waiting for over a minute */
    pn_rows sessions; /* pn_board_session, by time, at most 200 */
} pn_board;

struct pn_board_today; /* takes nothing: pass NULL */
PN_MUST int pn_board_today(pn *p, const struct pn_board_today *in, pn_board *out);

extern const pn_module pn_board_module;

PN_END
#endif
