/* SPDX-License-Identifier: Apache-2.0 */
/* screens.c — golden screens: the grid and the look of every cell. UPDATE_GOLDEN=1 writes them anew
 * into the source tree; read the difference before committing it. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct screen {
    const char *name, *keys, *wait; /* keys after the first screen; text that must be there */
    int rows, cols;
    const char *term, *setting;
} screens[] = {
    {"today", "", "Tonight", 24, 80, "xterm-256color", NULL},
    {"today-wide", "", "Tonight", 40, 120, "xterm-256color", NULL},
    {"today-zh", "", "1 今日", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"today-huge", "", "Tonight", 60, 200, "xterm-256color", NULL},
    {"today-tiny", "", "3412", 10, 40, "xterm-256color", NULL},
    {"today-sessions", "Tab End", "9 of 9", 24, 80, "xterm-256color", NULL},
    {"today-vt100", "", "Tonight", 24, 80, "vt100", NULL},
    {"shows", "2 Down Down", "3/100+", 24, 80, "xterm-256color", NULL},
    {"shows-wide", "2 Down Down", "3/100+", 40, 120, "xterm-256color", NULL},
    {"shows-zh", "2 Down Down", "3/100+", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"shows-linux", "2 Down Down", "3/100+", 24, 80, "linux", NULL},
    {"shows-tmux", "2 Down Down", "3/100+", 24, 80, "tmux-256color", NULL},
    {"shows-mono", "2 Down Down", "3/100+", 24, 80, "xterm-256color", "NO_COLOR=1"},
    {"tiers", "2 Down Enter Enter", "内场 A 区", 24, 80, "xterm-256color", NULL},
    {"orders", "3", "1/100+", 24, 80, "xterm-256color", NULL},
    {"order", "3 Enter", "Timeline (3)", 24, 80, "xterm-256color", NULL},
    {"order-wide", "3 Enter", "Timeline (3)", 40, 120, "xterm-256color", NULL},
    {"actions", "2 Down a", "pn show edit 2", 24, 80, "xterm-256color", NULL},
    {"form", "2 Down a Enter C-u C-s", "! Title is required", 24, 80, "xterm-256color", NULL},
    {"gate-pass", "5 a b 1 Enter", "Admitted", 24, 80, "xterm-256color", NULL},
    {"gate-stop", "5 a b 2 Enter", "Used before", 24, 80, "xterm-256color", NULL},
    {"gate-huge", "5 a b 2 Enter", "Used before", 60, 200, "xterm-256color", NULL},
    {"gate-zh", "5 a b 1 Enter", "==", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"gate-stop-mono", "5 a b 2 Enter", "Used before", 24, 80, "vt100", NULL},
    {"gate-wide", "5 a b 1 Enter", "Admitted", 40, 120, "xterm-256color", NULL},
    {"rooms", "0", "Price changes", 24, 80, "xterm-256color", NULL},
    {"offers", "4 Space Down Space", "2 marked", 24, 80, "xterm-256color", NULL},
    {"offers-wide", "4 Space Down Space", "2 marked", 40, 120, "xterm-256color", NULL},
    {"offers-zh", "4 Space", "2/12", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"offers-ranked", "2 Enter Enter Enter", "Place", 24, 80, "xterm-256color", NULL},
    {"plan", "4 * a Enter t e s t Enter", "Enter does it", 24, 80, "xterm-256color", NULL},
    {"plan-wide", "4 * a Enter t e s t Enter Enter", "Finished", 40, 120, "xterm-256color", NULL},
    {"plan-mono", "4 * a Enter Enter Enter", "Finished", 24, 80, "xterm-256color", "NO_COLOR=1"},
    {"grid", "4 e C-u 7 0 0 Enter", "Enter saves it", 24, 80, "xterm-256color", NULL},
    {"grid-wide", "4 e C-u 1 Enter", "! The price is below", 40, 120, "xterm-256color", NULL},
    {"grid-small", "4 e C-u 7 0 0 Enter", "Enter saves it", 20, 48, "xterm-256color", NULL},
    {"map", "2 Enter m Down Right b Right Down", "Seats", 24, 80, "xterm-256color", NULL},
    {"map-wide", "2 Enter m f 4 Enter", "4 chosen", 40, 120, "xterm-256color", NULL},
    {"map-labels", "2 Enter m + C-a", "chosen", 24, 80, "xterm-256color", NULL},
    {"map-hall", "2 Enter m - Tab", "Stage", 24, 80, "xterm-256color", NULL},
    {"map-zh", "2 Enter m + Space", "池座左", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"map-mono", "2 Enter m C-a", "chosen", 24, 80, "vt100", NULL},
    {"map-small", "2 Enter m +", "池座左", 16, 48, "xterm-256color", NULL},
    {"zones", "2 Enter z Enter C-a", "chosen", 24, 80, "xterm-256color", NULL},
    {"zones-zh", "2 Enter z Enter Right", "楼座", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"zones-wide", "2 Enter z Enter C-a p 2", "not kept", 40, 120, "xterm-256color", NULL},
    {"zones-diff", "2 Enter z Enter C-a p 2 C-s", "20 seats", 24, 80, "xterm-256color", NULL},
    {"palette", "C-p g a t e", "pn gate list", 24, 80, "xterm-256color", NULL},
    {"palette-zh", "C-p g a t e", "pn gate list", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"prompt", ": o r d e r Space l", "order l", 24, 80, "xterm-256color", NULL},
    {"prompt-zh", ": o r d e r Space l", "order l", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"completion", "3 / s t a t e =", "state=", 24, 80, "xterm-256color", NULL},
    {"completion-zh", "3 / s t a t e =", "state=", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"login", ": l o g i n Enter", "Password", 24, 80, "xterm-256color", NULL},
    {"login-zh", ": l o g i n Enter", "Password", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"export-menu", "3 x", "CSV", 24, 80, "xterm-256color", NULL},
    {"export-menu-zh", "3 x", "CSV", 24, 80, "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"export", "3 x 1 C-u o . c s v Enter", "240/240", 24, 80, "xterm-256color", NULL},
    {"export-zh", "3 x 1 C-u o . c s v Enter", "240/240", 24, 80,
     "xterm-256color", "LC_ALL=zh_CN.UTF-8"},
    {"help", "2 ?", "Keys of this screen", 40, 120, "xterm-256color", NULL},
    {"small", "", "Terminal too small", 5, 30, "xterm-256color", NULL},
};

enum { SCREENS = sizeof screens / sizeof *screens };

static void path_of_screen(char out[900], const char *name)
{
    const char *source = getenv("PN_SRCDIR");
    snprintf(out, 900, "%s/tests/tui/screen/%s.screen", source ? source : ".", name);
}

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    char *text = calloc(1, 1 << 17);
    size_t n = fread(text, 1, (1 << 17) - 1, f);
    text[n] = 0;
    fclose(f);
    return text;
}

