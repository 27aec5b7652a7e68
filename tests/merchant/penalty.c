/* SPDX-License-Identifier: Apache-2.0 */
/* penalty.c — penalties by the table, appeals; rebates of a month; and what both do to settlements.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/desk.h"
#include "merchant/force_majeure.h"
#include "merchant/merchant.h"
#include "merchant/penalty.h"
#include "merchant/rebate.h"
#include "merchant/settlement.h"
#include "merchant/supplier.h"
#include "report/check.h"
#include "shop.h"

enum { XL = 4099, DAY_NO = 20767 }; /* 2026-11-10 */

static void setup(void)
{
    test_db_setup();
    market();
    test_sql("update show set purchase_limit_order = 20");
    shop_now = (int64_t)DAY_NO * DAY + 2 * HOUR;
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'xl', 'PRO', 'XL', 'ACTIVE', 'A', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id, score) values (3, 4099, 100)");
}

static void proved(void)
{
    pn *p = ops();
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        if (!strncmp(c->name, "ledger", 6) || !strcmp(c->name, "settlements") ||
            !strcmp(c->name, "penalties") || !strcmp(c->name, "rebates") ||
            !strcmp(c->name, "suppliers"))
            ck_assert_msg(c->drift == 0, "%s drifts at %s", c->name, c->sample);
    pn_end(p);
}

static void teardown(void)
{
    relay();
    proved();
    ledger_balances();
    test_db_teardown();
}

