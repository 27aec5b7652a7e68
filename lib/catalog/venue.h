/* SPDX-License-Identifier: Apache-2.0 */
/* venue.h — a place with a geo-point; its halls have the seats. */
#ifndef PN_VENUE_H
#define PN_VENUE_H

#include "import.h"

PN_BEGIN

typedef struct pn_venue {
    int64_t id;
    const char *code, *name;
    int64_t city_id;
    const char *city, *address;
    double lng, lat;
    int capacity, version;
    const char *transit;
    pn_texts aliases;
    int64_t halls, shows;
    pn_time created_at, updated_at;
} pn_venue;

#define PN_VENUE_FIELDS                                                                            \
    const char *code, *name;                                                                       \
    int64_t city;                                                                                  \
    const char *address;                                                                           \
    double lng, lat;                                                                               \
    int capacity;                                                                                  \
    const char *transit;                                                                           \
    pn_texts aliases;
struct pn_venue_create { PN_VENUE_FIELDS };
struct pn_venue_edit { int64_t id; int version; PN_VENUE_FIELDS };
struct pn_venue_show { int64_t id; };

PN_MUST int pn_venue_create(pn *p, const struct pn_venue_create *in, pn_venue *out);
PN_MUST int pn_venue_edit(pn *p, const struct pn_venue_edit *in, pn_venue *out);
PN_MUST int pn_venue_show(pn *p, const struct pn_venue_show *in, pn_venue *out);
PN_MUST int pn_venue_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_venue_import(pn *p, const struct pn_import *in, pn_import_result *out);

extern const pn_module pn_venue_module;

PN_END
#endif
