/* SPDX-License-Identifier: Apache-2.0 */
/* later.c — attend first, pay later, over Alipay's pre-authorisation: frozen with the order,
 * deducted after the show, tried again, overdue, written off; given back before and after. */
#include "attend.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "order/credit.h"
#include "order/later_int.h"
#include "user/buyer_int.h"

static const char *frozen(int64_t payment)
{
    static char text[40];
    char sql[120], no[40];
    snprintf(sql, sizeof sql, "select auth_no from credit_due where payment_id = %" PRId64,
             payment);
    snprintf(no, sizeof no, "%s", test_sql_text(sql));
    const pni_doc *d = fake("alipay", "auth", "{\"auth_no\":\"%s\"}", no);
    snprintf(text, sizeof text, "%s", doc_text(d, "/left"));
    return text;
}

START_TEST(S16_deducted_on_the_second_day)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = promised(&o, ANN);
    ck_assert_int_eq(y.amount_fen.fen, YUAN(1360));
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1360));
    ck_assert_int_eq(balance("ESCROW"), -YUAN(1360));
    books_proven();
    books_watched();
    tick("sfpl_due"); /* not before the show */
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    fake("alipay", "switch", "{\"no_money\":1}");
    after_the_show(0);
    ck_assert_str_eq(state(y.id), "DEDUCTING");
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 1);
    tick("sfpl_due"); /* not at once again */
    ck_assert_int_eq(count_of("credit_due where tries = 1"), 1);
    after_the_show(1);
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(count_of("notice where kind = '23-deduct_ok'"), 1);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("CLEARING"), YUAN(1360));
    ck_assert_int_eq(count_of("credit_account where open_n > 0"), 0);
    ck_assert_str_eq(frozen(y.id), "0");
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(S16_overdue_blocked_and_written_off_by_two)
{
    pn_payment r, other;
    open_shop();
    pn_order o = order_of(BOB, 2);
    pn_payment y = promised(&o, BOB);
    fake("alipay", "switch", "{\"no_money\":9}");
    static const int days[] = {0, 1, 3, 7};
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(state(y.id), i ? "DEDUCTING" : "CREDIT_OPEN");
        after_the_show(days[i]);
    }
    ck_assert_str_eq(state(y.id), "OVERDUE");
    ck_assert_int_eq(count_of("credit_account where blocked"), 1);
    books_proven();
    books_watched();
    pn *p = as(PN_ROLE_FINANCE, FIN);
    int open = 0; /* who owes is not forgotten, even when nothing else is open */
    test_sql("create table kept as select status from orders;"
             "update orders set status = 'COMPLETED'");
    ok(pni_buyer_open_hook(p, BOB, &open));
    ck_assert_int_eq(open, 1);
    test_sql("update orders set status = (select status from kept); drop table kept");
    struct pn_payment_write_off off = {y.id, "cannot be found"};
    fails(PN_ESTATE, pn_payment_write_off(p, &off, &r)); /* not yet */
    pn_end(p);
    shop_clock(90 * DAY);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_payment_write_off(p, &off, &r));
    ck_assert_int_eq(r.state.v, PN_PAYMENT_OVERDUE);
    fails(PN_EDUAL, pn_payment_write_off(p, &off, &r));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, OPS2);
    ok(pn_payment_write_off(p, &off, &r));
    ck_assert_int_eq(r.state.v, PN_PAYMENT_BAD_DEBT);
    fails(PN_ESTATE, pn_payment_repaid(p, &(struct pn_payment_repaid){y.id, "b"}, &other));
    pn_end(p);
    pn_refund never; /* came: there is nothing to give back */
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .forced = true, .note = "ill",
                       .reason = {PN_REASON_FAULT}}, &never));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EBALANCE, pn_refund_approve(p, &(struct pn_refund_approve){.id = never.id}, &never));
    pn_end(p);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("BAD_DEBT"), YUAN(1360));
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(an_overdue_payment_is_paid_after_all)
{
    pn_payment r;
    pn_credit c;
    open_shop();
    pn_order o = order_of(BOB, 1);
    pn_payment y = promised(&o, BOB);
    fake("alipay", "switch", "{\"no_money\":4}");
    for (int day = 0; day <= 7; day++)
        after_the_show(day);
    ck_assert_str_eq(state(y.id), "OVERDUE");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_payment_repaid(p, &(struct pn_payment_repaid){y.id, "bank 9"}, &r));
    ck_assert_int_eq(r.state.v, PN_PAYMENT_SUCCESS);
    ok(pn_credit_block(p, &(struct pn_credit_block){BOB, false, "paid"}, &c));
    ck_assert(!c.blocked);
    pn_end(p);
    ck_assert_int_eq(balance("BANK"), YUAN(680));
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(who_may_pay_later_and_how_much)
{
    pn_payment y;
    pn_credit c;
    open_shop();
    pn_order dear = order_of(ANN, 3); /* 2,040: more than 2,000 */
    pn *p = as(PN_ROLE_BUYER, ANN);
    fails(PN_ECAP, pn_payment_later(p, &(struct pn_payment_later){dear.id}, &y));
    pn_end(p);
    test_sql("update tier set face_price_fen = 10000");
    pn_order o[3];
    for (int i = 0; i < 3; i++)
        o[i] = order_of(ANN, 1);
    (void)asked(&o[0], ANN);
    (void)asked(&o[1], ANN);
    p = as(PN_ROLE_BUYER, ANN);
    fails(PN_ECAP, pn_payment_later(p, &(struct pn_payment_later){o[2].id}, &y)); /* two are open */
    pn_end(p);
    p = ops();
    ok(pn_credit_set(p, &(struct pn_credit_set){BOB, 1, 599}, &c));
    pn_end(p);
    pn_order b = order_of(BOB, 1);
    p = as(PN_ROLE_BUYER, BOB);
    fails(PN_ECAP, pn_payment_later(p, &(struct pn_payment_later){b.id}, &y));
    pn_end(p);
    /* nobody agreed: the holds end, and there is room again */
    tick("pay_poll");
    shop_clock(16 * MINUTE);
    tick("hold_expire");
    tick("pay_poll");
    ck_assert_int_eq(count_of("payment where state = 'CLOSED'"), 2);
    ck_assert_int_eq(count_of("credit_account where open_n > 0"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(what_is_given_back_is_not_deducted)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = promised(&o, ANN);
    const char *seat[] = {"1"};
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    pn_end(p);
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(680));
    books_proven();
    books_watched();
    after_the_show(0);
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    books_proven();
    books_watched();
    /* and after the deduction, the same way back */
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .forced = true, .note = "ill",
                       .reason = {PN_REASON_FAULT}}, &r));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    pn_end(p);
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 2);
    ck_assert_int_eq(balance("CLEARING"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

/* Taken, and nobody knows: it is asked for before it is told again, and what the buyer gives back
 * meanwhile waits for that. */
START_TEST(what_may_have_been_deducted_is_not_given_back_yet)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = promised(&o, ANN);
    fake("alipay", "switch", "{\"drop\":4}"); /* of the questions, too */
    shop_now = test_sql_int("select (extract(epoch from coalesce(end_at, start_at)) * 1000000)"
                            "::bigint from session") + DAY + MINUTE;
    pn *p = worker();
    pn_job_result run;
    fails(PN_EUNKNOWN_RESULT, pn_job_run(p, &(struct pn_job_run){"sfpl_due", true}, &run));
    pn_end(p);
    fake("alipay", "switch", "{\"drop\":0}");
    ck_assert_str_eq(state(y.id), "DEDUCTING");
    ck_assert_str_eq(frozen(y.id), "0");
    ck_assert_int_eq(back(&o, "1").amount_fen.fen, YUAN(680));
    ck_assert_int_eq(count_of("refund_leg where state = 'PENDING' and tries = 0"), 1);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1360));
    books_proven();
    shop_clock(HOUR);
    tick("sfpl_due");
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(count_of("credit_due where tries = 0"), 1);
    ck_assert_int_eq(balance("CLEARING"), YUAN(1360));
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

