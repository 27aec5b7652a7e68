/* SPDX-License-Identifier: Apache-2.0 */
/* guarantee.c — the end of a merchant's account: what keeps it open, and how the guarantee goes
 * back when it is closed, less what is owed, by two people. */
#include "merchant/guarantee.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/desk.h"
#include "merchant/bank_card.h"
#include "merchant/merchant.h"
#include "merchant/wallet.h"
#include "merchant/withdrawal.h"
#include "base/crypt_int.h"
#include "report/check.h"
#include "shop.h"

enum { XL = 4099 };
static pn_guarantee g;

static void setup(void)
{
    test_db_setup();
    shop_now = test_sql_int("select (extract(epoch from now()) * 1000000)::bigint");
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'xl', 'PRO', 'XL', 'ACTIVE', 'A', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id, score) values (3, 4099, 100)");
}

static void teardown(void)
{
    pn_check_report r = {0};
    relay();
    books_balance();
    pn *p = as(PN_ROLE_ADMIN, 1);
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(!c->drift || !strcmp(c->name, "listings"), "check %s: %s", c->name,
                      c->sample); /* the offers here have no history of prices */
    pn_end(p);
    books_watched();
    test_db_teardown();
}

/* What there is in a pocket; a debt, when it is that. */
static void pocket(int kind, int64_t fen)
{
    static int64_t no = INT64_C(1) << 41;
    pni_account bank = {PNI_KIND_BANK, 0, NULL}, its = {kind, XL, NULL};
    bool debt = kind == PNI_KIND_DEBT;
    pn *p = desk();
    pni_transfer t = {.sk = pn_sk(XL), .debit = debt ? its : bank, .credit = debt ? bank : its,
                      .fen = fen, .biz_kind = "OPENING", .biz_id = ++no, .step = "TEST",
                      .rule = "OPENING"};
    ok(desk_post(p, &t, 1));
    ck_assert_int_eq(t.status, PNI_TRANSFER_OK);
    pn_end(p);
}

/* available/guarantee/debt, in yuan */
static const char *pockets(void)
{
    static char text[80];
    pn *p = ops();
    pn_wallet w;
    ok(pn_wallet_show(p, &(struct pn_wallet_show){XL}, &w));
    pn_end(p);
    snprintf(text, sizeof text, "%" PRId64 "/%" PRId64 "/%" PRId64, w.available_fen.fen / 100,
             w.guarantee_fen.fen / 100, w.debt_fen.fen / 100);
    return text;
}

static int close_it(pn *p)
{
    pn_merchant m;
    return pn_merchant_close(p, &(struct pn_merchant_close){XL, "gave up business"}, &m);
}

static void closed(void)
{
    pn *p = ops();
    ok(close_it(p));
    pn_end(p);
}

static int approve(pn *p)
{
    g.id = test_sql_int("select max(id) from guarantee");
    return pn_guarantee_approve(p, &(struct pn_guarantee_approve){g.id, NULL}, &g);
}

START_TEST(it_goes_back_less_what_is_owed)
{
    pocket(PNI_KIND_GUARANTEE, YUAN(1000));
    pocket(PNI_KIND_AVAILABLE, YUAN(50));
    pocket(PNI_KIND_DEBT, YUAN(200));
    closed();
    ck_assert_str_eq(pockets(), "50/1000/200"); /* nothing moves before somebody else agrees */
    pn *p = as(PN_ROLE_FINANCE, OPS); /* the same person, in another role */
    fails(PN_EDUAL, approve(p));
    pn_end(p);
    p = ops();
    fails(PN_EPERM, approve(p));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(approve(p));
    ck_assert_int_eq(g.state.v, PN_GUARANTEE_RETURNED);
    ck_assert_int_eq(g.available_fen.fen, YUAN(50));
    ck_assert_int_eq(g.debt_fen.fen, YUAN(150));
    ck_assert_int_eq(g.amount_fen.fen, YUAN(850));
    ck_assert_int_eq(g.decided_by, FIN);
    fails(PN_ESTATE, approve(p)); /* once */
    pn_end(p);
    ck_assert_str_eq(pockets(), "850/0/0");
}
END_TEST

/* And is drawn like other money; the last of it though it is little. */
START_TEST(it_is_drawn_from_the_closed_account)
{
    pn_bank_card c;
    pn_withdrawal w;
    pocket(PNI_KIND_GUARANTEE, YUAN(150));
    pn *p = test_begin(PN_ROLE_SYSTEM);
    ok(pni_crypt_init(p));
    pn_end(p);
    p = ops();
    ok(pn_bank_card_add(p, &(struct pn_bank_card_add){.merchant = XL, .bank = "招商银行",
        .holder = "小龙", .number = "6225881234567890"}, &c));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_bank_card_verify(p, &(struct pn_bank_card_verify){c.id, "seen"}, &c));
    closed();
    p = as(PN_ROLE_FINANCE, FIN);
    ok(approve(p));
    p = ops();
    struct pn_withdrawal_request in = {c.id, {YUAN(99)}};
    fails(PN_EARG, pn_withdrawal_request(p, &in, &w)); /* less than the least, and not all */
    in.amount_fen.fen = YUAN(101);
    ok(pn_withdrawal_request(p, &in, &w));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_REQUESTED); /* nobody's level counts any more */
    ok(pn_withdrawal_cancel(p, &(struct pn_withdrawal_cancel){w.id, NULL}, &w));
    test_sql("update policy set value = '20000' where key = 'withdraw.min_fen'");
    in.amount_fen.fen = YUAN(150);
    ok(pn_withdrawal_request(p, &in, &w));
    pn_end(p);
    ck_assert_str_eq(pockets(), "0/0/0");
}
END_TEST

