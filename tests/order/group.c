/* SPDX-License-Identifier: Apache-2.0 */
/* group.c — group-buys: complete in time or given back, never a ticket too many. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/group.h"
#include "promo/groupbuy.h"
#include "report/check.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003", "13800000004",
                                     "13800000005"};

static pn_groupbuy offer(int size, bool quit)
{
    pn *p = ops();
    pn_groupbuy g;
    ok(pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = TIER, .size = size,
        .price_fen = {YUAN(260)}, .allow_quit = quit}, &g));
    pn_end(p);
    return g;
}

static pn_order ask(int64_t groupbuy, int64_t group, const char *phone)
{
    pn *p = ops();
    pn_order o;
    ok(pn_group_submit(p, &(struct pn_group_submit){.groupbuy = groupbuy, .group = group,
                                                    .phone = phone}, &o));
    return o;
}

static void pay(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    relay();
}

/* Open a group, or join the only one that is open. */
static pn_order member(int64_t groupbuy, const char *phone)
{
    int64_t group = test_sql_int("select coalesce(max(id), 0) from group_buy"
                                 " where state = 'OPEN'");
    pn_order o = ask(groupbuy, group, phone);
    pay(o.id);
    return o;
}

/* All proofs, whatever the state. */
static void proved(void)
{
    pn *p = as(PN_ROLE_OPS, OPS);
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0, "check %s drifts at %s", c->name, c->sample);
    pn_end(p);
    books_balance();
}

START_TEST(S27_two_of_three_get_their_money_back_after_a_day)
{
    make_shop(.face_fen = YUAN(320));
    pn_groupbuy g = offer(3, false);
    pn_order a = member(g.id, phones[0]), b = member(g.id, phones[1]);
    ck_assert_int_eq(a.payable_fen.fen, YUAN(260));
    ck_assert_str_eq(order_state(a.id), "GROUP_WAITING");
    ck_assert_str_eq(stock_now(), "10/0/2");
    ck_assert_int_eq(count_of("ticket"), 0);
    ck_assert_int_eq(count_of("notice where kind = '18-group_joined'"), 2);
    ck_assert_ptr_nonnull(strstr(test_sql_text("select body from notice where kind ="
        " '18-group_joined' order by id limit 1"), "拼团开团成功！《雷雨》拼团还差2人"));
    proved();
    shop_clock(23 * HOUR);
    job("group_expire");
    ck_assert_str_eq(order_state(a.id), "GROUP_WAITING");
    shop_clock(HOUR + MINUTE);
    job("group_expire");
    job("refund_retry");
    relay();
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    ck_assert_str_eq(order_state(b.id), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(520));
    ck_assert_int_eq(test_sql_int("select min(amount_fen) from refund"), YUAN(260));
    ck_assert_int_eq(count_of("notice where kind = '20-group_failed'"), 2);
    ck_assert_int_eq(count_of("notice where kind = '22-cancel_refunded'"), 0);
    ck_assert_str_eq(stock_now(), "10/0/0");
    proved();
}
END_TEST

START_TEST(S27_the_third_payment_gives_all_their_tickets_at_once)
{
    make_shop(.face_fen = YUAN(320));
    pn_groupbuy g = offer(3, false);
    pn_order o[3];
    for (int i = 0; i < 3; i++)
        o[i] = member(g.id, phones[i]);
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(order_state(o[i].id), "ALLOCATED");
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 3);
    ck_assert_int_eq(test_sql_int("select count(distinct at) from state_log"
                                  " where event = 'group_success'"), 1);
    ck_assert_int_eq(count_of("notice where kind = '19-group_success'"), 3);
    ck_assert_int_eq(count_of("notice where kind = '04-paid_eticket'"), 0);
    ck_assert_ptr_nonnull(strstr(test_sql_text("select body from notice where kind ="
        " '19-group_success' limit 1"), "1张，实付260元。电子票"));
    ck_assert_str_eq(stock_now(), "10/0/3");
    ck_assert_str_eq(test_sql_text("select state from group_buy"), "SUCCESS");
    proved();
}
END_TEST

START_TEST(S27_the_stock_of_a_group_buy_is_never_oversold)
{
    make_shop(.face_fen = YUAN(320), .stock = 2);
    pn_groupbuy g = offer(3, false);
    member(g.id, phones[0]);
    member(g.id, phones[1]);
    pn *p = ops();
    pn_order o;
    fails(PN_ESTOCK, pn_group_submit(p, &(struct pn_group_submit){.groupbuy = g.id,
        .group = test_sql_int("select id from group_buy"), .phone = phones[2]}, &o));
    ck_assert_str_eq(stock_now(), "2/0/2");
    proved();
}
END_TEST

