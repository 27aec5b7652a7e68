/* SPDX-License-Identifier: Apache-2.0 */
/* pay.c — orders paid over Alipay and WeChat Pay, from the code to the refund, with everything that
 * goes wrong on the way: notices lost, twice, at once, early, late, forged, for somebody else. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "order/provider_notice.h"
#include "till.h"

static const char *const fakes[] = {"alipay", "wechat", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("alipay");
    fake_start("wechat");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}
static const struct { int method; const char *name; } vendors[] = {
    {PN_PAY_ALIPAY, "alipay"}, {PN_PAY_WECHAT, "wechat"}};

START_TEST(a_code_is_shown_scanned_and_paid)
{
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(2, i ? "13800000001" : "13800000002");
        pn_payment y = create(o.id, vendors[i].method, 0, NULL);
        ck_assert_str_eq(state(y.id), "CREATED");
        pn_payment_front f = opened(y.id);
        ck_assert_msg(f.qr && *f.qr, "%s", f.error ? f.error : "");
        ck_assert_int_eq(f.state.v, PN_PAYMENT_PENDING);
        payer_pays(vendors[i].name, y.id);
        pn_payment_heard h = hear(vendors[i].name, notice(vendors[i].name, y.id, ""));
        ck_assert_str_eq(h.result, "APPLIED");
        ck_assert_int_eq(h.status, i ? 204 : 200);
        ck_assert_str_eq(h.body, i ? "" : "success");
        h = hear(vendors[i].name, notice(vendors[i].name, y.id, "")); /* and again */
        ck_assert_int_eq(h.status, i ? 204 : 200);
        ck_assert_str_eq(state(y.id), "SUCCESS");
        ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    }
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 4);
    ck_assert_int_eq(count_of("payment where state = 'SUCCESS'"), 2);
    /* what came in is kept, the same twice too */
    ck_assert_int_eq(count_of("provider_notice n join payment y on y.id = n.payment_id"
                              " where n.verdict = 'GOOD' and n.amount_fen = y.amount_fen"
                              " and n.result = 'APPLIED' and n.reason = ''"
                              " and n.out_no = 'P' || lpad(y.id::text, 6, '0')"
                              " and n.body <> ''"), 4);
    books_balance();
    relay(); /* what the providers have of ours is in the ledger, once */
    ck_assert_str_eq(test_sql_text("select string_agg(part || (debit_fen - credit_fen), ' '"
                                   " order by part) from ledger_account where kind = 'CLEARING'"),
                     "ALIPAY116000 WECHAT116000");
    test_db_teardown();
}
END_TEST

START_TEST(what_is_not_genuine_changes_nothing)
{
    static const char *const bad[] = {"stranger", "corrupt", "stale", "probe"};
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, vendors[i].method, 0, NULL);
        (void)opened(y.id);
        payer_pays(vendors[i].name, y.id);
        for (int k = 0; k < (i ? 4 : 2); k++) {
            pn_payment_heard h = hear(vendors[i].name, notice(vendors[i].name, y.id, bad[k]));
            ck_assert_int_eq(h.status, k == 3 ? 401 : 500);
            ck_assert_str_eq(h.result, k == 3 ? "PROBE" : !i && !k ? "CONFLICT" : "REFUSED");
        }
        ck_assert_str_eq(state(y.id), "PENDING");
    }
    ck_assert_int_eq(count_of("payment_notice"), 0);
    ck_assert_int_eq(count_of("provider_notice where verdict = 'BAD' and reason <> ''"
                              " and payment_id is null"), 4);
    /* another seller's is genuine, and pays nothing of ours */
    ck_assert_int_eq(count_of("provider_notice where verdict = 'GOOD' and result = 'CONFLICT'"
                              " and reason like '%another merchant%'"), 1);
    ck_assert_int_eq(count_of("provider_notice where verdict = 'PROBE'"), 1);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_page page;
    pn_provider_notice n;
    ok(pn_provider_notice_list(p, &(pn_list){.where = "verdict=BAD method=WECHAT"}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    ok(pn_provider_notice_show(p, &(struct pn_provider_notice_show){
        ((const pn_provider_notice *)page.rows.row)->id}, &n));
    ck_assert_str_eq(n.result, "REFUSED");
    ck_assert_int_eq(n.came.v, PN_HEARD_REFUSED);
    ok(pn_provider_notice_list(p, &(pn_list){.where = "result=CONFLICT"}, &page));
    const pn_provider_notice *odd = page.rows.row; /* the code stays, people read what it means */
    ck_assert_int_eq(odd->came.v, PN_HEARD_REFUSED);
    ck_assert_int_eq(odd->about.v, PN_ABOUT_PAYMENT);
    pn_end(p);
    /* anybody can post something: no more of it is kept than is said */
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'payment.refused_hour', '5', '2000-01-01')");
    (void)hear("alipay", notice("alipay", test_sql_int("select min(id) from payment"), "corrupt"));
    ck_assert_int_eq(count_of("provider_notice where verdict = 'BAD'"), 5);
    test_db_teardown();
}
END_TEST

