/* SPDX-License-Identifier: Apache-2.0 */
/* direct.c — an organiser's own mini program: its merchant number collects under our service
 * provider's, our books have a memo and a fee, and none of our accounts is touched. */
#include "order/direct.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/bill.h"
#include "order/recon_diff.h"
#include "till.h"

enum { THEATRE = 7 * 4096 + 3 };
static const char *const fakes[] = {"wechat_partner", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("wechat_partner");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

/* Two tickets of 380 of a show whose organiser collects: 2 % and a yuan are ours. */
static pn_order ordered(void)
{
    char sql[100];
    pn_direct_payee d;
    fresh(fakes);
    snprintf(sql, sizeof sql, "update show set organiser_id = %d", THEATRE);
    test_sql(sql);
    test_sql("update tier set face_price_fen = 38000");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    struct pn_direct_payee_set in = {THEATRE, "1900000109", "wxtheatre", 200, {100}};
    ok(pn_direct_payee_set(p, &in, &d));
    pn_end(p);
    return order_n(2, "13800000001");
}

static int64_t balance(const char *kind)
{
    char sql[160];
    snprintf(sql, sizeof sql, "select coalesce(sum(debit_fen - credit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* I39: whatever else it may be, it is not ours. */
static void nothing_of_ours(void)
{
    relay();
    ck_assert_int_eq(count_of("ledger_account where kind in ('CLEARING', 'BANK', 'DRAWER',"
                              " 'ESCROW', 'SUSPENSE', 'REFUND_PAYABLE')"
                              " and debit_fen + credit_fen > 0"), 0);
}

START_TEST(S18_I39_the_organiser_collects_itself)
{
    pn_order o = ordered();
    pn_payment y = create(o.id, PN_PAY_MINIAPP_DIRECT, PN_SCENE_JS, "openid-of-the-theatre");
    pn_payment_front f = opened(y.id);
    ck_assert_msg(f.front && strstr(f.front, "\"appId\":\"wxtheatre\""), "%s", f.error);
    payer_pays("wechat_partner", y.id);
    /* another merchant's money, a stranger's, one that was changed */
    const char *const bad[] = {"other_sub", "stranger", "corrupt"};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(hear("wechat_partner", notice("wechat_partner", y.id, bad[i])).status,
                         500);
    ck_assert_int_eq(hear("wechat_partner", notice("wechat_partner", y.id, "probe")).status, 401);
    ck_assert_str_eq(state(y.id), "PENDING");
    pn_payment_heard h = hear("wechat_partner", notice("wechat_partner", y.id, ""));
    ck_assert_str_eq(h.result, "APPLIED");
    ck_assert_int_eq(h.status, 204);
    h = hear("wechat_partner", notice("wechat_partner", y.id, ""));
    ck_assert_int_eq(h.status, 204);
    nothing_of_ours();
    ck_assert_int_eq(balance("DIRECT_CASH"), YUAN(760));
    ck_assert_int_eq(balance("DIRECT_SALES"), -YUAN(760));
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 1620);
    ck_assert_int_eq(balance("FEE_INCOME"), -1620);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(S18_a_refund_that_the_organiser_cannot_pay)
{
    pn_order o = ordered();
    pn_payment y = create(o.id, PN_PAY_MINIAPP_DIRECT, PN_SCENE_JS, "openid-of-the-theatre");
    (void)opened(y.id);
    payer_pays("wechat_partner", y.id);
    shop_clock(MINUTE);
    tick("pay_poll"); /* the notice never came */
    ck_assert_str_eq(state(y.id), "SUCCESS");
    const char *seat[] = {"1"};
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    pn_end(p);
    fake("wechat_partner", "switch", "{\"poor\":6}");
    for (int i = 0; i < 6; i++) { /* 1 min, 5 min, 30 min, 2 h, 12 h */
        tick("refund_retry");
        shop_clock(13 * HOUR);
    }
    ck_assert_int_eq(count_of("refund where state = 'MANUAL'"), 1);
    ck_assert_int_eq(count_of("outbox where event = 'refund.alarm'"), 1);
    relay();
    ck_assert_int_eq(balance("DIRECT_CASH"), YUAN(760));
    p = as(PN_ROLE_FINANCE, FIN);
    const struct pn_refund_transfer paid = {r.id, "the theatre paid it", NULL};
    fails(PN_ESTATE, pn_refund_transfer(p, &paid, &r));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "refund ask"));
    pn_end(p);
    tick("refund_retry"); /* not paid there: what was refused is not known */
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_transfer(p, &paid, &r));
    pn_end(p);
    nothing_of_ours();
    ck_assert_int_eq(balance("DIRECT_CASH"), YUAN(380));
    books_proven();
    books_watched();
    /* and one that it can */
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    fake("wechat_partner", "switch", "{\"refund_now\":1}");
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 2);
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    nothing_of_ours();
    ck_assert_int_eq(balance("DIRECT_CASH"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(only_where_the_organiser_collects)
{
    pn_direct_payee d;
    pn_payment y;
    pn_order o = ordered();
    pn *p = as(PN_ROLE_FINANCE, FIN);
    struct pn_direct_payee_stop stop = {THEATRE, "contract ended"};
    ok(pn_direct_payee_stop(p, &stop, &d));
    fails(PN_ESTATE, pn_direct_payee_stop(p, &stop, &d));
    stop.id = 12289;
    fails(PN_ENONE, pn_direct_payee_stop(p, &stop, &d));
    pn_end(p);
    p = ops();
    struct pn_payment_create in = {o.id, {PN_PAY_MINIAPP_DIRECT}, {PN_SCENE_JS}, "x", NULL, NULL};
    fails(PN_EARG, pn_payment_create(p, &in, &y)); /* not offered any more */
    ck_assert_str_eq(pn_error(p)->field, "method");
    test_db_teardown();
}
END_TEST

/* The money is theirs, the day is reconciled all the same: the provider's bill, our payments, and
 * the memo in the ledger say one thing. */
START_TEST(I39_the_organisers_day_is_reconciled)
{
    pn_order o = ordered();
    pn_bill b;
    pn_refund r;
    shop_hour(2); /* ten in the morning */
    pn_payment y = create(o.id, PN_PAY_MINIAPP_DIRECT, PN_SCENE_JS, "openid-of-the-theatre");
    (void)opened(y.id);
    payer_pays("wechat_partner", y.id);
    hear("wechat_partner", notice("wechat_partner", y.id, ""));
    const char *seat[] = {"1"};
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    pn_end(p);
    fake("wechat_partner", "switch", "{\"refund_now\":1}");
    tick("refund_retry");
    relay();
    shop_clock(DAY);
    job("recon_fetch");
    ck_assert_int_eq(count_of("bill where state = 'RECONCILED' and method = 'MINIAPP_DIRECT'"), 1);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_bill_show(p, &(struct pn_bill_show){test_sql_int("select id from bill")}, &b));
    ck_assert_int_eq(b.pay_fen.fen, YUAN(760));
    ck_assert_int_eq(b.refund_fen.fen, YUAN(380));
    ck_assert_int_eq(b.book_pay_fen.fen, YUAN(760));
    ck_assert_int_eq(b.book_refund_fen.fen, YUAN(380));
    ck_assert_int_eq(b.matched_n, 2);
    /* nobody pays it out to us, and a difference moves nothing of ours */
    fails(PN_ESTATE, pn_bill_payout(p, &(struct pn_bill_payout){b.id, {YUAN(380)}, "1"}, &b));
    ok(pn_bill_drop(p, &(struct pn_bill_drop){b.id, "another one"}, &b));
    test_sql("update payment set received_fen = received_fen - 100 where state = 'SUCCESS'");
    shop_clock(HOUR);
    job("recon_fetch");
    ck_assert_int_eq(count_of("recon_diff where kind = 'AMOUNT'"), 1);
    pn_recon_diff d;
    p = as(PN_ROLE_FINANCE, FIN);
    int64_t id = test_sql_int("select id from recon_diff where kind = 'AMOUNT'");
    fails(PN_ESTATE, pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){id, "odd"}, &d));
    ok(pn_recon_diff_explain(p, &(struct pn_recon_diff_explain){id, "told the theatre"}, &d));
    pn_end(p);
    nothing_of_ours();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("direct");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S18_I39_the_organiser_collects_itself);
    tcase_add_test(t, S18_a_refund_that_the_organiser_cannot_pay);
    tcase_add_test(t, only_where_the_organiser_collects);
    tcase_add_test(t, I39_the_organisers_day_is_reconciled);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
