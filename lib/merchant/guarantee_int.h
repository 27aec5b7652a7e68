/* SPDX-License-Identifier: Apache-2.0 */
/* guarantee_int.h — what closing a merchant's account asks of its money. */
#ifndef PNI_GUARANTEE_H
#define PNI_GUARANTEE_H

#include "merchant/guarantee.h"
#include "base/sql_int.h"

#pragma GCC visibility push(hidden)

/** Nothing is open that the account would have to answer for: PN_ESTATE for orders and money that
 *  waits, PN_EBALANCE for a debt that its wallet does not cover. */
PN_MUST int pni_guarantee_clear(pn *p, int64_t merchant);
/** The account was closed: what it left with us, and what it owes, is for somebody else to settle.
 *  Nothing, when there is neither. */
PN_MUST int pni_guarantee_closed(pn *p, int64_t merchant, const char *reason);

#pragma GCC visibility pop
#endif