/* ---- trap 11: at once, and early ---- */

typedef struct race { const char *vendor; const pni_doc *d; pthread_t thread; } race;

static void *racing(void *arg)
{
    const race *r = arg;
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_heard out;
    pn_buf headers = pn_buf_new(p);
    pn_buf_puts(&headers, "{");
    for (const pni_doc *h = pni_doc_at(p, r->d, "/headers")->first; h; h = h->next) {
        pn_buf_puts(&headers, headers.len > 1 ? "," : "");
        pn_buf_json(&headers, h->name);
        pn_buf_puts(&headers, ":");
        pn_buf_json(&headers, h->text.s);
    }
    pn_buf_puts(&headers, "}");
    int rc = pn_payment_hear(p, &(struct pn_payment_hear){r->vendor, NULL, {headers.text},
                                                          doc_text(r->d, "/body")}, &out);
    return rc || out.status != 204 ? (void *)"failed" : NULL;
}

START_TEST(trap_11_two_notices_at_once_are_one_payment)
{
    enum { MANY = 8 };
    race r[MANY];
    fresh(fakes);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = create(o.id, PN_PAY_WECHAT, 0, NULL);
    (void)opened(y.id);
    payer_pays("wechat", y.id);
    hear("wechat", notice("wechat", y.id, "probe")); /* the keys are there */
    for (int i = 0; i < MANY; i++)
        r[i] = (race){"wechat", notice("wechat", y.id, ""), 0};
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(pthread_create(&r[i].thread, NULL, racing, &r[i]), 0);
    for (int i = 0; i < MANY; i++) {
        void *failed = NULL;
        pthread_join(r[i].thread, &failed);
        (void)failed; /* a busy row is told to come again: the provider does */
    }
    ck_assert_str_eq(state(y.id), "SUCCESS");
    ck_assert_int_eq(count_of("state_log where noun = 'order' and event = 'paid'"), 1);
    ck_assert_int_eq(count_of("payment_notice where result = 'APPLIED'"), 1);
    ck_assert_int_eq(count_of("payment"), 1);
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(trap_11_a_notice_may_come_before_the_answer)
{
    fresh(fakes);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = create(o.id, PN_PAY_ALIPAY, 0, NULL);
    fake("alipay", "switch", "{\"drop\":3}"); /* made there, and every answer is lost */
    pn *p = ops();
    pn_payment_front f;
    fails(PN_EUNKNOWN_RESULT, pn_payment_open(p, &(struct pn_payment_open){y.id}, &f));
    fake("alipay", "switch", "{\"drop\":0}");
    ck_assert_str_eq(state(y.id), "CREATED");
    payer_pays("alipay", y.id);
    pn_payment_heard h = hear("alipay", notice("alipay", y.id, ""));
    ck_assert_str_eq(h.result, "APPLIED");
    ck_assert_str_eq(state(y.id), "SUCCESS");
    shop_clock(MINUTE);
    tick("pay_poll"); /* has nothing to do any more */
    ck_assert_str_eq(state(y.id), "SUCCESS");
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(a_notice_that_never_came_is_asked_for)
{
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, vendors[i].method, 0, NULL);
        tick("pay_poll"); /* the job sends it, too */
        ck_assert_str_eq(state(y.id), "PENDING");
        payer_pays(vendors[i].name, y.id);
        shop_clock(MINUTE);
        tick("pay_poll");
        ck_assert_str_eq(state(y.id), "SUCCESS");
        ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    }
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(trap_10_money_for_a_closed_order_is_not_dropped)
{
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, vendors[i].method, 0, NULL);
        (void)opened(y.id);
        shop_clock(16 * MINUTE);
        tick("hold_expire");
        tick("pay_poll");
        ck_assert_str_eq(state(y.id), "CLOSED");
        ck_assert_str_eq(order_state(o.id), "CLOSED");
        /* nothing is left for it */
        test_sql("update stock set qty_total = qty_sold + qty_locked");
        payer_pays(vendors[i].name, y.id);
        pn_payment_heard h = hear(vendors[i].name, notice(vendors[i].name, y.id, ""));
        ck_assert_str_eq(h.result, "LATE_REFUND");
        if (i)
            fake("wechat", "switch", "{\"refund_now\":1}");
        tick("refund_retry");
        ck_assert_int_eq(count_of("refund where state = 'DONE'"), i + 1);
        ck_assert_str_eq(order_state(o.id), "REFUNDED");
        test_sql("update stock set qty_total = 10");
    }
    test_db_teardown();
}
END_TEST

