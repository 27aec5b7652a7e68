/* SPDX-License-Identifier: Apache-2.0 */
/* price.h — the rules that move the price a merchant asks to the one that buyers see, and what
 * became of the prices of every offer. */
#ifndef PN_PRICE_H
#define PN_PRICE_H

#include "base/op.h"

PN_BEGIN

#define PN_PRICE_STATES(W)                                                                         \
    W(PRICE, WAITING, N_("Awaits approval"), 'w') W(PRICE, ACTIVE, N_("Active"), 'g')              \
    W(PRICE, REJECTED, N_("Rejected"), 'd') W(PRICE, ENDED, N_("Ended"), 'd')
enum { PN_PRICE_UNSET, PN_PRICE_STATES(PN_WORD_ENUM) };
#define PN_PRICE_SCOPES(W)                                                                         \
    W(SCOPE, GLOBAL, N_("Everything"), 0) W(SCOPE, CATEGORY, N_("Category"), 0)                    \
    W(SCOPE, MERCHANT, N_("Merchant"), 0) W(SCOPE, SHOW, N_("Show"), 0)                            \
    W(SCOPE, SESSION, N_("Session"), 0) W(SCOPE, LISTING, N_("Listing"), 0)
enum { PN_SCOPE_UNSET, PN_PRICE_SCOPES(PN_WORD_ENUM) };
#define PN_PRICE_CAUSES(W)                                                                         \
    W(PRICE_BY, LISTED, N_("First offered"), 0) W(PRICE_BY, ASK, N_("Changed by hand"), 0)         \
    W(PRICE_BY, RULE, N_("Price rules"), 0) W(PRICE_BY, CONTRACT, N_("Contract changed"), 0)       \
    W(PRICE_BY, FOLLOW, N_("Followed others"), 0)
enum { PN_PRICE_BY_UNSET, PN_PRICE_CAUSES(PN_WORD_ENUM) };
extern const pn_words pn_price_causes[];
extern const pn_words pn_price_states[], pn_price_scopes[];

typedef struct pn_price_rule {
    int64_t id;
    pn_word scope;
    int64_t ref;
    const char *about;
    int mb_bp;
    pn_money mf_fen;
    int priority;
    pn_texts channels;
    pn_time from_at, until_at;
    pn_word state;
    bool applied;
    const char *reason;
    int64_t author_id, approver_id;
    pn_time created_at;
} pn_price_rule;

/** Of one thing, or of everything: sale = asked price · (1 + mb_bp/10000) + mf, up to whole yuan.
 *  The most specific rule wins. Beyond 15 % a second person approves it. */
struct pn_price_adjust {
    int mb_bp;
    pn_money mf_fen;
    int64_t listing, session, show, merchant;
    pn_word category;
    int priority;
    pn_texts channels;
    pn_time from_at, until_at;
    const char *reason;
};
struct pn_price_approve { int64_t id; const char *reason; };
struct pn_price_reject { int64_t id; const char *reason; };
struct pn_price_end { int64_t id; const char *reason; };

/** Rules that have come into force or gone out of it since the last time. */
struct pn_price_turn { int64_t limit; };
typedef struct pn_price_turned { int64_t done; } pn_price_turned;

typedef struct pn_price_history {
    int64_t id, listing_id, merchant_id;
    const char *merchant, *show, *tier;
    pn_word reason;
    pn_time at;
    int64_t rule_id;
    pn_money ask_before_fen, ask_fen, sale_before_fen, sale_fen, settle_before_fen, settle_fen;
    pn_money target_fen; /* what it followed */
    int64_t actor_id;
} pn_price_history;

PN_MUST int pn_price_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_price_adjust(pn *p, const struct pn_price_adjust *in, pn_price_rule *out);
PN_MUST int pn_price_approve(pn *p, const struct pn_price_approve *in, pn_price_rule *out);
PN_MUST int pn_price_reject(pn *p, const struct pn_price_reject *in, pn_price_rule *out);
PN_MUST int pn_price_end(pn *p, const struct pn_price_end *in, pn_price_rule *out);
PN_MUST int pn_price_turn(pn *p, const struct pn_price_turn *in, pn_price_turned *out);
PN_MUST int pn_price_history_list(pn *p, const pn_list *in, pn_page *out);

extern const pn_module pn_price_module;

PN_END
#endif
