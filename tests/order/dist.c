/* SPDX-License-Identifier: Apache-2.0 */
/* dist.c — distributors: lock by contract, confirm out of the account, give back; a number that is
 * asked again; quotas that nobody else can buy. */
#include "distributor.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

START_TEST(S33_prepaid_locked_confirmed_given_back)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    topup(YUAN(10000));
    pn_dist d = locked("TM1", 10);
    ck_assert_int_eq(d.payable_fen.fen, YUAN(4560));
    ck_assert_str_eq(order_state(d.order_id), "DIST_LOCKED");
    ck_assert_str_eq(stock_now(), "100/10/0");
    pn *p = agent();
    ok(pn_dist_confirm(p, &(struct pn_dist_confirm){.third_order_no = "TM1",
                                                    .pay_status = {PN_DIST_PAID}}, &d));
    ck_assert_str_eq(order_state(d.order_id), "ISSUED");
    ck_assert_uint_eq(d.tickets.n, 10);
    ck_assert_int_eq(balance(), YUAN(5440));
    ck_assert_int_eq(count_of("state_log where noun = 'order' and to_state = 'DIST_CONFIRMED'"), 1);
    /* what the ticket says is what the public pays */
    ck_assert_int_eq(count_of("ticket where face_price_fen = 48000"), 10);

    pn_dist other = locked("TM2", 5);
    shop_clock(15 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(order_state(other.order_id), "DIST_RELEASED");
    ck_assert_str_eq(stock_now(), "100/0/10");
    ck_assert_int_eq(count_of("agency_quota where used = 10"), 1);

    p = agent();
    const char *two[] = {"3", "4"};
    ok(pn_dist_refund(p, &(struct pn_dist_refund){.third_order_no = "TM1", .seats = {two, 2}},
                      &d));
    ck_assert_int_eq(d.refunded_fen.fen, YUAN(912) - 9120);
    ck_assert_int_eq(balance(), 626080);
    ck_assert_str_eq(order_state(d.order_id), "ISSUED");
    ck_assert_int_eq(count_of("ticket where state = 'VOIDED'"), 2);
    ck_assert_int_eq(count_of("agency_quota where used = 8"), 1);
    proved();
}
END_TEST

static void *gives_back(void *order)
{
    pn *p = agent();
    pn_dist d;
    const struct pn_dist_refund in = {.order = *(const int64_t *)order};
    int rc = pn_dist_refund(p, &in, &d);
    return rc ? pn_printf(p, "%s", pn_error(p)->message) : NULL;
}

/* What it looks at stood before it had the order: printed meanwhile, or given back. */
START_TEST(a_refund_looks_at_what_is_there_when_the_order_is_its_own)
{
    static const char *const changes[] = {
        "update ticket set print_no = 1 where seat_no = 2",
        "update orders set status = 'DIST_REFUNDED', version = version + 1"};
    static const char *const says[] = {"is printed", "cannot be refunded (Refunded"};
    pthread_t t;
    void *said;
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    topup(YUAN(10000));
    pn_dist d = confirmed("TM1", 2);
    struct pg_conn *who = somebody_did("update orders set version = version");
    pthread_create(&t, NULL, gives_back, &d.order_id);
    somebody_waits_for(who);
    PQclear(PQexec(who, changes[_i]));
    somebody_commits_at_last(who);
    pthread_join(t, &said);
    ck_assert_ptr_nonnull(said);
    ck_assert_msg(strstr(said, says[_i]) != NULL, "%s", (char *)said);
}
END_TEST

START_TEST(S33_a_printed_ticket_stays)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    topup(YUAN(10000));
    pn_dist d = confirmed("TM1", 2);
    test_sql("update ticket set print_no = 1 where seat_no = 2");
    pn *p = agent();
    fails(PN_ESTATE, pn_dist_refund(p, &(struct pn_dist_refund){.order = d.order_id}, &d));
    ck_assert_str_eq(pn_error(p)->field, "seats");
    const char *one[] = {"1"};
    ok(pn_dist_refund(p, &(struct pn_dist_refund){.order = d.order_id, .seats = {one, 1}}, &d));
    test_sql("update ticket set print_no = 0");
    test_sql("update ticket set state = 'VERIFIED' where seat_no = 2");
    fails(PN_ESTATE, pn_dist_refund(p, &(struct pn_dist_refund){.order = d.order_id}, &d));
    test_sql("update ticket set state = 'ISSUED' where seat_no = 2");
    ok(pn_dist_refund(p, &(struct pn_dist_refund){.order = d.order_id}, &d));
    ck_assert_str_eq(order_state(d.order_id), "DIST_REFUNDED");
    ck_assert_str_eq(stock_now(), "100/0/0");
    proved();
}
END_TEST

