/* SPDX-License-Identifier: Apache-2.0 */
/* till.c — the customer's screen: what was told at one till, there and nowhere else, as long as it
 * is true, and to whoever may see it. */
#include <stdio.h>
#include <string.h>

#include "order/payment_int.h"
#include "order/shift.h"
#include "order/till.h"
#include "shop.h"

enum { CLERK2 = 22, SCREEN = 51 };

static void setup(void)
{
    test_db_setup();
    make_shop();
    make_tier(10, YUAN(280));
}

static int told_as(int64_t who, const char *till, int a, int b, int64_t order)
{
    pn_till_want want[] = {{TIER, a}, {TIER2, b}};
    struct pn_till_tell in = {.till = till, .session = SESSION, .items = {want, b ? 2 : 1},
                              .order = order};
    pn_till out;
    pn *p = as(PN_ROLE_BOXOFFICE, who);
    return pn_till_tell(p, &in, &out);
}

static void tell(const char *till, int a, int b, int64_t order)
{
    ck_assert_int_eq(told_as(CLERK, till, a, b, order), 0);
}

static pn_till_screen seen(const char *till)
{
    pn *p = clerk();
    pn_till_screen s = {0};
    ok(pn_till_show(p, &(struct pn_till_show){till}, &s));
    return s;
}

START_TEST(the_customer_sees_the_basket_grow)
{
    pn_till out;
    ck_assert_int_eq(seen("03").id, 0); /* nothing yet, and no failure */
    tell("03", 1, 0, 0);
    pn_till_screen s = seen("03");
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_CART);
    ck_assert_str_eq(s.show, "雷雨");
    ck_assert_str_eq(s.venue, "大剧院");
    ck_assert_uint_eq(s.items.n, 1);
    tell("03", 2, 1, 0);
    int64_t id = s.id;
    s = seen("03");
    ck_assert_int_eq(s.id, id);
    const pn_till_item *i = s.items.row;
    ck_assert_uint_eq(s.items.n, 2);
    ck_assert_str_eq(i[0].name, "A");
    ck_assert_int_eq(i[0].qty, 2);
    ck_assert_int_eq(i[0].amount_fen.fen, YUAN(1160)); /* of the catalogue: nobody told prices */
    ck_assert_str_eq(i[1].name, "B");
    ck_assert_int_eq(s.qty, 3);
    ck_assert_int_eq(s.payable_fen.fen, YUAN(1440));
    pn *p = clerk();
    ok(pn_till_tell(p, &(struct pn_till_tell){.till = "03"}, &out));
    s = seen("03");
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_UNSET);
    ck_assert_ptr_null(s.show);
    ck_assert_int_eq(count_of("till"), 1);
}
END_TEST

START_TEST(another_till_shows_its_own)
{
    tell("03", 2, 0, 0);
    tell("04", 1, 0, 0);
    ck_assert_int_eq(seen("03").qty, 2);
    ck_assert_int_eq(seen("04").qty, 1);
    ck_assert_int_eq(seen("05").qty, 0);
    ck_assert_int_eq(seen("3").qty, 0);
    ck_assert_int_ne(seen("03").id, seen("04").id);
}
END_TEST

START_TEST(a_till_is_whose_shift_it_is)
{
    pn_shift shift;
    pn *p = as(PN_ROLE_BOXOFFICE, CLERK2);
    ok(pn_shift_open(p, &(struct pn_shift_open){"03", {YUAN(100)}, 0}, &shift));
    pn_end(p);
    ck_assert_int_eq(told_as(CLERK, "03", 1, 0, 0), PN_EPERM);
    ck_assert_int_eq(told_as(CLERK, "04", 1, 0, 0), 0);
    ck_assert_int_eq(told_as(CLERK2, "03", 1, 0, 0), 0);
    ck_assert_int_eq(seen("03").qty, 1);
}
END_TEST

