/* SPDX-License-Identifier: Apache-2.0 */
/* Several sellers of one tier: each listing's own restrictions, who serves an order, and how an
 * order is shared when nobody can serve it whole. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "goods/listing.h"
#include "report/check.h"
#include "shop.h"

static pn_order o;
static const char *const phones[] = {"13800000001", "13800000002", "13800000003", "13800000004"};
#define BUY(...)                                                                                   \
    pn_order_submit(p, &(struct pn_order_submit){.phone = phones[0],                               \
                    .channel = {PN_CHANNEL_OWN}, __VA_ARGS__}, &o)

START_TEST(S06_every_restriction_has_its_answer)
{
    market();
    int64_t a = lot_of(.qty = 5, .min_buy = 2, .max_buy = 4, .no_single_left = true);
    PN_AUTO_UNIT p = ops();
    fails(PN_ESINGLE, BUY(.listing = a, .qty = 4));
    ok(BUY(.listing = a, .qty = 3));
    fails(PN_ECOUNT, BUY(.listing = a, .qty = 1));
    ok(BUY(.listing = a, .qty = 2));
    fails(PN_ESTOCK, BUY(.listing = a, .qty = 2)); /* the offer, not all of its tier */
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "This offer of tier"));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "another offer of the tier"));
    int64_t whole = lot_of(.qty = 4, .split = "WHOLE");
    fails(PN_ESPLIT, BUY(.listing = whole, .qty = 2));
    ck_assert_str_eq(pn_error(p)->field, "qty");
    ok(BUY(.listing = whole, .qty = 4));
    int64_t pairs = lot_of(.qty = 7, .split = "MULTIPLE", .multiple = 2);
    fails(PN_ESPLIT, BUY(.listing = pairs, .qty = 3));
    ok(BUY(.listing = pairs, .qty = 2));
    books_balance();
}
END_TEST

START_TEST(S06_conditions_are_confirmed)
{
    market();
    int64_t student = lot_of(.qty = 5, .special = "STUDENT");
    PN_AUTO_UNIT p = ops();
    static const char *word[] = {"student"}, *wrong[] = {"teacher"};
    fails(PN_ESPECIAL, BUY(.listing = student, .qty = 1));
    fails(PN_EARG, BUY(.listing = student, .qty = 1, .confirm = {wrong, 1}));
    ck_assert_str_eq(pn_error(p)->field, "confirm");
    ok(BUY(.listing = student, .qty = 1, .confirm = {word, 1}));
    int64_t paper = lot_of(.qty = 5, .delivery = "ONSITE");
    fails(PN_EDELIVERY, BUY(.listing = paper, .qty = 1, .delivery = {PN_DELIVERY_ETICKET}));
    ok(BUY(.listing = paper, .qty = 1, .delivery = {PN_DELIVERY_ONSITE}));
}
END_TEST

/* Of a tier it holds for whoever sells its tickets; sold tickets keep what was said of them. */
START_TEST(conditions_of_a_tier_are_those_of_all_its_tickets)
{
    market();
    static const char *word[] = {"student"};
    pn_tier t;
    PN_AUTO_UNIT p = ops();
    test_sql("update show set status = 'DRAFT'");
#define SPECIAL(word) pn_tier_edit(p, &(struct pn_tier_edit){.id = TIER, \
    .special_kind = {word}}, &t)
    ok(SPECIAL(PN_SPECIAL_STUDENT));
    ck_assert_int_eq(t.special_kind.v, PN_SPECIAL_STUDENT);
    test_sql("update show set status = 'PUBLISHED'");
    int64_t a = lot_of(.qty = 5);
    fails(PN_ESPECIAL, BUY(.tier = TIER, .qty = 1));
    ck_assert_str_eq(pn_error(p)->field, "confirm");
    fails(PN_ESPECIAL, BUY(.listing = a, .qty = 1));
    ok(BUY(.listing = a, .qty = 1, .confirm = {word, 1}));
    ok(BUY(.tier = TIER, .qty = 1, .confirm = {word, 1}));
    test_sql("update show set status = 'DRAFT'");
    fails(PN_ESTATE, SPECIAL(PN_SPECIAL_NO_REFUND));
    ck_assert_str_eq(pn_error(p)->field, "special_kind");
    fails(PN_ESTATE, SPECIAL(PN_SPECIAL_ORDINARY));
    ok(SPECIAL(PN_SPECIAL_STUDENT));
#undef SPECIAL
}
END_TEST

