/* SPDX-License-Identifier: Apache-2.0 */
/* grab.c — grabs: paid in advance, matched in the order of the queue, never above the cap. */
#include "grabs.h"

#include <stdio.h>
#include <string.h>

#include "goods/listing.h"

static pn_grab_help helped(int64_t order, int64_t user)
{
    pn *p = as(PN_ROLE_BUYER, user);
    pn_grab_help h;
    ok(pn_grab_assist(p, &(struct pn_grab_assist){order}, &h));
    pn_end(p);
    return h;
}

START_TEST(S14_a_match_costs_what_the_tickets_cost_and_gives_the_rest_back)
{
    make_shop(.face_fen = YUAN(720), .stock = 2);
    make_tier(0, YUAN(650));
    const char *tiers[] = {tier_text(TIER), tier_text(TIER2)};
    struct pn_grab_submit in = wish(2, 700, phones[0]);
    in.tiers = (pn_texts){tiers, 2};
    in.delivery.v = PN_DELIVERY_EXPRESS;
    in.receiver = "韩梅";
    in.region = "上海市 黄浦区";
    in.street = "南京东路100号";
    pn_grab g = submitted(in);
    ck_assert_int_eq(g.auth_fen.fen, YUAN(1415));
    ck_assert_str_eq(order_state(g.order_id), "GRAB_PENDING_AUTH");
    pay(g.order_id);
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ck_assert_ptr_nonnull(strstr(body_of("15-grab_submitted"),
                                 "A/B，2张，最高单价700元，已预付1415元"));
    job("grab_match"); /* 720 is above the cap */
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ck_assert_str_eq(stock_now(), "2/0/0");
    proved();
    stock(TIER2, 5);
    again("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    ck_assert_int_eq(test_sql_int("select payable_fen from orders"), YUAN(1315));
    ck_assert_int_eq(test_sql_int("select sum(qty_sold) from stock where lot_id = 65537"), 2);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    job("refund_retry");
    relay();
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(100));
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(100));
    ck_assert_ptr_nonnull(strstr(body_of("16-grab_success"), "B2张，实付1315元，多付100元"));
    ck_assert_ptr_nonnull(strstr(body_of("23-deduct_ok"), "扣款1315元"));
    ck_assert_int_eq(count_of("notice"), 4); /* 15, 16, 23 and the parcel's 06 */
    proved();
}
END_TEST

/* What appears is matched a second later, whichever way it comes; the slow job has no part. */
static void appears(int64_t grab, const char *how)
{
    ck_assert_str_eq(order_state(grab), "GRAB_WAITING");
    relay();
    job("grab_wake"); /* not at once: others may appear, too */
    ck_assert_msg(!strcmp(order_state(grab), "GRAB_WAITING"), "%s: too soon", how);
    again("grab_wake");
    ck_assert_msg(!strcmp(order_state(grab), "ALLOCATED") || !strcmp(order_state(grab), "PAID"),
                  "%s: %s", how, order_state(grab));
    ck_assert_int_eq(count_of("grab_due"), 0);
}

START_TEST(S14_what_appears_is_matched_by_its_event)
{
    make_shop(.face_fen = YUAN(650), .stock = 1);
    pn_order held = order_n(1, phones[3]), gone;
    pn_grab g = queued(1, 700, phones[0]);
    again("grab_wake");
    shop_clock(16 * MINUTE);
    job("hold_expire");
    appears(g.order_id, "a hold that ran out");
    pn_grab h = queued(1, 700, phones[1]);
    (void)forced_back(g.order_id);
    pn *p = ops();
    appears(h.order_id, "a refund");
    g = queued(1, 700, phones[2]);
    stock(TIER, 2);
    appears(g.order_id, "more stock");
    g = queued(1, 700, phones[0]);
    lot_of(.qty = 1, .sale_fen = YUAN(660), .state = "PAUSED");
    test_sql("insert into merchant (id, code, kind, name, status, commission_bp, created_at,"
             " updated_at) values (101, 'm1', 'AGENCY', 'm1', 'ACTIVE', 500, now(), now())");
    test_sql("insert into merchant_stand (sk, merchant_id) values (101, 101)");
    test_sql("insert into qualification (sk, id, merchant_id, kind, no, valid_to, state,"
             " created_at) select 101, 101 + 4096 * i, 101, k, '1', '2099-12-31', 'VERIFIED',"
             " now() from unnest(array['BUSINESS_LICENCE', 'PERFORMANCE_PERMIT'])"
             " with ordinality u(k, i)");
    pn_listing l;
    ok(pn_listing_resume(p, &(struct pn_listing_resume){
        .id = test_sql_int("select id from listing")}, &l));
    appears(g.order_id, "an offer");
    g = queued(2, 700, phones[1]); /* two of the next three */
    stock(TIER, 4);
    held = order_n(1, phones[3]);
    relay();
    again("grab_wake");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = held.id}, &gone));
    appears(g.order_id, "a cancelled order");
    books_balance(); /* the offer has no history of prices */
}
END_TEST

