/* SPDX-License-Identifier: Apache-2.0 */
/* payment.c — cash, providers and their bad habits: late, twice, wrong, silent. */
#include "shop.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/policy.h"
#include "base/unit_int.h"
#include "order/payment_int.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};

static int64_t created(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    return y.id;
}

/* A signed notice, as the provider would send it; returns the result word. */
static const char *tell(int64_t payment, const char *notice, const char *trade, int64_t fen)
{
    static char word[32];
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, notice, payment, trade, {fen}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &r));
    snprintf(word, sizeof word, "%s", r.result);
    pn_end(p);
    return word;
}

static const char *payment_state(int64_t id)
{
    char sql[100];
    snprintf(sql, sizeof sql, "select state from payment where id = %" PRId64, id);
    return test_sql_text(sql);
}

START_TEST(cash_gives_change_and_tickets_in_three_round_trips)
{
    make_shop();
    pn_order a = order_n(2, phones[0]), b = order_n(1, phones[1]);
    pn *p = clerk();
    pn_payment y;
    ok(pn_payment_cash(p, &(struct pn_payment_cash){a.id, {YUAN(1200)}, "till 1"}, &y));
    ck_assert_int_eq(y.change_fen.fen, YUAN(40));
    ck_assert_str_eq(stock_now(), "10/1/2");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("state_log where noun = 'order' and event = 'paid'"), 1);
    int64_t before = pni_round_trips(p);
    ok(pn_payment_cash(p, &(struct pn_payment_cash){b.id, {YUAN(580)}, NULL}, &y));
    ck_assert_int_le(pni_round_trips(p) - before, 3);
    books_balance();
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 3);
}
END_TEST

START_TEST(too_little_cash_and_a_second_payment_are_refused)
{
    make_shop();
    pn_order a = order_n(1, phones[0]);
    pn *p = clerk();
    pn_payment y;
    fails(PN_EBALANCE, pn_payment_cash(p, &(struct pn_payment_cash){a.id, {YUAN(500)}, NULL}, &y));
    ck_assert_str_eq(pn_error(p)->field, "tendered_fen");
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = a.id}, &y));
    fails(PN_ESTATE, pn_payment_cash(p, &(struct pn_payment_cash){.order = a.id}, &y));
    fails(PN_ENONE, pn_payment_cash(p, &(struct pn_payment_cash){.order = 4096 * 9999 + 1}, &y));
    ck_assert_int_eq(count_of("payment"), 1);
    books_balance();
}
END_TEST

START_TEST(T14_I12_a_notice_is_applied_once)
{
    make_shop();
    pn_order a = order_n(2, phones[0]);
    int64_t y = created(a.id);
    ck_assert_str_eq(tell(y, "n1", "TR1", YUAN(1160)), "APPLIED");
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(tell(y, "n1", "TR1", YUAN(1160)), "APPLIED");
    ck_assert_str_eq(tell(y, "n2", "TR1", YUAN(1160)), "REPEAT");
    ck_assert_str_eq(stock_now(), "10/0/2");
    ck_assert_int_eq(count_of("outbox where event = 'order.paid'"), 1);
    ck_assert_int_eq(count_of("refund"), 0);
    books_balance();
}
END_TEST

