/* SPDX-License-Identifier: Apache-2.0 */
/* follow_price.c — prices that follow others: how far, how often, and when two chase each other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goods/follow_int.h"
#include "goods/price.h"
#include "goods/price_int.h"
#include "market_int.h"
#include "report/check.h"

#define MIN INT64_C(60000000)
static int64_t a, b, c; /* merchants */
static pn_follow_price f;

static void setup(void)
{
    market_setup();
    a = make_merchant("aa", "PRO");
    b = make_merchant("bb", "PRO");
    c = make_merchant("cc", "PRO");
    test_sql("update stock set qty_held = qty_total - qty_locked - qty_sold"
             " where merchant_id is null"); /* the organiser sells nothing himself */
}

#define SET(id, ...)                                                                               \
    pn_follow_price_set(p, &(struct pn_follow_price_set){.listing = (id), __VA_ARGS__}, &f)
#define LOWEST .target = {PN_FOLLOW_LOWEST}
#define BOTH .direction = {PN_DIRECTION_BOTH}

static int64_t sale(int64_t listing)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select sale_fen / 100 from listing where id = %" PRId64, listing);
    return test_sql_int(sql);
}

static const char *last_look(int64_t listing)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select result || ' ' || state from follow_rule"
             " where listing_id = %" PRId64, listing);
    return test_sql_text(sql);
}

static void ask(int64_t listing, int64_t yuan)
{
    pn_listing l;
    ok(pn_listing_change(p, &(struct pn_listing_change){.id = listing,
                                                        .ask_fen = {yuan * 100}}, &l));
}

/* The clock goes on, and everybody looks once. */
static void tick(int64_t us)
{
    later(us);
    run_job("follow_price");
}

/* ---- the decision by itself ---- */

static pni_follow rule(int64_t sale_fen, int64_t target_fen)
{
    return (pni_follow){.direction = PN_DIRECTION_BOTH, .step_fen = -100, .cooldown_us = 5 * MIN,
        .hour_most = 12, .loop_us = 10 * MIN, .loop_turns = 3, .now_us = 1000 * MIN,
        .sale_fen = sale_fen, .target_fen = target_fen, .least_fen = 50000, .most_fen = 98000};
}

START_TEST(I40_never_outside_the_bounds)
{
    pni_followed o;
    for (int64_t target = 100; target < 200000; target += 37)
        for (int k = 0; k < 4; k++) {
            pni_follow r = rule(70000, target);
            r.floor_fen = k & 1 ? 55050 : 0;
            r.cap_fen = k & 2 ? 81070 : 0;
            pni_follow_look(&r, &o);
            if (o.result != PN_LOOK_MOVED)
                continue;
            ck_assert_int_ge(o.fen, k & 1 ? 55100 : 50000);
            ck_assert_int_le(o.fen, k & 2 ? 81000 : 98000);
            ck_assert_int_eq(o.fen % 100, 0);
        }
    pni_follow none = rule(70000, 60000);
    none.floor_fen = 60050;
    none.cap_fen = 60090;
    pni_follow_look(&none, &o);
    ck_assert_int_eq(o.result, PN_LOOK_BOUND);
}
END_TEST

static const struct {
    int64_t sale, target, step;
    int direction;
    int64_t changed_min, hour_n, leader_min;
    int chase;
    bool stale;
    int result;
    int64_t fen;
} looks[] = {
    {60000, 56000, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_MOVED, 55900},
    {60000, 56010, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_MOVED, 56000},
    {60000, 40000, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_MOVED, 50000},
    {60000, 99900, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_MOVED, 98000},
    {60000, 60100, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_SAME, 0},
    {60000, 70000, -100, PN_DIRECTION_DOWN_ONLY, 0, 0, 0, 0, false, PN_LOOK_UP, 0},
    {60000, 60800, -1000, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_SMALL, 0},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 4, 1, 0, 0, false, PN_LOOK_SOON, 0},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 5, 1, 0, 0, false, PN_LOOK_MOVED, 55900},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 6, 12, 0, 0, false, PN_LOOK_OFTEN, 0},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 6, 11, 0, 0, false, PN_LOOK_MOVED, 55900},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 6, 1, 9, 2, false, PN_LOOK_LOOP, 0},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 6, 1, 11, 2, false, PN_LOOK_MOVED, 55900},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 6, 1, 9, 1, false, PN_LOOK_MOVED, 55900},
    {60000, 56000, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, true, PN_LOOK_STALE, 0},
    {60000, 0, -100, PN_DIRECTION_BOTH, 0, 0, 0, 0, false, PN_LOOK_NONE, 0},
};

