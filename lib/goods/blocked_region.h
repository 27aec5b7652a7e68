/* SPDX-License-Identifier: Apache-2.0 */
/* blocked_region.h — where no parcel goes, for a while or for good. */
#ifndef PN_BLOCKED_REGION_H
#define PN_BLOCKED_REGION_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_blocked_region {
    int64_t id;
    const char *region; /* its name, or how the names of regions in it begin */
    const char *reason;
    pn_time created_at;
} pn_blocked_region;
extern const pn_type pn_blocked_region_t;

struct pn_blocked_region_create { const char *region, *reason; };
struct pn_blocked_region_remove { int64_t id; const char *reason; };

PN_MUST int pn_blocked_region_list(pn *p, const pn_list *in, pn_page *out);
/** Orders placed from now on are not sent there; those that are keep their way. */
PN_MUST int pn_blocked_region_create(pn *p, const struct pn_blocked_region_create *in,
                                     pn_blocked_region *out);
PN_MUST int pn_blocked_region_remove(pn *p, const struct pn_blocked_region_remove *in,
                                     pn_blocked_region *out);

PN_END
#endif
