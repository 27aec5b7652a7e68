/* SPDX-License-Identifier: Apache-2.0 */
/* list.c — paging by key visits every row once in every order; filters say what they refuse. */
#include <string.h>

#include "base/sql_int.h"
#include "db.h"

#include <stdio.h>

typedef struct pn_rule {
    int64_t id;
    const char *key, *value;
    pn_time since;
    int n;
    pn_money cost_fen;
} pn_rule;
static const pn_type rule_t = {"rule", sizeof(pn_rule), (const pn_col[]){
    PN_COL(pn_rule, id, "ID", .flags = PN_KEY | PN_SORT),
    PN_COL(pn_rule, key, "Key", .flags = PN_SORT),
    PN_COL(pn_rule, value, "Value", .flags = PN_SORT),
    PN_COL(pn_rule, since, "Since", .flags = PN_SORT, .sql = "effective_from"),
    PN_COL(pn_rule, n, "N", .flags = PN_SORT, .sql = "length(key)"),
    PN_COL(pn_rule, cost_fen, "Cost", .flags = PN_SORT | PN_BRIEF, .sql = "id * 100"), {0}}};
static const pn_list_spec spec = {.row = &rule_t, .from = "policy", .key = "id", .sort = "key",
                                  .scope = "scope = 'test' AND effective_from <= :now"};
int pn_rule_list(pn *p, const pn_list *in, pn_page *out);
PN_OP_LIST(rule, list, spec, .brief = "Rules", .out = &rule_t, .may = PN_ROLE_OPS)

/* What is young depends on the moment, and only a filter asks for it. */
static const pn_type young_t = {"young", sizeof(pn_rule), (const pn_col[]){
    PN_COL(pn_rule, id, "ID", .flags = PN_KEY | PN_SORT),
    PN_COL(pn_rule, value, "Value"),
    PN_COL(pn_rule, n, "N", .sql = "case when effective_from > :now then 1 else 0 end"), {0}}};
static const pn_list_spec young = {.row = &young_t, .from = "policy", .key = "id", .sort = "id",
                                   .scope = "scope = 'test'"};
int pn_young_list(pn *p, const pn_list *in, pn_page *out);
PN_OP_LIST(young, list, young, .brief = "Young", .out = &young_t, .may = PN_ROLE_OPS)

static pn *p;
static void setup(void)
{
    test_db_setup();
    test_sql("insert into policy (id, key, scope, value, effective_from)"
             " select g, 'k' || lpad(g::text, 3, '0'), 'test', 'v' || g % 7,"
             " timestamptz '2026-01-01 00:00+08' + (g % 11) * interval '1 day'"
             " from generate_series(1, 123) g");
    p = test_begin(PN_ROLE_OPS);
}
static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static const char *const sorts[] = {"key", "-key", "value", "-value,key", "value,-since,key",
                                    "-since,-value", "id", "-id", "n,-value",
                                    "cost", "-cost_fen", "~", "~-value,key"};

START_TEST(every_order_visits_every_row_once)
{
    bool seen[124] = {false};
    int n = 0, pages = 0;
    pn_page page = {0};
    pn_list in = {.sort = sorts[_i], .limit = 10};
    do {
        in.after = page.next;
        ok(pn_rule_list(p, &in, &page));
        pn_each(pn_rule, r, &page.rows) {
            ck_assert(!seen[r->id]);
            seen[r->id] = true;
            n++;
        }
    } while (page.next && ++pages < 50);
    ck_assert_int_eq(n, 123);
    ck_assert_int_eq(pages, 12);
}
END_TEST

