/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.c — transfers one by one: what each status means and which of two is told, repeats,
 * lines that stand and fall together, reservations, limits, closed days. */
#include <string.h>

#include "base/when_int.h"
#include "desk.h"
#include "ledger/closing.h"

enum { ANNA = 4097, BERT = 8193, CARL = 12289 };

static pn *p;
static void setup(void)
{
    test_db_setup();
    p = desk();
}
static void teardown(void)
{
    ledger_balances();
    pn_end(p);
    test_db_teardown();
}

/* Post one and tell how it ended. */
static int post(pni_transfer *t)
{
    ok(desk_post(p, t, 1));
    return t->status;
}
#define is(status_, t) ck_assert_str_eq(pni_transfer_text(PNI_TRANSFER_##status_),                 \
                                        pni_transfer_text(post(t)))

START_TEST(money_moves)
{
    give(ANNA, 500);
    pni_transfer t = move(ANNA, BERT, 300, 1);
    is(OK, &t);
    ck_assert_int_gt(t.id, 0);
    ck_assert_int_eq(pn_sk(t.id), 1);
    ck_assert_int_eq(has(ANNA), 200);
    ck_assert_int_eq(has(BERT), 300);
}
END_TEST

START_TEST(I09_what_was_done_is_done_once)
{
    give(ANNA, 500);
    pni_transfer t = move(ANNA, BERT, 300, 1), again = t, other = t;
    is(OK, &t);
    is(REPEATED, &again);
    ck_assert_int_eq(again.id, t.id);
    other.fen = 200;
    is(DIFFERENT, &other);
    other = move(ANNA, CARL, 300, 1);
    is(DIFFERENT, &other);
    /* and within one batch */
    pni_transfer three[] = {move(ANNA, BERT, 50, 2), move(BERT, CARL, 1, 3),
                            move(ANNA, BERT, 50, 2)};
    ok(desk_post(p, three, 3));
    ck_assert_int_eq(three[0].status, PNI_TRANSFER_OK);
    ck_assert_int_eq(three[2].status, PNI_TRANSFER_REPEATED);
    ck_assert_int_eq(three[2].id, three[0].id);
    ck_assert_int_eq(has(ANNA), 150);
}
END_TEST

/* Refused for want of money, then the money comes: of three alike exactly one is done. */
START_TEST(a_refused_one_may_be_asked_again)
{
    pni_transfer t[] = {move(ANNA, BERT, 50, 2), move(BERT, CARL, 1, 9), move(ANNA, BERT, 50, 2),
                        move(BERT, CARL, 1, 9), move(ANNA, BERT, 50, 2)};
    t[1].debit = t[3].debit = (pni_account){.kind = PNI_KIND_BANK};
    t[1].credit.owner = t[3].credit.owner = ANNA;
    t[1].fen = t[3].fen = 70;
    ok(desk_post(p, t, 5));
    ck_assert_int_eq(t[0].status, PNI_TRANSFER_DEBIT_LIMIT);
    ck_assert_int_eq(t[1].status, PNI_TRANSFER_OK);
    ck_assert_int_eq(t[2].status, PNI_TRANSFER_OK);
    ck_assert_int_eq(t[3].status, PNI_TRANSFER_REPEATED);
    ck_assert_int_eq(t[4].status, PNI_TRANSFER_REPEATED);
    ck_assert_int_eq(t[4].id, t[2].id);
    ck_assert_int_eq(has(ANNA), 20);
}
END_TEST

START_TEST(lines_of_one_event_stand_and_fall_together)
{
    give(ANNA, 100);
    pni_transfer t[] = {move(ANNA, BERT, 60, 1), move(ANNA, CARL, 60, 1),
                        move(ANNA, BERT, 60, 2), move(ANNA, CARL, 40, 2)};
    ok(desk_post(p, t, 4));
    ck_assert_int_eq(t[0].status, PNI_TRANSFER_LINKED);
    ck_assert_int_eq(t[1].status, PNI_TRANSFER_DEBIT_LIMIT);
    ck_assert_int_eq(t[2].status, PNI_TRANSFER_OK);
    ck_assert_int_eq(t[3].status, PNI_TRANSFER_OK);
    ck_assert_int_eq(has(ANNA), 0);
    /* a repeat with fewer lines is another content */
    pni_transfer less = move(ANNA, BERT, 60, 2);
    is(DIFFERENT, &less);
}
END_TEST

