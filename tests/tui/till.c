/* SPDX-License-Identifier: Apache-2.0 */
/* till.c — a counter and the customer's screen, two consoles with nothing in common but the
 * database: what one sells the other shows, and nothing else. */
#include "config.h"
#include "order/payment_int.h"
#include "order/till.h"
#include "user/staff.h"
#include "tills.h"
#include "wire.h"

#include "base/news.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

START_TEST(what_is_sold_here_is_shown_there)
{
    start_both();
    shows(&screen, "雷雨");
    shows_no(&screen, "To pay");
    vth_keys(&t, "1");
    shows(&screen, "x 1");
    vth_keys(&t, "1");
    shows(&screen, "x 2");
    shows(&screen, "1,160.00");
    shows_no(&screen, "赵兰"); /* whose counter it is is not the customer's business */
    vth_keys(&t, "Enter 1 2 0 0");
    shows(&screen, "Given");
    shows(&screen, "1,200.00");
    vth_keys(&t, "Enter");
    shows(&t, "Sold");
    shows(&screen, "Thank you");
    shows(&screen, "Paid");
    shows(&screen, "40.00");
    vth_keys(&t, "Enter"); /* the next one */
    shows(&t, "A digit adds one ticket");
    for (int i = 0; i < 100 && vth_has(&screen, "Thank you"); i++)
        vth_frame(&screen, 100);
    shows_no(&screen, "1,160.00");
    vth_keys(&t, "Esc Esc");
    shows(&screen, "Welcome");
    ck_assert_int_eq(test_sql_int("select count(*) from till"), 1);
}
END_TEST

static void at_cash(void)
{
    start(&t, "here", 24, 80, "03", "counter");
    shows(&t, "雷雨");
    vth_keys(&t, "Enter");
    shows(&t, "Tiers");
    vth_keys(&t, "1 1 Enter");
    shows(&t, "F2, or a scan of his code");
}

/* The provider's word: nothing is printed before it. */
START_TEST(a_telephone_pays_for_a_sale)
{
    pn_payment y;
    at_cash();
    vth_keys(&t, "F2");
    shows(&t, "Whose code the customer scans");
    shows(&t, "Alipay");
    shows_no(&t, "CMB"); /* no code of theirs is scanned at a counter */
    vth_keys(&t, "G Enter"); /* the last one is the simulated provider */
    shows(&t, "Waiting for the payer");
    shows_no(&t, "Sold");
    ck_assert_int_eq(test_sql_int("select count(*) from payment where method = 'SIMULATED'"), 1);
    pn *p = clerk();
    pn_set_now(p, (pn_time){(int64_t)time(NULL) * 1000000});
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){
        .payment = test_sql_int("select id from payment")}, &y));
    pn_end(p);
    shows(&t, "Sold");
    shows(&t, "Simulated provider");
    ck_assert_int_eq(test_sql_int("select count(*) from orders where status <> 'PENDING_PAY'"), 1);
}
END_TEST

/* Esc leaves a payment that does not come; cash still takes the same order. */
START_TEST(cash_takes_what_no_telephone_paid)
{
    at_cash();
    vth_keys(&t, "F2");
    shows(&t, "Alipay");
    vth_keys(&t, "G Enter");
    shows(&t, "Waiting for the payer");
    vth_keys(&t, "Esc");
    shows(&t, "Cash");
    vth_keys(&t, "Enter");
    shows(&t, "Sold");
    ck_assert_int_eq(test_sql_int("select count(*) from orders"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from payment where method = 'CASH'"
                                  " and state = 'SUCCESS'"), 1);
}
END_TEST

static void scan(const char *code)
{
    char line[64];
    snprintf(line, sizeof line, "%s\r", code);
    vth_send(&t, line, strlen(line));
}

START_TEST(his_own_code_is_scanned)
{
    at_cash();
    scan("6922255451427"); /* of a bottle of water */
    shows(&t, "no code of Alipay or WeChat Pay");
    ck_assert_int_eq(test_sql_int("select count(*) from orders"), 0);
    scan("134567890123456789");
    for (int i = 0; i < 100 && !test_sql_int("select count(*) from payment_front"); i++)
        vth_frame(&t, 100);
    ck_assert_str_eq(test_sql_text("select y.method || ' ' || f.scene from payment y"
                                   " join payment_front f on f.payment_id = y.id"), "WECHAT BAR");
    shows_no(&t, "134567890123456789"); /* the code is money */
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log a where a::text"
                                  " like '%134567890123456789%'"), 0);
}
END_TEST

START_TEST(the_customers_keys_do_nothing)
{
    start_both();
    shows(&screen, "雷雨");
    vth_keys(&screen, ": Q Esc q 1 C-o C-p F9 F1");
    shows_no(&screen, "Help");
    shows(&screen, "雷雨");
    vth_keys(&screen, "C-c");
    ck_assert(vth_wait(&screen, PATIENCE));
}
END_TEST

