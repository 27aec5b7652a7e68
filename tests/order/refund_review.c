/* SPDX-License-Identifier: Apache-2.0 */
/* refund_review.c — what happens while somebody judges a refund: the session is cancelled or
 * postponed, the rest of the order is given back, the buyer's money comes a second time. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

#include "order/refund_int.h"

static const char *const phones[] = {"13800000001", "13800000002"};

static pn_refund r;
#define APPLY(...) pn_refund_apply(p, &(struct pn_refund_apply){__VA_ARGS__}, &r)

/* By the rule of resale, eight days before: 20 % of the face, which somebody approves. */
static void setup(void)
{
    test_db_setup();
    make_shop(.policy = "RESALE", .days = 8);
}

static pn_order by_parcel(int qty)
{
    pn *p = ops();
    pn_order a;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = qty, .phone = phones[0],
                                                    SENT}, &a));
    pn_end(p);
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = a.id}, &y));
    pn_end(p);
    return a;
}

/* One seat, or (NULL) all; waits for a decision. Its number outlives the unit, until the next. */
static pn_refund asked_for(int64_t order, const char *seat, int64_t fen)
{
    static char no[32];
    pn *p = ops();
    ok(APPLY(.order = order, .seats = {seat ? &seat : NULL, seat != NULL}, .note = "ill"));
    snprintf(no, sizeof no, "%s", r.no);
    r.no = no;
    pn_end(p);
    ck_assert_int_eq(r.state.v, PN_REFUND_REVIEWING);
    ck_assert_int_eq(r.amount_fen.fen, fen);
    return r;
}

static int decided(int64_t id, bool yes)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    int rc = yes ? pn_refund_approve(p, &(struct pn_refund_approve){id, NULL}, &r)
                 : pn_refund_reject(p, &(struct pn_refund_reject){id, "used"}, &r);
    pn_end(p);
    return rc;
}

static int64_t given_back(int64_t order)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select refunded_fen from orders where id = %lld",
             (long long)order);
    return test_sql_int(sql);
}

