/* SPDX-License-Identifier: Apache-2.0 */
/* Moving in from pretix: money to the fen, secrets that still admit, and twice is once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt_int.h"
#include "catalog/hall.h"
#include "catalog/season_int.h"
#include "report/check.h"
#include "ticket/pretix.h"
#include "ticket/ticket_int.h"

static pn *p;
static pn_import_result result;

static void setup(void)
{
    test_db_setup();
    p = person(1);
    ok(pni_crypt_init(p));
    make_place(p);
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static void import(const char *name)
{
    char *text = file_of("tests/catalog/data", name);
    struct pn_import_pretix in = {.file = text, .hall = id_of("hall", "h")};
    ok(pn_import_pretix(p, &in, &result));
    free(text);
    pn_each(pn_import_row, r, &result.rows)
        ck_assert_msg(r->result.v != PN_IMPORTED_FAILED || r->line == 5, "%s: %s", r->code,
                      r->message);
}

static const pn_import_row *about(const char *code)
{
    static const pn_import_row none;
    pn_each(pn_import_row, r, &result.rows)
        if (r->code && !strcmp(r->code, code))
            return r;
    ck_abort_msg("nothing about %s", code);
    return &none;
}

static void all_figures_hold(void)
{
    pn_check_report report;
    pn *admin = test_begin(PN_ROLE_ADMIN);
    ck_assert_msg(!pn_check_run(admin, &(struct pn_check_run){0}, &report), "%s",
                  pn_error(admin)->message);
    pn_each(pn_check, c, &report.checks)
        ck_assert_msg(!c->drift, "%s: %s", c->name, c->sample ? c->sample : "");
    pn_end(admin);
}

START_TEST(an_event_export_moves_in_whole)
{
    import("summer_pretixdata.json");
    ck_assert_int_eq(result.failed, 0);
    ck_assert_int_eq(about("pretix-summer")->result.v, PN_IMPORTED_CREATED);
    ck_assert_int_eq(about("pretix-summer-71-102-202")->result.v, PN_IMPORTED_CREATED);
    ck_assert_int_eq(about("ABCDE")->result.v, PN_IMPORTED_CREATED);
    ck_assert_int_eq(about("PENDI")->result.v, PN_IMPORTED_UNCHANGED);
    ck_assert_int_eq(about("TESTO")->result.v, PN_IMPORTED_UNCHANGED);
    ck_assert_str_eq(test_sql_text("select title || status from show"),
                     "Sommernacht am FlussDRAFT");
    ck_assert_int_eq(test_sql_int("select count(*) from session where start_at in"
        " ('2027-06-18T18:00:00+02', '2027-06-19T18:00:00+02')"), 2);
    /* quota 120: 2 sold; quota 80 shared: 1 sold, the rest with the first; quota 2: both sold */
    ck_assert_str_eq(test_sql_text("select string_agg(k.qty_total || '/' || k.qty_sold, ' '"
        " order by t.code) from tier t join stock k on k.tier_id = t.id"),
        "120/2 80/1 0/0 120/1 0/0 2/2");
    /* FGHJK had both evenings, so it is two orders here */
    ck_assert_str_eq(test_sql_text("select string_agg(ext_no || ':' || qty || ':' || paid_fen, ' '"
        " order by ext_no, paid_fen) from orders"),
        "summer-ABCDE:2:10250 summer-FGHJK:1:3000 summer-FGHJK:2:3900 summer-FREEX:1:0");
    ck_assert_int_eq(test_sql_int("select service_fen from orders where ext_no = 'summer-ABCDE'"),
                     650); /* a fee of 2.50 and the programme of 4.00 */
    ck_assert_int_eq(test_sql_int("select count(*) from ticket where kind = 'IMPORT'"), 6);
    ck_assert_int_eq(test_sql_int("select count(*) from order_seat where attendee_name is not null"
        " and seat_key like 'P-3-%'"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from order_seat"
        " where position('李'::bytea in attendee_name) > 0"), 0);
    all_figures_hold();
}
END_TEST

START_TEST(an_old_secret_still_finds_its_ticket)
{
    import("summer_pretixdata.json");
    pn_bytes hash;
    char sql[300], hex[80] = "";
    ok(pni_code_hash(p, "bb3vj9n2m4x8t7w5c6b2d9f3g4h7j8k1", &hash));
    for (size_t i = 0; i < hash.len; i++)
        snprintf(hex + 2 * i, 3, "%02x", ((const unsigned char *)hash.data)[i]);
    snprintf(sql, sizeof sql, "select count(*) from ticket_code c join ticket t on t.sk = c.sk and"
             " t.id = c.ticket_id join tier r on r.id = t.tier_id where c.code_hash = '\\x%s'"
             " and r.code = 'pretix-summer-72-102-202'", hex);
    ck_assert_int_eq(test_sql_int(sql), 1);
}
END_TEST

START_TEST(a_second_time_adds_only_what_is_new)
{
    import("summer_pretixdata.json");
    import("summer_pretixdata.json");
    ck_assert_int_eq(result.created, 0);
    ck_assert_int_eq(result.failed, 0);
    ck_assert_int_eq(test_sql_int("select count(*) from orders"), 4);
}
END_TEST

START_TEST(an_order_list_moves_in_without_codes)
{
    import("winter_orders.csv");
    ck_assert_int_eq(about("AAAAA")->result.v, PN_IMPORTED_CREATED);
    ck_assert_int_eq(about("AAAAA")->line, 2);
    ck_assert_int_eq(about("BBBBB")->result.v, PN_IMPORTED_UNCHANGED);
    ck_assert_int_eq(about("DDDDD")->result.v, PN_IMPORTED_CREATED);
    ck_assert_int_eq(result.failed, 1);
    ck_assert_int_eq(about("")->line, 5);
    ck_assert_str_eq(test_sql_text("select string_agg(t.name || ' ' || k.qty_sold, ',' order by"
        " t.sort) from tier t join stock k on k.tier_id = t.id"),
        "Stehplatz 2,Sitzplatz Student 1");
    ck_assert_int_eq(test_sql_int("select sum(paid_fen) from orders"), 3250);
    ck_assert_int_eq(test_sql_int("select count(*) from session where start_at ="
                                  " '2027-01-09T19:30:00+08'"), 1);
    all_figures_hold();
}
END_TEST

static const struct { const char *file, *words; } refused[] = {
    {"{", "1:"}, {"{}", "pretix"}, {"{\"event\": {\"items\": []}}", "name"},
    {"Veranstaltung,Code\na,b\n", "Event slug"}, {"\n", "header"},
    {"Event slug,Order code,Status,Product,Price\n", "no orders"},
};

START_TEST(other_files_are_refused_whole)
{
    struct pn_import_pretix in = {.file = refused[_i].file, .hall = id_of("hall", "h")};
    fails(PN_EARG, pn_import_pretix(p, &in, &result));
    ck_assert_msg(strstr(pn_error(p)->message, refused[_i].words) != NULL, "%s",
                  pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select count(*) from show"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pretix");
    TCase *t = tcase_create("pretix");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, an_event_export_moves_in_whole);
    tcase_add_test(t, an_old_secret_still_finds_its_ticket);
    tcase_add_test(t, a_second_time_adds_only_what_is_new);
    tcase_add_test(t, an_order_list_moves_in_without_codes);
    tcase_add_loop_test(t, other_files_are_refused_whole, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
