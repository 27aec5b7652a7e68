/* SPDX-License-Identifier: Apache-2.0 */
/* safe.c — nothing is done by mistake and nothing typed is lost: what a scanner sends, what is
 * left before it was sent, what would be written over. */
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

/* ---- scans ---- */

/* A barcode as a scanner types it: quicker than any hand, with Enter at its end. */
static void scan(void)
{
    vth_settle(&t, 100); /* what hands typed before it is not a part of it */
    say("9787108034625\r");
}

static void ask_to_publish(void)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a");
    must("pn show publish 1");
    vth_keys(&t, "2");
    must("Enter yes, Esc no");
}

START_TEST(a_scan_answers_no_question)
{
    ask_to_publish();
    scan();
    must("A scan answers nothing, 9787108034625 is dropped");
    must("Enter yes, Esc no");
    say("y9787108034625\r"); /* not even one that begins like a yes */
    must("y9787108034625 is dropped");
    must("Enter yes, Esc no");
    must_not("Done");
    vth_keys(&t, "Esc");
    must_not("Enter yes");
    must_not("Done");
}
END_TEST

START_TEST(people_answer_it_all_the_same)
{
    ask_to_publish();
    scan();
    must("is dropped");
    vth_keys(&t, "Enter");
    must("Done");
}
END_TEST

START_TEST(a_scan_types_no_sum_and_no_reason)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=ENDED\r");
    must("1/80");
    vth_keys(&t, "* a");
    must("Cancel an order");
    vth_keys(&t, "Enter");
    must("80 can be done");
    vth_keys(&t, "Enter 2 5 6");
    must("Type the sum, 256,000.00, to go on>256");
    scan();
    must("is dropped");
    must("Type the sum, 256,000.00, to go on>256");
    must("80 can be done"); /* nothing was done */
    vth_keys(&t, ", 0 0 0 Enter");
    must("80 done");
}
END_TEST

START_TEST(a_scan_fills_in_a_command_and_runs_a_filter)
{
    open_usual();
    vth_keys(&t, ":");
    say("order cancel ");
    vth_settle(&t, 100);
    scan();
    must(":order cancel 9787108034625");
    must_not("Done");
    vth_keys(&t, "Esc 3");
    must("1/100+");
    vth_keys(&t, "/");
    scan();
    must("/9787108034625");
    must_not("Done");
}
END_TEST

START_TEST(a_scan_fills_a_field_and_sends_nothing)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a 1 C-u");
    must("Title *");
    scan();
    must("9787108034625");
    vth_keys(&t, "Down Down"); /* on the last field Enter would send */
    scan();
    vth_settle(&t, 200);
    must("Title *");
    must_not("Done");
}
END_TEST

START_TEST(a_scan_opens_no_room)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    say("4006381333931\r");
    must("Scanned 4006381333931: open the gate or the counter first");
    must("1/100+");
    must_not("1/12");
}
END_TEST

/* ---- questions ---- */

/* What, to which one, for how much, and that money is real there. */
START_TEST(a_question_names_its_target_the_sum_and_the_place)
{
    put_file("environment", "");
    open_usual();
    must("PRODUCTION");
    must("Operations 王敏");
    vth_keys(&t, "3");
    must("1/100+");
    vth_keys(&t, "a 2"); /* everything else */
    must("pn order refund 1");
    vth_keys(&t, "3");
    must("Refund an order, Amount ¥1,280.00, PRODUCTION: PN2611230000007  ");
    must("Enter yes, Esc no");
    vth_keys(&t, "Esc Esc :");
    say("order refund 2\r");
    must("Refund an order, Amount ¥2,560.00, PRODUCTION: Id 2?");
}
END_TEST

