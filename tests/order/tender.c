/* SPDX-License-Identifier: Apache-2.0 */
/* tender.c — several tenders for one order: gift cards beside cash and a provider. Frozen first,
 * taken with the order, let go when it is not paid; given back in the rule's order, to the fen. */
#include "promo/gift_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/tender_int.h"
#include "shop.h"

static pn_gift_card_code code[3];
static int64_t batch;

static pn *finance(void)
{
    return as(PN_ROLE_FINANCE, FIN);
}

/* Three cards of so much, paid for and active. */
static void cards(int64_t fen, int64_t price_fen)
{
    pn *p = ops();
    pn_gift_card_batch b;
    pn_gift_card_codes all;
    struct pn_gift_card_batch_create in = {"周年卡", {fen}, {price_fen}, 3, 0, NULL};
    ok(pn_gift_card_batch_create(p, &in, &b));
    pn_end(p);
    p = finance();
    ok(pn_gift_card_batch_activate(p, &(struct pn_gift_card_batch_activate){
                                        b.id, pn_printf(p, "bank %" PRId64, b.id)}, &b));
    ok(pn_gift_card_batch_codes(p, &(struct pn_gift_card_batch_codes){b.id}, &all));
    ck_assert_uint_eq(all.codes.n, 3);
    for (int i = 0; i < 3; i++) {
        const pn_gift_card_code *c = (const pn_gift_card_code *)all.codes.row + i;
        free((char *)(uintptr_t)code[i].code);
        free((char *)(uintptr_t)code[i].pin);
        code[i] = (pn_gift_card_code){c->no, strdup(c->code), strdup(c->pin)};
        ck_assert_uint_eq(strlen(code[i].code), 16);
        ck_assert_uint_eq(strlen(code[i].pin), 8);
    }
    pn_end(p);
    batch = b.id;
}

static void setup(void)
{
    test_db_setup();
    make_shop();
}

static int by_card(pn *p, int64_t order, int card, int64_t fen, pn_payment *y)
{
    struct pn_payment_tender in = {.order = order, .method = {PN_PAY_GIFT_CARD},
                                   .amount_fen = {fen}, .code = code[card].code,
                                   .pin = code[card].pin};
    return pn_payment_tender(p, &in, y);
}

static pn_payment tendered(int64_t order, int card, int64_t fen)
{
    pn *p = ops();
    pn_payment y;
    ok(by_card(p, order, card, fen, &y));
    return y;
}

static const char *card_now(int card)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select balance_fen || '/' || held_fen || ' ' || state"
             " from gift_card where batch_id = %" PRId64 " and no = %d", batch, card + 1);
    return test_sql_text(sql);
}

static const char *payment_state(int64_t id)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select state from payment where id = %" PRId64, id);
    return test_sql_text(sql);
}

