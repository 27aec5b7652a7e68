/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.h — the books: accounts, what moved between them, what they had on a day. */
#ifndef PN_LEDGER_H
#define PN_LEDGER_H

#include "base/op.h"

PN_BEGIN

#define PN_LEDGER_STATES(W)                                                                        \
    W(LEDGER, OPEN, N_("In use"), 'g')                                                             \
    W(LEDGER, CLOSED, N_("Closed"), 'd')
enum { PN_LEDGER_UNSET, PN_LEDGER_STATES(PN_WORD_ENUM) };
extern const pn_words pn_ledger_states[];

/** An account. The balance is positive where its kind ordinarily has it; `held` is reserved. */
typedef struct pn_ledger {
    int64_t id;
    pn_word kind, nature, whose;
    const char *holder; /* "" for the platform's */
    int32_t shard;
    int64_t owner;
    const char *part;
    pn_money balance_fen, held_fen, overdraft_fen, debit_fen, credit_fen;
    pn_word state;
} pn_ledger;
extern const pn_type pn_ledger_t;

/** Half of a transfer, seen from one of its two accounts. */
typedef struct pn_entry {
    int64_t id, account_id;
    pn_word account;
    int64_t owner;
    pn_money debit_fen, credit_fen;
    pn_word other;
    int64_t other_id;
    pn_date day;
    pn_time at;
    const char *rule, *biz_kind, *step, *kind;
    int64_t biz_id, transfer_id;
    /* which of these it is */
    int64_t payment_id, refund_id, order_id, withdrawal_id, settlement_id, settle_line_id,
        penalty_id, rebate_id, channel_rebate_id, fee_invoice_id, guarantee_id, shift_id,
        bill_id, recon_diff_id, adjustment_id, compensation_id, coupon_id, gift_card_id,
        gift_card_batch_id, offline_debt_id, recharge_id, wallet_id, channel_id,
        supplier_id, organiser_id;
    const char *memo;
} pn_entry;
extern const pn_type pn_entry_t;

struct pn_ledger_show { int64_t id; pn_date on; };

/** By class, assets first, in it in the order of the plan of accounts (place). */
typedef struct pn_trial_row {
    pn_word kind, nature;
    int64_t accounts, place;
    pn_money debit_fen, credit_fen, balance_fen;
} pn_trial_row;
typedef struct pn_trial {
    pn_date on;            /* absent: now */
    pn_money debit_fen, credit_fen;
    bool balanced;
    pn_rows kinds;         /* pn_trial_row */
} pn_trial;
struct pn_ledger_trial { pn_date on; };

typedef struct pn_statement_row {
    pn_date day;
    pn_time at;
    const char *rule, *biz_kind, *step, *memo;
    int64_t biz_id;
    pn_word other;
    pn_money debit_fen, credit_fen, balance_fen;
} pn_statement_row;
typedef struct pn_statement {
    int64_t id;
    pn_word kind;
    int64_t owner;
    pn_date from, to;
    pn_money opening_fen, debit_fen, credit_fen, closing_fen;
    pn_rows entries; /* pn_statement_row */
} pn_statement;
struct pn_ledger_statement { int64_t id; pn_date from, to; };

PN_MUST int pn_ledger_list(pn *p, const pn_list *in, pn_page *out);
/** Of a day: as it was at its end, reservations aside. */
PN_MUST int pn_ledger_show(pn *p, const struct pn_ledger_show *in, pn_ledger *out);
/** The sums of each kind of account, now or at the end of a day. */
PN_MUST int pn_ledger_trial(pn *p, const struct pn_ledger_trial *in, pn_trial *out);
/** What moved on an account from one day to another, both included. PN_ETOO_BIG: narrow it. */
PN_MUST int pn_ledger_statement(pn *p, const struct pn_ledger_statement *in, pn_statement *out);
/** The same as a list, of this moment: rows of pn_trial_row. */
PN_MUST int pn_trial_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_entry_list(pn *p, const pn_list *in, pn_page *out);

PN_END
#endif
