/* SPDX-License-Identifier: Apache-2.0 */
/* db.h — a migrated database of its own for every test that needs one.
 *
 * Use test_db_setup/test_db_teardown as the checked fixture of a TCase: each test gets a fresh copy
 * of the template that tests/with-pg made, and a pn_ctx on it. Data shared by the tests of a TCase:
 * the same two as an unchecked fixture, and test_db_open/test_db_close as the checked one. Data
 * that each test spoils: test_db_setup, the data and test_db_keep, then test_db_forget unchecked,
 * test_db_copy/test_db_teardown checked. */
#ifndef PN_TESTS_DB_H
#define PN_TESTS_DB_H

#include "base/unit.h"
#include "main_int.h"

extern pn_ctx *test_ctx;

void test_db_setup(void);
void test_db_teardown(void);
void test_db_open(void);
void test_db_close(void);
void test_db_keep(void);
void test_db_copy(void);
void test_db_forget(void);
const char *test_db_dsn(void);

/** A unit of a trusted actor with these roles: id 1, login "test". Ends with the test's process;
 *  end it yourself when the test goes on to another. */
pn *test_begin(uint32_t roles);
pn *test_begin_as(const pn_actor *actor);

/** SQL on a connection of its own, outside every unit; fails the test when the database does. */
void test_sql(const char *sql);
int64_t test_sql_int(const char *sql);
/** Text of the first column of the first row ("" for NULL or no row); valid until the next call. */
const char *test_sql_text(const char *sql);

/** Somebody else's transaction, open, that did this. */
struct pg_conn *somebody_did(const char *sql);

/** Whoever may not sell, hold or buy is told what to do instead. */
void test_way_on(pn *p, const char *call);

/* Calls that must work, and calls that must be refused with a code. `p` is the unit. */
#define ok(call)                                                                                   \
    do {                                                                                           \
        int test_rc_ = (call);                                                                     \
        ck_assert_msg(!test_rc_, "%s: %s: %s (%s)", #call, pn_code_name((pn_code)test_rc_),        \
                      pn_error(p)->message, pn_error(p)->where ? pn_error(p)->where : "");         \
    } while (0)
#define fails(code, call)                                                                          \
    do {                                                                                           \
        int test_rc_ = (call);                                                                     \
        ck_assert_msg(test_rc_ == (code), "%s: expected %s, got %s: %s", #call,                    \
                      pn_code_name(code), pn_code_name((pn_code)test_rc_),                         \
                      test_rc_ ? pn_error(p)->message : "");                                       \
        test_way_on(p, #call);                                                                     \
    } while (0)

#endif
