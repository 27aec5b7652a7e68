/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered seats in the sale: which ones an order gets, that nobody else gets them, and that they
 * come back when it ends. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "order/payment_int.h"
#include "shop.h"

enum { ROWS = 3, SEATS = 10, CROWD = 24 };

/* Three rows of ten; the first is the best. */
static void house(int limit_order)
{
    char sql[1000];
    make_shop(.stock = ROWS * SEATS, .limit_order = limit_order);
    for (int row = 1; row <= ROWS; row++) {
        snprintf(sql, sizeof sql,
                 "insert into seat_block (sk, id, session_id, lot_id, section, row_name, labels,"
                 " mask, gap_after, front, middle, slope) values (1, %d * 4096 + 1, %d, %d, 'A',"
                 " '%d', '{1,2,3,4,5,6,7,8,9,10}', 1023, 512, %d, 450, 1000)", 500 + row,
                 SESSION, TIER, row, 10000 - row * 1000);
        test_sql(sql);
    }
    test_sql("update stock set seat_stamp = 1");
}

static pn_order o;
static const char *const phones[] = {"13800000001", "13800000002", "13800000003", "13800000004"};
#define BUY(who, ...)                                                                              \
    pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .phone = phones[who],               \
                    .channel = {PN_CHANNEL_OWN}, __VA_ARGS__}, &o)
#define NAMED(...) .seats = {(const char *[]){__VA_ARGS__},                                        \
                             sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)}

#define NAMED_AS(field, ...) .field = {(const char *[]){__VA_ARGS__},                              \
                                       sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)}

static const char *seats_of(int64_t order)
{
    static char sql[200];
    snprintf(sql, sizeof sql, "select string_agg(seat_key, ' ' order by no) from order_seat"
             " where order_id = %" PRId64, order);
    return test_sql_text(sql);
}

/* The masks say what the orders say, bit for bit (I02). */
static void masks_agree(void)
{
    ck_assert_int_eq(test_sql_int(
        "select count(*) from seat_block b left join lateral (select"
        " coalesce(bit_or(1::bigint << e.seat_bit::int)"
        "  filter (where e.state = 'HELD'), 0) as busy,"
        " coalesce(bit_or(1::bigint << e.seat_bit::int)"
        "  filter (where e.state in ('SOLD', 'REFUNDING')), 0) as sold,"
        " count(*) filter (where e.state in ('HELD', 'SOLD', 'REFUNDING')) as n"
        " from order_seat e where e.sk = b.sk and e.seat_block = b.id) x on true"
        " where b.busy <> x.busy or b.sold <> x.sold"
        "  or x.n <> bit_count((b.busy | b.sold)::bit(64))"), 0);
    books_balance();
}

START_TEST(the_best_seats_together)
{
    house(6);
    PN_AUTO_UNIT p = ops();
    ok(BUY(0, .qty = 4));
    ck_assert_str_eq(seats_of(o.id), "A/1/4 A/1/5 A/1/6 A/1/7");
    ok(BUY(0, .qty = 3));
    ck_assert_int_eq(test_sql_int("select count(distinct seat_block || '.' || seat_bit)"
                                  " from order_seat"), 7);
    masks_agree();
}
END_TEST

/* Holds: 15 minutes, 10 of seats that were picked, 8 of the last tickets, 3 at the box office. */
START_TEST(what_was_picked_is_held_for_a_shorter_time)
{
    house(6);
    PN_AUTO_UNIT p = ops();
    ok(BUY(0, .qty = 2));
    ck_assert_int_eq(o.hold_expires_at.us - shop_now, 15 * MINUTE);
    ok(BUY(1, NAMED("A/2/3", "A/2/4")));
    ck_assert_int_eq(o.hold_expires_at.us - shop_now, 10 * MINUTE);
    test_sql("update session set status = 'TAIL'");
    ok(BUY(2, NAMED("A/3/3", "A/3/4")));
    ck_assert_int_eq(o.hold_expires_at.us - shop_now, 8 * MINUTE);
    pn_end(p);
    p = clerk();
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .phone = phones[3],
                       .channel = {PN_CHANNEL_POS}, NAMED("A/3/7", "A/3/8")}, &o));
    ck_assert_int_eq(o.hold_expires_at.us - shop_now, 3 * MINUTE);
    masks_agree();
}
END_TEST