START_TEST(the_first_error_is_told)
{
    pni_transfer t = move(ANNA, ANNA, 0, 1);
    t.day = 1;
    test_sql("update ledger_book set closed_through = '2020-01-01'");
    is(AMOUNT, &t);
    t.fen = -5;
    is(AMOUNT, &t);
    t.fen = 5;
    is(SAME_ACCOUNT, &t);
    t.credit.owner = BERT;
    is(DAY_CLOSED, &t);
    t.day = 0;
    test_sql("update ledger_account set state = 'CLOSED' where owner in (4097, 8193)");
    is(DEBIT_CLOSED, &t);
    test_sql("update ledger_account set state = 'OPEN' where owner = 4097");
    is(CREDIT_CLOSED, &t);
    test_sql("update ledger_account set state = 'OPEN'");
    is(DEBIT_LIMIT, &t);
    pni_transfer debt = {.sk = 1, .debit = {.kind = PNI_KIND_BANK}, .fen = 1, .biz_kind = "TEST",
                         .credit = {PNI_KIND_DEBT, ANNA, NULL}, .biz_id = 2, .step = "PAY"};
    is(CREDIT_LIMIT, &debt);
    give(ANNA, 5);
    is(OK, &t);
    /* done before comes before everything that is wrong by now */
    test_sql("update ledger_account set state = 'CLOSED'");
    is(REPEATED, &t);
    t.day = 1;
    is(REPEATED, &t);
    test_sql("update ledger_account set state = 'OPEN'");
}
END_TEST

START_TEST(a_reservation_is_posted_or_let_go_once)
{
    give(ANNA, 1000);
    pni_transfer r = move(ANNA, BERT, 800, 1), end = r, more = move(ANNA, BERT, 300, 2);
    r.kind = PNI_PENDING;
    is(OK, &r);
    ck_assert_int_eq(has(ANNA), 1000);
    is(DEBIT_LIMIT, &more); /* 200 are free */
    end.kind = PNI_POST;
    end.pending = r.id;
    end.step = "POST";
    end.fen = 900;
    is(HELD_LESS, &end);
    end.pending = r.id + 4096;
    is(HELD_MISSING, &end);
    end.pending = r.id;
    end.credit.owner = CARL;
    is(HELD_ACCOUNTS, &end);
    end.credit.owner = BERT;
    end.fen = 500;
    is(OK, &end);
    ck_assert_int_eq(has(BERT), 500); /* the other 300 are free again */
    is(OK, &more);
    is(REPEATED, &end);
    pni_transfer late = end;
    late.step = "VOID";
    late.kind = PNI_VOID;
    is(HELD_POSTED, &late);
    r = move(ANNA, BERT, 200, 3);
    r.kind = PNI_PENDING;
    is(OK, &r);
    late.pending = r.id;
    late.biz_id = 3;
    is(OK, &late);
    is(REPEATED, &late);
    late.step = "POST";
    late.kind = PNI_POST;
    late.fen = 0;
    is(HELD_VOIDED, &late);
    ck_assert_int_eq(has(ANNA), 200);
    ck_assert_int_eq(test_sql_int("select sum(debit_held_fen + credit_held_fen)"
                                  " from ledger_account"), 0);
}
END_TEST

