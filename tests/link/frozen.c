/* SPDX-License-Identifier: Apache-2.0 */
/* frozen.c — money that is frozen at a partner first: points beside another tender, confirmed with
 * the order, released when it is not paid, never taken at once; whatever answers are lost. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "channel/channel.h"
#include "till.h"

#define PHONE "13700000001"
static const char *const fakes[] = {"douli", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("douli");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static void points(int n)
{
    fake("douli", "account", "{\"phone\":\"" PHONE "\",\"code\":\"123456\",\"points\":%d}", n);
}

static pn_payment ask(int64_t order, int64_t fen, const char *code)
{
    pn *p = ops();
    pn_payment y;
    struct pn_payment_tender in = {.order = order, .method = {PN_PAY_DOULI_POINTS},
                                   .amount_fen = {fen}, .phone = PHONE, .code = code};
    ok(pn_payment_tender(p, &in, &y));
    return y;
}

static const char *there(int64_t payment)
{
    static char text[80];
    const pni_doc *d = fake("douli", "state", "{\"out_trade_no\":\"%s\",\"phone\":\"" PHONE "\"}",
                            number(payment));
    snprintf(text, sizeof text, "%s %s", doc_text(d, "/state"), doc_text(d, "/points"));
    return text;
}

/* The job when it may fail. */
static int poll(void)
{
    pn *p = worker();
    pn_job_result r;
    shop_clock(MINUTE);
    int rc = pn_job_run(p, &(struct pn_job_run){.name = "pay_poll", .force = true}, &r);
    pn_end(p);
    return rc;
}

static void follow(void)
{
    for (int i = 0; i < 3; i++) {
        shop_clock(11 * MINUTE);
        tick("pay_poll");
        tick("refund_retry");
        relay();
    }
}

static void cash(int64_t order)
{
    pn *p = clerk();
    pn_payment y;
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = order}, &y));
    pn_end(p);
}

