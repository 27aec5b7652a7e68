/* SPDX-License-Identifier: Apache-2.0 */
/* The seats of a session: what people see of them, and that each is sold once whoever asks when. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "hall_int.h"
#include "base/sql_int.h"
#include "seating/picture_int.h"
#include "seating/seat.h"
#include "seating/seat_hold.h"

static pn *p;

#define HALL                                                                                       \
    "section,row,from,to,category,aisles\nA,1,1,10,,\nA,2,1,10,,4\nA,3,1,10,,\n"                   \
    "B,1,1,10,,\nB,2,1,3,wheelchair,\n"

static void setup(void)
{
    test_db_setup();
    p = person(1);
    make_hall(p, HALL);
    go_live(p, "A", "B");
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

/* ---- the map ---- */

START_TEST(a_letter_a_seat)
{
    pn_seat_mapped map;
    pn_seat_hold hold;
    take(tier_a(), "A", "1", 1, "sold");
    take(tier_a(), "A", "1", 2, "busy");
    ok(pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = the_session(),
                          .kind = {PN_HOLD_HOUSE}, .seats = "A/1/3", .reason = "x"}, &hold));
    ok(pn_seat_map(p, &(struct pn_seat_map){.session = the_session()}, &map));
    const pn_seat_row *r = map.rows.row;
    ck_assert_uint_eq(map.rows.n, 5);
    ck_assert_str_eq(r[0].status, "slh.......");
    ck_assert_int_eq(r[0].free, 7);
    ck_assert_int_eq(r[0].taken, 7);
    ck_assert_int_eq(r[1].gap_after, 1 << 3 | 0);
    ck_assert_str_eq(r[0].zone, "前");
    ck_assert_str_eq(r[0].colour, "red");
    ck_assert_int_eq(r[0].face_price.fen, 58000);
    ck_assert_str_eq(r[4].status, "www");
    ck_assert_uint_eq(r[4].xs.n, 3);
    ok(pn_seat_map(p, &(struct pn_seat_map){.session = the_session(), .zone = "后"}, &map));
    ck_assert_uint_eq(map.rows.n, 2);
}
END_TEST

START_TEST(buyers_see_free_and_taken_of_published_shows)
{
    pn_seat_mapped map;
    pn_seat_found found;
    pn *buyer = test_begin_as(&(pn_actor){.kind = 'U', .id = 5, .login = "u",
                                          .roles = PN_ROLE_BUYER});
    struct pn_seat_map in = {.session = the_session()};
    struct pn_seat_find ask = {.tier = tier_a(), .qty = 2};
    take(tier_a(), "A", "1", 1, "sold");
    take(tier_a(), "A", "1", 2, "busy");
    ck_assert_int_eq(pn_seat_map(buyer, &in, &map), PN_ENONE);
    ck_assert_int_eq(pn_seat_find(buyer, &ask, &found), PN_ENONE);
    test_sql("update show set status = 'PUBLISHED'");
    ck_assert_int_eq(pn_seat_map(buyer, &in, &map), 0);
    ck_assert_str_eq(((pn_seat_row *)map.rows.row)->status, "xx........");
    ck_assert_int_eq(pn_seat_find(buyer, &ask, &found), 0);
    pn_end(buyer);
}
END_TEST

static int look_for(pn_seat_found *out, int64_t tier, int qty, const char *a, const char *b,
                    bool split)
{
    const char *keys[] = {a, b};
    return pn_seat_find(p, &(struct pn_seat_find){.tier = tier, .qty = qty, .split = split,
                        .seats = {keys, a ? b ? 2 : 1 : 0}}, out);
}

START_TEST(refusals_say_what_and_what_next)
{
    pn_seat_found out;
    take(tier_a(), "A", "3", 1 << 5, "sold");
    fails(PN_ENONE, look_for(&out, tier_a(), 0, "A/1/11", NULL, false));
    fails(PN_ESEAT_TAKEN, look_for(&out, tier_a(), 0, "A/3/6", NULL, false));
    ck_assert_msg(strstr(pn_error(p)->message, "A/3/6") != NULL, "%s", pn_error(p)->message);
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    fails(PN_ESINGLE, look_for(&out, tier_a(), 0, "A/1/2", "A/1/3", false));
    ck_assert_str_eq(pn_error(p)->field, "seats");
    fails(PN_EARG, look_for(&out, tier_a(), 0, "A/1/1", "A/1/1", false));
    fails(PN_ENO_MATCH, look_for(&out, tier_a(), 12, NULL, NULL, false));
    fails(PN_ESTOCK, look_for(&out, tier_a(), 30, NULL, NULL, false));
    fails(PN_ESINGLE, look_for(&out, tier_a(), 9, NULL, NULL, false));
    fails(PN_ENONE, look_for(&out, 4096, 1, NULL, NULL, false));
    fails(PN_EARG, look_for(&out, tier_a(), 0, NULL, NULL, false));
    ok(look_for(&out, tier_a(), 12, NULL, NULL, true));
    ck_assert_int_eq(out.runs, 2);
    ok(look_for(&out, tier_a(), 0, "A/1/3", "A/1/4", false));
    ck_assert_int_eq(out.runs, 1);
    /* wheelchair places only when asked */
    fails(PN_ESTOCK, look_for(&out, tier_b(), 11, NULL, NULL, false));
    ok(pn_seat_find(p, &(struct pn_seat_find){.tier = tier_b(), .qty = 1, .wheelchair = true},
                    &out));
    ck_assert_str_eq(out.seats.v[0], "B/2/1");
}
END_TEST

