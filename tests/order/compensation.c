/* SPDX-License-Identifier: Apache-2.0 */
/* compensation.c — what buyers get for tickets that were none: the amounts, who bears them, two
 * people, and how it is paid. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "merchant/penalty.h"
#include "order/compensation.h"
#include "order/shift.h"
#include "report/check.h"

enum { XL = 4099 };
static const char *const phones[] = {"13800000001", "13800000002"};

#define PROPOSE(...)                                                                               \
    pn_compensation_propose(p, &(struct pn_compensation_propose){.reason = "测试", __VA_ARGS__}, &c)
#define PAY(...) pn_compensation_pay(p, &(struct pn_compensation_pay){__VA_ARGS__}, &c)

static void merchant(void)
{
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'xl', 'PRO', 'XL', 'ACTIVE', 'A', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id, score) values (3, 4099, 100)");
}

/* The tickets are the merchant's, and it could not be later: all of their settlement. */
static pn_penalty fine(int64_t order, int64_t base_fen)
{
    char sql[400];
    pn *p = ops();
    pn_penalty x;
    snprintf(sql, sizeof sql, "update stock set merchant_id = 4099;"
             " update order_item set settle_fen = (%" PRId64 " + qty - 1) / qty", base_fen);
    test_sql(sql);
    ok(pn_penalty_impose(p, &(struct pn_penalty_impose){.merchant = XL, .order = order,
        .kind = {PN_PENALTY_FAKE}, .base_fen = {base_fen}, .reason = "x"}, &x));
    return x;
}

static int64_t sum(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(credit_fen - debit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* S09: fined 1,200, owed 1,280: what the fine does not cover is ours. */
START_TEST(S09_the_penalty_pays_first_the_rest_is_ours)
{
    make_shop(.face_fen = YUAN(320));
    merchant();
    pn_order a = paid_n(4, phones[0]);
    fine(a.id, YUAN(1200));
    pn *p = ops();
    pn_compensation c;
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 3, .merchant = XL));
    ck_assert_int_eq(c.amount_fen.fen, YUAN(1280));
    ck_assert_int_eq(c.penalty_fen.fen, YUAN(1200));
    ck_assert_int_eq(c.platform_fen.fen, YUAN(80));
    ck_assert_int_eq(c.state.v, PN_COMPENSATION_IS_APPROVED);
    relay();
    ck_assert_int_eq(sum("PENALTY_INCOME"), 0);
    ck_assert_int_eq(sum("COMPENSATION_EXPENSE"), -YUAN(80));
    ck_assert_int_eq(sum("REFUND_PAYABLE"), YUAN(1280));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(PAY(.id = c.id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "ICBC-77"));
    ck_assert_int_eq(c.state.v, PN_COMPENSATION_IS_PAID);
    ck_assert_str_eq(c.reference, "ICBC-77");
    relay();
    ck_assert_int_eq(sum("REFUND_PAYABLE"), 0);
    ck_assert_int_eq(sum("BANK"), YUAN(1280));
    fails(PN_ESTATE, PAY(.id = c.id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "ICBC-78"));
    books_proven();
    books_watched();
}
END_TEST

static const struct { int kind, hours; int64_t face, fen; int form; } table[] = {
    {PN_COMPENSATION_NO_TICKET, 168, 580, 5800, PN_COMPENSATION_IN_COUPON},
    {PN_COMPENSATION_NO_TICKET, 167, 580, 17400, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_NO_TICKET, 24, 2000, 50000, PN_COMPENSATION_IN_MONEY}, /* capped */
    {PN_COMPENSATION_NO_TICKET, 23, 580, 58000, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_NO_TICKET, -1, 1280, 100000, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_NO_TICKET, 0, 580, 5800, PN_COMPENSATION_IN_COUPON}, /* now: 60 days */
    {PN_COMPENSATION_FAKE, 1, 580, 174000, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_FAKE, 1, 680, 200000, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_WRONG_TIER, 200, 580, 29000, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_WRONG_TIER, 1, 680, 30000, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_EXTRA_CHARGE, 1, 100, 5000, PN_COMPENSATION_IN_MONEY}, /* at least */
    {PN_COMPENSATION_EXTRA_CHARGE, 1, 580, 11600, PN_COMPENSATION_IN_MONEY},
    {PN_COMPENSATION_EXTRA_CHARGE, 1, 1280, 20000, PN_COMPENSATION_IN_MONEY},
};
START_TEST(the_amount_follows_from_the_rules)
{
    make_shop(.face_fen = YUAN(table[_i].face));
    pn_order a = paid_n(1, phones[0]);
    pn *p = ops();
    pn_compensation c;
    ok(PROPOSE(.order = a.id, .kind = {(int16_t)table[_i].kind}, .hours = table[_i].hours));
    ck_assert_int_eq(c.amount_fen.fen, table[_i].fen);
    ck_assert_int_eq(c.form.v, table[_i].form);
    ck_assert_int_eq(c.penalty_fen.fen, 0);
    relay();
    bool coupon = table[_i].form == PN_COMPENSATION_IN_COUPON;
    ck_assert_int_eq(-sum("COMPENSATION_EXPENSE"), coupon ? 0 : table[_i].fen);
    ck_assert_int_eq(sum("COUPON_LIABILITY"), coupon ? table[_i].fen : 0);
    books_proven();
    books_watched();
}
END_TEST

