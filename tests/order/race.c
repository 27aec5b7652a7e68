/* SPDX-License-Identifier: Apache-2.0 */
/* race.c — many at once: the last tickets, the last second of a hold, the same money twice. */
#include "shop.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "order/order_int.h"
#include "order/payment_int.h"

enum { THREADS = 32 };

/* What one thread does; i is its place. Returns the code of its last call. */
typedef int act(pn *p, int i);
static act *acting;
static int codes[THREADS];
static char words[THREADS][200];
static pthread_barrier_t start;
static int64_t orders[THREADS], payments[THREADS];
static pn_order target;

static void *thread(void *arg)
{
    int i = (int)(intptr_t)arg;
    pn *p = as(PN_ROLE_BOXOFFICE | PN_ROLE_OPS | PN_ROLE_SYSTEM, CLERK + i);
    pthread_barrier_wait(&start);
    codes[i] = acting(p, i);
    snprintf(words[i], sizeof words[i], "%s", codes[i] ? pn_error(p)->message : "");
    pn_end(p);
    return NULL;
}

/* All at once; how many came back with 0. */
static int together(int n, act *what)
{
    pthread_t id[THREADS];
    int good = 0;
    acting = what;
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (intptr_t i = 0; i < n; i++)
        pthread_create(&id[i], NULL, thread, (void *)i);
    for (int i = 0; i < n; i++) {
        pthread_join(id[i], NULL);
        good += codes[i] == 0;
    }
    pthread_barrier_destroy(&start);
    return good;
}

static int buy(pn *p, int64_t tier, int qty, int i)
{
    char phone[16];
    pn_order o;
    snprintf(phone, sizeof phone, "139%08d", i);
    int rc = pn_order_submit(p, &(struct pn_order_submit){.tier = tier, .qty = qty, .phone = phone,
                                                          .channel = {PN_CHANNEL_OWN}}, &o);
    if (!rc)
        orders[i] = o.id;
    return rc;
}

static int buy_two_five_times(pn *p, int i)
{
    int sold = 0;
    for (int k = 0; k < 5; k++) {
        int rc = buy(p, TIER, 2, i);
        if (rc && rc != PN_ESTOCK)
            return rc;
        sold += !rc;
    }
    return sold ? 0 : PN_ESTOCK;
}

START_TEST(T1_fifty_tickets_are_sold_fifty_times)
{
    make_shop(.stock = 50, .limit_order = 10);
    together(THREADS, buy_two_five_times);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(codes[i] == 0 || codes[i] == PN_ESTOCK, "thread %d: %s", i,
                      pn_code_name((pn_code)codes[i]));
    ck_assert_str_eq(stock_now(), "50/50/0");
    ck_assert_int_eq(count_of("orders"), 25);
    ck_assert_int_eq(count_of("order_seat"), 50);
    books_balance();
}
END_TEST

static int buy_one(pn *p, int i)
{
    return buy(p, TIER, 1, i);
}

START_TEST(T1_one_ticket_has_one_winner)
{
    make_shop(.stock = 1);
    ck_assert_int_eq(together(THREADS, buy_one), 1);
    ck_assert_str_eq(stock_now(), "1/1/0");
    books_balance();
}
END_TEST

static int buy_same_phone(pn *p, int i)
{
    pn_order o;
    (void)i;
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                        .channel = {PN_CHANNEL_OWN},
                                                        .phone = "13800000001"}, &o);
}

START_TEST(a_buyers_limit_holds_against_himself)
{
    make_shop(.stock = 100, .limit_user = 3);
    ck_assert_int_eq(together(16, buy_same_phone), 3);
    ck_assert_str_eq(stock_now(), "100/3/0");
    books_balance();
}
END_TEST

/* The two tiers are two lots, so nobody waits for the other before the constraint speaks. */
static int buy_by_turns(pn *p, int i)
{
    pn_order o;
    return pn_order_submit(p, &(struct pn_order_submit){.tier = i % 2 ? TIER : TIER2, .qty = 1,
                                                        .channel = {PN_CHANNEL_OWN},
                                                        .phone = "13800000001"}, &o);
}

START_TEST(I14_over_two_lots_at_once)
{
    make_shop(.stock = 100, .limit_user = 3);
    make_tier(100, YUAN(100));
    ck_assert_int_eq(together(16, buy_by_turns), 3);
    for (int i = 0; i < 16; i++)
        ck_assert_msg(codes[i] == 0 || codes[i] == PN_ELIMIT, "%d: %s", i, words[i]);
    books_balance();
}
END_TEST

