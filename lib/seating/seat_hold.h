/* SPDX-License-Identifier: Apache-2.0 */
/* seat_hold.h — tickets withheld from sale, by owner. A hold is over when its time is, whether or
 * not the job that writes it down has run. */
#ifndef PN_SEAT_HOLD_H
#define PN_SEAT_HOLD_H

#include "base/op.h"

PN_BEGIN

// clang-format off
#define PN_HOLD_KINDS(W)                                                                           \
    W(HOLD, ORGANISER, N_("Organiser"), 'w') W(HOLD, HOUSE, N_("House"), 'w')                      \
    W(HOLD, WORK, N_("Staff passes"), 'w') W(HOLD, GIFT, N_("Gift"), 'w')                          \
    W(HOLD, CHANNEL, N_("Channel"), 'w') W(HOLD, KILL, N_("Not sold"), 'b')                        \
    W(HOLD, OBSTRUCTED, N_("Obstructed view"), 'b')                                               \
    W(HOLD, MERCHANT, N_("On offer by a merchant"), 'w')
#define PN_HOLD_STATES(W)                                                                          \
    W(HOLD_STATE, ACTIVE, N_("Withheld"), 'w') W(HOLD_STATE, RELEASED, N_("Released"), 'd')        \
    W(HOLD_STATE, EXPIRED, N_("Expired"), 'd')
enum { PN_HOLD_UNSET, PN_HOLD_KINDS(PN_WORD_ENUM) };
enum { PN_HOLD_STATE_UNSET, PN_HOLD_STATES(PN_WORD_ENUM) };
// clang-format on
extern const pn_words pn_hold_kinds[], pn_hold_states[];

typedef struct pn_seat_hold {
    int64_t id, session_id;
    const char *session, *show;
    pn_word kind;
    const char *channel, *reason;
    int qty;
    pn_texts seats; /* of one hold, at most 500 */
    pn_time expires_at;
    pn_word state;
    const char *by;
    pn_time created_at, released_at;
} pn_seat_hold;

/** By seat (`seats` in words: A区/1..3; B区/5/12), or `qty` tickets of `tier`, or of a `zone`: the
 *  best that are left. PN_ESEAT_TAKEN names a seat that is not free, PN_ESTOCK: fewer are left,
 *  PN_ECAP: more than the part of a large show that may be withheld (policy seating.hold_max_bp).
 */
struct pn_seat_hold_place {
    int64_t session;
    pn_word kind;
    const char *seats, *zone;
    int64_t tier;
    int qty;
    const char *channel, *reason;
    pn_time expires_at;
};
struct pn_seat_hold_show { int64_t id; };
/** All of it, or only `seats`. */
struct pn_seat_hold_release { int64_t id; const char *seats, *reason; };
struct pn_seat_hold_sweep { int64_t sk; };
typedef struct pn_seat_holds_swept { int64_t released; } pn_seat_holds_swept;

PN_MUST int pn_seat_hold_place(pn *p, const struct pn_seat_hold_place *in, pn_seat_hold *out);
PN_MUST int pn_seat_hold_show(pn *p, const struct pn_seat_hold_show *in, pn_seat_hold *out);
PN_MUST int pn_seat_hold_release(pn *p, const struct pn_seat_hold_release *in, pn_seat_hold *out);
PN_MUST int pn_seat_hold_sweep(pn *p, const struct pn_seat_hold_sweep *in,
                               pn_seat_holds_swept *out);
PN_MUST int pn_seat_hold_list(pn *p, const pn_list *in, pn_page *out);

extern const pn_module pn_seat_hold_module;

PN_END
#endif