static int64_t sum(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(credit_fen - debit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

/* Money out of nowhere for a pocket. */
static void pocket(int kind, int64_t fen)
{
    static int64_t no = INT64_C(1) << 41;
    pn *p = desk();
    pni_transfer t = {.sk = pn_sk(XL), .debit = {PNI_KIND_BANK, 0, NULL},
                      .credit = {kind, XL, NULL}, .fen = fen, .biz_kind = "OPENING",
                      .biz_id = ++no, .step = "TEST", .rule = "TEST"};
    ok(desk_post(p, &t, 1));
    ck_assert_int_eq(t.status, PNI_TRANSFER_OK);
    pn_end(p);
}

/* A completed order of that settlement, due now. */
static void earned(int n, int64_t fen)
{
    char sql[500];
    pn *p = desk();
    pni_transfer t = {.sk = 1, .debit = {PNI_KIND_BANK, 0, NULL},
                      .credit = {PNI_KIND_ESCROW, 0, NULL}, .fen = fen, .biz_kind = "TEST",
                      .biz_id = (INT64_C(1) << 42) + n, .step = "TEST", .rule = "TEST"};
    ok(desk_post(p, &t, 1));
    pn_end(p);
    snprintf(sql, sizeof sql, "insert into settle_line (sk, id, merchant_id, order_id, order_no,"
             " qty, settle_fen, commission_fen, markup_fen, ready_at, state, created_at,"
             " updated_at) values (3, %d * 4096 + 3, 4099, %d * 4096 + 1, 'PN%d', 1, %" PRId64
             ", 0, 0, '2026-01-01', 'WAITING', now(), now())", 1000 + n, 1000 + n, n, fen);
    test_sql(sql);
}

static pn *as_merchant(void)
{
    pn *p = test_begin_as(&(pn_actor){.kind = 'M', .id = 77, .login = "m", .name = "M",
                                      .roles = PN_ROLE_MERCHANT, .merchant = XL, .via = "test"});
    pn_set_now(p, (pn_time){shop_now});
    return p;
}

/* Paid tickets of ours, settled with so much in all, of a session in so many hours, which were to
 * be shipped so many hours ago. */
static int64_t order_of(int n, int64_t base_fen, int hours, int late)
{
    char sql[900];
    int64_t mine = lot_of(.qty = n);
    snprintf(sql, sizeof sql, "update stock set merchant_id = 4099 where lot_id = %" PRId64
             "; update listing set merchant_id = 4099, settle_fen = %" PRId64
             " where id = %" PRId64, mine, base_fen ? base_fen / n : 100000, mine);
    test_sql(sql);
    pn_order o = paid_n(n, "13800000001");
    snprintf(sql, sizeof sql, "update session set doors_at = v.at, start_at = v.at, stop_sale_at ="
             " v.at, tail_from = v.at, end_at = v.at + interval '2 hours' from (select"
             " to_timestamp(%" PRId64 ") as at) v; update listing set ship_by_kind = 'FIXED',"
             " ship_by_at = to_timestamp(%" PRId64 ")", (shop_now + hours * HOUR) / 1000000,
             (shop_now - late * HOUR) / 1000000);
    test_sql(sql);
    return o.id;
}

static pn_penalty impose(struct pn_penalty_impose in)
{
    pn *p = ops();
    pn_penalty x;
    in.merchant = XL;
    in.reason = "测试";
    ok(pn_penalty_impose(p, &in, &x));
    return x;
}
#define impose(...) impose((struct pn_penalty_impose){__VA_ARGS__})

static int score(void)
{
    return (int)test_sql_int("select score from merchant_stand where merchant_id = 4099");
}

static const struct { int kind, tickets, hours; bool accepted; int64_t base, fen; int score; }
    table[] = {
    {PN_PENALTY_ALLOC_TIMEOUT, 3, 0, false, 0, 1500, -1},
    {PN_PENALTY_SHIP_LATE, 2, 25, false, 100000, 4000, -3},
    {PN_PENALTY_SHIP_LATE, 2, 24, false, 100000, 2000, -3}, /* one day has started */
    {PN_PENALTY_SHIP_LATE, 6, 48, false, 30000, 9000, -3}, /* 30 % at most */
    {PN_PENALTY_DEFAULT, 0, 168, false, 100000, 10000, -5},
    {PN_PENALTY_DEFAULT, 0, 167, false, 100000, 20000, -10},
    {PN_PENALTY_DEFAULT, 0, 71, false, 100000, 30000, -15},
    {PN_PENALTY_DEFAULT, 0, 23, false, 100000, 50000, -20},
    {PN_PENALTY_DEFAULT, 0, 5, false, 100000, 100000, -30},
    {PN_PENALTY_DEFAULT, 0, -3, false, 100000, 100000, -30},
    {PN_PENALTY_WRONG_SEAT, 0, 96, false, 100000, 20000, -10}, /* S20 */
    {PN_PENALTY_WRONG_SEAT, 0, 96, true, 100000, 10000, -10},
    {PN_PENALTY_FAKE, 0, 0, false, 100000, 100000, -60},
    {PN_PENALTY_FALSE_SHIP, 2, 0, false, 0, 4000, -5},
    {PN_PENALTY_DECLINE_LIVE, 0, 0, false, 0, 0, -2},
    {PN_PENALTY_EARLY_DECLARE, 0, 0, false, 0, 0, 0},
};
START_TEST(the_amount_follows_from_the_table)
{
    bool late = table[_i].kind == PN_PENALTY_SHIP_LATE;
    int n = table[_i].tickets ? table[_i].tickets : 2;
    int64_t order = order_of(n, table[_i].base, late ? 200 : table[_i].hours,
                             late ? table[_i].hours : 0);
    pn_penalty x = impose(.kind = {(int16_t)table[_i].kind}, .order = order,
                          .accepted = table[_i].accepted);
    ck_assert_int_eq(x.amount_fen.fen, table[_i].fen);
    ck_assert_int_eq(x.score, table[_i].score);
    ck_assert_int_eq(x.tickets, n);
    ck_assert_int_eq(score(), 100 + table[_i].score);
    ck_assert_int_eq(sum("DEBT"), -table[_i].fen); /* there was nothing to take it from */
}
END_TEST

/* Nothing is typed that makes it dearer; what makes it cheaper has its reason. */
START_TEST(a_fine_is_worked_out_and_may_only_be_less)
{
    int64_t order = order_of(2, 100000, 23, 25);
    pn *p = ops();
    pn_penalty x;
    struct pn_penalty_impose in = {.merchant = XL, .kind = {PN_PENALTY_DEFAULT}, .order = order,
                                   .reason = "x"};
#define MORE(field_, value)                                                                        \
    in.field_ = value;                                                                             \
    fails(PN_EARG, pn_penalty_impose(p, &in, &x));                                                 \
    ck_assert_str_eq(pn_error(p)->field, #field_)
    in.base_fen.fen = 100001;
    fails(PN_EARG, pn_penalty_impose(p, &in, &x));
    ck_assert_str_eq(pn_error(p)->field, "base_fen");
    ck_assert_str_eq(pn_error(p)->message, "Its tickets are settled with 1000.00 yuan");
    in.base_fen.fen = 0;
    MORE(tickets, 3);
    in.tickets = 0;
    MORE(hours, 22); /* told later than it is */
    in.hours = 0;
    in.merchant = 4098; /* of another */
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4098, 'yl', 'PRO', 'YL', 'ACTIVE', 'A', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id, score) values (2, 4098, 100)");
    fails(PN_EARG, pn_penalty_impose(p, &in, &x));
    ck_assert_str_eq(pn_error(p)->field, "order");
    in.merchant = XL;
    in.order = 0;
    fails(PN_EARG, pn_penalty_impose(p, &in, &x));
    ck_assert_str_eq(pn_error(p)->field, "order");
    in.order = order;
    in.kind.v = PN_PENALTY_SHIP_LATE;
    MORE(hours, 26);
    in.hours = 0;
    in.kind.v = PN_PENALTY_REPROCURE_DIFF;
    fails(PN_EARG, pn_penalty_impose(p, &in, &x));
    ck_assert_str_eq(pn_error(p)->field, "amount_fen");
    in.kind.v = PN_PENALTY_DEFAULT;
    in.base_fen.fen = 50000; /* one of two seats */
    in.hours = 30;           /* it was told this morning */
    ok(pn_penalty_impose(p, &in, &x));
    ck_assert_int_eq(x.amount_fen.fen, 15000);
    in = (struct pn_penalty_impose){.merchant = XL, .kind = {PN_PENALTY_SHIP_LATE},
                                    .order = order_of(1, 5000, 300, -1), .reason = "x"};
    fails(PN_ESTATE, pn_penalty_impose(p, &in, &x)); /* not due */
}
END_TEST

static const struct { const char *sql, *words; } excuses[] = {
    {"update session set status = 'CANCELLED'", "cancelled"},
    {"update session set status = 'POSTPONED'", "another time"},
    {"insert into session_change (id, session_id, old_start_at, kind, actor_id, state, at)"
     " select 1, id, start_at, 'RESCHEDULE', 1, 'DONE', '2027-01-01' from session", "another time"},
    {"", "force majeure"},
};
/* §4.12: exempt. Only false tickets are always fined. */
START_TEST(nobody_is_fined_for_what_nobody_could_help)
{
    int64_t order = order_of(2, 100000, 23, 0);
    pn *p = ops();
    pn_penalty x;
    pn_force_majeure f;
    struct pn_penalty_impose in = {.merchant = XL, .kind = {PN_PENALTY_DEFAULT}, .order = order,
                                   .reason = "x"};
    if (*excuses[_i].sql)
        test_sql(excuses[_i].sql);
    else
        ok(pn_force_majeure_declare(p, &(struct pn_force_majeure_declare){SESSION, "台风"}, &f));
    fails(PN_ESTATE, pn_penalty_impose(p, &in, &x));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, excuses[_i].words));
    ck_assert_int_eq(count_of("penalty"), 0);
    in.kind.v = PN_PENALTY_FAKE;
    ok(pn_penalty_impose(p, &in, &x));
    if (*excuses[_i].sql)
        return;
    fails(PN_EEXISTS, pn_force_majeure_declare(p, &(struct pn_force_majeure_declare){SESSION, "x"},
                                               &f));
    ok(pn_force_majeure_lift(p, &(struct pn_force_majeure_lift){SESSION, "误报"}, &f));
    fails(PN_ENONE, pn_force_majeure_lift(p, &(struct pn_force_majeure_lift){SESSION, "x"}, &f));
    in.kind.v = PN_PENALTY_ALLOC_TIMEOUT;
    ok(pn_penalty_impose(p, &in, &x));
    ck_assert_int_eq(x.amount_fen.fen, 0); /* it cost all of its settlement already */
}
END_TEST

