/* SPDX-License-Identifier: Apache-2.0 */
/* ten.c — the ten methods of payment, each through the same life: asked for, paid, the notice lost
 * and asked for, a part given back, the rest given back. In the end its holder's own books have of
 * ours what ours have of his: nothing. And what goes wrong with two of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "channel/channel.h"
#include "order/credit.h"
#include "order/direct.h"
#include "order/slip.h"
#include "till.h"

enum { THEATRE = 7 * 4096 + 3 };
#define PHONE "13700000001"
static const char *const all[] = {"alipay", "wechat", "wechat_partner", "cmb_netpay", "cmb_life",
                                  "sandpay", "douli", NULL};

static void setup(void)
{
    rig_setup();
    for (const char *const *v = all; *v; v++)
        fake_start(*v);
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

/* ---- how each is paid ---- */

typedef struct way {
    const char *name; /* as the specification lists them */
    int method, scene;
    const char *vendor; /* whose books are looked into */
    int64_t (*pay)(const struct way *w, int64_t order);
    bool by_hand; /* what goes back is transferred by people */
} way;

static void show_payer(const char *vendor, const char *tool, const char *text)
{
    pn_buf b = pn_buf_new(rig_p);
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, text);
    pn_buf_puts(&b, "}");
    fake(vendor, tool, "%s", b.text);
}

/* The notice never comes: the provider is asked. */
static int64_t at_provider(const way *w, int64_t order)
{
    bool js = w->scene == PN_SCENE_JS;
    pn_payment y = create(order, w->method, w->scene, js ? "openid-of-the-payer" : NULL);
    pn_payment_front f = opened(y.id);
    ck_assert_msg(f.state.v == PN_PAYMENT_PENDING, "%s", f.error ? f.error : "");
    if (w->method == PN_PAY_CMB_NETPAY || w->method == PN_PAY_CMB_LIFE)
        show_payer(w->vendor, "browse", w->scene == PN_SCENE_APP ? f.url : f.front);
    ck_assert_str_eq(order_state(order), "PENDING_PAY");
    payer_pays(w->vendor, y.id);
    shop_clock(MINUTE);
    tick("pay_poll");
    return y.id;
}

static int64_t at_counter(const way *w, int64_t order)
{
    pn *p = clerk();
    pn_payment y;
    if (w->method == PN_PAY_CASH)
        ok(pn_payment_cash(p, &(struct pn_payment_cash){order, {YUAN(1200)}, "till 1"}, &y));
    else
        ok(pn_payment_slip(p, &(struct pn_payment_slip){order, "000123", "till 1"}, &y));
    return y.id;
}

static int64_t by_points(const way *w, int64_t order)
{
    pn *p = ops();
    pn_payment y;
    fake("douli", "account", "{\"phone\":\"" PHONE "\",\"code\":\"123456\",\"points\":116000}");
    struct pn_payment_tender in = {.order = order, .method = {(int16_t)w->method},
                                   .phone = PHONE, .code = "123456"};
    ok(pn_payment_tender(p, &in, &y));
    (void)opened(y.id);
    shop_clock(MINUTE);
    tick("pay_poll"); /* frozen with the order, taken now */
    return y.id;
}

static int64_t by_agent(const way *w, int64_t order)
{
    (void)w;
    pn_channel agent;
    pn_payment y;
    pn *p = ops();
    ok(pn_channel_create(p, &(struct pn_channel_create){"agent1", "A", "13900000000",
                                                        {PN_OUTLET_AGENT}, {0}}, &agent));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_channel_topup(p, &(struct pn_channel_topup){agent.id, {YUAN(1160)}, "first"}, &agent));
    p = ops();
    ok(pn_payment_proxy(p, &(struct pn_payment_proxy){order, agent.id}, &y));
    return y.id;
}

static int64_t after_the_show(const way *w, int64_t order)
{
    pn *p = ops();
    pn_credit c;
    pn_payment y;
    ok(pn_credit_set(p, &(struct pn_credit_set){ANN, 1, 650}, &c));
    p = as(PN_ROLE_BUYER, ANN);
    ok(pn_payment_later(p, &(struct pn_payment_later){order}, &y));
    show_payer(w->vendor, "agree", opened(y.id).front);
    shop_clock(MINUTE);
    tick("pay_poll");
    ck_assert_str_eq(state(y.id), "CREDIT_OPEN");
    return y.id;
}