START_TEST(S17_T13_paid_twice_goes_back_by_itself)
{
    fresh(fakes);
    pn_order o = order_n(1, "13800000001");
    pn_payment a = create(o.id, PN_PAY_ALIPAY, 0, NULL), b = create(o.id, PN_PAY_WECHAT, 0, NULL);
    (void)opened(a.id);
    (void)opened(b.id);
    payer_pays("alipay", a.id);
    payer_pays("wechat", b.id);
    ck_assert_str_eq(hear("wechat", notice("wechat", b.id, "")).result, "APPLIED");
    ck_assert_str_eq(hear("alipay", notice("alipay", a.id, "")).result, "DUPLICATE");
    ck_assert_str_eq(state(a.id), "DUP_REFUNDING");
    tick("refund_retry");
    ck_assert_str_eq(state(a.id), "REFUNDED");
    const pni_doc *d = fake("alipay", "state", "{\"out_trade_no\":\"%s\"}", number(a.id));
    ck_assert_str_eq(doc_text(d, "/state"), "TRADE_CLOSED"); /* all of it is back */
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(a_wrong_amount_pays_nothing)
{
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, vendors[i].method, 0, NULL);
        (void)opened(y.id);
        fake(vendors[i].name, "pay", "{\"out_trade_no\":\"%s\",\"amount\":%s}", number(y.id),
             i ? "1" : "\"0.01\"");
        ck_assert_str_eq(hear(vendors[i].name, notice(vendors[i].name, y.id, "")).result,
                         "MISMATCH");
        ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
        if (i)
            fake("wechat", "switch", "{\"refund_now\":1}");
        tick("refund_retry");
        ck_assert_str_eq(state(y.id), "REFUNDED");
    }
    test_db_teardown();
}
END_TEST

