/* SPDX-License-Identifier: Apache-2.0 */
/* follow_int.h — whether a price that follows another moves, and where to. Pure. */
#ifndef PNI_FOLLOW_H
#define PNI_FOLLOW_H

#include "goods/follow_price.h"

#pragma GCC visibility push(hidden)

typedef struct pni_follow {
    /* the rule */
    int direction;
    int64_t step_fen, floor_fen, cap_fen; /* of its own; 0: none */
    int64_t cooldown_us, hour_most, loop_us, loop_turns;
    /* what became of it so far; 0: never */
    int64_t changed_us, hour_from_us;
    int hour_n;
    /* what it sees */
    int64_t now_us, sale_fen, target_fen; /* 0: nothing to follow */
    int64_t least_fen, most_fen;          /* of the three prices */
    bool stale;
    int64_t leader_changed_us; /* of an offer that follows itself, 0: it does not */
    int leader_chase;
} pni_follow;

typedef struct pni_followed {
    int result;     /* PN_LOOK_… */
    int64_t fen;    /* the new price, of MOVED */
    int hour_n, chase;
    int64_t hour_from_us;
} pni_followed;

/** What the event that people are told by says: LOOP or STALE. */
#define PNI_FOLLOW_ALARM "follow_price.alarm"
typedef struct pni_follow_alarm { int64_t id; pn_word result; } pni_follow_alarm;
extern const pn_type pni_follow_alarm_t;

void pni_follow_look(const pni_follow *f, pni_followed *out);

#pragma GCC visibility pop
#endif
