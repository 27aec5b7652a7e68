/* SPDX-License-Identifier: Apache-2.0 */
/* proxy.c — other people pay, and other ways at the counter: an agent's account, a link for one
 * payer, the slip of a bank terminal; and what the customer's screen shows meanwhile. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "channel/channel.h"
#include "channel/channel_transfer.h"
#include "order/payment_int.h"
#include "shop.h"

enum { AGENT = 41 };
static pn_channel agent;

static void setup(void)
{
    test_db_setup();
    make_shop();
    pn *p = ops();
    struct pn_channel_create in = {"agent1", "代理一", "13900000000", {PN_OUTLET_AGENT},
                                   {YUAN(500)}};
    ok(pn_channel_create(p, &in, &agent));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    struct pn_channel_topup more = {agent.id, {YUAN(1000)}, "first"};
    ok(pn_channel_topup(p, &more, &agent));
    pn_end(p);
    test_sql("insert into staff (id, login, name, password, roles, created_at, updated_at)"
             " values (41, 'agent', 'A', '', '{CHANNEL}', now(), now())");
    char sql[120];
    snprintf(sql, sizeof sql, "insert into channel_member values (41, %" PRId64 ")", agent.id);
    test_sql(sql);
}

static int64_t balance(void)
{
    pn *p = ops();
    pn_channel c;
    ok(pn_channel_show(p, &(struct pn_channel_show){agent.id}, &c));
    pn_end(p);
    return c.balance_fen.fen;
}

static pn_payment_screen screen(int64_t order)
{
    pn *p = clerk();
    pn_payment_screen s;
    ok(pn_payment_display(p, &(struct pn_payment_display){order}, &s));
    return s;
}

START_TEST(an_agent_pays_and_gets_back)
{
    pn_payment y;
    pn_order o = order_n(2, "13800000001"), dear = order_n(2, "13800000002");
    pn *p = as(PN_ROLE_CHANNEL, AGENT);
    ok(pn_payment_proxy(p, &(struct pn_payment_proxy){.order = o.id}, &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(1160));
    pn_end(p);
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_int_eq(balance(), -YUAN(160)); /* on credit */
    p = as(PN_ROLE_CHANNEL, AGENT);
    fails(PN_EBALANCE, pn_payment_proxy(p, &(struct pn_payment_proxy){.order = dear.id}, &y));
    pn_end(p);
    ck_assert_str_eq(order_state(dear.id), "PENDING_PAY");
    books_proven();
    const char *seat[] = {"1"};
    pn_refund r;
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {seat, 1}}, &r));
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE); /* at once: no provider is asked */
    pn_end(p);
    ck_assert_int_eq(balance(), YUAN(420));
    books_proven();
}
END_TEST

START_TEST(who_acts_for_no_agent_pays_for_none)
{
    pn_payment y;
    pn_order o = order_n(1, "13800000001");
    pn *p = as(PN_ROLE_CHANNEL, 99);
    fails(PN_EARG, pn_payment_proxy(p, &(struct pn_payment_proxy){.order = o.id}, &y));
    fails(PN_EPERM, pn_payment_proxy(p, &(struct pn_payment_proxy){o.id, agent.id}, &y));
    pn_end(p);
    p = ops(); /* staff names it */
    ok(pn_payment_proxy(p, &(struct pn_payment_proxy){o.id, agent.id}, &y));
    pn_end(p);
    ck_assert_int_eq(balance(), YUAN(420));
}
END_TEST

