/* SPDX-License-Identifier: Apache-2.0 */
/* zones.c — zone plans on the screen: looking at a version, painting another one, its changes, and
 * going live only after they were seen and counted. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <stdio.h>
#include <string.h>

static void open_plans(void)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Enter");
    must("主馆");
    vth_keys(&t, "z");
    must("Live");
    must("pn zone_plan list --where session_id=10");
}

static void open_zones(void)
{
    open_plans();
    vth_keys(&t, "Enter");
    must("Version 1");
    must("red");
}

/* The words a draft was sent with. */
static void must_draft(const char *words)
{
    char path[600], text[4000] = "";
    path_of(path, "drafted");
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    ck_assert_msg(strstr(text, words) != NULL, "%s is not in\n%s", words, text);
}

START_TEST(a_version_is_seen_seat_by_seat)
{
    open_plans();
    must("Live");
    vth_keys(&t, "Enter");
    must("Version 1");
    must("aAAAAAaAAA"); /* small letters are sold, or in an order */
    must("C 楼座");
    must("a-z sold or locked");
    vth_keys(&t, "/");
    say("楼座\r");
    must("green");
}
END_TEST

START_TEST(the_seat_map_turns_to_zones_and_back)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Enter");
    must("主馆");
    vth_keys(&t, "m");
    must("# sold");
    vth_keys(&t, "p");
    must("That is done to zones: z shows them");
    vth_keys(&t, "z");
    must("a-z sold");
    vth_keys(&t, "z");
    must("# sold");
}
END_TEST

/* A row goes into a zone of its own, but for the seats that are sold. */
START_TEST(a_row_is_painted_as_a_new_zone_and_kept)
{
    open_zones();
    vth_keys(&t, "p");
    must("Choose seats first");
    vth_keys(&t, "/");
    say("池座中\r");
    vth_keys(&t, "C-a");
    must("20 chosen");
    vth_keys(&t, "p");
    must("Into which zone?");
    vth_keys(&t, "4");
    must("Name of the new zone");
    say("前区\r");
    must("There is a zone “前区” already");
    vth_keys(&t, "p 4");
    must("Name of the new zone");
    say("贵宾\r");
    must("Sold as which tier?");
    vth_keys(&t, "2");
    must("4 sold ones stay");
    must("D 贵宾");
    must("From version 1, not kept");
    vth_keys(&t, "U");
    must("aAAAAAaAAA");
    vth_keys(&t, "C-a p 4");
    must("4 sold ones stay");
    vth_keys(&t, "C-s");
    must("16 of them their tier");
    must_draft("贵宾|101|池座中/1/");
    must_draft("楼座|202|楼座|green|S");
    must_draft("池座左/1;");
}
END_TEST

START_TEST(what_is_painted_is_not_lost_by_esc)
{
    open_zones();
    vth_keys(&t, "C-a p 2");
    must("seats are in 后区");
    vth_keys(&t, "Esc");
    must("Not kept yet");
    vth_keys(&t, "r");
    must("not kept");
    vth_keys(&t, "p C-a p 2");
    must("seats are in 后区");
    vth_keys(&t, "2");
    must("Not kept yet");
    vth_keys(&t, "Esc");
    must("pn zone_plan list");
}
END_TEST

START_TEST(a_zone_is_called_otherwise)
{
    open_zones();
    vth_keys(&t, "e");
    must("Gates");
    vth_keys(&t, "1 C-u");
    say("池座前\r");
    must("A 池座前");
    vth_keys(&t, "e 3 C-u");
    say("gold\r");
    must("gold");
    vth_keys(&t, "e 2");
    must("Sold as which tier?");
    vth_keys(&t, "3");
    must("are sold or locked: the tier stays");
    vth_keys(&t, "C-s");
    must("Version 2 of jay");
    must_draft("池座前|200|");
    must_draft("|gold|N");
}
END_TEST

/* Counted, with a reason, and only a draft. */
START_TEST(going_live_is_seen_reasoned_and_counted)
{
    open_zones();
    vth_keys(&t, "d");
    must("Nothing would change");
    vth_keys(&t, "Enter");
    must("only a draft goes live");
    vth_keys(&t, "Esc C-a p 2");
    must("seats are in 后区");
    vth_keys(&t, "d");
    must("Keep it first");
    vth_keys(&t, "C-s");
    must("20 seats change, 16 of them their tier");
    vth_keys(&t, "Enter Enter");
    must("Without a reason nothing goes live");
    vth_keys(&t, "Enter");
    must("Why it is sold so");
    say("more in front\r");
    must("type 20, the seats that change");
    say("19\r");
    must("That is not the number of seats");
    vth_keys(&t, "Enter");
    say("more in front\r");
    must("type 20");
    say("20\r");
    must("Version 2 is what is sold by now");
}
END_TEST

START_TEST(sold_seats_forbid_it)
{
    open_zones();
    put_file("taken", "");
    vth_keys(&t, "C-a p 2 C-s");
    must("3 of them are sold or locked: this cannot go live");
    vth_keys(&t, "Enter");
    must("would lose their tier");
    vth_keys(&t, "Esc Esc");
    must("Draft");
    vth_keys(&t, "Home a"); /* the action of the list leads to the changes as well */
    must("Sell by this zone plan");
    vth_keys(&t, "2");
    must("this cannot go live");
}
END_TEST

START_TEST(who_holds_a_seat_and_why)
{
    open_zones();
    vth_keys(&t, "Right Space h");
    must("Withhold seats");
    say("press");
    vth_keys(&t, "C-s");
    must("Done");
    vth_keys(&t, "Esc c Left");
    must("held for House: press, until 2026-11-22");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zones");
    TCase *c = tcase_create("zones");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_version_is_seen_seat_by_seat);
    tcase_add_test(c, the_seat_map_turns_to_zones_and_back);
    tcase_add_test(c, a_row_is_painted_as_a_new_zone_and_kept);
    tcase_add_test(c, what_is_painted_is_not_lost_by_esc);
    tcase_add_test(c, a_zone_is_called_otherwise);
    tcase_add_test(c, going_live_is_seen_reasoned_and_counted);
    tcase_add_test(c, sold_seats_forbid_it);
    tcase_add_test(c, who_holds_a_seat_and_why);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
