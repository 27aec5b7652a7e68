/* SPDX-License-Identifier: Apache-2.0 */
/* scanner.c — a scanner on a line of its own: a pseudo terminal stands for the serial device. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int gun = -1, line = -1; /* what the scanner writes into, and its other end */

/* Plug it in, as the device of that name. */
static void plug(void)
{
    char name[128], path[600];
    ck_assert_int_eq(openpty(&gun, &line, name, NULL, NULL), 0);
    path_of(path, "scanner");
    unlink(path);
    ck_assert_int_eq(symlink(name, path), 0);
    ck_assert_int_eq(fcntl(gun, F_SETFD, FD_CLOEXEC), 0);
    close(line); /* the console has it alone */
}

static void pull(void)
{
    close(gun);
    take_file("scanner");
}

static void read_out(const char *text)
{
    ck_assert_int_eq(write(gun, text, strlen(text)), (ssize_t)strlen(text));
}

static void open_gate(void)
{
    char option[640];
    path_of(option + 10, "scanner");
    memcpy(option, "--scanner=", 10);
    open_console(24, 80, "xterm-256color", NULL, option, NULL);
    must("Tonight");
    vth_keys(&t, "5");
    must("Scan a ticket");
}

START_TEST(a_line_is_a_scan)
{
    plug();
    open_gate();
    read_out("ab1\r\n");
    must("Admitted");
    read_out("ab");
    vth_settle(&t, 100); /* a slow line */
    read_out("2\n");
    must("Used before");
    pull();
}
END_TEST

/* What is being typed stays as it is. */
START_TEST(a_scan_is_no_typing)
{
    plug();
    open_gate();
    vth_keys(&t, "x y z");
    must("xyz");
    read_out("ab1\r");
    must("Admitted");
    must("xyz");
    pull();
}
END_TEST

START_TEST(a_scanner_that_was_pulled_out_comes_back)
{
    plug();
    open_gate();
    read_out("ab1\n");
    must("Admitted");
    pull();
    must("is not there");
    must("no scanner");
    plug();
    must("is back");
    read_out("ab2\n");
    must("Used before");
    pull();
}
END_TEST

START_TEST(one_that_never_was_is_told)
{
    char option[640];
    path_of(option + 10, "scanner");
    memcpy(option, "--scanner=", 10);
    open_console(24, 80, "xterm-256color", NULL, option, NULL);
    must("no scanner");
    must("Tonight");
}
END_TEST

/* Longer than any code: nothing of it counts, and the next one does. */
START_TEST(rubbish_is_dropped)
{
    char rubbish[1200];
    plug();
    open_gate();
    memset(rubbish, 'z', sizeof rubbish - 2);
    rubbish[sizeof rubbish - 2] = '\n';
    rubbish[sizeof rubbish - 1] = 0;
    read_out(rubbish);
    read_out("\n\n\x01\x02" "ab1\n");
    must("Admitted");
    pull();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scanner");
    TCase *c = tcase_create("scanner");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_line_is_a_scan);
    tcase_add_test(c, a_scan_is_no_typing);
    tcase_add_test(c, a_scanner_that_was_pulled_out_comes_back);
    tcase_add_test(c, one_that_never_was_is_told);
    tcase_add_test(c, rubbish_is_dropped);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
