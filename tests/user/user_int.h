/* SPDX-License-Identifier: Apache-2.0 */
/* user_int.h — what the tests of this context share: accounts, quick password hashes, keys. */
#ifndef PN_TESTS_USER_INT_H
#define PN_TESTS_USER_INT_H

#include "db.h"

#include "user/auth.h"
#include "user/bulk.h"
#include "user/staff.h"
#include "user/token.h"
#include "user/totp.h"
#include "user/view.h"

#define PASSWORD "correct horse"

/* A database, a state folder with keys, cheap hashes. */
void user_setup(void);
void user_teardown(void);
/* A unit of an administrator who is not in the table. */
pn *user_admin(void);
int64_t user_make(const char *login, const char *role, int64_t merchant);
/* Sign in with the right password; the token lives as long as the unit. */
const char *user_login(pn *p, const char *login);

void staff_cases(TCase *tests);
void auth_cases(TCase *tests);
void token_cases(TCase *tests);
void view_cases(TCase *tests);
void bulk_cases(TCase *tests);
void totp_cases(TCase *tests);
void crypt_cases(TCase *tests);
void buyer_cases(TCase *tests);
void address_cases(TCase *tests);

#endif