static int64_t account(const char *kind)
{
    char sql[160];
    snprintf(sql, sizeof sql, "select coalesce(sum(credit_fen - debit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* Hand on what is due until nothing is. */
static void settle_all(void)
{
    for (int i = 0; i < 3; i++) {
        shop_clock(11 * MINUTE);
        job("pay_poll");
        job("refund_retry");
        relay();
    }
}

START_TEST(S30_I30_a_card_pays_and_is_given_back_to)
{
    cards(YUAN(500), 0);
    relay();
    ck_assert_int_eq(account("CARD_LIABILITY"), 3 * YUAN(500)); /* a debt, not an income */
    ck_assert_int_eq(account("FEE_INCOME"), 0);
    test_sql("update tier set face_price_fen = 42000");
    pn_order o = order_n(1, "13800000001");
    pn_payment y = tendered(o.id, 0, 0);
    ck_assert_int_eq(y.amount_fen.fen, YUAN(420));
    ck_assert_str_eq(payment_state(y.id), "CAPTURED"); /* it covers all: the order is paid */
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_str_eq(card_now(0), "50000/42000 ACTIVE");
    settle_all();
    ck_assert_str_eq(card_now(0), "8000/0 ACTIVE");
    ck_assert_int_eq(account("CARD_LIABILITY"), 3 * YUAN(500) - YUAN(420));
    ck_assert_int_eq(account("ESCROW"), YUAN(420));
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    settle_all();
    ck_assert_str_eq(card_now(0), "50000/0 ACTIVE");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_int_eq(account("CARD_LIABILITY"), 3 * YUAN(500));
    books_proven();
    books_watched();
}
END_TEST

START_TEST(S30_the_sixth_wrong_pin_of_a_day_is_refused)
{
    pn_payment y;
    cards(YUAN(500), 0);
    pn_order o = order_n(1, "13800000001");
    struct pn_payment_tender in = {.order = o.id, .method = {PN_PAY_GIFT_CARD},
                                   .code = code[0].code, .pin = "00000000"};
    for (int i = 0; i < 5; i++) {
        pn *p = ops();
        fails(PN_EAUTH, pn_payment_tender(p, &in, &y));
        pn_end(p);
    }
    pn *p = ops();
    in.pin = code[0].pin;
    fails(PN_ELOCKED, pn_payment_tender(p, &in, &y)); /* even the right one, today */
    pn_end(p);
    ck_assert_int_eq(count_of("payment"), 0);
    shop_clock(DAY);
    o = order_n(1, "13800000001");
    in.order = o.id;
    p = ops();
    ok(pn_payment_tender(p, &in, &y));
    in.code = "0000000000000000"; /* no such card: the same words */
    fails(PN_EAUTH, pn_payment_tender(p, &in, &y));
}
END_TEST

START_TEST(S30_a_paused_batch_freezes_its_unused_cards)
{
    pn_gift_card_batch b;
    pn_payment y;
    cards(YUAN(100), 0);
    (void)order_n(1, "13800000009");
    pn_order o = order_n(1, "13800000001");
    (void)tendered(o.id, 0, YUAN(30));
    pn *p = ops();
    ok(pn_gift_card_batch_pause(p, &(struct pn_gift_card_batch_pause){batch, "leaked"}, &b));
    ck_assert_str_eq(card_now(0), "10000/3000 ACTIVE");
    ck_assert_str_eq(card_now(1), "10000/0 FROZEN");
    fails(PN_ESTATE, by_card(p, o.id, 1, 0, &y));
    ok(pn_gift_card_batch_resume(p, &(struct pn_gift_card_batch_resume){batch}, &b));
    ck_assert_str_eq(card_now(1), "10000/0 ACTIVE");
    ok(by_card(p, o.id, 1, 0, &y));
}
END_TEST

/* What of S24 is a matter of tenders: 1,035 by a card of 500 and a provider. */
START_TEST(S24_card_and_provider_and_all_of_it_back)
{
    pn_payment_result told;
    cards(YUAN(500), YUAN(480));
    test_sql("update tier set face_price_fen = 51750");
    pn_order o = order_n(2, "13800000001");
    pn_payment c = tendered(o.id, 0, 0);
    ck_assert_int_eq(c.amount_fen.fen, YUAN(500));
    ck_assert_str_eq(payment_state(c.id), "AUTHORISED");
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    pn *p = ops();
    pn_payment y, extra;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(535));
    fails(PN_ESTATE, by_card(p, o.id, 1, 0, &extra)); /* the other's amount is made */
    struct pn_payment_release let = {c.id};
    fails(PN_ESTATE, pn_payment_release(p, &let, &extra));
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", y.id, "TR1", {YUAN(535)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &told));
    ck_assert_str_eq(told.result, "APPLIED");
    ck_assert_str_eq(payment_state(c.id), "CAPTURED");
    settle_all();
    ck_assert_str_eq(card_now(0), "0/0 DEPLETED");
    ck_assert_int_eq(account("ESCROW"), YUAN(1035));
    ck_assert_int_eq(account("SUBSIDY_EXPENSE"), -3 * YUAN(20)); /* sold below their value */
    books_proven();
    books_watched();
    pn_end(p);
    p = ops();
    pn_refund r;
    test_sql("insert into simulated_trade (sk, payment_id, provider_no, amount_fen, paid_fen,"
             " state, at) select sk, id, 'TR1', amount_fen, amount_fen, 'SUCCESS', now()"
             " from payment where method = 'SIMULATED' on conflict (sk, payment_id) do update"
             " set state = 'SUCCESS', paid_fen = excluded.paid_fen");
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    settle_all();
    ck_assert_str_eq(test_sql_text("select string_agg(y.method || g.amount_fen, ' ' order by g.no)"
                                   " from refund_leg g join payment y on y.id = g.payment_id"),
                     "SIMULATED53500 GIFT_CARD50000");
    ck_assert_str_eq(card_now(0), "50000/0 ACTIVE");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    books_proven();
    books_watched();
}
END_TEST

/* Two workers, or a worker and a notice, are told that a leg was paid while another is open. */
START_TEST(I11_a_leg_that_two_hear_of_is_paid_once)
{
    pn_refund r;
    pn_payment y;
    cards(YUAN(500), 0);
    test_sql("update tier set face_price_fen = 30000");
    pn_order o = order_n(2, "13800000001");
    (void)tendered(o.id, 0, 0);
    pn *p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    settle_all();
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    for (int i = 0; i < 2; i++) {
        p = worker();
        ok(pni_refund_leg_done(p, r.id, 1, "R1", &r));
        ok(pni_refund_leg_failed(p, r.id, 1, "too late", &r));
        ck_assert_int_eq(r.state.v, PN_REFUND_PROCESSING);
        pn_end(p);
    }
    ck_assert_int_eq(test_sql_int("select tries from refund_leg where no = 1"), 1);
    relay();
    ck_assert_int_eq(test_sql_int("select sum(amount_fen)::bigint from ledger_transfer"
                                  " where biz_kind = 'REFUND' and step = 'PAID-1'"), YUAN(100));
    settle_all();
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_int_eq(account("REFUND_PAYABLE"), 0);
    books_proven();
    books_watched();
}
END_TEST

/* 3 x 333 with 400 by card: the money paid last goes back first, to the fen (I11). */
START_TEST(I11_parts_go_back_in_the_order_of_the_tenders)
{
    cards(YUAN(400), 0);
    test_sql("update tier set face_price_fen = 33300");
    pn_order o = order_n(3, "13800000001");
    (void)tendered(o.id, 0, 0);
    pn *p = clerk();
    pn_payment y;
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id, .tendered_fen = {YUAN(600)}},
                       &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(599));
    ck_assert_int_eq(y.change_fen.fen, YUAN(1));
    pn_end(p);
    settle_all();
    books_proven();
    books_watched();
    for (int i = 1; i <= 3; i++) {
        char no[4];
        const char *seat[] = {no};
        pn_refund r;
        snprintf(no, sizeof no, "%d", i);
        p = ops();
        ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
        ck_assert_int_eq(r.amount_fen.fen, YUAN(333));
        pn_end(p);
        settle_all();
        books_proven();
    books_watched();
    }
    ck_assert_str_eq(test_sql_text("select string_agg(y.method || g.amount_fen, ' ' order by"
                                   " g.refund_id, g.no) from refund_leg g"
                                   " join payment y on y.id = g.payment_id"),
                     "CASH33300 CASH26600 GIFT_CARD6700 GIFT_CARD33300");
    ck_assert_str_eq(card_now(0), "40000/0 ACTIVE");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
}
END_TEST

