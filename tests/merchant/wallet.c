/* SPDX-License-Identifier: Apache-2.0 */
/* wallet.c — money in and out of merchants' wallets: recharges, bank accounts, withdrawals, the
 * file for the bank and its answers. */
#include <stdio.h>
#include <string.h>

#include "base/crypt_int.h"
#include "db.h"
#include "merchant/bank_card.h"
#include "merchant/penalty.h"
#include "merchant/wallet.h"
#include "merchant/withdrawal.h"
#include "proof.h"
#include "report/check.h"

enum { XL = 4097, DD = 8193, CLERK = 77, FIN = 88, BOSS = 89 };
#define YUAN(n) ((int64_t)(n) * 100)

static pn *p;

static void go_on(uint32_t roles, char kind, int64_t id, int64_t merchant)
{
    pn_end(p);
    p = test_begin_as(&(pn_actor){.kind = kind, .id = id, .login = "x", .name = "X",
                                  .roles = roles, .merchant = merchant, .via = "test"});
}
static void as_merchant(int64_t id) { go_on(PN_ROLE_MERCHANT, 'M', CLERK, id); }
static void as_finance(int64_t id) { go_on(PN_ROLE_FINANCE, 'F', id, 0); }

static void setup(void)
{
    test_db_setup();
    test_sql("insert into merchant (id, code, kind, name, status, level, created_at, updated_at)"
             " values (4097, 'xl', 'PRO', 'XL', 'ACTIVE', 'C', now(), now()),"
             " (8193, 'dd', 'PRO', 'DD', 'ACTIVE', 'B', now(), now())");
    p = test_begin(PN_ROLE_SYSTEM);
    ok(pni_crypt_init(p));
}

static void teardown(void)
{
    pn_check_report r;
    go_on(PN_ROLE_OPS, 'O', 1, 0);
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0 || strcmp(c->name, "audit") == 0, "%s drifts", c->name);
    pn_end(p);
    p = NULL;
    books_watched();
    test_db_teardown();
}

static pn_wallet pay_in(int64_t merchant, int64_t yuan, const char *line)
{
    pn_wallet w;
    as_finance(FIN);
    ok(pn_wallet_recharge(p, &(struct pn_wallet_recharge){merchant, {YUAN(yuan)}, line, NULL},
                          &w));
    return w;
}

static pn_wallet wallet(int64_t merchant)
{
    pn_wallet w;
    ok(pn_wallet_show(p, &(struct pn_wallet_show){merchant}, &w));
    return w;
}

static int64_t card(int64_t merchant)
{
    pn_bank_card c;
    as_merchant(merchant);
    ok(pn_bank_card_add(p, &(struct pn_bank_card_add){.bank = "招商银行", .holder = "小\"龙",
                                                      .number = "6225881234567890"}, &c));
    as_finance(FIN);
    ok(pn_bank_card_verify(p, &(struct pn_bank_card_verify){c.id, "seen"}, &c));
    return c.id;
}

static pn_withdrawal w;
static int draw(int64_t account, int64_t yuan)
{
    return pn_withdrawal_request(p, &(struct pn_withdrawal_request){account, {YUAN(yuan)}}, &w);
}
#define STEP(verb, why)                                                                            \
    pn_withdrawal_##verb(p, &(struct pn_withdrawal_##verb){w.id, why}, &w)

/* One line about the withdrawal at hand. */
static pn_withdrawal_answer answer(const char *rest)
{
    pn_withdrawal_answer a = {0};
    char file[300];
    snprintf(file, sizeof file, "no,result,bank_no,reason\n%s,%s\n", w.no, rest);
    ok(pn_withdrawal_import(p, &(struct pn_withdrawal_import){file}, &a));
    return a;
}

