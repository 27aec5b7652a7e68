/* SPDX-License-Identifier: Apache-2.0 */
/* A seat that a merchant has on offer comes free at the organiser's: one of them sells it (I02). */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "market_int.h"
#include "report/check.h"
#include "seating/seat_hold.h"
#include "seating/seat_plan.h"
#include "seating/zone_plan.h"

static pn_listing l;
static pn_seat_hold hold;
static int64_t xl, plan;

static void setup(void)
{
    pn_seat_plan_imported out;
    market_setup();
    xl = make_merchant("xl", "PRO");
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                           .file = "floor,section,row,from,to\n1F,A,5排,1,10\n1F,B,1,1,10\n"},
                           &out));
    plan = out.id;
}

static void cut(const char *name)
{
    pn_zone_plan z;
    as_ops(1);
    ok(pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = session, .plan = plan,
        .zones = {&(pn_zone_ask){.name = name, .tier = tier_a, .seats = "1F"}, 1}}, &z));
    as_ops(2);
    ok(pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = z.id}, &z));
}

static void hold_seats(const char *seats, int64_t until)
{
    ok(pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = session, .kind =
        {PN_HOLD_CHANNEL}, .channel = "xl", .seats = seats, .reason = "x",
        .expires_at = {until}}, &hold));
}

static void offer(const char *seats)
{
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = xl,
        .ask_fen = {90000}, .seats = {(const char *[]){seats}, 1}}, &l));
    ok(pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
}

#define RELEASE(...)                                                                               \
    pn_seat_hold_release(p, &(struct pn_seat_hold_release){.id = hold.id, .reason = "x",           \
                         __VA_ARGS__}, &hold)

/* Which of A's ten are free, and of which hold. */
static const char *organiser(void)
{
    return test_sql_text("select string_agg(((b.mask & ~(b.held | b.busy | b.sold))::bit(10)::text"
        " || ' ' || coalesce((select string_agg(h.kind || h.qty, '+' order by h.id)"
        "  from seat_hold h where h.state = 'ACTIVE'), '-')), ' ') from seat_block b"
        " where b.plan_row_id is not null and b.section = 'A'");
}

static int64_t drift_of(const char *proof)
{
    pn_check_report r;
    pn *f = test_begin(PN_ROLE_FINANCE);
    ck_assert_int_eq(pn_check_run(f, &(struct pn_check_run){proof}, &r), 0);
    ck_assert_uint_eq(r.checks.n, 1);
    int64_t n = ((const pn_check *)r.checks.row)->drift;
    pn_end(f);
    return n;
}

static void proven(void)
{
    relay();
    ck_assert_int_eq(drift_of("seat_claims"), 0);
    ck_assert_int_eq(drift_of("seat_holds"), 0);
    ck_assert_int_eq(drift_of("seat_counts"), 0);
}

/* Until the offer is over, and no longer. */
START_TEST(a_released_hold_leaves_an_offered_seat_held)
{
    cut("all");
    hold_seats("1F/A/5排/3..6", 0);
    offer("1F/A/5/3-4");
    ok(RELEASE());
    ck_assert_str_eq(organiser(), "1111110011 MERCHANT2");
    proven();
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_FROZEN);
    ck_assert_str_eq(test_sql_text("select kind || ' ' || noun || ' ' || (ref = (select id from"
        " listing)) || ' ' || (merchant_id = (select merchant_id from listing)) from alarm"),
        "SEATS_BACK listing true true");
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where noun = 'seat_hold'"
        " and reason like 'On offer by a merchant: listing %'"), 1);
    run_job("seat_hold_expire");
    ck_assert_str_eq(organiser(), "1111110011 MERCHANT2");
    hold.id = test_sql_int("select id from seat_hold where kind = 'MERCHANT'");
    fails(PN_ESTATE, RELEASE());
    ck_assert_str_eq(pn_error(p)->field, "id");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    /* his tickets are void: thawed it is paused still, and he ends it */
    ok(pn_listing_unfreeze(p, &(struct pn_listing_unfreeze){.id = l.id}, &l));
    ck_assert_int_eq(l.state.v, PN_LISTING_PAUSED);
    ok(pn_listing_withdraw(p, &(struct pn_listing_withdraw){.id = l.id}, &l));
    run_job("seat_hold_expire");
    ck_assert_str_eq(organiser(), "1111111111 -");
    proven();
}
END_TEST

START_TEST(part_of_a_hold_is_released)
{
    cut("all");
    hold_seats("1F/A/5排/3..6", 0);
    offer("A/5/3-4"); /* the floor left out */
    ok(RELEASE(.seats = "1F/A/5排/4..5"));
    ck_assert_str_eq(organiser(), "1111010011 CHANNEL2+MERCHANT1");
    proven();
}
END_TEST

START_TEST(a_hold_that_runs_out_leaves_an_offered_seat_held)
{
    cut("all");
    hold_seats("1F/A/5排/3..6", pn_now(p).us + HOUR);
    offer("1F/A/5/3-4");
    later(HOUR);
    run_job("seat_hold_expire");
    ck_assert_str_eq(organiser(), "1111110011 MERCHANT2");
    proven();
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_FROZEN);
}
END_TEST

