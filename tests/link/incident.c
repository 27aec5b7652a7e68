/* SPDX-License-Identifier: Apache-2.0 */
/* incident.c — what went wrong with money in other ticket systems, by the number it has in the
 * product's list of incidents, against providers that answer over the network. T7 is told in
 * order/incident.c and order/bill.c, T8 and T14 in order/race.c. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/db_int.h"
#include "till.h"

static const struct { int method; const char *name; } vendors[] = {
    {PN_PAY_ALIPAY, "alipay"}, {PN_PAY_WECHAT, "wechat"}};
static const char *const fakes[] = {"alipay", "wechat", NULL};
static const char *vendor; /* of this round */
static bool sure;          /* does it pay back at once? WeChat says later */

static void setup(void)
{
    rig_setup();
    fake_start("alipay");
    fake_start("wechat");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static void begin(int i)
{
    vendor = vendors[i].name;
    sure = i == 0;
    fresh(fakes);
}

static pn_payment asked(int64_t order)
{
    return create(order, vendors[!sure].method, 0, NULL);
}

static int64_t there(const char *member, int64_t payment)
{
    const pni_doc *d = fake(vendor, "state", "{\"out_trade_no\":\"%s\"}", number(payment));
    return strtoll(doc_text(d, pn_printf(rig_p, "/%s", member)), NULL, 10);
}

static void good(pn_payment_heard h)
{
    ck_assert_int_eq(h.status, sure ? 200 : 204);
}

/* Refunds come to their end, WeChat's by its notice, which comes twice. */
static void paid_back(void)
{
    for (int i = 0; i < 3; i++) {
        tick("refund_retry");
        shop_clock(HOUR);
    }
    if (!sure)
        for (int i = 0; i < 2; i++) {
            char no[64];
            snprintf(no, sizeof no, "%s",
                     test_sql_text("select max(out_request_no) from refund_leg"));
            good(hear(vendor, fake(vendor, "settle_refund", "{\"out_refund_no\":\"%s\"}", no)));
        }
    tick("refund_retry");
}

/* ---- T11: sold out after the payer paid ---- */

/* The last ticket, whose payer has the provider's page open and whose hold is over. */
static pn_order expired(pn_payment *y)
{
    test_sql("update stock set qty_total = 1");
    test_sql("update stock_move set delta = 1");
    pn_order o = order_n(1, "13800000001");
    *y = asked(o.id);
    (void)opened(y->id);
    shop_clock(16 * MINUTE);
    tick("hold_expire");
    return o;
}

START_TEST(T11_money_for_what_was_sold_meanwhile_goes_back_once)
{
    begin(_i);
    pn_payment y;
    pn_order o = expired(&y);
    paid_n(1, "13800000002"); /* the last ticket is another's */
    payer_pays(vendor, y.id);
    pn_payment_heard h = hear(vendor, notice(vendor, y.id, ""));
    good(h);
    ck_assert_str_eq(h.result, "LATE_REFUND");
    ck_assert_str_eq(order_state(o.id), "REFUNDING");
    fake(vendor, "switch", "{\"drop\":1}"); /* done there, and nobody answers */
    paid_back();
    good(hear(vendor, notice(vendor, y.id, ""))); /* told of the payment once more */
    paid_back();
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_int_eq(there("refunded_fen", y.id), YUAN(580));
    ck_assert_int_eq(count_of("refund where reason = 'LATE_PAID' and state = 'DONE'"), 1);
    ck_assert_int_eq(count_of("refund_leg"), 1);
    ck_assert_int_eq(count_of("ticket"), 1);
    relay();
    ck_assert_int_eq(count_of("notice where kind = '22-cancel_refunded' and body like '%580元%'"),
                     1);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(T11_money_that_is_late_has_its_seats_while_they_are_free)
{
    begin(_i);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = asked(o.id);
    (void)opened(y.id);
    shop_clock(16 * MINUTE);
    tick("hold_expire");
    ck_assert_str_eq(order_state(o.id), "CLOSED");
    payer_pays(vendor, y.id);
    ck_assert_str_eq(hear(vendor, notice(vendor, y.id, "")).result, "LATE_APPLIED");
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 1);
    paid_n(1, "13800000002");
    ck_assert_int_eq(count_of("refund"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

/* ---- T12: told before, during, after, twice, never, out of order ---- */

static int64_t opening;

static void *opens(void *result)
{
    pn *p = ops();
    pn_payment_front f;
    *(int *)result = pn_payment_open(p, &(struct pn_payment_open){opening}, &f);
    pn_end(p);
    return NULL;
}

/* The trade is made there, and its answer does not come. */
static void told_during(int64_t payment)
{
    pthread_t thread;
    int rc = -1;
    opening = payment;
    fake(vendor, "switch", "{\"hang\":1}");
    ck_assert_int_eq(pthread_create(&thread, NULL, opens, &rc), 0);
    for (int i = 0; i < 1000 && !*doc_text(fake(vendor, "state", "{\"out_trade_no\":\"%s\"}",
                                                number(payment)), "/out_trade_no"); i++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    payer_pays(vendor, payment);
    good(hear(vendor, notice(vendor, payment, ""))); /* nobody's lock is in the way (T8) */
    ck_assert_str_eq(state(payment), "SUCCESS");
    pthread_join(thread, NULL);
    ck_assert_msg(!rc, "who has paid is told %s", pn_code_name((pn_code)rc));
}

static void told_before(int64_t payment)
{
    pn *p = ops();
    pn_payment_front f;
    fake(vendor, "switch", "{\"drop\":3}");
    fails(PN_EUNKNOWN_RESULT, pn_payment_open(p, &(struct pn_payment_open){payment}, &f));
    fake(vendor, "switch", "{\"drop\":0}");
    pn_end(p);
    payer_pays(vendor, payment);
    good(hear(vendor, notice(vendor, payment, "")));
}

static void told_after(int64_t payment)
{
    (void)opened(payment);
    payer_pays(vendor, payment);
    good(hear(vendor, notice(vendor, payment, "")));
}

static void told_twice(int64_t payment)
{
    told_after(payment);
    for (int i = 0; i < 3; i++)
        good(hear(vendor, notice(vendor, payment, ""))); /* in other words each time */
}

static void told_never(int64_t payment)
{
    (void)opened(payment);
    payer_pays(vendor, payment);
    shop_clock(MINUTE);
    tick("pay_poll");
}

/* What was told of a refund comes first, the payment's own notice at last. */
static void told_out_of_order(int64_t payment)
{
    const char *seat[] = {"2"};
    told_never(payment);
    const pni_doc *first = notice(vendor, payment, "");
    int64_t order = test_sql_int("select order_id from payment");
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order, .seats = {seat, 1}}, &r));
    pn_end(p);
    paid_back();
    if (sure) /* a part given back repeats TRADE_SUCCESS */
        good(hear(vendor, notice(vendor, payment, "refund")));
    good(hear(vendor, first));
    good(hear(vendor, notice(vendor, payment, "")));
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(580));
    ck_assert_int_eq(there("refunded_fen", payment), YUAN(580));
}

static void (*const tellings[])(int64_t) = {told_before, told_during, told_after, told_twice,
                                            told_never, told_out_of_order};
enum { TELLINGS = sizeof tellings / sizeof *tellings };

START_TEST(T12_however_it_is_told_it_is_paid_once)
{
    bool back = tellings[_i % TELLINGS] == told_out_of_order;
    begin(_i / TELLINGS);
    pn_order o = order_n(2, "13800000001");
    pn_payment y = asked(o.id), again;
    tellings[_i % TELLINGS](y.id);
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1160));
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), back ? 1 : 2);
    /* he is not shown a failure, and cannot pay once more for it */
    ck_assert_int_eq(opened(y.id).state.v, PN_PAYMENT_SUCCESS);
    pn *p = ops();
    struct pn_payment_create more = {o.id, {(int16_t)vendors[sure].method}, {0}, NULL, NULL, NULL};
    fails(PN_ESTATE, pn_payment_create(p, &more, &again));
    pn_payment_screen s;
    ok(pn_payment_display(p, &(struct pn_payment_display){o.id}, &s));
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_PAID);
    pn_end(p);
    tick("pay_poll");
    relay();
    ck_assert_int_eq(count_of("payment"), 1);
    ck_assert_int_eq(count_of("notice where kind like '0_-paid%'"), 1);
    ck_assert_int_eq(count_of("ledger_transfer where biz_kind = 'PAYMENT'"), 1);
    books_proven();
    test_db_teardown();
}
END_TEST

