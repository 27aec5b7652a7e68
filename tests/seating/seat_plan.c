/* SPDX-License-Identifier: Apache-2.0 */
/* Seat plans: what the format allows, what it does not, and that nothing is lost. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/season_int.h"
#include "seating/seat_plan.h"

static pn *p;
static pn_seat_plan_imported plan;

static void setup(void)
{
    test_db_setup();
    p = person(1);
    make_place(p);
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static int import(const char *file, bool lax)
{
    return pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                               .file = file, .lax = lax}, &plan);
}

#define SEAT(guid, no, x, cat)                                                                     \
    "{\"seat_guid\":\"" guid "\",\"seat_number\":\"" no "\",\"position\":{\"x\":" x ",\"y\":0},"   \
    "\"category\":\"" cat "\"}"
#define ROWS(seats) "[{\"row_number\":\"1\",\"seats\":[" seats "]}]"
#define ZONE(rows) "{\"name\":\"A\",\"position\":{\"x\":0,\"y\":0},\"rows\":" rows "}"
#define OF(name, seats)                                                                            \
    "{\"name\":\"" name "\",\"position\":{\"x\":0,\"y\":0},\"rows\":" ROWS(seats) "}"
#define PLAN(zones)                                                                                \
    "{\"name\":\"P\",\"categories\":[{\"name\":\"S\"}],\"zones\":[" zones "],"                     \
    "\"size\":{\"width\":100,\"height\":100}}"
#define TWO SEAT("a1", "1", "0", "S") "," SEAT("a2", "2", "30", "S")

static const struct { const char *file, *where; } wrong[] = {
    {"{\"name\":\"P\"", "Column 11"},
    {"{\"name\":\"P\",\"categories\":[],\"name\":\"Q\"}", "the same key is there twice"},
    {"{\"name\":\"P\",\"categories\":[]}", "$.zones"},
    {"{\"name\":7,\"categories\":[],\"zones\":[]}", "$.name"},
    {"{\"name\":\"P\",\"categories\":[],\"zones\":{}}", "$.zones"},
    {PLAN(ZONE("[]")), "no seats"},
    {PLAN(ZONE(ROWS(TWO)) ",7"), "$.zones[1]"},
    {PLAN("{\"name\":\"A\",\"rows\":[]}"), "$.zones[0].position"},
    {PLAN("{\"name\":\"A\",\"position\":{\"x\":0},\"rows\":[]}"), "$.zones[0].position.y"},
    {PLAN("{\"name\":\"A\",\"position\":{\"x\":0,\"y\":\"1\"},\"rows\":[]}"),
     "$.zones[0].position.y"},
    {PLAN(ZONE("[{\"row_number\":1,\"seats\":[]}]")), "$.zones[0].rows[0].row_number"},
    {PLAN(ZONE("[{\"row_number\":\"1\",\"row_number_position\":\"top\",\"seats\":[]}]")),
     "$.zones[0].rows[0].row_number_position"},
    {PLAN(ZONE(ROWS(TWO "," SEAT("a3", "3", "60", "VIP")))),
     "$.zones[0].rows[0].seats[2].category"},
    {PLAN(ZONE(ROWS(TWO "," SEAT("a1", "3", "60", "S")))),
     "$.zones[0].rows[0].seats[2].seat_guid: “a1” is at $.zones[0].rows[0].seats[0] already"},
    {PLAN(ZONE(ROWS(TWO "," SEAT("a 3", "3", "60", "S")))), "seats[2].seat_guid"},
    {PLAN(ZONE(ROWS(TWO "," SEAT("a3", "2", "60", "S")))), "seats[2].seat_number"},
    {PLAN(ZONE("[{\"row_number\":\"1\",\"colour\":\"red\",\"seats\":[" TWO "]}]")),
     "$.zones[0].rows[0].colour"},
    {"{\"name\":\"P\",\"categories\":[{\"name\":\"S\"},{\"name\":\"S\"}],\"zones\":[]}",
     "$.categories[1].name"},
    {PLAN("{\"name\":\"A\",\"uuid\":\"u\",\"position\":{\"x\":0,\"y\":0},\"rows\":[{\"uuid\":\"u\","
          "\"row_number\":\"1\",\"seats\":[" TWO "]}]}"), "$.zones[0].rows[0].uuid"},
    {PLAN("{\"name\":\"A\",\"position\":{\"x\":0,\"y\":0},\"rows\":[],\"areas\":[{\"shape\":"
          "\"star\",\"position\":{\"x\":0,\"y\":0}}]}"), "$.zones[0].areas[0].shape"},
    {"section,row,from,to\nA,1,1,x\n", "Line 2"},
    {"section,row,from,to,smell\nA,1,1,2,x\n", "smell"},
    {"section,row,from,to\nA,1,1,2\nA,1,2,3\n", "Line 3: seat A/1/2 is in line 2 already"},
    {"section,row,from,to,aisles\nA,1,1,4,2|3\nA,2,1,4,\"2,3\"\n", "Line 3: aisles"},
    {"section,row,from,to,aisles\nA,1,1,4,2|\n", "Line 2: aisles"},
    {PLAN(ZONE(ROWS(TWO)) "," OF(" A ", SEAT("b1", "1", "0", "S"))),
     "$.zones[1].rows[0].seats[0].seat_number: “A/1/1” is at $.zones[0].rows[0].seats[0] already"},
    {PLAN(ZONE(ROWS(TWO)) "," OF("/A", SEAT("b2", " 2", "0", "S"))), "“A/1/2” is at"},
    {PLAN(OF("F/A/B", TWO) "," OF("F/A-B", SEAT("b1", "1", "0", "S"))), "“F/A-B/1/1” is at"},
    {PLAN(ZONE(ROWS(TWO "," SEAT("a3", " ", "60", "S")))),
     "$.zones[0].rows[0].seats[2].seat_number: a seat without"},
    {"section,row,from\nA,1,1\n", "section, row, from and to"},
};

START_TEST(strict_and_located)
{
    fails(PN_EARG, import(wrong[_i].file, false));
    ck_assert_str_eq(pn_error(p)->field, "file");
    ck_assert_msg(strstr(pn_error(p)->message, wrong[_i].where) != NULL, "%s: %s", wrong[_i].where,
                  pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_plan"), 0);
}
END_TEST

START_TEST(lax_drops_and_tells)
{
    ok(import(PLAN(ZONE("[{\"row_number\":\"1\",\"colour\":\"red\",\"seats\":[" TWO "]}]")), true));
    ck_assert_uint_eq(plan.dropped.n, 1);
    ck_assert_str_eq(plan.dropped.v[0], "$.zones[0].rows[0].colour");
    ck_assert_int_eq(plan.seats, 2);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_plan where position('colour' in"
                                  " document) > 0"), 0);
    /* what is wrong stays wrong */
    fails(PN_EARG, import(PLAN(ZONE(ROWS(SEAT("a", "1", "0", "X")))), true));
}
END_TEST

