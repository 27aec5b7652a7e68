/* SPDX-License-Identifier: Apache-2.0 */
/* fee_invoice.c — what an organiser owes for what its mini program collected: invoiced by month,
 * less its refunds, paid by bank, kept back from batches, or collected when it is overdue. */
#include "merchant/fee_invoice.h"

#include <stdio.h>
#include <string.h>

#include "base/when_int.h"
#include "merchant/organiser.h"
#include "merchant/organiser_fee.h"
#include "merchant/wallet.h"
#include "order/direct.h"
#include "till.h"

enum { THEATRE = 7 * 4096 + 3, POLY = 4099 };
static const char *const fakes[] = {"wechat_partner", NULL};
static bool made_up; /* a wallet that nothing stands for */

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
static void begin(void)
{
    made_up = false;
    fresh(fakes);
    test_sql("update show set organiser_id = 28675; update tier set face_price_fen = 38000;"
             "update session set start_at = start_at + interval '90 days'");
    shop_hour(2);
}
static void end(void)
{
    relay();
    if (!made_up) {
        books_proven();
        books_watched();
    }
    test_db_teardown();
}

static pn *finance(void)
{
    return as(PN_ROLE_FINANCE, FIN);
}

static void terms(int fee_bp, int64_t fixed)
{
    pn_direct_payee d;
    struct pn_direct_payee_set in = {THEATRE, "1900000109", "wxtheatre", fee_bp, {fixed}};
    pn *p = finance();
    ok(pn_direct_payee_set(p, &in, &d));
    pn_end(p);
}

/* n tickets of 380, paid to the theatre. */
static pn_order sold(int n)
{
    pn_order o = order_n(n, "13800000001");
    pn_payment y = create(o.id, PN_PAY_MINIAPP_DIRECT, PN_SCENE_JS, "openid-of-the-theatre");
    (void)opened(y.id);
    payer_pays("wechat_partner", y.id);
    hear("wechat_partner", notice("wechat_partner", y.id, ""));
    ck_assert_str_eq(state(y.id), "SUCCESS");
    return o;
}

/* One of its tickets, or (NULL) all that are left. */
static void back(int64_t order, const char *seat)
{
    pn_refund r;
    pn *p = ops();
    const char *seats[] = {seat};
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order,
                       .seats = {seat ? seats : NULL, seat != NULL}}, &r));
    pn_end(p);
    fake("wechat_partner", "switch", "{\"refund_now\":1}");
    tick("refund_retry");
    relay();
}

/* Past the first minutes of the next month. */
static void next_month(void)
{
    int64_t day = pni_local_day((pn_time){shop_now});
    shop_now = pni_month_of(day, 1) * PNI_DAY_US - PNI_ZONE_US + 20 * MINUTE;
}

static pn_date last_month(void)
{
    int64_t first = pni_month_of(pni_local_day((pn_time){shop_now}), 0);
    return (pn_date){pni_month_of(first - 1, 0)};
}

static pn_fee_invoice invoice(int64_t id)
{
    pn_fee_invoice i;
    pn *p = finance();
    ok(pn_fee_invoice_show(p, &(struct pn_fee_invoice_show){id}, &i));
    pn_end(p);
    return i;
}

static pn_fee_invoice only(void)
{
    ck_assert_int_eq(count_of("fee_invoice"), 1);
    return invoice(test_sql_int("select id from fee_invoice"));
}

