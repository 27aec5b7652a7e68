/* SPDX-License-Identifier: Apache-2.0 */
/* rooms.c — the rooms, in a real terminal emulator, over the sandbox instead of a database. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

START_TEST(a_drill_down_and_back)
{
    open_usual();
    vth_keys(&t, "2");
    must("开心麻花爆笑舞台剧");
    vth_keys(&t, "Down Enter");
    must("Shows > 开心麻花");
    must("大剧场");
    vth_keys(&t, "Enter");
    must("内场 A 区");
    vth_keys(&t, "Esc");
    must("主馆");
    vth_keys(&t, "q");
    must("德云社");
}
END_TEST

START_TEST(a_wallet_leads_to_what_moved_in_it)
{
    open_usual();
    say(":wallet list\r");
    must("pn wallet list");
    must("1/3");
    vth_keys(&t, "Down Enter");
    must("Wallets > 票务 2");
    must("1/7");
    must("pn wallet moves --where merchant_id=2");
}
END_TEST

START_TEST(the_first_screen_opens_what_it_counts)
{
    open_usual();
    must("Frozen offers");
    must("1 of 3");
    vth_keys(&t, "Enter");
    must("Today > Frozen offers");
    must("pn listing list --where state=FROZEN");
    vth_keys(&t, "Esc");
    must("What waits, longest first");
    vth_keys(&t, "Tab Down Enter");
    must("Today > 2026-11-23 19:30");
    must("内场 A 区");
    vth_keys(&t, "Esc BackTab BackTab Enter");
    must("Today > Orders paid");
    must("pn order list --where paid_at=today");
    vth_keys(&t, "Esc Tab Tab Tab Enter");
    must("pn show show 30");
}
END_TEST

START_TEST(yesterday_stands_beside_today)
{
    open_usual();
    must("Yesterday by now");
    must("¥1,146,930.00");
    must("+12% ¥1,284,560.00");
    must("¥31,240.00");
}
END_TEST

START_TEST(an_area_of_the_first_screen_scrolls)
{
    open_usual();
    must("1-3/9");
    ck_assert(!vth_has(&t, "11%"));
    vth_keys(&t, "Tab End");
    must("7-9/9");
    must("11%");
    must("9 of 9");
    vth_keys(&t, "Down"); /* the next area begins */
    must("1 of 30");
    vth_keys(&t, "Up PgUp");
    must("7 of 9");
    say("\033[<0;10;11M\033[<0;10;11m"); /* a click chooses, another one opens */
    must("2 of 3");
    say("\033[<0;10;11M\033[<0;10;11m");
    must("Today > Refunds to decide");
}
END_TEST

/* Whatever the size, nothing is drawn over the keys. */
START_TEST(the_first_screen_fits_every_size)
{
    static const struct { int rows, cols; } sizes[] = {{10, 40}, {12, 60}, {24, 80}, {40, 120},
                                                       {60, 200}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char row[900];
        open_console(sizes[i].rows, sizes[i].cols, "xterm-256color", NULL, NULL, NULL);
        must("3412");
        must("Frozen offers");
        must("1 of 3");
        vth_row(&t, sizes[i].rows - 1, row, sizeof row);
        ck_assert_msg(!strncmp(row, " Enter View", 11), "%s", row);
        vth_stop(&t);
    }
}
END_TEST

/* A merchant, say, whom the house's figures do not concern. */
START_TEST(without_figures_one_sees_what_is_ones_own)
{
    put_file("no-figures", "");
    open_console(24, 80, "xterm-256color", NULL, NULL, NULL);
    must("4 Offers");
    must("On offer 10");
    must("Frozen 2");
    ck_assert(!vth_has(&t, "pn board today"));
    vth_keys(&t, "Enter"); /* what was counted is in the crumb */
    must("Today > Offers On offer");
}
END_TEST

START_TEST(an_empty_list_says_what_to_do)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "/ x x y z Enter");
    must("Nothing fits the filter: / changes it");
}
END_TEST