#define OLD(shape)                                                                                 \
    "{\"name\":\"Old\",\"categories\":[{\"name\":\"S\",\"color\":\"#fff\"}],\"zones\":[{"          \
    "\"name\":\"A\",\"displayed\":true,\"position\":{\"x\":5,\"y\":6},\"rows\":[{"                 \
    "\"row_number\":\"1\",\"number_of_seats\":2,\"seats_spacing\":30,\"seats\":[" TWO "]}],"       \
    "\"areas\":[{" shape "\"width\":10,\"height\":20,\"position\":{\"x\":1,\"y\":2},"              \
    "\"rotation\":0,"                                                                              \
    "\"text\":\"Stage\",\"color\":\"#000\"}]}]}"

START_TEST(the_first_form_becomes_the_newest)
{
    pn_seat_plan_exported out, named;
    ok(import(OLD("\"shape\":\"rectangle\","), false));
    ok(pn_seat_plan_export(p, &(struct pn_seat_plan_export){plan.id}, &named));
    ok(import(OLD(""), false));
    ok(pn_seat_plan_export(p, &(struct pn_seat_plan_export){plan.id}, &out));
    json_t *got = json_loads(out.plan.text, 0, NULL), *same = json_loads(named.plan.text, 0, NULL);
    json_t *want = json_loads(
        "{\"name\":\"Old\",\"categories\":[{\"name\":\"S\",\"color\":\"#fff\"}],\"zones\":[{"
        "\"name\":\"A\",\"position\":{\"x\":5,\"y\":6},\"rows\":[{\"row_number\":\"1\",\"seats\":["
        TWO "]}],\"areas\":[{\"shape\":\"rectangle\",\"rectangle\":{\"width\":10,\"height\":20},"
        "\"position\":{\"x\":1,\"y\":2},\"rotation\":0,\"color\":\"#000\",\"text\":{\"text\":"
        "\"Stage\",\"position\":{\"x\":0,\"y\":0}}}]}]}", 0, NULL);
    ck_assert(json_equal(got, want));
    ck_assert(json_equal(same, want));
    json_decref(same);
    json_decref(got);
    json_decref(want);
    ok(import(out.plan.text, false)); /* and the newest form is strict */
    /* no more than a word of the first form, and that is gone */
    ok(import(PLAN("{\"name\":\"A\",\"displayed\":true,\"position\":{\"x\":0,\"y\":0},\"rows\":"
                   ROWS(TWO) "}"), false));
    ok(pn_seat_plan_export(p, &(struct pn_seat_plan_export){plan.id}, &out));
    ck_assert_ptr_null(strstr(out.plan.text, "displayed"));
}
END_TEST

