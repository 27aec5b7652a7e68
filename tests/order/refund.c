/* SPDX-License-Identifier: Apache-2.0 */
/* refund.c — windows, fees to the fen, approval by two, legs that fail, cancelled sessions. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/sale_int.h"
#include "order/payment_int.h"
#include "order/refund_int.h"

static const char *const phones[] = {"13800000001", "13800000002", "13800000003"};

#define QUOTE(order_) pn_refund_quote(p, &(struct pn_refund_quote){.order = (order_)}, &q)
#define APPLY(...) pn_refund_apply(p, &(struct pn_refund_apply){__VA_ARGS__}, &r)

static pn_texts seat(const char **no)
{
    return (pn_texts){no, 1};
}

/* Each has its share rounded down, and a fen more where the fraction that was lost was larger than
 * that of whoever has none; of two alike the first. */
static void shared_fairly(int64_t total, const int64_t *weight, const int64_t *part, int n)
{
    int64_t all = 0, rest[8], more[8];
    for (int i = 0; i < n; i++)
        all += weight[i];
    for (int i = 0; i < n; i++) {
        more[i] = part[i] - total * weight[i] / all;
        rest[i] = total * weight[i] % all;
        ck_assert(more[i] == 0 || more[i] == 1);
        for (int k = 0; k < i; k++) {
            ck_assert(more[k] >= more[i] || rest[i] > rest[k]);
            ck_assert(more[i] >= more[k] || rest[k] >= rest[i]);
        }
    }
}

START_TEST(S13_shares_are_exact_to_the_fen)
{
    int64_t weight[] = {33300, 33300, 33300}, share[3];
    pni_apportion(10000, weight, 3, share);
    ck_assert_int_eq(33300 - share[0], 29966);
    ck_assert_int_eq(33300 - share[1], 29967);
    ck_assert_int_eq(33300 - share[2], 29967);
    for (int64_t total = 0; total < 2000; total += 7) {
        int64_t odd[] = {1, 99999, 3, 0, 580}, part[5], sum = 0;
        pni_apportion(total, odd, 5, part);
        for (int i = 0; i < 5; i++)
            sum += part[i];
        ck_assert_int_eq(sum, total);
        shared_fairly(total, odd, part, 5);
    }
    pni_apportion(20000, weight, 3, share); /* two fen are left over */
    shared_fairly(20000, weight, share, 3);
    ck_assert_int_eq(pni_bp(YUAN(1160), 2000), YUAN(232));
    ck_assert_int_eq(pni_bp(3, 5000), 2); /* half up */
}
END_TEST

static int coupon(pn *p, const pni_cart *cart, pni_stack *io)
{
    (void)p, (void)cart;
    io->coupon.fen = YUAN(100);
    return 0;
}

START_TEST(S13_a_discounted_seat_refunds_its_own_share)
{
    make_shop(.face_fen = YUAN(333));
    pni_cart_discount_hook = coupon;
    pn_order a = paid_n(3, phones[0]);
    pni_cart_discount_hook = NULL;
    pn *p = ops();
    pn_refund r;
    const char *two = "2";
    ck_assert_int_eq(test_sql_int("select payable_fen from orders"), 89900);
    ok(APPLY(.order = a.id, .seats = seat(&two)));
    ck_assert_int_eq(r.amount_fen.fen, 29967);
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE); /* cash, free window */
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), 29967);
    ck_assert_str_eq(stock_now(), "10/0/2");
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ok(APPLY(.order = a.id));
    ck_assert_int_eq(r.amount_fen.fen, 89900 - 29967);
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    books_balance();
    fails(PN_ESTATE, APPLY(.order = a.id));
}
END_TEST