/* Without shifts whoever sells there has it, until nothing is being sold. */
START_TEST(a_sale_is_told_by_whoever_sells)
{
    pn_till out;
    tell("03", 2, 0, 0);
    ck_assert_int_eq(told_as(CLERK2, "03", 1, 0, 0), PN_EPERM);
    ck_assert_int_eq(seen("03").qty, 2);
    ck_assert_int_eq(told_as(CLERK, "03", 3, 0, 0), 0);
    pn *p = as(PN_ROLE_ADMIN, CLERK2);
    ok(pn_till_tell(p, &(struct pn_till_tell){.till = "03"}, &out)); /* the role may */
    pn_end(p);
    ck_assert_int_eq(told_as(CLERK2, "03", 1, 0, 0), 0);
    ck_assert_int_eq(told_as(CLERK, "03", 1, 0, 0), PN_EPERM);
    shop_clock(3 * MINUTE); /* a sale that was left is nobody's */
    ck_assert_int_eq(told_as(CLERK, "03", 1, 0, 0), 0);
}
END_TEST

/* Somebody's shift is opened at a till where another had begun to sell. */
START_TEST(a_shift_takes_the_till)
{
    pn_shift shift;
    tell("03", 2, 0, 0);
    pn *p = as(PN_ROLE_BOXOFFICE, CLERK2);
    ok(pn_shift_open(p, &(struct pn_shift_open){"03", {YUAN(100)}, 0}, &shift));
    pn_end(p);
    ck_assert_int_eq(told_as(CLERK2, "03", 1, 0, 0), 0);
    ck_assert_int_eq(told_as(CLERK, "03", 2, 0, 0), PN_EPERM);
}
END_TEST

static const pn_actor screen_actor = {.kind = 'B', .id = SCREEN, .login = "window-03",
                                      .grants = "till.show"};

/* The account of a screen, bound to that till. */
static void bound(const char *till)
{
    pn_till_bound out;
    test_sql("insert into staff (id, login, name, password, created_at, updated_at)"
             " values (51, 'window-03', 'W', '', now(), now()) on conflict do nothing;"
             "insert into staff_login (sk, staff_id) values (51, 51) on conflict do nothing");
    pn *p = ops();
    ok(pn_till_bind(p, &(struct pn_till_bind){till, SCREEN}, &out));
    fails(PN_ENONE, pn_till_bind(p, &(struct pn_till_bind){till, 999}, &out));
}

START_TEST(a_screen_sees_the_till_it_is_bound_to)
{
    pn_till_screen s = {0};
    tell("03", 2, 0, 0);
    tell("04", 1, 0, 0);
    pn *p = test_begin_as(&screen_actor);
    pn_set_now(p, (pn_time){shop_now});
    fails(PN_EPERM, pn_till_show(p, &(struct pn_till_show){"03"}, &s)); /* bound to none */
    bound("03");
    ok(pn_till_show(p, &(struct pn_till_show){"03"}, &s));
    ck_assert_int_eq(s.qty, 2);
    fails(PN_EPERM, pn_till_show(p, &(struct pn_till_show){"04"}, &s));
    bound("04");
    fails(PN_EPERM, pn_till_show(p, &(struct pn_till_show){"03"}, &s));
    ok(pn_till_show(p, &(struct pn_till_show){"04"}, &s));
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'till.bind'"
                                  " and code = 0"), 2);
}
END_TEST

START_TEST(what_was_left_is_not_shown_for_ever)
{
    tell("03", 2, 0, 0);
    shop_clock(2 * MINUTE);
    ck_assert_int_eq(seen("03").qty, 2);
    shop_clock(MINUTE); /* as long as the box office holds an order */
    ck_assert_int_eq(seen("03").qty, 0);
    ck_assert_int_ne(seen("03").id, 0);
}
END_TEST

