/* SPDX-License-Identifier: Apache-2.0 */
/* counter.c — a sale at the counter, from the session to the printed ticket: in cash, by the code
 * of the payer's telephone, by a code that his screen shows; and what is left when it fails. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/news.h"
#include "till.h"
#include "tills.h"
#include "user/staff.h"

/* Codes of WeChat's: their last digit says what the fake does. */
#define GOOD "134567890123456781"
#define REFUSED "134567890123456788"
#define ASKED "134567890123456780"  /* for the payer's password */
#define SILENT "134567890123456789" /* paid, and the answer is lost */

static void counter_setup(void)
{
    char path[300], conf[500];
    rig_setup();
    if (fakes_there())
        fake_start("wechat");
    till_setup();
    snprintf(conf, sizeof conf, "keys:\n  dir: %s\nhttp:\n  public_url: http://127.0.0.1:1\n",
             rig_folder);
    shop_conf(conf);
    pni_ring_forget();
    snprintf(path, sizeof path, "%s/counter.yaml", rig_folder);
    setenv("PN_CONF", rig_file("counter.yaml", conf), 1);
}

static void counter_teardown(void)
{
    unsetenv("PN_CONF");
    till_teardown();
    fakes_stop();
    rig_teardown();
}

/* At the tiers of the one session. */
static void open_counter(int rows, int cols)
{
    start(&t, "here", rows, cols, "03", "counter");
    shows(&t, "雷雨");
    vth_keys(&t, "Enter");
    shows(&t, "A digit adds one ticket");
}

/* Two tickets, and the money is asked for. */
static void open_pay(void)
{
    open_counter(24, 80);
    vth_keys(&t, "1 1 Enter");
    shows(&t, "F2, or a scan of his code");
}

/* As a scanner does: at once, with Enter at the end. */
static void scan(const char *code)
{
    char text[100];
    snprintf(text, sizeof text, "%s\r", code);
    say(text);
}

static const char *one(const char *sql)
{
    return test_sql_text(sql);
}

/* Until the only payment has that state. */
static void waits_for(const char *state)
{
    for (int i = 0; i < 200 && strcmp(one("select coalesce(max(state), '') from payment"), state);
         i++)
        vth_frame(&t, 50);
    ck_assert_str_eq(one("select coalesce(max(state), '') from payment"), state);
}

/* ---- what is scanned sells nothing ---- */

START_TEST(a_stray_scan_sells_nothing)
{
    static const char *const codes[] = {"6901234567892", GOOD, "PN1ABCDEF"};
    open_counter(24, 80);
    for (int i = 0; i < 3; i++) {
        scan(codes[i]);
        shows(&t, "A code is scanned when the sale is to be paid");
        vth_settle(&t, 200);
        ck_assert_msg(!vth_has(&t, "x 1"), "%s went into the basket", codes[i]);
    }
    vth_keys(&t, "1 Enter");
    shows(&t, "F2, or a scan of his code");
    scan("6901234567892");
    shows(&t, "no code of Alipay");
    scan("PN1ABCDEF0123456789");
    shows_no(&t, "PN1ABC");
    vth_keys(&t, "Esc Esc");
    shows(&t, "Sessions on sale");
    shows_no(&t, "A code is scanned");
    scan(GOOD);
    shows(&t, "A code is scanned when the sale is to be paid");
    ck_assert_int_eq(count_of("orders"), 0);
}
END_TEST

/* ---- the code of his telephone ---- */

START_TEST(a_scanned_code_pays_and_prints)
{
    if (!fakes_there())
        return;
    open_pay();
    scan(GOOD);
    shows(&t, "Sold");
    shows(&t, "WeChat Pay");
    shows(&t, "no printer yet"); /* it was asked to print */
    ck_assert_str_eq(one("select method || ' ' || state from payment"), "WECHAT SUCCESS");
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    ck_assert_int_eq(count_of("payment_front where payer <> ''"), 0);
    shows_no(&t, GOOD);
    vth_keys(&t, "Enter 1 Enter F3");
    shows(&t, "The customer's code");
    vth_keys(&t, "1 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 9 1 Enter");
    shows(&t, "Sold");
    ck_assert_int_eq(count_of("payment where state = 'SUCCESS'"), 2);
}
END_TEST