/* Many tickets in a moment are one look at the queue; nobody waits, nothing is noted. */
START_TEST(S14_a_moment_is_one_look)
{
    make_shop(.face_fen = YUAN(650), .stock = 1);
    order_n(1, phones[3]);
    stock(TIER, 2);
    relay();
    ck_assert_int_eq(count_of("grab_due"), 0);
    order_n(1, phones[3]);
    queued(1, 700, phones[0]);
    again("grab_wake");
    stock(TIER, 3);
    stock(TIER, 4);
    relay();
    ck_assert_int_eq(count_of("grab_due"), 1);
}
END_TEST

START_TEST(a_matched_grab_is_taken_back_by_force_only)
{
    make_shop(.stock = 0 + 1);
    pn_grab g = queued(1, 600, phones[0]);
    job("grab_match");
    job("refund_retry");
    ck_assert_int_eq(forced_back(g.order_id), YUAN(580));
    again("refund_retry");
    ck_assert_str_eq(order_state(g.order_id), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(600));
    ck_assert_str_eq(stock_now(), "1/0/0");
    proved();
}
END_TEST

START_TEST(S15_help_moves_a_grab_ahead_and_the_deadline_gives_all_back)
{
    make_shop(.stock = 1);
    pn_order sold = paid_n(1, phones[3]);
    pn_grab early = queued(1, 600, phones[0]);
    shop_clock(MINUTE);
    struct pn_grab_submit in = wish(1, 600, phones[1]);
    in.deadline_at.us = shop_now + DAY;
    pn_grab late = submitted(in), other = queued(1, 600, phones[2]);
    pay(late.order_id);
    for (int64_t u = 101; u <= 104; u++) /* known helpers */
        helped(other.order_id, u);
    int boost = 0;
    for (int64_t u = 101; u <= 106; u++)
        boost = helped(late.order_id, u).boost;
    ck_assert_int_eq(boost, 8);
    ck_assert_int_eq(count_of("grab_assist where points = 2 and fresh"), 2 + 4);
    pn *p = as(PN_ROLE_BUYER, 101);
    pn_grab_help h;
    fails(PN_EEXISTS, pn_grab_assist(p, &(struct pn_grab_assist){late.order_id}, &h));
    ok(pn_grab_assist(p, &(struct pn_grab_assist){early.order_id}, &h)); /* the third today */
    pn_end(p);
    test_sql("update grab_request set boost = 0 where boost = 1");
    struct pn_grab_submit more = wish(1, 600, "13800000009");
    pn_grab fourth = submitted(more);
    pay(fourth.order_id);
    p = as(PN_ROLE_BUYER, 101);
    fails(PN_ELIMIT, pn_grab_assist(p, &(struct pn_grab_assist){fourth.order_id}, &h));
    ck_assert_int_eq(count_of("grab_assist where order_id = (select max(order_id)"
                              " from grab_request)"), 0);
    pn_end(p);
    shop_clock(DAY);
    job("grab_deadline");
    ck_assert_str_eq(order_state(late.order_id), "GRAB_FAILED");
    ck_assert_str_eq(order_state(early.order_id), "GRAB_WAITING");
    job("refund_retry");
    relay();
    ck_assert_ptr_nonnull(strstr(body_of("17-grab_failed"), "600元已原路退回"));
    ck_assert_int_eq(count_of("notice where kind = '22-cancel_refunded'"), 0);
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(600));
    ck_assert_str_eq(order_state(sold.id), "ALLOCATED");
    p = as(PN_ROLE_BUYER, 101); /* tomorrow is another day */
    ok(pn_grab_assist(p, &(struct pn_grab_assist){fourth.order_id}, &h));
    proved();
}
END_TEST

