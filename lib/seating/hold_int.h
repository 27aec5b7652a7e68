/* SPDX-License-Identifier: Apache-2.0 */
/* hold_int.h — what a hold holds, and how that is written. */
#ifndef PNI_SEAT_HOLD_H
#define PNI_SEAT_HOLD_H

#include "seating/picture_int.h"
#include "seating/seat_hold.h"

#pragma GCC visibility push(hidden)

/** Seats of one block (`seats`), or a number of tickets of a lot without seats (block 0). */
typedef struct pni_hold_part { int64_t hold_id, lot_id, block_id, seats; int qty; } pni_hold_part;
extern const pn_type pni_hold_part_t;

/** A lot of the session under its lock. */
typedef struct pni_hold_lot { int64_t lot_id, free, seat_stamp; } pni_hold_lot;
extern const pn_type pni_hold_lot_t;

/** What to hold: words, a zone or a number of a tier, out of the lots of the session that are
 *  locked. *parts has no hold yet; *n tickets in all. */
PN_MUST int pni_hold_choose(pn *p, const struct pn_seat_hold_place *in, const pn_rows *lots,
                            pn_rows *parts, int *n);
/** Of these parts those that `words` name; the rest goes to *rest. */
PN_MUST int pni_hold_cut(pn *p, const char *words, int64_t session, const pn_rows *parts,
                         pn_rows *named, pn_rows *rest);
/** Mark the parts held (`on`) or free again, with the counters and stamps of their lots. */
PN_MUST int pni_hold_write(pn *p, const pn_rows *parts, bool on);
/** Place a hold of these parts, under the locks of their lots, until it is released. */
PN_MUST int pni_hold_put(pn *p, int64_t session, int kind, const char *reason,
                         const pn_rows *parts);

extern const pn_sql pni_hold_blocks, pni_hold_mark, pni_hold_clear, pni_hold_count;

#pragma GCC visibility pop
#endif
