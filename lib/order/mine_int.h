/* SPDX-License-Identifier: Apache-2.0 */
/* mine_int.h — orders of buyers' accounts. */
#ifndef PNI_ORDER_MINE_H
#define PNI_ORDER_MINE_H

#include "order/order_int.h"

#pragma GCC visibility push(hidden)

/** phones[i] where request i of a buyer has none: his account's. One round trip at most. */
PN_MUST int pni_account_phones(pn *p, const pn_batch *b, const char **phones);

/** The same for one: `given`, or the account's. */
PN_MUST int pni_account_phone(pn *p, const char *given, const char **out);

/** How much the account bought of late, as a level of 0 to 4; 0 for nobody's. */
PN_MUST int pni_account_level(pn *p, int64_t user_id, int *level);

extern const pn_event pni_account_erased_event, pni_account_code_event;
extern const pn_sql pni_account_open_sql, pni_account_clear_sql, pni_account_growth_sql;

#pragma GCC visibility pop
#endif
