/* SPDX-License-Identifier: Apache-2.0 */
/* coupon.c — the coupon that a compensation is: issued once, used once by whom it belongs to, back
 * with a whole refund, over with its last day; the books have it as long as it is open. */
#include "promo/coupon.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/compensation.h"
#include "order/direct.h"
#include "order/provider_int.h"
#include "points.h"

/* Ann's order of two, and what she is owed for it: a tenth of 1,200 yuan. */
static pn_compensation owed(int64_t who)
{
    pn_compensation c;
    pn_order o = bought(who, 2, 0);
    pay(o.id);
    relay();
    PN_AUTO_UNIT p = ops();
    ok(pn_compensation_propose(p, &(struct pn_compensation_propose){.order = o.id,
        .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 200, .reason = "no ticket"}, &c));
    ck_assert_int_eq(c.form.v, PN_COMPENSATION_IN_COUPON);
    ck_assert_int_eq(c.amount_fen.fen, YUAN(120));
    return c;
}

static int issue(int64_t id, int64_t buyer, pn_compensation *c)
{
    PN_AUTO_UNIT p = as(PN_ROLE_FINANCE, FIN);
    return pn_compensation_pay(p, &(struct pn_compensation_pay){.id = id,
        .way = {PN_COMPENSATION_BY_COUPON}, .buyer = buyer}, c);
}

static int64_t issued(int64_t who)
{
    pn_compensation c = owed(who);
    ck_assert_int_eq(issue(c.id, 0, &c), 0);
    ck_assert_int_eq(c.state.v, PN_COMPENSATION_IS_PAID);
    relay();
    return test_sql_int("select max(id) from coupon");
}

static int order_with(int64_t who, int64_t id, pn_order *out)
{
    PN_AUTO_UNIT p = as(PN_ROLE_BUYER, who);
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .coupon = id,
                                                        .phone = "13800000001"}, out);
}

static const char *state(int64_t id)
{
    PN_AUTO_UNIT p = as(PN_ROLE_OPS, OPS);
    pn_coupon c;
    ok(pn_coupon_show(p, &(struct pn_coupon_show){id}, &c));
    return pn_word_name(pn_coupon_states, c.state);
}

