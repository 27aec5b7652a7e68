/* SPDX-License-Identifier: Apache-2.0 */
/* Deposits of presale and last tickets (I41), numbered seats (I03), the rank of offers. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "goods/deposit_int.h"
#include "goods/rank_int.h"
#include "market_int.h"
#include "seating/seat_hold.h"
#include "seating/seat_plan.h"
#include "seating/zone_plan.h"

static pn_listing l;
static int64_t xl, dd;

static void setup(void)
{
    market_setup();
    xl = make_merchant("xl", "PRO");
    dd = make_merchant("dd", "PRO");
}

#define SEATS(...) {(const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / 8}
#define CREATE(whose, ...)                                                                         \
    pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = whose,            \
                      .ask_fen = {90000}, __VA_ARGS__}, &l)
#define STEP(verb) pn_listing_##verb(p, &(struct pn_listing_##verb){.id = l.id, .reason = "x"}, &l)
#define FUND(yuan)                                                                                 \
    pn_listing_fund(p, &(struct pn_listing_fund){.id = l.id, .amount_fen = {(yuan) * 100},         \
                    .reason = "receipt"}, &l)
#define PRESALE .kind = {PN_OFFER_PRESALE}, .ship_by_kind = {PN_SHIP_BEFORE}, .ship_by_hours = 48

/* ---- deposits ---- */

START_TEST(a_presale_waits_for_its_deposit)
{
    ok(CREATE(xl, .qty = 5, PRESALE));
    ck_assert_int_eq(l.deposit_unit_fen.fen, 19600); /* 20 % of 980 */
    ck_assert_int_eq(l.deposit_need_fen.fen, 98000);
    ok(STEP(submit));
    ck_assert_int_eq(l.state.v, PN_LISTING_PENDING_DEPOSIT);
    as_finance();
    ok(FUND(979));
    ck_assert_int_eq(l.state.v, PN_LISTING_PENDING_DEPOSIT);
    ok(FUND(1));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    as_ops(1);
    fails(PN_EDEPOSIT, pn_listing_change(p, &(struct pn_listing_change){.id = l.id, .qty = 6},
                                         &l));
    ck_assert_str_eq(pn_error(p)->field, "qty");
    ck_assert_str_eq(pn_error(p)->message, "So many tickets need 196.00 more of deposit");
    as_finance();
    ok(FUND(196));
    as_ops(1);
    ok(pn_listing_change(p, &(struct pn_listing_change){.id = l.id, .qty = 6}, &l));
    test_sql("update stock set qty_sold = 2 where merchant_id is not null");
    ok(STEP(withdraw)); /* two tickets bind theirs still */
    ck_assert_int_eq(l.deposit_quota_fen.fen, 39200);
    ck_assert_int_eq(test_sql_int("select sum(delta_fen) from listing_deposit"), 39200);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox"
                                  " where event like 'deposit.%'"), 4);
    as_finance();
    fails(PN_ESTATE, FUND(1));
}
END_TEST

START_TEST(the_schema_lets_nothing_live_without_its_deposit)
{
    ok(CREATE(xl, .qty = 5, PRESALE));
    ck_assert_int_eq(test_sql_int("with u as (select 1) select count(*) from pg_constraint"
        " where conrelid = 'listing'::regclass and pg_get_constraintdef(oid) like"
        " '%deposit_quota_fen >= deposit_need_fen%'"), 1);
    ok(STEP(submit));
    ok(STEP(withdraw));
    ck_assert_int_eq(l.deposit_quota_fen.fen, 0);
}
END_TEST

