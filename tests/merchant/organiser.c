/* SPDX-License-Identifier: Apache-2.0 */
/* organiser.c — an organiser's own tickets: from a completed order by the contract's share to a
 * batch, its approval, and the file of the bank. */
#include <stdio.h>
#include <string.h>

#include "ledger/desk.h"
#include "merchant/bank_card.h"
#include "merchant/organiser.h"
#include "merchant/settlement.h"
#include "merchant/withdrawal.h"
#include "shop.h"

enum { POLY = 4099, OTHER = 8195, ORGANISER = 77 };

static void setup(void)
{
    test_db_setup();
    make_shop(.stock = 9, .limit_user = 50, .limit_order = 20);
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'poly', 'ORGANISER', 'Poly', 'ACTIVE', 'B', 500, now(),"
             " now()), (8195, 'pro', 'PRO', 'Pro', 'ACTIVE', 'B', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id) values (3, 4099), (3, 8195);"
             "update show set organiser_id = 77;"
             "update session set end_at = start_at + interval '2 hours'");
}

static void teardown(void)
{
    relay();
    books_watched();
    test_db_teardown();
}

static pn *finance(int64_t who)
{
    return as(PN_ROLE_FINANCE, who);
}

static pn *as_organiser(int64_t organiser)
{
    pn *p = test_begin_as(&(pn_actor){.kind = 'O', .id = 78, .login = "o", .name = "O",
                                      .roles = PN_ROLE_ORGANISER, .organiser = organiser,
                                      .via = "test"});
    pn_set_now(p, (pn_time){shop_now});
    return p;
}

static pn_organiser contract(int fee_bp, int64_t fixed)
{
    pn *p = finance(FIN);
    pn_organiser g;
    ok(pn_organiser_set(p, &(struct pn_organiser_set){ORGANISER, POLY, fee_bp, {fixed}}, &g));
    pn_end(p);
    return g;
}

/* n tickets of the organiser's own, at 580, and the session is over: 62 days ago. */
static void over(void)
{
    test_sql("update orders set status = 'SIGNED' where status <> 'COMPLETED';"
             "update session set status = 'ENDED', start_at = start_at - interval '63 days',"
             " doors_at = doors_at - interval '63 days', end_at = end_at - interval '63 days',"
             " stop_sale_at = stop_sale_at - interval '63 days',"
             " tail_from = tail_from - interval '63 days'");
    job("order_complete");
    relay();
}

/* Two orders are sold, over and due; their batch is confirmed by the organiser and approved. */
static pn_settlement batch(void)
{
    pn_settlement s;
    job("settle_ready");
    relay();
    pn *p = finance(FIN);
    ok(pn_settlement_open(p, &(struct pn_settlement_open){POLY}, &s));
    p = as_organiser(ORGANISER);
    ok(pn_settlement_confirm(p, &(struct pn_settlement_confirm){s.id}, &s));
    p = finance(FIN);
    ok(pn_settlement_approve(p, &(struct pn_settlement_approve){s.id, NULL}, &s));
    pn_end(p);
    job("settle_post");
    relay();
    return s;
}

START_TEST(its_share_is_due_days_after_the_session)
{
    contract(300, 100);
    paid_n(2, "13800000001");
    relay();
    over();
    ck_assert_int_eq(books_sum("ESCROW"), YUAN(1160));
    ck_assert_int_eq(count_of("settle_line where kind = 'SHARE' and state = 'WAITING'"
                              " and settle_fen = 112420 and commission_fen = 3580"), 1);
    ck_assert_int_eq(count_of("settle_line x, session s where x.ready_at = s.end_at"
                              " + interval '3 days'"), 1);
    job("settle_ready");
    relay();
    ck_assert_int_eq(books_sum("PENDING"), 0);
    shop_clock(1 * DAY);
    job("settle_ready");
    relay();
    ck_assert_int_eq(books_sum("PENDING"), YUAN(1160) - 3480 - 100);
    ck_assert_int_eq(books_sum("COMMISSION_INCOME"), 3580);
    ck_assert_int_eq(books_sum("ESCROW"), 0);
}
END_TEST