static int same_person(pn *p, int i)
{
    static pn_attendee who = {"李雷", {PN_DOC_ID_CARD}, "11010519491231002X"};
    char phone[16];
    pn_order o;
    snprintf(phone, sizeof phone, "139%08d", i);
    return pn_order_submit(p, &(struct pn_order_submit){
        .tier = i % 2 ? TIER : TIER2, .qty = 1, .phone = phone, .attendees = {&who, 1},
        .channel = {PN_CHANNEL_OWN}}, &o);
}

START_TEST(I35_over_two_lots_at_once)
{
    make_shop(.stock = 100, .realname = "STRICT");
    make_tier(100, YUAN(100));
    ck_assert_int_eq(together(16, same_person), 1);
    for (int i = 0; i < 16; i++)
        ck_assert_msg(codes[i] == 0 || codes[i] == PN_EREALNAME_DUP, "%d: %s", i, words[i]);
    ck_assert_int_eq(count_of("session_doc"), 1);
    books_balance();
}
END_TEST

static int64_t deadlocks(void)
{
    return test_sql_int("select deadlocks from pg_stat_database"
                        " where datname = current_database()");
}

static int buy_both(pn *p, int i)
{
    pn_order_want forth[] = {{TIER, 1}, {TIER2, 1}}, back[] = {{TIER2, 1}, {TIER, 1}};
    char phone[16];
    pn_order o;
    int last = 0;
    for (int k = 0; k < 4; k++) {
        snprintf(phone, sizeof phone, "137%04d%04d", i, k);
        last = pn_order_submit(p, &(struct pn_order_submit){
            .items = {i % 2 ? forth : back, 2}, .phone = phone, .channel = {PN_CHANNEL_OWN}}, &o);
        if (last)
            return last;
        if (k % 2)
            last = pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o);
    }
    return last;
}

START_TEST(T9_permuted_lines_never_deadlock)
{
    make_shop(.stock = 200);
    make_tier(200, YUAN(100));
    ck_assert_int_eq(together(16, buy_both), 16);
    ck_assert_str_eq(stock_now(), "200/32/0");
    ck_assert_int_eq(deadlocks(), 0);
    books_balance();
}
END_TEST

static int pay_cash(pn *p, int i)
{
    pn_payment y;
    (void)i;
    return pn_payment_cash(p, &(struct pn_payment_cash){.order = target.id}, &y);
}

START_TEST(one_order_takes_cash_once)
{
    make_shop();
    target = order_n(2, "13800000001");
    ck_assert_int_eq(together(16, pay_cash), 1);
    ck_assert_int_eq(count_of("payment"), 1);
    ck_assert_int_eq(count_of("outbox where event = 'order.paid'"), 1);
    ck_assert_str_eq(stock_now(), "10/0/2");
    books_balance();
}
END_TEST

static int tell(pn *p, int64_t payment, const char *notice, const char *trade, int64_t fen)
{
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, notice, payment, trade, {fen}, NULL};
    int rc = pni_notice_sign(p, &n, &n.signature);
    return rc ? rc : pn_payment_notify(p, &n, &r);
}

static int64_t created(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    return y.id;
}

static int same_notice(pn *p, int i)
{
    return tell(p, payments[0], i % 2 ? "n1" : "n2", "TR", YUAN(1160));
}

START_TEST(T14_parallel_notices_have_one_effect)
{
    make_shop();
    target = order_n(2, "13800000001");
    payments[0] = created(target.id);
    ck_assert_int_eq(together(12, same_notice), 12);
    ck_assert_int_eq(count_of("outbox where event = 'order.paid'"), 1);
    ck_assert_int_eq(count_of("refund"), 0);
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1160));
    books_balance();
}
END_TEST

static int a_wrong_sum(pn *p, int i)
{
    (void)i;
    return tell(p, payments[0], "n1", "TR1", YUAN(1000));
}

static int the_right_sum(pn *p, int i)
{
    (void)i;
    return tell(p, payments[0], "n2", "TR2", YUAN(1160));
}

static void *told(void *what)
{
    pn *p = worker();
    int rc = (*(act **)what)(p, 0);
    pn_end(p);
    return rc ? what : NULL;
}

/* The right sum is read as if nothing had come yet, and the wrong one is decided before it. */
START_TEST(T14_a_right_sum_meets_a_wrong_one)
{
    static act *says[] = {a_wrong_sum, the_right_sum};
    pthread_t id[2];
    void *refused;
    make_shop();
    target = order_n(2, "13800000001");
    payments[0] = created(target.id);
    struct pg_conn *first = somebody_did("select from stock for update");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&id[i], NULL, told, &says[i]), 0);
        so_many_wait(i + 1);
    }
    PQclear(PQexec(first, "commit"));
    PQfinish(first);
    for (int i = 0; i < 2; i++) {
        pthread_join(id[i], &refused);
        ck_assert_ptr_null(refused);
    }
    ck_assert_str_eq(order_state(target.id), "PENDING_PAY");
    ck_assert_str_eq(test_sql_text("select string_agg(result, ',' order by notice_id)"
                                   " from payment_notice"), "MISMATCH,DUPLICATE");
    ck_assert_str_eq(stock_now(), "10/2/0");
    books_balance();
}
END_TEST

