/* SPDX-License-Identifier: Apache-2.0 */
/* map_int.h — words to things, in the memory of a unit. */
#ifndef PNI_MAP_H
#define PNI_MAP_H

#include "unit.h"

#pragma GCC visibility push(hidden)

typedef struct pni_map {
    pn *p;
    struct pni_map_slot { const char *key; void *value; } *slots;
    size_t n, cap;
} pni_map;

/** The value of a key, NULL when it has none. */
void *pni_map_get(const pni_map *m, const char *key);
/** Set it; the key is kept by reference. PN_EMEM only. */
PN_MUST int pni_map_put(pni_map *m, const char *key, void *value);

#pragma GCC visibility pop
#endif
