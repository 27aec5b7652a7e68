/* SPDX-License-Identifier: Apache-2.0 */
/* points.c — points of an account: earned, spent as a step of the price, given back and taken
 * back to the point, ended by time, adjusted by people; never below zero, always what the moves
 * say. */
#include "points.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/tender_int.h"
#include "promo/gift_card.h"

static const char *moves(void)
{
    return test_sql_text("select string_agg(kind || points, ' ' order by no) from point_move");
}

/* Forced for a fault of ours; another person approves. */
static pn_refund forced(int64_t order, const char *seat)
{
    pn_refund r;
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order, .forced = true,
        .reason = {PN_REASON_FAULT}, .seats = {seat ? &seat : NULL, seat != NULL},
        .note = "our fault"}, &r));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){r.id, NULL}, &r));
    pn_end(p);
    relay();
    return r;
}

static void over(pn_order o)
{
    relay();
    pn *p = ops();
    ok(pn_order_handover(p, &(struct pn_order_handover){o.id, NULL}, &o));
    pn_end(p);
    test_sql("update session set status = 'ENDED', start_at = start_at - interval '63 days',"
             " doors_at = doors_at - interval '63 days', end_at = end_at - interval '63 days',"
             " stop_sale_at = stop_sale_at - interval '63 days',"
             " tail_from = tail_from - interval '63 days'");
    job("order_complete");
    relay();
}

/* ---- S24 whole ---- */

static int64_t card_of(int64_t fen)
{
    pn_gift_card_batch b;
    pn_gift_card_codes all;
    pn *p = ops();
    struct pn_gift_card_batch_create in = {"card", {fen}, {0}, 1, 0, NULL};
    ok(pn_gift_card_batch_create(p, &in, &b));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_gift_card_batch_activate(p, &(struct pn_gift_card_batch_activate){b.id, "bank"}, &b));
    ok(pn_gift_card_batch_codes(p, &(struct pn_gift_card_batch_codes){b.id}, &all));
    pn_gift_card_code c = *(const pn_gift_card_code *)all.codes.row;
    pn_gift_card g;
    pn *q = as(PN_ROLE_BUYER, ANN);
    ok(pn_gift_card_bind(q, &(struct pn_gift_card_bind){c.code, c.pin}, &g));
    pn_end(q);
    pn_end(p);
    return g.id;
}

static void pay_by_card_and_provider(int64_t order, int64_t card)
{
    pn_payment y;
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_payment_tender(p, &(struct pn_payment_tender){
        .order = order, .method = {PN_PAY_GIFT_CARD}, .card = card}, &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(500));
    pn_end(p);
    p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(535));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    relay();
}

/* 2 x 600, 50 off of which the merchant bears half, a coupon of 100, 3,000 points for 30, 15 for
 * the delivery; a card of 500 and a provider; and all of it back. */