START_TEST(the_windows_of_a_large_show)
{
    static const struct { int days, sale_days; int64_t fee; int rc; } rows[] = {
        {60, 1, 0, 0}, {5, 1, 0, 0}, {60, 3, YUAN(232), 0}, {31, 3, YUAN(232), 0},
        {29, 3, YUAN(464), 0}, {11, 3, YUAN(464), 0}, {9, 3, 0, PN_ESTATE}};
    make_shop(.policy = "LARGE_2023");
    pn_order a = paid_n(2, phones[0]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "update session set start_at = now() + interval '%d days',"
                 " doors_at = now(), stop_sale_at = now(),"
                 " sale_at = now() - interval '%d days'", rows[i].days, rows[i].sale_days);
        test_sql(sql);
        pn *p = ops();
        pn_refund_offer q;
        if (rows[i].rc) {
            fails(PN_ESTATE, QUOTE(a.id));
        } else {
            ok(QUOTE(a.id));
            ck_assert_int_eq(q.fee_fen.fen, rows[i].fee);
            ck_assert_int_eq(q.amount_fen.fen, YUAN(1160) - rows[i].fee);
            ck_assert_int_eq(q.automatic, rows[i].fee == 0);
        }
        pn_end(p);
    }
}
END_TEST

START_TEST(an_unsent_parcel_gives_its_postage_back) /* 943.00 of the specification */
{
    make_shop(.policy = "RESALE", .days = 8);
    pn *p = ops();
    pn_order a;
    pn_refund_offer q;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2, .phone = phones[0],
                                                    SENT}, &a));
    ck_assert_int_eq(a.payable_fen.fen, YUAN(1175));
    pn *c = clerk();
    ck_assert_int_eq(pn_payment_cash(c, &(struct pn_payment_cash){.order = a.id}, &y), 0);
    ok(QUOTE(a.id));
    ck_assert_int_eq(q.amount_fen.fen, 94300);
}
END_TEST

START_TEST(whole_orders_only_and_once_a_buyer)
{
    make_shop(.policy = "LARGE_2023");
    pn_order a = paid_n(2, phones[0]), b = paid_n(1, phones[0]), c = paid_n(1, phones[1]);
    pn *p = ops();
    pn_refund r;
    const char *one = "1";
    fails(PN_ESTATE, APPLY(.order = a.id, .seats = seat(&one)));
    ok(APPLY(.order = a.id));
    fails(PN_ELIMIT, APPLY(.order = b.id));
    ok(APPLY(.order = c.id));
    ck_assert_int_eq(test_sql_int("select qty from buyer_count where refunds = 1"
                                  " order by qty desc limit 1"), 1);
    books_balance();
}
END_TEST

