/* SPDX-License-Identifier: Apache-2.0 */
/* notice.c — one message for one event, in the words of data/notice, without personal data. */
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "order/notice.h"
#include "order/notice_int.h"

static const char *const phones[] = {"13800000001", "13800000002"};

static const char *body_of(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select body from notice where kind = '%s'", kind);
    return test_sql_text(sql);
}

START_TEST(an_order_tells_its_story)
{
    make_shop();
    pn_order a = paid_n(2, phones[0]), b = order_n(1, phones[1]);
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = a.id}, &r));
    shop_clock(16 * MINUTE);
    job("hold_expire");
    relay();
    ck_assert_int_eq(count_of("notice where kind = '01-submitted'"), 2);
    ck_assert_int_eq(count_of("notice where kind = '04-paid_eticket'"), 1);
    ck_assert_int_eq(count_of("notice where kind = '07-allocated_eticket'"), 1);
    ck_assert_ptr_nonnull(strstr(body_of("04-paid_eticket"), "《雷雨》"));
    ck_assert_ptr_nonnull(strstr(body_of("04-paid_eticket"), "2张，实付1160元"));
    ck_assert_ptr_nonnull(strstr(body_of("07-allocated_eticket"), "A 2张"));
    ck_assert_ptr_nonnull(strstr(body_of("21-cancel_unpaid"), b.no + strlen(b.no) - 4));
    ck_assert_ptr_nonnull(strstr(body_of("21-cancel_unpaid"), "超时未支付"));
    ck_assert_ptr_nonnull(strstr(body_of("22-cancel_refunded"), "退款1160元(手续费0元)"));
    ck_assert_int_eq(count_of("notice where state <> 'SENT'"), 0);
    ck_assert_int_eq(count_of("notice where body like '%13800%' or target like '%13800000%'"), 0);
    ck_assert_str_eq(test_sql_text("select target from notice order by id limit 1"),
                     "138****0001");
}
END_TEST

START_TEST(an_event_told_twice_sends_once) /* I44, T21 */
{
    make_shop();
    paid_n(1, phones[0]);
    relay();
    int64_t before = count_of("notice");
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " select 1, 1, 'order.paid', id, 'again', '{}', 'epoch', 'epoch' from orders");
    relay();
    ck_assert_int_eq(count_of("notice"), before);
    ck_assert_int_eq(count_of("outbox"), 0);
}
END_TEST

START_TEST(nobody_in_particular_gets_nothing)
{
    make_shop();
    pn *p = clerk();
    pn_order o;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1}, &o));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    relay();
    ck_assert_int_eq(count_of("notice"), 0);
}
END_TEST

START_TEST(a_dead_transport_is_tried_three_times)
{
    make_shop();
    const char *state = getenv("PN_STATE");
    char path[500];
    snprintf(path, sizeof path, "%s/notice.log", state);
    (void)remove(path);
    ck_assert_int_eq(mkdir(path, 0700), 0); /* a folder cannot be appended to */
    order_n(1, phones[0]);
    relay();
    ck_assert_str_eq(test_sql_text("select state || tries from notice"), "FAILED3");
    ck_assert_int_eq(remove(path), 0);
    pn *p = ops();
    pn_notice n;
    ok(pn_notice_resend(p, &(struct pn_notice_resend){
        test_sql_int("select id from notice")}, &n));
    fails(PN_ESTATE, pn_notice_resend(p, &(struct pn_notice_resend){n.id}, &n));
    relay();
    ck_assert_str_eq(test_sql_text("select state from notice"), "SENT");
}
END_TEST

START_TEST(five_minutes_before_the_end_once)
{
    make_shop();
    order_n(1, phones[0]);
    shop_clock(11 * MINUTE);
    int64_t zone = 8 * HOUR, hour = (shop_now + zone) % DAY / HOUR;
    bool night = hour < 8 || hour >= 22;
    job("pay_remind");
    job("pay_remind");
    ck_assert_int_eq(count_of("notice where kind = '02-pay_remind'"), night ? 0 : 1);
}
END_TEST

START_TEST(a_text_without_a_value_is_not_sent)
{
    make_shop();
    pn *p = ops();
    const char *body;
    fails(PN_ECONF, pni_notice_text(p, "01-submitted", (pni_var[]){{"show", "x"}, {0}}, &body));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "{time}"));
    fails(PN_EIO, pni_notice_text(p, "99-none", (pni_var[]){{0}}, &body));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("notice");
    TCase *c = tcase_create("notice");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, an_order_tells_its_story);
    tcase_add_test(c, an_event_told_twice_sends_once);
    tcase_add_test(c, nobody_in_particular_gets_nothing);
    tcase_add_test(c, a_dead_transport_is_tried_three_times);
    tcase_add_test(c, five_minutes_before_the_end_once);
    tcase_add_test(c, a_text_without_a_value_is_not_sent);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
