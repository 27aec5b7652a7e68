/* SPDX-License-Identifier: Apache-2.0 */
/* rebate.h — what a merchant gets back for a good month. */
#ifndef PN_REBATE_H
#define PN_REBATE_H

#include "base/op.h"

PN_BEGIN

#define PN_REBATE_STATES(W)                                                                        \
    W(REBATE, CALCULATED, N_("Calculated"), 'w')                                                   \
    W(REBATE, POSTED, N_("Posted"), 'g')
enum { PN_REBATE_UNSET, PN_REBATE_STATES(PN_WORD_ENUM) };
extern const pn_words pn_rebate_states[];

/** A merchant's month: what was settled in it, in which bracket it is, what spoke against it. A
 *  later count that differs has a row of its own (no > 1) with the difference. */
typedef struct pn_rebate {
    int64_t id, merchant_id;
    const char *merchant;
    pn_date month;
    int no;
    pn_money base_fen;
    int bp;
    int64_t lines_n, defaults_n, late_n;
    pn_money amount_fen;
    pn_word state;
    pn_time created_at, posted_at;
} pn_rebate;
extern const pn_type pn_rebate_t;

/** Any day of the month. */
struct pn_rebate_calc { int64_t merchant; pn_date month; };
struct pn_rebate_post { int64_t id; };
struct pn_rebate_show { int64_t id; };

PN_MUST int pn_rebate_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_rebate_show(pn *p, const struct pn_rebate_show *in, pn_rebate *out);
/** PN_ESTATE: the month is not over, or nothing has changed since it was counted. */
PN_MUST int pn_rebate_calc(pn *p, const struct pn_rebate_calc *in, pn_rebate *out);
PN_MUST int pn_rebate_post(pn *p, const struct pn_rebate_post *in, pn_rebate *out);

PN_END
#endif
