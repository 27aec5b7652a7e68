/* SPDX-License-Identifier: Apache-2.0 */
/* follow_price.h — offers whose price follows another's: the lowest of the tier, a competitor's,
 * or a part of the face price. */
#ifndef PN_FOLLOW_PRICE_H
#define PN_FOLLOW_PRICE_H

#include "base/op.h"

PN_BEGIN

#define PN_FOLLOW_TARGETS(W)                                                                       \
    W(FOLLOW, LOWEST, N_("The lowest offer"), 0)                                                   \
    W(FOLLOW, COMPETITOR, N_("A competitor"), 0)                                                   \
    W(FOLLOW, FACE, N_("Part of the face price"), 0)
enum { PN_FOLLOW_UNSET, PN_FOLLOW_TARGETS(PN_WORD_ENUM) };
#define PN_FOLLOW_SOURCES(W)                                                                       \
    W(FEED, MAOYAN, N_("Maoyan"), 0) W(FEED, DAMAI, N_("Damai"), 0) W(FEED, OTHER, N_("Other"), 0)
enum { PN_FEED_UNSET, PN_FOLLOW_SOURCES(PN_WORD_ENUM) };
#define PN_FOLLOW_DIRECTIONS(W)                                                                    \
    W(FOLLOW, DOWN_ONLY, N_("Down only"), 0) W(FOLLOW, BOTH, N_("Up and down"), 0)
enum { PN_DIRECTION_UNSET, PN_DIRECTION_DOWN_ONLY, PN_DIRECTION_BOTH };
#define PN_FOLLOW_STATES(W)                                                                        \
    W(FOLLOWS, ACTIVE, N_("Active"), 'g') W(FOLLOWS, LOOPED, N_("Stopped: a chase"), 'b')          \
    W(FOLLOWS, STOPPED, N_("Stopped"), 'd')
enum { PN_FOLLOWS_UNSET, PN_FOLLOW_STATES(PN_WORD_ENUM) };
/** Why a look changed the price, or left it. */
#define PN_FOLLOW_RESULTS(W)                                                                       \
    W(LOOK, MOVED, N_("Moved"), 'g') W(LOOK, SAME, N_("As it should be"), 'g')                   \
    W(LOOK, SMALL, N_("Less than a step"), 'd') W(LOOK, UP, N_("Would go up"), 'd')                \
    W(LOOK, SOON, N_("Changed a moment ago"), 'w') W(LOOK, OFTEN, N_("Changed too often"), 'w')    \
    W(LOOK, LOOP, N_("Two chase each other"), 'b') W(LOOK, STALE, N_("The feed is old"), 'b')      \
    W(LOOK, NONE, N_("Nothing to follow"), 'd') W(LOOK, BOUND, N_("No room between bounds"), 'w')
enum { PN_LOOK_UNSET, PN_FOLLOW_RESULTS(PN_WORD_ENUM) };
extern const pn_words pn_follow_targets[], pn_follow_sources[], pn_follow_directions[],
    pn_follow_states[], pn_follow_results[];

typedef struct pn_follow_price {
    int64_t listing_id, merchant_id, tier_id;
    const char *show, *tier;
    pn_money ask_fen, sale_fen;
    pn_word target, source;
    int face_bp;
    pn_money step_fen;
    pn_word direction;
    pn_money floor_fen, cap_fen, follow_fen; /* floor, cap 0: the offer's own bounds alone */
    pn_word state, result;
    pn_time looked_at, changed_at;
    int hour_n;
} pn_follow_price;
extern const pn_type pn_follow_price_t;

struct pn_follow_price_set {
    int64_t listing;
    pn_word target, source;
    int face_bp;
    pn_money step_fen; /* added to what is followed; default: a yuan less, of face: nothing */
    pn_word direction; /* default: down only */
    pn_money floor_fen, cap_fen;
};
struct pn_follow_price_show { int64_t listing; };
struct pn_follow_price_stop { int64_t listing; };
struct pn_follow_price_resume { int64_t listing; };
struct pn_follow_price_feed { int64_t tier; pn_word source; pn_money price_fen; pn_time at; };
typedef struct pn_fed { int64_t tier; pn_word source; pn_money price_fen; pn_time at; } pn_fed;

/** Make or change the rule of an offer, and look at once. */
PN_MUST int pn_follow_price_set(pn *p, const struct pn_follow_price_set *in,
                                pn_follow_price *out);
PN_MUST int pn_follow_price_show(pn *p, const struct pn_follow_price_show *in,
                                 pn_follow_price *out);
PN_MUST int pn_follow_price_list(pn *p, const pn_list *in, pn_page *out);
/** The price is again what the price rules make of the asked one. */
PN_MUST int pn_follow_price_stop(pn *p, const struct pn_follow_price_stop *in,
                                 pn_follow_price *out);
PN_MUST int pn_follow_price_resume(pn *p, const struct pn_follow_price_resume *in,
                                   pn_follow_price *out);
/** What a competitor asks for a ticket of a tier. */
PN_MUST int pn_follow_price_feed(pn *p, const struct pn_follow_price_feed *in, pn_fed *out);

PN_END
#endif
