/* SPDX-License-Identifier: Apache-2.0 */
/* settlement.c — from a completed order to money that may be drawn: lines, their days, batches,
 * disputes, silence, approval, debts. */
#include <stdio.h>
#include <string.h>

#include "base/crypt_int.h"
#include "goods/listing.h"
#include "merchant/settlement.h"
#include "merchant/supplier.h"
#include "merchant/wallet.h"
#include "shop.h"

enum { XL = 4099, DD = 8195 };

static int64_t offer(int64_t merchant, int ask_yuan, int qty)
{
    pn *p = as(PN_ROLE_OPS, 5);
    pn_listing l;
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = TIER, .merchant = merchant,
                         .ask_fen = {YUAN(ask_yuan)}, .qty = qty}, &l));
    ok(pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    pn_end(p);
    return l.id;
}

static void setup(void)
{
    test_db_setup();
    make_shop(.stock = 5, .limit_user = 50, .limit_order = 20);
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'xl', 'PRO', 'XL', 'ACTIVE', 'B', 500, now(), now()),"
             " (8195, 'dd', 'PRO', 'DD', 'ACTIVE', 'A', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id) values (3, 4099), (3, 8195);"
             "insert into qualification (sk, id, merchant_id, kind, no, valid_to, state,"
             " created_at) select 3, m + 4096 * i * 1000, m, k, '1', '2099-12-31', 'VERIFIED',"
             " now() from unnest(array[4099, 8195]) m, unnest(array['BUSINESS_LICENCE',"
             " 'PERFORMANCE_PERMIT']) with ordinality u(k, i)");
}

static void teardown(void)
{
    relay();
    books_watched();
    test_db_teardown();
}

/* An order of a merchant's tickets that is over. */
static int64_t sold(int64_t listing, int qty, const char *phone)
{
    pn *p = ops();
    pn_order o;
    pn_payment y;
    char sql[300];
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = listing, .qty = qty,
                                                    .phone = phone}, &o));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    snprintf(sql, sizeof sql, "update orders set status = 'SIGNED' where id = %lld",
             (long long)o.id);
    test_sql(sql);
    return o.id;
}

static void over(void)
{
    test_sql("update session set status = 'ENDED', start_at = start_at - interval '63 days',"
             " doors_at = doors_at - interval '63 days', stop_sale_at = stop_sale_at"
             " - interval '63 days', tail_from = tail_from - interval '63 days'");
    job("order_complete");
    relay();
}

static pn_settlement batch_of(int64_t merchant)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_settlement s;
    ok(pn_settlement_open(p, &(struct pn_settlement_open){merchant}, &s));
    pn_end(p);
    return s;
}

static pn *as_merchant(int64_t merchant)
{
    pn *p = test_begin_as(&(pn_actor){.kind = 'M', .id = 77, .login = "m", .name = "M",
                                      .roles = PN_ROLE_MERCHANT, .merchant = merchant,
                                      .via = "test"});
    pn_set_now(p, (pn_time){shop_now});
    return p;
}

static pn_settlement approved(int64_t id)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_settlement s;
    ok(pn_settlement_approve(p, &(struct pn_settlement_approve){id, NULL}, &s));
    pn_end(p);
    return s;
}

START_TEST(an_order_is_earned_after_the_days_of_the_level)
{
    int64_t mine = offer(XL, 600, 4);
    sold(mine, 2, "13800000001");
    int64_t paid = test_sql_int("select sum(paid_fen) from orders");
    over();
    ck_assert_int_eq(books_sum("ESCROW"), paid);
    ck_assert_int_eq(count_of("settle_line where state = 'WAITING'"), 1);
    shop_clock(2 * DAY);
    job("settle_ready");
    relay();
    ck_assert_int_eq(books_sum("PENDING"), 0);
    struct pn_settle_line_ready { int64_t id; };
    int pn_settle_line_ready(pn *p, const struct pn_settle_line_ready *in, pn_settle_line *out);
    pn *p = as(PN_ROLE_SYSTEM, 0);
    pn_settle_line l; /* nor when its turn seems to have come by mistake (I24) */
    struct pn_settle_line_ready early = {test_sql_int("select id from settle_line")};
    fails(PN_ESTATE, pn_settle_line_ready(p, &early, &l));
    pn_end(p);
    shop_clock(1 * DAY);
    job("settle_ready");
    job("settle_ready");
    relay();
    ck_assert_int_eq(books_sum("PENDING"), 2 * YUAN(570)); /* 600 less 5 % */
    ck_assert_int_eq(books_sum("COMMISSION_INCOME"), 2 * YUAN(30));
    ck_assert_int_eq(books_sum("MARKUP_INCOME"), paid - 2 * YUAN(600));
    ck_assert_int_eq(books_sum("ESCROW"), 0);
    ck_assert_int_eq(books_sum("TRANSIT"), 0);
    /* told again, nothing is earned twice */
    test_sql("insert into outbox (sk, id, event, ref, key, payload, at, due_at) select 1, 4097,"
             " 'order.completed', id, 'again', '{}', now(), '2000-01-01' from orders");
    relay();
    ck_assert_int_eq(count_of("settle_line"), 1);
}
END_TEST