START_TEST(a_batch_is_paid_by_the_file_of_the_bank)
{
    pn_bank_card card;
    pn_withdrawal_file f;
    pn_withdrawal_answer a;
    contract(300, 0);
    paid_n(2, "13800000001");
    paid_n(1, "13800000002");
    relay();
    over();
    shop_clock(4 * DAY);
    pn_settlement s = batch();
    int64_t net = 3 * YUAN(580) * 97 / 100;
    ck_assert_int_eq(s.net_fen.fen, net);
    ck_assert_int_eq(books_sum("AVAILABLE"), net);
    job("organiser_pay"); /* nowhere to pay it to yet */
    ck_assert_int_eq(count_of("withdrawal"), 0);
    pn *p = ops();
    ok(pn_bank_card_add(p, &(struct pn_bank_card_add){POLY, "ICBC", "Poly", "6222000011112222"},
                        &card));
    p = finance(FIN);
    ok(pn_bank_card_verify(p, &(struct pn_bank_card_verify){card.id, "letter"}, &card));
    pn_end(p);
    shop_clock(1 * HOUR);
    job("organiser_pay");
    shop_clock(1 * HOUR);
    job("organiser_pay");
    ck_assert_str_eq(test_sql_text("select string_agg(state || automatic, ' ') from withdrawal"),
                     "APPROVEDtrue");
    p = finance(FIN);
    ok(pn_withdrawal_export(p, &(struct pn_withdrawal_export){0}, &f));
    ck_assert_int_eq(f.payments, 1);
    ck_assert_int_eq(f.amount_fen.fen, net);
    ck_assert_ptr_nonnull(strstr(f.file, "6222000011112222"));
    const char *no = test_sql_text("select no from withdrawal");
    char text[200];
    snprintf(text, sizeof text, "no,result,bank_no,reason\n%s,OK,B1,\n", no);
    ok(pn_withdrawal_import(p, &(struct pn_withdrawal_import){text}, &a));
    pn_end(p);
    ck_assert_int_eq(books_sum("AVAILABLE") + books_sum("FROZEN") + books_sum("PENDING"), 0);
    ck_assert_int_eq(books_sum("BANK"), -net);
}
END_TEST

/* Above the limit of two the automatic withdrawal waits for two people. */
START_TEST(large_ones_wait_for_two_people)
{
    pn_bank_card card;
    pn_withdrawal w;
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'withdraw.dual_control_fen', '50000', '2000-01-01')");
    contract(0, 0);
    paid_n(1, "13800000001");
    relay();
    over();
    shop_clock(4 * DAY);
    batch();
    pn *p = ops();
    ok(pn_bank_card_add(p, &(struct pn_bank_card_add){POLY, "ICBC", "Poly", "6222000011112222"},
                        &card));
    p = finance(FIN);
    ok(pn_bank_card_verify(p, &(struct pn_bank_card_verify){card.id, "letter"}, &card));
    pn_end(p);
    job("organiser_pay");
    ck_assert_int_eq(count_of("withdrawal where state = 'REQUESTED'"), 1);
    int64_t id = test_sql_int("select id from withdrawal");
    p = finance(FIN);
    ok(pn_withdrawal_approve(p, &(struct pn_withdrawal_approve){id, NULL}, &w));
    fails(PN_EDUAL, pn_withdrawal_approve(p, &(struct pn_withdrawal_approve){id, NULL}, &w));
    p = finance(FIN + 1);
    ok(pn_withdrawal_approve(p, &(struct pn_withdrawal_approve){id, NULL}, &w));
    ck_assert_int_eq(w.state.v, PN_WITHDRAWAL_APPROVED);
    pn_end(p);
}
END_TEST

/* It collected 200 itself, of which a half is ours. */
static void direct_sale(void)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "insert into payment (sk, id, order_id, leg_no, method, amount_fen, received_fen,"
             " state, payee_id, created_at, expires_at, paid_at, updated_at) select sk, 4097, id,"
             " 9, 'MINIAPP_DIRECT', 20000, 20000, 'SUCCESS', 77, now(), now(), now(), now()"
             " from orders where id = %lld;"
             "insert into organiser_fee select sk, id, 77, 'SALE', order_id, id, id, 0, 20000,"
             " 5000, 0, 10000, now() from payment where id = 4097",
             (long long)order_n(1, "13800000002").id);
    test_sql(sql);
}

