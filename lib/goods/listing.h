/* SPDX-License-Identifier: Apache-2.0 */
/* listing.h — what a merchant offers: so many tickets of one tier, at a price, under rules.
 *
 * The state is what it is now: an offer without a free ticket is SOLD_OUT and one whose session
 * cannot be served any more is EXPIRED, whether a job has noticed it or not. */
#ifndef PN_LISTING_H
#define PN_LISTING_H

#include "catalog/tier.h"

PN_BEGIN

#define PN_LISTING_STATES(W)                                                                       \
    W(LISTING, DRAFT, N_("Draft"), 'w')                                                            \
    W(LISTING, PENDING_REVIEW, N_("Being reviewed"), 'w')                                          \
    W(LISTING, PENDING_DEPOSIT, N_("Awaits its deposit"), 'w')                                     \
    W(LISTING, LIVE, N_("On offer"), 'g')                                                          \
    W(LISTING, PAUSED, N_("Paused"), 'w')                                                          \
    W(LISTING, FROZEN, N_("Frozen"), 'b')                                                          \
    W(LISTING, SOLD_OUT, N_("Sold out"), 'd')                                                      \
    W(LISTING, EXPIRED, N_("Expired"), 'd')                                                        \
    W(LISTING, WITHDRAWN, N_("Withdrawn"), 'd')
enum { PN_LISTING_UNSET, PN_LISTING_STATES(PN_WORD_ENUM) };
#define PN_LISTING_KINDS(W)                                                                        \
    W(OFFER, SPOT, N_("Tickets in hand"), 0) W(OFFER, PRESALE, N_("Presale"), 0)                   \
    W(OFFER, TAIL, N_("Last tickets"), 0)
enum { PN_OFFER_UNSET, PN_LISTING_KINDS(PN_WORD_ENUM) };
/** How much is known of the seats: nothing, the area, the row, each seat by its number. */
#define PN_SEAT_MODES(W)                                                                           \
    W(BY, NONE, N_("Quantity"), 0) W(BY, AREA, N_("Area"), 0)                                      \
    W(BY, ROW, N_("Row"), 0) W(BY, SEAT, N_("Numbered seats"), 0)
enum { PN_BY_UNSET, PN_SEAT_MODES(PN_WORD_ENUM) };
#define PN_SPLIT_POLICIES(W)                                                                       \
    W(SPLIT, WHOLE, N_("All together"), 0) W(SPLIT, MULTIPLE, N_("In multiples"), 0)               \
    W(SPLIT, FREE, N_("Any number"), 0)
enum { PN_SPLIT_UNSET, PN_SPLIT_POLICIES(PN_WORD_ENUM) };
/** By when it ships: at a time, hours after the payment, before the start, after the release. */
#define PN_SHIP_KINDS(W)                                                                           \
    W(SHIP, FIXED, N_("At a time"), 0) W(SHIP, PAID, N_("Hours after payment"), 0)                 \
    W(SHIP, BEFORE, N_("Hours before the start"), 0)                                               \
    W(SHIP, RELEASE, N_("Hours after the release"), 0)
enum { PN_SHIP_UNSET, PN_SHIP_KINDS(PN_WORD_ENUM) };
#define PN_PRICE_KEPT(W)                                                                           \
    W(KEPT, CAP, N_("Rule above the cap"), 'b') W(KEPT, FLOOR, N_("Rule below the floor"), 'b')
enum { PN_KEPT_UNSET, PN_PRICE_KEPT(PN_WORD_ENUM) };
#define PN_FROZEN_FOR(W)                                                                           \
    W(FROZEN, OPS, N_("Operations"), 0) W(FROZEN, MERCHANT, N_("Merchant suspended"), 0)
enum { PN_FROZEN_UNSET, PN_FROZEN_FOR(PN_WORD_ENUM) };
extern const pn_words pn_listing_states[], pn_listing_kinds[], pn_seat_modes[],
    pn_split_policies[], pn_ship_kinds[], pn_price_kept[], pn_frozen_for[];

