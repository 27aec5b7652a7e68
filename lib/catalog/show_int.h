/* SPDX-License-Identifier: Apache-2.0 */
/* show_int.h — what a show and its revisions know of each other. */
#ifndef PNI_SHOW_H
#define PNI_SHOW_H

#include "show.h"
#include "row_int.h"

#pragma GCC visibility push(hidden)

extern const pn_type pni_show_edit_t;
extern const pni_noun pni_show_noun;
/** Merchants are told of what somebody has let out, not of what others are still about (show h). */
#define PNI_TOLD_SELLERS                                                                           \
    " and (:my_merchant::bigint is null or h.status not in ('DRAFT', 'REVIEWING'))"
/** PN_EPERM when the actor is confined to another organiser. */
PN_MUST int pni_show_mine(pn *p, int64_t organiser);

#pragma GCC visibility pop
#endif
