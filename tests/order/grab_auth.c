/* SPDX-License-Identifier: Apache-2.0 */
/* grab_auth.c — grabs whose money is frozen: taken once, or let go, whatever happens between. */
#include "grabs.h"

#include <string.h>

#include "base/job.h"

static pn_payment frozen(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED_AUTH}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    relay();
    return y;
}

static pn_grab waiting(int qty, int64_t cap_yuan, const char *phone)
{
    pn_grab g = submitted(wish(qty, cap_yuan, phone));
    ck_assert_int_eq(frozen(g.order_id).state.v, PN_PAYMENT_AUTHORISED);
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    return g;
}

/* Later than everything that waits to be asked. */
static void hours_pass(int hours)
{
    shop_clock(hours * 60 * MINUTE);
    job("pay_poll");
    relay();
}

/* Whatever became of the grabs: nobody's money is frozen, and nobody has to be asked for it. */
static void nothing_frozen(void)
{
    hours_pass(1);
    ck_assert_int_eq(count_of("payment where state = 'AUTHORISED'"), 0);
    ck_assert_int_eq(count_of("payment_due"), 0);
    ck_assert_int_eq(count_of("grab_capture"), 0);
    ck_assert_int_eq(count_of("simulated_trade t join payment y on y.sk = t.sk"
                              " and y.id = t.payment_id where y.method = 'SIMULATED_AUTH'"
                              " and t.state = 'SUCCESS' and t.captured_fen is null"), 0);
    proved();
}

START_TEST(S14_frozen_money_is_taken_once_and_only_what_the_tickets_cost)
{
    make_shop(.face_fen = YUAN(720), .stock = 2);
    make_tier(0, YUAN(650));
    const char *tiers[] = {tier_text(TIER), tier_text(TIER2)};
    struct pn_grab_submit in = wish(2, 700, phones[0]);
    in.tiers = (pn_texts){tiers, 2};
    in.delivery.v = PN_DELIVERY_EXPRESS;
    in.receiver = "韩梅";
    in.region = "上海市 黄浦区";
    in.street = "南京东路100号";
    pn_grab g = submitted(in);
    pn_payment y = frozen(g.order_id);
    ck_assert_int_eq(y.amount_fen.fen, YUAN(1415));
    ck_assert_int_eq(y.state.v, PN_PAYMENT_AUTHORISED);
    ck_assert_int_eq(test_sql_int("select held_fen from orders"), YUAN(1415));
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), 0);
    job("grab_match"); /* 720 is above the cap */
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    proved();
    stock(TIER2, 5);
    again("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1315));
    ck_assert_int_eq(test_sql_int("select captured_fen from simulated_trade"), YUAN(1315));
    ck_assert_int_eq(test_sql_int("select frozen_fen from payment"), YUAN(1415));
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    ck_assert_int_eq(count_of("refund"), 0);
    nothing_frozen();
    ck_assert_ptr_nonnull(strstr(body_of("15-grab_submitted"), "已冻结1415元"));
    ck_assert_ptr_nonnull(strstr(body_of("16-grab_success"), "B2张，实付1315元，多付100元"));
    ck_assert_ptr_nonnull(strstr(body_of("23-deduct_ok"), "从账户扣款1315元"));
    int64_t back = forced_back(g.order_id);
    again("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), back);
    proved();
}
END_TEST

START_TEST(a_silent_freeze_is_asked_for_and_a_repeated_one_is_one)
{
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    make_shop(.face_fen = YUAN(700));
    pn_grab g = submitted(wish(1, 600, phones[0]));
    frozen(g.order_id);
    ck_assert_str_eq(order_state(g.order_id), "GRAB_PENDING_AUTH");
    shop_clock(MINUTE);
    job("pay_poll");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    shop_conf("provider: {simulated: {duplicate_bp: 10000, delay_ms: 5000}}\n");
    pn_grab h = submitted(wish(1, 600, phones[1]));
    frozen(h.order_id);
    ck_assert_str_eq(order_state(h.order_id), "GRAB_PENDING_AUTH");
    again("pay_simulated");
    ck_assert_str_eq(order_state(h.order_id), "GRAB_WAITING");
    ck_assert_int_eq(test_sql_int("select sum(held_fen) from orders"), YUAN(1200));
    ck_assert_int_eq(count_of("payment"), 2);
    proved();
}
END_TEST

/* Taken, and the answer lost: the same is asked again, the tickets stay locked until then. */
START_TEST(a_crash_between_the_two_is_resumed_by_the_job)
{
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    make_shop(.stock = 1);
    pn_grab g = submitted(wish(1, 600, phones[0])), out;
    frozen(g.order_id);
    shop_clock(MINUTE);
    job("pay_poll");
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ck_assert_str_eq(stock_now(), "1/1/0");
    ck_assert_int_eq(test_sql_int("select captured_fen from simulated_trade"), YUAN(580));
    proved();
    pn *p = ops(); /* meanwhile it can neither be cancelled nor matched again */
    fails(PN_ESTATE, pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &out));
    fails(PN_ESTATE, pn_payment_release(p, &(struct pn_payment_release){
        .id = test_sql_int("select id from payment")}, &(pn_payment){0}));
    pn_end(p);
    again("grab_match");
    shop_clock(40 * DAY); /* nor does its time end */
    job("grab_deadline");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    job("pay_poll");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    ck_assert_str_eq(stock_now(), "1/0/1");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(580));
    nothing_frozen();
}
END_TEST