START_TEST(a_refused_code_leaves_the_order_to_cash)
{
    if (!fakes_there())
        return;
    open_pay();
    scan(REFUSED);
    shows(&t, "Not paid: ");
    shows(&t, "F2, or a scan of his code");
    ck_assert_str_eq(one("select state from payment"), "CLOSED");
    vth_keys(&t, "1 2 0 0 Enter");
    shows(&t, "Sold");
    shows(&t, "¥40.00");
    ck_assert_int_eq(count_of("orders"), 1);
    ck_assert_str_eq(one("select string_agg(method || ' ' || state, ',' order by id) from payment"),
                     "WECHAT CLOSED,CASH SUCCESS");
}
END_TEST

START_TEST(who_waits_for_a_password_may_stop)
{
    if (!fakes_there())
        return;
    open_pay();
    scan(ASKED);
    shows(&t, "he confirms it");
    waits_for("PENDING");
    vth_keys(&t, "1 Enter"); /* nothing is sold a second time */
    scan(GOOD);
    shows(&t, "a payment is under way");
    ck_assert_int_eq(count_of("payment"), 1);
    vth_keys(&t, "Esc");
    shows(&t, "No longer waited for");
    ck_assert_str_eq(one("select state from payment"), "CLOSED");
    vth_keys(&t, "Esc");
    shows(&t, "is not paid");
    vth_keys(&t, "2 Enter");
    shows(&t, "is let go");
    ck_assert_str_eq(one("select status from orders"), "CLOSED");
    ck_assert_str_eq(stock_now(), "10/0/0");
}
END_TEST

START_TEST(who_pays_while_he_is_waited_for_gets_his_tickets)
{
    if (!fakes_there())
        return;
    open_pay();
    scan(ASKED);
    shows(&t, "he confirms it");
    waits_for("PENDING");
    payer_pays("wechat", atoll(one("select id from payment")));
    shows(&t, "Sold");
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
}
END_TEST

START_TEST(a_lost_answer_is_asked_for_and_never_sent_again)
{
    if (!fakes_there())
        return;
    open_pay();
    scan(SILENT);
    shows(&t, "Sold");
    ck_assert_int_eq(count_of("payment"), 1);
    ck_assert_int_eq(count_of("payment_exchange where call = 'pay_bar'"), 1);
}
END_TEST

/* ---- a code that he is shown ---- */

START_TEST(his_screen_shows_a_code)
{
    if (!fakes_there())
        return;
    start_both();
    vth_keys(&t, "1 1 Enter F2");
    shows(&t, "Whose code the customer scans");
    vth_keys(&t, "1 Enter"); /* WeChat is the first */
    shows(&t, "he scans the code");
    shows(&screen, "Scan to pay");
    shows(&screen, "WeChat Pay");
    waits_for("PENDING");
    int64_t id = atoll(one("select id from payment"));
    payer_pays("wechat", id);
    (void)hear("wechat", notice("wechat", id, ""));
    pn_news_tell(test_ctx, true);
    shows(&t, "Sold");
    shows(&screen, "Thank you");
}
END_TEST

START_TEST(a_code_that_nobody_would_see_is_not_asked_for)
{
    start(&t, "here", 24, 80, NULL, "counter");
    shows(&t, "雷雨");
    vth_keys(&t, "Enter");
    shows(&t, "A digit adds one ticket");
    vth_keys(&t, "1 Enter F2");
    shows(&t, "start the counter with --till NAME");
    ck_assert_int_eq(count_of("orders"), 0);
}
END_TEST

START_TEST(a_slip_of_the_banks_terminal)
{
    open_pay();
    vth_keys(&t, "F6");
    shows(&t, "Number on the bank's slip");
    vth_keys(&t, "0 0 0 1 2 3 4 5 6 7 8 9 Enter");
    shows(&t, "Sold");
    shows(&t, "Card slip");
    ck_assert_str_eq(one("select method || ' ' || provider_no || ' ' || till from payment"),
                     "SLIP 000123456789 03");
}
END_TEST

/* ---- an order that is not paid ---- */

START_TEST(an_unpaid_order_is_not_left_without_a_word)
{
    open_pay();
    vth_keys(&t, "1 Enter");
    shows(&t, "1160.00 yuan are to be paid");
    shows(&t, "Held until");
    vth_keys(&t, "Esc");
    shows(&t, "is not paid");
    vth_keys(&t, "Enter"); /* go on */
    shows(&t, "F2, or a scan of his code");
    vth_keys(&t, "Esc");
    shows(&t, "Leave it as it is");
    vth_keys(&t, "Down Down Enter");
    shows(&t, "it waits among the orders");
    shows(&t, "Sessions on sale");
    ck_assert_str_eq(one("select status from orders"), "PENDING_PAY");
    vth_keys(&t, "Enter");
    shows(&t, "580.00");
    vth_keys(&t, "1 Enter");
    shows(&t, "F2, or a scan of his code");
    vth_keys(&t, "1 Enter");
    shows(&t, "yuan are to be paid");
    vth_keys(&t, "Esc");
    shows(&t, "Let it go");
    vth_keys(&t, "Down Enter");
    shows(&t, "its places are free");
    ck_assert_int_eq(count_of("orders where status = 'CLOSED'"), 1);
    ck_assert_str_eq(stock_now(), "10/2/0");
}
END_TEST