START_TEST(a_notice_in_time_costs_three_round_trips)
{
    make_shop();
    pn_order a = order_n(1, phones[0]), b = order_n(1, phones[1]);
    int64_t ya = created(a.id), yb = created(b.id);
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", ya, "TR1", {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &r));
    n = (struct pn_payment_notify){{PN_PAY_SIMULATED}, "n2", yb, "TR2", {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    int64_t before = pni_round_trips(p);
    ok(pn_payment_notify(p, &n, &r));
    ck_assert_int_le(pni_round_trips(p) - before, 3);
}
END_TEST

START_TEST(a_forged_notice_changes_nothing)
{
    make_shop();
    pn_order a = order_n(1, phones[0]);
    int64_t y = created(a.id);
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", y, "TR1", {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    n.amount_fen.fen = 1; /* not what was signed */
    fails(PN_EPERM, pn_payment_notify(p, &n, &r));
    n.signature = "00";
    fails(PN_EPERM, pn_payment_notify(p, &n, &r));
    ck_assert_str_eq(payment_state(y), "CREATED");
    ck_assert_int_eq(count_of("payment_notice"), 0);
}
END_TEST

START_TEST(S10_late_money_gets_its_seats_back_while_they_are_free)
{
    make_shop(.stock = 3, .limit_user = 3);
    pn_order a = order_n(2, phones[0]), b = order_n(1, phones[1]);
    int64_t ya = created(a.id), yb = created(b.id);
    shop_clock(15 * MINUTE + 40 * MINUTE / 60);
    ck_assert_str_eq(tell(yb, "n1", "TR1", YUAN(580)), "APPLIED"); /* not swept yet */
    job("hold_expire");
    ck_assert_str_eq(order_state(a.id), "CLOSED");
    ck_assert_str_eq(tell(ya, "n2", "TR2", YUAN(1160)), "LATE_APPLIED");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ck_assert_str_eq(stock_now(), "3/0/3");
    ck_assert_int_eq(test_sql_int("select max(qty) from buyer_count"), 2);
    books_balance();
}
END_TEST

START_TEST(S10_T11_late_money_without_seats_goes_back_in_full)
{
    make_shop(.stock = 2);
    pn_order a = order_n(2, phones[0]);
    int64_t y = created(a.id);
    shop_clock(16 * MINUTE);
    paid_n(1, phones[1]);
    pn *p = ops();
    pn_payment done;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y}, &done));
    ck_assert_str_eq(order_state(a.id), "REFUNDING");
    job("refund_retry");
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders where paid_fen = 116000"),
                     YUAN(1160));
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(1160));
    ck_assert_int_eq(count_of("refund where reason = 'LATE_PAID' and state = 'DONE'"), 1);
    ck_assert_str_eq(stock_now(), "2/0/1");
    job("refund_retry");
    ck_assert_int_eq(count_of("simulated_refund"), 1);
    books_balance();
}
END_TEST

START_TEST(late_money_for_a_cancelled_session_goes_back)
{
    make_shop();
    pn_order a = order_n(1, phones[0]), out;
    int64_t y = created(a.id);
    pn *p = ops();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = a.id}, &out));
    test_sql("update session set status = 'CANCELLED'");
    ck_assert_str_eq(tell(y, "n", "TR", YUAN(580)), "LATE_REFUND");
    books_balance();
}
END_TEST

START_TEST(I12_a_wrong_amount_never_pays)
{
    make_shop();
    pn_order a = order_n(2, phones[0]);
    int64_t y = created(a.id);
    pn *p = ops();
    pn_payment done;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){y, {YUAN(1000)}}, &done));
    ck_assert_int_eq(done.state.v, PN_PAYMENT_MISMATCH);
    ck_assert_str_eq(order_state(a.id), "PENDING_PAY");
    ck_assert_int_eq(count_of("outbox where event = 'payment.alarm'"), 1);
    job("refund_retry");
    ck_assert_str_eq(payment_state(y), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(1000));
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), 0);
    int64_t again = created(a.id);
    ck_assert_str_eq(tell(again, "n9", "TR9", YUAN(1160)), "APPLIED");
    books_balance();
}
END_TEST

START_TEST(I12_a_trade_belongs_to_one_order)
{
    make_shop();
    int64_t one = created(order_n(1, phones[0]).id), two = created(order_n(1, phones[1]).id);
    ck_assert_str_eq(tell(one, "n1", "TR1", YUAN(580)), "APPLIED");
    pn *p = ops();
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n2", two, "TR1", {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    fails(PN_ECONFLICT, pn_payment_notify(p, &n, &r));
    ck_assert_str_eq(pn_error(p)->field, "provider_no");
    ck_assert_int_eq(count_of("payment where state = 'SUCCESS'"), 1);
    books_balance();
}
END_TEST

/* Else one lets holds run out, takes others, and pays them all. */
START_TEST(I14_late_money_does_not_lift_the_limit)
{
    make_shop(.stock = 10, .limit_user = 2);
    pn_order first = order_n(2, phones[0]);
    int64_t y = created(first.id);
    shop_clock(16 * MINUTE);
    job("hold_expire");
    paid_n(1, phones[0]);
    ck_assert_str_eq(tell(y, "n1", "TR1", YUAN(1160)), "LATE_REFUND");
    ck_assert_str_eq(stock_now(), "10/0/1");
    ck_assert_int_eq(test_sql_int("select max(qty) from buyer_count"), 1);
    books_balance();
}
END_TEST

