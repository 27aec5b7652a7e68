/* SPDX-License-Identifier: Apache-2.0 */
/* incident.c — what went wrong in other ticket systems, by the number it has in the product's list
 * of incidents. Others of the list are told where their subject is: T3 in order.c, T6, T8, T9 in
 * race.c, T11 in payment.c, T20 in rush.c, T27 in numbered.c; T4 and T17
 * are what the model and its fire are for, by name in what tests/model/ prints. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "catalog/session.h"
#include "goods/stock.h"
#include "order/intake_int.h"
#include "order/order_int.h"
#include "order/payment_int.h"
#include "report/board.h"
#include "seating/seat_hold.h"
#include "shop.h"

enum { WAYS = 8, EACH = 3 };
static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};
static int won[WAYS], codes[WAYS];
static int64_t late_payment;

static int told(pn *p, int64_t payment, int64_t fen, const char **result)
{
    pn_payment_result r = {0};
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", payment, "TR1", {fen}, NULL};
    int rc = pni_notice_sign(p, &n, &n.signature);
    rc = rc ? rc : pn_payment_notify(p, &n, &r);
    if (!rc)
        *result = r.result;
    return rc;
}

static int64_t asked_to_pay(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    return y.id;
}

static int one(pn *p, int i, int k, int channel)
{
    char phone[16];
    pn_order o;
    snprintf(phone, sizeof phone, "139%04d%04d", i, k);
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone,
                                                        .channel = {(int16_t)channel}}, &o);
}

static int many(pn *p, int i, int n, int *sold)
{
    static _Thread_local struct pn_order_submit in[64];
    static _Thread_local pn_order out[64];
    static _Thread_local char phone[64][16];
    pn_request r[64] = {0};
    for (int k = 0; k < n; k++) {
        snprintf(phone[k], sizeof phone[k], "137%04d%04d", i, k);
        in[k] = (struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone[k],
                                         .channel = {PN_CHANNEL_OWN}};
        r[k] = (pn_request){.in = &in[k], .out = &out[k]};
    }
    int rc = pn_call_requests(p, pn_op_find("order", "submit"), r, (size_t)n), bad = 0;
    for (int k = 0; k < n; k++) {
        *sold += !r[k].rc;
        bad = r[k].rc && r[k].rc != PN_ESTOCK ? r[k].rc : bad;
    }
    return rc ? rc : bad;
}

/* Shop, counter, a batch of them, and money for a hold that had ended. */
static void *a_way(void *arg)
{
    int i = (int)(intptr_t)arg, rc = 0;
    const char *result = "";
    pn *p = i % 4 == 1 ? clerk() : ops();
    if (i % 4 < 2) {
        rc = one(p, i, 0, i % 4 ? PN_CHANNEL_POS : PN_CHANNEL_OWN);
        won[i] = !rc;
    } else if (i % 4 == 2) {
        rc = many(p, i, EACH, &won[i]);
    } else if (i == 3) {
        rc = told(p, late_payment, YUAN(580), &result);
        won[i] = !strcmp(result, "LATE_APPLIED");
    }
    codes[i] = rc == PN_ESTOCK ? 0 : rc;
    pn_end(p);
    return NULL;
}

static int all_ways(void *(*way)(void *), int n)
{
    pthread_t id[WAYS];
    int sum = 0;
    memset(won, 0, sizeof won);
    for (intptr_t i = 0; i < n; i++)
        ck_assert_int_eq(pthread_create(&id[i], NULL, way, (void *)i), 0);
    for (int i = 0; i < n; i++) {
        pthread_join(id[i], NULL);
        sum += won[i];
        ck_assert_msg(!codes[i], "%d: %s", i, pn_code_name((pn_code)codes[i]));
    }
    return sum;
}

START_TEST(T1_the_last_ticket_by_every_way)
{
    for (int round = 0; round < 5; round++) {
        if (round) {
            test_db_teardown();
            test_db_setup();
        }
        make_shop(.stock = 1);
        late_payment = asked_to_pay(order_n(1, phones[0]).id);
        shop_clock(16 * MINUTE);
        job("hold_expire");
        ck_assert_int_eq(all_ways(a_way, WAYS), 1);
        ck_assert_int_eq(test_sql_int("select qty_locked + qty_sold from stock"), 1);
        books_balance();
    }
}
END_TEST