START_TEST(S09_last_tickets_freeze_by_the_ticket)
{
    pni_standing b = {{PN_LEVEL_B}, false}, a = {{PN_LEVEL_A}, false}, c = {{PN_LEVEL_C}, true};
    int64_t unit, need;
    ok(pni_deposit_terms(p, PN_OFFER_TAIL, b, 48000, 4, &unit, &need));
    ck_assert_int_eq(unit, 14400); /* 4 sold at 480: 576 */
    ck_assert_int_eq(need, 28800);
    ok(pni_deposit_terms(p, PN_OFFER_TAIL, a, 48000, 4, &unit, &need));
    ck_assert_int_eq(unit, 7200);
    ok(pni_deposit_terms(p, PN_OFFER_TAIL, c, 48000, 4, &unit, &need));
    ck_assert_int_eq(unit, 28800);
    ok(pni_deposit_terms(p, PN_OFFER_TAIL, b, 10000, 4, &unit, &need));
    ck_assert_int_eq(unit, 10000); /* at least 100 yuan */
    ok(pni_deposit_terms(p, PN_OFFER_PRESALE, b, 10000, 4, &unit, &need));
    ck_assert_int_eq(need, 20000);
    ok(pni_deposit_terms(p, PN_OFFER_SPOT, b, 10000, 4, &unit, &need));
    ck_assert_int_eq(need, 0);
    ck_assert_int_eq(pni_deposit_room(14400, 57600, 3), 1);
    ck_assert_int_eq(pni_deposit_room(14400, 57599, 3), 0);
    ck_assert_int_eq(pni_deposit_room(0, 0, 3), INT64_MAX);
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'deposit.waive_a', '1', now())");
    as_ops(1);
    ok(pni_deposit_terms(p, PN_OFFER_TAIL, a, 48000, 4, &unit, &need));
    ck_assert_int_eq(unit, 0);
}
END_TEST

START_TEST(used_up_deposits_pause_last_tickets)
{
    ok(CREATE(xl, .qty = 5, .kind = {PN_OFFER_TAIL}));
    ok(STEP(submit));
    ck_assert_int_eq(l.deposit_need_fen.fen, 58800); /* twice 294 */
    as_merchant(dd);
    fails(PN_ENONE, FUND(0));
    as_merchant(xl);
    ok(FUND(0)); /* what is missing */
    ck_assert_int_eq(l.deposit_quota_fen.fen, 58800);
    fails(PN_EARG, FUND(0));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    as_ops(1);
    test_sql("update stock set qty_sold = 1 where merchant_id is not null");
    run_job("listing_follow");
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_LIVE);
    test_sql("update stock set qty_sold = 2 where merchant_id is not null");
    run_job("listing_follow");
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_PAUSED);
    as_merchant(xl);
    fails(PN_EDEPOSIT, STEP(resume));
    ok(FUND(0)); /* one ticket more */
    ck_assert_int_eq(l.deposit_quota_fen.fen, 3 * 29400);
    ok(STEP(resume));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
}
END_TEST

/* ---- seats ---- */

START_TEST(I03_a_seat_is_in_one_offer)
{
    ok(CREATE(xl, .seats = SEATS("A/5/1-4")));
    int64_t first = l.id;
    ok(CREATE(dd, .seats = SEATS("A/5/4-6"))); /* drafts claim nothing */
    int64_t second = l.id;
    l.id = first;
    ok(STEP(submit));
    ck_assert_int_eq(test_sql_int("select count(*) from seat_claim"), 4);
    l.id = second;
    fails(PN_ESEAT_LISTED, STEP(submit));
    ck_assert_str_eq(pn_error(p)->field, "id"); /* the step has no seats to type */
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "A/5/4"));
    ck_assert_str_eq(pn_error(p)->message, "Seat A/5/4 is offered already");
    ck_assert_int_eq(test_sql_int("select count(*) from seat_clash"), 1); /* remembered */
    ck_assert_int_eq(listing_of(second).state.v, PN_LISTING_DRAFT);
    fails(PN_ESEAT_LISTED, CREATE(dd, .seats = SEATS("A/5/2")));
    fails(PN_ESEAT_LISTED, CREATE(xl, .seats = SEATS("A/5/2"))); /* own: no suspicion */
    ck_assert_int_eq(test_sql_int("select count(*) from seat_clash"), 2);
    ok(CREATE(dd, .seats = SEATS("B/5/2")));
    l.id = first;
    ok(STEP(withdraw));
    ck_assert_int_eq(test_sql_int("select count(*) from seat_claim"), 0);
    l.id = second;
    ok(STEP(submit));
}
END_TEST