START_TEST(what_a_merchant_sold_the_organiser_never_sells)
{
    cut("all");
    hold_seats("1F/A/5排/3..6", 0);
    offer("1F/A/5/3-4");
    test_sql("update stock set qty_sold = 1 where merchant_id is not null");
    test_sql("update seat_block set sold = 1 where plan_row_id is null");
    ok(pn_listing_withdraw(p, &(struct pn_listing_withdraw){.id = l.id}, &l));
    ok(RELEASE());
    ck_assert_str_eq(organiser(), "1111111011 MERCHANT1");
    relay();
    run_job("seat_hold_expire");
    ck_assert_str_eq(organiser(), "1111111011 MERCHANT1");
    ck_assert_int_eq(test_sql_int("select count(*) from alarm where kind = 'SEATS_BACK'"), 1);
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_WITHDRAWN);
    ck_assert_int_eq(drift_of("seat_claims"), 0);
}
END_TEST

START_TEST(a_cut_goes_live_over_offered_seats)
{
    offer("1F/A/5/3-4"); /* nothing is sold by seat yet */
    cut("all");
    ck_assert_str_eq(organiser(), "1111110011 MERCHANT2");
    ck_assert_int_eq(test_sql_int("select qty_held from stock where lot_id = tier_id"
                                  " and seat_stamp <> 0"), 2);
    proven();
    ck_assert_int_eq(listing_of(l.id).state.v, PN_LISTING_FROZEN);
    cut("anew"); /* and goes along */
    ck_assert_str_eq(organiser(), "1111110011 MERCHANT2");
    proven();
}
END_TEST

START_TEST(nobody_holds_for_merchants_by_hand)
{
    cut("all");
    fails(PN_EARG, pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = session, .kind =
        {PN_HOLD_MERCHANT}, .seats = "1F/A/5排/3", .reason = "x"}, &hold));
    ck_assert_str_eq(pn_error(p)->field, "kind");
}
END_TEST

/* ---- how a seat is written ---- */

static int draft_of(int64_t merchant, const char *seats)
{
    return pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = merchant,
        .ask_fen = {90000}, .seats = {(const char *[]){seats}, 1}}, &l);
}

START_TEST(I03_one_seat_with_its_floor_and_without)
{
    pn_import_result r;
    int64_t dd = make_merchant("dd", "PRO");
    offer("A/5/3-4"); /* the plan has it on 1F */
    ck_assert_str_eq(test_sql_text("select string_agg(seat_key, ' ' order by seat_key)"
                                   " from seat_claim"), "1F/A/5/3 1F/A/5/4");
    fails(PN_ESEAT_LISTED, draft_of(dd, "1F/A/5/4-5"));
    fails(PN_ESEAT_LISTED, draft_of(dd, "A/5/4"));
    ok(draft_of(dd, "2F/A/5/4")); /* no seat of the plan: as he wrote it */
    ok(draft_of(dd, "VIP/1/4"));
    ok(pn_listing_import(p, &(struct pn_import){.file =
        "code,merchant,tier,ask_fen,seats,submit\n"
        "A1,dd,h-1-a,900,A/5/4,yes\nA2,dd,h-1-a,900,A/5/7,yes\nA3,dd,h-1-a,900,1F/A/5/7,yes\n"},
        &r));
    ck_assert_int_eq(r.created, 1);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_claim where seat_key = '1F/A/5/7'"),
                     1);
    const char *twice[] = {"1F/A/5/9", "A/5/9"};
    fails(PN_EARG, pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a,
        .merchant = xl, .ask_fen = {90000}, .seats = {twice, 2}}, &l));
    ck_assert_str_eq(pn_error(p)->message, "Seat 1F/A/5/9 is named twice");
    proven();
}
END_TEST

START_TEST(I03_a_seat_of_which_the_floor_is_not_clear)
{
    pn_seat_plan_imported out;
    pn_import_result r;
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
        .file = "floor,section,row,from,to\n1F,A,5排,1,10\n2F,A,5,4,6\n,C,1,1,4\n"}, &out));
    ok(draft_of(xl, "A/5/1-3"));
    ok(draft_of(xl, "C/1/1")); /* on no floor */
    fails(PN_EARG, draft_of(xl, "A/5/3-4"));
    ck_assert_str_eq(pn_error(p)->field, "seats");
    ck_assert_str_eq(pn_error(p)->message, "Seat A/5/4 is on more than one floor");
    ck_assert_str_eq(pn_error(p)->hint, "Write which one: 1F/A/5/4, 2F/A/5/4");
    ok(draft_of(xl, "1F/A/5/4"));
    ok(pn_listing_import(p, &(struct pn_import){.file =
        "code,merchant,tier,ask_fen,seats,submit\n"
        "A1,xl,h-1-a,900,A/5/5,yes\nA2,xl,h-1-a,900,2F/A/5/5,yes\n"}, &r));
    ck_assert_int_eq(r.created, 1);
    ck_assert_str_eq(((const pn_import_row *)r.rows.row)[0].message,
                     "seats: Seat A/5/5 is on more than one floor");
}
END_TEST