START_TEST(T2_a_hold_that_ends_between_price_and_payment)
{
    make_shop(.stock = 1);
    pn_order a = order_n(1, phones[0]);
    shop_clock(15 * MINUTE);
    pn_order b = order_n(1, phones[1]); /* the ticket is another's now */
    pn *p = clerk();
    pn_payment y;
    fails(PN_ESTATE, pn_payment_cash(p, &(struct pn_payment_cash){.order = a.id}, &y));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = b.id}, &y));
    ck_assert_str_eq(stock_now(), "1/0/1");
    books_balance();
}
END_TEST

START_TEST(T2_stock_lowered_under_a_buyer)
{
    make_shop(.stock = 10);
    pn_order a = order_n(4, phones[0]);
    paid_n(3, phones[1]);
    pn *p = ops();
    pn_stock s;
    fails(PN_ESTOCK, pn_stock_set(p, &(struct pn_stock_set){TIER, 6, "x"}, &s));
    ok(pn_stock_set(p, &(struct pn_stock_set){TIER, 7, "x"}, &s));
    ck_assert_int_eq(s.available, 0);
    fails(PN_ESTOCK, pn_stock_add(p, &(struct pn_stock_add){TIER, -1, "x"}, &s));
    pn *q = clerk();
    pn_payment y;
    ck_assert_int_eq(pn_payment_cash(q, &(struct pn_payment_cash){.order = a.id}, &y), 0);
    ck_assert_int_eq(count_of("order_seat where state = 'SOLD'"), 7);
    ck_assert_str_eq(stock_now(), "7/0/7");
    books_balance();
}
END_TEST

static void *a_device(void *arg)
{
    int i = (int)(intptr_t)arg;
    pn *p = ops();
    codes[i] = many(p, i, 64, &won[i]);
    pn_end(p);
    return NULL;
}

START_TEST(T5_two_devices_and_a_hundred_tickets)
{
    make_shop(.stock = 100);
    ck_assert_int_eq(all_ways(a_device, 2), 100);
    ck_assert_str_eq(stock_now(), "100/100/0");
    books_balance();
}
END_TEST

/* 187 "confirmed", 80 paid: what a report calls sold was paid for, to the fen. */
START_TEST(T7_what_is_not_paid_is_not_sold)
{
    make_shop(.stock = 50);
    paid_n(2, phones[0]);
    paid_n(1, phones[1]);
    order_n(3, phones[2]);
    pn *p = ops();
    pn_board b;
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){
        .order = test_sql_int("select order_id from payment limit 1")}, &r));
    ok(pn_board_today(p, NULL, &b));
    ck_assert_int_eq(b.sales_fen.fen, test_sql_int("select sum(amount_fen) from payment"
                                                   " where state = 'SUCCESS'"));
    ck_assert_int_eq(b.refunds_fen.fen, test_sql_int("select sum(amount_fen) from refund"
                                                     " where state = 'DONE'"));
    ck_assert_int_eq(b.unpaid, 1);
}
END_TEST

static int64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Somebody sits on one tier: its buyers are told in time, those of others do not notice. */
START_TEST(T10_nobody_waits_for_ever_and_nobody_for_another_tier)
{
    make_shop();
    make_tier(10, YUAN(100));
    PGconn *sitter = PQconnectdb(test_db_dsn());
    PQclear(PQexec(sitter, "begin"));
    PQclear(PQexec(sitter, "select from stock where lot_id = 61441 for update"));
    pn *p = ops();
    pn_order o;
    int64_t start = mono_ms();
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER2, .qty = 1, .phone = phones[0]},
                       &o));
    ck_assert_int_lt(mono_ms() - start, 1000);
    pn *q = ops();
    pn_set_timeout(q, 1500);
    start = mono_ms();
    int rc = pn_order_submit(q, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                          .phone = phones[1]}, &o);
    ck_assert_msg(rc == PN_ETIMEOUT || rc == PN_EBUSY, "%s", pn_code_name((pn_code)rc));
    ck_assert_int_lt(mono_ms() - start, 4000);
    PQfinish(sitter);
    ck_assert_int_eq(test_sql_int("select count(*) from orders"), 1);
}
END_TEST

static int flag(void)
{
    pn *p = ops();
    pn_session s;
    ok(pn_session_show(p, &(struct pn_session_show){SESSION}, &s));
    return s.stock_flag.v;
}

/* A hold that ran out is nobody's, whether or not a job came by: not in what readers are told, and
 * not for the next buyer. One of its lots is another tier's. */