static int called_off(pn *p, int i)
{
    (void)i;
    return pn_order_cancel(p, &(struct pn_order_cancel){.id = target.id}, &target);
}

/* Read in time, and cancelled before it: late money may be served by any lot of the session, and
 * whoever waits for the first of them holds none of the others. */
START_TEST(T8_money_that_is_late_at_last_begins_with_the_first_lot)
{
    static act *does[] = {called_off, the_right_sum};
    pthread_t id[2];
    void *refused;
    make_shop();
    make_tier(5, YUAN(580));
    pn *p = clerk();
    ok(buy(p, TIER2, 2, 0));
    pn_end(p);
    target.id = orders[0];
    payments[0] = created(target.id);
    struct pg_conn *other = somebody_did("select from stock where lot_id = 65537 for update");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&id[i], NULL, told, &does[i]), 0);
        so_many_wait(i + 1);
    }
    struct pg_conn *first = somebody_did("select from stock where lot_id = 61441 for update");
    PQclear(PQexec(other, "commit"));
    pthread_join(id[0], &refused);
    ck_assert_ptr_null(refused);
    somebody_waits();
    PGresult *res = PQexec(other, "select from stock where lot_id = 65537 for update nowait");
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(other));
    PQclear(res);
    PQfinish(other);
    PQclear(PQexec(first, "commit"));
    PQfinish(first);
    pthread_join(id[1], &refused);
    ck_assert_ptr_null(refused);
    ck_assert_str_eq(test_sql_text("select result from payment_notice"), "LATE_APPLIED");
    books_balance();
}
END_TEST

/* To one order at once: the payer pays, a notice comes, the provider is asked. */
static int all_of_one(pn *p, int i)
{
    pn_payment y;
    int64_t done = 0;
    if (i % 3 == 0)
        return tell(p, payments[0], i % 2 ? "n1" : "n2", "TR1", YUAN(1160));
    if (i % 3 == 1)
        return pni_pay_poll_job.run(p, &done) ? 1 : 0;
    int rc = pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = payments[i % 2]}, &y);
    return rc == PN_ESTATE ? 0 : rc;
}

START_TEST(T8_no_two_ways_to_an_order_block_each_other)
{
    make_shop(.stock = 200);
    for (int round = 0; round < 40; round++) {
        char phone[16];
        snprintf(phone, sizeof phone, "138000000%02d", round);
        target = order_n(2, phone);
        payments[0] = created(target.id);
        payments[1] = created(target.id);
        together(6, all_of_one);
        for (int i = 0; i < 6; i++)
            ck_assert_msg(codes[i] == 0, "%d: %s", i, words[i]);
    }
    ck_assert_str_eq(stock_now(), "200/0/80");
    books_balance();
    ck_assert_int_eq(deadlocks(), 0);
}
END_TEST

/* Cash at the counter, the provider's notice and the expiry of the hold, all at once. */
static int money_against_time(pn *p, int i)
{
    pn_payment y;
    int64_t done = 0;
    if (i % 3 == 0)
        return pn_payment_cash(p, &(struct pn_payment_cash){.order = target.id}, &y) ? 1 : 0;
    if (i % 3 == 1)
        return tell(p, payments[0], "n1", "TR", YUAN(1160));
    pn_set_now(p, (pn_time){shop_now + 16 * MINUTE});
    const pn_module *m = pn_module_find("order");
    return m->jobs[0]->run(p, &done);
}

START_TEST(T8_payment_notice_and_expiry_meet)
{
    for (int round = 0; round < 6; round++) {
        if (round) {
            test_db_teardown();
            test_db_setup();
        }
        make_shop(.stock = 2);
        target = order_n(2, "13800000001");
        payments[0] = created(target.id);
        together(6, money_against_time);
        for (int i = 1; i < 6; i++)
            ck_assert_msg(i % 3 == 0 || codes[i] == 0, "%d: %s", i,
                          pn_code_name((pn_code)codes[i]));
        ck_assert_str_eq(order_state(target.id), pni_order_paid_state());
        ck_assert_str_eq(stock_now(), "2/0/2");
        books_balance();
    }
}
END_TEST

