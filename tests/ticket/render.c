/* SPDX-License-Identifier: Apache-2.0 */
/* render.c — what is drawn, read back by programs that are not ours: zbar and poppler. */
#include "tools.h"

#include <stdio.h>
#include <string.h>

static pn *p;
static pn_layout *face;
static pn_face_data words;
static char code[PN_PN1_CHARS + 1], bar[PN_BARCODE_MAX];

static void setup(void)
{
    p = bare_unit();
    face = standard_face(p);
    sample_words(&words, code, bar);
}

static void teardown(void)
{
    pn_end(p);
}

static const char *decode(const char *path)
{
    return output_of("zbarimg -q --raw --nodbus %s 2>/dev/null | sort", path);
}

static void check_both(const char *found)
{
    char want[300];
    snprintf(want, sizeof want, "%s\n%s", code, bar); /* "PN1" sorts before "TP" */
    ck_assert_str_eq(found, want);
}

static const int resolutions[] = {203, 300, 180};

START_TEST(a_printed_ticket_is_decoded_by_zbar)
{
    pn_dots dots;
    pn_buf png;
    ok(pn_render_dots(p, face, &words, resolutions[_i], NULL, &dots));
    ok(pn_dots_png(p, &dots, &png));
    save(scratch_file("dots.png"), &png);
    check_both(decode(scratch_file("dots.png")));
}
END_TEST

START_TEST(the_paper_has_its_size_in_dots)
{
    pn_dots dots;
    ok(pn_render_dots(p, face, &words, 203, NULL, &dots));
    ck_assert_int_eq(dots.width, 639); /* 80 mm */
    ck_assert_int_eq(dots.height, 1439);
    ck_assert_int_eq(dots.stride, 80);
    fails(PN_EARG, pn_render_dots(p, face, &words, 20, NULL, &dots));
    fails(PN_EARG, pn_render_dots(p, face, &words, 5000, NULL, &dots));
}
END_TEST

/* Version 6-M: 41 modules of six dots, whole dots, nothing grey. */
START_TEST(modules_are_whole_dots)
{
    pn_qr_places places;
    pn_dots dots;
    ok(pn_render_dots(p, face, &words, 203, &places, &dots));
    ck_assert_int_eq(places.n, 1);
    ck_assert_int_eq(places.at[0].modules, 41);
    ck_assert_int_eq(places.at[0].module, 6);
    ck_assert_str_eq(places.at[0].text, code);
    pn_dots full;
    ok(pn_render_dots(p, face, &words, 203, NULL, &full));
    const pn_qr_place *q = &places.at[0];
    for (int y = 0; y < q->modules; y++)
        for (int x = 0; x < q->modules; x++) {
            bool first = pn_dot(&full, q->x + x * q->module, q->y + y * q->module);
            for (int i = 0; i < q->module * q->module; i++)
                ck_assert(first == pn_dot(&full, q->x + x * q->module + i % q->module,
                                          q->y + y * q->module + i / q->module));
        }
}
END_TEST

START_TEST(the_preview_is_decoded_too)
{
    pn_buf png;
    ok(pn_render_png(p, face, &words, 203, &png));
    save(scratch_file("preview.png"), &png);
    check_both(decode(scratch_file("preview.png")));
}
END_TEST

START_TEST(the_pdf_is_text_with_embedded_fonts)
{
    pn_buf pdf;
    const pn_face_data two[] = {words, words};
    ok(pn_render_pdf(p, face, two, 2, &pdf));
    save(scratch_file("two.pdf"), &pdf);
    const char *text = output_of("pdftotext %s -", scratch_file("two.pdf"));
    ck_assert_ptr_nonnull(strstr(text, "歌剧《魅影》中文版 上海站"));
    ck_assert_ptr_nonnull(strstr(text, "一楼 A区 12排 8座"));
    ck_assert_ptr_nonnull(strstr(text, "TP0000001310729"));
    const char *fonts = output_of("pdffonts %s | tail -n +3 | awk '{ print $(NF-4) }' | sort -u",
                                  scratch_file("two.pdf"));
    ck_assert_str_eq(fonts, "yes"); /* every font is embedded */
    ck_assert_str_eq(output_of("pdfinfo %s | awk '/^Pages/ { print $2 }'",
                               scratch_file("two.pdf")), "2");
    ck_assert_str_eq(output_of("pdfinfo %s | awk '/^Page size/ { print int($3), int($5) }'",
                               scratch_file("two.pdf")), "226 510");
    output_of("pdftoppm -r 203 -png -f 2 -l 2 %s %s", scratch_file("two.pdf"),
              scratch_file("page"));
    check_both(decode(scratch_file("page-2.png")));
}
END_TEST

/* ---- characters ---- */

static const char *const rare[] = {
    "赵喆与龑", "㙓㵟", "𠮷野家", "𣗋𤩽", "锓头", "Ärzte ñandú Łódź", "Ελλάδα Москва", "100 ㎡ ①",
};

