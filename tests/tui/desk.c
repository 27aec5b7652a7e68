/* SPDX-License-Identifier: Apache-2.0 */
/* desk.c — the grammar of the console: what is typed, completed, found, kept and gone back to. */
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

/* The column at which a text begins in the row that has it; -1: nowhere. */
static int column_of(const char *text)
{
    char row[1024];
    for (int r = 0; r < t.rows; r++) {
        vth_row(&t, r, row, sizeof row);
        const char *at = strstr(row, text);
        if (at)
            return (int)(at - row); /* the tests' lines are ASCII up to there */
    }
    return -1;
}

START_TEST(values_are_offered_with_their_rows)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=");
    must("On sale 80");
    must("state=ENDED 80");
    say("EN");
    must_not("On sale");
    vth_keys(&t, "Tab Enter");
    must("Orders /state=ENDED");
    must("pn order list --where state=ENDED");
}
END_TEST

static const struct { const char *line, *word, *why; } wrongs[] = {
    {":nonsense list", "nonsense", "Unknown word"},
    {":order dance", "dance", "cannot"},
    {":order list state=RED", "state=RED", "is none of DRAFT, ON_SALE, ENDED"},
    {":order list colour=RED", "colour=RED", "is no column"},
    {":show list --sort venue", "venue", "cannot be sorted by"},
    {":show list --columns title,colour", "title,colour", "is no column"},
    {":show list sold>=12 --limit 5 state=OLD", "state=OLD", "is none of"},
    {":listing change 7 --qty many", "many", "is no whole number"},
    {":listing pause 7 why not", "not", "one word too many"},
    {":listing change 7 --qty 11 --qty 22", "--qty 22", "qty is given twice"},
};

START_TEST(what_is_wrong_is_said_under_the_word)
{
    open_usual();
    say(wrongs[_i].line);
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
    must(wrongs[_i].why);
    int word = column_of(wrongs[_i].word), sign = column_of("^ ");
    ck_assert_int_ge(word, 0);
    ck_assert_int_le(sign, word); /* further left when the words are long */
    ck_assert_int_ge(sign, 1);
    must(wrongs[_i].line); /* it stays to be mended */
    vth_keys(&t, "End C-u o r d e r Enter");
    must("1/100+");
}
END_TEST

START_TEST(an_input_method_types_the_same_commands)
{
    open_usual();
    say("：order　list　state＝ENDED\r");
    must("/state=ENDED");
    must("Ended");
}
END_TEST

START_TEST(commands_are_recalled_and_continued)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=ENDED\r");
    must("/state=ENDED");
    vth_keys(&t, ":");
    say("ord");
    must("order list state=ENDED"); /* the last one that began so */
    vth_keys(&t, "Right Enter");
    must("/state=ENDED");
    vth_keys(&t, ": Up Enter");
    must("Orders /state=ENDED > Orders /state=ENDED");
}
END_TEST

START_TEST(a_list_is_sorted_by_several_columns)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "o");
    must("Sort by");
    vth_keys(&t, "2"); /* Start: rising, falling */
    must("1 rising");
    vth_keys(&t, "2 3");
    must("1 falling");
    must("2 rising");
    vth_keys(&t, "Esc");
    must("Start v1");
    must("Sold ^2");
    must("pn show list --sort -start_at,sold");
    vth_keys(&t, "S");
    must("Start ^1");
    must("Sold v2");
}
END_TEST

START_TEST(columns_are_chosen_and_stay)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "c");
    must("Columns");
    vth_keys(&t, "1 3 Esc"); /* the number comes, the venue goes */
    must("Id");
    must_not("Venue");
    must("--columns title,state,start_at,sold,id");
    vth_keys(&t, "r Down");
    must_not("Venue");
}
END_TEST

START_TEST(a_kept_view_is_two_keys_away)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=ENDED --sort -amount\r");
    must("/state=ENDED");
    vth_keys(&t, "W");
    must("keep this view here");
    vth_keys(&t, "3");
    must("Keep this view as");
    vth_keys(&t, "e a r l y Enter");
    must("Kept as early");
    vth_keys(&t, "1 3");
    must("1/100+");
    must_not("Amount v");
    vth_keys(&t, "W");
    must("early");
    vth_keys(&t, "3");
    must("Orders /state=ENDED");
    must("Amount v");
}
END_TEST