START_TEST(S24_coupon_points_card_and_provider_and_all_of_it_back)
{
    int64_t card = 0;
    pn_order o;
    pn_quote q;
    give(ANN, 3200);
    card = card_of(YUAN(500));
    relay();
    instant = (pni_reduction){.id = 1, .fen = YUAN(50), .merchant_bp = 5000};
    coupon = (pni_reduction){.id = 8192, .fen = YUAN(100), .once = true};
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 2, .points = 3000,
                                                  .delivery = {PN_DELIVERY_EXPRESS}}, &q));
    ck_assert_int_eq(q.points, 3000);
    ck_assert_int_eq(q.points_fen.fen, YUAN(30));
    ck_assert_int_eq(q.discount_fen.fen, YUAN(180));
    ck_assert_int_eq(q.payable_fen.fen, YUAN(1035));
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2, .points = 3000,
        .phone = "13800000001", SENT, .expect_fen = q.payable_fen}, &o));
    pn_end(p);
    ck_assert_str_eq(account(ANN), "3200/3000");
    pay_by_card_and_provider(o.id, card);
    settle_all();
    ck_assert_str_eq(account(ANN), "200/0");
    ck_assert_str_eq(test_sql_text("select string_agg(list_fen || '=' || disc_fen || '+' ||"
                                   " points_fen || '+' || paid_fen, ' ' order by no)"
                                   " from order_seat"),
                     "60000=7500+1500+51000 60000=7500+1500+51000");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(2));
    ck_assert_int_eq(book("POINTS_EXPENSE"), -YUAN(32));
    /* paid 1,035 + by the platform 30 points, 100 coupon, 25 of the instant */
    ck_assert_int_eq(book("ESCROW"), YUAN(1035 + 30 + 100 + 25));
    ck_assert_str_eq(test_sql_text("select state from coupon_lock"), "USED");
    books_proven();
    books_watched();
    pn_refund r = forced(o.id, NULL);
    ck_assert_int_eq(r.amount_fen.fen, YUAN(1035));
    ck_assert_int_eq(r.fee_fen.fen, 0);
    settle_all();
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_str_eq(test_sql_text("select string_agg(y.method || g.amount_fen, ' ' order by g.no)"
                                   " from refund_leg g join payment y on y.id = g.payment_id"),
                     "SIMULATED53500 GIFT_CARD50000");
    ck_assert_str_eq(test_sql_text("select balance_fen || '/' || held_fen || ' ' || state"
                                   " from gift_card"), "50000/0 BOUND");
    ck_assert_int_eq(count_of("coupon_lock"), 0);
    ck_assert_str_eq(account(ANN), "3200/0");
    ck_assert_str_eq(moves(), "ADJUST3200 SPEND-3000 RETURN3000");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(32));
    ck_assert_int_eq(book("ESCROW"), 0);
    ck_assert_int_eq(book("SUBSIDY_EXPENSE"), 0);
    books_proven();
    books_watched();
}
END_TEST

/* ---- spent ---- */

START_TEST(no_more_than_the_rule_and_the_account_allow)
{
    pn_order o;
    give(ANN, 5000);
    give(ANN, 5000);
    o = bought(ANN, 1, 10000); /* a tenth of 600 */
    ck_assert_int_eq(o.payable_fen.fen, YUAN(540));
    ck_assert_str_eq(account(ANN), "10000/6000");
    ck_assert_int_eq(buy(ANN, 1, 4001, &o), PN_EBALANCE);
    o = bought(ANN, 1, 199); /* whole yuan */
    ck_assert_int_eq(o.payable_fen.fen, YUAN(599));
    ck_assert_str_eq(account(ANN), "10000/6100");
    ck_assert_int_eq(buy(BOB, 1, 100, &o), PN_EBALANCE);
    PN_AUTO_UNIT p = ops(); /* who has no account */
    fails(PN_EARG, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                       .phone = "13800000002", .points = 100}, &o));
    books_proven();
    books_watched();
}
END_TEST

START_TEST(what_is_not_paid_lets_points_go)
{
    pn_order a, b;
    give(ANN, 5000);
    a = bought(ANN, 1, 2000);
    b = bought(ANN, 1, 3000);
    ck_assert_str_eq(account(ANN), "5000/5000");
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_order_cancel(p, &(struct pn_order_cancel){a.id, NULL}, &a));
    pn_end(p);
    ck_assert_str_eq(account(ANN), "5000/3000");
    shop_clock(16 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(order_state(b.id), "CLOSED");
    ck_assert_str_eq(account(ANN), "5000/0");
    ck_assert_str_eq(moves(), "ADJUST5000");
    books_proven();
}
END_TEST

/* Ten yuan over three seats: 334, 333, 333 fen. */
START_TEST(parts_of_an_order_give_back_their_points)
{
    pn_order o;
    give(ANN, 1000);
    o = bought(ANN, 3, 1000);
    pay(o.id);
    ck_assert_str_eq(test_sql_text("select string_agg(points_fen::text, ' ' order by no)"
                                   " from order_seat"), "334 333 333");
    give_back(o.id, "2"); /* before the order was heard of as paid */
    ck_assert_str_eq(moves(), "ADJUST1000 SPEND-1000 RETURN333");
    books_proven();
    give_back(o.id, "1");
    ck_assert_str_eq(account(ANN), "667/0");
    give_back(o.id, NULL);
    ck_assert_str_eq(account(ANN), "1000/0");
    ck_assert_str_eq(moves(), "ADJUST1000 SPEND-1000 RETURN333 RETURN334 RETURN333");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    relay();
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(10));
    ck_assert_int_eq(book("ESCROW"), 0);
    books_proven();
}
END_TEST