START_TEST(another_till_stays_its_own)
{
    start_both();
    vth_keys(&t, "1 1");
    shows(&screen, "x 2");
    pn *p = clerk();
    pn_till out;
    pn_till_want want = {TIER, 5};
    struct pn_till_tell in = {.till = "04", .session = SESSION, .items = {&want, 1}};
    pn_set_now(p, (pn_time){(int64_t)time(NULL) * 1000000});
    ok(pn_till_tell(p, &in, &out));
    pn_news_tell(test_ctx, true);
    shows_no(&screen, "x 5");
    shows(&screen, "x 2");
    vth_stop(&screen);
    start(&screen, "there", 24, 80, "04", "display");
    shows(&screen, "window-03 is no screen of till 04");
    vth_stop(&screen);
    test_sql("update till_screen set till = '04'");
    start(&screen, "there", 24, 80, "04", "display");
    shows(&screen, "x 5");
    shows_no(&screen, "x 2");
}
END_TEST

START_TEST(who_may_not_look_is_told_what_to_do)
{
    pn_staff staff;
    pn *p = test_begin(PN_ROLE_ADMIN);
    struct pn_staff_create own = {.login = "other", .name = "其他", .password = password,
                                  .grants = "show.list"};
    ok(pn_staff_create(p, &own, &staff));
    pn_end(p);
    machine("there", "other");
    start(&screen, "there", 24, 80, "03", "display");
    shows(&screen, "give it till.show");
    vth_stop(&screen);
    take_file("there/piaoniu/token");
    start(&screen, "there", 24, 80, "03", "display");
    shows(&screen, "--token-file");
    vth_keys(&screen, "a d m i n Enter"); /* it is no place to sign in */
    shows_no(&screen, "admin");
}
END_TEST

static void lay_wire(void)
{
    char server[300];
    snprintf(server, sizeof server, "%s",
             test_sql_text("select split_part(current_setting('unix_socket_directories'), ',', 1)"
                           " || '/.s.PGSQL.' || current_setting('port')"));
    wire = wire_start(dir, server);
    ck_assert_int_gt(wire, 0);
}

START_TEST(a_network_that_was_gone_shows_what_is_sold_now)
{
    lay_wire();
    snprintf(far_dsn, sizeof far_dsn, "host=%s port=5432 %s", dir,
             test_sql_text("select format('dbname=%s user=%s', current_database(), user)"));
    start_both();
    vth_keys(&t, "1 1");
    shows(&screen, "x 2");
    kill(wire, SIGKILL);
    shows(&screen, "One moment, please"); /* that sale may be over */
    shows_no(&screen, "x 2");
    vth_keys(&t, "1");
    lay_wire();
    shows(&screen, "x 3");
    vth_keys(&t, "1"); /* and it listens again */
    shows(&screen, "x 4");
}
END_TEST

START_TEST(a_screen_may_be_there_before_the_database)
{
    lay_wire();
    snprintf(far_dsn, sizeof far_dsn, "host=%s port=5432 %s", dir,
             test_sql_text("select format('dbname=%s user=%s', current_database(), user)"));
    kill(wire, SIGKILL);
    start(&screen, "there", 24, 80, "03", "display");
    shows(&screen, "no database");
    lay_wire();
    shows(&screen, "Welcome");
}
END_TEST

/* ---- the code to pay by ---- */

static const char wechat[] = "weixin://wxpay/bizpayurl?pr=NwY5Mz9&groupid=00";

/* The screen as a camera sees it: a cell is 4 by 8 dots. */
static void photograph(const struct vth *v, const char *path)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    fprintf(f, "P5 %d %d 255\n", v->cols * 4, v->rows * 8);
    for (int y = 0; y < v->rows * 8; y++)
        for (int x = 0; x < v->cols; x++) {
            VTermScreenCell c;
            vterm_screen_get_cell(v->screen, (VTermPos){y / 8, x}, &c);
            vterm_screen_convert_color_to_rgb(v->screen, &c.fg);
            vterm_screen_convert_color_to_rgb(v->screen, &c.bg);
            bool upper = y % 8 < 4, ink = (c.chars[0] == 0x2580 && upper) ||
                                          (c.chars[0] == 0x2584 && !upper);
            const VTermColor *seen = ink != c.attrs.reverse ? &c.fg : &c.bg;
            for (int i = 0; i < 4; i++)
                fputc((seen->rgb.red + seen->rgb.green + seen->rgb.blue) / 3, f);
        }
    fclose(f);
}

/* What another program reads in it; "" when there is no code. */
static const char *scanned(const struct vth *v)
{
    static char text[600];
    char path[600], line[700];
    path_of(path, "screen.pgm");
    photograph(v, path);
    snprintf(line, sizeof line, "zbarimg -q --raw --nodbus %s 2>/dev/null", path);
    FILE *f = popen(line, "re");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    pclose(f);
    text[strcspn(text, "\n")] = 0;
    return text;
}

