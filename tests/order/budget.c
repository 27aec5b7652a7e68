/* SPDX-License-Identifier: Apache-2.0 */
/* budget.c — what reductions draw on: a campaign's money, for as many orders as it lasts (S25), and
 * coupons, each in one order (I26). The rules are the test's own. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "order/sale_int.h"
#include "promo/budget.h"
#include "report/check.h"
#include "shop.h"

enum { PARALLEL = 200, AT_ONCE = 8 };
static pni_reduction instant, coupon;
static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};

static int test_rules(pn *p, const pni_cart *cart, pni_stack *io)
{
    (void)p;
    (void)cart;
    io->instant = &instant;
    io->instants = instant.fen ? 1 : 0;
    io->coupon = coupon;
    return 0;
}

static void setup(void)
{
    test_db_setup();
    instant = coupon = (pni_reduction){0};
    pni_cart_discount_hook = test_rules;
}

static void teardown(void)
{
    pni_cart_discount_hook = NULL;
    test_db_teardown();
}

/* Twenty yuan an order of a budget. */
static int64_t budget_of(int64_t total, int64_t daily)
{
    PN_AUTO_UNIT p = as(PN_ROLE_FINANCE, FIN);
    pn_budget b;
    ok(pn_budget_create(p, &(struct pn_budget_create){"spring", {total}, {daily}}, &b));
    ck_assert_int_eq(b.left_fen.fen, total);
    instant = (pni_reduction){.id = 1, .fen = YUAN(20), .budget = b.id};
    return b.id;
}

static int buy(const char *phone, pn_order *out)
{
    PN_AUTO_UNIT p = ops();
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone},
                           out);
}

/* What the next order costs. */
static int64_t price_of(int i)
{
    char phone[16];
    pn_order o;
    snprintf(phone, sizeof phone, "1391%07d", i);
    ck_assert_int_eq(buy(phone, &o), 0);
    return o.payable_fen.fen;
}

static void paid_now(int64_t order)
{
    PN_AUTO_UNIT p = clerk();
    pn_payment paid;
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = order}, &paid));
}

static const char *used(void)
{
    return test_sql_text("select reserved_fen / 100 || '+' || spent_fen / 100"
                         " from campaign_budget");
}

static void proved(void)
{
    PN_AUTO_UNIT p = as(PN_ROLE_ADMIN, 1);
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift, "check %s: %s", c->name, c->sample);
    books_balance();
}

START_TEST(S25_fifty_orders_and_the_next_pays_in_full)
{
    make_shop(.stock = 100);
    PN_AUTO_UNIT p = ops();
    budget_of(YUAN(1000), 0);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(price_of(i), YUAN(560));
    ck_assert_str_eq(used(), "1000+0");
    pn_quote q;
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 1}, &q));
    ck_assert_int_eq(q.payable_fen.fen, YUAN(580));
    ck_assert_int_eq(price_of(50), YUAN(580));
    /* one closes unpaid, the next gets it */
    pn_order o;
    int64_t first = test_sql_int("select min(order_id) from order_draw");
    ok(pn_order_cancel(p, &(struct pn_order_cancel){first, NULL}, &o));
    ck_assert_str_eq(used(), "980+0");
    ck_assert_int_eq(price_of(51), YUAN(560));
    ck_assert_int_eq(price_of(52), YUAN(580));
    proved();
    /* so does one that runs out, whether or not the job came by */
    shop_clock(16 * MINUTE);
    ck_assert_int_eq(price_of(53), YUAN(560));
    ck_assert_str_eq(used(), "20+0");
    proved();
}
END_TEST

/* What was told of the budget, and is not closed. */
static const char *told(void)
{
    shop_clock(1); /* each run of a job is a moment of its own */
    job("budget_watch");
    relay();
    return test_sql_text("select coalesce(string_agg(kind, '+' order by kind), '-') from alarm"
                         " where state <> 'CLOSED'");
}

