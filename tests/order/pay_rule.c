/* SPDX-License-Identifier: Apache-2.0 */
/* pay_rule.c — which ways to pay are offered: what the rules say is what pages and tills are shown,
 * and what is taken. */
#include "order/pay_rule.h"

#include <stdio.h>
#include <string.h>

#include "catalog/session.h"
#include "base/unit_int.h"
#include "order/direct.h"
#include "order/offline.h"
#include "order/provider_int.h"
#include "shop.h"

enum { THEATRE = 7 * 4096 + 3 };

static void setup(void)
{
    test_db_setup();
    make_shop();
}

/* "ALIPAY/PC WECHAT/QR …", as they are offered. */
static const char *offered(pn *p, struct pn_payment_methods in)
{
    static char text[2000];
    pn_payment_methods_all all;
    size_t n = 0;
    ok(pn_payment_methods(p, &in, &all));
    *text = 0;
    pn_each(pn_payment_method, m, &all.methods)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%s%s", n ? " " : "",
                              pn_word_name(pn_pay_methods, m->method), m->scene.v ? "/" : "",
                              m->scene.v ? pn_word_name(pni_scenes, m->scene) : "");
    return text;
}
static const char *to_public(struct pn_payment_methods in)
{
    pn *p = as(PN_ROLE_PUBLIC, 0);
    const char *text = offered(p, in);
    pn_end(p);
    return text;
}
static const char *of_order(int64_t order, int device)
{
    pn *p = ops();
    const char *text = offered(p, (struct pn_payment_methods){.order = order,
                                                              .device = {(int16_t)device}});
    pn_end(p);
    return text;
}
#define SHOWS(text, word) ck_assert_msg(strstr(text, word) != NULL, "%s", text)
#define LACKS(text, word) ck_assert_msg(strstr(text, word) == NULL, "%s", text)

static pn_pay_rule add(struct pn_pay_rule_add in)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_pay_rule r;
    ok(pn_pay_rule_add(p, &in, &r));
    pn_end(p);
    return r;
}

START_TEST(each_device_is_offered_its_own)
{
    const char *web = to_public((struct pn_payment_methods){.device = {PN_PAY_AT_WEB}});
    SHOWS(web, "WECHAT/QR");
    SHOWS(web, "ALIPAY/PC");
    LACKS(web, "BAR");
    LACKS(web, "CASH");
    LACKS(web, "SIMULATED");
    const char *mini = to_public((struct pn_payment_methods){.device = {PN_PAY_AT_WECHAT}});
    SHOWS(mini, "WECHAT/JS");
    LACKS(mini, "ALIPAY");
    const char *app = to_public((struct pn_payment_methods){.device = {PN_PAY_AT_APP}});
    SHOWS(app, "CMB_LIFE/APP");
    SHOWS(app, "SFPL/APP");
    LACKS(app, "WAP");
    pn *p = clerk(); /* at the till without saying so */
    const char *till = offered(p, (struct pn_payment_methods){0});
    pn_end(p);
    SHOWS(till, "CASH SLIP WECHAT/BAR ALIPAY/BAR");
    LACKS(till, "WAP");
    p = clerk();
    till = offered(p, (struct pn_payment_methods){.all = true});
    pn_end(p);
    SHOWS(till, "TRANSFER");
    SHOWS(till, "SIMULATED_AUTH");
}
END_TEST

/* Every way that ships can be carried out. */
START_TEST(no_rule_offers_what_there_is_not)
{
    pn *p = ops();
    pn_payment_methods_all all;
    ok(pn_payment_methods(p, &(struct pn_payment_methods){0}, &all));
    ck_assert_int_gt(all.methods.n, 25);
    pn_each(pn_payment_method, m, &all.methods)
    {
        const pni_method *k = pni_method_of(m->method.v);
        ck_assert_msg(k && (!m->scene.v || k->can & 1u << (m->scene.v - 1)), "%s",
                      pn_word_name(pn_pay_methods, m->method));
    }
    pn_end(p);
    struct pn_pay_rule_add in = {.method = {PN_PAY_WECHAT}, .scene = {PN_SCENE_PC}};
    pn_pay_rule r;
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EARG, pn_pay_rule_add(p, &in, &r));
    in = (struct pn_pay_rule_add){.method = {PN_PAY_WECHAT}, .from_fen = {200}, .to_fen = {100}};
    fails(PN_EARG, pn_pay_rule_add(p, &in, &r));
    pn_end(p);
    p = ops();
    fails(PN_EPERM, pn_pay_rule_add(p, &in, &r));
    pn_end(p);
}
END_TEST

