/* SPDX-License-Identifier: Apache-2.0 */
/* channel_rebate.c — a good month of a distributor, or of a shop that sells for us: counted on the
 * third, booked on the fifth, and taken back with what is refunded later. */
#include "channel/channel_rebate.h"

#include "base/when_int.h"
#include "distributor.h"

/* Ten tickets of 32,000 are sold and their show is over, in a month that then is over, too. */
static pn_dist good_month(void)
{
    pn_dist d;
    make_shop(.stock = 20, .face_fen = YUAN(32000), .limit_order = 20);
    shop_hour(2);
    contract(10, false);
    test_sql("update agency set commission_bp = 0;"
             "insert into policy (id, key, value, effective_from) values"
             " (1, 'refund.dual_control_fen', '100000000000', '2000-01-01'),"
             " (2, 'channel.dual_control_fen', '100000000000', '2000-01-01')");
    topup(YUAN(330000));
    pn *p = agent();
    struct pn_dist_lock in = {.tier = TIER, .qty = 10, .third_order_no = "TM1",
                              .expect_fen = {YUAN(320000)}};
    ok(pn_dist_lock(p, &in, &d));
    ok(pn_dist_confirm(p, &(struct pn_dist_confirm){.order = d.order_id,
                                                    .pay_status = {PN_DIST_PAID}}, &d));
    relay();
    test_sql("update session set status = 'ENDED', start_at = start_at - interval '63 days',"
             " doors_at = doors_at - interval '63 days', end_at = start_at - interval '62 days',"
             " stop_sale_at = stop_sale_at - interval '63 days',"
             " tail_from = tail_from - interval '63 days'");
    job("order_complete");
    relay();
    return d;
}

/* The n-th of the next month, ten in the morning. */
static void next_month(int n)
{
    int64_t first = pni_month_of(pni_local_day((pn_time){shop_now}), 1);
    shop_now = (first + n - 1) * PNI_DAY_US - PNI_ZONE_US + 10 * HOUR;
}

static void five_seats_back(int64_t order)
{
    pn_refund r;
    const char *seats[] = {"1", "2", "3", "4", "5"};
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order, .seats = {seats, 5},
        .forced = true, .reason = {PN_REASON_FAULT}, .note = "half the hall was closed"}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    pn_end(p);
    relay();
}

START_TEST(S21_a_distributors_good_month)
{
    pn_channel c;
    pn_page page;
    pn_dist d = good_month();
    job("channel_rebate_calc"); /* the month is not over */
    ck_assert_int_eq(count_of("channel_rebate"), 0);
    next_month(2);
    job("channel_rebate_calc");
    ck_assert_int_eq(count_of("channel_rebate"), 0);
    shop_clock(DAY);
    job("channel_rebate_calc");
    shop_clock(MINUTE);
    job("channel_rebate_calc");
    ck_assert_int_eq(count_of("channel_rebate where base_fen = 32000000 and bp = 100"
                              " and amount_fen = 320000 and orders_n = 1"), 1);
    job("channel_rebate_post");
    ck_assert_int_eq(balance(), YUAN(10000));
    shop_clock(2 * DAY);
    for (int i = 0; i < 2; i++) {
        job("channel_rebate_post");
        shop_clock(DAY);
    }
    ck_assert_int_eq(balance(), YUAN(13200));
    ck_assert_int_eq(books_sum("REBATE_EXPENSE"), YUAN(3200));
    proved();
    /* 160,000 stay, which is half a percent; what it has not ahead any more it owes */
    five_seats_back(d.order_id);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_channel_topup(p, &(struct pn_channel_topup){tm_id, {1000 * 100 - balance()}, "out",
                                                      "as agreed"}, &c));
    pn_end(p);
    next_month(3);
    job("channel_rebate_calc");
    ck_assert_int_eq(count_of("channel_rebate where no = 2 and amount_fen = -240000"
                              " and base_fen = 16000000 and bp = 50"), 1);
    shop_clock(2 * DAY);
    job("channel_rebate_post");
    ck_assert_int_eq(balance(), 0);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_channel_show(p, &(struct pn_channel_show){tm_id}, &c));
    ck_assert_int_eq(c.receivable_fen.fen, YUAN(1400));
    pn_end(p);
    job("statement_agent");
    ck_assert_int_eq(test_sql_int("select sum(rebate_fen) from channel_statement"
                                  " where book = 'PREPAID'"), YUAN(3200));
    p = agent();
    ok(pn_channel_rebate_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    pn_end(p);
    proved();
}
END_TEST

/* A shop that collects for us owes so much less. */
START_TEST(S21_a_channels_good_month)
{
    pn_channel_rebate r;
    pn_channel c;
    good_month();
    test_sql("update channel set kind = 'SALES'");
    pn_date month = {(int32_t)pni_local_day((pn_time){shop_now})};
    pn *p = as(PN_ROLE_FINANCE, FIN);
    struct pn_channel_rebate_calc in = {tm_id, month};
    fails(PN_ESTATE, pn_channel_rebate_calc(p, &in, &r));
    ck_assert_str_eq(pn_error(p)->field, "month");
    next_month(1);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_channel_rebate_calc(p, &in, &r));
    ck_assert_int_eq(r.amount_fen.fen, YUAN(3200));
    fails(PN_ESTATE, pn_channel_rebate_calc(p, &in, &r)); /* counted already */
    ok(pn_channel_rebate_post(p, &(struct pn_channel_rebate_post){r.id}, &r));
    fails(PN_ESTATE, pn_channel_rebate_post(p, &(struct pn_channel_rebate_post){r.id}, &r));
    ok(pn_channel_show(p, &(struct pn_channel_show){tm_id}, &c));
    ck_assert_int_eq(c.receivable_fen.fen, -YUAN(3200));
    pn_end(p);
    test_sql("update channel set kind = 'TRAFFIC'");
    p = as(PN_ROLE_FINANCE, FIN);
    fails(PN_ESTATE, pn_channel_rebate_calc(p, &in, &r));
    ck_assert_str_eq(pn_error(p)->field, "channel");
    pn_end(p);
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("channel_rebate");
    TCase *c = tcase_create("channel_rebate");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S21_a_distributors_good_month);
    tcase_add_test(c, S21_a_channels_good_month);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