/* ---- at the same time ---- */

static void commits_when_waited_for(PGconn *who)
{
    char sql[120];
    snprintf(sql, sizeof sql, "select count(*) from pg_stat_activity where %d = any"
             " (pg_blocking_pids(pid))", PQbackendPID(who));
    for (int i = 0; i < 5000 && !test_sql_int(sql); i++)
        usleep(2000);
    ck_assert_int_ge(test_sql_int(sql), 1);
    PQclear(PQexec(who, "commit"));
    PQfinish(who);
}

static void *submit_it(void *arg)
{
    pn_listing out;
    pn *mine = test_begin(PN_ROLE_OPS);
    *(int64_t *)arg = pn_listing_submit(mine, &(struct pn_listing_submit){.id = *(int64_t *)arg},
                                        &out);
    pn_end(mine);
    return NULL;
}

static void *release_it(void *arg)
{
    pn_seat_hold out;
    pn *mine = test_begin(PN_ROLE_OPS);
    *(int64_t *)arg = pn_seat_hold_release(mine, &(struct pn_seat_hold_release){
        .id = *(int64_t *)arg, .reason = "x"}, &out);
    pn_end(mine);
    return NULL;
}

/* A refund is about to commit: who offers the seat waits for it, and sees that it is free. */
START_TEST(an_offer_waits_for_a_seat_that_is_given_back)
{
    pthread_t thread;
    cut("all");
    test_sql("update stock set qty_sold = 1 where lot_id = tier_id and seat_stamp <> 0");
    test_sql("update seat_block set sold = 4");
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = xl,
        .ask_fen = {90000}, .seats = {(const char *[]){"1F/A/5/3"}, 1}}, &l));
    int64_t arg = l.id;
    PGconn *who = somebody_did("update seat_block set sold = 0 where plan_row_id is not null;"
                               "update stock set qty_sold = 0 where lot_id = tier_id");
    ck_assert_int_eq(pthread_create(&thread, NULL, submit_it, &arg), 0);
    commits_when_waited_for(who);
    pthread_join(thread, NULL);
    ck_assert_int_eq(arg, PN_ESEAT_LISTED);
    ck_assert_str_eq(organiser(), "1111111111 -");
    ck_assert_int_eq(test_sql_int("select count(*) from seat_claim"), 0);
}
END_TEST

/* An offer is about to commit: who gives the seat back waits for it, and holds it. */
START_TEST(a_seat_given_back_waits_for_an_offer)
{
    pthread_t thread;
    char sql[400];
    cut("all");
    hold_seats("1F/A/5排/3", 0);
    offer("1F/A/5/3");
    test_sql("delete from seat_claim");
    snprintf(sql, sizeof sql, "select from seat_block where plan_row_id is not null for share;"
             "insert into seat_claim (sk, session_id, seat_key, listing_id, merchant_id, at)"
             " select sk, session_id, '1F/A/5/3', id, merchant_id, now() from listing");
    int64_t arg = hold.id;
    PGconn *who = somebody_did(sql);
    ck_assert_int_eq(pthread_create(&thread, NULL, release_it, &arg), 0);
    commits_when_waited_for(who);
    pthread_join(thread, NULL);
    ck_assert_int_eq(arg, 0);
    ck_assert_str_eq(organiser(), "1111111011 MERCHANT1");
    proven();
}
END_TEST

/* A cut goes live with rows that nobody could lock before. */
START_TEST(an_offer_waits_for_a_cut)
{
    pthread_t thread;
    char sql[200];
    cut("all");
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = xl,
        .ask_fen = {90000}, .seats = {(const char *[]){"1F/C/5/3"}, 1}}, &l));
    snprintf(sql, sizeof sql, "select from session where id = %lld for no key update;"
             "update seat_block set section = 'C' where section = 'A'", (long long)session);
    int64_t arg = l.id;
    PGconn *who = somebody_did(sql);
    ck_assert_int_eq(pthread_create(&thread, NULL, submit_it, &arg), 0);
    commits_when_waited_for(who);
    pthread_join(thread, NULL);
    ck_assert_int_eq(arg, PN_ESEAT_LISTED);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goods");
    TCase *t = tcase_create("claimed");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, market_teardown);
    tcase_add_test(t, a_released_hold_leaves_an_offered_seat_held);
    tcase_add_test(t, part_of_a_hold_is_released);
    tcase_add_test(t, a_hold_that_runs_out_leaves_an_offered_seat_held);
    tcase_add_test(t, what_a_merchant_sold_the_organiser_never_sells);
    tcase_add_test(t, a_cut_goes_live_over_offered_seats);
    tcase_add_test(t, nobody_holds_for_merchants_by_hand);
    tcase_add_test(t, I03_one_seat_with_its_floor_and_without);
    tcase_add_test(t, I03_a_seat_of_which_the_floor_is_not_clear);
    tcase_add_test(t, an_offer_waits_for_a_seat_that_is_given_back);
    tcase_add_test(t, a_seat_given_back_waits_for_an_offer);
    tcase_add_test(t, an_offer_waits_for_a_cut);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
