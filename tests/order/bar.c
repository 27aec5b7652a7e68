/* SPDX-License-Identifier: Apache-2.0 */
/* bar.c — the code of a payer's telephone, and a cashier who does not wait for him any longer. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/payment_int.h"
#include "shop.h"

static const char phone[] = "13800000001";

static int64_t created(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    return y.id;
}

static const char *payment_state(int64_t id)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select state from payment where id = %" PRId64, id);
    return test_sql_text(sql);
}

START_TEST(a_payers_code_says_whose_it_is)
{
    static const struct { const char *code; int method; } codes[] = {
        {"134567890123456789", PN_PAY_WECHAT}, {"104567890123456789", PN_PAY_WECHAT},
        {"287600000000000001", PN_PAY_ALIPAY}, {"2512345678901234", PN_PAY_ALIPAY},
        {"301234567890123456789012", PN_PAY_ALIPAY}, {"13456789012345678", 0},
        {"164567890123456789", 0}, {"3112345678901234", 0}, {"6901234567892", 0},
        {"13456789012345678x", 0}, {"PN1X", 0}, {"2", 0}};
    make_shop(.stock = 100);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        pn_order o = order_n(1, phone);
        pn *p = clerk();
        pn_payment y;
        struct pn_payment_bar in = {o.id, codes[i].code};
        if (!codes[i].method) {
            fails(PN_EARG, pn_payment_bar(p, &in, &y));
            ck_assert_str_eq(pn_error(p)->field, "code");
            ck_assert_ptr_nonnull(pn_error(p)->hint);
        } else {
            ok(pn_payment_bar(p, &in, &y));
            ck_assert_int_eq(y.method.v, codes[i].method);
            ck_assert_int_eq(y.amount_fen.fen, YUAN(580));
        }
        pn_end(p);
    }
    ck_assert_int_eq(count_of("payment_front where scene = 'BAR'"), 5);
    ck_assert_int_eq(count_of("payment"), 5);
}
END_TEST

static pn_payment_front stopped(int64_t payment)
{
    pn *p = clerk();
    pn_payment_front f;
    ok(pn_payment_cancel(p, &(struct pn_payment_cancel){payment}, &f));
    return f;
}

START_TEST(who_stops_waiting_may_take_cash)
{
    make_shop();
    pn_order o = order_n(1, phone);
    pn_payment y;
    int64_t fresh = created(o.id), sent = created(o.id);
    ck_assert_int_eq(stopped(fresh).state.v, PN_PAYMENT_CLOSED); /* never sent, never asked for */
    ck_assert_int_eq(count_of("simulated_trade"), 0);
    job("pay_poll");
    ck_assert_str_eq(payment_state(sent), "PENDING");
    ck_assert_int_eq(stopped(sent).state.v, PN_PAYMENT_CLOSED);
    ck_assert_int_eq(count_of("simulated_trade where state = 'CLOSED'"), 1);
    ck_assert_int_eq(stopped(sent).state.v, PN_PAYMENT_CLOSED); /* once more changes nothing */
    ck_assert_int_eq(count_of("payment_due"), 0);
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    pn *p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    books_balance();
}
END_TEST

START_TEST(who_paid_meanwhile_has_paid)
{
    make_shop();
    pn_order o = order_n(1, phone);
    int64_t id = created(o.id);
    job("pay_poll");
    test_sql("update simulated_trade set state = 'SUCCESS', paid_fen = amount_fen");
    ck_assert_int_eq(stopped(id).state.v, PN_PAYMENT_SUCCESS);
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    books_balance();
}
END_TEST

START_TEST(what_is_just_being_sent_is_not_stopped)
{
    make_shop();
    pn_payment_front f;
    int64_t id = created(order_n(1, phone).id);
    test_sql("update payment set polls = 1");
    test_sql("update payment_due set due_at = due_at + interval '30 seconds'");
    pn *p = clerk();
    fails(PN_EBUSY, pn_payment_cancel(p, &(struct pn_payment_cancel){id}, &f));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ck_assert_str_eq(payment_state(id), "CREATED");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bar");
    TCase *c = tcase_create("bar");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, a_payers_code_says_whose_it_is);
    tcase_add_test(c, who_stops_waiting_may_take_cash);
    tcase_add_test(c, who_paid_meanwhile_has_paid);
    tcase_add_test(c, what_is_just_being_sent_is_not_stopped);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
