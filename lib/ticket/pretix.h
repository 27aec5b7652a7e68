/* SPDX-License-Identifier: Apache-2.0 */
/* pretix.h — moving in from pretix: its event export (JSON) or its order list (CSV). */
#ifndef PN_PRETIX_H
#define PN_PRETIX_H

#include "catalog/import.h"

PN_BEGIN

/** The event becomes a draft show, its dates sessions, its products tiers with their quotas as
 *  stock; paid orders become orders with tickets whose old secrets still admit. Importing the same
 *  file again adds only what is new. */
struct pn_import_pretix {
    const char *file;   /* the content: JSON, or CSV with English labels */
    int64_t hall;       /* where it takes place; the files name no hall of ours */
    pn_word category;   /* default CONCERT */
    pn_time start_at;   /* of an event without dates of its own */
    pn_word report;
};
PN_MUST int pn_import_pretix(pn *p, const struct pn_import_pretix *in, pn_import_result *out);

extern const pn_module pn_import_module;

PN_END
#endif