/* A row of ten free: 2–3 leaves a single seat, 3–4 does not. */
START_TEST(S12_a_seat_picked)
{
    house(6);
    PN_AUTO_UNIT p = ops();
    fails(PN_ESINGLE, BUY(0, NAMED("A/1/2", "A/1/3")));
    ok(BUY(0, NAMED("A/1/3", "A/1/4")));
    ck_assert_str_eq(seats_of(o.id), "A/1/3 A/1/4");
    fails(PN_ESEAT_TAKEN, BUY(0, NAMED("A/1/4", "A/1/5")));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "A/1/4"));
    ck_assert_str_eq(pn_error(p)->field, "seats");
    fails(PN_ENONE, BUY(0, NAMED("A/9/1")));
    fails(PN_ECOUNT, BUY(0, .qty = 3, NAMED("A/1/5", "A/1/6")));
    masks_agree();
}
END_TEST

/* Somebody's tickets without seats are no answer to who names seats that are taken. */
START_TEST(S12_named_seats_or_none)
{
    house(6);
    lot_of(.qty = 6);
    PN_AUTO_UNIT p = ops();
    ok(BUY(0, NAMED("A/1/5", "A/1/6")));
    ck_assert_str_eq(seats_of(o.id), "A/1/5 A/1/6");
    ck_assert_str_eq(items(o.id), "0x2");
    fails(PN_ESEAT_TAKEN, BUY(1, NAMED("A/1/5", "A/1/6")));
    ck_assert_int_eq(count_of("orders"), 1);
    masks_agree();
}
END_TEST

START_TEST(seats_are_named_where_there_are_some)
{
    make_shop();
    PN_AUTO_UNIT p = ops();
    fails(PN_ENONE, BUY(0, NAMED("A/1/5", "A/1/6")));
    ck_assert_str_eq(pn_error(p)->field, "seats");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "another tier"));
    ck_assert_str_eq(stock_now(), "10/0/0");
}
END_TEST

static int codes[CROWD];

static void *pick(void *arg)
{
    int me = *(int *)arg;
    static const char *const a[] = {"A/1/5", "A/1/6"}, *const b[] = {"A/1/5", "A/1/6", "A/1/7"};
    char phone[16];
    snprintf(phone, sizeof phone, "1390000%04d", me);
    pn *p = ops();
    pn_order mine;
    codes[me] = pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .phone = phone,
        .channel = {PN_CHANNEL_OWN},
        .seats = {(const char **)(uintptr_t)(me % 2 ? a : b), me % 2 ? 2 : 3}}, &mine);
    pn_end(p);
    return NULL;
}

START_TEST(S12_one_of_a_crowd_gets_the_seats)
{
    pthread_t thread[CROWD];
    int me[CROWD], won = 0;
    house(6);
    for (int i = 0; i < CROWD; i++) {
        me[i] = i;
        ck_assert_int_eq(pthread_create(&thread[i], NULL, pick, &me[i]), 0);
    }
    for (int i = 0; i < CROWD; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < CROWD; i++) {
        won += codes[i] == 0;
        ck_assert_msg(!codes[i] || codes[i] == PN_ESEAT_TAKEN, "%d: %d", i, codes[i]);
    }
    ck_assert_int_eq(won, 1);
    masks_agree();
}
END_TEST

