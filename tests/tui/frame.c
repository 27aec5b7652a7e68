/* SPDX-License-Identifier: Apache-2.0 */
/* frame.c — the frame against unusual terminals: wide ambiguous characters, every theme, a shell
 * that stops and continues it, the largest size; and the same facts as lines and as JSON. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- how wide ambiguous characters are ---- */

static bool any_outside_ascii_but_hanzi(char *screen)
{
    for (char *at = screen; (at = strpbrk(at, "\342\302\303")); at++)
        if (strncmp(at, "\342\200\246", 3) == 0 || strncmp(at, "\302\267", 2) == 0 ||
            strncmp(at, "\342\224", 2) == 0)
            return true;
    return false;
}

START_TEST(a_terminal_that_draws_them_wide_gets_ascii)
{
    t.wide = _i;
    open_usual();
    vth_keys(&t, "2");
    must(_i ? "周杰伦嘉年华世界巡回~" : "周杰伦嘉年华世界巡回…");
    vth_settle(&t, 100);
    char *screen = vth_snap(&t, false);
    ck_assert_msg(any_outside_ascii_but_hanzi(screen) == !_i, "%s", screen);
    ck_assert_ptr_eq(strstr(screen, "\033"), NULL);
    free(screen);
}
END_TEST

START_TEST(the_question_leaves_nothing_behind)
{
    open_usual();
    vth_settle(&t, 100);
    char *asked = vth_snap(&t, true);
    ck_assert_uint_eq(t.reports, 1);
    vth_keys(&t, "C-l");
    vth_settle(&t, 100);
    char *again = vth_snap(&t, true);
    ck_assert_str_eq(asked, again);
    ck_assert_uint_eq(t.reports, 1);
    free(asked);
    free(again);
}
END_TEST

/* ---- themes ---- */

static const struct { const char *name; int back, back8; } themes[] = {
    {"dark", -1, -1}, {"light", -1, -1}, {"high-contrast", 0, 0},
    {"colour-blind", -1, -1}, {"night", 16, 0}, {"mono", -1, -1},
};

/* The background of an empty place: of the terminal (-1) or a colour. */
static int background(int row, int col)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(t.screen, (VTermPos){row, col}, &cell);
    return VTERM_COLOR_IS_DEFAULT_BG(&cell.bg) ? -1 : cell.bg.indexed.idx;
}

START_TEST(a_theme_fills_the_screen_as_it_says)
{
    char setting[64];
    int kind = _i % 2;
    snprintf(setting, sizeof setting, "PN_THEME=%s", themes[_i / 2].name);
    open_console(24, 80, kind ? "linux" : "xterm-256color", setting, NULL, NULL);
    must("Tonight");
    vth_keys_slow(&t, "2 Down");
    must("2/100+");
    ck_assert_int_eq(background(1, 79), kind ? themes[_i / 2].back8 : themes[_i / 2].back);
    ck_assert_int_eq(background(21, 0), kind ? themes[_i / 2].back8 : themes[_i / 2].back);
}
END_TEST

START_TEST(an_unknown_theme_is_refused)
{
    char command[1400], line[256] = "";
    snprintf(command, sizeof command, "%s --theme pink 2>&1", program);
    FILE *f = popen(command, "r");
    while (fgets(line, sizeof line, f) && !strstr(line, "colour-blind"))
        continue;
    ck_assert_ptr_nonnull(strstr(line, "night"));
    ck_assert_int_ne(pclose(f), 0);
}
END_TEST