/* ---- T13: one of two is given back, the order stays paid ---- */

START_TEST(T13_a_double_charge_goes_back_and_the_order_stays)
{
    begin(_i);
    pn_order o = order_n(2, "13800000001");
    pn_payment kept = create(o.id, vendors[sure].method, 0, NULL), extra = asked(o.id);
    const char *other = vendors[sure].name;
    (void)opened(kept.id);
    (void)opened(extra.id);
    payer_pays(other, kept.id);
    payer_pays(vendor, extra.id);
    ck_assert_str_eq(hear(other, notice(other, kept.id, "")).result, "APPLIED");
    ck_assert_str_eq(hear(vendor, notice(vendor, extra.id, "")).result, "DUPLICATE");
    fake(vendor, "switch", "{\"fail500\":2}"); /* not at once */
    paid_back();
    ck_assert_str_eq(state(extra.id), "REFUNDED");
    ck_assert_int_eq(there("refunded_fen", extra.id), YUAN(1160));
    ck_assert_str_eq(state(kept.id), "SUCCESS");
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    ck_assert_int_eq(test_sql_int("select paid_fen - refunded_fen from orders"), YUAN(1160));
    books_proven();
    /* it is an order like any other: what is paid of it is the sum of its payments */
    const char *seat[] = {"1"};
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    ck_assert_int_eq(r.amount_fen.fen, YUAN(580));
    pn_end(p);
    ck_assert_int_eq(test_sql_int("select g.payment_id from refund_leg g join refund r"
                                  " on r.id = g.refund_id where r.reason <> 'DUPLICATE'"), kept.id);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 1);
    test_db_teardown();
}
END_TEST