START_TEST(closed_shows_refund_only_by_force)
{
    make_shop(.policy = "CLOSED");
    pn_order a = paid_n(1, phones[0]);
    pn *p = clerk();
    pn_refund r;
    fails(PN_ESTATE, APPLY(.order = a.id));
    fails(PN_EPERM, APPLY(.order = a.id, .forced = true, .note = "x"));
    fails(PN_EARG, APPLY(.order = a.id, .reason = {PN_REASON_CANCELLED}));
    p = ops();
    fails(PN_EARG, APPLY(.order = a.id, .forced = true));
    ok(APPLY(.order = a.id, .forced = true, .reason = {PN_REASON_FAULT}, .note = "seat broken"));
    ck_assert_int_eq(r.state.v, PN_REFUND_REVIEWING);
    ck_assert_str_eq(order_state(a.id), "REFUNDING");
    ck_assert_str_eq(stock_now(), "10/0/1");
    fails(PN_EDUAL, pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    ck_assert_str_eq(stock_now(), "10/0/0");
    books_balance();
}
END_TEST

START_TEST(a_rejected_refund_leaves_all_as_it_was)
{
    make_shop(.policy = "RESALE");
    pn_order a = paid_n(2, phones[0]);
    pn *p = ops();
    pn_refund r;
    ok(APPLY(.order = a.id));
    ck_assert_int_eq(r.state.v, PN_REFUND_REVIEWING);
    ck_assert_int_eq(r.fee_fen.fen, YUAN(232));
    fails(PN_ESTATE, APPLY(.order = a.id));
    ok(pn_refund_reject(p, &(struct pn_refund_reject){r.id, "printed already"}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_REJECTED);
    ck_assert_str_eq(order_state(a.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("order_seat where state = 'SOLD' and refund_fen = 0"), 2);
    fails(PN_ESTATE, pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    books_balance();
}
END_TEST

START_TEST(I45_large_refunds_need_two_people)
{
    make_shop(.policy = "RESALE", .face_fen = YUAN(2000));
    pn_order a = paid_n(4, phones[0]);
    pn *p = ops();
    pn_refund r;
    ok(APPLY(.order = a.id));
    ck_assert_int_eq(r.amount_fen.fen, YUAN(6400));
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_REVIEWING);
    fails(PN_EDUAL, pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    ck_assert_int_eq(r.approved_by, OPS);
    ck_assert_int_eq(r.approved_by2, FIN);
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(6400));
    books_balance();
}
END_TEST

/* Pay an order with the simulated provider. */
static int64_t by_provider(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    ck_assert_int_eq(y.state.v, PN_PAYMENT_SUCCESS);
    pn_end(p);
    return y.id;
}

START_TEST(a_provider_pays_back_once)
{
    make_shop();
    pn_order a = order_n(2, phones[0]);
    by_provider(a.id);
    pn *p = ops();
    pn_refund r;
    pn_refund_detail d;
    ok(APPLY(.order = a.id));
    ck_assert_int_eq(r.state.v, PN_REFUND_PROCESSING);
    ck_assert_str_eq(stock_now(), "10/0/0"); /* for sale again at once */
    job("refund_retry");
    job("refund_retry");
    ok(pn_refund_show(p, &(struct pn_refund_show){r.id}, &d));
    ck_assert_int_eq(d.head.state.v, PN_REFUND_DONE);
    ck_assert_uint_eq(d.legs.n, 1);
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(1160));
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    ck_assert_int_eq(count_of("outbox where event = 'refund.done'"), 1);
    books_balance();
}
END_TEST

#define TRANSFER(line) pn_refund_transfer(p, &(struct pn_refund_transfer){r.id, line, NULL}, &r)

/* A refund of an order that its provider refuses to pay back. */
static pn_refund refused(pn_order *a)
{
    make_shop();
    *a = order_n(1, phones[0]);
    by_provider(a->id);
    test_sql("update simulated_trade set paid_fen = 1");
    pn *p = ops();
    pn_refund r;
    ok(APPLY(.order = a->id));
    return r;
}

static pn_refund given_up(pn_order *a)
{
    pn_refund r = refused(a);
    for (int i = 0; i < 6; i++) {
        job("refund_retry");
        shop_clock(13 * HOUR);
    }
    ck_assert_int_eq(test_sql_int("select tries from refund_leg"), 6);
    ck_assert_str_eq(test_sql_text("select state from refund"), "MANUAL");
    pn *p = as(PN_ROLE_FINANCE, FIN); /* nobody has asked */
    fails(PN_ESTATE, TRANSFER("BANK-1"));
    pn_end(p);
    return r;
}

START_TEST(a_refusing_provider_is_asked_five_times_then_people)
{
    pn_order a;
    pn_refund r = given_up(&a);
    ck_assert_str_eq(order_state(a.id), "REFUNDING");
    job("refund_retry");
    ck_assert_str_eq(test_sql_text("select answer || tries from refund_leg"), "NO6");
    pn *p = as(PN_ROLE_FINANCE, OPS); /* the same person, in another role */
    fails(PN_EDUAL, TRANSFER("BANK-1"));
    for (int i = 0; i < 2; i++) { /* nor who approved it */
        test_sql(i ? "update refund set approved_by = 4, approved_by2 = 77"
                   : "update refund set approved_by = 77");
        p = as(PN_ROLE_FINANCE, 77);
        fails(PN_EDUAL, TRANSFER("BANK-1"));
        pn_end(p);
    }
    test_sql("update refund set approved_by = null, approved_by2 = null");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(TRANSFER("BANK-1"));
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    ck_assert_str_eq(test_sql_text("select state from refund_leg"), "BANK");
    books_balance();
    /* it says yes after all: the money is out twice, and somebody is told, once */
    p = worker();
    ok(pni_refund_leg_done(p, r.id, 1, "WX1", &r));
    ok(pni_refund_leg_done(p, r.id, 1, "WX1", &r));
    pn_end(p);
    relay();
    ck_assert_str_eq(test_sql_text("select state from refund_leg"), "BANK");
    ck_assert_int_eq(count_of("alarm where kind = 'REFUND_TWICE' and times = 1"), 1);
    books_balance();
}
END_TEST

/* It had paid, and its answers were lost: it is asked before anybody pays it again. */
START_TEST(what_the_provider_paid_is_not_transferred)
{
    pn_order a;
    pn_refund r = given_up(&a);
    pn_refund_detail d;
    test_sql("insert into simulated_refund (sk, out_request_no, payment_id, amount_fen,"
             " provider_no, at) select sk, out_request_no, payment_id, amount_fen, 'SIMR1', now()"
             " from refund_leg");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, TRANSFER("BANK-1"));
    ok(pn_refund_ask(p, &(struct pn_refund_ask){r.id}, &d));
    ck_assert_int_eq(d.head.state.v, PN_REFUND_DONE);
    ck_assert_str_eq(((pn_refund_leg *)d.legs.row)->state, "DONE");
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    fails(PN_ESTATE, TRANSFER("BANK-1"));
    fails(PN_ESTATE, pn_refund_ask(p, &(struct pn_refund_ask){r.id}, &d));
    ck_assert_int_eq(count_of("bank_line"), 0);
    books_balance();
}
END_TEST

START_TEST(what_nobody_knows_is_not_transferred)
{
    pn_order a;
    pn_refund r = given_up(&a);
    pn_refund_detail d;
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_ask(p, &(struct pn_refund_ask){r.id}, &d));
    ck_assert_int_eq(d.head.state.v, PN_REFUND_MANUAL);
    ck_assert_str_eq(((pn_refund_leg *)d.legs.row)->answer, "UNSURE");
    fails(PN_EUNKNOWN_RESULT, TRANSFER("BANK-1"));
    pn_end(p);
    shop_conf("provider: {simulated: {loss_bp: 0}}\n");
    job("refund_retry"); /* it is not due yet */
    ck_assert_str_eq(test_sql_text("select answer from refund_leg"), "UNSURE");
    shop_clock(11 * MINUTE);
    job("refund_retry");
    ck_assert_str_eq(test_sql_text("select answer from refund_leg"), "NO");
    shop_clock(61 * MINUTE); /* a no of an hour ago is none */
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, TRANSFER("BANK-1"));
    ok(pn_refund_ask(p, &(struct pn_refund_ask){r.id}, &d));
    ok(TRANSFER("BANK-1"));
    ck_assert_str_eq(test_sql_text("select target || (target_id = (select id from refund))"
                                   " from bank_line where reference = 'BANK-1'"), "REFUNDtrue");
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    books_balance();
}
END_TEST