START_TEST(S25_told_once_at_80_and_at_100_percent)
{
    pn_order o;
    pn_budget b;
    make_shop(.stock = 100);
    PN_AUTO_UNIT p = ops();
    int64_t id = budget_of(YUAN(1000), 0);
    for (int i = 0; i < 39; i++)
        price_of(i);
    ck_assert_str_eq(told(), "-"); /* 780 of 1,000 */
    price_of(39);
    ck_assert_str_eq(told(), "BUDGET_LOW");
    ck_assert_int_eq(test_sql_int("select ref from alarm"), id);
    ck_assert_str_eq(test_sql_text("select about from alarm"), "spring");
    for (int i = 40; i < 49; i++)
        price_of(i);
    ck_assert_str_eq(told(), "BUDGET_LOW");
    ck_assert_int_eq(buy(phones[0], &o), 0);
    /* used up for a moment only: that is told, too */
    ok(pn_order_cancel(p, &(struct pn_order_cancel){o.id, NULL}, &o));
    ck_assert_str_eq(used(), "980+0");
    ck_assert_str_eq(told(), "BUDGET_LOW+BUDGET_OUT");
    test_sql("update alarm set state = 'CLOSED', closed_at = now()");
    ck_assert_int_eq(buy(phones[1], &o), 0);
    ck_assert_str_eq(used(), "1000+0");
    ck_assert_str_eq(told(), "-"); /* each once */
    ck_assert_int_eq(count_of("alarm where times = 1"), 2);
    /* more money: both marks lie ahead again */
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_budget_change(p, &(struct pn_budget_change){.id = id, .total_fen = {YUAN(1300)},
                                                      .reason = "it goes well"}, &b));
    ck_assert_str_eq(told(), "-"); /* 77 % */
    for (int i = 51; i < 53; i++)
        price_of(i);
    ck_assert_str_eq(told(), "BUDGET_LOW"); /* 1,040 are 80 % */
    proved();
}
END_TEST

static int64_t prices[PARALLEL];

static void *some(void *of)
{
    int from = *(const int *)of;
    for (int i = from; i < PARALLEL; i += AT_ONCE)
        prices[i] = price_of(i);
    return NULL;
}

static void parallel(void)
{
    pthread_t id[AT_ONCE];
    int from[AT_ONCE], less = 0;
    for (int i = 0; i < AT_ONCE; i++) {
        from[i] = i;
        ck_assert_int_eq(pthread_create(&id[i], NULL, some, &from[i]), 0);
    }
    for (int i = 0; i < AT_ONCE; i++)
        pthread_join(id[i], NULL);
    for (int i = 0; i < PARALLEL; i++)
        less += prices[i] == YUAN(560);
    ck_assert_int_eq(less, 50);
    ck_assert_str_eq(used(), "1000+0");
    proved();
}

START_TEST(S25_two_hundred_at_the_same_time)
{
    make_shop(.stock = PARALLEL);
    budget_of(YUAN(1000), 0);
    shop_conf("{}\n");
    parallel();
}
END_TEST

/* The lot does not keep them apart: two tiers, one budget. */
START_TEST(S25_many_of_two_tiers_in_batches)
{
    enum { MANY = 64 };
    static struct pn_order_submit in[MANY];
    static pn_order out[MANY];
    static char phone[MANY][16];
    int rc[MANY], less = 0;
    make_shop(.stock = 1000);
    make_tier(1000, YUAN(580));
    PN_AUTO_UNIT p = ops();
    budget_of(YUAN(1000), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(phone[i], sizeof phone[i], "1392%07d", i);
        in[i] = (struct pn_order_submit){.tier = i % 2 ? TIER : TIER2, .qty = 1,
                                         .phone = phone[i]};
    }
    ok(pn_call_many(p, pn_op_find("order", "submit"), in, MANY, out, rc, NULL));
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(rc[i], 0);
        ck_assert_int_eq(out[i].payable_fen.fen, i < 50 ? YUAN(560) : YUAN(580));
        less += out[i].payable_fen.fen == YUAN(560);
    }
    ck_assert_int_eq(less, 50);
    ck_assert_str_eq(used(), "1000+0");
    proved();
}
END_TEST

/* What another sale took between the look and the writing is refused by the constraint, and the
 * second look sees it. */
START_TEST(S25_the_last_twenty_yuan)
{
    make_shop();
    budget_of(YUAN(20), 0);
    struct pg_conn *who = somebody_did("update campaign_budget set reserved_fen = 2000");
    pthread_t waiter;
    int from = PARALLEL - 1;
    ck_assert_int_eq(pthread_create(&waiter, NULL, some, &from), 0);
    somebody_commits_at_last(who);
    pthread_join(waiter, NULL);
    ck_assert_int_eq(prices[PARALLEL - 1], YUAN(580));
    ck_assert_str_eq(used(), "20+0");
}
END_TEST

