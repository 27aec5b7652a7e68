/* SPDX-License-Identifier: Apache-2.0 */
/* quota_int.h — the limits of a permit over the stock and the holds of sessions. */
#ifndef PNI_QUOTA_H
#define PNI_QUOTA_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** PN_ECAP when a session has more tickets or more of them withheld than its permit allows. */
PN_MUST int pni_quota_of_show(pn *p, int64_t show);
PN_MUST int pni_quota_of_session(pn *p, int64_t session);
extern const pn_sql pni_quota_lock, pni_quota_over;

#pragma GCC visibility pop
#endif