static void called_off(const char *payload)
{
    char sql[300];
    snprintf(sql, sizeof sql, "insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " values (1, 4097, 'session.cancelled', 40961, 'c', '%s', 'epoch', 'epoch')", payload);
    test_sql("update session set status = 'CANCELLED'");
    test_sql(sql);
    relay();
}

/* S04: all comes back, also to whoever had asked before and was to pay a fee. */
START_TEST(S04_a_cancelled_session_waits_for_no_decision)
{
    pn_order part = by_parcel(2), whole = paid_n(2, phones[1]);
    pn_refund first = asked_for(part.id, "1", 46400), second = asked_for(whole.id, NULL, 92800);
    called_off("{}");
    ck_assert_str_eq(order_state(part.id), "REFUNDED");
    ck_assert_str_eq(order_state(whole.id), "REFUNDED");
    ck_assert_int_eq(given_back(part.id), YUAN(1175));
    ck_assert_int_eq(given_back(whole.id), YUAN(1160));
    ck_assert_int_eq(decided(first.id, true), PN_ESTATE);
    ck_assert_int_eq(decided(second.id, false), PN_ESTATE);
    ck_assert_int_eq(count_of("refund where state = 'REJECTED'"), 2);
    relay();
    ck_assert_int_eq(books_sum("ESCROW"), 0);
    books_proven();
}
END_TEST

/* Broken off half way: half of the price for all. */
START_TEST(S04_nor_does_one_that_was_broken_off)
{
    pn_order whole = paid_n(2, phones[1]);
    asked_for(whole.id, NULL, 92800);
    called_off("{\"refund_bp\": 5000}");
    ck_assert_str_eq(order_state(whole.id), "REFUNDED");
    ck_assert_int_eq(given_back(whole.id), YUAN(580));
    books_proven();
}
END_TEST

START_TEST(no_fee_is_taken_once_everything_is_to_be_returned)
{
    pn_order a = paid_n(2, phones[1]);
    pn_refund one = asked_for(a.id, "1", 46400);
    test_sql("update session set status = 'POSTPONED'");
    ck_assert_int_eq(decided(one.id, true), PN_ESTATE);
    ck_assert_int_eq(decided(one.id, false), 0);
    pn *p = ops();
    const char *seat = "1";
    ok(APPLY(.order = a.id, .seats = {&seat, 1}));
    pn_end(p);
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    ck_assert_int_eq(given_back(a.id), YUAN(580));
    relay();
    books_proven();
}
END_TEST

/* The parcel's price goes back with the last ticket: which is the last, the decision says. */
START_TEST(postage_is_given_back_once_nothing_is_sent)
{
    pn_order a = by_parcel(3);
    pn_refund one = asked_for(a.id, "1", 46400), two = asked_for(a.id, "2", 46400);
    pn *p = ops();
    fails(PN_ESTATE, APPLY(.order = a.id));
    pn_end(p);
    ck_assert_int_eq(decided(one.id, false), 0);
    ck_assert_int_eq(decided(two.id, true), 0);
    p = ops();
    pn_refund_offer q;
    ok(pn_refund_quote(p, &(struct pn_refund_quote){.order = a.id}, &q));
    ck_assert_int_eq(q.amount_fen.fen, 2 * 46400 + 1500);
    pn_end(p);
    asked_for(a.id, "1", 46400);
    p = ops();
    fails(PN_ESTATE, APPLY(.order = a.id));
    pn_end(p);
    books_proven();
}
END_TEST

struct pn_order_complete { int64_t id; };
int pn_order_complete(pn *p, const struct pn_order_complete *in, pn_order *out);

/* Who looked for what is over before it was asked for finds that out when he writes. */
START_TEST(what_is_under_review_is_not_completed)
{
    pn_order a = paid_n(2, phones[1]);
    relay();
    pn_refund one = asked_for(a.id, "1", 46400);
    pn *p = ops();
    ok(pn_order_handover(p, &(struct pn_order_handover){a.id, NULL}, &a));
    pn_end(p);
    p = worker();
    fails(PN_ESTATE, pn_order_complete(p, &(struct pn_order_complete){a.id}, &a));
    pn_end(p);
    ck_assert_str_eq(order_state(a.id), "SIGNED");
    ck_assert_int_eq(decided(one.id, false), 0);
    p = worker();
    ok(pn_order_complete(p, &(struct pn_order_complete){a.id}, &a));
    pn_end(p);
    ck_assert_str_eq(order_state(a.id), "COMPLETED");
    relay();
    books_proven();
}
END_TEST

static const char *hint_of(pn *p)
{
    return pn_error(p)->hint ? pn_error(p)->hint : "";
}

/* Whoever decides sees for which seats, whoever asks again why not; afterwards what was said. */
START_TEST(it_says_which_seats_and_what_was_said)
{
    pn_order a = paid_n(3, phones[1]);
    pn_refund one = asked_for(a.id, "2", 46400);
    pn_refund_detail d;
    pn_order_detail o;
    const char *two = "2", *nine = "9";
    pn *p = ops();
    ok(pn_refund_show(p, &(struct pn_refund_show){one.id}, &d));
    ck_assert_int_eq((int64_t)d.places.n, 1);
    ck_assert_int_eq(((const pn_refund_place *)d.places.row)->no, 2);
    ck_assert_int_eq(((const pn_refund_place *)d.places.row)->paid_fen.fen, YUAN(580));
    ck_assert(!d.said || !*d.said); /* what its applicant says is the note */
    ck_assert_str_eq(d.head.note, "ill");
    ok(pn_order_show(p, &(struct pn_order_show){a.id}, &o));
    ck_assert_int_eq(((const pn_order_seat *)o.seats.row)[1].refund_fen.fen, 0); /* not yet */
    fails(PN_ESTATE, APPLY(.order = a.id, .seats = {&two, 1}));
    ck_assert_ptr_nonnull(strstr(hint_of(p), one.no));
    fails(PN_EARG, APPLY(.order = a.id, .seats = {&nine, 0})); /* given, and empty */
    ck_assert_str_eq(pn_error(p)->field, "seats");
    fails(PN_EARG, APPLY(.order = a.id, .seats = {&nine, 1}));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "no seat"));
    pn_end(p);
    ck_assert_int_eq(decided(one.id, false), 0);
    p = ops();
    ok(pn_refund_show(p, &(struct pn_refund_show){one.id}, &d));
    ck_assert_str_eq(d.said, "used");
    pn_end(p);
    one = asked_for(a.id, NULL, 3 * INT64_C(46400));
    p = ops();
    fails(PN_ESTATE, APPLY(.order = a.id));
    ck_assert_ptr_nonnull(strstr(hint_of(p), one.no));
    pn_end(p);
    ck_assert_int_eq(decided(one.id, true), 0);
    p = ops();
    ok(pn_order_show(p, &(struct pn_order_show){a.id}, &o));
    ck_assert_int_eq(((const pn_order_seat *)o.seats.row)[1].refund_fen.fen, 46400);
    pn_end(p);
}
END_TEST

