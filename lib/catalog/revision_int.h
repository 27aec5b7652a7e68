/* SPDX-License-Identifier: Apache-2.0 */
/* revision_int.h — how a noun hands an edit of a live show over to a second person. */
#ifndef PNI_REVISION_H
#define PNI_REVISION_H

#include "revision.h"
#include "row_int.h"

#pragma GCC visibility push(hidden)

/** SQL: is the show `h` (an alias) one whose edits wait for a second person? */
#define PNI_LIVE(h) h ".status in ('PUBLISHED', 'OFFLINE')"
/** SQL: the newest waiting revision of the row whose id is `id`, NULL without one. */
#define PNI_WAITING(noun, id)                                                                      \
    "(select max(r.id) from show_revision r where r.ref = " id " and r.noun = '" noun "'"          \
    " and r.state = 'DRAFT')"

/** Keep an edit of a live row until a second person approves it. `now` and `change` are of the
 *  noun's edit_t. The same change of the same version that waits already is not kept twice. */
PN_MUST int pni_revision_open(pn *p, const pni_noun *noun, int64_t show, const void *now,
                              const void *change);

#pragma GCC visibility pop
#endif
