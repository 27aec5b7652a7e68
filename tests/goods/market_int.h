/* SPDX-License-Identifier: Apache-2.0 */
/* market_int.h — what the tests of offers start from: a published show, its tiers at 980 yuan,
 * merchants that are admitted. */
#ifndef PN_TESTS_MARKET_H
#define PN_TESTS_MARKET_H

#include "catalog/season_int.h"
#include "goods/listing.h"

/** Operations person 1; session "h-1" of show "h" with tiers "h-1-a" and "h-1-b". */
extern pn *p;
extern int64_t session, tier_a, tier_b;
void market_setup(void);
void market_teardown(void);

/** An active merchant of level B with 5 % commission. */
int64_t make_merchant(const char *code, const char *kind);
/** Into its wallet; every merchant begins with a million. */
void pay_in(int64_t merchant, int64_t fen);
/** Go on as staff of a merchant, as finance, as operations person `id`. */
void as_merchant(int64_t merchant);
void as_finance(void);
void as_ops(int64_t id);
/** A unit later by so much. */
void later(int64_t us);
/** A live offer of 5 tickets of tier a at 900, made and submitted by operations. */
pn_listing make_live(int64_t merchant, int64_t ask_yuan, int qty);
pn_listing listing_of(int64_t id);
/** Run the handlers of everything that waits, and a job. */
void relay(void);
void run_job(const char *name);

#define HOUR INT64_C(3600000000)
#define DAY (24 * HOUR)

#endif
