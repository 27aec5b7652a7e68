/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c — a hundred thousand random texts, composed into a row between two bars and drawn by a
 * terminal emulator: every cell is where the composer says, and the bars never move. */
#include "config.h"
#include "main_int.h"

#include "../../tui/row.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <vterm.h>

enum { COLS = 64, ROUNDS = 100000 };

static uint64_t seed = 20190119;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 11) % n;
}

/* ASCII, hanzi, fullwidth, ambiguous, combining, emoji, joiners, bidi, Hebrew, controls, halfwidth,
 * Hangul, variation selectors, astral hanzi, private use, and bytes that are no UTF-8. */
static void random_text(char *out, size_t size)
{
    static const struct { uint32_t from, n; } sets[] = {
        {' ', 95},      {0x4e00, 20000}, {0xff01, 94}, {0x2010, 0x600}, {0x300, 100},
        {0x1f300, 800}, {0x200b, 8},     {0x202a, 5},  {0x5d0, 27},     {1, 31},
        {0x80, 32},     {0xff61, 60},    {0xac00, 11000}, {0xfe00, 16}, {0x20000, 900},
        {0xe000, 400},
    };
    size_t len = 0;
    for (uint32_t chars = dice(40); chars && len + 5 < size; chars--) {
        uint32_t set = dice(sizeof sets / sizeof *sets + 1);
        if (set == sizeof sets / sizeof *sets)
            out[len++] = (char)(0x80 + dice(127));
        else
            len += tui_encode(sets[set].from + dice(sets[set].n), out + len);
    }
    out[len] = 0;
}

/* The row as bytes for a terminal. */
static size_t bytes_of(const struct tui_canvas *c, char *out)
{
    size_t len = 0;
    for (int i = 0; i < c->cols; i++) {
        if (!c->cell[i].width)
            continue;
        len += tui_encode(c->cell[i].ch, out + len);
        for (int m = 0; m < CELL_MARKS && c->cell[i].mark[m]; m++)
            len += tui_encode(c->cell[i].mark[m], out + len);
    }
    return len;
}

static void compare(VTermScreen *screen, const struct tui_canvas *c, int round)
{
    for (int i = 0; i < c->cols; i++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(screen, (VTermPos){0, i}, &cell);
        if (!c->cell[i].width)
            continue;
        if (cell.chars[0] != c->cell[i].ch || cell.width != c->cell[i].width)
            ck_abort_msg("round %d, column %d: U+%04X of %d, the terminal has U+%04X of %d", round,
                         i, c->cell[i].ch, c->cell[i].width, cell.chars[0], cell.width);
    }
}

START_TEST(the_bars_never_move)
{
    struct tui_canvas c = {0};
    VTerm *vt = vterm_new(2, COLS);
    vterm_set_utf8(vt, 1);
    VTermScreen *screen = vterm_obtain_screen(vt);
    vterm_screen_reset(screen, 1);
    ck_assert_int_eq(canvas_resize(&c, 1, COLS), 0);
    for (int round = 0; round < ROUNDS; round++) {
        char text[400], bytes[COLS * 16];
        int left = (int)dice(COLS - 2), room = (int)dice((uint32_t)(COLS - 1 - left));
        random_text(text, sizeof text);
        canvas_clear(&c);
        row_put(&c, 0, left + 1, room, text, LOOK_PLAIN);
        if (dice(4) == 0) /* something is laid over it */
            row_put(&c, 0, (int)dice(COLS), (int)dice(9), "盖上", LOOK_PLAIN);
        row_put(&c, 0, left, 1, "|", LOOK_PLAIN);
        row_put(&c, 0, left + 1 + room, 1, "|", LOOK_PLAIN);
        vterm_input_write(vt, "\033[H", 3);
        vterm_input_write(vt, bytes, bytes_of(&c, bytes));
        compare(screen, &c, round);
        if (c.cell[left].ch != '|' || (left + 1 + room < COLS && c.cell[left + 1 + room].ch != '|'))
            ck_abort_msg("round %d: a bar is lost", round);
    }
    canvas_free(&c);
    vterm_free(vt);
}
END_TEST

/* Alone, and with each of the marks. */
START_TEST(every_character_takes_its_columns)
{
    VTerm *vt = vterm_new(2, 8);
    vterm_set_utf8(vt, 1);
    VTermScreen *screen = vterm_obtain_screen(vt);
    vterm_screen_reset(screen, 1);
    int wrong = 0;
    for (uint32_t cp = 0x20; cp <= 0x3ffff; cp++) {
        char bytes[16] = "\033[Hx";
        VTermScreenCell cell, bar;
        int w = tui_width(cp);
        if (w < 0 || tui_drawable(cp) != cp)
            continue;
        size_t len = 4 + tui_encode(cp, bytes + 4);
        bytes[len++] = '|';
        vterm_input_write(vt, bytes, len);
        vterm_screen_get_cell(screen, (VTermPos){0, w ? 1 : 0}, &cell);
        vterm_screen_get_cell(screen, (VTermPos){0, 1 + w}, &bar);
        if (cell.chars[w ? 0 : 1] == cp && bar.chars[0] == '|')
            continue;
        wrong++;
        fprintf(stderr, "U+%04X is not drawn in %d columns\n", cp, w);
    }
    vterm_free(vt);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    Suite *suite = suite_create("columns");
    TCase *c = tcase_create("columns");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, every_character_takes_its_columns);
    tcase_add_test(c, the_bars_never_move);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
