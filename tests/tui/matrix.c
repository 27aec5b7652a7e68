/* SPDX-License-Identifier: Apache-2.0 */
/* matrix.c — every kind of screen at three sizes, and on four terminals and without colours: the
 * text is the same everywhere, the looks wherever there are colours. UPDATE_GOLDEN=1 writes the
 * pictures anew. With PN_RECORD they are recorded for other emulators (oracle.t). */
#include "config.h"
#include "fixture.h"
#include "main_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *name, *keys, *wait; } kinds[] = {
    {"today", "", "Tonight"},
    {"shows", "2 Down Down", "3/"},
    {"orders", "3 Down", "2/"},
    {"order", "3 Enter", "Timeline (3)"},
    {"offers", "4 Space Down Space", "2 marked"},
    {"plan", "4 * a Enter t e s t Enter", "Enter does it"},
    {"grid", "4 e C-u 7 0 0 Enter", "Enter saves it"},
    {"map", "2 Enter m Down Right b Right Down", "Seats"},
    {"gate", "5 a b 1 Enter", "Admitted"},
    {"rooms", "0", "Price changes"},
    {"form", "2 Down a Enter C-u C-s", "! Title is required"},
    {"help", "2 ?", "Filter: words"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
static const struct { int rows, cols; } sizes[] = {{24, 80}, {40, 120}, {60, 200}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void picture_path(char out[900], int kind, int cols)
{
    const char *source = getenv("PN_SRCDIR");
    snprintf(out, 900, "%s/tests/tui/screen/%s-%d.screen", source ? source : ".",
             kinds[kind].name, cols);
}

/* Walk to that kind of screen. The caller frees the picture of it. */
static char *walk(int kind, int size, const char *term, const char *setting, const char *record)
{
    open_console(sizes[size].rows, sizes[size].cols, term, setting, NULL, NULL);
    t.record = record ? fopen(record, "w") : NULL;
    must("Tonight");
    vth_keys_slow(&t, kinds[kind].keys);
    must(kinds[kind].wait);
    vth_settle(&t, 120);
    if (t.record)
        fclose(t.record);
    t.record = NULL;
    return vth_snap(&t, true);
}

static char *golden_of(int kind, int size, const char *made)
{
    char path[900], *text = calloc(1, 1 << 17);
    picture_path(path, kind, sizes[size].cols);
    FILE *f = fopen(path, getenv("UPDATE_GOLDEN") && made ? "w+" : "r");
    ck_assert_msg(f != NULL, "%s is missing", path);
    if (getenv("UPDATE_GOLDEN") && made) {
        fputs(made, f);
        rewind(f);
    }
    text[fread(text, 1, (1 << 17) - 1, f)] = 0;
    fclose(f);
    return text;
}

static void record_cells(const char *path)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    vth_cells(&t, f);
    fclose(f);
}

START_TEST(at_three_sizes)
{
    int kind = _i / SIZES, size = _i % SIZES;
    const char *record = getenv("PN_RECORD");
    char bytes[600], cells[600];
    snprintf(bytes, sizeof bytes, "%s/%s-%d.bytes", record ? record : "", kinds[kind].name,
             sizes[size].cols);
    snprintf(cells, sizeof cells, "%s/%s-%d.cells", record ? record : "", kinds[kind].name,
             sizes[size].cols);
    char *picture = walk(kind, size, "xterm-256color", NULL, record ? bytes : NULL);
    if (record)
        record_cells(cells);
    char *golden = golden_of(kind, size, picture);
    ck_assert_msg(!strcmp(golden, picture), "%s-%d differs:\n%.2000s", kinds[kind].name,
                  sizes[size].cols, picture);
    free(golden);
    free(picture);
}
END_TEST

/* Where the second half of a picture begins: one line for each row. */
static char *looks(char *picture, int rows)
{
    for (; rows; rows--)
        picture = strchr(picture, '\n') + 1;
    return picture;
}

/* The Linux console cannot underline what has a colour. */
static void take_underlines_off(char *picture, int rows)
{
    char *out = looks(picture, rows);
    for (char *in = out; *in; in++) {
        if (*in == '\n')
            while (out > picture && out[-1] == '.')
                out--;
        *out++ = *in;
        out[-1] = *in == 'U' ? '.' : *in;
    }
    *out = 0;
}

static const char *const coloured[] = {"tmux-256color", "linux"};

START_TEST(on_other_terminals)
{
    int kind = _i / 2;
    char *picture = walk(kind, 0, coloured[_i % 2], NULL, NULL);
    char *golden = golden_of(kind, 0, NULL);
    if (_i % 2) {
        take_underlines_off(golden, 24);
        take_underlines_off(picture, 24);
    }
    ck_assert_msg(!strcmp(golden, picture), "%s on %s differs:\n%.2000s", kinds[kind].name,
                  coloured[_i % 2], picture);
    free(golden);
    free(picture);
}
END_TEST

START_TEST(without_colours)
{
    char *golden = golden_of(_i, 0, NULL);
    char *vt100 = walk(_i, 0, "vt100", NULL, NULL);
    vth_stop(&t);
    char *no_color = walk(_i, 0, "xterm-256color", "NO_COLOR=1", NULL);
    size_t text = (size_t)(looks(golden, 24) - golden);
    ck_assert_msg(!strncmp(golden, vt100, text), "%s on vt100 differs:\n%.2000s", kinds[_i].name,
                  vt100);
    ck_assert_msg(!strcmp(vt100, no_color), "%s: vt100 and NO_COLOR differ:\n%.2000s",
                  kinds[_i].name, no_color);
    for (char *c = looks(no_color, 24); *c; c++)
        ck_assert_msg(*c == '\n' || strchr(".RBU", *c), "%s: “%c” is a colour", kinds[_i].name,
                      *c);
    free(golden);
    free(vt100);
    free(no_color);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matrix");
    TCase *c = tcase_create("matrix");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, at_three_sizes, 0, KINDS * SIZES);
    if (!getenv("PN_RECORD")) {
        tcase_add_loop_test(c, on_other_terminals, 0, KINDS * 2);
        tcase_add_loop_test(c, without_colours, 0, KINDS);
    }
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
