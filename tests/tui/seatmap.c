/* SPDX-License-Identifier: Apache-2.0 */
/* seatmap.c — the seat map over the sandbox's hall: two sections side by side, a third behind. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <stdio.h>
#include <string.h>

static void open_map(void)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Enter");
    must("主馆");
    vth_keys(&t, "m");
    must("池座中   ");
}

START_TEST(signs_say_what_a_seat_is)
{
    open_map();
    must("#AAAAA#AAA AA#/AAA#AA"); /* an aisle in the middle */
    must("&");
    must("#");
    must("/");
    must("A-Z free  & wheelchair  = held  / in an order  # sold  * chosen");
    must("A 前区 ¥1,280.00");
}
END_TEST

START_TEST(three_zooms)
{
    open_map();
    vth_keys(&t, "+");
    must("B17");
    vth_keys(&t, "+ - -");
    must("Stage");
    vth_keys(&t, "Tab");
    must("池座中/1/10");
    vth_keys(&t, "Down Enter");
    must("楼座   ");
    vth_keys(&t, "/");
    say("池座左\r");
    must("池座左/1/");
    vth_keys(&t, "/");
    say("nowhere");
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
    must("There is no section");
}
END_TEST

START_TEST(seats_are_chosen_one_by_one_by_row_and_by_rectangle)
{
    open_map();
    vth_keys(&t, "Right Space Space");
    must("2 chosen");
    vth_keys(&t, "c");
    must("0 chosen");
    vth_keys(&t, "Down Down Down Down Down Home");
    must("/6/1 ");
    vth_keys(&t, "C-a");
    must("16 chosen"); /* of twenty three are sold and one is in an order */
    vth_keys(&t, "C-a");
    must("0 chosen");
    vth_keys(&t, "*");
    must("94 chosen"); /* all that is left of the section */
    vth_keys(&t, "*");
    must("0 chosen");
    vth_keys(&t, "Home b Right Right Up");
    must("A rectangle");
    vth_keys(&t, "Enter");
    must("5 chosen"); /* one of the six is sold */
    vth_keys(&t, "b Right Esc");
    must("5 chosen"); /* the rectangle is given up, what was chosen is not */
    must("Seats");
}
END_TEST

START_TEST(what_is_sold_is_not_chosen)
{
    open_map();
    vth_keys(&t, "/");
    say("池座左\r");
    vth_keys(&t, "Home Space");
    must("This seat is sold or in an order");
    must("0 chosen");
}
END_TEST

START_TEST(seats_together_are_the_librarys)
{
    open_map();
    vth_keys(&t, "f");
    must("How many together");
    vth_keys(&t, "4 Enter");
    must("The best that are left");
    must("4 chosen");
    must("池座中/1/11");
    vth_keys(&t, "f 9 Enter");
    must("There are no 9 seats together");
    must("4 chosen");
}
END_TEST

/* Who knows the way types ahead of the seats. */
START_TEST(keys_typed_ahead_wait_for_the_seats)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Enter");
    must("主馆");
    put_file("stop", "");
    vth_keys(&t, "m");
    must("Together");
    vth_keys(&t, "f");
    must("How many together");
    vth_keys(&t, "4 Enter");
    take_file("stop");
    must("The best that are left");
    must("4 chosen");
    vth_keys(&t, "Esc");
    must("主馆");
    put_file("stop", "");
    vth_keys(&t, "m");
    must("Together");
    vth_keys(&t, "*");
    take_file("stop");
    must("94 chosen");
}
END_TEST

START_TEST(seats_are_held_and_released)
{
    open_map();
    vth_keys(&t, "h");
    must("Choose free seats first");
    vth_keys(&t, "f 4 Enter");
    must("4 chosen");
    vth_keys(&t, "h");
    must("Withhold seats");
    must("池座中/1/11..14");
    vth_keys(&t, "C-s");
    must("! Reason is required");
    say("press");
    vth_keys(&t, "C-s");
    must("Done");
    vth_keys(&t, "Esc");
    must("4 chosen, 4 of them held"); /* chosen over the new map */
    vth_keys(&t, "u");
    must("House  4  press");
    vth_keys(&t, "Enter");
    must("Release seats");
    must("池座中/1/11..14");
    vth_keys(&t, "C-s");
    must("Done");
    vth_keys(&t, "Esc");
    must("4 chosen, 0 of them held");
    vth_keys(&t, "h C-s");
    must("! Reason is required");
    say("again");
    vth_keys(&t, "C-s");
    must("Done");
    vth_keys(&t, "Esc c");
    must("0 chosen");
    must("====");
}
END_TEST

START_TEST(a_mouse_chooses_seats_and_rectangles)
{
    open_map();
    vth_settle(&t, 150);
    char row[400];
    int at = -1;
    for (int y = 1; y < 8 && at < 0; y++) {
        vth_row(&t, y, row, sizeof row);
        at = strstr(row, "      6 ") == row ? y : -1;
    }
    ck_assert_int_gt(at, 0);
    char press[64];
    snprintf(press, sizeof press, "\033[<0;9;%dM\033[<0;9;%dm", at + 1, at + 1);
    say(press); /* the first seat of row 6 */
    must("1 chosen");
    snprintf(press, sizeof press, "\033[<0;9;%dM\033[<32;11;%dM\033[<0;11;%dm", at, at + 1, at + 1);
    say(press);
    must("5 chosen");
    say("\033[<65;9;9M");
    must("池座中/3/3 ");
}
END_TEST

START_TEST(keys_live_while_the_map_is_asked_for)
{
    open_map();
    put_file("stop", "");
    vth_keys(&t, "r Right Right");
    must("/1/3 ");
    vth_keys(&t, "+");
    must("B17");
    take_file("stop");
    vth_keys(&t, "Space");
    must("1 chosen");
}
END_TEST

START_TEST(it_loads_itself_again)
{
    open_map();
    put_file("down", "");
    ck_assert(vth_expect(&t, "no database", 9000)); /* nobody pressed a key */
    take_file("down");
    ck_assert(vth_expect(&t, "answers again", 9000));
    must("AAAA");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("seat map");
    TCase *c = tcase_create("seat map");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, signs_say_what_a_seat_is);
    tcase_add_test(c, three_zooms);
    tcase_add_test(c, seats_are_chosen_one_by_one_by_row_and_by_rectangle);
    tcase_add_test(c, what_is_sold_is_not_chosen);
    tcase_add_test(c, seats_together_are_the_librarys);
    tcase_add_test(c, keys_typed_ahead_wait_for_the_seats);
    tcase_add_test(c, seats_are_held_and_released);
    tcase_add_test(c, a_mouse_chooses_seats_and_rectangles);
    tcase_add_test(c, keys_live_while_the_map_is_asked_for);
    tcase_add_test(c, it_loads_itself_again);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
