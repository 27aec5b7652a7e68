/* SPDX-License-Identifier: Apache-2.0 */
/* closing_int.h — the content of a day as a number, for the seal and for its proof. */
#ifndef PNI_CLOSING_H
#define PNI_CLOSING_H

#pragma GCC visibility push(hidden)

/** Of transfers `t`: it does not depend on their order, and changes with any of them. */
#define PNI_DAY_DIGEST                                                                             \
    "coalesce(sum(('x' || substr(encode(sha256(convert_to(concat_ws('|', t.sk, t.id, t.kind,"      \
    " t.debit_id, t.credit_id, t.amount_fen, t.pending_id, t.biz_kind, t.biz_id, t.step, t.no,"    \
    " t.rule, t.day - date '1970-01-01', t.actor_id, t.memo), 'UTF8')), 'hex'), 1, 15))"           \
    "::bit(60)::bigint), 0)"
/** The seal that follows `before`. */
#define PNI_DAY_SEAL(before, day, n, fen, digest)                                                  \
    "encode(sha256(convert_to(concat_ws('|', " before ", " day " - date '1970-01-01', " n ", "     \
    fen ", " digest "), 'UTF8')), 'hex')"

#pragma GCC visibility pop
#endif
