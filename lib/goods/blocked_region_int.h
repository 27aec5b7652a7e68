/* SPDX-License-Identifier: Apache-2.0 */
/* blocked_region_int.h — asked for many orders at once. */
#ifndef PNI_BLOCKED_REGION_H
#define PNI_BLOCKED_REGION_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** Is nothing sent to regions[i]? NULL: not asked. One round trip. */
PN_MUST int pni_regions_blocked(pn *p, const char *const regions[], size_t n, bool blocked[]);

#pragma GCC visibility pop
#endif