START_TEST(silence_costs_more_each_time)
{
    static const int64_t fen[] = {0, 2000, 5000, 5000};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(impose(.kind = {PN_PENALTY_ACCEPT_TIMEOUT}).amount_fen.fen, fen[i]);
    shop_clock(31 * DAY);
    ck_assert_int_eq(impose(.kind = {PN_PENALTY_ACCEPT_TIMEOUT}).amount_fen.fen, 0);
}
END_TEST

START_TEST(I23_an_order_costs_its_settlement_at_most)
{
    pn *p = ops();
    pn_penalty x;
    struct pn_penalty_impose in = {.merchant = XL, .kind = {PN_PENALTY_DEFAULT},
                                   .order = order_of(2, 100000, 23, 0), .reason = "x"};
    ok(pn_penalty_impose(p, &in, &x));
    fails(PN_EEXISTS, pn_penalty_impose(p, &in, &x));
    in.kind.v = PN_PENALTY_FAKE;
    ok(pn_penalty_impose(p, &in, &x));
    ck_assert_int_eq(x.amount_fen.fen, 50000);
    in.kind.v = PN_PENALTY_ALLOC_TIMEOUT; /* nothing is left */
    ok(pn_penalty_impose(p, &in, &x));
    ck_assert_int_eq(x.amount_fen.fen, 0);
}
END_TEST

