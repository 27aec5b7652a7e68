/* SPDX-License-Identifier: Apache-2.0 */
/* invariant.c — what must hold of every row whatever wrote it, by the numbers of the list:
 * the schema refuses what breaks it, and what the sale writes satisfies it to the fen. The model
 * looks at the same after each of its rounds. */
#include <stdio.h>
#include <string.h>

#include "catalog/session.h"
#include "catalog/show.h"
#include "order/sale_int.h"
#include "shop.h"

static pni_reduction instant, coupon;
static int64_t points;
static const char *const phone = "13800000001";

static int test_rules(pn *p, const pni_cart *cart, pni_stack *io)
{
    (void)p;
    (void)cart;
    io->instant = &instant;
    io->instants = instant.fen ? 1 : 0;
    io->coupon = coupon;
    io->points = points;
    io->points_of = points ? ANN : 0;
    return 0;
}

static void setup(void)
{
    test_db_setup();
    instant = coupon = (pni_reduction){0};
    points = 0;
    pni_cart_discount_hook = test_rules;
}

static void teardown(void)
{
    pni_cart_discount_hook = NULL;
    test_db_teardown();
}

/* The schema itself says no. */
static void refused(const char *statement)
{
    char sql[600];
    snprintf(sql, sizeof sql, "do $$ begin %s; raise exception 'accepted';"
             " exception when check_violation then null; end $$", statement);
    test_sql(sql);
}

START_TEST(I01_no_counter_leaves_its_bounds)
{
    make_shop(.stock = 10);
    order_n(2, phone);
    paid_n(3, "13800000002");
    ck_assert_str_eq(stock_now(), "10/2/3");
    refused("update stock set qty_locked = -1");
    refused("update stock set qty_sold = -1");
    refused("update stock set qty_sold = qty_total");     /* two are locked */
    refused("update stock set qty_total = 4");            /* five are gone */
    refused("update stock set qty_held = 6");             /* five are left */
    refused("update stock set qty_locked = qty_total + 1, qty_sold = -1");
    PN_AUTO_UNIT p = ops();
    pn_order o;
    fails(PN_ESTOCK, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 6,
                                     .phone = "13800000003"}, &o));
    ck_assert_str_eq(stock_now(), "10/2/3");
    books_balance();
}
END_TEST

/* Three at 333: an instant discount, a coupon, points, a parcel. */
static pn_order reduced(void)
{
    make_shop(.face_fen = YUAN(333));
    PN_AUTO_UNIT p = ops();
    pn_order o;
    instant = (pni_reduction){.id = 1, .fen = YUAN(50), .merchant_bp = 5000};
    coupon = (pni_reduction){.id = 2, .fen = YUAN(100), .merchant_bp = 2500, .channel_bp = 1000};
    points = 3000;
    points_for(ANN, 10000);
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 3, .phone = phone,
                       SENT}, &o));
    return o;
}

START_TEST(I06_an_order_costs_its_seats_parcel_and_service)
{
    pn_order o = reduced();
    ck_assert_int_eq(o.payable_fen.fen, YUAN(999 - 50 - 100 - 30 + 15));
    ck_assert_int_eq(test_sql_int("select sum(list_fen - disc_fen - points_fen) from order_seat") +
                         test_sql_int("select delivery_fen + service_fen from orders"),
                     o.payable_fen.fen);
    refused("update orders set payable_fen = payable_fen + 1");
    refused("update orders set discount_fen = discount_fen + 1");
    refused("update orders set delivery_fen = delivery_fen - 1");
    PN_AUTO_UNIT p = ops();
    pn_payment y;
    pn_refund r;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    refused("update orders set refunded_fen = paid_fen + 1");
    const char *two[] = {"2"};
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {two, 1}}, &r));
    job("refund_retry");
    /* what came in less what went back is what the order says */
    ck_assert_int_eq(test_sql_int("select (select sum(received_fen) from payment)"
                                  " - (select sum(amount_fen) from simulated_refund)"),
                     test_sql_int("select paid_fen - refunded_fen from orders"));
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), r.amount_fen.fen);
    books_balance();
}
END_TEST

START_TEST(I07_a_seats_price_is_what_bears_it)
{
    pn_order o = reduced();
    ck_assert_int_eq(count_of("order_seat where list_fen = paid_fen + points_fen + disc_fen"
                              " and least(paid_fen, points_fen, disc_fen, merch_fen, chan_fen,"
                              "  disc_fen - merch_fen - chan_fen) >= 0"), 3);
    ck_assert_int_eq(test_sql_int("select sum(disc_fen) from order_seat"), YUAN(150));
    ck_assert_int_eq(test_sql_int("select sum(points_fen) from order_seat"), YUAN(30));
    ck_assert_int_eq(test_sql_int("select sum(merch_fen) from order_seat"), YUAN(50));
    ck_assert_int_eq(test_sql_int("select sum(chan_fen) from order_seat"), YUAN(10));
    ck_assert_int_eq(test_sql_int("select sum(paid_fen) from order_seat"),
                     o.payable_fen.fen - YUAN(15));
    refused("update order_seat set paid_fen = paid_fen - 1 where no = 1");
    refused("update order_seat set disc_fen = disc_fen + 1 where no = 2");
    refused("update order_seat set points_fen = points_fen + 1 where no = 3");
    refused("update order_seat set refund_fen = paid_fen + 1 where no = 1");
}
END_TEST