/* A provider that was given up may pay all the same: then nobody has to. */
START_TEST(a_late_yes_ends_what_was_given_up)
{
    pn_order a;
    pn_refund r = given_up(&a);
    pn *p = worker();
    ok(pni_refund_leg_done(p, r.id, 1, "WX1", &r));
    pn_end(p);
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    ck_assert_str_eq(test_sql_text("select state from refund_leg"), "DONE");
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, TRANSFER("BANK-1"));
    books_balance();
}
END_TEST

/* Of two providers one refuses: the other's part goes on, and is not paid by hand beside it. */
START_TEST(one_refusal_does_not_end_the_other_part)
{
    pn_order a;
    pn_refund r = refused(&a);
    pn *p;
    test_sql("update refund_leg set amount_fen = amount_fen - 100;"
             "insert into refund_leg (sk, refund_id, no, payment_id, out_request_no, amount_fen,"
             " state, updated_at) select sk, refund_id, 2, payment_id, out_request_no || 'x', 100,"
             " 'PENDING', updated_at from refund_leg");
    for (int i = 0; i < 6; i++) {
        p = worker();
        ok(pni_refund_leg_failed(p, r.id, 1, "no", &r));
        pn_end(p);
    }
    ck_assert_int_eq(r.state.v, PN_REFUND_MANUAL);
    ck_assert_str_eq(test_sql_text("select string_agg(state, ' ' order by no) from refund_leg"),
                     "FAILED PENDING");
    ck_assert_int_eq(count_of("refund_due"), 1);
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, TRANSFER("BANK-1"));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "still with its provider"));
    p = worker();
    ok(pni_refund_leg_done(p, r.id, 2, "WX2", &r));
    pn_end(p);
    ck_assert_int_eq(r.state.v, PN_REFUND_MANUAL);
    shop_clock(MINUTE);
    job("refund_retry");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(TRANSFER("BANK-1"));
    ck_assert_str_eq(test_sql_text("select string_agg(state, ' ' order by no) from refund_leg"),
                     "BANK DONE");
    ck_assert_int_eq(count_of("refund_due"), 0);
    books_balance();
}
END_TEST