START_TEST(I31_the_same_number_is_the_same_order)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    pn_dist d = locked("TM1", 3), again = locked("TM1", 3);
    ck_assert_int_eq(d.order_id, again.order_id);
    ck_assert_int_eq(count_of("orders"), 1);
    pn *p = agent();
    struct pn_dist_lock in = ask("TM1", 4);
    fails(PN_EEXISTS, pn_dist_lock(p, &in, &again));
    ck_assert_str_eq(pn_error(p)->field, "third_order_no");
    /* twice in one batch, and a third that is another order */
    struct pn_dist_lock many[] = {ask("TM2", 1), ask("TM2", 1), ask("TM2", 2), ask("TM1", 3)};
    pn_dist out[4] = {0};
    pn_request r[4] = {0};
    for (int i = 0; i < 4; i++)
        r[i] = (pn_request){.in = &many[i], .out = &out[i]};
    ok(pn_call_requests(p, pn_op_find("dist", "lock"), r, 4));
    ck_assert_int_eq(r[0].rc, 0);
    ck_assert_int_eq(out[1].order_id, out[0].order_id);
    ck_assert_int_eq(r[2].rc, PN_EEXISTS);
    ck_assert_int_eq(out[3].order_id, d.order_id);
    ck_assert_int_eq(count_of("orders"), 2);
    proved();
}
END_TEST

/* Numbers are unique by the table, whatever the code does. */
START_TEST(I31_the_number_is_a_key)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    locked("TM1", 1);
    test_sql("do $$ begin insert into channel_ext select sk, channel_id, ext_no, 1, 1, 1"
             " from channel_ext; raise exception 'accepted';"
             " exception when unique_violation then null; end $$");
}
END_TEST

static void *lock_once(void *arg)
{
    pn_dist *out = arg;
    struct pn_dist_lock in = ask("TM1", 2);
    pn *p = agent();
    ok(pn_dist_lock(p, &in, out));
    pn_end(p);
    return NULL;
}

START_TEST(I31_the_same_number_at_the_same_time)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    pthread_t t[6];
    pn_dist out[6];
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, lock_once, &out[i]), 0);
    for (int i = 0; i < 6; i++)
        pthread_join(t[i], NULL);
    ck_assert_int_eq(count_of("orders"), 1);
    for (int i = 1; i < 6; i++)
        ck_assert_int_eq(out[i].order_id, out[0].order_id);
    proved();
}
END_TEST

START_TEST(what_a_lock_must_keep)
{
    make_shop(.stock = 20, .face_fen = YUAN(480));
    contract(8, false);
    pn *p = agent();
    pn_dist d;
    struct pn_dist_lock in = ask("A", 9);
    fails(PN_EQUOTA, pn_dist_lock(p, &in, &d));
    ck_assert_str_eq(pn_error(p)->field, "qty");
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    in = ask("A", 2);
    in.expect_fen.fen += 1;
    fails(PN_ECONFLICT, pn_dist_lock(p, &in, &d));
    ck_assert_str_eq(pn_error(p)->field, "expect_fen");
    in = ask("A", 2);
    in.channel = channel("other", OTHER);
    fails(PN_EPERM, pn_dist_lock(p, &in, &d));
    in.channel = 0;
    in.tier = make_tier(5, YUAN(100));
    fails(PN_ENONE, pn_dist_lock(p, &in, &d));
    ck_assert_str_eq(pn_error(p)->field, "tier");
    test_sql("update agency set ttl_max_min = 20");
    in = ask("A", 2);
    in.ttl_min = 25;
    fails(PN_ECAP, pn_dist_lock(p, &in, &d));
    ck_assert_str_eq(pn_error(p)->field, "ttl_min");
    pn_end(p);
    shop_clock(31 * DAY);
    p = agent();
    in = ask("A", 2);
    fails(PN_EEXPIRED, pn_dist_lock(p, &in, &d));
    ck_assert_int_eq(count_of("orders"), 0);
    ck_assert_str_eq(stock_now(), "20/0/0");
    proved();
}
END_TEST