START_TEST(what_is_not_paid_lets_the_card_go)
{
    cards(YUAN(500), 0);
    pn_order o = order_n(1, "13800000001");
    pn_payment c = tendered(o.id, 0, 0);
    shop_clock(5 * MINUTE);
    job("pay_poll");
    ck_assert_str_eq(payment_state(c.id), "AUTHORISED"); /* the order still waits */
    shop_clock(11 * MINUTE);
    job("hold_expire");
    settle_all();
    ck_assert_str_eq(order_state(o.id), "CLOSED");
    ck_assert_str_eq(payment_state(c.id), "RELEASED");
    ck_assert_str_eq(card_now(0), "50000/0 ACTIVE");
    ck_assert_int_eq(count_of("payment_due"), 0);
    /* and by wish */
    o = order_n(1, "13800000001");
    c = tendered(o.id, 0, YUAN(100));
    pn *p = ops();
    pn_payment y;
    struct pn_payment_release let = {c.id};
    ok(pn_payment_release(p, &let, &y));
    ck_assert_int_eq(y.state.v, PN_PAYMENT_RELEASED);
    fails(PN_ESTATE, pn_payment_release(p, &let, &y));
    settle_all();
    ck_assert_str_eq(card_now(0), "50000/0 ACTIVE");
    books_proven();
    books_watched();
}
END_TEST