/* ---- earned ---- */

START_TEST(a_completed_order_earns_and_a_refund_takes_back)
{
    pn_order o;
    o = bought(ANN, 2, 0);
    pay(o.id);
    ck_assert_int_eq(count_of("point_move"), 0);
    over(o);
    ck_assert_str_eq(account(ANN), "1200/0");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(12));
    books_proven();
    pn_refund r = forced(o.id, "1");
    ck_assert_int_eq(r.amount_fen.fen, YUAN(600));
    ck_assert_str_eq(account(ANN), "600/0");
    ck_assert_str_eq(moves(), "EARN1200 TAKE_BACK-600");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(6));
    books_proven();
}
END_TEST

static int64_t by_provider(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    return y.id;
}

static void paid(int64_t payment)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = payment}, &y));
    pn_end(p);
    settle_all();
}

/* Money that came twice was never the order's: it earned nothing, and goes without points. */
START_TEST(what_was_paid_twice_takes_no_points)
{
    pn_order o = bought(ANN, 2, 0);
    int64_t one = by_provider(o.id), two = by_provider(o.id);
    paid(one);
    over(o);
    ck_assert_str_eq(account(ANN), "1200/0");
    paid(two);
    ck_assert_int_eq(count_of("refund where reason = 'DUPLICATE' and state = 'DONE'"), 1);
    ck_assert_str_eq(account(ANN), "1200/0");
    pn_refund r = forced(o.id, "1");
    ck_assert_int_eq(r.amount_fen.fen, YUAN(600));
    ck_assert_str_eq(account(ANN), "600/0");
    settle_all();
    books_proven();
}
END_TEST

/* What was earned is spent: the money is less by what is missing, the account not below zero. */
START_TEST(I10_missing_points_are_missing_in_the_money)
{
    pn_order o;
    pn_point_adjustment a;
    o = bought(ANN, 2, 0);
    pay(o.id);
    over(o);
    pn *p = ops();
    ok(adjust(p, ANN, -1000, &a));
    fails(PN_EBALANCE, adjust(p, ANN, -201, &a));
    pn_end(p);
    pn_refund r = forced(o.id, NULL);
    ck_assert_int_eq(r.amount_fen.fen, YUAN(1190));
    ck_assert_int_eq(r.fee_fen.fen, YUAN(10));
    ck_assert_str_eq(account(ANN), "0/0");
    ck_assert_str_eq(moves(), "EARN1200 ADJUST-1000 TAKE_BACK-200");
    ck_assert_str_eq(test_sql_text("select string_agg(refund_fen::text, ' ' order by no)"
                                   " from order_seat"), "59500 59500");
    ck_assert_int_eq(book("POINTS_LIABILITY"), 0);
    ck_assert_int_eq(book("FEE_INCOME"), YUAN(10));
    ck_assert_int_eq(book("ESCROW"), 0);
    books_proven();
}
END_TEST

/* 0, 500, 2,000, 8,000, 20,000 yuan in a year: 1, 1.1, 1.2, 1.5, 2 for a yuan; the order that lifts
 * the account counts to its level. A refund takes back at the rate that was paid. */
static const struct { int64_t before, earned, half; } levels[] = {
    {9999, 400, 200}, {10000, 440, 220}, {160000, 480, 240}, {760000, 600, 300},
    {1960000, 800, 400}};
START_TEST(levels_earn_more)
{
    char sql[300];
    test_sql("update policy set value = case right(key, 4) when '1_bp' then '11000' when '2_bp'"
             " then '12000' when '3_bp' then '15000' else '20000' end"
             " where key like 'points.level%'");
    test_sql("update tier set face_price_fen = 20000");
    pn_order o = bought(ANN, 2, 0), past;
    pay(o.id);
    past = bought(ANN, 1, 0);
    pay(past.id);
    snprintf(sql, sizeof sql, "update orders set paid_fen = %" PRId64 " where id = %" PRId64,
             levels[_i].before, past.id);
    test_sql(sql);
    over(o);
    snprintf(sql, sizeof sql, "%" PRId64 "/0", levels[_i].earned);
    ck_assert_str_eq(account(ANN), sql);
    (void)forced(o.id, "1");
    snprintf(sql, sizeof sql, "%" PRId64 "/0", levels[_i].half);
    ck_assert_str_eq(account(ANN), sql);
    snprintf(sql, sizeof sql, "update orders set paid_fen = 20000 where id = %" PRId64, past.id);
    test_sql(sql);
    books_proven();
}
END_TEST