START_TEST(anything_is_found)
{
    open_usual();
    vth_keys(&t, "C-p");
    say("price ch");
    must("Find price ch"); /* what was on the screen before may say the same */
    must("Price changes");
    vth_keys(&t, "Enter");
    must("1/30");
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Down C-p");
    say("edit");
    must("Find edit");
    must("Change a show: 开心麻花");
    vth_keys(&t, "Enter");
    must("Next field");
    vth_keys(&t, "Esc Esc C-p");
    say("zjl");
    must("Find zjl");
    must("周杰伦嘉年华");
    vth_keys(&t, "Enter");
    must("pn session list --where show=1");
}
END_TEST

/* The database answers what was typed before; by now something else stands there. */
START_TEST(an_answer_that_comes_late_is_not_chosen)
{
    open_usual();
    put_file("late", "zjl");
    vth_keys(&t, "C-p");
    say("zjl");
    must("Find zjl");
    vth_keys(&t, "C-u");
    say("Phan");
    must("Find Phan");
    take_file("late");
    must("The Phantom of the Opera");
    ck_assert(!vth_has(&t, "周杰伦"));
    vth_keys(&t, "Enter");
    must("pn session list --where show=5");
}
END_TEST

/* Who is quicker than the database gets what stands first when all have answered. */
START_TEST(enter_waits_for_the_answer)
{
    open_usual();
    put_file("late", "zjl");
    vth_keys(&t, "C-p");
    say("zjl");
    must("Find zjl");
    vth_keys(&t, "Enter");
    must("Looking");
    take_file("late");
    must("pn session list --where show=1");
}
END_TEST

/* What was found stands there again when the same is typed again. */
START_TEST(what_was_found_is_found_again)
{
    open_usual();
    vth_keys(&t, "C-p");
    say("zjl");
    must("周杰伦嘉年华");
    vth_keys(&t, "C-u");
    must("Find");
    say("zjl");
    must("周杰伦嘉年华");
}
END_TEST

START_TEST(initials_find_what_is_written_in_chinese)
{
    open_console(24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8", NULL, NULL);
    must("1 今日");
    vth_keys(&t, "C-p");
    must("查找");
    say("dd");
    must("查找 dd");
    must("订单"); /* as soon as the worker has the spellings */
    vth_keys(&t, "Enter");
    must("1/100+");
    vth_keys(&t, ":");
    say("dd state=");
    must("state=ENDED 80");
    vth_keys(&t, "C-u");
    say("订单 state=ENDED\r");
    must("/state=ENDED");
    must("1/80");
}
END_TEST

START_TEST(one_goes_back_and_forward_again)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "/");
    say("state=ENDED\r");
    must("Shows /state=ENDED");
    vth_keys(&t, "3");
    must("PN2611230000007");
    vth_keys(&t, "[");
    must("Shows /state=ENDED");
    vth_keys(&t, "[");
    must_not("/state=ENDED");
    must("上海文化广场");
    vth_keys(&t, "] ]");
    must("PN2611230000007");
    vth_keys(&t, "]");
    must("Nothing is ahead");
}
END_TEST

START_TEST(what_is_done_by_keys_is_told_as_a_command)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Down a Enter C-u n e w C-s");
    must("Done");
    must("pn show edit 2 --title new");
}
END_TEST

START_TEST(a_form_says_what_changes_and_is_tried_first)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "Down a Enter C-u n e w Down");
    must("was: 开心麻花爆笑舞台剧");
    vth_keys(&t, "F6");
    must("It can be done. Who hears of it: nobody");
    must_not("Done");
    vth_keys(&t, "Up C-u F6");
    must("! Title is required");
}
END_TEST

static const struct { const char *keymap, *why; } keymaps[] = {
    {"list sort = t F6\n", NULL},
    {"list sort = t\n", "keymap line 1: sort needs a key that works under an input method"},
    {"# own keys\nlist sort = n F6\n", "keymap line 2: n is the key of NEW in LIST already"},
    {"list sort = q F6\n", "keymap line 1: q is the key of BACK in ALL already"},
    {"list dance = t F6\n", "keymap line 1: there is no action dance in list"},
    {"list sort = F13\n", "keymap line 1: F13 is no key"},
    {"list\n", "keymap line 1: “list”: write SCOPE ACTION = KEYS"},
};

START_TEST(a_keymap_is_taken_or_refused_by_line)
{
    put_file("piaoniu/keymap", keymaps[_i].keymap);
    open_usual();
    if (keymaps[_i].why)
        must(keymaps[_i].why);
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "t");
    if (keymaps[_i].why)
        must_not("Title ^");
    else
        must("Title ^");
    vth_keys(&t, "s");
    if (keymaps[_i].why)
        must("Title ^");
    vth_keys(&t, "?");
    must(keymaps[_i].why ? "s F6" : "t F6");
}
END_TEST

