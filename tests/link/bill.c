/* SPDX-License-Identifier: Apache-2.0 */
/* bill.c — a day of payments and refunds at every provider that has bills: fetched from the fakes,
 * which keep books of their own, and held against ours. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fakes.h"
#include "order/bill.h"
#include "order/provider_int.h"

static char conf[400];
static const struct { int method, scene; const char *name; } vendors[] = {
    {PN_PAY_ALIPAY, PN_SCENE_QR, "alipay"}, {PN_PAY_WECHAT, PN_SCENE_QR, "wechat"},
    {PN_PAY_CMB_NETPAY, PN_SCENE_WAP, "cmb_netpay"}, {PN_PAY_SANDPAY, PN_SCENE_QR, "sandpay"}};
enum { VENDORS = 4 };

static void setup(void)
{
    rig_setup();
    for (int i = 0; i < VENDORS; i++)
        fake_start(vendors[i].name);
    snprintf(conf, sizeof conf, "keys:\n  dir: %s\nstate_dir: %s\n"
             "http:\n  public_url: http://127.0.0.1:1\n", rig_folder, rig_folder);
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static void job_later(const char *name)
{
    shop_clock(MINUTE);
    job(name);
}

/* The payer's browser posts what the bank's page needs. */
static void browse(const char *vendor, const char *front)
{
    pn_buf b = pn_buf_new(rig_p);
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, front);
    pn_buf_puts(&b, "}");
    fake(vendor, "browse", "%s", b.text);
}

static int64_t paid(int i, const char *phone)
{
    pn_order o = order_n(1, phone);
    pn *p = ops();
    pn_payment y;
    pn_payment_front f;
    struct pn_payment_create ask = {o.id, {(int16_t)vendors[i].method},
                                    {(int16_t)vendors[i].scene}, NULL, "1.2.3.4", NULL};
    ok(pn_payment_create(p, &ask, &y));
    p = ops();
    ok(pn_payment_open(p, &(struct pn_payment_open){y.id}, &f));
    if (vendors[i].scene == PN_SCENE_WAP)
        browse(vendors[i].name, f.front);
    fake(vendors[i].name, "pay", "{\"out_trade_no\":\"P%06" PRId64 "\"}", y.id);
    job_later("pay_poll");
    ck_assert_int_eq(test_sql_int("select count(*) from payment where state = 'PENDING'"), 0);
    pn_end(p);
    return o.id;
}

static void given_back(int i, int64_t order)
{
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order}, &r));
    if (!strcmp(vendors[i].name, "wechat"))
        fake("wechat", "switch", "{\"refund_now\":1}");
    job_later("refund_retry");
    ck_assert_int_eq(test_sql_int("select count(*) from refund where state <> 'DONE'"), 0);
    pn_end(p);
}

/* Two payments and a refund of the day that is over now. */
static void a_day_of(int i)
{
    test_db_setup();
    fake(vendors[i].name, "reset", "{}");
    shop_conf(conf);
    pni_ring_forget();
    make_shop();
    shop_now = shop_now / DAY * DAY + 2 * HOUR; /* ten in the morning, wherever the clock is */
    (void)paid(i, "13800000001");
    given_back(i, paid(i, "13800000002"));
    relay();
    shop_clock(DAY);
}

static pn *finance(void)
{
    return as(PN_ROLE_FINANCE, FIN);
}

START_TEST(a_providers_day_is_reconciled)
{
    pn_bill b;
    a_day_of(_i);
    pn *p = finance();
    struct pn_bill_fetch ask = {{(int16_t)vendors[_i].method}, {0}};
    fake(vendors[_i].name, "switch", "{\"no_bill\":1}");
    fails(PN_ENONE, pn_bill_fetch(p, &ask, &b));
    p = finance();
    ok(pn_bill_fetch(p, &ask, &b));
    ck_assert_int_eq(b.lines_n, 3);
    ck_assert_int_eq(b.matched_n, 3);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.pay_fen.fen, 116000);
    ck_assert_int_eq(b.refund_fen.fen, 58000);
    ck_assert_int_eq(b.book_pay_fen.fen, 116000);
    ck_assert_int_eq(b.book_refund_fen.fen, 58000);
    p = finance();
    fails(PN_EEXISTS, pn_bill_fetch(p, &ask, &b));
    test_db_teardown();
}
END_TEST

START_TEST(a_bill_is_not_believed_without_its_hash)
{
    pn_bill b;
    a_day_of(1);
    pn *p = finance();
    struct pn_bill_fetch ask = {{PN_PAY_WECHAT}, {0}};
    fake("wechat", "switch", "{\"bad_hash\":1}");
    fails(PN_EPROVIDER, pn_bill_fetch(p, &ask, &b));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "promised"));
    ck_assert_int_eq(count_of("bill"), 0);
    test_db_teardown();
}
END_TEST

/* By itself, from half past nine on, once; a provider that has nothing yet is asked again. */
START_TEST(bills_come_by_themselves)
{
    a_day_of(1);
    shop_now = shop_now / DAY * DAY - 7 * HOUR; /* one at night */
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill"), 0);
    shop_clock(9 * HOUR);
    fake("wechat", "switch", "{\"no_bill\":1}");
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill"), 0);
    shop_clock(HOUR);
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill where state = 'RECONCILED' and source = 'FETCHED'"), 1);
    shop_clock(HOUR);
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill"), 1);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("bill");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, a_providers_day_is_reconciled, 0, VENDORS);
    tcase_add_test(t, a_bill_is_not_believed_without_its_hash);
    tcase_add_test(t, bills_come_by_themselves);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
