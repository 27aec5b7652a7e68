/* SPDX-License-Identifier: Apache-2.0 */
/* slip.c — slips of the bank's terminal: in clearing until a line of the bank is claimed for them,
 * many by one, and what does not come out even is a case. */
#include "order/slip.h"

#include <stdio.h>
#include <string.h>

#include "base/when_int.h"
#include "order/recon_diff.h"
#include "proof.h"
#include "shop.h"

#define CLEAR(...) pn_slip_clear(p, &(struct pn_slip_clear){__VA_ARGS__}, &b)

static void setup(void)
{
    test_db_setup();
    make_shop();
}

/* One ticket of 580 yuan, paid at the terminal. */
static void taken(const char *slip, const char *phone)
{
    pn_order o = order_n(1, phone);
    pn *p = clerk();
    pn_payment y;
    ok(pn_payment_slip(p, &(struct pn_payment_slip){o.id, slip, "till 1"}, &y));
    pn_end(p);
}

static void two(void)
{
    taken("000123", "13800000001");
    taken("000124", "13800000002");
    relay();
}

static int64_t clearing(void)
{
    return test_sql_int("select coalesce(sum(debit_fen - credit_fen), 0)::bigint from"
                        " ledger_account where kind = 'CLEARING' and part = 'SLIP'");
}

static pn *finance(void)
{
    return as(PN_ROLE_FINANCE, FIN);
}

static const char *both[] = {"000123", "000124"};

START_TEST(many_slips_are_one_line_of_the_bank)
{
    pn_bill b;
    two();
    ck_assert_int_eq(clearing(), YUAN(1160));
    pn *p = finance();
    ok(CLEAR("ICBC-1", {YUAN(1153)}, {YUAN(7)}, {both, 2}, {0}));
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.type.v, PN_BILL_SLIP);
    ck_assert_int_eq(b.lines_n, 2);
    ck_assert_int_eq(b.our_pay_fen.fen, YUAN(1160));
    pn_end(p);
    relay();
    ck_assert_int_eq(clearing(), 0);
    ck_assert_int_eq(books_sum("BANK"), YUAN(1153));
    ck_assert_int_eq(books_sum("PROVIDER_FEE"), YUAN(7));
    ck_assert_int_eq(count_of("recon_diff"), 0);
    p = finance(); /* once */
    fails(PN_ESTATE, CLEAR("ICBC-2", {YUAN(580)}, {0}, {both, 1}, {0}));
    ck_assert_str_eq(pn_error(p)->field, "slips");
    fails(PN_ESTATE, pn_bill_drop(p, &(struct pn_bill_drop){b.id, "x"}, &b));
    pn_end(p);
    books_proven();
    books_watched();
}
END_TEST

START_TEST(a_line_stands_for_one_thing)
{
    pn_bill b;
    two();
    pn *p = finance();
    ok(CLEAR("ICBC-1", {YUAN(580)}, {0}, {both, 1}, {0}));
    fails(PN_EEXISTS, CLEAR("ICBC-1", {YUAN(580)}, {0}, {both + 1, 1}, {0}));
    ck_assert_str_eq(pn_error(p)->field, "reference");
    pn_end(p);
    ck_assert_int_eq(count_of("payment_slip where bill_id is null"), 1);
    books_proven();
}
END_TEST

/* Less than they come to, and more: one person says what it is, another books it. */
START_TEST(what_is_not_even_is_a_case)
{
    static const struct { int64_t bank; const char *rule; } odd[] = {
        {YUAN(1100), "RECON_LOSS"}, {YUAN(1200), "RECON"}};
    pn_bill b;
    pn_recon_diff d;
    two();
    pn *p = finance();
    ok(CLEAR("ICBC-1", {odd[_i].bank}, {0}, {both, 2}, {0}));
    ck_assert_int_eq(b.state.v, PN_BILL_DIFFERENT);
    int64_t id = test_sql_int("select id from recon_diff where state = 'OPEN'");
    ok(pn_recon_diff_show(p, &(struct pn_recon_diff_show){id}, &d));
    ck_assert_int_eq(d.diff_fen.fen, odd[_i].bank - YUAN(1160));
    ok(pn_bill_compare(p, &(struct pn_bill_compare){b.id}, &b)); /* nothing changes it */
    ck_assert_int_eq(b.open_n, 1);
    ok(pn_recon_diff_adjust(p, &(struct pn_recon_diff_adjust){id, "asked the bank"}, &d));
    ck_assert_str_eq(d.adjust_rule, odd[_i].rule);
    fails(PN_EDUAL, pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){id, NULL}, &d));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN + 4096);
    ok(pn_recon_diff_approve(p, &(struct pn_recon_diff_approve){id, NULL}, &d));
    ok(pn_bill_show(p, &(struct pn_bill_show){b.id}, &b));
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    pn_end(p);
    relay();
    ck_assert_int_eq(clearing(), 0);
    books_proven();
    books_watched();
}
END_TEST

