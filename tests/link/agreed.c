/* SPDX-License-Identifier: Apache-2.0 */
/* agreed.c — attend first, pay later by an agreement with CMB one-net: nothing is frozen, the bank
 * takes it after the show, each try once, whatever becomes of its answer. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "order/agreement.h"
#include "order/credit.h"
#include "till.h"

static const char *const bank[] = {"cmb_netpay", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("cmb_netpay");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

/* Ann has an agreement, for what is taken without her or for payments alone. */
static int64_t signed_by_ann(bool later)
{
    pn *p = as(PN_ROLE_BUYER, ANN);
    pn_agreement a;
    pn_agreement_page page;
    pn_buf b = pn_buf_new(rig_p);
    ok(pn_agreement_sign(p, &(struct pn_agreement_sign){{PN_PAY_CMB_NETPAY}, 0, later, NULL}, &a));
    ok(pn_agreement_open(p, &(struct pn_agreement_open){a.id}, &page));
    pn_buf_puts(&b, "{\"url\":");
    pn_buf_json(&b, page.url);
    pn_buf_puts(&b, ",\"front\":");
    pn_buf_json(&b, page.front);
    pn_buf_puts(&b, "}");
    fake("cmb_netpay", "browse_agreement", "%s", b.text);
    pn_end(p);
    fake("cmb_netpay", "agree", "{\"user\":11}");
    pn_payment_heard h = hear("cmb_netpay", fake("cmb_netpay", "agreement_notice",
                                                 "{\"user\":11,\"how\":\"\"}"));
    ck_assert_str_eq(h.result, "APPLIED");
    return a.id;
}

static pn_order ordered(int n)
{
    pn *p = as(PN_ROLE_BUYER, ANN);
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = n,
                                                    .phone = "13800000001"}, &o));
    pn_end(p);
    return o;
}

static void trusted(void)
{
    pn_credit c;
    fresh(bank);
    pn *p = ops();
    ok(pn_credit_set(p, &(struct pn_credit_set){ANN, 1, 650}, &c));
    pn_end(p);
}

static int64_t promised(int64_t order)
{
    pn *p = as(PN_ROLE_BUYER, ANN);
    pn_payment y;
    struct pn_payment_later in = {order, {PN_PAY_CMB_NETPAY}, NULL};
    ok(pn_payment_later(p, &in, &y));
    pn_end(p);
    (void)opened(y.id);
    shop_clock(MINUTE);
    tick("pay_poll");
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    ck_assert_str_eq(order_state(order), pni_order_paid_state());
    return y.id;
}

/* So many days after the day after the show; what the job makes of it is the test's. */
static void days_after(int days)
{
    pn_job_result r;
    shop_now = test_sql_int("select (extract(epoch from coalesce(end_at, start_at)) * 1000000)"
                            "::bigint from session") + DAY + days * DAY + MINUTE;
    pn *p = worker();
    (void)!pn_job_run(p, &(struct pn_job_run){"sfpl_due", true}, &r);
    pn_end(p);
    relay();
}

static int64_t balance(const char *kind)
{
    char sql[160];
    relay();
    snprintf(sql, sizeof sql, "select coalesce(sum(debit_fen - credit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* What the bank has of a try. */
static const char *at_bank(int64_t payment, int try_no, const char *member)
{
    static char text[40];
    const pni_doc *d = fake("cmb_netpay", "taken", "{\"out_trade_no\":\"%sD%d\"}", number(payment),
                            try_no);
    snprintf(text, sizeof text, "%s", doc_text(d, member));
    return text;
}

START_TEST(S16_deducted_by_agreement_on_the_second_day)
{
    trusted();
    (void)signed_by_ann(true);
    pn_order o = ordered(2);
    int64_t y = promised(o.id);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), YUAN(1160));
    books_proven();
    fake("cmb_netpay", "switch", "{\"no_money\":1}");
    days_after(0);
    ck_assert_str_eq(state(y), "DEDUCTING");
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 1);
    days_after(0); /* not at once again */
    ck_assert_int_eq(count_of("credit_due where tries = 1"), 1);
    days_after(1);
    ck_assert_str_eq(state(y), "SUCCESS");
    ck_assert_str_eq(at_bank(y, 2, "/amount"), "1160.00");
    ck_assert_int_eq(count_of("notice where kind = '23-deduct_ok'"), 1);
    ck_assert_int_eq(balance("SFPL_RECEIVABLE"), 0);
    ck_assert_int_eq(balance("CLEARING"), YUAN(1160));
    ck_assert_int_eq(count_of("credit_account where open_n > 0"), 0);
    books_proven();
    /* and it goes back as it came: to the try that took it, on its day */
    pn *p = ops();
    const char *seat[] = {"1"};
    pn_refund r;
    struct pn_refund_apply in = {.order = o.id, .seats = {seat, 1}, .forced = true, .note = "ill",
                                 .reason = {PN_REASON_FAULT}};
    ok(pn_refund_apply(p, &in, &r));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    if (r.state.v == PN_REFUND_REVIEWING)
        ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    pn_end(p);
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    ck_assert_str_eq(at_bank(y, 2, "/refunded_fen"), "58000");
    ck_assert_int_eq(balance("CLEARING"), YUAN(580));
    books_proven();
    test_db_teardown();
}
END_TEST

