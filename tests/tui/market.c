/* SPDX-License-Identifier: Apache-2.0 */
/* market.c — offers in the console: their rooms, many at once, cells that are typed over. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must_not(const char *text)
{
    vth_settle(&t, 150);
    ck_assert_msg(!vth_has(&t, text), "“%s” is on the screen", text);
}

START_TEST(a_digit_opens_what_is_open)
{
    open_usual();
    must("4 Offers"); /* no counter for this person */
    must("0 All rooms");
    must_not("4 Counter");
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "0");
    must("Price changes");
    must_not("Printers"); /* and no printers */
    must("Operations"); /* one's own desk first */
    vth_keys(&t, "3"); /* a number of a menu is an entry of it */
    must("1/12");
}
END_TEST

START_TEST(rows_of_another_kind_are_only_looked_at)
{
    open_usual();
    vth_keys(&t, "0 4");
    must("1/30");
    vth_keys(&t, "a");
    must("These rows are only to be looked at");
    vth_keys(&t, "Enter");
    must("Because of");
    must("615.00");
    must_not("has no details");
}
END_TEST

START_TEST(a_plan_comes_before_the_deed)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "Space Down Down Down Space"); /* rows 1 and 5: the fifth is frozen */
    must("2 marked");
    vth_keys(&t, "a");
    must("Pause an offer");
    must_not("Change an offer"); /* takes more than a reason */
    vth_keys(&t, "Enter");
    must("Reason");
    vth_keys(&t, "x y Enter");
    must("2 rows: 1 can be done, 1 cannot");
    must("The offer is Frozen");
    vth_keys(&t, "Esc");
    must("6/12"); /* nothing has happened */
    must_not("Paused");
    must("2 marked");
}
END_TEST

START_TEST(each_row_has_a_result_of_its_own)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "*");
    must("12 marked");
    vth_keys(&t, "a Enter x Enter");
    must("12 rows: 10 can be done, 2 cannot");
    vth_keys(&t, "Enter");
    must("12 rows: 10 done, 2 refused, 0 to do");
    must("Finished");
    vth_keys(&t, "Enter");
    must("2 marked"); /* what was refused stays marked */
    must("Paused");
    vth_keys(&t, "Esc");
    must_not("marked");
    must("Offers");
}
END_TEST

/* What an operation takes besides the row is asked for once, and given to all of them. */
START_TEST(marked_rows_are_given_the_same_answer)
{
    size_t size = 0;
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "Space Space a");
    must("Answer for an offer");
    must_not("Change an offer"); /* more than one wants to be asked */
    vth_keys(&t, "3");
    must("Answer>");
    vth_keys(&t, "Enter");
    must("Answer is required");
    say("we are sorry\r");
    must("Until>");
    vth_keys(&t, "Enter"); /* what may be left out */
    must("2 rows: 2 can be done, 0 cannot");
    must("Answer: we are sorry");
    must_not("Until:");
    vth_keys(&t, "Enter");
    must("2 rows: 2 done, 0 refused, 0 to do");
    char *answer = read_file("answer", &size);
    ck_assert_ptr_nonnull(answer);
    ck_assert_str_eq(answer, "we are sorry 0");
    take_file("answer");
    free(answer);
}
END_TEST

/* Offers 1 to 12 are to be paused, two of them cannot be; the server does `pace` with each look. */
static void pause_all(const char *pace)
{
    open_usual();
    put_file("pace", pace);
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "* a Enter x Enter");
    must("12 rows: 10 can be done, 2 cannot");
    vth_keys(&t, "Enter");
}

START_TEST(the_server_does_it_and_tells_how_far_it_is)
{
    put_file("idle", "");
    pause_all("3");
    must("12 rows: 0 done, 2 refused, 10 to do");
    must("The server is at work");
    must("pn listing pause 1 --reason x"); /* the command of the first row */
    must("nobody works for the server"); /* for seconds */
    take_file("idle");
    must("12 rows: 10 done, 2 refused, 0 to do");
    must("Finished");
    must("u takes it back");
}
END_TEST

START_TEST(work_that_is_left_goes_on)
{
    put_file("idle", "");
    pause_all("100");
    must("The server is at work");
    vth_keys(&t, "Esc");
    must("The server goes on with it");
    must("2 marked"); /* what could not be done */
    vth_keys(&t, "J");
    must("Pause an offer");
    must("At work");
    take_file("idle");
    vth_keys(&t, "r");
    must("Finished");
    vth_keys(&t, "Enter"); /* its rows */
    must("1/10");
    must("pn listing pause 1 --reason x");
    vth_keys(&t, "Esc Esc r");
    must("Paused");
}
END_TEST

START_TEST(a_key_stops_the_server_between_two_rows)
{
    put_file("idle", "");
    pause_all("3");
    must("The server is at work");
    vth_keys(&t, "c");
    must("12 rows: 0 done, 2 refused, 10 to do");
    must("Finished");
    vth_keys(&t, "Enter");
    must("12 marked"); /* nothing was done */
    must_not("Paused");
}
END_TEST

