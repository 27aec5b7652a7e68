/* SPDX-License-Identifier: Apache-2.0 */
/* offline.c — money that people take: collected, confirmed, or never seen. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/offline.h"
#include "report/check.h"

static const char *const phones[] = {"13800000001", "13800000002"};

static pn *finance(void)
{
    return as(PN_ROLE_FINANCE, FIN);
}

static pn_order drafted(pn *p, int qty, int method)
{
    pn_order o;
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = qty, .phone = phones[0],
                                                      .method = {(int16_t)method}}, &o));
    return o;
}

static pn_order collected(pn *p, int64_t order, int method, int64_t yuan, const char *slip)
{
    pn_order o;
    ok(pn_order_collect(p, &(struct pn_order_collect){order, {(int16_t)method}, {YUAN(yuan)}, slip,
                                                      "till 1"}, &o));
    ck_assert_int_eq(o.status.v, PN_ORDER_OFFLINE_COLLECTED);
    return o;
}

static void proved(void)
{
    pn *p = ops();
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0, "check %s drifts at %s", c->name, c->sample);
    pn_end(p);
    books_balance();
}

START_TEST(cash_at_the_counter_hands_the_tickets_over_before_finance_counts)
{
    make_shop();
    pn *p = clerk();
    pn_order o = drafted(p, 2, PN_PAY_CASH), out;
    ck_assert_int_eq(o.hold_expires_at.us, shop_now + 3 * MINUTE);
    ck_assert_int_eq(o.status.v, PN_ORDER_OFFLINE_DRAFT);
    ck_assert_str_eq(stock_now(), "10/2/0");
    proved();
    collected(p, o.id, PN_PAY_CASH, 1160, NULL);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    ck_assert_str_eq(stock_now(), "10/0/2");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), 0);
    proved();
    pn_end(p);
    p = finance();
    ok(pn_order_confirm(p, &(struct pn_order_confirm){.order = o.id}, &out));
    ck_assert_int_eq(out.status.v, PN_ORDER_ALLOCATED);
    ck_assert_int_eq(out.paid_fen.fen, YUAN(1160));
    ck_assert_int_eq(count_of("ticket"), 2);
    ck_assert_int_eq(count_of("outbox where event = 'order.paid'"), 1);
    proved();
}
END_TEST

START_TEST(a_transfer_waits_a_day_and_issues_when_the_bank_says_so)
{
    make_shop();
    pn *p = ops();
    pn_order o = drafted(p, 1, PN_PAY_TRANSFER), out;
    ck_assert_int_eq(o.hold_expires_at.us, shop_now + DAY);
    shop_clock(23 * HOUR);
    pn_end(p);
    p = ops();
    struct pn_order_collect in = {o.id, {PN_PAY_TRANSFER}, {YUAN(580)}, NULL, NULL};
    fails(PN_EARG, pn_order_collect(p, &in, &out));
    ck_assert_str_eq(pn_error(p)->field, "slip");
    in.slip = "ICBC-1";
    in.amount_fen.fen = YUAN(500);
    fails(PN_EBALANCE, pn_order_collect(p, &in, &out));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    in.amount_fen.fen = YUAN(580);
    in.method.v = PN_PAY_SIMULATED;
    fails(PN_EARG, pn_order_collect(p, &in, &out));
    collected(p, o.id, PN_PAY_TRANSFER, 580, "ICBC-1");
    ck_assert_int_eq(count_of("ticket"), 0);
    pn_order b = drafted(p, 1, PN_PAY_TRANSFER);
    in = (struct pn_order_collect){b.id, {PN_PAY_TRANSFER}, {YUAN(580)}, "ICBC-1", NULL};
    fails(PN_EEXISTS, pn_order_collect(p, &in, &out)); /* one slip, one payment */
    pn_end(p);
    p = finance();
    fails(PN_EARG, pn_order_confirm(p, &(struct pn_order_confirm){.order = o.id}, &out));
    ok(pn_order_confirm(p, &(struct pn_order_confirm){o.id, "line 7"}, &out));
    ck_assert_int_eq(out.status.v, PN_ORDER_ALLOCATED);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 1);
    fails(PN_ESTATE, pn_order_confirm(p, &(struct pn_order_confirm){o.id, "line 7"}, &out));
    proved();
}
END_TEST

