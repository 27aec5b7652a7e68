/* SPDX-License-Identifier: Apache-2.0 */
/* printjob_int.h — a print job is three short transactions around the one slow thing:
 * prepare (serials and print numbers are taken) → start (one sender owns it) → bytes to the
 * printer, no transaction → finish (each paper's fate). A crash in between leaves a job that
 * `print resume` understands. */
#ifndef PNI_PRINTJOB_H
#define PNI_PRINTJOB_H

#include "ticket/facts_int.h"
#include "ticket/face_int.h"
#include "ticket/printer_int.h"

#pragma GCC visibility push(hidden)

/** One paper of a job. */
typedef struct pni_paper {
    int sk;
    int64_t id, job_id, ticket_id;
    const char *ticket_no;
    int print_no, issue_no;
    int64_t stock_id, serial;
    const char *roll;
    pn_word result;
    const char *reason;
} pni_paper;
extern const pn_type pni_paper_t;

/** A job with what is needed to go on with it. */
typedef struct pni_job {
    pn_print_job row;
    pni_paper *papers;
    size_t n;
} pni_job;

struct pni_print_prepare {
    int64_t order;
    pn_texts tickets;
    int64_t printer, face;
    const char *reason;
    bool test;
};
struct pni_print_start { int64_t id; };
/** What became of the papers, in the order of the job: OK, SPOILED, PENDING, or UNSENT when
 *  nothing reached the printer (the blank is next again). */
struct pni_print_finish {
    int64_t id;
    pn_texts fates;
    const char *error;
};
extern const pn_op pni_print_prepare_op, pni_print_start_op, pni_print_finish_op;
#define PNI_UNSENT "UNSENT"
/** A sender that says nothing that long has died. */
#define PNI_PRINT_HOLD_US (120 * 1000000LL)

PN_MUST int pni_job_get(pn *p, int64_t id, pni_job *out);
/** Send a queued job; one whose sender died becomes UNKNOWN. PN_ESTATE when there is nothing to
 *  do, PN_EBUSY while it is being sent. Runs its own unit. */
PN_MUST int pni_job_deliver(pn *p, int64_t id);

#pragma GCC visibility pop
#endif
