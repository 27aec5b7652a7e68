/* SPDX-License-Identifier: Apache-2.0 */
/* Holds by owner: what they take, how they end, and how much of a large show they may take. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hall_int.h"
#include "base/job.h"
#include "seating/meant_int.h"
#include "seating/picture_int.h"
#include "seating/seat.h"
#include "seating/seat_hold.h"

static pn *p;
static pn_seat_hold hold;

#define HALL                                                                                       \
    "section,row,from,to\nA,1,1,10\nA,2,1,10\nA,3,1,10\nB,1,1,10\nB,2,1,10\n"

static void setup(void)
{
    test_db_setup();
    p = person(1);
    make_hall(p, HALL);
    go_live(p, "A", "B");
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static int place(int kind, const char *seats, const char *zone, int64_t tier, int qty)
{
    return pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = the_session(),
        .kind = {(int16_t)kind}, .seats = seats, .zone = zone, .tier = tier, .qty = qty,
        .channel = kind == PN_HOLD_CHANNEL ? "x" : NULL, .reason = "because"}, &hold);
}

static int release(int64_t id, const char *seats)
{
    return pn_seat_hold_release(p, &(struct pn_seat_hold_release){.id = id, .seats = seats}, &hold);
}

START_TEST(by_seat_row_zone_and_quantity)
{
    ok(place(PN_HOLD_HOUSE, "A/1/5; A/1/6", NULL, 0, 0));
    ck_assert_int_eq(hold.qty, 2);
    ck_assert_str_eq(hold.seats.v[0], "A/1/5");
    ok(place(PN_HOLD_WORK, "A/2", NULL, 0, 0));
    ck_assert_int_eq(hold.qty, 10);
    ok(place(PN_HOLD_CHANNEL, NULL, "后", 0, 0));
    ck_assert_int_eq(hold.qty, 20);
    ck_assert_str_eq(hold.channel, "x");
    ok(place(PN_HOLD_GIFT, NULL, NULL, tier_a(), 4)); /* the best: beside those held, and behind */
    ck_assert_int_eq(hold.qty, 4);
    ck_assert_str_eq(hold.seats.v[0], "A/1/1");
    ok(place(PN_HOLD_KILL, NULL, "前", 0, 14));
    adds_up();
    ck_assert_str_eq(test_sql_text("select string_agg((qty_total - qty_held)::text, ',' order by"
                                   " lot_id) from stock"), "0,0");
    fails(PN_ESTOCK, place(PN_HOLD_KILL, NULL, NULL, tier_a(), 1));
}
END_TEST

START_TEST(a_tier_without_seats_is_held_by_number)
{
    test_sql("insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"
             " select 4096000 + (s.id & 4095), 'q', s.id, 'Q', 100, now(), now() from session s");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total) select t.id & 4095,"
             " t.id, t.id, t.session_id, 10 from tier t where code = 'q'");
    test_sql("insert into stock_move select t.id & 4095, 7 * 4096, t.id, 10, 'x', 1, now() from"
             " tier t where code = 'q'");
    int64_t q = id_of("tier", "q");
    ok(place(PN_HOLD_HOUSE, NULL, NULL, q, 8));
    fails(PN_ESTOCK, place(PN_HOLD_HOUSE, NULL, NULL, q, 3));
    adds_up();
    ck_assert_int_eq(test_sql_int("select qty_held from stock where seat_stamp = 0"), 8);
    ok(release(hold.id, NULL));
    ck_assert_int_eq(test_sql_int("select qty_held from stock where seat_stamp = 0"), 0);
    adds_up();
}
END_TEST

START_TEST(what_is_not_free_cannot_be_held)
{
    take(tier_a(), "A", "1", 1 << 4, "sold");
    take(tier_a(), "A", "1", 1 << 7, "busy");
    fails(PN_ESEAT_TAKEN, place(PN_HOLD_HOUSE, "A/1", NULL, 0, 0));
    ck_assert_msg(strstr(pn_error(p)->message, "A/1/5") != NULL, "%s", pn_error(p)->message);
    fails(PN_ESEAT_TAKEN, place(PN_HOLD_HOUSE, "A/1/8", NULL, 0, 0));
    ok(place(PN_HOLD_HOUSE, "A/1; -A/1/5; -A/1/8", NULL, 0, 0));
    ck_assert_int_eq(hold.qty, 8);
    fails(PN_ESEAT_TAKEN, place(PN_HOLD_HOUSE, "A/1/1", NULL, 0, 0));
    adds_up();
}
END_TEST

