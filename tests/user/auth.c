/* SPDX-License-Identifier: Apache-2.0 */
/* auth.c — signing in, being locked out, sliding and ending. */
#include "user_int.h"

#include "base/unit_int.h"
#include "user/guard_int.h"

#include <sodium.h>
#include <string.h>

static const int64_t MINUTE = 60000000, DAY = 86400LL * 1000000;

static int try(pn *p, const char *login, const char *password)
{
    pn_signed_in session;
    return pn_auth_login(p, &(struct pn_auth_login){.login = login, .password = password},
                         &session);
}

static void later(pn *p, int64_t us)
{
    pn_set_now(p, (pn_time){pn_now(p).us + us});
}

START_TEST(a_login_gives_a_token_that_signs_in)
{
    int64_t id = user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *token = user_login(p, "anna");
    ck_assert_int_eq(strlen(token), 56);
    ck_assert_int_eq(strncmp(token, "pnt_", 4), 0);
    ck_assert_int_eq(pn_who(p)->id, id);
    PN_AUTO_UNIT other = pn_begin(test_ctx);
    pn_set_via(other, "http", NULL);
    ck_assert_int_eq(pn_signin(other, token), 0);
    ck_assert_int_eq(pn_who(other)->id, id);
    ck_assert_int_eq(pn_who(other)->kind, 'O');
    ck_assert_str_eq(pn_who(other)->via, "http");
    pn_signed_in me;
    ck_assert_int_eq(pn_auth_whoami(other, NULL, &me), 0);
    ck_assert_str_eq(me.login, "anna");
    ck_assert_uint_eq(me.roles.n, 1);
    ck_assert_int_gt(me.expires_at.us, pn_now(other).us + 29 * DAY);
    ck_assert_ptr_null(me.token);
    ck_assert_int_eq(test_sql_int(pn_printf(p, "select count(*) from token"
                                            " where hash = sha256('%s'::bytea)", token)), 1);
}
END_TEST

START_TEST(nobody_is_told_whether_a_login_exists)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    ck_assert_int_eq(try(p, "anna", "wrong"), PN_EAUTH);
    const char *words = pn_strdup(p, pn_error(p)->message), *field = pn_error(p)->field;
    ck_assert_int_eq(try(p, "nobody", "wrong"), PN_EAUTH);
    ck_assert_str_eq(pn_error(p)->message, words);
    ck_assert_str_eq(pn_error(p)->field, field);
}
END_TEST

START_TEST(every_attempt_is_in_the_trail)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    try(p, "anna", "wrong");
    try(p, "nobody", "wrong");
    user_login(p, "anna");
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'auth.login'"
                                  " and code <> 0"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log a join staff s on s.id = a.ref"
                                  " where op = 'auth.login' and code = 0"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log a where a::text like '%wrong%'"
                                  " or a::text like '%pnt\\_%'"), 0);
}
END_TEST

START_TEST(five_wrong_ones_lock_for_a_quarter_of_an_hour)
{
    int64_t id = user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    for (int i = 0; i < 4; i++)
        fails(PN_EAUTH, try(p, "anna", "wrong"));
    fails(PN_ELOCKED, try(p, "anna", "wrong"));
    fails(PN_ELOCKED, try(p, "anna", PASSWORD));
    pn_staff row;
    PN_AUTO_UNIT admin = user_admin();
    ck_assert_int_eq(pn_staff_show(admin, &(struct pn_staff_show){id}, &row), 0);
    ck_assert_int_gt(row.locked_until.us, pn_now(p).us + 14 * MINUTE);
    later(p, 14 * MINUTE);
    fails(PN_ELOCKED, try(p, "anna", PASSWORD));
    later(p, 2 * MINUTE);
    ok(try(p, "anna", PASSWORD));
    fails(PN_EAUTH, try(p, "anna", "wrong")); /* counted from one again */
}
END_TEST