/* From its end an order is the same order: read to the beginning, it is the other way round. */
START_TEST(an_order_can_be_read_from_its_end)
{
    int64_t ids[123];
    int n = 0;
    pn_page page = {0}, back = {0};
    char from_end[64];
    snprintf(from_end, sizeof from_end, "~%s", sorts[_i]);
    ok(pn_rule_list(p, &(pn_list){.sort = sorts[_i], .limit = 500}, &page));
    pn_each(pn_rule, r, &page.rows)
        ids[n++] = r->id;
    do {
        ok(pn_rule_list(p, &(pn_list){.sort = from_end, .limit = 50, .after = back.next}, &back));
        pn_each(pn_rule, r, &back.rows)
            ck_assert_int_eq(r->id, ids[--n]);
    } while (back.next);
    ck_assert_int_eq(n, 0);
    ok(pn_rule_list(p, &(pn_list){.sort = "key", .limit = 5}, &page));
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.sort = "~key", .after = page.next}, &page));
}
END_TEST

static const struct { const char *where; int n; } filters[] = {
    {"", 123}, {"key=k001", 1}, {"key!=k001", 122}, {"key=k001,k002,k999", 2}, {"key~K00", 9},
    {"key!~k00", 114}, {"id>=100", 24}, {"id>100 id<=110", 10}, {"id=5..7", 3},
    {"since=2026-01-01", 11}, {"since=2026-01-01..2026-01-02", 23}, {"since<2026-01-02", 11},
    {"Key=k001", 1}, {"KEY=k001", 1}, {"cost>=122", 2}, {"cost_fen>=122", 2},
    {"value=\"v1\" key=\"k001\"", 1}, {"n=4", 123}, {"key=", 0},
    {"key=\"a b\"", 0}, {"key~%", 0}, {"key='", 0}};

START_TEST(filters_select)
{
    pn_page page;
    ok(pn_rule_list(p, &(pn_list){.where = filters[_i].where, .limit = 500}, &page));
    ck_assert_msg((int)page.rows.n == filters[_i].n, "%s: %zu rows", filters[_i].where,
                  page.rows.n);
}
END_TEST

static const pn_list refused[] = {{.where = "colour=red"}, {.where = "id=x"}, {.where = "key"},
    {.where = "=1"}, {.where = "key=\"open"}, {.sort = "colour"}, {.after = "!!"},
    {.after = "WyIiXQ"}, {.q = "text"}, {.limit = 5000}, {.limit = -1},
    {.where = "id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1 id=1"
              " id=1 id=1 id=1 id=1 id=1"}};

START_TEST(what_is_no_filter_is_refused)
{
    pn_page page = {.next = "untouched"};
    int rc = pn_rule_list(p, &refused[_i], &page);
    ck_assert_msg(rc == PN_EARG || rc == PN_ETOO_BIG, "%d: %d", _i, rc);
    ck_assert_ptr_nonnull(pn_error(p)->field);
    ck_assert_str_eq(page.next, "untouched");
}
END_TEST

START_TEST(a_row_is_found_by_its_key_alone)
{
    pn_page page;
    test_sql("insert into policy (id, key, scope, value, effective_from)"
             " values (500, 'elsewhere', 'other', '', '2026-01-01')");
    ok(pn_rule_list(p, &(pn_list){.key = 77, .where = "id=78", .sort = "value"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_str_eq(((pn_rule *)page.rows.row)->key, "k077");
    ck_assert_int_eq(((pn_rule *)page.rows.row)->cost_fen.fen, 7700);
    ck_assert_ptr_null(page.next);
    ok(pn_rule_list(p, &(pn_list){.key = 500}, &page)); /* out of the list's scope */
    ck_assert_uint_eq(page.rows.n, 0);
    ok(pn_rule_list(p, &(pn_list){.key = 999}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    ok(pn_rule_list(p, &(pn_list){.limit = 500}, &page));
    ck_assert_uint_eq(page.rows.n, 123);
}
END_TEST

START_TEST(a_refusal_names_the_columns)
{
    pn_page page;
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.where = "colour=red"}, &page));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "id, key, value, since, n, cost_fen"));
}
END_TEST

START_TEST(a_cursor_fits_only_its_own_order)
{
    pn_page page;
    ok(pn_rule_list(p, &(pn_list){.sort = "key", .limit = 5}, &page));
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.sort = "-key", .after = page.next}, &page));
}
END_TEST

