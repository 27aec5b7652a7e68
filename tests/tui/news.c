/* SPDX-License-Identifier: Apache-2.0 */
/* news.c — screens under the eyes of somebody who works: what changes is marked where it stands,
 * no row moves, a connection that ends is seen at once and healed, and nothing typed is lost. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int pipe_fd;

static void tell(const char *text)
{
    ck_assert_int_eq(write(pipe_fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void news_setup(void)
{
    char path[600];
    setup();
    path_of(path, "news");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    pipe_fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(pipe_fd, 0);
}

static void news_teardown(void)
{
    close(pipe_fd);
    teardown();
}

/* The list of shows, with the connection that listens: the probe "sold" is heard. */
static void open_shows(void)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_settle(&t, 100);
}

static void row_of(int row, char out[1024])
{
    vth_row(&t, row, out, 1024);
}

/* Until a row of the screen begins with that mark. */
static bool marked(int row, char mark, int ms)
{
    int64_t end = vth_now_us() + ms * 1000LL;
    char text[1024];
    do {
        row_of(row, text);
        if (text[0] == mark && !t.in_frame)
            return true;
        vth_frame(&t, 50);
    } while (vth_now_us() < end);
    return false;
}

START_TEST(what_changes_is_marked_where_it_stands)
{
    char before[1024], after[1024];
    open_shows();
    vth_keys(&t, "Down Down Down");
    must("4/100+");
    row_of(10, before);
    put_file("sold", "9");
    tell("show 9\n");
    ck_assert(marked(10, '~', PATIENCE));
    row_of(10, after);
    ck_assert_ptr_nonnull(strstr(after, "77777"));
    ck_assert_ptr_eq(strstr(before, "77777"), NULL);
    must("4/100+");
    ck_assert(marked(10, ' ', PATIENCE)); /* for a moment */
    row_of(10, after);
    ck_assert_ptr_nonnull(strstr(after, "77777"));
    uint64_t bytes = t.bytes;
    vth_settle(&t, 1500);
    ck_assert_uint_eq(t.bytes, bytes);
}
END_TEST

START_TEST(new_rows_are_counted_and_nothing_moves)
{
    char first[1024], now[1024];
    open_shows();
    vth_keys(&t, "Down Down");
    must("3/100+");
    row_of(2, first);
    put_file("extra", "3");
    tell("show 1000001\n");
    must("3 new: r loads them");
    must("3/100+");
    row_of(2, now);
    ck_assert_str_eq(now, first);
    vth_keys_slow(&t, "r");
    must("6/100+"); /* the cursor stays on its row */
    ck_assert(!vth_has(&t, "new: r"));
}
END_TEST

START_TEST(what_is_gone_stays_dimmed_until_asked_for)
{
    char row[1024];
    open_shows();
    put_file("gone", "5");
    tell("show 5\n");
    ck_assert(marked(6, '-', PATIENCE));
    row_of(7, row);
    vth_keys_slow(&t, "r");
    vth_expect(&t, "1/100+", PATIENCE);
    ck_assert(marked(6, ' ', PATIENCE));
    char moved[1024];
    row_of(6, moved);
    ck_assert_str_eq(moved, row);
}
END_TEST

/* Counted from the end: rows change in their place, "r" loads the newest, nothing moves. */
START_TEST(at_the_end_it_stays_at_the_end)
{
    open_shows();
    vth_keys_slow(&t, "End");
    must("-1/100+");
    put_file("sold", "999998");
    tell("show 0\n");
    must("77777");
    must("-1/100+");
    vth_keys_slow(&t, "Up Up");
    must("-3/");
    vth_keys_slow(&t, "r");
    must("77777");
    must("-3/");
}
END_TEST

START_TEST(far_down_it_stays_far_down)
{
    open_shows();
    for (int i = 2; i <= 300; i++) { /* each step is seen before the next */
        char at[16];
        snprintf(at, sizeof at, " %d/", i);
        say("\033[B");
        must(at);
    }
    put_file("sold", "295");
    tell("show 0\n");
    must("77777");
    must("300/");
    vth_keys_slow(&t, "r");
    must("300/");
    must("77777");
}
END_TEST

/* It looks four times a second, which is as many frames, and two seconds later as many again in
 * which marks end: eight, however slow the machine, for what comes late falls together. */
