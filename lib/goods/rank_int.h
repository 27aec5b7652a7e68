/* SPDX-License-Identifier: Apache-2.0 */
/* rank_int.h — in which order offers are shown and matched. Pure: rows in, rows sorted. */
#ifndef PNI_RANK_H
#define PNI_RANK_H

#include "base/unit.h"

#pragma GCC visibility push(hidden)

/** One of several competing offers. Parts are in 1/1000. */
typedef struct pni_ranked {
    int64_t id, sale_fen;
    int service, ship, seat;
    int boost, level_rank, risk; /* added and taken away; boost 0 when it is over */
    int level;                   /* 1 (A) … 5 (E) */
    int pin;                     /* place given by operations; 0 = none */
    bool own;                    /* the organiser's own e-tickets win ties */
    pn_time listed_at;
    void *of;                    /* the caller's row */
    int rank;                    /* out, in 1/1000 points */
} pni_ranked;

typedef struct pni_rank_weights { int64_t price, service, ship, seat; } pni_rank_weights;
PN_MUST int pni_rank_weights_read(pn *p, pni_rank_weights *out);

/** Rank n offers against each other and sort them, best first. */
void pni_rank(const pni_rank_weights *w, pni_ranked *row, size_t n);

/** The parts of an offer: how it was served, how it ships, how well its seat is known. */
int pni_service_part(int default_bp, int on_time_bp, int accept_bp, int rating_bp);
int pni_ship_part(bool presale, unsigned delivery); /* PNI_BY_…; 0 = any */
int pni_seat_part(int seat_mode);                   /* 1 NONE … 4 SEAT */

#pragma GCC visibility pop
#endif