START_TEST(an_answer_that_got_lost_is_asked_for_again)
{
    make_shop();
    pn_order a = order_n(1, phones[0]);
    int64_t payment = by_provider(a.id);
    pn *p = ops();
    pn_refund r;
    pni_trade t;
    const char *no;
    fails(PN_EPROVIDER, pni_simulated.query(p, 4096 * 77 + 1, &t));
    fails(PN_EPROVIDER, pni_simulated.refund(p, payment, "TK-1", YUAN(581), &no));
    ok(APPLY(.order = a.id));
    pn_end(p);
    shop_conf("provider: {simulated: {loss_bp: 10000}}\n");
    p = worker();
    fails(PN_EUNKNOWN_RESULT, pni_simulated.refund(p, payment, "TK-2", 1, &no));
    ok(pni_simulated.refund(p, payment, "TK-2", 1, &no));
    test_sql("delete from simulated_refund");
    pn_end(p);
    job("refund_retry");
    ck_assert_str_eq(test_sql_text("select state || tries from refund_leg"), "PENDING1");
    shop_clock(2 * MINUTE);
    job("refund_retry");
    ck_assert_str_eq(test_sql_text("select state || tries from refund_leg"), "DONE2");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(580));
    ck_assert_str_eq(order_state(a.id), "REFUNDED");
    books_balance();
}
END_TEST

START_TEST(a_used_ticket_is_not_refunded)
{
    make_shop();
    pn_order a = paid_n(2, phones[0]);
    test_sql("update ticket set state = 'VERIFIED' where seat_no = 1");
    pn *p = ops();
    pn_refund r;
    const char *two = "2";
    fails(PN_ESTATE, APPLY(.order = a.id));
    ok(APPLY(.order = a.id, .seats = seat(&two)));
    ck_assert_str_eq(test_sql_text("select state from ticket where seat_no = 2"), "VOIDED");
    ck_assert_str_eq(test_sql_text("select state from ticket where seat_no = 1"), "VERIFIED");
    books_balance();
}
END_TEST

START_TEST(a_new_date_opens_a_free_window)
{
    make_shop(.policy = "CLOSED");
    pn_order a = paid_n(1, phones[0]);
    pn *p = ops();
    pn_refund_offer q;
    fails(PN_ESTATE, QUOTE(a.id));
    shop_clock(HOUR);
    test_sql("insert into session_change (id, session_id, old_start_at, new_start_at, kind,"
             "  actor_id, state, at) select 1, id, start_at, start_at + interval '7 days',"
             "  'CANCEL', 1, 'REQUESTED', now() + interval '30 minutes' from session");
    p = ops();
    fails(PN_ESTATE, QUOTE(a.id)); /* a mere wish opens nothing */
    test_sql("update session_change set kind = 'RESCHEDULE', state = 'DONE'");
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " select 1, 4097, 'session.rescheduled', id, 'c', json_build_object('id', id,"
             "  'old_start_at', '2026-12-01T19:30:00+08:00', 'new_start_at',"
             "  '2026-12-08T19:30:00+08:00', 'reason', 'typhoon'), 'epoch', 'epoch' from session");
    relay();
    ck_assert_ptr_nonnull(strstr(test_sql_text("select body from notice where kind ="
                                               " '50-session_rescheduled'"), "12月1日 19:30"));
    ok(QUOTE(a.id));
    ck_assert_int_eq(q.amount_fen.fen, YUAN(580));
    ck_assert(q.automatic);
    shop_clock(8 * DAY);
    p = ops();
    fails(PN_ESTATE, QUOTE(a.id));
}
END_TEST