START_TEST(sold_seats_stay_claimed)
{
    ok(CREATE(xl, .seats = SEATS("A/5/1-4")));
    ok(STEP(submit));
    test_sql("update stock set qty_sold = 1 where merchant_id is not null");
    test_sql("update seat_block set sold = 2");
    ok(STEP(withdraw));
    ck_assert_str_eq(test_sql_text("select string_agg(seat_key, ' ') from seat_claim"), "A/5/2");
    fails(PN_ESEAT_LISTED, CREATE(dd, .seats = SEATS("A/5/1-2")));
    ok(CREATE(dd, .seats = SEATS("A/5/1+3")));
}
END_TEST

START_TEST(named_seats_are_the_blocks_of_the_lot)
{
    ok(CREATE(xl, .seats = SEATS("一层/A区/5排/1-3", " B / 7排 / 11号+13号 ")));
    ck_assert_str_eq(test_sql_text("select string_agg(concat_ws('/', floor, section, row_name,"
        " array_to_string(labels, '+'), mask, middle), ' ' order by id) from seat_block"),
        "一层/A区/5/1+2+3/7/100 /B/7/11+13/3/50");
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block b join stock k on k.sk = b.sk"
        " and k.lot_id = b.lot_id where k.seat_stamp <> 0 and k.session_id = b.session_id"), 2);
    ok(STEP(submit));
    ck_assert_str_eq(test_sql_text("select string_agg(seat_key, ' ' order by seat_key collate"
        " \"C\") from seat_claim"), "B/7/11 B/7/13 一层/A区/5/1 一层/A区/5/2 一层/A区/5/3");
    fails(PN_ESEAT_LISTED, CREATE(dd, .seats = SEATS("B/7/13座"))); /* another spelling */
    ok(CREATE(dd, .qty = 3));
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block"), 2);
}
END_TEST

START_TEST(who_offers_the_seats_of_others_is_looked_at)
{
    ok(CREATE(xl, .seats = SEATS("A/5/1-4")));
    ok(STEP(submit));
    for (int i = 0; i < 3; i++)
        fails(PN_ESEAT_LISTED, CREATE(dd, .seats = SEATS("A/5/1")));
    ok(CREATE(dd, .seats = SEATS("B/1/1")));
    ok(STEP(submit));
    ck_assert_int_eq(l.state.v, PN_LISTING_PENDING_REVIEW);
    ok(CREATE(xl, .seats = SEATS("B/1/9")));
    ok(STEP(submit));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
}
END_TEST

/* Ten seats of the session's own, of which 7 and 8 are sold, and a hold on 3. */
static int64_t own_seats(void)
{
    pn_seat_plan_imported plan;
    pn_zone_plan cut;
    pn_seat_hold hold;
    as_ops(1);
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                           .file = "floor,section,row,from,to\n1F,A,5排,1,10\n"}, &plan));
    ok(pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = session, .plan = plan.id,
        .zones = {&(pn_zone_ask){.name = "A", .tier = tier_a, .seats = "1F"}, 1}}, &cut));
    as_ops(2);
    ok(pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = cut.id}, &cut));
    test_sql("update stock set qty_sold = 2 where merchant_id is null and seat_stamp <> 0");
    test_sql("update seat_block set sold = 64 + 128");
    ok(pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = session, .kind =
        {PN_HOLD_CHANNEL}, .channel = "dd", .seats = "1F/A/5排/3", .reason = "x"}, &hold));
    return hold.id;
}

