/* SPDX-License-Identifier: Apache-2.0 */
/* bill.c — bills as providers write them, whole and broken, against payments and refunds. */
#include <archive.h>
#include <archive_entry.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bills.h"
#include "ledger/desk.h"
#include "memory_int.h"

/* S40, its half about reconciliation: 1,203 lines, 1,201 match, one is missing here, one has
 * another amount. */
START_TEST(S40_a_bill_is_reconciled)
{
    pn *p;
    pn_recon_diff d;
    pn_bill b;
    paid_by_wechat(1, 1201, 58000);
    paid_by_wechat(1202, 1202, 58000);
    bill_begin();
    bill_pays(1, 1201, 58000);
    bill_pays(1202, 1202, 57900);
    bill_pays(9001, 9001, 12000);
    b = bill_load(bill_done());
    ck_assert_int_eq(b.lines_n, 1203);
    ck_assert_int_eq(b.matched_n, 1201);
    ck_assert_int_eq(b.open_n, 2);
    ck_assert_int_eq(b.state.v, PN_BILL_DIFFERENT);
    ck_assert_int_eq(b.pay_fen.fen, 1201 * INT64_C(58000) + 57900 + 12000);
    ck_assert_int_eq(b.our_pay_fen.fen, 1202 * INT64_C(58000));
    ck_assert_int_eq(b.book_pay_fen.fen, b.our_pay_fen.fen);
    d = case_of(b.id, "MISSING_HERE");
    ck_assert_int_eq(d.theirs_fen.fen, 12000);
    ck_assert_int_eq(d.line_no, 1204); /* of the file, whose first is the heading */
    p = finance();
    fails(PN_EARG, pn_recon_diff_explain(p, &(struct pn_recon_diff_explain){d.id, NULL}, &d));
    ok(pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){d.id, "他处的单号"}, &d));
    ck_assert_str_eq(d.adjust_rule, "RECON");
    ck_assert_int_eq(d.adjust_fen.fen, 12000);
    fails(PN_EDUAL, pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){d.id, NULL}, &d));
    p = finance2();
    ok(pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){d.id, NULL}, &d));
    d = case_of(b.id, "AMOUNT");
    ck_assert_int_eq(d.diff_fen.fen, -100);
    ck_assert_int_eq(d.payment_id, payment_of(1202));
    p = finance();
    ok(pn_recon_diff_explain(p, &(struct pn_recon_diff_explain){d.id, "微信立减一元"}, &d));
    ck_assert_int_eq(d.state.v, PN_RECON_DIFF_EXPLAINED);
    relay();
    ck_assert_int_eq(bill_now(b.id).state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(test_sql_int("select sum(credit_fen - debit_fen)::bigint from ledger_account"
                                  " where kind = 'SUSPENSE'"), 12000);
    ledger_balances();
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op like 'recon_diff.%'"
                                  " and reason <> ''"), 2);
}
END_TEST

/* A bill that WeChat's kit has published: what we read of it is what its own last line says. */
START_TEST(a_published_bill_of_wechat_adds_up)
{
    char path[500];
    pn *p = finance();
    pn_bill b;
    snprintf(path, sizeof path, "%s/tests/link/vector/wechat_bill_ALL.csv", getenv("PN_SRCDIR"));
    struct pn_bill_load ask = {path, {PN_PAY_WECHAT}, {17946}}; /* 2019-02-19 */
    int rc = pn_bill_load(p, &ask, &b);
    ck_assert_msg(!rc, "%s", pn_error(p)->message);
    ck_assert_int_eq(b.lines_n, 45);
    ck_assert_int_eq(b.pay_fen.fen, 47);
    ck_assert_int_eq(b.refund_fen.fen, 14);
    ck_assert_int_eq(b.fee_fen.fen, 8);
    ck_assert_int_eq(b.matched_n, 0);
    ck_assert_int_eq(count_of("recon_diff where kind = 'MISSING_HERE'"), 43);
    ck_assert_int_eq(count_of("recon_diff where kind = 'DUPLICATE'"), 2); /* two of its
                                                          trades have the number of another */
}
END_TEST

START_TEST(refunds_are_found_by_our_number)
{
    paid_by_wechat(1, 3, 58000);
    paid_back(1, 58000);
    paid_back(2, 29000);
    bill_begin();
    bill_pays(1, 3, 58000);
    bill_refund(1, 58000);
    bill_refund(2, 29000);
    pn_bill b = bill_load(bill_done());
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.matched_n, 5);
    ck_assert_int_eq(b.refund_fen.fen, 87000);
    ck_assert_int_eq(b.our_refund_fen.fen, 87000);
    ck_assert_int_eq(b.book_refund_fen.fen, 87000);
    ck_assert_int_eq(b.fee_fen.fen, 3 * 348 - 348 - 174);
}
END_TEST