START_TEST(work_of_before_is_stopped_in_its_room)
{
    put_file("idle", "");
    pause_all("3");
    must("The server is at work");
    vth_keys(&t, "Esc J");
    must("At work");
    vth_keys(&t, "a");
    must("Stop work on many rows");
    vth_keys(&t, "1");
    must("Stopped");
}
END_TEST

START_TEST(a_range_of_rows_is_marked)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "Space Down Down V");
    must("4 marked");
    vth_keys(&t, "* *");
    must("12 marked");
}
END_TEST

START_TEST(a_lost_answer_is_asked_for_again)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "Space Space a Enter x Enter");
    must("2 rows: 2 can be done");
    put_file("down", "");
    vth_keys(&t, "Enter");
    must("The database cannot be reached");
    must("Enter does it");
    take_file("down");
    vth_keys(&t, "Enter");
    must("2 rows: 2 done, 0 refused, 0 to do");
}
END_TEST

START_TEST(a_price_is_previewed_and_saved)
{
    open_usual();
    vth_keys(&t, "4");
    must("615.00");
    vth_keys(&t, "e");
    must("Type the new value");
    vth_keys(&t, "C-u");
    say("700");
    vth_keys(&t, "Enter");
    must("Enter saves it");
    must("770.00"); /* the sale price */
    must("665.00"); /* the settlement price */
    vth_keys(&t, "Esc");
    must("Type the new value"); /* taken back */
    vth_keys(&t, "Esc e C-u");
    say("700");
    vth_keys(&t, "Enter");
    must("Enter saves it");
    vth_keys(&t, "Enter");
    must("Saved:");
    vth_keys(&t, "Esc");
    must("700.00");
    must("1/12");
}
END_TEST

START_TEST(a_refusal_changes_nothing)
{
    open_usual();
    vth_keys(&t, "4");
    must("615.00");
    vth_keys(&t, "e C-u");
    say("12");
    vth_keys(&t, "Enter");
    must("! The price is below the floor  At least 300.00");
    vth_keys(&t, "Down");
    must("Save the row first, or take it back");
    vth_keys(&t, "Esc");
    vth_keys(&t, "Down");
    must("2/12");
    vth_keys(&t, "Esc");
    must("615.00");
}
END_TEST

START_TEST(a_quantity_is_the_next_cell)
{
    open_usual();
    vth_keys(&t, "4");
    must("615.00");
    vth_keys(&t, "e Tab C-u");
    say("\357\274\225\357\274\220"); /* fifty, as an input method types it */
    vth_keys(&t, "Enter");
    must("Total");
    must("Enter saves it");
    vth_keys(&t, "Enter");
    must("Saved:");
    vth_keys(&t, "Esc");
    must("50");
}
END_TEST

static void open_grid(void)
{
    open_usual();
    vth_keys(&t, "4");
    must("615.00");
    vth_keys(&t, "e");
    must("Type the new value");
}

START_TEST(every_column_that_may_change_is_a_cell)
{
    open_grid();
    vth_keys(&t, "Tab Tab C-u 2 Tab"); /* the rule, then the words */
    must("As one likes | As a whole");
    vth_keys(&t, "C-n Enter");
    must("Enter saves it");
    must("At least");
    must("Sold as");
    must("Settlement price"); /* the prices are told although they stay */
    vth_keys(&t, "Enter");
    must("Saved:");
    vth_keys(&t, "Esc v");
    must("As a whole");
}
END_TEST

START_TEST(a_narrow_screen_moves_to_the_cell)
{
    open_console(24, 50, "xterm-256color", NULL, NULL, NULL);
    must("Tonight");
    vth_keys(&t, "4");
    must("615.00");
    vth_keys(&t, "e Tab Tab Tab");
    must("Sold as");
    must_not("Asked price ");
    vth_keys(&t, "Tab");
    must("Asked price ");
}
END_TEST

START_TEST(a_price_is_typed_relative_and_taken_back)
{
    open_grid();
    vth_keys(&t, "C-u");
    say("+10%");
    vth_keys(&t, "Enter");
    must("Enter saves it");
    must("¥676.50");
    vth_keys(&t, "Enter");
    must("Saved:");
    vth_keys(&t, "C-u");
    say("\357\274\215\357\274\226.5"); /* minus six, as an input method types it */
    vth_keys(&t, "Enter");
    must("Enter saves it");
    must("¥670.00");
    vth_keys(&t, "Enter");
    must("Saved:");
    vth_keys(&t, "Esc u");
    must("1 rows: 1 can be done");
    vth_keys(&t, "Enter");
    must("1 done");
    vth_keys(&t, "Enter");
    must("676.50");
    vth_keys(&t, "u");
    must("nothing to take back"); /* once */
}
END_TEST