/* Of what an order is: its channel, amount, delivery; refused where it is shown and where it is
 * paid. */
static const struct pn_pay_rule_add stops[] = {
    {.method = {PN_PAY_ALIPAY}, .refuse = true},
    {.method = {PN_PAY_ALIPAY}, .scene = {PN_SCENE_QR}, .refuse = true},
    {.method = {PN_PAY_ALIPAY}, .channel = "OWN", .refuse = true},
    {.method = {PN_PAY_ALIPAY}, .from_fen = {YUAN(1000)}, .refuse = true},
    {.method = {PN_PAY_ALIPAY}, .delivery = {PN_DELIVERY_ETICKET}, .refuse = true},
    {.method = {PN_PAY_ALIPAY}, .payee = {PN_PAY_TO_US}, .refuse = true}};

START_TEST(a_rule_stops_what_it_fits)
{
    pn_order o = order_n(2, "13800000001"); /* 1,160 */
    test_sql("update orders set delivery = 'ETICKET'");
    struct pn_payment_create in = {o.id, {PN_PAY_ALIPAY}, {PN_SCENE_QR}, NULL, "1.2.3.4", NULL};
    pn_payment y;
    SHOWS(of_order(o.id, 0), "ALIPAY/QR");
    pn_pay_rule r = add(stops[_i]);
    LACKS(of_order(o.id, 0), "ALIPAY/QR");
    SHOWS(of_order(o.id, 0), "WECHAT/QR");
    pn *p = ops();
    fails(PN_EARG, pn_payment_create(p, &in, &y));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "pn payment methods"));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_pay_rule_drop(p, &(struct pn_pay_rule_drop){r.id, "over"}, &r));
    fails(PN_ENONE, pn_pay_rule_drop(p, &(struct pn_pay_rule_drop){r.id, "over"}, &r));
    pn_end(p);
    p = ops();
    ok(pn_payment_create(p, &in, &y));
    pn_end(p);
}
END_TEST

START_TEST(a_rule_leaves_what_it_does_not_fit)
{
    static const struct pn_pay_rule_add others[] = {
        {.method = {PN_PAY_ALIPAY}, .scene = {PN_SCENE_WAP}, .refuse = true},
        {.method = {PN_PAY_ALIPAY}, .channel = "JD", .refuse = true},
        {.method = {PN_PAY_ALIPAY}, .to_fen = {YUAN(1000)}, .refuse = true},
        {.method = {PN_PAY_ALIPAY}, .delivery = {PN_DELIVERY_EXPRESS}, .refuse = true},
        {.method = {PN_PAY_ALIPAY}, .payee = {PN_PAY_TO_ORGANISER}, .refuse = true},
        {.method = {PN_PAY_ALIPAY}, .refuse = true, .rank = 999},
        {.method = {PN_PAY_WECHAT}, .refuse = true}};
    pn_order o = order_n(2, "13800000001");
    test_sql("update orders set delivery = 'ETICKET'");
    if (_i == 5) /* what is asked before it says yes */
        (void)add((struct pn_pay_rule_add){.method = {PN_PAY_ALIPAY}});
    (void)add(others[_i]);
    SHOWS(of_order(o.id, 0), "ALIPAY");
    pn *p = ops();
    pn_payment y;
    struct pn_payment_create in = {o.id, {PN_PAY_ALIPAY}, {PN_SCENE_QR}, NULL, "1.2.3.4", NULL};
    ok(pn_payment_create(p, &in, &y));
    pn_end(p);
}
END_TEST

