/* SPDX-License-Identifier: Apache-2.0 */
/* folk.c — who works with the console in its tests over the whole library. */
#include "config.h"
#include "folk.h"
#include "user/auth.h"
#include "user/staff.h"

#include <stdio.h>
#include <stdlib.h>

static const char password[] = "correct horse battery staple";

static void sign_in(pn *p, const char *login)
{
    char text[600];
    pn_signed_in in;
    ok(pn_auth_login(p, &(struct pn_auth_login){.login = login, .password = password}, &in));
    snprintf(text, sizeof text, "%s\n", in.token);
    pn_end(p);
    put_file("piaoniu/token", text);
}

void house_setup(void)
{
    const char *build = getenv("PN_BUILDDIR");
    pn_staff staff;
    setup();
    snprintf(program, sizeof program, "%s/tui/piaoniu", build ? build : ".");
    setenv("PN_STATE", dir, 1);
    test_db_setup();
    setenv("PN_DSN", test_db_dsn(), 1);
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_staff_init(p, &(struct pn_staff_init){"admin", "赵兰", password}, &staff));
    sign_in(p, "admin");
}

void house_teardown(void)
{
    vth_stop(&t);
    test_db_teardown();
    teardown();
}

static void open_with(int rows, int cols, const char *language, const char *words)
{
    char xdg[300], state[300];
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", dir);
    snprintf(state, sizeof state, "PN_STATE=%s", dir);
    const char *env[] = {xdg, state, "PN_TOKEN", "PN_SANDBOX", language, words, NULL};
    char *argv[] = {program, NULL};
    ck_assert_int_eq(vth_start(&t, rows, cols, "xterm-256color", argv, env), 0);
}

void open_house(int rows, int cols)
{
    open_with(rows, cols, NULL, NULL);
    must("All rooms");
}

void open_chinese(int rows, int cols)
{
    char words[600];
    const char *build = getenv("PN_BUILDDIR");
    snprintf(words, sizeof words, "PN_LOCALEDIR=%s/data/po/locale", build ? build : ".");
    open_with(rows, cols, "LANGUAGE=zh_CN", words);
    must("全部栏目");
}

void command(const char *text)
{
    vth_keys(&t, ":");
    say(text);
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
}

static void be(const char *role, int64_t merchant, int64_t organiser)
{
    pn_staff staff;
    pn *p = test_begin(PN_ROLE_ADMIN);
    ok(pn_staff_create(p, &(struct pn_staff_create){.login = "niu", .name = "王小龙",
                                                    .password = password, .roles = {&role, 1},
                                                    .merchant = merchant,
                                                    .organiser = organiser}, &staff));
    sign_in(p, "niu");
}

void be_a_merchant(void)
{
    test_sql("insert into merchant (id, code, kind, name, status, created_at, updated_at) values"
             " (101, 'niu', 'PRO', '牛票票务', 'ACTIVE', now(), now()),"
             " (102, 'other', 'PRO', '别家票务', 'ACTIVE', now(), now())");
    be("MERCHANT", FOLK_MERCHANT, 0);
}

void be_an_organiser(void)
{
    test_sql("insert into merchant (id, code, kind, name, status, created_at, updated_at) values"
             " (103, 'poly', 'ORGANISER', '保利文化', 'ACTIVE', now(), now());"
             "insert into organiser (id, merchant_id, fee_bp, fee_fixed_fen, created_at,"
             " updated_at) values (103, 103, 200, 100, now(), now());"
             "update show set organiser_id = 103");
    be("ORGANISER", 0, FOLK_ORGANISER);
}
