/* SPDX-License-Identifier: Apache-2.0 */
/* points.h — buyers with points, and a shop whose rules are the test's own. */
#ifndef PN_TESTS_POINTS_H
#define PN_TESTS_POINTS_H

#include "order/sale_int.h"
#include "promo/point.h"
#include "shop.h"

/** What the next orders are reduced by. */
extern pni_reduction instant, coupon;

/** Signed-in buyers, and a shop whose sessions end. */
void points_setup(void);
void points_teardown(void);
int adjust(pn *p, int64_t buyer, int64_t points, pn_point_adjustment *out);
void give(int64_t buyer, int64_t points);
/** "points/held" */
const char *account(int64_t buyer);
/** What the books have of a kind, on the side of credit. */
int64_t book(const char *kind);
int buy(int64_t who, int qty, int64_t points, pn_order *out);
pn_order bought(int64_t who, int qty, int64_t points);
/** In cash. */
void pay(int64_t order);
/** A seat, or (NULL) all. */
void give_back(int64_t order, const char *seat);
/** Hand on what is due until nothing is. */
void settle_all(void);

#endif