/* ---- a sale in short, as an operation so that it has a transaction ---- */

struct pn_sale { int64_t lot; int k; const char *first; int named; };
typedef struct sold { int n; } sold;
static PN_TYPE(sale_t, "sale", struct pn_sale, PN_COL(struct pn_sale, lot, "lot"),
    PN_COL(struct pn_sale, k, "k", .flags = PN_OPT), PN_COL(struct pn_sale, first, "first"),
    PN_COL(struct pn_sale, named, "named", .flags = PN_OPT));
static PN_TYPE(sold_t, "sold", sold, PN_COL(sold, n, "n"));
typedef struct stamp { int64_t lot, stamp; int k; } stamp;
static PN_TYPE(stamp_t, "stamp", stamp, PN_COL(stamp, lot, "lot"), PN_COL(stamp, stamp, "stamp"),
    PN_COL(stamp, k, "k"));
static const pn_sql lock_lot = {"test_lock_lot", &stamp_t, &stamp_t,
    "select seat_stamp as stamp from stock where sk = :lot# and lot_id = :lot for update", false};
static const pn_sql count_lot = {"test_count_lot", &stamp_t, NULL,
    "update stock set qty_locked = qty_locked + :k, seat_stamp = :stamp"
    " where sk = :lot# and lot_id = :lot", false};

static int sell(pn *u, const struct pn_sale *in, pni_picture *pic)
{
    pni_seat got[PNI_PICK_MAX];
    pni_seat_set *sets;
    size_t n, bad = 0;
    int64_t done = 0;
    const char *keys[10];
    int row, no, rc;
    if (in->named) {
        ck_assert_int_eq(sscanf(in->first, "A/%d/%d", &row, &no), 2);
        for (int i = 0; i < in->named; i++)
            keys[i] = pn_printf(u, "A/%d/%d", row, no + i);
        rc = pni_seats_named(pic, keys, (size_t)in->named, got, &bad);
        if (!rc)
            rc = pni_seats_take(pic, got, (size_t)in->named, 0, &bad);
        if (rc)
            return pni_pick_refuse(u, pic, rc, in->named, keys[bad], "seats");
    } else if ((rc = pni_seats_best(pic, in->k, PNI_PICK_SOFT, got)) != 0) {
        return pni_pick_refuse(u, pic, rc, in->k, NULL, "k");
    }
    PN_TRY(pni_picture_taken(u, pic, &sets, &n));
    PN_TRY(pn_queue(u, &pni_block_lock, sets, n, NULL, &done));
    PN_TRY(pn_sync(u));
    if (done != (int64_t)n)
        return pn_fail(u, PN_ECONFLICT, NULL, "the picture lied");
    return 0;
}

static int sale(pn *u, const void *ask, void *out)
{
    const struct pn_sale *in = ask;
    pni_picture *pic;
    stamp s = {.lot = in->lot};
    PN_TRY(pn_one(u, &lock_lot, &s, &s));
    PN_TRY(pni_picture_get(u, in->lot, s.stamp, &pic));
    s = (stamp){.lot = in->lot, .k = in->named ? in->named : in->k};
    int rc = sell(u, in, pic);
    if (!rc)
        rc = pn_new_id(u, 0, &s.stamp);
    if (!rc)
        rc = pn_exec(u, &count_lot, &s, NULL);
    if (rc)
        pni_picture_drop(pic);
    else
        pni_picture_put(u, pic, s.stamp);
    ((sold *)out)->n = s.k;
    return rc;
}
static const pn_op sale_op = {.noun = "sale", .verb = "make", .brief = "sell", .in = &sale_t,
    .out = &sold_t, .may = PN_ROLE_OPS, .flags = PN_WRITE, .run = sale};