/* From a list, too, what the record says of itself stands first; keys wait for it. */
START_TEST(what_can_be_done_now_stands_first)
{
    char row[1024];
    open_usual();
    vth_keys(&t, "3");
    must("1/100+");
    vth_keys(&t, "a");
    must("Everything else");
    vth_row(&t, 2, row, sizeof row);
    ck_assert_ptr_nonnull(strstr(row, "1  Cancel an order"));
    vth_row(&t, 3, row, sizeof row);
    ck_assert_ptr_nonnull(strstr(row, "2  Everything else  3 more"));
    vth_keys(&t, "2");
    must("pn order reveal 1");
    must("pn order refund 1");
    vth_keys(&t, "Esc");
    put_file("stop", "");
    vth_keys(&t, "a Down");
    must("Looking…");
    vth_keys(&t, "Enter");
    take_file("stop");
    must("pn order reveal 1"); /* the second entry was meant */
}
END_TEST

START_TEST(what_cannot_be_done_is_not_asked)
{
    open_usual();
    ck_assert(!vth_has(&t, "PRODUCTION"));
    vth_keys(&t, ":");
    say("order refund 999999\r");
    must("There is no order 999999");
    must_not("Enter yes");
}
END_TEST

/* Marked rows are done by other nouns, too: what is the same for all is asked for once, the sum is
 * that of what would be done. What shows personal data is never done to many. */
START_TEST(marked_orders_are_claimed_for)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=ENDED\r");
    must("1/80");
    vth_keys(&t, "* a");
    must("pn claim apply …");
    must_not("Show the buyer");
    vth_keys(&t, "End Enter");
    must("Kind: Draft | On sale | Ended");
    vth_keys(&t, "x Enter");
    must("“x” is none of these words");
    vth_keys(&t, "E N D E D Enter");
    must("Reason>");
    vth_keys(&t, "s t o r m Enter");
    must("80 rows: 80 can be done, 0 cannot  ¥400.00");
    must("Reason: storm");
    must("2026-11-23 18:55    Ended"); /* which of them */
}
END_TEST

/* ---- what was typed ---- */

static void type_a_title(void)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a 1 C-u");
    must("Title *");
    say("Half a title");
    must("Half a title");
}

START_TEST(a_form_that_is_left_is_not_lost)
{
    type_a_title();
    vth_keys(&t, "Esc");
    must("Not sent, but kept: the same form opens with what was typed");
    vth_keys(&t, "a 1");
    must("Half a title");
    must("it is here again, F8 empties the form");
    vth_keys(&t, "F8");
    must_not("Half a title");
    vth_keys(&t, "Esc");
    must_not("Not sent, but kept");
    vth_keys(&t, "a 1");
    must("Title *");
    must_not("Half a title");
}
END_TEST

/* Of another row it is another form. */
START_TEST(a_draft_belongs_to_its_row)
{
    type_a_title();
    vth_keys(&t, "Esc Down a 1");
    must("Title *");
    must_not("Half a title");
    vth_keys(&t, "Esc Up a 1");
    must("Half a title");
    vth_keys(&t, "C-s");
    must("Done");
    vth_keys(&t, "Enter a 1");
    must("Title *");
    must_not("here again");
}
END_TEST

START_TEST(no_way_out_of_a_form_loses_it)
{
    static const char *const ways[] = {"C-g", "C-o g a t e Enter"};
    type_a_title();
    vth_keys(&t, ways[_i]);
    must("Not sent, but kept");
    vth_keys(&t, "Esc Esc");
    say("2");
    must("1/100+");
    vth_keys(&t, "a 1");
    must("Half a title");
}
END_TEST

START_TEST(leaving_the_console_asks_first)
{
    type_a_title();
    vth_keys(&t, "C-c");
    must("Something was typed and not sent: quit all the same?");
    vth_keys(&t, "Esc");
    must("Half a title");
    vth_keys(&t, "Esc Q");
    must("quit all the same?");
    vth_keys(&t, "Enter");
    ck_assert(vth_wait(&t, PATIENCE));
}
END_TEST

