/* SPDX-License-Identifier: Apache-2.0 */
/* search.h — what lists are searched by. */
#ifndef PN_SEARCH_H
#define PN_SEARCH_H

#include "base/op.h"

PN_BEGIN

struct pn_search_reindex { pn_word noun; };
typedef struct pn_search_done { int64_t shows, venues; } pn_search_done;

/** Recompute the search columns of every row (of one noun when given). */
PN_MUST int pn_search_reindex(pn *p, const struct pn_search_reindex *in, pn_search_done *out);

extern const pn_module pn_search_module;

PN_END
#endif
