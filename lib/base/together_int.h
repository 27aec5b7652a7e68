/* SPDX-License-Identifier: Apache-2.0 */
/* together_int.h — where a unit's statements go while its reads are combined with others'. */
#ifndef PNI_TOGETHER_H
#define PNI_TOGETHER_H

#include "base/db_int.h"

#pragma GCC visibility push(hidden)

/** In the place of sending: give the answer this statement had, or note it as the next question. */
PN_MUST int pni_plan_send(pn *p, pni_stmt *stmt, const char *const *value, const int *len,
                          const pni_pending *want);
/** In the place of waiting: not 0 while a question is open. */
PN_MUST int pni_plan_sync(pn *p);
/** What cannot be combined: the unit is run alone. */
PN_MUST int pni_plan_refuse(pn *p);

#pragma GCC visibility pop
#endif