/* Trap 4: a mark in front of WeChat's bill; Alipay's is in another encoding, inside a zip, next to
 * another file. */
START_TEST(alipay_zips_gb18030)
{
    static const char head[] =
        "#支付宝业务明细查询\r\n#账号：[20888888888888880156]\r\n"
        "#起始日期：[2026年11月26日 00:00:00]   终止日期：[2026年11月27日 00:00:00]\r\n"
        "#-----------------------------------------业务明细列表"
        "----------------------------------------\r\n"
        "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,"
        "终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,"
        "支付宝优惠（元）,"
        "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
        "退款批次号/请求号,服务费（元）,分润（元）,备注\r\n";
    char *text = pn_alloc(worker(), 4000), gb[4000], *in = text, *to = gb;
    char path[200];
    int64_t n = payment_of(1);
    snprintf(text, 4000, "%s2026112622001400000000000001\t,P%06" PRId64 "\t,交易\t,羽\t,"
             "2026-11-26 11:00:00,2026-11-26 11:00:03,\t,\t,\t,\t,*华(138****0000)\t,580.00,580.00,"
             "0.00,0.00,0.00,0.00,0.00,\t,0.00,0.00,\t,-3.48,0.00,\t\r\n"
             "#-----------------------------------------业务明细列表结束"
             "------------------------------------\r\n#交易合计：1笔\r\n", head, n);
    size_t left = strlen(text), room = sizeof gb;
    iconv_t c = iconv_open("GBK", "UTF-8");
    ck_assert_uint_ne(iconv(c, &in, &left, &to, &room), (size_t)-1);
    iconv_close(c);
    paid_by_wechat(1, 1, 58000);
    test_sql("update payment set method = 'ALIPAY', provider_no = '2026112622001400000000000001'");
    test_sql("update ledger_account set part = 'ALIPAY' where kind = 'CLEARING'");
    snprintf(path, sizeof path, "%s", bill_file("alipay.zip", "zip", gb, (size_t)(to - gb)));
    pn *p = finance();
    pn_bill b;
    struct pn_bill_load ask = {path, {PN_PAY_ALIPAY}, {BILL_DAY}};
    ok(pn_bill_load(p, &ask, &b));
    ck_assert_int_eq(b.matched_n, 1);
    ck_assert_int_eq(b.fee_fen.fen, 348);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    /* cut off before its end */
    char *end = memmem(gb, (size_t)(to - gb), "\t\r\n#--", 6);
    ask.file = bill_file("cut.csv", "", gb, (size_t)(end - gb) + 3);
    fails(PN_EARG, pn_bill_load(p, &ask, &b));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "closing lines"));
}
END_TEST

static const struct { const char *name, *old, *new_, *says; } broken[] = {
    {"another heading", "交易状态", "状态", "no line has its columns"},
    {"an amount that is none", "`580.00,`0.00,`\r", "`58O.00,`0.00,`\r", "no amount"},
    {"an unknown kind", "`SUCCESS", "`FROZEN", "nobody knows"},
    {"a field too many", "`NATIVE", "`NATIVE,`x", "fields"},
    {"a time that is none", "`2026-11-26 11:59:58", "`26.11.2026", "no time"},
    {"another day", "`2026-11-26 11:59:58", "`2026-11-25 11:59:58", "another day"},
    {"a wrong count", "`3,`0.00,`0.00", "`4,`0.00,`0.00", "says that it has 4 lines"},
    {"no end", "总交易单数", "x", NULL},
};
START_TEST(a_broken_bill_is_refused_whole)
{
    static char text[1 << 20];
    pn *p = finance();
    pn_bill b;
    size_t n = 0;
    bill_begin();
    bill_pays(1, 3, 58000);
    bill_done();
    for (const char *from = bill_text; *from;) {
        bool here = !strncmp(from, broken[_i].old, strlen(broken[_i].old));
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s",
                              here ? (int)strlen(broken[_i].new_) : 1,
                              here ? broken[_i].new_ : from);
        from += here ? strlen(broken[_i].old) : 1;
    }
    struct pn_bill_load ask = {bill_file("broken.csv", "", text, strlen(text)), {PN_PAY_WECHAT},
                               {BILL_DAY}};
    fails(PN_EARG, pn_bill_load(p, &ask, &b));
    if (broken[_i].says)
        ck_assert_msg(strstr(pn_error(p)->message, broken[_i].says) != NULL, "%s: %s",
                      broken[_i].name, pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select count(*) from bill"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from bill_line"), 0);
}
END_TEST