START_TEST(S15_the_queue_is_by_boost_then_by_time)
{
    make_shop(.stock = 1);
    pn_order sold = paid_n(1, phones[3]);
    pn_grab early = queued(1, 600, phones[0]);
    shop_clock(MINUTE);
    pn_grab late = queued(1, 600, phones[1]);
    helped(late.order_id, 101);
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = sold.id}, &r));
    job("grab_match");
    ck_assert_str_eq(order_state(late.order_id), "ALLOCATED");
    ck_assert_str_eq(order_state(early.order_id), "GRAB_WAITING");
    ck_assert_int_eq(count_of("grab_considered"), 2);
    ck_assert_str_eq(test_sql_text("select string_agg(result, ' ' order by rank)"
                                   " from grab_considered"), "MATCH STOCK");
    proved();
}
END_TEST

START_TEST(a_wish_has_bounds)
{
    make_shop(.face_fen = YUAN(580), .limit_order = 4);
    pn *p = ops();
    pn_grab g;
    struct pn_grab_submit in = wish(2, 289, phones[0]);
    fails(PN_ECAP, pn_grab_submit(p, &in, &g));
    ck_assert_str_eq(pn_error(p)->field, "cap_fen");
    in.cap_fen.fen = YUAN(290);
    in.qty = 5;
    fails(PN_ELIMIT, pn_grab_submit(p, &in, &g));
    in.qty = 2;
    in.deadline_at.us = shop_now - MINUTE;
    fails(PN_EARG, pn_grab_submit(p, &in, &g));
    in.deadline_at.us = shop_now + 80 * DAY;
    fails(PN_EARG, pn_grab_submit(p, &in, &g));
    in.deadline_at.us = 0;
    const char *none[] = {"nowhere"};
    in.tiers = (pn_texts){none, 1};
    fails(PN_ENONE, pn_grab_submit(p, &in, &g));
    for (int i = 0; i < 3; i++)
        submitted(wish(1, 300, phones[0]));
    in = wish(1, 300, phones[0]);
    fails(PN_ELIMIT, pn_grab_submit(p, &in, &g));
    in.phone = phones[1];
    ok(pn_grab_submit(p, &in, &g));
    pn_end(p);
    shop_clock(15 * MINUTE);
    job("grab_deadline"); /* unpaid ones make room */
    ck_assert_int_eq(count_of("orders where status = 'GRAB_CANCELLED'"), 4);
    submitted(wish(1, 300, phones[0]));
    proved();
}
END_TEST

START_TEST(a_raised_cap_counts_when_it_is_paid_and_keeps_the_place)
{
    make_shop(.face_fen = YUAN(700), .stock = 1);
    pn_grab g = queued(1, 600, phones[0]);
    pn *p = ops();
    pn_grab out;
    fails(PN_EARG, pn_grab_raise(p, &(struct pn_grab_raise){g.order_id, {YUAN(600)}}, &out));
    ok(pn_grab_raise(p, &(struct pn_grab_raise){g.order_id, {YUAN(720)}}, &out));
    ck_assert_int_eq(out.auth_fen.fen, YUAN(720));
    ck_assert_int_eq(out.cap_fen.fen, YUAN(600));
    pn_end(p);
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    proved();
    pay(g.order_id);
    ck_assert_int_eq(test_sql_int("select max(amount_fen) from payment where leg_no = 2"),
                     YUAN(120));
    ck_assert_int_eq(test_sql_int("select cap_fen from grab_request"), YUAN(720));
    again("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(20));
    proved();
}
END_TEST

/* Raised twice before it was paid: the first difference is not what is missing any more. */
START_TEST(money_for_an_older_cap_goes_back)
{
    make_shop(.stock = 1);
    paid_n(1, phones[3]);
    pn_grab g = queued(1, 600, phones[0]);
    pn *p = ops();
    pn_payment old, now;
    ok(pn_grab_raise(p, &(struct pn_grab_raise){g.order_id, {YUAN(650)}}, &g));
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {PN_PAY_SIMULATED}}, &old));
    ok(pn_grab_raise(p, &(struct pn_grab_raise){g.order_id, {YUAN(700)}}, &g));
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {PN_PAY_SIMULATED}}, &now));
    ck_assert_int_eq(now.amount_fen.fen, YUAN(100));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = old.id}, &old));
    ck_assert_int_eq(old.state.v, PN_PAYMENT_DUP_REFUNDING);
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = now.id}, &now));
    ck_assert_int_eq(now.state.v, PN_PAYMENT_SUCCESS);
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(50));
    ck_assert_int_eq(test_sql_int("select cap_fen from grab_request"), YUAN(700));
    proved();
}
END_TEST

