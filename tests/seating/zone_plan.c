/* SPDX-License-Identifier: Apache-2.0 */
/* Zone plans: every seat in one zone, going live, and plans that follow while tickets are sold. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hall_int.h"
#include "seating/seat.h"
#include "seating/seat_hold.h"
#include "catalog/session.h"
#include "catalog/show.h"
#include "catalog/tier.h"
#include "base/crypt_int.h"
#include "base/outbox_int.h"
#include "goods/stock.h"
#include "order/order.h"
#include "order/payment.h"

static pn *p;
static pn_zone_plan plan;
static int64_t live_id;

/* Five rows of ten seats. */
#define HALL                                                                                       \
    "section,row,from,to\nA,1,1,10\nA,2,1,10\nA,3,1,10\nB,1,1,10\nB,2,1,10\n"

static void setup(void)
{
    test_db_setup();
    p = person(1);
    make_hall(p, HALL);
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static int try_draft(const char *a, const char *b, int64_t tier)
{
    pn_zone_ask zones[] = {{"前", tier_a(), "red", "N", a}, {"后", tier, "", "", b}};
    return pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = the_session(),
                              .zones = {zones, 2}}, &plan);
}

static int live(int64_t id)
{
    return pn_zone_plan_live(p, &(struct pn_zone_plan_live){.id = id}, &plan);
}

/* Until nobody has anything more to say. */
static void hand_over(void)
{
    int64_t done;
    do {
        PN_AUTO_UNIT w = test_begin(PN_ROLE_SYSTEM);
        ck_assert_int_eq(pni_outbox_relay(w, &done), 0);
    } while (done);
    ck_assert_str_eq(test_sql_text("select coalesce(min(event || ': ' || error), '') from outbox"),
                     "");
}

static const struct { const char *a, *b, *words; } bad_cuts[] = {
    {"A", "B; A/1/3", "Seat A/1/3 is in zone “后” and in another one"},
    {"A/1..2", "B", "10 seats are in no zone, the first is A/3/1"},
    {"A", "C", "“C” names no seat here"},
    {"A", "B; -B", "has no seats"},
    {"A", "B/1/0..3x", "names no seat here"},
    {"A", "B/1/1/1/1", "names no seat here"},
    {"A; B/*/*; -B/2/9..10", "B/2/9", "1 seats are in no zone, the first is B/2/10"},
};

START_TEST(each_seat_is_in_one_zone)
{
    fails(PN_EARG, try_draft(bad_cuts[_i].a, bad_cuts[_i].b, tier_b()));
    ck_assert_msg(strstr(pn_error(p)->message, bad_cuts[_i].words) != NULL, "%s",
                  pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select count(*) from zone_plan"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from zone_row"), 0);
}
END_TEST

START_TEST(tiers_are_the_sessions_own)
{
    fails(PN_EARG, try_draft("A", "B", 4096));
    pn_zone_ask all = {"前", tier_a(), "", "", "A; B"};
    struct pn_zone_plan_draft in = {.session = 4096, .zones = {&all, 1}};
    fails(PN_ENONE, pn_zone_plan_draft(p, &in, &plan));
    in.session = the_session();
    in.plan = 4096;
    fails(PN_ENONE, pn_zone_plan_draft(p, &in, &plan));
    test_sql("delete from seat_plan_row");
    test_sql("delete from seat_plan");
    fails(PN_ENONE, try_draft("A", "B", tier_b()));
}
END_TEST

