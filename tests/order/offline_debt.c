/* SPDX-License-Identifier: Apache-2.0 */
/* offline_debt.c — money that was collected and never handed in: owed, aged, paid, written off,
 * and settled with those who sold the tickets. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

#include "order/offline.h"
#include "order/offline_debt.h"
#include "report/check.h"

#define PAY(...) pn_offline_debt_pay(p, &(struct pn_offline_debt_pay){__VA_ARGS__}, &d)
#define GIVE_UP()                                                                                  \
    pn_offline_debt_write_off(p, &(struct pn_offline_debt_write_off){order, "left"}, &d)

/* One ticket of 580 yuan is with its buyer, and nobody handed the money in. */
static int64_t owed(void)
{
    pn *p = clerk();
    pn_order o;
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1,
        .phone = "13800000001", .method = {PN_PAY_CASH}}, &o));
    ok(pn_order_collect(p, &(struct pn_order_collect){o.id, {PN_PAY_CASH}, o.payable_fen, NULL,
                                                      "till 1"}, &o));
    relay();
    test_sql("update ticket set print_no = 1");
    shop_clock(DAY + MINUTE);
    job("offline_overdue");
    ck_assert_str_eq(order_state(o.id), "CLOSED");
    return o.id;
}

static int64_t sum(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(debit_fen - credit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

START_TEST(a_debt_is_in_the_books_and_paid_in_parts)
{
    make_shop();
    int64_t order = owed();
    relay();
    ck_assert_int_eq(sum("OFFLINE_RECEIVABLE"), YUAN(580));
    ck_assert_int_eq(sum("ESCROW"), -YUAN(580));
    pn_offline_debt d;
    pn *p = as(PN_ROLE_FINANCE, CLERK);
    fails(PN_EDUAL, PAY(order, {YUAN(580)}, "ICBC-1")); /* who owes it does not settle it */
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EBALANCE, PAY(order, {YUAN(581)}, "ICBC-1"));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    ok(PAY(order, {YUAN(200)}, "ICBC-1"));
    ck_assert_int_eq(d.left_fen.fen, YUAN(380));
    ck_assert_int_eq(d.state.v, PN_OFFLINE_DEBT_OPEN);
    fails(PN_EEXISTS, PAY(order, {YUAN(380)}, "ICBC-1")); /* one line, one payment */
    ok(PAY(order, {YUAN(380)}, "ICBC-2"));
    ck_assert_int_eq(d.left_fen.fen, 0);
    ck_assert_int_eq(d.state.v, PN_OFFLINE_DEBT_PAID);
    fails(PN_ESTATE, PAY(order, {1}, "ICBC-3"));
    pn_offline_debt_detail all;
    ok(pn_offline_debt_show(p, &(struct pn_offline_debt_show){order}, &all));
    ck_assert_uint_eq(all.parts.n, 2);
    ck_assert_str_eq(((const pn_offline_debt_part *)all.parts.row)[1].reference, "ICBC-2");
    relay();
    ck_assert_int_eq(sum("OFFLINE_RECEIVABLE"), 0);
    ck_assert_int_eq(sum("BANK"), YUAN(580));
    books_proven();
    books_watched();
}
END_TEST

START_TEST(the_list_is_aged)
{
    static const struct { int days; const char *age; } ages[] = {
        {0, "D30"}, {30, "D30"}, {31, "D60"}, {61, "D90"}, {91, "OLDER"}};
    make_shop();
    owed();
    int64_t since = shop_now;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        pn_page page;
        shop_now = since + ages[i].days * DAY;
        pn *p = as(PN_ROLE_FINANCE, FIN);
        ok(pn_offline_debt_list(p, &(pn_list){.where = "state=OPEN"}, &page));
        ck_assert_uint_eq(page.rows.n, 1);
        const pn_offline_debt *d = page.rows.row;
        ck_assert_int_eq(d->days, ages[i].days);
        ck_assert_str_eq(pn_word_name(pn_debt_ages, d->age), ages[i].age);
        ck_assert_int_eq(d->staff_id, CLERK);
        ok(pn_offline_debt_list(p, &(pn_list){.where = "state=OPEN", .count = "age"}, &page));
        const pn_count *c = page.rows.row;
        ck_assert_uint_eq(page.rows.n, 1);
        ck_assert_str_eq(c->value, ages[i].age);
        ck_assert_int_eq(c->money.fen, YUAN(580));
        pn_end(p);
    }
    shop_now = since;
}
END_TEST