/* ---- many of everything ---- */

START_TEST(every_session_can_be_reached)
{
    test_sql("insert into session (id, code, show_id, hall_id, start_at, doors_at, stop_sale_at,"
             " tail_from, sale_at, status, delivery_types, created_at, updated_at)"
             " select 50000 + n * 4096, 'n' || n, 4, 3, t, t - interval '1 hour',"
             "  t - interval '30 minutes', t - interval '2 days', now() - interval '1 day',"
             "  'ON_SALE', '{ETICKET}', now(), now()"
             " from (select n, now() + make_interval(days => 60, hours => n) as t"
             "  from generate_series(1, 460) n) x");
    test_sql("insert into show (id, code, city_id, venue_id, category, title, initials, grams,"
             " status, refund_policy, created_at, updated_at) values (5, 'cg', 1, 2, 'DRAMA',"
             " '茶馆', 'cg', '{cg}', 'PUBLISHED', 'FREE', now(), now())");
    test_sql("update session set show_id = 5 where code = 'n460'");
    start(&t, "here", 24, 80, "03", "counter");
    shows(&t, "/100+");
    for (int i = 0; i < 60 && !vth_has(&t, "461/461"); i++)
        vth_keys_slow(&t, "PgDn");
    shows(&t, "461/461");
    shows(&t, "茶馆");
    vth_keys(&t, "PgUp PgUp");
    say("cg");
    shows(&t, "1/1");
    shows_no(&t, "雷雨");
    vth_keys(&t, "Esc");
    shows(&t, "雷雨");
}
END_TEST

START_TEST(more_tiers_than_digits)
{
    test_sql("insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"
             " select 65537 + n * 4096, 'm' || n, 40961, 'Tier ' || n, 10000 * n, now(), now()"
             " from generate_series(1, 20) n");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total)"
             " select 1, 65537 + n * 4096, 65537 + n * 4096, 40961, 5"
             " from generate_series(1, 20) n");
    open_counter(24, 80);
    shows(&t, "1-9/21");
    vth_keys(&t, "PgDn PgDn PgDn +");
    shows(&t, "Tier 20");
    shows(&t, "¥2,000.00");
    vth_keys(&t, "9"); /* the last on the screen */
    shows(&t, "¥4,000.00");
    vth_keys(&t, "Enter Enter");
    shows(&t, "Sold");
    ck_assert_str_eq(one("select payable_fen from orders"), "400000");
}
END_TEST

/* ---- seats ---- */

/* Two rows of five, the first is the better. */
static void make_seats(void)
{
    char sql[600];
    for (int row = 1; row <= 2; row++) {
        snprintf(sql, sizeof sql,
                 "insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels,"
                 " mask, gap_after, front, middle, slope) values (1, %d * 4096 + 1, %d, %d, 'A',"
                 " '%d', '{1,2,3,4,5}', 31, 16, %d, 200, 1000)", 500 + row, SESSION, TIER, row,
                 10000 - row * 1000);
        test_sql(sql);
    }
    test_sql("update stock set seat_stamp = 1");
}