START_TEST(a_house_sold_out_in_batches)
{
    static struct pn_order_submit in[16];
    static pn_order out[16];
    static pn_request req[16];
    static char phone[16][16];
    house(6);
    PN_AUTO_UNIT p = ops();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 16; i++) {
            snprintf(phone[i], sizeof phone[i], "137%04d%04d", round, i);
            in[i] = (struct pn_order_submit){.tier = TIER, .qty = 1 + i % 2, .phone = phone[i],
                                             .channel = {PN_CHANNEL_OWN}};
            req[i] = (pn_request){.in = &in[i], .out = &out[i]};
        }
        ok(pn_call_requests(p, pn_op_find("order", "submit"), req, 16));
        masks_agree();
    }
    /* single seats are left only where nobody may take one of a pair */
    ck_assert_int_ge(test_sql_int("select qty_locked from stock"), 28);
    ck_assert_int_eq(test_sql_int("select sum(bit_count(busy::bit(64))) from seat_block"),
                     test_sql_int("select qty_locked from stock"));
}
END_TEST

/* Can n be had side by side, by the rule for single seats? Every run, every place in it. */
static bool run_of(int64_t taken, int n)
{
    for (int from = 0; from + n <= SEATS; from++) {
        int64_t want = ((INT64_C(1) << n) - 1) << from;
        int left = 0, right = 0;
        if (taken & want)
            continue;
        while (from - left > 0 && !(taken >> (from - left - 1) & 1))
            left++;
        while (from + n + right < SEATS && !(taken >> (from + n + right) & 1))
            right++;
        if (left != 1 && right != 1)
            return true;
    }
    return false;
}

static bool any_run(int n)
{
    for (int row = 1; row <= ROWS; row++) {
        char sql[100];
        snprintf(sql, sizeof sql, "select busy | sold from seat_block where id = %d * 4096 + 1",
                 500 + row);
        if (run_of(test_sql_int(sql), n))
            return true;
    }
    return false;
}

/* The organiser's own seats: side by side while they can be had so, else in two runs of two or
 * more, never with one apart. */
START_TEST(I17_own_seats_are_side_by_side)
{
    static const int sizes[] = {4, 3, 5, 2, 4, 3, 2, 5, 4, 2, 3, 4, 2, 3, 4, 2};
    int together = 0, apart = 0;
    house(6);
    PN_AUTO_UNIT p = ops();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char phone[16], sql[500];
        bool one = any_run(sizes[i]);
        snprintf(phone, sizeof phone, "1377777%04d", (int)i);
        if (pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = sizes[i],
                .phone = phone, .channel = {PN_CHANNEL_OWN}}, &o)) {
            ck_assert_msg(!one, "%d are free side by side, and refused", sizes[i]);
            continue;
        }
        /* runs of the order: a seat whose left neighbour is not its own begins one */
        snprintf(sql, sizeof sql, "select count(*) * 10 + min(n) from (select seat_block,"
                 " seat_bit - r as run, count(*) as n from (select seat_block, seat_bit,"
                 "  row_number() over (partition by seat_block order by seat_bit) as r"
                 "  from order_seat where order_id = %" PRId64 ") x group by 1, 2) y", o.id);
        int64_t runs = test_sql_int(sql);
        ck_assert_msg(runs / 10 == (one ? 1 : 2) && runs % 10 >= 2, "%d: %d runs, least %d",
                      sizes[i], (int)(runs / 10), (int)(runs % 10));
        together += one;
        apart += !one;
    }
    ck_assert_int_ge(together, 7);
    ck_assert_int_ge(together + apart, 8);
    masks_agree();
}
END_TEST

