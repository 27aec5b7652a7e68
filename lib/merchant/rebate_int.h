/* SPDX-License-Identifier: Apache-2.0 */
/* rebate_int.h — the brackets are the same for whoever has a rebate. */
#ifndef PNI_REBATE_H
#define PNI_REBATE_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** In 1/10000, of the whole sum; 0: it is too small. */
PN_MUST int pni_rebate_bracket(pn *p, int64_t fen, int64_t *bp);

#pragma GCC visibility pop
#endif