START_TEST(seats_are_found_on_the_map_sold_and_lead_to_their_order)
{
    make_seats();
    open_counter(24, 80);
    vth_keys(&t, "F4");
    shows(&t, "Together");
    shows(&t, "A/1");
    vth_keys(&t, "s");
    shows(&t, "Choose free seats first");
    vth_keys(&t, "f");
    shows(&t, "How many together");
    vth_keys(&t, "2 Enter");
    shows(&t, "The best that are left");
    vth_keys(&t, "s");
    shows(&t, "This sale");
    shows(&t, "x 2");
    shows(&t, "¥1,160.00");
    vth_keys(&t, "Backspace"); /* one of them is not wanted */
    shows(&t, "x 1");
    vth_keys(&t, "F4");
    shows(&t, "Together");
    vth_keys(&t, "f");
    shows(&t, "How many together");
    vth_keys(&t, "2 Enter");
    shows(&t, "The best that are left");
    vth_keys(&t, "s");
    shows(&t, "x 2"); /* who is there already is not there twice */
    vth_keys(&t, "Enter");
    shows(&t, "F2, or a scan of his code");
    vth_keys(&t, "Enter");
    shows(&t, "Sold");
    const char *seats = one("select string_agg(seat_key, ' ' order by no) from order_seat");
    ck_assert_int_eq(count_of("order_seat where seat_key like 'A/1/%'"), 2);
    vth_keys(&t, "F4");
    shows(&t, "Together");
    shows(&t, "A/1");
    vth_keys(&t, "Home"); /* to the first that is sold */
    for (int i = 1; i < (seats[4] - '0'); i++)
        vth_keys(&t, "Right");
    vth_keys(&t, "Enter");
    shows(&t, one("select no from orders"));
    shows(&t, "Payable");
}
END_TEST

START_TEST(a_seat_of_an_unpaid_order_leads_to_it)
{
    make_seats();
    open_counter(24, 80);
    vth_keys(&t, "F4");
    shows(&t, "A/1");
    vth_keys(&t, "Space s");
    shows(&t, "x 1");
    vth_keys(&t, "Enter 5 Enter"); /* too little: the order is held */
    shows(&t, "to be paid");
    vth_keys(&t, "Esc");
    shows(&t, "is not paid");
    vth_keys(&t, "3");
    shows(&t, "Sessions on sale");
    vth_keys(&t, "Enter");
    shows(&t, "580.00");
    vth_keys(&t, "F4");
    shows(&t, "A/1");
    vth_keys(&t, "Home");
    shows(&t, "in an unpaid order");
    vth_keys(&t, "Enter");
    shows(&t, one("select no from orders"));
    shows(&t, "Payable");
}
END_TEST

/* ---- whose till it is ---- */

START_TEST(where_a_shift_is_required_it_is_opened_first)
{
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'shift.required', '1', '2000-01-01')");
    pn *p = test_begin(PN_ROLE_ADMIN);
    pn_staff staff;
    struct pn_staff_create clerk = {.login = "clerk", .name = "售票员",
                                    .password = password,
                                    .roles = {(const char *[]){"BOXOFFICE"}, 1}};
    ok(pn_staff_create(p, &clerk, &staff));
    pn_end(p);
    machine("clerk", "clerk");
    start(&t, "clerk", 24, 80, "03", "counter");
    shows(&t, "no shift: F10 opens one");
    shows(&t, "雷雨");
    vth_keys(&t, "Enter");
    shows(&t, "The counter sells within a shift only");
    shows(&t, "Open a shift with a float");
    vth_keys(&t, "3 0 0 C-s");
    shows(&t, "Done");
    ck_assert_str_eq(one("select till || ' ' || state from shift"), "03 OPEN");
    vth_keys(&t, "Esc");
    shows(&t, "Till 03  Shift");
    vth_keys(&t, "Enter");
    shows(&t, "580.00");
    vth_keys(&t, "1 Enter");
    shows(&t, "F2, or a scan of his code");
    vth_keys(&t, "Enter");
    shows(&t, "Sold");
    vth_keys(&t, "F10");
    shows(&t, "Count a drawer and close its shift");
}
END_TEST

START_TEST(the_header_says_till_and_shift)
{
    open_counter(24, 80);
    shows(&t, "Till 03  no shift");
    vth_stop(&t);
    test_sql("insert into shift (id, no, till, operator_id, float_fen, state, opened_at,"
             " updated_at) select 4097, 'S1', '03', id, 0, 'OPEN', now(), now() from staff"
             " where login = 'admin'");
    open_counter(24, 80);
    shows(&t, "Till 03  Shift S1");
}
END_TEST

/* ---- what n makes ---- */

START_TEST(n_makes_a_new_row_and_changes_none)
{
    start(&t, "here", 24, 80, "03", "shift list");
    shows(&t, "Shifts");
    vth_keys(&t, "n");
    shows(&t, "Open a shift with a float");
    vth_stop(&t);
    start(&t, "here", 24, 80, "03", "shift mine");
    shows(&t, "pn shift mine");
    vth_keys(&t, "n");
    shows(&t, "Open a shift with a float");
    vth_stop(&t);
    start(&t, "here", 24, 80, "03", "stock list");
    shows(&t, "雷雨");
    vth_keys(&t, "n");
    shows(&t, "Nothing can be created here");
    vth_stop(&t);
    start(&t, "here", 24, 80, "03", "recon_diff list");
    shows(&t, "Nothing");
    vth_keys(&t, "n");
    shows(&t, "Nothing can be created here");
}
END_TEST