/* As many dollars' cents as fen were asked for are no fen. */
START_TEST(another_currency_pays_nothing)
{
    fresh(fakes);
    for (int told = 0; told < 2; told++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, PN_PAY_WECHAT, 0, NULL);
        (void)opened(y.id);
        fake("wechat", "pay", "{\"out_trade_no\":\"%s\",\"currency\":\"USD\"}", number(y.id));
        if (told) {
            ck_assert_str_eq(hear("wechat", notice("wechat", y.id, "")).result, "MISMATCH");
        } else {
            shop_clock(2 * MINUTE);
            tick("pay_poll");
        }
        ck_assert_str_eq(state(y.id), "MISMATCH");
        ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
        ck_assert_int_eq(count_of("refund"), 0); /* nobody here knows how much it is */
    }
    relay();
    ck_assert_int_eq(count_of("payment where state = 'MISMATCH' and received_fen = 0"), 2);
    ck_assert_int_eq(count_of("alarm where ref in (select id from payment)"), 2);
    books_balance();
    test_db_teardown();
}
END_TEST

static int64_t refund_all(int64_t order)
{
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order}, &r));
    pn_end(p);
    return r.id;
}

START_TEST(a_refund_under_way_waits_for_its_notice)
{
    fresh(fakes);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = create(o.id, PN_PAY_WECHAT, 0, NULL);
    (void)opened(y.id);
    payer_pays("wechat", y.id);
    hear("wechat", notice("wechat", y.id, ""));
    int64_t refund = refund_all(o.id);
    if (count_of("refund where state = 'REVIEWING'")) {
        pn *p = as(PN_ROLE_FINANCE, FIN);
        pn_refund r;
        ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = refund}, &r));
        pn_end(p);
    }
    for (int i = 0; i < 8; i++) { /* days, if need be: under way is no failure */
        tick("refund_retry");
        ck_assert_int_eq(count_of("refund where state = 'PROCESSING'"), 1);
        ck_assert_int_eq(count_of("refund_leg where tries > 0"), 0);
        shop_clock(11 * MINUTE);
    }
    char no[64]; /* what SQL said is overwritten by what it says next */
    snprintf(no, sizeof no, "%s", test_sql_text("select out_request_no from refund_leg"));
    pn_payment_heard h = hear("wechat", fake("wechat", "settle_refund",
                                             "{\"out_refund_no\":\"%s\"}", no));
    ck_assert_int_eq(h.status, 204);
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    h = hear("wechat", fake("wechat", "settle_refund", "{\"out_refund_no\":\"%s\"}", no));
    ck_assert_int_eq(h.status, 204);
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    /* what was said about it is found from it */
    ck_assert_int_eq(count_of("provider_notice n join refund r on r.id = n.refund_id"), 2);
    ck_assert_int_ge(count_of("payment_exchange x join refund r on r.id = x.refund_id"
                              " where x.call like 'refund%'"), 1);
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(the_payers_own_code_at_the_counter)
{
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, vendors[i].method, PN_SCENE_BAR, "287600000000000001");
        pn_payment_front f = opened(y.id);
        ck_assert_int_eq(f.state.v, PN_PAYMENT_SUCCESS);
        o = order_n(1, "13800000001");
        y = create(o.id, vendors[i].method, PN_SCENE_BAR, "287600000000000010");
        f = opened(y.id); /* he is asked for his password, and goes away */
        ck_assert_int_eq(f.state.v, PN_PAYMENT_PENDING);
        for (int k = 0; k < 15; k++) {
            shop_clock(MINUTE / 15);
            tick("pay_poll");
        }
        ck_assert_str_eq(state(y.id), "CLOSED");
        const pni_doc *d = fake(vendors[i].name, "state", "{\"out_trade_no\":\"%s\"}",
                                number(y.id));
        ck_assert_str_eq(doc_text(d, "/state"), i ? "REVOKED" : "TRADE_CLOSED");
        y = create(o.id, vendors[i].method, PN_SCENE_BAR, "287600000000000008");
        f = opened(y.id); /* refused: the cashier sees why, the order may be paid otherwise */
        ck_assert_int_eq(f.state.v, PN_PAYMENT_CLOSED);
        ck_assert_msg(f.error && strlen(f.error) > 3, "no reason");
    }
    ck_assert_int_eq(count_of("payment_front where payer <> ''"), 0);
    ck_assert_int_eq(count_of("payment_exchange where exchange like '%28760000%'"), 0);
    ck_assert_int_gt(count_of("payment_exchange"), 8);
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(a_cashier_stops_waiting_for_the_payers_password)
{
    fresh(fakes);
    for (int i = 0; i < 2; i++) {
        pn_order o = order_n(1, "13800000001");
        pn_payment y = create(o.id, vendors[i].method, PN_SCENE_BAR, "287600000000000010");
        pn_payment_front f = opened(y.id);
        pn *p = ops();
        ck_assert_int_eq(f.state.v, PN_PAYMENT_PENDING);
        ok(pn_payment_cancel(p, &(struct pn_payment_cancel){y.id}, &f));
        ck_assert_int_eq(f.state.v, PN_PAYMENT_CLOSED);
        const pni_doc *d = fake(vendors[i].name, "state", "{\"out_trade_no\":\"%s\"}",
                                number(y.id));
        ck_assert_str_eq(doc_text(d, "/state"), i ? "REVOKED" : "TRADE_CLOSED");
        y = create(o.id, vendors[i].method, PN_SCENE_BAR, "287600000000000020");
        f = opened(y.id);
        payer_pays(vendors[i].name, y.id); /* his finger was faster */
        p = ops();
        ok(pn_payment_cancel(p, &(struct pn_payment_cancel){y.id}, &f));
        ck_assert_int_eq(f.state.v, PN_PAYMENT_SUCCESS);
        ck_assert_str_eq(order_state(o.id), pni_order_paid_state());
    }
    books_balance();
    test_db_teardown();
}
END_TEST

