/* SPDX-License-Identifier: Apache-2.0 */
/* late.c — money for an order whose hold is over: the same tickets while its seller would still
 * sell them so, else others that are as good for no more, else the money goes back. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/order_int.h"
#include "report/check.h"
#include "shop.h"

static pn_order o;
static const char *const phones[] = {"13800000001", "13800000002", "13800000003", "13800000004"};
#define BUY(who, ...)                                                                              \
    pn_order_submit(p, &(struct pn_order_submit){.phone = phones[who],                             \
                    .channel = {PN_CHANNEL_OWN}, __VA_ARGS__}, &o)

/* An order that nobody paid in time; its payment. */
static int64_t missed(int64_t *order)
{
    pn *p = ops();
    pn_payment y;
    *order = o.id;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    shop_clock(16 * MINUTE);
    job("hold_expire");
    return y.id;
}

/* The payer pays all the same; what became of it. */
static const char *paid(int64_t payment)
{
    char sql[100];
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = payment}, &y));
    pn_end(p);
    snprintf(sql, sizeof sql, "select result from payment_notice where payment_id = %" PRId64,
             payment);
    return test_sql_text(sql);
}

static int64_t of_order(int64_t id, const char *what)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select %s from orders where id = %" PRId64, what, id);
    return test_sql_int(sql);
}

static void all_adds_up(void)
{
    pn *p = as(PN_ROLE_ADMIN, 1);
    pn_check_report r = {0};
    books_balance();
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift || !strcmp(c->name, "listings"), "check %s: %s", c->name,
                      c->sample); /* the offers here have no history of prices */
    pn_end(p);
}

START_TEST(S10_equal_tickets_for_late_money)
{
    market();
    int64_t dear = lot_of(.qty = 2, .sale_fen = YUAN(580)), late;
    lot_of(.qty = 3);
    pn *p = ops();
    ok(BUY(0, .listing = dear, .qty = 2));
    int64_t y = missed(&late);
    p = ops();
    ok(BUY(1, .listing = dear, .qty = 1)); /* the same two are not there any more */
    ck_assert_str_eq(paid(y), "LATE_REPLACED");
    ck_assert_str_eq(items(late), "2x2");
    ck_assert_str_eq(order_state(late), "PAID");
    ck_assert_int_eq(of_order(late, "payable_fen"), YUAN(1120));
    ck_assert_int_eq(of_order(late, "paid_fen"), YUAN(1160));
    ck_assert_int_eq(count_of("stock_lock where state = 'CONVERTED' and qty = 2"), 1);
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(40));
    ck_assert_int_eq(of_order(late, "refunded_fen"), YUAN(40));
    relay();
    ck_assert_int_eq(count_of("notice where kind = '51-seats_replaced' and body like '%差价40元%'"
                              " and body like '%实付1120元%'"), 1);
    ck_assert_int_eq(count_of("notice where kind = '22-cancel_refunded'"), 0);
    ck_assert_int_eq(count_of("audit_log where noun = 'order' and reason = 'late_paid'"), 1);
    all_adds_up();
}
END_TEST

START_TEST(S10_nothing_left_and_the_money_goes_back_once)
{
    market();
    int64_t a = lot_of(.qty = 2, .sale_fen = YUAN(580)), late;
    lot_of(.qty = 2, .sale_fen = YUAN(600)); /* dearer */
    lot_of(.qty = 1);                        /* too few */
    lot_of(.qty = 2, .state = "PAUSED");
    lot_of(.qty = 2, .special = "STUDENT"); /* a condition that nobody confirmed */
    pn *p = ops();
    ok(BUY(0, .listing = a, .qty = 2));
    int64_t y = missed(&late);
    p = ops();
    ok(BUY(1, .listing = a, .qty = 2));
    ck_assert_str_eq(paid(y), "LATE_REFUND");
    job("refund_retry");
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(1160));
    ck_assert_int_eq(count_of("simulated_refund"), 1);
    ck_assert_str_eq(order_state(late), "REFUNDED");
    relay();
    ck_assert_int_eq(count_of("notice where kind = '22-cancel_refunded' and body like"
                              " '%付款超时%1160元%'"), 1);
    all_adds_up();
}
END_TEST