START_TEST(a_link_is_for_one_payer)
{
    pn_payment_token t, older;
    pn_payment_asked asked;
    pn_payment y, other;
    pn_payment_front f;
    pn_payment_result told;
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    ok(pn_payment_link(p, &(struct pn_payment_link){o.id}, &older));
    ok(pn_payment_link(p, &(struct pn_payment_link){o.id}, &t));
    pn *q = as(PN_ROLE_PUBLIC, 0);
    p = q;
    fails(PN_ENONE, pn_payment_link_show(p, &(struct pn_payment_link_show){older.token}, &asked));
    fails(PN_ENONE, pn_payment_link_show(p, &(struct pn_payment_link_show){"1-x"}, &asked));
    ok(pn_payment_link_show(p, &(struct pn_payment_link_show){t.token}, &asked));
    ck_assert_int_eq(asked.due_fen.fen, YUAN(580));
    ck_assert(asked.open);
    struct pn_payment_link_open open = {t.token, "friend"};
    fails(PN_ESTATE, pn_payment_link_open(p, &open, &f));
    struct pn_payment_link_pay pay = {.token = t.token, .who = "friend",
                                      .method = {PN_PAY_SIMULATED}};
    ok(pn_payment_link_pay(p, &pay, &y));
    pay.who = "stranger";
    fails(PN_ECONFLICT, pn_payment_link_pay(p, &pay, &other));
    ck_assert_int_eq(count_of("payment"), 1); /* undone with the refusal */
    open.who = "stranger";
    fails(PN_ECONFLICT, pn_payment_link_open(p, &open, &f));
    open.who = "friend";
    ok(pn_payment_link_open(p, &open, &f));
    ck_assert_int_eq(f.state.v, PN_PAYMENT_PENDING);
    test_sql("update payment set state = 'CLOSED'"); /* he went away: another may */
    pay.who = "stranger";
    ok(pn_payment_link_pay(p, &pay, &other));
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", other.id, "TR1", {YUAN(580)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &told));
    ck_assert_str_eq(told.result, "APPLIED");
    ok(pn_payment_link_show(p, &(struct pn_payment_link_show){t.token}, &asked));
    ck_assert(!asked.open);
    fails(PN_EEXPIRED, pn_payment_link_pay(p, &pay, &y));
    pn_end(p);
    books_proven();
}
END_TEST

START_TEST(a_link_ends_with_the_hold)
{
    pn_payment_token t;
    pn_payment y;
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    ok(pn_payment_link(p, &(struct pn_payment_link){o.id}, &t));
    shop_clock(16 * MINUTE);
    p = as(PN_ROLE_PUBLIC, 0);
    struct pn_payment_link_pay pay = {.token = t.token, .who = "friend",
                                      .method = {PN_PAY_SIMULATED}};
    fails(PN_EEXPIRED, pn_payment_link_pay(p, &pay, &y));
    p = ops();
    fails(PN_ESTATE, pn_payment_link(p, &(struct pn_payment_link){o.id}, &t));
}
END_TEST

START_TEST(a_slip_pays_once)
{
    pn_payment y;
    pn_order o = order_n(1, "13800000001"), b = order_n(1, "13800000002");
    pn *p = clerk();
    ok(pn_payment_slip(p, &(struct pn_payment_slip){o.id, "000123", "T1"}, &y));
    ck_assert_int_eq(y.amount_fen.fen, YUAN(580));
    ck_assert_str_eq(y.provider_no, "000123");
    fails(PN_EEXISTS, pn_payment_slip(p, &(struct pn_payment_slip){b.id, "000123", "T1"}, &y));
    pn_end(p);
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_str_eq(order_state(b.id), "PENDING_PAY");
    relay();
    ck_assert_str_eq(test_sql_text("select part || (debit_fen - credit_fen) from ledger_account"
                                   " where kind = 'CLEARING'"), "SLIP58000");
    books_proven();
}
END_TEST

START_TEST(the_customer_sees_what_happens)
{
    pn_payment y;
    pn_payment_result told;
    pn_order o = order_n(2, "13800000001");
    pn_payment_screen s = screen(o.id);
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_CART);
    ck_assert_int_eq(s.due_fen.fen, YUAN(1160));
    ck_assert_str_eq(s.show, "雷雨");
    ck_assert_str_eq(s.seats, "A A");
    pn *p = clerk();
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ck_assert_int_eq(screen(o.id).screen.v, PN_DISPLAY_PAYING);
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", y.id, "TR1", {1}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &told));
    ck_assert_int_eq(screen(o.id).screen.v, PN_DISPLAY_FAILED);
    struct pn_payment_cash cash = {o.id, {YUAN(1200)}, "T1"};
    ok(pn_payment_cash(p, &cash, &y));
    pn_end(p);
    s = screen(o.id);
    ck_assert_int_eq(s.screen.v, PN_DISPLAY_PAID);
    ck_assert_int_eq(s.tendered_fen.fen, YUAN(1200));
    ck_assert_int_eq(s.change_fen.fen, YUAN(40));
    ck_assert_int_eq(s.due_fen.fen, 0);
    o = order_n(1, "13800000002");
    shop_clock(16 * MINUTE);
    ck_assert_int_eq(screen(o.id).screen.v, PN_DISPLAY_OVER);
}
END_TEST

