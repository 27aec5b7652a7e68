/* SPDX-License-Identifier: Apache-2.0 */
/* recon_diff.h — differences between providers' bills and our books, and how people resolve them.
 * None is ever closed by itself but one: what was missing has come. */
#ifndef PN_RECON_DIFF_H
#define PN_RECON_DIFF_H

#include "base/op.h"

PN_BEGIN

#define PN_RECON_DIFF_STATES(W)                                                                    \
    W(RECON_DIFF, OPEN, N_("Not dealt with"), 'b')                                                 \
    W(RECON_DIFF, EXPLAINED, N_("Explained"), 'g')                                                 \
    W(RECON_DIFF, PROPOSED, N_("Correction proposed"), 'w')                                        \
    W(RECON_DIFF, ADJUSTED, N_("Corrected"), 'g')                                                  \
    W(RECON_DIFF, APPEARED, N_("Has come"), 'd')
enum { PN_RECON_DIFF_UNSET, PN_RECON_DIFF_STATES(PN_WORD_ENUM) };
extern const pn_words pn_recon_diff_states[];

#define PN_RECON_KINDS(W)                                                                          \
    W(RECON, MISSING_HERE, N_("Missing here"), 'b')                                                \
    W(RECON, MISSING_THERE, N_("Missing there"), 'b')                                              \
    W(RECON, AMOUNT, N_("Another amount"), 'b')                                                    \
    W(RECON, FEE, N_("Another fee"), 'w')                                                          \
    W(RECON, STATE, N_("Another state"), 'b')                                                      \
    W(RECON, DUPLICATE, N_("Twice"), 'b')                                                          \
    W(RECON, BOOKS, N_("Ledger and payments differ"), 'b')
enum { PN_RECON_UNSET, PN_RECON_KINDS(PN_WORD_ENUM) };
extern const pn_words pn_recon_kinds[];

typedef struct pn_recon_diff {
    int64_t id, bill_id;
    pn_word method;
    pn_date day;
    pn_word kind;
    const char *refers, *ref;
    int64_t line_no, payment_id, refund_id, order_id;
    pn_money theirs_fen, ours_fen, diff_fen;
    const char *note;
    pn_word state;
    const char *reason, *adjust_rule;
    pn_money adjust_fen;
    int64_t proposed_by, decided_by;
    pn_time found_at, closed_at;
} pn_recon_diff;
extern const pn_type pn_recon_diff_t;

struct pn_recon_diff_show { int64_t id; };
struct pn_recon_diff_explain { int64_t id; const char *reason; };
struct pn_recon_diff_reopen { int64_t id; const char *reason; };
struct pn_recon_diff_adjust { int64_t id; const char *reason; };
struct pn_recon_diff_approve { int64_t id; const char *reason; };
struct pn_recon_diff_reject { int64_t id; const char *reason; };

PN_MUST int pn_recon_diff_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_recon_diff_show(pn *p, const struct pn_recon_diff_show *in, pn_recon_diff *out);
/** Close it without moving money: the reason says why nothing is wrong, or who was told. */
PN_MUST int pn_recon_diff_explain(pn *p, const struct pn_recon_diff_explain *in,
                                  pn_recon_diff *out);
PN_MUST int pn_recon_diff_reopen(pn *p, const struct pn_recon_diff_reopen *in,
                                 pn_recon_diff *out);
/** Propose to book it; the row says what would be booked. */
PN_MUST int pn_recon_diff_adjust(pn *p, const struct pn_recon_diff_adjust *in,
                                 pn_recon_diff *out);
/** PN_EDUAL: by whoever proposed it. */
PN_MUST int pn_recon_diff_approve(pn *p, const struct pn_recon_diff_approve *in,
                                  pn_recon_diff *out);
PN_MUST int pn_recon_diff_reject(pn *p, const struct pn_recon_diff_reject *in,
                                 pn_recon_diff *out);

PN_END
#endif