START_TEST(the_organisers_own_only_where_it_collects)
{
    pn_order o = order_n(1, "13800000001");
    pn_direct_payee d;
    char sql[100];
    LACKS(of_order(o.id, PN_PAY_AT_WECHAT), "MINIAPP_DIRECT");
    snprintf(sql, sizeof sql, "update show set organiser_id = %d", THEATRE);
    test_sql(sql);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    struct pn_direct_payee_set in = {THEATRE, "1900000109", "wxtheatre", 200, {100}};
    ok(pn_direct_payee_set(p, &in, &d));
    pn_end(p);
    SHOWS(of_order(o.id, PN_PAY_AT_WECHAT), "MINIAPP_DIRECT/JS");
    LACKS(of_order(o.id, PN_PAY_AT_WEB), "MINIAPP_DIRECT");
    /* nobody sees what somebody else's order is offered */
    p = as(PN_ROLE_BUYER, BOB);
    pn_payment_methods_all all;
    ck_assert_int_ne(pn_payment_methods(p, &(struct pn_payment_methods){.order = o.id}, &all), 0);
    pn_end(p);
}
END_TEST

/* Where nobody says where the payer is, what is refused to one device stays open. */
START_TEST(a_device_that_is_refused_is_not_all_of_them)
{
    pn_order o = order_n(2, "13800000001");
    pn_payment y;
    (void)add((struct pn_pay_rule_add){.method = {PN_PAY_ALIPAY}, .device = {PN_PAY_AT_WEB},
                                       .refuse = true});
    (void)add((struct pn_pay_rule_add){.method = {PN_PAY_WECHAT}, .from_fen = {YUAN(9000)},
                                       .refuse = true});
    LACKS(of_order(o.id, PN_PAY_AT_WEB), "ALIPAY");
    SHOWS(of_order(o.id, PN_PAY_AT_WAP), "ALIPAY/WAP");
    SHOWS(of_order(o.id, 0), "ALIPAY/WAP");
    SHOWS(to_public((struct pn_payment_methods){.device = {PN_PAY_AT_WEB}}), "WECHAT/QR");
    LACKS(to_public((struct pn_payment_methods){.amount_fen = {YUAN(9000)}}), "WECHAT");
    pn *p = ops();
    struct pn_payment_create in = {o.id, {PN_PAY_ALIPAY}, {PN_SCENE_WAP}, NULL, "1.2.3.4", NULL};
    ok(pn_payment_create(p, &in, &y));
    pn_end(p);
}
END_TEST

/* A part, a slip, an agent: whatever takes money asks the same table. */
START_TEST(every_taker_asks)
{
    pn_order o = order_n(1, "13800000001");
    pn_payment y;
    test_sql("delete from pay_rule where method in ('SLIP', 'DOULI_POINTS', 'PROXY_PAY', 'SFPL')");
    pn *p = clerk();
    fails(PN_EARG, pn_payment_slip(p, &(struct pn_payment_slip){o.id, "1", "till 1"}, &y));
    pn_end(p);
    p = ops();
    struct pn_payment_tender part = {.order = o.id, .method = {PN_PAY_DOULI_POINTS},
                                     .phone = "13700000001", .code = "123456"};
    fails(PN_EARG, pn_payment_tender(p, &part, &y));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    fails(PN_EARG, pn_payment_later(p, &(struct pn_payment_later){o.id}, &y));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    pn_end(p);
    ck_assert_int_eq(test_sql_int("select count(*) from payment"), 0);
}
END_TEST

/* Cash, what people collect, the payer's code: refused with the field and what to do. */
static void refuses(pn *p, const char *field)
{
    ck_assert_str_eq(pn_error(p)->field, field);
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "pn payment methods"));
}

