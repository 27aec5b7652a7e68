/* SPDX-License-Identifier: Apache-2.0 */
/* Importing: the demo season whole, bad rows alone, every encoding, and nothing twice. */
#include <stdlib.h>
#include <string.h>

#include "season_int.h"
#include "catalog/city.h"
#include "catalog/hall.h"
#include "catalog/session.h"
#include "catalog/show.h"
#include "catalog/tier.h"
#include "catalog/venue.h"

typedef int importer(pn *p, const struct pn_import *in, pn_import_result *out);

static pn *p;

static void setup(void)
{
    test_db_setup();
    p = person(1);
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static pn_import_result result;

static const pn_import_row *row_of(int64_t line)
{
    static const pn_import_row none;
    pn_each(pn_import_row, r, &result.rows)
        if (r->line == line)
            return r;
    ck_abort_msg("nothing about line %lld", (long long)line);
    return &none;
}

static void import_demo(importer *import, const char *name)
{
    char *text = file_of("data/demo", name);
    ok(import(p, &(struct pn_import){.file = text}, &result));
    free(text);
    pn_each(pn_import_row, r, &result.rows)
        ck_assert_msg(r->result.v != PN_IMPORTED_FAILED, "%s line %lld: %s", name,
                      (long long)r->line, r->message);
}

static const struct { const char *file; importer *import; int at_least; } demo[] = {
    {"city.csv", pn_city_import, 1}, {"venue.csv", pn_venue_import, 12},
    {"hall.csv", pn_hall_import, 12}, {"show.csv", pn_show_import, 60},
    {"session.csv", pn_session_import, 300}, {"tier.csv", pn_tier_import, 1000},
};

START_TEST(the_demo_season_goes_in_and_a_second_time_changes_nothing)
{
    for (size_t i = 0; i < sizeof demo / sizeof demo[0]; i++) {
        import_demo(demo[i].import, demo[i].file);
        ck_assert_int_ge(result.created, demo[i].at_least);
        ck_assert_int_eq(result.created, result.rows_read);
    }
    test_sql("update show set status = 'PUBLISHED'"); /* what is live is compared all the same */
    int64_t audited = test_sql_int("select count(*) from audit_log");
    for (size_t i = 0; i < sizeof demo / sizeof demo[0]; i++) {
        import_demo(demo[i].import, demo[i].file);
        ck_assert_msg(result.unchanged == result.rows_read, "%s: %lld of %lld unchanged, %s",
                      demo[i].file, (long long)result.unchanged, (long long)result.rows_read,
                      result.rows.n ? pn_plain(p, pn_type_col(&pn_import_row_t, "result"),
                                               result.rows.row) : "");
    }
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where before is not null"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from show_revision"), 0);
    ck_assert_int_le(test_sql_int("select count(*) from audit_log"), audited + 6);
    ck_assert_int_eq(test_sql_int("select count(*) from tier t join stock k on k.tier_id = t.id"
                                  " where k.session_id <> t.session_id"
                                  " or (t.id & 4095) <> (t.session_id & 4095)"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from stock k where qty_total <>"
                                  " (select coalesce(sum(delta), 0) from stock_move m"
                                  "  where m.lot_id = k.lot_id)"), 0);
}
END_TEST

/* ---- bad rows, encodings, limits ---- */

static const pn_import_row *fails_at(int64_t line, const char *words)
{
    const pn_import_row *r = row_of(line);
    ck_assert_int_eq(r->result.v, PN_IMPORTED_FAILED);
    ck_assert_msg(strstr(r->message, words) != NULL, "line %lld: %s", (long long)line, r->message);
    return r;
}

START_TEST(a_bad_row_in_the_middle_stops_no_other)
{
    make_place(p);
    const char *csv = "code,venue,name,capacity\r\n"
                      "h1,v,厅一,100\r\n"
                      "h2,nowhere,厅二,100\r\n"   /* line 3: no such venue */
                      "h3,v,厅三,many\r\n"         /* line 4: not a number */
                      "h4,v,\"厅四,100\r\n"        /* line 5: a quote that is not closed */
                      "h5,v,\"厅,\"\"五\"\"\",100\r\n"
                      "h6,v,厅六\r\n"              /* line 7: too few fields */
                      "\r\n"
                      "h8,v,厅\"八,100\r\n"        /* line 9: a quote inside */
                      "h9,v,\"厅\n九\",100\r\n"
                      "h10,v,厅十,-1\r\n"          /* line 12: out of range */
                      "h11,v,厅十一,100";
    ok(pn_hall_import(p, &(struct pn_import){.file = csv}, &result));
    ck_assert_int_eq(result.created, 4);
    ck_assert_int_eq(result.failed, 6);
    fails_at(3, "nowhere");
    fails_at(4, "many");
    fails_at(5, "quote");
    fails_at(7, "3 fields");
    fails_at(9, "quote");
    ck_assert_str_eq(fails_at(12, "capacity")->code, "h10");
    ck_assert_int_eq(row_of(10)->result.v, PN_IMPORTED_CREATED);
    ck_assert_str_eq(test_sql_text("select name from hall where code = 'h5'"), "厅,\"五\"");
    ck_assert_str_eq(test_sql_text("select name from hall where code = 'h9'"), "厅\n九");
    ck_assert_int_eq(test_sql_int("select count(*) from hall"), 5);
}
END_TEST

