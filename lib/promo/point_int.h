/* SPDX-License-Identifier: Apache-2.0 */
/* point_int.h — how the other files move points. Holding them for an order is a draw
 * (budget_int.h); everything else is a move: once for a kind and what it refers to. */
#ifndef PNI_POINT_H
#define PNI_POINT_H

#include "base/sql_int.h"
#include "promo/point.h"

#pragma GCC visibility push(hidden)

typedef struct pni_point_change {
    int64_t buyer, points;   /* above zero they come, below they go */
    int kind;                /* PN_POINT_… */
    int64_t ref, order;      /* of which the move is the only one of its kind; order 0: none */
    int64_t value_fen;       /* what it stands for in the books, 0: by the rule */
    int64_t base_fen;        /* of EARN: the money … */
    int rate_bp;             /* … and the rate */
} pni_point_change;
/** *moved is false when it is done already, or the account has not so many free. */
PN_MUST int pni_point_move(pn *p, const pni_point_change *c, bool *moved);
/** What so many are worth, in fen; half up. */
PN_MUST int pni_point_worth(pn *p, int64_t points, int64_t *fen);
/** May be spent now. */
PN_MUST int pni_point_free(pn *p, int64_t buyer, int64_t *points);

extern const pn_op pni_point_expire_op, pni_point_sign_in_op;
extern const pn_job pni_point_expire_job;
extern const pn_sql pni_point_open_sql, pni_point_move_sql, pni_point_due_sql,
    pni_point_ending_sql, pni_point_next_sql;

#pragma GCC visibility pop
#endif
