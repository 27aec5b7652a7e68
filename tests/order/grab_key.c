/* SPDX-License-Identifier: Apache-2.0 */
/* grab_key.c — who of those who wait is next, and what nobody is given. */
#include "grabs.h"

#include <stdio.h>
#include <string.h>

#include "merchant/merchant.h"
#include "user/buyer_int.h"

/* The merchant behind the first lot, whose contact has this number. */
static void merchant_of_first_lot(const char *phone)
{
    test_sql("insert into merchant (id, code, kind, name, status, commission_bp, created_at,"
             " updated_at) values (101, 'm1', 'AGENCY', 'm1', 'ACTIVE', 500, now(), now())");
    test_sql("insert into merchant_stand (sk, merchant_id) values (101, 101)");
    PN_AUTO_UNIT p = ops();
    pn_merchant m;
    ok(pn_merchant_edit(p, &(struct pn_merchant_edit){.id = 101, .phone = phone}, &m));
}

/* A grab of an account; its telephone number is its own unless one is given. */
static pn_grab of_account(int64_t user, const char *phone)
{
    PN_AUTO_UNIT p = as(PN_ROLE_BUYER, user);
    struct pn_grab_submit in = wish(1, 700, phone);
    pn_grab g;
    ok(pn_grab_submit(p, &in, &g));
    pn_end(p);
    p = NULL;
    pay(g.order_id);
    return g;
}

static void account(int64_t id, const char *phone)
{
    PN_AUTO_UNIT p = ops();
    pn_bytes sealed;
    char sql[300], hex[200] = "";
    ok(pni_buyer_seal(p, id, phone, &sealed));
    for (size_t i = 0; i < sealed.len && 2 * i + 3 < sizeof hex; i++)
        snprintf(hex + 2 * i, 3, "%02x", ((const unsigned char *)sealed.data)[i]);
    snprintf(sql, sizeof sql, "insert into buyer (sk, id, phone, state, created_at, last_at,"
             " updated_at) values (%d, %d, '\\x%s', 'ACTIVE', now(), now(), now())",
             (int)(id & 4095), (int)id, hex);
    test_sql(sql);
}