START_TEST(going_live_makes_seats_and_stock)
{
    pn_seat_found best;
    pn_page page;
    live_id = go_live(p, "A", "B");
    adds_up();
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block"), 5);
    ck_assert_str_eq(test_sql_text("select string_agg(qty_total::text, ',' order by lot_id)"
                                   " from stock"), "30,20");
    ck_assert_str_eq(test_sql_text("select string_agg(delta::text, ',' order by id) from"
                                   " stock_move where reason like 'zone plan 1: test'"),
                     "-70,-80");
    ck_assert_int_eq(test_sql_int("select count(*) from stock where seat_stamp = 0"), 0);
    /* the best seats are in the middle of the row at the stage */
    ok(pn_seat_find(p, &(struct pn_seat_find){.tier = tier_a(), .qty = 2}, &best));
    ck_assert_str_eq(best.seats.v[0], "A/1/5");
    ck_assert_str_eq(best.seats.v[1], "A/1/6");
    ck_assert_int_eq(best.amount.fen, 2 * 58000);
    ok(pn_zone_plan_zones(p, &(pn_list){0}, &page));
    const pn_zone *z = page.rows.row;
    ck_assert_uint_eq(page.rows.n, 2);
    ck_assert_str_eq(z[0].name, "前");
    ck_assert_str_eq(z[0].colour, "red");
    ck_assert_str_eq(z[0].gate_group, "N");
    ck_assert_int_eq(z[1].seats, 20);
    fails(PN_ESTATE, live(live_id));
    fails(PN_ESTATE, pn_zone_plan_withdraw(p, &(struct pn_zone_plan_withdraw){.id = live_id},
                                           &plan));
}
END_TEST

/* I20, and the plan's part of S34. */
START_TEST(i20_a_sold_seat_keeps_its_tier)
{
    pn_zone_changes diff;
    live_id = go_live(p, "A", "B");
    take(tier_a(), "A", "3", 1 << 4 | 1 << 5, "sold");
    take(tier_a(), "A", "3", 1 << 6, "busy");
    int64_t block = test_sql_int("select id from seat_block where sold <> 0");
    int64_t stamp = test_sql_int("select max(seat_stamp) from stock");
    int64_t second = draft(p, "A/1..2", "B; A/3");
    ok(pn_zone_plan_diff(p, &(struct pn_zone_plan_diff){second}, &diff));
    const pn_zone_change *c = diff.changes.row;
    ck_assert_uint_eq(diff.changes.n, 1);
    ck_assert_int_eq(c->seats, 10);
    ck_assert_int_eq(c->taken, 3);
    ck_assert_str_eq(c->first, "A/3/1");
    ck_assert_int_eq(c->from_tier, tier_a());
    ck_assert_int_eq(c->to_tier, tier_b());
    fails(PN_ESTATE, live(second));
    ck_assert_msg(strstr(pn_error(p)->message, "3 sold or locked seats would be moved: A/3/5,"
                         " A/3/6, A/3/7") != NULL, "%s", pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select max(seat_stamp) from stock"), stamp);
    ck_assert_str_eq(test_sql_text("select string_agg(state, ',' order by version) from zone_plan"),
                     "LIVE,DRAFT");
    adds_up();
    /* the rest of the row may go */
    int64_t third = draft(p, "A/1..2; A/3/5..7", "B; A/3/1..4; A/3/8..10");
    ok(live(third));
    ck_assert_int_eq(plan.version, 3);
    ck_assert_str_eq(test_sql_text("select string_agg(state, ',' order by version) from zone_plan"),
                     "RETIRED,DRAFT,LIVE");
    ck_assert_str_eq(test_sql_text("select string_agg(qty_total::text, ',' order by lot_id)"
                                   " from stock"), "23,27");
    ck_assert_int_eq(test_sql_int("select id from seat_block where sold <> 0"), block);
    ck_assert_int_eq(test_sql_int("select mask from seat_block where sold <> 0"), 7 << 4);
    adds_up();
    ok(pn_zone_plan_withdraw(p, &(struct pn_zone_plan_withdraw){.id = second}, &plan));
    ck_assert_int_eq(plan.state.v, PN_ZONE_PLAN_RETIRED);
}
END_TEST

static void on_sale(void)
{
    test_sql("update show set status = 'PUBLISHED'");
    test_sql("update session set status = 'ON_SALE', sale_at = now() - interval '1 day'");
}

static int64_t bought(const char *first, const char *second, bool paid)
{
    const char *keys[] = {first, second};
    PN_AUTO_UNIT till = test_begin(PN_ROLE_BOXOFFICE | PN_ROLE_OPS);
    pn_order o;
    pn_payment y;
    ck_assert_int_eq(pni_crypt_init(till), 0);
    ck_assert_msg(!pn_order_submit(till, &(struct pn_order_submit){.tier = tier_a(),
                      .phone = "13800138000", .channel = {PN_CHANNEL_OWN}, .seats = {keys, 2}},
                      &o), "%s", pn_error(till)->message);
    if (paid)
        ck_assert_int_eq(pn_payment_cash(till, &(struct pn_payment_cash){.order = o.id}, &y), 0);
    return o.id;
}

/* The seats of every order are bits of the block that it points at (I02). */
static void orders_agree(void)
{
    ck_assert_int_eq(test_sql_int(
        "select count(*) from order_seat e left join seat_block b on b.sk = e.sk"
        " and b.id = e.seat_block where case e.state when 'HELD' then b.busy when 'SOLD'"
        " then b.sold end >> e.seat_bit::int & 1 is distinct from 1"), 0);
    ck_assert_int_eq(test_sql_int(
        "select count(*) from seat_block b where bit_count((b.busy | b.sold)::bit(64)) <> (select"
        " count(*) from order_seat e where e.sk = b.sk and e.seat_block = b.id"
        " and e.state in ('HELD', 'SOLD'))"), 0);
    adds_up();
}

static const char *zone_of(const char *seat)
{
    char sql[300];
    snprintf(sql, sizeof sql, "select z.name from order_seat e join seat_block b on b.id ="
             " e.seat_block join zone z on z.id = b.zone_id where e.seat_key = '%s'", seat);
    return test_sql_text(sql);
}

/* One row, two zones of one tier: what `side` names goes by the south gates. */
static int64_t two_zones(const char *front, const char *side)
{
    pn_zone_ask zones[] = {{"前", tier_a(), "red", "N", front},
                           {"侧", tier_a(), "green", "S", side},
                           {"后", tier_b(), "blue", "S", "B"}};
    ok(pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = the_session(),
                                                          .zones = {zones, 3}}, &plan));
    return plan.id;
}