START_TEST(I28_a_full_group_gives_late_money_back)
{
    make_shop(.face_fen = YUAN(320));
    pn_groupbuy g = offer(2, false);
    pn_order a = member(g.id, phones[0]);
    int64_t group = test_sql_int("select id from group_buy");
    pn_order b = ask(g.id, group, phones[1]), c = ask(g.id, group, phones[2]);
    pay(c.id);
    ck_assert_str_eq(order_state(a.id), "ALLOCATED");
    pay(b.id);
    ck_assert_str_eq(order_state(b.id), "REFUNDING");
    job("refund_retry");
    ck_assert_str_eq(order_state(b.id), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select paid from group_buy"), 2);
    pn *p = ops();
    pn_order o;
    fails(PN_ESTATE, pn_group_submit(p, &(struct pn_group_submit){g.id, group,
                                                                  .phone = phones[3]}, &o));
    ck_assert_str_eq(pn_error(p)->field, "group");
    proved();
}
END_TEST

START_TEST(I28_a_buyer_is_once_in_a_group)
{
    make_shop(.face_fen = YUAN(320));
    pn_groupbuy g = offer(3, false);
    member(g.id, phones[0]);
    int64_t group = test_sql_int("select id from group_buy");
    pn *p = ops();
    pn_order o;
    struct pn_group_submit again = {.groupbuy = g.id, .group = group, .phone = phones[0]};
    fails(PN_EEXISTS, pn_group_submit(p, &again, &o));
    ck_assert_str_eq(stock_now(), "10/0/1");
    pn_order b = ask(g.id, group, phones[1]);
    again.phone = phones[1]; /* about to pay counts, too */
    fails(PN_EEXISTS, pn_group_submit(p, &again, &o));
    shop_clock(16 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(order_state(b.id), "CLOSED");
    pn_order c = ask(g.id, group, phones[1]);
    pay(c.id);
    pay(ask(g.id, 0, phones[0]).id); /* another group is another matter */
    ck_assert_int_eq(count_of("group_buy"), 2);
    proved();
}
END_TEST

START_TEST(a_member_may_quit_where_the_offer_says_so)
{
    make_shop(.face_fen = YUAN(320));
    pn_groupbuy strict = offer(3, false), g = offer(3, true);
    pn_order s = member(strict.id, phones[3]);
    pn *p = ops();
    pn_order out;
    fails(PN_ESTATE, pn_group_quit(p, &(struct pn_group_quit){.order = s.id}, &out));
    pn_order a = ask(g.id, 0, phones[0]);
    pay(a.id);
    int64_t group = test_sql_int("select max(id) from group_buy");
    pn_order b = ask(g.id, group, phones[1]);
    fails(PN_ESTATE, pn_group_quit(p, &(struct pn_group_quit){.order = b.id}, &out));
    pay(b.id);
    pn_end(p);
    p = ops();
    ok(pn_group_quit(p, &(struct pn_group_quit){.order = a.id}, &out));
    ck_assert_int_eq(out.status.v, PN_ORDER_REFUNDING);
    ck_assert_int_eq(test_sql_int("select leader_id from group_buy where id ="
                                  " (select max(id) from group_buy)"), b.id);
    ok(pn_group_quit(p, &(struct pn_group_quit){.order = b.id}, &out));
    ck_assert_int_eq(count_of("group_buy where state = 'FAILED' and paid = 0"), 1);
    job("refund_retry");
    relay();
    ck_assert_int_eq(count_of("notice where body like '%退出拼团%'"), 2);
    proved();
}
END_TEST

START_TEST(an_offer_has_bounds_and_can_be_stopped)
{
    make_shop(.face_fen = YUAN(320));
    pn *p = ops();
    pn_groupbuy g;
    pn_order o;
    struct pn_groupbuy_create in = {.tier = TIER, .size = 3, .price_fen = {YUAN(320)}};
    fails(PN_ECAP, pn_groupbuy_create(p, &in, &g));
    ck_assert_str_eq(pn_error(p)->field, "price_fen");
    in.price_fen.fen = YUAN(260);
    in.ends_at.us = shop_now + 90 * DAY;
    fails(PN_EARG, pn_groupbuy_create(p, &in, &g));
    in.ends_at.us = shop_now + HOUR;
    in.size = 11;
    fails(PN_EARG, pn_groupbuy_create(p, &in, &g));
    in.size = 2;
    ok(pn_groupbuy_create(p, &in, &g));
    pn_order a = member(g.id, phones[0]);
    pn_end(p);
    p = ops();
    ok(pn_groupbuy_stop(p, &(struct pn_groupbuy_stop){g.id, "sold out elsewhere"}, &g));
    fails(PN_ESTATE, pn_group_submit(p, &(struct pn_group_submit){g.id, .phone = phones[1]}, &o));
    job("group_expire");
    ck_assert_str_eq(order_state(a.id), "REFUNDING");
    ok(pn_groupbuy_resume(p, &(struct pn_groupbuy_resume){g.id}, &g));
    pn_end(p);
    shop_clock(2 * HOUR);
    p = ops();
    fails(PN_EEXPIRED, pn_group_submit(p, &(struct pn_group_submit){g.id, .phone = phones[1]},
                                       &o));
    proved();
}
END_TEST

START_TEST(a_called_off_session_ends_its_groups)
{
    make_shop(.face_fen = YUAN(320));
    pn_groupbuy g = offer(3, false);
    pn_order a = member(g.id, phones[0]);
    test_sql("update session set status = 'CANCELLED'");
    job("group_expire");
    ck_assert_str_eq(order_state(a.id), "REFUNDING");
    proved();
}
END_TEST

/* ---- vacant places ---- */

static pn_groupbuy filling(int size)
{
    pn *p = ops();
    pn_groupbuy g;
    ok(pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = TIER, .size = size,
        .price_fen = {YUAN(260)}, .fill_vacant = true}, &g));
    pn_end(p);
    return g;
}

