/* SPDX-License-Identifier: Apache-2.0 */
/* back.c — refunds of what was settled: taken back from the line, from the next batch, from the
 * pockets, or owed; and the seller's part of a fee, which comes with a batch. */
#include <stdio.h>
#include <string.h>

#include "goods/listing.h"
#include "merchant/organiser.h"
#include "merchant/rebate.h"
#include "merchant/settlement.h"
#include "merchant/wallet.h"
#include "merchant/withdrawal.h"
#include "shop.h"

enum { M = 101, ORGANISER = 77, POLY = 4099, SALE = 56000, OWN = 53200 }; /* of 560: 532 */
static int64_t offered;

static void make(const char *policy)
{
    test_db_setup();
    make_shop(.stock = 9, .limit_user = 50, .limit_order = 20, .policy = policy);
    offered = lot_of(.qty = 9);
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (101, 'm', 'PRO', 'M', 'ACTIVE', 'A', 500, now(), now()),"
             " (4099, 'poly', 'ORGANISER', 'Poly', 'ACTIVE', 'B', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id) values (101, 101), (3, 4099);"
             "update show set organiser_id = 77;"
             "update session set end_at = start_at + interval '2 hours'");
}

static void setup(void)
{
    make(NULL);
}

static void teardown(void)
{
    relay();
    books_watched();
    test_db_teardown();
}

static pn_order bought(int qty)
{
    pn *p = ops();
    pn_order o;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = offered, .qty = qty,
                                                    .phone = "13800000001"}, &o));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    return o;
}

static void over(void)
{
    relay();
    test_sql("update orders set status = 'SIGNED' where status = 'ALLOCATED' or status = 'PAID';"
             "update session set status = 'ENDED', start_at = start_at - interval '63 days',"
             " doors_at = doors_at - interval '63 days', end_at = end_at - interval '63 days',"
             " stop_sale_at = stop_sale_at - interval '63 days',"
             " tail_from = tail_from - interval '63 days'");
    job("order_complete");
    relay();
}

/* So many days later what is due is posted. */
static void due(int days)
{
    shop_clock(days * DAY + HOUR);
    job("settle_ready");
    relay();
}

static void settled(int64_t merchant)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_settlement s;
    ok(pn_settlement_open(p, &(struct pn_settlement_open){merchant}, &s));
    p = worker();
    ok(pn_settlement_confirm(p, &(struct pn_settlement_confirm){s.id}, &s));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_settlement_approve(p, &(struct pn_settlement_approve){s.id, NULL}, &s));
    ok(pn_settlement_post(p, &(struct pn_settlement_post){s.id}, &s));
    pn_end(p);
    relay();
}

/* Operations force it, somebody else approves. */
static void refunded(int64_t order, const char *seat)
{
    pn *p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order, .forced = true,
        .seats = {seat ? &seat : NULL, seat != NULL}, .note = "wrong hall"}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){r.id, NULL}, &r));
    pn_end(p);
    ck_assert_int_eq(r.state.v, PN_REFUND_DONE);
    relay();
}

START_TEST(before_its_day_the_line_is_less)
{
    pn_order o = bought(3);
    over();
    refunded(o.id, "2");
    ck_assert_str_eq(order_state(o.id), "COMPLETED");
    ck_assert_str_eq(test_sql_text("select qty || ' ' || settle_fen || ' ' || commission_fen"
                                   " from settle_line"), "2 106400 5600");
    ck_assert_int_eq(books_sum("ESCROW"), 2 * SALE);
    due(2);
    ck_assert_int_eq(books_sum("PENDING"), 2 * OWN);
    ck_assert_int_eq(books_sum("COMMISSION_INCOME"), 2 * (SALE - OWN));
    ck_assert_int_eq(books_sum("ESCROW"), 0);
    ck_assert_int_eq(books_sum("DRAWER"), 2 * SALE);
}
END_TEST

START_TEST(all_of_it_leaves_a_line_of_nothing)
{
    pn_order o = bought(2);
    over();
    refunded(o.id, NULL);
    ck_assert_str_eq(order_state(o.id), "REFUNDED");
    ck_assert_int_eq(test_sql_int("select qty + settle_fen from settle_line"), 0);
    due(2);
    ck_assert_int_eq(books_sum("PENDING") + books_sum("ESCROW") + books_sum("DRAWER"), 0);
    ck_assert_int_eq(books_sum("DELIVERY_INCOME"), 0);
}
END_TEST