/* ---- T15: what was declined does not block the next attempt ---- */

static pn_payment attempt(pn *p, int64_t order, const char *key, const char *code)
{
    pn_payment y;
    struct pn_payment_create in = {order, {(int16_t)vendors[!sure].method}, {PN_SCENE_BAR}, code,
                                   "1.2.3.4", NULL};
    pn_key(p, key);
    ok(pn_payment_create(p, &in, &y));
    pn_key(p, NULL);
    return y;
}

START_TEST(T15_a_key_is_of_an_attempt_not_of_an_order)
{
    begin(_i);
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    pn_payment first = attempt(p, o.id, "try-1", "287600000000000008");
    pn_payment_front f = opened(first.id);
    ck_assert_int_eq(f.state.v, PN_PAYMENT_CLOSED);
    ck_assert_msg(f.error && *f.error, "no reason");
    /* the same request once more is the same attempt, and charges nothing */
    pn_payment same = attempt(p, o.id, "try-1", "287600000000000008");
    ck_assert_int_eq(same.id, first.id);
    ck_assert_int_eq(opened(first.id).state.v, PN_PAYMENT_CLOSED);
    /* another one is another, under a number of its own */
    pn_payment second = attempt(p, o.id, "try-2", "287600000000000001");
    ck_assert_int_ne(second.id, first.id);
    ck_assert_int_eq(opened(second.id).state.v, PN_PAYMENT_SUCCESS);
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    pn_end(p);
    const pni_doc *d = fake(vendor, "state", "{\"out_trade_no\":\"%s\"}", number(first.id));
    ck_assert_str_ne(doc_text(d, "/state"), sure ? "TRADE_SUCCESS" : "SUCCESS");
    ck_assert_int_eq(count_of("payment"), 2);
    ck_assert_int_eq(count_of("payment where state = 'SUCCESS'"), 1);
    books_proven();
    test_db_teardown();
}
END_TEST