START_TEST(a_storm_of_changes_is_few_frames)
{
    open_shows();
    vth_settle(&t, 300);
    uint64_t frames = t.frames;
    int64_t begin = vth_now_us();
    for (int i = 0; i < 200; i++) {
        char text[64];
        snprintf(text, sizeof text, "%d\n", i % 20 + 1);
        put_file("sold", text);
        snprintf(text, sizeof text, "show %d\nshow %d\nshow 0\n", i % 20 + 1, i % 7 + 1);
        tell(text);
        vth_frame(&t, 8);
    }
    double seconds = (double)(vth_now_us() - begin) / 1e6;
    double rate = (double)(t.frames - frames) / seconds;
    ck_assert_msg(rate <= 10, "%.1f frames a second", rate);
    vth_keys(&t, "Down");
    must("2/100+");
}
END_TEST

START_TEST(a_screen_below_looks_again_when_it_comes_up)
{
    open_shows();
    vth_keys_slow(&t, "v");
    must("Id");
    put_file("sold", "1");
    tell("show 1\n");
    vth_settle(&t, 200);
    vth_keys(&t, "Esc");
    must("77777");
}
END_TEST

START_TEST(the_end_of_the_link_is_seen_and_healed)
{
    open_shows();
    vth_keys(&t, "/ a b c");
    put_file("down", "");
    int64_t begin = vth_now_us();
    tell("!\n"); /* nobody asks for anything: the connection itself ends */
    must("no database: trying again");
    ck_assert_int_lt(vth_now_us() - begin, 1000000);
    must(" s old");
    ck_assert(vth_has(&t, "abc"));
    vth_keys(&t, "d");
    must("abcd");
    take_file("down");
    for (int64_t end = vth_now_us() + PATIENCE * 1000LL;
         vth_has(&t, "no database") && vth_now_us() < end;)
        vth_frame(&t, 100);
    ck_assert(!vth_has(&t, "no database"));
    ck_assert(vth_has(&t, "abcd"));
    vth_keys(&t, "Esc");
    must("1/100+");
    put_file("sold", "2"); /* and it listens again */
    tell("show 2\n");
    must("77777");
}
END_TEST

START_TEST(a_form_survives_the_end_of_the_link)
{
    open_shows();
    vth_keys_slow(&t, "a Enter C-u");
    vth_keys(&t, "n e w");
    must("new");
    put_file("down", "");
    tell("!\n");
    must("no database");
    vth_keys(&t, "e r");
    must("newer");
    take_file("down");
    must("answers again");
    ck_assert(vth_has(&t, "newer"));
}
END_TEST

START_TEST(a_silent_server_is_told_of_while_somebody_works)
{
    open_shows();
    vth_settle(&t, 1200);
    put_file("stop", "");
    vth_keys(&t, "Down");
    must("2/100+");
    must("waiting for the database");
    take_file("stop");
    tell("?\n");
    for (int64_t end = vth_now_us() + PATIENCE * 1000LL;
         vth_has(&t, "waiting") && vth_now_us() < end;)
        vth_frame(&t, 100);
    ck_assert(!vth_has(&t, "waiting"));
}
END_TEST

START_TEST(without_news_it_asks_now_and_then)
{
    close(pipe_fd);
    take_file("news");
    open_shows();
    put_file("sold", "3");
    ck_assert(vth_expect(&t, "77777", 30000));
    pipe_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("news");
    TCase *c = tcase_create("news");
    tcase_add_checked_fixture(c, news_setup, news_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, what_changes_is_marked_where_it_stands);
    tcase_add_test(c, new_rows_are_counted_and_nothing_moves);
    tcase_add_test(c, what_is_gone_stays_dimmed_until_asked_for);
    tcase_add_test(c, far_down_it_stays_far_down);
    tcase_add_test(c, at_the_end_it_stays_at_the_end);
    tcase_add_test(c, a_storm_of_changes_is_few_frames);
    tcase_add_test(c, a_screen_below_looks_again_when_it_comes_up);
    tcase_add_test(c, the_end_of_the_link_is_seen_and_healed);
    tcase_add_test(c, a_form_survives_the_end_of_the_link);
    tcase_add_test(c, a_silent_server_is_told_of_while_somebody_works);
    tcase_add_test(c, without_news_it_asks_now_and_then);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
