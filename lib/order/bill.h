/* SPDX-License-Identifier: Apache-2.0 */
/* bill.h — providers' bills of a day, held against our books, and what differs. */
#ifndef PN_BILL_H
#define PN_BILL_H

#include "base/op.h"

PN_BEGIN

#define PN_BILL_STATES(W)                                                                          \
    W(BILL, LOADING, N_("Being read"), 'w')                                                        \
    W(BILL, LOADED, N_("To be compared"), 'w')                                                     \
    W(BILL, DIFFERENT, N_("Different"), 'b')                                                       \
    W(BILL, RECONCILED, N_("Reconciled"), 'g')                                                     \
    W(BILL, DROPPED, N_("Dropped"), 'd')
enum { PN_BILL_UNSET, PN_BILL_STATES(PN_WORD_ENUM) };
extern const pn_words pn_bill_states[];

/** What a provider tells of a day: trades, or all that moved on its account with us. */
#define PN_BILL_TYPES(W)                                                                           \
    W(BILL, TRADE, N_("Trades"), 0)                                                                \
    W(BILL, FUND, N_("Movements of the account"), 0)                                               \
    W(BILL, SLIP, N_("Slips the bank paid"), 0)
enum { PN_BILL_TYPE_UNSET, PN_BILL_TYPES(PN_WORD_ENUM) };
extern const pn_words pn_bill_types[];

/** A bill with the numbers of its day: theirs, ours (payments, refunds), those of the ledger. */
typedef struct pn_bill {
    int64_t id;
    pn_word method;
    pn_date day;
    pn_word state;
    int64_t lines_n, matched_n, diff_n, open_n;
    int64_t pay_n, refund_n, our_pay_n, our_refund_n;
    pn_money pay_fen, refund_fen, fee_fen, our_pay_fen, our_refund_fen, book_pay_fen,
        book_refund_fen;
    const char *source, *file, *payout_ref, *reason;
    pn_word type;
    int64_t loaded_by, payee_id; /* payee_id: of an organiser that collects itself; 0: ours */
    pn_time created_at, compared_at;
} pn_bill;
extern const pn_type pn_bill_t;

/** A line of a bill. */
typedef struct pn_bill_line {
    const char *id;
    int64_t bill_id, no;
    pn_word kind, verdict;
    pn_time at;
    const char *provider_no, *out_no, *ref;
    pn_money amount_fen, fee_fen;
    int64_t payment_id, refund_id;
} pn_bill_line;

/** `payee`: the organiser that collected, of methods whose money is not ours. */
struct pn_bill_load {
    const char *file;
    pn_word method;
    pn_date day;
    int64_t payee;
    pn_word type; /* unset: of trades */
};
struct pn_bill_fetch { pn_word method; pn_date day; int64_t payee; pn_word type; };
struct pn_bill_show { int64_t id; };
struct pn_bill_compare { int64_t id; };
struct pn_bill_drop { int64_t id; const char *reason; };
struct pn_bill_payout { int64_t id; pn_money amount_fen; const char *reference; };

PN_MUST int pn_bill_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_bill_lines(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_bill_show(pn *p, const struct pn_bill_show *in, pn_bill *out);
/** Read a file of this machine, as the provider gave it, and compare it. The same file again goes
 *  on where it was interrupted; another one of that day is PN_EEXISTS. */
PN_MUST int pn_bill_load(pn *p, const struct pn_bill_load *in, pn_bill *out);
/** The same from the provider itself. PN_ENONE: it has none of that day. */
PN_MUST int pn_bill_fetch(pn *p, const struct pn_bill_fetch *in, pn_bill *out);
/** Hold it against our books again: what was explained stays, what has come is noted. */
PN_MUST int pn_bill_compare(pn *p, const struct pn_bill_compare *in, pn_bill *out);
/** Take a bill back, with its differences. PN_ESTATE: something of it was booked. */
PN_MUST int pn_bill_drop(pn *p, const struct pn_bill_drop *in, pn_bill *out);
/** Book what the provider paid out for a reconciled day. PN_EBALANCE: the bill comes to another
 *  sum. */
PN_MUST int pn_bill_payout(pn *p, const struct pn_bill_payout *in, pn_bill *out);

PN_END
#endif