START_TEST(a_right_one_forgets_the_wrong_ones)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++)
            fails(PN_EAUTH, try(p, "anna", "wrong"));
        ok(try(p, "anna", PASSWORD));
    }
}
END_TEST

START_TEST(an_administrator_unlocks)
{
    int64_t id = user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_staff row;
    for (int i = 0; i < 5; i++)
        ck_assert_int_ne(try(p, "anna", "wrong"), 0);
    PN_AUTO_UNIT admin = user_admin();
    ck_assert_int_eq(pn_staff_unlock(admin, &(struct pn_staff_unlock){id}, &row), 0);
    ok(try(p, "anna", PASSWORD));
}
END_TEST

/* Neither a dry run nor a batch may be a way to guess without being counted. */
START_TEST(guessing_cannot_be_rolled_back)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_dry_run(p, true);
    fails(PN_EARG, try(p, "anna", PASSWORD));
    pn_dry_run(p, false);
    struct pn_auth_login in[6];
    pn_signed_in out[6];
    int rc[6];
    for (int i = 0; i < 6; i++)
        in[i] = (struct pn_auth_login){.login = "anna", .password = i < 5 ? "wrong" : PASSWORD};
    ok(pn_call_many(p, pn_op_find("auth", "login"), in, 6, out, rc, NULL));
    ck_assert_int_eq(rc[3], PN_EAUTH);
    ck_assert_int_eq(rc[4], PN_ELOCKED);
    ck_assert_int_eq(rc[5], PN_ELOCKED);
    PN_AUTO_UNIT other = pn_begin(test_ctx);
    ck_assert_int_eq(try(other, "anna", PASSWORD), PN_ELOCKED);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'auth.login'"), 7);
}
END_TEST

START_TEST(a_login_slides_and_ends)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *token = user_login(p, "anna");
    pn_time begin = pn_now(p);
    for (int i = 0; i < 3; i++) { /* used every 20 days it lives on */
        later(p, 20 * DAY);
        ok(pn_signin(p, token));
    }
    ck_assert_int_gt(pn_now(p).us, begin.us + 50 * DAY);
    later(p, 31 * DAY);
    fails(PN_EAUTH, pn_signin(p, token));
}
END_TEST

START_TEST(a_use_is_noted_once_an_hour)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *token = user_login(p, "anna");
    int64_t trips = pni_round_trips(p);
    ok(pn_signin(p, token));
    ck_assert_int_eq(pni_round_trips(p), trips + 1);
    later(p, 61 * MINUTE);
    ok(pn_signin(p, token));
    ck_assert_int_eq(pni_round_trips(p), trips + 3);
}
END_TEST

START_TEST(logout_ends_this_login_or_all)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT a = pn_begin(test_ctx);
    PN_AUTO_UNIT b = pn_begin(test_ctx);
    pn_signed_in told;
    const char *one = user_login(a, "anna"), *two = user_login(b, "anna");
    ck_assert_int_eq(pn_auth_logout(a, &(struct pn_auth_logout){0}, &told), 0);
    ck_assert_int_eq(pn_signin(a, one), PN_EAUTH);
    ck_assert_int_eq(pn_signin(b, two), 0);
    PN_AUTO_UNIT c = pn_begin(test_ctx);
    user_login(c, "anna");
    ck_assert_int_eq(pn_auth_logout(c, &(struct pn_auth_logout){.everywhere = true}, &told), 0);
    ck_assert_int_eq(pn_signin(b, two), PN_EAUTH);
    PN_AUTO_UNIT nobody = pn_begin(test_ctx);
    ck_assert_int_eq(pn_auth_logout(nobody, &(struct pn_auth_logout){0}, &told), PN_EAUTH);
    ck_assert_int_eq(pn_auth_whoami(nobody, NULL, &told), PN_EAUTH);
}
END_TEST