START_TEST(a_freeze_that_ran_out_leaves_the_tickets_to_others)
{
    make_shop(.stock = 1);
    pn_order sold = paid_n(1, phones[3]);
    pn_grab g = waiting(1, 600, phones[0]);
    test_sql("update simulated_trade set state = 'CLOSED' where payment_id ="
             " (select id from payment where method = 'SIMULATED_AUTH')");
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = sold.id}, &r));
    pn_end(p);
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ck_assert_int_eq(test_sql_int("select attempts from grab_request"), 1);
    ck_assert_str_eq(stock_now(), "1/0/0");
    ck_assert_int_eq(count_of("order_seat where order_id = (select order_id from grab_request)"),
                     0);
    proved();
    pn_grab other = queued(1, 600, phones[1]);
    again("grab_match"); /* refused once more: the tickets are the next one's */
    ck_assert_str_eq(order_state(g.order_id), "GRAB_FAILED");
    again("grab_match");
    ck_assert_str_eq(order_state(other.order_id), "ALLOCATED");
    relay();
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 1);
    job("refund_retry");
    nothing_frozen();
}
END_TEST

START_TEST(a_frozen_grab_that_ends_lets_all_go)
{
    make_shop(.face_fen = YUAN(700), .stock = 1);
    pn_grab g = waiting(1, 600, phones[0]), out;
    struct pn_grab_submit in = wish(1, 600, phones[1]);
    in.deadline_at.us = shop_now + DAY;
    pn_grab late = submitted(in);
    frozen(late.order_id);
    pn *p = ops();
    fails(PN_ESTATE, pn_payment_release(p, &(struct pn_payment_release){
        .id = test_sql_int("select min(id) from payment")}, &(pn_payment){0}));
    ok(pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &out));
    pn_end(p);
    ck_assert_int_eq(count_of("payment where state = 'RELEASED'"), 1);
    shop_clock(DAY);
    job("grab_deadline");
    ck_assert_str_eq(order_state(late.order_id), "GRAB_FAILED");
    nothing_frozen();
    ck_assert_ptr_nonnull(strstr(body_of("17-grab_failed"), "600元已解冻"));
    ck_assert_int_eq(count_of("simulated_trade where state = 'CLOSED'"), 2);
    ck_assert_int_eq(count_of("refund"), 0);
}
END_TEST

START_TEST(money_frozen_after_the_end_is_let_go)
{
    make_shop();
    pn_grab g = submitted(wish(1, 600, phones[0]));
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {PN_PAY_SIMULATED_AUTH}}, &y));
    shop_clock(16 * MINUTE);
    job("grab_deadline");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_CANCELLED");
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    ck_assert_int_eq(y.state.v, PN_PAYMENT_RELEASED);
    nothing_frozen();
    pn_order o = order_n(1, phones[1]); /* an order that buys now is paid, not frozen for */
    p = ops();
    fails(PN_ESTATE, pn_payment_create(p, &(struct pn_payment_create){o.id,
        {PN_PAY_SIMULATED_AUTH}}, &y));
    pn_end(p);
}
END_TEST

