/* SPDX-License-Identifier: Apache-2.0 */
/* zone_int.h — what drafting a cut and going live with it share. */
#ifndef PNI_ZONE_H
#define PNI_ZONE_H

#include "seating/zone_plan.h"
#include "seating/meant_int.h"
#include "catalog/row_int.h"

#pragma GCC visibility push(hidden)

/** A cut with what decides over it; its session is locked. */
typedef struct pni_cut {
    int64_t id, session_id, plan_id, author_id, organiser, capacity, live_id;
    int version;
    pn_word state;
    bool published;
} pni_cut;
PN_MUST int pni_cut_look(pn *p, int64_t id, pni_cut *out);

/** The seats of one zone in one row of the plan. */
typedef struct pni_cut_row {
    int64_t zone_id, tier_id, plan_row_id, seats;
    const char *zone, *floor, *section, *row_name;
    pn_texts labels, xs, ys;
    int64_t gap_after, wheelchair, obstructed;
    /* where they go, set while going live */
    int64_t block, held, busy, sold;
    int front, middle, slope;
    bool fresh;
} pni_cut_row;
PN_MUST int pni_cut_rows(pn *p, int64_t cut, pn_rows *out);

/** The blocks of a session that came from a cut, in order of lot and row. */
typedef struct pni_old_block {
    int64_t id, lot_id, plan_row_id, mask, held, busy, sold;
    const char *zone, *floor, *section, *row_name;
    pn_texts labels;
    pni_cut_row *now; /* what it becomes; NULL: it goes */
} pni_old_block;
PN_MUST int pni_old_blocks(pn *p, const pni_cut *cut, pn_rows *out);
/** The same, locked: after the lots. */
PN_MUST int pni_old_blocks_lock(pn *p, const pni_cut *cut, pn_rows *out);

/** Make the blocks and the stock of the lots what the cut says. */
PN_MUST int pni_cut_apply(pn *p, const pni_cut *cut, const char *reason);

extern const pn_sql pni_cut_look_sql, pni_cut_lock_sql, pni_cut_rows_sql, pni_old_blocks_sql,
    pni_old_blocks_lock_sql;
extern const pn_sql pni_live_lots, pni_live_parts, pni_live_insert, pni_live_update,
    pni_live_delete, pni_live_stock, pni_live_moves, pni_live_part_drop, pni_live_part_add,
    pni_live_follow;

#pragma GCC visibility pop
#endif