START_TEST(i20_sold_seats_of_one_row_go_along_into_two_zones)
{
    pn_zone_changes diff;
    pn_payment y;
    go_live(p, "A", "B");
    on_sale();
    bought("A/3/1", "A/3/2", true);
    bought("A/3/9", "A/3/10", true);
    int64_t unpaid = bought("A/3/7", "A/3/8", false);
    hand_over();
    test_sql("update show set status = 'DRAFT'"); /* one person cuts it anew */
    int64_t cut = two_zones("A/1..2; A/3/1..5", "A/3/6..10");
    ok(pn_zone_plan_diff(p, &(struct pn_zone_plan_diff){cut}, &diff));
    const pn_zone_change *c = diff.changes.row;
    ck_assert_uint_eq(diff.changes.n, 1);
    ck_assert_str_eq(c->from_zone, "前");
    ck_assert_str_eq(c->to_zone, "侧");
    ck_assert_int_eq(c->seats, 5);
    ck_assert_int_eq(c->taken, 0);
    ck_assert_int_eq(c->kept, 4);
    ok(live(cut));
    hand_over();
    ck_assert_str_eq(zone_of("A/3/2"), "前");
    ck_assert_str_eq(zone_of("A/3/7"), "侧");
    ck_assert_str_eq(zone_of("A/3/10"), "侧");
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block where row_name = '3'"
                                  " and section = 'A'"), 2);
    orders_agree();
    ck_assert_str_eq(test_sql_text("select string_agg(seat_key || ' ' || gate_group, ','"
                                   " order by seat_key) from ticket"),
                     "A/3/1 N,A/3/10 S,A/3/2 N,A/3/9 S");
    /* who had them locked pays for them where they are now */
    test_sql("update show set status = 'PUBLISHED'");
    PN_AUTO_UNIT till = test_begin(PN_ROLE_BOXOFFICE | PN_ROLE_OPS);
    ck_assert_int_eq(pn_payment_cash(till, &(struct pn_payment_cash){.order = unpaid}, &y), 0);
    orders_agree();
    /* and back: two blocks become one */
    test_sql("update show set status = 'DRAFT'");
    ok(live(draft(p, "A", "B")));
    ck_assert_str_eq(zone_of("A/3/10"), "前");
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block where row_name = '3'"
                                  " and section = 'A'"), 1);
    orders_agree();
    /* but nowhere out of their tier */
    fails(PN_ESTATE, live(draft(p, "A/1..2; A/3/1..9", "B; A/3/10")));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "1 sold or locked seats would be moved:"
                                                       " A/3/10"));
    orders_agree();
}
END_TEST

