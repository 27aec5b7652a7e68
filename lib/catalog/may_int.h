/* SPDX-License-Identifier: Apache-2.0 */
/* may_int.h — who reads the season and who writes it, the same for every noun of it. */
#ifndef PNI_CATALOG_MAY_H
#define PNI_CATALOG_MAY_H

#include "base/op.h"

#define READERS                                                                                    \
    (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_BOXOFFICE | PN_ROLE_GATE |         \
     PN_ROLE_ORGANISER | PN_ROLE_CHANNEL | PN_ROLE_SYSTEM)
#define AUTHORS (PN_ROLE_OPS | PN_ROLE_ORGANISER)

#endif
