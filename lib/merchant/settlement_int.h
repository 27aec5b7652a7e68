/* SPDX-License-Identifier: Apache-2.0 */
/* settlement_int.h — lines of settlement, as orders make them and batches take them. */
#ifndef PNI_SETTLEMENT_H
#define PNI_SETTLEMENT_H

#include "base/sql_int.h"
#include "merchant/settlement.h"

#pragma GCC visibility push(hidden)

/** What a merchant earned by one order. */
typedef struct pni_earned {
    int64_t merchant_id, order_id;
    const char *order_no;
    int qty;
    pn_money settle_fen, commission_fen, markup_fen;
} pni_earned;
/** Once an order and merchant, however often it is told; due by the merchant's level. */
PN_MUST int pni_settle_line_put(pn *p, const pni_earned *e);

/** What changes the next batch beside orders; once a kind and document. */
typedef struct pni_adjust {
    int64_t id, merchant_id, order_id, biz_id, fen;
    const char *kind, *note;
} pni_adjust;
PN_MUST int pni_settle_adjust(pn *p, const pni_adjust *a);

extern const pn_fsm pni_settle_line_fsm;
extern const pn_job pni_settle_ready_job;
extern const pn_sql pni_settle_line_move;
/** Of the batch a line was taken out of: count again. */
PN_MUST int pni_settlement_less(pn *p, int64_t settlement_id);

#pragma GCC visibility pop
#endif
