/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawal.h — merchants draw what is theirs: asked for, approved, paid by a file for the bank,
 * ended by the bank's answer. */
#ifndef PN_WITHDRAWAL_H
#define PN_WITHDRAWAL_H

#include "base/op.h"

PN_BEGIN

#define PN_WITHDRAWAL_STATES(W)                                                                    \
    W(WITHDRAWAL, REQUESTED, N_("Drawing asked for"), 'w')                                         \
    W(WITHDRAWAL, APPROVED, N_("Approved"), 'w')                                                   \
    W(WITHDRAWAL, PAYING, N_("With the bank"), 'w')                                                \
    W(WITHDRAWAL, PAID, N_("Paid to the bank account"), 'g')                                       \
    W(WITHDRAWAL, FAILED, N_("Failed"), 'b')                                                       \
    W(WITHDRAWAL, REJECTED, N_("Rejected"), 'd')                                                   \
    W(WITHDRAWAL, CANCELLED, N_("Cancelled"), 'd')
enum { PN_WITHDRAWAL_UNSET, PN_WITHDRAWAL_STATES(PN_WORD_ENUM) };
extern const pn_words pn_withdrawal_states[];

typedef struct pn_withdrawal {
    int64_t id;
    const char *no;
    int64_t merchant_id;
    const char *merchant, *bank, *tail;
    pn_money amount_fen, fee_fen;
    pn_word state;
    int64_t requested_by, approved_by, approved_by2;
    bool automatic;
    const char *bank_no, *reason;
    pn_time created_at, paid_at;
} pn_withdrawal;
extern const pn_type pn_withdrawal_t;

struct pn_withdrawal_request { int64_t card; pn_money amount_fen; };
struct pn_withdrawal_cancel { int64_t id; const char *reason; };
struct pn_withdrawal_approve { int64_t id; const char *reason; };
struct pn_withdrawal_reject { int64_t id; const char *reason; };
/** The file for the bank; what is in it is with the bank from then on. `left_out`: approved, but
 *  the merchant may not draw money any more, or the bank account was rejected since. */
typedef struct pn_withdrawal_file {
    int64_t payments, left_out;
    pn_money amount_fen;
    const char *file; /* CSV: no, bank, holder, number, amount */
} pn_withdrawal_file;
struct pn_withdrawal_export { bool again; };
/** The bank's answer. CSV: no, result (OK, FAIL, UNKNOWN), bank_no, reason. */
struct pn_withdrawal_import { const char *file; };
typedef struct pn_withdrawal_answer { int64_t paid, failed, open, known; } pn_withdrawal_answer;

PN_MUST int pn_withdrawal_list(pn *p, const pn_list *in, pn_page *out);
/** Those that wait for an approval of whoever asks. */
PN_MUST int pn_withdrawal_queue(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_withdrawal_show(pn *p, const struct pn_withdrawal_cancel *in, pn_withdrawal *out);
/** PN_EBALANCE: more than is available, or less than the least. PN_ESTATE: one is under way. */
PN_MUST int pn_withdrawal_request(pn *p, const struct pn_withdrawal_request *in,
                                  pn_withdrawal *out);
PN_MUST int pn_withdrawal_cancel(pn *p, const struct pn_withdrawal_cancel *in,
                                 pn_withdrawal *out);
PN_MUST int pn_withdrawal_approve(pn *p, const struct pn_withdrawal_approve *in,
                                  pn_withdrawal *out);
PN_MUST int pn_withdrawal_reject(pn *p, const struct pn_withdrawal_reject *in,
                                 pn_withdrawal *out);
/** `again`: the file once more for what is with the bank and was not answered. */
PN_MUST int pn_withdrawal_export(pn *p, const struct pn_withdrawal_export *in,
                                 pn_withdrawal_file *out);
PN_MUST int pn_withdrawal_import(pn *p, const struct pn_withdrawal_import *in,
                                 pn_withdrawal_answer *out);

PN_END
#endif
