/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c — blocks that grow by doubling, so a unit of any size costs few mallocs. The largest
 * blocks go from unit to unit: memory from the kernel costs more than all we do with it. So do the
 * smallest, of which every unit has one. */
#include "base/arena_int.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 8 << 10, BLOCK_MAX = 1 << 20 };

typedef struct pni_block {
    struct pni_block *next;
    size_t used, size;
    _Alignas(16) unsigned char data[];
} pni_block;

_Atomic int64_t pni_alloc_fail_in;

static bool chosen_to_fail(void)
{
    return pni_alloc_fail_in > 0 && --pni_alloc_fail_in == 0;
}

void *pni_malloc(size_t size)
{
    return chosen_to_fail() ? NULL : calloc(1, size ? size : 1);
}

typedef struct pni_spares {
    size_t size;
    int most, n;
    pni_block *first;
} pni_spares;

static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;
static pni_spares spares[] = {{.size = BLOCK_MIN, .most = 128}, {.size = BLOCK_MAX, .most = 16}};

static pni_spares *spares_of(size_t size)
{
    return size == spares[0].size ? &spares[0] : size == spares[1].size ? &spares[1] : NULL;
}

static pni_block *take_spare(size_t size)
{
    pni_spares *s = spares_of(size);
    if (!s)
        return NULL;
    pthread_mutex_lock(&spare_lock);
    pni_block *b = s->first;
    if (b) {
        s->first = b->next;
        s->n--;
    }
    pthread_mutex_unlock(&spare_lock);
    return b;
}

/* A tool that watches memory must see it go. */
static bool keep_spare(pni_block *b)
{
#ifdef __SANITIZE_ADDRESS__
    (void)b;
    return false;
#else
    pni_spares *s = spares_of(b->size);
    if (!s)
        return false;
    pthread_mutex_lock(&spare_lock);
    bool keep = s->n < s->most;
    if (keep) {
        b->next = s->first;
        s->first = b;
        s->n++;
    }
    pthread_mutex_unlock(&spare_lock);
    return keep;
#endif
}

static pni_block *grow(pni_arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : BLOCK_MIN;
    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    pni_block *b = take_spare(size);
    if (!b && !(b = malloc(sizeof *b + size)))
        return NULL;
    b->size = size;
    b->used = 0;
    b->next = a->head;
    a->head = b;
    a->total += size;
    return b;
}

void *pni_arena_alloc(pni_arena *a, size_t size)
{
    if (size > SIZE_MAX / 2 || chosen_to_fail())
        return NULL;
    size = (size + 15) & ~(size_t)15;
    pni_block *b = a->head;
    if ((!b || b->size - b->used < size) && !(b = grow(a, size)))
        return NULL;
    void *out = b->data + b->used;
    b->used += size;
    return memset(out, 0, size);
}

void pni_arena_free(pni_arena *a)
{
    for (pni_block *b = a->head, *next; b; b = next) {
        next = b->next;
        if (!keep_spare(b))
            free(b);
    }
    *a = (pni_arena){0};
}