/* After its batch: the deposit of its offer first, and the offer knows; then the rest. */
START_TEST(a_deposit_of_the_offer_pays_before_the_wallet)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_wallet w;
    pn_listing l;
    ok(pn_wallet_recharge(p, &(struct pn_wallet_recharge){M, {30000}, "line", NULL}, &w));
    ok(pn_listing_fund(p, &(struct pn_listing_fund){offered, {30000}, "receipt"}, &l));
    pn_order o = bought(3);
    over();
    due(2);
    settled(M);
    refunded(o.id, "1");
    ck_assert_int_eq(books_sum("FROZEN"), 0);
    ck_assert_int_eq(test_sql_int("select deposit_quota_fen from listing"), 0);
    ck_assert_int_eq(test_sql_int("select sum(delta_fen) from listing_deposit"
                                  " where biz_kind = 'REFUND'"), -30000);
    ck_assert_int_eq(books_sum("AVAILABLE"), 3 * OWN - (OWN - 30000));
    ck_assert_int_eq(books_sum("ESCROW"), 0);
    ck_assert_int_eq(books_sum("DEBT"), 0);
}
END_TEST

START_TEST(what_is_due_comes_back_out_of_the_next_batch)
{
    pn_order o = bought(3);
    over();
    due(2);
    refunded(o.id, "1");
    ck_assert_int_eq(count_of("settle_line where kind = 'REFUND' and settle_fen = -53200"
                              " and state = 'READY' and order_no like 'PN%'"), 1);
    ck_assert_int_eq(books_sum("PENDING"), 2 * OWN);
    ck_assert_int_eq(books_sum("COMMISSION_INCOME"), 2 * (SALE - OWN));
    ck_assert_int_eq(books_sum("ESCROW"), 0);
    ck_assert_int_eq(books_sum("REFUND_PAYABLE"), 0);
    settled(M);
    ck_assert_int_eq(test_sql_int("select net_fen from settlement"), 2 * OWN);
    ck_assert_int_eq(books_sum("AVAILABLE"), 2 * OWN);
    ck_assert_int_eq(books_sum("PENDING"), 0);
}
END_TEST

START_TEST(what_is_settled_comes_out_of_the_pockets_and_the_rest_is_owed)
{
    pn_order o = bought(3);
    over();
    due(2);
    settled(M);
    ck_assert_int_eq(books_sum("AVAILABLE"), 3 * OWN);
    refunded(o.id, "1");
    ck_assert_int_eq(books_sum("AVAILABLE"), 2 * OWN);
    ck_assert_int_eq(count_of("settle_line where kind = 'REFUND'"), 0);
    /* the merchant draws the rest: what is with the bank is not ours to take */
    test_sql("insert into bank_card (sk, id, merchant_id, bank, holder, number, tail, state,"
             " author_id, decided_by, created_at, updated_at) values (101, 101, 101, 'B', 'M', '',"
             " '1', 'VERIFIED', 1, 2, now(), now())");
    pn *p = test_begin_as(&(pn_actor){.kind = 'M', .id = 79, .login = "m", .name = "M",
                                      .roles = PN_ROLE_MERCHANT, .merchant = M, .via = "test"});
    pn_set_now(p, (pn_time){shop_now});
    pn_withdrawal w;
    ok(pn_withdrawal_request(p, &(struct pn_withdrawal_request){101, {2 * OWN}}, &w));
    pn_end(p);
    refunded(o.id, "2");
    ck_assert_int_eq(books_sum("FROZEN"), 2 * OWN);
    ck_assert_int_eq(books_sum("DEBT"), OWN);
    ck_assert_int_eq(books_sum("ESCROW") + books_sum("REFUND_PAYABLE") + books_sum("TRANSIT"), 0);
    ck_assert_int_eq(books_sum("DRAWER"), SALE);
}
END_TEST

START_TEST(the_buyer_does_not_ask_and_a_rejected_one_is_as_before)
{
    pn_order o = bought(1);
    pn_refund r;
    over();
    due(2);
    pn *p = ops();
    fails(PN_ESTATE, pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .forced = true,
                                                    .note = "x"}, &r));
    ck_assert_str_eq(order_state(o.id), "REFUNDING");
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_reject(p, &(struct pn_refund_reject){r.id, "no"}, &r));
    pn_end(p);
    relay();
    ck_assert_str_eq(order_state(o.id), "COMPLETED");
    ck_assert_int_eq(books_sum("PENDING"), OWN);
}
END_TEST