/* All of a day that wait, and nobody else's. */
START_TEST(a_day_is_cleared_at_once)
{
    pn_bill b;
    shop_hour(2);
    two();
    pn_date day = {(int32_t)pni_local_day((pn_time){shop_now})};
    shop_clock(DAY);
    taken("000125", "13800000003");
    pn *p = finance();
    ok(CLEAR("ICBC-1", {YUAN(1160)}, {0}, {NULL, 0}, day));
    ck_assert_int_eq(b.lines_n, 2);
    ck_assert_int_eq(b.day.days, day.days);
    fails(PN_ENONE, CLEAR("ICBC-2", {YUAN(1)}, {0}, {NULL, 0}, day));
    pn_end(p);
    ck_assert_str_eq(test_sql_text("select slip from payment_slip where bill_id is null"),
                     "000125");
    books_proven();
}
END_TEST

START_TEST(slips_that_wait_are_listed_by_age)
{
    pn_page page;
    pn_bill b;
    two();
    shop_clock(8 * DAY);
    taken("000125", "13800000003");
    pn *p = finance();
    ok(pn_slip_list(p, &(pn_list){.where = "state=WAITS age=LATE"}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    ck_assert_int_eq(((const pn_slip *)page.rows.row)->days, 8);
    ok(CLEAR("ICBC-1", {YUAN(580)}, {0}, {both, 1}, {0}));
    ok(pn_slip_list(p, &(pn_list){.where = "state=WAITS"}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    ok(pn_slip_list(p, &(pn_list){.where = "state=CLEARED"}, &page));
    ck_assert_str_eq(((const pn_slip *)page.rows.row)->slip, "000123");
    ck_assert_int_eq(((const pn_slip *)page.rows.row)->bill_id, b.id);
    pn_end(p);
}
END_TEST

START_TEST(what_is_no_slip_clears_nothing)
{
    static const char *none[] = {"999"}, *twice[] = {"000123", "000123"};
    pn_bill b;
    two();
    pn *p = finance();
    pn_date today = {(int32_t)pni_local_day((pn_time){shop_now})};
    fails(PN_EARG, CLEAR("ICBC-1", {YUAN(1)}, {0}, {NULL, 0}, {0}));
    fails(PN_EARG, CLEAR("ICBC-1", {YUAN(1)}, {0}, {both, 2}, today));
    fails(PN_ENONE, CLEAR("ICBC-1", {YUAN(1)}, {0}, {none, 1}, {0}));
    fails(PN_EARG, CLEAR("ICBC-1", {YUAN(1)}, {0}, {twice, 2}, {0}));
    fails(PN_EARG, CLEAR("ICBC-1", {0}, {0}, {both, 2}, {0}));
    pn_end(p);
    p = clerk();
    fails(PN_EPERM, CLEAR("ICBC-1", {YUAN(1160)}, {0}, {both, 2}, {0}));
    pn_end(p);
    ck_assert_int_eq(count_of("payment_slip where bill_id is not null"), 0);
    ck_assert_int_eq(count_of("bill"), 0);
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("slip");
    tcase_add_checked_fixture(t, setup, test_db_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, many_slips_are_one_line_of_the_bank);
    tcase_add_test(t, a_line_stands_for_one_thing);
    tcase_add_loop_test(t, what_is_not_even_is_a_case, 0, 2);
    tcase_add_test(t, a_day_is_cleared_at_once);
    tcase_add_test(t, slips_that_wait_are_listed_by_age);
    tcase_add_test(t, what_is_no_slip_clears_nothing);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