START_TEST(an_export_is_the_import)
{
    pn_seat_plan_exported out;
    char *file = file_of("tests/seating/data", "plan.json");
    json_t *was = json_loads(file, 0, NULL);
    for (int round = 1; round <= 2; round++) {
        ok(import(round == 1 ? file : out.plan.text, false));
        ck_assert_int_eq(plan.version, round);
        ok(pn_seat_plan_export(p, &(struct pn_seat_plan_export){plan.id}, &out));
        json_t *is = json_loads(out.plan.text, 0, NULL);
        ck_assert(was != NULL && json_equal(was, is));
        json_decref(is);
    }
    json_decref(was);
    free(file);
    /* positions add up, 1.6 times the usual distance is an aisle, categories mark seats */
    ck_assert_str_eq(test_sql_text("select section || row_name || labels::text || xs::text ||"
                                   " ys::text || gap_after || wheelchair || floor from"
                                   " seat_plan_row order by id limit 1"),
                     "Stalls1{1,2,3,4}{110,140,210,240}{60.5,60.5,60.5,60.5}28Ground");
}
END_TEST

START_TEST(a_plain_hall_from_rows)
{
    pn_page page;
    pn_seat_plan_exported out;
    ok(import("floor,section,row,from,to,step,category,aisles\n"
              "1F,池座,1,1,100,1,,50\n"
              "1F,池座,2,1,130,1,,\n"
              "2F,楼座,1,2,10,2,轮椅,\n"
              "2F,楼座,2,9,1,2,,5\n", false));
    ck_assert_int_eq(plan.seats, 100 + 130 + 5 + 5);
    ok(pn_seat_plan_rows(p, &(pn_list){0}, &page));
    const pn_seat_plan_line *r = page.rows.row;
    static const struct { const char *floor, *section, *row, *first, *last; int seats, aisles; }
    want[] = {{"1F", "池座", "1", "1", "50", 50, 1}, {"1F", "池座", "1", "51", "100", 50, 0},
              {"1F", "池座", "2", "1", "44", 44, 0}, {"1F", "池座", "2", "45", "87", 43, 0},
              {"1F", "池座", "2", "88", "130", 43, 0}, {"2F", "楼座", "1", "2", "10", 5, 0},
              {"2F", "楼座", "2", "9", "1", 5, 1}};
    ck_assert_uint_eq(page.rows.n, sizeof want / sizeof *want);
    for (size_t i = 0; i < page.rows.n; i++) {
        ck_assert_str_eq(r[i].floor, want[i].floor);
        ck_assert_str_eq(r[i].section, want[i].section);
        ck_assert_str_eq(r[i].row_name, want[i].row);
        ck_assert_str_eq(r[i].first, want[i].first);
        ck_assert_str_eq(r[i].last, want[i].last);
        ck_assert_int_eq(r[i].seats, want[i].seats);
        ck_assert_int_eq(r[i].aisles, want[i].aisles);
    }
    ck_assert_int_eq(r[5].wheelchair, 5);
    /* and it is a plan like any other */
    ok(pn_seat_plan_export(p, &(struct pn_seat_plan_export){plan.id}, &out));
    ok(import(out.plan.text, false));
    ck_assert_int_eq(plan.version, 2);
    ck_assert_int_eq(plan.seats, 240);
    ck_assert_int_eq(test_sql_int(
        "select count(*) from seat_plan_row a join seat_plan_row b on b.no = a.no and"
        " b.plan_id > a.plan_id and (a.labels, a.guids, a.categories, a.xs, a.ys, a.gap_after) ="
        " (b.labels, b.guids, b.categories, b.xs, b.ys, b.gap_after)"), 7);
}
END_TEST