START_TEST(a_penalty_pays_once)
{
    make_shop(.face_fen = YUAN(300));
    merchant();
    pn_order a = paid_n(3, phones[0]);
    const char *one = "1", *two = "2", *three = "3";
    pn *p = ops();
    pn_compensation c;
    fails(PN_EBALANCE, PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 3,
                               .merchant = XL, .seats = {&one, 1}));
    ck_assert_str_eq(pn_error(p)->field, "merchant");
    fine(a.id, YUAN(400));
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 3, .merchant = XL,
               .seats = {&one, 1}));
    ck_assert_int_eq(c.penalty_fen.fen, YUAN(300));
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 3, .merchant = XL,
               .seats = {&two, 1}));
    ck_assert_int_eq(c.penalty_fen.fen, YUAN(100));
    fails(PN_EBALANCE, PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 3,
                               .merchant = XL, .seats = {&three, 1}));
    relay();
    books_proven();
    test_sql("update compensation set penalty_fen = penalty_fen + 1 where seats = '{2}'");
    pn_check_report r;
    p = ops();
    ok(pn_check_run(p, &(struct pn_check_run){"compensations"}, &r));
    ck_assert_int_gt(r.drift, 0);
    test_sql("update compensation set penalty_fen = penalty_fen - 1 where seats = '{2}'");
}
END_TEST

START_TEST(a_ticket_is_compensated_once)
{
    make_shop();
    pn_order a = paid_n(2, phones[0]);
    pn_order b = order_n(1, phones[1]);
    const char *one = "1", *nine = "9";
    pn *p = ops();
    pn_compensation c;
    fails(PN_EARG, PROPOSE(.order = b.id, .kind = {PN_COMPENSATION_FAKE}));
    fails(PN_EARG, PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_FAKE}, .seats = {&nine, 1}));
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_WRONG_TIER}, .seats = {&one, 1}));
    ck_assert_str_eq(c.seats, "1");
    ck_assert_int_eq(c.tickets, 1);
    fails(PN_EEXISTS, PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_FAKE}));
    ck_assert_str_eq(pn_error(p)->field, "seats");
}
END_TEST

START_TEST(I45_large_ones_need_a_second_person)
{
    make_shop(.face_fen = YUAN(900));
    pn_order a = paid_n(3, phones[0]);
    pn *p = ops();
    pn_compensation c;
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_FAKE}));
    ck_assert_int_eq(c.amount_fen.fen, YUAN(6000));
    ck_assert_int_eq(c.state.v, PN_COMPENSATION_IS_PROPOSED);
    relay();
    ck_assert_int_eq(sum("REFUND_PAYABLE"), 0);
    int64_t id = c.id;
    fails(PN_EDUAL, pn_compensation_approve(p, &(struct pn_compensation_approve){id, NULL}, &c));
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, PAY(.id = id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "x"));
    p = as(PN_ROLE_OPS, OPS2);
    ok(pn_compensation_approve(p, &(struct pn_compensation_approve){id, NULL}, &c));
    fails(PN_EDUAL, PAY(.id = id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "x"));
    p = ops();
    fails(PN_EDUAL, PAY(.id = id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "x"));
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EARG, PAY(.id = id, .way = {PN_COMPENSATION_BY_BANK}));
    ck_assert_str_eq(pn_error(p)->field, "reference");
    fails(PN_EARG, PAY(.id = id, .way = {PN_COMPENSATION_BY_COUPON}, .reference = "x"));
    ok(PAY(.id = id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "x"));
    relay();
    books_proven();
}
END_TEST

START_TEST(a_rejected_one_leaves_nothing)
{
    make_shop(.face_fen = YUAN(900));
    pn_order a = paid_n(3, phones[0]);
    pn *p = ops();
    pn_compensation c;
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_FAKE}));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_compensation_reject(p, &(struct pn_compensation_reject){c.id, "无证据"}, &c));
    ck_assert_int_eq(c.state.v, PN_COMPENSATION_IS_REJECTED);
    p = ops();
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_EXTRA_CHARGE})); /* free for another */
    relay();
    ck_assert_int_eq(sum("REFUND_PAYABLE"), c.amount_fen.fen);
    books_proven();
}
END_TEST

START_TEST(cash_comes_out_of_the_drawer)
{
    make_shop();
    pn *p = clerk();
    pn_shift s;
    ok(pn_shift_open(p, &(struct pn_shift_open){.till = "A", .float_fen = {YUAN(500)}}, &s));
    pn_order a = paid_n(1, phones[0]);
    pn_compensation c;
    p = ops();
    ok(PROPOSE(.order = a.id, .kind = {PN_COMPENSATION_EXTRA_CHARGE}));
    ck_assert_int_eq(c.amount_fen.fen, YUAN(116));
    p = clerk();
    fails(PN_EPERM, PAY(.id = c.id, .way = {PN_COMPENSATION_BY_BANK}, .reference = "x"));
    ok(PAY(.id = c.id, .way = {PN_COMPENSATION_BY_CASH}));
    ck_assert_int_eq(test_sql_int("select amount_fen from shift_cash where kind = 'REFUND'"),
                     -YUAN(116));
    relay();
    ck_assert_int_eq(-sum("DRAWER"), YUAN(580 - 116 + 500));
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("compensation");
    TCase *c = tcase_create("compensation");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S09_the_penalty_pays_first_the_rest_is_ours);
    tcase_add_loop_test(c, the_amount_follows_from_the_rules, 0,
                        (int)(sizeof table / sizeof *table));
    tcase_add_test(c, a_penalty_pays_once);
    tcase_add_test(c, a_ticket_is_compensated_once);
    tcase_add_test(c, I45_large_ones_need_a_second_person);
    tcase_add_test(c, a_rejected_one_leaves_nothing);
    tcase_add_test(c, cash_comes_out_of_the_drawer);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