START_TEST(I45_large_ones_need_two_people)
{
    pn_penalty x = impose(.kind = {PN_PENALTY_FAKE}, .order = order_of(1, 500001, 1, 0));
    ck_assert_int_eq(x.state.v, PN_PENALTY_IS_PROPOSED);
    ck_assert_int_eq(sum("PENALTY_INCOME"), 0);
    pn *p = ops();
    fails(PN_EDUAL, pn_penalty_approve(p, &(struct pn_penalty_approve){x.id, NULL}, &x));
    p = as(PN_ROLE_OPS, OPS2);
    ok(pn_penalty_approve(p, &(struct pn_penalty_approve){x.id, NULL}, &x));
    ck_assert_int_eq(sum("PENALTY_INCOME"), 500001);
    fails(PN_EDUAL, pn_penalty_reverse(p, &(struct pn_penalty_reverse){x.id, "x"}, &x));
    x = impose(.kind = {PN_PENALTY_FAKE}, .order = order_of(1, 600000, 1, 0));
    ok(pn_penalty_reject(p, &(struct pn_penalty_reject){x.id, "无证据"}, &x));
    ck_assert_int_eq(sum("PENALTY_INCOME"), 500001);
}
END_TEST

START_TEST(an_appeal_in_time_may_take_it_back)
{
    pocket(PNI_KIND_AVAILABLE, 3000);
    pn_penalty x = impose(.kind = {PN_PENALTY_FALSE_SHIP}, .order = order_of(2, 100000, 9, 0));
    ck_assert_int_eq(x.debt_fen.fen, 1000);
    pn *p = as_merchant();
    ok(pn_penalty_appeal(p, &(struct pn_penalty_appeal){x.id, "已有揽收记录"}, &x));
    ck_assert_str_eq(x.appeal, "已有揽收记录");
    ck_assert_str_eq(x.answer, "");
    p = ops();
    ok(pn_penalty_reverse(p, &(struct pn_penalty_reverse){x.id, "属实"}, &x));
    ck_assert_str_eq(x.appeal, "已有揽收记录"); /* both are read together */
    ck_assert_str_eq(x.answer, "属实");
    ck_assert_int_eq(sum("AVAILABLE"), 3000);
    ck_assert_int_eq(sum("DEBT"), 0);
    ck_assert_int_eq(sum("PENALTY_INCOME"), 0);
    ck_assert_int_eq(score(), 100);
    fails(PN_ESTATE, pn_penalty_reverse(p, &(struct pn_penalty_reverse){x.id, "x"}, &x));
    x = impose(.kind = {PN_PENALTY_FALSE_SHIP}, .order = order_of(1, 100000, 99, 0));
    shop_clock(73 * HOUR);
    p = as_merchant();
    fails(PN_EEXPIRED, pn_penalty_appeal(p, &(struct pn_penalty_appeal){x.id, "x"}, &x));
    fails(PN_EPERM, pn_penalty_reverse(p, &(struct pn_penalty_reverse){x.id, "x"}, &x));
}
END_TEST

static pn_settlement batch(void)
{
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_settlement s;
    ok(pn_settlement_open(p, &(struct pn_settlement_open){XL}, &s));
    return s;
}