START_TEST(seats_are_sold_and_come_back)
{
    house(6);
    pn *p = clerk();
    pn_payment y;
    pn_refund r;
    ok(BUY(1, .qty = 2));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, NULL}, &y));
    masks_agree();
    ck_assert_int_eq(test_sql_int("select sum(bit_count(sold::bit(64))) from seat_block"), 2);
    ck_assert_str_eq(test_sql_text("select string_agg(seat_key, ' ' order by seat_no) from ticket"),
                     seats_of(o.id));
    pn_end(p);
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .reason = {PN_REASON_BUYER}},
                       &r));
    ck_assert_int_eq(test_sql_int("select sum(bit_count(sold::bit(64))) from seat_block"), 0);
    masks_agree();
    ok(BUY(2, .qty = 2)); /* the same seats again */
    ck_assert_str_eq(seats_of(o.id), "A/1/5 A/1/6");
    pn_dry_run(p, true); /* a rehearsal tells who would hear of it */
    ok(pn_order_cancel(p, &(struct pn_order_cancel){o.id, NULL}, &(pn_order){0}));
    ck_assert_str_eq(pn_hearers(p), "the buyer by SMS"); /* people, not our own books */
    pn_dry_run(p, false);
    ok(pn_order_cancel(p, &(struct pn_order_cancel){o.id, NULL}, &o));
    masks_agree();
    ok(BUY(3, .qty = 2));
    ck_assert_str_eq(seats_of(o.id), "A/1/5 A/1/6");
    pn_end(p);
    shop_clock(20 * MINUTE);
    p = ops();
    ok(BUY(0, .qty = 2)); /* the hold ran out: no job has to come by */
    ck_assert_str_eq(seats_of(o.id), "A/1/5 A/1/6");
    masks_agree();
    pn_end(p);
}
END_TEST

static const char *tell(int64_t payment, const char *trade, int64_t fen)
{
    static char result[32];
    pn *p = worker();
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, trade, payment, trade, {fen}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &r));
    snprintf(result, sizeof result, "%s", r.result);
    pn_end(p);
    return result;
}

/* A provider's notice after the hold ended: the same seats, while they are free. */
START_TEST(S10_late_money_takes_its_seats)
{
    house(6);
    pn *p = ops();
    pn_payment y, z;
    ok(BUY(0, .qty = 2));
    int64_t first = o.id;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    ok(BUY(1, .qty = 2));
    int64_t second = o.id;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &z));
    pn_end(p);
    shop_clock(16 * MINUTE);
    job("hold_expire");
    masks_agree();
    p = ops();
    const char *taken[] = {NULL, NULL};
    taken[0] = pn_strdup(p, test_sql_text(pn_printf(p, "select min(seat_key) from order_seat where"
                                                    " order_id = %" PRId64, second)));
    taken[1] = pn_strdup(p, test_sql_text(pn_printf(p, "select max(seat_key) from order_seat where"
                                                    " order_id = %" PRId64, second)));
    ok(BUY(2, .seats = {taken, 2})); /* the second one's seats are gone */
    pn_end(p);
    ck_assert_str_eq(tell(y.id, "t1", y.amount_fen.fen), "LATE_APPLIED");
    ck_assert_str_eq(tell(z.id, "t2", z.amount_fen.fen), "LATE_REPLACED");
    ck_assert_str_eq(order_state(first), "ALLOCATED");
    ck_assert_str_eq(order_state(second), "ALLOCATED");
    ck_assert_int_eq(test_sql_int("select count(*) from (select from order_seat group by order_id"
        " having count(distinct seat_block) > 1 or max(seat_bit) - min(seat_bit) > 1) x"), 0);
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 4);
    masks_agree();
}
END_TEST

