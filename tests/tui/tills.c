/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tills.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "order/till.h"
#include "user/auth.h"
#include "user/staff.h"

const char password[] = "correct horse battery staple";
struct vth screen;
char far_dsn[400];
char setting[60];
pid_t wire;

void machine(const char *name, const char *login)
{
    char path[600], text[600], file[100];
    pn_signed_in in;
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_auth_login(p, &(struct pn_auth_login){.login = login, .password = password}, &in));
    snprintf(text, sizeof text, "%s\n", in.token);
    pn_end(p);
    path_of(path, name);
    mkdir(path, 0700);
    snprintf(file, sizeof file, "%s/piaoniu", name);
    path_of(path, file);
    mkdir(path, 0700);
    snprintf(file, sizeof file, "%s/piaoniu/token", name);
    put_file(file, text);
}

void till_setup(void)
{
    const char *build = getenv("PN_BUILDDIR");
    pn_staff staff;
    setup();
    screen = (struct vth){.fd = -1};
    *far_dsn = *setting = 0;
    wire = 0;
    snprintf(program, sizeof program, "%s/tui/piaoniu", build ? build : ".");
    setenv("PN_STATE", dir, 1);
    test_db_setup();
    setenv("PN_DSN", test_db_dsn(), 1);
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pn_staff_init(p, &(struct pn_staff_init){"admin", "赵兰", password}, &staff));
    pn_end(p);
    make_shop();
    p = test_begin(PN_ROLE_ADMIN);
    struct pn_staff_create own = {.login = "window-03", .name = "客显", .password = password,
                                  .grants = "till.show"};
    ok(pn_staff_create(p, &own, &staff));
    pn_till_bound bound;
    ok(pn_till_bind(p, &(struct pn_till_bind){"03", staff.id}, &bound));
    pn_end(p);
    machine("here", "admin");
    machine("there", "window-03");
}

void till_teardown(void)
{
    vth_stop(&screen);
    vth_stop(&t);
    if (wire > 0)
        kill(wire, SIGKILL);
    test_db_teardown();
    teardown();
}

void start(struct vth *v, const char *name, int rows, int cols, const char *till,
                  const char *word)
{
    char xdg[600], state[600], dsn[500], option[60];
    const char *env[] = {xdg, state, "XDG_RUNTIME_DIR", "PN_TOKEN",
                         *setting && v == &screen ? setting : "NO_COLOR",
                         *far_dsn && v == &screen ? dsn : "PN_SANDBOX", NULL};
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s/%s", dir, name);
    snprintf(state, sizeof state, "PN_STATE=%s/%s", dir, name);
    snprintf(dsn, sizeof dsn, "PN_DSN=%s", far_dsn);
    snprintf(option, sizeof option, "--till=%s", till ? till : "");
    char *argv[] = {program, till ? option : "--seed=7", word ? strdup(word) : NULL, NULL};
    ck_assert_int_eq(vth_start(v, rows, cols, "xterm-256color", argv, env), 0);
    free(argv[2]);
}

void shows(struct vth *v, const char *text)
{
    if (vth_expect(v, text, 2 * PATIENCE))
        return;
    char *all = vth_snap(v, false);
    ck_abort_msg("“%s” is not on the screen:\n%.2500s", text, all);
}

void shows_no(struct vth *v, const char *text)
{
    vth_settle(v, 300);
    ck_assert_msg(!vth_has(v, text), "“%s” is on the screen", text);
}

void start_both(void)
{
    start(&screen, "there", 24, 80, "03", "display");
    shows(&screen, "Welcome");
    start(&t, "here", 24, 80, "03", "counter");
    shows(&t, "雷雨");
    vth_keys(&t, "Enter");
    shows(&t, "Tiers");
}
