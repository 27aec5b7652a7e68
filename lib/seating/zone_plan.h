/* SPDX-License-Identifier: Apache-2.0 */
/* zone_plan.h — the cut of a hall's seats for one session (票版): seat → zone → tier.
 *
 * A cut is drafted, looked at, and goes live as a whole: from then on its tiers are sold by seat.
 * A later version may move what is free; a sold or locked seat keeps its tier and its place. */
#ifndef PN_ZONE_PLAN_H
#define PN_ZONE_PLAN_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_ZONE_PLAN_STATES(W)                                                                     \
    W(ZONE_PLAN, DRAFT, N_("Draft"), 'w') W(ZONE_PLAN, LIVE, N_("Live"), 'g')                      \
    W(ZONE_PLAN, RETIRED, N_("Retired"), 'd')
enum { PN_ZONE_PLAN_UNSET, PN_ZONE_PLAN_STATES(PN_WORD_ENUM) };
// clang-format on
extern const pn_words pn_zone_plan_states[];

typedef struct pn_zone_plan {
    int64_t id, session_id, plan_id;
    const char *session, *show;
    int version;
    pn_word state;
    int zones, seats;
    int64_t author_id;
    const char *author;
    pn_time live_at, created_at;
} pn_zone_plan;

typedef struct pn_zone {
    int64_t id, zone_plan_id, session_id, tier_id;
    int no;
    const char *name, *tier;
    pn_money face_price;
    const char *colour, *gate_group;
    int seats;
} pn_zone;

/** `seats`: sections, rows or seats in words: "A区; B区/1..5; @VIP; -A区/1/8". */
typedef struct pn_zone_ask {
    const char *name;
    int64_t tier;
    const char *colour, *gate_group, *seats;
} pn_zone_ask;

/** `plan` absent: that of the live version, else the newest of the hall. */
struct pn_zone_plan_draft { int64_t session, plan; pn_rows zones; };
struct pn_zone_plan_show { int64_t id; };
/** Under a published show by another person than the author (PN_EDUAL). PN_ESTATE names sold and
 *  locked seats that would lose their tier. PN_ECAP: more seats than are approved. */
struct pn_zone_plan_live { int64_t id; const char *reason; };
struct pn_zone_plan_withdraw { int64_t id; const char *reason; };
struct pn_zone_plan_diff { int64_t id; };
/** What going live would do to `seats` seats; `taken` of them are sold or locked and forbid it,
 *  `kept` are and go along within their tier. */
typedef struct pn_zone_change {
    const char *from_zone, *to_zone;
    int64_t from_tier, to_tier;
    int seats, taken, kept;
    const char *first;
} pn_zone_change;
typedef struct pn_zone_changes { pn_rows changes; } pn_zone_changes;

PN_MUST int pn_zone_plan_draft(pn *p, const struct pn_zone_plan_draft *in, pn_zone_plan *out);
PN_MUST int pn_zone_plan_show(pn *p, const struct pn_zone_plan_show *in, pn_zone_plan *out);
PN_MUST int pn_zone_plan_diff(pn *p, const struct pn_zone_plan_diff *in, pn_zone_changes *out);
PN_MUST int pn_zone_plan_live(pn *p, const struct pn_zone_plan_live *in, pn_zone_plan *out);
PN_MUST int pn_zone_plan_withdraw(pn *p, const struct pn_zone_plan_withdraw *in,
                                  pn_zone_plan *out);
PN_MUST int pn_zone_plan_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_zone_plan_zones(pn *p, const pn_list *in, pn_page *out);

extern const pn_module pn_zone_plan_module;

PN_END
#endif