/* A row of ten: 1-3 run out, 5-10 are sold. The three would leave seat 4 alone (I16). */
START_TEST(I16_late_money_leaves_no_seat_alone)
{
    house(6);
    test_sql("update seat_block set held = mask where row_name <> '1'");
    test_sql("update stock set qty_held = 20");
    pn *p = ops();
    pn_payment y;
    ok(BUY(0, .qty = 3, NAMED("A/1/1", "A/1/2", "A/1/3")));
    int64_t late = o.id;
    ok(pn_payment_create(p, &(struct pn_payment_create){o.id, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    shop_clock(16 * MINUTE);
    job("hold_expire");
    p = ops();
    ok(BUY(1, .qty = 6, NAMED("A/1/5", "A/1/6", "A/1/7", "A/1/8", "A/1/9", "A/1/10")));
    pn_end(p);
    ck_assert_str_eq(tell(y.id, "t1", y.amount_fen.fen), "LATE_REFUND");
    ck_assert_str_eq(order_state(late), "REFUNDING");
    masks_agree();
}
END_TEST

/* ---- seats that a merchant has on offer ---- */

/* Who bought these offers them; the organiser's rows are those of a plan. */
static void offered(const char *seat)
{
    char sql[400];
    int64_t listing = lot_of(.qty = 1);
    test_sql("update seat_block set plan_row_id = id");
    snprintf(sql, sizeof sql, "insert into seat_claim (sk, session_id, seat_key, listing_id,"
             " merchant_id, at) values (1, %d, '%s', %" PRId64 ", 101, now())", SESSION, seat,
             listing);
    test_sql(sql);
}

static const char *held_for_merchants(void)
{
    return test_sql_text("select coalesce((select string_agg(concat_ws('/', b.section, b.row_name,"
        " b.labels[i + 1]), ' ') from seat_hold h join seat_hold_part q on q.hold_id = h.id"
        " join seat_block b on b.id = q.block_id and b.held & q.seats = q.seats"
        " cross join generate_series(0, 9) i where h.kind = 'MERCHANT' and h.state = 'ACTIVE'"
        " and q.seats >> i & 1 = 1), '-') || ' ' || (select qty_held from stock"
        " where lot_id = tier_id)");
}

START_TEST(I02_a_refunded_seat_on_offer_is_not_sold_again)
{
    house(6);
    pn *p = clerk();
    pn_payment y;
    pn_refund r;
    ok(BUY(1, NAMED("A/1/5", "A/1/6")));
    ok(pn_payment_cash(p, &(struct pn_payment_cash){o.id, {0}, NULL}, &y));
    offered("A/1/6");
    pn_end(p);
    p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = o.id, .reason = {PN_REASON_BUYER}},
                       &r));
    ck_assert_str_eq(held_for_merchants(), "A/1/6 1");
    masks_agree();
    fails(PN_ESEAT_TAKEN, BUY(2, NAMED("A/1/6", "A/1/7")));
    ok(BUY(2, NAMED("A/1/4", "A/1/5")));
    masks_agree();
    ck_assert_int_eq(test_sql_int("select count(*) from outbox where event = 'seat.kept'"), 1);
    pn_end(p);
}
END_TEST

START_TEST(I02_a_seat_on_offer_that_an_order_gives_up_is_not_sold_again)
{
    house(6);
    PN_AUTO_UNIT p = ops();
    ok(BUY(0, NAMED("A/1/1", "A/1/2")));
    test_sql("update orders set status = 'PAID'");
    test_sql("update order_seat set state = 'SOLD'");
    test_sql("update seat_block set sold = busy, busy = 0");
    test_sql("update stock set qty_sold = qty_locked, qty_locked = 0");
    offered("A/1/1");
    ok(pn_order_reseat(p, &(struct pn_order_reseat){.id = o.id, NAMED_AS(from, "A/1/1", "A/1/2"),
        NAMED_AS(to, "A/1/5", "A/1/6"), .reason = "test"}, &(pn_order){0}));
    ck_assert_str_eq(held_for_merchants(), "A/1/1 1");
    fails(PN_ESEAT_TAKEN, BUY(1, NAMED("A/1/1", "A/1/2")));
}
END_TEST

/* ---- T27: two clerks move two orders ---- */

static int64_t two[2];
static int moved[2];

#define MOVE(u, order_, from_, to_)                                                                \
    pn_order_reseat(u, &(struct pn_order_reseat){.id = order_, .from = {from_, 2},                 \
                                                 .to = {to_, 2}, .reason = "test"}, &(pn_order){0})

static void *to_the_same(void *arg)
{
    int me = *(int *)arg;
    const char *mine[][2] = {{"A/1/1", "A/1/2"}, {"A/1/3", "A/1/4"}}, *best[] = {"A/2/5", "A/2/6"};
    pn *p = clerk();
    moved[me] = MOVE(p, two[me], mine[me], best);
    pn_end(p);
    return NULL;
}

