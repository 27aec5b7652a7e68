/* SPDX-License-Identifier: Apache-2.0 */
/* credit.h — which accounts may attend first and pay later. */
#ifndef PN_CREDIT_H
#define PN_CREDIT_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_credit {
    int64_t id; /* the account */
    int level, score, open_n;
    bool blocked;
    pn_time updated_at;
} pn_credit;
extern const pn_type pn_credit_t;

/** What is known of the account: its level with us, its score with whoever rates it. */
struct pn_credit_set { int64_t user; int level, score; };
/** After it has paid what it owed, or whenever it shall not pay later. */
struct pn_credit_block { int64_t id; bool on; const char *reason; };

PN_MUST int pn_credit_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_credit_set(pn *p, const struct pn_credit_set *in, pn_credit *out);
PN_MUST int pn_credit_block(pn *p, const struct pn_credit_block *in, pn_credit *out);

PN_END
#endif
