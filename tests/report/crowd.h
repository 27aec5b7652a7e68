/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.h — years of documents that are done with, and the few that wait for somebody. */
#ifndef PN_TESTS_CROWD_H
#define PN_TESTS_CROWD_H

#include "db.h"

enum { CROWD_MERCHANT = 77, CROWD_WAIT = 3 };

/** n rows of each kind of document, all done with, and CROWD_WAIT of each that wait; analysed. */
void crowd_of(int n);
/** A unit at the crowd's clock: of staff with these roles, or of its merchant. */
pn *crowd_staff(uint32_t roles);
pn *crowd_merchant(void);
/** The tables that crowd_of fills; NULL ends them. */
extern const char *const crowd_tables[];

#endif