static pn_group the_group(void)
{
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_group g;
    ok(pn_group_show(p, &(struct pn_group_show){test_sql_int("select id from group_buy")}, &g));
    return g;
}

/* Whoever pays reads before that the group may be complete without the others. */
START_TEST(a_group_with_vacant_places_is_complete_where_its_offer_says_so)
{
    make_shop(.face_fen = YUAN(320), .stock = 3);
    pn_groupbuy g = filling(3);
    ck_assert(g.fill_vacant);
    pn_order a = member(g.id, phones[0]), b = member(g.id, phones[1]);
    ck_assert(the_group().fill_vacant);
    ck_assert_int_eq(the_group().left, 1);
    shop_clock(23 * HOUR);
    job("group_expire");
    ck_assert_str_eq(order_state(a.id), "GROUP_WAITING");
    shop_clock(HOUR - 10 * MINUTE);
    pn_order late = ask(g.id, the_group().id, phones[2]);
    shop_clock(10 * MINUTE);
    job("group_expire"); /* the third ticket is locked by somebody who may still pay */
    ck_assert_str_eq(order_state(a.id), "REFUNDING");
    ck_assert_str_eq(order_state(b.id), "REFUNDING");
    pay(late.id);
    ck_assert_str_eq(order_state(late.id), "REFUNDING");
    proved();
}
END_TEST

START_TEST(all_who_paid_get_their_tickets_and_the_vacant_ones_stay_in_the_sale)
{
    make_shop(.face_fen = YUAN(320), .stock = 3);
    pn_groupbuy g = filling(3);
    pn_order a = member(g.id, phones[0]), b = member(g.id, phones[1]);
    shop_clock(DAY);
    job("group_expire");
    relay();
    ck_assert_str_eq(order_state(a.id), "ALLOCATED");
    ck_assert_str_eq(order_state(b.id), "ALLOCATED");
    ck_assert_int_eq(count_of("notice where kind = '19-group_success'"), 2);
    ck_assert_int_eq(count_of("refund"), 0);
    ck_assert_str_eq(stock_now(), "3/0/2");
    ck_assert_int_eq(the_group().state.v, PN_GROUP_SUCCESS);
    ck_assert_int_eq(the_group().vacant, 1);
    ck_assert_int_eq(the_group().left, 0);
    pn *p = ops();
    pn_order o;
    fails(PN_ESTATE, pn_group_submit(p, &(struct pn_group_submit){g.id, the_group().id,
                                                                  .phone = phones[2]}, &o));
    job("group_expire"); /* once */
    proved();
}
END_TEST

START_TEST(nothing_fills_a_group_that_nobody_could_have_joined)
{
    const char *over[] = {"update stock set qty_held = 8",
        "update group_activity set state = 'STOPPED'",
        "update session set status = 'SUSPENDED'",
        "update session set stop_sale_at = (select max(expires_at) from group_buy)"};
    make_shop(.face_fen = YUAN(320));
    for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
        pn_groupbuy g = filling(3);
        pn_order a = ask(g.id, 0, phones[i]);
        pay(a.id);
        test_sql("update group_buy set expires_at = opened_at where state = 'OPEN'");
        test_sql(over[i]);
        shop_clock(2 * MINUTE);
        job("group_expire");
        ck_assert_str_eq(order_state(a.id), "REFUNDING");
        test_sql("update stock set qty_held = 0");
        test_sql("update session set status = 'ON_SALE'");
    }
    ck_assert_int_eq(count_of("group_buy where state = 'FAILED' and vacant = 0"), 4);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("group");
    TCase *c = tcase_create("group");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S27_two_of_three_get_their_money_back_after_a_day);
    tcase_add_test(c, S27_the_third_payment_gives_all_their_tickets_at_once);
    tcase_add_test(c, S27_the_stock_of_a_group_buy_is_never_oversold);
    tcase_add_test(c, I28_a_full_group_gives_late_money_back);
    tcase_add_test(c, I28_a_buyer_is_once_in_a_group);
    tcase_add_test(c, a_member_may_quit_where_the_offer_says_so);
    tcase_add_test(c, an_offer_has_bounds_and_can_be_stopped);
    tcase_add_test(c, a_called_off_session_ends_its_groups);
    tcase_add_test(c, a_group_with_vacant_places_is_complete_where_its_offer_says_so);
    tcase_add_test(c, all_who_paid_get_their_tickets_and_the_vacant_ones_stay_in_the_sale);
    tcase_add_test(c, nothing_fills_a_group_that_nobody_could_have_joined);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