START_TEST(rare_characters_are_printed)
{
    words.v[PN_F_show] = rare[_i];
    ok(pn_render_check(p, face, &words));
    pn_buf pdf;
    ok(pn_render_pdf(p, face, &words, 1, &pdf));
    save(scratch_file("rare.pdf"), &pdf);
    const char *text = output_of("pdftotext %s -", scratch_file("rare.pdf"));
    ck_assert_msg(strstr(text, rare[_i]) != NULL, "%s not in %s", rare[_i], text);
}
END_TEST

static const struct { const char *text, *point; } missing[] = {
    {"名字\xf3\xb0\x80\x80", "U+F0000"},         /* private use */
    {"名\xee\x80\x80字", "U+E000"},              /* private use, some fonts have boxes there */
    {"a\tb", "U+0009"},
    {"名\xf0\xb3\x91\x90字", "U+33450"},         /* assigned in no font of ours */
    {"a\xef\xbf\xbd", "U+FFFD"},                 /* somebody's conversion failed before */
};

START_TEST(a_missing_glyph_is_named_and_nothing_is_made)
{
    pn_dots dots = {0};
    pn_buf out = {0};
    words.v[PN_F_show] = missing[_i].text;
    fails(PN_EGLYPH, pn_render_dots(p, face, &words, 203, NULL, &dots));
    ck_assert_msg(strstr(pn_error(p)->message, missing[_i].point) != NULL, "%s",
                  pn_error(p)->message);
    ck_assert_ptr_null(dots.bits);
    fails(PN_EGLYPH, pn_render_pdf(p, face, &words, 1, &out));
    fails(PN_EGLYPH, pn_render_png(p, face, &words, 203, &out));
    ck_assert_ptr_null(out.text);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_refused)
{
    words.v[PN_F_show] = "\xc4\xe3\xba\xc3"; /* GBK */
    fails(PN_EGLYPH, pn_render_check(p, face, &words));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "UTF-8"));
}
END_TEST

START_TEST(long_titles_stay_in_their_box)
{
    pn_dots plain, full;
    char title[1000] = "";
    ok(pn_render_dots(p, face, &words, 203, NULL, &plain));
    for (int i = 0; i < 40; i++)
        strncat(title, "很长的标题", sizeof title - strlen(title) - 1);
    words.v[PN_F_show] = title;
    ok(pn_render_dots(p, face, &words, 203, NULL, &full));
    int left = 4 * 8 - 2, right = 76 * 8 + 2, from = 16 * 8, to = 31 * 8;
    for (int y = from; y < to; y++)
        for (int x = 0; x < full.width; x++)
            ck_assert_msg((x >= left && x <= right) || !pn_dot(&full, x, y), "ink at %d,%d", x, y);
    for (int y = 40 * 8; y < 120 * 8; y++) /* and nothing else moved */
        ck_assert_mem_eq(full.bits + y * full.stride, plain.bits + y * plain.stride, 80);
}
END_TEST

START_TEST(a_code_that_does_not_fit_says_what_it_needs)
{
    static const char text[] = "code: x\npaper: {width: 80, height: 80}\nelements:\n"
                               "  - {qr: \"{code}\", at: [4, 4], w: 10}\n";
    pn_layout *small;
    pn_dots dots;
    ok(pn_layout_read(p, "f", text, strlen(text), &small));
    fails(PN_EARG, pn_render_dots(p, small, &words, 203, NULL, &dots));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "12.3 mm"));
}
END_TEST

START_TEST(code128_is_the_standards)
{
    /* "PJJ123C": the well-known worked example, here in set B: its check character is 55. */
    static const char want[] = "211214" "313121" "112133" "112133" "123221" "223211" "221132"
                               "131321" "311321" "2331112";
    uint8_t widths[200];
    char got[200];
    size_t n = pn_code128("PJJ123C", widths, sizeof widths);
    for (size_t i = 0; i < n; i++)
        got[i] = (char)('0' + widths[i]);
    got[n] = 0;
    ck_assert_str_eq(got, want);
    ck_assert_uint_eq(pn_code128("", widths, sizeof widths), 0);
    ck_assert_uint_eq(pn_code128("中", widths, sizeof widths), 0);
    ck_assert_uint_eq(pn_code128("PJJ123C", widths, 20), 0);
    ck_assert_uint_lt(pn_code128("12345678", widths, sizeof widths),
                      pn_code128("ABCDEFGH", widths, sizeof widths));
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))
int main(void)
{
    Suite *s = suite_create("ticket/render");
    TCase *c = tcase_create("render");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, a_printed_ticket_is_decoded_by_zbar, 0, N(resolutions));
    tcase_add_test(c, the_paper_has_its_size_in_dots);
    tcase_add_test(c, modules_are_whole_dots);
    tcase_add_test(c, the_preview_is_decoded_too);
    tcase_add_test(c, the_pdf_is_text_with_embedded_fonts);
    tcase_add_loop_test(c, rare_characters_are_printed, 0, N(rare));
    tcase_add_loop_test(c, a_missing_glyph_is_named_and_nothing_is_made, 0, N(missing));
    tcase_add_test(c, text_that_is_not_utf8_is_refused);
    tcase_add_test(c, long_titles_stay_in_their_box);
    tcase_add_test(c, a_code_that_does_not_fit_says_what_it_needs);
    tcase_add_test(c, code128_is_the_standards);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
