/* SPDX-License-Identifier: Apache-2.0 */
/* when_int.h — parsing and printing of times and business days. */
#ifndef PNI_WHEN_H
#define PNI_WHEN_H

#include "base/col.h"

#pragma GCC visibility push(hidden)

#define PNI_DAY_US 86400000000LL
#define PNI_ZONE_US 28800000000LL /* UTC+8 */

/** RFC 3339, "2026-12-01[ 19:30[:00]]" (business zone), today/今天, D+14 19:30, 30m (ago), +2h,
 * now. */
bool pni_when_parse(const char *text, pn_time now, pn_time *out);
bool pni_date_parse(const char *text, pn_time now, pn_date *out);
/** For people to the minute, for machines RFC 3339 with the business zone. */
void pni_when_text(pn_time t, bool machine, char out[40]);
void pni_date_text(pn_date t, char out[16]);
int64_t pni_local_day(pn_time t); /* business day as days since 1970-01-01 */
int32_t pni_month_of(int64_t days, int ahead); /* first day of its month, ahead: of the next */
void pni_civil(int64_t days, int *y, int *m, int *d);

#pragma GCC visibility pop
#endif
