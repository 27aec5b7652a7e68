/* SPDX-License-Identifier: Apache-2.0 */
/* shift.c — drawers: what should be in them, what was counted, who looks at the difference. */
#include <stdio.h>
#include <string.h>

#include "order/offline.h"
#include "order/shift.h"
#include "report/alarm.h"
#include "report/check.h"
#include "shop.h"

enum { CLERK2 = 22 };

static void setup(void)
{
    test_db_setup();
    make_shop(.stock = 20, .limit_user = 50, .limit_order = 20);
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'shift.required', '1', '2000-01-01')");
}

static void teardown(void)
{
    books_proven();
    books_watched();
    test_db_teardown();
}

static pn_shift opened(int64_t who, const char *till, int64_t fen, int64_t from)
{
    pn *p = as(PN_ROLE_BOXOFFICE, who);
    pn_shift s;
    ok(pn_shift_open(p, &(struct pn_shift_open){till, {fen}, from}, &s));
    pn_end(p);
    return s;
}

static int closed(int64_t who, int64_t fen, pn_shift *s)
{
    pn *p = as(PN_ROLE_BOXOFFICE, who);
    return pn_shift_close(p, &(struct pn_shift_close){.counted_fen = {fen}}, s);
}

START_TEST(cash_is_taken_within_a_shift)
{
    pn_order o = order_n(1, "13800000001");
    pn_payment y;
    pn *p = clerk();
    fails(PN_ESTATE, pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    pn_end(p);
    opened(CLERK2, "w2", YUAN(100), 0); /* somebody else's is not his */
    p = clerk();
    fails(PN_ESTATE, pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    opened(CLERK, "w1", YUAN(300), 0);
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    ck_assert_int_eq(count_of("shift_cash where kind = 'SALE' and amount_fen = 58000"), 1);
    /* by permission of operations it needs none */
    o = order_n(1, "13800000002");
    p = as(PN_ROLE_OPS | PN_ROLE_BOXOFFICE, OPS);
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    ck_assert_int_eq(count_of("shift_cash"), 1);
}
END_TEST

/* The drawer is where the money goes, whatever was typed. */
START_TEST(money_is_taken_at_the_till_of_ones_shift)
{
    pn_order o = order_n(1, "13800000001"), off;
    pn_payment y;
    opened(CLERK, "w1", YUAN(300), 0);
    pn *p = clerk();
    fails(PN_ECONFLICT, pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, "w2"}, &y));
    ck_assert_str_eq(pn_error(p)->field, "till");
    ck_assert_str_eq(pn_error(p)->message, "Your open shift is at till w1, not at w2");
    fails(PN_ECONFLICT, pn_payment_slip(p, &(struct pn_payment_slip){o.id, "S1", "w2"}, &y));
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, "w1"}, &y));
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1,
                                                      .phone = "13800000002"}, &off));
    struct pn_order_collect in = {off.id, {PN_PAY_CASH}, off.payable_fen, NULL, "w2"};
    fails(PN_ECONFLICT, pn_order_collect(p, &in, &off));
    in.till = NULL;
    ok(pn_order_collect(p, &in, &off));
    pn_end(p);
    ck_assert_int_eq(count_of("shift_cash"), 2);
}
END_TEST

