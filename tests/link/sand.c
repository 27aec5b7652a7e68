/* SPDX-License-Identifier: Apache-2.0 */
/* sand.c — a notice of Sand's that never came is asked for once more (sandpay.trade.notify): it is
 * checked as the first one would have been, applied once, and answered with the word that ends
 * it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "till.h"

static const char *const sand[] = {"sandpay", "alipay", NULL};

static void setup(void)
{
    rig_setup();
    for (const char *const *v = sand; *v; v++)
        fake_start(*v);
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static int64_t waiting(int method, int64_t order)
{
    pn_payment y = create(order, method, PN_SCENE_QR, NULL);
    (void)opened(y.id);
    return y.id;
}

static int remind(pn *p, int64_t payment)
{
    pn_payment_front f;
    return pn_payment_remind(p, &(struct pn_payment_remind){payment}, &f);
}

/* What it sent to the address that the order named, once it has. */
static const pni_doc *sent_again(int n)
{
    for (int i = 0; i < 500; i++) {
        const pni_doc *d = fake("sandpay", "told", "{}");
        if (strtol(doc_text(d, "/n"), NULL, 10) >= n && *doc_text(d, "/word"))
            return d;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    ck_abort_msg("nothing was sent again");
}

static void pays_nothing(pn_payment_heard h, int64_t payment, int64_t order)
{
    ck_assert_int_eq(h.status, 500);
    ck_assert_str_eq(h.body, "respCode=999999");
    ck_assert_str_eq(state(payment), "PENDING");
    ck_assert_str_eq(order_state(order), "PENDING_PAY");
}

START_TEST(a_notice_that_never_came_is_asked_for)
{
    fresh(sand);
    pn_order o = order_n(2, "13800000001");
    int64_t y = waiting(PN_PAY_SANDPAY, o.id);
    pn *p = ops();
    fails(PN_EPROVIDER, remind(p, y)); /* nothing was paid that could be told */
    payer_pays("sandpay", y);
    ok(remind(p, y));
    const pni_doc *d = sent_again(1);
    ck_assert_str_eq(doc_text(d, "/url"), "http://127.0.0.1:1/v1/notify/sandpay");
    ck_assert_str_eq(state(y), "PENDING"); /* asked for is not told */
    pn_payment_heard h = hear("sandpay", d);
    ck_assert_int_eq(h.status, 200);
    ck_assert_str_eq(h.body, "respCode=000000");
    ck_assert_str_eq(h.result, "APPLIED");
    ck_assert_str_eq(state(y), "SUCCESS");
    /* once more, and the one before replayed: nothing of it */
    ok(remind(p, y));
    for (int i = 0; i < 3; i++) {
        h = hear("sandpay", i ? d : sent_again(2));
        ck_assert_int_eq(h.status, 200);
        ck_assert_str_eq(h.body, "respCode=000000");
    }
    relay();
    ck_assert_int_eq(count_of("payment_notice"), 1);
    ck_assert_int_eq(count_of("ledger_transfer where biz_kind = 'PAYMENT'"), 1);
    ck_assert_int_eq(count_of("payment_exchange where call = 'notice_again'"), 3);
    pn_end(p);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(what_it_sends_is_believed_as_little_as_any)
{
    fresh(sand);
    pn_order o = order_n(2, "13800000001");
    int64_t y = waiting(PN_PAY_SANDPAY, o.id);
    payer_pays("sandpay", y);
    fake("sandpay", "switch", "{\"corrupt\":9}"); /* its answer, and what it sends */
    pn *p = ops();
    fails(PN_EPROVIDER, remind(p, y));
    fake("sandpay", "switch", "{\"corrupt\":0}");
    pays_nothing(hear("sandpay", notice("sandpay", y, "corrupt")), y, o.id);
    pays_nothing(hear("sandpay", notice("sandpay", y, "stranger")), y, o.id);
    ok(remind(p, y));
    pn_end(p);
    (void)sent_again(1);
    pn_payment_heard h = hear("sandpay", notice("sandpay", y, "wrong_amount"));
    ck_assert_str_eq(h.body, "respCode=000000"); /* it is taken down, and pays nothing */
    ck_assert_str_eq(h.result, "MISMATCH");
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    ck_assert_int_eq(count_of("outbox where event = 'payment.alarm'"), 1);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(who_may_and_who_sends_none)
{
    fresh(sand);
    pn_order o = order_n(1, "13800000001");
    int64_t y = waiting(PN_PAY_SANDPAY, o.id), z = waiting(PN_PAY_ALIPAY, o.id);
    pn *p = as(PN_ROLE_BUYER, ANN);
    fails(PN_EPERM, remind(p, y));
    pn_end(p);
    p = ops();
    fails(PN_EARG, remind(p, z));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    fails(PN_ENONE, remind(p, 4096 * 9999));
    pn_end(p);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("sand");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_notice_that_never_came_is_asked_for);
    tcase_add_test(t, what_it_sends_is_believed_as_little_as_any);
    tcase_add_test(t, who_may_and_who_sends_none);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