/* ---- nobody is there ---- */

START_TEST(a_locked_screen_shows_nothing_and_goes_on_where_it_was)
{
    open_counter(24, 80);
    vth_keys(&t, "1 F11");
    shows(&t, "Locked");
    shows(&t, "赵兰");
    shows_no(&t, "雷雨");
    vth_keys(&t, "1 Enter");
    shows(&t, "Wrong login or password");
    scan(GOOD);
    vth_keys(&t, ": Q Esc F1 C-p C-c");
    shows(&t, "Locked");
    vth_keys(&t, "Esc");
    vth_keys(&t, "c o r r e c t Space h o r s e Space b a t t e r y Space s t a p l e Enter");
    shows(&t, "x 1"); /* the basket is as it was */
    shows_no(&t, "Locked");
    vth_keys(&t, "1");
    shows(&t, "x 2");
}
END_TEST

/* ---- for programs ---- */

/* The counter as text ("plain") or JSON after these keys. */
static const char *told(const char *how, const char *keys)
{
    static char text[20000];
    char line[1500];
    snprintf(line, sizeof line, "XDG_CONFIG_HOME=%s/here PN_STATE=%s/here PN_SANDBOX= %s --till 03"
             " --%s --keys '%s' counter", dir, dir, program, how, keys);
    FILE *f = popen(line, "re");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    pclose(f);
    return text;
}

static void tells(const char *keys, const char *const *words)
{
    const char *text = told("json", keys);
    for (; *words; words++)
        ck_assert_msg(strstr(text, *words), "%s is not told after “%s”:\n%s", *words, keys, text);
}
#define TELLS(keys, ...) tells(keys, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(every_step_is_told)
{
    TELLS("", "\"step\":\"session\"", "\"till\":\"03\"", "\"sessions\":[", "雷雨");
    TELLS("Enter 1 1", "\"step\":\"tiers\"", "\"tiers\":[", "\"basket\":[", "\"qty\":\"2\"",
          "\"amount\":\"1160.00\"", "\"payable\":\"1160.00\"");
    TELLS("Enter 1 Enter 5", "\"step\":\"pay\"", "\"tendered\":\"5\"");
    TELLS("Enter 1 Enter 5 Enter", "\"step\":\"pay\"", "\"order\":\"PN", "\"held_until\":",
          "\"refused\":\"");
    TELLS("Enter 1 Enter 6 0 0 Enter", "\"step\":\"sold\"", "\"method\":\"Cash\"",
          "\"change\":\"20.00\"", "no printer yet");
    const char *text = told("plain", "Enter 1 Enter");
    ck_assert_msg(strstr(text, "Step: Take the money"), "%s", text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("counter");
    TCase *c = tcase_create("counter");
    tcase_add_checked_fixture(c, counter_setup, counter_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_stray_scan_sells_nothing);
    tcase_add_test(c, a_scanned_code_pays_and_prints);
    tcase_add_test(c, a_refused_code_leaves_the_order_to_cash);
    tcase_add_test(c, who_waits_for_a_password_may_stop);
    tcase_add_test(c, who_pays_while_he_is_waited_for_gets_his_tickets);
    tcase_add_test(c, a_lost_answer_is_asked_for_and_never_sent_again);
    tcase_add_test(c, his_screen_shows_a_code);
    tcase_add_test(c, a_code_that_nobody_would_see_is_not_asked_for);
    tcase_add_test(c, a_slip_of_the_banks_terminal);
    tcase_add_test(c, an_unpaid_order_is_not_left_without_a_word);
    tcase_add_test(c, every_session_can_be_reached);
    tcase_add_test(c, more_tiers_than_digits);
    tcase_add_test(c, seats_are_found_on_the_map_sold_and_lead_to_their_order);
    tcase_add_test(c, a_seat_of_an_unpaid_order_leads_to_it);
    tcase_add_test(c, n_makes_a_new_row_and_changes_none);
    tcase_add_test(c, a_locked_screen_shows_nothing_and_goes_on_where_it_was);
    tcase_add_test(c, every_step_is_told);
    suite_add_tcase(suite, c);
    c = tcase_create("shift");
    tcase_add_checked_fixture(c, counter_setup, counter_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, where_a_shift_is_required_it_is_opened_first);
    tcase_add_test(c, the_header_says_till_and_shift);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
