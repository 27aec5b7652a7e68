/* SPDX-License-Identifier: Apache-2.0 */
/* preset.c — every form of a change takes back what it begins with, and nothing changes by that. */
#include "config.h"
#include "catalog/show.h"
#include "db.h"
#include "shop.h"
#include "tui/model.h"
#include "tui/preset.h"

#include <string.h>

static const struct tui_value *value_of(const struct tui_table *t, const pn_col *into)
{
    int from = preset_from(t->type, into);
    return from < 0 ? NULL : table_at(t, 0, from);
}

/* The first row of that noun as a form would send it, every field of it. */
static void fill(pn *p, const pn_op *edit, const struct tui_table *t, void *in)
{
    char text[4096];
    for (const pn_col *c = edit->in->cols; c->name; c++) {
        const struct tui_value *v = c->flags & PN_KEY ? table_at(t, 0, type_key(t->type))
                                                      : value_of(t, c);
        if (!v || v->absent || !preset_text(c, v->plain, text, sizeof text) || !*text)
            continue;
        ok(pn_set(p, edit->in, in, c, text));
    }
}

/* What may differ afterwards. */
static bool is_of_the_change(const char *name)
{
    return !strcmp(name, "version") || !strcmp(name, "updated_at") || !strcmp(name, "author_id");
}

static struct tui_table *first_row(pn *p, const pn_op *list)
{
    pn_page page = {0};
    ok(pn_call(p, list, &(pn_list){.limit = 1}, &page));
    struct tui_table *t = page.rows.n ? table_new(p, list->out, page.rows.row, 1, NULL) : NULL;
    ck_assert_msg(!page.rows.n || t, "no memory");
    return t;
}

static void changes_nothing(const pn_op *edit, const pn_op *list)
{
    char out[4096];
    _Alignas(16) char in[4096] = {0};
    pn *p = as(PN_ROLE_ADMIN, OPS);
    struct tui_table *before = first_row(p, list);
    ck_assert_msg(before, "there is no %s", edit->noun);
    ck_assert(edit->in->size <= sizeof in && edit->out->size <= sizeof out);
    fill(p, edit, before, in);
    ok(pn_call(p, edit, in, out));
    pn_end(p);
    p = as(PN_ROLE_ADMIN, OPS);
    struct tui_table *after = first_row(p, list);
    for (int c = 0; c < before->cols; c++)
        if (!is_of_the_change(before->type->cols[c].name))
            ck_assert_msg(!strcmp(table_at(before, 0, c)->plain, table_at(after, 0, c)->plain),
                          "%s.%s: %s -> %s", edit->noun, before->type->cols[c].name,
                          table_at(before, 0, c)->plain, table_at(after, 0, c)->plain);
    table_free(before);
    table_free(after);
    pn_end(p);
}

START_TEST(a_form_takes_back_what_it_begins_with)
{
    static const char *const nouns[] = {"city", "venue", "hall", "show", "session", "tier"};
    make_shop();
    test_sql("update show set status = 'DRAFT', subtitle = '副题', permit_no = '沪 1',"
             " aliases = '{甲,乙}', is_large = true, approved_capacity = 900,"
             " purchase_limit_user = 4, notices = '{\"children\": \"1.2m\"}'");
    test_sql("update session set doors_at = start_at - interval '1 hour',"
             " end_at = start_at + interval '2 hours 30 seconds', outdoor = true");
    test_sql("update tier set hidden = true, gate_group = 'A'");
    test_sql("update city set hot = true");
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
        changes_nothing(pn_op_find(nouns[i], "edit"), pn_op_find(nouns[i], "list"));
}
END_TEST

/* Whatever is added: an id that a change takes is one that the row tells. */
START_TEST(every_reference_of_a_change_is_found_in_the_row)
{
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        const pn_op *edit = pn_op_find((*m)->noun, "edit"), *list = pn_op_find((*m)->noun, "list");
        for (const pn_col *c = edit && list ? edit->in->cols : NULL; c && c->name; c++) {
            int from = preset_from(list->out, c);
            if (c->flags & PN_KEY || !c->ref)
                continue;
            ck_assert_msg(from >= 0, "%s.%s", (*m)->noun, c->name);
            ck_assert_int_eq(list->out->cols[from].kind, PN_K_INT);
        }
    }
}
END_TEST

/* An approver reads what was and what will be, not the words of a program. */
START_TEST(people_read_differences_and_shares)
{
    typedef struct { pn_json diff, other, payload; int fee_bp; } row;
    PN_TYPE(type, "row", row, PN_COL(row, diff, "Changes"), PN_COL(row, other, "Other"),
            PN_COL(row, fee_bp, "Fee"), PN_COL(row, payload, "Asked for"));
    pn *p = as(PN_ROLE_ADMIN, OPS);
    const row r = {{"{\"face_price\": [\"880.00\", \"999.00\"], \"hidden\": [null, \"yes\"]}"},
                   {"{\"gate\": 3, \"list\": [1, 2]}"},
                   {"{\"id\": 7, \"code\": null, \"face_price\": \"999.00\"}"}, 525};
    ck_assert_str_eq(pn_show(p, &type.cols[0], &r),
                     "Face price 880.00 → 999.00; Hidden - → yes");
    ck_assert_str_eq(pn_show(p, &type.cols[1], &r), r.other.text); /* too deep for a line */
    ck_assert_str_eq(pn_show(p, &type.cols[3], &r), "ID: 7; Face price: 999.00");
    ck_assert_str_eq(pn_show(p, &type.cols[2], &r), "5.25%");
    ck_assert_str_eq(pn_plain(p, &type.cols[0], &r), r.diff.text);
    const pn_col *notices = pn_type_col(&pn_show_row_t, "notices");
    const pn_show_row show = {.notices = {"{\"eticket\": \"有\", \"prohibited\": \"无\"}"}};
    ck_assert_str_eq(pn_show(p, notices, &show), "Kinds of tickets: 有; What stays outside: 无");
    ck_assert_str_eq(pn_plain(p, &type.cols[2], &r), "525");
    pn_end(p);
}
END_TEST

START_TEST(what_is_masked_or_too_long_begins_empty)
{
    char text[8];
    const pn_col masked = {.name = "phone", .kind = PN_K_TEXT, .flags = PN_PII};
    const pn_col long_ = {.name = "detail", .kind = PN_K_TEXT};
    ck_assert(!preset_text(&masked, "138***", text, sizeof text));
    ck_assert(!preset_text(&long_, "longer than it", text, sizeof text));
    ck_assert(preset_text(&long_, "shorter", text, sizeof text));
    ck_assert_str_eq(text, "shorter");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("preset");
    TCase *rows = tcase_create("rows"), *types = tcase_create("types");
    tcase_add_checked_fixture(rows, test_db_setup, test_db_teardown);
    tcase_set_timeout(rows, 120);
    tcase_add_test(rows, a_form_takes_back_what_it_begins_with);
    tcase_add_test(rows, people_read_differences_and_shares);
    suite_add_tcase(suite, rows);
    tcase_add_test(types, every_reference_of_a_change_is_found_in_the_row);
    tcase_add_test(types, what_is_masked_or_too_long_begins_empty);
    suite_add_tcase(suite, types);
    return pn_test_main(suite);
}