START_TEST(all_marked_rows_get_what_was_typed)
{
    open_usual();
    vth_keys(&t, "4");
    must("615.00");
    vth_keys(&t, "e C-u 9 F6");
    must("No row is marked");
    vth_keys(&t, "Esc Esc Space Space e F6");
    must("Type a value first");
    vth_keys(&t, "C-u");
    say("-10%");
    vth_keys(&t, "F6");
    must("2 rows: 2 can be done");
    vth_keys(&t, "Enter");
    must("2 done");
    must("u takes it back");
    vth_keys(&t, "Enter");
    must("553.50");
    must("616.50");
    vth_keys(&t, "u");
    must("2 rows: 2 can be done");
    vth_keys(&t, "Enter");
    must("2 done");
    vth_keys(&t, "Enter");
    must("615.00");
    must("685.00");
}
END_TEST

START_TEST(other_lists_have_no_such_cells)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "e");
    must("No cell of this list can be typed over");
}
END_TEST

START_TEST(offers_of_a_tier_stand_as_buyers_see_them)
{
    char row[400];
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Enter");
    must("主馆");
    vth_keys(&t, "Enter");
    must("内场 A 区");
    vth_keys(&t, "Enter");
    must("Place");
    must("1/12");
    vth_row(&t, 2, row, sizeof row);
    ck_assert_msg(strstr(row, " 1  ") && strstr(row, "615.00"), "%s", row);
    vth_row(&t, 13, row, sizeof row);
    ck_assert_msg(strstr(row, " -  ") && strstr(row, "Frozen"), "%s", row);
}
END_TEST

START_TEST(what_an_order_is_ready_for_comes_first)
{
    char row[400];
    open_usual();
    vth_keys(&t, "3");
    must("PN2611230000007");
    vth_keys(&t, "Enter");
    must("Can be done now (1)");
    vth_keys(&t, "a");
    must("Everything else"); /* the record behind it says the action, too */
    vth_row(&t, 2, row, sizeof row);
    ck_assert_msg(strstr(row, "Cancel an order"), "%s", row);
    vth_row(&t, 3, row, sizeof row);
    ck_assert_msg(strstr(row, "Everything else  3 more"), "%s", row);
    vth_keys(&t, "2");
    must("Show the buyer of an order");
}
END_TEST

/* A list is worth a look by itself, and it is there before one asks for it. */
START_TEST(a_preview_shows_what_enter_would)
{
    open_console(30, 120, "xterm-256color", NULL, NULL, NULL);
    must("Tonight");
    vth_keys(&t, "3");
    must("1/100+");
    vth_keys(&t, "Tab");
    must("Timeline (3)");
    must("PN2611230000017"); /* the row below is still there */
    vth_keys(&t, "Down Down");
    must("3/100+");
    must("¥3,840.00");
    must("Timeline (3)");
    vth_keys(&t, "2"); /* of a show: its sessions */
    must("1/100+");
    must("主馆");
    put_file("stop", ""); /* nothing waits for it */
    vth_keys(&t, "Down Down Down");
    must("4/100+");
    take_file("stop");
    must("主馆");
    vth_keys(&t, "Tab");
    vth_settle(&t, 100);
    must_not("主馆");
    vth_keys(&t, "Tab");
    vth_resize(&t, 24, 80); /* no room beside: below */
    must("主馆");
    vth_resize(&t, 15, 80);
    vth_settle(&t, 100);
    must_not("主馆");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("market");
    TCase *c = tcase_create("market");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_digit_opens_what_is_open);
    tcase_add_test(c, rows_of_another_kind_are_only_looked_at);
    tcase_add_test(c, a_plan_comes_before_the_deed);
    tcase_add_test(c, each_row_has_a_result_of_its_own);
    tcase_add_test(c, marked_rows_are_given_the_same_answer);
    tcase_add_test(c, the_server_does_it_and_tells_how_far_it_is);
    tcase_add_test(c, work_that_is_left_goes_on);
    tcase_add_test(c, a_key_stops_the_server_between_two_rows);
    tcase_add_test(c, work_of_before_is_stopped_in_its_room);
    tcase_add_test(c, a_range_of_rows_is_marked);
    tcase_add_test(c, a_lost_answer_is_asked_for_again);
    tcase_add_test(c, a_price_is_previewed_and_saved);
    tcase_add_test(c, a_refusal_changes_nothing);
    tcase_add_test(c, a_quantity_is_the_next_cell);
    tcase_add_test(c, every_column_that_may_change_is_a_cell);
    tcase_add_test(c, a_narrow_screen_moves_to_the_cell);
    tcase_add_test(c, a_price_is_typed_relative_and_taken_back);
    tcase_add_test(c, all_marked_rows_get_what_was_typed);
    tcase_add_test(c, a_preview_shows_what_enter_would);
    tcase_add_test(c, other_lists_have_no_such_cells);
    tcase_add_test(c, offers_of_a_tier_stand_as_buyers_see_them);
    tcase_add_test(c, what_an_order_is_ready_for_comes_first);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
