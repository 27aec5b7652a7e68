/* SPDX-License-Identifier: Apache-2.0 */
/* view.c — views that people keep: their own, of lists they may read, and shared at home only. */
#include "user_int.h"

#include "base/sql_int.h"
#include "base/unit_int.h"

#include <string.h>

static pn_view *only(pn *p, const char *where)
{
    pn_page page;
    ok(pn_view_list(p, &(pn_list){.where = where}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    return page.rows.row;
}

START_TEST(a_view_is_kept_replaced_and_forgotten)
{
    pn_view v, again;
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    user_login(p, "anna");
    ok(pn_view_save(p, &(struct pn_view_save){.noun = "order", .name = "早班发货",
                            .filter = "status=PAID", .sort = "-payable_fen", .slot = 1,
                            .columns = "no,status"}, &v));
    ck_assert_str_eq(only(p, "noun=order")->columns, "no,status");
    ok(pn_view_save(p, &(struct pn_view_save){.noun = "order", .name = "早班发货"}, &again));
    ck_assert_int_eq(again.id, v.id);
    ck_assert_str_eq(only(p, NULL)->filter, "");
    ck_assert(only(p, NULL)->mine);
    ok(pn_view_forget(p, &(struct pn_view_forget){v.id}, &again));
    fails(PN_ENONE, pn_view_forget(p, &(struct pn_view_forget){v.id}, &again));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where noun = 'view'"), 3);
}
END_TEST

static const struct { struct pn_view_save in; const char *field; } wrong[] = {
    {{.noun = "order", .name = "x", .filter = "colour=red"}, "filter"},
    {{.noun = "order", .name = "x", .filter = "payable>=much"}, "filter"},
    {{.noun = "order", .name = "x", .sort = "colour"}, "sort"},
    {{.noun = "order", .name = "x", .columns = "no,colour"}, "columns"},
    {{.noun = "nothing", .name = "x"}, "noun"},
    {{.noun = "order show", .name = "x"}, "noun"},
    {{.noun = "key", .name = "x"}, "noun"}, /* a list, but not hers */
    {{.noun = "order", .name = "x", .slot = 10}, "slot"},
};

START_TEST(what_cannot_be_shown_cannot_be_kept)
{
    pn_view v;
    user_make("anna", "BOXOFFICE", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    user_login(p, "anna");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fails(PN_EARG, pn_view_save(p, &wrong[i].in, &v));
        ck_assert_str_eq(pn_error(p)->field, wrong[i].field);
    }
}
END_TEST

START_TEST(a_digit_has_one_view)
{
    pn_view v;
    user_make("anna", "OPS", 0);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    user_login(p, "anna");
    ok(pn_view_save(p, &(struct pn_view_save){.noun = "order", .name = "a", .slot = 3}, &v));
    ok(pn_view_save(p, &(struct pn_view_save){.noun = "order", .name = "b", .slot = 3}, &v));
    ck_assert_str_eq(only(p, "slot=3")->name, "b");
}
END_TEST

START_TEST(shared_views_stay_in_the_house)
{
    pn_view v;
    pn_page page;
    user_make("anna", "MERCHANT", 7);
    user_make("bert", "MERCHANT", 7);
    user_make("carl", "MERCHANT", 8);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    user_login(p, "anna");
    ok(pn_view_save(p, &(struct pn_view_save){.noun = "listing", .name = "own"}, &v));
    ok(pn_view_save(p, &(struct pn_view_save){.noun = "listing", .name = "all", .shared = true},
                    &v));
    user_login(p, "bert");
    ck_assert_str_eq(only(p, NULL)->name, "all");
    ck_assert(!only(p, NULL)->mine);
    fails(PN_ENONE, pn_view_forget(p, &(struct pn_view_forget){v.id}, &v));
    user_login(p, "carl");
    ok(pn_view_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
}
END_TEST

void view_cases(TCase *tests)
{
    tcase_add_test(tests, a_view_is_kept_replaced_and_forgotten);
    tcase_add_test(tests, what_cannot_be_shown_cannot_be_kept);
    tcase_add_test(tests, a_digit_has_one_view);
    tcase_add_test(tests, shared_views_stay_in_the_house);
}