START_TEST(a_bad_tier_in_the_middle_stops_no_other)
{
    make_place(p);
    make_show(p, "s", "茶馆", 1, 1, 3);
    const char *csv = "code,session,name,face_price,qty,combo_n\n"
                      "t1,s-1,A,100,10,\n"
                      "t2,nope,B,100,10,\n"      /* line 3 */
                      "t3,s-1,C,1e9,10,\n"       /* line 4 */
                      "t1,s-1,D,100,10,\n"       /* line 5: the code again */
                      "t5,s-1,A,100,10,\n"       /* line 6: the name again */
                      "t6,s-1,F,100,889,\n"      /* line 7: 100 + 10 + 889 = 999 */
                      "t7,s-1,G,100,2,2\n"       /* line 8: two seats too many */
                      "t8,s-1,,100,1,\n"         /* line 9: no name */
                      "s-1-a,s-1,s-1-a,580,100,\n"
                      "t9,s-1,I,0.5,1,\n";
    ok(pn_tier_import(p, &(struct pn_import){.file = csv}, &result));
    fails_at(3, "nope");
    fails_at(4, "1e9");
    fails_at(5, "Line 2");
    fails_at(6, "name");
    fails_at(8, "approved");
    fails_at(9, "name");
    ck_assert_int_eq(row_of(10)->result.v, PN_IMPORTED_UNCHANGED);
    ck_assert_int_eq(result.created, 3);
    ck_assert_int_eq(test_sql_int("select sum(qty_total) from stock"), 1000);
    ck_assert_int_eq(test_sql_int("select sum(delta) from stock_move"), 1000);
    ck_assert_int_eq(test_sql_int("select face_price_fen from tier where code = 't9'"), 50);
}
END_TEST

/* What no look before can see, here a constraint of the test's own, costs its rows alone. */
START_TEST(a_clash_inside_a_batch_costs_one_row)
{
    make_place(p);
    make_show(p, "s", "茶馆", 1, 0, 3);
    pn_buf csv = pn_buf_new(p);
    pn_buf_puts(&csv, "code,session,name,qty\n");
    for (int i = 0; i < 100; i++)
        pn_buf_putf(&csv, "t%d,s-1,N%d,1\n", i, i);
    test_sql("alter table tier add constraint unlucky check (code not in ('t13', 't77'))");
    ok(pn_tier_import(p, &(struct pn_import){.file = csv.text}, &result));
    ck_assert_int_eq(result.created, 98);
    ck_assert_int_eq(result.failed, 2);
    ck_assert_str_eq(row_of(15)->code, "t13");
    ck_assert_int_eq(row_of(15)->result.v, PN_IMPORTED_FAILED);
    ck_assert_int_eq(row_of(79)->result.v, PN_IMPORTED_FAILED);
    ck_assert_int_eq(test_sql_int("select count(*) from stock where qty_total = 1"), 98);
    ck_assert_int_eq(test_sql_int("select count(*) from stock_move"), 98);
}
END_TEST

START_TEST(an_import_updates_what_differs_with_its_audit)
{
    make_place(p);
    make_show(p, "s", "茶馆", 1, 1, 3);
    ok(pn_tier_import(p, &(struct pn_import){.file = "code,session,name,qty\n"
                                                     "s-1-a,s-1,甲票,140\n"}, &result));
    ck_assert_int_eq(result.updated, 1);
    ck_assert_int_eq(test_sql_int("select qty_total from stock"), 140);
    ck_assert_int_eq(test_sql_int("select sum(delta) from stock_move"), 140);
    ck_assert_str_eq(test_sql_text("select after->>'name' from audit_log where noun = 'tier'"
                                   " and before is not null"), "甲票");
    test_sql("update stock set qty_sold = 60");
    ok(pn_tier_import(p, &(struct pn_import){.file = "code,face_price,qty\n"
                                                     "s-1-a,600,140\n"}, &result));
    fails_at(2, "sold");
    ok(pn_tier_import(p, &(struct pn_import){.file = "code,qty\ns-1-a,59\n"}, &result));
    fails_at(2, "60");
    ck_assert_int_eq(test_sql_int("select qty_total from stock"), 140);
}
END_TEST

