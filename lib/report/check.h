/* SPDX-License-Identifier: Apache-2.0 */
/* check.h — proving the books: everything kept as a figure is counted again from the rows. */
#ifndef PN_CHECK_H
#define PN_CHECK_H

#include "base/op.h"

PN_BEGIN

/** One proof. `drift` counts the rows that do not add up, `sample` names the first of them. */
typedef struct pn_check {
    const char *name, *what;
    int64_t seen, drift;
    const char *sample;
} pn_check;

typedef struct pn_check_report {
    int64_t seen, drift, failed; /* failed: proofs with drift */
    pn_rows checks;              /* pn_check */
} pn_check_report;

struct pn_check_run { const char *name; };
struct pn_check_names; /* takes nothing: pass NULL */

/** All proofs, or the one named. Drift is a result, not a failure. */
PN_MUST int pn_check_run(pn *p, const struct pn_check_run *in, pn_check_report *out);
PN_MUST int pn_check_names(pn *p, const struct pn_check_names *in, pn_check_report *out);

/** The hourly proof found rows that do not add up: an alarm. */
struct pn_check_tell { const char *name, *sample; int64_t drift; };
PN_MUST int pn_check_tell(pn *p, const struct pn_check_tell *in, pn_check *out);

PN_END
#endif
