/* SPDX-License-Identifier: Apache-2.0 */
/* console.c — the frame: frames and writes, deaths, sizes, a database that is not there. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

START_TEST(one_write_for_a_frame_and_none_without)
{
    static const char *const keys[] = {"Down", "PgDn", "2", "Down", "Down",
                                       "Up",   "End",  "?", "Esc",  "3"};
    char setting[1200], count[700];
    snprintf(count, sizeof count, "%s/count", dir);
    setenv("PN_COUNT", count, 1);
    snprintf(setting, sizeof setting, "LD_PRELOAD=%s",
             getenv("PN_SANITIZED") && *getenv("PN_SANITIZED") ? "" : count_so);
    if (setting[11] == 0)
        return; /* a sanitizer wants to be the first to be preloaded */
    open_console(24, 80, "xterm-256color", setting, NULL, NULL);
    must("Tonight");
    vth_settle(&t, 100);
    ck_assert_uint_ge(writes(), 1);
    ck_assert_uint_eq(writes(), t.frames);
    for (size_t i = 0; i < 40; i++) {
        vth_keys(&t, keys[i % 10]);
        vth_settle(&t, 60);
        ck_assert_uint_eq(writes(), t.frames);
    }
    uint64_t bytes = t.bytes;
    vth_settle(&t, 1500);
    ck_assert_uint_eq(t.bytes, bytes);
    ck_assert_uint_eq(writes(), t.frames);
}
END_TEST

static const int deaths[] = {SIGSEGV, SIGABRT, SIGBUS,  SIGFPE, SIGILL, SIGTERM,
                             SIGHUP,  SIGQUIT, SIGPIPE, SIGSYS, SIGKILL};

START_TEST(every_death_gives_the_terminal_back)
{
    struct termios before, after;
    int sig = deaths[_i];
    open_usual();
    ck_assert(t.alt && t.mouse && t.paste);
    ck_assert_int_eq(tcgetattr(t.fd, &before), 0);
    ck_assert(!(before.c_lflag & ICANON));
    pid_t console = vth_child(&t);
    ck_assert_int_gt(console, 0);
    ck_assert_int_eq(kill(console, sig), 0);
    int64_t end = vth_now_us() + PATIENCE * 1000LL;
    do {
        vth_settle(&t, 5);
        ck_assert(!tcgetattr(t.fd, &after));
    } while ((t.alt || !(after.c_lflag & ICANON)) && !t.gone && vth_now_us() < end);
    ck_assert_msg(after.c_lflag & ICANON && after.c_lflag & ECHO, "signal %d: still raw", sig);
    ck_assert_msg(vth_wait(&t, PATIENCE), "signal %d: the guard stays", sig);
    ck_assert_msg(!t.alt && !t.mouse && !t.paste && !t.in_frame, "signal %d: modes stay on", sig);
    ck_assert_int_eq(WEXITSTATUS(t.status), 128 + sig);
}
END_TEST

START_TEST(killing_the_guard_ends_the_console)
{
    open_usual();
    pid_t console = vth_child(&t);
    kill(t.pid, SIGKILL);
    int64_t end = vth_now_us() + PATIENCE * 1000LL;
    while (!kill(console, 0) && vth_now_us() < end)
        vth_settle(&t, 10);
    ck_assert_int_ne(kill(console, 0), 0);
    ck_assert(!t.alt && !t.mouse);
}
END_TEST

START_TEST(a_hang_up_ends_it)
{
    open_usual();
    pid_t console = vth_child(&t), guard = t.pid;
    close(t.fd);
    t.fd = -1;
    ck_assert_int_eq(waitpid(guard, &t.status, 0), guard);
    t.gone = true;
    ck_assert_int_ne(kill(console, 0), 0);
}
END_TEST

START_TEST(the_size_changes_the_screen)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    ck_assert(!vth_has(&t, "检查截断是否总在字的边界上发生"));
    vth_resize(&t, 40, 160);
    must("一个故意写得非常非常非常长的演出名称用来检查");
    char row[2048];
    vth_row(&t, 39, row, sizeof row);
    ck_assert_ptr_nonnull(strstr(row, "Filter"));
}
END_TEST

/* The last of a million rows is asked for as the first of the other direction. */
START_TEST(the_end_is_as_near_as_the_beginning)
{
    char above[2048], then[2048];
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    vth_keys(&t, "End");
    must("-1/100+");
    must("6963"); /* sold of the millionth */
    for (int i = 0; i < 60; i++)
        say("\033[A");
    must("-61/200+"); /* more of them came, above */
    vth_row(&t, 4, above, sizeof above);
    vth_settle(&t, 200);
    vth_row(&t, 4, then, sizeof then);
    ck_assert_str_eq(above, then); /* and nothing moved */
    for (int i = 0; i < 200; i++) {
        say("\033[A");
        vth_frame(&t, 100);
    }
    must("-261/");
    vth_keys(&t, "End");
    must("-1/");
    must("6963");
    vth_keys(&t, "s"); /* in another order, and from its beginning */
    must("1/100+");
    ck_assert(!vth_has(&t, "-1/100+"));
    vth_keys(&t, "End Home");
    must(" 1/100+");
}
END_TEST