static int64_t balance(const char *kind)
{
    char sql[160];
    relay();
    snprintf(sql, sizeof sql, "select coalesce(sum(debit_fen - credit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* It pays so much by this line; refused with `rc`. */
static pn_fee_invoice receive(int64_t id, int64_t fen, const char *line, int rc)
{
    pn_fee_invoice i = {0};
    pn *p = finance();
    struct pn_fee_invoice_receive in = {id, {fen}, line};
    if (rc)
        fails(rc, pn_fee_invoice_receive(p, &in, &i));
    else
        ok(pn_fee_invoice_receive(p, &in, &i));
    pn_end(p);
    return rc ? i : invoice(id);
}

/* 760 at 2 % and a yuan: 16.20, owed by the month, once. */
START_TEST(S18_the_fees_of_a_month_are_invoiced)
{
    pn_fee_invoice i;
    terms(200, 100);
    sold(2);
    terms(900, 0); /* of what is sold from now on */
    relay();
    books_proven();
    job("organiser_fee");
    ck_assert_int_eq(count_of("fee_invoice"), 0); /* the month is not over */
    pn *p = finance();
    fails(PN_ESTATE, pn_fee_invoice_issue(p, &(struct pn_fee_invoice_issue){THEATRE,
          {(int32_t)pni_local_day((pn_time){shop_now})}}, &i));
    pn_end(p);
    next_month();
    shop_now -= 10 * MINUTE;
    job("organiser_fee");
    ck_assert_int_eq(count_of("fee_invoice"), 0); /* somebody may be paying still */
    shop_now += 10 * MINUTE;
    for (int k = 0; k < 2; k++) {
        shop_clock(DAY);
        job("organiser_fee");
    }
    i = only();
    ck_assert_int_eq(i.amount_fen.fen, 1620);
    ck_assert_int_eq(i.sales_fen.fen, YUAN(760));
    ck_assert_int_eq(i.sales_n, 1);
    ck_assert_int_eq(i.left_fen.fen, 1620);
    ck_assert_int_eq(i.month.days, last_month().days);
    ck_assert_int_eq(i.due_on.days, pni_local_day((pn_time){shop_now}) - 1 + 15);
    p = finance();
    fails(PN_EEXISTS, pn_fee_invoice_issue(p, &(struct pn_fee_invoice_issue){THEATRE,
          last_month()}, &i));
    fails(PN_ESTATE, pn_fee_invoice_issue(p, &(struct pn_fee_invoice_issue){77, last_month()},
                                          &i)); /* it collected nothing */
    pn_end(p);
}
END_TEST

START_TEST(a_line_of_the_bank_pays_it)
{
    pn_fee_invoice i;
    terms(200, 100);
    sold(2);
    next_month();
    job("organiser_fee");
    relay();
    int64_t id = only().id;
    receive(id, 1621, "B-1", PN_EBALANCE);
    i = receive(id, 620, "B-1", 0);
    ck_assert_int_eq(i.paid_fen.fen, 620);
    ck_assert_int_eq(i.state.v, PN_FEE_INVOICE_ISSUED);
    receive(id, 1000, "B-1", PN_EEXISTS); /* that line stands for something */
    i = receive(id, 1000, "B-2", 0);
    ck_assert_int_eq(i.state.v, PN_FEE_INVOICE_PAID);
    ck_assert_int_eq(i.left_fen.fen, 0);
    receive(id, 1, "B-3", PN_EBALANCE);
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("BANK"), 1620);
    shop_clock(40 * DAY);
    job("fee_overdue"); /* it is not */
    ck_assert_int_eq(invoice(id).state.v, PN_FEE_INVOICE_PAID);
}
END_TEST

/* A refund takes its part of the fee off, in its own month; the yuan for the sale stays. */
START_TEST(refunds_are_lines_of_their_own_month)
{
    pn_fee_invoice i;
    terms(200, 100);
    pn_order o = sold(2), twin = sold(1);
    back(twin.id, NULL);
    terms(900, 300);
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 1620 + 100);
    next_month();
    job("organiser_fee");
    i = only();
    ck_assert_int_eq(i.amount_fen.fen, 1720);
    ck_assert_int_eq(i.refunds_n, 1);
    ck_assert_int_eq(i.refunds_fee_fen.fen, -760);
    ck_assert_int_eq(i.earlier_fee_fen.fen, 0);
    back(o.id, "1");
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 960);
    next_month();
    job("organiser_fee");
    ck_assert_int_eq(count_of("fee_invoice"), 2);
    ck_assert_int_eq(count_of("fee_invoice where amount_fen = -760 and earlier_fee_fen = -760"
                              " and refunds_fen = -38000 and sales_n = 0 and state = 'PAID'"), 1);
    i = invoice(i.id); /* the credit pays what is open */
    ck_assert_int_eq(i.paid_fen.fen, 760);
    i = receive(i.id, 960, "B-1", 0);
    ck_assert_int_eq(i.state.v, PN_FEE_INVOICE_PAID);
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 0);
}
END_TEST

/* Nobody's wallet can pay: somebody has to call, until it is paid. */
START_TEST(what_is_overdue_is_told)
{
    pn_fee_invoice i;
    terms(200, 100);
    sold(2);
    next_month();
    job("organiser_fee");
    shop_clock(15 * DAY);
    job("fee_overdue");
    i = only();
    ck_assert_int_eq(i.state.v, PN_FEE_INVOICE_ISSUED); /* it is due today */
    shop_clock(DAY);
    for (int k = 0; k < 2; k++) {
        job("fee_overdue");
        relay();
        shop_clock(DAY);
    }
    ck_assert_int_eq(invoice(i.id).state.v, PN_FEE_INVOICE_OVERDUE);
    ck_assert_int_eq(count_of("alarm where kind = 'FEE_OVERDUE' and state = 'OPEN' and times = 1"
                              " and about like 'ZD%'"), 1);
    i = receive(i.id, 1620, "B-1", 0);
    relay();
    ck_assert_int_eq(i.state.v, PN_FEE_INVOICE_PAID);
    ck_assert_int_eq(count_of("alarm where state = 'CLOSED'"), 1);
}
END_TEST