START_TEST(S22_I25_recharged_frozen_unknown_paid)
{
    int64_t account = card(XL);
    pn_withdrawal_file f;
    pn_withdrawal_answer a;
    pay_in(XL, 3000, "line-1");
    ck_assert_int_eq(pay_in(XL, 2000, "line-2").available_fen.fen, YUAN(5000));
    as_merchant(XL);
    fails(PN_EBALANCE, draw(account, 5500));
    ck_assert_str_eq(pn_error(p)->message, "Only 5000.00 yuan are available");
    ok(draw(account, 3000));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_REQUESTED);
    ck_assert_int_eq(wallet(XL).frozen_fen.fen, YUAN(3000));
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(2000));
    pn_withdrawal first = w;
    fails(PN_ESTATE, draw(account, 100)); /* one is under way */
    w = first;
    as_finance(FIN);
    ok(STEP(approve, NULL));
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    ck_assert_int_eq(f.payments, 1);
    char line[200];
    snprintf(line, sizeof line, "no,bank,holder,number,amount\n\"%s\",\"招商银行\",\"小\"\"龙\","
             "6225881234567890,3000.00\n", w.no);
    ck_assert_str_eq(f.file, line);
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    ck_assert_int_eq(f.payments, 0); /* never sent again by itself */
    a = answer("UNKNOWN,,");
    ck_assert_int_eq(a.open, 1);
    ck_assert_int_eq(wallet(XL).frozen_fen.fen, YUAN(3000));
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){true}, &f));
    ck_assert_str_eq(f.file, line); /* the same number: the bank knows it */
    a = answer("OK,B-1,");
    ck_assert_int_eq(a.paid, 1);
    ck_assert_int_eq(wallet(XL).frozen_fen.fen, 0);
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(2000));
    a = answer("OK,B-1,");
    ck_assert_int_eq(a.known, 1);
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(2000));
    char against[100];
    snprintf(against, sizeof against, "no,result,bank_no,reason\n%s,FAIL,B-1,x\n", w.no);
    fails(PN_ESTATE, pn_withdrawal_import(p, &(struct pn_withdrawal_import){against}, &a));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "wallet recharge")); /* it came back later */
    ck_assert_int_eq(test_sql_int("select (debit_fen - credit_fen)::bigint from ledger_account"
                                  " where kind = 'BANK' and sk = 1"), YUAN(2000));
    as_merchant(XL);
    ok(draw(account, 100)); /* the next one may go */
}
END_TEST

/* As a bank writes it, and as a spreadsheet saves it. */
START_TEST(an_answer_is_read_in_the_bank_s_alphabet)
{
    static const struct file { const char *head, *line, *reason; } files[] = {
        {"no,result,bank_no,reason\r\n",
         "FAIL,B-1,\xd5\xcb\xba\xc5\xb2\xbb\xb7\xfb\r\n", "账号不符"},
        {"\xef\xbb\xbfno,result,bank_no,reason\r\n", "FAIL,B-1,户名不符\r\n", "户名不符"},
    };
    int64_t account = card(XL);
    pn_withdrawal_file f;
    pn_withdrawal_answer a;
    char file[300];
    pay_in(XL, 1000, "line-1");
    as_merchant(XL);
    ok(draw(account, 400));
    as_finance(FIN);
    ok(STEP(approve, NULL));
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    snprintf(file, sizeof file, "%s%s,%s", files[_i].head, w.no, files[_i].line);
    ok(pn_withdrawal_import(p, &(struct pn_withdrawal_import){file}, &a));
    ck_assert_int_eq(a.failed, 1);
    ok(pn_withdrawal_show(p, &(struct pn_withdrawal_cancel){w.id, NULL}, &w));
    ck_assert_str_eq(w.reason, files[_i].reason);
}
END_TEST

START_TEST(what_failed_is_available_again)
{
    int64_t account = card(XL);
    pn_withdrawal_file f;
    pay_in(XL, 1000, "line-1");
    as_merchant(XL);
    ok(draw(account, 400));
    as_finance(FIN);
    ok(STEP(approve, NULL));
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    ck_assert_int_eq(answer("FAIL,B-2,account closed").failed, 1);
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(1000));
    ok(pn_withdrawal_show(p, &(struct pn_withdrawal_cancel){w.id, NULL}, &w));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_FAILED);
    ck_assert_str_eq(w.reason, "account closed");
    as_merchant(XL);
    ok(draw(account, 300));
    ok(STEP(cancel, NULL));
    ok(draw(account, 300));
    as_finance(FIN);
    fails(PN_EARG, STEP(reject, NULL));
    ok(STEP(reject, "in dispute"));
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(1000));
    fails(PN_ESTATE, STEP(approve, NULL));
}
END_TEST