/* S21's base is what was completed less what was refunded, whenever that is known. */
START_TEST(a_rebate_is_not_for_what_was_refunded_since)
{
    pn_order o = bought(3);
    over();
    due(2);
    settled(M);
    test_sql("update policy set value = '100' where key in ('rebate.tier1_fen',"
             " 'rebate.tier2_fen', 'rebate.tier3_fen')");
    shop_clock(36 * DAY);
    job("rebate_calc");
    ck_assert_int_eq(test_sql_int("select base_fen from rebate"), 3 * OWN);
    int64_t whole = test_sql_int("select amount_fen from rebate");
    ck_assert_int_gt(whole, 0);
    job("rebate_post");
    refunded(o.id, "1");
    refunded(o.id, "2");
    shop_clock(DAY);
    job("rebate_calc");
    ck_assert_int_eq(count_of("rebate"), 2);
    ck_assert_int_eq(test_sql_int("select base_fen from rebate where no = 2"), OWN);
    ck_assert_int_eq(test_sql_int("select amount_fen from rebate where no = 2"),
                     -(whole - whole / 3));
    job("rebate_post");
}
END_TEST

START_TEST(a_share_gives_back_our_part_with_it)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_organiser g;
    ok(pn_organiser_set(p, &(struct pn_organiser_set){ORGANISER, POLY, 333, {100}}, &g));
    pn_end(p);
    pn_order o = paid_n(3, "13800000001");
    over();
    due(5);
    int64_t fee = (3 * YUAN(580) * 333 + 5000) / 10000 + 100;
    ck_assert_int_eq(books_sum("COMMISSION_INCOME"), fee);
    settled(POLY);
    ck_assert_int_eq(books_sum("AVAILABLE"), 3 * YUAN(580) - fee);
    refunded(o.id, "1");
    ck_assert_int_eq(books_sum("COMMISSION_INCOME"), fee - fee / 3);
    ck_assert_int_eq(books_sum("AVAILABLE"), 2 * YUAN(580) - fee + fee / 3);
    refunded(o.id, NULL);
    ck_assert_int_eq(books_sum("AVAILABLE") + books_sum("COMMISSION_INCOME") + books_sum("ESCROW"),
                     0);
    ck_assert_int_eq(books_sum("DRAWER"), 0);
}
END_TEST

static void with_fee(void)
{
    make("RESALE");
}

/* Twenty of a hundred of the face price are kept, four fifths of it are the seller's (4.19). */
START_TEST(the_sellers_part_of_a_fee_comes_with_a_batch)
{
    pn_order o = bought(2);
    pn *p = ops();
    pn_refund r;
    relay();
    test_sql("update orders set status = 'ALLOCATED'"); /* the seller has accepted */
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){r.id, NULL}, &r));
    pn_end(p);
    relay();
    int64_t fee = 2 * YUAN(580) * 20 / 100, own = fee * 80 / 100;
    ck_assert_int_eq(books_sum("FEE_INCOME"), fee - own);
    ck_assert_int_eq(books_sum("PENDING"), own);
    ck_assert_int_eq(count_of("settle_line where kind = 'REFUND_FEE' and state = 'READY'"), 1);
    settled(M);
    ck_assert_int_eq(books_sum("PENDING"), 0);
    ck_assert_int_eq(books_sum("AVAILABLE"), own);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("back");
    TCase *c = tcase_create("settled");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, before_its_day_the_line_is_less);
    tcase_add_test(c, all_of_it_leaves_a_line_of_nothing);
    tcase_add_test(c, a_deposit_of_the_offer_pays_before_the_wallet);
    tcase_add_test(c, what_is_due_comes_back_out_of_the_next_batch);
    tcase_add_test(c, what_is_settled_comes_out_of_the_pockets_and_the_rest_is_owed);
    tcase_add_test(c, the_buyer_does_not_ask_and_a_rejected_one_is_as_before);
    tcase_add_test(c, a_rebate_is_not_for_what_was_refunded_since);
    tcase_add_test(c, a_share_gives_back_our_part_with_it);
    suite_add_tcase(s, c);
    TCase *f = tcase_create("fee");
    tcase_set_timeout(f, 60);
    tcase_add_checked_fixture(f, with_fee, teardown);
    tcase_add_test(f, the_sellers_part_of_a_fee_comes_with_a_batch);
    suite_add_tcase(s, f);
    return pn_test_main(s);
}
