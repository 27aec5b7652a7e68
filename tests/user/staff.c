/* SPDX-License-Identifier: Apache-2.0 */
/* staff.c — accounts: the first one, what they may see, what ends with them. */
#include "base/unit_int.h"
#include "user_int.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct { int64_t by; } deed;
static PN_TYPE(deed_t, "deed", deed, PN_COL(deed, by, "By", .ref = "staff"));

/* Of oneself nothing is asked: nobody of this number is in the table. Buyers are not staff. */
START_TEST(whoever_looks_on_is_known_already)
{
    const deed d = {4242};
    pn_actor who = {.kind = 'D', .id = 4242, .login = "d", .name = "小门", .roles = PN_ROLE_GATE};
    pn *unit = test_begin_as(&who);
    ck_assert_str_eq(pn_show(unit, &deed_t.cols[0], &d), "小门");
    pn_end(unit);
    who.kind = 'U';
    who.roles = PN_ROLE_BUYER;
    unit = test_begin_as(&who);
    ck_assert_str_eq(pn_show(unit, &deed_t.cols[0], &d), "4242");
    pn_end(unit);
}
END_TEST

static void (*ask)(pn *p, pni_named *who, size_t n);
static size_t asked[2]; /* times, people */

static void counted(pn *p, pni_named *who, size_t n)
{
    asked[0]++;
    asked[1] += n;
    ask(p, who, n);
}

/* A page is one question, whoever stands in it how often; those of another house are only of that
 * house, and nobody is asked for again. */
START_TEST(a_page_of_people_is_one_question)
{
    enum { PEOPLE = 35, ROWS = 3 * PEOPLE };
    deed d[ROWS] = {{0}};
    char login[12];
    for (int i = 0; i < PEOPLE; i++) {
        snprintf(login, sizeof login, "clerk%02d", i);
        d[i].by = user_make(login, "MERCHANT", i ? 71 : 72);
        d[PEOPLE + i].by = d[2 * PEOPLE + i].by = d[i].by;
    }
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    user_login(p, "clerk01");
    ask = pni_people_hook;
    pni_people_hook = counted;
    pn_people(p, &deed_t, d, ROWS);
    for (int i = 0; i < ROWS; i++) {
        const char *shown = pn_show(p, &deed_t.cols[0], &d[i]);
        snprintf(login, sizeof login, "clerk%02d", i % PEOPLE);
        ck_assert_str_eq(shown, i % PEOPLE ? login : "Merchant");
        ck_assert_int_eq(pn_leads(p, &deed_t.cols[0], &d[i]), i % PEOPLE > 0);
    }
    ck_assert_uint_eq(asked[0], 1);
    ck_assert_uint_eq(asked[1], PEOPLE);
    d[0].by = 4242; /* of nobody; by itself */
    ck_assert_str_eq(pn_show(p, &deed_t.cols[0], &d[0]), "4242");
    ck_assert_str_eq(pn_show(p, &deed_t.cols[0], &d[0]), "4242");
    ck_assert(!pn_leads(p, &deed_t.cols[0], &d[0]));
    ck_assert_uint_eq(asked[0], 2);
    d[0].by = user_make("boss", "OPS", 0);
    ck_assert_str_eq(pn_show(p, &deed_t.cols[0], &d[0]), "The platform");
    pni_people_hook = ask;
}
END_TEST

START_TEST(the_first_administrator_is_made_once)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_staff made;
    struct pn_staff_init in = {.login = "root", .password = PASSWORD};
    fails(PN_EARG, pn_staff_init(p, &(struct pn_staff_init){.login = "root", .password = "short"},
                                 &made));
    ck_assert_str_eq(pn_error(p)->field, "password");
    ok(pn_staff_init(p, &in, &made));
    ck_assert_uint_eq(made.roles.n, 1);
    ck_assert_str_eq(made.roles.v[0], "ADMIN");
    in.login = "second";
    fails(PN_ESTATE, pn_staff_init(p, &in, &made));
    ck_assert_int_eq(test_sql_int("select count(*) from staff"), 1);
}
END_TEST

START_TEST(two_first_administrators_at_once)
{
    pn_ctx_close(test_ctx);
    for (int i = 0; i < 2; i++)
        if (!fork()) {
            test_db_open();
            pn *p = pn_begin(test_ctx);
            pn_staff made;
            struct pn_staff_init in = {.login = i ? "one" : "two", .password = PASSWORD};
            int rc = pn_staff_init(p, &in, &made);
            pn_end(p);
            pn_ctx_close(test_ctx);
            _exit(rc ? rc == PN_ESTATE ? 10 : 20 : 0);
        }
    int sum = 0;
    for (int i = 0; i < 2; i++) {
        int status;
        wait(&status);
        sum += WEXITSTATUS(status);
    }
    ck_assert_int_eq(sum, 10);
    test_db_open();
    ck_assert_int_eq(test_sql_int("select count(*) from staff"), 1);
}
END_TEST