START_TEST(a_compensation_issues_its_coupon_once)
{
    pn_compensation c = owed(ANN);
    pn_page page;
    char number[24];
    relay();
    ck_assert_int_eq(book("COUPON_LIABILITY"), YUAN(120));
    ck_assert_int_eq(count_of("coupon"), 0);
    ck_assert_int_eq(issue(c.id, BOB, &c), PN_EARG); /* another's order */
    ck_assert_int_eq(issue(c.id, ANN, &c), 0);
    ck_assert_int_eq(issue(c.id, 0, &c), PN_ESTATE);
    ck_assert_int_eq(count_of("coupon"), 1);
    snprintf(number, sizeof number, "%" PRId64, test_sql_int("select id from coupon"));
    ck_assert_str_eq(test_sql_text("select reference from compensation"), number);
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_coupon_mine(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    const pn_coupon *mine = page.rows.row;
    ck_assert_int_eq(mine->amount_fen.fen, YUAN(120));
    ck_assert_int_eq(mine->compensation_id, c.id);
    ck_assert_int_eq((mine->valid_until.us - mine->created_at.us) / DAY, 365);
    p = as(PN_ROLE_BUYER, BOB);
    ok(pn_coupon_mine(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    pn_coupon x;
    fails(PN_ENONE, pn_coupon_show(p, &(struct pn_coupon_show){mine->id}, &x));
    pn_end(p);
    relay();
    ck_assert_int_eq(book("COUPON_LIABILITY"), YUAN(120));
    books_proven();
    books_watched();
}
END_TEST

/* Bought at the desk, without an account: somebody says whose it is. */
START_TEST(an_order_without_an_account_names_one)
{
    pn_compensation c;
    pn_order o = paid_n(1, "13800000009");
    pn *p = ops();
    ok(pn_compensation_propose(p, &(struct pn_compensation_propose){.order = o.id,
        .kind = {PN_COMPENSATION_NO_TICKET}, .hours = 200, .reason = "no ticket"}, &c));
    pn_end(p);
    ck_assert_int_eq(issue(c.id, 0, &c), PN_EARG);
    ck_assert_int_eq(issue(c.id, 4242, &c), PN_ENONE);
    ck_assert_int_eq(issue(c.id, BOB, &c), 0);
    ck_assert_int_eq(test_sql_int("select buyer_id from coupon"), BOB);
    relay();
    books_proven();
    books_watched();
}
END_TEST

START_TEST(I26_it_is_used_once_by_whom_it_belongs_to)
{
    pn_order a, b;
    pn_quote q;
    int64_t id = issued(ANN);
    ck_assert_int_eq(order_with(BOB, id, &a), PN_ENONE);
    ck_assert_int_eq(order_with(ANN, id + 4096, &a), PN_ENONE);
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 1, .coupon = id}, &q));
    ck_assert_int_eq(q.payable_fen.fen, YUAN(480));
    pn_end(p);
    ck_assert_int_eq(order_with(ANN, id, &a), 0);
    ck_assert_int_eq(a.payable_fen.fen, YUAN(480));
    ck_assert_str_eq(state(id), "LOCKED");
    ck_assert_int_eq(order_with(ANN, id, &b), PN_ECONFLICT);
    shop_clock(16 * MINUTE);
    job("hold_expire"); /* not paid: free again */
    ck_assert_str_eq(state(id), "ISSUED");
    ck_assert_int_eq(order_with(ANN, id, &a), 0);
    pay(a.id);
    relay();
    ck_assert_str_eq(state(id), "USED");
    ck_assert_int_eq(book("COUPON_LIABILITY"), 0);
    ck_assert_int_eq(book("SUBSIDY_EXPENSE"), -YUAN(120)); /* now it is money */
    ck_assert_int_eq(order_with(ANN, id, &b), PN_ECONFLICT);
    books_proven();
}
END_TEST

/* Back by the buyer's wish with the days it has, by our fault with seven at least. */
static void comes_back(bool fault, bool heard)
{
    pn_order a;
    pn_refund r;
    int64_t id = issued(ANN);
    ck_assert_int_eq(order_with(ANN, id, &a), 0);
    pay(a.id);
    if (heard)
        relay();
    test_sql("update coupon set valid_until = now() - interval '1 hour'");
    if (!fault) {
        give_back(a.id, NULL);
    } else {
        pn *p = ops();
        ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = a.id, .forced = true,
            .reason = {PN_REASON_FAULT}, .note = "our fault"}, &r));
        p = as(PN_ROLE_FINANCE, FIN);
        ok(pn_refund_approve(p, &(struct pn_refund_approve){r.id, NULL}, &r));
        pn_end(p);
    }
    relay();
    ck_assert_str_eq(state(id), fault ? "ISSUED" : "EXPIRED");
    ck_assert_int_eq(book("COUPON_LIABILITY"), YUAN(120));
    ck_assert_int_eq(book("SUBSIDY_EXPENSE"), 0);
    books_proven();
    if (fault)
        ck_assert_int_eq(test_sql_int("select extract(day from valid_until - updated_at)"
                                      " from coupon"), 7);
    else
        ck_assert_int_eq(order_with(ANN, id, &a), PN_EEXPIRED);
    job("coupon_expire");
    relay();
    ck_assert_int_eq(book("COUPON_LIABILITY"), fault ? YUAN(120) : 0);
    shop_clock(8 * DAY);
    job("coupon_expire");
    job("coupon_expire");
    relay();
    ck_assert_str_eq(state(id), "EXPIRED");
    ck_assert_int_eq(book("COUPON_LIABILITY"), 0);
    books_proven();
}
START_TEST(a_whole_refund_gives_it_back)
{
    comes_back(false, true);
}
END_TEST
START_TEST(a_fault_gives_it_back_for_some_days)
{
    comes_back(true, _i);
}
END_TEST