/* The cap is for each ticket: a cheap one does not pay for a dear one beside it. */
START_TEST(no_ticket_of_a_grab_is_above_its_cap)
{
    market();
    struct pn_grab_submit in = wish(4, 700, phones[0]);
    in.accept_split = true;
    pn_grab g = submitted(in);
    pay(g.order_id);
    lot_of(.qty = 2, .sale_fen = YUAN(600));
    lot_of(.qty = 2, .sale_fen = YUAN(800)); /* 2,800 for all four, as was paid */
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    lot_of(.qty = 2, .sale_fen = YUAN(700));
    again("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "PAID");
    ck_assert_str_eq(items(g.order_id), "1x2+3x2");
    ck_assert_int_eq(test_sql_int("select payable_fen from orders"), YUAN(2600));
}
END_TEST

START_TEST(S14_nobody_is_matched_with_his_own_listing)
{
    market();
    merchant_of_first_lot("138-0000 0001");
    account(BOB, phones[0]);
    test_sql("insert into staff (id, login, name, password, roles, merchant_id, created_at,"
             " updated_at) values (77, 'm1.li', '李', 'x', '{MERCHANT,OPS}', 101, now(), now())");
    pn_grab his = queued(1, 700, phones[0]), staff, other;
    pn_grab account_s = of_account(BOB, phones[2]);
    pn *p = as(PN_ROLE_OPS, 77);
    struct pn_grab_submit in = wish(1, 700, phones[3]);
    ok(pn_grab_submit(p, &in, &staff));
    pn_end(p);
    pay(staff.order_id);
    shop_clock(MINUTE);
    other = queued(1, 700, phones[1]);
    lot_of(.qty = 4, .sale_fen = YUAN(500));
    again("grab_match");
    ck_assert_str_eq(order_state(his.order_id), "GRAB_WAITING");
    ck_assert_str_eq(order_state(account_s.order_id), "GRAB_WAITING");
    ck_assert_str_eq(order_state(staff.order_id), "GRAB_WAITING");
    ck_assert_str_ne(order_state(other.order_id), "GRAB_WAITING");
    ck_assert_str_eq(items(other.order_id), "1x1");
    ck_assert_str_eq(test_sql_text("select string_agg(result, ' ' order by rank)"
                                   " from grab_considered"), "PERM PERM PERM MATCH");
    lot_of(.qty = 3, .sale_fen = YUAN(690)); /* somebody else's is dearer, and will do */
    again("grab_match");
    ck_assert_str_eq(items(his.order_id), "2x1");
    ck_assert_str_eq(items(account_s.order_id), "2x1");
    ck_assert_str_eq(items(staff.order_id), "2x1");
}
END_TEST

START_TEST(S14_the_queue_is_by_help_speed_pack_and_level)
{
    make_shop(.face_fen = YUAN(580), .stock = 3);
    pn *p = as(PN_ROLE_BUYER, ANN);
    pn_order bought, sold = paid_n(1, phones[3]);
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2, .phone = phones[2],
                                                    .channel = {PN_CHANNEL_OWN}}, &bought));
    pn_end(p);
    pay(bought.id); /* 1,160 yuan: level 1 */
    pn_grab plain = queued(1, 600, phones[0]);
    shop_clock(MINUTE);
    pn_grab level = of_account(ANN, phones[1]);
    ck_assert_int_eq(level.level, 1);
    ck_assert_int_eq(level.boost, 1);
    struct pn_grab_submit in = wish(1, 600, "13800000009");
    in.speed = 3;
    pn_grab speed = submitted(in);
    ck_assert_int_eq(speed.auth_fen.fen, YUAN(603)); /* a yuan a point beside the highest price */
    ck_assert_int_eq(speed.boost, 3);
    pay(speed.order_id);
    p = as(PN_ROLE_BUYER, 101);
    pn_grab_help h;
    ok(pn_grab_assist(p, &(struct pn_grab_assist){level.order_id}, &h)); /* 2 of a new account */
    ck_assert_int_eq(h.boost, 3);
    pn_end(p);
    p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = sold.id}, &r));
    pn_end(p);
    again("grab_match"); /* level + help = speed pack: the earlier of the two */
    ck_assert_str_eq(test_sql_text("select string_agg(boost || ' ' || result, ', ' order by rank)"
                                   " from grab_considered"), "3 MATCH, 3 STOCK, 0 STOCK");
    ck_assert_str_eq(order_state(level.order_id), "ALLOCATED");
    ck_assert_str_eq(order_state(plain.order_id), "GRAB_WAITING");
    proved();
}
END_TEST

START_TEST(an_account_has_the_level_of_what_it_paid_within_a_year)
{
    make_shop(.stock = 10);
    pn *p = as(PN_ROLE_BUYER, ANN);
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 4, .phone = phones[2],
                                                    .channel = {PN_CHANNEL_OWN}}, &o));
    pn_end(p);
    pay(o.id); /* 2,320 yuan */
    static const struct { const char *change; int level; } cases[] = {
        {"update orders set paid_fen = paid_fen", 2},
        {"update orders set paid_fen = 49999 where kind = 'TICKET'", 0},
        {"update orders set paid_fen = 50000 where kind = 'TICKET'", 1},
        {"update orders set paid_fen = 800000 where kind = 'TICKET'", 3},
        {"update orders set paid_fen = 2000000 where kind = 'TICKET'", 4},
        {"update orders set refunded_fen = 1 where kind = 'TICKET'", 3},
        {"update orders set paid_at = paid_at - interval '366 days' where kind = 'TICKET'", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_sql(cases[i].change);
        struct pn_grab_submit in = wish(1, 600, phones[1]);
        p = as(PN_ROLE_BUYER, ANN);
        pn_grab g;
        ok(pn_grab_submit(p, &in, &g));
        ck_assert_msg(g.level == cases[i].level, "%s: %d", cases[i].change, g.level);
        ok(pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &g));
        pn_end(p);
    }
}
END_TEST

