/* SPDX-License-Identifier: Apache-2.0 */
/* Offers from files: every row has its result, a bad one never hurts its neighbours. */
#include <stdio.h>
#include <string.h>

#include "market_int.h"

static pn_import_result r;
static int64_t xl, dd;

static void setup(void)
{
    market_setup();
    xl = make_merchant("xl", "PRO");
    dd = make_merchant("dd", "PRO");
}

static void import(const char *text)
{
    r = (pn_import_result){0};
    ok(pn_listing_import(p, &(struct pn_import){.file = text}, &r));
}

static const pn_import_row *row_of(int64_t line)
{
    static const pn_import_row none;
    pn_each(pn_import_row, row, &r.rows)
        if (row->line == line)
            return row;
    return &none;
}

static void is(int64_t line, int result, const char *words)
{
    const pn_import_row *row = row_of(line);
    ck_assert_msg(row->result.v == result, "line %d: %d, %s", (int)line, row->result.v,
                  row->message ? row->message : "");
    if (words)
        ck_assert_msg(row->message && strstr(row->message, words), "line %d: %s", (int)line,
                      row->message ? row->message : "");
}

/* As filters and people call them. */
START_TEST(headers_say_what_columns_are_called)
{
    import("Code,merchant,tier,ask,How many tickets\nA1,xl,h-1-a,900,5\nA2,xl,nowhere,900,5\n"
           "A3,,nowhere,900,5\n");
    ck_assert_int_eq(r.created, 1);
    is(3, PN_IMPORTED_FAILED, "There is no merchant “xl” or tier “nowhere”");
    is(4, PN_IMPORTED_FAILED, "There is no tier “nowhere”");
    ck_assert_int_eq(test_sql_int("select ask_fen from listing"), 90000);
    fails(PN_EARG, pn_listing_import(p, &(struct pn_import){
                       .file = "code,tier,ask,ask_fen,qty\nA1,h-1-a,1,2,3\n"}, &r));
    ck_assert(strstr(pn_error(p)->message, "twice"));
}
END_TEST

START_TEST(rows_become_drafts_and_offers)
{
    import("code,merchant,tier,ask_fen,qty,min_buy,max_buy,no_single_left,delivery_limits,submit\n"
           "A1,xl,h-1-a,900,5,2,4,yes,EXPRESS|ETICKET,yes\n"
           "A2,xl,h-1-b,480,2,,,,,no\n"
           "A3,dd,h-1-a,880.50,3,,,,,yes\n");
    ck_assert_int_eq(r.created, 3);
    ck_assert_int_eq(r.failed, 0);
    ck_assert_str_eq(test_sql_text("select string_agg(l.code || ' ' || l.state || ' ' ||"
        " l.sale_fen || ' ' || k.qty_total || ' ' || l.min_buy || l.max_buy, ', ' order by l.code)"
        " from listing l join stock k on k.lot_id = l.id"),
        "A1 LIVE 90000 5 24, A2 DRAFT 48000 2 10, A3 LIVE 88100 3 10");
    ck_assert_int_eq(test_sql_int("select count(*) from price_history"), 3);
    ck_assert_int_eq(test_sql_int("select sum(delta) from stock_move m join listing l"
                                  " on l.id = m.lot_id"), 10);
    ck_assert_str_eq(test_sql_text("select string_agg(event || coalesce(from_state, '-'), ' '"
        " order by event) from state_log where noun = 'listing'"),
        "create- create- create- submitDRAFT submitDRAFT");
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'listing.live'"), 2);
}
END_TEST