START_TEST(each_look_has_one_answer)
{
    pni_followed o;
    pni_follow r = rule(looks[_i].sale, looks[_i].target);
    r.step_fen = looks[_i].step;
    r.direction = looks[_i].direction;
    r.changed_us = looks[_i].changed_min ? r.now_us - looks[_i].changed_min * MIN : 0;
    r.hour_n = (int)looks[_i].hour_n;
    r.hour_from_us = looks[_i].hour_n ? r.now_us - 50 * MIN : 0;
    r.leader_changed_us = looks[_i].leader_min ? r.now_us - looks[_i].leader_min * MIN : 0;
    r.leader_chase = looks[_i].chase;
    r.stale = looks[_i].stale;
    pni_follow_look(&r, &o);
    ck_assert_int_eq(o.result, looks[_i].result);
    ck_assert_int_eq(o.fen, looks[_i].fen);
}
END_TEST

/* ---- with offers ---- */

START_TEST(the_lowest_of_the_tier_less_a_yuan)
{
    pn_listing x = make_live(a, 900, 5), y = make_live(b, 850, 5), z;
    ok(SET(x.id, LOWEST, BOTH));
    ck_assert_int_eq(f.sale_fen.fen, 86100); /* the floor: 855 settled and 5.17 fee, 860.17 */
    ck_assert_int_eq(f.result.v, PN_LOOK_MOVED);
    ask(y.id, 880);
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 879);
    ck_assert_str_eq(test_sql_text("select string_agg(reason || ' ' || target_fen / 100 || ' ' ||"
                                   " sale_before_fen / 100 || ' ' || sale_fen / 100, ',' order by"
                                   " id) from price_history where reason = 'FOLLOW'"),
                     "FOLLOW 850 900 861,FOLLOW 880 861 879");
    /* what prices it anew comes to the same; what it asks and what it gets stay its own */
    ask(x.id, 890);
    ck_assert_int_eq(sale(x.id), 879);
    ck_assert_int_eq(test_sql_int("select min(settle_fen) from listing where ask_fen = 89000"),
                     84550);
    z = make_live(c, 870, 1);
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 869);
    /* sold out is no price to follow */
    char sql[100];
    snprintf(sql, sizeof sql, "update stock set qty_sold = 1 where lot_id = %" PRId64, z.id);
    test_sql(sql);
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 879);
    ok(pn_follow_price_stop(p, &(struct pn_follow_price_stop){x.id}, &f));
    relay();
    ck_assert_int_eq(sale(x.id), 890);
    fails(PN_ESTATE, pn_follow_price_stop(p, &(struct pn_follow_price_stop){x.id}, &f));
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 890);
}
END_TEST

START_TEST(down_only_and_bounds_of_its_own)
{
    pn_listing x = make_live(a, 900, 5), y = make_live(b, 890, 5);
    ok(SET(x.id, LOWEST, .floor_fen = {88050}));
    ck_assert_int_eq(f.sale_fen.fen, 88900);
    ask(y.id, 870);
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 881);
    ask(y.id, 900);
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 881);
    ck_assert_str_eq(last_look(x.id), "UP ACTIVE");
}
END_TEST

START_TEST(five_minutes_and_twelve_an_hour)
{
    pn_listing x = make_live(a, 900, 5), y = make_live(b, 899, 5);
    ok(SET(x.id, LOWEST));
    ck_assert_int_eq(sale(x.id), 898);
    ask(y.id, 897);
    tick(4 * MIN);
    ck_assert_int_eq(sale(x.id), 898);
    ck_assert_str_eq(last_look(x.id), "SOON ACTIVE");
    tick(MIN);
    ck_assert_int_eq(sale(x.id), 896);
    test_sql("update policy set value = '0' where key = 'follow.cooldown_min'");
    test_sql("update listing set edits = 0");
    for (int i = 0; i < 12; i++) {
        ask(y.id, 895 - i);
        tick(MIN);
    }
    ck_assert_str_eq(last_look(x.id), "OFTEN ACTIVE");
    ck_assert_int_eq(test_sql_int("select count(*) from price_history where reason = 'FOLLOW'"),
                     12);
    tick(HOUR);
    ck_assert_int_eq(sale(x.id), 883);
}
END_TEST

