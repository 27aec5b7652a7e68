/* SPDX-License-Identifier: Apache-2.0 */
/* recon_diff.c — every kind of difference, and the ways in which each may be closed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bills.h"
#include "ledger/desk.h"

static pn_bill whole(int last, int64_t fen)
{
    bill_begin();
    bill_pays(1, last, fen);
    return bill_load(bill_done());
}

/* T12, T16: the payer paid, the notice never came. The bill finds it; it is booked as the notice
 * would have been, once. */
START_TEST(T12_T16_a_payment_nobody_told_us_of_is_booked)
{
    pn *p;
    pn_recon_diff d;
    pn_order o = order_n(2, "13800000001");
    char sql[700], line[60];
    int64_t id = (INT64_C(100001) << 12) | pn_sk(o.id);
    snprintf(sql, sizeof sql, "insert into payment (sk, id, order_id, leg_no, method, amount_fen,"
             " state, created_at, expires_at, updated_at) select sk, %" PRId64 ", id, 1, 'WECHAT',"
             " payable_fen, 'PENDING', '2026-11-26 12:00:00+08', '2026-11-26 12:15:00+08',"
             " '2026-11-26 12:00:00+08' from orders where id = %" PRId64, id, o.id);
    test_sql(sql);
    snprintf(line, sizeof line, "P%06" PRId64, id);
    bill_begin();
    bill_pays(1, 1, o.payable_fen.fen);
    char *own = strstr(bill_text, ",`P");
    ck_assert_ptr_nonnull(own);
    memcpy(own + 2, line, strlen(line)); /* of the order's own bucket */
    pn_bill b = bill_load(bill_done());
    d = case_of(b.id, "STATE");
    ck_assert_int_eq(d.payment_id, id);
    ck_assert_int_eq(d.order_id, o.id);
    p = finance();
    ok(pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){d.id, "通知丢失"}, &d));
    ck_assert_str_eq(d.adjust_rule, "CAPTURE");
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    p = finance2();
    ok(pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){d.id, "同意"}, &d));
    relay();
    ck_assert_str_eq(order_state(o.id), "ALLOCATED"); /* paid, and seated at once */
    fails(PN_ESTATE, pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){d.id, NULL}, &d));
    books_balance();
    ledger_balances();
}
END_TEST

/* It came after all: noted, not corrected. */
/* As many dollars' cents as fen were paid are no fen. */
START_TEST(a_line_in_another_currency_differs)
{
    paid_by_wechat(1, 2, 58000);
    bill_begin();
    bill_pays(1, 2, 58000);
    char *cny = strstr(strstr(bill_text, "`CNY") + 1, "`CNY");
    ck_assert_ptr_nonnull(cny);
    memcpy(cny, "`USD", 4);
    pn_bill b = bill_load(bill_done());
    ck_assert_int_eq(b.matched_n, 1);
    pn_recon_diff d = case_of(b.id, "AMOUNT");
    ck_assert_int_eq(d.payment_id, payment_of(2));
    ck_assert_int_eq(d.theirs_fen.fen, 0);
}
END_TEST

