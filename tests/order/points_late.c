/* SPDX-License-Identifier: Apache-2.0 */
/* points_late.c — points of orders that come to life again, and whoever wants the same budgets and
 * points at once. */
#include "points.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>

#include "promo/budget.h"

static pn_order order;

/* ---- late money ---- */

/* An order of 500 points and 595 yuan that nobody paid in time; its payment. */
static int64_t missed(void)
{
    pn_payment y;
    order = bought(ANN, 1, 500);
    ck_assert_int_eq(order.payable_fen.fen, YUAN(595));
    PN_AUTO_UNIT p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){order.id, {PN_PAY_SIMULATED}}, &y));
    shop_clock(16 * MINUTE);
    job("hold_expire");
    return y.id;
}

static const char *paid_late(int64_t payment)
{
    PN_AUTO_UNIT p = ops();
    pn_payment y;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = payment}, &y));
    return test_sql_text("select result from payment_notice order by at desc limit 1");
}

/* The same tickets for the same: the points are held again with the payment itself. */
START_TEST(S10_late_money_takes_its_points_again)
{
    give(ANN, 900);
    int64_t y = missed();
    ck_assert_str_eq(account(ANN), "900/0");
    ck_assert_str_eq(paid_late(y), "LATE_APPLIED");
    ck_assert_str_eq(account(ANN), "900/500"); /* before anybody heard of it */
    ck_assert_int_eq(buy(ANN, 1, 500, &order), PN_EBALANCE);
    relay();
    ck_assert_str_eq(account(ANN), "400/0");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(4));
    books_proven();
}
END_TEST

/* They were spent on something else: there is nothing as good for the money that came. */
START_TEST(S10_late_money_without_its_points_goes_back)
{
    give(ANN, 900);
    int64_t y = missed(), first = order.id;
    order = bought(ANN, 1, 500);
    pay(order.id);
    relay();
    ck_assert_str_eq(paid_late(y), "LATE_REFUND");
    ck_assert_str_eq(order_state(first), "REFUNDING");
    settle_all();
    ck_assert_str_eq(order_state(first), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen)::bigint from simulated_refund"),
                     YUAN(595));
    ck_assert_str_eq(account(ANN), "400/0");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(4)); /* what the account has */
    books_proven();
}
END_TEST

/* Those that another order only holds are not there either; and a dearer ticket at a lower price
 * is as good. */
START_TEST(S10_late_money_without_its_points_buys_a_cheaper_one)
{
    give(ANN, 900);
    int64_t y = missed(), first = order.id;
    order = bought(ANN, 1, 500);
    test_sql("update tier set face_price_fen = 59000");
    ck_assert_str_eq(paid_late(y), "LATE_REPLACED");
    settle_all();
    ck_assert_int_eq(test_sql_int("select sum(amount_fen)::bigint from simulated_refund"),
                     YUAN(5));
    ck_assert_str_eq(account(ANN), "900/500"); /* the other one has them still */
    ck_assert_int_ne(first, order.id);
    books_proven();
}
END_TEST

/* The order was closed while its payment waited for it: it has the buyer's count by then, and does
 * not wait with it for other tickets, whose buyer may wait for that count. */
static void *pays(void *payment)
{
    paid_late(*(int64_t *)payment);
    return NULL;
}

START_TEST(S10_late_money_waits_for_no_tickets_with_a_count)
{
    char sql[300];
    pthread_t payer;
    give(ANN, 900);
    make_tier(5, YUAN(700));
    int64_t y = missed(), first = order.id;
    order = bought(ANN, 1, 500); /* its points are used */
    snprintf(sql, sizeof sql, "update orders set status = 'PENDING_PAY' where id = %" PRId64,
             first);
    test_sql(sql);
    snprintf(sql, sizeof sql, "with k as materialized (select from stock where lot_id = 61441"
             " for update) update orders set status = 'CLOSED' where id = %" PRId64
             " and (select count(*) from k) > 0", first);
    struct pg_conn *closes = somebody_did(sql);
    struct pg_conn *buys = somebody_did("select from stock where lot_id = 65537 for update");
    ck_assert_int_eq(pthread_create(&payer, NULL, pays, &y), 0);
    somebody_waits();
    PQclear(PQexec(closes, "commit"));
    PQfinish(closes);
    somebody_waits_for(buys); /* it began again */
    PGresult *res = PQexec(buys, "select from buyer_count for update nowait");
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(buys));
    PQclear(res);
    PQclear(PQexec(buys, "commit"));
    PQfinish(buys);
    pthread_join(payer, NULL);
    ck_assert_str_eq(test_sql_text("select result from payment_notice order by at desc limit 1"),
                     "LATE_REFUND");
}
END_TEST

/* ---- everybody takes budgets before points ---- */

static void refunded(void) { give_back(order.id, NULL); }
static void cancelled(void)
{
    PN_AUTO_UNIT p = as(PN_ROLE_BUYER, ANN);
    pn_order o;
    ok(pn_order_cancel(p, &(struct pn_order_cancel){order.id, NULL}, &o));
}
static void expired(void)
{
    shop_clock(16 * MINUTE);
    job("hold_expire");
}

static const struct { const char *what; bool paid, heard; void (*run)(void); } releases[] = {
    {"refund", true, true, refunded}, {"refund, not heard of", true, false, refunded},
    {"cancel", false, false, cancelled}, {"expiry", false, false, expired},
    {"paid", true, false, relay}};
enum { RELEASES = sizeof releases / sizeof *releases };

static void *run_it(void *arg)
{
    (*(void (**)(void))arg)();
    return NULL;
}

/* A sale has taken money of the budget and goes on to the account, while an order of the same two
 * gives up what it has: that one waits for the budget, with nothing that the sale wants. */
START_TEST(a_sale_and_what_goes_back_never_wait_in_a_ring)
{
    pthread_t other;
    pn_budget b;
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_budget_create(p, &(struct pn_budget_create){"spring", {YUAN(100)}, {0}}, &b));
    pn_end(p);
    instant = (pni_reduction){.id = 1, .fen = YUAN(20), .budget = b.id};
    give(ANN, 1000);
    order = bought(ANN, 1, 500);
    if (releases[_i].paid)
        pay(order.id);
    if (releases[_i].heard)
        relay();
    struct pg_conn *sale = somebody_did("update campaign_budget set reserved_fen = reserved_fen");
    void (*run)(void) = releases[_i].run;
    ck_assert_int_eq(pthread_create(&other, NULL, run_it, &run), 0);
    somebody_waits();
    PGresult *res = PQexec(sale, "select from point_account for update nowait");
    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s: %s", releases[_i].what,
                  PQerrorMessage(sale));
    PQclear(res);
    PQclear(PQexec(sale, "commit"));
    PQfinish(sale);
    pthread_join(other, NULL);
    relay();
    bool kept = releases[_i].run == relay;
    ck_assert_str_eq(account(ANN), kept ? "500/0" : "1000/0");
    ck_assert_str_eq(test_sql_text("select reserved_fen || '/' || spent_fen from campaign_budget"),
                     kept ? "0/2000" : "0/0");
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("points_late");
    tcase_add_checked_fixture(t, points_setup, points_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S10_late_money_takes_its_points_again);
    tcase_add_test(t, S10_late_money_without_its_points_goes_back);
    tcase_add_test(t, S10_late_money_without_its_points_buys_a_cheaper_one);
    tcase_add_test(t, S10_late_money_waits_for_no_tickets_with_a_count);
    tcase_add_loop_test(t, a_sale_and_what_goes_back_never_wait_in_a_ring, 0, RELEASES);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