START_TEST(every_taker_of_money_asks)
{
    pn_order o = order_n(1, "13800000001"), off;
    pn_payment y;
    pn *p = clerk();
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1,
                                                      .phone = "13800000002"}, &off));
    pn_end(p);
    static const int16_t by_hand[] = {PN_PAY_CASH, PN_PAY_SLIP, PN_PAY_TRANSFER};
    for (size_t i = 0; i < 3; i++)
        (void)add((struct pn_pay_rule_add){.method = {by_hand[i]}, .refuse = true});
    (void)add((struct pn_pay_rule_add){.method = {PN_PAY_WECHAT}, .scene = {PN_SCENE_BAR},
                                       .refuse = true});
    p = clerk();
    fails(PN_EARG, pn_payment_cash(p, &(struct pn_payment_cash){o.id, {YUAN(600)}, "till 1"},
                                   &y));
    refuses(p, "order");
    for (size_t i = 0; i < 3; i++) {
        struct pn_order_collect in = {off.id, {by_hand[i]}, off.payable_fen, "S1", "till 1"};
        fails(PN_EARG, pn_order_collect(p, &in, &off));
        refuses(p, "method");
    }
    fails(PN_EARG, pn_payment_bar(p, &(struct pn_payment_bar){o.id, "134567890123456789"}, &y));
    refuses(p, "order");
    fails(PN_EARG, pn_payment_slip(p, &(struct pn_payment_slip){.order = o.id, .slip = "S9"}, &y));
    refuses(p, "order");
    pn_end(p);
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY"); /* nothing was sold by it */
    ck_assert_int_eq(test_sql_int("select count(*) from payment"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from payment_slip"), 0);
    /* as it ships, all of them are */
    test_sql("delete from pay_rule where not offered");
    p = clerk();
    struct pn_order_collect in = {off.id, {PN_PAY_TRANSFER}, off.payable_fen, "S1", "till 1"};
    ok(pn_order_collect(p, &in, &off));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {YUAN(600)}, "till 1"}, &y));
    pn_end(p);
}
END_TEST

/* Where the payer is, said or seen by how he pays: a till has no pages, a telephone no scanner. */
START_TEST(each_way_is_offered_where_it_is_met)
{
    static const struct { int scene, device; bool may; const char *field; } ways[] = {
        {PN_SCENE_WAP, 0, true, NULL}, {PN_SCENE_QR, 0, true, NULL}, {PN_SCENE_APP, 0, true, NULL},
        {PN_SCENE_BAR, 0, false, "method"}, {PN_SCENE_WAP, PN_PAY_AT_WEB, false, "device"},
        {PN_SCENE_QR, PN_PAY_AT_APP, false, "device"}, {PN_SCENE_QR, PN_PAY_AT_WEB, true, NULL},
        {PN_SCENE_BAR, PN_PAY_AT_TILL, true, NULL}};
    pn_order o = order_n(1, "13800000001");
    pn_payment y;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        pn *p = as(PN_ROLE_OPS, OPS);
        pn_actor web = *pn_who(p);
        web.via = "http";
        pn_act_as(p, &web);
        struct pn_payment_create in = {.order = o.id, .method = {PN_PAY_WECHAT},
            .scene = {(int16_t)ways[i].scene}, .payer = "134567890123456789",
            .client_ip = "1.2.3.4", .device = {(int16_t)ways[i].device}};
        if (ways[i].may)
            ok(pn_payment_create(p, &in, &y));
        else
            fails(PN_EARG, pn_payment_create(p, &in, &y));
        if (!ways[i].may)
            refuses(p, ways[i].field);
        pn_end(p);
    }
    pn *p = clerk(); /* a box office is a till */
    struct pn_payment_create in = {.order = o.id, .method = {PN_PAY_WECHAT},
                                   .scene = {PN_SCENE_WAP}, .client_ip = "1.2.3.4"};
    fails(PN_EARG, pn_payment_create(p, &in, &y));
    in.scene.v = PN_SCENE_QR;
    ok(pn_payment_create(p, &in, &y));
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("pay_rule");
    tcase_add_checked_fixture(t, setup, test_db_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, each_device_is_offered_its_own);
    tcase_add_test(t, no_rule_offers_what_there_is_not);
    tcase_add_loop_test(t, a_rule_stops_what_it_fits, 0, (int)(sizeof stops / sizeof *stops));
    tcase_add_loop_test(t, a_rule_leaves_what_it_does_not_fit, 0, 7);
    tcase_add_test(t, the_organisers_own_only_where_it_collects);
    tcase_add_test(t, a_device_that_is_refused_is_not_all_of_them);
    tcase_add_test(t, every_taker_asks);
    tcase_add_test(t, every_taker_of_money_asks);
    tcase_add_test(t, each_way_is_offered_where_it_is_met);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