START_TEST(a_method_is_asked_only_for_what_it_can)
{
    fresh(fakes);
    pn_order o = order_n(1, "13800000001");
    pn *p = ops();
    pn_payment y;
    struct pn_payment_create in = {o.id, {PN_PAY_WECHAT}, {PN_SCENE_PC}, NULL, NULL, NULL};
    fails(PN_EARG, pn_payment_create(p, &in, &y));
    ck_assert_str_eq(pn_error(p)->field, "scene");
    in.scene.v = PN_SCENE_BAR;
    fails(PN_EARG, pn_payment_create(p, &in, &y));
    in.scene.v = PN_SCENE_JS;
    fails(PN_EARG, pn_payment_create(p, &in, &y));
    in.scene.v = PN_SCENE_WAP;
    fails(PN_EARG, pn_payment_create(p, &in, &y));
    ck_assert_int_eq(count_of("payment"), 0);
    in = (struct pn_payment_create){o.id, {PN_PAY_ALIPAY}, {PN_SCENE_PC}, NULL, NULL,
                                    "https://shop.example/paid"};
    ok(pn_payment_create(p, &in, &y));
    pn_payment_front f = opened(y.id);
    ck_assert_msg(strstr(f.url, "alipay.trade.page.pay"), "%s", f.url);
    in = (struct pn_payment_create){o.id, {PN_PAY_WECHAT}, {PN_SCENE_JS}, "openid1", NULL, NULL};
    ok(pn_payment_create(p, &in, &y));
    f = opened(y.id);
    ck_assert_msg(strstr(f.front, "\"paySign\""), "%s", f.front);
    test_db_teardown();
}
END_TEST

START_TEST(without_keys_it_says_which)
{
    char path[200];
    fresh(fakes);
    pn_order o = order_n(1, "13800000001");
    pn_payment y = create(o.id, PN_PAY_ALIPAY, 0, NULL);
    snprintf(path, sizeof path, "%s/link/alipay_app_key", rig_folder);
    pni_span key = rig_slurp(path);
    ck_assert_int_eq(remove(path), 0);
    pn *p = ops();
    pn_payment_front f;
    fails(PN_ECONF, pn_payment_open(p, &(struct pn_payment_open){y.id}, &f));
    ck_assert_msg(strstr(pn_error(p)->message, "secret.alipay_app_key"), "%s",
                  pn_error(p)->message);
    rig_file("link/alipay_app_key", key.s);
    test_db_teardown();
}
END_TEST