START_TEST(a_cancelled_grab_gives_everything_back)
{
    make_shop(.face_fen = YUAN(700));
    pn_grab g = queued(1, 600, phones[0]), out, unpaid = submitted(wish(1, 600, phones[1]));
    pn *p = ops();
    ok(pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &out));
    ok(pn_grab_cancel(p, &(struct pn_grab_cancel){.order = unpaid.order_id}, &out));
    fails(PN_ESTATE, pn_grab_cancel(p, &(struct pn_grab_cancel){.order = g.order_id}, &out));
    pn_end(p);
    job("refund_retry");
    relay();
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(600));
    ck_assert_ptr_nonnull(strstr(body_of("22-cancel_refunded"), "因取消抢票退款600元"));
    ck_assert_int_eq(test_sql_int("select sum(open_n) from grab_buyer"), 0);
    proved();
}
END_TEST

START_TEST(money_that_comes_after_the_end_goes_back)
{
    make_shop();
    pn_grab g = submitted(wish(1, 600, phones[0]));
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){g.order_id, {PN_PAY_SIMULATED}}, &y));
    shop_clock(16 * MINUTE);
    job("grab_deadline");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_CANCELLED");
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(600));
    ck_assert_str_eq(order_state(g.order_id), "GRAB_CANCELLED");
    proved();
}
END_TEST

START_TEST(a_capture_is_tried_twice_and_gives_the_tickets_back)
{
    make_shop(.stock = 1);
    pn_grab g = queued(1, 600, phones[0]);
    test_sql("update payment set state = 'CLOSED'"); /* the provider took it back */
    job("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    ck_assert_int_eq(test_sql_int("select attempts from grab_request"), 1);
    ck_assert_str_eq(stock_now(), "1/0/0");
    again("grab_match");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_FAILED");
    ck_assert_str_eq(stock_now(), "1/0/0");
    relay();
    ck_assert_int_eq(count_of("notice where kind = '24-deduct_fail'"), 1);
    ck_assert_int_eq(count_of("order_item"), 0);
}
END_TEST

START_TEST(names_wait_with_the_grab_and_a_better_tier_will_do)
{
    make_shop(.realname = "STRICT", .stock = 1, .face_fen = YUAN(380));
    make_tier(2, YUAN(580));
    pn_attendee who[] = {{"张三", {PN_DOC_ID_CARD}, "11010519491231002X"},
                         {"李四", {PN_DOC_PASSPORT}, "E12345678"}};
    struct pn_grab_submit in = wish(2, 600, phones[0]);
    pn *p = ops();
    pn_grab g;
    fails(PN_EREALNAME, pn_grab_submit(p, &in, &g));
    in.attendees = (pn_rows){who, 2};
    pn_grab plain = submitted(in);
    in.accept_upgrade = true;
    in.phone = phones[1];
    who[0] = (pn_attendee){"王五", {PN_DOC_PASSPORT}, "E22345678"};
    who[1] = (pn_attendee){"赵六", {PN_DOC_PASSPORT}, "E32345678"};
    g = submitted(in);
    pay(plain.order_id);
    pay(g.order_id);
    job("grab_match");
    ck_assert_str_eq(order_state(plain.order_id), "GRAB_WAITING");
    ck_assert_str_eq(order_state(g.order_id), "ALLOCATED");
    ck_assert_int_eq(count_of("session_doc"), 2);
    ck_assert_int_eq(count_of("ticket where holder_doc_hash is not null"), 2);
    proved();
}
END_TEST

/* Two merchants offer the first tier; the dearer is pinned in front. */
static void two_sellers(const char *eligible)
{
    char sql[1500];
    for (int i = 1; i <= 2; i++) {
        snprintf(sql, sizeof sql,
            "insert into listing (sk, id, code, merchant_id, session_id, tier_id, ask_fen,"
            " sale_fen, settle_fen, grab_eligible, state, listed_at, pin, created_at, updated_at)"
            " values (1, %d, 'l%d', %d, %d, %d, %d, %d, %d, %s, 'LIVE', now(), %d, now(), now())",
            i * 4096 * 1000 + 1, i, 100 + i, SESSION, TIER, 50000 + i * 5000, 50000 + i * 5000,
            40000, eligible, 3 - i); /* the dearer is shown first */
        test_sql(sql);
        snprintf(sql, sizeof sql,
            "with s as (insert into stock (sk, lot_id, tier_id, session_id, merchant_id, qty_total)"
            " values (1, %d, %d, %d, %d, 1)) insert into stock_move (sk, id, lot_id, delta, reason,"
            " actor_id, at) values (1, %d, %d, 1, 'listed', 1, now())", i * 4096 * 1000 + 1, TIER,
            SESSION, 100 + i, 5000 + i, i * 4096 * 1000 + 1);
        test_sql(sql);
    }
}

START_TEST(S14_a_merchants_offer_is_matched_the_cheapest_first)
{
    make_shop(.face_fen = YUAN(720), .stock = 1);
    pn_grab a = queued(1, 600, phones[0]), b = queued(1, 580, phones[1]);
    two_sellers("true");
    job("grab_match");
    ck_assert_str_eq(order_state(a.order_id), "PAID"); /* the merchant has to deliver */
    ck_assert_str_eq(order_state(b.order_id), "GRAB_WAITING");
    ck_assert_int_eq(test_sql_int("select unit_fen from order_item"), YUAN(550));
    ck_assert_int_eq(test_sql_int("select sum(settle_fen) from order_item"), YUAN(400));
    test_sql("update listing set sale_fen = 58000 where sale_fen = 60000");
    again("grab_match");
    ck_assert_str_eq(order_state(b.order_id), "PAID");
    ck_assert_int_eq(test_sql_int("select max(unit_fen) from order_item"), YUAN(580));
    ck_assert_int_eq(test_sql_int("select qty_sold from stock where lot_id = tier_id"), 0);
    books_balance();
}
END_TEST

START_TEST(an_offer_that_serves_no_grabs_is_passed_over)
{
    make_shop(.face_fen = YUAN(720), .stock = 1);
    pn_grab a = queued(1, 600, phones[0]);
    two_sellers("false");
    job("grab_match");
    ck_assert_str_eq(order_state(a.order_id), "GRAB_WAITING");
    books_balance();
}
END_TEST

START_TEST(a_session_that_is_called_off_ends_its_grabs)
{
    make_shop(.status = "SCHEDULED", .sale_days = -1);
    pn_grab g = queued(1, 600, phones[0]);
    job("grab_match"); /* not on sale yet */
    ck_assert_str_eq(order_state(g.order_id), "GRAB_WAITING");
    test_sql("update session set status = 'CANCELLED'");
    job("grab_deadline");
    ck_assert_str_eq(order_state(g.order_id), "GRAB_FAILED");
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(600));
    proved();
}
END_TEST