/* ---- a higher price, frozen beside the rest ---- */

static pn_grab raised(int64_t order, int64_t yuan)
{
    PN_AUTO_UNIT p = ops();
    pn_grab g;
    ok(pn_grab_raise(p, &(struct pn_grab_raise){order, {yuan}}, &g));
    return g;
}

/* What was frozen for payment number `leg`, and what was taken of it. */
static const char *leg(int n)
{
    static const char *const sql[] = {
        "select frozen_fen / 100 || ' ' || amount_fen / 100 || ' ' || state from payment"
        " where leg_no = 1 and order_id = (select min(order_id) from payment)",
        "select frozen_fen / 100 || ' ' || amount_fen / 100 || ' ' || state from payment"
        " where leg_no = 2 and order_id = (select min(order_id) from payment)"};
    return test_sql_text(sql[n - 1]);
}

START_TEST(S14_a_higher_price_is_good_when_the_difference_is_frozen)
{
    make_shop(.face_fen = YUAN(700), .stock = 1);
    pn_grab first = waiting(1, 600, phones[0]);
    shop_clock(MINUTE);
    waiting(1, 600, phones[1]);
    pn_grab g = raised(first.order_id, YUAN(720));
    ck_assert_int_eq(g.auth_fen.fen, YUAN(720));
    ck_assert_int_eq(g.cap_fen.fen, YUAN(600));
    job("grab_match"); /* asked for 700, frozen are 600: never above it */
    ck_assert_str_eq(order_state(first.order_id), "GRAB_WAITING");
    proved();
    pn_payment y = frozen(first.order_id);
    ck_assert_int_eq(y.amount_fen.fen, YUAN(120));
    ck_assert_int_eq(y.state.v, PN_PAYMENT_AUTHORISED);
    ck_assert_int_eq(test_sql_int("select cap_fen from grab_request order by order_id limit 1"),
                     YUAN(720));
    ck_assert_int_eq(count_of("grab_request where created_at ="
                              " (select min(created_at) from grab_request) and cap_fen = 72000"),
                     1);
    proved();
    again("grab_match");
    ck_assert_str_eq(order_state(first.order_id), "ALLOCATED");
    ck_assert_str_eq(leg(1), "600 600 CAPTURED");
    ck_assert_str_eq(leg(2), "120 100 CAPTURED");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders order by id limit 1"), YUAN(700));
    relay();
    ck_assert_ptr_nonnull(strstr(body_of("16-grab_success"), "实付700元，多付20元"));
    int64_t back = forced_back(first.order_id);
    again("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), back);
    proved();
}
END_TEST

START_TEST(what_is_cheap_after_all_leaves_the_extra_alone)
{
    make_shop(.face_fen = YUAN(580), .stock = 1);
    pn_order sold = paid_n(1, phones[3]);
    pn_grab g = waiting(1, 600, phones[0]);
    raised(g.order_id, YUAN(700));
    frozen(g.order_id);
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = sold.id}, &r));
    pn_end(p);
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    ck_assert_int_eq(count_of("payment where method = 'SIMULATED_AUTH' and leg_no = 1"
                              " and amount_fen = 58000 and state = 'CAPTURED'"), 1);
    ck_assert_int_eq(count_of("payment where method = 'SIMULATED_AUTH' and leg_no = 2"
                              " and amount_fen = 10000 and state = 'RELEASED'"), 1);
    relay();
    ck_assert_ptr_nonnull(strstr(body_of("16-grab_success"), "实付580元，多付120元"));
    nothing_frozen();
    ck_assert_int_eq(count_of("simulated_trade where state = 'CLOSED'"), 1);
}
END_TEST