/* S10 with two tenders: what is missing when the money comes late decides. */
START_TEST(S10_late_money_with_a_card_that_was_let_go)
{
    pn_payment_result told;
    for (int gone = 0; gone < 2; gone++) {
        cards(YUAN(500), 0);
        pn_order o = order_n(1, "13800000001");
        (void)tendered(o.id, 0, 0);
        pn *p = ops();
        pn_payment y;
        ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
        ck_assert_int_eq(y.amount_fen.fen, YUAN(80));
        pn_end(p);
        shop_clock(16 * MINUTE);
        job("hold_expire");
        if (gone)
            settle_all();
        p = ops();
        struct pn_payment_notify n = {{PN_PAY_SIMULATED}, gone ? "n2" : "n1", y.id,
                                      gone ? "TR2" : "TR1", {YUAN(80)}, NULL};
        ok(pni_notice_sign(p, &n, &n.signature));
        ok(pn_payment_notify(p, &n, &told));
        ck_assert_str_eq(told.result, gone ? "LATE_REFUND" : "LATE_APPLIED");
        pn_end(p);
        settle_all();
        ck_assert_str_eq(card_now(0), gone ? "50000/0 ACTIVE" : "0/0 DEPLETED");
        books_balance();
    }
}
END_TEST

/* All of it came by the provider although a card was set aside: the card keeps its money. */
START_TEST(a_card_that_is_not_needed_keeps_its_money)
{
    pn_payment_result told;
    pn_payment y, c;
    cards(YUAN(500), 0);
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    test_sql("update payment set state = 'CLOSED'"); /* closed, as far as we know */
    c = tendered(o.id, 0, 0);
    p = ops();
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", y.id, "TR1", {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &told));
    ck_assert_str_eq(told.result, "APPLIED");
    pn_end(p);
    settle_all();
    ck_assert_str_eq(payment_state(c.id), "RELEASED");
    ck_assert_str_eq(card_now(0), "50000/0 ACTIVE");
    books_proven();
    books_watched();
}
END_TEST

START_TEST(cards_are_bound_given_on_and_expire)
{
    pn_gift_card g;
    pn_page page;
    pn_payment y;
    cards(YUAN(100), 0);
    pn *p = as(PN_ROLE_BUYER, ANN);
    ok(pn_gift_card_bind(p, &(struct pn_gift_card_bind){code[0].code, code[0].pin}, &g));
    ck_assert_int_eq(g.user_id, ANN);
    ok(pn_gift_card_mine(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    pn *q = as(PN_ROLE_BUYER, BOB);
    struct pn_gift_card_bind bind = {code[0].code, code[0].pin};
    ck_assert_int_eq(pn_gift_card_bind(q, &bind, &g), PN_ESTATE);
    ck_assert_int_eq(pn_gift_card_show(q, &(struct pn_gift_card_show){g.id}, &g), PN_ENONE);
    pn_end(q);
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                    .phone = "13800000001"}, &o));
    struct pn_payment_tender in = {.order = o.id, .method = {PN_PAY_GIFT_CARD}, .card = g.id};
    ok(pn_payment_tender(p, &in, &y)); /* his own needs no pin */
    ck_assert_int_eq(y.amount_fen.fen, YUAN(100));
    struct pn_gift_card_unbind away = {g.id};
    fails(PN_ESTATE, pn_gift_card_unbind(p, &away, &g)); /* part of it is spoken for */
    ok(pn_payment_release(p, &(struct pn_payment_release){y.id}, &y));
    pn_end(p);
    settle_all();
    p = as(PN_ROLE_BUYER, ANN);
    ok(pn_gift_card_unbind(p, &away, &g));
    pn_end(p);
    p = as(PN_ROLE_BUYER, BOB);
    ok(pn_gift_card_bind(p, &bind, &g));
    pn_end(p);
    shop_clock(37 * 31 * DAY);
    job("gift_card_expire");
    ck_assert_str_eq(card_now(0), "10000/0 EXPIRED"); /* its balance stays to be claimed */
    p = finance();
    ok(pn_gift_card_extend(p, &(struct pn_gift_card_extend){g.id, {shop_now + DAY}, "asked"}, &g));
    ck_assert_int_eq(g.state.v, PN_CARD_BOUND);
    ok(pn_gift_card_freeze(p, &(struct pn_gift_card_freeze){g.id, "lost"}, &g));
    ok(pn_gift_card_unfreeze(p, &(struct pn_gift_card_unfreeze){g.id}, &g));
    ck_assert_int_eq(g.state.v, PN_CARD_BOUND);
}
END_TEST