/* Taken and not told, or not taken: it is asked before the same try is told again. */
START_TEST(an_answer_that_is_lost_takes_it_once)
{
    static const char *const faults[] = {"drop", "fail500", "fail500_after", "corrupt", "truncate",
                                         "hang"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        trusted();
        (void)signed_by_ann(true);
        pn_order o = ordered(1);
        int64_t y = promised(o.id);
        fake("cmb_netpay", "switch", "{\"%s\":2}", faults[i]); /* of the question, too */
        for (int k = 0; k < 3; k++)
            days_after(0), shop_clock(HOUR);
        fake("cmb_netpay", "switch", "{\"%s\":0}", faults[i]);
        days_after(0);
        ck_assert_msg(!strcmp(state(y), "SUCCESS"), "%s: %s", faults[i], state(y));
        ck_assert_str_eq(at_bank(y, 1, "/amount"), "580.00");
        ck_assert_str_eq(at_bank(y, 2, "/amount"), "");
        ck_assert_int_eq(count_of("credit_due where tries = 0"), 1);
        ck_assert_int_eq(balance("CLEARING"), YUAN(580));
        books_proven();
        test_db_teardown();
    }
}
END_TEST

START_TEST(an_agreement_that_ended_at_the_bank_deducts_nothing)
{
    trusted();
    (void)signed_by_ann(true);
    pn_order o = ordered(1);
    int64_t y = promised(o.id);
    fake("cmb_netpay", "leave", "{\"user\":11}");
    static const int days[] = {0, 1, 3, 7};
    for (int i = 0; i < 4; i++)
        days_after(days[i]);
    ck_assert_str_eq(state(y), "OVERDUE");
    ck_assert_int_eq(count_of("credit_account where blocked"), 1);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(only_by_an_agreement_for_it)
{
    pn_payment y;
    pn_agreement a;
    trusted();
    pn_order o = ordered(1);
    struct pn_payment_later in = {o.id, {PN_PAY_CMB_NETPAY}, NULL};
    pn *p = as(PN_ROLE_BUYER, ANN);
    fails(PN_ESTATE, pn_payment_later(p, &in, &y)); /* none */
    pn_end(p);
    int64_t id = signed_by_ann(false);
    p = as(PN_ROLE_BUYER, ANN);
    fails(PN_ESTATE, pn_payment_later(p, &in, &y)); /* not for this */
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "pn agreement sign CMB_NETPAY --later"));
    ok(pn_agreement_cancel(p, &(struct pn_agreement_cancel){id, NULL}, &a));
    pn_end(p);
    shop_clock(MINUTE);
    tick("agreement_look");
    id = signed_by_ann(true);
    (void)promised(o.id);
    p = as(PN_ROLE_BUYER, ANN);
    struct pn_agreement_cancel over = {id, NULL};
    fails(PN_ESTATE, pn_agreement_cancel(p, &over, &a)); /* it is needed */
    pn_end(p);
    days_after(0);
    p = as(PN_ROLE_BUYER, ANN);
    ok(pn_agreement_cancel(p, &over, &a));
    pn_end(p);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("agreed");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, S16_deducted_by_agreement_on_the_second_day);
    tcase_add_test(t, an_answer_that_is_lost_takes_it_once);
    tcase_add_test(t, an_agreement_that_ended_at_the_bank_deducts_nothing);
    tcase_add_test(t, only_by_an_agreement_for_it);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
