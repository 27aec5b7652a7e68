/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.h — bringing a database to the schema of this build. */
#ifndef PN_MIGRATE_H
#define PN_MIGRATE_H

#include "unit.h"

PN_BEGIN

/** Apply what is missing from the schema folder, each file in one transaction, under a lock so that
 *  two starters do not meet. *applied counts them (may be NULL). PN_ECONFLICT: a released file was
 *  edited, or the database is newer than this build. Creates the database when it does not exist.
 */
PN_MUST int pn_migrate(pn *p, int *applied);

PN_END
#endif