static void own_theme(const char *text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/piaoniu", dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/piaoniu/themes", dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/piaoniu/themes/sunset", dir);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

START_TEST(a_theme_of_ones_own_is_a_file)
{
    own_theme("# warm\nbase = dark\nplain = 223 on #5f0000\nhint = bright-white on blue bold\n");
    open_console(24, 80, "xterm-256color", "PN_THEME=sunset", NULL, NULL);
    must("Tonight");
    ck_assert_int_eq(background(10, 79), 52); /* #5f0000 */
    ck_assert_int_eq(background(23, 79), 4);
    ck_assert_int_eq(background(0, 79), 6); /* not named: as in dark */
    say(":theme night\r");
    must("Theme: night");
    ck_assert_int_eq(background(10, 79), 16);
    say("T"); /* mono, then one's own, then the first again */
    must("Theme: mono");
    say("T");
    must("Theme: sunset");
    ck_assert_int_eq(background(10, 79), 52);
    say("\021"); /* Ctrl-Q works under an input method */
    must("Theme: dark");
    ck_assert_int_eq(background(10, 79), -1);
    say(":theme sunrise\r");
    must("themes/sunrise: No such file");
}
END_TEST

static const struct { const char *text, *wrong; } themes_wrong[] = {
    {"bar = black\ngood = grene\n", ":2:8: there is no colour “grene”"},
    {"bar = black on\n", ":1:15: there is no colour"},
    {"bar =\n", ":1:6: a colour is missing"},
    {"bar black\n", ":1:5: “=” is missing"},
    {"  baar = black\n", ":1:3: nothing is called “baar”"},
    {"\nbase = pink\n", ":2:8: there is no theme “pink”"},
    {"bar = black\nbase = dark\n", ":2:1: base must come first"},
    {"bar = 256\n", ":1:7: there is no colour “256”"},
    {"bar = #12345\n", ":1:7: there is no colour “#12345”"},
    {"bar = red blink\n", ":1:11: “blink” is not bold"},
};

START_TEST(a_mistake_in_a_theme_has_a_line_and_a_column)
{
    own_theme(themes_wrong[_i].text);
    open_console(24, 160, "xterm-256color", "PN_THEME=sunset", NULL, NULL);
    must(themes_wrong[_i].wrong);
    ck_assert_int_eq(background(10, 79), -1); /* nothing of it is taken */
}
END_TEST

/* ---- the screen elsewhere ---- */

static void write_screen(const char *to)
{
    vth_keys(&t, "P");
    must("Write the screen to");
    vth_keys(&t, "C-u");
    vth_paste(&t, to);
    vth_keys(&t, "Enter");
}

START_TEST(the_screen_is_a_picture_with_every_cell_in_its_place)
{
    size_t size = 0;
    char path[600];
    open_usual();
    vth_keys(&t, "3");
    must("1/100+");
    path_of(path, "screen.svg");
    write_screen(path);
    must("Written: ");
    char *svg = read_file("screen.svg", &size);
    ck_assert_ptr_nonnull(svg);
    ck_assert_ptr_nonnull(strstr(svg, "width=\"640\" height=\"432\"")); /* 80 × 24 cells */
    /* 李, two cells wide, two cells behind the number */
    ck_assert_ptr_nonnull(strstr(svg, "textLength=\"16\""));
    ck_assert_ptr_nonnull(strstr(svg, ">&#26446;</text>"));
    ck_assert_str_eq(svg + size - 7, "</svg>\n");
    take_file("screen.svg");
    free(svg);
}
END_TEST

START_TEST(the_screen_is_printed_by_a_command)
{
    size_t size = 0;
    char path[600], command[700];
    open_usual();
    vth_keys(&t, "3");
    must("1/100+");
    path_of(path, "paper");
    snprintf(command, sizeof command, "| echo noise; cat >%s", path);
    write_screen(command);
    must("Printed: echo noise");
    char *text = read_file("paper", &size);
    ck_assert_ptr_nonnull(text);
    ck_assert_ptr_nonnull(strstr(text, "PN2611230000017  李*"));
    take_file("paper");
    free(text);
    write_screen("| exit 3");
    must("exit 3 failed with status 3");
    put_file("down", ""); /* what prints needs no database */
    write_screen("| cat >/dev/null");
    must("Printed: cat");
    take_file("down");
}
END_TEST

/* ---- a shell ---- */

START_TEST(a_shell_stops_and_continues_it)
{
    char command[1400], xdg[300], box[300];
    char *argv[] = {"/bin/bash", "--norc", "--noprofile", "-i", NULL};
    if (access(argv[0], X_OK))
        return;
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", dir);
    snprintf(box, sizeof box, "PN_SANDBOX=%s", dir);
    const char *env[] = {xdg, box, "PS1=ready> ", "LC_ALL=C.UTF-8", NULL};
    ck_assert_int_eq(vth_start(&t, 24, 80, "xterm-256color", argv, env), 0);
    must("ready>");
    snprintf(command, sizeof command, "stty -a | grep -o ' -*icanon'; %s --seed=7\r", program);
    say(command);
    must("Tonight");
    ck_assert(t.alt && t.mouse && t.paste);
    vth_keys_slow(&t, "2 Down Down");
    must("3/100+");
    vth_keys(&t, "C-z");
    must("Stopped");
    ck_assert(!t.alt && !t.mouse && !t.in_frame); /* paste reports are the shell's again */
    say("stty -a | grep -c ' icanon'; echo typed | cat\r");
    must("typed");
    vth_resize(&t, 30, 100); /* while it sleeps */
    say("fg\r");
    must("3/100+");
    ck_assert(t.alt && t.mouse && t.paste);
    char row[1024];
    vth_row(&t, 29, row, sizeof row);
    ck_assert_ptr_nonnull(strstr(row, "Filter"));
    vth_keys(&t, "Q");
    must("ready>");
    ck_assert(!t.alt && !t.mouse);
}
END_TEST

/* ---- sizes ---- */

START_TEST(from_one_cell_to_the_largest)
{
    static const struct { int rows, cols; } sizes[] = {
        {1, 1}, {200, 500}, {1, 500}, {200, 1}, {2, 2}, {10, 40}, {9, 40}, {10, 39}, {200, 500},
    };
    char row[4096];
    open_usual();
    vth_keys(&t, "2");
    must("1/100+");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        vth_resize(&t, sizes[i].rows, sizes[i].cols);
        vth_frame(&t, 300);
        ck_assert(!t.gone);
    }
    ck_assert(vth_expect(&t, "1/100", PATIENCE));
    vth_row(&t, 199, row, sizeof row);
    ck_assert_ptr_nonnull(strstr(row, "Filter"));
}
END_TEST