START_TEST(of_two_ends_in_one_batch_the_first_counts)
{
    give(ANNA, 100);
    pni_transfer r = move(ANNA, BERT, 100, 1);
    r.kind = PNI_PENDING;
    is(OK, &r);
    pni_transfer t[] = {move(ANNA, BERT, 0, 2), move(ANNA, BERT, 0, 3), move(ANNA, CARL, 1, 4)};
    t[0].kind = PNI_VOID;
    t[1].kind = PNI_POST;
    t[0].pending = t[1].pending = r.id;
    ok(desk_post(p, t, 3));
    ck_assert_int_eq(t[0].status, PNI_TRANSFER_OK);
    ck_assert_int_eq(t[1].status, PNI_TRANSFER_HELD_VOIDED);
    ck_assert_int_eq(t[2].status, PNI_TRANSFER_OK);
}
END_TEST

START_TEST(credit_is_granted_and_not_taken_away_from_who_uses_it)
{
    pni_account agent = {PNI_KIND_AGENT_PREPAID, ANNA, NULL};
    pni_transfer t = move(ANNA, BERT, 700, 1);
    pni_balance b;
    t.debit = agent;
    ok(pni_account_overdraft(p, agent, 500));
    is(DEBIT_LIMIT, &t);
    ok(pni_account_overdraft(p, agent, 700));
    is(OK, &t);
    fails(PN_EBALANCE, pni_account_overdraft(p, agent, 600));
    ok(pni_account_balance(p, agent, &b));
    ck_assert_int_eq(b.balance_fen.fen, -700);
    ck_assert_int_eq(b.free_fen.fen, 0);
}
END_TEST

START_TEST(what_comes_late_counts_for_the_next_open_day)
{
    int32_t today = (int32_t)pni_local_day(pn_now(p));
    give(ANNA, 100);
    test_sql("update ledger_transfer set day = day - 3");
    pni_transfer t = move(ANNA, BERT, 10, 1);
    t.at.us = pn_now(p).us - 3 * PNI_DAY_US;
    is(OK, &t);
    pn *fin = test_begin(PN_ROLE_FINANCE);
    pn_closing c;
    int rc = pn_closing_close(fin, &(struct pn_closing_close){{today - 2}}, &c);
    ck_assert_msg(!rc, "%s %s", pn_error(fin)->message, pn_error(fin)->where);
    ck_assert_int_eq(c.transfers_n, 2);
    ck_assert_int_eq(c.amount_fen.fen, 110);
    ck_assert_uint_eq(strlen(c.seal), 64);
    pn_end(fin);
    t = move(ANNA, BERT, 10, 2);
    t.at.us = pn_now(p).us - 3 * PNI_DAY_US;
    is(OK, &t);
    ck_assert_int_eq(test_sql_int("select max(day) - date '1970-01-01' from ledger_transfer"),
                     today - 1);
    t = move(ANNA, BERT, 10, 3);
    t.day = today - 2;
    is(DAY_CLOSED, &t);
    t.day = today - 1;
    is(OK, &t);
}
END_TEST

START_TEST(a_refusal_says_what_and_where)
{
    pni_transfer t = move(ANNA, BERT, 1250, 1);
    ok(desk_post(p, &t, 1));
    ck_assert_int_eq(pni_transfer_refuse(p, &t), PN_EBALANCE);
    ck_assert_str_eq(pn_error(p)->message,
                     "The debited account has not so much: Wallet: available, 12.50 yuan");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "owner=4097"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("transfer");
    TCase *c = tcase_create("transfer");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, money_moves);
    tcase_add_test(c, I09_what_was_done_is_done_once);
    tcase_add_test(c, a_refused_one_may_be_asked_again);
    tcase_add_test(c, lines_of_one_event_stand_and_fall_together);
    tcase_add_test(c, the_first_error_is_told);
    tcase_add_test(c, a_reservation_is_posted_or_let_go_once);
    tcase_add_test(c, of_two_ends_in_one_batch_the_first_counts);
    tcase_add_test(c, credit_is_granted_and_not_taken_away_from_who_uses_it);
    tcase_add_test(c, what_comes_late_counts_for_the_next_open_day);
    tcase_add_test(c, a_refusal_says_what_and_where);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