static void *goes_live(void *cut)
{
    PN_AUTO_UNIT q = person(1);
    pn_zone_plan out;
    int rc = pn_zone_plan_live(q, &(struct pn_zone_plan_live){.id = *(int64_t *)cut}, &out);
    ck_assert_msg(!rc, "%s", pn_error(q)->message);
    return NULL;
}

static void *pays(void *order)
{
    PN_AUTO_UNIT till = test_begin(PN_ROLE_BOXOFFICE | PN_ROLE_OPS);
    pn_payment y;
    int rc = pn_payment_cash(till, &(struct pn_payment_cash){.order = *(int64_t *)order}, &y);
    ck_assert_msg(!rc, "%s", pn_error(till)->message);
    return NULL;
}

static void until_waiting(int n)
{
    while (test_sql_int("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                        " and datname = current_database()") < n)
        usleep(2000);
}

/* The buyer's statement saw the old block, and comes to it when it is another. */
START_TEST(i20_paid_for_while_the_row_is_cut)
{
    pthread_t cutter, buyer;
    go_live(p, "A", "B");
    on_sale();
    int64_t order = bought("A/3/9", "A/3/10", false);
    test_sql("update show set status = 'DRAFT'");
    int64_t cut = two_zones("A/1..2; A/3/1..5", "A/3/6..10");
    pn_end(p);
    test_sql("update show set status = 'PUBLISHED'");
    test_sql("update zone_plan set author_id = 2");
    PGconn *somebody = PQconnectdb(test_db_dsn());
    PQclear(PQexec(somebody, "begin"));
    PQclear(PQexec(somebody, "select from stock for update"));
    ck_assert_int_eq(pthread_create(&cutter, NULL, goes_live, &cut), 0);
    until_waiting(1);
    ck_assert_int_eq(pthread_create(&buyer, NULL, pays, &order), 0);
    until_waiting(2);
    PQclear(PQexec(somebody, "commit"));
    PQfinish(somebody);
    pthread_join(cutter, NULL);
    pthread_join(buyer, NULL);
    p = person(1);
    ck_assert_str_eq(zone_of("A/3/10"), "侧");
    ck_assert_int_eq(test_sql_int("select count(*) from order_seat where state = 'SOLD'"), 2);
    ck_assert_int_eq(test_sql_int("select sum(bit_count(sold::bit(64))) from seat_block"), 2);
    orders_agree();
}
END_TEST

static const pn_seat_row *zoned(int64_t version, pn_seat_zoned *z)
{
    ok(pn_seat_zones(p, &(struct pn_seat_zones){.session = the_session(), .zone_plan = version},
                     z));
    return z->rows.row;
}

START_TEST(zones_are_shown_seat_by_seat)
{
    pn_seat_zoned z;
    const pn_seat_row *r = zoned(0, &z); /* no version yet: the hall as it is */
    ck_assert_uint_eq(z.rows.n, 5);
    ck_assert_int_eq(z.zone_plan_id, 0);
    ck_assert_str_eq(r[0].zone, "");
    ck_assert_str_eq(r[0].status, "..........");
    ck_assert_int_eq(r[0].tier_id, 0);
    live_id = go_live(p, "A", "B");
    take(tier_a(), "A", "3", 1 << 4 | 1 << 5, "sold");
    int64_t second = draft(p, "A/1..2; A/3/5..7", "B; A/3/1..4; A/3/8..10");
    r = zoned(0, &z); /* as it is sold */
    ck_assert_int_eq(z.zone_plan_id, live_id);
    ck_assert_int_eq(z.version, 1);
    ck_assert_uint_eq(z.rows.n, 5);
    ck_assert_str_eq(r[2].zone, "前");
    ck_assert_str_eq(r[2].status, "....ss....");
    r = zoned(second, &z); /* a row in two zones is two pieces, with the same seats sold */
    ck_assert_int_eq(z.version, 2);
    ck_assert_uint_eq(z.rows.n, 6);
    ck_assert_str_eq(r[2].zone, "前");
    ck_assert_str_eq(r[2].status, "____ss.___");
    ck_assert_str_eq(r[3].zone, "后");
    ck_assert_str_eq(r[3].status, "....___...");
    ck_assert_int_eq(r[3].free, 7);
    ck_assert_int_eq(r[3].tier_id, tier_b());
    fails(PN_ENONE, pn_seat_zones(p, &(struct pn_seat_zones){.session = the_session(),
                                  .zone_plan = 4096}, &z));
    test_sql("delete from zone_row; delete from zone; delete from zone_plan;"
             " delete from seat_plan_row; delete from seat_plan");
    fails(PN_ENONE, pn_seat_zones(p, &(struct pn_seat_zones){.session = the_session()}, &z));
}
END_TEST

/* A sold seat stays, and other gates lead to it: its ticket admits there, its holder is told. */
START_TEST(tickets_follow_the_gates_of_their_seats)
{
    pn_order o;
    pn_payment y;
    go_live(p, "A", "B");
    PN_AUTO_UNIT till = test_begin(PN_ROLE_BOXOFFICE | PN_ROLE_OPS);
    const char *keys[] = {"A/3/5", "A/3/6"};
    ck_assert_int_eq(pni_crypt_init(till), 0);
    test_sql("update show set status = 'PUBLISHED'");
    test_sql("update session set status = 'ON_SALE', sale_at = now() - interval '1 day'");
    ck_assert_msg(!pn_order_submit(till, &(struct pn_order_submit){.tier = tier_a(),
                      .phone = "13800138000", .channel = {PN_CHANNEL_OWN}, .seats = {keys, 2}},
                      &o), "%s", pn_error(till)->message);
    ck_assert_int_eq(pn_payment_cash(till, &(struct pn_payment_cash){.order = o.id}, &y), 0);
    hand_over();
    ck_assert_str_eq(test_sql_text("select string_agg(gate_group, ',') from ticket"), "N,N");
    ck_assert_int_eq(test_sql_int("select count(*) from notice where kind like '52-%'"), 0);
    test_sql("update show set status = 'DRAFT'"); /* one person cuts it anew */
    /* the third row goes by the south gates, in a zone of the same tier */
    pn_zone_ask zones[] = {{"前", tier_a(), "red", "N", "A/1..2"},
                           {"侧", tier_a(), "green", "S", "A/3"},
                           {"后", tier_b(), "blue", "S", "B"}};
    ok(pn_zone_plan_draft(p, &(struct pn_zone_plan_draft){.session = the_session(),
                                                          .zones = {zones, 3}}, &plan));
    ok(live(plan.id));
    hand_over();
    ck_assert_str_eq(test_sql_text("select string_agg(seat_key || ' ' || gate_group, ','"
                                   " order by seat_key) from ticket"), "A/3/5 S,A/3/6 S");
    ck_assert_str_eq(test_sql_text("select string_agg(note, ',') from ticket_event"
                                   " where event = 'GATES'"), "N → S,N → S");
    ck_assert_int_eq(test_sql_int("select count(*) from notice where kind = '52-gates_changed'"
                                  " and body like '%2张票%S%'"), 1);
    hand_over();
    ck_assert_int_eq(test_sql_int("select count(*) from ticket_event where event = 'GATES'"), 2);
    adds_up();
}
END_TEST

START_TEST(held_seats_go_along)
{
    pn_seat_hold hold;
    live_id = go_live(p, "A", "B");
    ok(pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = the_session(),
                          .kind = {PN_HOLD_HOUSE}, .seats = "A/3/9..10; A/2/1", .reason = "house"},
                          &hold));
    int64_t second = draft(p, "A/1..2; A/3/1..9", "B; A/3/10");
    ok(live(second));
    adds_up();
    ck_assert_str_eq(test_sql_text("select string_agg(qty_held::text, ',' order by lot_id)"
                                   " from stock"), "2,1");
    ok(pn_seat_hold_show(p, &(struct pn_seat_hold_show){hold.id}, &hold));
    ck_assert_int_eq(hold.qty, 3);
    ck_assert_uint_eq(hold.seats.n, 3);
    ok(pn_seat_hold_release(p, &(struct pn_seat_hold_release){.id = hold.id}, &hold));
    adds_up();
    ck_assert_int_eq(test_sql_int("select sum(qty_held) from stock"), 0);
}
END_TEST