START_TEST(one_of_a_person_and_a_till)
{
    pn_shift s;
    opened(CLERK, "w1", YUAN(300), 0);
    pn *p = clerk();
    fails(PN_EEXISTS, pn_shift_open(p, &(struct pn_shift_open){"w2", {0}, 0}, &s));
    p = as(PN_ROLE_BOXOFFICE, CLERK2);
    fails(PN_EEXISTS, pn_shift_open(p, &(struct pn_shift_open){"w1", {0}, 0}, &s));
    fails(PN_ESTATE, pn_shift_add(p, &(struct pn_shift_add){{100}, "x"}, &s));
    fails(PN_ESTATE, pn_shift_close(p, &(struct pn_shift_close){0}, &s));
    int64_t id = test_sql_int("select id from shift");
    fails(PN_EPERM, pn_shift_show(p, &(struct pn_shift_show){id}, &s));
    fails(PN_EPERM, pn_shift_close(p, &(struct pn_shift_close){.id = id}, &s));
    pn_page page;
    ok(pn_shift_mine(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    fails(PN_EPERM, pn_shift_list(p, &(pn_list){0}, &page));
    p = ops();
    ok(pn_shift_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    pn_end(p);
}
END_TEST

/* Whoever asks first is told what the sale would say. */
START_TEST(one_may_ask_whether_a_shift_is_needed)
{
    pn_shift_need n;
    pn *p = clerk();
    ok(pn_shift_needed(p, NULL, &n));
    ck_assert(n.required && !n.id);
    pn_end(p);
    int64_t id = opened(CLERK, "w1", YUAN(300), 0).id;
    p = clerk();
    ok(pn_shift_needed(p, NULL, &n));
    ck_assert(n.required);
    ck_assert_int_eq(n.id, id);
    p = ops();
    ok(pn_shift_needed(p, NULL, &n));
    ck_assert(!n.required);
    pn_end(p);
}
END_TEST

/* 7.7: expected = float + cash sales − cash refunds − drops. */
START_TEST(what_should_be_there_is_told_when_it_was_counted)
{
    pn_shift s;
    pn_refund r;
    pn_order o;
    opened(CLERK, "w1", YUAN(300), 0);
    o = paid_n(2, "13800000001");
    paid_n(1, "13800000002");
    pn *p = clerk();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r)); /* free: at once */
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    ok(pn_shift_add(p, &(struct pn_shift_add){{YUAN(200)}, "change"}, &s));
    fails(PN_EBALANCE, pn_shift_drop(p, &(struct pn_shift_drop){{YUAN(1080) + 1}, "bag"}, &s));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    ck_assert_int_eq(count_of("shift_cash where kind = 'DROPPED'"), 0);
    ok(pn_shift_drop(p, &(struct pn_shift_drop){{YUAN(500)}, "bag 1"}, &s));
    fails(PN_EBALANCE, pn_shift_drop(p, &(struct pn_shift_drop){{YUAN(580) + 1}, "bag 2"}, &s));
    ck_assert_int_eq(s.expected_fen.fen + s.sales_fen.fen, 0); /* not told yet */
    pn_end(p);
    ok(closed(CLERK, YUAN(580) - 30, &s));
    ck_assert_int_eq(s.state.v, PN_SHIFT_CLOSED);
    ck_assert_int_eq(s.sales_fen.fen, 3 * YUAN(580));
    ck_assert_int_eq(s.refunds_fen.fen, 2 * YUAN(580));
    ck_assert_int_eq(s.expected_fen.fen, YUAN(300 + 580 + 200 - 500));
    ck_assert_int_eq(s.over_fen.fen, -30);
    relay();
    ck_assert_int_eq(books_sum("DRAWER"), 0);
    ck_assert_int_eq(books_sum("OVER_SHORT"), 30);
    ck_assert_int_eq(books_sum("BANK_TRANSIT"), YUAN(580) - 30);
    fails(PN_ESTATE, closed(CLERK, 0, &s));
    p = ops();
    pn_page page;
    ok(pn_shift_moves(p, &(pn_list){.where = "kind=DROPPED"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(((pn_shift_move *)page.rows.row)->amount_fen.fen, -YUAN(500));
    pn_end(p);
}
END_TEST

START_TEST(much_is_looked_at_by_somebody_else)
{
    pn_shift s;
    opened(CLERK, "w1", YUAN(100), 0);
    pn_shift_piece pieces[] = {{{YUAN(100)}, 1}, {{YUAN(50)}, 1}, {{1}, 1}};
    pn *p = clerk();
    fails(PN_EARG, pn_shift_close(p, &(struct pn_shift_close){.counted_fen = {YUAN(1)},
                                                              .pieces = {pieces, 3}}, &s));
    fails(PN_EARG, pn_shift_close(p, &(struct pn_shift_close){.counted_fen = {YUAN(1)},
                                                              .empty = true}, &s));
    fails(PN_EARG, pn_shift_close(p, &(struct pn_shift_close){0}, &s)); /* nobody has counted */
    ok(pn_shift_close(p, &(struct pn_shift_close){.pieces = {pieces, 3}, .note = "no idea"}, &s));
    ck_assert_int_eq(s.over_fen.fen, YUAN(50) + 1);
    ck_assert_int_eq(s.state.v, PN_SHIFT_CHECK);
    pn_end(p);
    relay();
    ck_assert_int_eq(books_sum("OVER_SHORT"), -YUAN(50) - 1); /* booked at once */
    p = as(PN_ROLE_FINANCE, CLERK);
    fails(PN_EDUAL, pn_shift_check(p, &(struct pn_shift_check){s.id, "mine"}, &s));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_shift_check(p, &(struct pn_shift_check){s.id, "a bill from yesterday"}, &s));
    ck_assert_int_eq(s.state.v, PN_SHIFT_CLOSED);
    ck_assert_int_eq(s.checked_by, FIN);
    ck_assert_int_eq(s.closed_by, CLERK);
    ck_assert_str_eq(s.note, "no idea"); /* both stay */
    ck_assert_str_eq(s.found, "a bill from yesterday");
    fails(PN_ESTATE, pn_shift_check(p, &(struct pn_shift_check){s.id, "again"}, &s));
    pn_end(p);
}
END_TEST

/* A drawer that was left open is counted by the office: by another one than looks at it. */
START_TEST(whoever_counted_does_not_look_at_it)
{
    pn_shift s = opened(CLERK, "w1", YUAN(200), 0);
    const pn_col *sales = pn_type_col(&pn_shift_t, "sales_fen");
    ck_assert(pn_absent(sales, &s)); /* not told yet: that is not zero */
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_shift_close(p, &(struct pn_shift_close){.id = s.id, .counted_fen = {YUAN(100)}}, &s));
    ck_assert_int_eq(s.state.v, PN_SHIFT_CHECK);
    fails(PN_EDUAL, pn_shift_check(p, &(struct pn_shift_check){s.id, "all in order"}, &s));
    pn_end(p);
    p = ops();
    ok(pn_shift_check(p, &(struct pn_shift_check){s.id, "taken home"}, &s));
    ck_assert_int_eq(s.checked_by, OPS);
    pn_end(p);
    relay();
}
END_TEST

START_TEST(the_next_one_takes_the_drawer_over)
{
    pn_shift first = opened(CLERK, "w1", YUAN(100), 0), s;
    pn *p = as(PN_ROLE_BOXOFFICE, CLERK2);
    fails(PN_ESTATE, pn_shift_open(p, &(struct pn_shift_open){"w3", {YUAN(100)}, first.id}, &s));
    pn_end(p);
    paid_n(1, "13800000001");
    ok(closed(CLERK, YUAN(680), &s));
    p = as(PN_ROLE_BOXOFFICE, CLERK2);
    fails(PN_EBALANCE, pn_shift_open(p, &(struct pn_shift_open){"w1", {YUAN(679)}, first.id},
                                     &s));
    ok(pn_shift_open(p, &(struct pn_shift_open){"w1", {YUAN(680)}, first.id}, &s));
    ck_assert_int_eq(s.from_id, first.id);
    pn_end(p);
    relay();
    ck_assert_int_eq(books_sum("DRAWER"), YUAN(680));
    ck_assert_int_eq(books_sum("BANK_TRANSIT"), -YUAN(100));
    ok(closed(CLERK2, YUAN(680), &s));
    p = clerk();
    fails(PN_ESTATE, pn_shift_open(p, &(struct pn_shift_open){"w1", {YUAN(680)}, first.id},
                                   &s)); /* once */
    pn_end(p);
    relay();
    ck_assert_int_eq(books_sum("DRAWER"), 0);
}
END_TEST

/* 3.4c: cash that was collected counts once the shift is balanced. */
/* Whoever approves elsewhere, or calls a session off, has no drawer: it waits for its buyer. */
START_TEST(cash_that_nobody_can_hand_over_waits_at_the_counter)
{
    pn_payment y;
    pn_refund r;
    pn_shift s;
    const char *one = "1";
    pn_order o = order_n(2, "13800000001");
    opened(CLERK, "w1", YUAN(300), 0);
    pn *p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {&one, 1}}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_PROCESSING);
    pn_end(p);
    relay();
    job("refund_retry");
    ck_assert_int_eq(count_of("refund_leg where state = 'PENDING' and tries = 0"), 1);
    ck_assert_int_eq(count_of("refund_due"), 0);
    ck_assert_int_eq(books_sum("DRAWER"), YUAN(300 + 1160));
    ck_assert_int_eq(books_sum("REFUND_PAYABLE"), YUAN(580));
    books_proven();
    p = ops();
    fails(PN_ESTATE, pn_refund_handover(p, &(struct pn_refund_handover){r.id}, &r));
    pn_end(p);
    p = clerk();
    ok(pn_refund_handover(p, &(struct pn_refund_handover){r.id}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    fails(PN_ESTATE, pn_refund_handover(p, &(struct pn_refund_handover){r.id}, &r));
    pn_end(p);
    relay();
    ck_assert_int_eq(books_sum("DRAWER"), YUAN(300 + 580));
    ck_assert_int_eq(books_sum("REFUND_PAYABLE"), 0);
    /* the other one is given back by the system, and its buyer does not come */
    test_sql("update session set status = 'CANCELLED'");
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " values (1, 4097, 'session.cancelled', 40961, 'c', '{}', 'epoch', 'epoch')");
    relay();
    ck_assert_str_eq(order_state(o.id), "REFUNDING");
    int64_t rest = test_sql_int("select id from refund where state = 'PROCESSING'");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_transfer(p, &(struct pn_refund_transfer){rest, "bank-7", NULL}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    pn_end(p);
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    relay();
    ck_assert_int_eq(books_sum("BANK"), -YUAN(580));
    ok(closed(CLERK, YUAN(880), &s));
    ck_assert_int_eq(s.expected_fen.fen, YUAN(880));
    ck_assert_int_eq(s.refunds_fen.fen, YUAN(580));
    relay();
    ck_assert_int_eq(books_sum("DRAWER"), 0);
}
END_TEST

START_TEST(what_was_collected_is_confirmed_with_the_shift)
{
    pn_shift s;
    pn_order o;
    opened(CLERK, "w1", 0, 0);
    pn *p = clerk();
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1,
        .phone = "13800000001", .channel = {PN_CHANNEL_POS}}, &o));
    ok(pn_order_collect(p, &(struct pn_order_collect){.order = o.id, .method = {PN_PAY_CASH},
                                                      .amount_fen = {YUAN(580)}}, &o));
    pn_end(p);
    relay();
    ck_assert_str_eq(order_state(o.id), "OFFLINE_COLLECTED");
    ok(closed(CLERK, YUAN(500), &s)); /* too short: not yet */
    relay();
    ck_assert_str_eq(order_state(o.id), "OFFLINE_COLLECTED");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_shift_check(p, &(struct pn_shift_check){s.id, "he pays it"}, &s));
    pn_end(p);
    relay();
    ck_assert_str_ne(order_state(o.id), "OFFLINE_COLLECTED");
    ck_assert_int_eq(books_sum("DRAWER"), 0);
    ck_assert_int_eq(books_sum("OVER_SHORT"), YUAN(80));
}
END_TEST

