/* SPDX-License-Identifier: Apache-2.0 */
/* composite.c — many rows as one value: they arrive as the arrays they replace would bring
 * them, whether the database has their type or not. */
#include <string.h>

#include "base/composite_int.h"
#include "db.h"

enum { A_WORD = 1 };
static const pn_words words[] = {{"ONE", "one", 0}, {0}};

typedef struct cell {
    int no;
    int64_t n;
    const char *text;
    pn_word word;
    pn_bytes bytes;
    pn_time at;
    pn_date day;
    bool yes;
    double real;
    pn_json json;
} cell;
#define C(f, ...) PN_COL(cell, f, #f, __VA_ARGS__)
static PN_TYPE(cell_t, "cell", cell, C(no, .flags = PN_OPT), C(n, .flags = PN_OPT), C(text),
    C(word, .words = words), C(bytes), C(at), C(day), C(yes), C(real), C(json));
#undef C

static const pn_sql put = {"cell_put", &cell_t, NULL,
    "insert into cell select u.no, u.n, u.text, u.word, u.bytes, u.at, u.day, u.yes, u.real, u.json"
    " from unnest(:no, :n, :text, :word, :bytes, :at, :day, :yes, :real,\n :json)"
    " u(no, n, text, word, bytes, at, day, yes, real, json)", .array = true};
#define TYPE "row_ilttyzdbfj"
#define MAKE                                                                                       \
    "create type " TYPE " as (a int, b bigint, c text, d text, e bytea, f timestamptz, g date,"    \
    " h boolean, i float8, j jsonb)"

static pn *p;
static cell some[3];

static void setup(void)
{
    test_db_setup();
    test_sql("create table cell (no int, n bigint, t text, w text, y bytea, z timestamptz, d date,"
             " b boolean, f float8, j jsonb)");
    p = test_begin(PN_ROLE_OPS);
    some[0] = (cell){7, INT64_MAX, "票牛, \"quoted\" (and) {more}", {A_WORD}, {"\0\1\xff", 3},
                     {1764288000123456}, {20420}, true, -1.25, {"{\"a\": [1, null]}"}};
    some[1] = (cell){0}; /* what is absent is null */
    some[2] = (cell){-1, -5, "", {0}, {"", 0}, {1}, {1}, false, 1e300, {"[]"}};
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static const char *sum(void)
{
    return test_sql_text("select md5(string_agg(c::text, '|' order by f nulls first)) from cell c");
}

static void again(void)
{
    pn_end(p);
    test_db_close();
    test_db_open();
    p = test_begin(PN_ROLE_OPS);
}

static Oid known(void)
{
    Oid oid;
    ck_assert_int_eq(pni_row_type(p, TYPE, &oid), 0);
    return oid;
}

START_TEST(rows_and_arrays_bring_the_same)
{
    char arrays[64];
    ck_assert_int_eq(pn_exec_many(p, &put, some, 3, NULL), 0);
    ck_assert_int_eq(known(), 0);
    snprintf(arrays, sizeof arrays, "%s", sum());
    test_sql(MAKE "; delete from cell");
    ck_assert_int_eq(known(), 0); /* this connection has asked before */
    again();
    ck_assert_int_ne(known(), 0);
    ck_assert_int_eq(pn_exec_many(p, &put, some, 3, NULL), 0);
    ck_assert_str_eq(sum(), arrays);
    ck_assert_int_eq(test_sql_int("select n from cell where no = 7 and y = '\\x0001ff' and w ="
                                  " 'ONE' and b and j = '{\"a\": [1, null]}'") == INT64_MAX, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from cell where n is null and t is null"
                                  " and z is null and j is null"), 1);
}
END_TEST

