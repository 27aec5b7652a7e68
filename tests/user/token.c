/* SPDX-License-Identifier: Apache-2.0 */
/* token.c — named tokens: made, used, expired, revoked, and not by others. */
#include "user_int.h"

#include "base/sql_int.h"
#include "base/unit_int.h"

#include <string.h>

static const int64_t DAY = 86400LL * 1000000;

START_TEST(a_token_works_until_it_expires)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_token_new made;
    user_login(p, "anna");
    ok(pn_token_create(p, &(struct pn_token_create){.name = "gate 3", .days = 2}, &made));
    PN_AUTO_UNIT other = pn_begin(test_ctx);
    ck_assert_int_eq(pn_signin(other, made.token), 0);
    pn_set_now(other, (pn_time){pn_now(p).us + DAY});
    ck_assert_int_eq(pn_signin(other, made.token), 0);
    pn_set_now(other, (pn_time){pn_now(p).us + 2 * DAY + 1}); /* use does not prolong it */
    ck_assert_int_eq(pn_signin(other, made.token), PN_EAUTH);
    ck_assert_ptr_nonnull(strstr(pn_error(other)->message, "expired"));
}
END_TEST

START_TEST(a_revoked_token_is_dead_at_once)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_token_new made;
    pn_token row;
    user_login(p, "anna");
    ok(pn_token_create(p, &(struct pn_token_create){.name = "x"}, &made));
    ok(pn_token_revoke(p, &(struct pn_token_revoke){made.id}, &row));
    ck_assert_int_gt(row.revoked_at.us, 0);
    PN_AUTO_UNIT other = pn_begin(test_ctx);
    ck_assert_int_eq(pn_signin(other, made.token), PN_EAUTH);
    ck_assert_ptr_nonnull(strstr(pn_error(other)->message, "revoked"));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'token.revoke'"
                                  " and noun = 'token'"), 1);
}
END_TEST

START_TEST(many_sign_in_in_one_round_trip_each_by_himself)
{
    int64_t anna = user_make("anna", "OPS", 0), bob = user_make("bob", "GATE", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    PN_AUTO_UNIT other = pn_begin(test_ctx);
    pn_token_new dead;
    const char *of_anna = user_login(p, "anna"), *of_bob = user_login(other, "bob");
    ok(pn_token_create(p, &(struct pn_token_create){.name = "x"}, &dead));
    ok(pn_token_revoke(p, &(struct pn_token_revoke){dead.id}, &(pn_token){0}));
    test_sql("update staff set ip_list = '10.0.0.0/8' where login = 'bob'");
    test_sql("update token set seen_at = now() - interval '2 hours' where revoked_at is null");
    char unknown[57] = "pnt_";
    memset(unknown + 4, 'a', 52);
    pn_caller c[] = {{of_anna, "http:192.0.2.1", .rc = 7}, {of_bob, "http:192.0.2.1"},
                     {of_bob, "http:10.1.2.3"},            {dead.token, "http:10.1.2.3"},
                     {unknown, NULL},                      {"short", NULL},
                     {NULL, NULL},                         {of_anna, "http:192.0.2.2"}};
    PN_AUTO_UNIT desk = pn_begin(test_ctx);
    pn_signin_many(desk, c, 8); /* the first of several asks for their types, too */
    test_sql("update token set seen_at = now() - interval '2 hours' where revoked_at is null");
    int64_t trips = pni_round_trips(desk);
    pn_signin_many(desk, c, 8);
    ck_assert_int_eq(pni_round_trips(desk) - trips, 2); /* the second notes the use */
    const int rc[] = {0, PN_EAUTH, 0, PN_EAUTH, PN_EAUTH, PN_EAUTH, PN_EAUTH, 0};
    const int64_t id[] = {anna, 0, bob, 0, 0, 0, 0, anna};
    const char *words[] = {"", "address", "", "revoked", "unknown", "no token", "no token", ""};
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(c[i].rc, rc[i]);
        ck_assert_int_eq(c[i].actor.id, id[i]);
        ck_assert_msg(!rc[i] || strstr(c[i].err.message, words[i]), "%d: %s", i, c[i].err.message);
    }
    ck_assert_str_eq(c[2].actor.login, "bob");
    ck_assert_uint_eq(c[2].actor.roles & (PN_ROLE_GATE | PN_ROLE_OPS), PN_ROLE_GATE);
    ck_assert_str_eq(c[7].actor.via, "http:192.0.2.2");
    ck_assert_int_eq(pn_who(desk)->id, 0);
    ck_assert_int_eq(test_sql_int("select count(*) from token where seen_at > now() - interval"
                                  " '1 minute' and revoked_at is null"), 2);
    trips = pni_round_trips(desk);
    pn_signin_many(desk, c, 8);
    ck_assert_int_eq(pni_round_trips(desk) - trips, 1);
}
END_TEST