START_TEST(another_seat_plan_only_while_nobody_has_a_seat)
{
    pn_seat_plan_imported other;
    int64_t first = go_live(p, "A", "B");
    take(tier_b(), "B", "2", 1, "sold");
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                           .file = HALL "B,3,1,10\n"}, &other));
    pn_zone_ask zones[] = {{"前", tier_a(), "", "", "A"}, {"后", tier_b(), "", "", "B"}};
    struct pn_zone_plan_draft in = {.session = the_session(), .plan = other.id,
                                    .zones = {zones, 2}};
    ok(pn_zone_plan_draft(p, &in, &plan));
    fails(PN_ESTATE, live(plan.id));
    ck_assert_msg(strstr(pn_error(p)->message, "B/2/1") != NULL, "%s", pn_error(p)->message);
    test_sql("update seat_block set sold = 0");
    test_sql("update stock set qty_sold = 0");
    ok(live(plan.id));
    adds_up();
    ck_assert_int_eq(test_sql_int("select sum(qty_total) from stock"), 60);
    ck_assert_int_ne(plan.id, first);
    /* absent, a draft takes the plan that is live */
    test_sql("delete from seat_plan_row where plan_id = (select min(id) from seat_plan)");
    in.plan = 0;
    ok(pn_zone_plan_draft(p, &in, &plan));
    ck_assert_int_eq(plan.plan_id, other.id);
}
END_TEST

