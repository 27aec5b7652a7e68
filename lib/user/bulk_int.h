/* SPDX-License-Identifier: Apache-2.0 */
/* bulk_int.h — what asking for work on many rows and doing it share. */
#ifndef PNI_BULK_H
#define PNI_BULK_H

#include "base/sql_int.h"
#include "bulk.h"

#pragma GCC visibility push(hidden)

/* A row with all that the worker needs. */
typedef struct pni_bulk_task {
    int sk;
    int64_t id, work;
    const char *key, *name;
    pn_money amount_fen;
    const char *input, *before, *command; /* JSON as text; before NULL: unknown */
    pn_word state;
    const char *code, *words;
    int tries;
} pni_bulk_task;
extern const pn_type pni_bulk_task_t;

/* The work itself. */
typedef struct pni_bulk {
    int sk;
    int64_t id, staff, merchant, organiser, of;
    const char *noun, *verb, *reason;
    bool english;
    pn_word state;
    int rows;
    pn_money amount_fen;
    pn_time ended_at, lease_until;
    int done;
} pni_bulk;
extern const pn_type pni_bulk_t;

extern const pn_fsm pni_bulk_flow;
PN_MUST int pni_bulk_load(pn *p, int64_t id, pni_bulk *out);
/* Its end, by that event, in the running write. */
PN_MUST int pni_bulk_close(pn *p, int64_t id, const char *event);

/* bulk_run.c */
extern const pn_sql pni_bulk_due, pni_bulk_claim, pni_bulk_next, pni_bulk_tell, pni_bulk_later,
    pni_bulk_free, pni_bulk_sweep;
extern const pn_job pni_bulk_job, pni_bulk_sweep_job;
extern const pn_event pni_bulk_begun;

#pragma GCC visibility pop
#endif
