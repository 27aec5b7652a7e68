/* SPDX-License-Identifier: Apache-2.0 */
/* merchant_int.h — what the merchant's files share, and what its level is worth elsewhere. */
#ifndef PNI_MERCHANT_H
#define PNI_MERCHANT_H

#include "merchant.h"
#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** A merchant by its code. */
PN_MUST int pni_merchant_resolve(pn *p, const char *text, int64_t *id);

/* A merchant's account as guards need it; the row is locked. */
typedef struct pni_merchant {
    int64_t id;
    pn_word kind, status, level, held_for, contract_mode;
    int commission_bp, version;
    pn_money commission_min_fen;
    int64_t author_id;
    const char *name, *contact, *reason;
} pni_merchant;
extern const pn_type pni_merchant_t;
/** Lock and read; PN_ENONE also for staff of another merchant. */
PN_MUST int pni_merchant_look(pn *p, int64_t id, pni_merchant *out);
/** A step of the account with its reason. `held_for` (PN_HELD_…) matters when it ends up restricted
 *  or suspended. */
PN_MUST int pni_merchant_step(pn *p, const pni_merchant *m, const char *event, int held_for,
                              const char *reason);
/** Of the licences its kind needs: those missing, and when the first one ends. */
typedef struct pni_licence { pn_date until; int missing; const char *kinds; } pni_licence;
PN_MUST int pni_licence_look(pn *p, int64_t merchant, pni_licence *out);

/* What a level is worth; `restricted` accounts count as level D. */
typedef struct pni_standing { pn_word level; bool restricted; } pni_standing;
PN_MUST int pni_commission(pn *p, pn_word level, int agreed_bp, int64_t *bp);
/** Live listings at most; negative: no limit. */
PN_MUST int pni_listings_max(pn *p, pni_standing s, int64_t *max);
PN_MUST int pni_deposit_bp(pn *p, pni_standing s, int64_t *bp);
PN_MUST int pni_level_rank(pn *p, pn_word level, int64_t *rank);

/** What the clock asks of one account: its level by its score, its status by its licences and by
 *  what it owes. */
PN_MUST int pni_merchant_grade(pn *p, int64_t id);
PN_MUST int pni_merchant_check(pn *p, int64_t id);

/** Points of conduct, given or taken; the caller says why in its own trail. */
PN_MUST int pni_merchant_points(pn *p, const struct pn_merchant_score *in, pn_merchant *out);

/** Event: whatever the offers of a merchant depend on has changed (status, level, contract). */
#define PNI_MERCHANT_CHANGED "merchant.changed"
PN_MUST int pni_merchant_changed(pn *p, int64_t id);

extern const pn_sql pni_merchant_get, pni_merchant_move, pni_merchant_hold, pni_licence_sql,
    pni_level_due, pni_level_set, pni_level_rise, pni_licence_due;
extern const pn_sql pni_merchant_owing;
extern const pn_job pni_merchant_level_job, pni_merchant_licence_job, pni_merchant_debt_job;

#pragma GCC visibility pop
#endif
