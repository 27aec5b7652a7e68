/* SPDX-License-Identifier: Apache-2.0 */
/* arena_int.h — one pool of memory per unit: given out zeroed, taken back all at once. */
#ifndef PNI_ARENA_H
#define PNI_ARENA_H

#include "api.h"

#pragma GCC visibility push(hidden)

typedef struct pni_arena { struct pni_block *head; size_t total; } pni_arena;

void *pni_arena_alloc(pni_arena *a, size_t size); /* zeroed, 16-aligned; NULL when out of memory */
void pni_arena_free(pni_arena *a);

/** Every allocation of the library passes one of these two; tests make the nth one fail. */
void *pni_malloc(size_t size); /* zeroed */
extern _Atomic int64_t pni_alloc_fail_in; /* > 0: counts down, the one that reaches 0 fails */

#pragma GCC visibility pop
#endif
