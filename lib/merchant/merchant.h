/* SPDX-License-Identifier: Apache-2.0 */
/* merchant.h — who offers tickets here: application, contract, standing, its end.
 *
 * Staff of a merchant see their own account only. Licences are in qualification.h; what a level is
 * worth (listings, deposits, commission, rank) are policies. */
#ifndef PN_MERCHANT_H
#define PN_MERCHANT_H

#include "base/op.h"

PN_BEGIN

#define PN_MERCHANT_STATES(W)                                                                      \
    W(MERCHANT, APPLIED, N_("Applied"), 'w')                                                       \
    W(MERCHANT, ACTIVE, N_("Active"), 'g')                                                         \
    W(MERCHANT, REJECTED, N_("Rejected"), 'd')                                                     \
    W(MERCHANT, RESTRICTED, N_("Restricted"), 'w')                                                 \
    W(MERCHANT, SUSPENDED, N_("Suspended"), 'b')                                                   \
    W(MERCHANT, CLOSED, N_("Closed"), 'd')
enum { PN_MERCHANT_UNSET, PN_MERCHANT_STATES(PN_WORD_ENUM) };
#define PN_MERCHANT_KINDS(W)                                                                       \
    W(SELLER, PRO, N_("Professional reseller"), 0)                                                 \
    W(SELLER, AGENCY, N_("Ticket agency"), 0)                                                      \
    W(SELLER, SUPPLIER, N_("Supplier"), 0)                                                         \
    W(SELLER, ORGANISER, N_("Organiser"), 0)
enum { PN_SELLER_UNSET, PN_MERCHANT_KINDS(PN_WORD_ENUM) };
#define PN_MERCHANT_LEVELS(W)                                                                      \
    W(LEVEL, A, "A", 'g') W(LEVEL, B, "B", 'g') W(LEVEL, C, "C", 'w')                  \
    W(LEVEL, D, "D", 'b') W(LEVEL, E, "E", 'b')
enum { PN_LEVEL_UNSET, PN_MERCHANT_LEVELS(PN_WORD_ENUM) };
/** COMMISSION: the asked price is gross and the platform takes its part; NET: the merchant gets it.
 */
#define PN_CONTRACT_MODES(W)                                                                       \
    W(CONTRACT, COMMISSION, N_("Commission"), 0) W(CONTRACT, NET, N_("Net price"), 0)
enum { PN_CONTRACT_UNSET, PN_CONTRACT_MODES(PN_WORD_ENUM) };
#define PN_MERCHANT_HELD(W)                                                                        \
    W(HELD, LICENCE, N_("Licence"), 0) W(HELD, LEVEL, N_("Level"), 0)                              \
    W(HELD, OPS, N_("Operations"), 0) W(HELD, DEBT, N_("Debt"), 0)
enum { PN_HELD_UNSET, PN_MERCHANT_HELD(PN_WORD_ENUM) };
extern const pn_words pn_merchant_states[], pn_merchant_kinds[], pn_merchant_levels[],
    pn_contract_modes[], pn_merchant_held[];

typedef struct pn_merchant {
    int64_t id;
    const char *code, *name;
    pn_word kind, status, level;
    int score;
    pn_word contract_mode;
    int commission_bp;
    pn_money commission_min_fen;
    pn_word held_for;
    const char *reason, *contact, *phone_tail;
    pn_date licence_until; /* the first of the licences it needs that ends */
    pn_word rise_level;
    pn_time rise_since;
    int64_t author_id;
    int version;
    pn_time created_at, updated_at;
} pn_merchant;
extern const pn_type pn_merchant_t;

struct pn_merchant_show { int64_t id; };
/** The contract may be agreed later; until then it is the ordinary commission. */
struct pn_merchant_apply {
    const char *code;
    pn_word kind;
    const char *name, *contact, *phone;
};
struct pn_merchant_edit { int64_t id; int version; const char *name, *contact, *phone; };
/** Every offer of the merchant is priced again. */
struct pn_merchant_contract {
    int64_t id;
    pn_word contract_mode;
    int commission_bp;
    pn_money commission_min_fen;
    const char *reason;
};
/** Needs the licences of its kind, verified and valid (PN_EEXPIRED), and its guarantee
 *  (PN_EDEPOSIT); an organiser needs none. */
struct pn_merchant_approve { int64_t id; const char *reason; };
struct pn_merchant_reject { int64_t id; const char *reason; };
struct pn_merchant_restrict { int64_t id; const char *reason; };
struct pn_merchant_lift { int64_t id; const char *reason; };
/** Its offers freeze. */
struct pn_merchant_suspend { int64_t id; const char *reason; };
struct pn_merchant_resume { int64_t id; const char *reason; };
/** Only without offers, open orders and money that waits, and 30 days after the last session it
 *  sold for (PN_ESTATE); PN_EBALANCE: it owes more than it has. Asks for its guarantee's return. */
struct pn_merchant_close { int64_t id; const char *reason; };
/** Conduct points given or taken by hand. */
struct pn_merchant_score { int64_t id; int delta; const char *reason; };
/** What the jobs do every day for each account: the level by the score, the status by licences. */
struct pn_merchant_grade { int64_t id; };
struct pn_merchant_check { int64_t id; };
struct pn_merchant_reveal { int64_t id; const char *reason; };
typedef struct pn_merchant_person { int64_t id; const char *contact, *phone; } pn_merchant_person;

PN_MUST int pn_merchant_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_merchant_show(pn *p, const struct pn_merchant_show *in, pn_merchant *out);
PN_MUST int pn_merchant_apply(pn *p, const struct pn_merchant_apply *in, pn_merchant *out);
PN_MUST int pn_merchant_edit(pn *p, const struct pn_merchant_edit *in, pn_merchant *out);
PN_MUST int pn_merchant_contract(pn *p, const struct pn_merchant_contract *in, pn_merchant *out);
PN_MUST int pn_merchant_approve(pn *p, const struct pn_merchant_approve *in, pn_merchant *out);
PN_MUST int pn_merchant_reject(pn *p, const struct pn_merchant_reject *in, pn_merchant *out);
PN_MUST int pn_merchant_restrict(pn *p, const struct pn_merchant_restrict *in, pn_merchant *out);
PN_MUST int pn_merchant_lift(pn *p, const struct pn_merchant_lift *in, pn_merchant *out);
PN_MUST int pn_merchant_suspend(pn *p, const struct pn_merchant_suspend *in, pn_merchant *out);
PN_MUST int pn_merchant_resume(pn *p, const struct pn_merchant_resume *in, pn_merchant *out);
PN_MUST int pn_merchant_close(pn *p, const struct pn_merchant_close *in, pn_merchant *out);
PN_MUST int pn_merchant_score(pn *p, const struct pn_merchant_score *in, pn_merchant *out);
PN_MUST int pn_merchant_grade(pn *p, const struct pn_merchant_grade *in, pn_merchant *out);
PN_MUST int pn_merchant_check(pn *p, const struct pn_merchant_check *in, pn_merchant *out);
PN_MUST int pn_merchant_reveal(pn *p, const struct pn_merchant_reveal *in,
                               pn_merchant_person *out);

extern const pn_module pn_merchant_module;

PN_END
#endif