static const struct {
    const char *login, *password, *role, *ip_list, *field;
} bad[] = {
    {"A", PASSWORD, "OPS", NULL, "login"},
    {"9lives", PASSWORD, "OPS", NULL, "login"},
    {"a'; drop table staff", PASSWORD, "OPS", NULL, "login"},
    {"anna", "short", "OPS", NULL, "password"},
    {"annalogin", "AnnaLogin", "OPS", NULL, "password"},
    {"anna", PASSWORD, "KING", NULL, "roles"},
    {"anna", PASSWORD, "SYSTEM", NULL, "roles"},
    {"anna", PASSWORD, "MERCHANT", NULL, "merchant"},
    {"anna", PASSWORD, "ORGANISER", NULL, "organiser"},
    {"anna", PASSWORD, "OPS", "10.0.0.0/33", "ip_list"},
    {"anna", PASSWORD, "OPS", "10.0.0.1 nonsense", "ip_list"},
};

START_TEST(bad_accounts_are_refused_by_field)
{
    PN_AUTO_UNIT p = user_admin();
    const char *roles[] = {bad[_i].role};
    struct pn_staff_create in = {.login = bad[_i].login, .name = "x",
                                 .password = bad[_i].password, .roles = {roles, 1},
                                 .ip_list = bad[_i].ip_list};
    pn_staff made;
    fails(PN_EARG, pn_staff_create(p, &in, &made));
    ck_assert_str_eq(pn_error(p)->field, bad[_i].field);
    ck_assert_int_eq(test_sql_int("select count(*) from staff"), 0);
}
END_TEST

START_TEST(a_login_is_taken_once)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = user_admin();
    pn_staff made;
    struct pn_staff_create in = {.login = "anna", .name = "x", .password = PASSWORD};
    fails(PN_EEXISTS, pn_staff_create(p, &in, &made));
}
END_TEST

START_TEST(the_password_is_nowhere)
{
    user_make("anna", "OPS", 0);
    ck_assert_int_eq(test_sql_int("select count(*) from staff where password like '$argon2id$%'"),
                     1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log a"
                                  " where a::text like '%correct horse%'"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'staff.create'"
                                  " and noun = 'staff' and after->>'login' = 'anna'"), 1);
}
END_TEST

START_TEST(only_administrators_change_accounts)
{
    int64_t id = user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = test_begin(PN_ROLE_OPS);
    pn_staff row;
    fails(PN_EPERM, pn_staff_create(p, &(struct pn_staff_create){.login = "bob"}, &row));
    fails(PN_EPERM, pn_staff_disable(p, &(struct pn_staff_disable){.id = id}, &row));
    fails(PN_EPERM, pn_staff_role(p, &(struct pn_staff_role){.id = id}, &row));
    fails(PN_EPERM, pn_staff_grant(p, &(struct pn_staff_grant){.id = id}, &row));
    fails(PN_EPERM, pn_staff_unlock(p, &(struct pn_staff_unlock){.id = id}, &row));
    struct pn_staff_passwd other = {.id = id, .new_password = PASSWORD};
    fails(PN_EPERM, pn_staff_passwd(p, &other, &row));
    PN_AUTO_UNIT nobody = pn_begin(test_ctx);
    ck_assert_int_eq(pn_staff_show(nobody, &(struct pn_staff_show){id}, &row), PN_EAUTH);
    ck_assert_int_eq(pn_staff_passwd(nobody, &(struct pn_staff_passwd){.new_password = PASSWORD},
                                     &row), PN_EAUTH);
}
END_TEST

