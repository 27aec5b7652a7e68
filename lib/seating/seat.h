/* SPDX-License-Identifier: Apache-2.0 */
/* seat.h — the seats of a session as people see them: the map, and the best that are left. */
#ifndef PN_SEAT_H
#define PN_SEAT_H

#include "base/op.h"

PN_BEGIN

/** A piece of a row in one tier. `status` has a letter a seat: "." free, "w" a free wheelchair
 *  place, "x" taken, "_" no seat of this tier; for staff instead of "x": "h" held, "l" in an unpaid
 *  order, "s" sold. The masks say the same in bits, bit 0 the first label; `gap_after` has the
 *  aisles. */
typedef struct pn_seat_row {
    int64_t id, zone_id, tier_id;
    const char *zone, *colour, *tier;
    pn_money face_price;
    const char *floor, *section, *row_name;
    pn_texts labels;
    const char *status;
    int free;
    int64_t mask, taken, gap_after, wheelchair, obstructed;
    pn_texts xs, ys;
} pn_seat_row;

/** The map of a session. Buyers see published shows. */
struct pn_seat_map { int64_t session; const char *zone; };
typedef struct pn_seat_mapped { pn_rows rows; } pn_seat_mapped;

/** Seats of the hall by zones: as `zone_plan` has them, or absent as they are sold, or before the
 *  first version as the newest seat plan has them, in no zone. `status` as in the map; bits of a
 *  row that are in another zone are "_". */
struct pn_seat_zones { int64_t session, zone_plan; };
typedef struct pn_seat_zoned {
    int64_t zone_plan_id, plan_id;
    int version;
    pn_rows rows; /* pn_seat_row */
} pn_seat_zoned;

/** Which seats somebody would get now: the best `qty` of a tier, or these very ones. Nothing is
 *  locked. PN_ENO_MATCH, PN_ESINGLE, PN_ESEAT_TAKEN, PN_ESTOCK, PN_ENONE as in a sale. */
struct pn_seat_find {
    int64_t tier;
    int qty;
    pn_texts seats;
    bool split, wheelchair, single;
};
typedef struct pn_seat_found {
    int64_t tier_id;
    int qty, runs;
    pn_texts seats;
    pn_money amount;
} pn_seat_found;

PN_MUST int pn_seat_map(pn *p, const struct pn_seat_map *in, pn_seat_mapped *out);
PN_MUST int pn_seat_zones(pn *p, const struct pn_seat_zones *in, pn_seat_zoned *out);
PN_MUST int pn_seat_find(pn *p, const struct pn_seat_find *in, pn_seat_found *out);

extern const pn_module pn_seat_module;

PN_END
#endif
