/* SPDX-License-Identifier: Apache-2.0 */
/* bill_int.h — what the files of reconciliation share. */
#ifndef PNI_BILL_H
#define PNI_BILL_H

#include "base/sql_int.h"
#include "order/bill.h"
#include "order/recon_diff.h"

#pragma GCC visibility push(hidden)

extern const pn_words pni_bill_kinds[], pni_bill_verdicts[];
extern const pn_fsm pni_bill_fsm, pni_recon_diff_fsm;
extern const pn_sql pni_bill_move_sql, pni_recon_diff_move_sql;

PN_MUST int pni_bill_row(pn *p, int64_t id, pn_bill *out);
/** Count the differences of a bill, all and those still open, and move it accordingly. `settled`:
 *  everything of the day was there to compare. */
PN_MUST int pni_bill_count(pn *p, int64_t id, bool settled);
/** Who writes the bills of a method. PN_EARG: nobody does. */
PN_MUST int pni_bill_connector(pn *p, pn_word method, const char **out);
/** Is there a bill of that payee (0: ours)? PN_EARG: there is not. */
PN_MUST int pni_bill_payee(pn *p, pn_word method, int64_t payee);
/** The file becomes the bill of that day; `source` FILE or FETCHED, `name` as people know it. */
PN_MUST int pni_bill_take(pn *p, const struct pn_bill_load *in, const char *source,
                          const char *name, pn_bill *out);

extern const pn_op pni_bill_load_op, pni_bill_fetch_op, pni_bill_begin_op, pni_bill_put_op,
    pni_bill_read_op, pni_bill_compare_op;
extern const pn_job pni_recon_fetch_job, pni_recon_compare_job, pni_bill_purge_job;
extern const pn_sql pni_bill_find_sql, pni_bill_begin_sql, pni_bill_put_sql, pni_bill_rest_sql,
    pni_bill_again_sql, pni_bill_read_sql, pni_bill_due_sql, pni_bill_fees_sql, pni_bill_open_sql,
    pni_recon_judge_sql, pni_recon_odd_sql, pni_recon_both_sql, pni_recon_ours_sql,
    pni_recon_back_sql, pni_recon_gone_sql, pni_recon_kept_sql, pni_recon_book_sql,
    pni_recon_waiting_sql, pni_recon_put_sql, pni_recon_filled_sql, pni_recon_wallets_sql,
    pni_recon_unfilled_sql, pni_recon_later_sql, pni_recon_deducted_sql,
    pni_recon_undeducted_sql,
    pni_recon_come_sql, pni_recon_told_sql,
    pni_bill_purge_sql;

#pragma GCC visibility pop
#endif
