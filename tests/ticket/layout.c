/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c — face files: what is understood, and where errors point. */
#include "tools.h"

#include <string.h>

#define HEAD "code: x\npaper: {width: 80, height: 100}\nelements:\n"

static const struct { const char *text, *where, *words; } wrong[] = {
    {"code: x\npaper: {width: 80, height: 100}\n", "f.yaml:1:1:", "'elements' is missing"},
    {"code: x\ncolour: red\n", "f.yaml:2:1:", "unknown key 'colour'"},
    {"code: x\npaper: {width: 80}\nelements: []\n", "f.yaml:2:8:", "'height' is missing"},
    {HEAD "  - {text: \"{shwo}\", at: [4, 4], w: 10}\n", "f.yaml:4:12:", "unknown field 'shwo'"},
    {HEAD "  - {field: nope, at: [4, 4], w: 10}\n", "f.yaml:4:13:", "unknown field 'nope'"},
    {HEAD "  - {text: \"{show\", at: [4, 4], w: 10}\n", "f.yaml:4:12:", "'{' without '}'"},
    {HEAD "  - {text: a, at: [4, 4], w: 10, colour: red}\n", "f.yaml:4:34:", "'colour'"},
    {HEAD "  - {text: a, at: [4, 4], w: 10, level: M}\n", "f.yaml:4:34:", "no meaning"},
    {HEAD "  - {text: a, at: [4], w: 10}\n", "f.yaml:4:19:", "expected 2 numbers"},
    {HEAD "  - {text: a, at: [4, x], w: 10}\n", "f.yaml:4:23:", "a number from"},
    {HEAD "  - {text: a, at: [75, 4], w: 10}\n", "f.yaml:4:5:", "leaves the paper"},
    {HEAD "  - {text: a, at: [4, 4], w: 10, rotate: 45}\n", "f.yaml:4:42:", "0 90 180 270"},
    {HEAD "  - {text: a, at: [4, 4]}\n", "f.yaml:4:5:", "'w' is missing"},
    {HEAD "  - {at: [4, 4], w: 10}\n", "f.yaml:4:5:", "needs one of"},
    {HEAD "  - {text: a, qr: b, at: [4, 4], w: 10}\n", "f.yaml:4:15:", "has one of"},
    {HEAD "  - {image: aGVsbG8=, at: [4, 4], w: 10, h: 5}\n", "f.yaml:4:13:", "not a PNG"},
    {HEAD "  - {text: a, at: [4, 4], w: 10, when: nope}\n", "f.yaml:4:40:", "unknown field"},
    {"code: [\n", "f.yaml:2:1:", ""},
    {"", "f.yaml:1:1:", "starts with"},
};

START_TEST(errors_point_at_the_place)
{
    pn *p = bare_unit();
    pn_layout *face;
    const char *text = wrong[_i].text;
    fails(PN_EARG, pn_layout_read(p, "f.yaml", text, strlen(text), &face));
    const char *message = pn_error(p)->message;
    ck_assert_msg(!strncmp(message, wrong[_i].where, strlen(wrong[_i].where)), "%s", message);
    ck_assert_msg(strstr(message, wrong[_i].words) != NULL, "%s", message);
    ck_assert_str_eq(pn_error(p)->field, "file");
    pn_end(p);
}
END_TEST

START_TEST(an_unknown_field_lists_the_known)
{
    pn *p = bare_unit();
    pn_layout *face;
    const char *text = HEAD "  - {field: nope, at: [4, 4], w: 10}\n";
    fails(PN_EARG, pn_layout_read(p, "f.yaml", text, strlen(text), &face));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "ticket_no"));
    pn_end(p);
}
END_TEST

START_TEST(the_standard_face_is_read)
{
    pn *p = bare_unit();
    pn_layout *face = standard_face(p);
    ck_assert_str_eq(face->code, "standard-80x180");
    ck_assert_double_eq(face->width, 80);
    ck_assert_double_eq(face->height, 180);
    ck_assert_str_eq(face->weekdays[0], "星期日");
    int qr = 0, bars = 0;
    for (int i = 0; i < face->n; i++) {
        qr += face->elements[i].kind == PN_EL_QR;
        bars += face->elements[i].kind == PN_EL_CODE128;
    }
    ck_assert_int_eq(qr, 1);
    ck_assert_int_eq(bars, 1);
    pn_end(p);
}
END_TEST

START_TEST(fields_are_filled_in)
{
    pn *p = bare_unit();
    pn_face_data data = {{0}};
    data.v[PN_F_show] = "茶馆";
    data.v[PN_F_seat] = NULL;
    ck_assert_str_eq(pn_layout_expand(p, "《{show}》{seat}!", &data), "《茶馆》!");
    ck_assert_str_eq(pn_layout_expand(p, "{{show}", &data), "{show}");
    ck_assert_str_eq(pn_layout_expand(p, "", &data), "");
    pn_end(p);
}
END_TEST

START_TEST(a_huge_file_is_refused)
{
    pn *p = bare_unit();
    pn_layout *face;
    char *text = calloc(1, 700000);
    memset(text, '#', 699999);
    fails(PN_ETOO_BIG, pn_layout_read(p, "f.yaml", text, 699999, &face));
    free(text);
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ticket/layout");
    TCase *c = tcase_create("layout");
    tcase_add_loop_test(c, errors_point_at_the_place, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(c, an_unknown_field_lists_the_known);
    tcase_add_test(c, the_standard_face_is_read);
    tcase_add_test(c, fields_are_filled_in);
    tcase_add_test(c, a_huge_file_is_refused);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