/* What was agreed when it was sold is settled, whatever the offer and the contract say later. */
START_TEST(I22_what_is_settled_was_fixed_by_the_sale)
{
    int64_t mine = offer(XL, 600, 4);
    sold(mine, 2, "13800000001");
    test_sql("update listing set ask_fen = 90000, settle_fen = 10000, sale_fen = 95000");
    test_sql("update merchant set commission_bp = 2000, level = 'A'");
    over();
    ck_assert_int_eq(test_sql_int("select settle_fen from settle_line"), 2 * YUAN(570));
    ck_assert_int_eq(test_sql_int("select commission_fen from settle_line"), 2 * YUAN(30));
    test_sql("update listing set settle_fen = 1");
    shop_clock(4 * DAY);
    job("settle_ready");
    pn_settlement s = batch_of(XL);
    ck_assert_int_eq(s.net_fen.fen, 2 * YUAN(570));
    test_sql("update listing set ask_fen = 60000, settle_fen = 57000, sale_fen = 60000");
    relay();
}
END_TEST

/* S21: lines of a batch, one disputed; it comes with the next batch, none twice. */
START_TEST(S21_I24_a_disputed_line_waits_for_the_next_batch)
{
    int64_t mine = offer(DD, 600, 9);
    for (int i = 0; i < 3; i++) {
        char phone[20];
        snprintf(phone, sizeof phone, "1380000000%d", i);
        sold(mine, i + 1, phone);
    }
    over();
    shop_clock(1 * DAY + 1000000);
    job("settle_ready");
    relay();
    pn_settlement s = batch_of(DD);
    ck_assert_int_eq(s.lines_n, 3);
    ck_assert_int_eq(s.net_fen.fen, 6 * YUAN(576)); /* level A pays 4 % */
    pn *p = as_merchant(DD);
    pn_settle_line l;
    pn_page page;
    ok(pn_settle_line_list(p, &(pn_list){.where = "qty=3"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    int64_t line = ((pn_settle_line *)page.rows.row)->id;
    ok(pn_settle_line_dispute(p, &(struct pn_settle_line_dispute){line, "four were sold"}, &l));
    ck_assert_int_eq(l.state.v, PN_SETTLE_LINE_DISPUTED);
    ck_assert_int_eq(l.settlement_id, 0);
    ok(pn_settlement_confirm(p, &(struct pn_settlement_confirm){s.id}, &s));
    ck_assert_int_eq(s.lines_n, 2);
    ck_assert_int_eq(s.net_fen.fen, 3 * YUAN(576));
    ok(pn_settle_line_list(p, &(pn_list){.where = "qty=1"}, &page));
    fails(PN_ESTATE, pn_settle_line_dispute(p, &(struct pn_settle_line_dispute){
        ((pn_settle_line *)page.rows.row)->id, "late"}, &l));
    pn_end(p);
    ck_assert_int_eq(approved(s.id).state.v, PN_SETTLEMENT_APPROVED);
    job("settle_post");
    job("settle_post");
    ck_assert_int_eq(books_sum("AVAILABLE"), 3 * YUAN(576));
    ck_assert_int_eq(books_sum("PENDING"), 3 * YUAN(576));
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, pn_settlement_open(p, &(struct pn_settlement_open){DD}, &s)); /* nothing */
    ok(pn_settle_line_resolve(p, &(struct pn_settle_line_resolve){line, "three"}, &l));
    ck_assert_str_eq(l.dispute, "four were sold");
    ck_assert_str_eq(l.answer, "three");
    fails(PN_ESTATE, pn_settlement_open(p, &(struct pn_settlement_open){DD}, &s)); /* this day */
    pn_end(p);
    shop_clock(1 * DAY);
    s = batch_of(DD);
    ck_assert_int_eq(s.lines_n, 1);
    job("settle_autoconfirm");
    ck_assert_int_eq(count_of("settlement where state = 'CALCULATED'"), 1);
    shop_clock(2 * DAY);
    job("settle_autoconfirm"); /* silence confirms */
    approved(s.id);
    job("settle_post");
    ck_assert_int_eq(books_sum("AVAILABLE"), 6 * YUAN(576));
    ck_assert_int_eq(books_sum("PENDING"), 0);
    ck_assert_int_eq(count_of("settle_line where state <> 'SETTLED'"), 0);
}
END_TEST

START_TEST(a_batch_all_of_which_is_disputed_is_empty)
{
    sold(offer(DD, 600, 2), 1, "13800000001");
    over();
    shop_clock(2 * DAY);
    job("settle_ready");
    job("settle_open");
    pn *p = as_merchant(DD);
    pn_page page;
    pn_settle_line l;
    ok(pn_settle_line_list(p, &(pn_list){0}, &page));
    int64_t line = ((pn_settle_line *)page.rows.row)->id;
    ok(pn_settle_line_dispute(p, &(struct pn_settle_line_dispute){line, "x"}, &l));
    pn_end(p);
    ck_assert_int_eq(count_of("settlement where state = 'EMPTY' and net_fen = 0"), 1);
}
END_TEST

/* What is owed comes first; large ones need two; what has not arrived is posted later. */
static size_t waiting_for(int64_t who)
{
    pn *p = as(PN_ROLE_FINANCE, who);
    pn_page page;
    ok(pn_settlement_queue(p, &(pn_list){0}, &page));
    pn_end(p);
    return page.rows.n;
}

/* P18: a supplier's batch is settled from what we paid ahead, and only the rest is paid. */
START_TEST(what_was_paid_ahead_is_not_paid_again)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_supplier v;
    struct pn_supplier_topup in = {XL, {YUAN(700)}, "B1"};
    fails(PN_ESTATE, pn_supplier_topup(p, &in, &v)); /* it is none */
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    pn_end(p);
    test_sql("update merchant set kind = 'SUPPLIER' where id = 4099");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_supplier_topup(p, &in, &v));
    fails(PN_EEXISTS, pn_supplier_topup(p, &in, &v));
    ok(pn_supplier_topup(p, &(struct pn_supplier_topup){XL, {-YUAN(100)}, "B2"}, &v));
    ck_assert_int_eq(v.prepaid_fen.fen, YUAN(600));
    fails(PN_EBALANCE, pn_supplier_topup(p, &(struct pn_supplier_topup){XL, {-YUAN(601)}, "B3"},
                                         &v));
    fails(PN_EBALANCE, pn_supplier_receive(p, &(struct pn_supplier_receive){XL, {1}, "B4"}, &v));
    pn_end(p);
    sold(offer(XL, 600, 4), 2, "13800000001");
    over();
    shop_clock(4 * DAY);
    job("settle_ready");
    relay();
    int64_t id = batch_of(XL).id;
    shop_clock(3 * DAY);
    job("settle_autoconfirm");
    approved(id);
    job("settle_post");
    relay();
    ck_assert_int_eq(books_sum("SUPPLIER_PREPAID"), 0);
    ck_assert_int_eq(books_sum("AVAILABLE"), 2 * YUAN(570) - YUAN(600));
    ck_assert_int_eq(test_sql_int("select bought_fen from settlement"), YUAN(600));
    ck_assert_int_eq(count_of("supplier_move"), 3);
}
END_TEST

