/* SPDX-License-Identifier: Apache-2.0 */
/* plan_int.h — the file format of seat plans and the rows made of it.
 *
 * The format is pretix's seating plan (JSON schema, draft 7, version 0.0.1). Nothing outside the
 * schema is accepted, unless `lax` drops it; the schema's first form is brought to the newest. */
#ifndef PNI_PLAN_H
#define PNI_PLAN_H

#include <jansson.h>

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

enum { PNI_PLAN_SEATS_MAX = 500000, PNI_DROPPED_MAX = 100 };

/** A piece of a row, as in the table seat_plan_row. */
typedef struct pni_plan_row {
    int64_t id, plan_id;
    int no;
    const char *floor, *section, *row_name;
    pn_texts labels, guids, categories, xs, ys;
    int64_t gap_after, wheelchair, obstructed;
} pni_plan_row;
extern const pn_type pni_plan_row_t;

typedef struct pni_plan_file {
    const char *name, *document; /* document: the newest form of the format */
    int seats;
    pn_rows rows;     /* of pni_plan_row, without ids */
    pn_texts dropped; /* where `lax` dropped something */
} pni_plan_file;

/** Read a file: JSON of the format, or CSV of rows (floor, section, row, from, to, step, category,
 *  aisles), which becomes a document of this name. Failures tell the place by JSON path, or the
 *  line. */
PN_MUST int pni_plan_parse(pn *p, const char *text, const char *name, bool lax,
                           pni_plan_file *out);

/* Its pieces. */

/** Hold a document against the schema, upgrading and (lax) dropping in place. */
PN_MUST int pni_plan_check(pn *p, json_t *root, bool lax, pn_texts *dropped, bool *changed);
/** The rows of a checked document; `aisle_pct`: see policy seating.aisle_pct. */
PN_MUST int pni_plan_rows(pn *p, const json_t *root, int64_t aisle_pct, pni_plan_file *out);
/** A document made of the lines of a CSV file. */
PN_MUST int pni_plan_of_csv(pn *p, const char *text, const char *name, json_t **out);
/** A name as part of a seat's key: without what parts keys or lists, no blanks around it. */
const char *pni_plan_word(pn *p, const char *text);
/** Floor and section of the zone of that place: by its name, else its zone_id, else the place. */
PN_MUST int pni_plan_names(pn *p, const json_t *zone, size_t number, pni_plan_row *out);

static inline void pni_json_drop(json_t **j) { json_decref(*j); }
#define PNI_AUTO_JSON __attribute__((cleanup(pni_json_drop))) json_t *

#pragma GCC visibility pop
#endif
