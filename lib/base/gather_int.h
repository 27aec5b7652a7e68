/* SPDX-License-Identifier: Apache-2.0 */
/* gather_int.h — one statement in the place of the same one for each who asks. */
#ifndef PNI_GATHER_H
#define PNI_GATHER_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

/** What one asks: the statement's values. */
typedef struct pni_asking {
    const char **value;
    int *len;
} pni_asking;

/** Many who ask the same statement with values of their own, and the answer to all of them. */
typedef struct pni_gather {
    struct pni_gather *next;
    pni_stmt *stmt; /* as one asks it */
    size_t n;
    const pni_asking **asking;
    PGresult *result;
    pni_slice *part; /* of each */
} pni_gather;

/** Has the statement a form for many? It is made at the first time. */
bool pni_gathers(pn *p, pni_stmt *stmt);
/** Queue it for g->n of them. */
PN_MUST int pni_gather_send(pn *p, pni_gather *g);
/** Once the result is there: whose rows are which. */
PN_MUST int pni_gather_part(pn *p, pni_gather *g);
/** The server does not understand the form: it is not asked again. */
void pni_gather_none(pni_gather *g);

#pragma GCC visibility pop
#endif
