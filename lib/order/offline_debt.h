/* SPDX-License-Identifier: Apache-2.0 */
/* offline_debt.h — what people owe who collected money for tickets and never handed it in. */
#ifndef PN_OFFLINE_DEBT_H
#define PN_OFFLINE_DEBT_H

#include "base/op.h"

PN_BEGIN

#define PN_OFFLINE_DEBT_STATES(W)                                                                  \
    W(OFFLINE_DEBT, OPEN, N_("Owed"), 'b')                                                         \
    W(OFFLINE_DEBT, PAID, N_("Paid"), 'g')                                                         \
    W(OFFLINE_DEBT, WRITTEN_OFF, N_("Written off"), 'd')
enum { PN_OFFLINE_DEBT_UNSET, PN_OFFLINE_DEBT_STATES(PN_WORD_ENUM) };
extern const pn_words pn_offline_debt_states[];

/** How long it has been owed. */
#define PN_DEBT_AGES(W)                                                                            \
    W(DEBT_AGE, D30, N_("Up to 30 days"), 0)                                                       \
    W(DEBT_AGE, D60, N_("31 to 60 days"), 'w')                                                     \
    W(DEBT_AGE, D90, N_("61 to 90 days"), 'w')                                                     \
    W(DEBT_AGE, OLDER, N_("More than 90 days"), 'b')
enum { PN_DEBT_AGE_UNSET, PN_DEBT_AGES(PN_WORD_ENUM) };
extern const pn_words pn_debt_ages[];

typedef struct pn_offline_debt {
    int64_t id; /* the order */
    const char *order_no;
    int64_t staff_id;
    const char *staff;
    pn_money left_fen, amount_fen, paid_fen, off_fen;
    pn_word state, age;
    int days;
    int64_t approved_by;
    pn_time since_at;
} pn_offline_debt;
extern const pn_type pn_offline_debt_t;

typedef struct pn_offline_debt_part {
    int no;
    pn_money amount_fen;
    const char *reference;
    int64_t by;
    pn_time at;
} pn_offline_debt_part;
typedef struct pn_offline_debt_detail {
    pn_offline_debt head;
    pn_rows parts; /* pn_offline_debt_part */
} pn_offline_debt_detail;

struct pn_offline_debt_show { int64_t id; };
struct pn_offline_debt_pay { int64_t id; pn_money amount_fen; const char *reference; };
struct pn_offline_debt_write_off { int64_t id; const char *reason; };

/** Aged: count by `age` for the sums. */
PN_MUST int pn_offline_debt_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_offline_debt_show(pn *p, const struct pn_offline_debt_show *in,
                                 pn_offline_debt_detail *out);
/** It came by bank, all of it or a part. PN_EDUAL: by whoever owes it. */
PN_MUST int pn_offline_debt_pay(pn *p, const struct pn_offline_debt_pay *in,
                                pn_offline_debt *out);
/** What is left will not come; the second of two people does it. */
PN_MUST int pn_offline_debt_write_off(pn *p, const struct pn_offline_debt_write_off *in,
                                      pn_offline_debt *out);

PN_END
#endif