START_TEST(quota_is_shared_in_the_order_of_arrival)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(5, false);
    struct pn_dist_lock in[8];
    static char number[8][8];
    pn_dist out[8] = {0};
    pn_request r[8] = {0};
    pn *p = agent();
    for (int i = 0; i < 8; i++) {
        snprintf(number[i], sizeof number[i], "N%d", i);
        in[i] = ask(number[i], 1);
        r[i] = (pn_request){.in = &in[i], .out = &out[i]};
    }
    ok(pn_call_requests(p, pn_op_find("dist", "lock"), r, 8));
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(r[i].rc, i < 5 ? 0 : PN_EQUOTA);
    ck_assert_str_eq(stock_now(), "100/5/0");
    proved();
}
END_TEST

/* Ten tickets, four withheld: the public gets six, the distributor its four, released ones stay
 * its own. */
START_TEST(dedicated_quota_is_nobody_elses)
{
    make_shop(.stock = 10, .face_fen = YUAN(480), .limit_order = 10);
    contract(4, true);
    ck_assert_int_eq(count_of("stock where qty_held = 4"), 1);
    pn *p = ops();
    pn_order o;
    fails(PN_ESTOCK, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 7,
                                     .phone = "13800000001"}, &o));
    order_n(6, "13800000001");
    pn_dist d = locked("A", 3);
    ck_assert_int_eq(count_of("stock where qty_held = 1 and qty_locked = 9"), 1);
    proved();
    p = agent();
    ok(pn_dist_unlock(p, &(struct pn_dist_unlock){.order = d.order_id}, &d));
    ck_assert_int_eq(d.status.v, PN_ORDER_DIST_RELEASED);
    ok(pn_dist_unlock(p, &(struct pn_dist_unlock){.order = d.order_id}, &d)); /* asked again */
    ck_assert_int_eq(count_of("stock where qty_held = 4 and qty_locked = 6"), 1);
    p = ops();
    fails(PN_ESTOCK, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                     .phone = "13800000002"}, &o));
    topup(YUAN(10000));
    d = confirmed("B", 4);
    proved();
    p = agent();
    ok(pn_dist_refund(p, &(struct pn_dist_refund){.order = d.order_id}, &d));
    ck_assert_int_eq(count_of("stock where qty_held = 4 and qty_sold = 0"), 1);
    proved();
}
END_TEST

START_TEST(an_account_is_not_overdrawn)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    topup(YUAN(1000));
    pn_dist d = locked("A", 3);
    pn *p = agent();
    struct pn_dist_confirm in = {.order = d.order_id, .pay_status = {PN_DIST_PAID}};
    fails(PN_EBALANCE, pn_dist_confirm(p, &in, &d));
    ck_assert_str_eq(pn_error(p)->field, "channel");
    ck_assert_str_eq(order_state(d.order_id), "DIST_LOCKED");
    ck_assert_int_eq(count_of("ticket"), 0);
    p = as(PN_ROLE_FINANCE, FIN);
    pn_channel c;
    ok(pn_channel_edit(p, &(struct pn_channel_edit){.id = tm_id, .credit_fen = {YUAN(368)}}, &c));
    p = agent();
    ok(pn_dist_confirm(p, &in, &d));
    ck_assert_int_eq(balance(), -YUAN(368));
    ok(pn_dist_confirm(p, &in, &d)); /* asked again: debited once */
    ck_assert_int_eq(balance(), -YUAN(368));
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EBALANCE, pn_channel_edit(p, &(struct pn_channel_edit){.id = tm_id,
                                       .no_credit = true}, &c));
    fails(PN_EBALANCE, pn_channel_topup(p, &(struct pn_channel_topup){tm_id, {-1}, "back"}, &c));
    proved();
}
END_TEST

