/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c — the pieces of the console that need no terminal: widths, the composer, the input
 * parser, the line editor, the key table. */
#include "config.h"
#include "main_int.h"

#include "../../tui/edit.h"
#include "../../tui/input.h"
#include "../../tui/keys.h"
#include "../../tui/row.h"
#include "../../tui/terse.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

static uint64_t seed = 20190119;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 11) % n;
}

/* ---- widths ---- */

START_TEST(every_character_is_drawn_as_wide_as_libc_says)
{
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        int w = tui_width(cp);
        uint32_t drawn = tui_drawable(cp);
        if (w < -1 || w > 2)
            ck_abort_msg("U+%04X: %d columns", cp, w);
        if (w > 0 && drawn == cp && wcwidth((wchar_t)cp) != w)
            ck_abort_msg("U+%04X: %d, libc %d", cp, w, wcwidth((wchar_t)cp));
        if (w > 0 && drawn != cp && w != 1)
            ck_abort_msg("U+%04X is replaced by ? but takes %d", cp, w);
    }
}
END_TEST

START_TEST(engines_agreed_on_these)
{
    static const struct {
        uint32_t cp;
        int width;
    } known[] = {
        {0x8ba2, 2},  {0x3002, 2},  {0xff1a, 2},  {0x33a1, 2}, {0x20bb7, 2}, {0xac00, 2},
        {0x2502, 1},  {0x2605, 1},  {0xb7, 1},    {0x2026, 1}, {0xb0, 1},    {'a', 1},
        {0x202e, -1}, {0x200b, -1}, {0xfe0f, -1}, {0x9b, -1},  {27, -1},     {0x301, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_msg(tui_width(known[i].cp) == known[i].width, "U+%04X", known[i].cp);
    ck_assert_uint_eq(tui_drawable(0x1f3ab), '?');
    ck_assert_uint_eq(tui_fold(0xff1a), ':');
    ck_assert_uint_eq(tui_fold(0x3002), '.');
    ck_assert_uint_eq(tui_fold(0xff11), '1');
}
END_TEST

/* ---- the composer ---- */

static size_t random_text(char *out, size_t size)
{
    static const struct {
        uint32_t from, n;
    } sets[] = {
        {' ', 95},      {0x4e00, 20000}, {0xff01, 94}, {0x2500, 128},  {0x300, 100},
        {0x1f300, 800}, {0x200b, 8},     {0x202a, 5},  {0x5d0, 27},    {0, 32},
        {0x80, 32},     {0xac00, 11000}, {0xfe00, 16}, {0x20000, 900}, {0xe000, 400},
    };
    size_t len = 0, chars = dice(40);
    while (chars-- && len + 5 < size) {
        uint32_t set = dice(sizeof sets / sizeof *sets + 1);
        if (set == sizeof sets / sizeof *sets) {
            out[len++] = (char)(0x80 + dice(127)); /* not UTF-8 at all */
            continue;
        }
        uint32_t cp = sets[set].from + dice(sets[set].n);
        if (cp)
            len += tui_encode(cp, out + len);
    }
    out[len] = 0;
    return len;
}

/* No half without its other half, nothing outside the alphabet of drawable characters. */
static void check_row(const struct tui_canvas *c, int row)
{
    const struct tui_cell *cell = c->cell + row * c->cols;
    for (int i = 0; i < c->cols; i++) {
        if (cell[i].width == 2 && (i + 1 == c->cols || cell[i + 1].width))
            ck_abort_msg("half a glyph at column %d", i);
        if (cell[i].width == 0 && (i == 0 || cell[i - 1].width != 2))
            ck_abort_msg("orphan at column %d", i);
        if (cell[i].width && wcwidth((wchar_t)cell[i].ch) != cell[i].width)
            ck_abort_msg("U+%04X at column %d", cell[i].ch, i);
    }
}

START_TEST(no_text_breaks_a_row)
{
    struct tui_canvas c = {0};
    ck_assert_int_eq(canvas_resize(&c, 3, 60), 0);
    for (int round = 0; round < 100000; round++) {
        char text[400];
        random_text(text, sizeof text);
        int col = (int)dice(66) - 3, max = (int)dice(64), used;
        used = row_put(&c, 1, col, max, text, LOOK_PLAIN);
        if (used > (max > 0 ? max : 0))
            ck_abort_msg("%d columns used of %d", used, max);
        if (round % 7 == 0)
            row_fill(&c, 1, (int)dice(60), (int)dice(10), LOOK_DIM);
        check_row(&c, 1);
        for (int i = 0; i < c.cols; i++)
            if (c.cell[i].ch != ' ' || c.cell[2 * c.cols + i].ch != ' ')
                ck_abort_msg("a neighbour row was touched");
    }
    canvas_free(&c);
}
END_TEST

START_TEST(clipping_ends_on_a_glyph)
{
    struct tui_canvas c = {0};
    ck_assert_int_eq(canvas_resize(&c, 1, 10), 0);
    ck_assert_int_eq(row_put(&c, 0, 0, 6, "周杰伦嘉年华", LOOK_PLAIN), 5);
    ck_assert_uint_eq(c.cell[4].ch, 0x2026);
    ck_assert_uint_eq(c.cell[5].ch, ' ');
    ck_assert_int_eq(row_put(&c, 0, 0, 6, "周杰伦", LOOK_PLAIN), 6);
    row_put(&c, 0, 3, 1, "x", LOOK_PLAIN); /* on the right half of 杰 */
    ck_assert_uint_eq(c.cell[2].ch, ' ');
    ck_assert_uint_eq(c.cell[3].ch, 'x');
    ck_assert_uint_eq(c.cell[4].ch, 0x4f26);
    canvas_free(&c);
}
END_TEST

/* ---- input ---- */

static char seen[8192];

static void note(void *who, const struct tui_event *e)
{
    size_t len = strlen(seen);
    (void)who;
    if (e->kind == IN_KEY && e->key > ' ' && e->key < 0x7f)
        snprintf(seen + len, sizeof seen - len, "%c ", (int)e->key);
    else if (e->kind == IN_KEY)
        snprintf(seen + len, sizeof seen - len, "<%x> ", e->key);
    else if (e->kind == IN_PASTE)
        snprintf(seen + len, sizeof seen - len, "paste(%s) ", e->text);
    else if (e->kind == IN_SCAN)
        snprintf(seen + len, sizeof seen - len, "scan(%s,%d) ", e->text, e->leaked);
    else if (e->kind == IN_MOUSE)
        snprintf(seen + len, sizeof seen - len, "mouse(%d,%d,%d) ", e->mouse, e->row, e->col);
    else if (e->kind == IN_GROUND)
        snprintf(seen + len, sizeof seen - len, "ground(%s) ", e->light ? "light" : "dark");
    else
        snprintf(seen + len, sizeof seen - len, "at(%d,%d) ", e->row, e->col);
}

static bool always(void *who, uint32_t key)
{
    (void)who, (void)key;
    return true;
}

/* Bytes with "|" for a pause of 40 ms and "^" for one of 5 ms; with a "!" in front, where the first
 * character of a scan must not do what its key does. */
static const char *typed(const char *script)
{
    struct tui_input input;
    int64_t now = 1000;
    *seen = 0;
    input_start(&input, note, NULL);
    input.patient = *script == '!' ? always : NULL;
    for (const char *at = script + (*script == '!'); *at;) {
        size_t n = strcspn(at, "|^");
        input_feed(&input, at, n, now);
        at += n;
        while (*at == '|' || *at == '^') {
            now += *at++ == '|' ? 40 : 5;
            input_tick(&input, now);
        }
    }
    input_tick(&input, now + 1000);
    input_stop(&input);
    size_t len = strlen(seen);
    if (len)
        seen[len - 1] = 0;
    return seen;
}

static const struct {
    const char *in, *out;
} typing[] = {
    {"j", "j"},
    {"j|k", "j k"},
    {"\033[A|\033OA", "<110000> <110000>"},
    {"\033|", "<1b>"},
    {"\033q", "<1b> q"},
    {"\033|OB", "<1b>"}, /* a late arrow: one step back, no command */
    {"\033|[B", "<1b>"},
    {"\033||||||[", "<1b> ["},
    {"\033^[^15~", "<110010>"},
    {"\033[<0;250;3M", "mouse(0,2,249)"},
    {"\033[<0;250;3m", "mouse(1,2,249)"},
    {"\033[<65;10;5M", "mouse(4,4,9)"},
    {"\033[200~周杰伦\r\nq\033[201~", "paste(周杰伦\r\nq)"},
    {"\033[12;40R", "at(11,39)"},
    {"\345|\221|\250", "<5468>"},
    {"\345\221q", "<fffd> q"},
    {"6^9^0^1^2^3^4^5^\r", "6 scan(69012345,1)"},
    {"69012345\r", "scan(69012345,0)"},
    {"!y^9^0^1^2^3^4^5^\r", "scan(y9012345,0)"},
    {"!y|n", "y n"},
    {"!y^\r", "y <d>"},
    {"a^b^\r", "a b <d>"},
    {":order list\r", ": o r d e r <20> l i s t <d>"},
    {"\033]11;rgb:00/00/00\007j", "ground(dark) j"},
    {"\033O||||||Q", "<11000d>"}, /* its end comes late, and is no Q */
    {"\033[\033OQ", "<11000d>"}, /* half of one, then a whole one */
    {"\033O\033[B", "<110001>"},
    {"\033[1;5C", "<110002>"},
    {"\033[Z\033[5~\033[24~", "<11000a> <110008> <110017>"},
    {"\177", "<11000b>"},
};

START_TEST(bytes_become_events)
{
    char out[512];
    snprintf(out, sizeof out, "%s", typed(typing[_i].in));
    ck_assert_str_eq(out, typing[_i].out);
}
END_TEST

START_TEST(random_bytes_never_break_the_parser)
{
    struct tui_input input;
    input_start(&input, note, NULL);
    int64_t now = 0;
    for (int i = 0; i < 200000; i++) {
        char byte = (char)(dice(3) ? dice(256) : (uint32_t) "\033[O<;0123~M"[dice(11)]);
        input_feed(&input, &byte, 1, now);
        if (input.burst_len > INPUT_BURST_MOST)
            ck_abort_msg("the burst overflows");
        now += dice(40);
        input_tick(&input, now);
        *seen = 0;
    }
    input_stop(&input);
}
END_TEST

/* ---- the editor ---- */

START_TEST(the_editor_moves_and_cuts_by_glyph)
{
    struct tui_edit e = {0};
    edit_insert(&e, "周杰\n伦\t2019");
    ck_assert_str_eq(e.text, "周杰 伦 2019");
    for (int i = 0; i < 5; i++)
        edit_key(&e, TK_LEFT);
    edit_key(&e, TK_BACKSPACE);
    ck_assert_str_eq(e.text, "周杰  2019");
    edit_key(&e, TK_HOME);
    edit_key(&e, TK_DELETE);
    edit_key(&e, 0x6768);
    ck_assert_str_eq(e.text, "杨杰  2019");
    edit_key(&e, TK_END);
    edit_key(&e, 23); /* Ctrl-W */
    ck_assert_str_eq(e.text, "杨杰  ");
    edit_key(&e, 31); /* and back */
    ck_assert_str_eq(e.text, "杨杰  2019");
    edit_set(&e, "e");
    edit_key(&e, 0x301);
    edit_key(&e, TK_BACKSPACE);
    ck_assert_str_eq(e.text, "");
    edit_free(&e);
}
END_TEST

START_TEST(the_editor_never_overflows)
{
    struct tui_edit e = {0};
    struct tui_canvas c = {0};
    ck_assert_int_eq(canvas_resize(&c, 1, 20), 0);
    for (int i = 0; i < 30000; i++) {
        static const uint32_t keys[] = {TK_LEFT,   TK_RIGHT, TK_HOME, TK_END, TK_BACKSPACE,
                                        TK_DELETE, 11,       21,      23,     31};
        char text[400];
        if (dice(20) == 0) {
            random_text(text, sizeof text);
            edit_insert(&e, text);
        } else if (dice(2)) {
            edit_key(&e, dice(0x30000));
        } else {
            edit_key(&e, keys[dice(10)]);
        }
        if (strlen(e.text) != e.len || e.at > e.len || e.len >= EDIT_MOST)
            ck_abort_msg("length %zu, cursor %zu", e.len, e.at);
        edit_draw(&e, &c, 0, 1, (int)dice(20), true);
        check_row(&c, 0);
    }
    edit_free(&e);
    canvas_free(&c);
}
END_TEST

/* ---- a frame's bytes ---- */

static const struct {
    const char *said, *enough;
} frames[] = {
    {"\033(B\033[0;7ma\033(B\033[m", "\033[0;7ma\033[m"},
    {"\033[33mDraft\033[39m\033(B\033[m 1", "\033[33mDraft\033[m 1"},
    {"\033[31m\033[1m\033[0;2mx", "\033[0;2mx"},
    {"\033[31m\033[mx\033[;7my", "\033[mx\033[;7my"},
    /* colours are not forgotten by what does not reset them, nor where something is drawn */
    {"\033[31m\033[1mx", "\033[31m\033[1mx"},
    {"\033[31m\033[38;5;0mx", "\033[31m\033[38;5;0mx"},
    {"\033[41m\033[K\033[m", "\033[41m\033[K\033[m"},
    {"\033[41m\033[3X\033[m", "\033[41m\033[3X\033[m"},
    {"\033[41m \033[m", "\033[41m \033[m"},
    /* another character set is ended, too */
    {"\033(0q\033(B\033[mx", "\033(0q\033(B\033[mx"},
    {"\016q\017\033(B\033[mx", "\016q\017\033(B\033[mx"},
    /* ends in the middle */
    {"x\033[31m\033[", "x\033[31m\033["},
    {"x\033(", "x\033("},
    {"\033", "\033"},
    {"", ""},
};

START_TEST(a_frame_says_nothing_twice)
{
    char frame[64];
    size_t len = strlen(frames[_i].said);
    memcpy(frame, frames[_i].said, len);
    size_t now = frame_terse(frame, len);
    ck_assert_uint_eq(now, strlen(frames[_i].enough));
    ck_assert_mem_eq(frame, frames[_i].enough, now);
}
END_TEST

/* ---- the key table ---- */

START_TEST(every_key_parses_and_means_one_thing)
{
    for (const struct tui_key *k = tui_keys; k->keys; k++) {
        bool ime_proof = k->scope == SCOPE_ALL && k->action == DO_ROOM;
        for (const char *at = k->keys; *at;) {
            size_t len = strcspn(at, " ");
            uint32_t code = keys_code(at, len);
            ck_assert_msg(code, "“%.*s” is no key", (int)len, at);
            ck_assert_msg(keys_action(k->scope, code, false) == k->action,
                          "“%.*s” has two meanings", (int)len, at);
            bool letter = (code | 32) >= 'a' && (code | 32) <= 'z' && code < 127;
            ime_proof |=
                !letter && !(code > ' ' && code < '0') && code != '?' && code != ':' && code != '/';
            at += len;
            at += strspn(at, " ");
        }
        ck_assert_msg(ime_proof, "%s: no form that works under an input method", k->keys);
    }
}
END_TEST

START_TEST(fullwidth_keys_are_keys)
{
    ck_assert_int_eq(keys_action(SCOPE_LIST, 0xff1a, false), DO_COMMAND);
    ck_assert_int_eq(keys_action(SCOPE_LIST, 0xff0f, false), DO_FILTER);
    ck_assert_int_eq(keys_action(SCOPE_LIST, 0xff1f, false), DO_HELP);
    ck_assert_int_eq(keys_action(SCOPE_LIST, 0xff12, false), DO_ROOM);
    ck_assert_int_eq(keys_action(SCOPE_FORM, 'q', true), DO_NOTHING);
    ck_assert_int_eq(keys_action(SCOPE_FORM, 'q', false), DO_BACK);
}
END_TEST

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    Suite *suite = suite_create("console parts");
    TCase *t = tcase_create("parts");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_character_is_drawn_as_wide_as_libc_says);
    tcase_add_test(t, engines_agreed_on_these);
    tcase_add_test(t, no_text_breaks_a_row);
    tcase_add_test(t, clipping_ends_on_a_glyph);
    tcase_add_loop_test(t, bytes_become_events, 0, (int)(sizeof typing / sizeof *typing));
    tcase_add_test(t, random_bytes_never_break_the_parser);
    tcase_add_test(t, the_editor_moves_and_cuts_by_glyph);
    tcase_add_test(t, the_editor_never_overflows);
    tcase_add_loop_test(t, a_frame_says_nothing_twice, 0,
                        (int)(sizeof frames / sizeof *frames));
    tcase_add_test(t, every_key_parses_and_means_one_thing);
    tcase_add_test(t, fullwidth_keys_are_keys);
    suite_add_tcase(suite, t);
    return pn_test_main(suite);
}
