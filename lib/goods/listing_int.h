/* SPDX-License-Identifier: Apache-2.0 */
/* listing_int.h — what the files of the listing share: the row as rules see it, the terms it is
 * judged by, writing it set-wise. */
#ifndef PNI_LISTING_H
#define PNI_LISTING_H

#include "listing.h"
#include "deposit_int.h"
#include "price_int.h"
#include "restrict_int.h"
#include "base/map_int.h"
#include "catalog/free_int.h"
#include "catalog/row_int.h"
#include "merchant/merchant_int.h"

#pragma GCC visibility push(hidden)

/** A listing with its counters. Lists of texts are joined by "|", so that thousands of rows go out
 *  in one statement. */
typedef struct pni_listing {
    int64_t id;
    int version;
    pn_money ask_fen;
    int qty;
    PN_LISTING_RULES
    int64_t merchant_id, session_id, tier_id;
    const char *code, *zone_name, *row_name, *seats, *delivery;
    pn_word kind, seat_mode, state; /* as stored: never SOLD_OUT */
    pn_money sale_fen, settle_fen;
    int64_t rule_id;
    pn_word price_kept, frozen_for, level;
    bool own, reviewed, was_paused, sold_out;
    int service, ship, seat;
    pn_money deposit_unit_fen, deposit_need_fen, deposit_quota_fen;
    pn_time listed_at, edit_from;
    int edits;
    int held, locked, sold; /* of the counters */
    int sk;
    int64_t move_id, history_id, stamp, author_id;
} pni_listing;
extern const pn_type pni_listing_t;

/** Whose tickets, of what, under which contract, rule and dates: everything outside the listing. */
typedef struct pni_terms {
    int64_t id, merchant_id, tier_id, session_id; /* id 0: a listing to be */
    const char *merchant, *tier;
    pn_word merchant_status, merchant_kind, level, contract_mode;
    int commission_bp;
    pn_money commission_min_fen, face_fen; /* face: of one ticket, also of a bundle */
    bool hidden, on_sale, over, published, forbidden, face_cap;
    pn_time start_at;
    const char *delivery; /* of the session, joined */
    int64_t rule_id, mb_bp;
    pn_money mf_fen, follow_fen;
    int default_bp, on_time_bp, accept_bp, rating_bp;
} pni_terms;
extern const pn_type pni_terms_t;

/** Terms of n pairs of merchant and tier (and listing, for its own price rule), in their order;
 *  pairs that do not exist are missing. */
PN_MUST int pni_terms_read(pn *p, const pni_terms *asked, size_t n, pn_rows *out);
/** Lock merchants against a change of their contract or standing (ids in pni_terms.merchant_id). */
PN_MUST int pni_sellers_lock(pn *p, const pni_terms *asked, size_t n);

/** Lock the lot and read the listing; PN_ENONE also for staff of another merchant. */
PN_MUST int pni_listing_look(pn *p, int64_t id, pni_listing *out);
/** The same with its terms. */
PN_MUST int pni_listing_terms(pn *p, int64_t id, pni_listing *out, pni_terms *terms);
PN_MUST int pni_listing_row(pn *p, int64_t id, pn_listing *out);

/** May this merchant offer anything of this session? */
PN_MUST int pni_seller_check(pn *p, const pni_terms *t);
/** Are its rules sound, by themselves and for this session? */
PN_MUST int pni_rules_check(pn *p, const pni_listing *l, const pni_terms *t);
/** The prices, the parts of the rank and the deposit as the terms have it. A bound that would be
 *  broken is PN_ECAP or PN_EFLOOR with words. */
PN_MUST int pni_listing_price(pn *p, pni_listing *l, const pni_terms *t);
/** The same without words: the code of the price. */
PN_MUST int pni_listing_reckon(pn *p, pni_listing *l, const pni_terms *t, pn_code *code,
                               pni_price_facts *facts, pni_prices *prices);
/** Which state submitting leads to: PENDING_REVIEW, PENDING_DEPOSIT or LIVE; `risky` from
 *  pni_merchant_risky(). */
int pni_submit_state(const pni_listing *l, bool dear, bool risky);
const char *pni_submit_event(int state);
PN_MUST int pni_listing_dear(pn *p, const pni_listing *l, const pni_terms *t, bool *dear);
PN_MUST int pni_merchant_risky(pn *p, int64_t merchant, bool *risky);
/** The rules as the evaluator takes them. */
void pni_rules_of(const pni_listing *l, pni_rules *out);
unsigned pni_ways(const char *joined);
pni_standing pni_standing_of(const pni_terms *t);
/** How many offers the merchant has that are not over or drafts. */
PN_MUST int pni_listings_open(pn *p, int64_t merchant, int64_t *n);

