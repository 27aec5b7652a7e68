/* SPDX-License-Identifier: Apache-2.0 */
/* link.h — connectors: which there are, and whether their files are right. */
#ifndef PN_LINK_H
#define PN_LINK_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_link_row {
    const char *connector, *title, *file, *calls, *callbacks;
} pn_link_row;
typedef struct pn_link_all { pn_rows connectors; } pn_link_all;

struct pn_link_check { const char *connector, *file, *golden; };
typedef struct pn_link_case { const char *name, *result, *problem; } pn_link_case;
typedef struct pn_link_report {
    const char *connector, *file;
    int64_t cases_n, failed_n;
    pn_rows cases;
} pn_link_report;

/** Every connector there is: those of link.dir, and the shipped ones that none of them replaces. */
struct pn_link_names { char none; };
PN_MUST int pn_link_names(pn *p, const struct pn_link_names *in, pn_link_all *out);
/** Hold a connector's file against the grammar and run its golden block. PN_ECONF names file, line
 *  and column. */
PN_MUST int pn_link_check(pn *p, const struct pn_link_check *in, pn_link_report *out);

PN_END
#endif