START_TEST(a_debt_that_is_not_covered_keeps_it_open)
{
    pocket(PNI_KIND_GUARANTEE, YUAN(100));
    pocket(PNI_KIND_DEBT, YUAN(100) + 1);
    pn *p = ops();
    fails(PN_EBALANCE, close_it(p));
    ck_assert_str_eq(pn_error(p)->message, "It owes 0.01 yuan more than it has");
    pocket(PNI_KIND_AVAILABLE, 1);
    ok(close_it(p));
    pn_end(p);
    pocket(PNI_KIND_DEBT, YUAN(1)); /* comes up between the closing and the return */
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EBALANCE, approve(p));
    pn_end(p);
    ck_assert_int_eq(test_sql_int("select count(*) from guarantee where state = 'WAITING'"), 1);
    pocket(PNI_KIND_AVAILABLE, YUAN(1));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(approve(p));
    pn_end(p);
    ck_assert_int_eq(g.amount_fen.fen, 0);
    ck_assert_str_eq(pockets(), "0/0/0");
}
END_TEST

/* Thirty days after the last session; its orders, penalties and money that waits are over. */
START_TEST(what_is_open_keeps_it_open)
{
    static const char back[] = "update session set start_at = start_at - interval '10 days',"
        " end_at = end_at - interval '10 days', doors_at = doors_at - interval '10 days',"
        " stop_sale_at = stop_sale_at - interval '10 days',"
        " tail_from = tail_from - interval '10 days'";
    pn_order o;
    pocket(PNI_KIND_GUARANTEE, YUAN(500));
    market();
    int64_t offer = lot_of(.qty = 2);
    test_sql("update listing set merchant_id = 4099; update stock set merchant_id = 4099"
             " where merchant_id is not null");
    pn *p = ops();
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = offer, .qty = 1,
                                                    .phone = "13800000001"}, &o));
    p = clerk();
    pn_payment y;
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    p = ops();
    fails(PN_ESTATE, close_it(p)); /* it is on offer */
    test_sql("update listing set state = 'WITHDRAWN'");
    fails(PN_ESTATE, close_it(p));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "is not over for long enough"));
    pn_end(p);
    test_sql("update session set status = 'ENDED', end_at = start_at + interval '2 hours'");
    for (int i = 0; i < 10; i++)
        test_sql(back);
    p = ops();
    fails(PN_ESTATE, close_it(p));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, o.no));
    pn_end(p);
    test_sql("update orders set status = 'COMPLETED'");
    p = ops();
    test_sql("insert into settle_line (sk, id, merchant_id, order_id, order_no, qty, settle_fen,"
             " commission_fen, markup_fen, ready_at, state, created_at, updated_at) values (3,"
             " 8195, 4099, 1, 'x', 1, 5, 0, 0, now(), 'WAITING', now(), now())");
    fails(PN_ESTATE, close_it(p));
    test_sql("delete from settle_line");
    test_sql("insert into penalty (sk, id, merchant_id, kind, base_fen, tickets, hours, accepted,"
             " amount_fen, score, state, reason, proposed_by, created_at, updated_at) values (3,"
             " 8195, 4099, 'FAKE', 5, 1, 0, false, 0, 0, 'APPEALED', 'x', 1, now(), now())");
    fails(PN_ESTATE, close_it(p));
    test_sql("update penalty set state = 'UPHELD'");
    ok(close_it(p));
    pn_end(p);
    pocket(PNI_KIND_FROZEN, 7);
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, approve(p));
    pn_end(p);
    test_sql("delete from ledger_transfer where biz_kind = 'OPENING' and amount_fen = 7;"
             "update ledger_account set credit_fen = 0 where kind = 'FROZEN';"
             "update ledger_account set debit_fen = debit_fen - 7 where kind = 'BANK' and sk = 3");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(approve(p));
    pn_end(p);
    ck_assert_str_eq(pockets(), "500/0/0");
    test_sql("update orders set status = 'PAID'"); /* as its log has it */
}
END_TEST

START_TEST(one_that_was_kept_is_asked_for_again)
{
    struct pn_guarantee_ask again = {XL, "settled"};
    pocket(PNI_KIND_GUARANTEE, YUAN(100));
    pn *p = ops();
    fails(PN_ESTATE, pn_guarantee_ask(p, &again, &g)); /* not closed */
    ok(close_it(p));
    fails(PN_EEXISTS, pn_guarantee_ask(p, &again, &g));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    g.id = test_sql_int("select max(id) from guarantee");
    ok(pn_guarantee_reject(p, &(struct pn_guarantee_reject){g.id, "a complaint"}, &g));
    ck_assert_int_eq(g.state.v, PN_GUARANTEE_REJECTED);
    pn_end(p);
    p = ops();
    ok(pn_guarantee_ask(p, &again, &g));
    pn_end(p);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(approve(p));
    pn_end(p);
    ck_assert_str_eq(pockets(), "100/0/0");
    p = ops();
    fails(PN_EBALANCE, pn_guarantee_ask(p, &again, &g)); /* nothing is left */
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("merchant");
    TCase *c = tcase_create("guarantee");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, it_goes_back_less_what_is_owed);
    tcase_add_test(c, it_is_drawn_from_the_closed_account);
    tcase_add_test(c, a_debt_that_is_not_covered_keeps_it_open);
    tcase_add_test(c, what_is_open_keeps_it_open);
    tcase_add_test(c, one_that_was_kept_is_asked_for_again);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