typedef struct pn_listing {
    int64_t id;
    const char *code;
    int64_t merchant_id;
    const char *merchant;
    int64_t session_id;
    const char *show;
    pn_time start_at;
    int64_t tier_id;
    const char *tier;
    pn_word state, kind, seat_mode;
    const char *zone_name, *row_name;
    pn_texts seats;
    pn_money face_fen, ask_fen, sale_fen, settle_fen;
    int64_t rule_id;
    pn_word price_kept; /* a new rule would have broken a bound: the old prices stand */
    int total, locked, sold, available;
    bool over; /* cannot be served any more */
    int min_buy, max_buy;
    pn_word split_policy;
    int split_multiple;
    bool contiguous, no_single_left, soft_single, seat_pick, grab_eligible;
    pn_texts delivery_limits;
    pn_word special_kind, ship_by_kind;
    pn_time ship_by_at;
    int ship_by_hours;
    pn_time release_at;
    int boost;
    pn_time boost_until;
    int pin, risk;
    pn_money deposit_unit_fen, deposit_need_fen, deposit_quota_fen;
    pn_word frozen_for;
    const char *reason, *remark;
    int64_t author_id;
    int version;
    pn_time listed_at, created_at, updated_at;
    bool waits; /* for a review, for its deposit, or frozen */
} pn_listing;
extern const pn_type pn_listing_t;

typedef struct pn_price_change {
    pn_time at;
    pn_word reason; /* of pn_price_causes */
    int64_t rule_id;
    pn_money ask_before_fen, ask_fen, sale_before_fen, sale_fen, settle_before_fen, settle_fen;
    const char *by;
} pn_price_change;
typedef struct pn_deposit_move {
    pn_time at;
    pn_money delta_fen;
    const char *reason, *by;
} pn_deposit_move;
typedef struct pn_listing_detail {
    pn_listing row;
    const char *buyable;      /* "2, 3, 5": quantities that may be bought now */
    pn_rows prices, deposits; /* pn_price_change, pn_deposit_move; newest first */
} pn_listing_detail;

// clang-format off
#define PN_LISTING_RULES                                                                           \
    int min_buy, max_buy;                                                                          \
    pn_word split_policy;                                                                          \
    int split_multiple;                                                                            \
    pn_word contiguous, no_single_left, soft_single, seat_pick, grab_eligible;                     \
    pn_texts delivery_limits;                                                                      \
    pn_word special_kind, ship_by_kind;                                                            \
    pn_time ship_by_at;                                                                            \
    int ship_by_hours;                                                                             \
    pn_time release_at;                                                                            \
    const char *remark;
// clang-format on
/** A draft. `merchant` may be left out by its own staff. Seats: "section/row/1-4", each a run of
 *  adjacent seats ("1+3+5" where numbers skip); their number is the quantity. PN_ECAP, PN_EFLOOR:
 *  the price that buyers would see; PN_ESEAT_LISTED: another offers the seat. */
struct pn_listing_create {
    int64_t tier, merchant;
    const char *code;
    pn_money ask_fen;
    int qty;
    pn_word kind, seat_mode;
    const char *zone_name, *row_name;
    pn_texts seats;
    PN_LISTING_RULES
};
/** Price, quantity, rules; what is absent stays. At most 30 an hour while it is live (PN_ERATE). */
struct pn_listing_change {
    int64_t id;
    int version;
    pn_money ask_fen;
    int qty;
    const char *reason;
    pn_texts clear; /* "max_buy" "delivery_limits" "ship_by" "release_at" */
    PN_LISTING_RULES
};
struct pn_listing_show { int64_t id; };
/** On offer at once, unless somebody has to look at it or a deposit is missing. PN_ELIMIT: more
 *  offers than the level allows. */
