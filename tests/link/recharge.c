/* SPDX-License-Identifier: Apache-2.0 */
/* recharge.c — merchants fill their wallets through Alipay and WeChat: once, whatever is told and
 * how often; late, too; never with another amount. The providers' bills know of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "merchant/wallet.h"
#include "order/bill.h"
#include "order/recharge_int.h"
#include "till.h"

static const char *const fakes[] = {"alipay", "wechat", NULL};
enum { DEALER = 4097, RIVAL = 4098 };

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

static void open_wallets(void)
{
    fresh(fakes);
    test_sql("insert into merchant (id, code, kind, name, status, level, created_at, updated_at)"
             " select n, 'm' || n, 'PRO', 'Merchant ' || n, 'ACTIVE', 'B', now(), now()"
             " from (values (4097), (4098)) v(n)");
}

static pn *dealer(int64_t merchant)
{
    pn *p = as(PN_ROLE_MERCHANT, merchant);
    pn_actor me = *pn_who(p);
    me.merchant = merchant;
    pn_act_as(p, &me);
    return p;
}

static pn_word by(int method)
{
    return (pn_word){(int16_t)pn_word_find(pn_recharge_methods,
                                           pn_pay_methods[method - 1].name)};
}

static pn_recharge asked(int method, int64_t fen)
{
    pn *p = dealer(DEALER);
    pn_recharge r;
    pn_recharge_front f;
    struct pn_recharge_create in = {.amount_fen = {fen}, .method = by(method)};
    ok(pn_recharge_create(p, &in, &r));
    ok(pn_recharge_open(p, &(struct pn_recharge_open){r.id}, &f));
    ck_assert_int_eq(f.state.v, PN_RECHARGE_PENDING);
    ck_assert_msg(f.qr && *f.qr, "no code");
    pn_end(p);
    return r;
}

static const char *own_no(int64_t id)
{
    static char text[32];
    snprintf(text, sizeof text, "R%06" PRId64, id);
    return text;
}

static pn_wallet wallet(void)
{
    pn *p = dealer(DEALER);
    pn_wallet w;
    ok(pn_wallet_show(p, &(struct pn_wallet_show){0}, &w));
    pn_end(p);
    return w;
}

static pn_recharge now_is(int64_t id)
{
    pn *p = dealer(DEALER);
    pn_recharge r;
    ok(pn_recharge_show(p, &(struct pn_recharge_show){id}, &r));
    pn_end(p);
    return r;
}

/* `fen` 0: what he was asked for. */
static void pays(const char *vendor, int64_t id, int64_t fen)
{
    char amount[40] = "";
    if (fen)
        snprintf(amount, sizeof amount, ",\"amount\":%" PRId64, fen);
    fake(vendor, "pay", "{\"out_trade_no\":\"%s\"%s}", own_no(id), amount);
}

static pn_payment_heard heard(const char *vendor, int64_t id, const char *how)
{
    return hear(vendor, fake(vendor, "notice", "{\"out_trade_no\":\"%s\",\"how\":\"%s\"}",
                             own_no(id), how));
}