/* Of all accounts of a kind, as its owner reads it. */
static int64_t sum(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(case side when 'DEBIT' then debit_fen -"
             " credit_fen else credit_fen - debit_fen end), 0)::bigint from ledger_account"
             " where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* P5: what is charged for drawing is ours, the bank sends the rest; what failed costs nothing. */
START_TEST(drawing_has_its_fee)
{
    int64_t account = card(XL);
    pn_withdrawal_file f;
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'withdraw.fee_fen', '250', '2000-01-01')");
    pay_in(XL, 1000, "line-1");
    for (int paid = 0; paid < 2; paid++) {
        as_merchant(XL);
        ok(draw(account, 400));
        ck_assert_int_eq(w.fee_fen.fen, 250);
        ck_assert_int_eq(wallet(XL).frozen_fen.fen, YUAN(400));
        as_finance(FIN);
        ok(STEP(approve, NULL));
        ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
        ck_assert_int_eq(f.amount_fen.fen, YUAN(400) - 250);
        ck_assert_ptr_nonnull(strstr(f.file, ",397.50\n"));
        ck_assert_int_eq(sum("FEE_INCOME"), 0); /* not before it is paid */
        (void)answer(paid ? "OK,B-2," : "FAIL,B-1,x");
        ck_assert_int_eq(wallet(XL).frozen_fen.fen, 0);
        ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(paid ? 600 : 1000));
    }
    ck_assert_int_eq(sum("FEE_INCOME"), 250);
    ck_assert_int_eq(sum("BANK"), YUAN(1000) - YUAN(400) + 250);
}
END_TEST

/* I45: nobody approves his own, large ones need two; small ones of good merchants need nobody. */
static size_t waiting(void)
{
    pn_page page;
    ok(pn_withdrawal_queue(p, &(pn_list){0}, &page));
    return page.rows.n;
}

START_TEST(I45_money_leaves_with_four_eyes)
{
    int64_t account = card(XL), theirs = card(DD);
    pay_in(XL, 100000, "line-1");
    pay_in(DD, 100000, "line-2");
    go_on(PN_ROLE_OPS | PN_ROLE_FINANCE, 'F', FIN, 0);
    ok(draw(account, 50001));
    fails(PN_EDUAL, STEP(approve, NULL));
    ck_assert_uint_eq(waiting(), 0); /* he asked for it himself */
    as_finance(BOSS);
    ck_assert_uint_eq(waiting(), 1);
    ok(STEP(approve, NULL));
    ck_assert_uint_eq(waiting(), 0);
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_REQUESTED);
    fails(PN_EDUAL, STEP(approve, NULL));
    as_finance(BOSS + 1);
    ok(STEP(approve, NULL));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_APPROVED);
    ck_assert_int_eq(w.approved_by2, BOSS + 1);
    as_merchant(DD);
    ok(draw(theirs, 5000));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_APPROVED);
    ck_assert(w.automatic);
    as_finance(FIN);
    ok(STEP(reject, "x"));
    as_merchant(DD);
    ok(draw(theirs, 5001));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_REQUESTED);
}
END_TEST

/* Whoever owes us something draws nothing, however much lies there beside it. */
START_TEST(a_debt_comes_before_a_withdrawal)
{
    int64_t account = card(XL);
    pn_penalty x;
    test_sql("insert into merchant_stand (sk, merchant_id) values (1, 4097)");
    go_on(PN_ROLE_OPS, 'O', CLERK, 0);
    for (int i = 0; i < 3; i++) /* silence costs more each time, and the wallet is empty */
        ok(pn_penalty_impose(p, &(struct pn_penalty_impose){.merchant = XL,
            .kind = {PN_PENALTY_ACCEPT_TIMEOUT}, .reason = "silent"}, &x));
    int64_t owed = wallet(XL).debt_fen.fen;
    ck_assert_int_gt(owed, 0);
    pay_in(XL, 1000, "line-1");
    as_merchant(XL);
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(1000));
    fails(PN_EBALANCE, draw(account, 400));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "owes us"));
    ck_assert_int_eq(test_sql_int("select count(*) from withdrawal"), 0);
    ck_assert_int_eq(wallet(XL).frozen_fen.fen, 0);
}
END_TEST

