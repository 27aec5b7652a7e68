/* SPDX-License-Identifier: Apache-2.0 */
/* tier_int.h — stock as far as tiers need it, and the fast import. */
#ifndef PNI_TIER_H
#define PNI_TIER_H

#include "tier.h"
#include "import_int.h"

#pragma GCC visibility push(hidden)

/** Stock of one tier as it stands, with the seats its session may still add. */
typedef struct pni_tier_stock {
    int64_t id, session_id, show_id, organiser;
    int64_t capacity, used; /* capacity 0: unknown, no limit */
    int combo_n, total, taken;
    bool live;   /* its show is published: edits need a second person */
    bool seated; /* sold by seat: its stock is what the zone plan says */
} pni_tier_stock;

/** Lock the tier's session and its stock; PN_ENONE without such a tier. */
PN_MUST int pni_tier_stock_look(pn *p, int64_t tier, pni_tier_stock *out);
/** Change the total by `delta` with a reason: never below what is held and sold (PN_ESTOCK), never
 *  above the approved capacity (PN_ECAP). `s` was looked up in this transaction. */
PN_MUST int pni_tier_stock_move(pn *p, const pni_tier_stock *s, int delta, const char *reason);
extern const pn_sql pni_tier_stock_get, pni_tier_stock_lock, pni_tier_stock_add,
    pni_tier_stock_log;

PN_MUST int pni_tier_import(pn *p, const struct pn_import *in, pn_import_result *out);
extern const pn_sql pni_tier_import_known, pni_tier_import_lock, pni_tier_import_sessions,
    pni_tier_import_names, pni_tier_import_insert, pni_tier_import_stock, pni_tier_import_move;
extern const pn_type pni_tier_edit_t;
extern const pni_noun pni_tier_noun;

#pragma GCC visibility pop
#endif
