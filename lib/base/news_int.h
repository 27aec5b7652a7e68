/* SPDX-License-Identifier: Apache-2.0 */
/* news_int.h — what a process has changed and not told yet. */
#ifndef PNI_NEWS_H
#define PNI_NEWS_H

#include "base/unit_int.h"

#pragma GCC visibility push(hidden)

/** Object `id` of a noun was changed by what this unit has just committed. */
void pni_news_note(pn *p, const char *noun, int64_t id);
/** What the unit's bookkeeping names. */
void pni_audit_note(pn *p);
void pni_state_note(pn *p);

#pragma GCC visibility pop
#endif
