/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c — what an account of a channel had, day by day. */
#include "distributor.h"

START_TEST(each_day_has_its_statement)
{
    pn_page page;
    pn_channel c;
    make_shop(.stock = 100, .face_fen = YUAN(480));
    shop_hour(2); /* ten in the morning */
    contract(50, false);
    (void)channel("other", OTHER);
    int64_t first = shop_now / DAY;
    topup(YUAN(5000));
    pn_dist d = locked("A", 3); /* 1,368 */
    pn *p = agent();
    ok(pn_dist_confirm(p, &(struct pn_dist_confirm){.order = d.order_id,
                                                    .pay_status = {PN_DIST_PAID}}, &d));
    job("statement_agent");
    ck_assert_int_eq(count_of("channel_statement"), 0); /* the day is not over */
    shop_clock(DAY);
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_channel_topup(p, &(struct pn_channel_topup){tm_id, {-YUAN(100)}, "back"}, &c));
    shop_clock(2 * DAY); /* nothing ran for a while, and nothing moved on the last day */
    job("statement_agent");
    shop_clock(HOUR);
    job("statement_agent");
    ck_assert_int_eq(count_of("channel_statement"), 3);
    p = ops();
    ok(pn_channel_statements(p, &(pn_list){.sort = "day"}, &page));
    const pn_channel_statement *s = page.rows.row;
    ck_assert_int_eq(s[0].day.days, first);
    ck_assert_int_eq(s[0].opening_fen.fen, 0);
    ck_assert_int_eq(s[0].topup_fen.fen, YUAN(5000));
    ck_assert_int_eq(s[0].order_n, 1);
    ck_assert_int_eq(s[0].order_fen.fen, -YUAN(1368));
    ck_assert_int_eq(s[0].closing_fen.fen, YUAN(3632));
    ck_assert_int_eq(s[1].opening_fen.fen, YUAN(3632));
    ck_assert_int_eq(s[1].payout_fen.fen, -YUAN(100));
    ck_assert_int_eq(s[1].order_n, 0);
    ck_assert_int_eq(s[1].closing_fen.fen, YUAN(3532));
    ck_assert_int_eq(s[2].opening_fen.fen, YUAN(3532));
    ck_assert_int_eq(s[2].closing_fen.fen, balance());
    /* the next begins where the last ended; what was made stays */
    topup(YUAN(1));
    shop_clock(DAY);
    job("statement_agent");
    ck_assert_int_eq(count_of("channel_statement"), 4);
    ck_assert_int_eq(test_sql_int("select closing_fen from channel_statement order by day desc"
                                  " limit 1"), balance());
    p = agent(); /* everybody his own */
    ok(pn_channel_statements(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 4);
    p = test_begin_as(&(pn_actor){.kind = 'C', .id = OTHER, .login = "other", .name = "Other",
                                  .roles = PN_ROLE_CHANNEL, .via = "http"});
    ok(pn_channel_statements(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    relay(); /* days without it would be a fault of their own */
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("statement");
    TCase *c = tcase_create("statement");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, each_day_has_its_statement);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