START_TEST(a_set_is_what_the_filter_leaves)
{
    open_usual();
    vth_keys(&t, "3");
    must("1/100+"); /* not all of them are loaded */
    vth_keys(&t, "*");
    must("240 marked ¥768,000.00");
    vth_keys(&t, "Space"); /* but for this one */
    must("239 marked ¥766,720.00");
    vth_keys(&t, "/");
    say("state=ENDED\r");
    must("1/80");
    must_not("marked"); /* another set */
    vth_keys(&t, "*");
    must("80 marked");
    vth_keys(&t, "Esc");
    must_not("marked");
}
END_TEST

START_TEST(much_money_is_typed_before_it_moves)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=ENDED\r");
    must("1/80");
    vth_keys(&t, "* a");
    must("Cancel an order");
    vth_keys(&t, "Enter");
    must("80 rows: 80 can be done, 0 cannot  ¥256,000.00");
    must("Who hears of it: nobody");
    vth_keys(&t, "Enter");
    must("Type the sum, 256,000.00, to go on");
    vth_keys(&t, "2 5 6 Enter");
    must("That is not the sum");
    must("Enter does it");
    vth_keys(&t, "Enter 2 5 6 , 0 0 0 Enter");
    must("80 rows: 80 done, 0 refused, 0 to do  ¥256,000.00");
    must("It stays: nothing takes it back");
}
END_TEST

START_TEST(many_rows_are_counted_before_they_change)
{
    open_usual();
    vth_keys(&t, ":");
    say("show list state=ENDED\r");
    must("1/100+");
    vth_keys(&t, "* a");
    must("Publish a show");
    vth_keys(&t, "Enter");
    must("! More than 500 rows: narrow the filter");
    vth_keys(&t, "Esc g V Down Down");
    must_not("Plan");
}
END_TEST

START_TEST(a_deed_is_taken_back)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "u");
    must("There is nothing to take back");
    vth_keys(&t, "Space Space a Enter x Enter");
    must("2 rows: 2 can be done");
    vth_keys(&t, "Enter");
    must("u takes it back for 10 minutes");
    must("[########################################] 2/2");
    vth_keys(&t, "Enter");
    must("Paused");
    vth_keys(&t, "u");
    must("Put a paused offer on sale again");
    must("2 rows: 2 can be done");
    must("Reason: taken back");
    vth_keys(&t, "Enter");
    must("2 rows: 2 done");
    vth_keys(&t, "Enter");
    must("3/12");
    must_not("Paused");
}
END_TEST

START_TEST(one_deed_of_a_form_is_taken_back_too)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "a");
    must("pn listing pause 1");
    vth_keys(&t, "2");
    must("Reason");
    vth_keys(&t, "C-s");
    must("Done");
    vth_keys(&t, "Enter u");
    must("1 rows: 1 can be done");
}
END_TEST

/* The list of ended orders into a file of the test's directory. */
static void export_to(const char *kind, const char *name)
{
    char path[600];
    open_usual();
    vth_keys(&t, ":");
    say("order list state=ENDED --columns no,buyer,amount,created_at\r");
    must("1/80");
    vth_keys(&t, "x");
    must("XLSX");
    vth_keys(&t, kind);
    must("Write to");
    path_of(path, name);
    vth_keys(&t, "C-u");
    vth_paste(&t, path);
    vth_keys(&t, "Enter");
    must("Finished");
    must("80/80");
    must("pn order list --where state=ENDED --co");
}

START_TEST(a_list_becomes_comma_separated)
{
    size_t size = 0;
    export_to("1", "out.csv");
    char *text = read_file("out.csv", &size);
    ck_assert_ptr_nonnull(text);
    ck_assert(!strncmp(text, "no,buyer,amount,created_at\r\nPN2611230000027,王*敏,3840.00,2026",
                       strlen("no,buyer,amount,created_at\r\nPN2611230000027,王*敏,3840.00,")));
    int lines = 0;
    for (char *c = text; *c; c++)
        lines += *c == '\n';
    ck_assert_int_eq(lines, 81);
    take_file("out.csv");
}
END_TEST