START_TEST(T13_paying_twice_keeps_the_order)
{
    make_shop();
    pn_order a = order_n(1, phones[0]);
    int64_t one = created(a.id), two = created(a.id);
    pn *p = ops();
    pn_payment done;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = one}, &done));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = two}, &done));
    ck_assert_int_eq(done.state.v, PN_PAYMENT_DUP_REFUNDING);
    ck_assert_str_eq(tell(one, "n7", "OTHER-TRADE", YUAN(580)), "DUPLICATE");
    ck_assert_str_eq(tell(one, "n8", "OTHER-TRADE", YUAN(580)), "REPEAT"); /* told once more */
    ck_assert_str_eq(tell(two, "n9", "OTHER-TRADE", YUAN(580)), "REPEAT");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ck_assert_str_eq(stock_now(), "10/0/1");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(580));
    ck_assert_int_eq(count_of("refund where reason = 'DUPLICATE'"), 2);
    job("refund_retry");
    ck_assert_str_eq(payment_state(two), "REFUNDED");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    books_balance();
}
END_TEST

START_TEST(T16_a_lost_notice_is_asked_for)
{
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    make_shop();
    pn_order a = order_n(1, phones[0]);
    int64_t y = created(a.id);
    job("pay_poll");
    ck_assert_str_eq(payment_state(y), "PENDING");
    pn *p = ops();
    pn_payment done;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y}, &done));
    ck_assert_str_eq(payment_state(y), "PENDING"); /* nobody told us */
    job("pay_poll");
    ck_assert_str_eq(payment_state(y), "PENDING"); /* not due yet */
    shop_clock(31 * 1000000);
    job("pay_poll");
    ck_assert_str_eq(payment_state(y), "SUCCESS");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("payment_due"), 0);
    books_balance();
}
END_TEST

/* Looks at 30 s, 2 min 30, 7 min 30 … would leave the second half of a hold unseen. */
START_TEST(T16_one_is_asked_for_when_the_hold_ends)
{
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    make_shop();
    pn_order a = order_n(1, phones[0]);
    int64_t y = created(a.id);
    static const int looks_s[] = {0, 31, 124, 305}; /* after each other */
    for (size_t i = 0; i < sizeof looks_s / sizeof *looks_s; i++) {
        shop_clock(looks_s[i] * INT64_C(1000000));
        job("pay_poll");
    }
    shop_clock(425 * INT64_C(1000000)); /* fifteen seconds are left */
    pn *p = ops();
    pn_payment done;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y}, &done));
    pn_end(p);
    job("pay_poll");
    ck_assert_str_eq(payment_state(y), "PENDING");
    shop_clock(16 * INT64_C(1000000));
    job("pay_poll");
    ck_assert_str_eq(payment_state(y), "SUCCESS");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("payment_due"), 0);
    books_balance();
}
END_TEST

START_TEST(the_switches_delay_repeat_and_falsify)
{
    shop_conf("provider: {simulated: {delay_ms: 5000, duplicate_bp: 10000}}\n");
    make_shop();
    pn_order a = order_n(1, phones[0]), b;
    int64_t y = created(a.id);
    pn *p = ops();
    pn_payment done;
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y}, &done));
    job("pay_simulated");
    ck_assert_str_eq(payment_state(y), "PENDING");
    shop_clock(6 * 1000000);
    job("pay_simulated");
    ck_assert_str_eq(payment_state(y), "SUCCESS");
    ck_assert_int_eq(count_of("payment_notice"), 2);
    ck_assert_int_eq(count_of("payment_notice where result = 'REPEAT'"), 1);
    pn_end(p);
    shop_conf("provider: {simulated: {wrong_amount_bp: 10000}}\n");
    b = order_n(1, phones[1]);
    y = created(b.id);
    p = ops();
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y}, &done));
    ck_assert_str_eq(payment_state(y), "MISMATCH");
    books_balance();
}
END_TEST