static void settled(pn_settlement s)
{
    pn *p = as_merchant();
    ok(pn_settlement_confirm(p, &(struct pn_settlement_confirm){s.id}, &s));
    for (int i = 0; i < 2 && s.state.v == PN_SETTLEMENT_CONFIRMED; i++) {
        p = as(PN_ROLE_FINANCE, FIN + i);
        ok(pn_settlement_approve(p, &(struct pn_settlement_approve){s.id, NULL}, &s));
    }
    job("settle_post");
    relay();
}

/* S21, the batch: twelve orders 9,800, a penalty of 50, one line of 900 disputed. */
START_TEST(S21_a_batch_is_less_its_penalties)
{
    for (int n = 1; n <= 12; n++)
        earned(n, n <= 10 ? YUAN(800) : YUAN(900));
    job("settle_ready");
    relay();
    ck_assert_int_eq(sum("PENDING"), YUAN(9800));
    pn_penalty x = impose(.kind = {PN_PENALTY_ALLOC_TIMEOUT}, .order = order_of(10, 100000, 99, 0));
    ck_assert_int_eq(x.pending_fen.fen, YUAN(50));
    pn_settlement s = batch();
    ck_assert_int_eq(s.net_fen.fen, YUAN(9750));
    pn *p = as_merchant();
    pn_page page;
    pn_settle_line l;
    ok(pn_settle_line_list(p, &(pn_list){.where = "order_no=PN12"}, &page));
    int64_t line = ((pn_settle_line *)page.rows.row)->id;
    ok(pn_settle_line_dispute(p, &(struct pn_settle_line_dispute){line, "应为 950"}, &l));
    settled(s);
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(8850));
    ck_assert_int_eq(sum("PENDING"), YUAN(900));
    /* what is in a batch, or disputed, is not there for the next penalty */
    x = impose(.kind = {PN_PENALTY_ALLOC_TIMEOUT}, .order = order_of(10, 100000, 99, 0));
    ck_assert_int_eq(x.pending_fen.fen, 0);
    ck_assert_int_eq(x.available_fen.fen, YUAN(50));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_settle_line_resolve(p, &(struct pn_settle_line_resolve){line, "合同为 900"}, &l));
    shop_clock(DAY);
    s = batch();
    ck_assert_int_eq(s.net_fen.fen, YUAN(900));
    settled(s);
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(9700));
    ck_assert_int_eq(sum("PENDING"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from (select order_id from settle_line where"
                                  " kind = 'ORDER' group by 1 having count(*) > 1) x"), 0);
}
END_TEST

/* What is taken back is in the merchant's batch again, or, when that is settled, in the next. */
START_TEST(a_penalty_taken_back_is_settled_after_all)
{
    earned(1, YUAN(800));
    job("settle_ready");
    relay();
    for (int late = 0; late < 2; late++) {
        pn_penalty x = impose(.kind = {PN_PENALTY_ALLOC_TIMEOUT},
                              .order = order_of(10, 100000, 99, 0));
        ck_assert_int_eq(x.pending_fen.fen, YUAN(50));
        ck_assert_int_eq(sum("PENDING"), YUAN(750));
        if (late) {
            pn_settlement s = batch();
            ck_assert_int_eq(s.net_fen.fen, YUAN(750));
            settled(s);
            ck_assert_int_eq(sum("AVAILABLE"), YUAN(750));
        }
        pn *p = ops();
        ok(pn_penalty_reverse(p, &(struct pn_penalty_reverse){x.id, "误判"}, &x));
        relay();
        ck_assert_int_eq(sum("PENDING"), late ? YUAN(50) : YUAN(800));
        ck_assert_int_eq(sum("PENALTY_INCOME"), 0);
        ck_assert_int_eq(test_sql_int("select sum(settle_fen)::bigint from settle_line"
                                      " where kind = 'PENALTY'"), 0);
    }
    shop_clock(DAY);
    pn_settlement s = batch();
    ck_assert_int_eq(s.net_fen.fen, YUAN(50));
    settled(s);
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(800));
    ck_assert_int_eq(sum("PENDING"), 0);
}
END_TEST