START_TEST(a_screen_is_as_it_was)
{
    const struct screen *s = &screens[_i];
    char path[900], head[200];
    ck_assert_int_eq(chdir(dir), 0); /* what is written is written there */
    open_console(s->rows, s->cols, s->term, s->setting, NULL, NULL);
    if (*s->keys) {
        must("王敏"); /* signed in */
        vth_expect(&t, strstr(s->name, "zh") ? "今日" : "Tonight", PATIENCE);
        vth_keys_slow(&t, s->keys);
    }
    must(s->wait);
    vth_settle(&t, 120);
    char *grid = vth_snap(&t, true);
    snprintf(head, sizeof head, "%s %dx%d %s %s\n", s->name, s->cols, s->rows, s->term,
             s->setting ? s->setting : "-");
    path_of_screen(path, s->name);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *f = fopen(path, "w");
        ck_assert_ptr_nonnull(f);
        fprintf(f, "%s%s", head, grid);
        fclose(f);
    }
    char *golden = read_all(path);
    ck_assert_msg(golden != NULL, "%s is missing", path);
    ck_assert_msg(!strncmp(golden, head, strlen(head)), "%s is of another screen", path);
    ck_assert_msg(!strcmp(golden + strlen(head), grid), "%s differs:\n%s", path, grid);
    free(golden);
    free(grid);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens");
    TCase *c = tcase_create("screens");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, a_screen_is_as_it_was, 0, SCREENS);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
