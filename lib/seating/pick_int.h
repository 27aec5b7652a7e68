/* SPDX-License-Identifier: Apache-2.0 */
/* pick_int.h — the inside of a picture, for its own files. */
#ifndef PNI_PICK_H
#define PNI_PICK_H

#include "seating/picture_int.h"
#include "base/arena_int.h"

#pragma GCC visibility push(hidden)

/** Runs of up to so many seats have a ladder; longer ones are looked for block by block. */
enum { PNI_LADDERS = 8, PNI_RUNGS = 8, PNI_BLOCK_BITS = 20, PNI_SEAT_BITS = 6 };

/** What a search reads of one block. */
typedef struct pni_strip {
    uint64_t open;   /* free seats that are no wheelchair places */
    uint64_t wheel;  /* free wheelchair places */
    uint64_t joined; /* bit i: seats i and i + 1 are neighbours */
    int32_t level;   /* worth of a seat in the middle */
    int32_t middle, slope;
} pni_strip;

/** The rest of it. */
typedef struct pni_shelf {
    int64_t id;
    uint64_t mask, wheelchair, taken; /* taken: since the picture was got */
    bool noted;           /* is in `touched` */
    const char *path;     /* "1F/A区/5", before the label */
    const char **labels;
    size_t labels_n;
} pni_shelf;

/** For runs of k seats: what each block has to offer, and above each eight the best of them, up to
 *  the best of all. An offer is one number: the worth of a run, then its block (the lower being the
 *  better), then its first seat. Blocks that changed since wait in `stale`. */
typedef struct pni_ladder {
    int64_t *rung[PNI_RUNGS]; /* [0]: one offer a block, filled up to eights */
    int top;                  /* the rung of one offer */
    uint32_t *stale;
    bool *waits, built;       /* made when first asked for */
    size_t stale_n;
} pni_ladder;

typedef struct pni_path { const char *path; uint32_t block; } pni_path;

struct pni_picture {
    pni_arena arena;
    int64_t lot;
    size_t n;             /* blocks */
    pni_strip *strip;     /* ascending by id, as `shelf` */
    pni_shelf *shelf;
    pni_path *by_path;    /* blocks in the order of their paths; NULL: nobody asked by key */
    uint32_t *touched;    /* blocks with something taken */
    size_t touched_n;
    int open_n, wheel_n;  /* free seats */
    pni_ladder *built[2 * PNI_LADDERS], ladder[2][PNI_LADDERS + 1]; /* [1]: singles may be left */
    size_t built_n;
};

/** Place of a block in the picture; -1: it is not there. */
int64_t pni_block_find(const pni_picture *pic, int64_t id);
/** The strips were changed beneath the ladders. */
void pni_ladders_forget(pni_picture *pic);

#pragma GCC visibility pop
#endif
