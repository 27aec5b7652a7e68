/* SPDX-License-Identifier: Apache-2.0 */
/* points_desk.c — see points.h. */
#include "points.h"

#include <inttypes.h>
#include <stdio.h>

pni_reduction instant, coupon;

static int test_rules(pn *p, const pni_cart *cart, pni_stack *io)
{
    (void)p;
    (void)cart;
    io->instant = &instant;
    io->instants = instant.fen ? 1 : 0;
    io->coupon = coupon;
    return 0;
}

void points_setup(void)
{
    test_db_setup();
    make_shop(.stock = 100, .limit_order = 20, .limit_user = 100, .face_fen = YUAN(600));
    test_sql("update session set end_at = start_at + interval '2 hours';"
             "insert into buyer (sk, id, nick, phone, phone_mask, state, created_at, last_at,"
             " updated_at) select id, id, 'x', '\\x00', '138****0001', 'ACTIVE', now(), now(),"
             " now() from unnest(array[11, 12]) id");
    /* what levels earn more, and the first order, are tests of their own */
    test_sql("update policy set value = case when key = 'points.first_order' then '0' else '10000'"
             " end where key like 'points.level%' or key = 'points.first_order'");
    instant = coupon = (pni_reduction){0};
    pni_cart_discount_hook = test_rules;
}

void points_teardown(void)
{
    pni_cart_discount_hook = NULL;
    test_db_teardown();
}

int adjust(pn *p, int64_t buyer, int64_t points, pn_point_adjustment *out)
{
    return pn_point_adjustment_create(
        p, &(struct pn_point_adjustment_create){buyer, points, "to try"}, out);
}

void give(int64_t buyer, int64_t points)
{
    PN_AUTO_UNIT p = ops();
    pn_point_adjustment a;
    ok(adjust(p, buyer, points, &a));
    ck_assert_int_eq(a.state.v, PN_POINT_ADJUSTMENT_DONE);
}

const char *account(int64_t buyer)
{
    char sql[120];
    snprintf(sql, sizeof sql, "select points || '/' || held from point_account"
             " where buyer_id = %" PRId64, buyer);
    return test_sql_text(sql);
}

int64_t book(const char *kind)
{
    char sql[160];
    snprintf(sql, sizeof sql, "select coalesce(sum(credit_fen - debit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

int buy(int64_t who, int qty, int64_t points, pn_order *out)
{
    PN_AUTO_UNIT p = as(PN_ROLE_BUYER, who);
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = qty, .points = points,
                                                        .phone = "13800000001"}, out);
}

pn_order bought(int64_t who, int qty, int64_t points)
{
    pn_order o;
    ck_assert_int_eq(buy(who, qty, points, &o), 0);
    return o;
}

void pay(int64_t order)
{
    PN_AUTO_UNIT p = clerk();
    pn_payment y;
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = order}, &y));
}

void give_back(int64_t order, const char *seat)
{
    PN_AUTO_UNIT p = ops();
    pn_refund r;
    struct pn_refund_apply ask = {.order = order, .seats = {seat ? &seat : NULL, seat != NULL}};
    ok(pn_refund_apply(p, &ask, &r));
}

void settle_all(void)
{
    for (int i = 0; i < 3; i++) {
        shop_clock(11 * MINUTE);
        job("pay_poll");
        job("refund_retry");
        relay();
    }
}
