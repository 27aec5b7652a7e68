/* SPDX-License-Identifier: Apache-2.0 */
/* dsn.c — a connection string that was mistyped. libpq quotes what it cannot read of one, and looks
 * up what it takes for a host: either may be a piece of the password. So such a string never
 * reaches it, and nobody is told what it says. */
#include <string.h>

#include "base/db_int.h"

/* A password with an @ or a / that was not written as %40 or %2F: the rest of it is somewhere
 * else. */
static bool is_odd(const PQconninfoOption *o)
{
    if (!o->val)
        return false;
    if (!strcmp(o->keyword, "host") || !strcmp(o->keyword, "dbname"))
        return strchr(o->val, '@') != NULL;
    return !strcmp(o->keyword, "port") && o->val[strspn(o->val, "0123456789,")];
}

bool pni_dsn_reads(const char *dsn)
{
    char *why = NULL;
    bool good;
    if (!strstr(dsn, "://") && !strchr(dsn, '='))
        return true; /* the name of a database */
    PQconninfoOption *all = PQconninfoParse(dsn, &why);
    good = all || !why; /* neither: there is no libpq, or no memory */
    for (const PQconninfoOption *o = all; o && o->keyword; o++)
        good &= !is_odd(o);
    PQconninfoFree(all);
    PQfreemem(why);
    return good;
}