/* EXPRESS at T−20 h. */
START_TEST(S06_a_parcel_must_arrive)
{
    market();
    int64_t a = lot_of(.qty = 5);
    shop_clock(60 * DAY - 20 * HOUR);
    PN_AUTO_UNIT p = ops();
    fails(PN_EDELIVERY, BUY(.listing = a, .qty = 1, .delivery = {PN_DELIVERY_EXPRESS}));
    ok(BUY(.listing = a, .qty = 1, .delivery = {PN_DELIVERY_ONSITE}));
}
END_TEST

START_TEST(only_a_live_listing_is_sold)
{
    market();
    static const char *const states[] = {"DRAFT", "PAUSED", "WITHDRAWN", "EXPIRED"};
    PN_AUTO_UNIT p = ops();
    for (size_t i = 0; i < 4; i++) {
        int64_t a = lot_of(.qty = 5, .state = states[i]);
        fails(PN_ESTATE, BUY(.listing = a, .qty = 1));
        ck_assert_str_eq(pn_error(p)->field, "listing");
    }
    fails(PN_ENONE, BUY(.listing = 99 * 4096 + 1, .qty = 1));
    fails(PN_ESTOCK, BUY(.tier = TIER, .qty = 1));
}
END_TEST

START_TEST(the_best_seller_who_can_serves)
{
    market();
    lot_of(.qty = 2, .sale_fen = YUAN(500));
    lot_of(.qty = 9, .sale_fen = YUAN(520));
    lot_of(.qty = 9, .sale_fen = YUAN(610));
    PN_AUTO_UNIT p = ops();
    ok(BUY(.tier = TIER, .qty = 2));
    ck_assert_str_eq(items(o.id), "1x2");
    ck_assert_int_eq(o.payable_fen.fen, YUAN(1000));
    ok(BUY(.tier = TIER, .qty = 4));
    ck_assert_str_eq(items(o.id), "2x4");
    ck_assert_int_eq(test_sql_int("select settle_fen from order_item order by order_id desc"
                                  " limit 1"), YUAN(494));
    ck_assert_int_eq(test_sql_int("select qty_locked from stock where lot_id / 4096 = 1002"), 4);
    books_balance();
}
END_TEST

/* N = 5: A has 3, B has 2, C is a whole lot of 6. */
START_TEST(S11_shared_by_two_sellers)
{
    market();
    lot_of(.qty = 3);
    lot_of(.qty = 2);
    lot_of(.qty = 6, .split = "WHOLE");
    PN_AUTO_UNIT p = ops();
    fails(PN_ESPLIT, BUY(.listing = 1003 * 4096 + 1, .qty = 5));
    fails(PN_ENO_MATCH, BUY(.tier = TIER, .qty = 5));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ok(BUY(.tier = TIER, .qty = 5, .accept_split = true));
    ck_assert_str_eq(items(o.id), "1x3+2x2");
    ck_assert_int_eq(count_of("order_seat"), 5);
    ck_assert_int_eq(count_of("stock_lock"), 2);
    books_balance();
}
END_TEST

START_TEST(shares_are_few_then_cheap_and_never_a_lone_ticket)
{
    market();
    lot_of(.qty = 2, .sale_fen = YUAN(500));
    lot_of(.qty = 2, .sale_fen = YUAN(500));
    lot_of(.qty = 3, .sale_fen = YUAN(600));
    lot_of(.qty = 1, .sale_fen = YUAN(400));
    PN_AUTO_UNIT p = ops();
    ok(BUY(.tier = TIER, .qty = 5, .accept_split = true)); /* two sellers, although three are
                                                              cheaper */
    ck_assert_str_eq(items(o.id), "1x2+3x3");
    fails(PN_ENO_MATCH, BUY(.tier = TIER, .qty = 3, .accept_split = true));
    ok(BUY(.tier = TIER, .qty = 3, .accept_split = true, .accept_single = true));
    ck_assert_str_eq(items(o.id), "2x2+4x1");
    books_balance();
}
END_TEST

/* A better tier, for no more than the face price of the one asked for, or than the cap. */
START_TEST(a_better_tier_for_no_more_money)
{
    market();
    make_tier(2, YUAN(980)); /* the organiser's own, dear */
    int64_t plain = lot_of(.qty = 2, .sale_fen = YUAN(570));
    lot_of(.qty = 4, .tier = TIER2, .sale_fen = YUAN(575));
    PN_AUTO_UNIT p = ops();
    fails(PN_ESTOCK, BUY(.tier = TIER, .qty = 4));
    ok(BUY(.tier = TIER, .qty = 4, .accept_upgrade = true));
    ck_assert_str_eq(items(o.id), "2x4");
    ck_assert_int_eq(o.payable_fen.fen, YUAN(2300));
    fails(PN_ENO_MATCH, BUY(.tier = TIER, .qty = 1, .listing = plain, .accept_upgrade = true,
                            .cap_fen = {YUAN(500)}));
    ok(BUY(.tier = TIER, .qty = 2, .accept_upgrade = true));
    ck_assert_str_eq(items(o.id), "1x2"); /* cheaper is better by rank */
    fails(PN_ESTOCK, BUY(.tier = TIER, .qty = 1, .accept_upgrade = true));
    pn_quote q;
    ok(pn_order_quote(p, &(struct pn_order_quote){.tier = TIER, .qty = 2, .accept_upgrade = true,
                                                  .cap_fen = {YUAN(980)}}, &q));
    ck_assert_int_eq(q.goods_fen.fen, YUAN(1960));
    ck_assert_int_eq(((const pn_quote_line *)q.items.row)->tier_id, TIER2);
    fails(PN_ESTOCK, BUY(.tier = TIER2, .qty = 3, .accept_upgrade = true)); /* never a worse one */
    books_balance();
}
END_TEST

