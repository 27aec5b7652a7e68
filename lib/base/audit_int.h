/* SPDX-License-Identifier: Apache-2.0 */
/* audit_int.h — the audit trail as rows, and the proof that nobody touched it. */
#ifndef PNI_AUDIT_H
#define PNI_AUDIT_H

#include "base/call_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_audit_row {
    struct pni_audit_row *next;
    int sk;
    int64_t id;
    pn_time at;
    const char *actor_kind;
    int64_t actor_id;
    const char *actor_name, *via, *op, *noun;
    int64_t ref;
    const char *command, *reason, *input, *before, *after;
    int code;
    pn_bytes hash;
    int64_t common; /* row of what a batch has in common, and what that says; 0: none */
    const char *common_input, *common_after;
    const void *asked, *answer; /* of one of a batch, until it is put into words */
    /* reading only */
    pn_date day;
    int64_t no;
    pn_bytes chain;
} pni_audit_row;

extern const pn_type pni_audit_t;

/** In a statement that has rows `a` of the trail: what a column tells with that of its batch. */
#define PNI_AUDIT_COMMON " LEFT JOIN audit_common c ON c.sk = a.sk AND c.id = a.common"
#define PNI_AUDIT_TOLD(of)                                                                         \
    "coalesce((left(a." of "::text, -1) || ',' || substr(c." of "::text, 2))::json, a." of ", c."  \
    of ")"

/** Put the answers of a batch into words, and queue what they have in common. */
PN_MUST int pni_audit_alike(pn *p);
extern const pn_sql pni_audit_alike_sql;

/** Hash of the row's content (32 bytes, in the unit); NULL when out of memory. */
const unsigned char *pni_audit_hash(pn *p, const pni_audit_row *row);
/** Recompute every row's hash and every link: how many rows, how many wrong, the first wrong id. */
PN_MUST int pni_audit_verify(pn *p, int64_t *seen, int64_t *drift, int64_t *sample);
/** Link rows that are not linked yet. */
PN_MUST int pni_audit_seal(pn *p, int64_t *done);

#pragma GCC visibility pop
#endif