/** A draft as asked for, filled up: defaults, lists joined, seats counted. `seats` NULL: joined. */
PN_MUST int pni_listing_fill(pn *p, pni_listing *l, const pn_texts *seats);
/** "a|b"; NULL for none. */
PN_MUST int pni_join(pn *p, const pn_texts *texts, const char **out);
/** Whose it is: staff of a merchant need not say, and may not say another. */
PN_MUST int pni_listing_owner(pn *p, int64_t *merchant);
extern const pn_type pni_listing_create_t, pni_listing_change_t;

/** Give n new listings their ids and write them with counters, seats and the first price. Claims
 *  of their seats are the caller's. */
PN_MUST int pni_listing_new_ids(pn *p, pni_listing *l);
PN_MUST int pni_listing_put(pn *p, pni_listing *rows, size_t n);
/** Lines of the price history for those of n listings whose prices changed. `reason` NULL: told by
 *  which price did. */
PN_MUST int pni_price_notes(pn *p, const pni_listing *was, const pni_listing *now, size_t n,
                            const char *reason);
extern const pn_sql pni_terms_sql, pni_sellers_sql, pni_lot_sql, pni_listing_get,
    pni_listing_insert, pni_lot_put, pni_lot_moved, pni_price_first;

/* ---- seats ---- */

/** "A/5/1-3" → "A/5/1", "A/5/2", "A/5/3"; PN_EARG names the run that cannot be read. */
PN_MUST int pni_seat_keys(pn *p, const char *joined, pn_texts *out);
/** Queue the seats of n new lots as their blocks; lots by quantity have none. */
PN_MUST int pni_listing_blocks(pn *p, const pni_listing *rows, size_t n);
/** Claim the seats of a listing for it; PN_ESEAT_LISTED when another has one, and the attempt is
 *  remembered; or when the organiser sells it. */
PN_MUST int pni_claims_make(pn *p, const pni_listing *l);
extern const pn_sql pni_lot_blocks, pni_claim_put, pni_claim_find, pni_claim_own,
    pni_claim_floors, pni_claim_sessions, pni_claim_drop, pni_clash_put;
/** Are they free? For drafts, which claim nothing yet. */
PN_MUST int pni_claims_ask(pn *p, const pni_listing *l);
/** Give back the claims of what was not sold. */
PN_MUST int pni_claims_free(pn *p, const pni_listing *l);

/* The same for many at once. */
typedef struct pni_seated { const pni_listing *l; pn_texts keys; } pni_seated;
/** Which of their seats are claimed, or not clear: pni_seat_name() → a claim, for
 *  pni_claims_refuse(). The keys get the floor that the plan tells. */
PN_MUST int pni_seats_taken(pn *p, const pni_seated *s, size_t n, pni_map *out);
const char *pni_seat_name(pn *p, int64_t session, const char *seat);
PN_MUST int pni_claims_refuse(pn *p, const pni_listing *l, const void *taken);
/** All or nothing: PN_ESEAT_LISTED when somebody was faster. */
PN_MUST int pni_seats_claim_all(pn *p, const pni_seated *s, size_t n);

/* ---- steps ---- */

extern const pn_fsm pni_listing_fsm;
PN_MUST int pni_listing_step(pn *p, pni_listing *l, const char *event, const char *reason);
/** Say for whom a listing was frozen in this transaction (PN_FROZEN_…). */
PN_MUST int pni_listing_freeze_for(pn *p, int64_t id, int whom);
/** The session's listings again as merchants, rules and contracts have it now. */
#define PNI_LISTING_REFRESH "listing.refresh"
/** Ask for it, for every session that has open listings of what `scope` names (a word of the price
 *  rules' scopes) and `ref`. */
PN_MUST int pni_refresh_ask(pn *p, const char *scope, int64_t ref, const char *category);