START_TEST(the_first_order_has_a_bonus_once)
{
    pn_order o, other;
    test_sql("update policy set value = '100' where key = 'points.first_order'");
    o = bought(ANN, 1, 0);
    other = bought(ANN, 1, 0);
    pay(o.id);
    pay(other.id);
    relay();
    pn *p = ops();
    ok(pn_order_handover(p, &(struct pn_order_handover){other.id, NULL}, &other));
    pn_end(p);
    over(o);
    ck_assert_int_eq(count_of("point_move where kind = 'FIRST_ORDER' and points = 100"), 1);
    ck_assert_str_eq(account(ANN), "1300/0");
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(13));
    books_proven();
}
END_TEST

START_TEST(who_comes_by_has_a_point_a_day)
{
    struct pn_point_sign_in in = {NULL};
    pn_point a;
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_point_sign_in(p, &in, &a));
    ck_assert_int_eq(a.points, 1);
    fails(PN_EEXISTS, pn_point_sign_in(p, &in, &a));
    pn_end(p);
    shop_clock(DAY);
    p = as(PN_ROLE_BUYER, ANN);
    ok(pn_point_sign_in(p, &in, &a));
    ck_assert_int_eq(a.points, 2);
    pn_end(p);
    p = as(PN_ROLE_ADMIN, 1);
    fails(PN_EPERM, pn_point_sign_in(p, &in, &a));
    pn_end(p);
    ck_assert_str_eq(moves(), "SIGN_IN1 SIGN_IN1");
    relay();
    ck_assert_int_eq(book("POINTS_LIABILITY"), 2);
    books_proven();
}
END_TEST

/* 3 x 33.50 earn 100; what each seat takes back adds up to that. */
START_TEST(parts_take_back_to_the_point)
{
    pn_order o;
    test_sql("update tier set face_price_fen = 3350");
    o = bought(ANN, 3, 0);
    pay(o.id);
    over(o);
    ck_assert_str_eq(account(ANN), "100/0"); /* of 100.50 */
    (void)forced(o.id, "1");
    ck_assert_str_eq(account(ANN), "67/0");
    (void)forced(o.id, "2");
    ck_assert_str_eq(account(ANN), "33/0");
    (void)forced(o.id, "3");
    ck_assert_str_eq(account(ANN), "0/0");
    books_proven();
}
END_TEST

/* ---- their end ---- */

START_TEST(those_that_end_first_are_used_first)
{
    pn_order o;
    give(ANN, 1000); /* good through the end of next year */
    ck_assert_str_eq(test_sql_text("select expires_on = make_date(extract(year from at at time zone"
                                   " 'Asia/Shanghai')::int + 1, 12, 31) from point_move"), "t");
    shop_clock(366 * DAY);
    give(ANN, 500); /* and of the year after */
    test_sql("update session set start_at = start_at + interval '366 days', doors_at = doors_at +"
             " interval '366 days', stop_sale_at = stop_sale_at + interval '366 days',"
             " end_at = end_at + interval '366 days'");
    o = bought(ANN, 1, 300);
    pay(o.id);
    relay();
    job("point_expire");
    ck_assert_str_eq(account(ANN), "1200/0");
    o = bought(ANN, 1, 200); /* waits over the end of the year */
    test_sql("update point_move set expires_on = current_date - 400 where no = 1;"
             "update point_account set expires_on = current_date - 400");
    shop_clock(MINUTE);
    job("point_expire");
    ck_assert_str_eq(account(ANN), "700/200");
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_order_cancel(p, &(struct pn_order_cancel){o.id, NULL}, &o));
    pn_end(p);
    shop_clock(MINUTE);
    job("point_expire"); /* once a day */
    ck_assert_str_eq(account(ANN), "700/0");
    shop_clock(DAY);
    job("point_expire");
    ck_assert_str_eq(account(ANN), "500/0");
    ck_assert_str_eq(moves(), "ADJUST1000 ADJUST500 SPEND-300 EXPIRE-500 EXPIRE-200");
    relay();
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(5));
    books_proven();
}
END_TEST