/* ---- T16: acknowledged is what is done, and a replay has effect until the end ---- */

START_TEST(T16_a_notice_is_acknowledged_once_it_is_kept)
{
    int done = 0, refused = 0;
    begin(_i);
    test_sql("update stock set qty_total = 100");
    test_sql("update stock_move set delta = 100");
    for (int at = 1; at <= 10; at++) {
        char phone[16];
        snprintf(phone, sizeof phone, "139000000%02d", at);
        pn_order o = order_n(1, phone);
        pn_payment y = asked(o.id);
        (void)opened(y.id);
        payer_pays(vendor, y.id);
        const pni_doc *d = notice(vendor, y.id, "");
        hear(vendor, notice(vendor, y.id, "corrupt")); /* the keys are known */
        if (at <= 8) {
            pni_send_fail_soft = at % 2;
            pni_send_fail_in = at;
        } else {
            pni_commit_cut = at - 8;
        }
        pn_payment_heard h = hear(vendor, d);
        pni_send_fail_in = 0;
        pni_commit_cut = 0;
        if (h.status == (sure ? 200 : 204)) {
            ck_assert_msg(!strcmp(state(y.id), "SUCCESS"), "%d: thanked for nothing", at);
            done++;
        } else {
            ck_assert_int_eq(h.status, 500);
            refused++;
        }
        good(hear(vendor, d)); /* it comes again: then it is paid, whatever was before */
        ck_assert_str_eq(state(y.id), "SUCCESS");
        ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
        good(hear(vendor, d));
    }
    ck_assert_int_gt(done, 0);
    ck_assert_int_gt(refused, 0);
    relay();
    ck_assert_int_eq(count_of("payment_notice where result = 'APPLIED'"), 10);
    ck_assert_int_eq(count_of("ledger_transfer where biz_kind = 'PAYMENT'"), 10);
    books_proven();
    test_db_teardown();
}
END_TEST

/* Money came for an order that had expired: he sees that it is over, not that it is under way. */
START_TEST(T16_nobody_is_left_waiting_for_what_is_over)
{
    begin(_i);
    pn_payment y;
    pn_order o = expired(&y);
    tick("pay_poll");
    ck_assert_str_eq(state(y.id), "CLOSED");
    paid_n(1, "13800000002");
    payer_pays(vendor, y.id);
    ck_assert_str_eq(hear(vendor, notice(vendor, y.id, "")).result, "LATE_REFUND");
    paid_back();
    pn *p = clerk();
    pn_payment_screen s;
    ok(pn_payment_display(p, &(struct pn_payment_display){o.id}, &s));
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_OVER);
    pn_end(p);
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_int_eq(count_of("payment_due"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("incident");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, T11_money_for_what_was_sold_meanwhile_goes_back_once, 0, 2);
    tcase_add_loop_test(t, T11_money_that_is_late_has_its_seats_while_they_are_free, 0, 2);
    tcase_add_loop_test(t, T12_however_it_is_told_it_is_paid_once, 0, 2 * TELLINGS);
    tcase_add_loop_test(t, T13_a_double_charge_goes_back_and_the_order_stays, 0, 2);
    tcase_add_loop_test(t, T15_a_key_is_of_an_attempt_not_of_an_order, 0, 2);
    tcase_add_loop_test(t, T16_a_notice_is_acknowledged_once_it_is_kept, 0, 2);
    tcase_add_loop_test(t, T16_nobody_is_left_waiting_for_what_is_over, 0, 2);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
