/* SPDX-License-Identifier: Apache-2.0 */
/* partner.c — an organiser that collects by whatever its buyers pay with: Alipay by an application
 * that it authorised, WeChat Pay as a merchant below us. Every call is in its name, what comes back
 * is believed of it alone, its bills are its own, and none of it touches our accounts (I39). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "order/bill.h"
#include "order/direct.h"
#include "till.h"

enum { THEATRE = 7 * 4096 + 3, OPERA = 7 * 4096 + 4 };
#define TOKEN "202611BBtheatre"
static const char *const all[] = {"alipay", "wechat", "wechat_partner", NULL};

static void setup(void)
{
    rig_setup();
    for (const char *const *v = all; *v; v++)
        fake_start(*v);
    rig_file("link/alipay_theatre", TOKEN "\n");
    rig_file("link/alipay_opera", "202611BBopera\n");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static const struct pn_direct_payee_set theatre = {THEATRE, "1900000109", "wxtheatre", 200, {100},
    true, "2088000000000018", "alipay_theatre", "2021theatre"};
static const struct pn_direct_payee_set opera = {OPERA, "1900000199", "wxopera", 300, {0}, true,
    "2088000000000026", "alipay_opera", NULL};

static void collects(const struct pn_direct_payee_set *in)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_direct_payee d;
    ok(pn_direct_payee_set(p, in, &d));
    pn_end(p);
}

static void show_of(int organiser)
{
    char sql[100];
    snprintf(sql, sizeof sql, "update show set organiser_id = %d", organiser);
    test_sql(sql);
}

static pn_order ordered(void)
{
    fresh(all);
    show_of(THEATRE);
    collects(&theatre);
    collects(&opera);
    return order_n(2, "13800000001");
}

/* I39: whatever else it may be, it is not ours. */
static void nothing_of_ours(void)
{
    relay();
    ck_assert_int_eq(count_of("ledger_account where kind in ('CLEARING', 'BANK', 'DRAWER',"
                              " 'ESCROW', 'SUSPENSE', 'REFUND_PAYABLE')"
                              " and debit_fen + credit_fen > 0"), 0);
    books_proven();
    books_watched();
}

/* ---- each way ---- */

static const struct way { int method, scene, as; const char *vendor, *payer; } ways[] = {
    {PN_PAY_ALIPAY, PN_SCENE_QR, PN_PAY_ALIPAY_DIRECT, "alipay", NULL},
    {PN_PAY_ALIPAY, PN_SCENE_JS, PN_PAY_ALIPAY_DIRECT, "alipay", "openid-in-alipay"},
    {PN_PAY_ALIPAY, PN_SCENE_BAR, PN_PAY_ALIPAY_DIRECT, "alipay", "280000000000000001"},
    {PN_PAY_WECHAT, PN_SCENE_QR, PN_PAY_MINIAPP_DIRECT, "wechat_partner", NULL},
    {PN_PAY_WECHAT, PN_SCENE_JS, PN_PAY_MINIAPP_DIRECT, "wechat_partner", "openid-of-ours"},
    {PN_PAY_WECHAT, PN_SCENE_WAP, PN_PAY_MINIAPP_DIRECT, "wechat_partner", NULL},
    {PN_PAY_WECHAT, PN_SCENE_APP, PN_PAY_MINIAPP_DIRECT, "wechat_partner", NULL},
    {PN_PAY_WECHAT, PN_SCENE_BAR, PN_PAY_MINIAPP_DIRECT, "wechat_partner", "134567890123456781"},
    {PN_PAY_MINIAPP_DIRECT, PN_SCENE_JS, PN_PAY_MINIAPP_DIRECT, "wechat_partner", "openid-there"}};
enum { WAYS = sizeof ways / sizeof *ways };

static const char *there(const char *vendor, int64_t payment, const char *path)
{
    return doc_text(fake(vendor, "state", "{\"out_trade_no\":\"%s\"}", number(payment)), path);
}

static void give_back(int64_t order, bool rest)
{
    const char *seat[] = {"1"};
    struct pn_refund_apply in = {.order = order, .seats = {rest ? NULL : seat, !rest}};
    pn *p = ops();
    pn_refund r;
    fake("wechat_partner", "switch", "{\"refund_now\":1}");
    ok(pn_refund_apply(p, &in, &r));
    pn_end(p);
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state <> 'DONE'"), 0);
}