/* ---- races ---- */

typedef struct buyer {
    pthread_t thread;
    struct pn_sale ask;
    int times, got, none, taken, other;
    bool random;
} buyer;

static void *buy(void *arg)
{
    buyer *b = arg;
    unsigned mix = (unsigned)(uintptr_t)b;
    for (int i = 0; i < b->times; i++) {
        sold out = {0};
        pn *u = person(1);
        if (b->random)
            b->ask.k = 2 + (int)((mix = mix * 1103515245u + 12345u) >> 16) % 3;
        int rc = pn_call(u, &sale_op, &b->ask, &out);
        b->got += rc ? 0 : out.n;
        b->taken += rc == PN_ESEAT_TAKEN;
        b->none += rc == PN_ESTOCK || rc == PN_ENO_MATCH || rc == PN_ESINGLE;
        b->other += rc && rc != PN_ESEAT_TAKEN && rc != PN_ESTOCK && rc != PN_ENO_MATCH &&
                    rc != PN_ESINGLE;
        pn_end(u);
    }
    return NULL;
}

/* S12: two buyers ask for 5–6 and 5–7 at once. */
START_TEST(s12_two_buyers_one_seat)
{
    for (int row = 1; row <= 3; row += 2) {
        char first[10];
        snprintf(first, sizeof first, "A/%d/5", row);
        buyer b[2] = {{.ask = {tier_a(), 0, first, 2}, .times = 1},
                      {.ask = {tier_a(), 0, first, 3}, .times = 1}};
        for (int i = 0; i < 2; i++)
            pthread_create(&b[i].thread, NULL, buy, &b[i]);
        for (int i = 0; i < 2; i++)
            pthread_join(b[i].thread, NULL);
        ck_assert_int_eq((b[0].got == 2) + (b[1].got == 3), 1);
        ck_assert_int_eq(b[0].taken + b[1].taken, 1);
        adds_up();
    }
}
END_TEST