/* N-1, several sellers, another tier, a grab. */
START_TEST(E_NO_MATCH_says_what_there_is_instead)
{
    market();
    make_tier(5, YUAN(380));
    lot_of(.qty = 3, .max_buy = 2);
    lot_of(.qty = 2);
    PN_AUTO_UNIT p = ops();
    fails(PN_ENO_MATCH, BUY(.tier = TIER, .qty = 4));
    const char *hint = pn_error(p)->hint;
    ck_assert_ptr_nonnull(strstr(hint, "2 together"));
    ck_assert_ptr_nonnull(strstr(hint, "accept_split"));
    ck_assert_ptr_nonnull(strstr(hint, "another tier: B"));
    ck_assert_ptr_nonnull(strstr(hint, "grab submit"));
    fails(PN_ENO_MATCH, BUY(.tier = TIER, .qty = 6, .accept_split = true));
    hint = pn_error(p)->hint;
    ck_assert_ptr_null(strstr(hint, "accept_split"));
    ck_assert_ptr_null(strstr(hint, "another tier")); /* five are too few */
}
END_TEST

START_TEST(a_deposit_covers_so_many)
{
    market();
    int64_t a = lot_of(.qty = 9, .deposit_unit_fen = YUAN(100), .deposit_quota_fen = YUAN(250));
    PN_AUTO_UNIT p = ops();
    fails(PN_EDEPOSIT, BUY(.listing = a, .qty = 3));
    ok(BUY(.listing = a, .qty = 2));
    fails(PN_EDEPOSIT, BUY(.listing = a, .qty = 1));
}
END_TEST

/* A merchant's tickets are paid for and wait to be procured: no ticket is issued. */
START_TEST(a_merchants_order_waits_for_procurement)
{
    market();
    int64_t a = lot_of(.qty = 5);
    PN_AUTO_UNIT p = clerk();
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = a, .qty = 2, .phone = phones[1]},
                       &o));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, NULL}, &y));
    ck_assert_str_eq(order_state(o.id), "PAID");
    pn_order_detail d;
    test_sql("insert into merchant (id, code, kind, name, created_at, updated_at)"
             " select merchant_id, 'm', 'PRO', '票多多', now(), now() from stock"
             " where lot_id / 4096 = 1001");
    ok(pn_order_show(p, &(struct pn_order_show){o.id}, &d));
    ck_assert_str_eq(((pn_order_line *)d.items.row)->seller, "票多多");
    ck_assert_str_eq(((pn_order_way *)d.next.row)->verb, "quote"); /* nothing to hand over yet */
    ck_assert_int_eq(count_of("ticket"), 0);
    ck_assert_int_eq(count_of("outbox where event = 'order.paid'"), 1);
    ck_assert_int_eq(test_sql_int("select qty_sold from stock where lot_id / 4096 = 1001"), 2);
    books_balance();
}
END_TEST

/* The parts that an order hands over to procurement: each lot once, together the seats that are
 * sold, told of once; what is refunded is no part any more. */
static void parts_are_the_seats(int64_t order, int64_t qty)
{
    char sql[700];
    snprintf(sql, sizeof sql, "select coalesce(sum(case when i.qty >= x.n then x.n else -999 end),"
             " 0) from order_item i join (select order_id, item_no, count(*) as n from order_seat"
             "  where state in ('SOLD', 'REFUNDING') group by 1, 2) x on x.order_id = i.order_id"
             "  and x.item_no = i.no where i.order_id = %" PRId64, order);
    ck_assert_int_eq(test_sql_int(sql), qty);
    ck_assert_int_eq(count_of("(select 1 from order_item group by sk, order_id, lot_id"
                              " having count(*) > 1) x"), 0);
    snprintf(sql, sizeof sql, "outbox where event = 'order.paid' and ref = %" PRId64, order);
    ck_assert_int_eq(count_of(sql), 1);
}

