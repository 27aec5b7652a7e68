/* SPDX-License-Identifier: Apache-2.0 */
/* deducted.c — what was attended first and paid later, in the bills of whoever deducted it. */
#include "attend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when_int.h"
#include "link/engine_int.h"
#include "order/bill.h"

/* ten in the morning of the day after; a job of the day before has fetched nothing yet */
static void next_morning(void)
{
    shop_now = (shop_now + 8 * HOUR) / DAY * DAY + DAY + 2 * HOUR;
}

static pn_payment agreed(int via, const pn_order *o)
{
    return via == PN_PAY_WECHAT ? trusted(o, ANN) : promised(o, ANN);
}

static void collected(int via, int64_t payment)
{
    after_the_show(0);
    if (via == PN_PAY_WECHAT)
        hear("wechat", score("collect", payment, ""));
    ck_assert_str_eq(state(payment), "SUCCESS");
    relay();
}

static pn_bill fetched(int via)
{
    pn_bill b;
    char path[400];
    snprintf(path, sizeof path, "select id from bill where state <> 'DROPPED' and method = '%s'",
             pn_word_name(pn_pay_methods, (pn_word){(int16_t)via}));
    next_morning();
    tick("recon_fetch");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_bill_show(p, &(struct pn_bill_show){test_sql_int(path)}, &b));
    return b;
}

static const int via[] = {PN_PAY_ALIPAY, PN_PAY_WECHAT};

START_TEST(a_deduction_and_its_refund_match)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = agreed(via[_i], &o);
    collected(via[_i], y.id);
    fake("wechat", "switch", "{\"refund_now\":1}");
    (void)back(&o, "1");
    relay();
    pn_bill b = fetched(via[_i]);
    ck_assert_int_eq(b.lines_n, 2);
    ck_assert_int_eq(b.matched_n, 2);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.our_pay_n, 1);
    ck_assert_int_eq(b.our_pay_fen.fen, YUAN(1360));
    ck_assert_int_eq(b.book_pay_fen.fen, YUAN(1360));
    ck_assert_int_eq(b.our_refund_fen.fen, YUAN(680));
    ck_assert_int_eq(b.book_refund_fen.fen, YUAN(680));
    /* not once more as a bill of what is paid later */
    ck_assert_int_eq(count_of("bill where type = 'TRADE'"), 1);
    ck_assert_int_eq(test_sql_int("select target_id from bill_line where kind = 'PAY'"), y.id);
    test_db_teardown();
}
END_TEST

/* Given back before it was deducted: there was less to deduct, and the provider knows no refund. */
START_TEST(what_was_less_to_deduct_is_no_refund_there)
{
    open_shop();
    pn_order o = order_of(ANN, 2);
    pn_payment y = agreed(via[_i], &o);
    (void)back(&o, "1");
    relay();
    collected(via[_i], y.id);
    pn_bill b = fetched(via[_i]);
    ck_assert_int_eq(b.lines_n, 1);
    ck_assert_int_eq(b.matched_n, 1);
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.our_pay_fen.fen, YUAN(680));
    ck_assert_int_eq(b.our_refund_n, 0);
    ck_assert_int_eq(b.book_pay_fen.fen, YUAN(680));
    test_db_teardown();
}
END_TEST

START_TEST(a_deduction_that_differs_is_a_case)
{
    open_shop();
    pn_order o = order_of(ANN, 1);
    pn_payment y = agreed(via[_i], &o);
    collected(via[_i], y.id);
    test_sql("update credit_trade set amount_fen = amount_fen + 100");
    pn_bill b = fetched(via[_i]);
    ck_assert_int_eq(b.state.v, PN_BILL_DIFFERENT);
    ck_assert_int_eq(count_of("recon_diff where kind = 'AMOUNT' and theirs_fen = 68000 and"
                              " ours_fen = 68100"), 1);
    ck_assert_int_eq(test_sql_int("select payment_id from recon_diff where kind = 'AMOUNT'"), y.id);
    ck_assert_int_eq(test_sql_int("select order_id from recon_diff where kind = 'AMOUNT'"), o.id);
    ck_assert_int_eq(count_of("recon_diff where kind = 'BOOKS'"), 1); /* the ledger had it right */
    test_db_teardown();
}
END_TEST