START_TEST(i04_never_more_seats_than_approved)
{
    test_sql("update session set approved_capacity = 49");
    int64_t id = draft(p, "A", "B");
    fails(PN_ECAP, live(id));
    ck_assert_msg(strstr(pn_error(p)->message, "50 seats in all, 49 are approved") != NULL, "%s",
                  pn_error(p)->message);
    ck_assert_int_eq(test_sql_int("select count(*) from seat_block"), 0);
    test_sql("update session set approved_capacity = 50");
    ok(live(id));
    adds_up();
}
END_TEST

START_TEST(a_tier_sold_by_quantity_stays_so)
{
    test_sql("update stock set qty_sold = 1 where lot_id = (select id from tier where code ="
             " 's-1-b')");
    int64_t id = draft(p, "A", "B");
    fails(PN_ESTATE, live(id));
    /* a tier that no zone names goes on by quantity */
    id = draft(p, "A; B", NULL);
    ok(live(id));
    adds_up();
    ck_assert_str_eq(test_sql_text("select string_agg(qty_total::text, ',' order by lot_id)"
                                   " from stock"), "50,100");
}
END_TEST

/* What is sold by seat is counted by its seats alone. */
START_TEST(nobody_else_counts_numbered_seats)
{
    pn_stock stock;
    pn_tier_removed gone;
    go_live(p, "A", "B");
    fails(PN_ESTATE, pn_stock_set(p, &(struct pn_stock_set){tier_a(), 40, "more"}, &stock));
    fails(PN_ESTATE, pn_stock_add(p, &(struct pn_stock_add){tier_a(), -1, "less"}, &stock));
    fails(PN_ESTATE, pn_tier_remove(p, &(struct pn_tier_remove){.id = tier_b()}, &gone));
    adds_up();
}
END_TEST

/* I04 and I05 hold when the permit changes, too. */
START_TEST(i05_a_smaller_permit_is_refused)
{
    pn_seat_hold hold;
    pn_show_row show;
    pn_session session;
    int64_t show_id = id_of("show", "s");
    go_live(p, "A", "B");
    ok(pn_seat_hold_place(p, &(struct pn_seat_hold_place){.session = the_session(),
                          .kind = {PN_HOLD_GIFT}, .seats = "A/3/1..9", .reason = "x"}, &hold));
    fails(PN_ECAP, pn_show_edit(p, &(struct pn_show_edit){.id = show_id, .approved_capacity = 49},
                                &show));
    fails(PN_ECAP, pn_session_edit(p, &(struct pn_session_edit){.id = the_session(),
                                   .approved_capacity = 49}, &session));
    ok(pn_show_edit(p, &(struct pn_show_edit){.id = show_id, .approved_capacity = 60}, &show));
    ok(pn_show_edit(p, &(struct pn_show_edit){.id = show_id, .is_large = {1}}, &show));
    fails(PN_ECAP, pn_show_edit(p, &(struct pn_show_edit){.id = show_id, .approved_capacity = 59},
                                &show));
    ck_assert_msg(strstr(pn_error(p)->message, "9 tickets are withheld from the public, of a large"
                         " show of this size at most 8 may be") != NULL, "%s",
                  pn_error(p)->message);
}
END_TEST

