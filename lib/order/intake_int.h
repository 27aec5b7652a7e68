/* SPDX-License-Identifier: Apache-2.0 */
/* intake_int.h — what the files of a channel's orders share. */
#ifndef PNI_INTAKE_H
#define PNI_INTAKE_H

#include "order/intake.h"
#include "order/order_int.h"

#pragma GCC visibility push(hidden)

extern const pn_fsm pni_intake_fsm;
extern const pn_op pni_intake_import_op, pni_intake_accept_op, pni_intake_fail_op;
extern const pn_job pni_intake_accept_job;
extern const pn_sql pni_intake_file_sql, pni_intake_seen_sql, pni_intake_rows_sql,
    pni_intake_claim_sql,
    pni_intake_sku_sql, pni_intake_put_sql, pni_intake_sealed_sql, pni_intake_done_sql,
    pni_intake_loss_sql, pni_intake_fail_sql, pni_intake_due_sql;

PN_MUST int pni_intake_row(pn *p, int64_t id, pn_intake *out);

#pragma GCC visibility pop
#endif
