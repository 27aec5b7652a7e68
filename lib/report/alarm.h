/* SPDX-License-Identifier: Apache-2.0 */
/* alarm.h — what somebody has to look at: two offers that chase each other's price, a budget that
 * runs out, a payment that nobody answers for. Each is told once, until it is closed. */
#ifndef PN_ALARM_H
#define PN_ALARM_H

#include "base/op.h"

PN_BEGIN

#define PN_ALARM_KINDS(W)                                                                          \
    W(ALARM, FOLLOW_LOOP, N_("Two prices chase each other"), 'b')                                  \
    W(ALARM, FOLLOW_STALE, N_("A competitor's prices are old"), 'w')                               \
    W(ALARM, BUDGET_LOW, N_("A campaign budget runs out"), 'w')                                    \
    W(ALARM, BUDGET_OUT, N_("A campaign budget is used up"), 'b')                                  \
    W(ALARM, PAYMENT, N_("A payment needs somebody"), 'b')                                         \
    W(ALARM, REFUND, N_("A refund needs somebody"), 'b')                                           \
    W(ALARM, SHIFT_LONG, N_("A shift is open for too long"), 'w')                                  \
    W(ALARM, SHIFT_ODD, N_("A drawer is over or short"), 'b')                                      \
    W(ALARM, REFUND_TWICE, N_("Paid back by hand and by the provider"), 'b')                       \
    W(ALARM, DEPOSIT_LOST, N_("An offer lost its deposit"), 'w')                                   \
    W(ALARM, EVENT_STUCK, N_("An event is refused again and again"), 'b')                          \
    W(ALARM, BOOKS, N_("The books do not add up"), 'b')                                            \
    W(ALARM, FEE_OVERDUE, N_("An organiser has not paid its fees"), 'w')                           \
    W(ALARM, REFUND_OPEN, N_("A refund is undecided long after the show"), 'b')                    \
    W(ALARM, LICENCE_ENDS, N_("A licence of a merchant ends"), 'w')                               \
    W(ALARM, SEATS_BACK, N_("Seats on offer came back to the organiser"), 'b')
enum { PN_ALARM_UNSET, PN_ALARM_KINDS(PN_WORD_ENUM) };
#define PN_ALARM_STATES(W)                                                                         \
    W(ALARM_IS, OPEN, N_("Not dealt with"), 'b')                                                   \
    W(ALARM_IS, TAKEN, N_("Somebody is on it"), 'w')                                               \
    W(ALARM_IS, CLOSED, N_("Closed"), 'd')
enum { PN_ALARM_IS_UNSET, PN_ALARM_STATES(PN_WORD_ENUM) };
extern const pn_words pn_alarm_kinds[], pn_alarm_advice[], pn_alarm_states[];

typedef struct pn_alarm {
    int64_t id;
    pn_word kind;
    const char *noun; /* what it is about … */
    int64_t ref;      /* … its number … */
    const char *about; /* … and its name */
    int64_t merchant_id; /* whose it is, 0: ours */
    int times;
    pn_word state, advice; /* of its kind: what to do */
    const char *taken_by, *closed_by, *reason;
    pn_time at, taken_at, closed_at;
} pn_alarm;
extern const pn_type pn_alarm_t;

struct pn_alarm_show { int64_t id; };
struct pn_alarm_take { int64_t id; };
struct pn_alarm_close { int64_t id; const char *reason; };

PN_MUST int pn_alarm_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_alarm_show(pn *p, const struct pn_alarm_show *in, pn_alarm *out);
/** I look after it. */
PN_MUST int pn_alarm_take(pn *p, const struct pn_alarm_take *in, pn_alarm *out);
/** It is seen to; the same again is a new alarm. */
PN_MUST int pn_alarm_close(pn *p, const struct pn_alarm_close *in, pn_alarm *out);

extern const pn_module pn_alarm_module;

PN_END
#endif