/** The columns of the rules, as people set them. */
// clang-format off
#define PNI_LISTING_RULE_COLS(s)                                                                   \
    PN_COL(s, min_buy, N_("At least"), .flags = PN_OPT, .min = 1, .max = 1000),                    \
    PN_COL(s, max_buy, N_("At most"), .flags = PN_OPT, .min = 1, .max = 500000),                   \
    PN_COL(s, split_policy, N_("Splitting"), .words = pn_split_policies),                          \
    PN_COL(s, split_multiple, N_("Multiple of"), .flags = PN_OPT, .min = 1, .max = 100),           \
    PN_COL(s, contiguous, N_("Adjacent seats"), .words = pni_yes_no),                              \
    PN_COL(s, no_single_left, N_("No single left over"), .words = pni_yes_no),                     \
    PN_COL(s, soft_single, N_("Single left over if need be"), .words = pni_yes_no),                \
    PN_COL(s, seat_pick, N_("Buyer picks seats"), .words = pni_yes_no),                            \
    PN_COL(s, grab_eligible, N_("Serves grab orders"), .words = pni_yes_no),                       \
    PN_COL(s, delivery_limits, N_("Delivered only"),                                               \
           .hint = N_("EXPRESS ETICKET ONSITE CODE; absent: every way of the session")),           \
    PN_COL(s, special_kind, N_("Special goods"), .words = pn_special_kinds),                       \
    PN_COL(s, ship_by_kind, N_("Ships by"), .words = pn_ship_kinds),                               \
    PN_COL(s, ship_by_at, N_("Ships by time")),                                                    \
    PN_COL(s, ship_by_hours, N_("Ships by hours"), .flags = PN_OPT, .min = 0, .max = 8760),        \
    PN_COL(s, release_at, N_("Tickets released"),                                                  \
           .hint = N_("Official release of the tickets, when announced")),                         \
    PN_COL(s, remark, N_("Remark"), .max = 500)
// clang-format on

/* The operations and statements of the other files, for the module constant in listing.c. */
extern const pn_op pni_listing_create_op, pni_listing_change_op, pni_listing_submit_op,
    pni_listing_approve_op, pni_listing_reject_op, pni_listing_pause_op, pni_listing_resume_op,
    pni_listing_freeze_op, pni_listing_unfreeze_op, pni_listing_withdraw_op, pni_listing_fund_op,
    pni_listing_release_op, pni_listing_expire_op, pni_listing_follow_op, pni_listing_import_op;
extern const pn_sql pni_listing_update, pni_lot_total, pni_listing_edited, pni_price_changed,
    pni_listing_move, pni_listing_submitted, pni_listing_mark, pni_listing_count,
    pni_listing_clashes, pni_listing_due, pni_listing_follow, pni_refresh_sessions,
    pni_refresh_lots, pni_refresh_rows, pni_refresh_write, pni_import_pairs, pni_import_known;
extern const pn_sql pni_release_due, pni_release_cases, pni_release_done;
extern const pn_job pni_listing_expire_job, pni_listing_follow_job, pni_deposit_release_job;
extern const pn_event pni_merchant_changed_event, pni_listing_refresh_event,
    pni_seats_kept_event;

/** The file of a listing operation defines it; the module constant is in listing.c. */
#define PNI_LISTING_OP(verb_, in_, out_, call, ...)                                                \
    static int verb_##_run(pn *p, const void *in, void *out)                                       \
    {                                                                                              \
        return call;                                                                               \
    }                                                                                              \
    const pn_op pni_listing_##verb_##_op = {                                                       \
        .noun = "listing", .verb = #verb_, .run = verb_##_run, __VA_ARGS__};                       \
    int pn_listing_##verb_(pn *p, const struct in_ *in, out_ *out)                                 \
    {                                                                                              \
        return pn_call(p, &pni_listing_##verb_##_op, in, out);                                     \
    }

/* Conditions over listing l, stock k and session s. */
#define PNI_LISTING_FREE "(k.qty_total - k.qty_held - k.qty_locked - k.qty_sold)"
/** The same as readers see it. */
#define PNI_LISTING_LEFT "(" PNI_LISTING_FREE " + " PNI_FREED("k") ")"
#define PNI_ONLY_EXPRESS                                                                           \
    "(l.delivery_limits = '{EXPRESS}' or s.delivery_types = '{EXPRESS}')"
#define PNI_LISTING_OVER                                                                           \
    "(s.stop_sale_at <= :now or s.status in ('CLOSED','RUNNING','INTERRUPTED','ENDED',"            \
    "'CANCELLED','ARCHIVED') or (" PNI_ONLY_EXPRESS " and s.start_at <= :now::timestamptz"         \
    " + interval '1 hour' * (" PNI_POLICY("deliver.handling_h") " + " PNI_POLICY("deliver.eta_h")  \
    " + " PNI_POLICY("deliver.express_h") ")))"
#define PNI_LISTING_STATE                                                                          \
    "(case when l.state in ('LIVE','PAUSED','FROZEN') and " PNI_LISTING_OVER " then 'EXPIRED'"     \
    " when l.state = 'LIVE' and " PNI_LISTING_LEFT " <= 0 then 'SOLD_OUT' else l.state end)"
/** As the index of them has it: what readers see depends on more than an index could hold. */
#define PNI_LISTING_WAITS "(l.state in ('PENDING_REVIEW', 'PENDING_DEPOSIT', 'FROZEN'))"

#pragma GCC visibility pop
#endif