START_TEST(an_expired_order_closes_its_trade)
{
    make_shop();
    pn_order a = order_n(1, phones[0]);
    int64_t y = created(a.id);
    job("pay_poll");
    shop_clock(20 * MINUTE);
    job("pay_poll");
    ck_assert_str_eq(payment_state(y), "CLOSED");
    ck_assert_str_eq(test_sql_text("select state from simulated_trade"), "CLOSED");
    ck_assert_int_eq(count_of("payment_due"), 0);
    pn *p = ops();
    pn_payment n;
    fails(PN_EEXPIRED,
          pn_payment_create(p, &(struct pn_payment_create){a.id, {PN_PAY_SIMULATED}}, &n));
    fails(PN_EARG, pn_payment_create(p, &(struct pn_payment_create){a.id, {PN_PAY_CASH}}, &n));
}
END_TEST

/* Every pair of state and event: allowed exactly where the specification allows it. */
static void walk(const char *noun, const char *const allowed[])
{
    const pn_fsm *fsm = pn_module_find(noun)->fsm[0];
    const char *events[64];
    size_t n = 0, edges = 0, found = 0;
    for (const pn_edge *e = fsm->edges; e->from; e++, edges++) {
        size_t i = 0;
        while (i < n && strcmp(events[i], e->event))
            i++;
        if (i == n)
            events[n++] = e->event;
    }
    for (int s = 1; fsm->words[s - 1].name; s++)
        for (size_t i = 0; i < n; i++) {
            const pn_edge *e = pn_edge_find(fsm, (pn_word){(int16_t)s}, events[i]);
            char line[100] = "";
            if (e)
                snprintf(line, sizeof line, "%s %s %s", e->from, e->event, e->to);
            bool listed = false;
            for (const char *const *a = allowed; e && *a; a++)
                listed |= !strcmp(*a, line);
            ck_assert_msg(!e || listed, "%s: unexpected %s", noun, line);
            found += listed;
        }
    size_t expected = 0;
    while (allowed[expected])
        expected++;
    ck_assert_uint_eq(found, expected);
    ck_assert_uint_eq(edges, expected);
}

