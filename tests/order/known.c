/* SPDX-License-Identifier: Apache-2.0 */
/* known.c — one more order of what was sold a moment ago is not read for, and is as right. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/policy.h"
#include "base/unit_int.h"
#include "shop.h"

static const char *phone(void)
{
    static char text[2][16];
    static int n;
    char *out = text[++n % 2];
    snprintf(out, sizeof text[0], "138%08d", n);
    return out;
}

typedef struct asked { int qty; const char *phone; int64_t expect_fen; } asked;

/* Order, and tell by how many round trips. */
static int64_t trips(asked a, int code, pn_order *out)
{
    PN_AUTO_UNIT p = ops();
    struct pn_order_submit in = {.tier = TIER, .qty = a.qty ? a.qty : 1,
                                 .phone = a.phone ? a.phone : phone(),
                                 .expect_fen = {a.expect_fen}};
    if (code)
        fails(code, pn_order_submit(p, &in, out));
    else
        ok(pn_order_submit(p, &in, out));
    return pni_round_trips(p);
}

enum { KNOWN = 1, READ = 2 }; /* by memory, or read for */

/* Until it is known, and the connection knows how to write several seats. */
static void warm(void)
{
    pn_order o;
    for (int i = 0; i < 2; i++)
        trips((asked){0}, 0, &o);
    trips((asked){.qty = 2}, 0, &o);
    ck_assert_int_eq(trips((asked){0}, 0, &o), KNOWN);
}

START_TEST(what_was_sold_a_moment_ago_is_not_read_again)
{
    pn_order o;
    make_shop(.stock = 100);
    warm();
    ck_assert_int_eq(trips((asked){.qty = 2}, 0, &o), KNOWN);
    ck_assert_int_eq(o.payable_fen.fen, 2 * YUAN(580));
    ck_assert_str_eq(o.show, "雷雨");
    ck_assert_str_ne(o.venue, "");
    shop_clock(2 * MINUTE / 60);
    ck_assert_int_eq(trips((asked){0}, 0, &o), READ);
    ck_assert_int_eq(trips((asked){0}, 0, &o), KNOWN);
    ck_assert_str_eq(stock_now(), "100/9/0");
    books_proven();
}
END_TEST

/* Somebody changes something, whoever he is. */
static const struct {
    const char *sql;
    int code;
    int64_t payable_fen;
} changes[] = {
    {"update tier set face_price_fen = 60000", 0, 120000},
    {"update tier set hidden = true", PN_ESTATE, 0},
    {"update tier set special_kind = 'CHILD'", PN_ESPECIAL, 0},
    {"update session set status = 'SUSPENDED'", PN_ESTATE, 0},
    {"update session set stop_sale_at = sale_at", PN_ESTATE, 0},
    {"update show set status = 'OFFLINE'", PN_ESTATE, 0},
    {"update show set purchase_limit_order = 1", PN_ELIMIT, 0},
    {"update show set realname_mode = 'TICKET'", PN_EREALNAME, 0},
    {"update stock set qty_total = qty_locked", PN_ESTOCK, 0},
    {"update stock set seat_stamp = 4097", PN_ESTOCK, 0},
};

START_TEST(what_changes_is_seen)
{
    pn_order o;
    make_shop(.stock = 100);
    warm();
    test_sql(changes[_i].sql);
    trips((asked){.qty = 2}, changes[_i].code, &o);
    if (!changes[_i].code)
        ck_assert_int_eq(o.payable_fen.fen, changes[_i].payable_fen);
    ck_assert_str_eq(stock_now() + strcspn(stock_now(), "/"),
                     changes[_i].code ? "/5/0" : "/7/0");
}
END_TEST

START_TEST(a_rule_is_in_force_from_its_time)
{
    pn_order o;
    pn_policy row;
    make_shop(.stock = 100);
    warm();
    PN_AUTO_UNIT p = ops();
    ok(pn_policy_set(p, &(struct pn_policy_set){.key = "order.hold_min", .value = "7",
                                                .reason = "rush"}, &row));
    trips((asked){0}, 0, &o);
    ck_assert_int_eq(o.hold_expires_at.us - shop_now, 7 * MINUTE);
}
END_TEST

/* It says "from now", and is seen later. */
START_TEST(a_rule_that_was_not_there_yet_is_seen)
{
    pn_order o;
    char sql[300];
    make_shop(.stock = 100);
    shop_clock(MINUTE);
    snprintf(sql, sizeof sql, "insert into policy (id, key, value, effective_from) values (99999,"
             " 'order.hold_min', '7', to_timestamp(%lld))",
             (long long)((shop_now - MINUTE / 2) / 1000000));
    PGconn *other = somebody_did(sql);
    warm();
    PQclear(PQexec(other, "commit"));
    PQfinish(other);
    trips((asked){0}, 0, &o);
    ck_assert_int_eq(o.hold_expires_at.us - shop_now, 7 * MINUTE);
}
END_TEST

START_TEST(a_better_offer_is_taken_as_soon_as_it_is_there)
{
    pn_order o;
    make_shop(.stock = 100);
    warm();
    lot_of(.qty = 5, .sale_fen = YUAN(500));
    test_sql("update listing set pin = 9");
    trips((asked){.qty = 2}, 0, &o);
    ck_assert_str_eq(items(o.id), "1x2");
    ck_assert_int_eq(o.payable_fen.fen, YUAN(1000));
}
END_TEST