/* It began and ended so long ago, and so long has the refund waited. */
static void over_for(int began, int ended)
{
    char sql[600];
    snprintf(sql, sizeof sql, "update session set status = 'ARCHIVED',"
             " doors_at = now() - interval '%d days', stop_sale_at = now() - interval '%d days',"
             " start_at = now() - interval '%d days', end_at = now() - interval '%d days';"
             "update refund set created_at = now() - interval '%d days'"
             " where state not in ('DONE', 'REJECTED')", began, began, began, ended, began);
    test_sql(sql);
}

static void look(void)
{
    shop_clock(MINUTE);
    job("refund_watch");
}

/* Nobody decides for months after the show: it is told once, again if it is waved away, and its
 * order is completed with the decision however late that comes. */
START_TEST(one_that_nobody_decides_is_told_and_its_order_completed_at_last)
{
    pn_order a = paid_n(2, phones[1]);
    relay();
    pn_refund one = asked_for(a.id, "1", 46400);
    pn *p = ops();
    ok(pn_order_handover(p, &(struct pn_order_handover){a.id, NULL}, &a));
    pn_end(p);
    over_for(6, 6);
    look();
    ck_assert_int_eq(count_of("alarm"), 0); /* a week to decide */
    over_for(70, 70);
    job("order_complete");
    ck_assert_str_eq(order_state(a.id), "SIGNED");
    look();
    look();
    ck_assert_int_eq(count_of("alarm where kind = 'REFUND_OPEN' and times = 1 and state = 'OPEN'"),
                     1);
    test_sql("update alarm set state = 'CLOSED', closed_at = now() - interval '8 days'");
    look();
    ck_assert_int_eq(count_of("alarm"), 2);
    ck_assert_int_eq(decided(one.id, false), 0);
    look();
    ck_assert_int_eq(count_of("alarm where state = 'CLOSED' and reason <> ''"), 1);
    ck_assert_int_eq(count_of("alarm where state <> 'CLOSED'"), 0);
    shop_clock(MINUTE);
    job("order_complete");
    ck_assert_str_eq(order_state(a.id), "COMPLETED");
    relay();
    books_proven();
}
END_TEST

/* One that opens in spring and closes in autumn is over when it closes. */
START_TEST(a_long_exhibition_is_completed_when_it_is_over)
{
    pn_order a = paid_n(1, phones[1]);
    relay();
    pn *p = ops();
    ok(pn_order_handover(p, &(struct pn_order_handover){a.id, NULL}, &a));
    pn_end(p);
    over_for(100, 2);
    job("order_complete");
    ck_assert_str_eq(order_state(a.id), "COMPLETED");
}
END_TEST

static int64_t by_provider(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    return y.id;
}

static void paid(int64_t payment)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = payment}, &y));
    pn_end(p);
    relay();
}

/* What was paid twice is given back beside it, and the order finds its way back all the same. */
START_TEST(it_can_be_rejected_after_money_came_twice)
{
    pn_order a = order_n(2, phones[0]);
    int64_t one = by_provider(a.id), two = by_provider(a.id);
    paid(one);
    pn_refund whole = asked_for(a.id, NULL, 92800);
    paid(two);
    ck_assert_int_eq(decided(whole.id, false), 0);
    ck_assert_str_eq(order_state(a.id), "ALLOCATED");
    job("refund_retry");
    relay();
    ck_assert_int_eq(count_of("refund where reason = 'DUPLICATE' and state = 'DONE'"), 1);
    ck_assert_int_eq(given_back(a.id), 0);
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("refund_review");
    TCase *c = tcase_create("refund_review");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, test_db_teardown);
    tcase_add_test(c, S04_a_cancelled_session_waits_for_no_decision);
    tcase_add_test(c, S04_nor_does_one_that_was_broken_off);
    tcase_add_test(c, no_fee_is_taken_once_everything_is_to_be_returned);
    tcase_add_test(c, postage_is_given_back_once_nothing_is_sent);
    tcase_add_test(c, what_is_under_review_is_not_completed);
    tcase_add_test(c, it_says_which_seats_and_what_was_said);
    tcase_add_test(c, one_that_nobody_decides_is_told_and_its_order_completed_at_last);
    tcase_add_test(c, a_long_exhibition_is_completed_when_it_is_over);
    tcase_add_test(c, it_can_be_rejected_after_money_came_twice);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