START_TEST(a_batch_is_paid_before_it_is_worth_anything)
{
    pn_gift_card_batch b;
    pn_gift_card g;
    pn *p = finance();
    struct pn_gift_card_batch_create in = {"x", {YUAN(100)}, {YUAN(101)}, 2, 0, NULL};
    fails(PN_EARG, pn_gift_card_batch_create(p, &in, &b));
    in.price_fen.fen = YUAN(90);
    in.valid_months = 35;
    fails(PN_EARG, pn_gift_card_batch_create(p, &in, &b));
    in.valid_months = 36;
    ok(pn_gift_card_batch_create(p, &in, &b));
    fails(PN_EDUAL, pn_gift_card_batch_activate(
                        p, &(struct pn_gift_card_batch_activate){b.id, "r"}, &b));
    ck_assert_int_eq(count_of("gift_card where state = 'INACTIVE'"), 2);
    pn_end(p);
    p = as(PN_ROLE_FINANCE, OPS2);
    ok(pn_gift_card_batch_activate(p, &(struct pn_gift_card_batch_activate){b.id, "r"}, &b));
    int64_t card = test_sql_int("select id from gift_card where no = 1");
    /* the line that paid the batch is no line that pays a card back */
    fails(PN_EEXISTS, pn_gift_card_refund(p, &(struct pn_gift_card_refund){card, "r", "x"}, &g));
    ok(pn_gift_card_refund(p, &(struct pn_gift_card_refund){card, "r2", "returned"}, &g));
    ck_assert_int_eq(g.balance_fen.fen, 0);
    fails(PN_ESTATE, pn_gift_card_refund(p, &(struct pn_gift_card_refund){card, "r3", "again"},
                                         &g));
    relay();
    ck_assert_int_eq(account("CARD_LIABILITY"), YUAN(100));
    ck_assert_int_eq(account("BANK"), -YUAN(90));
    batch = b.id;
    books_proven();
    books_watched();
}
END_TEST

/* I10, I13: no more than there is, whoever asks at once. */
START_TEST(I10_I13_a_card_is_not_overdrawn)
{
    pn_payment y;
    cards(YUAN(500), 0);
    pn_order a = order_n(1, "13800000001"), b = order_n(1, "13800000002");
    pn *p = ops();
    ok(by_card(p, a.id, 0, YUAN(300), &y));
    fails(PN_EBALANCE, by_card(p, b.id, 0, YUAN(300), &y));
    ok(by_card(p, b.id, 0, 0, &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(200));
    fails(PN_EBALANCE, by_card(p, b.id, 0, 0, &y));
    fails(PN_EBALANCE, by_card(p, b.id, 1, YUAN(381), &y)); /* nor is an order paid too much */
    ok(by_card(p, b.id, 1, YUAN(380), &y));
    ck_assert_str_eq(order_state(b.id), pni_order_paid_state());
    fails(PN_ESTATE, by_card(p, b.id, 2, 0, &y));
    fails(PN_EARG, pn_payment_tender(
                       p, &(struct pn_payment_tender){.order = a.id, .method = {PN_PAY_CASH}}, &y));
    pn_end(p);
    settle_all();
    books_proven();
    books_watched();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("tender");
    tcase_add_checked_fixture(t, setup, test_db_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S30_I30_a_card_pays_and_is_given_back_to);
    tcase_add_test(t, S30_the_sixth_wrong_pin_of_a_day_is_refused);
    tcase_add_test(t, S30_a_paused_batch_freezes_its_unused_cards);
    tcase_add_test(t, S24_card_and_provider_and_all_of_it_back);
    tcase_add_test(t, I11_a_leg_that_two_hear_of_is_paid_once);
    tcase_add_test(t, I11_parts_go_back_in_the_order_of_the_tenders);
    tcase_add_test(t, what_is_not_paid_lets_the_card_go);
    tcase_add_test(t, S10_late_money_with_a_card_that_was_let_go);
    tcase_add_test(t, a_card_that_is_not_needed_keeps_its_money);
    tcase_add_test(t, cards_are_bound_given_on_and_expire);
    tcase_add_test(t, a_batch_is_paid_before_it_is_worth_anything);
    tcase_add_test(t, I10_I13_a_card_is_not_overdrawn);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