/* P11 the other way round: a supplier owes us for what we sold of it, and pays by bank. */
START_TEST(a_suppliers_rebate_is_owed_to_us)
{
    earned(1, YUAN(320000));
    job("settle_ready");
    relay();
    settled(batch());
    test_sql("update merchant set kind = 'SUPPLIER'");
    shop_clock(25 * DAY);
    job("rebate_calc");
    shop_clock(2 * DAY);
    job("rebate_post");
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(320000));
    ck_assert_int_eq(sum("SUPPLIER_RECEIVABLE"), -YUAN(3200));
    ck_assert_int_eq(sum("REBATE_INCOME"), YUAN(3200));
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_supplier v;
    fails(PN_EBALANCE, pn_supplier_receive(p, &(struct pn_supplier_receive){XL, {YUAN(3201)},
                                           "B1"}, &v));
    ok(pn_supplier_receive(p, &(struct pn_supplier_receive){XL, {YUAN(3200)}, "B1"}, &v));
    ck_assert_int_eq(v.receivable_fen.fen, 0);
    pn_end(p);
}
END_TEST

/* S21, the rebate: 320,000 settled in a month, 3,200 on the fifth of the next. */
START_TEST(S21_a_good_month_has_its_rebate)
{
    earned(1, YUAN(320000));
    job("settle_ready");
    relay();
    settled(batch());
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(320000));
    job("rebate_calc"); /* the month is not over */
    ck_assert_int_eq(count_of("rebate"), 0);
    shop_clock(22 * DAY); /* 2 December */
    job("rebate_calc");
    ck_assert_int_eq(count_of("rebate"), 0);
    shop_clock(DAY);
    job("rebate_calc");
    job("rebate_calc");
    ck_assert_int_eq(count_of("rebate where amount_fen = 320000 and bp = 100"), 1);
    job("rebate_post");
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(320000));
    shop_clock(2 * DAY);
    job("rebate_post");
    job("rebate_post");
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(323200));
    ck_assert_int_eq(sum("REBATE_EXPENSE"), -YUAN(3200));
}
END_TEST

START_TEST(a_month_with_defaults_has_none)
{
    earned(1, YUAN(320000));
    job("settle_ready");
    relay();
    settled(batch());
    (void)impose(.kind = {PN_PENALTY_DEFAULT}, .order = order_of(2, 100000, 200, 0));
    shop_clock(30 * DAY);
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_rebate r;
    fails(PN_ESTATE, pn_rebate_calc(p, &(struct pn_rebate_calc){XL, {DAY_NO}}, &r));
    /* it is taken back on appeal: then the month is good after all */
    int64_t id = test_sql_int("select id from penalty");
    pn_penalty x;
    p = ops();
    ok(pn_penalty_reverse(p, &(struct pn_penalty_reverse){id, "误判"}, &x));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_rebate_calc(p, &(struct pn_rebate_calc){XL, {DAY_NO}}, &r));
    ok(pn_rebate_post(p, &(struct pn_rebate_post){r.id}, &r));
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(323200));
    /* and a default that shows later takes it back, as far as there is money */
    char sql[100];
    snprintf(sql, sizeof sql, "update penalty set state = 'UPHELD' where id = %" PRId64, id);
    test_sql(sql);
    ok(pn_rebate_calc(p, &(struct pn_rebate_calc){XL, {DAY_NO}}, &r));
    ck_assert_int_eq(r.amount_fen.fen, -YUAN(3200));
    ok(pn_rebate_post(p, &(struct pn_rebate_post){r.id}, &r));
    ck_assert_int_eq(sum("AVAILABLE"), YUAN(320000));
    test_sql("update penalty set state = 'REVERSED'");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("penalty");
    TCase *c = tcase_create("penalty");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, the_amount_follows_from_the_table, 0,
                        (int)(sizeof table / sizeof *table));
    tcase_add_test(c, a_fine_is_worked_out_and_may_only_be_less);
    tcase_add_loop_test(c, nobody_is_fined_for_what_nobody_could_help, 0,
                        (int)(sizeof excuses / sizeof *excuses));
    tcase_add_test(c, silence_costs_more_each_time);
    tcase_add_test(c, I23_an_order_costs_its_settlement_at_most);
    tcase_add_test(c, I45_large_ones_need_two_people);
    tcase_add_test(c, an_appeal_in_time_may_take_it_back);
    tcase_add_test(c, S21_a_batch_is_less_its_penalties);
    tcase_add_test(c, a_penalty_taken_back_is_settled_after_all);
    tcase_add_test(c, a_suppliers_rebate_is_owed_to_us);
    tcase_add_test(c, S21_a_good_month_has_its_rebate);
    tcase_add_test(c, a_month_with_defaults_has_none);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