/* 3.4c: whoever sells at the counter has an open shift, or operations' permission. */
START_TEST(everything_is_sold_within_a_shift)
{
    pn_order o = order_n(1, "13800000001"), off;
    pn_payment y;
    pn *p = clerk();
    fails(PN_ESTATE, pn_payment_slip(p, &(struct pn_payment_slip){.order = o.id, .slip = "s1"},
                                     &y));
    fails(PN_ESTATE, pn_payment_create(p, &(struct pn_payment_create){.order = o.id,
                                       .method = {PN_PAY_SIMULATED}}, &y));
    struct pn_order_offline draft = {.tier = TIER, .qty = 1, .phone = "13800000002",
                                     .channel = {PN_CHANNEL_POS}};
    fails(PN_ESTATE, pn_order_offline(p, &draft, &off));
    ck_assert_str_eq(pn_error(p)->hint, "Open one: shift open");
    ck_assert_int_eq(count_of("payment") + count_of("orders where kind = 'OFFLINE'"), 0);
    pn_end(p);
    p = ops();
    draft.channel.v = 0;
    ok(pn_order_offline(p, &draft, &off));
    pn_end(p);
    draft.channel.v = PN_CHANNEL_POS;
    opened(CLERK, "w1", 0, 0);
    p = clerk();
    ok(pn_payment_slip(p, &(struct pn_payment_slip){.order = o.id, .slip = "s1"}, &y));
    draft.phone = "13800000003";
    ok(pn_order_offline(p, &draft, &off));
    pn_end(p);
}
END_TEST

