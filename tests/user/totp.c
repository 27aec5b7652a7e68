/* SPDX-License-Identifier: Apache-2.0 */
/* totp.c — the second factor against the vectors of RFC 6238, and its life with an account. */
#include "user_int.h"

#include "user/guard_int.h"

#include <stdio.h>
#include <string.h>

/* Appendix B, SHA-1, eight digits. */
static const struct { int64_t at; int code; } vectors[] = {
    {59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
    {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130},
};

START_TEST(the_vectors_of_the_standard)
{
    ck_assert_int_eq(pni_totp_code((const unsigned char *)"12345678901234567890", 20,
                                   vectors[_i].at / 30, 8), vectors[_i].code);
}
END_TEST

/* What a phone does with the secret that was shown. */
static const char *phone(pn *p, const char *secret, int64_t steps)
{
    unsigned char key[32];
    size_t n = 0;
    unsigned bits = 0, have = 0;
    for (const char *c = secret; *c; c++) {
        bits = bits << 5 | (unsigned)(*c >= 'A' ? *c - 'A' : *c - '2' + 26);
        have += 5;
        if (have >= 8) {
            have -= 8;
            key[n++] = (unsigned char)(bits >> have);
        }
    }
    ck_assert_uint_eq(n, 20);
    return pn_printf(p, "%06d", pni_totp_code(key, n, pn_now(p).us / 30000000 + steps, 6));
}

static int login(pn *p, const char *code)
{
    pn_signed_in session;
    return pn_auth_login(p, &(struct pn_auth_login){
        .login = "anna", .password = PASSWORD, .code = code}, &session);
}

static void later(pn *p, int64_t steps)
{
    pn_set_now(p, (pn_time){pn_now(p).us + steps * 30000000});
}

/* Enrolled and confirmed; the secret belongs to the unit. */
static const char *enrol(pn *p)
{
    pn_totp told;
    user_make("anna", "OPS", 0);
    user_login(p, "anna");
    ok(pn_totp_enrol(p, NULL, &told));
    const char *secret = told.secret;
    ck_assert_ptr_nonnull(strstr(told.uri, secret));
    ck_assert_int_eq(strncmp(told.uri, "otpauth://totp/Piaoniu:anna?", 28), 0);
    ok(login(p, NULL)); /* not needed before it is confirmed */
    fails(PN_EAUTH, pn_totp_confirm(p, &(struct pn_totp_confirm){"000000"}, &told));
    ok(pn_totp_confirm(p, &(struct pn_totp_confirm){phone(p, secret, 0)}, &told));
    ck_assert(told.confirmed);
    later(p, 2);
    return secret;
}

START_TEST(a_confirmed_factor_is_needed)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *secret = enrol(p);
    fails(PN_EAUTH, login(p, NULL));
    ck_assert_str_eq(pn_error(p)->field, "code");
    fails(PN_EAUTH, login(p, "123"));
    fails(PN_EAUTH, login(p, phone(p, secret, -3)));
    ok(login(p, phone(p, secret, 0)));
}
END_TEST

START_TEST(a_code_works_once)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *secret = enrol(p);
    ok(login(p, phone(p, secret, 0)));
    fails(PN_EAUTH, login(p, phone(p, secret, 0)));
    fails(PN_EAUTH, login(p, phone(p, secret, -1)));
    ok(login(p, phone(p, secret, 1))); /* a clock that is ahead */
}
END_TEST

START_TEST(wrong_codes_lock_like_wrong_passwords)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *secret = enrol(p);
    ok(login(p, phone(p, secret, 0))); /* forgets the wrong one of the confirmation */
    later(p, 2);
    for (int i = 0; i < 4; i++)
        fails(PN_EAUTH, login(p, "abcdef"));
    fails(PN_ELOCKED, login(p, "abcdef"));
    fails(PN_ELOCKED, login(p, phone(p, secret, 0)));
}
END_TEST

START_TEST(the_secret_is_sealed_in_its_row)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    const char *secret = enrol(p);
    ck_assert_int_eq(test_sql_int("select length(totp) from staff"), 2 + 12 + 20 + 16);
    ck_assert_int_eq(test_sql_int(pn_printf(p, "select count(*) from audit_log a"
                                            " where a::text like '%%%s%%'", secret)), 0);
    /* Moved to another person it opens nothing. */
    user_make("bob", "OPS", 0);
    test_sql("update staff b set totp = a.totp, totp_confirmed = true from staff a"
             " where a.login = 'anna' and b.login = 'bob'");
    pn_signed_in session;
    fails(PN_EINTERNAL, pn_auth_login(p, &(struct pn_auth_login){
        .login = "bob", .password = PASSWORD, .code = phone(p, secret, 0)}, &session));
}
END_TEST

START_TEST(it_is_switched_off_with_the_password_or_by_an_administrator)
{
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_totp told;
    enrol(p);
    fails(PN_ESTATE, pn_totp_enrol(p, NULL, &told));
    fails(PN_EARG, pn_totp_disable(p, &(struct pn_totp_disable){0}, &told));
    fails(PN_EAUTH, pn_totp_disable(p, &(struct pn_totp_disable){.password = "wrong"}, &told));
    int64_t bob = user_make("bob", "OPS", 0), anna = pn_who(p)->id;
    fails(PN_EPERM, pn_totp_disable(p, &(struct pn_totp_disable){.staff = bob}, &told));
    PN_AUTO_UNIT admin = user_admin();
    ck_assert_int_eq(pn_totp_disable(admin, &(struct pn_totp_disable){.staff = anna}, &told), 0);
    ok(login(p, NULL));
    fails(PN_ESTATE, pn_totp_confirm(p, &(struct pn_totp_confirm){"000000"}, &told));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'totp.disable'"
                                  " and code = 0"), 1);
}
END_TEST

void totp_cases(TCase *tests)
{
    tcase_add_loop_test(tests, the_vectors_of_the_standard, 0,
                        sizeof(vectors) / sizeof(*vectors));
    tcase_add_test(tests, a_confirmed_factor_is_needed);
    tcase_add_test(tests, a_code_works_once);
    tcase_add_test(tests, wrong_codes_lock_like_wrong_passwords);
    tcase_add_test(tests, the_secret_is_sealed_in_its_row);
    tcase_add_test(tests, it_is_switched_off_with_the_password_or_by_an_administrator);
}
