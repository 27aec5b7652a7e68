/* SPDX-License-Identifier: Apache-2.0 */
/* hall_int.h — a hall with seats, and its cut, for the tests of seating. */
#ifndef PN_TESTS_HALL_H
#define PN_TESTS_HALL_H

#include "catalog/season_int.h"
#include "seating/seat_plan.h"
#include "seating/zone_plan.h"

/** A place, a show "s" with session "s-1" and two tiers of stock 100 by quantity ("s-1-a" at 580,
 *  "s-1-b" at 480), and the CSV as the hall's seat plan. */
void make_hall(pn *p, const char *csv);
int64_t the_session(void);
int64_t tier_a(void);
int64_t tier_b(void);
/** Draft two zones, 前 of tier a and 后 of tier b (`b` may be NULL: one zone). */
int64_t draft(pn *p, const char *a, const char *b);
/** Draft and go live. */
int64_t go_live(pn *p, const char *a, const char *b);
/** The whole state adds up: counters of the lots are the sums of their masks, holds cover the held
 *  bits, stock moves sum up to totals. */
void adds_up(void);
/** As after a sale: put these seats of a block's row into `column` (busy, sold) with the counters.
 */
void take(int64_t tier, const char *section, const char *row, int64_t seats, const char *column);

#endif