static int64_t balance(const char *kind)
{
    char sql[160];
    relay();
    snprintf(sql, sizeof sql, "select coalesce(sum(debit_fen - credit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

START_TEST(S22_a_wallet_is_filled_once)
{
    open_wallets();
    pn_recharge r = asked(PN_PAY_WECHAT, YUAN(2000));
    ck_assert_int_eq(wallet().available_fen.fen, 0);
    pays("wechat", r.id, 0);
    ck_assert_str_eq(heard("wechat", r.id, "stranger").result, "REFUSED");
    ck_assert_str_eq(heard("wechat", r.id, "").result, "APPLIED");
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(heard("wechat", r.id, "").result, "REPEAT");
    tick("recharge_poll");
    ck_assert_int_eq(now_is(r.id).state.v, PN_RECHARGE_SUCCESS);
    ck_assert_int_eq(wallet().available_fen.fen, YUAN(2000));
    ck_assert_int_eq(balance("CLEARING"), YUAN(2000));
    ck_assert_int_eq(count_of("recharge_due"), 0);
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(what_nobody_tells_is_asked_for)
{
    open_wallets();
    pn_recharge r = asked(PN_PAY_ALIPAY, YUAN(300));
    pays("alipay", r.id, 0);
    shop_clock(MINUTE);
    tick("recharge_poll");
    ck_assert_int_eq(wallet().available_fen.fen, YUAN(300));
    /* and what nobody pays is closed; money that comes all the same is the merchant's */
    r = asked(PN_PAY_WECHAT, YUAN(100));
    shop_clock(31 * MINUTE);
    tick("recharge_poll");
    ck_assert_int_eq(now_is(r.id).state.v, PN_RECHARGE_CLOSED);
    pays("wechat", r.id, 0);
    ck_assert_str_eq(heard("wechat", r.id, "").result, "APPLIED");
    ck_assert_int_eq(wallet().available_fen.fen, YUAN(400));
    books_proven();
    books_watched();
    test_db_teardown();
}
END_TEST

START_TEST(I12_another_amount_goes_back)
{
    open_wallets();
    pn_recharge r = asked(PN_PAY_WECHAT, YUAN(2000));
    pays("wechat", r.id, YUAN(1999));
    ck_assert_str_eq(heard("wechat", r.id, "").result, "MISMATCH");
    ck_assert_int_eq(wallet().available_fen.fen, 0);
    ck_assert_int_eq(-balance("SUSPENSE"), YUAN(1999));
    tick("recharge_poll"); /* WeChat is still paying back */
    ck_assert_int_eq(now_is(r.id).state.v, PN_RECHARGE_MISMATCH);
    pn_payment_heard h = hear("wechat", fake("wechat", "settle_refund",
                                             "{\"out_refund_no\":\"%s-1\"}", own_no(r.id)));
    ck_assert_str_eq(h.result, "NOTED");
    shop_clock(11 * MINUTE);
    tick("recharge_poll");
    ck_assert_int_eq(now_is(r.id).state.v, PN_RECHARGE_REFUNDED);
    ck_assert_int_eq(balance("SUSPENSE"), 0);
    ck_assert_int_eq(balance("CLEARING"), 0);
    ck_assert_int_eq(wallet().available_fen.fen, 0);
    books_proven();
    test_db_teardown();
}
END_TEST

/* Offered is whoever pays at once, and to us; no counter, nobody whose money is another's. */
START_TEST(what_is_offered_is_what_fills_a_wallet)
{
    const unsigned away = PNI_IS_THEIRS | PNI_IS_FROZEN | PNI_IS_CARRIED;
    for (int16_t i = 1; pn_pay_methods[i - 1].name; i++) {
        const pni_method *m = pni_method_of(i);
        bool fills = m && m->connector && !(m->can & away);
        ck_assert_msg(fills == (by(i).v > 0), "%s", pn_pay_methods[i - 1].name);
        if (fills)
            ck_assert_str_eq(pn_recharge_methods[by(i).v - 1].label, pn_pay_methods[i - 1].label);
    }
    for (int16_t i = 1; pni_scenes[i - 1].name; i++)
        ck_assert_msg((i != PN_SCENE_BAR) ==
                          (pn_word_find(pn_recharge_ways, pni_scenes[i - 1].name) > 0),
                      "%s", pni_scenes[i - 1].name);
}
END_TEST

START_TEST(whose_wallet_how_much_and_by_whom)
{
    pn_recharge r;
    open_wallets();
    pn *p = dealer(DEALER);
    struct pn_recharge_create in = {.amount_fen = {YUAN(50)}, .method = {PN_RECHARGE_BY_ALIPAY}};
    in.merchant = RIVAL;
    fails(PN_EPERM, pn_recharge_create(p, &in, &r));
    in.merchant = 0;
    in.amount_fen.fen = 99;
    fails(PN_ECAP, pn_recharge_create(p, &in, &r));
    in.amount_fen.fen = YUAN(50001);
    fails(PN_ECAP, pn_recharge_create(p, &in, &r));
    in.amount_fen.fen = YUAN(50);
    in.method = by(PN_PAY_CMB_NETPAY); /* it has no code to scan */
    in.scene.v = PN_RECHARGE_WAY_QR;
    fails(PN_EARG, pn_recharge_create(p, &in, &r));
    in.scene.v = 0;
    ok(pn_recharge_create(p, &in, &r));
    ck_assert_int_eq(r.method.v, PN_PAY_CMB_NETPAY);
    ck_assert_int_eq(r.scene.v, PN_SCENE_PC);
    in.method = by(PN_PAY_WECHAT);
    in.scene.v = PN_RECHARGE_WAY_QR;
    ok(pn_recharge_create(p, &in, &r));
    pn_end(p);
    p = dealer(RIVAL);
    fails(PN_ENONE, pn_recharge_show(p, &(struct pn_recharge_show){r.id}, &r));
    pn_recharge_front f;
    fails(PN_ENONE, pn_recharge_open(p, &(struct pn_recharge_open){r.id}, &f));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    struct pn_recharge_create nobody = {.amount_fen = {YUAN(50)},
                                        .method = {PN_RECHARGE_BY_ALIPAY}};
    fails(PN_EARG, pn_recharge_create(p, &nobody, &r));
    pn_end(p);
    test_db_teardown();
}
END_TEST

START_TEST(a_lost_answer_sends_nothing_twice)
{
    open_wallets();
    pn *p = dealer(DEALER);
    pn_recharge r;
    pn_recharge_front f;
    struct pn_recharge_create in = {.amount_fen = {YUAN(70)}, .method = {PN_RECHARGE_BY_ALIPAY}};
    ok(pn_recharge_create(p, &in, &r));
    fake("alipay", "switch", "{\"drop\":9}");
    ck_assert_int_ne(pn_recharge_open(p, &(struct pn_recharge_open){r.id}, &f), 0);
    fake("alipay", "switch", "{\"drop\":0}");
    pn_end(p);
    ck_assert_int_eq(now_is(r.id).state.v, PN_RECHARGE_CREATED);
    shop_clock(MINUTE);
    tick("recharge_poll");
    ck_assert_int_eq(now_is(r.id).state.v, PN_RECHARGE_PENDING);
    pays("alipay", r.id, 0);
    shop_clock(3 * MINUTE);
    tick("recharge_poll");
    ck_assert_int_eq(wallet().available_fen.fen, YUAN(70));
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(the_bill_knows_of_it)
{
    pn_bill b;
    char conf[400];
    snprintf(conf, sizeof conf, "keys:\n  dir: %s\nstate_dir: %s\nhttp:\n"
             "  public_url: http://127.0.0.1:1\n", rig_folder, rig_folder);
    open_wallets();
    shop_conf(conf);
    shop_hour(2); /* ten in the morning */
    pn_recharge r = asked(PN_PAY_WECHAT, YUAN(2000)), wrong = asked(PN_PAY_WECHAT, YUAN(10));
    pays("wechat", r.id, 0);
    heard("wechat", r.id, "");
    pays("wechat", wrong.id, YUAN(9));
    heard("wechat", wrong.id, "");
    fake("wechat", "switch", "{\"refund_now\":1}");
    tick("recharge_poll");
    relay();
    shop_clock(DAY);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_bill_fetch(p, &(struct pn_bill_fetch){{PN_PAY_WECHAT}, {0}}, &b));
    ck_assert_int_eq(b.lines_n, 3);
    ck_assert_int_eq(b.matched_n, 3);
    ck_assert_str_eq(test_sql_text("select coalesce(string_agg("
                                   "kind || refers || ref || theirs_fen || ' ' || ours_fen, ','),"
                                   " '') from recon_diff"), "");
    ck_assert_int_eq(b.state.v, PN_BILL_RECONCILED);
    ck_assert_int_eq(b.book_pay_fen.fen, YUAN(2009));
    ck_assert_int_eq(b.book_refund_fen.fen, YUAN(9));
    pn_end(p);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("recharge");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, S22_a_wallet_is_filled_once);
    tcase_add_test(t, what_nobody_tells_is_asked_for);
    tcase_add_test(t, I12_another_amount_goes_back);
    tcase_add_test(t, what_is_offered_is_what_fills_a_wallet);
    tcase_add_test(t, whose_wallet_how_much_and_by_whom);
    tcase_add_test(t, a_lost_answer_sends_nothing_twice);
    tcase_add_test(t, the_bill_knows_of_it);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