START_TEST(a_cancelled_session_returns_everything)
{
    make_shop(.policy = "CLOSED", .stock = 20);
    pn_order cash = paid_n(2, phones[0]), provider = order_n(3, phones[1]),
             unpaid = order_n(1, phones[2]);
    by_provider(provider.id);
    test_sql("update session set status = 'CANCELLED'");
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " values (1, 4097, 'session.cancelled', 40961, 'c', '{}', 'epoch', 'epoch')");
    relay();
    job("refund_retry");
    ck_assert_str_eq(order_state(cash.id), "REFUNDED");
    ck_assert_str_eq(order_state(provider.id), "REFUNDED");
    ck_assert_str_eq(order_state(unpaid.id), "CLOSED");
    ck_assert_int_eq(test_sql_int("select sum(refunded_fen) from orders"), 5 * YUAN(580));
    ck_assert_str_eq(stock_now(), "20/0/0");
    ck_assert_int_eq(count_of("refund where note <> ''"), 0); /* nobody has said anything */
    books_balance();
}
END_TEST

START_TEST(a_show_broken_off_returns_half)
{
    make_shop(.policy = "CLOSED");
    pn_order cash = paid_n(2, phones[0]);
    test_sql("update session set status = 'CANCELLED'");
    pn *p = ops();
    pn_refund r;
    fails(PN_ESTATE, APPLY(.order = cash.id)); /* it comes without asking */
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at)"
             " values (1, 4097, 'session.cancelled', 40961, 'c', '{\"refund_bp\": 5000}', 'epoch',"
             " 'epoch')");
    relay();
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(580));
    ck_assert_str_eq(order_state(cash.id), "REFUNDED");
    books_balance();
}
END_TEST

START_TEST(seats_are_named_rightly)
{
    make_shop();
    pn_order a = paid_n(2, phones[0]);
    pn *p = ops();
    pn_refund r;
    const char *bad[] = {"3", "x", "1 "}, *twice[] = {"1", "1"};
    for (int i = 0; i < 3; i++)
        fails(PN_EARG, APPLY(.order = a.id, .seats = seat(&bad[i])));
    fails(PN_EARG, APPLY(.order = a.id, .seats = {twice, 2}));
    pn_order unpaid = order_n(1, phones[1]);
    fails(PN_ESTATE, APPLY(.order = unpaid.id));
    ck_assert_int_eq(count_of("refund"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("refund");
    TCase *c = tcase_create("refund");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S13_shares_are_exact_to_the_fen);
    tcase_add_test(c, S13_a_discounted_seat_refunds_its_own_share);
    tcase_add_test(c, the_windows_of_a_large_show);
    tcase_add_test(c, an_unsent_parcel_gives_its_postage_back);
    tcase_add_test(c, whole_orders_only_and_once_a_buyer);
    tcase_add_test(c, closed_shows_refund_only_by_force);
    tcase_add_test(c, a_rejected_refund_leaves_all_as_it_was);
    tcase_add_test(c, I45_large_refunds_need_two_people);
    tcase_add_test(c, a_provider_pays_back_once);
    tcase_add_test(c, a_refusing_provider_is_asked_five_times_then_people);
    tcase_add_test(c, what_the_provider_paid_is_not_transferred);
    tcase_add_test(c, what_nobody_knows_is_not_transferred);
    tcase_add_test(c, a_late_yes_ends_what_was_given_up);
    tcase_add_test(c, one_refusal_does_not_end_the_other_part);
    tcase_add_test(c, an_answer_that_got_lost_is_asked_for_again);
    tcase_add_test(c, a_used_ticket_is_not_refunded);
    tcase_add_test(c, a_new_date_opens_a_free_window);
    tcase_add_test(c, a_cancelled_session_returns_everything);
    tcase_add_test(c, a_show_broken_off_returns_half);
    tcase_add_test(c, seats_are_named_rightly);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