static void *to_each_other(void *arg)
{
    int me = *(int *)arg;
    pn *p = clerk();
    const char *home[2][2] = {{"A/3/1", "A/3/2"}, {"A/3/3", "A/3/4"}};
    const char *away[2][2] = {{"A/3/7", "A/3/8"}, {"A/3/9", "A/3/10"}};
    for (int i = 0; i < 20 && !moved[me]; i++)
        moved[me] = i % 2 ? MOVE(p, two[me], away[me], home[me])
                          : MOVE(p, two[me], home[me], away[me]);
    pn_end(p);
    return NULL;
}

static void both(void *(*clerk_does)(void *))
{
    pthread_t t[2];
    int me[] = {0, 1};
    memset(moved, 0, sizeof moved);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, clerk_does, &me[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    masks_agree();
}

START_TEST(T27_two_clerks_move_two_orders)
{
    house(6);
    PN_AUTO_UNIT p = ops();
    const char *a[] = {"A/1/1", "A/1/2"}, *b[] = {"A/1/3", "A/1/4"}, *gap[] = {"A/2/2", "A/2/3"};
    ok(BUY(0, NAMED("A/1/1", "A/1/2")));
    two[0] = o.id;
    ok(BUY(1, NAMED("A/1/3", "A/1/4")));
    two[1] = o.id;
    fails(PN_ESEAT_TAKEN, MOVE(p, two[0], a, b)); /* A to B's seats: all stays */
    fails(PN_ESINGLE, MOVE(p, two[0], a, gap));
    fails(PN_ESTATE, MOVE(p, two[0], b, gap)); /* those are not its */
    ck_assert_str_eq(seats_of(two[0]), "A/1/1 A/1/2");
    masks_agree();
    both(to_the_same);
    ck_assert_int_eq(!moved[0] + !moved[1], 1);
    ck_assert_int_eq(moved[0] + moved[1], PN_ESEAT_TAKEN);
    int won = moved[0] != 0;
    ck_assert_str_eq(seats_of(two[won]), "A/2/5 A/2/6");
    const char *best[] = {"A/2/5", "A/2/6"}, *home[][2] = {{"A/3/1", "A/3/2"}, {"A/3/3", "A/3/4"}};
    ok(MOVE(p, two[0], won ? a : best, home[0]));
    ok(MOVE(p, two[1], won ? best : b, home[1]));
    both(to_each_other);
    ck_assert_int_eq(moved[0] + moved[1], 0);
    ck_assert_str_eq(seats_of(two[0]), "A/3/1 A/3/2");
    ck_assert_int_eq(test_sql_int("select deadlocks from pg_stat_database"
                                  " where datname = current_database()"), 0);
    pn_payment y;
    PN_AUTO_UNIT till = clerk();
    ok(pn_payment_cash(till, &(struct pn_payment_cash){.order = two[0]}, &y));
    fails(PN_ESTATE, MOVE(p, two[0], home[0], a)); /* its tickets are out */
    masks_agree();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("numbered");
    TCase *c = tcase_create("numbered");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, the_best_seats_together);
    tcase_add_test(c, what_was_picked_is_held_for_a_shorter_time);
    tcase_add_test(c, S12_a_seat_picked);
    tcase_add_test(c, S12_named_seats_or_none);
    tcase_add_test(c, seats_are_named_where_there_are_some);
    tcase_add_test(c, S12_one_of_a_crowd_gets_the_seats);
    tcase_add_test(c, a_house_sold_out_in_batches);
    tcase_add_test(c, I17_own_seats_are_side_by_side);
    tcase_add_test(c, seats_are_sold_and_come_back);
    tcase_add_test(c, S10_late_money_takes_its_seats);
    tcase_add_test(c, I16_late_money_leaves_no_seat_alone);
    tcase_add_test(c, I02_a_refunded_seat_on_offer_is_not_sold_again);
    tcase_add_test(c, I02_a_seat_on_offer_that_an_order_gives_up_is_not_sold_again);
    tcase_add_test(c, T27_two_clerks_move_two_orders);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