static int refund_all(pn *p, int i)
{
    pn_refund r;
    (void)i;
    return pn_refund_apply(p, &(struct pn_refund_apply){.order = target.id}, &r);
}

START_TEST(I11_an_order_is_refunded_once)
{
    make_shop();
    target = paid_n(2, "13800000001");
    ck_assert_int_eq(together(12, refund_all), 1);
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(1160));
    ck_assert_str_eq(stock_now(), "10/0/0");
    books_balance();
}
END_TEST

/* Sell, cancel, let expire, pay, refund, again and again: the counters never drift. */
static int trade(pn *p, int i)
{
    pn_payment y;
    pn_refund r;
    pn_order o;
    for (int k = 0; k < 8; k++) {
        int rc = buy(p, TIER, 1 + (i + k) % 3, i);
        if (rc == PN_ESTOCK)
            continue;
        if (rc)
            return rc;
        if (k % 4 == 0)
            rc = pn_order_cancel(p, &(struct pn_order_cancel){.id = orders[i]}, &o);
        else if (k % 4 < 3)
            rc = pn_payment_cash(p, &(struct pn_payment_cash){.order = orders[i]}, &y);
        if (!rc && k % 4 == 2)
            rc = pn_refund_apply(p, &(struct pn_refund_apply){.order = orders[i]}, &r);
        if (rc)
            return rc;
    }
    return 0;
}

START_TEST(T6_sell_cancel_refund_resell_keeps_the_counters)
{
    make_shop(.stock = 60);
    together(12, trade);
    for (int i = 0; i < 12; i++)
        ck_assert_msg(codes[i] == 0, "thread %d: %s", i, words[i]);
    books_balance();
    shop_clock(20 * MINUTE);
    job("hold_expire");
    books_balance();
    ck_assert_int_eq(test_sql_int("select qty_locked from stock"), 0);
}
END_TEST

/* ---- a count that is not there yet ---- */

static void *the_buyer(void *phone)
{
    pn *p = as(PN_ROLE_OPS, OPS);
    pn_order o;
    int rc = pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone},
                             &o);
    pn_end(p);
    return rc ? phone : NULL;
}

/* Somebody has counted this buyer for the first time and may want another's count next: until he
 * is done, no count is taken with a hold that ran out. */
START_TEST(the_own_count_comes_before_those_of_holds_that_ran_out)
{
    static char ann[] = "13800000001";
    pthread_t id;
    void *refused;
    char sql[300];
    pn_order o;
    make_shop(.stock = 10);
    o = order_n(1, ann);
    pn *p = ops();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o));
    pn_end(p);
    const char *key = test_sql_text("select encode(buyer, 'hex') from buyer_count");
    snprintf(sql, sizeof sql, "insert into buyer_count (sk, session_id, buyer, qty, cap)"
             " values (1, 40961, '\\x%s', 1, 9)", key);
    test_sql("delete from buyer_count");
    order_n(1, "13800000002");
    shop_clock(16 * MINUTE);
    struct pg_conn *first = somebody_did(sql);
    ck_assert_int_eq(pthread_create(&id, NULL, the_buyer, ann), 0);
    somebody_waits();
    PGresult *res = PQexec(first, "select from buyer_count for update nowait");
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(first));
    PQclear(res);
    PQclear(PQexec(first, "commit"));
    PQfinish(first);
    pthread_join(id, &refused);
    ck_assert_ptr_null(refused);
    ck_assert_str_eq(test_sql_text("select string_agg(qty::text, ',' order by qty)"
                                   " from buyer_count"), "0,2");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("race");
    TCase *c = tcase_create("race");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, T1_fifty_tickets_are_sold_fifty_times);
    tcase_add_test(c, T1_one_ticket_has_one_winner);
    tcase_add_test(c, a_buyers_limit_holds_against_himself);
    tcase_add_test(c, I14_over_two_lots_at_once);
    tcase_add_test(c, I35_over_two_lots_at_once);
    tcase_add_test(c, T8_no_two_ways_to_an_order_block_each_other);
    tcase_add_test(c, T9_permuted_lines_never_deadlock);
    tcase_add_test(c, one_order_takes_cash_once);
    tcase_add_test(c, T14_parallel_notices_have_one_effect);
    tcase_add_test(c, T14_a_right_sum_meets_a_wrong_one);
    tcase_add_test(c, T8_money_that_is_late_at_last_begins_with_the_first_lot);
    tcase_add_test(c, T8_payment_notice_and_expiry_meet);
    tcase_add_test(c, I11_an_order_is_refunded_once);
    tcase_add_test(c, T6_sell_cancel_refund_resell_keeps_the_counters);
    tcase_add_test(c, the_own_count_comes_before_those_of_holds_that_ran_out);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
