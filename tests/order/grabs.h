/* SPDX-License-Identifier: Apache-2.0 */
/* grabs.h — wishes of buyers, and what they wait for. */
#ifndef TEST_GRABS_H
#define TEST_GRABS_H

#include "shop.h"

#include "order/grab.h"

extern const char *const phones[4];

const char *tier_text(int64_t id);
/* A wish for the first tier, without money yet. */
struct pn_grab_submit wish(int qty, int64_t cap_yuan, const char *phone);
pn_grab submitted(struct pn_grab_submit in);
void pay(int64_t order);
pn_grab queued(int qty, int64_t cap_yuan, const char *phone); /* paid in advance */
void stock(int64_t tier, int n);
/* Each run of a job is a moment of its own. */
void again(const char *name);
const char *body_of(const char *kind); /* of the only notice of this kind */
void proved(void);
/* What a matched grab gives back although it is closed, decided by two; and that its session will
 * not take place. */
int64_t forced_back(int64_t order);
void session_cancelled(void);

#endif