/* A key that would do nothing just now is not in the footer. */
START_TEST(the_footer_has_keys_that_do_something)
{
    char row[512];
    open_console(24, 120, "xterm-256color", NULL, NULL, NULL);
    must("Tonight");
    vth_keys(&t, "2");
    must("1/100+");
    vth_row(&t, 23, row, sizeof row);
    ck_assert_msg(strstr(row, "a Actions"), "%s", row);
    vth_keys(&t, "/ x x y z Enter");
    must("Nothing fits the filter");
    vth_row(&t, 23, row, sizeof row);
    ck_assert_msg(strstr(row, "/ Filter") && !strstr(row, "a Actions"), "%s", row);
    vth_keys(&t, "5");
    must("Scan a ticket");
    ck_assert(!vth_has(&t, "F6 Override"));
    vth_keys(&t, "x Enter");
    must("Not a ticket");
    must("F6 Override");
}
END_TEST

START_TEST(a_filter_and_a_sort)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "/ 茶 花 女 Enter");
    must("/茶花女");
    must("国家大剧院版歌剧");
    ck_assert(!vth_has(&t, "德云社"));
    vth_keys(&t, "/ C-u s t a t e = E N D E D Enter");
    must("/state=ENDED");
    must("Ended");
    ck_assert(!vth_has(&t, "On sale"));
    vth_keys(&t, "s");
    must("Title ^");
    vth_keys(&t, "S");
    must("Title v");
}
END_TEST

START_TEST(a_record_with_its_rows)
{
    open_usual();
    vth_keys(&t, "3");
    must("PN2611230000007");
    vth_keys(&t, "Enter");
    must("Timeline (3)");
    must("Items (2)");
    must("SUBMITTED");
}
END_TEST

START_TEST(what_a_record_refers_to_is_opened)
{
    open_usual();
    vth_keys(&t, ": l i s t i n g Space l i s t Enter");
    must("1/");
    vth_keys(&t, "v");
    must("Tier number");
    vth_keys(&t, "Tab Tab BackTab Enter");
    must("Offers > 开心麻花爆笑舞台剧《夏洛特烦恼》 内场 A 区 > 2");
    must("Hall ");
    vth_keys(&t, "Esc");
    must("Tier number");
}
END_TEST

START_TEST(a_form_shows_the_refusal_under_its_field)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a");
    must("pn show edit 1");
    vth_keys(&t, "Enter");
    must("Change a show");
    vth_keys(&t, "C-u C-s");
    must("! Title is required");
    vth_paste(&t, "新\n标题");
    vth_keys(&t, "C-s");
    must("新 标题");
    must("Done");
    ck_assert(!vth_has(&t, "C-s Send"));
}
END_TEST

START_TEST(danger_asks_first)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a Down Enter");
    must("Enter yes, Esc no");
    vth_keys(&t, "Esc");
    ck_assert(!vth_has(&t, "Done"));
    vth_keys(&t, "C-s y");
    must("Done");
}
END_TEST

START_TEST(commands_speak_the_command_line)
{
    open_usual();
    vth_keys(&t, ": o r d Tab");
    must(":order");
    vth_keys(&t, "l i Tab s t a t Tab E Tab");
    must(":order list state=ENDED");
    vth_keys(&t, "Enter");
    must("/state=ENDED");
    vth_keys(&t, ": o r d e r Space s h o w Space 1 2 Enter");
    must("PN2611230000117");
    vth_keys(&t, ": n o n s e n s e Enter");
    must("Unknown word");
}
END_TEST

START_TEST(a_list_takes_the_flags_of_the_command_line)
{
    open_usual();
    vth_keys(&t, ":");
    say("show list --state ENDED --sort -sold --limit 5\r");
    must("/state=ENDED");
    must("Sold v");
    ck_assert(!vth_has(&t, "On sale"));
    vth_keys(&t, ":");
    say("show list -q \"茶花女\" sort=-start_at,id\r");
    must("/茶花女  Id ^2");
    must("Start v1");
    vth_keys(&t, "s");
    must("Sold ^");
    ck_assert(!vth_has(&t, "Id ^2"));
}
END_TEST

START_TEST(an_order_without_a_head_is_told)
{
    open_console(24, 40, "xterm-256color", NULL, NULL, NULL);
    ck_assert(vth_expect(&t, "Tonight", PATIENCE));
    vth_keys(&t, ":");
    say("show list --sort=-sold\r");
    must("Sold v  1/");
}
END_TEST

