/* SPDX-License-Identifier: Apache-2.0 */
/* attend.h — a shop whose buyers attend first and pay later, with Alipay and WeChat as fakes. */
#ifndef PN_TESTS_LINK_ATTEND_H
#define PN_TESTS_LINK_ATTEND_H

#include "till.h"

void attend_setup(void);
void attend_teardown(void);
/** A new database; two buyers with credit, tickets at 680. */
void open_shop(void);
pn_order order_of(int64_t user, int n);
/** What the accounts of a kind have, in debit. */
int64_t balance(const char *kind);
/** So many days after the day after the show: deduct. */
void after_the_show(int days);

/** Alipay shall freeze it, and: the payer agrees in his app, the order is his. */
pn_payment asked(const pn_order *o, int64_t user);
pn_payment promised(const pn_order *o, int64_t user);
/** The same of WeChat, whose payscore needs no money yet. */
pn_payment scored(const pn_order *o, int64_t user);
pn_payment trusted(const pn_order *o, int64_t user);
/** What WeChat's fake does with a payscore order: agree, collect, service. */
const pni_doc *score(const char *tool, int64_t payment, const char *how);
/** A seat is given back by force. */
pn_refund back(const pn_order *o, const char *seat);

#endif