START_TEST(a_menu_has_no_entry_before_the_first)
{
    open_usual();
    vth_keys_slow(&t, "2 a");
    must("pn show edit 1");
    vth_keys_slow(&t, "0");
    must("pn show edit 1");
    vth_keys_slow(&t, "1");
    must("Title");
}
END_TEST

/* ---- facts ---- */

static const char *const places[] = {
    "", "2", "2 Down Enter", "2 Enter Enter", "2 Enter m", "3 Enter", "3 a", "2 a Enter", "4",
    "4 Space Down Space a", "4 * a Enter Enter", "5 a b 1 Enter", "5 a b 2 Enter", "?", "0", "L",
    "4 e",
};

static char *run(const char *form, const char *keys)
{
    char command[1600];
    size_t size = 1 << 22, len = 0;
    char *text = calloc(1, size);
    snprintf(command, sizeof command,
             "XDG_CONFIG_HOME=%s PN_SANDBOX=%s LC_ALL=C.UTF-8 %s %s --seed=7 --keys '%s'", dir, dir,
             program, form, keys);
    FILE *f = popen(command, "r");
    len = fread(text, 1, size - 1, f);
    text[len] = 0;
    ck_assert_msg(pclose(f) == 0, "%s: %s", command, text);
    return text;
}

/* Values that say something, and items of lists. */
static void count(const json_t *j, int *values, int *items)
{
    const char *key;
    json_t *inner;
    size_t i;
    if (json_is_string(j))
        ++*values;
    json_object_foreach((json_t *)(uintptr_t)j, key, inner)
        count(inner, values, items);
    json_array_foreach(j, i, inner) {
        ++*items;
        count(inner, values, items);
    }
}

START_TEST(lines_and_json_tell_the_same)
{
    char *lines = run("--plain", places[_i]), *text = run("--json", places[_i]);
    json_error_t error;
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    int values = 0, items = 0, said = -1, numbers = 0;
    ck_assert_msg(j != NULL, "“%s” line %d: %s\n%s", places[_i], error.line, error.text, text);
    count(j, &values, &items);
    for (char *line = lines; *line;) {
        size_t len = strcspn(line, "\n");
        line[len] = 0;
        bool fact = said < 0 || strstr(line, ": ") || line[len - 1] == ':';
        said += fact || !strcmp(line, "Nothing here") ? 1 : 0;
        numbers += !fact;
        line += len + 1;
    }
    ck_assert_msg(values == said + 1, "“%s”: %d values, %d lines\n%s", places[_i], values,
                  said + 1, text);
    ck_assert_int_eq(items, numbers);
    ck_assert_int_gt(values, 1);
    json_decref(j);
    free(lines);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frame");
    TCase *c = tcase_create("frame");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, a_terminal_that_draws_them_wide_gets_ascii, 0, 2);
    tcase_add_test(c, the_question_leaves_nothing_behind);
    tcase_add_loop_test(c, a_theme_fills_the_screen_as_it_says, 0,
                        2 * (int)(sizeof themes / sizeof *themes));
    tcase_add_test(c, an_unknown_theme_is_refused);
    tcase_add_test(c, a_theme_of_ones_own_is_a_file);
    tcase_add_test(c, the_screen_is_a_picture_with_every_cell_in_its_place);
    tcase_add_test(c, the_screen_is_printed_by_a_command);
    tcase_add_loop_test(c, a_mistake_in_a_theme_has_a_line_and_a_column, 0,
                        sizeof themes_wrong / sizeof *themes_wrong);
    tcase_add_test(c, a_shell_stops_and_continues_it);
    tcase_add_test(c, from_one_cell_to_the_largest);
    tcase_add_test(c, a_menu_has_no_entry_before_the_first);
    tcase_add_loop_test(c, lines_and_json_tell_the_same, 0, (int)(sizeof places / sizeof *places));
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
