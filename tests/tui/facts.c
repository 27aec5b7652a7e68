/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c — what --plain tells against what the screen shows, for every kind of view: each word
 * that stands in a cell is among the facts, and so is each view among those that are compared. */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Keys from the first screen on ('typed words begin so), what is waited for, and words on the
 * screen that are only about keys. */
static const struct screen { const char *face, *keys, *wait, *about_keys; } screens[] = {
    {"board", "", "Tonight", "1-3 inside"},
    {"list", "2", "1/100+", ""},
    {"list", "2 / 'state=ENDED Enter", "/state=ENDED", ""},
    {"list", "4 Space Down Space", "2 marked", ""},
    {"list", "2 Enter Enter Enter", "Place", ""},
    {"detail", "3 Enter", "Timeline (3)", "more below"},
    {"form", "2 Down a Enter C-u C-s", "! Title is required", ""},
    {"form", "2 Down a Enter 9", "was", ""},
    {"menu", "2 Down a", "pn show edit 2", ""},
    {"menu", "0", "Price changes", ""},
    {"gate", "5", "Scan a ticket", ""},
    {"gate", "5 'ab1 Enter", "Admitted", ""},
    {"gate", "5 'ab2 Enter", "Used before", ""},
    {"plan", "4 * a Enter 'test Enter", "Enter does it", ""},
    {"plan", "4 * a Enter 'test Enter Enter", "Finished", "refused"},
    {"grid", "4 e", "Type the new value", ""},
    {"grid", "4 e C-u '700 Enter", "Enter saves it", ""},
    {"grid", "4 e C-u 1 Enter", "! The price is below", ""},
    {"map", "2 Enter m Down Right b Right Down", "Seats", SIGNS},
    {"diff", "2 Enter z Enter C-a p 2 C-s", "20 seats", ""},
    {"palette", "C-p '周", "周", ""},
    {"help", "2 ?", "Filter: words", "153 more below"},
    {"menu", "3 x", "CSV", ""},
    {"menu", "0 End Enter", "Theme", "dark"},
    {"export", "3 x 1 C-u 'orders.csv Enter", "Finished", ""},
    {"login", ": 'login Enter", "Password", ""},
};
enum { SCREENS = sizeof screens / sizeof *screens };

/* The screen's lines but the last, which is about keys. */
static char *picture(const struct screen *s)
{
    char keys[200], *to = keys;
    bool typed = false;
    for (const char *at = s->keys; *at; at++) { /* each character of a typed word is a key */
        typed = *at != ' ' && (typed || *at == '\'');
        if (*at == '\'')
            continue;
        *to++ = *at;
        if (typed && at[1] && at[1] != ' ' && (at[1] & 0xc0) != 0x80)
            *to++ = ' ';
    }
    *to = 0;
    open_console(24, 80, "xterm-256color", NULL, NULL, NULL);
    must("Tonight");
    vth_keys_slow(&t, keys);
    must(s->wait);
    vth_settle(&t, 150);
    char *text = vth_snap(&t, false), *last = text;
    for (int row = 0; row < 23; row++)
        last = strchr(last, '\n') + 1;
    *last = 0;
    return text;
}

static char *plain(const struct screen *s)
{
    char command[2400], keys[200], *to = keys, *text = calloc(1, 1 << 20);
    const char *build = getenv("PN_BUILDDIR");
    for (const char *at = s->keys; *at; at++)
        if (*at != '\'')
            *to++ = *at;
    *to = 0;
    snprintf(command, sizeof command,
             "LC_ALL=C.UTF-8 PN_LOCALEDIR=%s/tests/tui/locale XDG_CONFIG_HOME=%s PN_SANDBOX=%s"
             " PN_STATE=%s HOME=%s %s --seed=7 --plain --keys '%s' 2>&1",
             build ? build : ".", dir, dir, dir, dir, program, keys);
    FILE *f = popen(command, "r");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, (1 << 20) - 1, f)] = 0;
    pclose(f);
    return text;
}

START_TEST(what_is_shown_is_told)
{
    const struct screen *s = &screens[_i];
    char missing[1000];
    ck_assert_int_eq(chdir(dir), 0);
    char *shown = picture(s);
    take_file("orders.csv");
    char *told = plain(s);
    untold(shown, told, s->about_keys, missing, sizeof missing);
    ck_assert_msg(!*missing, "%s “%s” does not tell: %s\n%.1800s\n%.1200s", s->face, s->keys,
                  missing, shown, told);
    free(shown);
    free(told);
}
END_TEST

/* A view that is not compared here, or with a database in sales.c, is new. */
START_TEST(every_view_is_compared)
{
    char path[600], line[300];
    const char *source = getenv("PN_SRCDIR");
    snprintf(path, sizeof path, "%s/tui", source ? source : ".");
    int faces = 0;
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *e; (e = readdir(folder));) {
        snprintf(path, sizeof path, "%s/tui/%s", source ? source : ".", e->d_name);
        FILE *f = strstr(e->d_name, ".c") ? fopen(path, "re") : NULL;
        while (f && fgets(line, sizeof line, f)) {
            char face[60];
            if (sscanf(line, "static const struct tui_face %59[a-z]_face", face) != 1)
                continue;
            bool known = !strcmp(face, "counter") || !strcmp(face, "display");
            for (int i = 0; i < SCREENS; i++)
                known |= !strcmp(face, screens[i].face);
            ck_assert_msg(known, "%s of %s is not compared", face, e->d_name);
            faces++;
        }
        if (f)
            fclose(f);
    }
    closedir(folder);
    ck_assert_int_ge(faces, 16);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("facts");
    TCase *c = tcase_create("facts");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, what_is_shown_is_told, 0, SCREENS);
    tcase_add_test(c, every_view_is_compared);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