START_TEST(what_is_asked_makes_sense)
{
    pn_time past = {pn_now(p).us - 1};
    struct pn_seat_hold_place in = {.session = the_session(), .kind = {PN_HOLD_HOUSE},
                                    .seats = "A/1", .reason = "x", .channel = "y"};
    fails(PN_EARG, pn_seat_hold_place(p, &in, &hold));
    ck_assert_str_eq(pn_error(p)->field, "channel");
    in.channel = NULL;
    in.kind.v = PN_HOLD_CHANNEL;
    fails(PN_EARG, pn_seat_hold_place(p, &in, &hold));
    ck_assert_str_eq(pn_error(p)->field, "channel");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "For which channel"));
    in.kind.v = PN_HOLD_HOUSE;
    in.expires_at = past;
    fails(PN_EARG, pn_seat_hold_place(p, &in, &hold));
    ck_assert_str_eq(pn_error(p)->field, "expires_at");
    fails(PN_EARG, place(PN_HOLD_HOUSE, NULL, NULL, 0, 0));
    fails(PN_EARG, place(PN_HOLD_HOUSE, "A/1", "前", 0, 0));
    fails(PN_EARG, place(PN_HOLD_HOUSE, "A/1", NULL, 0, 2));
    fails(PN_EARG, place(PN_HOLD_HOUSE, NULL, NULL, tier_a(), 0));
    fails(PN_EARG, place(PN_HOLD_HOUSE, NULL, NULL, 4096, 2));
    fails(PN_ENONE, place(PN_HOLD_HOUSE, NULL, "中", 0, 0));
    fails(PN_EARG, place(PN_HOLD_HOUSE, "A/9", NULL, 0, 0));
    pn *stranger = test_begin_as(&(pn_actor){.kind = 'G', .id = 9, .login = "g", .organiser = 77,
                                             .roles = PN_ROLE_ORGANISER});
    in.expires_at.us = 0;
    ck_assert_int_eq(pn_seat_hold_place(stranger, &in, &hold), PN_EPERM);
    pn_end(stranger);
}
END_TEST

START_TEST(released_whole_or_in_part)
{
    ok(place(PN_HOLD_HOUSE, "A/1/1..4; A/2/1..4", NULL, 0, 0));
    int64_t id = hold.id;
    ok(release(id, "A/1; A/2/4"));
    ck_assert_int_eq(hold.qty, 3);
    ck_assert_int_eq(hold.state.v, PN_HOLD_STATE_ACTIVE);
    adds_up();
    fails(PN_EARG, release(id, "A/3"));
    fails(PN_EARG, release(id, "A/2"));
    ok(release(id, NULL));
    ck_assert_int_eq(hold.state.v, PN_HOLD_STATE_RELEASED);
    adds_up();
    fails(PN_ESTATE, release(id, NULL));
    fails(PN_ENONE, release(4096, NULL));
    ck_assert_int_eq(test_sql_int("select sum(qty_held) from stock"), 0);
}
END_TEST

/* Over at its time: what reads says so at once, what writes releases it first, the job too. */
/* Another plan of the hall has other rows: a hold could not go along, and is not lost. */
START_TEST(a_cut_without_a_held_seat_says_which)
{
    pn_seat_plan_imported other;
    pn_zone_plan cut;
    pn_zone_ask zones[] = {{"前", tier_a(), "", "", "A"}, {"后", tier_b(), "", "", "B"}};
    ok(place(PN_HOLD_HOUSE, "B/2/3", NULL, 0, 0));
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                           .file = HALL}, &other));
    ok(pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = the_session(),
                          .plan = other.id, .zones = {zones, 2}}, &cut));
    fails(PN_ESTATE, pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = cut.id}, &cut));
    ck_assert_str_eq(pn_error(p)->message, "Held seat B/2/3 has no zone any more");
    ok(release(hold.id, NULL));
    ok(pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = cut.id}, &cut));
    adds_up();
}
END_TEST