/* Whoever bears the reduction, a seller gets his settlement less his own part of it. */
START_TEST(I08_no_seat_below_what_its_seller_gets)
{
    static const struct { int64_t fen; int merchant_bp, channel_bp; } cases[] = {
        {YUAN(100), 0, 0}, {YUAN(100), 10000, 0}, {YUAN(100), 3333, 3333}, {YUAN(900), 5000, 0},
        {YUAN(5000), 0, 10000}};
    market();
    lot_of(.qty = 50, .sale_fen = YUAN(560)); /* settled at 532 */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PN_AUTO_UNIT p = ops();
        pn_order o;
        char buyer[16];
        snprintf(buyer, sizeof buyer, "1380001%04d", (int)i);
        coupon = (pni_reduction){(int64_t)i + 1, cases[i].fen, cases[i].merchant_bp,
                                 cases[i].channel_bp};
        ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2, .phone = buyer},
                           &o));
    }
    ck_assert_int_eq(count_of("order_seat"), 10);
    ck_assert_int_eq(count_of("order_item where settle_fen = 53200"), 5);
    ck_assert_int_eq(count_of(
        "order_seat e join order_item i on i.order_id = e.order_id and i.no = e.item_no"
        " where e.paid_fen + e.points_fen + (e.disc_fen - e.merch_fen - e.chan_fen) + e.chan_fen"
        "  < i.settle_fen - e.merch_fen"), 0);
    /* nothing is offered below it; a channel's price that is takes a loss budget (S32) */
    ck_assert_int_eq(count_of("listing where sale_fen < settle_fen"), 0);
}
END_TEST

/* ---- what may be sold ---- */

static int bought_while(const char *sql)
{
    PN_AUTO_UNIT p = ops();
    pn_order o;
    test_sql(sql);
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone},
                           &o);
}

START_TEST(I18_three_states_of_a_session_and_one_of_a_show_sell)
{
    char sql[100];
    make_shop(.stock = 40);
    test_sql("update session set sale_at = null");
    for (int i = 0; pn_session_states[i].name; i++) {
        const char *name = pn_session_states[i].name;
        bool sells = !strcmp(name, "PRESALE") || !strcmp(name, "ON_SALE") || !strcmp(name, "TAIL");
        snprintf(sql, sizeof sql, "update session set status = '%s'", name);
        ck_assert_msg(bought_while(sql) == (sells ? 0 : PN_ESTATE), "%s", name);
    }
    test_sql("update session set status = 'ON_SALE'");
    for (int i = 0; pn_show_states[i].name; i++) {
        const char *name = pn_show_states[i].name;
        snprintf(sql, sizeof sql, "update show set status = '%s'", name);
        ck_assert_msg(bought_while(sql) == (strcmp(name, "PUBLISHED") ? PN_ESTATE : 0), "%s",
                      name);
    }
    ck_assert_int_eq(count_of("orders"), 4);
}
END_TEST

START_TEST(I28_a_group_has_its_places_and_is_complete_with_them)
{
    make_shop();
    test_sql("insert into group_buy (sk, id, activity_id, session_id, size, paid, state, opened_at,"
             " expires_at, updated_at) values (1, 4097, 1, 40961, 3, 2, 'OPEN', now(), now(),"
             " now())");
    refused("update group_buy set paid = 4");
    refused("update group_buy set paid = -1");
    refused("update group_buy set state = 'SUCCESS'");
    refused("update group_buy set vacant = 2");
    refused("update group_buy set paid = 0, vacant = 3, state = 'SUCCESS'");
    test_sql("update group_buy set vacant = 1, state = 'SUCCESS'");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("invariant");
    TCase *c = tcase_create("invariant");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, I01_no_counter_leaves_its_bounds);
    tcase_add_test(c, I06_an_order_costs_its_seats_parcel_and_service);
    tcase_add_test(c, I07_a_seats_price_is_what_bears_it);
    tcase_add_test(c, I08_no_seat_below_what_its_seller_gets);
    tcase_add_test(c, I18_three_states_of_a_session_and_one_of_a_show_sell);
    tcase_add_test(c, I28_a_group_has_its_places_and_is_complete_with_them);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
