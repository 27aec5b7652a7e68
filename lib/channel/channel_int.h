/* SPDX-License-Identifier: Apache-2.0 */
/* channel_int.h — what orders need of channels: whose they are, what they paid. */
#ifndef PNI_CHANNEL_H
#define PNI_CHANNEL_H

#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** Which channel an actor may act for: staff of a channel for their own (`mine`, 0: none), others
 *  for the one they name. Words when none or another. */
PN_MUST int pni_channel_may(pn *p, int64_t mine, int64_t asked, int64_t *channel);
/** The same, looking the actor's own channel up. */
PN_MUST int pni_channel_of_actor(pn *p, int64_t asked, int64_t *channel);

/** Money of a channel's account. Each (kind, ref) moves once. */
typedef struct pni_channel_money {
    int64_t channel_id, ref, order_id;
    const char *book; /* PREPAID or RECEIVABLE */
    const char *kind; /* TOPUP, ORDER, …; commission comes by itself */
    int64_t fen;      /* added to the book */
    const char *reason;
} pni_channel_money;
/** PN_EBALANCE when the prepaid balance would fall below the credit. *left: what the book has. */
PN_MUST int pni_channel_move(pn *p, const pni_channel_money *m, int64_t *left);

/** An order completed: of a channel's it counts for the rebate of this month. */
PN_MUST int pni_channel_sold(pn *p, int64_t order_id);

/** Money by bank, in or (below zero) out, by a line of its statement that stands for this alone. */
typedef struct pni_channel_transfer {
    int64_t channel_id, ref; /* ref 0: the move itself */
    int64_t fen;
    const char *reference;
} pni_channel_transfer;
PN_MUST int pni_channel_booked(pn *p, const pni_channel_transfer *t);

extern const pn_sql pni_channel_move_sql, pni_channel_mine_sql, pni_channel_share_sql,
    pni_statement_make_sql;
extern const pn_job pni_statement_job;

#pragma GCC visibility pop
#endif