START_TEST(a_file_that_is_no_bill_says_so)
{
    pn *p = finance();
    pn_bill b;
    struct pn_bill_load ask = {"/nowhere", {PN_PAY_WECHAT}, {BILL_DAY}};
    fails(PN_EIO, pn_bill_load(p, &ask, &b));
    ask.file = bill_file("empty.csv", "", "", 0);
    fails(PN_EARG, pn_bill_load(p, &ask, &b));
    ask.file = bill_file("nul.csv", "", "a\0b\n", 4);
    fails(PN_EARG, pn_bill_load(p, &ask, &b));
    ask.method.v = PN_PAY_CASH;
    fails(PN_EARG, pn_bill_load(p, &ask, &b));
    ck_assert_str_eq(pn_error(p)->field, "method");
    ask = (struct pn_bill_load){ask.file, {PN_PAY_WECHAT}, {BILL_DAY + 1}};
    fails(PN_EARG, pn_bill_load(p, &ask, &b));
    ck_assert_str_eq(pn_error(p)->field, "day");
}
END_TEST

START_TEST(a_bill_is_loaded_once_and_continued)
{
    char path[200];
    pn *p = finance();
    pn_bill b, again;
    paid_by_wechat(1, 40, 58000);
    bill_begin();
    bill_pays(1, 40, 58000);
    snprintf(path, sizeof path, "%s", bill_done());
    struct pn_bill_load ask = {path, {PN_PAY_WECHAT}, {BILL_DAY}};
    b = bill_load(path);
    fails(PN_EEXISTS, pn_bill_load(p, &ask, &again));
    /* as if it had been interrupted half-way */
    test_sql("update bill set state = 'LOADING'");
    test_sql("delete from bill_line where no % 2 = 0");
    ok(pn_bill_load(p, &ask, &again));
    ck_assert_int_eq(again.id, b.id);
    ck_assert_int_eq(again.matched_n, 40);
    ck_assert_int_eq(test_sql_int("select count(*) from bill_line"), 40);
    ck_assert_int_eq(again.state.v, PN_BILL_RECONCILED);
    /* another file of the day, until the first is dropped */
    bill_begin();
    bill_pays(1, 39, 58000);
    ask.file = bill_done();
    fails(PN_EEXISTS, pn_bill_load(p, &ask, &again));
    ok(pn_bill_drop(p, &(struct pn_bill_drop){b.id, "旧文件"}, &again));
    ck_assert_int_eq(test_sql_int("select count(*) from bill_line"), 0);
    ok(pn_bill_load(p, &ask, &again));
    ck_assert_int_eq(again.open_n, 1);
    ck_assert_int_eq(case_of(again.id, "MISSING_THERE").payment_id, payment_of(40));
}
END_TEST

START_TEST(a_rehearsal_writes_nothing)
{
    pn *p = finance();
    pn_bill b;
    bill_begin();
    bill_pays(1, 2, 58000);
    pn_dry_run(p, true);
    ok(pn_bill_load(p, &(struct pn_bill_load){bill_done(), {PN_PAY_WECHAT}, {BILL_DAY}}, &b));
    ck_assert_int_eq(b.pay_fen.fen, 2 * 58000); /* told, not kept */
    ck_assert_int_eq(test_sql_int("select count(*) from bill"), 0);
}
END_TEST

START_TEST(a_payout_is_what_the_bill_comes_to)
{
    pn *p = finance();
    pn_bill b, paid;
    paid_by_wechat(1, 10, 58000);
    paid_back(3, 58000);
    bill_begin();
    bill_pays(1, 10, 58000);
    bill_refund(3, 58000);
    b = bill_load(bill_done());
    int64_t net = 9 * (58000 - 348);
    struct pn_bill_payout ask = {b.id, {net + 1}, "20261127-1"};
    fails(PN_EBALANCE, pn_bill_payout(p, &ask, &paid));
    ask.amount_fen.fen = net;
    ok(pn_bill_payout(p, &ask, &paid));
    fails(PN_ESTATE, pn_bill_payout(p, &ask, &paid));
    relay();
    ck_assert_int_eq(test_sql_int("select sum(debit_fen - credit_fen)::bigint from ledger_account"
                                  " where kind = 'CLEARING'"), 0);
    ck_assert_int_eq(test_sql_int("select sum(debit_fen - credit_fen)::bigint from ledger_account"
                                  " where kind = 'PROVIDER_FEE'"), 9 * 348);
    ck_assert_int_eq(test_sql_int("select sum(debit_fen - credit_fen)::bigint from ledger_account"
                                  " where kind = 'BANK'"), net);
    ledger_balances();
    fails(PN_ESTATE, pn_bill_drop(p, &(struct pn_bill_drop){b.id, "x"}, &paid));
}
END_TEST

