/* SPDX-License-Identifier: Apache-2.0 */
/* discount.c — reductions: how they stack, who bears them, what each seat has of them to the fen.
 * The rules are the test's own. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/sale_int.h"
#include "report/check.h"
#include "shop.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};
static pni_stack rules;

/* Steps 2 to 4 as the test wishes; the list, the fees and the activity stay the sale's. */
static int test_rules(pn *p, const pni_cart *cart, pni_stack *io)
{
    (void)p;
    ck_assert_int_gt(cart->seats, 0);
    ck_assert_ptr_nonnull(cart->offer);
    io->instant = rules.instant;
    io->instants = rules.instants;
    io->coupon = rules.coupon;
    io->delivery_coupon = rules.delivery_coupon;
    io->points = rules.points;
    io->points_of = rules.points ? ANN : 0;
    io->with_instant = rules.with_instant;
    io->with_coupon = rules.with_coupon;
    io->with_points = rules.with_points;
    return 0;
}

static void setup(void)
{
    test_db_setup();
    rules = (pni_stack){0};
    pni_cart_discount_hook = test_rules;
}

static void teardown(void)
{
    pni_cart_discount_hook = NULL;
    test_db_teardown();
}

static pni_stacked stacked(pni_stack in)
{
    pni_stacked out;
    in.points_yuan = 100;
    in.points_max_bp = 1000;
    pni_stack_up(&in, &out);
    ck_assert_int_eq(out.payable_fen, in.list_fen - out.total_fen - out.points_fen +
                                          out.delivery_fen + in.service_fen);
    ck_assert_int_le(out.merch_fen + out.chan_fen, out.total_fen);
    return out;
}

START_TEST(S24_instant_coupon_points_and_delivery)
{
    pni_reduction instant = {1, YUAN(50), 5000, 0};
    pni_stacked s = stacked((pni_stack){.list_fen = YUAN(1200), .delivery_fen = YUAN(15),
        .instant = &instant, .instants = 1, .coupon = {2, YUAN(100), 0, 0}, .points = 3000});
    ck_assert_int_eq(s.payable_fen, YUAN(1035));
    ck_assert_int_eq(s.merch_fen, YUAN(25));
    ck_assert_int_eq(s.points_fen, YUAN(30));
    ck_assert_int_eq(s.points, 3000);
    ck_assert_int_eq(s.instant_id, 1);
}
END_TEST

START_TEST(the_best_of_the_instant_discounts)
{
    pni_reduction by_size[] = {{1, 500, 0, 0}, {2, 900, 0, 0}, {3, 700, 10000, 0}};
    pni_reduction by_bearer[] = {{1, 900, 0, 0}, {2, 900, 3000, 3000}, {3, 900, 5000, 0}};
    pni_reduction by_age[] = {{7, 900, 0, 0}, {4, 900, 0, 0}};
    pni_reduction capped[] = {{1, 99999, 0, 0}, {2, 50000, 0, 2000}}; /* both take all there is */
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000, .instant = by_size,
                                         .instants = 3}).instant_id, 2);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000, .instant = by_bearer,
                                         .instants = 3}).instant_id, 2);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000, .instant = by_age,
                                         .instants = 2}).instant_id, 4);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000, .instant = capped,
                                         .instants = 2}).instant_id, 2);
}
END_TEST

START_TEST(an_activity_goes_with_what_it_says)
{
    pni_reduction instant = {1, 500, 0, 0};
    pni_stack in = {.list_fen = 10000, .activity = {9, 3000, 10000, 0}, .instant = &instant,
                    .instants = 1, .coupon = {2, 1000, 0, 0}, .points = 500};
    ck_assert_int_eq(stacked(in).payable_fen, 7000);
    ck_assert_int_eq(stacked(in).instant_id, 0);
    in.with_coupon = true;
    ck_assert_int_eq(stacked(in).payable_fen, 6000);
    in.with_instant = in.with_points = true;
    ck_assert_int_eq(stacked(in).payable_fen, 5000);
    ck_assert_int_eq(stacked(in).merch_fen, 3000);
}
END_TEST

