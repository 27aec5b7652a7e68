/* SPDX-License-Identifier: Apache-2.0 */
/* monkey.c — random keys, sizes, news and failures of the database, all at once: whatever comes,
 * the console lives, and at the end it does what it is told. PN_MONKEY says how many keys, and
 * PN_MONKEY_SEED which. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whatever is cut in two by a slow machine, no half of it is a Q that leaves. */
static const char *const keys[] = {
    "\033[A", "\033[B", "\033OA", "\033OB", "\033[5~", "\033[6~", "\033[H", "\033[F", "\r", "\r",
    "\033", "\033", "\t", "\033[Z", "\033[D", "\033[C", "\033OP", "\033[12~", "\033OS", "\033[15~",
    "\033[17~", "\033[18~", "\033[19~", "\033[21~", "\033[23~", "\033[24~", "\f", "\023", "\016",
    "\017", " ", "\177", "\033[3~", "y", "n", "a", "s", "S", "/", ":", "?", "0", "1", "2", "3", "4",
    "5", "6", "7", "g", "G", "v", "V", "*", "m", "e", "b", "f", "r", "=", "L", "T", "周", "：", "é",
    "\033[<0;9;9M", "\033[<0;9;9m", "\033[<65;9;9M", "\033[<64;200;50M", "\033[200~x\r\ny\033[201~",
    "\303", "\226", "\033[", "\033[1;5C", "\033[1;3R", "\033]0;x\007", "order list\r",
    "690123456789\r", "\025demo\r", "\001", "\005", "\013", "\025", "\027", "\037", "+", "-", ".",
    "u", "J", "x",
};
enum { KEYS = sizeof keys / sizeof *keys };

static uint64_t seed;

static unsigned dice(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 11) % n;
}

static long number(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtol(text, NULL, 10) : otherwise;
}

/* What happens around somebody who presses keys. */
static void surroundings(int news)
{
    char text[64];
    unsigned what = dice(12);
    if (what == 0)
        vth_resize(&t, (int)dice(70) + 1, (int)dice(220) + 1);
    else if (what == 1)
        put_file("down", "");
    else if (what == 2 && write(news, "!\n", 2) < 0)
        ck_abort_msg("no pipe");
    else if (what < 6)
        take_file("down");
    snprintf(text, sizeof text, "%u", dice(40) + 1);
    put_file("sold", text);
    snprintf(text, sizeof text, "show %u\norder %u\nshow 0\n", dice(200), dice(200));
    if (write(news, text, strlen(text)) < 0)
        ck_abort_msg("no pipe");
}

static void must_live(long keys_done)
{
    if (!t.gone)
        return;
    char *screen = vth_snap(&t, false);
    ck_abort_msg("it ended within %ld keys with status %x:\n%.3000s", keys_done,
                 (unsigned)t.status, screen);
}

static void come_back(void)
{
    vth_resize(&t, 24, 80);
    for (int i = 0; i < 80 && !vth_has(&t, "Tonight"); i++) {
        say(vth_has(&t, "Locked") ? "\025demo\r" : "\033");
        vth_settle(&t, 60);
        must_live(0);
        say(i % 8 == 7 ? "\r" : "1");
        vth_settle(&t, 60);
    }
    must("Tonight");
}

START_TEST(a_monkey_at_the_keys)
{
    long n = number("PN_MONKEY", 50000), done = 0;
    char path[600], bytes[2048];
    seed = (uint64_t)number("PN_MONKEY_SEED", 4711);
    path_of(path, "news");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int news = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (*program == '/') /* what it saves stays here */
        ck_assert_int_eq(chdir(dir), 0);
    open_usual();
    while (done < n) {
        size_t len = 0;
        for (unsigned some = dice(40) + 1; some; some--, done++)
            len += (size_t)snprintf(bytes + len, sizeof bytes - len, "%s", keys[dice(KEYS)]);
        vth_send(&t, bytes, len);
        vth_settle(&t, dice(20) ? 0 : 3);
        if (dice(25) == 0)
            surroundings(news);
        must_live(done);
    }
    take_file("down");
    come_back();
    close(news);
}
END_TEST

START_TEST(ten_thousand_sizes)
{
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    seed = 12345;
    for (int i = 0; i < 10000; i++) {
        int rows = dice(5) ? (int)dice(60) : (int)dice(2),
            cols = dice(7) ? (int)dice(200) : (int)dice(2);
        vth_resize(&t, rows, cols);
        if (i % 4 == 0)
            say("\033[B");
        if (i % 20 == 0)
            vth_frame(&t, 5);
        ck_assert_msg(!t.gone, "it died at %d x %d", cols, rows);
    }
    vth_resize(&t, 5, 30);
    must("Terminal too small");
    vth_resize(&t, 24, 80);
    must("Filter");
    must("开心麻花爆笑舞台剧");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("monkey");
    TCase *c = tcase_create("monkey");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, number("PN_MONKEY", 0) > 50000 ? 7200 : 600);
    tcase_add_test(c, ten_thousand_sizes);
    tcase_add_test(c, a_monkey_at_the_keys);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
