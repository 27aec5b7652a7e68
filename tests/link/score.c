/* SPDX-License-Identifier: Apache-2.0 */
/* score.c — attend first, pay later, over WeChat's payscore: the payer agrees in the mini program,
 * WeChat is told what it cost and collects it, and says so or not. */
#include "attend.h"

#include <stdio.h>
#include <string.h>

#include "order/later_int.h"

static const char *service(int64_t payment, const char *path)
{
    return doc_text(score("service", payment, ""), path);
}

static void an_hour_later(void)
{
    shop_clock(61 * MINUTE);
    tick("sfpl_due");
    relay();
}

START_TEST(S16_wechat_collects_on_the_second_day)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = trusted(&o, ANN);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1360));
    after_the_show(0);
    ck_assert_str_eq(state(y.id), "DEDUCTING");
    ck_assert_str_eq(service(y.id, "/total"), "136000");
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 0); /* it has its time */
    an_hour_later();
    ck_assert_int_eq(count_of("credit_due where tries = 1 and not asked"), 1);
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 1);
    after_the_show(1);
    ck_assert_str_eq(service(y.id, "/asked"), "1");
    const pni_doc *paid = score("collect", y.id, "");
    pn_payment_heard h = hear("wechat", paid);
    ck_assert_str_eq(h.result, "APPLIED");
    h = hear("wechat", paid);
    ck_assert_str_eq(h.result, "REPEAT");
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("CLEARING"), YUAN(1360));
    ck_assert_int_eq(count_of("ledger_account where kind = 'CLEARING' and part = 'WECHAT'"), 1);
    ck_assert_int_eq(count_of("notice where kind = '23-deduct_ok'"), 1);
    ck_assert_int_eq(count_of("credit_account where open_n > 0"), 0);
    an_hour_later();
    ck_assert_int_eq(count_of("credit_due where open"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(what_wechat_does_not_tell_is_seen)
{
    open_shop();
    pn_order o = order_of(ANN, 1);
    pn_payment y = scored(&o, ANN);
    score("agree", y.id, "");
    shop_clock(MINUTE);
    tick("pay_poll");
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    fake("wechat", "switch", "{\"drop\":1}"); /* told or not? it is asked before anything else */
    after_the_show(0);
    ck_assert_str_eq(service(y.id, "/total"), "68000");
    score("collect", y.id, "");
    an_hour_later();
    an_hour_later();
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(wechat_collects_less_after_a_refund)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = trusted(&o, ANN);
    after_the_show(0);
    ck_assert_str_eq(service(y.id, "/total"), "136000");
    (void)back(&o, "1");
    ck_assert_str_eq(service(y.id, "/total"), "68000");
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(680));
    hear("wechat", score("collect", y.id, ""));
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    /* what was collected goes back as it came: 680 of 680 */
    fake("wechat", "switch", "{\"refund_now\":1}");
    (void)back(&o, "2");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 2);
    ck_assert_int_eq(balance("CLEARING"), 0);
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(a_refund_and_a_collection_at_once)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = trusted(&o, ANN);
    after_the_show(0);
    const pni_doc *paid = score("collect", y.id, ""); /* its notice is still under way */
    (void)back(&o, "1");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 0);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1360));
    hear("wechat", paid);
    fake("wechat", "switch", "{\"refund_now\":1}");
    shop_clock(11 * MINUTE);
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(I12_another_sum_than_was_owed_settles_nothing)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = trusted(&o, ANN);
    after_the_show(0);
    ck_assert_str_eq(hear("wechat", score("collect", y.id, "wrong_amount")).result, "MISMATCH");
    for (int seen = 1; seen <= 2; seen++) { /* told so, and seen so the next day */
        ck_assert_str_eq(state(y.id), "DEDUCTING");
        ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1360));
        ck_assert_int_eq(balance("CLEARING"), 0);
        ck_assert_int_eq(test_sql_int("select times from alarm where kind = 'PAYMENT'"), seen);
        fake("wechat", "switch", "{\"wrong_amount\":%d}", seen == 1);
        shop_clock(DAY);
        tick("sfpl_due");
        relay();
    }
    ck_assert_str_eq(state(y.id), "SUCCESS"); /* it was put right there */
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("CLEARING"), YUAN(1360));
    ck_assert_int_eq(count_of("notice where kind = '23-deduct_ok'"), 1);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

static pn_payment overdue_by_wechat(int64_t user)
{
    pn_order o = order_of(user, 1);
    pn_payment y = trusted(&o, user);
    static const int days[] = {0, 1, 3, 7};
    for (int i = 0; i < 4; i++) {
        after_the_show(days[i]);
        an_hour_later();
    }
    ck_assert_str_eq(state(y.id), "OVERDUE");
    ck_assert_int_eq(count_of("credit_due where tries = 4 and open"), 1);
    return y;
}

