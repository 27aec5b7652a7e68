/* SPDX-License-Identifier: Apache-2.0 */
/* job.h — recurring work: one run per slot, claimed by lease, restartable after a crash. */
#ifndef PN_JOB_H
#define PN_JOB_H

#include "op.h"

PN_BEGIN

typedef struct pn_job_info {
    const char *name, *brief;
    int every_s;
} pn_job_info;

struct pn_job_run { const char *name; bool force; };
typedef struct pn_job_result {
    const char *name;
    pn_word state;
    int64_t done;
    pn_time slot;
    const char *error;
} pn_job_result;
/** Run one job now. Its slot may be taken: state DONE or RUNNING of that run; `force` runs it in a
 *  slot of its own. PN_ENONE: no such job. */
PN_MUST int pn_job_run(pn *p, const struct pn_job_run *in, pn_job_result *out);

/** All jobs, n of them, for help and completion. */
const pn_job_info *pn_jobs(size_t *n);

/** Run events and due jobs until *stop becomes non-zero (set it from a signal handler). Returns 0
 *  after a clean stop. Survives a database that goes away. */
PN_MUST int pn_work(pn_ctx *ctx, volatile int *stop);
/** One round: due events, then due jobs. For tests and scripted tours. *done counts both. */
PN_MUST int pn_work_once(pn *p, int64_t *done);

PN_END
#endif