/* Points: whole yuan, a tenth of the goods at most. A fen is left to pay, but for points. */
START_TEST(points_and_the_last_fen)
{
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10550, .points = 99999}).points_fen, 1000);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10550, .points = 199}).points, 100);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000,
                                         .coupon = {1, 20000, 0, 0}}).payable_fen, 1);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000, .delivery_fen = 1500,
        .coupon = {1, 20000, 0, 0}, .delivery_coupon = {2, 900, 0, 0}}).payable_fen, 600);
    ck_assert_int_eq(stacked((pni_stack){.list_fen = 10000, .coupon = {1, 9400, 0, 0},
                                         .points = 600}).payable_fen, 0);
}
END_TEST

static const char *seats_of(int64_t order, const char *what)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select string_agg((%s)::text, '/' order by no) from order_seat"
             " where order_id = %" PRId64, what, order);
    return test_sql_text(sql);
}

static void proved(void)
{
    PN_AUTO_UNIT p = as(PN_ROLE_ADMIN, 1);
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift, "check %s: %s", c->name, c->sample);
    books_balance();
    books_watched();
}

START_TEST(S13_each_seat_has_its_share)
{
    make_shop(.face_fen = YUAN(333));
    rules.coupon = (pni_reduction){1, YUAN(100), 2500, 1000};
    pn_order a = paid_n(3, phones[0]);
    ck_assert_int_eq(a.payable_fen.fen, 89900);
    ck_assert_str_eq(seats_of(a.id, "disc_fen"), "3334/3333/3333");
    ck_assert_str_eq(seats_of(a.id, "paid_fen"), "29966/29967/29967");
    ck_assert_str_eq(seats_of(a.id, "merch_fen"), "834/833/833"); /* 25.00 */
    ck_assert_str_eq(seats_of(a.id, "chan_fen"), "334/333/333");  /* 10.00 */
    ck_assert_int_eq(test_sql_int("select sum(disc_fen - merch_fen - chan_fen) from order_seat"),
                     6500);
    proved();
}
END_TEST

START_TEST(S24_every_step_in_one_order)
{
    pni_reduction instant[] = {{1, YUAN(50), 5000, 0}, {2, YUAN(40), 10000, 0}};
    make_shop(.face_fen = YUAN(600));
    points_for(ANN, 3000);
    rules = (pni_stack){.instant = instant, .instants = 2, .coupon = {3, YUAN(100), 0, 0},
                        .points = 3000};
    PN_AUTO_UNIT p = ops();
    pn_order o;
    pn_quote q;
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 2,
                                                  .delivery = {PN_DELIVERY_EXPRESS}}, &q));
    ck_assert_int_eq(q.payable_fen.fen, YUAN(1035));
    ck_assert_int_eq(q.discount_fen.fen, YUAN(180));
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2, .phone = phones[0],
        SENT, .expect_fen = q.payable_fen}, &o));
    ck_assert_int_eq(o.payable_fen.fen, YUAN(1035));
    ck_assert_str_eq(seats_of(o.id, "disc_fen || '+' || merch_fen || '+' || points_fen"),
                     "7500+1250+1500/7500+1250+1500");
    rules.coupon.fen = YUAN(99); /* the price changed between the two */
    fails(PN_ECONFLICT, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2,
        .phone = phones[1], SENT, .expect_fen = q.payable_fen}, &o));
    proved();
}
END_TEST

/* What points pay wholly is paid as it is placed. */
START_TEST(nothing_left_to_pay)
{
    make_shop(.face_fen = YUAN(10));
    points_for(ANN, 100);
    rules = (pni_stack){.coupon = {1, 900, 0, 0}, .points = 100};
    PN_AUTO_UNIT p = ops();
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phones[0]},
                       &o));
    ck_assert_int_eq(o.payable_fen.fen, 0);
    ck_assert_str_eq(order_state(o.id), "ALLOCATED");
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("discount");
    TCase *c = tcase_create("discount");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, S24_instant_coupon_points_and_delivery);
    tcase_add_test(c, the_best_of_the_instant_discounts);
    tcase_add_test(c, an_activity_goes_with_what_it_says);
    tcase_add_test(c, points_and_the_last_fen);
    tcase_add_test(c, S13_each_seat_has_its_share);
    tcase_add_test(c, S24_every_step_in_one_order);
    tcase_add_test(c, nothing_left_to_pay);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
