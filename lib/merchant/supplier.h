/* SPDX-License-Identifier: Apache-2.0 */
/* supplier.h — merchants whom we pay ahead, and who owe us rebates. */
#ifndef PN_SUPPLIER_H
#define PN_SUPPLIER_H

#include "base/op.h"

PN_BEGIN

#define PN_SUPPLIER_MOVES(W)                                                                       \
    W(SUPPLIER, TOPUP, N_("Paid ahead"), 0)                                                        \
    W(SUPPLIER, BOUGHT, N_("Bought with it"), 0)                                                   \
    W(SUPPLIER, REBATE, N_("Rebate"), 0)                                                           \
    W(SUPPLIER, RECEIVED, N_("Rebate paid to us"), 0)
enum { PN_SUPPLIER_UNSET, PN_SUPPLIER_MOVES(PN_WORD_ENUM) };
extern const pn_words pn_supplier_moves_words[];

/** `prepaid` is what is left of what we paid ahead, `receivable` what it owes us of rebates. */
typedef struct pn_supplier {
    int64_t id;
    const char *code, *name;
    pn_money prepaid_fen, receivable_fen;
} pn_supplier;
extern const pn_type pn_supplier_t;

/** One move of its two books; what leaves a book is negative. */
typedef struct pn_supplier_moves_row {
    int64_t id, supplier_id;
    const char *supplier;
    pn_word kind;
    pn_money amount_fen;
    int64_t settlement_id, rebate_id;
    const char *reference;
    pn_time at;
} pn_supplier_moves_row;

struct pn_supplier_show { int64_t id; };
/** Paid ahead by bank; negative: it paid some of it back. */
struct pn_supplier_topup { int64_t id; pn_money amount_fen; const char *reference; };
/** It paid what it owed. PN_EBALANCE: more than that. */
struct pn_supplier_receive { int64_t id; pn_money amount_fen; const char *reference; };

PN_MUST int pn_supplier_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_supplier_moves(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_supplier_show(pn *p, const struct pn_supplier_show *in, pn_supplier *out);
PN_MUST int pn_supplier_topup(pn *p, const struct pn_supplier_topup *in, pn_supplier *out);
PN_MUST int pn_supplier_receive(pn *p, const struct pn_supplier_receive *in, pn_supplier *out);

PN_END
#endif