START_TEST(I21_each_part_is_handed_over_once)
{
    market();
    lot_of(.qty = 3);
    lot_of(.qty = 2);
    PN_AUTO_UNIT p = clerk();
    pn_payment y;
    pn_refund r;
    const char *two[] = {"2", "4"};
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 5, .phone = phones[1],
                                                    .accept_split = true}, &o));
    ck_assert_str_eq(items(o.id), "1x3+2x2");
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, NULL}, &y));
    ck_assert_str_eq(order_state(o.id), "PAID");
    parts_are_the_seats(o.id, 5);
    fails(PN_ESTATE, pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, NULL}, &y));
    parts_are_the_seats(o.id, 5);
    pn_end(p);
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .seats = {two, 2}}, &r));
    parts_are_the_seats(o.id, 3);
    ck_assert_str_eq(test_sql_text("select string_agg(n::text, '+' order by item_no) from (select"
                                   " item_no, count(*) as n from order_seat where state = 'SOLD'"
                                   " group by item_no) x"), "2+1");
    books_balance();
}
END_TEST

/* A forced refund waits for somebody to approve it, and its tickets were never issued. */
START_TEST(a_refund_before_the_tickets_is_no_drift)
{
    market();
    int64_t a = lot_of(.qty = 5);
    PN_AUTO_UNIT p = clerk();
    pn_payment y;
    pn_refund r;
    pn_check_report report = {0};
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = a, .qty = 2, .phone = phones[1]},
                       &o));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, NULL}, &y));
    pn_end(p);
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .forced = true, .note = "x"},
                       &r));
    ck_assert_str_eq(order_state(o.id), "REFUNDING");
    ok(pn_check_run(p, &(struct pn_check_run){"seat_tickets"}, &report));
    ck_assert_int_eq(report.drift, 0);
}
END_TEST

/* A buyer while the seller is at work on the offer: `words` change it under the lot's lock. */
static struct { int rc; int64_t listing, paid_fen; } waiting;

static void *a_buyer(void *none)
{
    PN_AUTO_UNIT p = ops();
    pn_order got;
    waiting.rc = pn_order_submit(p, &(struct pn_order_submit){.listing = waiting.listing, .qty = 1,
        .phone = phones[0], .channel = {PN_CHANNEL_OWN}}, &got);
    waiting.paid_fen = waiting.rc ? 0 : got.payable_fen.fen;
    return none;
}

static int changed_meanwhile(int64_t listing, const char *words)
{
    pthread_t id;
    char sql[300];
    waiting.listing = listing;
    snprintf(sql, sizeof sql, "select from stock where lot_id = %" PRId64 " for update;"
             " update listing set %s where id = %" PRId64, listing, words, listing);
    struct pg_conn *seller = somebody_did(sql);
    ck_assert_int_eq(pthread_create(&id, NULL, a_buyer, NULL), 0);
    somebody_commits_at_last(seller);
    pthread_join(id, NULL);
    return waiting.rc;
}

START_TEST(T2_an_offer_changed_while_its_buyer_waits)
{
    market();
    int64_t a = lot_of(.qty = 9);
    ck_assert_int_eq(changed_meanwhile(a, "sale_fen = 61000"), 0);
    ck_assert_int_eq(waiting.paid_fen, 61000);
    ck_assert_int_eq(changed_meanwhile(a, "min_buy = 2"), PN_ECOUNT);
    ck_assert_int_eq(changed_meanwhile(a, "min_buy = 1, state = 'PAUSED'"), PN_ESTATE);
    ck_assert_int_eq(test_sql_int("select count(*) from orders"), 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("match");
    TCase *c = tcase_create("match");
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S06_every_restriction_has_its_answer);
    tcase_add_test(c, S06_conditions_are_confirmed);
    tcase_add_test(c, conditions_of_a_tier_are_those_of_all_its_tickets);
    tcase_add_test(c, S06_a_parcel_must_arrive);
    tcase_add_test(c, only_a_live_listing_is_sold);
    tcase_add_test(c, the_best_seller_who_can_serves);
    tcase_add_test(c, S11_shared_by_two_sellers);
    tcase_add_test(c, shares_are_few_then_cheap_and_never_a_lone_ticket);
    tcase_add_test(c, a_better_tier_for_no_more_money);
    tcase_add_test(c, E_NO_MATCH_says_what_there_is_instead);
    tcase_add_test(c, a_deposit_covers_so_many);
    tcase_add_test(c, a_merchants_order_waits_for_procurement);
    tcase_add_test(c, I21_each_part_is_handed_over_once);
    tcase_add_test(c, a_refund_before_the_tickets_is_no_drift);
    tcase_add_test(c, T2_an_offer_changed_while_its_buyer_waits);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
