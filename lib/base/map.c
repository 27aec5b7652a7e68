/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing, at most half full; entries are never removed, the unit's end takes all. */
#include "map_int.h"

#include <string.h>

enum { CAP_MIN = 256 };

static struct pni_map_slot *slot(const pni_map *m, const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (const char *c = key; *c; c++)
        h = (h ^ (unsigned char)*c) * 1099511628211u;
    size_t i = (size_t)(h ^ h >> 32) & (m->cap - 1);
    while (m->slots[i].key && strcmp(m->slots[i].key, key))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

void *pni_map_get(const pni_map *m, const char *key)
{
    return m->cap ? slot(m, key)->value : NULL;
}

static int grow(pni_map *m)
{
    pni_map wide = {.p = m->p, .cap = m->cap ? m->cap * 4 : CAP_MIN, .n = m->n};
    wide.slots = pn_alloc(m->p, wide.cap * sizeof *wide.slots);
    if (!wide.slots)
        return pn_fail(m->p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].key)
            *slot(&wide, m->slots[i].key) = m->slots[i];
    *m = wide;
    return 0;
}

int pni_map_put(pni_map *m, const char *key, void *value)
{
    if (m->n * 2 >= m->cap)
        PN_TRY(grow(m));
    struct pni_map_slot *s = slot(m, key);
    m->n += !s->key;
    s->key = key;
    s->value = value;
    return 0;
}