START_TEST(nobody_is_refused_by_memory)
{
    pn_order o;
    make_shop(.stock = 100);
    warm();
    test_sql("update tier set face_price_fen = 60000");
    trips((asked){.expect_fen = 60000}, 0, &o);
    warm();
    trips((asked){.expect_fen = 58000}, PN_ECONFLICT, &o);
    test_sql("update tier set hidden = true");
    trips((asked){0}, PN_ESTATE, &o);
    test_sql("update tier set hidden = false");
    trips((asked){0}, 0, &o);
    books_proven();
}
END_TEST

/* Limits, without having looked who bought before. */
START_TEST(a_buyer_is_counted)
{
    pn_order o;
    make_shop(.stock = 100, .limit_user = 3);
    warm();
    ck_assert_int_eq(trips((asked){2, "13900000001", 0}, 0, &o), KNOWN);
    ck_assert_int_eq(trips((asked){1, "13900000001", 0}, 0, &o), KNOWN);
    trips((asked){1, "13900000001", 0}, PN_ELIMIT, &o);
    ck_assert_str_eq(stock_now(), "100/8/0");
    shop_clock(20 * MINUTE); /* none of them was paid */
    warm();
    trips((asked){3, "13900000001", 0}, 0, &o);
    books_proven();
}
END_TEST

START_TEST(who_has_to_wait_waits)
{
    pn_order o;
    make_shop(.stock = 100);
    trips((asked){1, "13900000001", 0}, 0, &o);
    warm();
    char sql[200];
    snprintf(sql, sizeof sql, "update buyer_count set cool_until = to_timestamp(%lld)"
             " where buyer = (select limit_keys[1] from orders where id = %lld)",
             (long long)((shop_now + HOUR) / 1000000), (long long)o.id);
    test_sql(sql);
    ck_assert_int_eq(count_of("buyer_count where cool_until is not null"), 1);
    trips((asked){1, "13900000001", 0}, PN_ELIMIT, &o);
    books_proven();
}
END_TEST

static int64_t named(const char *doc, int code)
{
    PN_AUTO_UNIT p = ops();
    pn_attendee who = {"韩梅", {PN_DOC_PASSPORT}, doc};
    struct pn_order_submit in = {.tier = TIER, .qty = 1, .phone = phone(), .attendees = {&who, 1}};
    pn_order o;
    if (code)
        fails(code, pn_order_submit(p, &in, &o));
    else
        ok(pn_order_submit(p, &in, &o));
    return pni_round_trips(p);
}

START_TEST(a_document_has_one_ticket)
{
    make_shop(.stock = 100, .realname = "TICKET");
    named("E12345671", 0);
    named("E12345672", 0);
    ck_assert_int_eq(named("E12345673", 0), KNOWN);
    named("E12345673", PN_EREALNAME_DUP);
    named("E12345671", PN_EREALNAME_DUP);
    books_proven();
}
END_TEST

/* While prices change under way, an order has one that was in force after it was asked for: none
 * that was no longer when it was. */
enum { DESKS = 3, PRICES = 60, FACE = 58000 };
static _Atomic int began, done; /* changes that were begun, that are committed */
static _Atomic int by_memory, wrong;

static void *desk(void *of)
{
    const char *which = of;
    char number[16];
    for (int i = 0; done < PRICES; i++) {
        PN_AUTO_UNIT p = ops();
        pn_order o;
        snprintf(number, sizeof number, "13%s%08d", which, i % 500);
        int least = done;
        int rc = pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                              .phone = number}, &o);
        int price = (int)(o.payable_fen.fen - FACE), most = began;
        if (rc && rc != PN_ELIMIT)
            fprintf(stderr, "# %s\n", pn_error(p)->message);
        wrong += rc ? rc != PN_ELIMIT : price < least || price > most;
        by_memory += !rc && pni_round_trips(p) == KNOWN;
    }
    return NULL;
}

START_TEST(prices_change_under_way)
{
    pthread_t t[DESKS];
    static const char *const which[DESKS] = {"0", "1", "2"};
    char sql[100];
    make_shop(.stock = 100000, .limit_user = 4);
    warm();
    for (int i = 0; i < DESKS; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, desk, (void *)(uintptr_t)which[i]), 0);
    for (int i = 1; i <= PRICES; i++) {
        snprintf(sql, sizeof sql, "update tier set face_price_fen = %d", FACE + i);
        began = i;
        test_sql(sql);
        done = i;
        nanosleep(&(struct timespec){0, 15000000}, NULL);
    }
    for (int i = 0; i < DESKS; i++)
        pthread_join(t[i], NULL);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_gt(by_memory, PRICES);
    books_proven();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("known");
    TCase *t = tcase_create("known");
    tcase_add_checked_fixture(t, test_db_setup, test_db_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, what_was_sold_a_moment_ago_is_not_read_again);
    tcase_add_loop_test(t, what_changes_is_seen, 0, (int)(sizeof changes / sizeof *changes));
    tcase_add_test(t, a_rule_is_in_force_from_its_time);
    tcase_add_test(t, a_rule_that_was_not_there_yet_is_seen);
    tcase_add_test(t, a_better_offer_is_taken_as_soon_as_it_is_there);
    tcase_add_test(t, nobody_is_refused_by_memory);
    tcase_add_test(t, a_buyer_is_counted);
    tcase_add_test(t, who_has_to_wait_waits);
    tcase_add_test(t, a_document_has_one_ticket);
    tcase_add_test(t, prices_change_under_way);
    suite_add_tcase(suite, t);
    return pn_test_main(suite);
}