START_TEST(a_verdict_is_colour_shape_and_words)
{
    open_usual();
    vth_keys(&t, "5");
    must("Scan a ticket");
    say("PN1ABC001\r");
    must("Admitted");
    must("02 排 05 座");
    say("PN1ABC002\r");
    must("Used before");
    must("18:40:02");
    vth_keys(&t, "x y z Enter");
    must("Not a ticket");
}
END_TEST

/* The word is drawn of half blocks, in the language of the screen, as large as there is room. */
START_TEST(a_verdict_is_read_from_afar)
{
    open_usual();
    vth_keys(&t, "5");
    say("a1\r");
    must("Admitted");
    must("==========");
    must("█");
    say("a2\r");
    must("Used before");
    must("//////////");
    vth_resize(&t, 60, 200);
    vth_settle(&t, 100);
    must("████████████████"); /* four cells to a dot */
    vth_resize(&t, 10, 40);
    vth_settle(&t, 100);
    must("/// NO ///");
    must("Used before");
}
END_TEST

START_TEST(a_gate_knows_which_it_is)
{
    open_usual();
    vth_keys(&t, "5");
    must("Way in");
    vth_keys(&t, "F3");
    must("Which gate this is");
    vth_keys(&t, "3");
    must("S1 South entrance");
    say("a1\r");
    must("Other entrance");
    vth_keys(&t, "F4");
    must("Way out");
    say("a1\r");
    must("Goodbye");
    must("passed 1, refused 1: Other entrance 1");
}
END_TEST

START_TEST(a_refused_guest_may_show_a_document_or_be_let_in)
{
    open_usual();
    vth_keys(&t, "5 F6");
    must("Scan the ticket first");
    say("a3\r");
    must("Check the document");
    vth_keys(&t, "F7");
    must("Identity document");
    vth_keys(&t, "1 2 3 4 Enter");
    must("Admitted");
    say("a2\r");
    must("Used before");
    vth_keys(&t, "F6");
    must("Let somebody in");
    must("a2");
    vth_keys(&t, "Tab w i f e C-s");
    must("Done");
}
END_TEST

START_TEST(who_is_inside_stands_at_the_gate)
{
    open_usual();
    vth_keys(&t, "5");
    must("inside");
    must("82%");
}
END_TEST

START_TEST(a_change_that_changes_nothing_is_not_sent)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a Enter");
    must("Change a show");
    vth_keys(&t, "C-s");
    must("Nothing is changed yet");
    vth_keys(&t, "! C-s");
    must("Done");
}
END_TEST

START_TEST(what_one_likes_is_kept)
{
    size_t size = 0;
    open_usual();
    say(":settings\r");
    must("Room to begin with");
    vth_keys(&t, "1");
    must("Theme: light");
    vth_keys(&t, "3");
    must("It is kept");
    vth_keys(&t, "4");
    must("yes");
    vth_stop(&t);
    char *text = read_file("piaoniu/console", &size);
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, "theme = light\nroom = 2\npane = yes\n");
    free(text);
    open_console(40, 160, "xterm-256color", NULL, NULL, NULL);
    must("1/100+"); /* the shows, and the sessions of the first beside them */
    must("主馆");
}
END_TEST

START_TEST(a_mouse_selects_and_scrolls)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    say("\033[<0;10;7M\033[<0;10;7m");
    must("5/100+");
    say("\033[<65;10;7M");
    must("8/100+");
    say("\033[<64;10;7M");
    must("5/100+");
    vth_paste(&t, "qQ"); /* a paste into a list does nothing */
    must("5/100+");
}
END_TEST

START_TEST(a_login_that_fails_and_one_that_does_not)
{
    take_file("piaoniu/token");
    put_file("demo-accounts.txt", "zhaolan  demo  box office\n");
    open_console(24, 80, "xterm-256color", NULL, NULL, NULL);
    must("Password");
    vth_keys(&t, "z h a o l a n Enter w r o n g C-s");
    must("! Login or password is wrong  4 attempts left");
    must("*****");
    ck_assert(!vth_has(&t, "Password *   wrong"));
    vth_keys(&t, "C-u d e m o C-s");
    must("Tonight");
    char token[64] = "", path[600];
    path_of(path, "piaoniu/token");
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(token, sizeof token, f));
    fclose(f);
    ck_assert_str_eq(token, "pnt_zhaolan\n");
}
END_TEST