/* The first sum is taken, and that is not told; the job asks again, and for the second. */
START_TEST(a_crash_between_two_sums_is_resumed_by_the_job)
{
    make_shop(.face_fen = YUAN(700), .stock = 1);
    pn_grab g = waiting(1, 600, phones[0]);
    raised(g.order_id, YUAN(700));
    frozen(g.order_id);
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ck_assert_int_eq(test_sql_int("select sum(captured_fen) from simulated_trade"), YUAN(600));
    proved();
    shop_clock(MINUTE);
    pn *p = worker();
    fails(PN_EUNKNOWN_RESULT, pn_job_run(p, &(struct pn_job_run){.name = "pay_poll", .force = true},
                                         &(pn_job_result){0})); /* the second is lost, too */
    pn_end(p);
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(600));
    ck_assert_int_eq(test_sql_int("select held_fen from orders"), YUAN(100));
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    p = ops();
    fails(PN_ESTATE, pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &g));
    fails(PN_ESTATE, pn_payment_release(p, &(struct pn_payment_release){
        .id = test_sql_int("select id from payment where leg_no = 2")}, &(pn_payment){0}));
    pn_end(p);
    proved();
    shop_clock(40 * DAY);
    job("pay_poll");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(700));
    ck_assert_str_eq(stock_now(), "1/0/1");
    nothing_frozen();
}
END_TEST

START_TEST(a_second_sum_that_is_refused_gives_the_first_back)
{
    make_shop(.face_fen = YUAN(700), .stock = 1);
    pn_grab g = waiting(1, 600, phones[0]);
    raised(g.order_id, YUAN(700));
    frozen(g.order_id);
    test_sql("update simulated_trade set state = 'CLOSED' where paid_fen = 10000");
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_FAILED");
    ck_assert_str_eq(stock_now(), "1/0/0");
    ck_assert_int_eq(test_sql_int("select captured_fen from simulated_trade"
                                  " where captured_fen is not null"), YUAN(600));
    proved();
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(600));
    relay();
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 1);
    nothing_frozen();
}
END_TEST

START_TEST(the_extra_comes_the_way_the_rest_came)
{
    make_shop(.face_fen = YUAN(900), .stock = 1);
    pn_grab g = waiting(1, 600, phones[0]), paid = queued(1, 600, phones[1]);
    raised(g.order_id, YUAN(650));
    raised(paid.order_id, YUAN(650));
    pn *p = ops();
    pn_payment y, old;
    fails(PN_EARG, pn_payment_create(p, &(struct pn_payment_create){g.order_id,
        {PN_PAY_SIMULATED}}, &y));
    ck_assert_str_eq(pn_error(p)->field, "method");
    fails(PN_EARG, pn_payment_create(p, &(struct pn_payment_create){paid.order_id,
        {PN_PAY_SIMULATED_AUTH}}, &y));
    ck_assert_str_eq(pn_error(p)->field, "method");
    /* raised again before that was frozen: what was made for the older price is let go */
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {PN_PAY_SIMULATED_AUTH}},
                         &old));
    pn_end(p);
    raised(g.order_id, YUAN(700));
    p = ops();
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = old.id}, &old));
    ck_assert_int_eq(old.state.v, PN_PAYMENT_RELEASED);
    pn_end(p);
    y = frozen(g.order_id);
    ck_assert_int_eq(y.amount_fen.fen, YUAN(100));
    ck_assert_int_eq(y.state.v, PN_PAYMENT_AUTHORISED);
    ck_assert_int_eq(test_sql_int("select max(held_fen) from orders"), YUAN(700));
    proved();
    p = ops();
    ok(pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &g));
    pn_end(p);
    nothing_frozen();
    ck_assert_int_eq(count_of("simulated_trade where state = 'CLOSED'"), 3);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("grab_auth");
    TCase *c = tcase_create("grab_auth");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S14_frozen_money_is_taken_once_and_only_what_the_tickets_cost);
    tcase_add_test(c, a_silent_freeze_is_asked_for_and_a_repeated_one_is_one);
    tcase_add_test(c, a_crash_between_the_two_is_resumed_by_the_job);
    tcase_add_test(c, a_freeze_that_ran_out_leaves_the_tickets_to_others);
    tcase_add_test(c, a_frozen_grab_that_ends_lets_all_go);
    tcase_add_test(c, money_frozen_after_the_end_is_let_go);
    tcase_add_test(c, S14_a_higher_price_is_good_when_the_difference_is_frozen);
    tcase_add_test(c, what_is_cheap_after_all_leaves_the_extra_alone);
    tcase_add_test(c, a_crash_between_two_sums_is_resumed_by_the_job);
    tcase_add_test(c, a_second_sum_that_is_refused_gives_the_first_back);
    tcase_add_test(c, the_extra_comes_the_way_the_rest_came);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