START_TEST(a_merchant_sees_his_own_people_only)
{
    int64_t mine = user_make("mia", "MERCHANT", 71), other = user_make("otto", "MERCHANT", 72);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_staff row;
    pn_page page;
    user_login(p, "mia");
    ck_assert_int_eq(pn_who(p)->merchant, 71);
    ok(pn_staff_show(p, &(struct pn_staff_show){mine}, &row));
    fails(PN_ENONE, pn_staff_show(p, &(struct pn_staff_show){other}, &row));
    ok(pn_staff_list(p, NULL, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(((pn_staff *)page.rows.row)->id, mine);
    ok(pn_staff_list(p, &(pn_list){.where = "login=otto"}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
}
END_TEST

START_TEST(roles_and_permissions_take_effect)
{
    int64_t id = user_make("anna", "GATE", 0);
    PN_AUTO_UNIT p = user_admin();
    pn_staff row;
    const char *roles[] = {"finance", "ops"};
    ok(pn_staff_role(p, &(struct pn_staff_role){.id = id, .roles = {roles, 2}}, &row));
    ck_assert_str_eq(row.roles.v[0], "FINANCE");
    ok(pn_staff_grant(p, &(struct pn_staff_grant){.id = id, .grants = "-staff.list token.all"},
                      &row));
    PN_AUTO_UNIT anna = pn_begin(test_ctx);
    user_login(anna, "anna");
    ck_assert_uint_eq(pn_who(anna)->roles,
                      PN_ROLE_FINANCE | PN_ROLE_OPS | PN_ROLE_PUBLIC);
    pn_page page;
    ck_assert_int_eq(pn_staff_list(anna, NULL, &page), PN_EPERM);
    ck_assert_int_eq(pn_token_all(anna, NULL, &page), PN_OK);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'staff.role'"
                                  " and before->>'roles' is distinct from after->>'roles'"), 1);
}
END_TEST

START_TEST(a_closed_account_is_out_at_once)
{
    int64_t id = user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_staff row;
    const char *token = user_login(p, "anna");
    fails(PN_EPERM, pn_staff_disable(p, &(struct pn_staff_disable){.id = id}, &row));
    PN_AUTO_UNIT admin = user_admin();
    ck_assert_int_eq(pn_staff_disable(admin, &(struct pn_staff_disable){id, "left"}, &row), 0);
    ck_assert_int_eq(row.state.v, PN_STAFF_DISABLED);
    PN_AUTO_UNIT again = pn_begin(test_ctx);
    ck_assert_int_eq(pn_signin(again, token), PN_EAUTH);
    pn_signed_in session;
    struct pn_auth_login in = {.login = "anna", .password = PASSWORD};
    ck_assert_int_eq(pn_auth_login(again, &in, &session), PN_EAUTH);
    ck_assert_int_eq(pn_staff_enable(admin, &(struct pn_staff_enable){id}, &row), 0);
    ck_assert_int_eq(pn_auth_login(again, &in, &session), 0);
    ck_assert_int_eq(pn_signin(again, token), PN_EAUTH); /* the old one stays ended */
}
END_TEST

START_TEST(a_new_password_ends_other_logins)
{
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    PN_AUTO_UNIT elsewhere = pn_begin(test_ctx);
    const char *other = user_login(elsewhere, "anna"), *own = user_login(p, "anna");
    pn_staff row;
    struct pn_staff_passwd in = {.new_password = "battery staple"};
    fails(PN_EARG, pn_staff_passwd(p, &in, &row));
    ck_assert_str_eq(pn_error(p)->field, "old_password");
    in.old_password = "wrong";
    fails(PN_EAUTH, pn_staff_passwd(p, &in, &row));
    in.old_password = PASSWORD;
    ok(pn_staff_passwd(p, &in, &row));
    ck_assert_int_eq(pn_signin(p, own), 0);
    ck_assert_int_eq(pn_signin(elsewhere, other), PN_EAUTH);
    pn_signed_in session;
    ck_assert_int_eq(pn_auth_login(elsewhere, &(struct pn_auth_login){
        .login = "anna", .password = PASSWORD}, &session), PN_EAUTH);
    ck_assert_int_eq(pn_auth_login(elsewhere, &(struct pn_auth_login){
        .login = "anna", .password = "battery staple"}, &session), 0);
}
END_TEST

START_TEST(nobody_locks_himself_out)
{
    int64_t id = user_make("anna", "ADMIN", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_staff row;
    user_login(p, "anna");
    fails(PN_ESTATE, pn_staff_disable(p, &(struct pn_staff_disable){.id = id}, &row));
    fails(PN_ESTATE, pn_staff_role(p, &(struct pn_staff_role){.id = id}, &row));
}
END_TEST

START_TEST(people_are_named_by_login)
{
    int64_t id = user_make("anna", "OPS", 0), found = 0;
    PN_AUTO_UNIT p = user_admin();
    ok(pn_module_find("staff")->resolve(p, "anna", &found));
    ck_assert_int_eq(found, id);
    fails(PN_ENONE, pn_module_find("staff")->resolve(p, "nobody", &found));
}
END_TEST

void staff_cases(TCase *tests)
{
    tcase_add_test(tests, whoever_looks_on_is_known_already);
    tcase_add_test(tests, a_page_of_people_is_one_question);
    tcase_add_test(tests, the_first_administrator_is_made_once);
    tcase_add_test(tests, two_first_administrators_at_once);
    tcase_add_loop_test(tests, bad_accounts_are_refused_by_field, 0, sizeof(bad) / sizeof(*bad));
    tcase_add_test(tests, a_login_is_taken_once);
    tcase_add_test(tests, the_password_is_nowhere);
    tcase_add_test(tests, only_administrators_change_accounts);
    tcase_add_test(tests, a_merchant_sees_his_own_people_only);
    tcase_add_test(tests, roles_and_permissions_take_effect);
    tcase_add_test(tests, a_closed_account_is_out_at_once);
    tcase_add_test(tests, a_new_password_ends_other_logins);
    tcase_add_test(tests, nobody_locks_himself_out);
    tcase_add_test(tests, people_are_named_by_login);
}