/* 4.28: a statement a day. */
START_TEST(unpaid_and_late_confirmations)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    topup(YUAN(10000));
    pn_dist a = locked("A", 1), b = locked("B", 1);
    pn *p = agent();
    ok(pn_dist_confirm(p, &(struct pn_dist_confirm){.order = a.order_id,
                                                    .pay_status = {PN_DIST_UNPAID}}, &a));
    ck_assert_str_eq(order_state(a.order_id), "DIST_RELEASED");
    fails(PN_ESTATE, pn_dist_confirm(p, &(struct pn_dist_confirm){.order = a.order_id,
                                     .pay_status = {PN_DIST_PAID}}, &a));
    ck_assert_str_eq(pn_error(p)->field, "order");
    fails(PN_ESTATE, pn_dist_confirm(p, &(struct pn_dist_confirm){.third_order_no = "A",
                                     .pay_status = {PN_DIST_PAID}}, &a));
    ck_assert_str_eq(pn_error(p)->field, "third_order_no");
    shop_clock(15 * MINUTE); /* no job came by */
    p = agent();
    ok(pn_dist_query(p, &(struct pn_dist_query){.third_order_no = "B"}, &b));
    ck_assert_int_eq(b.status.v, PN_ORDER_DIST_RELEASED);
    fails(PN_EEXPIRED, pn_dist_confirm(p, &(struct pn_dist_confirm){.order = b.order_id,
                                       .pay_status = {PN_DIST_PAID}}, &b));
    fails(PN_ENONE, pn_dist_query(p, &(struct pn_dist_query){.third_order_no = "C"}, &b));
    fails(PN_EARG, pn_dist_query(p, &(struct pn_dist_query){0}, &b));
    ck_assert_int_eq(balance(), YUAN(10000));
    job("hold_expire");
    proved();
}
END_TEST