/* A restored database gives its types other numbers; whoever connects anew learns them. */
START_TEST(a_type_made_anew_is_found_anew)
{
    test_sql(MAKE);
    Oid before = known();
    ck_assert_int_ne(before, 0);
    test_sql("drop type " TYPE "; " MAKE);
    again();
    ck_assert_int_ne(known(), before);
    ck_assert_int_eq(pn_exec_many(p, &put, some, 3, NULL), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from cell"), 3);
}
END_TEST

START_TEST(no_rows_are_none)
{
    ck_assert_int_eq(pn_exec_many(p, &put, some, 0, NULL), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from cell"), 0);
}
END_TEST

/* Only where an unnest() has several columns, and nothing else in its list. */
START_TEST(what_becomes_a_row)
{
    static const struct { const char *text, *numbered; int n; } all[] = {
        {"select unnest(:n, :text)", "select unnest($1::row_lt[])", 2},
        {"select unnest( :n,\n :text , :day ) with ordinality",
         "select unnest($1::row_ltd[]) with ordinality", 3},
        {"select unnest(:n) where :now", "select unnest($1) where $2", 0},
        {"select unnest(:n::bigint[], :text)", "select unnest($1::bigint[], $2)", 0},
        {"select unnest((:n)::bigint[], :text)", "select unnest(($1)::bigint[], $2)", 0},
        {"select my_unnest(:n, :text)", "select my_unnest($1, $2)", 0},
        {"select unnest(:n, :text), unnest(:n, :day), :n",
         "select unnest($1::row_lt[]), unnest($2, $3), $2", 2},
        {"select ':n', unnest(:n, :nothing)", NULL, 0}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char out[500];
        pni_scan scan = {.in = &cell_t, .array = true, .form = PNI_ROWS};
        int len = pni_scan_sql(&scan, all[i].text, out, sizeof out);
        ck_assert_int_eq(len >= 0, all[i].numbered != NULL);
        if (!all[i].numbered) {
            ck_assert_str_eq(scan.bad, "nothing");
            continue;
        }
        ck_assert_str_eq(out, all[i].numbered);
        ck_assert_int_eq(scan.row_n, all[i].n);
    }
}
END_TEST

/* One row alone needs neither a type nor an array: the statement for many takes its values. */
START_TEST(the_only_row_is_values)
{
    char many[64];
    test_sql(MAKE);
    again();
    for (int i = 0; i < 3; i++) {
        test_sql("delete from cell");
        ck_assert_int_eq(pn_exec_many(p, &put, (cell[]){some[i], some[i]}, 2, NULL), 0);
        test_sql("delete from cell where ctid = (select max(ctid) from cell)");
        snprintf(many, sizeof many, "%s", sum());
        test_sql("delete from cell");
        ck_assert_int_eq(pn_exec_many(p, &put, &some[i], 1, NULL), 0);
        ck_assert_str_eq(sum(), many);
        ck_assert_int_eq(test_sql_int("select count(*) from cell"), 1);
    }
}
END_TEST

START_TEST(what_becomes_values)
{
    static const struct { const char *text, *numbered; int n; } all[] = {
        {"from unnest(:n, :text) u(n, t), :n", "from (select $1, $2) u(n, t), $3", 1},
        {"FROM UNNEST( :day )\n u(d) where :now", "FROM (select $1)\n u(d) where $2", 1},
        {"unnest(:n) u(n), unnest(:n, :day) v(n, d)", "(select $1) u(n), (select $1, $2) v(n, d)",
         2},
        {"unnest(:n, :text) with ordinality u(n, t, i)",
         "unnest($1, $2) with ordinality u(n, t, i)", 0},
        {"unnest(:n) u", "unnest($1) u", 0}, /* what it is called there is the column */
        {"unnest(:n::bigint[], :text) u(n, t)", "unnest($1::bigint[], $2) u(n, t)", 0},
        {"my_unnest(:n) u(n)", "my_unnest($1) u(n)", 0}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char out[500];
        pni_scan scan = {.in = &cell_t, .array = true, .form = PNI_ONE};
        ck_assert_int_ge(pni_scan_sql(&scan, all[i].text, out, sizeof out), 0);
        ck_assert_str_eq(out, all[i].numbered);
        ck_assert_int_eq(scan.row_n, all[i].n);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("composite");
    TCase *c = tcase_create("composite");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, rows_and_arrays_bring_the_same);
    tcase_add_test(c, a_type_made_anew_is_found_anew);
    tcase_add_test(c, no_rows_are_none);
    tcase_add_test(c, what_becomes_a_row);
    tcase_add_test(c, the_only_row_is_values);
    tcase_add_test(c, what_becomes_values);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