START_TEST(S25_paid_is_spent_and_a_whole_refund_returns_it)
{
    pn_refund back;
    pn_order o;
    make_shop();
    PN_AUTO_UNIT p = ops();
    budget_of(YUAN(1000), 0);
    ck_assert_int_eq(0, buy(phones[0], &o));
    paid_now(o.id);
    relay();
    ck_assert_str_eq(used(), "0+20");
    relay();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &back));
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_str_eq(used(), "0+0");
    relay();
    ck_assert_str_eq(used(), "0+0");
    proved();
}
END_TEST

/* Refunded before anybody was told that it was paid. */
START_TEST(S25_news_that_come_too_late)
{
    pn_refund back;
    pn_order o;
    make_shop();
    PN_AUTO_UNIT p = ops();
    budget_of(YUAN(1000), 0);
    ck_assert_int_eq(0, buy(phones[0], &o));
    paid_now(o.id);
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &back));
    relay();
    ck_assert_str_eq(used(), "0+0");
    proved();
}
END_TEST

START_TEST(S25_late_money_draws_again_what_is_there)
{
    pn_order a, b;
    make_shop();
    int64_t id = budget_of(YUAN(20), 0);
    ck_assert_int_eq(buy(phones[0], &a), 0);
    PN_AUTO_UNIT p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){.order = a.id,
                                                        .method = {PN_PAY_SIMULATED}}, &y));
    shop_clock(16 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(used(), "0+0");
    pn_end(p);
    p = ops();
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    relay();
    ck_assert_str_eq(used(), "0+20");
    /* and not what others have used since */
    test_sql("update campaign_budget set total_fen = 4000");
    pn_end(p);
    p = ops();
    ck_assert_int_eq(0, buy(phones[1], &a));
    ok(pn_payment_create(p, &(struct pn_payment_create){.order = a.id,
                                                        .method = {PN_PAY_SIMULATED}}, &y));
    shop_clock(16 * MINUTE);
    job("hold_expire");
    ck_assert_int_eq(0, buy(phones[2], &b));
    ck_assert_int_eq(b.payable_fen.fen, YUAN(560));
    pn_end(p);
    p = ops();
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    relay();
    ck_assert_str_eq(order_state(a.id), "ALLOCATED");
    ck_assert_str_eq(used(), "20+20");
    proved();
    pn_budget row;
    ok(pn_budget_show(p, &(struct pn_budget_show){id}, &row));
    ck_assert_int_eq(row.used_bp, 10000);
}
END_TEST

START_TEST(a_day_has_its_share)
{
    pn_budget b;
    make_shop(.stock = 100);
    PN_AUTO_UNIT p = as(PN_ROLE_FINANCE, FIN);
    int64_t id = budget_of(YUAN(100), YUAN(40));
    ck_assert_int_eq(price_of(0), YUAN(560));
    ck_assert_int_eq(price_of(1), YUAN(560));
    ck_assert_int_eq(price_of(2), YUAN(580));
    shop_clock(DAY);
    ck_assert_int_eq(price_of(3), YUAN(560)); /* yesterday's two ran out, which is not today's */
    ck_assert_int_eq(price_of(4), YUAN(560));
    ck_assert_int_eq(price_of(5), YUAN(580));
    ck_assert_int_eq(test_sql_int("select day_fen from campaign_budget"), YUAN(40));
    fails(PN_ECONFLICT, pn_budget_change(p, &(struct pn_budget_change){id, {YUAN(30)}, {YUAN(20)},
                                                                       "less"}, &b));
    ck_assert_str_eq(pn_error(p)->field, "total_fen");
    fails(PN_EARG, pn_budget_change(p, &(struct pn_budget_change){id, {YUAN(50)}, {YUAN(60)},
                                                                  "less"}, &b));
    ok(pn_budget_change(p, &(struct pn_budget_change){id, {YUAN(60)}, {YUAN(60)}, "more"}, &b));
    ck_assert_int_eq(b.left_fen.fen, YUAN(20));
    ck_assert_int_eq(price_of(6), YUAN(560));
    proved();
}
END_TEST

