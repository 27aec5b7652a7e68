/* SPDX-License-Identifier: Apache-2.0 */
/* policy_int.h — the one way to read a business rule's number: inside a statement when there is one
 * anyway, else by itself. The keys, their ranges and their meaning are in policy.c. */
#ifndef PNI_POLICY_H
#define PNI_POLICY_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** The value in force at :now, as an SQL expression (bigint). */
#define PNI_POLICY(key_)                                                                           \
    "(select value::bigint from policy where key = '" key_ "' and scope = ''"                      \
    " and effective_from <= :now::timestamptz order by effective_from desc limit 1)"

/** All the numbers of a rule that has several, as an SQL expression (int[]). */
#define PNI_POLICY_LIST(key_)                                                                      \
    "(select regexp_split_to_array(value, ' +')::int[] from policy where key = '" key_ "'"         \
    " and scope = '' and effective_from <= :now::timestamptz"                                      \
    " order by effective_from desc limit 1)"

/** Several at once, cheaper than each by itself: `"select " PNI_POLICY_OF("a.b") " as b, …"
 *  PNI_POLICIES("'a.b', …")`. */
#define PNI_POLICY_OF(key_) "max(value) filter (where key = '" key_ "')"
#define PNI_POLICIES(keys_)                                                                        \
    " from (select distinct on (key) key, value::bigint as value from policy"                      \
    "  where scope = '' and effective_from <= :now::timestamptz and key in (" keys_ ")"            \
    "  order by key, effective_from desc) policies"

/** Several at once in the round trip of other statements, cheapest of all: a statement of this text
 *  has rows of this type, which pni_policy_of() understands. */
#define PNI_POLICY_ROWS(keys_)                                                                     \
    "select key, value, effective_from from policy where scope = ''"                               \
    " and effective_from <= :now::timestamptz and key in (" keys_ ")"
extern const pn_type pni_policy_row_t;
/** The one in force; 0 when there is none. */
int64_t pni_policy_of(const pn_rows *rows, const char *key);

/** Part of an amount, in 1/10000, half up. */
static inline int64_t pni_bp(int64_t amount, int64_t bp)
{
    return (int64_t)(((__int128)amount * bp + 5000) / 10000);
}

/** The value in force at the unit's time. The first call of a unit reads all of them at once. */
PN_MUST int pni_policy(pn *p, const char *key, int64_t *out);
/** Of a rule of several numbers the i-th, the first being 0. PN_ENONE, without words: it has no
 *  more, and *out is the last. */
PN_MUST int pni_policy_at(pn *p, const char *key, int64_t i, int64_t *out);

#pragma GCC visibility pop
#endif
