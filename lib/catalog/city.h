/* SPDX-License-Identifier: Apache-2.0 */
/* city.h — a city that shows are sold in. */
#ifndef PN_CITY_H
#define PN_CITY_H

#include "import.h"

PN_BEGIN

typedef struct pn_city {
    int64_t id;
    const char *code, *name, *pinyin;
    double lng, lat;
    bool hot;
    int sort, version;
    int64_t venues, shows;
    pn_time created_at, updated_at;
} pn_city;

#define PN_CITY_FIELDS                                                                             \
    const char *code, *name, *pinyin;                                                              \
    double lng, lat;                                                                               \
    pn_word hot;                                                                                   \
    int sort;
struct pn_city_create { PN_CITY_FIELDS };
/** Absent fields stay; `version` (when given) must be the one that was read, else PN_ECONFLICT. */
struct pn_city_edit { int64_t id; int version; PN_CITY_FIELDS };
struct pn_city_show { int64_t id; };

PN_MUST int pn_city_create(pn *p, const struct pn_city_create *in, pn_city *out);
PN_MUST int pn_city_edit(pn *p, const struct pn_city_edit *in, pn_city *out);
PN_MUST int pn_city_show(pn *p, const struct pn_city_show *in, pn_city *out);
PN_MUST int pn_city_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_city_import(pn *p, const struct pn_import *in, pn_import_result *out);

extern const pn_module pn_city_module;

PN_END
#endif