static const way ways[] = {
    {"alipay", PN_PAY_ALIPAY, PN_SCENE_QR, "alipay", at_provider, false},
    {"wechat", PN_PAY_WECHAT, PN_SCENE_QR, "wechat", at_provider, false},
    {"cmb_netpay", PN_PAY_CMB_NETPAY, PN_SCENE_WAP, "cmb_netpay", at_provider, false},
    {"cmb_life", PN_PAY_CMB_LIFE, PN_SCENE_APP, "cmb_life", at_provider, false},
    {"miniapp_direct", PN_PAY_MINIAPP_DIRECT, PN_SCENE_JS, "wechat_partner", at_provider, false},
    {"pos_collect, cash", PN_PAY_CASH, 0, NULL, at_counter, false},
    {"pos_collect, slip", PN_PAY_SLIP, 0, NULL, at_counter, true},
    {"douli_points", PN_PAY_DOULI_POINTS, 0, NULL, by_points, false},
    {"sandpay", PN_PAY_SANDPAY, PN_SCENE_QR, "sandpay", at_provider, false},
    {"proxy_pay", PN_PAY_PROXY_PAY, 0, NULL, by_agent, false},
    {"sfpl", PN_PAY_SFPL, PN_SCENE_APP, "alipay", after_the_show, false}};

/* ---- the life ---- */

static void organiser_collects(void)
{
    pn_direct_payee d;
    char sql[100];
    snprintf(sql, sizeof sql, "update show set organiser_id = %d", THEATRE);
    test_sql(sql);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    struct pn_direct_payee_set in = {THEATRE, "1900000109", "wxtheatre", 200, {100}};
    ok(pn_direct_payee_set(p, &in, &d));
    pn_end(p);
}

static pn_order ordered_by_ann(void)
{
    pn *p = as(PN_ROLE_BUYER, ANN);
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 2,
                                                    .phone = "13800000001"}, &o));
    pn_end(p);
    return o;
}

static void give_back(const way *w, int64_t order, bool all_of_it, int64_t fen)
{
    const char *seat[] = {"1"};
    struct pn_refund_apply in = {.order = order, .seats = {all_of_it ? NULL : seat, !all_of_it}};
    pn *p = ops();
    pn_refund r;
    if (w->vendor && strstr(w->vendor, "wechat"))
        fake(w->vendor, "switch", "{\"refund_now\":1}");
    ok(pn_refund_apply(p, &in, &r));
    ck_assert_int_eq(r.amount_fen.fen, fen);
    for (int i = 0; i < 7; i++) {
        shop_clock(13 * HOUR);
        tick("refund_retry");
    }
    relay();
    p = as(PN_ROLE_FINANCE, FIN);
    if (w->by_hand)
        ok(pn_refund_transfer(p, &(struct pn_refund_transfer){
            .id = r.id, .reference = number(r.id)}, &r));
    pn_end(p);
    ck_assert_int_eq(count_of("refund where state <> 'DONE'"), 0);
    books_proven();
}

/* The bank pays what its terminal took, whatever was given back by transfer since. */
static void bank_pays(void)
{
    static const char *slip = "000123";
    pn_bill b;
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_slip_clear(p, &(struct pn_slip_clear){.reference = "ICBC-1",
                     .amount_fen = {YUAN(1160)}, .slips = {&slip, 1}}, &b));
    pn_end(p);
    relay();
    books_proven();
}

static int64_t there(const way *w, int64_t payment)
{
    if (!w->vendor || w->method == PN_PAY_SFPL)
        return -1;
    const pni_doc *d = fake(w->vendor, "state", "{\"out_trade_no\":\"%s\"}", number(payment));
    return strtoll(doc_text(d, "/refunded_fen"), NULL, 10);
}