static pn_grab fast(const char *phone, int method)
{
    struct pn_grab_submit in = wish(1, 600, phone);
    in.speed = 10;
    pn_grab g = submitted(in);
    PN_AUTO_UNIT p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {(int16_t)method}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    return g;
}

START_TEST(S14_a_speed_pack_costs_its_fee_when_tickets_are_found)
{
    make_shop(.face_fen = YUAN(580), .stock = 2);
    pn_grab paid = fast(phones[0], PN_PAY_SIMULATED);
    pn_grab frozen = fast(phones[1], PN_PAY_SIMULATED_AUTH);
    job("grab_match");
    ck_assert_str_eq(order_state(paid.order_id), "ALLOCATED");
    ck_assert_str_eq(order_state(frozen.order_id), "ALLOCATED");
    ck_assert_int_eq(count_of("orders where payable_fen = 59000 and paid_fen - refunded_fen"
                              " >= 59000 and service_fen = 1000 and goods_fen = 58000"), 2);
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(20));
    ck_assert_int_eq(test_sql_int("select captured_fen from simulated_trade"
                                  " where captured_fen is not null"), YUAN(590));
    proved();
    /* the tickets come back, what was done for the buyer is done */
    ck_assert_int_eq(forced_back(paid.order_id), YUAN(580));
    again("refund_retry");
    ck_assert_str_eq(order_state(paid.order_id), "REFUNDED");
    proved();
    session_cancelled(); /* then nothing was done for him */
    again("refund_retry");
    ck_assert_str_eq(order_state(frozen.order_id), "REFUNDED");
    ck_assert_int_eq(count_of("orders where refunded_fen = paid_fen and paid_fen = 59000"), 1);
    proved();
}
END_TEST

START_TEST(a_speed_pack_of_a_grab_that_ends_comes_back)
{
    make_shop(.face_fen = YUAN(700));
    pn_grab g = fast(phones[0], PN_PAY_SIMULATED), out;
    pn *p = ops();
    ok(pn_grab_raise(p, &(struct pn_grab_raise){g.order_id, {YUAN(620)}}, &out));
    ck_assert_int_eq(out.auth_fen.fen, YUAN(630));
    ok(pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &out));
    pn_end(p);
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(610));
    proved();
}
END_TEST

START_TEST(a_speed_pack_has_bounds_and_leaves_room_for_friends)
{
    make_shop();
    struct pn_grab_submit in = wish(1, 600, phones[0]);
    pn *p = ops();
    pn_grab g;
    in.speed = 31;
    fails(PN_EARG, pn_grab_submit(p, &in, &g));
    ck_assert_str_eq(pn_error(p)->field, "speed");
    in.speed = 30;
    ok(pn_grab_submit(p, &in, &g));
    pn_end(p);
    test_sql("update stock set qty_total = 0");
    pay(g.order_id);
    int boost = 0;
    for (int64_t user = 101; user <= 111; user++) {
        p = as(PN_ROLE_BUYER, user);
        pn_grab_help h;
        ok(pn_grab_assist(p, &(struct pn_grab_assist){g.order_id}, &h));
        boost = h.boost;
        pn_end(p);
    }
    ck_assert_int_eq(boost, 50); /* eleven new accounts, of whose points twenty count */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("grab_key");
    TCase *c = tcase_create("grab_key");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, no_ticket_of_a_grab_is_above_its_cap);
    tcase_add_test(c, S14_nobody_is_matched_with_his_own_listing);
    tcase_add_test(c, S14_the_queue_is_by_help_speed_pack_and_level);
    tcase_add_test(c, an_account_has_the_level_of_what_it_paid_within_a_year);
    tcase_add_test(c, S14_a_speed_pack_costs_its_fee_when_tickets_are_found);
    tcase_add_test(c, a_speed_pack_of_a_grab_that_ends_comes_back);
    tcase_add_test(c, a_speed_pack_has_bounds_and_leaves_room_for_friends);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