START_TEST(T18_what_ran_out_is_free_at_once)
{
    make_shop(.stock = 2);
    make_tier(2, YUAN(380));
    pn_order_want both[] = {{.tier = TIER, .qty = 2}, {.tier = TIER2, .qty = 2}};
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_quote q;
    ok(pn_order_submit(p, &(struct pn_order_submit){.items = {both, 2}, .phone = phones[0]}, &o));
    ck_assert_int_eq(flag(), PN_FLAG_NONE);
    fails(PN_ESTOCK, pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 2}, &q));
    shop_clock(15 * MINUTE);
    ck_assert_int_ne(flag(), PN_FLAG_NONE);
    PN_AUTO_UNIT late = ops();
    ok(pn_order_quote(late, &(struct pn_order_quote){.tier = TIER, .qty = 2}, &q));
    ok(pn_order_submit(late, &(struct pn_order_submit){.tier = TIER, .qty = 2,
                                                       .phone = phones[1]}, &o));
    ck_assert_int_eq(count_of("orders where close_reason = 'EXPIRED'"), 1);
    ck_assert_int_gt(pn_word_find(pni_close_reasons, "EXPIRED"), 0); /* people read a word */
    ck_assert_int_eq(test_sql_int("select sum(qty_locked) from stock"), 2);
    books_balance();
}
END_TEST

/* The same of tickets that an owner held until a time, of several tiers. */
START_TEST(T18_what_an_owner_held_too_long)
{
    make_shop(.stock = 2);
    make_tier(2, YUAN(380));
    PN_AUTO_UNIT p = ops();
    pn_seat_hold h;
    pn_order o;
    pn_quote q;
    struct pn_seat_hold_place in = {.session = SESSION, .kind = {PN_HOLD_HOUSE}, .tier = TIER,
        .qty = 2, .reason = "press", .expires_at = {shop_now + HOUR}};
    ok(pn_seat_hold_place(p, &in, &h));
    fails(PN_ESTOCK, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                                  .phone = phones[0]}, &o));
    shop_clock(HOUR);
    PN_AUTO_UNIT late = ops();
    ok(pn_order_quote(late, &(struct pn_order_quote){.tier = TIER, .qty = 2}, &q));
    ok(pn_order_submit(late, &(struct pn_order_submit){.tier = TIER, .qty = 2,
                                                       .phone = phones[0]}, &o));
    ck_assert_int_eq(test_sql_int("select sum(qty_held) from stock"), 0);
    ck_assert_str_eq(test_sql_text("select state from seat_hold"), "EXPIRED");
    job("seat_hold_expire");
    ck_assert_str_eq(stock_now(), "2/2/0");
    books_balance();
}
END_TEST

/* Somebody works on the other tier of what ran out: nobody waits for him, and nothing is lost. */
START_TEST(T18_nobody_waits_to_free_what_ran_out)
{
    make_shop(.stock = 2);
    make_tier(2, YUAN(380));
    pn_order_want both[] = {{.tier = TIER, .qty = 1}, {.tier = TIER2, .qty = 2}};
    PN_AUTO_UNIT p = ops();
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.items = {both, 2}, .phone = phones[0]}, &o));
    shop_clock(15 * MINUTE);
    PGconn *sitter = PQconnectdb(test_db_dsn());
    PQclear(PQexec(sitter, "begin"));
    PQclear(PQexec(sitter, "select from stock where lot_id = 65537 for update"));
    PN_AUTO_UNIT late = ops();
    int64_t start = mono_ms();
    ok(pn_order_submit(late, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                       .phone = phones[1]}, &o));
    ck_assert_int_lt(mono_ms() - start, 1000);
    PQfinish(sitter);
    ok(pn_order_submit(late, &(struct pn_order_submit){.tier = TIER2, .qty = 2,
                                                       .phone = phones[1]}, &o));
    books_balance();
}
END_TEST

/* From every state an order can be brought to an end; a channel's order has its first ones as a row
 * of the channel's file. */
START_TEST(T19_no_order_is_stuck)
{
    const pn_fsm *machines[] = {&pni_order_fsm, &pni_intake_fsm};
    bool ends[64] = {false};
    for (int i = 0; pn_order_states[i].name; i++)
        ends[i] = pn_order_states[i].tone == 'd';
    for (int round = 0; round < 64; round++)
        for (const pn_edge *e = machines[round % 2]->edges; e->event; e++)
            if (e->from && ends[pn_word_find(pn_order_states, e->to) - 1])
                ends[pn_word_find(pn_order_states, e->from) - 1] = true;
    for (int i = 0; pn_order_states[i].name; i++)
        ck_assert_msg(ends[i], "nothing leads out of %s", pn_order_states[i].name);
}
END_TEST

