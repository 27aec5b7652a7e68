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

/* ---- the same without a screen ---- */

/* Numbers of orders and times of another sale are others. */
static char *without_digits(char *text)
{
    for (char *at = text; *at; at++)
        *at = *at >= '0' && *at <= '9' ? '0' : *at;
    return text;
}

static char *plain(const char *keys)
{
    char line[1500], plain_keys[200], *to = plain_keys, *text = calloc(1, 1 << 18);
    for (const char *at = keys; *at; at++) /* what is waited for needs no word here */
        if (*at == '<')
            at += strcspn(at, ">");
        else
            *to++ = *at;
    *to = 0;
    snprintf(line, sizeof line, "XDG_CONFIG_HOME=%s/here PN_STATE=%s/here PN_SANDBOX= "
             "LC_ALL=C.UTF-8 %s --till 03 --plain --keys '%s%s' counter", dir, dir, program,
             *keys ? "Enter " : "", plain_keys);
    FILE *f = popen(line, "re");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, (1 << 18) - 1, f)] = 0;
    pclose(f);
    return text;
}

static void take_last_line_off(char *grid)
{
    char *end = strrchr(grid, '\n');
    *end = 0;
    end = strrchr(grid, '\n');
    end[1] = 0;
}

static const char about_keys[] = "Type to find a show, initials too. Enter: take the money. Empty: "
                                 "exact. Enter sells and prints. F0, or a scan of his code: by "
                                 "telephone. Esc: stop waiting";

START_TEST(a_step_is_told)
{
    const struct step *s = &steps[_i];
    char missing[1000];
    start(&t, "here", 24, 80, "03", "counter");
    shows(&t, "雷雨");
    if (*s->keys) {
        vth_keys(&t, "Enter");
        shows(&t, "580.00");
    }
    press(s->keys);
    shows(&t, s->wait);
    vth_settle(&t, 300);
    char *shown = vth_snap(&t, false), *told = plain(s->keys);
    take_last_line_off(shown);
    untold(without_digits(shown), without_digits(told), about_keys, missing, sizeof missing);
    ck_assert_msg(!*missing, "%s does not tell: %s\n%.1800s\n%.1200s", s->name, missing, shown,
                  told);
    free(shown);
    free(told);
}
END_TEST

START_TEST(what_the_customer_sees_is_told)
{
    char line[1500], told[4000], missing[1000];
    start_both();
    vth_keys(&t, "1 1");
    shows(&screen, "1,160.00");
    vth_settle(&screen, 300);
    snprintf(line, sizeof line, "XDG_CONFIG_HOME=%s/there PN_STATE=%s/there PN_SANDBOX= "
             "LC_ALL=C.UTF-8 %s --till 03 --plain display", dir, dir, program);
    FILE *f = popen(line, "re");
    ck_assert_ptr_nonnull(f);
    told[fread(told, 1, sizeof told - 1, f)] = 0;
    pclose(f);
    char *shown = vth_snap(&screen, false);
    untold(shown, told, "x", missing, sizeof missing);
    ck_assert_msg(!*missing, "not told: %s\n%.1800s\n%.1200s", missing, shown, told);
    free(shown);
}
END_TEST

/* The customer's screen before a sale and in it, in both languages. */
static const struct { const char *name, *keys, *wait, *zh; } seen[] = {
    {"display-welcome", "", "Welcome", "欢迎光临"},
    {"display-sale", "1 1", "1,160.00", "1,160.00"}};
enum { SEEN = sizeof seen / sizeof *seen };

START_TEST(the_customers_screen_looks_as_it_did)
{
    const char *source = getenv("PN_SRCDIR");
    int i = _i / 2, zh = _i % 2;
    char path[600];
    test_sql("update session set start_at = '2099-05-01 11:30Z', doors_at = '2099-05-01 10:30Z',"
             " stop_sale_at = '2099-05-01 11:00Z', tail_from = '2099-04-29 11:30Z'");
    if (zh)
        setenv("LC_ALL", "zh_CN.UTF-8", 1);
    start(&screen, "there", 24, 80, "03", "display");
    shows(&screen, zh ? seen[0].zh : seen[0].wait);
    if (*seen[i].keys) {
        start(&t, "here", 24, 80, "03", "counter");
        shows(&t, "雷雨");
        vth_keys(&t, "Enter");
        shows(&t, "580.00");
        vth_keys(&t, seen[i].keys);
    }
    setenv("LC_ALL", "C.UTF-8", 1);
    shows(&screen, zh ? seen[i].zh : seen[i].wait);
    vth_settle(&screen, 300);
    char *grid = vth_snap(&screen, true);
    snprintf(path, sizeof path, "%s/tests/tui/screen/%s%s.screen", source ? source : ".",
             seen[i].name, zh ? "-zh" : "");
    FILE *f = getenv("UPDATE_GOLDEN") ? fopen(path, "w") : NULL;
    if (f) {
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
    c = tcase_create("told");
    tcase_add_checked_fixture(c, till_setup, till_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, a_step_is_told, 0, STEPS);
    tcase_add_test(c, what_the_customer_sees_is_told);
    suite_add_tcase(suite, c);
    c = tcase_create("display");
    tcase_add_checked_fixture(c, till_setup, till_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, the_customers_screen_looks_as_it_did, 0, SEEN * 2);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
