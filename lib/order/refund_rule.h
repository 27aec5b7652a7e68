/* SPDX-License-Identifier: Apache-2.0 */
/* refund_rule.h — the rules of refunds that buyers wish: windows with fees, whole orders only, how
 * many of one buyer, after shipping or not. A show names the rule that it sells under. */
#ifndef PN_REFUND_RULE_H
#define PN_REFUND_RULE_H

#include "base/op.h"

PN_BEGIN

/** Those a show can have, and what is closed whatever the show says. */
#define PN_REFUND_RULES(W)                                                                         \
    W(RULE, LARGE_2023, N_("Large shows (2023 rules)"), 0) W(RULE, RESALE, N_("Resale"), 0)        \
    W(RULE, CLOSED, N_("No refunds"), 0) W(RULE, FREE, N_("Free refunds"), 0)                      \
    W(RULE, MATCHED, N_("Last tickets and grabs"), 0)
enum { PN_RULE_UNSET, PN_REFUND_RULES(PN_WORD_ENUM) };
#define PN_REFUND_RULE_STATES(W)                                                                   \
    W(RULE_STATE, PAST, N_("Past"), 'd') W(RULE_STATE, CURRENT, N_("In force"), 'g')               \
    W(RULE_STATE, COMING, N_("Coming"), 'w')
enum { PN_RULE_STATE_UNSET, PN_REFUND_RULE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_refund_rules[], pn_refund_rule_states[];

typedef struct pn_refund_rule {
    int64_t id;
    pn_word policy, state;
    pn_time effective_from; /* absent: since ever */
    const char *windows;    /* "ANCHOR FROM UNTIL FEE_BP BASE;…", in hours; "-": no bound */
    bool whole_order;
    int refunds_max;
    bool after_ship;
    const char *note;
    pn_rows terms; /* pn_refund_term, a window each; only where one rule is shown */
} pn_refund_rule;

/** A window in the reader's words, and what is kept of a refund in it; of a closed rule, all. */
typedef struct pn_refund_term {
    const char *until;
    int fee_bp;
    pn_word base;
    const char *window; /* as `refund_rule set` takes it */
} pn_refund_term;
#define PN_REFUND_BASES(W)                                                                         \
    W(BASE, PAID, N_("Of what was paid"), 0) W(BASE, FACE, N_("Of the face price"), 0)
enum { PN_BASE_UNSET, PN_REFUND_BASES(PN_WORD_ENUM) };
extern const pn_words pn_refund_bases[];

struct pn_refund_rule_show { int64_t id; };
/** Another rule from now on or from a later time. Orders keep the one they were placed under. */
struct pn_refund_rule_set {
    pn_word policy;
    pn_texts windows;
    bool whole_order;
    int refunds_max;
    bool after_ship;
    pn_time effective_from;
    const char *reason;
};

PN_MUST int pn_refund_rule_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_refund_rule_show(pn *p, const struct pn_refund_rule_show *in, pn_refund_rule *out);
PN_MUST int pn_refund_rule_set(pn *p, const struct pn_refund_rule_set *in, pn_refund_rule *out);

PN_END
#endif