static const struct { const char *list, *via; int rc; } addresses[] = {
    {"10.0.0.0/8", "http:10.200.3.4", 0},       {"10.0.0.0/8", "http:11.0.0.1", PN_EAUTH},
    {"192.168.7.9", "http:192.168.7.9", 0},     {"192.168.7.9", "http:192.168.7.8", PN_EAUTH},
    {"172.16.0.0/12", "http:172.31.9.9", 0},    {"172.16.0.0/12", "http:172.32.0.1", PN_EAUTH},
    {"2001:db8::/32", "http:2001:db8::77", 0},  {"2001:db8::/32", "http:2001:db9::1", PN_EAUTH},
    {"10.0.0.0/8", "http:nonsense", PN_EAUTH},  {"10.0.0.0/8 ::1", "http:::1", 0},
    {"10.0.0.0/8", "http:::ffff:10.1.2.3", 0},
    {"10.0.0.0/8", "http:::ffff:11.1.2.3", PN_EAUTH},
    {"10.0.0.0/8", "cli", 0},                   {"", "http:8.8.8.8", 0},
};

START_TEST(addresses_are_checked_at_login_and_with_tokens)
{
    int64_t id = user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *token = user_login(p, "anna");
    PN_AUTO_UNIT admin = user_admin();
    pn_staff row;
    ck_assert_int_eq(pn_staff_grant(admin, &(struct pn_staff_grant){
        .id = id, .ip_list = addresses[_i].list}, &row), 0);
    PN_AUTO_UNIT from = pn_begin(test_ctx);
    pn_set_via(from, addresses[_i].via, NULL);
    ck_assert_int_eq(try(from, "anna", PASSWORD), addresses[_i].rc);
    PN_AUTO_UNIT with = pn_begin(test_ctx);
    pn_set_via(with, addresses[_i].via, NULL);
    ck_assert_int_eq(pn_signin(with, token), addresses[_i].rc);
}
END_TEST

START_TEST(tokens_that_are_none)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    static const char *const texts[] = {
        "", "x", "pnt_", "pnt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (int i = 0; i < 4; i++)
        fails(PN_EAUTH, pn_signin(p, texts[i]));
    fails(PN_EAUTH, pn_signin(p, NULL));
    ck_assert_int_eq(pn_who(p)->id, 0);
}
END_TEST

START_TEST(a_hash_of_another_cost_is_renewed)
{
    char hash[crypto_pwhash_STRBYTES];
    user_make("anna", "OPS", 0);
    ck_assert_int_eq(crypto_pwhash_str(hash, PASSWORD, strlen(PASSWORD), 3,
                                       crypto_pwhash_MEMLIMIT_MIN), 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    test_sql(pn_printf(p, "update staff set password = '%s'", hash));
    user_login(p, "anna");
    ck_assert_str_ne(test_sql_text("select password from staff"), hash);
    user_login(p, "anna");
}
END_TEST

void auth_cases(TCase *tests)
{
    tcase_add_test(tests, a_login_gives_a_token_that_signs_in);
    tcase_add_test(tests, nobody_is_told_whether_a_login_exists);
    tcase_add_test(tests, every_attempt_is_in_the_trail);
    tcase_add_test(tests, five_wrong_ones_lock_for_a_quarter_of_an_hour);
    tcase_add_test(tests, a_right_one_forgets_the_wrong_ones);
    tcase_add_test(tests, an_administrator_unlocks);
    tcase_add_test(tests, guessing_cannot_be_rolled_back);
    tcase_add_test(tests, a_login_slides_and_ends);
    tcase_add_test(tests, a_use_is_noted_once_an_hour);
    tcase_add_test(tests, logout_ends_this_login_or_all);
    tcase_add_loop_test(tests, addresses_are_checked_at_login_and_with_tokens, 0,
                        sizeof(addresses) / sizeof(*addresses));
    tcase_add_test(tests, tokens_that_are_none);
    tcase_add_test(tests, a_hash_of_another_cost_is_renewed);
}
