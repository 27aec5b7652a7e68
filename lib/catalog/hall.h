/* SPDX-License-Identifier: Apache-2.0 */
/* hall.h — a room of a venue, where sessions happen and gates stand. */
#ifndef PN_HALL_H
#define PN_HALL_H

#include "import.h"

PN_BEGIN

typedef struct pn_hall {
    int64_t id;
    const char *code, *name;
    int64_t venue_id;
    const char *venue, *city;
    int capacity, version;
    pn_time created_at, updated_at;
} pn_hall;

#define PN_HALL_FIELDS                                                                             \
    const char *code, *name;                                                                       \
    int64_t venue;                                                                                 \
    int capacity;
struct pn_hall_create { PN_HALL_FIELDS };
struct pn_hall_edit { int64_t id; int version; PN_HALL_FIELDS };
struct pn_hall_show { int64_t id; };

PN_MUST int pn_hall_create(pn *p, const struct pn_hall_create *in, pn_hall *out);
PN_MUST int pn_hall_edit(pn *p, const struct pn_hall_edit *in, pn_hall *out);
PN_MUST int pn_hall_show(pn *p, const struct pn_hall_show *in, pn_hall *out);
PN_MUST int pn_hall_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_hall_import(pn *p, const struct pn_import *in, pn_import_result *out);

extern const pn_module pn_hall_module;

PN_END
#endif