START_TEST(who_collects_does_not_confirm)
{
    make_shop();
    pn *p = as(PN_ROLE_OPS | PN_ROLE_FINANCE, OPS);
    pn_order o = drafted(p, 1, 0), out;
    ck_assert_int_eq(o.hold_expires_at.us, shop_now + 30 * MINUTE);
    collected(p, o.id, PN_PAY_SLIP, 580, "POS-77");
    fails(PN_EDUAL, pn_order_confirm(p, &(struct pn_order_confirm){.order = o.id}, &out));
    fails(PN_ESTATE, pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &out));
    proved();
}
END_TEST

START_TEST(what_is_not_collected_in_time_is_sold_to_others)
{
    make_shop(.stock = 1);
    pn *p = ops();
    pn_order o = drafted(p, 1, 0), out;
    shop_clock(31 * MINUTE);
    pn_end(p);
    p = ops();
    struct pn_order_collect in = {o.id, {PN_PAY_CASH}, {YUAN(580)}, NULL, NULL};
    fails(PN_EEXPIRED, pn_order_collect(p, &in, &out));
    job("hold_expire");
    ck_assert_str_eq(order_state(o.id), "CLOSED");
    pn_order b = drafted(p, 1, 0);
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = b.id}, &out));
    ck_assert_int_eq(out.status.v, PN_ORDER_CLOSED);
    paid_n(1, phones[1]);
    proved();
}
END_TEST

START_TEST(money_that_never_came_frees_the_seats)
{
    make_shop(.limit_user = 2);
    pn *p = ops();
    pn_order o = drafted(p, 2, 0), out;
    collected(p, o.id, PN_PAY_SLIP, 1160, "POS-1");
    pn_end(p);
    p = finance();
    fails(PN_ESTATE, pn_order_reject(p, &(struct pn_order_reject){o.id, "nothing came"}, &out));
    pn_end(p);
    shop_clock(DAY + MINUTE);
    job("offline_overdue");
    ck_assert_str_eq(order_state(o.id), "CLOSED");
    ck_assert_str_eq(stock_now(), "10/0/0");
    ck_assert_int_eq(test_sql_int("select max(qty) from buyer_count"), 0);
    ck_assert_str_eq(test_sql_text("select state from payment"), "CLOSED");
    ck_assert_int_eq(count_of("offline_debt"), 0);
    proved();
}
END_TEST

START_TEST(tickets_that_somebody_has_become_a_debt)
{
    make_shop();
    pn *p = clerk();
    pn_order o = drafted(p, 1, PN_PAY_CASH), b = drafted(p, 1, PN_PAY_CASH);
    collected(p, o.id, PN_PAY_CASH, 580, NULL);
    collected(p, b.id, PN_PAY_CASH, 580, NULL);
    test_sql("update ticket set print_no = 1 where order_id = (select min(id) from orders)");
    int64_t printed = test_sql_int("select min(id) from orders");
    shop_clock(DAY + MINUTE);
    job("offline_overdue");
    ck_assert_int_eq(count_of("orders where status = 'CLOSED'"), 2);
    ck_assert_int_eq(test_sql_int("select amount_fen from offline_debt where staff_id = 21"),
                     YUAN(580));
    ck_assert_int_eq(test_sql_int("select order_id from offline_debt"), printed);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 1);
    ck_assert_int_eq(count_of("ticket where state = 'VOIDED'"), 1);
    ck_assert_str_eq(stock_now(), "10/0/1");
    proved();
}
END_TEST

START_TEST(a_called_off_session_gives_confirmed_money_back)
{
    make_shop();
    pn *p = ops();
    pn_order o = drafted(p, 1, 0), out;
    collected(p, o.id, PN_PAY_CASH, 580, NULL);
    test_sql("update session set status = 'CANCELLED'");
    pn_end(p);
    p = finance();
    ok(pn_order_confirm(p, &(struct pn_order_confirm){.order = o.id}, &out));
    ck_assert_int_eq(out.status.v, PN_ORDER_REFUNDED);
    ck_assert_int_eq(out.refunded_fen.fen, YUAN(580));
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("offline");
    TCase *c = tcase_create("offline");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, cash_at_the_counter_hands_the_tickets_over_before_finance_counts);
    tcase_add_test(c, a_transfer_waits_a_day_and_issues_when_the_bank_says_so);
    tcase_add_test(c, who_collects_does_not_confirm);
    tcase_add_test(c, what_is_not_collected_in_time_is_sold_to_others);
    tcase_add_test(c, money_that_never_came_frees_the_seats);
    tcase_add_test(c, tickets_that_somebody_has_become_a_debt);
    tcase_add_test(c, a_called_off_session_gives_confirmed_money_back);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