START_TEST(who_may_draw)
{
    int64_t account = card(XL);
    pn_bank_card c;
    pay_in(XL, 1000, "line-1");
    as_merchant(XL);
    fails(PN_EARG, draw(account, 99));
    ck_assert_str_eq(pn_error(p)->message, "At least 100.00 yuan are drawn");
    test_sql("update merchant set status = 'SUSPENDED', held_for = 'OPS' where id = 4097");
    fails(PN_ESTATE, draw(account, 200));
    test_sql("update merchant set status = 'ACTIVE', held_for = null where id = 4097");
    ok(pn_bank_card_add(p, &(struct pn_bank_card_add){.bank = "B", .holder = "H",
                                                      .number = "12345678"}, &c));
    fails(PN_ESTATE, draw(c.id, 200)); /* nobody has seen it */
    fails(PN_EPERM, pn_bank_card_verify(p, &(struct pn_bank_card_verify){c.id, NULL}, &c));
    as_merchant(DD);
    fails(PN_ENONE, draw(account, 200)); /* another's account */
    go_on(PN_ROLE_OPS | PN_ROLE_FINANCE, 'O', FIN, 0);
    ok(pn_bank_card_add(p, &(struct pn_bank_card_add){.merchant = XL, .bank = "B", .holder = "H",
                                                      .number = "12345678"}, &c));
    fails(PN_EDUAL, pn_bank_card_verify(p, &(struct pn_bank_card_verify){c.id, NULL}, &c));
    fails(PN_EARG, pn_bank_card_add(p, &(struct pn_bank_card_add){.merchant = XL, .bank = "B",
                                    .holder = "H", .number = "12 34"}, &c));
    ck_assert_int_eq(test_sql_int("select count(*) from bank_card"
                                  " where position('\\x313233343536'::bytea in number) > 0"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log"
                                  " where input::text like '%12345678%'"), 0);
}
END_TEST

/* Between the approval and the bank somebody is found out, or an account is: nothing goes there. */
static const struct { const char *then, *again; } spoilt[] = {
    {"update merchant set status = 'SUSPENDED', held_for = 'OPS' where id = 4097",
     "update merchant set status = 'ACTIVE', held_for = null where id = 4097"},
    {"update bank_card set state = 'REJECTED'", "update bank_card set state = 'VERIFIED'"},
};

START_TEST(what_was_approved_before_is_not_sent_to_the_bank)
{
    int64_t account = card(XL);
    pn_withdrawal_file f;
    pay_in(XL, 1000, "line-1");
    as_merchant(XL);
    ok(draw(account, 300));
    as_finance(FIN);
    ok(STEP(approve, NULL));
    test_sql(spoilt[_i].then);
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    ck_assert_int_eq(f.payments, 0);
    ck_assert_int_eq(f.left_out, 1);
    ck_assert_str_eq(f.file, "no,bank,holder,number,amount\n");
    test_sql(spoilt[_i].again);
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    ck_assert_int_eq(f.payments, 1);
    test_sql(spoilt[_i].then);
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){true}, &f));
    ck_assert_int_eq(f.payments, 0);
    ck_assert_int_eq(f.left_out, 1);
    ck_assert_int_eq(answer("FAIL,B-1,never seen").failed, 1);
    ck_assert_int_eq(wallet(XL).available_fen.fen, YUAN(1000));
    test_sql(spoilt[_i].again);
}
END_TEST