/* ---- the banks ---- */

static const struct { int method, scene; const char *name; } banks[] = {
    {PN_PAY_CMB_NETPAY, PN_SCENE_WAP, "cmb_netpay"}, {PN_PAY_CMB_LIFE, PN_SCENE_APP, "cmb_life"},
    {PN_PAY_SANDPAY, PN_SCENE_QR, "sandpay"}};

static void banks_setup(void)
{
    rig_setup();
    for (int i = 0; i < 3; i++)
        fake_start(banks[i].name);
}

/* Where the payer goes with what his side was given: his browser, his bank's app. */
static void browse(const char *bank, const char *text)
{
    pn_buf b = pn_buf_new(rig_p);
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, text);
    pn_buf_puts(&b, "}");
    fake(bank, "browse", "%s", b.text);
}

START_TEST(banks_collect_and_pay_back)
{
    const char *bank = banks[_i].name;
    fresh((const char *const[]){bank, NULL});
    pn_order o = order_n(1, "13800000001"), lost = order_n(1, "13800000002");
    for (int k = 0; k < 2; k++) { /* one is told, the other must be asked for */
        pn_payment y = create(k ? lost.id : o.id, banks[_i].method, banks[_i].scene, NULL);
        pn_payment_front f = opened(y.id);
        if (banks[_i].scene != PN_SCENE_QR)
            browse(bank, banks[_i].scene == PN_SCENE_APP ? f.url : f.front);
        payer_pays(bank, y.id);
        if (k) {
            shop_clock(MINUTE);
            tick("pay_poll");
        } else {
            ck_assert_int_eq(hear(bank, notice(bank, y.id, "corrupt")).status, 500);
            ck_assert_int_eq(hear(bank, notice(bank, y.id, "stranger")).status, 500);
            ck_assert_str_eq(state(y.id), "PENDING");
            pn_payment_heard h = hear(bank, notice(bank, y.id, ""));
            ck_assert_int_eq(h.status, 200);
            ck_assert_str_eq(h.result, "APPLIED");
            h = hear(bank, notice(bank, y.id, ""));
            ck_assert_int_eq(h.status, 200);
        }
        ck_assert_str_eq(state(y.id), "SUCCESS");
    }
    books_balance();
    (void)refund_all(o.id);
    fake(bank, "switch", "{\"drop\":1}"); /* done, and the answer lost: asked, not repeated */
    tick("refund_retry");
    ck_assert_int_eq(count_of("refund where state = 'DONE'"), 1);
    ck_assert_int_eq(count_of("payment_exchange where call = 'refund' and outcome = 'OK'"), 1);
    books_balance();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("pay");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_code_is_shown_scanned_and_paid);
    tcase_add_test(t, what_is_not_genuine_changes_nothing);
    tcase_add_test(t, trap_11_two_notices_at_once_are_one_payment);
    tcase_add_test(t, trap_11_a_notice_may_come_before_the_answer);
    tcase_add_test(t, a_notice_that_never_came_is_asked_for);
    tcase_add_test(t, trap_10_money_for_a_closed_order_is_not_dropped);
    tcase_add_test(t, S17_T13_paid_twice_goes_back_by_itself);
    tcase_add_test(t, a_wrong_amount_pays_nothing);
    tcase_add_test(t, another_currency_pays_nothing);
    tcase_add_test(t, a_refund_under_way_waits_for_its_notice);
    tcase_add_test(t, the_payers_own_code_at_the_counter);
    tcase_add_test(t, a_cashier_stops_waiting_for_the_payers_password);
    tcase_add_test(t, a_method_is_asked_only_for_what_it_can);
    tcase_add_test(t, without_keys_it_says_which);
    suite_add_tcase(s, t);
    t = tcase_create("banks");
    tcase_add_unchecked_fixture(t, banks_setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, banks_collect_and_pay_back, 0, 3);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
