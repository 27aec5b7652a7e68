/* SPDX-License-Identifier: Apache-2.0 */
/* user.c — the program of the context, and its fixture. */
#include "user_int.h"

#include "base/crypt_int.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

void user_setup(void)
{
    char name[128];
    snprintf(folder, sizeof(folder), "/tmp/pn-user.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(name, sizeof(name), "%s/piaoniu.yaml", folder);
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    fputs("staff: {password_effort: low}\n", file);
    fclose(file);
    setenv("PN_CONF", name, 1);
    setenv("PN_STATE", folder, 1);
    test_db_setup();
    pn *p = user_admin();
    ok(pni_crypt_init(p));
    pn_end(p);
}

void user_teardown(void)
{
    test_db_teardown();
    pid_t pid = fork();
    if (!pid) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

pn *user_admin(void)
{
    return test_begin(PN_ROLE_ADMIN);
}

int64_t user_make(const char *login, const char *role, int64_t merchant)
{
    pn *p = user_admin();
    const char *roles[] = {role};
    struct pn_staff_create in = {.login = login, .name = login, .password = PASSWORD,
                                 .roles = {roles, 1}, .merchant = merchant};
    pn_staff made;
    ok(pn_staff_create(p, &in, &made));
    pn_end(p);
    return made.id;
}

const char *user_login(pn *p, const char *login)
{
    pn_signed_in session;
    ok(pn_auth_login(p, &(struct pn_auth_login){.login = login, .password = PASSWORD}, &session));
    return session.token;
}

int main(void)
{
    static const struct { const char *name; void (*add)(TCase *); } cases[] = {
        {"crypt", crypt_cases}, {"staff", staff_cases}, {"auth", auth_cases},
        {"token", token_cases}, {"view", view_cases}, {"bulk", bulk_cases},
        {"totp", totp_cases}, {"buyer", buyer_cases}, {"address", address_cases}};
    Suite *suite = suite_create("user");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        TCase *tests = tcase_create(cases[i].name);
        tcase_set_timeout(tests, 30);
        tcase_add_checked_fixture(tests, user_setup, user_teardown);
        cases[i].add(tests);
        suite_add_tcase(suite, tests);
    }
    return pn_test_main(suite);
}