/* T7: what a report counts is what was paid, to the fen; when the books say otherwise, that is a
 * case of its own. */
START_TEST(T7_ledger_and_payments_are_held_together)
{
    pn_bill b;
    paid_by_wechat(1, 4, 58000);
    test_sql("update payment set method = 'WECHAT', received_fen = 58001, amount_fen = 58001"
             " where id = (select min(id) from payment)");
    bill_begin();
    bill_pays(1, 1, 58001);
    bill_pays(2, 4, 58000);
    b = bill_load(bill_done());
    pn_recon_diff d = case_of(b.id, "BOOKS");
    ck_assert_int_eq(d.diff_fen.fen, -1);
    ck_assert_int_eq(b.open_n, 1);
    pn *p = finance();
    fails(PN_ESTATE, pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){d.id, "x"}, &d));
}
END_TEST

START_TEST(postings_on_their_way_keep_a_day_open)
{
    pn *p = worker();
    pni_doc doc = {.rule = "CAPTURE", .biz_kind = "PAYMENT", .biz_id = payment_of(1), .sale = 1,
                   .step = "CAPTURED", .method = "WECHAT", .amount_fen = {58000},
                   .at = {(int64_t)BILL_DAY * DAY + 4 * HOUR}};
    pn_bill b;
    paid_by_wechat(2, 2, 58000);
    test_sql("insert into payment select sk, id - 4096, order_id - 4096, leg_no, method,"
             " amount_fen, received_fen, tendered_fen, change_fen,"
             " '4200001000000000000000000001', staff_id, till, state, created_at, expires_at,"
             " paid_at, polls, updated_at, version"
             " from payment");
    ok(desk_doc(p, &doc, 0));
    bill_begin();
    bill_pays(1, 2, 58000);
    b = bill_load(bill_done());
    ck_assert_int_eq(b.state.v, PN_BILL_LOADED);
    ck_assert_int_eq(b.open_n, 0);
    relay();
    shop_clock(HOUR);
    job("recon_compare");
    ck_assert_int_eq(bill_now(b.id).state.v, PN_BILL_RECONCILED);
}
END_TEST

/* As many lines as we have payments, but one of them fills a merchant's wallet. */
START_TEST(a_recharge_does_not_hide_what_is_missing)
{
    paid_by_wechat(1, 3, 58000);
    test_sql("insert into recharge_order (sk, id, merchant_id, method, scene, amount_fen,"
             " received_fen, state, provider_no, created_at, expires_at, paid_at, actor_id,"
             " updated_at) select 1, 4097, 1, 'WECHAT', 'QR', 58000, 58000, 'SUCCESS',"
             " '4200001000000000000000009001', at, at, at, 1, at from"
             " (select timestamptz '2026-11-26 12:00:00+08' as at) x");
    bill_begin();
    bill_pays(1, 2, 58000);
    bill_line("`2026-11-26 11:59:58,`wx8888888888888888,`1234567891,`0,`,"
              "`4200001000000000000000009001,`R004097,`o,`NATIVE,`SUCCESS,`CMB_DEBIT,`CNY,`580.00,"
              "`0.00,`0,`,`0.00,`0.00,`,`,`x,`,`3.48000,`0.60%%,`580.00,`0.00,`");
    pn_bill b = bill_load(bill_done());
    ck_assert_int_eq(b.matched_n, 3);
    ck_assert_int_eq(case_of(b.id, "MISSING_THERE").payment_id, payment_of(3));
}
END_TEST

START_TEST(too_many_differences_are_a_wrong_file)
{
    pn *p = finance();
    pn_bill b;
    test_sql("update policy set value = '5' where key = 'recon.diff_max'");
    bill_begin();
    bill_pays(1, 6, 58000);
    struct pn_bill_load ask = {bill_done(), {PN_PAY_WECHAT}, {BILL_DAY}};
    fails(PN_ETOO_BIG, pn_bill_load(p, &ask, &b));
    ck_assert_int_eq(test_sql_int("select count(*) from recon_diff"), 0);
    int64_t id = test_sql_int("select id from bill");
    ok(pn_bill_drop(p, &(struct pn_bill_drop){id, "别家商户号"}, &b));
}
END_TEST