/* Money of a channel comes and goes by lines of the bank: each once, and much of it by two. */
START_TEST(a_line_of_the_bank_is_booked_once_and_much_by_two)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_channel c;
    pn_channel_transfer t;
    struct pn_channel_topup in = {agent.id, {YUAN(10)}, "first", NULL};
    fails(PN_EEXISTS, pn_channel_topup(p, &in, &c));
    ck_assert_str_eq(pn_error(p)->field, "reference");
    in.reference = "line 2";
    ok(pn_channel_topup(p, &in, &c));
    in.amount_fen.fen = -YUAN(10);
    fails(PN_EEXISTS, pn_channel_topup(p, &in, &c)); /* paid back by a line of its own */
    in.reference = "line 3";
    ok(pn_channel_topup(p, &in, &c));
    in.amount_fen.fen = 0;
    fails(PN_EARG, pn_channel_topup(p, &in, &c));
    int64_t much[] = {YUAN(50000) + 1, -YUAN(50000) - 1};
    for (int i = 0; i < 2; i++) {
        in = (struct pn_channel_topup){agent.id, {much[i]}, "line 4", NULL};
        fails(PN_EDUAL, pn_channel_topup(p, &in, &c));
        ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "channel_transfer"));
    }
    struct pn_channel_transfer_create big = {agent.id, {YUAN(100000)}, "line 3", "autumn"};
    ok(pn_channel_transfer_create(p, &big, &t));
    ck_assert_int_eq(t.state.v, PN_CHANNEL_TRANSFER_PROPOSED);
    struct pn_channel_transfer_approve yes = {.id = t.id};
    fails(PN_EDUAL, pn_channel_transfer_approve(p, &yes, &t));
    p = as(PN_ROLE_FINANCE, FIN + 1);
    fails(PN_EEXISTS, pn_channel_transfer_approve(p, &yes, &t)); /* the line is taken */
    ok(pn_channel_transfer_reject(p, &(struct pn_channel_transfer_reject){yes.id, "line"}, &t));
    fails(PN_ESTATE, pn_channel_transfer_approve(p, &yes, &t));
    p = as(PN_ROLE_FINANCE, FIN);
    big.reference = "line 5";
    ok(pn_channel_transfer_create(p, &big, &t));
    yes.id = t.id;
    p = as(PN_ROLE_FINANCE, FIN + 1);
    ok(pn_channel_transfer_approve(p, &yes, &t));
    ck_assert_int_eq(t.state.v, PN_CHANNEL_TRANSFER_DONE);
    fails(PN_ESTATE, pn_channel_transfer_approve(p, &yes, &t));
    ck_assert_int_eq(test_sql_int("select credit_fen - debit_fen from ledger_account"
                                  " where kind = 'AGENT_PREPAID'"), YUAN(101000));
    ck_assert_int_eq(count_of("bank_line"), 4);
    pn_end(p);
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("proxy");
    tcase_add_checked_fixture(t, setup, test_db_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, an_agent_pays_and_gets_back);
    tcase_add_test(t, who_acts_for_no_agent_pays_for_none);
    tcase_add_test(t, a_link_is_for_one_payer);
    tcase_add_test(t, a_link_ends_with_the_hold);
    tcase_add_test(t, a_slip_pays_once);
    tcase_add_test(t, the_customer_sees_what_happens);
    tcase_add_test(t, a_line_of_the_bank_is_booked_once_and_much_by_two);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