START_TEST(I45_debts_and_four_eyes)
{
    sold(offer(XL, 600, 4), 2, "13800000001");
    over();
    shop_clock(4 * DAY);
    job("settle_ready");
    pn_settlement s = batch_of(XL);
    pn *p = as_merchant(XL);
    ok(pn_settlement_confirm(p, &(struct pn_settlement_confirm){s.id}, &s));
    pn_end(p);
    test_sql("insert into policy (id, key, value, effective_from)"
             " values (1, 'settle.dual_control_fen', '10000', '2000-01-01')");
    ck_assert_uint_eq(waiting_for(FIN), 1);
    ck_assert_int_eq(approved(s.id).state.v, PN_SETTLEMENT_CONFIRMED);
    ck_assert_uint_eq(waiting_for(FIN), 0); /* for somebody else now */
    ck_assert_uint_eq(waiting_for(FIN + 1), 1);
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_EDUAL, pn_settlement_approve(p, &(struct pn_settlement_approve){s.id, NULL}, &s));
    p = as(PN_ROLE_FINANCE, FIN + 1);
    ok(pn_settlement_approve(p, &(struct pn_settlement_approve){s.id, NULL}, &s));
    fails(PN_EBALANCE, pn_settlement_post(p, &(struct pn_settlement_post){s.id}, &s));
    pn_end(p);
    relay();
    test_sql("insert into ledger_account (sk, id, kind, owner, side, guard, debit_fen, at) values"
             " (3, 409600003, 'DEBT', 4099, 'DEBIT', 'DEBIT', 50000, now()),"
             " (3, 409604099, 'OPENING', 0, 'CREDIT', 'NONE', 0, now());"
             "update ledger_account set credit_fen = 50000 where id = 409604099;"
             "insert into ledger_transfer (sk, id, kind, debit_id, credit_id, amount_fen, biz_kind,"
             " biz_id, step, no, rule, day, at, booked_at, actor_id) values (3, 409608195, 'PLAIN',"
             " 409600003, 409604099, 50000, 'OPENING', 1, 'DEBT', 1, 'TEST', current_date, now(),"
             " now(), 1)");
    job("settle_post");
    ck_assert_int_eq(books_sum("DEBT"), 0);
    ck_assert_int_eq(books_sum("AVAILABLE"), 2 * YUAN(570) - 50000);
    ck_assert_int_eq(test_sql_int("select debt_fen from settlement"), 50000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("settlement");
    TCase *c = tcase_create("settlement");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, an_order_is_earned_after_the_days_of_the_level);
    tcase_add_test(c, I22_what_is_settled_was_fixed_by_the_sale);
    tcase_add_test(c, S21_I24_a_disputed_line_waits_for_the_next_batch);
    tcase_add_test(c, a_batch_all_of_which_is_disputed_is_empty);
    tcase_add_test(c, what_was_paid_ahead_is_not_paid_again);
    tcase_add_test(c, I45_debts_and_four_eyes);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