START_TEST(states_change_only_along_the_table)
{
    static const char *const payment[] = {
        "CREATED sent PENDING", "CREATED success SUCCESS", "CREATED success_late SUCCESS",
        "CREATED success_duplicate DUP_REFUNDING", "CREATED amount_mismatch MISMATCH",
        "CREATED close CLOSED", "PENDING success SUCCESS", "PENDING success_late SUCCESS",
        "PENDING success_duplicate DUP_REFUNDING", "PENDING amount_mismatch MISMATCH",
        "PENDING close CLOSED", "CLOSED success SUCCESS", "CLOSED success_late SUCCESS",
        "CLOSED success_duplicate DUP_REFUNDING", "CLOSED amount_mismatch MISMATCH",
        "DUP_REFUNDING refund_done REFUNDED", "MISMATCH refund_done REFUNDED",
        "COLLECTED confirm SUCCESS", "COLLECTED reject CLOSED", "CREATED frozen AUTHORISED",
        "PENDING frozen AUTHORISED", "CLOSED frozen AUTHORISED",
        "AUTHORISED capture CAPTURED", "AUTHORISED release RELEASED", "AUTHORISED ship CREDIT_OPEN",
        "CREDIT_OPEN due DEDUCTING", "DEDUCTING deduct_ok SUCCESS",
        "DEDUCTING deduct_fail DEDUCTING", "DEDUCTING retries_exhausted OVERDUE",
        "OVERDUE paid_manually SUCCESS", "OVERDUE write_off BAD_DEBT", NULL};
    static const char *const refund[] = {
        "APPLIED auto_approve APPROVED", "APPLIED review REVIEWING", "REVIEWING approve APPROVED",
        "REVIEWING reject REJECTED", "APPROVED execute PROCESSING", "PROCESSING leg_ok DONE",
        "PROCESSING leg_fail MANUAL", "MANUAL leg_ok DONE", "MANUAL mark_transferred DONE", NULL};
    static const char *const order[] = {
        "PENDING_PAY paid PAID", "PENDING_PAY group_paid GROUP_WAITING",
        "CLOSED group_paid GROUP_WAITING", "PENDING_PAY expire CLOSED", "PENDING_PAY cancel CLOSED",
        "CLOSED late_paid PAID", "CLOSED late_refund REFUNDING", "PAID dispatch_ok DISPATCHED",
        "DISPATCHED allocated ALLOCATED", "DISPATCHED shipped_part PART_SHIPPED",
        "DISPATCHED shipped SHIPPED", "ALLOCATED shipped_part PART_SHIPPED",
        "ALLOCATED shipped SHIPPED", "PART_SHIPPED shipped SHIPPED", "SHIPPED signed SIGNED",
        "SIGNED complete COMPLETED", "PAID refund_apply REFUNDING",
        "DISPATCHED refund_apply REFUNDING", "ALLOCATED refund_apply REFUNDING",
        "PART_SHIPPED refund_apply REFUNDING", "SHIPPED refund_apply REFUNDING",
        "SIGNED refund_apply REFUNDING", "COMPLETED refund_apply REFUNDING",
        "REFUNDING back_COMPLETED COMPLETED", "PAID unfulfillable REFUNDING",
        "DISPATCHED unfulfillable REFUNDING", "ALLOCATED unfulfillable REFUNDING",
        "REFUNDING refund_done REFUNDED", "REFUNDING back_PAID PAID",
        "REFUNDING back_DISPATCHED DISPATCHED", "REFUNDING back_ALLOCATED ALLOCATED",
        "REFUNDING back_PART_SHIPPED PART_SHIPPED", "REFUNDING back_SHIPPED SHIPPED",
        "REFUNDING back_SIGNED SIGNED", "GROUP_WAITING group_success PAID",
        "GROUP_WAITING quit REFUNDING", "GROUP_WAITING group_fail REFUNDING",
        "GRAB_PENDING_AUTH authorised GRAB_WAITING", "GRAB_PENDING_AUTH expire GRAB_CANCELLED",
        "GRAB_PENDING_AUTH cancel GRAB_CANCELLED", "GRAB_WAITING raise_cap GRAB_WAITING",
        "GRAB_WAITING match PAID", "GRAB_WAITING capture_failed GRAB_WAITING",
        "GRAB_WAITING capture_given_up GRAB_FAILED", "GRAB_WAITING cancel GRAB_CANCELLED",
        "GRAB_WAITING deadline GRAB_FAILED", "OFFLINE_DRAFT collect OFFLINE_COLLECTED",
        "OFFLINE_DRAFT expire CLOSED", "OFFLINE_DRAFT cancel CLOSED",
        "OFFLINE_COLLECTED finance_confirm PAID", "OFFLINE_COLLECTED finance_reject CLOSED",
        "DIST_LOCKED unlock DIST_RELEASED",
        "DIST_LOCKED ttl DIST_RELEASED", "DIST_LOCKED confirm DIST_CONFIRMED",
        "DIST_CONFIRMED issue ISSUED", "ISSUED direct_refund DIST_REFUNDED",
        "ISSUED complete COMPLETED",
        "MAPPED accept PAID", NULL};
    walk("payment", payment);
    walk("refund", refund);
    walk("order", order);
}
END_TEST

/* What was said to providers can be read, without secrets, and is forgotten after its days. */
START_TEST(exchanges_are_kept_for_their_days)
{
    pn_page page;
    make_shop();
    test_sql("insert into payment_exchange (sk, id, payment_id, call, outcome, status, code,"
             " message, exchange, at) select 1, n * 4096 + 1, 4097, 'query', 'OK', 200, '', '',"
             " 'GET /x', now() - make_interval(days => n * 100) from generate_series(1, 3) n");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_call(p, pn_op_find("exchange", "list"), &(pn_list){.where = "payment_id=4097"}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    ck_assert_int_eq(*(const int64_t *)page.rows.row, 4097); /* the newest, by time, first */
    p = clerk();
    fails(PN_EPERM, pn_call(p, pn_op_find("exchange", "list"), &(pn_list){0}, &page));
    job("exchange_purge");
    ck_assert_int_eq(count_of("payment_exchange"), 1);
    pn_end(p);
}
END_TEST

/* What the inner unit says of its failure, whoever asked hears whole. */
START_TEST(who_opens_a_payment_hears_what_to_do)
{
    make_shop();
    pn_order o = order_n(1, phones[0]);
    pn *p = ops();
    pn_payment y;
    pn_payment_front f;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_ALIPAY}}, &y));
    fails(PN_ECONF, pn_payment_open(p, &(struct pn_payment_open){y.id}, &f));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "http.public_url"));
}
END_TEST