/* The tier is sold out: one that is worth as much, or more, for no more. Never one worth less. */
START_TEST(S10_a_better_tier_for_no_more)
{
    make_shop(.stock = 2);
    make_tier(5, YUAN(380)); /* less worth, cheaper */
    pn *p = ops();
    int64_t late;
    lot_of(.qty = 2, .tier = TIER2, .sale_fen = YUAN(560));
    ok(BUY(0, .tier = TIER, .qty = 2));
    int64_t y = missed(&late);
    p = ops();
    ok(BUY(1, .tier = TIER, .qty = 1));
    test_sql("update tier set face_price_fen = 88000 where id = 65537");
    ck_assert_str_eq(paid(y), "LATE_REPLACED");
    ck_assert_str_eq(items(late), "1x2");
    ck_assert_int_eq(of_order(late, "payable_fen"), YUAN(1120));
    books_balance();
}
END_TEST

START_TEST(S10_a_tier_worth_less_is_not_equal)
{
    make_shop(.stock = 2);
    make_tier(5, YUAN(380));
    pn *p = ops();
    int64_t late;
    ok(BUY(0, .tier = TIER, .qty = 2));
    int64_t y = missed(&late);
    p = ops();
    ok(BUY(1, .tier = TIER, .qty = 1));
    ck_assert_str_eq(paid(y), "LATE_REFUND");
}
END_TEST

/* Side by side was sold, side by side it is. */
START_TEST(I17_together_stays_together)
{
    market();
    int64_t a = lot_of(.qty = 2, .sale_fen = YUAN(580), .contiguous = true), late;
    lot_of(.qty = 5, .sale_fen = YUAN(500)); /* anywhere */
    lot_of(.qty = 5, .sale_fen = YUAN(570), .contiguous = true);
    pn *p = ops();
    ok(BUY(0, .listing = a, .qty = 2));
    int64_t y = missed(&late);
    p = ops();
    ok(BUY(1, .listing = a, .qty = 2));
    ck_assert_str_eq(paid(y), "LATE_REPLACED");
    ck_assert_str_eq(items(late), "3x2");
}
END_TEST

/* Six, two of them held; they run out; three go: the two would leave one now. */
START_TEST(I16_late_money_leaves_no_single_ticket)
{
    market();
    int64_t a = lot_of(.qty = 6, .min_buy = 2, .max_buy = 4, .no_single_left = true), late;
    pn *p = ops();
    ok(BUY(0, .listing = a, .qty = 2));
    int64_t y = missed(&late);
    p = ops();
    ok(BUY(1, .listing = a, .qty = 3));
    ck_assert_str_eq(paid(y), "LATE_REFUND");
    ck_assert_int_eq(test_sql_int("select qty_total - qty_locked - qty_sold from stock"
                                  " where merchant_id is not null"), 3);
    p = ops();
    fails(PN_ECOUNT, BUY(2, .listing = a, .qty = 1));
    books_balance();
}
END_TEST

/* A remainder below the least quantity is sold whole (4.5), but only while it is the remainder. */
START_TEST(I14_a_remainder_is_one_only_while_it_remains)
{
    market();
    int64_t a = lot_of(.qty = 4, .min_buy = 3), late, first;
    pn *p = ops();
    ok(BUY(1, .listing = a, .qty = 3));
    first = o.id;
    ok(BUY(0, .listing = a, .qty = 1)); /* the whole remainder */
    int64_t y = missed(&late);          /* both ran out: there are four again */
    ck_assert_str_eq(order_state(first), "CLOSED");
    ck_assert_str_eq(paid(y), "LATE_REFUND");
    p = ops();
    ok(BUY(2, .listing = a, .qty = 4));
    books_balance();
}
END_TEST

START_TEST(late_money_buys_nothing_of_an_offer_that_was_withdrawn)
{
    market();
    int64_t a = lot_of(.qty = 4), late;
    pn *p = ops();
    ok(BUY(0, .listing = a, .qty = 2));
    int64_t y = missed(&late);
    test_sql("update listing set state = 'WITHDRAWN'");
    ck_assert_str_eq(paid(y), "LATE_REFUND");
}
END_TEST

/* Who let too many holds run out may not order for a while; what he pays for he gets. */
START_TEST(a_cool_down_is_not_for_money_that_came)
{
    market();
    int64_t a = lot_of(.qty = 9, .sale_fen = YUAN(580)), late = 0, y = 0;
    lot_of(.qty = 9);
    for (int i = 0; i < 4; i++) {
        pn *p = ops();
        ok(BUY(0, .listing = a, .qty = 1));
        y = missed(&late);
    }
    pn *p = ops();
    fails(PN_ELIMIT, BUY(0, .listing = a, .qty = 1));
    ok(BUY(1, .listing = a, .qty = 5));
    ok(BUY(2, .listing = a, .qty = 4));
    ck_assert_str_eq(paid(y), "LATE_REPLACED");
    books_balance();
}
END_TEST