START_TEST(what_was_missing_may_still_come)
{
    pn_bill b = whole(2, 58000);
    ck_assert_int_eq(b.open_n, 2);
    paid_by_wechat(1, 2, 58000);
    shop_clock(HOUR);
    job("recon_compare");
    b = bill_now(b.id);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.matched_n, 2);
    ck_assert_int_eq(test_sql_int("select count(*) from recon_diff where state = 'APPEARED'"
                                  " and reason <> ''"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from state_log where event = 'appear'"), 2);
}
END_TEST

START_TEST(what_they_do_not_have_is_missing_there)
{
    pn *p = finance();
    paid_by_wechat(1, 3, 58000);
    paid_back(2, 58000);
    pn_bill b = whole(2, 58000);
    ck_assert_int_eq(b.open_n, 2);
    ck_assert_int_eq(test_sql_int("select count(*) from recon_diff where kind = 'MISSING_THERE'"
                                  " and refers = 'PAY' and ours_fen = 58000"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from recon_diff where kind = 'MISSING_THERE'"
                                  " and refers = 'REFUND' and ours_fen = 58000"), 1);
    /* money that we believed to have is a loss; refunds that were not paid are still there */
    pn_page page;
    pn_recon_diff out;
    ok(pn_recon_diff_list(p, &(pn_list){.where = "state=OPEN", .sort = "id"}, &page));
    pn_each(pn_recon_diff, d, &page.rows)
    {
        pn *one = finance();
        ok(pn_recon_diff_adjust(one, &(struct pn_recon_diff_adjust){d->id, "对账"}, &out));
        ck_assert_str_eq(out.adjust_rule, strcmp(d->refers, "PAY") ? "RECON" : "RECON_LOSS");
        one = finance2();
        ok(pn_recon_diff_reject(one, &(struct pn_recon_diff_reject){d->id, "再查"}, &out));
        ck_assert_int_eq(out.state.v, PN_RECON_DIFF_OPEN);
        ck_assert_int_eq(out.proposed_by, 0);
        ok(pn_recon_diff_adjust(one, &(struct pn_recon_diff_adjust){d->id, "查过了"}, &out));
        one = finance();
        ok(pn_recon_diff_approve(one, &(struct pn_recon_diff_approve){d->id, NULL}, &out));
    }
    relay();
    ck_assert_int_eq(bill_now(b.id).state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(test_sql_int("select sum(debit_fen - credit_fen)::bigint from ledger_account"
                                  " where kind = 'BAD_DEBT'"), 58000);
    ck_assert_int_eq(test_sql_int("select sum(credit_fen - debit_fen)::bigint from ledger_account"
                                  " where kind = 'SUSPENSE'"), 58000);
    ledger_balances();
}
END_TEST

/* Around midnight a payment is in the bill of the next day: no case stays open for it. */
START_TEST(a_line_of_the_next_day_closes_the_case)
{
    pn_bill b, next;
    paid_by_wechat(1, 2, 58000);
    b = whole(1, 58000);
    ck_assert_int_eq(b.open_n, 1);
    shop_clock(DAY);
    bill_begin();
    bill_pays(2, 2, 58000);
    for (char *at = bill_text; (at = strstr(at, "`2026-11-26 11:59:58"));)
        memcpy(at, "`2026-11-27 00:00:01", 20);
    pn *p = finance();
    ok(pn_bill_load(p, &(struct pn_bill_load){bill_done(), {PN_PAY_WECHAT}, {BILL_DAY + 1}},
                    &next));
    ck_assert_int_eq(next.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(bill_now(b.id).state.v, PN_BILL_RECONCILED);
    ck_assert_ptr_nonnull(strstr(case_of(b.id, "MISSING_THERE").reason, "of bill"));
}
END_TEST

/* T13, T14: twice in the bill, and paid twice under one of our numbers. */
START_TEST(T13_T14_twice_is_told_apart)
{
    paid_by_wechat(1, 2, 58000);
    bill_begin();
    bill_pays(1, 2, 58000);
    bill_pays(2, 2, 58000);
    bill_pays(1, 1, 58000);
    char *last = NULL;
    for (char *at = bill_text; (at = strstr(at, "`4200001")); at++)
        last = at;
    memcpy(last, "`4200009", 8); /* a second trade for the first payment */
    pn_bill b = bill_load(bill_done());
    ck_assert_int_eq(b.open_n, 2);
    ck_assert_int_eq(test_sql_int("select count(*) from recon_diff where kind = 'DUPLICATE'"), 2);
    ck_assert_int_eq(test_sql_int("select count(distinct payment_id) from recon_diff"
                                  " where kind = 'DUPLICATE'"), 2);
}
END_TEST

START_TEST(fees_are_held_against_the_agreement)
{
    pn *p = finance();
    pn_recon_diff d;
    paid_by_wechat(1, 2, 58000);
    bill_begin();
    bill_pays(1, 2, 58000);
    memcpy(strstr(bill_text, "`3.48000"), "`3.90000", 8);
    pn_bill b = bill_load(bill_done());
    ck_assert_int_eq(b.open_n, 1);
    d = case_of(b.id, "FEE");
    ck_assert_int_eq(d.theirs_fen.fen, 390); /* what they took, and what was agreed */
    ck_assert_int_eq(d.ours_fen.fen, 348);
    fails(PN_ESTATE, pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){d.id, "x"}, &d));
    ok(pn_recon_diff_explain(p, &(struct pn_recon_diff_explain){d.id, "按合同 0.67%"}, &d));
    ck_assert_int_eq(bill_now(b.id).state.v, PN_BILL_RECONCILED);
    ok(pn_recon_diff_reopen(p, &(struct pn_recon_diff_reopen){d.id, "合同是 0.60%"}, &d));
    ck_assert_int_eq(bill_now(b.id).state.v, PN_BILL_DIFFERENT);
    ck_assert_int_eq(d.state.v, PN_RECON_DIFF_OPEN);
}
END_TEST

START_TEST(only_finance_decides)
{
    pn_recon_diff d;
    pn_bill b = whole(1, 58000);
    int64_t id = case_of(b.id, "MISSING_HERE").id;
    pn *p = as(PN_ROLE_OPS, OPS);
    pn_page page;
    ok(pn_recon_diff_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    fails(PN_EPERM, pn_recon_diff_explain(p, &(struct pn_recon_diff_explain){id, "x"}, &d));
    p = as(PN_ROLE_MERCHANT, 5);
    fails(PN_EPERM, pn_recon_diff_list(p, &(pn_list){0}, &page));
}
END_TEST

/* Comparing again changes nothing that people decided. */
START_TEST(decisions_stay)
{
    pn *p = finance();
    pn_recon_diff d;
    pn_bill b = whole(1, 58000), again;
    d = case_of(b.id, "MISSING_HERE");
    ok(pn_recon_diff_explain(p, &(struct pn_recon_diff_explain){d.id, "测试号"}, &d));
    for (int i = 0; i < 3; i++)
        ok(pn_bill_compare(p, &(struct pn_bill_compare){b.id}, &again));
    ck_assert_int_eq(again.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(again.diff_n, 1);
    ck_assert_int_eq(case_of(b.id, "MISSING_HERE").state.v, PN_RECON_DIFF_EXPLAINED);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("recon_diff");
    TCase *t = tcase_create("recon_diff");
    tcase_add_checked_fixture(t, bills_setup, bills_teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, T12_T16_a_payment_nobody_told_us_of_is_booked);
    tcase_add_test(t, a_line_in_another_currency_differs);
    tcase_add_test(t, what_was_missing_may_still_come);
    tcase_add_test(t, what_they_do_not_have_is_missing_there);
    tcase_add_test(t, a_line_of_the_next_day_closes_the_case);
    tcase_add_test(t, T13_T14_twice_is_told_apart);
    tcase_add_test(t, fees_are_held_against_the_agreement);
    tcase_add_test(t, only_finance_decides);
    tcase_add_test(t, decisions_stay);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
