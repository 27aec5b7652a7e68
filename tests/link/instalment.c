/* SPDX-License-Identifier: Apache-2.0 */
/* instalment.c — CMB Life: a card pays month by month, and the bank takes something off on its
 * days: both are told and shown, and neither changes what the order is paid with. */
#include <stdio.h>
#include <string.h>

#include "till.h"

static const char *const life[] = {"cmb_life", NULL};

static void setup(void)
{
    rig_setup();
    fake_start("cmb_life");
}
static void teardown(void)
{
    fakes_stop();
    rig_teardown();
}

static int asks(pn *p, int64_t order, int method, int months, pn_payment *y)
{
    struct pn_payment_create in = {.order = order, .method = {(int16_t)method},
                                   .scene = {PN_SCENE_WAP}, .client_ip = "1.2.3.4",
                                   .instalments = months};
    return pn_payment_create(p, &in, y);
}

static void browse(const char *url)
{
    pn_buf b = pn_buf_new(rig_p);
    pn_buf_puts(&b, "{\"front\":");
    pn_buf_json(&b, url);
    pn_buf_puts(&b, "}");
    fake("cmb_life", "browse", "%s", b.text);
}

START_TEST(a_card_pays_month_by_month)
{
    pn_payment y;
    fresh(life);
    pn_order o = order_n(2, "13800000001");
    pn *p = ops();
    ok(asks(p, o.id, PN_PAY_CMB_LIFE, 6, &y));
    ck_assert_int_eq(y.instalments, 6);
    pn_end(p);
    pn_payment_front f = opened(y.id);
    ck_assert_int_eq(f.instalments, 6); /* the cashier sees it … */
    ck_assert_ptr_nonnull(strstr(f.url, "&installment=6&"));
    browse(f.url); /* … and the bank, signed with the rest */
    const pni_doc *d = fake("cmb_life", "state", "{\"out_trade_no\":\"%s\"}", number(y.id));
    ck_assert_str_eq(doc_text(d, "/installment"), "6");
    payer_pays("cmb_life", y.id);
    ck_assert_str_eq(hear("cmb_life", notice("cmb_life", y.id, "")).result, "APPLIED");
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1160)); /* at once */
    books_proven();
    test_db_teardown();
}
END_TEST

START_TEST(what_no_card_offers_is_refused_at_once)
{
    pn_payment y;
    fresh(life);
    pn_order o = order_n(2, "13800000001"), small = order_n(1, "13800000002");
    pn *p = ops();
    fails(PN_EARG, asks(p, o.id, PN_PAY_CMB_LIFE, 5, &y));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "payment.instalments"));
    fails(PN_EARG, asks(p, o.id, PN_PAY_ALIPAY, 6, &y));
    fails(PN_ECAP, asks(p, small.id, PN_PAY_CMB_LIFE, 3, &y)); /* 580 of 600 */
    ck_assert_int_eq(count_of("payment"), 0);
    ok(asks(p, o.id, PN_PAY_CMB_LIFE, 0, &y));
    pn_end(p);
    ck_assert_ptr_null(strstr(opened(y.id).url, "installment"));
    test_db_teardown();
}
END_TEST

/* The bank's own money: the payer paid less, we are paid all of it. */
START_TEST(what_the_bank_takes_off_is_shown_and_goes_into_no_book)
{
    pn_payment y;
    fresh(life);
    pn_order o = order_n(2, "13800000001");
    pn *p = ops();
    ok(asks(p, o.id, PN_PAY_CMB_LIFE, 0, &y));
    pn_end(p);
    browse(opened(y.id).url);
    fake("cmb_life", "pay", "{\"out_trade_no\":\"%s\",\"off\":\"3000\"}", number(y.id));
    pn_payment_heard h = hear("cmb_life", notice("cmb_life", y.id, "too_much_off"));
    ck_assert_int_eq(h.status, 500);
    ck_assert_str_eq(order_state(o.id), "PENDING_PAY");
    for (int i = 0; i < 2; i++) {
        h = hear("cmb_life", notice("cmb_life", y.id, ""));
        ck_assert_int_eq(h.status, 200);
    }
    p = ops();
    ok(pn_payment_show(p, &(struct pn_payment_show){y.id}, &y));
    ck_assert_int_eq(y.discount_fen.fen, YUAN(30));
    ck_assert_int_eq(y.received_fen.fen, YUAN(1160));
    pn_end(p);
    ck_assert_int_eq(opened(y.id).discount_fen.fen, YUAN(30));
    ck_assert_int_eq(test_sql_int("select paid_fen from orders"), YUAN(1160));
    relay();
    ck_assert_int_eq(test_sql_int("select sum(debit_fen - credit_fen)::bigint from ledger_account"
                                  " where kind = 'CLEARING'"), YUAN(1160));
    books_proven();
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("instalment");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_card_pays_month_by_month);
    tcase_add_test(t, what_no_card_offers_is_refused_at_once);
    tcase_add_test(t, what_the_bank_takes_off_is_shown_and_goes_into_no_book);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
