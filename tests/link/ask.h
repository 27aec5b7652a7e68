/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h — one call of a connector, and what must come of it. */
#ifndef PN_TESTS_LINK_ASK_H
#define PN_TESTS_LINK_ASK_H

#include "rig.h"

pni_answer call(pni_link *l, const char *name, pni_pairs in);
/** It must mean this: PN_LINK_…. */
void is(const pni_answer *a, int outcome);
void says(const pni_answer *a, const char *name, const char *value);

#endif