START_TEST(a_line_of_the_bank_is_booked_once)
{
    pn_wallet has = pay_in(XL, 500, "line-1");
    ck_assert_int_eq(has.available_fen.fen, YUAN(500));
    ok(pn_wallet_recharge(p, &(struct pn_wallet_recharge){XL, {YUAN(1000)}, "line-0", NULL, true},
                          &has));
    ck_assert_int_eq(has.guarantee_fen.fen, YUAN(1000));
    ck_assert_int_eq(has.available_fen.fen, YUAN(500));
    fails(PN_EEXISTS, pn_wallet_recharge(p, &(struct pn_wallet_recharge){DD, {100}, "line-1",
                                                                         NULL}, &has));
    as_merchant(XL);
    fails(PN_EPERM, pn_wallet_recharge(p, &(struct pn_wallet_recharge){XL, {100}, "line-9", NULL},
                                       &has));
}
END_TEST

START_TEST(a_merchant_sees_its_own)
{
    pn_page page;
    pn_wallet has;
    pay_in(XL, 500, "line-1");
    pay_in(DD, 700, "line-2");
    as_merchant(XL);
    ok(pn_wallet_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_wallet_show(p, &(struct pn_wallet_show){0}, &has));
    ck_assert_int_eq(has.id, XL);
    fails(PN_ENONE, pn_wallet_show(p, &(struct pn_wallet_show){DD}, &has));
    ok(pn_wallet_moves(p, &(pn_list){.where = "pocket=AVAILABLE"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(((pn_wallet_move *)page.rows.row)->in_fen.fen, YUAN(500));
    as_finance(FIN);
    ok(pn_wallet_moves(p, &(pn_list){.where = "merchant_id=xl"}, &page)); /* by its code */
    ck_assert_uint_eq(page.rows.n, 1);
    fails(PN_ENONE, pn_wallet_moves(p, &(pn_list){.where = "merchant_id=nobody"}, &page));
    ok(pn_wallet_list(p, &(pn_list){.sort = "-available_fen"}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    ck_assert_int_eq(((pn_wallet *)page.rows.row)->id, DD);
}
END_TEST

START_TEST(an_answer_is_understood_or_refused_whole)
{
    static const struct { const char *file; int code; } bad[] = {
        {"no,result\n", PN_EARG},
        {"no,result,bank_no,reason\nTX1,OK,1,\n", PN_ENONE},
        {"no,result,bank_no,reason\n\"TX1,OK,1,\n", PN_EARG},
    };
    pn_withdrawal_answer a;
    as_finance(FIN);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fails(bad[i].code, pn_withdrawal_import(p, &(struct pn_withdrawal_import){bad[i].file},
                                                &a));
        ck_assert_str_eq(pn_error(p)->field, "file");
    }
    int64_t account = card(XL);
    pay_in(XL, 500, "line-1");
    as_merchant(XL);
    ok(draw(account, 200));
    as_finance(FIN);
    ok(pn_withdrawal_show(p, &(struct pn_withdrawal_cancel){w.id, NULL}, &w));
    char file[100];
    snprintf(file, sizeof file, "no,result,bank_no,reason\n%s,MAYBE,1,\n", w.no);
    fails(PN_EARG, pn_withdrawal_import(p, &(struct pn_withdrawal_import){file}, &a));
    snprintf(file, sizeof file, "no,result,bank_no,reason\n%s,OK,1,\n", w.no);
    fails(PN_ESTATE, pn_withdrawal_import(p, &(struct pn_withdrawal_import){file}, &a));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wallet");
    TCase *c = tcase_create("wallet");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, S22_I25_recharged_frozen_unknown_paid);
    tcase_add_loop_test(c, an_answer_is_read_in_the_bank_s_alphabet, 0, 2);
    tcase_add_test(c, what_failed_is_available_again);
    tcase_add_test(c, drawing_has_its_fee);
    tcase_add_test(c, I45_money_leaves_with_four_eyes);
    tcase_add_test(c, a_debt_comes_before_a_withdrawal);
    tcase_add_test(c, who_may_draw);
    tcase_add_loop_test(c, what_was_approved_before_is_not_sent_to_the_bank, 0,
                        sizeof spoilt / sizeof *spoilt);
    tcase_add_test(c, a_line_of_the_bank_is_booked_once);
    tcase_add_test(c, a_merchant_sees_its_own);
    tcase_add_test(c, an_answer_is_understood_or_refused_whole);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