/* What it owes for sales of its own is kept back from the batch, and no more than that. */
START_TEST(fees_of_what_it_collected_are_kept_back)
{
    pn_organiser g;
    contract(0, 0);
    paid_n(1, "13800000001");
    relay();
    direct_sale();
    pni_doc d = {.rule = "DIRECT_SALE", .biz_kind = "DIRECT", .biz_id = 4097,
                 .organiser = ORGANISER, .sale = 1, .amount_fen = {YUAN(200)},
                 .fee_fen = {YUAN(100)}};
    pn *p = finance(FIN);
    fails(PN_EBALANCE, pn_organiser_receive(p, &(struct pn_organiser_receive){ORGANISER,
          {YUAN(30)}, "B-1"}, &g));
    p = desk();
    ok(desk_doc(p, &d, 0));
    d.rule = "DIRECT_FEE";
    ok(desk_doc(p, &d, 0));
    pn_end(p);
    desk_relay();
    p = finance(FIN);
    ok(pn_organiser_receive(p, &(struct pn_organiser_receive){ORGANISER, {YUAN(30)}, "B-1"}, &g));
    ck_assert_int_eq(g.owed_fen.fen, YUAN(70));
    fails(PN_EEXISTS, pn_organiser_receive(p, &(struct pn_organiser_receive){ORGANISER,
          {YUAN(30)}, "B-1"}, &g)); /* that line stands for something */
    fails(PN_EBALANCE, pn_organiser_receive(p, &(struct pn_organiser_receive){ORGANISER,
          {YUAN(71)}, "B-2"}, &g));
    pn_end(p);
    over();
    shop_clock(4 * DAY);
    pn_settlement s = batch();
    ck_assert_int_eq(s.net_fen.fen, YUAN(580));
    ck_assert_int_eq(test_sql_int("select fee_fen from settlement"), YUAN(70));
    ck_assert_int_eq(books_sum("AVAILABLE"), YUAN(510));
    ck_assert_int_eq(books_sum("FEE_RECEIVABLE"), 0);
    ck_assert_int_eq(books_sum("BANK"), YUAN(30));
    ck_assert_int_eq(books_sum("TRANSIT"), 0);
}
END_TEST

START_TEST(without_a_contract_it_waits_in_escrow)
{
    pn_organiser g;
    paid_n(2, "13800000001");
    relay();
    over();
    ck_assert_int_eq(count_of("settle_line"), 0);
    ck_assert_int_eq(books_sum("ESCROW"), YUAN(1160));
    pn *p = finance(FIN);
    fails(PN_ESTATE, pn_organiser_set(p, &(struct pn_organiser_set){ORGANISER, OTHER, 0, {0}},
                                      &g)); /* not the kind */
    pn_end(p);
    contract(1000, 0);
    relay();
    ck_assert_int_eq(count_of("settle_line where settle_fen = 104400"), 1);
    contract(500, 0); /* what is written stays as it was agreed */
    relay();
    ck_assert_int_eq(count_of("settle_line"), 1);
    ck_assert_int_eq(test_sql_int("select settle_fen from settle_line"), 104400);
    p = finance(FIN);
    fails(PN_EEXISTS, pn_organiser_set(p, &(struct pn_organiser_set){ORGANISER + 1, POLY, 0, {0}},
                                       &g));
    ok(pn_organiser_stop(p, &(struct pn_organiser_stop){ORGANISER, "sold"}, &g));
    ck_assert_int_eq(g.state.v, PN_ORGANISER_STOPPED);
    fails(PN_ESTATE, pn_organiser_stop(p, &(struct pn_organiser_stop){ORGANISER, "sold"}, &g));
    pn_end(p);
}
END_TEST

START_TEST(an_organiser_sees_its_own_alone)
{
    pn_page page;
    pn_settlement s;
    contract(0, 0);
    paid_n(1, "13800000001");
    relay();
    over();
    shop_clock(4 * DAY);
    s = batch();
    pn *p = as_organiser(ORGANISER);
    ok(pn_settlement_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_settle_line_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_organiser_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    p = as_organiser(ORGANISER + 1);
    ok(pn_settlement_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    ok(pn_settle_line_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    ok(pn_organiser_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    fails(PN_ENONE, pn_settlement_show(p, &(struct pn_settlement_show){s.id}, &s));
    pn_end(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("organiser");
    TCase *c = tcase_create("organiser");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, its_share_is_due_days_after_the_session);
    tcase_add_test(c, a_batch_is_paid_by_the_file_of_the_bank);
    tcase_add_test(c, large_ones_wait_for_two_people);
    tcase_add_test(c, fees_of_what_it_collected_are_kept_back);
    tcase_add_test(c, without_a_contract_it_waits_in_escrow);
    tcase_add_test(c, an_organiser_sees_its_own_alone);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