static const struct { const char *file, *words; } refused[] = {
    {"", "empty"}, {"\n\n", "empty"}, {"code,colour\na,b\n", "colour"},
    {"name\nx\n", "code"}, {"code,code\na,b\n", "twice"}, {"\"code\nx", "header"},
    {"code\n\xff\xfe\xfd\n", "UTF-8"}, {"- [a\n", "1:"}, {"hall:\n  - code: x\n", "city"},
    {"a: &a [1,2]\ncity: *a\nb: }", ":"},
};

START_TEST(a_file_that_is_none_is_refused_whole)
{
    int rc = pn_city_import(p, &(struct pn_import){.file = refused[_i].file}, &result);
    ck_assert_int_eq(rc, PN_EARG);
    ck_assert_msg(strstr(pn_error(p)->message, refused[_i].words) != NULL, "%s",
                  pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select count(*) from city"), 0);
}
END_TEST

/* 上海 in GB18030, and with a byte order mark */
static const char *const encodings[] = {
    "code,name\nx,\xc9\xcf\xba\xa3\n", ("\xef\xbb\xbf" "code,name\nx,上海\n"),
    "code;name\rx;上海\r", "code\tname\n\"x\"\t\"上海\"", "- {code: x, name: 上海}\n",
    "# a comment\ncity:\n  - code: x\n    name: 上海\n",
};

START_TEST(every_encoding_and_shape_means_the_same)
{
    ok(pn_city_import(p, &(struct pn_import){.file = encodings[_i]}, &result));
    ck_assert_int_eq(result.created, 1);
    ck_assert_str_eq(test_sql_text("select name from city where code = 'x'"), "上海");
    ck_assert_str_eq(test_sql_text("select pinyin from city where code = 'x'"), "shanghai");
}
END_TEST

START_TEST(yaml_rows_with_lists_and_maps)
{
    import_demo(pn_city_import, "city.csv");
    import_demo(pn_venue_import, "extra.yaml");
    import_demo(pn_show_import, "extra.yaml");
    ck_assert_int_eq(result.created, 1);
    ck_assert_str_eq(test_sql_text("select array_to_string(artists, '+') from show"),
                     "申江歌剧院+古弦合奏团");
    ck_assert_str_eq(test_sql_text("select notices->>'children' from show"),
                     "1.2米以下儿童谢绝入场");
    import_demo(pn_show_import, "extra.yaml");
    ck_assert_int_eq(result.unchanged, 1);
}
END_TEST

START_TEST(a_dry_run_leaves_nothing)
{
    pn_dry_run(p, true);
    import_demo(pn_city_import, "city.csv");
    ck_assert_int_eq(result.created, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from city"), 0);
}
END_TEST

START_TEST(only_failed_rows_are_reported_when_asked)
{
    ok(pn_city_import(p, &(struct pn_import){.file = "code,name\na,A\nb\nc,C\n",
                                             .report = {PN_REPORT_FAILED}}, &result));
    ck_assert_int_eq(result.created, 2);
    ck_assert_uint_eq(result.rows.n, 1);
    fails_at(3, "1 fields");
}
END_TEST

#define N(list) (int)(sizeof(list) / sizeof(list)[0])

int main(void)
{
    Suite *s = suite_create("import");
    TCase *t = tcase_create("import");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_demo_season_goes_in_and_a_second_time_changes_nothing);
    tcase_add_test(t, a_bad_row_in_the_middle_stops_no_other);
    tcase_add_test(t, a_bad_tier_in_the_middle_stops_no_other);
    tcase_add_test(t, a_clash_inside_a_batch_costs_one_row);
    tcase_add_test(t, an_import_updates_what_differs_with_its_audit);
    tcase_add_loop_test(t, a_file_that_is_none_is_refused_whole, 0, N(refused));
    tcase_add_loop_test(t, every_encoding_and_shape_means_the_same, 0, N(encodings));
    tcase_add_test(t, yaml_rows_with_lists_and_maps);
    tcase_add_test(t, a_dry_run_leaves_nothing);
    tcase_add_test(t, only_failed_rows_are_reported_when_asked);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
