/* SPDX-License-Identifier: Apache-2.0 */
/* licence_int.h — when a licence ends, as SQL: of a row `q` of qualification and the row `m` of its
 * merchant. It is asked, not stored, so that a late job changes nothing. */
#ifndef PNI_LICENCE_H
#define PNI_LICENCE_H

#include "base/policy_int.h"
#include "merchant/qualification.h"

#define PNI_LICENCE_TODAY "(:now::timestamptz at time zone 'Asia/Shanghai')::date"
/** The one that counts of its kind, of a merchant that works with us. */
#define PNI_LICENCE_COUNTS                                                                         \
    "(q.state = 'VERIFIED' and m.status in ('ACTIVE', 'RESTRICTED', 'SUSPENDED') and not exists"   \
    " (select from qualification later where later.sk = q.sk"                                      \
    "  and later.merchant_id = q.merchant_id and later.kind = q.kind"                              \
    "  and later.state = 'VERIFIED' and (later.valid_to, later.id) > (q.valid_to, q.id)))"
#define PNI_LICENCE_WARN PNI_POLICY_LIST("merchant.licence_warn_days")
/** It ends soon, or has ended, and nothing takes its place. */
#define PNI_LICENCE_ENDS                                                                           \
    "(q.valid_to <= " PNI_LICENCE_TODAY " + (select max(d) from unnest(" PNI_LICENCE_WARN ") d)"   \
    " and " PNI_LICENCE_COUNTS ")"
/** Since when it is to be told anew: the day of the last step that was reached. */
#define PNI_LICENCE_STEP                                                                           \
    "(coalesce(q.valid_to - (select min(d) from unnest(" PNI_LICENCE_WARN ") d"                    \
    "  where d >= q.valid_to - " PNI_LICENCE_TODAY " and q.valid_to >= " PNI_LICENCE_TODAY "),"    \
    " q.valid_to + 1)::timestamp at time zone 'Asia/Shanghai')"

#pragma GCC visibility push(hidden)

extern const pn_sql pni_scan_put, pni_scan_get;
/** Keep the paper: a PDF, PNG or JPEG; PN_EARG: it is none. */
PN_MUST int pni_scan_keep(pn *p, int64_t qualification, pn_bytes file);
PN_MUST int pni_scan_save(pn *p, const struct pn_qualification_save *in,
                          pn_qualification_saved *out);

#pragma GCC visibility pop
#endif