/* I02: many at once, until nothing fits: every seat at most once, nothing lost, no deadlock. */
START_TEST(i02_no_seat_twice_whoever_asks)
{
    buyer b[8];
    int got = 0, other = 0;
    for (int i = 0; i < 8; i++) {
        b[i] = (buyer){.ask = {.lot = tier_a()}, .times = 6, .random = true};
        pthread_create(&b[i].thread, NULL, buy, &b[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(b[i].thread, NULL);
        got += b[i].got;
        other += b[i].other;
    }
    ck_assert_int_eq(other, 0);
    ck_assert_int_eq(test_sql_int("select sum(qty_locked) from stock"), got);
    ck_assert_int_ge(got, 24);
    adds_up();
}
END_TEST

/* The statements of the life of a seat refuse what is not as they ask, set by set. */
static int64_t run_sets(const pn_sql *sql, pni_seat_set *sets, size_t n)
{
    int64_t done = -1;
    pn *u = person(1);
    ck_assert_int_eq(pn_queue(u, sql, sets, n, NULL, &done), 0);
    ck_assert_int_eq(pn_sync(u), 0);
    pn_end(u);
    return done;
}

START_TEST(seats_change_hands_only_from_where_they_are)
{
    int64_t a = test_sql_int("select min(id) from seat_block"), b = a;
    b = test_sql_int("select min(id) from seat_block where id > (select min(id) from seat_block)");
    pni_seat_set two[] = {{a, 3}, {b, 12}}, more[] = {{a, 6}, {b, 48}}, odd[] = {{a, 1 << 10}};
    ck_assert_int_eq(run_sets(&pni_block_sell, two, 2), 0);
    ck_assert_int_eq(run_sets(&pni_block_lock, two, 2), 2);
    ck_assert_int_eq(run_sets(&pni_block_lock, more, 2), 1); /* the first is partly locked */
    ck_assert_int_eq(run_sets(&pni_block_lock, odd, 1), 0);  /* no such seat */
    ck_assert_int_eq(run_sets(&pni_block_back, two, 2), 0);
    ck_assert_int_eq(run_sets(&pni_block_sell, two, 1), 1);
    ck_assert_int_eq(run_sets(&pni_block_free, two, 2), 1);
    ck_assert_int_eq(run_sets(&pni_block_back, two, 2), 1);
    ck_assert_int_eq(run_sets(&pni_block_back, two, 2), 0);
    ck_assert_int_eq(test_sql_int("select sum(sold | busy) from seat_block"), 48);
}
END_TEST

START_TEST(orders_take_their_seats_along)
{
    pni_seats_moved moved = {0};
    int64_t block = test_sql_int("select min(id) from seat_block"), sk = the_session() & 4095;
    const char *orders[] = {"1", "2"};
    pni_seat_orders in = {.sk = sk, .stamp = 99, .orders = {orders, 2}};
    char sql[400];
    take(tier_a(), "A", "1", 7, "busy");
    for (int i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "insert into order_seat (sk, order_id, no, item_no, tier_id,"
                 " list_fen, paid_fen, state, seat_block, seat_bit) values (%" PRId64 ", %d, %d, 1,"
                 " 1, 0, 0, 'HELD', %" PRId64 ", %d)", sk, i < 2 ? 1 : 2, i, block, i);
        test_sql(sql);
    }
    orders[0] = "2";
    in.orders.n = 1;
    ok(pn_one(p, &pni_orders_seats_free, &in, &moved));
    ck_assert(moved.wanted == 1 && moved.done == 1);
    test_sql("update order_seat set state = 'RELEASED' where order_id = 2");
    orders[0] = "1";
    in.orders.n = 2;
    ok(pn_one(p, &pni_orders_seats_sell, &in, &moved));
    ck_assert(moved.wanted == 1 && moved.done == 1);
    ck_assert_int_eq(test_sql_int("select sold from seat_block order by id limit 1"), 3);
    ck_assert_int_eq(test_sql_int("select sum(busy) from seat_block"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from stock where seat_stamp = 99"), 1);
    ok(pn_one(p, &pni_orders_seats_sell, &in, &moved)); /* once more: they are not locked now */
    ck_assert(moved.wanted == 1 && moved.done == 0);
}
END_TEST

/* A picture is kept for its stamp, and for nothing else. */
START_TEST(a_picture_is_true_for_its_stamp)
{
    pni_picture *pic, *again;
    ok(pni_picture_get(p, tier_a(), 5, &pic));
    ck_assert_int_eq(pni_seats_left(pic), 30);
    pni_seat got[2];
    ck_assert_int_eq(pni_seats_best(pic, 2, 0, got), 0);
    pni_picture_put(p, pic, 6);
    ok(pni_picture_get(p, tier_a(), 6, &again));
    ck_assert_ptr_eq(again, pic);
    ck_assert_int_eq(pni_seats_left(again), 28);
    pni_seat_set *sets;
    size_t n;
    ok(pni_picture_taken(p, again, &sets, &n));
    ck_assert_uint_eq(n, 0); /* that was the unit before */
    pni_picture_put(p, again, 6);
    ok(pni_picture_get(p, tier_a(), 7, &again)); /* somebody else was here */
    ck_assert_int_eq(pni_seats_left(again), 30);
    ck_assert_int_eq(pni_seats_best(again, 2, 0, got), 0);
    ck_assert_str_eq(pni_seat_key(p, again, got[0]), "A/1/5");
    pni_picture_put(p, again, 7);
    take(tier_a(), "A", "1", 1023, "sold");
    ok(pni_picture_get(p, tier_a(), 8, &again));
    ck_assert_int_eq(pni_seats_left(again), 20);
    ck_assert_int_eq(pni_seats_best(again, 2, 0, got), 0);
    ck_assert_str_eq(pni_seat_key(p, again, got[0]), "A/2/5");
    pni_picture_put(p, again, 8);
    test_sql("delete from seat_block where row_name = '3' and section = 'A'");
    ok(pni_picture_get(p, tier_a(), 9, &again)); /* not even the same blocks */
    ck_assert_int_eq(pni_seats_left(again), 10);
    pni_picture_put(p, again, 9);
    int64_t one = test_sql_int("select min(id) from seat_block");
    ok(pni_picture_get(p, tier_a(), 9, &again));
    pni_seats_freed(again, (pni_seat_set[]){{one, 3}}, 1); /* given back by another order */
    ck_assert_int_eq(pni_seats_left(again), 12);
    ok(pni_picture_taken(p, again, &sets, &n));
    ck_assert_uint_eq(n, 0);
    pni_picture_drop(again);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("seat");
    TCase *c = tcase_create("seat");
    suite_add_tcase(s, c);
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, a_letter_a_seat);
    tcase_add_test(c, buyers_see_free_and_taken_of_published_shows);
    tcase_add_test(c, refusals_say_what_and_what_next);
    tcase_add_test(c, s12_two_buyers_one_seat);
    tcase_add_test(c, i02_no_seat_twice_whoever_asks);
    tcase_add_test(c, seats_change_hands_only_from_where_they_are);
    tcase_add_test(c, orders_take_their_seats_along);
    tcase_add_test(c, a_picture_is_true_for_its_stamp);
    return pn_test_main(s);
}