START_TEST(without_anything_typed_it_does_not_ask)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a 1");
    must("Title *");
    vth_keys_fast(&t, "C-c");
    ck_assert(vth_wait(&t, PATIENCE));
}
END_TEST

START_TEST(signing_in_again_keeps_what_is_open)
{
    type_a_title();
    vth_keys(&t, "F9");
    must("Password");
    say("wang");
    vth_settle(&t, 100);
    vth_keys(&t, "Enter d e m o C-s");
    must("Half a title");
    must("Title *");
}
END_TEST

/* Drafts are their author's. */
START_TEST(somebody_else_finds_no_draft)
{
    type_a_title();
    vth_keys(&t, "F9");
    must("Password");
    say("zhao");
    vth_settle(&t, 100);
    vth_keys(&t, "Enter d e m o C-s");
    must("Tonight");
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "a 1");
    must("Title *");
    must_not("Half a title");
}
END_TEST

START_TEST(a_token_that_has_ended_is_told_with_its_key)
{
    type_a_title();
    put_file("revoked", "");
    vth_keys(&t, "C-s");
    must("F9 signs in again: what is open stays as it is");
    must_not("pn login");
    must("Half a title");
}
END_TEST

START_TEST(half_typed_cells_are_not_left_by_the_way)
{
    open_usual();
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "e C-u 7 7 7 C-g");
    must("what was typed is not saved yet, Esc takes it back");
    must("777");
}
END_TEST

START_TEST(the_way_back_ends_at_the_first_screen)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "[");
    must("Tonight");
    must_not("Done");
    vth_keys(&t, "]");
    must("1/100+");
    vth_keys(&t, ":");
    say("board today\r"); /* typed, it is that screen, too */
    must("Tonight");
    must_not("Done");
}
END_TEST

/* ---- the command line ---- */

START_TEST(flags_are_completed_like_columns)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list --wh");
    must("--where");
    vth_keys(&t, "Tab");
    must(":order list --where");
    vth_keys(&t, "C-u");
    say("listing pause 7 --rea");
    must("--reason");
    vth_keys(&t, "C-u");
    say("show list --sort ");
    must("title Title");
    must_not("id=");
    vth_keys(&t, "Tab");
    must("--sort title");
}
END_TEST

static const struct { const char *line, *why; } refused[] = {
    {"order list -o csv", "-o is for pn: here x writes the list to a file"},
    {"order list --limit many", "is no whole number"},
};

START_TEST(what_a_screen_has_not_is_said)
{
    open_usual();
    vth_keys(&t, ":");
    say(refused[_i].line);
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
    must(refused[_i].why);
    must(refused[_i].line);
}
END_TEST

START_TEST(options_have_names_and_brackets_are_read)
{
    open_usual();
    vth_keys(&t, ":");
    say("order list state=(ENDED,DRAFT) Sort=-amount Columns=no,amount\r");
    must("pn order list --where state=ENDED,DRAFT --sort -amoun");
    must("Number  Amount v");
}
END_TEST

/* The mark stands under its word, however long the words are. */
START_TEST(the_mark_is_under_the_word)
{
    char line[1024], mark[1024];
    open_usual();
    vth_keys(&t, ":");
    say("show list sold>=12 title~abc venue~def state=OLD\r");
    must("is none of DRAFT, ON_SALE, ENDED");
    for (int r = 0; r + 1 < t.rows; r++) {
        vth_row(&t, r, line, sizeof line);
        vth_row(&t, r + 1, mark, sizeof mark);
        if (!strstr(line, ":show list"))
            continue;
        ck_assert_ptr_nonnull(strchr(mark, '^'));
        /* what stands before it in the row of the mark has six bytes more than columns: “ and ” */
        ck_assert_int_eq(strchr(mark, '^') - mark - 4, strstr(line, "state=OLD") - line);
    }
}
END_TEST

