/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h — the numbers of the business rules: minutes of a hold, refund limits, gate windows.
 * A value is never overwritten; a new one takes over at its time, and what was computed from the
 * old one (an order's due times) stays. */
#ifndef PN_POLICY_H
#define PN_POLICY_H

#include "base/op.h"

PN_BEGIN

#define PN_POLICY_STATES(W)                                                                        \
    W(POLICY, CURRENT, N_("In force"), 'g')                                                        \
    W(POLICY, COMING, N_("Coming"), 'w')
enum { PN_POLICY_UNSET, PN_POLICY_STATES(PN_WORD_ENUM) };
extern const pn_words pn_policy_states[];

typedef struct pn_policy {
    int64_t id;
    const char *key, *value;
    pn_word state;
    pn_time effective_from; /* absent: since ever */
    const char *meaning; /* its key: shown by what it means */
    const char *note;    /* why it was set; none: it is the first one */
} pn_policy;

/** One key: what it means, what may be set, what is and what will be. */
typedef struct pn_policy_detail {
    const char *key, *help;
    int64_t min, max;
    const char *value;
    pn_rows values; /* pn_policy */
} pn_policy_detail;

struct pn_policy_show { const char *key; };
/** From now, or from a later time. PN_EARG for an unknown key (with the nearest one as hint), a
 *  value out of its range or a time that is over; PN_EEXISTS when that time has its value. */
struct pn_policy_set { const char *key, *value, *reason; pn_time effective_from; };

/** What bounds work on many rows at once. */
typedef struct pn_policy_bulk {
    int64_t rows_max, type_rows;
    pn_money type_fen;
    int64_t undo_min;
} pn_policy_bulk;

PN_MUST int pn_policy_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_policy_show(pn *p, const struct pn_policy_show *in, pn_policy_detail *out);
PN_MUST int pn_policy_set(pn *p, const struct pn_policy_set *in, pn_policy *out);
/** For everybody who works here: front ends ask before they plan. */
PN_MUST int pn_policy_limits(pn *p, const void *none, pn_policy_bulk *out);

PN_END
#endif