struct pn_listing_submit { int64_t id; const char *reason; };
struct pn_listing_approve { int64_t id; const char *reason; };
struct pn_listing_reject { int64_t id; const char *reason; };
struct pn_listing_pause { int64_t id; const char *reason; };
struct pn_listing_resume { int64_t id; const char *reason; };
struct pn_listing_freeze { int64_t id; const char *reason; };
struct pn_listing_unfreeze { int64_t id; const char *reason; };
/** Not while an unpaid order holds one of its tickets. The deposit of the others is released. */
struct pn_listing_withdraw { int64_t id; const char *reason; };
/** Out of time: the sale has stopped, or nothing can be delivered any more. Else PN_ESTATE. */
struct pn_listing_expire { int64_t id; const char *reason; };
struct pn_listing_release { int64_t id; const char *reason; };
/** Tell once that it sold out, or that it has tickets again. */
struct pn_listing_follow { int64_t id; const char *reason; };
/** Money of its merchant's wallet is frozen for the offer, by the merchant or by finance; no
 *  amount: what is missing. Enough of it puts the offer live. */
struct pn_listing_fund { int64_t id; pn_money amount_fen; const char *reason; };
/** Rank added or taken away by operations, until a time. */
struct pn_listing_boost { int64_t id; int points; pn_time until; const char *reason; };
/** A fixed place in front of all ranked offers of the session; 0: none. */
struct pn_listing_pin { int64_t id; int place; const char *reason; };
/** The order in which offers of a tier, or of a whole session, are shown. */
struct pn_listing_rank { int64_t session, tier; };
typedef struct pn_listing_place {
    int place;
    int64_t id;
    const char *merchant, *tier;
    pn_money sale_fen;
    int available;
    double rank;
    int boost, pin;
    pn_word level;
} pn_listing_place;
typedef struct pn_listing_ranking { int64_t session; pn_rows places; } pn_listing_ranking;

PN_MUST int pn_listing_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_listing_show(pn *p, const struct pn_listing_show *in, pn_listing_detail *out);
PN_MUST int pn_listing_create(pn *p, const struct pn_listing_create *in, pn_listing *out);
PN_MUST int pn_listing_change(pn *p, const struct pn_listing_change *in, pn_listing *out);
PN_MUST int pn_listing_submit(pn *p, const struct pn_listing_submit *in, pn_listing *out);
PN_MUST int pn_listing_approve(pn *p, const struct pn_listing_approve *in, pn_listing *out);
PN_MUST int pn_listing_reject(pn *p, const struct pn_listing_reject *in, pn_listing *out);
PN_MUST int pn_listing_pause(pn *p, const struct pn_listing_pause *in, pn_listing *out);
PN_MUST int pn_listing_resume(pn *p, const struct pn_listing_resume *in, pn_listing *out);
PN_MUST int pn_listing_freeze(pn *p, const struct pn_listing_freeze *in, pn_listing *out);
PN_MUST int pn_listing_unfreeze(pn *p, const struct pn_listing_unfreeze *in, pn_listing *out);
PN_MUST int pn_listing_withdraw(pn *p, const struct pn_listing_withdraw *in, pn_listing *out);
PN_MUST int pn_listing_expire(pn *p, const struct pn_listing_expire *in, pn_listing *out);
/** Of an offer that is over: what its sold tickets do not bind any more. PN_ESTATE: nothing is. */
PN_MUST int pn_listing_release(pn *p, const struct pn_listing_release *in, pn_listing *out);
PN_MUST int pn_listing_follow(pn *p, const struct pn_listing_follow *in, pn_listing *out);
PN_MUST int pn_listing_fund(pn *p, const struct pn_listing_fund *in, pn_listing *out);
PN_MUST int pn_listing_boost(pn *p, const struct pn_listing_boost *in, pn_listing *out);
PN_MUST int pn_listing_pin(pn *p, const struct pn_listing_pin *in, pn_listing *out);
/** A file of offers. `merchant` and `tier` are codes, `seats` runs joined by "|"; `submit` yes puts
 *  a row on offer at once. A row whose merchant, session and code are known changes that offer. */
PN_MUST int pn_listing_import(pn *p, const struct pn_import *in, pn_import_result *out);
PN_MUST int pn_listing_rank(pn *p, const struct pn_listing_rank *in, pn_listing_ranking *out);

extern const pn_module pn_listing_module;

PN_END
#endif