/* Deducted was another sum, says the answer, or who is asked because the answer was lost. */
START_TEST(I12_another_sum_than_was_owed_settles_nothing)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = promised(&o, ANN);
    shop_now = test_sql_int("select (extract(epoch from coalesce(end_at, start_at)) * 1000000)"
                            "::bigint from session") + DAY + MINUTE;
    if (_i) {
        pn *p = worker();
        pn_job_result run;
        fake("alipay", "switch", "{\"drop\":4}");
        fails(PN_EUNKNOWN_RESULT, pn_job_run(p, &(struct pn_job_run){"sfpl_due", true}, &run));
        pn_end(p);
        fake("alipay", "switch", "{\"drop\":0}");
        shop_clock(HOUR);
    }
    fake("alipay", "switch", "{\"wrong_amount\":1}");
    tick("sfpl_due");
    ck_assert_str_eq(state(y.id), "DEDUCTING");
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1360));
    ck_assert_int_eq(balance("CLEARING"), 0);
    ck_assert_int_eq(count_of("alarm where kind = 'PAYMENT' and state = 'OPEN'"), 1);
    shop_clock(HOUR);
    tick("sfpl_due"); /* not before the next day */
    ck_assert_str_eq(state(y.id), "DEDUCTING");
    shop_clock(DAY);
    tick("sfpl_due"); /* asked, and not deducted again */
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("CLEARING"), YUAN(1360));
    ck_assert_int_eq(count_of("credit_due where tries = 0"), 1);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