START_TEST(each_bad_row_says_why_and_hurts_nobody)
{
    import("code,merchant,tier,ask_fen,qty,max_buy,split_policy,kind,submit\n"
           "A1,xl,h-1-a,900,5,,,,yes\n"       /* 2 */
           "A2,nobody,h-1-a,900,5,,,,\n"      /* 3 */
           "A3,xl,nothing,900,5,,,,\n"        /* 4 */
           "A4,xl,h-1-a,cheap,5,,,,\n"        /* 5 */
           "A5,xl,h-1-a,5000,5,,,,\n"         /* 6: above three times face */
           "A6,xl,h-1-a,900,,,,,\n"           /* 7 */
           "A7,xl,h-1-a,900,5,2,WHOLE,,\n"    /* 8 */
           "A8,xl,h-1-a,900,5,,,PRESALE,\n"   /* 9 */
           ",xl,h-1-a,900,5,,,,\n"            /* 10 */
           "A1,xl,h-1-a,900,5,,,,\n"          /* 11 */
           "A9,xl,h-1-a,900\n"                /* 12 */
           "A1,dd,h-1-a,900,5,,,,yes\n");     /* 13: another's A1 */
    ck_assert_int_eq(r.created, 2);
    ck_assert_int_eq(r.failed, 10);
    is(2, PN_IMPORTED_CREATED, NULL);
    is(3, PN_IMPORTED_FAILED, "no merchant “nobody”");
    is(4, PN_IMPORTED_FAILED, "tier “nothing”");
    is(5, PN_IMPORTED_FAILED, NULL);
    is(6, PN_IMPORTED_FAILED, "ask_fen: ");
    is(6, PN_IMPORTED_FAILED, "at most 2940.00");
    is(7, PN_IMPORTED_FAILED, "qty: How many");
    is(8, PN_IMPORTED_FAILED, "max_buy: ");
    is(8, PN_IMPORTED_FAILED, "nobody could buy");
    is(9, PN_IMPORTED_FAILED, "says when it ships");
    is(10, PN_IMPORTED_FAILED, NULL);
    is(11, PN_IMPORTED_FAILED, "Line 2 has the same code");
    is(12, PN_IMPORTED_FAILED, "fields");
    is(13, PN_IMPORTED_CREATED, NULL);
    ck_assert_int_eq(test_sql_int("select count(*) from listing"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from stock where merchant_id is not null"), 2);
}
END_TEST

START_TEST(the_same_file_again_changes_nothing_another_price_does)
{
    const char *file = "code,merchant,tier,ask_fen,qty,delivery_limits,submit\n"
                       "A1,xl,h-1-a,900,5,ETICKET|ONSITE,yes\nA2,xl,h-1-a,800,5,,yes\n";
    import(file);
    import(file);
    ck_assert_int_eq(r.unchanged, 2);
    import("code,merchant,tier,ask_fen,qty\nA1,xl,h-1-a,880,\nA2,xl,h-1-a,800,7\n");
    ck_assert_int_eq(r.updated, 2);
    ck_assert_str_eq(test_sql_text("select string_agg(l.sale_fen || ' ' || k.qty_total, ', '"
        " order by l.code) from listing l join stock k on k.lot_id = l.id"), "88000 5, 80000 7");
    test_sql("update listing set state = 'WITHDRAWN' where code = 'A1'");
    import("code,merchant,tier,ask_fen\nA1,xl,h-1-a,870\nA2,xl,h-1-a,790\n");
    is(2, PN_IMPORTED_FAILED, "Withdrawn");
    is(3, PN_IMPORTED_UPDATED, NULL);
}
END_TEST

/* Drafted with a first file, put on offer by the next one that says so. */
START_TEST(a_draft_is_put_on_offer_by_a_row_that_says_so)
{
    import("code,merchant,tier,ask_fen,qty\nA1,xl,h-1-a,900,5\nA2,xl,h-1-a,900,5\n"
           "A3,xl,h-1-a,900,5\n");
    import("code,merchant,tier,ask_fen,submit\nA1,xl,h-1-a,900,yes\nA2,xl,h-1-a,880,yes\n"
           "A3,xl,h-1-a,900,no\n");
    is(2, PN_IMPORTED_UPDATED, NULL);
    is(3, PN_IMPORTED_UPDATED, NULL);
    is(4, PN_IMPORTED_UNCHANGED, NULL);
    ck_assert_str_eq(test_sql_text("select string_agg(state || ' ' || sale_fen, ', ' order by code)"
                                   " from listing"), "LIVE 90000, LIVE 88000, DRAFT 90000");
    import("code,merchant,tier,ask_fen,submit\nA1,xl,h-1-a,900,yes\n"); /* it is already */
    is(2, PN_IMPORTED_UNCHANGED, NULL);
    test_sql("update session set stop_sale_at = now() - interval '30 days'");
    import("code,merchant,tier,ask_fen,submit\nA3,xl,h-1-a,870,yes\n");
    is(2, PN_IMPORTED_FAILED, "Nothing can be offered");
    ck_assert_int_eq(test_sql_int("select sale_fen from listing where code = 'A3'"), 90000);
}
END_TEST

/* Its code names an offer; a row that means another one changes nothing of it. */
START_TEST(an_offer_keeps_its_tier_kind_and_seats)
{
    const char *file = "code,merchant,tier,ask_fen,qty,kind,zone_name,seat_mode,seats\n"
                       "A1,xl,h-1-a,900,5,SPOT,,,\nA2,xl,h-1-a,900,3,,VIP,AREA,\n"
                       "A3,xl,h-1-a,900,,,,,A/5/1-2\n";
    import(file);
    ck_assert_int_eq(r.created, 3);
    import(file);
    ck_assert_int_eq(r.unchanged, 3);
    import("code,merchant,tier,ask_fen,kind,zone_name,seat_mode,seats\n"
           "A1,xl,h-1-b,600,,,,\n"          /* 2 */
           "A2,xl,h-1-a,600,,east,,\n"      /* 3 */
           "A3,xl,h-1-a,600,,,,A/5/1-3\n"); /* 4 */
    is(2, PN_IMPORTED_FAILED, "tier: Offer A1 exists");
    is(3, PN_IMPORTED_FAILED, "zone_name: Offer A2");
    is(4, PN_IMPORTED_FAILED, "seats: Offer A3");
    import("code,merchant,tier,ask_fen,kind,seat_mode\n"
           "A1,xl,h-1-a,600,TAIL,\nA2,xl,h-1-a,600,,NONE\n");
    is(2, PN_IMPORTED_FAILED, "kind: Offer A1");
    is(3, PN_IMPORTED_FAILED, "seat_mode: Offer A2");
    ck_assert_int_eq(test_sql_int("select count(*) from listing where ask_fen <> 90000"), 0);
}
END_TEST

START_TEST(numbered_seats_are_claimed_row_by_row)
{
    pn_listing l;
    ok(pn_listing_create(p, &(struct pn_listing_create){.tier = tier_a, .merchant = xl,
                         .ask_fen = {90000}, .seats = {(const char *[]){"C/1/1-2"}, 1}}, &l));
    ok(pn_listing_submit(p, &(struct pn_listing_submit){.id = l.id}, &l));
    import("code,merchant,tier,ask_fen,seats,submit\n"
           "A1,xl,h-1-a,900,A/5/1-4|A/6/1+3,yes\n"
           "A2,dd,h-1-a,900,A/5/4-6,yes\n"     /* line 2 has A/5/4 */
           "A3,dd,h-1-a,900,C/1/2-3,yes\n"     /* an offer has C/1/2 */
           "A4,dd,h-1-a,900,A/5/4-6,no\n"      /* a draft claims nothing */
           "A5,dd,h-1-a,900,B,yes\n"
           "A6,dd,h-1-a,900,B/1/1-3,yes\n");
    is(2, PN_IMPORTED_CREATED, NULL);
    is(3, PN_IMPORTED_FAILED, "Seat A/5/4 is in line 2");
    is(4, PN_IMPORTED_FAILED, "Seat C/1/2 is offered already");
    is(5, PN_IMPORTED_CREATED, NULL);
    is(6, PN_IMPORTED_FAILED, "names no seats");
    is(7, PN_IMPORTED_CREATED, NULL);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_claim"), 2 + 6 + 3);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_clash"), 1);
    ck_assert_int_eq(test_sql_int("select qty_total from stock k join listing l on l.id = k.lot_id"
                                  " where l.code = 'A1'"), 6);
}
END_TEST

