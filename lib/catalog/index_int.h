/* SPDX-License-Identifier: Apache-2.0 */
/* index_int.h — keeping the search columns true to the row they index. */
#ifndef PNI_CATALOG_INDEX_H
#define PNI_CATALOG_INDEX_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** Recompute the search columns of one show from its row and its venue's. */
PN_MUST int pni_index_show(pn *p, int64_t show_id);
/** Recompute a venue's, and those of its shows, which are found by its name too. */
PN_MUST int pni_index_venue(pn *p, int64_t venue_id);

#pragma GCC visibility pop
#endif
