/* SPDX-License-Identifier: Apache-2.0 */
/* bill.c — a day of payments and refunds at every provider that has bills: fetched from the fakes,
 * which keep books of their own, and held against ours. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when_int.h"
#include "fakes.h"
#include "link/bill_file_int.h"
#include "order/bill.h"
#include "order/provider_int.h"

static char conf[400];
static const struct { int method, scene; const char *name; } vendors[] = {
    {PN_PAY_ALIPAY, PN_SCENE_QR, "alipay"}, {PN_PAY_WECHAT, PN_SCENE_QR, "wechat"},
    {PN_PAY_CMB_NETPAY, PN_SCENE_WAP, "cmb_netpay"}, {PN_PAY_SANDPAY, PN_SCENE_QR, "sandpay"},
    {PN_PAY_CMB_LIFE, PN_SCENE_APP, "cmb_life"}};
enum { VENDORS = 5, FETCHED = 4, CMB_LIFE = 4 };

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
    if (vendors[i].scene != PN_SCENE_QR)
        browse(vendors[i].name, vendors[i].scene == PN_SCENE_APP ? f.url : f.front);
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
    shop_hour(2); /* ten in the morning */
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

/* It hands out a file, which somebody loads; nobody asks it for one. */
START_TEST(cmb_life_hands_out_a_file)
{
    pn_bill b;
    char day[16];
    a_day_of(CMB_LIFE);
    pn *p = finance();
    pn_date of = {(int32_t)(pni_local_day((pn_time){shop_now}) - 1)};
    fails(PN_ENONE, pn_bill_fetch(p, &(struct pn_bill_fetch){{PN_PAY_CMB_LIFE}, of}, &b));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "pn bill load"));
    shop_clock(2 * HOUR);
    job("recon_fetch"); /* no trouble */
    ck_assert_int_eq(count_of("bill"), 0);
    pni_date_text(of, day);
    const char *text = doc_text(fake("cmb_life", "bill", "{\"day\":\"%s\"}", day), "/text");
    char *path = pn_strdup(rig_p, rig_file("cmb_life.csv", text));
    p = finance();
    ok(pn_bill_load(p, &(struct pn_bill_load){path, {PN_PAY_CMB_LIFE}, of}, &b));
    ck_assert_int_eq(b.lines_n, 3);
    ck_assert_int_eq(b.matched_n, 3);
    ck_assert_int_eq(b.pay_fen.fen, 116000);
    ck_assert_int_eq(b.refund_fen.fen, 58000);
    ck_assert_int_eq(b.book_pay_fen.fen, 116000);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    /* a fen less, and what nobody knows */
    ok(pn_bill_drop(p, &(struct pn_bill_drop){b.id, "another file came"}, &b));
    pn_buf other = pn_buf_new(rig_p);
    const char *sum = strstr(text, ",58000,");
    pn_buf_put(&other, text, (size_t)(sum - text));
    pn_buf_puts(&other, ",57999,");
    pn_buf_puts(&other, sum + 7);
    pn_buf_puts(&other, "P1,209900000001,20261126,100,0,\r\n");
    path = pn_strdup(rig_p, rig_file("cmb_life.csv", other.text));
    ok(pn_bill_load(p, &(struct pn_bill_load){path, {PN_PAY_CMB_LIFE}, of}, &b));
    ck_assert_int_eq(b.open_n, 2);
    ck_assert_int_eq(count_of("recon_diff where kind in ('AMOUNT', 'MISSING_HERE')"), 2);
    test_db_teardown();
}
END_TEST

/* A method says that it has bills when its connector reads them, and then only. */
START_TEST(whoever_has_bills_says_so)
{
    int have = 0;
    for (int i = 1; pn_pay_methods[i - 1].name; i++) {
        const pni_method *m = pni_method_of(i);
        pni_link *l = NULL;
        if (!m || !m->connector || m->can & PNI_IS_CARRIED)
            continue;
        ck_assert_int_eq(pni_link_open(rig_p, m->connector, &l), 0);
        ck_assert_msg(pni_link_has_bill(l) == !!(m->can & PNI_CAN_BILL), "%s", m->connector);
        have += pni_link_has_bill(l);
        pni_link_close(rig_p, l);
    }
    ck_assert_int_eq(have, VENDORS + 3); /* and both of the organisers, the points */
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
    tcase_add_loop_test(t, a_providers_day_is_reconciled, 0, FETCHED);
    tcase_add_test(t, cmb_life_hands_out_a_file);
    tcase_add_test(t, whoever_has_bills_says_so);
    tcase_add_test(t, a_bill_is_not_believed_without_its_hash);
    tcase_add_test(t, bills_come_by_themselves);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