START_TEST(limits_reviews_and_deposits_hold_in_files)
{
    test_sql("update merchant set status = 'RESTRICTED', held_for = 'OPS' where code = 'xl'");
    char text[4000] = "code,merchant,tier,ask_fen,qty,kind,ship_by_kind,ship_by_hours,submit\n";
    for (int i = 0; i < 22; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "X%d,xl,h-1-a,900,2,,,,yes\n", i);
    snprintf(text + strlen(text), sizeof text - strlen(text),
             "D1,dd,h-1-a,1970,2,,,,yes\nD2,dd,h-1-a,900,2,PRESALE,BEFORE,48,yes\n");
    import(text);
    ck_assert_int_eq(r.failed, 2);
    is(22, PN_IMPORTED_FAILED, "no more offers");
    is(23, PN_IMPORTED_FAILED, "no more offers");
    ck_assert_str_eq(test_sql_text("select string_agg(state, ' ' order by code) from listing"
                                   " where code like 'D%'"), "PENDING_REVIEW PENDING_DEPOSIT");
}
END_TEST

START_TEST(merchants_import_their_own)
{
    as_merchant(xl);
    import("code,tier,ask_fen,qty,submit\nA1,h-1-a,900,5,yes\n");
    is(2, PN_IMPORTED_CREATED, NULL);
    ck_assert_int_eq(test_sql_int("select merchant_id from listing"), xl);
    import("code,merchant,tier,ask_fen,qty\nA2,dd,h-1-a,900,5\nA3,xl,h-1-a,900,5\n");
    is(2, PN_IMPORTED_FAILED, "oneself only");
    is(3, PN_IMPORTED_CREATED, NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goods");
    TCase *t = tcase_create("import");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, market_teardown);
    tcase_add_test(t, headers_say_what_columns_are_called);
    tcase_add_test(t, rows_become_drafts_and_offers);
    tcase_add_test(t, each_bad_row_says_why_and_hurts_nobody);
    tcase_add_test(t, the_same_file_again_changes_nothing_another_price_does);
    tcase_add_test(t, a_draft_is_put_on_offer_by_a_row_that_says_so);
    tcase_add_test(t, an_offer_keeps_its_tier_kind_and_seats);
    tcase_add_test(t, numbered_seats_are_claimed_row_by_row);
    tcase_add_test(t, limits_reviews_and_deposits_hold_in_files);
    tcase_add_test(t, merchants_import_their_own);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