static int64_t order_at_till(const char *qr)
{
    char sql[500];
    pn_payment y;
    pn_till out;
    pn_order o = order_n(2, "13800000001");
    pn *p = clerk();
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    snprintf(sql, sizeof sql, "insert into payment_front (sk, payment_id, scene, qr, updated_at)"
             " values (%d, %lld, 'QR', '%s', now())", pn_sk(y.id), (long long)y.id, qr);
    test_sql(sql);
    pn_till_want want = {TIER, 2};
    struct pn_till_tell in = {.till = "03", .session = SESSION, .items = {&want, 1},
                              .order = o.id};
    ok(pn_till_tell(p, &in, &out));
    pn_end(p);
    pn_news_tell(test_ctx, true);
    return y.id;
}

static const struct { int rows, cols; bool wide, light; const char *setting; } sizes[] = {
    {24, 80, false, false, NULL}, {50, 160, false, false, NULL}, {24, 44, false, false, NULL},
    {25, 81, false, false, NULL}, {24, 80, false, false, "NO_COLOR=1"},
    {24, 80, false, true, "NO_COLOR=1"}, {45, 120, true, true, "NO_COLOR=1"},
    {24, 80, false, true, "PN_THEME=mono"}, {24, 80, false, false, "PN_THEME=mono"},
    {24, 80, false, true, NULL}, {24, 80, false, false, "PN_THEME=light"},
    {24, 80, false, false, "PN_THEME=night"}, {45, 120, true, false, NULL},
};

START_TEST(a_telephone_reads_the_code)
{
    screen.wide = sizes[_i].wide;
    screen.light = sizes[_i].light;
    if (sizes[_i].setting)
        snprintf(setting, sizeof setting, "%s", sizes[_i].setting);
    order_at_till(wechat);
    start(&screen, "there", sizes[_i].rows, sizes[_i].cols, "03", "display");
    shows(&screen, "Scan to pay");
    shows(&screen, "1,160.00");
    vth_settle(&screen, 300);
    ck_assert_str_eq(scanned(&screen), wechat);
}
END_TEST

/* A terminal that does not answer may have said it to whoever it started. */
START_TEST(a_light_terminal_may_say_so_beforehand)
{
    setenv("COLORFGBG", "0;default;15", 1);
    snprintf(setting, sizeof setting, "NO_COLOR=1");
    order_at_till(wechat);
    start(&screen, "there", 24, 80, "03", "display");
    unsetenv("COLORFGBG");
    VTermColor ink, paper;
    vterm_color_rgb(&ink, 0, 0, 0);
    vterm_color_rgb(&paper, 255, 255, 255);
    vterm_state_set_default_colors(vterm_obtain_state(screen.vt), &ink, &paper);
    shows(&screen, "Scan to pay");
    vth_settle(&screen, 300);
    ck_assert_str_eq(scanned(&screen), wechat);
}
END_TEST

START_TEST(a_code_without_room_says_what_it_needs)
{
    order_at_till(wechat);
    start(&screen, "there", 14, 80, "03", "display");
    shows(&screen, "Enlarge this to 37 x 23");
    shows(&screen, "1,160.00"); /* what is to be paid is not lost */
    ck_assert_str_eq(scanned(&screen), "");
    vth_resize(&screen, 22, 37);
    shows(&screen, "Terminal too small");
    vth_resize(&screen, 22, 44);
    shows(&screen, "Enlarge this to 37 x 23");
    vth_resize(&screen, 23, 44);
    shows(&screen, "Scan to pay");
    vth_settle(&screen, 300);
    ck_assert_str_eq(scanned(&screen), wechat);
}
END_TEST

START_TEST(a_code_goes_when_it_was_paid)
{
    pn_payment_result told;
    int64_t id = order_at_till(wechat);
    start(&screen, "there", 24, 80, "03", "display");
    shows(&screen, "Scan to pay");
    pn *p = clerk();
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", id, "TR1", {YUAN(1160)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &told));
    pn_end(p);
    pn_news_tell(test_ctx, true);
    shows(&screen, "Thank you");
    shows_no(&screen, "Scan to pay");
    ck_assert_str_eq(scanned(&screen), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("till");
    TCase *c = tcase_create("till");
    tcase_add_checked_fixture(c, till_setup, till_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, what_is_sold_here_is_shown_there);
    tcase_add_test(c, a_telephone_pays_for_a_sale);
    tcase_add_test(c, cash_takes_what_no_telephone_paid);
    tcase_add_test(c, his_own_code_is_scanned);
    tcase_add_test(c, the_customers_keys_do_nothing);
    tcase_add_test(c, another_till_stays_its_own);
    tcase_add_test(c, who_may_not_look_is_told_what_to_do);
    tcase_add_test(c, a_network_that_was_gone_shows_what_is_sold_now);
    tcase_add_test(c, a_screen_may_be_there_before_the_database);
    tcase_add_loop_test(c, a_telephone_reads_the_code, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(c, a_light_terminal_may_say_so_beforehand);
    tcase_add_test(c, a_code_without_room_says_what_it_needs);
    tcase_add_test(c, a_code_goes_when_it_was_paid);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
