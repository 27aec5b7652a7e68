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

#endif