/* A refusal stands at the input that it is about, whatever that is called. */
START_TEST(an_order_that_is_not_there_is_told_where_it_was_named)
{
    make_shop(.stock = 1);
    pn_order o = order_n(1, phones[0]);
    pn *p = as(PN_ROLE_BUYER, 4242);
    pn_grab g;
    pn_payment y;
    fails(PN_ENONE, pn_grab_raise(p, &(struct pn_grab_raise){o.id, {YUAN(700)}}, &g));
    ck_assert_str_eq(pn_error(p)->field, "order");
    fails(PN_ENONE, pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}},
                                      &y));
    ck_assert_str_eq(pn_error(p)->field, "order");
    fails(PN_ENONE, pn_order_cancel(p, &(struct pn_order_cancel){.id = o.id}, &o));
    ck_assert_str_eq(pn_error(p)->field, "id");
    pn_end(p);
    p = ops();
    fails(PN_ENONE, pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = 77}, &y));
    ck_assert_str_eq(pn_error(p)->field, "payment");
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("grab");
    TCase *c = tcase_create("grab");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S14_a_match_costs_what_the_tickets_cost_and_gives_the_rest_back);
    tcase_add_test(c, S14_what_appears_is_matched_by_its_event);
    tcase_add_test(c, S14_a_moment_is_one_look);
    tcase_add_test(c, a_matched_grab_is_taken_back_by_force_only);
    tcase_add_test(c, S15_help_moves_a_grab_ahead_and_the_deadline_gives_all_back);
    tcase_add_test(c, S15_the_queue_is_by_boost_then_by_time);
    tcase_add_test(c, a_wish_has_bounds);
    tcase_add_test(c, a_raised_cap_counts_when_it_is_paid_and_keeps_the_place);
    tcase_add_test(c, money_for_an_older_cap_goes_back);
    tcase_add_test(c, a_cancelled_grab_gives_everything_back);
    tcase_add_test(c, money_that_comes_after_the_end_goes_back);
    tcase_add_test(c, a_capture_is_tried_twice_and_gives_the_tickets_back);
    tcase_add_test(c, names_wait_with_the_grab_and_a_better_tier_will_do);
    tcase_add_test(c, S14_a_merchants_offer_is_matched_the_cheapest_first);
    tcase_add_test(c, an_offer_that_serves_no_grabs_is_passed_over);
    tcase_add_test(c, a_session_that_is_called_off_ends_its_grabs);
    tcase_add_test(c, an_order_that_is_not_there_is_told_where_it_was_named);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