START_TEST(wechat_collects_what_was_overdue)
{
    open_shop();
    pn_payment y = overdue_by_wechat(BOB);
    score("collect", y.id, ""); /* nobody tells; it is looked at every day */
    an_hour_later();
    ck_assert_str_eq(state(y.id), "OVERDUE");
    after_the_show(9);
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    ck_assert_int_eq(count_of("credit_due where open"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(nobody_is_asked_again_for_what_he_paid_by_bank)
{
    pn_payment r;
    open_shop();
    pn_payment y = overdue_by_wechat(BOB);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_payment_repaid(p, &(struct pn_payment_repaid){y.id, "bank 9"}, &r));
    pn_end(p);
    tick("sfpl_due");
    ck_assert_int_eq((int)strlen(service(y.id, "/synced")), 14);
    ck_assert_str_eq(service(y.id, "/state"), "DONE");
    ck_assert_int_eq(count_of("credit_due where open"), 0);
    ck_assert_int_eq(balance("BANK"), YUAN(680));
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(money_for_a_bad_debt_is_found_money)
{
    pn_payment r;
    open_shop();
    pn_payment y = overdue_by_wechat(BOB);
    shop_clock(90 * DAY);
    static const int64_t two[] = {FIN, OPS2};
    for (int i = 0; i < 2; i++) {
        pn *p = as(PN_ROLE_FINANCE, two[i]);
        ok(pn_payment_write_off(p, &(struct pn_payment_write_off){y.id, "gone"}, &r));
        pn_end(p);
    }
    ck_assert_int_eq(balance("BAD_DEBT"), YUAN(680));
    const pni_doc *paid = score("collect", y.id, "");
    hear("wechat", paid);
    hear("wechat", paid);
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    ck_assert_str_eq(state(y.id), "BAD_DEBT");
    ck_assert_int_eq(balance("BAD_DEBT"), 0);
    ck_assert_int_eq(balance("CLEARING"), YUAN(680));
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(a_promise_is_taken_back_with_the_order)
{
    open_shop();
    pn_order o = order_of(ANN, 1);
    pn_payment never = scored(&o, ANN);
    shop_clock(16 * MINUTE);
    tick("hold_expire");
    tick("pay_poll");
    ck_assert_str_eq(state(never.id), "CLOSED");
    ck_assert_str_eq(service(never.id, "/state"), "REVOKED");
    o = order_of(ANN, 1);
    pn_payment y = trusted(&o, ANN);
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    tick("refund_retry");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    fake("wechat", "switch", "{\"drop\":1}");
    after_the_show(0);
    an_hour_later(); /* refused: it was taken back the first time */
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_str_eq(service(y.id, "/state"), "REVOKED");
    ck_assert_int_eq(count_of("credit_account where open_n > 0"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(whose_promise_it_is)
{
    open_shop();
    pn_payment y;
    pn_order o = order_of(ANN, 1);
    pn *p = as(PN_ROLE_BUYER, ANN);
    struct pn_payment_later nobody = {o.id, {PN_PAY_WECHAT}, NULL},
                            cash = {o.id, {PN_PAY_CASH}, NULL};
    fails(PN_EARG, pn_payment_later(p, &nobody, &y));
    fails(PN_EARG, pn_payment_later(p, &cash, &y));
    pn_end(p);
    y = scored(&o, ANN);
    pn_payment_heard h = hear("wechat", score("agree", y.id, "stranger"));
    ck_assert_str_eq(h.result, "REFUSED");
    h = hear("wechat", score("agree", y.id, "corrupt"));
    ck_assert_str_eq(h.result, "REFUSED");
    h = hear("wechat", score("agree", y.id, "probe"));
    ck_assert_str_eq(h.result, "PROBE");
    ck_assert_str_eq(state(y.id), "PENDING");
    test_sql("update credit_due set via = 'ALIPAY'");
    h = hear("wechat", score("agree", y.id, ""));
    ck_assert_int_eq(h.status, 500);
    ck_assert_str_eq(state(y.id), "PENDING");
    test_sql("update credit_due set via = 'WECHAT'");
    hear("wechat", score("agree", y.id, ""));
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    /* what has no sum of ours is not collected */
    h = hear("wechat", score("collect", y.id, ""));
    ck_assert_str_eq(h.result, "NOTED");
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("score");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, attend_setup, attend_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S16_wechat_collects_on_the_second_day);
    tcase_add_test(t, what_wechat_does_not_tell_is_seen);
    tcase_add_test(t, wechat_collects_less_after_a_refund);
    tcase_add_test(t, a_refund_and_a_collection_at_once);
    tcase_add_test(t, I12_another_sum_than_was_owed_settles_nothing);
    tcase_add_test(t, wechat_collects_what_was_overdue);
    tcase_add_test(t, nobody_is_asked_again_for_what_he_paid_by_bank);
    tcase_add_test(t, money_for_a_bad_debt_is_found_money);
    tcase_add_test(t, a_promise_is_taken_back_with_the_order);
    tcase_add_test(t, whose_promise_it_is);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