/* Two that undercut each other by a yuan: the third answer in ten minutes is not given. */
START_TEST(two_that_chase_each_other)
{
    pn_listing x = make_live(a, 900, 5), y = make_live(b, 900, 5);
    ok(SET(x.id, LOWEST)); /* 899 */
    later(MIN);
    ok(SET(y.id, LOWEST)); /* 898, the first answer */
    ck_assert_int_eq(sale(x.id), 899);
    ck_assert_int_eq(sale(y.id), 898);
    tick(4 * MIN); /* 897, the second */
    ck_assert_int_eq(sale(x.id), 897);
    tick(MIN);     /* the third is not given */
    ck_assert_int_eq(sale(y.id), 898);
    ck_assert_str_eq(last_look(y.id), "LOOP LOOPED");
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event ="
                                  " 'follow_price.alarm'"), 1);
    relay();
    ck_assert_str_eq(test_sql_text("select kind || ' ' || noun || ' ' || times from alarm"),
                     "FOLLOW_LOOP listing 1");
    ck_assert_int_eq(test_sql_int("select ref from alarm"), y.id);
    ck_assert_int_eq(test_sql_int("select merchant_id from alarm"), b); /* it is his price */
    tick(6 * MIN);
    tick(6 * MIN);
    ck_assert_int_eq(sale(x.id), 897);
    ck_assert_int_eq(sale(y.id), 898);
    ok(pn_follow_price_resume(p, &(struct pn_follow_price_resume){y.id}, &f));
    ck_assert_int_eq(f.sale_fen.fen, 89600);
}
END_TEST

START_TEST(a_competitor_while_its_price_is_fresh)
{
    pn_listing x = make_live(a, 900, 5);
    pn_fed fed;
#define FEED(yuan, when)                                                                           \
    pn_follow_price_feed(p, &(struct pn_follow_price_feed){.tier = tier_a,                         \
        .source = {PN_FEED_MAOYAN}, .price_fen = {(yuan) * 100}, .at = {when}}, &fed)
    ok(SET(x.id, .target = {PN_FOLLOW_COMPETITOR}, .source = {PN_FEED_MAOYAN}, BOTH));
    ck_assert_int_eq(f.result.v, PN_LOOK_NONE);
    ok(FEED(880, 0));
    tick(MIN);
    ck_assert_int_eq(sale(x.id), 879);
    tick(29 * MIN);
    ck_assert_str_eq(last_look(x.id), "SAME ACTIVE");
    tick(2 * MIN); /* older than half an hour: the price stays, and somebody is told, once */
    ck_assert_str_eq(last_look(x.id), "STALE ACTIVE");
    tick(MIN);
    ck_assert_int_eq(sale(x.id), 879);
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event ="
                                  " 'follow_price.alarm'"), 1);
    relay();
    ck_assert_str_eq(test_sql_text("select kind || ' ' || state from alarm"),
                     "FOLLOW_STALE OPEN");
    ck_assert_int_eq(test_sql_int("select merchant_id from alarm"), a);
    ok(FEED(890, 0));
    tick(MIN);
    ck_assert_int_eq(sale(x.id), 889);
    fails(PN_ECONFLICT, FEED(700, pn_now(p).us - HOUR)); /* older than what is known */
    fails(PN_EARG, FEED(700, pn_now(p).us + HOUR));
}
END_TEST

START_TEST(a_part_of_face_and_what_makes_no_sense)
{
    pn_listing x = make_live(a, 800, 5);
    pn_page page;
    ok(SET(x.id, .target = {PN_FOLLOW_FACE}, .face_bp = 9000, BOTH));
    ck_assert_int_eq(f.sale_fen.fen, 88200); /* 90 % of 980 */
    fails(PN_EARG, SET(x.id, LOWEST, .face_bp = 9000));
    fails(PN_EARG, SET(x.id, .target = {PN_FOLLOW_COMPETITOR}));
    fails(PN_EARG, SET(x.id, LOWEST, .floor_fen = {90000}, .cap_fen = {80000}));
    as_merchant(b);
    fails(PN_ENONE, SET(x.id, LOWEST));
    fails(PN_ENONE, pn_follow_price_stop(p, &(struct pn_follow_price_stop){x.id}, &f));
    ok(pn_follow_price_list(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 0);
    as_merchant(a);
    ok(pn_follow_price_list(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 1);
    ok(SET(x.id, LOWEST));
    as_ops(1);
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){"listings"}, &r));
    ck_assert_int_eq(r.drift, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("follow_price");
    TCase *t = tcase_create("follow_price");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, market_teardown);
    tcase_add_test(t, I40_never_outside_the_bounds);
    tcase_add_loop_test(t, each_look_has_one_answer, 0, sizeof looks / sizeof *looks);
    tcase_add_test(t, the_lowest_of_the_tier_less_a_yuan);
    tcase_add_test(t, down_only_and_bounds_of_its_own);
    tcase_add_test(t, five_minutes_and_twelve_an_hour);
    tcase_add_test(t, two_that_chase_each_other);
    tcase_add_test(t, a_competitor_while_its_price_is_fresh);
    tcase_add_test(t, a_part_of_face_and_what_makes_no_sense);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