/* Used elsewhere meanwhile: late money finds nothing for so little. */
START_TEST(S10_late_money_without_its_coupon_goes_back)
{
    pn_order a, b;
    pn_payment y;
    int64_t id = issued(ANN);
    ck_assert_int_eq(order_with(ANN, id, &a), 0);
    pn *p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){a.id, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    shop_clock(16 * MINUTE);
    job("hold_expire");
    ck_assert_int_eq(order_with(ANN, id, &b), 0);
    pay(b.id);
    relay();
    p = ops();
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    settle_all();
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    ck_assert_str_eq(state(id), "USED");
    ck_assert_int_eq(book("COUPON_LIABILITY"), 0);
    books_proven();
}
END_TEST

/* ---- where the organiser collects itself ---- */

static int direct(int64_t order, pn_payment *y)
{
    PN_AUTO_UNIT p = ops();
    struct pn_payment_create in = {order, {PN_PAY_MINIAPP_DIRECT}, {PN_SCENE_JS}, "openid"};
    int rc = pn_payment_create(p, &in, y);
    if (rc)
        ck_assert_str_eq(pn_error(p)->message, "Points and coupons do not count where the"
                                               " organiser collects itself");
    return rc;
}

/* Its money is never ours: nothing that we owe the buyer pays it, and it earns him nothing. */
START_TEST(I39_points_and_coupons_do_not_pay_an_organiser)
{
    pn_direct_payee payee;
    pn_payment y;
    pn_payment_result told;
    pn_order o;
    int64_t id = issued(ANN);
    give(ANN, 500);
    test_sql("update show set organiser_id = 4097");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_direct_payee_set(p, &(struct pn_direct_payee_set){4097, "1900000109", "wx1", 200,
                                                            {100}}, &payee));
    pn_end(p);
    ck_assert_int_eq(order_with(ANN, id, &o), 0);
    ck_assert_int_eq(direct(o.id, &y), PN_EARG);
    o = bought(ANN, 1, 500);
    ck_assert_int_eq(direct(o.id, &y), PN_EARG);
    o = bought(ANN, 2, 0);
    ck_assert_int_eq(direct(o.id, &y), 0);
    p = worker();
    ok(pni_payment_told(p, y.id, y.method, "wx-1", (pn_money){YUAN(1200)}, &told));
    ck_assert_str_eq(told.result, "APPLIED");
    p = ops();
    relay();
    ok(pn_order_handover(p, &(struct pn_order_handover){o.id, NULL}, &o));
    pn_end(p);
    test_sql("update orders set status = 'COMPLETED' where status = 'SIGNED';"
             "insert into outbox (sk, id, event, ref, payload, at, due_at)"
             " select sk, 4096 * 9 + sk, 'order.completed', id, '{}', now(), now() from orders"
             " where status = 'COMPLETED'");
    relay();
    ck_assert_int_eq(count_of("point_move where kind = 'EARN'"), 0);
    ck_assert_int_eq(book("POINTS_LIABILITY"), YUAN(5));
    test_sql("update orders set status = 'SIGNED' where status = 'COMPLETED'"); /* its log */
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("coupon");
    tcase_add_checked_fixture(t, points_setup, points_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_compensation_issues_its_coupon_once);
    tcase_add_test(t, an_order_without_an_account_names_one);
    tcase_add_test(t, I26_it_is_used_once_by_whom_it_belongs_to);
    tcase_add_test(t, a_whole_refund_gives_it_back);
    tcase_add_loop_test(t, a_fault_gives_it_back_for_some_days, 0, 2);
    tcase_add_test(t, S10_late_money_without_its_coupon_goes_back);
    tcase_add_test(t, I39_points_and_coupons_do_not_pay_an_organiser);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