START_TEST(a_stopped_budget_gives_nothing_more)
{
    pn_budget b;
    make_shop();
    PN_AUTO_UNIT p = as(PN_ROLE_FINANCE, FIN);
    int64_t id = budget_of(YUAN(100), 0);
    ok(pn_budget_stop(p, &(struct pn_budget_stop){id, "over"}, &b));
    ck_assert_int_eq(price_of(0), YUAN(580));
    fails(PN_ESTATE, pn_budget_stop(p, &(struct pn_budget_stop){id, "over"}, &b));
    ok(pn_budget_resume(p, &(struct pn_budget_resume){id}, &b));
    ck_assert_int_eq(price_of(1), YUAN(560));
    fails(PN_ENONE, pn_budget_show(p, &(struct pn_budget_show){8192}, &b));
    PN_AUTO_UNIT o = ops();
    ck_assert_int_eq(pn_budget_create(o, &(struct pn_budget_create){"x", {1}, {0}}, &b),
                     PN_EPERM);
}
END_TEST

/* ---- coupons ---- */

START_TEST(I26_a_coupon_is_in_one_order)
{
    pn_order a, b;
    make_shop();
    PN_AUTO_UNIT p = ops();
    coupon = (pni_reduction){.id = 7 * 4096, .fen = YUAN(100), .once = true};
    ck_assert_int_eq(0, buy(phones[0], &a));
    ck_assert_int_eq(a.payable_fen.fen, YUAN(480));
    fails(PN_ECONFLICT, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                                     .phone = phones[1]}, &b));
    ck_assert_str_eq(pn_error(p)->field, "coupon");
    /* given back with the order, used with its payment */
    ok(pn_order_cancel(p, &(struct pn_order_cancel){a.id, NULL}, &a));
    ck_assert_int_eq(0, buy(phones[1], &b));
    ck_assert_int_eq(b.payable_fen.fen, YUAN(480));
    paid_now(b.id);
    relay();
    ck_assert_str_eq(test_sql_text("select state from coupon_lock"), "USED");
    ck_assert_int_eq(buy(phones[2], &a), PN_ECONFLICT);
    proved();
}
END_TEST

START_TEST(I26_two_of_one_batch)
{
    struct pn_order_submit in[2] = {{.tier = TIER, .qty = 1, .phone = phones[0]},
                                    {.tier = TIER, .qty = 1, .phone = phones[1]}};
    pn_order out[2];
    int rc[2];
    make_shop();
    PN_AUTO_UNIT p = ops();
    coupon = (pni_reduction){.id = 7 * 4096, .fen = YUAN(100), .once = true};
    ok(pn_call_many(p, pn_op_find("order", "submit"), in, 2, out, rc, NULL));
    ck_assert_int_eq(rc[0], 0);
    ck_assert_int_eq(rc[1], PN_ECONFLICT);
    proved();
}
END_TEST

/* The lock is the schema's: whoever does not look is refused by it. */
START_TEST(I26_the_lock_is_a_key)
{
    make_shop();
    coupon = (pni_reduction){.id = 7 * 4096, .fen = YUAN(100), .once = true};
    pn_order o;
    ck_assert_int_eq(buy(phones[0], &o), 0);
    ck_assert_int_eq(test_sql_int("with x as (insert into coupon_lock (sk, coupon_id, order_id,"
                                  " state, at) values (0, 28672, 1, 'LOCKED', now())"
                                  " on conflict do nothing returning 1) select count(*) from x"),
                     0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("budget");
    TCase *c = tcase_create("budget");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, S25_told_once_at_80_and_at_100_percent);
    tcase_add_test(c, S25_fifty_orders_and_the_next_pays_in_full);
    tcase_add_test(c, S25_two_hundred_at_the_same_time);
    tcase_add_test(c, S25_many_of_two_tiers_in_batches);
    tcase_add_test(c, S25_the_last_twenty_yuan);
    tcase_add_test(c, S25_paid_is_spent_and_a_whole_refund_returns_it);
    tcase_add_test(c, S25_news_that_come_too_late);
    tcase_add_test(c, S25_late_money_draws_again_what_is_there);
    tcase_add_test(c, a_day_has_its_share);
    tcase_add_test(c, a_stopped_budget_gives_nothing_more);
    tcase_add_test(c, I26_a_coupon_is_in_one_order);
    tcase_add_test(c, I26_two_of_one_batch);
    tcase_add_test(c, I26_the_lock_is_a_key);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