START_TEST(I45_two_people_write_off_what_is_left)
{
    make_shop();
    int64_t order = owed();
    pn_offline_debt d;
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(PAY(order, {YUAN(80)}, "ICBC-1"));
    ok(GIVE_UP());
    ck_assert_int_eq(d.state.v, PN_OFFLINE_DEBT_OPEN);
    fails(PN_EDUAL, GIVE_UP());
    relay();
    ck_assert_int_eq(sum("BAD_DEBT"), 0);
    p = as(PN_ROLE_FINANCE, FIN + 1);
    ok(GIVE_UP());
    ck_assert_int_eq(d.state.v, PN_OFFLINE_DEBT_WRITTEN_OFF);
    ck_assert_int_eq(d.off_fen.fen, YUAN(500));
    relay();
    ck_assert_int_eq(sum("BAD_DEBT"), YUAN(500));
    ck_assert_int_eq(sum("OFFLINE_RECEIVABLE"), 0);
    books_proven();
    books_watched();
    test_sql("update offline_debt set off_fen = off_fen - 1, paid_fen = paid_fen + 1");
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){"offline_debts"}, &r));
    ck_assert_int_eq(r.drift, 1);
    test_sql("update offline_debt set off_fen = off_fen + 1, paid_fen = paid_fen - 1");
}
END_TEST

START_TEST(the_seller_is_settled_with_all_the_same)
{
    market();
    lot_of(.qty = 5);
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) select merchant_id, 'xl', 'PRO', 'XL', 'ACTIVE', 'A', 500, now(), now()"
             " from listing");
    owed();
    relay();
    job("offline_debts");
    relay();
    ck_assert_int_eq(count_of("settle_line"), 0); /* the session is to come */
    test_sql("update session set status = 'ENDED', start_at = now() - interval '3 days',"
             " doors_at = now() - interval '3 days', stop_sale_at = now() - interval '3 days',"
             " sale_at = now() - interval '9 days', end_at = now() - interval '2 days'");
    for (int twice = 0; twice < 2; twice++) {
        shop_clock(2 * HOUR);
        job("offline_debts");
    }
    relay();
    ck_assert_int_eq(count_of("settle_line where state = 'WAITING'"), 1);
    ck_assert_int_eq(test_sql_int("select settle_fen + commission_fen + markup_fen"
                                  " from settle_line"),
                     test_sql_int("select amount_fen from offline_debt"));
    books_balance();
    pn *p = ops();
    static const char *const proofs[] = {"offline_debts", "settlements", "ledger_accounts"};
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
        pn_check_report r;
        ok(pn_check_run(p, &(struct pn_check_run){proofs[i]}, &r));
        ck_assert_int_eq(r.drift, 0);
    }
}
END_TEST

START_TEST(what_is_not_in_the_books_yet_is_entered)
{
    make_shop();
    owed();
    test_sql("delete from outbox; update offline_debt set booked = false");
    job("offline_debts");
    relay();
    ck_assert_int_eq(sum("OFFLINE_RECEIVABLE"), YUAN(580));
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("offline_debt");
    TCase *c = tcase_create("offline_debt");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, a_debt_is_in_the_books_and_paid_in_parts);
    tcase_add_test(c, the_list_is_aged);
    tcase_add_test(c, I45_two_people_write_off_what_is_left);
    tcase_add_test(c, the_seller_is_settled_with_all_the_same);
    tcase_add_test(c, what_is_not_in_the_books_yet_is_entered);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
