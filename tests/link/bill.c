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
#include "order/recon_diff.h"

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
        ck_assert_msg(pni_link_has_fund(l) == !!(m->can & PNI_HAS_FUND), "%s", m->connector);
        pni_link_close(rig_p, l);
    }
    ck_assert_int_eq(have, VENDORS + 3); /* and the organisers' two, the points' */
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
    fake("wechat", "switch", "{\"no_bill\":2}");
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill"), 0);
    shop_clock(HOUR);
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill where state = 'RECONCILED' and source = 'FETCHED'"), 2);
    ck_assert_int_eq(count_of("bill where type = 'FUND'"), 1); /* after the trades */
    shop_clock(HOUR);
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill"), 2);
    test_db_teardown();
}
END_TEST

/* ---- the movements of the account ---- */

static pn_bill fetched(int type)
{
    pn *p = finance();
    pn_bill b;
    ok(pn_bill_fetch(p, &(struct pn_bill_fetch){{PN_PAY_WECHAT}, {0}, 0, {(int16_t)type}}, &b));
    return b;
}

static pn_bill compared(int64_t id)
{
    pn *p = finance();
    pn_bill b;
    ok(pn_bill_compare(p, &(struct pn_bill_compare){id}, &b));
    return b;
}

/* Each payment and its fee, the refund and what is given back of it: all of it is in the trades. */
START_TEST(movements_are_what_the_trades_say)
{
    a_day_of(1);
    pn_bill b = fetched(PN_BILL_FUND);
    ck_assert_int_eq(b.lines_n, 6);
    ck_assert_int_eq(b.state.v, PN_BILL_LOADED); /* nothing to hold it against yet */
    ck_assert_int_eq(fetched(PN_BILL_TRADE).state.v, PN_BILL_RECONCILED);
    b = compared(b.id);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.matched_n, 6);
    ck_assert_int_eq(b.pay_fen.fen, 116000);
    ck_assert_int_eq(b.refund_fen.fen, 58000);
    ck_assert_int_eq(b.fee_fen.fen, 348);
    ck_assert_int_eq(b.pay_n, 2);
    ck_assert_int_eq(count_of("recon_diff"), 0);
    ck_assert_int_eq(count_of("bill_line where kind = 'FEE' and amount_fen = -348"), 1);
    pn *p = finance();
    fails(PN_ESTATE, pn_bill_payout(p, &(struct pn_bill_payout){b.id, {57652}, "1"}, &b));
    struct pn_bill_fetch ask = {{PN_PAY_WECHAT}, {0}, 0, {PN_BILL_FUND}};
    fails(PN_EEXISTS, pn_bill_fetch(p, &ask, &b));
    ask.method.v = PN_PAY_ALIPAY;
    fails(PN_EARG, pn_bill_fetch(p, &ask, &b));
    ck_assert_str_eq(pn_error(p)->field, "type");
    test_db_teardown();
}
END_TEST

/* More taken than the trades say, and money that somebody moved away: cases, and the second one is
 * booked by two people. */
START_TEST(what_is_taken_besides_is_a_case)
{
    pn_recon_diff d;
    a_day_of(1);
    fake("wechat", "move", "{\"fee\":5,\"out\":50000}");
    (void)fetched(PN_BILL_TRADE);
    pn_bill b = fetched(PN_BILL_FUND);
    ck_assert_int_eq(b.state.v, PN_BILL_DIFFERENT);
    ck_assert_str_eq(test_sql_text("select string_agg(kind || ' ' || refers || ' ' || theirs_fen"
                                   " || ' ' || ours_fen, ',' order by kind, refers, line_no)"
                                   " from recon_diff"),
                     "BOOKS DAY 358 348,FEE FEE 353 348,FEE FEE 353 348,"
                     "MISSING_HERE OTHER -50000 0");
    int64_t other = test_sql_int("select id from recon_diff where refers = 'OTHER'");
    pn *p = finance();
    ok(pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){other, "drawn to the bank"}, &d));
    ck_assert_str_eq(d.adjust_rule, "RECON_LOSS");
    ck_assert_int_eq(d.adjust_fen.fen, 50000);
    int64_t fee = test_sql_int("select id from recon_diff where kind = 'FEE' limit 1");
    fails(PN_ESTATE, pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){fee, "x"}, &d));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN + 4096);
    ok(pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){other, NULL}, &d));
    pn_end(p);
    books_proven();
    test_db_teardown();
}
END_TEST

/* A trade that moved nothing, a payment that is no trade, a movement told twice. */
START_TEST(a_file_of_movements_is_held_line_by_line)
{
    static const char head[] = "记账时间,微信支付业务单号,业务类型,收支类型,"
                               "收支金额（元）,业务凭证号\r\n";
    static const char foot[] = "资金流水总笔数\r\n`4\r\n";
    pn_recon_diff d;
    pn_bill b;
    char day[16];
    a_day_of(1);
    pn_date of = {(int32_t)(pni_local_day((pn_time){shop_now}) - 1)};
    pni_date_text(of, day);
    (void)fetched(PN_BILL_TRADE);
    const char *no = pn_strdup(rig_p, test_sql_text("select provider_no from payment order by id"
                                                    " limit 1"));
    int64_t id = test_sql_int("select min(id) from payment");
    pn_buf t = pn_buf_new(rig_p);
    pn_buf_puts(&t, head);
    for (int i = 0; i < 2; i++) /* twice */
        pn_buf_putf(&t, "`%s 12:00:00,`%s,`交易,`收入,`580.00,`P%06" PRId64 "\r\n", day, no, id);
    pn_buf_putf(&t, "`%s 12:00:00,`%s,`扣除交易手续费,`支出,`3.48,`P%06" PRId64 "\r\n", day, no,
                id);
    pn_buf_putf(&t, "`%s 12:00:00,`4209,`交易,`收入,`1.00,`X1\r\n", day);
    pn_buf_puts(&t, foot);
    struct pn_bill_load in = {rig_file("fund.csv", t.text), {PN_PAY_WECHAT}, of, 0,
                              {PN_BILL_FUND}};
    pn *p = finance();
    ok(pn_bill_load(p, &in, &b));
    ck_assert_str_eq(test_sql_text("select string_agg(kind || ' ' || refers, ',' order by kind,"
                                   " refers, ref) from recon_diff"),
                     "DUPLICATE PAID_IN,FEE FEE,FEE FEE,MISSING_HERE PAID_IN,"
                     "MISSING_THERE PAID_IN,MISSING_THERE PAID_OUT");
    ck_assert_int_eq(compared(b.id).diff_n, 6); /* again is no more */
    int64_t gone = test_sql_int("select id from recon_diff where kind = 'MISSING_THERE' limit 1");
    fails(PN_ESTATE, pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){gone, "x"}, &d));
    /* a way that is none refuses the file */
    char *way = strstr(t.text, "收入");
    memcpy(way, "来去", strlen("收入"));
    ok(pn_bill_drop(p, &(struct pn_bill_drop){b.id, "again"}, &b));
    in.file = rig_file("fund.csv", t.text);
    fails(PN_EARG, pn_bill_load(p, &in, &b));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "came or went"));
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
    tcase_add_test(t, movements_are_what_the_trades_say);
    tcase_add_test(t, what_is_taken_besides_is_a_case);
    tcase_add_test(t, a_file_of_movements_is_held_line_by_line);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