START_TEST(old_lines_go_their_bills_stay)
{
    paid_by_wechat(1, 5, 58000);
    bill_begin();
    bill_pays(1, 5, 58000);
    pn_bill b = bill_load(bill_done());
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    job("bill_purge");
    ck_assert_int_eq(test_sql_int("select count(*) from bill_line"), 5);
    shop_clock(732 * DAY);
    job("bill_purge");
    ck_assert_int_eq(test_sql_int("select count(*) from bill_line"), 0);
    ck_assert_int_eq(bill_now(b.id).matched_n, 5);
}
END_TEST

/* ---- size ---- */

/* A bill over and over, as long as is wanted; all of it was paid. */
static const char *long_bill(int from, int n)
{
    char sql[600];
    size_t len, head;
    snprintf(sql, sizeof sql, "insert into payment (sk, id, order_id, leg_no, method, amount_fen,"
             " received_fen, provider_no, state, created_at, expires_at, paid_at, updated_at)"
             " select 1, (100000 + n)::bigint << 12 | 1, (200000 + n)::bigint << 12 | 1, 1,"
             " 'WECHAT', 100, 100, '4200001' || lpad(n::text, 21, '0'), 'SUCCESS', at, at, at, at"
             " from generate_series(%d, %d) n, (select timestamptz '2026-11-26 12:00:00+08' as at)"
             " x", from, from + n - 1);
    test_sql(sql);
    char *all = NULL;
    FILE *f = open_memstream(&all, &len);
    bill_begin();
    head = strlen(bill_text);
    fputs(bill_text, f);
    for (int i = from; i < from + n; i += 1000) {
        bill_begin();
        bill_pays(i, i + 999, 100);
        fputs(bill_text + head, f);
    }
    bill_begin();
    bill_end(n);
    fputs(bill_text + head, f);
    fclose(f);
    const char *path = bill_file("long.csv.gz", "gzip", all, len);
    free(all);
    return path;
}

static int64_t told_done;
static int tellings;
static void told(void *self, int64_t done, int64_t all)
{
    (void)self;
    ck_assert_int_eq(all, 10000);
    ck_assert_int_ge(done, told_done); /* it never goes back */
    told_done = done;
    tellings++;
}

/* Its lines alone are longer than what it may take of memory; how far it is is told.
 * tests/bench/recon has a million of them. */
START_TEST(a_long_bill_is_not_kept_in_memory)
{
    enum { LINES = 90000, MOST_KB = 52000 }; /* 27 MB of text, and as much again in rows */
    pn_bill b;
    struct pn_bill_load in = {long_bill(1, LINES), {PN_PAY_WECHAT}, {BILL_DAY}};
    pn *p = finance();
    told_done = tellings = 0;
    pn_on_progress(p, told, NULL);
    (void)pn_peak_kb();
    ok(pn_bill_load(p, &in, &b));
    long most = pn_peak_kb();
    pn_end(p);
    ck_assert_int_eq(b.matched_n, LINES);
    ck_assert_int_eq(told_done, 10000);
    ck_assert_int_gt(tellings, 10);
    const char *sanitized = getenv("PN_SANITIZED"); /* takes memory of its own */
    ck_assert_msg(most < MOST_KB || (sanitized && *sanitized), "%ld kB", most);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bill");
    TCase *t = tcase_create("bill");
    tcase_add_checked_fixture(t, bills_setup, bills_teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, S40_a_bill_is_reconciled);
    tcase_add_test(t, a_published_bill_of_wechat_adds_up);
    tcase_add_test(t, refunds_are_found_by_our_number);
    tcase_add_test(t, alipay_zips_gb18030);
    tcase_add_loop_test(t, a_broken_bill_is_refused_whole, 0,
                        (int)(sizeof broken / sizeof *broken));
    tcase_add_test(t, a_file_that_is_no_bill_says_so);
    tcase_add_test(t, a_bill_is_loaded_once_and_continued);
    tcase_add_test(t, a_rehearsal_writes_nothing);
    tcase_add_test(t, a_payout_is_what_the_bill_comes_to);
    tcase_add_test(t, T7_ledger_and_payments_are_held_together);
    tcase_add_test(t, postings_on_their_way_keep_a_day_open);
    tcase_add_test(t, a_recharge_does_not_hide_what_is_missing);
    tcase_add_test(t, too_many_differences_are_a_wrong_file);
    tcase_add_test(t, old_lines_go_their_bills_stay);
    tcase_add_test(t, a_long_bill_is_not_kept_in_memory);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
