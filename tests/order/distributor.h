/* SPDX-License-Identifier: Apache-2.0 */
/* distributor.h — a distributor with a contract, and what he does. */
#ifndef PN_TESTS_DISTRIBUTOR_H
#define PN_TESTS_DISTRIBUTOR_H

#include "channel/agency.h"
#include "channel/channel.h"
#include "order/dist.h"
#include "shop.h"

enum { AGENT = 41, OTHER = 42 };
extern int64_t tm_id; /* his channel */

pn *agent(void);
/** A channel with an account of its own staff. */
int64_t channel(const char *code, int staff);
int64_t balance(void);
void topup(int64_t fen);
/** The distributor with 5 percent, 10 percent kept of refunds, and so many of the first tier. */
int64_t contract(int total, bool dedicated);
struct pn_dist_lock ask(const char *number, int qty);
pn_dist locked(const char *number, int qty);
pn_dist confirmed(const char *number, int qty);
/** The books balance and every proof holds. */
void proved(void);

#endif
