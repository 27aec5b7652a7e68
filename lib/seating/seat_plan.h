/* SPDX-License-Identifier: Apache-2.0 */
/* seat_plan.h — the seats of a hall: sections, rows, seats with their places and attributes. A plan
 * never changes; another import is another version. */
#ifndef PN_SEAT_PLAN_H
#define PN_SEAT_PLAN_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_seat_plan {
    int64_t id, hall_id;
    const char *hall, *venue, *name;
    int version, seats;
    const char *author;
    pn_time created_at;
} pn_seat_plan;

/** A piece of a row, at most 63 seats. */
typedef struct pn_seat_plan_line {
    int64_t id, plan_id;
    int no;
    const char *floor, *section, *row_name;
    int seats;
    const char *first, *last;
    int aisles, wheelchair, obstructed;
} pn_seat_plan_line;

/** `file`: pretix's seating plan (JSON) or CSV of rows. Strict: what the format does not know is
 *  refused with its JSON path; `lax` drops it and tells where. The first form of the format is
 *  brought to the newest. Categories named wheelchair/轮椅 and obstructed/遮挡 mark such seats. */
struct pn_seat_plan_import { int64_t hall; const char *file, *name; bool lax; };
typedef struct pn_seat_plan_imported {
    int64_t id, hall_id;
    int version, seats, rows;
    const char *name;
    pn_texts dropped;
} pn_seat_plan_imported;
struct pn_seat_plan_show { int64_t id; };
struct pn_seat_plan_export { int64_t id; };
typedef struct pn_seat_plan_exported { pn_json plan; } pn_seat_plan_exported;

PN_MUST int pn_seat_plan_import(pn *p, const struct pn_seat_plan_import *in,
                                pn_seat_plan_imported *out);
PN_MUST int pn_seat_plan_show(pn *p, const struct pn_seat_plan_show *in, pn_seat_plan *out);
PN_MUST int pn_seat_plan_export(pn *p, const struct pn_seat_plan_export *in,
                                pn_seat_plan_exported *out);
PN_MUST int pn_seat_plan_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_seat_plan_rows(pn *p, const pn_list *in, pn_page *out);

extern const pn_module pn_seat_plan_module;

PN_END
#endif
