/* SPDX-License-Identifier: Apache-2.0 */
/* onsale.c — what buyers are told before they order is what the sale then does. */
#include "order/onsale.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "catalog/session.h"
#include "shop.h"

static pn_onsale told(void)
{
    pn *p = as(PN_ROLE_PUBLIC, 0);
    pn_onsale out;
    ok(pn_onsale_show(p, &(struct pn_onsale_show){SESSION}, &out));
    return out;
}

static const pn_onsale_lot *lot_at(const pn_onsale *s, size_t i)
{
    ck_assert_uint_lt(i, s->lots.n);
    return (const pn_onsale_lot *)s->lots.row + i;
}

START_TEST(S06_quantities_and_why_not)
{
    make_shop(.stock = 2, .face_fen = YUAN(900));
    lot_of(.qty = 5, .min_buy = 2, .max_buy = 4, .no_single_left = true, .sale_fen = YUAN(560));
    pn_onsale s = told();
    ck_assert_uint_eq(s.tiers.n, 1);
    ck_assert_uint_eq(s.lots.n, 2);
    const pn_onsale_lot *a = lot_at(&s, 0), *b = lot_at(&s, 1);
    const pn_onsale_lot *own = a->listing_id ? b : a, *listed = a->listing_id ? a : b;
    ck_assert_str_eq(own->buyable, "1, 2");
    ck_assert_str_eq(own->refused, "3 STOCK, 4 STOCK, 5 STOCK, 6 STOCK");
    ck_assert_str_eq(listed->buyable, "2, 3");
    ck_assert_str_eq(listed->refused, "1 COUNT, 4 SINGLE, 5 COUNT, 6 STOCK");
    ck_assert_str_eq(listed->delivery, "EXPRESS, ETICKET, ONSITE");
    ck_assert_int_eq(((const pn_onsale_tier *)s.tiers.row)->price_from_fen.fen, YUAN(560));
    ck_assert_int_eq(s.limit_order, 6);
    for (int n = 1; n <= 6; n++) { /* the sale says the same */
        PN_AUTO_UNIT p = ops();
        pn_quote q;
        char text[8];
        snprintf(text, sizeof text, "%d", n);
        int rc = pn_order_quote(p, &(struct pn_order_quote){.listing = listed->listing_id,
                                                            .qty = n}, &q);
        ck_assert_msg(!rc == !!strstr(listed->buyable, text), "%d: %s", n,
                      pn_code_name((pn_code)rc));
    }
}
END_TEST

/* Whether a job has seen it or not. */
START_TEST(T18_what_ran_out_is_offered)
{
    make_shop(.stock = 4);
    order_n(4, "13800000001");
    ck_assert_int_eq(((const pn_onsale_tier *)told().tiers.row)->stock_flag.v, PN_FLAG_NONE);
    shop_clock(16 * MINUTE);
    pn_onsale s = told();
    ck_assert_int_ne(((const pn_onsale_tier *)s.tiers.row)->stock_flag.v, PN_FLAG_NONE);
    ck_assert_str_eq(lot_at(&s, 0)->buyable, "1, 2, 3, 4");
}
END_TEST

START_TEST(only_what_is_published_and_open)
{
    make_shop(.stock = 2);
    PN_AUTO_UNIT p = as(PN_ROLE_PUBLIC, 0);
    pn_page page;
    pn_onsale s;
    ok(pn_onsale_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_int_eq(((const pn_onsale_row *)page.rows.row)->price_from_fen.fen, YUAN(580));
    test_sql("update session set status = 'SUSPENDED'");
    s = told();
    ck_assert_ptr_nonnull(s.closed);
    ck_assert_uint_eq(s.lots.n, 0);
    ck_assert_uint_eq(s.tiers.n, 1);
    test_sql("update show set status = 'OFFLINE'");
    fails(PN_ENONE, pn_onsale_show(p, &(struct pn_onsale_show){SESSION}, &s));
    ok(pn_onsale_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
}
END_TEST

START_TEST(flags_go_with_the_tickets)
{
    make_shop(.stock = 6);
    ck_assert_int_eq(told().stock_flag.v, PN_FLAG_ENOUGH);
    order_n(6, "13800000001");
    pn_onsale s = told();
    ck_assert_int_eq(s.stock_flag.v, PN_FLAG_NONE);
    ck_assert_int_eq(((const pn_onsale_tier *)s.tiers.row)->stock_flag.v, PN_FLAG_NONE);
    ck_assert_uint_eq(s.lots.n, 0);
    shop_clock(15 * MINUTE); /* job or no job */
    s = told();
    ck_assert_int_ne(s.stock_flag.v, PN_FLAG_NONE);
    ck_assert_int_ne(((const pn_onsale_tier *)s.tiers.row)->stock_flag.v, PN_FLAG_NONE);
    ck_assert_str_eq(lot_at(&s, 0)->buyable, "1, 2, 3, 4, 5, 6");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("onsale");
    TCase *c = tcase_create("onsale");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S06_quantities_and_why_not);
    tcase_add_test(c, T18_what_ran_out_is_offered);
    tcase_add_test(c, only_what_is_published_and_open);
    tcase_add_test(c, flags_go_with_the_tickets);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