START_TEST(S17_I39_each_way_of_a_payee_pays_and_gives_back)
{
    const struct way *w = &ways[_i];
    pn_order o = ordered();
    pn_payment y = create(o.id, w->method, w->scene, w->payer);
    ck_assert_int_eq(y.method.v, w->as);
    pn_payment_front f = opened(y.id);
    ck_assert_msg(!f.error || !*f.error, "%s", f.error);
    if (w->scene != PN_SCENE_BAR) { /* the notice never comes: he is asked, in the payee's name */
        payer_pays(w->vendor, y.id);
        shop_clock(MINUTE);
        tick("pay_poll");
    }
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    if (w->as == PN_PAY_ALIPAY_DIRECT)
        ck_assert_str_eq(there("alipay", y.id, "/seller"), "2088000000000018");
    else
        ck_assert_str_eq(there(w->vendor, y.id, "/sub_mchid"), "1900000109");
    if (w->method == PN_PAY_ALIPAY && w->scene == PN_SCENE_JS)
        ck_assert_str_eq(there("alipay", y.id, "/op_app_id"), "2021theatre");
    if (w->method == PN_PAY_WECHAT && w->scene == PN_SCENE_JS)
        ck_assert_msg(strstr(f.front, "\"appId\":\"wx8888888888888888\"") != NULL, "%s", f.front);
    nothing_of_ours();
    give_back(o.id, false);
    ck_assert_str_eq(there(w->vendor, y.id, "/refunded_fen"), "58000");
    give_back(o.id, true);
    ck_assert_str_eq(there(w->vendor, y.id, "/refunded_fen"), "116000");
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    nothing_of_ours();
    ck_assert_int_eq(test_sql_int("select coalesce(sum(debit_fen - credit_fen), 0)::bigint from"
                                  " ledger_account where kind = 'DIRECT_CASH'"), 0);
    test_db_teardown();
}
END_TEST

/* Nobody pays: closed there, or reversed, in the payee's name. */
START_TEST(what_nobody_pays_is_closed_there)
{
    static const struct { int way; const char *payer, *is; } cases[] = {
        {0, NULL, "TRADE_CLOSED"}, {2, "280000000000000000", "TRADE_CLOSED"}, {3, NULL, "CLOSED"},
        {7, "134567890123456780", "REVOKED"}};
    const struct way *w = &ways[cases[_i].way];
    pn_order o = ordered();
    pn_payment y = create(o.id, w->method, w->scene, cases[_i].payer);
    pn_payment_front f = opened(y.id);
    pn *p = ops();
    ok(pn_payment_cancel(p, &(struct pn_payment_cancel){y.id}, &f));
    pn_end(p);
    ck_assert_str_eq(state(y.id), "CLOSED");
    ck_assert_str_eq(there(w->vendor, y.id, "/state"), cases[_i].is);
    nothing_of_ours();
    test_db_teardown();
}
END_TEST

/* ---- notices ---- */

/* Of the payee itself, and of nobody else: not of another one, a stranger, or of us. */
START_TEST(I12_a_notice_pays_the_payee_it_names)
{
    const struct way *w = &ways[_i ? 3 : 0];
    static const char *const wrong[2][3] = {{"other_seller", "stranger", "platform"},
                                            {"other_sub", "stranger", "corrupt"}};
    pn_order o = ordered();
    pn_payment y = create(o.id, w->method, w->scene, NULL);
    (void)opened(y.id);
    payer_pays(w->vendor, y.id);
    for (int i = 0; i < 3; i++) {
        pn_payment_heard h = hear(w->vendor, notice(w->vendor, y.id, wrong[_i][i]));
        ck_assert_msg(h.status == 500, "%s: %d", wrong[_i][i], h.status);
        ck_assert_str_eq(state(y.id), "PENDING");
    }
    ck_assert_int_eq(count_of("provider_notice where result <> 'APPLIED' and reason <> ''"), 3);
    pn_payment_heard h = hear(w->vendor, notice(w->vendor, y.id, ""));
    ck_assert_str_eq(h.result, "APPLIED");
    ck_assert_str_eq(state(y.id), "SUCCESS");
    nothing_of_ours();
    test_db_teardown();
}
END_TEST

/* And the other way round: what is paid to us is not paid by a payee's notice. */
START_TEST(I12_a_payees_notice_pays_nothing_of_ours)
{
    fresh(all);
    collects(&theatre);
    pn_order o = order_n(1, "13800000001"); /* a show of nobody's */
    pn_payment y = create(o.id, PN_PAY_ALIPAY, PN_SCENE_QR, NULL);
    ck_assert_int_eq(y.method.v, PN_PAY_ALIPAY);
    (void)opened(y.id);
    payer_pays("alipay", y.id);
    ck_assert_int_eq(hear("alipay", notice("alipay", y.id, "other_seller")).status, 500);
    ck_assert_str_eq(state(y.id), "PENDING");
    ck_assert_str_eq(hear("alipay", notice("alipay", y.id, "")).result, "APPLIED");
    test_db_teardown();
}
END_TEST