START_TEST(paying_later_is_carried_by_two)
{
    make_shop();
    pn *p = ops();
    const pn_op *op = pn_op_find("payment", "methods");
    pn_buf b = pn_buf_new(p);
    void *out = pn_alloc(p, op->out->size);
    ok(pn_call(p, op, NULL, out));
    pn_to_json(&b, op->out, out);
    ck_assert_ptr_nonnull(strstr(b.text, "\"alipay wechat cmb_netpay\""));
}
END_TEST

START_TEST(simulated_money_is_none_where_money_is_real)
{
    make_shop();
    pn_order a = order_n(1, phones[0]), b = order_n(1, phones[1]);
    pn_payment y, z;
    pn *p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){a.id, {PN_PAY_SIMULATED}}, &y));
    test_sql("update policy set value = '0' where key = 'payment.simulated'");
    p = ops();
    fails(PN_ESTATE, pn_payment_create(p, &(struct pn_payment_create){b.id, {PN_PAY_SIMULATED}},
                                       &z));
    ck_assert_str_eq(pn_error(p)->field, "method");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "payment.simulated"));
    fails(PN_ESTATE, pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    for (int all = 0; all < 2; all++) {
        pn_payment_methods_all shown;
        ok(pn_payment_methods(p, &(struct pn_payment_methods){.all = all}, &shown));
        ck_assert_uint_gt(shown.methods.n, 5);
        pn_each(pn_payment_method, m, &shown.methods)
            ck_assert(m->method.v != PN_PAY_SIMULATED && m->method.v != PN_PAY_SIMULATED_AUTH);
    }
    ck_assert_int_eq(count_of("payment where state = 'SUCCESS'"), 0);
    p = ops(); /* only an administrator lets it in */
    pn_policy row;
    struct pn_policy_set on = {.key = "payment.simulated", .value = "1", .reason = "training"};
    fails(PN_EPERM, pn_policy_set(p, &on, &row));
    p = as(PN_ROLE_ADMIN, OPS);
    ok(pn_policy_set(p, &on, &row));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("payment");
    TCase *c = tcase_create("payment");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, cash_gives_change_and_tickets_in_three_round_trips);
    tcase_add_test(c, too_little_cash_and_a_second_payment_are_refused);
    tcase_add_test(c, T14_I12_a_notice_is_applied_once);
    tcase_add_test(c, a_notice_in_time_costs_three_round_trips);
    tcase_add_test(c, a_forged_notice_changes_nothing);
    tcase_add_test(c, S10_late_money_gets_its_seats_back_while_they_are_free);
    tcase_add_test(c, S10_T11_late_money_without_seats_goes_back_in_full);
    tcase_add_test(c, late_money_for_a_cancelled_session_goes_back);
    tcase_add_test(c, I12_a_wrong_amount_never_pays);
    tcase_add_test(c, I12_a_trade_belongs_to_one_order);
    tcase_add_test(c, I14_late_money_does_not_lift_the_limit);
    tcase_add_test(c, T13_paying_twice_keeps_the_order);
    tcase_add_test(c, T16_a_lost_notice_is_asked_for);
    tcase_add_test(c, T16_one_is_asked_for_when_the_hold_ends);
    tcase_add_test(c, the_switches_delay_repeat_and_falsify);
    tcase_add_test(c, an_expired_order_closes_its_trade);
    tcase_add_test(c, states_change_only_along_the_table);
    tcase_add_test(c, exchanges_are_kept_for_their_days);
    tcase_add_test(c, who_opens_a_payment_hears_what_to_do);
    tcase_add_test(c, paying_later_is_carried_by_two);
    tcase_add_test(c, simulated_money_is_none_where_money_is_real);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