static pn_shift_total took(int64_t shift, int method)
{
    pn_page page;
    char where[80];
    pn *p = ops();
    snprintf(where, sizeof where, "shift_id=%lld method=%s", (long long)shift,
             pn_word_name(pn_pay_methods, (pn_word){(int16_t)method}));
    ok(pn_shift_totals(p, &(pn_list){.where = where}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    return *(pn_shift_total *)page.rows.row;
}

/* 7.7: tenders by method, once the drawer is counted. */
START_TEST(what_a_shift_took_is_told_by_method)
{
    pn_shift s = opened(CLERK, "w1", YUAN(300), 0);
    pn_refund r;
    pn_payment y;
    pn_page page;
    paid_n(2, "13800000001");
    pn_order cash = paid_n(1, "13800000002"), slip = order_n(2, "13800000003"),
             shown = order_n(1, "13800000004"), app = order_n(1, "13800000005");
    pn *p = clerk();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = cash.id}, &r));
    ok(pn_payment_slip(p, &(struct pn_payment_slip){.order = slip.id, .slip = "s1"}, &y));
    ok(pn_payment_create(p, &(struct pn_payment_create){.order = shown.id,
                                                        .method = {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    p = ops(); /* not at this counter */
    ok(pn_payment_create(p, &(struct pn_payment_create){.order = app.id,
                                                        .method = {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    ok(pn_shift_totals(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0); /* not told yet */
    pn_end(p);
    ok(closed(CLERK, YUAN(300 + 1160), &s));
    ck_assert_int_eq(s.over_fen.fen, 0);
    pn_shift_total t = took(s.id, PN_PAY_CASH);
    ck_assert_int_eq(t.pay_n, 2);
    ck_assert_int_eq(t.pay_fen.fen, 3 * YUAN(580));
    ck_assert_int_eq(t.refund_n, 1);
    ck_assert_int_eq(t.refund_fen.fen, YUAN(580));
    ck_assert_int_eq(t.left_fen.fen, YUAN(1160));
    t = took(s.id, PN_PAY_SLIP);
    ck_assert_int_eq(t.pay_n, 1);
    ck_assert_int_eq(t.pay_fen.fen, YUAN(1160));
    t = took(s.id, PN_PAY_SIMULATED);
    ck_assert_int_eq(t.pay_n, 1);
    ck_assert_int_eq(t.pay_fen.fen, YUAN(580));
    p = clerk();
    ok(pn_shift_mine_totals(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    fails(PN_EPERM, pn_shift_totals(p, &(pn_list){0}, &page));
    p = as(PN_ROLE_BOXOFFICE, CLERK2);
    ok(pn_shift_mine_totals(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    pn_end(p);
}
END_TEST

/* Each is told once; what became of it in between is told as well. */
START_TEST(a_shift_that_is_open_for_long_is_told)
{
    pn_shift s = opened(CLERK, "w1", YUAN(300), 0);
    pn *p = ops();
    shop_clock(15 * HOUR);
    job("shift_watch");
    relay();
    ck_assert_int_eq(count_of("alarm"), 0);
    shop_clock(HOUR);
    job("shift_watch");
    shop_clock(HOUR);
    job("shift_watch");
    relay();
    ck_assert_int_eq(count_of("alarm where kind = 'SHIFT_LONG' and times = 1"), 1);
    ck_assert_int_eq(test_sql_int("select ref from alarm"), s.id);
    ok(closed(CLERK, YUAN(200), &s));
    ck_assert_int_eq(s.state.v, PN_SHIFT_CHECK);
    for (int i = 0; i < 2; i++) {
        shop_clock(HOUR);
        job("shift_watch");
        relay();
    }
    ck_assert_int_eq(count_of("alarm where kind = 'SHIFT_ODD' and times = 1"), 1);
    pn_page page;
    ok(pn_alarm_list(p, &(pn_list){.where = "kind=SHIFT_ODD"}, &page));
    ck_assert_ptr_nonnull(strstr(((pn_alarm *)page.rows.row)->about, "w1"));
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("shift");
    TCase *c = tcase_create("shift");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, cash_is_taken_within_a_shift);
    tcase_add_test(c, money_is_taken_at_the_till_of_ones_shift);
    tcase_add_test(c, one_of_a_person_and_a_till);
    tcase_add_test(c, one_may_ask_whether_a_shift_is_needed);
    tcase_add_test(c, what_should_be_there_is_told_when_it_was_counted);
    tcase_add_test(c, much_is_looked_at_by_somebody_else);
    tcase_add_test(c, whoever_counted_does_not_look_at_it);
    tcase_add_test(c, the_next_one_takes_the_drawer_over);
    tcase_add_test(c, cash_that_nobody_can_hand_over_waits_at_the_counter);
    tcase_add_test(c, what_was_collected_is_confirmed_with_the_shift);
    tcase_add_test(c, everything_is_sold_within_a_shift);
    tcase_add_test(c, what_a_shift_took_is_told_by_method);
    tcase_add_test(c, a_shift_that_is_open_for_long_is_told);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