/* A refund's notice is believed of whoever paid it back. */
START_TEST(I12_a_refund_notice_names_the_payee)
{
    pn_order o = ordered();
    pn_payment y = create(o.id, PN_PAY_WECHAT, PN_SCENE_QR, NULL);
    (void)opened(y.id);
    payer_pays("wechat_partner", y.id);
    hear("wechat_partner", notice("wechat_partner", y.id, ""));
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    pn_end(p);
    fake("wechat_partner", "switch", "{\"refund_now\":0}");
    tick("refund_retry"); /* under way there */
    char no[40];
    snprintf(no, sizeof no, "%s", test_sql_text("select out_request_no from refund_leg"));
    const pni_doc *d = fake("wechat_partner", "settle_refund", "{\"out_refund_no\":\"%s\","
                            "\"sub\":\"1900000199\"}", no);
    ck_assert_int_eq(hear("wechat_partner", d).status, 500);
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 0);
    d = fake("wechat_partner", "settle_refund", "{\"out_refund_no\":\"%s\"}", no);
    ck_assert_int_eq(hear("wechat_partner", d).status, 204);
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    nothing_of_ours();
    test_db_teardown();
}
END_TEST

/* ---- the secret ---- */

START_TEST(the_token_is_named_and_never_shown)
{
    pn_order o = ordered();
    pn_payment_front f;
    pn_payment y = create(o.id, PN_PAY_ALIPAY, PN_SCENE_QR, NULL);
    (void)opened(y.id);
    ck_assert_int_ge(count_of("payment_exchange"), 1);
    ck_assert_int_eq(count_of("payment_exchange where exchange like '%" TOKEN "%'"), 0);
    ck_assert_int_eq(count_of("audit_log where input::text ||"
                              " coalesce(after::text, '') like '%" TOKEN "%'"), 0);
    /* its file is gone: nothing is asked for in our own name instead */
    rig_file("link/alipay_theatre", "");
    remove(rig_file("link/alipay_theatre", ""));
    pn_payment z = create(o.id, PN_PAY_ALIPAY, PN_SCENE_QR, NULL);
    pn *p = ops();
    fails(PN_ECONF, pn_payment_open(p, &(struct pn_payment_open){z.id}, &f));
    ck_assert_msg(strstr(pn_error(p)->hint, "link/alipay_theatre") != NULL, "%s: %s",
                  pn_error(p)->message, pn_error(p)->hint);
    pn_end(p);
    ck_assert_str_eq(there("alipay", z.id, "/out_trade_no"), "");
    /* one that Alipay does not know any more */
    rig_file("link/alipay_theatre", "202611BBgone\n");
    shop_clock(MINUTE);
    p = ops();
    ok(pn_payment_open(p, &(struct pn_payment_open){z.id}, &f));
    ck_assert_msg(strstr(f.error, "app-auth-token") != NULL, "%s", f.error);
    pn_end(p);
    rig_file("link/alipay_theatre", TOKEN "\n");
    test_db_teardown();
}
END_TEST

/* ---- who collects ---- */

static const struct {
    struct pn_direct_payee_set in;
    const char *field;
} halves[] = {
    {{.organiser = THEATRE}, "sub_mchid"},
    {{.organiser = THEATRE, .alipay_seller = "2088000000000018"}, "alipay_token"},
    {{.organiser = THEATRE, .sub_mchid = "1", .alipay_token = "x"}, "alipay_seller"},
    {{.organiser = THEATRE, .alipay_seller = "2", .alipay_token = "../x"}, "alipay_token"},
    {{.organiser = THEATRE, .alipay_seller = "2", .alipay_token = "x", .wechat_all = true},
     "wechat_all"}};

START_TEST(half_of_a_payee_is_none)
{
    fresh(all);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_direct_payee d;
    fails(PN_EARG, pn_direct_payee_set(p, &halves[_i].in, &d));
    ck_assert_str_eq(pn_error(p)->field, halves[_i].field);
    pn_end(p);
    test_db_teardown();
}
END_TEST