START_TEST(the_order_says_what_is_to_be_paid_and_how)
{
    pn_payment y;
    pn_order o = order_n(2, "13800000001");
    tell("03", 2, 0, o.id);
    pn_till_screen s = seen("03");
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_CART);
    ck_assert_str_eq(s.no, o.no);
    pn *p = clerk();
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    char sql[300];
    snprintf(sql, sizeof sql, "insert into payment_front (sk, payment_id, scene, qr, updated_at)"
             " values (%d, %lld, 'QR', 'weixin://wxpay/bizpayurl?pr=x', now())", pn_sk(y.id),
             (long long)y.id);
    test_sql(sql);
    s = seen("03");
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_PAYING);
    ck_assert_int_eq(s.payable_fen.fen, YUAN(1160));
    ck_assert_str_eq(s.qr, "weixin://wxpay/bizpayurl?pr=x");
    ck_assert_ptr_null(seen("04").qr);
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", y.id, "TR1", {YUAN(1160)}, NULL};
    pn_payment_result result;
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &result));
    s = seen("03");
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_PAID);
    ck_assert_ptr_null(s.qr);
    ck_assert_int_eq(s.payable_fen.fen, YUAN(1160));
}
END_TEST

START_TEST(an_order_that_is_over_is_not_shown)
{
    pn_order o = order_n(1, "13800000001"), out;
    tell("03", 1, 0, o.id);
    pn *p = ops();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &out));
    ck_assert_int_eq(seen("03").screen.v, PN_DISPLAY_UNSET);
    ck_assert_ptr_null(seen("03").no);
}
END_TEST

START_TEST(a_screen_of_its_own_may_look_and_nothing_else)
{
    bound("03");
    pn *p = test_begin_as(&screen_actor);
    pn_till_screen s;
    pn_payment_screen pay;
    pn_till out;
    pn_order o = order_n(1, "13800000001");
    tell("03", 1, 0, o.id);
    pn_set_now(p, (pn_time){shop_now});
    ok(pn_till_show(p, &(struct pn_till_show){"03"}, &s));
    ck_assert_str_eq(s.no, o.no);
    fails(PN_EAUTH, pn_payment_display(p, &(struct pn_payment_display){o.id}, &pay));
    fails(PN_EAUTH, pn_till_tell(p, &(struct pn_till_tell){.till = "03"}, &out));
    pn_end(p);
    p = test_begin(PN_ROLE_GATE);
    fails(PN_EPERM, pn_till_show(p, &(struct pn_till_show){"03"}, &s));
    fails(PN_EPERM, pn_till_tell(p, &(struct pn_till_tell){.till = "03"}, &out));
    pn_end(p);
    p = test_begin(PN_ROLE_PUBLIC);
    fails(PN_EAUTH, pn_till_show(p, &(struct pn_till_show){"03"}, &s));
}
END_TEST

START_TEST(what_was_shown_is_in_the_trail)
{
    tell("03", 2, 0, 0);
    ck_assert_str_eq(test_sql_text("select (input->'items'->0->>'qty') || ref::text from audit_log"
                                   " where op = 'till.tell'"),
                     test_sql_text("select '2' || id from till"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("till");
    tcase_add_checked_fixture(t, setup, test_db_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_customer_sees_the_basket_grow);
    tcase_add_test(t, another_till_shows_its_own);
    tcase_add_test(t, a_till_is_whose_shift_it_is);
    tcase_add_test(t, a_sale_is_told_by_whoever_sells);
    tcase_add_test(t, a_shift_takes_the_till);
    tcase_add_test(t, a_screen_sees_the_till_it_is_bound_to);
    tcase_add_test(t, what_was_left_is_not_shown_for_ever);
    tcase_add_test(t, the_order_says_what_is_to_be_paid_and_how);
    tcase_add_test(t, an_order_that_is_over_is_not_shown);
    tcase_add_test(t, a_screen_of_its_own_may_look_and_nothing_else);
    tcase_add_test(t, what_was_shown_is_in_the_trail);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
