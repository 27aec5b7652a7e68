/* SPDX-License-Identifier: Apache-2.0 */
/* budget.h — money that a campaign set aside for reductions. An order reserves of it what it is
 * reduced by, paying spends it, ending unpaid or being given back whole returns it. What is used up
 * is no error: the order costs what it costs without. */
#ifndef PN_BUDGET_H
#define PN_BUDGET_H

#include "base/op.h"

PN_BEGIN

#define PN_BUDGET_STATES(W)                                                                        \
    W(BUDGET, LIVE, N_("Live"), 'g') W(BUDGET, STOPPED, N_("Stopped"), 'd')
enum { PN_BUDGET_UNSET, PN_BUDGET_STATES(PN_WORD_ENUM) };
extern const pn_words pn_budget_states[];

typedef struct pn_budget {
    int64_t id;
    const char *name;
    pn_money total_fen, daily_fen; /* daily 0: no bound */
    pn_money reserved_fen, spent_fen, left_fen, today_fen;
    int used_bp; /* reserved and spent, of the total */
    pn_word state;
    pn_time created_at;
} pn_budget;
extern const pn_type pn_budget_t;

struct pn_budget_create { const char *name; pn_money total_fen, daily_fen; };
struct pn_budget_show { int64_t id; };
/** Bounds that are absent stay. */
struct pn_budget_change { int64_t id; pn_money total_fen, daily_fen; const char *reason; };
struct pn_budget_stop { int64_t id; const char *reason; };
struct pn_budget_resume { int64_t id; };

PN_MUST int pn_budget_create(pn *p, const struct pn_budget_create *in, pn_budget *out);
PN_MUST int pn_budget_show(pn *p, const struct pn_budget_show *in, pn_budget *out);
PN_MUST int pn_budget_list(pn *p, const pn_list *in, pn_page *out);
/** PN_ECONFLICT below what is reserved and spent. */
PN_MUST int pn_budget_change(pn *p, const struct pn_budget_change *in, pn_budget *out);
/** Nothing more is reserved of it; what is reserved can still be spent. */
PN_MUST int pn_budget_stop(pn *p, const struct pn_budget_stop *in, pn_budget *out);
PN_MUST int pn_budget_resume(pn *p, const struct pn_budget_resume *in, pn_budget *out);

PN_END
#endif