START_TEST(over_when_its_time_is)
{
    pn_seat_mapped map;
    pn_seat_found found;
    struct pn_seat_hold_place in = {.session = the_session(), .kind = {PN_HOLD_HOUSE},
        .seats = "A/1", .reason = "x", .expires_at = {pn_now(p).us + 60000000}};
    ok(pn_seat_hold_place(p, &in, &hold));
    int64_t first = hold.id;
    pn *later = person(1);
    pn_set_now(later, (pn_time){pn_now(p).us + 61000000});
    ok(pn_seat_map(p, &(struct pn_seat_map){.session = the_session()}, &map));
    ck_assert_str_eq(((pn_seat_row *)map.rows.row)->status, "hhhhhhhhhh");
    ck_assert_int_eq(pn_seat_map(later, &(struct pn_seat_map){.session = the_session()}, &map), 0);
    ck_assert_str_eq(((pn_seat_row *)map.rows.row)->status, "..........");
    ck_assert_int_eq(pn_seat_find(later, &(struct pn_seat_find){.tier = tier_a(), .qty = 2},
                                  &found), 0);
    ck_assert_str_eq(found.seats.v[0], "A/1/5");
    ck_assert_int_eq(pn_seat_hold_show(later, &(struct pn_seat_hold_show){first}, &hold), 0);
    ck_assert_int_eq(hold.state.v, PN_HOLD_STATE_EXPIRED);
    in.expires_at.us = 0;
    ck_assert_int_eq(pn_seat_hold_place(later, &in, &hold), 0); /* the same seats, no job has run */
    ck_assert_str_eq(test_sql_text("select string_agg(state, ',' order by id) from seat_hold"),
                     "EXPIRED,ACTIVE");
    adds_up();
    in.expires_at.us = pn_now(p).us + 60000000;
    in.seats = "B/1";
    ok(pn_seat_hold_place(p, &in, &hold));
    ok(pn_job_run(p, &(struct pn_job_run){.name = "seat_hold_expire"}, &(pn_job_result){0}));
    ck_assert_int_eq(test_sql_int("select count(*) from seat_hold where state = 'ACTIVE'"), 2);
    test_sql("update seat_hold_due set due_at = now() - interval '1 minute'");
    test_sql("update seat_hold set expires_at = now() - interval '1 minute'"
             " where expires_at is not null");
    pn *clock = test_begin(PN_ROLE_SYSTEM);
    pn_seat_holds_swept swept;
    ck_assert_int_eq(pn_seat_hold_sweep(clock, &(struct pn_seat_hold_sweep){the_session() & 4095},
                                        &swept), 0);
    ck_assert_int_eq(swept.released, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_hold_due"), 0);
    adds_up();
    pn_end(clock);
    pn_end(later);
}
END_TEST

/* S34: of a large show with 10,000 approved, 1,500 may be withheld and not one more (I05). */
START_TEST(s34_large_show_withholds_15_percent)
{
    static const int kinds[] = {PN_HOLD_ORGANISER, PN_HOLD_HOUSE, PN_HOLD_WORK, PN_HOLD_GIFT};
    test_sql("update hall set capacity = 10000");
    test_sql("update show set is_large = true, approved_capacity = 10000");
    test_sql("update session set approved_capacity = 0");
    test_sql("insert into tier (id, code, session_id, name, face_price_fen, created_at, updated_at)"
             " select 4096000 + (s.id & 4095), 'q', s.id, 'Q', 100, now(), now() from session s");
    test_sql("insert into stock (sk, lot_id, tier_id, session_id, qty_total) select t.id & 4095,"
             " t.id, t.id, t.session_id, 9950 from tier t where code = 'q'");
    test_sql("insert into stock_move select t.id & 4095, 7 * 4096, t.id, 9950, 'x', 1, now() from"
             " tier t where code = 'q'");
    int64_t q = id_of("tier", "q");
    for (int i = 0; i < 4; i++)
        ok(place(kinds[i], NULL, NULL, q, i ? 360 : 410));
    ok(place(PN_HOLD_HOUSE, "A/1", NULL, 0, 0)); /* 1,500 by now */
    int64_t seats = hold.id;
    for (int i = 0; i < 4; i++) {
        fails(PN_ECAP, place(kinds[i], "A/2/1", NULL, 0, 0));
        ck_assert_msg(strstr(pn_error(p)->message, "1501 of 10000 tickets would be withheld from"
                             " the public; of a large show at most 1500 may be") != NULL, "%s",
                      pn_error(p)->message);
    }
    ok(place(PN_HOLD_CHANNEL, "A/2/1", NULL, 0, 0)); /* on sale elsewhere */
    ok(place(PN_HOLD_KILL, "A/2/2", NULL, 0, 0));    /* nobody sits there */
    ok(release(seats, "A/1/10"));
    ok(place(PN_HOLD_GIFT, "A/2/3", NULL, 0, 0));
    fails(PN_ECAP, place(PN_HOLD_GIFT, "A/2/4", NULL, 0, 0));
    adds_up();
    test_sql("update show set is_large = false");
    ok(place(PN_HOLD_GIFT, "A/2/4", NULL, 0, 0));
}
END_TEST

/* Names that begin like a sign are found as they are; a blank behind the sign makes it one. */
static const struct { const char *terms; int64_t seats[4]; } signs[] = {
    {"-1F", {0, 0, 15, 0}}, {"-1F/1/2..3", {0, 0, 6, 0}}, {"1F; -1F", {15, 0, 15, 0}},
    {"*; - 1F", {0, 15, 15, 15}}, {"*; --1F", {15, 15, 0, 15}}, {"*; - -1F/1/1", {15, 15, 14, 15}},
    {"*; -2F", {15, 0, 15, 15}}, {"@VIP", {0, 0, 0, 15}}, {"*; -@VIP", {15, 15, 15, 0}},
    {"@BOX", {1, 0, 0, 0}}, {"*; -1..2", {15, 15, 15, 15}}};

START_TEST(a_section_may_be_called_like_a_sign)
{
    static const char *seats[] = {"1", "2", "3", "4"}, *box[] = {"BOX"};
    pni_named_row rows[] = {{.section = "1F"}, {.section = "2F"}, {.section = "-1F"},
                            {.section = "@VIP"}};
    int64_t chosen[4];
    for (size_t i = 0; i < 4; i++) {
        rows[i].row_name = "1";
        rows[i].labels = (pn_texts){seats, 4};
        rows[i].mask = 15;
    }
    rows[0].categories = (pn_texts){box, 1};
    bool none = strstr(signs[_i].terms, "..2") != NULL; /* a range is no name */
    int rc = pni_seats_meant(p, signs[_i].terms, "seats", rows, 4, chosen);
    ck_assert_int_eq(rc, none ? PN_EARG : 0);
    for (size_t i = 0; i < 4 && !none; i++)
        ck_assert_msg(chosen[i] == signs[_i].seats[i], "%s: %s", signs[_i].terms, rows[i].section);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("seat_hold");
    TCase *c = tcase_create("seat_hold");
    suite_add_tcase(s, c);
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, by_seat_row_zone_and_quantity);
    tcase_add_test(c, a_tier_without_seats_is_held_by_number);
    tcase_add_test(c, what_is_not_free_cannot_be_held);
    tcase_add_test(c, what_is_asked_makes_sense);
    tcase_add_loop_test(c, a_section_may_be_called_like_a_sign, 0,
                        sizeof signs / sizeof *signs);
    tcase_add_test(c, released_whole_or_in_part);
    tcase_add_test(c, a_cut_without_a_held_seat_says_which);
    tcase_add_test(c, over_when_its_time_is);
    tcase_add_test(c, s34_large_show_withholds_15_percent);
    return pn_test_main(s);
}