START_TEST(T28_sold_out_is_never_stale)
{
    make_shop(.stock = 6);
    ck_assert_int_ne(flag(), PN_FLAG_NONE);
    pn_order a = order_n(6, phones[0]);
    ck_assert_int_eq(flag(), PN_FLAG_NONE);
    pn *p = ops();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = a.id}, &a));
    ck_assert_int_ne(flag(), PN_FLAG_NONE);
    order_n(6, phones[1]);
    ck_assert_int_eq(flag(), PN_FLAG_NONE);
}
END_TEST

START_TEST(T29_a_way_of_delivery_sells_no_fewer_tickets)
{
    static const int ways[] = {PN_DELIVERY_EXPRESS, PN_DELIVERY_ETICKET, PN_DELIVERY_ONSITE};
    make_shop(.stock = 3);
    PN_AUTO_UNIT p = ops();
    for (size_t i = 0; i < 3; i++) {
        pn_order o;
        pn_quote q;
        ok(pn_order_quote(p, &(struct pn_order_quote){
            .tier = TIER, .qty = 1, .delivery = {(int16_t)ways[i]}}, &q));
        ck_assert_int_eq(((const pn_quote_line *)q.items.row)->free, 3 - (int)i);
        ck_assert_int_eq(q.goods_fen.fen, YUAN(580));
        struct pn_order_submit in = {.tier = TIER, .qty = 1, .phone = phones[i], SENT};
        if (ways[i] != PN_DELIVERY_EXPRESS)
            in = (struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phones[i],
                                          .delivery = {(int16_t)ways[i]}};
        ok(pn_order_submit(p, &in, &o));
    }
    ck_assert_str_eq(stock_now(), "3/3/0");
    books_balance();
}
END_TEST

/* Whoever was shown a failure buys again; what he has twice is shown to people. */
static int twice(pn_bought_twice *first)
{
    pn *p = ops();
    pn_page page;
    ok(pn_order_twice(p, &(pn_list){0}, &page));
    *first = page.rows.n ? *(const pn_bought_twice *)page.rows.row : (pn_bought_twice){0};
    int n = (int)page.rows.n;
    pn_end(p);
    return n;
}

START_TEST(T12_who_bought_twice_is_shown)
{
    make_shop(.stock = 20);
    pn_bought_twice b;
    (void)paid_n(2, phones[0]);
    (void)paid_n(1, phones[1]);
    (void)order_n(1, phones[1]); /* not paid */
    ck_assert_int_eq(twice(&b), 0);
    shop_clock(5 * MINUTE);
    pn_order again = paid_n(1, phones[0]);
    shop_clock(25 * HOUR);
    (void)paid_n(1, phones[1]); /* another day */
    ck_assert_int_eq(twice(&b), 1);
    ck_assert_int_eq(b.id, again.id);
    ck_assert_int_eq(b.orders_n, 2);
    ck_assert_int_eq(b.qty, 3);
    ck_assert_int_eq(b.paid_fen.fen, 3 * YUAN(580));
    ck_assert_int_eq(b.last_at.us - b.first_at.us, 5 * MINUTE);
    ck_assert_str_eq(b.phone_tail, "0001");
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = again.id}, &r));
    pn_end(p);
    ck_assert_int_eq(twice(&b), 0); /* he did not mean it */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("incident");
    TCase *c = tcase_create("incident");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, T1_the_last_ticket_by_every_way);
    tcase_add_test(c, T2_a_hold_that_ends_between_price_and_payment);
    tcase_add_test(c, T2_stock_lowered_under_a_buyer);
    tcase_add_test(c, T5_two_devices_and_a_hundred_tickets);
    tcase_add_test(c, T7_what_is_not_paid_is_not_sold);
    tcase_add_test(c, T10_nobody_waits_for_ever_and_nobody_for_another_tier);
    tcase_add_test(c, T12_who_bought_twice_is_shown);
    tcase_add_test(c, T18_what_ran_out_is_free_at_once);
    tcase_add_test(c, T18_what_an_owner_held_too_long);
    tcase_add_test(c, T18_nobody_waits_to_free_what_ran_out);
    tcase_add_test(c, T19_no_order_is_stuck);
    tcase_add_test(c, T28_sold_out_is_never_stale);
    tcase_add_test(c, T29_a_way_of_delivery_sells_no_fewer_tickets);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
