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
/** A difference before it is written. */
typedef struct pni_seen {
    int64_t id, bill_id, line_no, payment_id, refund_id, order_id;
    pn_word method;
    pn_date day;
    const char *kind, *refers, *ref, *note;
    pn_money theirs_fen, ours_fen;
} pni_seen;
extern const pn_type pni_seen_t;
typedef struct pni_seen_list { pni_seen *v; size_t n, most; } pni_seen_list;
/** Which bill is compared; what a comparison looks at. */
typedef struct pni_which {
    int64_t id, most, payee, trade; /* trade: the day's bill of trades, where this is another */
    pn_word method;
    pn_date day;
    pn_time from, to, since, until;
} pni_which;
extern const pn_type pni_which_t;
/** `kind`: of all of them, with `refers`; NULL: each says its own. PN_ETOO_BIG: too many. */
PN_MUST int pni_seen_add(pn *p, pni_seen_list *all, const pn_rows *rows, const char *kind,
                         const char *refers);
/** Write differences of a bill that are not written yet. */
PN_MUST int pni_seen_put(pn *p, int64_t bill_id, pni_seen *v, size_t n);
/** The movements of an account against the day's trades. *settled: they are there to compare. */
PN_MUST int pni_fund_compare(pn *p, pni_which *w, const pn_bill *b, pni_seen_list *all,
                             bool *settled);
/** Is there such a bill, of that payee (0: ours)? PN_EARG: there is not. */
PN_MUST int pni_bill_told(pn *p, const struct pn_bill_load *which);
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
    pni_bill_purge_sql, pni_fund_put_sql, pni_fund_again_sql, pni_fund_trade_sql,
    pni_fund_judge_sql, pni_fund_odd_sql, pni_fund_gone_sql, pni_fund_free_sql;

#pragma GCC visibility pop
#endif