START_TEST(points_are_frozen_confirmed_and_given_back_first)
{
    fresh(fakes);
    points(50000);
    pn_order o = order_n(2, "13800000001"); /* 1,160 */
    pn_payment y = ask(o.id, YUAN(300), "123456");
    ck_assert_str_eq(state(y.id), "CREATED");
    (void)opened(y.id);
    ck_assert_str_eq(state(y.id), "AUTHORISED");
    ck_assert_str_eq(there(y.id), "FROZEN 20000");
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    ck_assert_int_eq(count_of("payment_front where payer <> '' or code <> ''"), 0);
    cash(o.id);
    ck_assert_str_eq(state(y.id), "CAPTURED");
    ck_assert_str_eq(there(y.id), "FROZEN 20000"); /* told by the job */
    follow();
    ck_assert_str_eq(there(y.id), "CONFIRMED 20000");
    ck_assert_int_eq(count_of("payment_due"), 0);
    books_proven();
    ck_assert_str_eq(test_sql_text("select part || (debit_fen - credit_fen) from ledger_account"
                                   " where kind = 'CLEARING'"), "DOULI_POINTS30000");
    const char *seat[] = {"1"};
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    pn_end(p);
    fake("douli", "switch", "{\"drop\":1}"); /* done, and the answer lost */
    follow();
    ck_assert_str_eq(test_sql_text("select string_agg(y.method || g.amount_fen || g.state, ' '"
                                   " order by g.no) from refund_leg g join payment y"
                                   " on y.id = g.payment_id"),
                     "DOULI_POINTS30000DONE CASH28000DONE");
    ck_assert_str_eq(there(y.id), "CONFIRMED 50000");
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(points_alone_pay_an_order)
{
    fresh(fakes);
    points(58000);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = ask(o.id, 0, "123456");
    ck_assert_int_eq(y.amount_fen.fen, YUAN(580));
    (void)opened(y.id);
    ck_assert_str_eq(state(y.id), "CAPTURED");
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    follow();
    ck_assert_str_eq(there(y.id), "CONFIRMED 0");
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(what_the_partner_refuses_freezes_nothing)
{
    fresh(fakes);
    points(100);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = ask(o.id, YUAN(1), "999999");
    pn_payment_front f = opened(y.id);
    ck_assert_int_eq(f.state.v, PN_PAYMENT_CLOSED);
    ck_assert_msg(f.error && strstr(f.error, "WRONG_CODE"), "%s", f.error ? f.error : "");
    y = ask(o.id, YUAN(2), "123456");
    f = opened(y.id);
    ck_assert_int_eq(f.state.v, PN_PAYMENT_CLOSED);
    ck_assert_msg(f.error && strstr(f.error, "NOT_ENOUGH"), "%s", f.error ? f.error : "");
    fake("douli", "switch", "{\"corrupt\":9}"); /* believed only when signed */
    y = ask(o.id, YUAN(1), "123456");
    pn *p = ops();
    fails(PN_EUNKNOWN_RESULT, pn_payment_open(p, &(struct pn_payment_open){y.id}, &f));
    fake("douli", "switch", "{\"corrupt\":0}");
    ck_assert_str_eq(state(y.id), "CREATED");
    ck_assert_int_eq(count_of("orders where held_fen > 0"), 0);
    cash(o.id);
    follow();
    ck_assert_str_eq(state(y.id), "RELEASED"); /* it was frozen, as it turned out: not needed */
    ck_assert_str_eq(there(y.id), "RELEASED 100");
    ck_assert_int_eq(count_of("payment_due"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

/* Agreed with the partner: seven points a yuan, and three percent more for paying with them. */
START_TEST(points_are_worth_what_their_channel_says)
{
    fresh(fakes);
    points(20000);
    pn *p = ops();
    pn_channel c;
    ok(pn_channel_create(p, &(struct pn_channel_create){"douli", "兜里", NULL, {PN_OUTLET_PARTNER},
                                                        {0}}, &c));
    p = ops();
    struct pn_channel_edit agreed = {.id = c.id, .points_yuan = 7, .points_fee_bp = 300,
                                     .points_use = {PN_POINTS_ALONE}};
    ok(pn_channel_edit(p, &agreed, &c));
    ck_assert_int_eq(c.points_yuan, 7);
    ck_assert_int_eq(c.points_fee_bp, 300);
    pn_order o = order_n(3, "13800000001"); /* 1,740 */
    struct pn_payment_tender part = {.order = o.id, .method = {PN_PAY_DOULI_POINTS},
        .amount_fen = {YUAN(300)}, .phone = PHONE, .code = "123456"};
    pn_payment none;
    p = ops();
    fails(PN_EARG, pn_payment_tender(p, &part, &none));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    pn_payment y = ask(o.id, 0, "123456");
    pn_payment_front f = opened(y.id);
    ck_assert_int_eq(f.points, 12545); /* 1,740 x 7 x 1.03 = 12,545.4 */
    ck_assert_str_eq(there(y.id), "FROZEN 7455");
    p = ops();
    agreed = (struct pn_channel_edit){.id = c.id, .points_yuan = 100, .no_points_fee = true};
    ok(pn_channel_edit(p, &agreed, &c));
    ck_assert_int_eq(c.points_fee_bp, 0);
    /* a later change is none of this order's; thirds come to the whole */
    static const char *const left[] = {"CONFIRMED 11637", "CONFIRMED 15819", "CONFIRMED 20000"};
    for (int i = 0; i < 3; i++) {
        const char *seat[] = {i == 0 ? "1" : i == 1 ? "2" : "3"};
        pn_refund r;
        p = ops();
        ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
        follow();
        ck_assert_str_eq(there(y.id), left[i]);
    }
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(an_order_that_is_not_paid_lets_points_go)
{
    fresh(fakes);
    points(50000);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = ask(o.id, YUAN(300), "123456");
    (void)opened(y.id);
    shop_clock(16 * MINUTE);
    tick("hold_expire");
    fake("douli", "switch", "{\"fail500\":9}"); /* once is not enough */
    ck_assert_int_ne(poll(), 0);
    fake("douli", "switch", "{\"fail500\":0}");
    follow();
    ck_assert_str_eq(state(y.id), "RELEASED");
    ck_assert_str_eq(there(y.id), "RELEASED 50000");
    ck_assert_int_eq(count_of("payment_due"), 0);
    /* one whose freezing came after its order's end */
    o = order_n(1, "13800000001");
    y = ask(o.id, YUAN(300), "123456");
    shop_clock(16 * MINUTE);
    tick("hold_expire");
    tick("pay_poll");
    follow();
    ck_assert_str_eq(state(y.id), "RELEASED");
    ck_assert_str_eq(there(y.id), "RELEASED 50000");
    books_proven();
    test_db_teardown();
}
END_TEST

/* I13: taken or let go, once, though nobody answers for long; and people are told. */
START_TEST(I13_a_capture_is_repeated_until_it_is_answered)
{
    fresh(fakes);
    points(50000);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = ask(o.id, YUAN(300), "123456");
    (void)opened(y.id);
    cash(o.id);
    fake("douli", "switch", "{\"drop\":60}");
    for (int i = 0; i < 8; i++) {
        shop_clock(11 * MINUTE);
        ck_assert_int_ne(poll(), 0);
    }
    ck_assert_int_eq(count_of("payment_due"), 1); /* it has an owner: the job … */
    ck_assert_int_eq(count_of("outbox where event = 'payment.alarm'"), 1); /* … and people */
    fake("douli", "switch", "{\"drop\":0}");
    follow();
    ck_assert_str_eq(there(y.id), "CONFIRMED 20000");
    ck_assert_int_eq(count_of("payment_due"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

/* The answer to the freeze is lost, and the partner tells by itself; forged it is nothing. */
START_TEST(the_partner_tells_that_it_froze)
{
    fresh(fakes);
    points(50000);
    pn_order o = order_n(2, "13800000001");
    pn_payment y = ask(o.id, YUAN(300), "123456");
    fake("douli", "switch", "{\"drop\":1}");
    pn *p = ops();
    pn_payment_front f;
    (void)pn_payment_open(p, &(struct pn_payment_open){y.id}, &f);
    pn_end(p);
    const char *const bad[] = {"stranger", "corrupt", "stale"};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(hear("douli", notice("douli", y.id, bad[i])).status, 500);
    const pni_doc *d = notice("douli", y.id, "");
    (void)hear("douli", d);
    ck_assert_str_eq(state(y.id), "AUTHORISED");
    ck_assert_int_eq(count_of("payment_front where payer <> '' or code <> ''"), 0);
    pn_payment_heard h = hear("douli", d);
    ck_assert_str_eq(h.result, "REPEAT");
    ck_assert_int_eq(h.status, 200);
    cash(o.id);
    follow();
    ck_assert_str_eq(state(y.id), "CAPTURED");
    ck_assert_str_eq(hear("douli", notice("douli", y.id, "")).result, "NOTED"); /* confirmed */
    books_proven();
    test_db_teardown();
}
END_TEST

/* A day of points: taken, a part given back; their file, our payments and the ledger agree. */
START_TEST(the_partners_day_is_reconciled)
{
    pn_refund r;
    fresh(fakes);
    shop_hour(2);
    points(50000);
    pn_order o = order_n(2, "13800000001");
    pn_payment y = ask(o.id, YUAN(300), "123456");
    (void)opened(y.id);
    cash(o.id);
    follow();
    const char *seat[] = {"1"};
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    pn_end(p);
    tick("refund_retry");
    relay();
    char *no = pn_strdup(rig_p, test_sql_text("select min(out_request_no) from refund_leg where no"
                                              " = 1"));
    ck_assert_int_eq(hear("douli", fake("douli", "refund_notice", "{\"refund_no\":\"%s\"}", no))
                         .status, 200);
    follow();
    ck_assert_int_eq(count_of("refund where state <> 'DONE'"), 0);
    shop_clock(DAY);
    job("recon_fetch");
    ck_assert_str_eq(test_sql_text("select state || pay_fen || '-' || refund_fen || ' ' ||"
                                   " matched_n from bill where method = 'DOULI_POINTS'"),
                     "RECONCILED30000-30000 2");
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("frozen");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, points_are_frozen_confirmed_and_given_back_first);
    tcase_add_test(t, points_alone_pay_an_order);
    tcase_add_test(t, what_the_partner_refuses_freezes_nothing);
    tcase_add_test(t, points_are_worth_what_their_channel_says);
    tcase_add_test(t, an_order_that_is_not_paid_lets_points_go);
    tcase_add_test(t, I13_a_capture_is_repeated_until_it_is_answered);
    tcase_add_test(t, the_partner_tells_that_it_froze);
    tcase_add_test(t, the_partners_day_is_reconciled);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
