/* SPDX-License-Identifier: Apache-2.0 */
/* auth.h — signing in and out. pn_signin() of unit.h takes the token that login gives. */
#ifndef PN_AUTH_H
#define PN_AUTH_H

#include "base/op.h"

PN_BEGIN

typedef struct pn_signed_in {
    int64_t id; /* the staff's */
    const char *login, *name;
    pn_texts roles;
    int64_t merchant, organiser;
    pn_time expires_at;
    const char *token; /* "pnt_…", told once; absent in whoami */
} pn_signed_in;

struct pn_auth_login { const char *login, *password, *code, *device; };
/** PN_EAUTH with field "code" when the password is right and the second factor is missing;
 *  PN_ELOCKED after too many wrong ones. The unit then acts for this person. */
PN_MUST int pn_auth_login(pn *p, const struct pn_auth_login *in, pn_signed_in *out);

struct pn_auth_logout { bool everywhere; };
/** End this login, or all of one's logins (API tokens stay). */
PN_MUST int pn_auth_logout(pn *p, const struct pn_auth_logout *in, pn_signed_in *out);

struct pn_auth_whoami; /* takes nothing: pass NULL */
PN_MUST int pn_auth_whoami(pn *p, const struct pn_auth_whoami *in, pn_signed_in *out);

PN_END
#endif