START_TEST(keys_live_while_the_database_sleeps)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    put_file("stop", "");
    vth_keys(&t, "r");
    must("waiting for the database"); /* within a second, checked below by the clock */
    for (int i = 0; i < 30; i++) {
        int64_t begin = vth_now_us();
        say("\033[B");
        ck_assert(vth_frame(&t, 1000));
        ck_assert_int_lt(vth_now_us() - begin, 500000);
    }
    must("31/100+");
    vth_keys(&t, "?");
    must("Open the selected row");
    vth_keys(&t, "Esc");
    take_file("stop");
    for (int64_t end = vth_now_us() + PATIENCE * 1000LL;
         vth_has(&t, "waiting for the database") && vth_now_us() < end;)
        vth_frame(&t, 100);
    ck_assert(!vth_has(&t, "waiting for the database"));
    must("31/100+");
}
END_TEST

START_TEST(a_lost_database_comes_back)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    put_file("down", "");
    vth_keys(&t, "r");
    must("no database: trying again");
    vth_keys(&t, "Down Down");
    must("3/100+");
    take_file("down");
    must("The database answers again");
    ck_assert(!vth_has(&t, "no database"));
}
END_TEST

START_TEST(suspending_redraws)
{
    open_usual();
    unsigned left = t.left;
    int64_t until = vth_now_us() + PATIENCE * INT64_C(1000);
    vth_keys(&t, "C-z"); /* nobody could continue an orphan, so the kernel lets it run */
    while (!(t.left > left && t.alt && t.mouse && t.paste) && vth_now_us() < until)
        vth_frame(&t, 60);
    ck_assert_uint_eq(t.left, left + 1);
    ck_assert(t.alt && t.mouse && t.paste);
    must("Tonight");
}
END_TEST

START_TEST(without_a_terminal_it_says_so)
{
    char command[1400], line[256] = "";
    snprintf(command, sizeof command, "%s </dev/null 2>&1 >/dev/null; echo $?", program);
    FILE *f = popen(command, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
    ck_assert_ptr_nonnull(strstr(line, "needs a terminal"));
    ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
    ck_assert_str_eq(line, "2\n");
    pclose(f);
}
END_TEST

START_TEST(plain_says_what_the_screen_shows)
{
    char command[1400], text[4096] = "";
    snprintf(command, sizeof command, "XDG_CONFIG_HOME=%s PN_SANDBOX=%s %s --plain order show 12",
             dir, dir, program);
    FILE *f = popen(command, "r");
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    ck_assert_int_eq(pclose(f), 0);
    open_console(40, 80, "xterm-256color", NULL, "--seed=7", "order show 12");
    must("Timeline (3)");
    static const char *const facts[] = {"PN2611230000117", "李*", "内场 A 区", "SUBMITTED",
                                        "ISSUED"};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        ck_assert(vth_has(&t, facts[i]));
        ck_assert_msg(strstr(text, facts[i]) != NULL, "--plain lacks %s:\n%s", facts[i], text);
    }
}
END_TEST

/* A filter is part of the place, a question and what became of a form are told, too. */
START_TEST(plain_tells_place_question_and_result)
{
    static const struct { const char *keys, *facts[4]; } tells[] = {
        {"2 / state=ENDED Enter", {"/state=ENDED"}},
        {"2 a Down Enter", {"Question: ", "Publish"}},
        {"2 a Enter ! C-s", {"Title: ", "!"}},
        {"5 ab2 Enter", {"Direction: Way in", "Used before", "Refused here: 1"}}};
    for (size_t i = 0; i < sizeof tells / sizeof *tells; i++) {
        char command[1400], text[9000] = "";
        snprintf(command, sizeof command,
                 "LC_ALL=C.UTF-8 XDG_CONFIG_HOME=%s PN_SANDBOX=%s %s --seed=7 --plain --keys '%s'",
                 dir, dir, program, tells[i].keys);
        FILE *f = popen(command, "r");
        text[fread(text, 1, sizeof text - 1, f)] = 0;
        pclose(f);
        for (int k = 0; k < 4 && tells[i].facts[k]; k++)
            ck_assert_msg(strstr(text, tells[i].facts[k]) != NULL, "%s lacks %s:\n%s",
                          tells[i].keys, tells[i].facts[k], text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *c = tcase_create("console");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, one_write_for_a_frame_and_none_without);
    tcase_add_loop_test(c, every_death_gives_the_terminal_back, 0,
                        (int)(sizeof deaths / sizeof *deaths));
    tcase_add_test(c, killing_the_guard_ends_the_console);
    tcase_add_test(c, a_hang_up_ends_it);
    tcase_add_test(c, the_size_changes_the_screen);
    tcase_add_test(c, the_end_is_as_near_as_the_beginning);
    tcase_add_test(c, keys_live_while_the_database_sleeps);
    tcase_add_test(c, a_lost_database_comes_back);
    tcase_add_test(c, suspending_redraws);
    tcase_add_test(c, without_a_terminal_it_says_so);
    tcase_add_test(c, plain_says_what_the_screen_shows);
    tcase_add_test(c, plain_tells_place_question_and_result);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
