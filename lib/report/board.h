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
    int64_t sold, total, admitted, refused;
} pn_board_session;

#define PN_BOARD_DAYS(W)                                                                           \
    W(BOARD, TODAY, N_("Today"), 0)                                                                \
    W(BOARD, YESTERDAY, N_("Yesterday by now"), 0)                                                 \
    W(BOARD, WEEK, N_("A week ago by now"), 0)
enum { PN_BOARD_UNSET, PN_BOARD_DAYS(PN_WORD_ENUM) };
extern const pn_words pn_board_days[];

/** A day as far as the clock has come today, so that it can be compared with today. */
typedef struct pn_board_day {
    pn_word which;
    pn_date day;
    int64_t orders, tickets;
    pn_money sales_fen, refunds_fen;
} pn_board_day;

/** Figures of one business day, from the orders submitted on it; organisers see their shows,
 *  merchants what was sold of theirs. */
typedef struct pn_board {
    pn_date day;
    int64_t orders, tickets;
    pn_money sales_fen, refunds_fen;
    int64_t unpaid, admitted;
    int64_t alarms;                   /* that nobody has closed */
    int64_t jobs_failed, events_late; /* of the last day; waiting for over a minute */
    int64_t offers, offered;          /* a merchant's: live ones, and the tickets left of them */
    pn_rows days;     /* pn_board_day: today, yesterday, a week ago */
    pn_rows sessions; /* pn_board_session, by time, at most 200 */
} pn_board;

/** What waits for somebody: the rows of a list that a filter leaves, and since when the oldest of
 *  them does. */
typedef struct pn_board_wait {
    pn_word what; /* of pn_board_waits_of */
    const char *list, *filter;
    int64_t rows;
    pn_money fen;
    pn_time since;
} pn_board_wait;
typedef struct pn_board_waiting {
    pn_rows waits; /* pn_board_wait, what waits longest first */
} pn_board_waiting;
extern const pn_words pn_board_waits_of[];

struct pn_board_today; /* takes nothing: pass NULL */
struct pn_board_waits;
PN_MUST int pn_board_today(pn *p, const struct pn_board_today *in, pn_board *out);
PN_MUST int pn_board_waits(pn *p, const struct pn_board_waits *in, pn_board_waiting *out);

extern const pn_module pn_board_module;

PN_END
#endif