START_TEST(of_a_published_show_by_two_people)
{
    pn *second = person(2);
    int64_t id = draft(p, "A", "B");
    test_sql("update show set status = 'PUBLISHED'");
    fails(PN_EDUAL, live(id));
    ck_assert_int_eq(pn_zone_plan_live(second, &(struct pn_zone_plan_live){.id = id}, &plan), 0);
    ck_assert_int_eq(test_sql_int("select live_by from zone_plan"), 2);
    pn_end(second);
    pn *stranger = test_begin_as(&(pn_actor){.kind = 'G', .id = 9, .login = "g", .organiser = 77,
                                             .roles = PN_ROLE_ORGANISER});
    ck_assert_int_eq(pn_zone_plan_live(stranger, &(struct pn_zone_plan_live){.id = id}, &plan),
                     PN_EPERM);
    ck_assert_int_eq(pn_zone_plan_draft(stranger, &(struct pn_zone_plan_draft){.session =
                     the_session(), .zones = {(pn_zone_ask[]){{"x", tier_a(), "", "", "A"}}, 1}},
                     &plan), PN_EPERM);
    pn_end(stranger);
}
END_TEST

/* 80,000 seats at once: a stadium goes live in one call. */
START_TEST(a_whole_stadium)
{
    size_t size = 100000;
    char *csv = malloc(size), *at = csv;
    pn_seat_plan_imported out;
    pn_seat_found best;
    ck_assert(csv != NULL);
    at += snprintf(at, size, "section,row,from,to\n");
    for (int s = 0; s < 50; s++)
        for (int r = 1; r <= 40; r++)
            at += snprintf(at, size - (size_t)(at - csv), "%c%d,%d,1,40\n", s < 25 ? 'A' : 'B',
                           s, r);
    test_sql("update hall set capacity = 80000");
    ok(pn_seat_plan_import(p, &(struct pn_seat_plan_import){.hall = id_of("hall", "h"),
                                                            .file = csv}, &out));
    free(csv);
    ck_assert_int_eq(out.seats, 80000);
    go_live(p, "*; -B25; -B26", "B25; B26");
    adds_up();
    ck_assert_int_eq(test_sql_int("select sum(qty_total) from stock"), 80000);
    ok(pn_seat_find(p, &(struct pn_seat_find){.tier = tier_a(), .qty = 4}, &best));
    ck_assert_int_eq(best.runs, 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("zone_plan");
    TCase *c = tcase_create("zone_plan");
    suite_add_tcase(s, c);
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, each_seat_is_in_one_zone, 0, (int)(sizeof bad_cuts / sizeof *bad_cuts));
    tcase_add_test(c, tiers_are_the_sessions_own);
    tcase_add_test(c, going_live_makes_seats_and_stock);
    tcase_add_test(c, i20_a_sold_seat_keeps_its_tier);
    tcase_add_test(c, i20_sold_seats_of_one_row_go_along_into_two_zones);
    tcase_add_test(c, i20_paid_for_while_the_row_is_cut);
    tcase_add_test(c, zones_are_shown_seat_by_seat);
    tcase_add_test(c, tickets_follow_the_gates_of_their_seats);
    tcase_add_test(c, held_seats_go_along);
    tcase_add_test(c, another_seat_plan_only_while_nobody_has_a_seat);
    tcase_add_test(c, i04_never_more_seats_than_approved);
    tcase_add_test(c, a_tier_sold_by_quantity_stays_so);
    tcase_add_test(c, nobody_else_counts_numbered_seats);
    tcase_add_test(c, i05_a_smaller_permit_is_refused);
    tcase_add_test(c, of_a_published_show_by_two_people);
    tcase_add_test(c, a_whole_stadium);
    return pn_test_main(s);
}