/* What only the database can refuse opens the line again. */
START_TEST(a_filter_that_is_refused_is_mended_where_it_was_typed)
{
    open_usual();
    vth_keys(&t, "3");
    must("1/100+");
    vth_keys(&t, "/");
    say("no=a?b\r");
    must("“?” is no operator");
    must("/no=a?b");
    vth_keys(&t, "C-u Enter");
    must("1/100+");
}
END_TEST

/* ---- files ---- */

static void write_the_screen(const char *path)
{
    vth_keys(&t, "P");
    must("Write the screen to");
    vth_keys(&t, "C-u");
    vth_paste(&t, path);
    vth_keys(&t, "Enter");
}

START_TEST(a_file_that_is_there_is_not_written_over_unasked)
{
    char path[600];
    size_t size;
    open_usual();
    path_of(path, "kept.txt");
    put_file("kept.txt", "precious");
    write_the_screen(path);
    must("is there already: write over it?");
    vth_keys(&t, "Esc");
    char *text = read_file("kept.txt", &size);
    ck_assert_str_eq(text, "precious");
    free(text);
    write_the_screen(path);
    must("write over it?");
    vth_keys(&t, "Enter");
    must("Written: ");
    text = read_file("kept.txt", &size);
    ck_assert_str_ne(text, "precious");
    free(text);
}
END_TEST

START_TEST(nor_by_an_export)
{
    char path[600];
    size_t size;
    open_usual();
    path_of(path, "kept.csv");
    put_file("kept.csv", "precious");
    vth_keys(&t, "4");
    must("1/12");
    vth_keys(&t, "x 1");
    must("Write to");
    vth_keys(&t, "C-u");
    vth_paste(&t, path);
    vth_keys(&t, "Enter");
    must("write over it?");
    vth_keys(&t, "Esc");
    char *text = read_file("kept.csv", &size);
    ck_assert_str_eq(text, "precious");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("safe");
    TCase *c = tcase_create("safe");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_scan_answers_no_question);
    tcase_add_test(c, people_answer_it_all_the_same);
    tcase_add_test(c, a_scan_types_no_sum_and_no_reason);
    tcase_add_test(c, a_scan_fills_in_a_command_and_runs_a_filter);
    tcase_add_test(c, a_scan_fills_a_field_and_sends_nothing);
    tcase_add_test(c, a_scan_opens_no_room);
    tcase_add_test(c, a_question_names_its_target_the_sum_and_the_place);
    tcase_add_test(c, what_cannot_be_done_is_not_asked);
    tcase_add_test(c, what_can_be_done_now_stands_first);
    tcase_add_test(c, marked_orders_are_claimed_for);
    tcase_add_test(c, a_form_that_is_left_is_not_lost);
    tcase_add_test(c, a_draft_belongs_to_its_row);
    tcase_add_loop_test(c, no_way_out_of_a_form_loses_it, 0, 2);
    tcase_add_test(c, leaving_the_console_asks_first);
    tcase_add_test(c, without_anything_typed_it_does_not_ask);
    tcase_add_test(c, signing_in_again_keeps_what_is_open);
    tcase_add_test(c, somebody_else_finds_no_draft);
    tcase_add_test(c, a_token_that_has_ended_is_told_with_its_key);
    tcase_add_test(c, half_typed_cells_are_not_left_by_the_way);
    tcase_add_test(c, the_way_back_ends_at_the_first_screen);
    tcase_add_test(c, flags_are_completed_like_columns);
    tcase_add_loop_test(c, what_a_screen_has_not_is_said, 0, 2);
    tcase_add_test(c, options_have_names_and_brackets_are_read);
    tcase_add_test(c, the_mark_is_under_the_word);
    tcase_add_test(c, a_filter_that_is_refused_is_mended_where_it_was_typed);
    tcase_add_test(c, a_file_that_is_there_is_not_written_over_unasked);
    tcase_add_test(c, nor_by_an_export);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
