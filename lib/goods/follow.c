/* SPDX-License-Identifier: Apache-2.0 */
/* follow.c — see follow_int.h. Two offers that undercut each other end where one of them has
 * answered the other so often in a few minutes: it stands, and a person says how to go on. */
#include "goods/follow_int.h"

#include "goods/price_int.h"

#include <stdlib.h>

enum { YUAN = 100 };
static const int64_t HOUR_US = 3600LL * 1000000;

static int64_t within(const pni_follow *f, int64_t fen, bool *room)
{
    int64_t least = f->floor_fen > f->least_fen ? f->floor_fen : f->least_fen;
    int64_t most = f->cap_fen && f->cap_fen < f->most_fen ? f->cap_fen : f->most_fen;
    least = pni_up_yuan(least);
    most -= most % YUAN;
    *room = least <= most;
    return fen < least ? least : fen > most ? most : fen;
}

/* Did the one that is followed move in answer to others that follow, and how often by now? */
static int chase(const pni_follow *f)
{
    bool answers = f->leader_changed_us && f->now_us - f->leader_changed_us <= f->loop_us;
    return answers ? f->leader_chase + 1 : 0;
}

void pni_follow_look(const pni_follow *f, pni_followed *out)
{
    bool room, fresh_hour = !f->hour_from_us || f->now_us - f->hour_from_us >= HOUR_US;
    int64_t least_step = labs((long)f->step_fen) > YUAN ? labs((long)f->step_fen) : YUAN;
    *out = (pni_followed){.hour_n = fresh_hour ? 0 : f->hour_n,
                          .hour_from_us = fresh_hour ? f->now_us : f->hour_from_us};
    if (f->stale) {
        out->result = PN_LOOK_STALE;
        return;
    }
    if (f->target_fen <= 0) {
        out->result = PN_LOOK_NONE;
        return;
    }
    int64_t to = within(f, pni_up_yuan(f->target_fen + f->step_fen), &room);
    int64_t by = to - f->sale_fen;
    out->chase = chase(f);
    out->result = !room                                               ? PN_LOOK_BOUND
                  : by == 0                                           ? PN_LOOK_SAME
                  : by > 0 && f->direction != PN_DIRECTION_BOTH       ? PN_LOOK_UP
                  : labs((long)by) < least_step                       ? PN_LOOK_SMALL
                  : f->changed_us &&
                          f->now_us - f->changed_us < f->cooldown_us  ? PN_LOOK_SOON
                  : out->hour_n >= f->hour_most                       ? PN_LOOK_OFTEN
                  : out->chase >= f->loop_turns                       ? PN_LOOK_LOOP
                                                                      : PN_LOOK_MOVED;
    if (out->result != PN_LOOK_MOVED)
        return;
    out->fen = to;
    out->hour_n++;
}