/* Its tickets only: a merchant's are paid to us. Of one provider only: the other's are ours. */
START_TEST(what_is_not_the_organisers_is_paid_to_us)
{
    fresh(all);
    show_of(THEATRE);
    struct pn_direct_payee_set in = theatre;
    in.wechat_all = false;
    collects(&in);
    pn_order o = order_n(1, "13800000001");
    ck_assert_int_eq(create(o.id, PN_PAY_WECHAT, PN_SCENE_QR, NULL).method.v, PN_PAY_WECHAT);
    ck_assert_int_eq(create(o.id, PN_PAY_ALIPAY, PN_SCENE_QR, NULL).method.v,
                     PN_PAY_ALIPAY_DIRECT);
    pn_payment y;
    pn *p = ops();
    struct pn_payment_create ask = {o.id, {PN_PAY_ALIPAY_DIRECT}, {PN_SCENE_QR}, NULL, "1.2.3.4",
                                    NULL};
    fails(PN_EARG, pn_payment_create(p, &ask, &y)); /* nobody chooses it */
    pn_end(p);
    test_sql("update stock set merchant_id = 4096");
    ck_assert_int_eq(create(o.id, PN_PAY_ALIPAY, PN_SCENE_QR, NULL).method.v, PN_PAY_ALIPAY);
    p = ops();
    ask.method.v = PN_PAY_MINIAPP_DIRECT;
    ask.scene.v = PN_SCENE_JS;
    ask.payer = "openid";
    fails(PN_EARG, pn_payment_create(p, &ask, &y));
    pn_end(p);
    test_db_teardown();
}
END_TEST

/* ---- bills ---- */

static void pays(const struct way *w, const char *phone)
{
    pn_order o = order_n(1, phone);
    pn_payment y = create(o.id, w->method, w->scene, w->payer);
    (void)opened(y.id);
    payer_pays(w->vendor, y.id);
    ck_assert_str_eq(hear(w->vendor, notice(w->vendor, y.id, "")).result, "APPLIED");
}

/* One a day and payee, by either provider: each is compared with what that payee collected. */
START_TEST(I39_each_payee_has_bills_of_its_own)
{
    (void)ordered();
    shop_hour(2);
    collects(&theatre); /* the contract is older than the sales */
    collects(&opera);
    pays(&ways[0], "13800000002");
    pays(&ways[3], "13800000003");
    pays(&ways[8], "13800000004");
    show_of(OPERA);
    pays(&ways[0], "13800000005");
    pays(&ways[3], "13800000006");
    relay();
    shop_clock(DAY);
    job("recon_fetch");
    ck_assert_str_eq(test_sql_text("select string_agg(method || ' ' || payee_id || ' ' || pay_n"
                                   " || ' ' || pay_fen || ' ' || book_pay_fen || ' ' || state, ','"
                                   " order by method, payee_id) from bill"),
                     "ALIPAY_DIRECT 28675 1 58000 58000 RECONCILED,"
                     "ALIPAY_DIRECT 28676 1 58000 58000 RECONCILED,"
                     "MINIAPP_DIRECT 28675 2 116000 116000 RECONCILED,"
                     "MINIAPP_DIRECT 28676 1 58000 58000 RECONCILED");
    ck_assert_int_eq(count_of("recon_diff"), 0);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_bill b;
    pn_date day = {(int32_t)test_sql_int("select max(day) - date '1970-01-01' from bill")};
    struct pn_bill_fetch ask = {{PN_PAY_ALIPAY_DIRECT}, day, 0};
    fails(PN_EARG, pn_bill_fetch(p, &ask, &b)); /* whose? */
    ck_assert_str_eq(pn_error(p)->field, "payee");
    ask = (struct pn_bill_fetch){{PN_PAY_ALIPAY}, day, THEATRE};
    fails(PN_EARG, pn_bill_fetch(p, &ask, &b));
    int64_t id = test_sql_int("select id from bill where method = 'ALIPAY_DIRECT' limit 1");
    fails(PN_ESTATE, pn_bill_payout(p, &(struct pn_bill_payout){id, {58000}, "1"}, &b));
    pn_end(p);
    nothing_of_ours();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("partner");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, S17_I39_each_way_of_a_payee_pays_and_gives_back, 0, WAYS);
    tcase_add_loop_test(t, what_nobody_pays_is_closed_there, 0, 4);
    tcase_add_loop_test(t, I12_a_notice_pays_the_payee_it_names, 0, 2);
    tcase_add_test(t, I12_a_payees_notice_pays_nothing_of_ours);
    tcase_add_test(t, I12_a_refund_notice_names_the_payee);
    tcase_add_test(t, the_token_is_named_and_never_shown);
    tcase_add_loop_test(t, half_of_a_payee_is_none, 0, sizeof halves / sizeof *halves);
    tcase_add_test(t, what_is_not_the_organisers_is_paid_to_us);
    tcase_add_test(t, I39_each_payee_has_bills_of_its_own);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