START_TEST(S17_each_method_pays_and_gives_back_a_part_and_all)
{
    const way *w = &ways[_i];
    fresh(all);
    if (w->method == PN_PAY_MINIAPP_DIRECT)
        organiser_collects();
    pn_order o = w->method == PN_PAY_SFPL ? ordered_by_ann() : order_n(2, "13800000001");
    int64_t y = w->pay(w, o.id);
    ck_assert_msg(!strcmp(order_state(o.id), pni_order_paid_state()), "%s: %s", w->name,
                  order_state(o.id));
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1160));
    books_proven();
    give_back(w, o.id, false, YUAN(580));
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 1);
    ck_assert(there(w, y) == -1 || there(w, y) == YUAN(580));
    give_back(w, o.id, true, YUAN(580));
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert(there(w, y) == -1 || there(w, y) == YUAN(1160));
    ck_assert_int_eq(test_sql_int("select refunded_fen from orders"), YUAN(1160));
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 0);
    if (w->method == PN_PAY_DOULI_POINTS)
        ck_assert_str_eq(doc_text(fake("douli", "state", "{\"phone\":\"" PHONE "\"}"), "/points"),
                         "116000");
    if (w->method == PN_PAY_SLIP)
        bank_pays();
    ck_assert_int_eq(count_of("(select kind, part from ledger_account where kind in ('DRAWER',"
                              " 'CLEARING', 'ESCROW', 'REFUND_PAYABLE', 'SFPL_RECEIVABLE',"
                              " 'DIRECT_CASH', 'TRANSIT', 'SUSPENSE')"
                              " group by 1, 2 having sum(debit_fen - credit_fen) <> 0) x"), 0);
    test_db_teardown();
}
END_TEST

/* ---- two of them, and what is not as it should be ---- */

static const way *const alipay = &ways[0], *const wechat = &ways[1];

static int64_t waiting(const way *w, int64_t order)
{
    pn_payment y = create(order, w->method, w->scene, NULL);
    (void)opened(y.id);
    return y.id;
}

START_TEST(S17_two_succeed_and_the_second_goes_back)
{
    fresh(all);
    pn_order o = order_n(2, "13800000001");
    int64_t a = waiting(alipay, o.id), b = waiting(wechat, o.id);
    payer_pays("wechat", b);
    payer_pays("alipay", a);
    ck_assert_str_eq(hear("wechat", notice("wechat", b, "")).result, "APPLIED");
    ck_assert_str_eq(hear("alipay", notice("alipay", a, "")).result, "DUPLICATE");
    for (int i = 0; i < 3; i++) {
        tick("refund_retry");
        shop_clock(HOUR);
    }
    ck_assert_str_eq(state(a), "REFUNDED");
    ck_assert_str_eq(state(b), "SUCCESS");
    ck_assert_int_eq(there(alipay, a), YUAN(1160));
    ck_assert_int_eq(there(wechat, b), 0);
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    ck_assert_int_eq(test_sql_int("select paid_fen - refunded_fen from orders"), YUAN(1160));
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 2);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(S17_a_notice_replayed_five_times_is_one_credit)
{
    const way *w = _i ? wechat : alipay;
    fresh(all);
    pn_order o = order_n(2, "13800000001");
    int64_t y = waiting(w, o.id);
    payer_pays(w->vendor, y);
    const pni_doc *d = notice(w->vendor, y, "");
    for (int i = 0; i < 6; i++) {
        pn_payment_heard h = hear(w->vendor, d);
        ck_assert_int_eq(h.status, _i ? 204 : 200);
    }
    relay();
    ck_assert_int_eq(count_of("payment_notice"), 1);
    ck_assert_int_eq(count_of("ledger_transfer where biz_kind = 'PAYMENT'"), 1);
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1160));
    ck_assert_int_eq(count_of("refund"), 0);
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(S17_a_yuan_too_little_is_a_mismatch)
{
    const way *w = _i ? wechat : alipay;
    fresh(all);
    pn_order o = order_n(2, "13800000001");
    int64_t y = waiting(w, o.id);
    fake(w->vendor, "pay", "{\"out_trade_no\":\"%s\",\"amount\":%s}", number(y),
         _i ? "115900" : "\"1159.00\"");
    ck_assert_str_eq(hear(w->vendor, notice(w->vendor, y, "")).result, "MISMATCH");
    ck_assert_str_eq(state(y), "MISMATCH");
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), 0);
    ck_assert_int_eq(count_of("outbox where event = 'payment.alarm'"), 1);
    if (_i)
        fake("wechat", "switch", "{\"refund_now\":1}");
    tick("refund_retry");
    ck_assert_str_eq(state(y), "REFUNDED");
    ck_assert_int_eq(there(w, y), YUAN(1159));
    books_proven();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("ten");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, S17_each_method_pays_and_gives_back_a_part_and_all, 0,
                        (int)(sizeof ways / sizeof *ways));
    tcase_add_test(t, S17_two_succeed_and_the_second_goes_back);
    tcase_add_loop_test(t, S17_a_notice_replayed_five_times_is_one_credit, 0, 2);
    tcase_add_loop_test(t, S17_a_yuan_too_little_is_a_mismatch, 0, 2);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