START_TEST(an_account_of_the_demo_is_one_command_away)
{
    put_file("demo-accounts.txt", "admin    x     Administrator\nzhaolan  demo  Box office\n");
    open_usual();
    must("Change over with :login NAME");
    vth_keys(&t, ": l o g i n Space z h a o l a n Enter");
    must("Accounts of this demo");
    must("****");
    vth_keys(&t, "C-s");
    must("Tonight");
    char token[64] = "", path[600];
    path_of(path, "piaoniu/token");
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(fgets(token, sizeof token, f));
    fclose(f);
    ck_assert_str_eq(token, "pnt_zhaolan\n");
}
END_TEST

START_TEST(help_is_the_key_table)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "?");
    must("Open the selected row");
    vth_keys(&t, "End");
    must("Last line of the area");
    ck_assert(!vth_has(&t, "a Actions")); /* there is nothing to act on */
    vth_keys(&t, "Esc");
    must("1/100+");
}
END_TEST

START_TEST(it_speaks_chinese)
{
    open_console(24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8", NULL, NULL);
    must("票牛");
    must("1 今日");
    vth_keys(&t, "T");
    must("浅色 (light)");
    vth_keys(&t, "：");
    vth_keys(&t, "q Enter");
    ck_assert(vth_wait(&t, PATIENCE));
    ck_assert_int_eq(WEXITSTATUS(t.status), 0);
}
END_TEST

START_TEST(a_locale_that_cannot_is_replaced)
{
    open_console(24, 80, "xterm-256color", "LC_ALL=C", NULL, NULL);
    must("开心麻花");
}
END_TEST

START_TEST(hostile_text_stays_in_its_column)
{
    open_usual();
    vth_keys(&t, "2");
    must("Hostile [31m title ? ");
    char row[1024];
    for (int i = 0; i < t.rows; i++) {
        vth_row(&t, i, row, sizeof row);
        ck_assert_ptr_null(strstr(row, "\342\200\256"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rooms");
    TCase *c = tcase_create("rooms");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_drill_down_and_back);
    tcase_add_test(c, a_wallet_leads_to_what_moved_in_it);
    tcase_add_test(c, the_first_screen_opens_what_it_counts);
    tcase_add_test(c, yesterday_stands_beside_today);
    tcase_add_test(c, an_area_of_the_first_screen_scrolls);
    tcase_add_test(c, the_first_screen_fits_every_size);
    tcase_add_test(c, without_figures_one_sees_what_is_ones_own);
    tcase_add_test(c, an_empty_list_says_what_to_do);
    tcase_add_test(c, the_footer_has_keys_that_do_something);
    tcase_add_test(c, a_filter_and_a_sort);
    tcase_add_test(c, a_record_with_its_rows);
    tcase_add_test(c, what_a_record_refers_to_is_opened);
    tcase_add_test(c, a_form_shows_the_refusal_under_its_field);
    tcase_add_test(c, danger_asks_first);
    tcase_add_test(c, commands_speak_the_command_line);
    tcase_add_test(c, a_list_takes_the_flags_of_the_command_line);
    tcase_add_test(c, an_order_without_a_head_is_told);
    tcase_add_test(c, a_verdict_is_colour_shape_and_words);
    tcase_add_test(c, a_verdict_is_read_from_afar);
    tcase_add_test(c, a_gate_knows_which_it_is);
    tcase_add_test(c, a_refused_guest_may_show_a_document_or_be_let_in);
    tcase_add_test(c, who_is_inside_stands_at_the_gate);
    tcase_add_test(c, a_change_that_changes_nothing_is_not_sent);
    tcase_add_test(c, what_one_likes_is_kept);
    tcase_add_test(c, a_mouse_selects_and_scrolls);
    tcase_add_test(c, a_login_that_fails_and_one_that_does_not);
    tcase_add_test(c, an_account_of_the_demo_is_one_command_away);
    tcase_add_test(c, help_is_the_key_table);
    tcase_add_test(c, it_speaks_chinese);
    tcase_add_test(c, a_locale_that_cannot_is_replaced);
    tcase_add_test(c, hostile_text_stays_in_its_column);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
