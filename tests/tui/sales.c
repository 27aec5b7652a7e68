/* SPDX-License-Identifier: Apache-2.0 */
/* sales.c — golden screens of each step of a sale, at three sizes and in Chinese. Numbers of orders
 * and the time until which one is held are blotted out. UPDATE_GOLDEN=1 writes them anew. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tills.h"

static const struct step { const char *name, *keys, *wait, *zh; } steps[] = {
    {"sessions", "", "1/1", "1/1"},
    {"tiers", "1 1", "x 2", "x 2"},
    {"pay", "1 1 Enter", "F2, or a scan", "F2 或"},
    {"refused", "1 1 Enter 5 Enter", "to be paid", "应付"},
    {"unpaid", "1 1 Enter 5 Enter <! > Esc", "is not paid", "未付款"},
    {"waiting", "1 1 Enter F2 <1> G Enter <PN>", "Waiting for the payer", "等待付款"},
    {"sold", "1 1 Enter 1 2 0 0 Enter", "Sold", "售出"}};
static const struct { int rows, cols; const char *suffix; } sizes[] = {
    {24, 80, ""}, {40, 120, "-120"}, {60, 200, "-200"}, {24, 80, "-zh"}};
enum { STEPS = sizeof steps / sizeof *steps, SIZES = sizeof sizes / sizeof *sizes };

/* Keys, and in <> what is waited for between them. */
static void press(const char *keys)
{
    char part[100];
    while (*keys) {
        bool wait = *keys == '<';
        size_t n = wait ? strcspn(keys, ">") + 1 : strcspn(keys, " ");
        snprintf(part, sizeof part, "%.*s", (int)(n - 2 * (size_t)wait), keys + wait);
        if (wait)
            shows(&t, part);
        else
            vth_keys(&t, part);
        keys += n;
        keys += strspn(keys, " ");
    }
}

/* Digits of an order's number and id, and on the line of the time all of them, are zeros. */
static void blot(char *grid)
{
    static const char *const before[] = {"PN", "--order "};
    for (int i = 0; i < 2; i++)
        for (char *at = strstr(grid, before[i]); at; at = strstr(at, before[i]))
            for (at += strlen(before[i]); *at >= '0' && *at <= '9'; at++)
                *at = '0';
    static const char *const until[] = {"Held until ", "保留至 ", "Leave it as it is", "保留不动"};
    for (int i = 0; i < 4; i++)
        for (char *at = strstr(grid, until[i]); at && *at && *at != '\n'; at++)
            if (*at >= '0' && *at <= '9')
                *at = '0';
}

static char *read_screen(const char *path)
{
    char *text = calloc(1, 1 << 17);
    FILE *f = fopen(path, "re");
    if (f)
        text[fread(text, 1, (1 << 17) - 1, f)] = 0;
    if (f)
        fclose(f);
    return text;
}

START_TEST(a_step_looks_as_it_did)
{
    const struct step *s = &steps[_i / SIZES];
    int size = _i % SIZES;
    bool zh = !strcmp(sizes[size].suffix, "-zh");
    const char *source = getenv("PN_SRCDIR");
    char path[600];
    test_sql("update session set start_at = '2099-05-01 11:30Z', doors_at = '2099-05-01 10:30Z',"
             " stop_sale_at = '2099-05-01 11:00Z', tail_from = '2099-04-29 11:30Z'");
    if (zh)
        setenv("LC_ALL", "zh_CN.UTF-8", 1);
    start(&t, "here", sizes[size].rows, sizes[size].cols, "03", "counter");
    setenv("LC_ALL", "C.UTF-8", 1);
    shows(&t, "雷雨");
    if (*s->keys) {
        vth_keys(&t, "Enter");
        shows(&t, "580.00");
    }
    press(s->keys);
    shows(&t, zh ? s->zh : s->wait);
    vth_settle(&t, 300);
    char *grid = vth_snap(&t, true);
    blot(grid);
    snprintf(path, sizeof path, "%s/tests/tui/screen/counter-%s%s.screen", source ? source : ".",
             s->name, sizes[size].suffix);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *f = fopen(path, "w");
        ck_assert_ptr_nonnull(f);
        fputs(grid, f);
        fclose(f);
    }
    char *golden = read_screen(path);
    ck_assert_msg(!strcmp(golden, grid), "%s differs:\n%s", path, grid);
    free(golden);
    free(grid);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sales");
    TCase *c = tcase_create("sales");
    tcase_add_checked_fixture(c, till_setup, till_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, a_step_looks_as_it_did, 0, STEPS * SIZES);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