START_TEST(others_tokens_are_not_there)
{
    user_make("anna", "OPS", 0);
    int64_t bob = user_make("bob", "OPS", 0);
    PN_AUTO_UNIT anna = pn_begin(test_ctx);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_token_new made;
    pn_token row;
    pn_page page;
    user_login(anna, "anna");
    ck_assert_int_eq(pn_token_create(anna, &(struct pn_token_create){.name = "x"}, &made), 0);
    user_login(p, "bob");
    fails(PN_ENONE, pn_token_revoke(p, &(struct pn_token_revoke){made.id}, &row));
    fails(PN_EPERM, pn_token_create(p, &(struct pn_token_create){.name = "x", .staff = bob + 4096},
                                    &made));
    fails(PN_EPERM, pn_token_all(p, NULL, &page));
    ok(pn_token_list(p, NULL, &page));
    ck_assert_uint_eq(page.rows.n, 1); /* his own login */
    PN_AUTO_UNIT admin = user_admin();
    ck_assert_int_eq(pn_token_all(admin, &(pn_list){.where = "kind=API"}, &page), 0);
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(pn_token_create(admin, &(struct pn_token_create){.name = "x", .staff = bob},
                                     &made), 0);
    ck_assert_int_eq(pn_signin(p, made.token), 0);
    ck_assert_int_eq(pn_who(p)->id, bob);
    PN_AUTO_UNIT nobody = pn_begin(test_ctx);
    ck_assert_int_eq(pn_token_create(nobody, &(struct pn_token_create){.name = "x"}, &made),
                     PN_EAUTH);
}
END_TEST

/* The token is told once: not by the trail, not by a stored answer. */
START_TEST(a_token_is_told_once)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_token_new one, two;
    user_login(p, "anna");
    pn_key(p, "same key");
    ok(pn_token_create(p, &(struct pn_token_create){.name = "x"}, &one));
    ok(pn_token_create(p, &(struct pn_token_create){.name = "x"}, &two));
    ck_assert_str_ne(one.token, two.token);
    ck_assert_int_eq(test_sql_int("select count(*) from idempotency"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log a where a::text"
                                  " like '%pnt\\_%'"), 0);
    fails(PN_EARG, pn_token_create(p, &(struct pn_token_create){.name = "x", .days = 4000}, &one));
}
END_TEST

START_TEST(ended_tokens_are_forgotten_after_a_month)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const pn_job *sweep = pn_module_find("token")->jobs[0];
    pn_token_new made;
    int64_t done = -1;
    user_login(p, "anna");
    ok(pn_token_create(p, &(struct pn_token_create){.name = "x", .days = 1}, &made));
    pn_set_now(p, (pn_time){pn_now(p).us + 30 * DAY});
    ok(sweep->run(p, &done));
    ck_assert_int_eq(done, 0);
    pn_set_now(p, (pn_time){pn_now(p).us + 2 * DAY});
    ok(sweep->run(p, &done));
    ck_assert_int_eq(done, 1);
}
END_TEST

void token_cases(TCase *tests)
{
    tcase_add_test(tests, a_token_works_until_it_expires);
    tcase_add_test(tests, a_revoked_token_is_dead_at_once);
    tcase_add_test(tests, many_sign_in_in_one_round_trip_each_by_himself);
    tcase_add_test(tests, others_tokens_are_not_there);
    tcase_add_test(tests, a_token_is_told_once);
    tcase_add_test(tests, ended_tokens_are_forgotten_after_a_month);
}