/* With a wallet it comes out of what is available, and the rest is a debt as any other. */
START_TEST(what_is_overdue_comes_out_of_the_wallet)
{
    pn_organiser g;
    pn_wallet w;
    terms(200, 100);
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'poly', 'ORGANISER', 'Poly', 'ACTIVE', 'B', 500, now(),"
             " now());insert into merchant_stand (sk, merchant_id) values (3, 4099)");
    pn *p = finance();
    ok(pn_organiser_set(p, &(struct pn_organiser_set){THEATRE, POLY, 300, {0}}, &g));
    ok(pn_wallet_recharge(p, &(struct pn_wallet_recharge){POLY, {1000}, "R-1", false, NULL}, &w));
    pn_end(p);
    sold(2);
    next_month();
    job("organiser_fee");
    shop_clock(16 * DAY);
    job("fee_overdue");
    ck_assert_int_eq(only().state.v, PN_FEE_INVOICE_PAID);
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("AVAILABLE"), 0);
    ck_assert_int_eq(balance("DEBT"), 620);
    ck_assert_int_eq(count_of("organiser_payment where kind = 'WALLET' and amount_fen = 1620"), 1);
    ck_assert_int_eq(count_of("alarm"), 0);
}
END_TEST

/* What a batch keeps back before the invoice is written is paid of it. */
START_TEST(what_a_batch_keeps_back_is_paid)
{
    pn_organiser g;
    terms(200, 100);
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'poly', 'ORGANISER', 'Poly', 'ACTIVE', 'B', 500, now(),"
             " now());insert into merchant_stand (sk, merchant_id) values (3, 4099)");
    pn *p = finance();
    ok(pn_organiser_set(p, &(struct pn_organiser_set){THEATRE, POLY, 300, {0}}, &g));
    pn_end(p);
    sold(2);
    relay();
    p = finance();
    fails(PN_EBALANCE, pn_organiser_receive(p, &(struct pn_organiser_receive){THEATRE, {1621},
                                            "B-1"}, &g));
    ok(pn_organiser_receive(p, &(struct pn_organiser_receive){THEATRE, {600}, "B-1"}, &g));
    ck_assert_int_eq(g.owed_fen.fen, 1020);
    pn_end(p);
    made_up = true;
    test_sql("insert into ledger_account (sk, id, kind, owner, side, guard, credit_fen, at)"
             " values (3, 4096 * 9 + 3, 'PENDING', 4099, 'CREDIT', 'CREDIT', 5000, now());"
             "insert into settlement (sk, id, no, merchant_id, day, lines_n, net_fen, state,"
             " confirm_by, created_at, updated_at) values (3, 4096 * 8 + 3, 'JS1', 4099,"
             " '2026-01-10', 1, 5000, 'APPROVED', now(), now(), now())");
    job("settle_post");
    relay();
    ck_assert_int_eq(count_of("organiser_payment where kind = 'BATCH' and amount_fen = 1020"), 1);
    next_month();
    job("organiser_fee");
    ck_assert_int_eq(only().state.v, PN_FEE_INVOICE_PAID);
    ck_assert_int_eq(balance("FEE_RECEIVABLE"), 0);
}
END_TEST

START_TEST(an_organiser_reads_its_own_alone)
{
    pn_page page;
    terms(200, 100);
    sold(2);
    next_month();
    job("organiser_fee");
    for (int own = 0; own < 2; own++) {
        pn *p = test_begin_as(&(pn_actor){.kind = 'O', .id = 78, .login = "o", .name = "O",
            .roles = PN_ROLE_ORGANISER, .organiser = own ? THEATRE : 77, .via = "test"});
        pn_fee_invoice i;
        ok(pn_fee_invoice_list(p, &(pn_list){0}, &page));
        ck_assert_uint_eq(page.rows.n, own ? 1 : 0);
        ok(pn_organiser_fee_list(p, &(pn_list){0}, &page));
        ck_assert_uint_eq(page.rows.n, own ? 1 : 0);
        fails(PN_EPERM, pn_fee_invoice_issue(p, &(struct pn_fee_invoice_issue){THEATRE,
              last_month()}, &i));
        pn_end(p);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fee_invoice");
    TCase *t = tcase_create("fee_invoice");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_add_checked_fixture(t, begin, end);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S18_the_fees_of_a_month_are_invoiced);
    tcase_add_test(t, a_line_of_the_bank_pays_it);
    tcase_add_test(t, refunds_are_lines_of_their_own_month);
    tcase_add_test(t, what_is_overdue_is_told);
    tcase_add_test(t, what_is_overdue_comes_out_of_the_wallet);
    tcase_add_test(t, what_a_batch_keeps_back_is_paid);
    tcase_add_test(t, an_organiser_reads_its_own_alone);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