START_TEST(I02_what_the_organiser_sells_no_merchant_offers)
{
    pn_seat_hold hold;
    pn_import_result r;
    int64_t held = own_seats();
    fails(PN_ESEAT_LISTED, CREATE(xl, .seats = SEATS("1F/A/5/1-2")));
    ck_assert_str_eq(pn_error(p)->message, "Seat 1F/A/5/1 is on sale at the organiser's");
    ck_assert_str_eq(pn_error(p)->field, "seats");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    fails(PN_ESEAT_LISTED, CREATE(xl, .seats = SEATS("A / 5排 / 10座"))); /* another spelling */
    test_sql("update stock set qty_locked = 2 where merchant_id is null and seat_stamp <> 0");
    test_sql("update seat_block set busy = 3");
    fails(PN_ESEAT_LISTED, CREATE(xl, .seats = SEATS("1F/A/5/1-2"))); /* may be free again */
    ok(CREATE(xl, .seats = SEATS("1F/A/5/7-8"))); /* who bought them may sell them again */
    ok(STEP(submit));
    ok(CREATE(xl, .seats = SEATS("2F/A/5/1"))); /* no seat of the plan */
    ok(CREATE(dd, .seats = SEATS("1F/A/5/3")));
    ok(pn_seat_hold_release(p, &(struct pn_seat_hold_release){.id = held, .reason = "x"}, &hold));
    fails(PN_ESEAT_LISTED, STEP(submit));
    ok(pn_listing_import(p, &(struct pn_import){.file =
        "code,merchant,tier,ask_fen,seats,submit\n"
        "A1,xl,h-1-a,900,1F/A/5/9,yes\nA2,xl,h-1-a,900,B/5/9,yes\n"}, &r));
    ck_assert_int_eq(r.failed, 1);
    ck_assert_int_eq(r.created, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_clash"), 0);
}
END_TEST

static void *submit_it(void *arg)
{
    int64_t id = *(int64_t *)arg;
    pn_listing out;
    pn *mine = test_begin(PN_ROLE_OPS);
    int rc = pn_listing_submit(mine, &(struct pn_listing_submit){.id = id}, &out);
    *(int64_t *)arg = rc;
    pn_end(mine);
    return NULL;
}

START_TEST(I03_holds_in_a_race)
{
    enum { MERCHANTS = 6 };
    pthread_t thread[MERCHANTS];
    int64_t ids[MERCHANTS];
    int won = 0;
    for (int i = 0; i < MERCHANTS; i++) {
        char code[8];
        snprintf(code, sizeof code, "m%d", i);
        int64_t merchant = make_merchant(code, "PRO");
        ok(CREATE(merchant, .seats = SEATS("A/5/7-9", "A/5/3-4")));
        ids[i] = l.id;
    }
    for (int i = 0; i < MERCHANTS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, submit_it, &ids[i]), 0);
    for (int i = 0; i < MERCHANTS; i++) {
        pthread_join(thread[i], NULL);
        ck_assert_msg(!ids[i] || ids[i] == PN_ESEAT_LISTED, "%s", pn_code_name((pn_code)ids[i]));
        won += !ids[i];
    }
    ck_assert_int_eq(won, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_claim"), 5);
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'LIVE'"), 1);
}
END_TEST

/* ---- rank ---- */

static int64_t at(int place)
{
    pn_listing_ranking r;
    ok(pn_listing_rank(p, &(struct pn_listing_rank){.session = session}, &r));
    ck_assert_int_ge((int)r.places.n, place);
    const pn_listing_place *row = r.places.row;
    ck_assert_int_eq(row[place - 1].place, place);
    return row[place - 1].id;
}

START_TEST(offers_stand_in_their_order)
{
    int64_t dear = make_live(xl, 900, 5).id, cheap = make_live(dd, 600, 5).id;
    ck_assert_int_eq(at(1), cheap);
    ck_assert_int_eq(at(2), dear); /* 550·(1 − 300/600) less */
    ok(pn_listing_boost(p, &(struct pn_listing_boost){.id = dear, .points = 200, .reason = "x"},
                        &l));
    ck_assert_int_eq(at(1), cheap);
    test_sql("update listing set risk = 100 where sale_fen = 60000");
    ck_assert_int_eq(at(1), dear); /* 200 and 100 are more than 275 */
    ok(pn_listing_boost(p, &(struct pn_listing_boost){.id = dear, .points = 200,
                        .until = {pn_now(p).us + HOUR}, .reason = "x"}, &l));
    ck_assert_int_eq(at(1), dear);
    later(HOUR);
    ck_assert_int_eq(at(1), cheap); /* the boost is over by itself */
    ok(pn_listing_pin(p, &(struct pn_listing_pin){.id = dear, .place = 1, .reason = "x"}, &l));
    ck_assert_int_eq(at(1), dear);
    ok(pn_listing_pin(p, &(struct pn_listing_pin){.id = dear, .place = 0, .reason = "x"}, &l));
    ck_assert_int_eq(at(1), cheap);
    test_sql("update stock set qty_sold = 5 where lot_id = (select min(id) from listing"
             " where sale_fen = 60000)");
    ck_assert_int_eq(at(1), dear); /* what is sold out does not stand there */
    fails(PN_EARG, pn_listing_boost(p, &(struct pn_listing_boost){.id = dear, .points = 201,
                   .reason = "x"}, &l));
    fails(PN_EARG, pn_listing_boost(p, &(struct pn_listing_boost){.id = dear, .points = 1,
                   .until = {pn_now(p).us}, .reason = "x"}, &l));
    ck_assert_str_eq(pn_error(p)->field, "until");
    pn_listing_ranking r;
    ok(pn_listing_rank(p, &(struct pn_listing_rank){.tier = tier_b}, &r));
    ck_assert_uint_eq(r.places.n, 0);
    fails(PN_EARG, pn_listing_rank(p, &(struct pn_listing_rank){0}, &r));
}
END_TEST

START_TEST(ranks_and_ties_are_exact)
{
    const pni_rank_weights w = {550, 250, 100, 100};
    pni_ranked r[] = {
        {.id = 1, .sale_fen = 60000, .service = 1000, .ship = 1000, .seat = 1000, .level = 2,
         .listed_at = {5}},
        {.id = 2, .sale_fen = 60000, .service = 1000, .ship = 1000, .seat = 1000, .level = 1,
         .listed_at = {9}},
        {.id = 3, .sale_fen = 60000, .service = 1000, .ship = 1000, .seat = 1000, .level = 2,
         .listed_at = {4}},
        {.id = 4, .sale_fen = 60000, .service = 1000, .ship = 1000, .seat = 1000, .level = 3,
         .listed_at = {9}, .own = true},
        {.id = 6, .sale_fen = 60000, .service = 1000, .ship = 1000, .seat = 1000, .level = 2,
         .listed_at = {5}},
        {.id = 5, .sale_fen = 200000, .service = 0, .ship = 200, .seat = 0, .boost = -200,
         .risk = 300},
    };
    static const int64_t expected[] = {4, 2, 3, 1, 6, 5};
    pni_rank(&w, r, 6);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(r[i].id, expected[i]);
    ck_assert_int_eq(r[0].rank, 1000000);
    ck_assert_int_eq(r[5].rank, 20000 - 500000);
    ck_assert_int_eq(pni_service_part(0, 10000, 10000, 10000), 1000);
    ck_assert_int_eq(pni_service_part(250, 9000, 5000, 8000), 650); /* .2 + .27 + .1 + .08 */
    ck_assert_int_eq(pni_service_part(900, 0, 0, 0), 0);
    ck_assert_int_eq(pni_ship_part(true, 2), 200);
    ck_assert_int_eq(pni_ship_part(false, 2), 1000);
    ck_assert_int_eq(pni_ship_part(false, 1 | 2), 800);
    ck_assert_int_eq(pni_ship_part(false, 4), 500);
    ck_assert_int_eq(pni_seat_part(4), 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goods");
    TCase *t = tcase_create("deposit");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, market_teardown);
    tcase_add_test(t, a_presale_waits_for_its_deposit);
    tcase_add_test(t, the_schema_lets_nothing_live_without_its_deposit);
    tcase_add_test(t, S09_last_tickets_freeze_by_the_ticket);
    tcase_add_test(t, used_up_deposits_pause_last_tickets);
    tcase_add_test(t, I03_a_seat_is_in_one_offer);
    tcase_add_test(t, sold_seats_stay_claimed);
    tcase_add_test(t, I02_what_the_organiser_sells_no_merchant_offers);
    tcase_add_test(t, named_seats_are_the_blocks_of_the_lot);
    tcase_add_test(t, who_offers_the_seats_of_others_is_looked_at);
    tcase_add_test(t, I03_holds_in_a_race);
    tcase_add_test(t, offers_stand_in_their_order);
    tcase_add_test(t, ranks_and_ties_are_exact);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