/* The bill of its day lacks it, that of the next has it. */
START_TEST(a_deduction_that_comes_late_closes_its_case)
{
    open_shop();
    pn_order o = order_of(ANN, 1);
    pn_payment y = agreed(via[_i], &o);
    collected(via[_i], y.id);
    test_sql("update credit_trade set trade_no = 'late', sk = 1");
    pn_bill b = fetched(via[_i]);
    ck_assert_int_eq(b.open_n, 2);
    ck_assert_int_eq(count_of("recon_diff where kind = 'MISSING_HERE'"), 1);
    ck_assert_int_eq(test_sql_int("select payment_id from recon_diff where kind = 'MISSING_THERE'"),
                     y.id);
    test_sql("insert into bill_line (sk, ref, kind, bill_id, no, out_no, provider_no, amount_fen,"
             " fee_fen, verdict) values (1, 'late', 'PAY', 1, 9, '', '', 68000, 0, 'NEAR')");
    shop_clock(HOUR);
    tick("recon_compare");
    ck_assert_int_eq(count_of("recon_diff where kind = 'MISSING_THERE' and state = 'APPEARED'"), 1);
    test_db_teardown();
}
END_TEST

/* WeChat collected, and nobody has told us yet. */
START_TEST(a_deduction_that_is_heard_of_later_closes_its_case)
{
    open_shop();
    pn_order o = order_of(ANN, 1), told = order_of(BOB, 1);
    pn_payment y = trusted(&o, ANN), z = trusted(&told, BOB);
    after_the_show(0);
    const pni_doc *notice_of = score("collect", y.id, "");
    hear("wechat", score("collect", z.id, ""));
    relay();
    pn_bill b = fetched(PN_PAY_WECHAT);
    ck_assert_int_eq(b.lines_n, 2);
    ck_assert_int_eq(b.matched_n, 1);
    ck_assert_int_eq(count_of("recon_diff where kind = 'MISSING_HERE' and state = 'OPEN'"), 1);
    hear("wechat", notice_of);
    relay();
    shop_clock(HOUR);
    tick("recon_compare");
    ck_assert_int_eq(count_of("recon_diff where state = 'APPEARED'"), 1);
    ck_assert_int_eq(count_of("bill where state = 'RECONCILED' and type = 'TRADE'"), 1);
    test_db_teardown();
}
END_TEST

/* A database that is older than the table gets what it has deducted. */
START_TEST(what_was_deducted_before_is_found_as_well)
{
    static char text[4000];
    char path[500];
    open_shop();
    pn_order o = order_of(ANN, 1);
    collected(via[_i], agreed(via[_i], &o).id);
    test_sql("create table old_trade as table credit_trade; truncate credit_trade");
    snprintf(path, sizeof path, "%s/schema/0109-order-trade.sql", getenv("PN_DATADIR"));
    FILE *f = fopen(path, "re");
    ck_assert_ptr_nonnull(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    test_sql(strstr(text, "with recursive"));
    ck_assert_int_eq(count_of("credit_trade t join old_trade b using (sk, via, trade_no,"
                              " payment_id, amount_fen, at)"), 1);
    test_db_teardown();
}
END_TEST

START_TEST(what_is_paid_later_has_no_bill_of_its_own)
{
    pn_bill b;
    open_shop();
    pn *p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EARG, pn_bill_fetch(p, &(struct pn_bill_fetch){{PN_PAY_SFPL}, {0}}, &b));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "whoever deducts it"));
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("deducted");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, attend_setup, attend_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, a_deduction_and_its_refund_match, 0, 2);
    tcase_add_loop_test(t, what_was_less_to_deduct_is_no_refund_there, 0, 2);
    tcase_add_loop_test(t, a_deduction_that_differs_is_a_case, 0, 2);
    tcase_add_loop_test(t, a_deduction_that_comes_late_closes_its_case, 0, 2);
    tcase_add_test(t, a_deduction_that_is_heard_of_later_closes_its_case);
    tcase_add_loop_test(t, what_was_deducted_before_is_found_as_well, 0, 2);
    tcase_add_test(t, what_is_paid_later_has_no_bill_of_its_own);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