/* What parts keys, or lists of them, is not left in a key; zones may go without a name. */
START_TEST(every_seat_has_a_name_of_its_own)
{
    ok(import(PLAN(OF("", TWO) "," OF(" ", SEAT("b1", "1", "0", "S")) ","
                   OF(" \",\"zone_id\":\"Z", SEAT("z1", "1", "0", "S")) ","
                   OF("B,C;D", SEAT("c1", "1/2", "0", "S"))), false));
    ck_assert_str_eq(test_sql_text("select string_agg(section || '/' || row_name || '/' ||"
                                   " array_to_string(labels, '+'), ' ' order by no)"
                                   " from seat_plan_row"), "1/1/1+2 2/1/1 Z/1/1 B-C-D/1/1-2");
}
END_TEST

START_TEST(by_name_and_version)
{
    pn_seat_plan row;
    int64_t first, id;
    ok(import(PLAN(ZONE(ROWS(TWO))), false));
    first = plan.id;
    ok(import(PLAN(ZONE(ROWS(TWO))), false));
    const pn_module *m = pn_module_find("seat_plan");
    ok(m->resolve(p, "h", &id));
    ck_assert_int_eq(id, plan.id);
    ok(m->resolve(p, "h:1", &id));
    ck_assert_int_eq(id, first);
    fails(PN_ENONE, m->resolve(p, "h:3", &id));
    ok(pn_seat_plan_show(p, &(struct pn_seat_plan_show){first}, &row));
    ck_assert_int_eq(row.seats, 2);
    ck_assert_str_eq(row.name, "P");
    fails(PN_ENONE, pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = 4096,
                                        .file = PLAN(ZONE(ROWS(TWO)))}, &plan));
    pn_seat_plan_exported out;
    fails(PN_ENONE, pn_seat_plan_export(p, &(struct pn_seat_plan_export){4096}, &out));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("seat_plan");
    TCase *c = tcase_create("seat_plan");
    suite_add_tcase(s, c);
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, strict_and_located, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(c, lax_drops_and_tells);
    tcase_add_test(c, the_first_form_becomes_the_newest);
    tcase_add_test(c, an_export_is_the_import);
    tcase_add_test(c, a_plain_hall_from_rows);
    tcase_add_test(c, every_seat_has_a_name_of_its_own);
    tcase_add_test(c, by_name_and_version);
    return pn_test_main(s);
}