/* Given back between the look and the try: the try is for another sum, and does not begin. */
START_TEST(a_try_that_is_too_large_does_not_begin)
{
    struct pn_payment_deduct { int64_t id; const char *what, *trade, *why; pn_money fen; };
    int pn_payment_deduct(pn *p, const struct pn_payment_deduct *in, pn_payment *out);
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = promised(&o, ANN), r;
    const char *seat[] = {"1"};
    pn_refund back;
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &back));
    pn_end(p);
    struct pn_payment_deduct whole = {.id = y.id, .what = "BEGUN", .fen = {YUAN(1360)}},
                             rest = {.id = y.id, .what = "BEGUN", .fen = {YUAN(680)}};
    p = worker();
    fails(PN_EBUSY, pn_payment_deduct(p, &rest, &r)); /* its part waits to be given back */
    pn_end(p);
    tick("refund_retry");
    p = worker();
    fails(PN_EBUSY, pn_payment_deduct(p, &whole, &r));
    ok(pn_payment_deduct(p, &rest, &r));
    ck_assert_int_eq(r.state.v, PN_PAYMENT_DEDUCTING);
    pn_end(p);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(an_order_given_back_before_the_show_is_let_go)
{
    open_shop();
    pn_order o = order_of(ANN, 1);
    pn_payment y = promised(&o, ANN);
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    tick("refund_retry");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    after_the_show(0);
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_str_eq(frozen(y.id), "0"); /* back with the payer */
    ck_assert_int_eq(balance("CLEARING"), 0);
    ck_assert_int_eq(count_of("notice where kind = '23-deduct_ok'"), 0);
    ck_assert_int_eq(count_of("credit_account where open_n > 0"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("later");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, attend_setup, attend_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S16_deducted_on_the_second_day);
    tcase_add_test(t, S16_overdue_blocked_and_written_off_by_two);
    tcase_add_test(t, an_overdue_payment_is_paid_after_all);
    tcase_add_test(t, who_may_pay_later_and_how_much);
    tcase_add_test(t, what_is_given_back_is_not_deducted);
    tcase_add_test(t, what_may_have_been_deducted_is_not_given_back_yet);
    tcase_add_loop_test(t, I12_another_sum_than_was_owed_settles_nothing, 0, 2);
    tcase_add_test(t, a_try_that_is_too_large_does_not_begin);
    tcase_add_test(t, an_order_given_back_before_the_show_is_let_go);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