/* Names go with the order to its other seats, each document once (I35). */
START_TEST(I35_names_go_with_the_order)
{
    make_shop(.stock = 2, .realname = "STRICT");
    int64_t late;
    lot_of(.qty = 2);
    pn_attendee who[] = {{"张三", {PN_DOC_ID_CARD}, "11010519491231002X"},
                         {"李四", {PN_DOC_ID_CARD}, "110105199003070017"}};
    pn_attendee other[] = {{"王五", {PN_DOC_PASSPORT}, "E12345678"}};
    pn *p = ops();
    test_sql("update listing set sale_fen = 60000, ask_fen = 60000");
    int rc = BUY(0, .tier = TIER, .qty = 2, .attendees = {who, 2});
    ck_assert_msg(!rc, "%s", pn_error(p)->message);
    int64_t y = missed(&late);
    test_sql("update listing set sale_fen = 58000, ask_fen = 58000, settle_fen = 55000");
    p = ops();
    ok(BUY(1, .tier = TIER, .qty = 1, .attendees = {other, 1}));
    ck_assert_int_eq(o.payable_fen.fen, YUAN(580));
    ck_assert_str_eq(paid(y), "LATE_REPLACED");
    ck_assert_int_eq(count_of("session_doc"), 3);
    pn_order_person who_goes;
    ok(pn_order_reveal(p, &(struct pn_order_reveal){late, "test"}, &who_goes));
    ck_assert_uint_eq(who_goes.attendees.n, 2);
    ck_assert_str_eq(((pn_attendee *)who_goes.attendees.row)[0].doc, "11010519491231002X");
    ck_assert_str_eq(((pn_attendee *)who_goes.attendees.row)[1].name, "李四");
    all_adds_up();
}
END_TEST

START_TEST(a_hold_is_extended_once)
{
    make_shop();
    pn_order held = order_n(1, "13800000001");
    pn *p = ops();
    ok(pn_order_extend(p, &(struct pn_order_extend){held.id}, &o));
    ck_assert_int_eq(o.hold_expires_at.us, held.hold_expires_at.us + 5 * MINUTE);
    fails(PN_ELIMIT, pn_order_extend(p, &(struct pn_order_extend){held.id}, &o));
    shop_clock(17 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(order_state(held.id), "PENDING_PAY");
    shop_clock(3 * MINUTE);
    job("hold_expire");
    ck_assert_str_eq(order_state(held.id), "CLOSED");
}
END_TEST

/* Nobody came by between its first end and its second: it is in two rows of what is due. */
START_TEST(what_was_extended_is_given_back_once)
{
    make_shop();
    order_n(1, "13800000002");
    pn_order held = order_n(2, "13800000001");
    pn *p = ops();
    ok(pn_order_extend(p, &(struct pn_order_extend){held.id}, &o));
    shop_clock(21 * MINUTE);
    pn_quote q;
    p = ops();
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 1}, &q));
    ck_assert_int_eq(((const pn_quote_line *)q.items.row)->free, 10);
    job("hold_expire");
    ck_assert_str_eq(stock_now(), "10/0/0");
    ck_assert_int_eq(count_of("order_due"), 0);
    books_balance();
}
END_TEST

START_TEST(a_hold_is_extended_while_money_is_waited_for)
{
    make_shop();
    pn_order done = paid_n(1, phones[0]), over = order_n(1, phones[1]);
    PN_AUTO_UNIT p = ops();
    fails(PN_ESTATE, pn_order_extend(p, &(struct pn_order_extend){done.id}, &o));
    ck_assert_str_eq(pn_error(p)->field, "id");
    shop_clock(16 * MINUTE);
    job("hold_expire");
    fails(PN_EEXPIRED, pn_order_extend(p, &(struct pn_order_extend){over.id}, &o));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("late");
    TCase *c = tcase_create("late");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S10_equal_tickets_for_late_money);
    tcase_add_test(c, S10_nothing_left_and_the_money_goes_back_once);
    tcase_add_test(c, S10_a_better_tier_for_no_more);
    tcase_add_test(c, S10_a_tier_worth_less_is_not_equal);
    tcase_add_test(c, I17_together_stays_together);
    tcase_add_test(c, I16_late_money_leaves_no_single_ticket);
    tcase_add_test(c, I14_a_remainder_is_one_only_while_it_remains);
    tcase_add_test(c, late_money_buys_nothing_of_an_offer_that_was_withdrawn);
    tcase_add_test(c, a_cool_down_is_not_for_money_that_came);
    tcase_add_test(c, I35_names_go_with_the_order);
    tcase_add_test(c, a_hold_is_extended_once);
    tcase_add_test(c, what_was_extended_is_given_back_once);
    tcase_add_test(c, a_hold_is_extended_while_money_is_waited_for);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