START_TEST(a_list_becomes_json)
{
    size_t size = 0;
    export_to("2", "out.json");
    char *text = read_file("out.json", &size);
    ck_assert_ptr_nonnull(text);
    static const char first[] = "{\"rows\": [\n{\"no\": \"PN2611230000027\","
                                " \"buyer\": \"王*敏\", \"amount\": \"3840.00\",";
    ck_assert(!strncmp(text, first, sizeof first - 1));
    ck_assert_str_eq(text + size - 19, "}\n],\n\"next\": null}\n");
    take_file("out.json");
}
END_TEST

START_TEST(a_list_becomes_a_spreadsheet)
{
    size_t size = 0;
    export_to("3", "out.xlsx");
    char *text = read_file("out.xlsx", &size);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_gt(size, 3000);
    ck_assert(!memcmp(text, "PK\003\004", 4));
    ck_assert_ptr_nonnull(memmem(text, size, "xl/worksheets/sheet1.xml", 24));
    ck_assert_ptr_null(read_file("out.xlsx.part", &size));
    take_file("out.xlsx");
}
END_TEST

START_TEST(an_export_that_is_stopped_leaves_nothing)
{
    size_t size;
    char path[600];
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "x 1");
    must("Write to");
    path_of(path, "big.csv");
    vth_keys(&t, "C-u");
    vth_paste(&t, path);
    vth_keys(&t, "Enter"); /* a million rows */
    must("Esc stops it");
    vth_keys(&t, "Esc");
    must("Stopped: there is no file");
    ck_assert_ptr_null(read_file("big.csv", &size));
    ck_assert_ptr_null(read_file("big.csv.part", &size));
    vth_keys(&t, "Esc");
    must("1/100+");
}
END_TEST

START_TEST(the_screen_is_written_and_a_row_copied)
{
    size_t size = 0;
    char path[600];
    open_usual();
    vth_keys(&t, "3");
    must("1/100+");
    vth_keys(&t, "y");
    must("Copied: PN2611230000007  "); /* a tab is two blanks there */
    vth_keys(&t, "P");
    must("Write the screen to");
    path_of(path, "screen.txt");
    vth_keys(&t, "C-u");
    vth_paste(&t, path);
    vth_keys(&t, "Enter");
    must("Written: ");
    char *text = read_file("screen.txt", &size);
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(strstr(text, "PN2611230000017  李*"));
    ck_assert_ptr_null(strstr(text, "Write the screen to"));
    take_file("screen.txt");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("desk");
    TCase *c = tcase_create("grammar");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, values_are_offered_with_their_rows);
    tcase_add_loop_test(c, what_is_wrong_is_said_under_the_word, 0,
                        sizeof wrongs / sizeof *wrongs);
    tcase_add_test(c, an_input_method_types_the_same_commands);
    tcase_add_test(c, commands_are_recalled_and_continued);
    tcase_add_test(c, a_list_is_sorted_by_several_columns);
    tcase_add_test(c, columns_are_chosen_and_stay);
    tcase_add_test(c, a_kept_view_is_two_keys_away);
    tcase_add_test(c, anything_is_found);
    tcase_add_test(c, an_answer_that_comes_late_is_not_chosen);
    tcase_add_test(c, enter_waits_for_the_answer);
    tcase_add_test(c, what_was_found_is_found_again);
    tcase_add_test(c, initials_find_what_is_written_in_chinese);
    tcase_add_test(c, one_goes_back_and_forward_again);
    tcase_add_test(c, what_is_done_by_keys_is_told_as_a_command);
    tcase_add_test(c, a_form_says_what_changes_and_is_tried_first);
    tcase_add_loop_test(c, a_keymap_is_taken_or_refused_by_line, 0,
                        sizeof keymaps / sizeof *keymaps);
    suite_add_tcase(suite, c);
    c = tcase_create("sets");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_set_is_what_the_filter_leaves);
    tcase_add_test(c, much_money_is_typed_before_it_moves);
    tcase_add_test(c, many_rows_are_counted_before_they_change);
    tcase_add_test(c, a_deed_is_taken_back);
    tcase_add_test(c, one_deed_of_a_form_is_taken_back_too);
    suite_add_tcase(suite, c);
    c = tcase_create("files");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_list_becomes_comma_separated);
    tcase_add_test(c, a_list_becomes_json);
    tcase_add_test(c, a_list_becomes_a_spreadsheet);
    tcase_add_test(c, an_export_that_is_stopped_leaves_nothing);
    tcase_add_test(c, the_screen_is_written_and_a_row_copied);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