/* ---- people ---- */

START_TEST(many_points_take_two_people)
{
    pn_point_adjustment a, b;
    pn *p = ops();
    fails(PN_EARG, adjust(p, ANN, 0, &a));
    fails(PN_ENONE, adjust(p, 4242, 10, &a));
    ok(adjust(p, ANN, 5001, &a));
    ck_assert_int_eq(a.state.v, PN_POINT_ADJUSTMENT_PROPOSED);
    ck_assert_int_eq(count_of("point_move"), 0);
    struct pn_point_adjustment_approve yes = {a.id, NULL};
    fails(PN_EDUAL, pn_point_adjustment_approve(p, &yes, &b));
    pn_end(p);
    p = as(PN_ROLE_OPS, OPS2);
    ok(pn_point_adjustment_approve(p, &yes, &b));
    fails(PN_ESTATE, pn_point_adjustment_approve(p, &yes, &b));
    ck_assert_int_eq(b.decided_by, OPS2);
    ok(adjust(p, ANN, -5001, &a));
    ok(pn_point_adjustment_reject(p, &(struct pn_point_adjustment_reject){a.id, "no"}, &b));
    ck_assert_int_eq(b.state.v, PN_POINT_ADJUSTMENT_REJECTED);
    ok(pn_point_adjustment_show(p, &(struct pn_point_adjustment_show){a.id}, &b));
    ck_assert_str_eq(b.answer, "no");
    pn_end(p);
    ck_assert_str_eq(account(ANN), "5001/0");
    books_proven();
}
END_TEST

START_TEST(everybody_sees_their_own)
{
    pn_point a;
    pn_page page;
    give(ANN, 100);
    give(ANN, 5);
    give(BOB, 70);
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_point_show(p, &(struct pn_point_show){ANN}, &a));
    ck_assert_int_eq(a.free, 105);
    ck_assert_int_eq(a.worth_fen.fen, 105);
    test_sql("update point_move set id = id + (3 - no) * 8192000000 where no < 3");
    ok(pn_point_mine(p, &(pn_list){0}, &page)); /* the last first, whatever numbers it got */
    ck_assert_uint_eq(page.rows.n, 2);
    ck_assert_int_eq(((const pn_point_move *)page.rows.row)->balance, 105);
    fails(PN_ENONE, pn_point_show(p, &(struct pn_point_show){BOB}, &a));
    fails(PN_EPERM, pn_point_list(p, &(pn_list){0}, &page));
    fails(PN_EPERM, pn_point_moves(p, &(pn_list){0}, &page));
    pn_point_adjustment j;
    fails(PN_EPERM, adjust(p, ANN, 10, &j));
    pn_end(p);
    p = ops();
    ok(pn_point_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    ok(pn_point_moves(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    ok(pn_point_show(p, &(struct pn_point_show){4242}, &a));
    ck_assert_int_eq(a.points, 0);
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("points");
    tcase_add_checked_fixture(t, points_setup, points_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S24_coupon_points_card_and_provider_and_all_of_it_back);
    tcase_add_test(t, no_more_than_the_rule_and_the_account_allow);
    tcase_add_test(t, what_is_not_paid_lets_points_go);
    tcase_add_test(t, parts_of_an_order_give_back_their_points);
    tcase_add_test(t, a_completed_order_earns_and_a_refund_takes_back);
    tcase_add_test(t, what_was_paid_twice_takes_no_points);
    tcase_add_test(t, I10_missing_points_are_missing_in_the_money);
    tcase_add_loop_test(t, levels_earn_more, 0, sizeof levels / sizeof *levels);
    tcase_add_test(t, the_first_order_has_a_bonus_once);
    tcase_add_test(t, who_comes_by_has_a_point_a_day);
    tcase_add_test(t, parts_take_back_to_the_point);
    tcase_add_test(t, those_that_end_first_are_used_first);
    tcase_add_test(t, many_points_take_two_people);
    tcase_add_test(t, everybody_sees_their_own);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