/* Another channel's login sees and touches nothing. */
START_TEST(channels_are_confined)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    channel("other", OTHER);
    pn_dist d = locked("A", 1);
    pn *p = test_begin_as(&(pn_actor){.kind = 'C', .id = OTHER, .login = "o", .name = "O",
                                      .roles = PN_ROLE_CHANNEL, .via = "http"});
    pn_set_now(p, (pn_time){shop_now});
    pn_page page;
    fails(PN_ENONE, pn_dist_query(p, &(struct pn_dist_query){.order = d.order_id}, &d));
    fails(PN_ENONE, pn_dist_query(p, &(struct pn_dist_query){.third_order_no = "A"}, &d));
    fails(PN_ENONE, pn_dist_unlock(p, &(struct pn_dist_unlock){.order = d.order_id}, &d));
    pn_order o;
    pn_order_detail detail;
    fails(PN_ENONE, pn_order_show(p, &(struct pn_order_show){d.order_id}, &detail));
    fails(PN_ENONE, pn_order_cancel(p, &(struct pn_order_cancel){.id = d.order_id}, &o));
    fails(PN_EPERM, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                    .phone = "13800000001"}, &o));
    ok(pn_dist_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    ok(pn_channel_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_agency_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    pn_order others = order_n(1, "13800000001");
    p = agent();
    ok(pn_order_show(p, &(struct pn_order_show){d.order_id}, &detail));
    fails(PN_ENONE, pn_order_cancel(p, &(struct pn_order_cancel){.id = others.id}, &o));
    ok(pn_dist_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_agency_quotas(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    p = as(PN_ROLE_CHANNEL, 43); /* of no channel */
    struct pn_dist_lock in = ask("Z", 1);
    fails(PN_EARG, pn_dist_lock(p, &in, &d));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
}
END_TEST

START_TEST(a_cancelled_session_pays_all_back)
{
    make_shop(.stock = 100, .face_fen = YUAN(480));
    contract(50, false);
    topup(YUAN(10000));
    pn_dist d = confirmed("A", 2), open = locked("B", 1);
    test_sql("update session set status = 'CANCELLED'");
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " values (1, 4097, 'session.cancelled', 40961, 'c', '{}', 'epoch', 'epoch')");
    relay();
    ck_assert_str_eq(order_state(d.order_id), "DIST_REFUNDED");
    ck_assert_str_eq(order_state(open.order_id), "DIST_RELEASED");
    ck_assert_int_eq(balance(), YUAN(10000));
    proved();
}
END_TEST

/* What is left of it after a refund is earned when the show is over; by contract nothing more of it
 * goes back, by force it does. */
START_TEST(a_distributors_order_completes)
{
    pn_refund r;
    make_shop(.stock = 20, .face_fen = YUAN(480));
    test_sql("update session set end_at = start_at + interval '2 hours'");
    contract(10, false);
    topup(YUAN(10000));
    pn_dist d = confirmed("TM1", 3);
    const char *one[] = {"2"};
    pn *p = agent();
    struct pn_dist_refund back = {.third_order_no = "TM1", .seats = {one, 1}};
    ok(pn_dist_refund(p, &back, &d));
    relay();
    job("order_complete");
    ck_assert_str_eq(order_state(d.order_id), "ISSUED"); /* not over yet */
    test_sql("update session set status = 'ENDED', start_at = start_at - interval '63 days',"
             " doors_at = doors_at - interval '63 days', end_at = end_at - interval '63 days',"
             " stop_sale_at = stop_sale_at - interval '63 days',"
             " tail_from = tail_from - interval '63 days'");
    shop_clock(MINUTE);
    job("order_complete");
    ck_assert_str_eq(order_state(d.order_id), "COMPLETED");
    ck_assert_int_eq(count_of("outbox where event = 'order.completed'"), 1);
    shop_clock(MINUTE);
    job("order_complete");
    ck_assert_int_eq(count_of("outbox where event = 'order.completed'"), 1);
    relay();
    back.seats = (pn_texts){0};
    fails(PN_ESTATE, pn_dist_refund(p, &back, &d));
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = d.order_id, .forced = true,
        .reason = {PN_REASON_FAULT}, .note = "not our show"}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    relay();
    ck_assert_str_eq(order_state(d.order_id), "REFUNDED");
    ck_assert_int_eq(balance(), YUAN(10000) - 4560);
    proved();
}
END_TEST

START_TEST(a_contract_says_what_it_allows)
{
    make_shop(.stock = 10, .face_fen = YUAN(480));
    int64_t id = contract(5, true);
    pn *p = ops();
    pn_agency g;
    pn_agency_quota_row q;
    struct pn_agency_create in = {.code = "tm", .channel = tm_id, .price_mode = {PN_AGENCY_NET},
                                  .valid_to = {shop_now + DAY}};
    fails(PN_EEXISTS, pn_agency_create(p, &in, &g));
    in.code = "net";
    in.ttl_min = 20;
    in.ttl_max_min = 10;
    fails(PN_EARG, pn_agency_create(p, &in, &g));
    in.ttl_min = in.ttl_max_min = 0;
    in.valid_to.us = shop_now - DAY;
    fails(PN_EARG, pn_agency_create(p, &in, &g));
    in.valid_to.us = shop_now + DAY;
    ok(pn_agency_create(p, &in, &g));
    fails(PN_EARG, pn_agency_quota(p, &(struct pn_agency_quota){g.id, TIER, 2, false, {0}}, &q));
    fails(PN_ECAP, pn_agency_quota(p, &(struct pn_agency_quota){g.id, TIER, 2, false,
                                                                {YUAN(481)}}, &q));
    ok(pn_agency_quota(p, &(struct pn_agency_quota){g.id, TIER, 2, false, {YUAN(300)}}, &q));
    fails(PN_ESTOCK, pn_agency_quota(p, &(struct pn_agency_quota){id, TIER, 11, true, {0}}, &q));
    ok(pn_agency_quota(p, &(struct pn_agency_quota){id, TIER, 3, true, {0}}, &q));
    ck_assert_int_eq(count_of("stock where qty_held = 3"), 1);
    ok(pn_agency_show(p, &(struct pn_agency_show){id}, &g));
    ok(pn_agency_stop(p, &(struct pn_agency_stop){id}, &g));
    fails(PN_ESTATE, pn_agency_stop(p, &(struct pn_agency_stop){id}, &g));
    /* the other contract covers the tier now, at its net price */
    p = agent();
    pn_dist d;
    struct pn_dist_lock lock = ask("N1", 2);
    lock.expect_fen.fen = YUAN(600);
    ok(pn_dist_lock(p, &lock, &d));
    ck_assert_int_eq(d.payable_fen.fen, YUAN(600));
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("dist");
    TCase *c = tcase_create("dist");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S33_prepaid_locked_confirmed_given_back);
    tcase_add_loop_test(c, a_refund_looks_at_what_is_there_when_the_order_is_its_own, 0, 2);
    tcase_add_test(c, S33_a_printed_ticket_stays);
    tcase_add_test(c, I31_the_same_number_is_the_same_order);
    tcase_add_test(c, I31_the_number_is_a_key);
    tcase_add_test(c, I31_the_same_number_at_the_same_time);
    tcase_add_test(c, what_a_lock_must_keep);
    tcase_add_test(c, quota_is_shared_in_the_order_of_arrival);
    tcase_add_test(c, dedicated_quota_is_nobody_elses);
    tcase_add_test(c, an_account_is_not_overdrawn);
    tcase_add_test(c, unpaid_and_late_confirmations);
    tcase_add_test(c, channels_are_confined);
    tcase_add_test(c, a_cancelled_session_pays_all_back);
    tcase_add_test(c, a_distributors_order_completes);
    tcase_add_test(c, a_contract_says_what_it_allows);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