START_TEST(rows_are_counted_in_the_place_of_rows)
{
    pn_page page;
    ok(pn_rule_list(p, &(pn_list){.where = "id<=4", .count = "", .limit = 1}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    pn_count *c = page.rows.row;
    ck_assert_int_eq(c->rows, 4);
    ck_assert_int_eq(c->money.fen, 1000); /* 1 + 2 + 3 + 4 yuan */
    ck_assert_ptr_null(page.next);
    ok(pn_rule_list(p, &(pn_list){.where = "id<=15", .count = "Value"}, &page));
    ck_assert_uint_eq(page.rows.n, 7);
    c = page.rows.row;
    ck_assert_str_eq(c->value, "v1"); /* 1, 8 and 15 */
    ck_assert_int_eq(c->rows, 3);
    ck_assert_int_eq(c->money.fen, 2400);
    ok(pn_rule_list(p, &(pn_list){.where = "id>900", .count = "", .since = "since"}, &page));
    c = page.rows.row;
    ck_assert_int_eq(c->rows, 0);
    ck_assert_int_eq(c->since.us, 0);
}
END_TEST

START_TEST(the_earliest_is_told_with_the_number)
{
    pn_page rows, count;
    ok(pn_rule_list(p, &(pn_list){.where = "id>=50", .sort = "since", .limit = 1}, &rows));
    ok(pn_rule_list(p, &(pn_list){.where = "id>=50", .count = "", .since = "since"}, &count));
    ck_assert_int_eq(((pn_count *)count.rows.row)->since.us, ((pn_rule *)rows.rows.row)->since.us);
    ck_assert_int_ne(((pn_count *)count.rows.row)->since.us, 0);
}
END_TEST

START_TEST(a_filter_that_knows_the_time_counts_as_it_lists)
{
    pn_page rows, count;
    pn_set_now(p, (pn_time){1767369600000000 + 1}); /* 2026-01-03 00:00 in Shanghai, and a bit */
    for (int n = 0; n < 2; n++) {
        pn_list in = {.where = n ? "id>5 n=1" : "n=0", .limit = 200};
        ok(pn_young_list(p, &in, &rows));
        ck_assert_uint_gt(rows.rows.n, 0);
        in.count = "";
        ok(pn_young_list(p, &in, &count));
        ck_assert_int_eq(((pn_count *)count.rows.row)->rows, (int64_t)rows.rows.n);
    }
}
END_TEST

START_TEST(what_cannot_be_counted_is_refused)
{
    pn_page page;
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.count = "colour"}, &page));
    ck_assert_str_eq(pn_error(p)->field, "count");
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.count = "since"}, &page));
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.count = "", .where = "colour=red"}, &page));
    fails(PN_EARG, pn_rule_list(p, &(pn_list){.count = "", .since = "key"}, &page));
    ck_assert_str_eq(pn_error(p)->field, "since");
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))
int main(void)
{
    Suite *s = suite_create("list");
    TCase *t = tcase_create("lists");
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, every_order_visits_every_row_once, 0, N(sorts));
    tcase_add_loop_test(t, an_order_can_be_read_from_its_end, 0, N(sorts) - 2);
    tcase_add_loop_test(t, filters_select, 0, N(filters));
    tcase_add_loop_test(t, what_is_no_filter_is_refused, 0, N(refused));
    tcase_add_test(t, a_row_is_found_by_its_key_alone);
    tcase_add_test(t, a_refusal_names_the_columns);
    tcase_add_test(t, a_cursor_fits_only_its_own_order);
    tcase_add_test(t, rows_are_counted_in_the_place_of_rows);
    tcase_add_test(t, a_filter_that_knows_the_time_counts_as_it_lists);
    tcase_add_test(t, the_earliest_is_told_with_the_number);
    tcase_add_test(t, what_cannot_be_counted_is_refused);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
