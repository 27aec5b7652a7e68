/* SPDX-License-Identifier: Apache-2.0 */
/* pockets.c — out of what a merchant pays what it owes us: its order first, then the deposit of its
 * offer, then the rest; and an offer always knows what is frozen for it. */
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goods/listing.h"
#include "merchant/penalty.h"
#include "merchant/settlement.h"
#include "merchant/wallet.h"
#include "report/check.h"

enum { XL = 4099 };
static const char *const phone = "13800000001";

static int64_t pocket(const char *kind)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(credit_fen - debit_fen), 0)::bigint"
             " from ledger_account where kind = '%s'", kind);
    return test_sql_int(sql);
}

static void paid_in(int64_t fen, bool guarantee)
{
    static int no;
    pn *p = as(PN_ROLE_FINANCE, FIN);
    pn_wallet w;
    char line[20];
    snprintf(line, sizeof line, "line-%d", ++no);
    ok(pn_wallet_recharge(p, &(struct pn_wallet_recharge){.id = XL, .amount_fen = {fen},
                                                          .reference = line,
                                                          .guarantee = guarantee}, &w));
    pn_end(p);
}

static void setup(void)
{
    test_db_setup();
    market();
    test_sql("insert into merchant (id, code, kind, name, status, level, commission_bp, created_at,"
             " updated_at) values (4099, 'xl', 'PRO', 'XL', 'ACTIVE', 'B', 500, now(), now());"
             "insert into merchant_stand (sk, merchant_id, score) values (3, 4099, 100)");
}

static void teardown(void)
{
    relay();
    books_proven();
    test_db_teardown();
}

/* An offer of ours with that deposit, need and all. */
static int64_t offer(int qty, int64_t settle_fen, const char *kind, int64_t unit_fen,
                     int64_t need_fen, int64_t fund_fen)
{
    char sql[400];
    pn_listing l;
    int64_t id = lot_of(.qty = qty, .state = "PAUSED", .deposit_unit_fen = unit_fen);
    snprintf(sql, sizeof sql, "update listing set merchant_id = 4099, settle_fen = %" PRId64
             ", kind = '%s', deposit_need_fen = %" PRId64 " where id = %" PRId64
             "; update stock set merchant_id = 4099 where lot_id = %" PRId64, settle_fen, kind,
             need_fen, id, id);
    test_sql(sql);
    snprintf(sql, sizeof sql, "insert into price_history (sk, id, listing_id, reason, ask_fen,"
             " sale_fen, settle_fen, actor_id, at) select sk, id, id, 'LISTED', ask_fen, sale_fen,"
             " settle_fen, 1, now() from listing where id = %" PRId64, id);
    test_sql(sql);
    if (!fund_fen)
        return id;
    pn *p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_listing_fund(p, &(struct pn_listing_fund){id, {fund_fen}, "receipt"}, &l));
    pn_end(p);
    snprintf(sql, sizeof sql, "update listing set state = 'LIVE' where id = %" PRId64, id);
    test_sql(sql);
    return id;
}

static pn_listing now_of(int64_t id)
{
    pn *p = ops();
    pn_listing_detail d;
    ok(pn_listing_show(p, &(struct pn_listing_show){id}, &d));
    pn_end(p);
    return d.row;
}

/* The session starts in so many hours. */
static void starts_in(int hours)
{
    char sql[400];
    snprintf(sql, sizeof sql, "update session set doors_at = v.at, start_at = v.at, stop_sale_at ="
             " v.at, tail_from = v.at - interval '2 days', end_at = v.at + interval '2 hours' from"
             " (select to_timestamp(%" PRId64 ") as at) v", (shop_now + hours * HOUR) / 1000000);
    test_sql(sql);
}

static pn_penalty impose(struct pn_penalty_impose in)
{
    pn *p = ops();
    pn_penalty x;
    in.merchant = XL;
    in.reason = "测试";
    ok(pn_penalty_impose(p, &in, &x));
    pn_end(p);
    return x;
}
#define impose(...) impose((struct pn_penalty_impose){__VA_ARGS__})

/* What the order brought waits for its batch. */
static void earned(int64_t order, int64_t fen)
{
    static int n;
    char sql[600];
    n++;
    snprintf(sql, sizeof sql, "insert into settle_line (sk, id, merchant_id, order_id, order_no,"
             " qty, settle_fen, commission_fen, markup_fen, ready_at, state, created_at,"
             " updated_at) values (3, %d * 4096 + 3, 4099, %" PRId64 ", 'PN%d', 1, %" PRId64
             ", 0, 0, '2026-01-01', 'WAITING', now(), now())", 1000 + n, order, n, fen);
    test_sql(sql);
}

static void due(void)
{
    job("settle_ready");
    relay();
}

/* S08, its money: 855 for the default, 190 for the replacement, taken 600 + 300 + 145. */
START_TEST(S08_pockets_are_emptied_in_their_order)
{
    (void)offer(2, 85500, "SPOT", 0, 0, 0);
    test_sql("update listing set state = 'LIVE'");
    pn_order mine = paid_n(2, phone);
    paid_in(YUAN(700), false);
    paid_in(YUAN(1000), true);
    int64_t other = offer(2, 50000, "PRESALE", YUAN(200), YUAN(400), YUAN(400));
    earned(other, YUAN(200)); /* of another order */
    due();
    starts_in(20);
    pn_penalty x = impose(.kind = {PN_PENALTY_DEFAULT}, .order = mine.id);
    ck_assert_int_eq(x.base_fen.fen, YUAN(1710));
    ck_assert_int_eq(x.amount_fen.fen, YUAN(855));
    ck_assert_int_eq(x.pending_fen.fen, YUAN(200));
    ck_assert_int_eq(x.frozen_fen.fen, YUAN(400));
    ck_assert_int_eq(x.available_fen.fen, YUAN(255));
    pn_penalty d = impose(.kind = {PN_PENALTY_REPROCURE_DIFF}, .order = mine.id,
                          .amount_fen = {YUAN(190)});
    ck_assert_int_eq(d.available_fen.fen, YUAN(45));
    ck_assert_int_eq(d.guarantee_fen.fen, YUAN(145));
    ck_assert_int_eq(pocket("FROZEN"), 0);
    ck_assert_int_eq(pocket("AVAILABLE"), 0);
    ck_assert_int_eq(pocket("GUARANTEE"), YUAN(855));
    ck_assert_int_eq(pocket("PENALTY_INCOME"), YUAN(855));
    ck_assert_int_eq(pocket("REPROCURE_RECOVERY"), YUAN(190));
    ck_assert_int_eq(test_sql_int("select score from merchant_stand where merchant_id = 4099"), 80);
    ck_assert_int_eq(now_of(other).state.v, PN_LISTING_PAUSED);
    ck_assert_int_eq(now_of(other).deposit_quota_fen.fen, 0);
}
END_TEST

/* S09: F 480, four sold, 4 × 144 = 576; default three hours before: 1,200, of that 576 first. */
START_TEST(S09_the_deposit_pays_first)
{
    paid_in(YUAN(2000), false);
    int64_t tail = offer(6, 30000, "TAIL", 14400, 28800, 4 * 14400);
    pn_order o = paid_n(4, phone);
    ck_assert_int_eq(pocket("FROZEN"), 57600);
    starts_in(3);
    pn_penalty x = impose(.kind = {PN_PENALTY_DEFAULT}, .order = o.id);
    ck_assert_int_eq(x.base_fen.fen, YUAN(1200));
    ck_assert_int_eq(x.amount_fen.fen, YUAN(1200));
    ck_assert_int_eq(x.frozen_fen.fen, 57600);
    ck_assert_int_eq(x.available_fen.fen, YUAN(1200) - 57600);
    ck_assert_int_eq(pocket("FROZEN"), 0);
    ck_assert_int_eq(pocket("PENALTY_INCOME"), YUAN(1200));
    pn_listing l = now_of(tail);
    ck_assert_int_eq(l.state.v, PN_LISTING_PAUSED);
    ck_assert_int_eq(l.deposit_quota_fen.fen, 0);
    ck_assert_int_eq(count_of("ledger_transfer where rule = 'P7' and step = 'DEPOSIT_LOST'"), 1);
    ck_assert_int_eq(count_of("outbox where event = 'deposit.lost'"), 1);
    pn *p = ops();
    fails(PN_EDEPOSIT, pn_listing_resume(p, &(struct pn_listing_resume){.id = tail}, &l));
    p = as(PN_ROLE_FINANCE, FIN); /* topped up, it goes on */
    ok(pn_listing_fund(p, &(struct pn_listing_fund){tail, {5 * 14400}, "receipt"}, &l));
    test_sql("update session set status = 'TAIL'");
    p = ops();
    ok(pn_listing_resume(p, &(struct pn_listing_resume){.id = tail}, &l));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
}
END_TEST

/* What the order would bring, its offer's deposit, what others bring, their deposits, the rest. */
START_TEST(the_order_itself_pays_before_the_others)
{
    static const struct { int64_t pending, frozen, available; } parts[] = {
        {50, 0, 0}, {100, 50, 0}, {100, 200, 0}, {150, 200, 0}, {300, 200, 0}, {300, 250, 0},
        {300, 500, 0}, {300, 500, 1}};
    static const int64_t fen[] = {50, 150, 300, 350, 500, 550, 800, 801};
    paid_in(YUAN(2000), false);
    int64_t own = offer(2, 100000, "PRESALE", 10000, 20000, 20000);
    pn_order o = paid_n(2, phone);
    int64_t other = offer(3, 50000, "PRESALE", 10000, 30000, 30000);
    earned(o.id, 10000);
    earned(other, 20000);
    due();
    pn_penalty x = impose(.kind = {PN_PENALTY_REPROCURE_DIFF}, .order = o.id,
                          .amount_fen = {fen[_i] * 100});
    ck_assert_int_eq(x.pending_fen.fen, parts[_i].pending * 100);
    ck_assert_int_eq(x.frozen_fen.fen, parts[_i].frozen * 100);
    ck_assert_int_eq(x.available_fen.fen, parts[_i].available * 100);
    int64_t lost = parts[_i].frozen * 100, of_own = lost < 20000 ? lost : 20000;
    ck_assert_int_eq(now_of(own).deposit_quota_fen.fen, 20000 - of_own);
    ck_assert_int_eq(now_of(other).deposit_quota_fen.fen, 30000 - (lost - of_own));
    ck_assert_int_eq(now_of(own).state.v == PN_LISTING_PAUSED, of_own > 0);
    ck_assert_int_eq(now_of(other).state.v == PN_LISTING_PAUSED, lost > of_own);
    ck_assert_int_eq(pocket("FROZEN"), 50000 - lost);
    ck_assert_int_eq(pocket("REPROCURE_RECOVERY"), fen[_i] * 100);
}
END_TEST

/* Fined 300 for an order of another offer. */
static pn_penalty fined_300(void)
{
    pn_listing l;
    int64_t spot = offer(2, 30000, "SPOT", 0, 0, 0);
    char sql[200];
    snprintf(sql, sizeof sql, "update listing set state = 'LIVE' where id = %" PRId64, spot);
    test_sql(sql);
    pn *p = ops();
    pn_order o;
    pn_payment y;
    ok(pn_order_submit(p, &(struct pn_order_submit){.listing = spot, .qty = 1, .phone = phone},
                       &o));
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &y));
    pn_end(p);
    l = now_of(spot);
    ck_assert_int_eq(l.sold, 1);
    return impose(.kind = {PN_PENALTY_FAKE}, .order = o.id);
}

/* 250 frozen, a penalty of 300: the offer is off sale, and its end has nothing to give back. */
START_TEST(an_offer_knows_that_its_deposit_is_gone)
{
    paid_in(YUAN(1000), false);
    int64_t presale = offer(5, 50000, "PRESALE", 5000, 25000, YUAN(250));
    pn_penalty x = fined_300();
    ck_assert_int_eq(x.amount_fen.fen, YUAN(300));
    ck_assert_int_eq(x.frozen_fen.fen, YUAN(250));
    pn_listing l = now_of(presale);
    ck_assert_int_eq(l.state.v, PN_LISTING_PAUSED);
    ck_assert_int_eq(l.deposit_quota_fen.fen, 0);
    ck_assert_str_ne(l.reason, "");
    pn *p = ops();
    ok(pn_listing_withdraw(p, &(struct pn_listing_withdraw){.id = presale}, &l));
    relay();
    ck_assert_int_eq(count_of("outbox"), 0);
    ck_assert_int_eq(pocket("AVAILABLE"), YUAN(700));
}
END_TEST

/* What an offer has let go is frozen until the event has come. */
START_TEST(money_on_its_way_back_is_accounted_for)
{
    paid_in(YUAN(250), false);
    int64_t presale = offer(5, 50000, "PRESALE", 5000, 25000, YUAN(250));
    pn *p = ops();
    pn_listing l;
    pn_check_report r = {0};
    ok(pn_listing_withdraw(p, &(struct pn_listing_withdraw){.id = presale}, &l));
    ck_assert_int_eq(l.deposit_quota_fen.fen, 0);
    ck_assert_int_eq(pocket("FROZEN"), YUAN(250));
    ok(pn_check_run(p, &(struct pn_check_run){"wallets"}, &r));
    ck_assert_int_eq(r.drift, 0);
    test_sql("update outbox set tries = 8"); /* and does not come */
    r = (pn_check_report){0};
    ok(pn_check_run(p, &(struct pn_check_run){"wallets"}, &r));
    ck_assert_int_eq(r.drift, 1);
    test_sql("update outbox set tries = 0");
    relay();
    ck_assert_int_eq(pocket("AVAILABLE"), YUAN(250));
}
END_TEST

/* The session is over so long. */
static void ended(int hours)
{
    char sql[400];
    snprintf(sql, sizeof sql, "update session set status = 'ENDED', stop_sale_at = v.end_at,"
             " tail_from = v.end_at, doors_at = v.end_at - interval '2 hours', start_at = v.end_at"
             " - interval '2 hours', end_at = v.end_at from (select to_timestamp(%" PRId64 ")"
             " as end_at) v", (shop_now - hours * HOUR) / 1000000);
    test_sql(sql);
    job("listing_expire");
    relay();
}

/* S09 again, and nothing happens: 576 come back a day after the session. */
START_TEST(S09_without_a_default_the_deposit_comes_back)
{
    paid_in(57600, false);
    int64_t tail = offer(4, 30000, "TAIL", 14400, 28800, 57600);
    pn_order o = paid_n(4, phone);
    ended(23);
    ck_assert_int_eq(now_of(tail).state.v, PN_LISTING_EXPIRED);
    job("deposit_release");
    relay();
    ck_assert_int_eq(pocket("FROZEN"), 57600);
    pn *p = ops();
    pn_listing l;
    fails(PN_ESTATE, pn_listing_release(p, &(struct pn_listing_release){.id = tail}, &l));
    ck_assert_str_eq(pn_error(p)->message, "4 of its tickets bind all of its deposit");
    shop_clock(HOUR);
    char sql[300];
    snprintf(sql, sizeof sql, "insert into penalty (sk, id, merchant_id, kind, order_id, base_fen,"
             " tickets, hours, accepted, amount_fen, score, state, reason, proposed_by, created_at,"
             " updated_at) values (3, 8195, 4099, 'FAKE', %" PRId64 ", 120000, 4, 0, false, 600000,"
             " 0, 'PROPOSED', 'x', 5, now(), now())", o.id);
    test_sql(sql); /* its case is open */
    job("deposit_release");
    ck_assert_int_eq(now_of(tail).deposit_quota_fen.fen, 57600);
    test_sql("update penalty set state = 'REJECTED'");
    shop_clock(10 * MINUTE);
    job("deposit_release");
    relay();
    ck_assert_int_eq(now_of(tail).deposit_quota_fen.fen, 0);
    ck_assert_int_eq(pocket("FROZEN"), 0);
    ck_assert_int_eq(pocket("AVAILABLE"), 57600);
    ck_assert_int_eq(count_of("listing_deposit where delta_fen = -57600"), 1);
    shop_clock(10 * MINUTE);
    job("deposit_release");
    ck_assert_int_eq(count_of("listing_deposit"), 2);
    test_sql("delete from penalty");
}
END_TEST

/* F 480, 20 %: 96 a ticket; the unsold ones come back at the end, the others as they are signed. */
START_TEST(a_presale_ticket_lets_go_when_its_buyer_has_it)
{
    paid_in(48000, false);
    int64_t presale = offer(5, 30000, "PRESALE", 9600, 48000, 48000);
    pn_order two = paid_n(2, phone), one = paid_n(1, "13800000002");
    pn *p = ops();
    pn_listing l;
    ok(pn_listing_withdraw(p, &(struct pn_listing_withdraw){.id = presale}, &l));
    ck_assert_int_eq(l.deposit_quota_fen.fen, 3 * 9600);
    job("deposit_release");
    ck_assert_int_eq(now_of(presale).deposit_quota_fen.fen, 3 * 9600);
    relay();
    char sql[100];
    snprintf(sql, sizeof sql, "update orders set status = 'SIGNED' where id = %" PRId64, two.id);
    test_sql(sql);
    shop_clock(10 * MINUTE);
    job("deposit_release");
    ck_assert_int_eq(now_of(presale).deposit_quota_fen.fen, 9600);
    p = ops();
    pn_refund r;
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = one.id, .forced = true,
                                                    .note = "x"}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){r.id, NULL}, &r));
    relay();
    shop_clock(10 * MINUTE);
    job("deposit_release");
    relay();
    ck_assert_int_eq(now_of(presale).deposit_quota_fen.fen, 0);
    ck_assert_int_eq(pocket("AVAILABLE"), 48000);
    test_sql("update orders set status = 'PAID' where status = 'SIGNED'");
    p = ops();
    int64_t open = offer(1, 30000, "SPOT", 0, 0, 0);
    fails(PN_ESTATE, pn_listing_release(p, &(struct pn_listing_release){.id = open}, &l));
}
END_TEST

/* An appeal gives back what was taken, to each what was its own. */
START_TEST(a_penalty_taken_back_is_a_deposit_again)
{
    paid_in(YUAN(500), false);
    int64_t presale = offer(5, 50000, "PRESALE", 5000, 25000, YUAN(250));
    pn_penalty x = fined_300();
    ck_assert_int_eq(pocket("AVAILABLE"), YUAN(200));
    pn *p = as(PN_ROLE_OPS, OPS2);
    ok(pn_penalty_reverse(p, &(struct pn_penalty_reverse){x.id, "误判"}, &x));
    ck_assert_int_eq(pocket("AVAILABLE"), YUAN(250));
    ck_assert_int_eq(pocket("FROZEN"), YUAN(250));
    ck_assert_int_eq(pocket("PENALTY_INCOME"), 0);
    pn_listing l = now_of(presale);
    ck_assert_int_eq(l.deposit_quota_fen.fen, YUAN(250));
    ok(pn_listing_resume(p, &(struct pn_listing_resume){.id = presale}, &l));
    ck_assert_int_eq(l.state.v, PN_LISTING_LIVE);
    x = fined_300();
    ck_assert_int_eq(x.frozen_fen.fen, YUAN(250));
}
END_TEST

/* Money that is being drawn is nobody's to take. */
START_TEST(a_withdrawal_under_way_stays)
{
    paid_in(YUAN(100), false);
    test_sql("insert into withdrawal (sk, id, no, merchant_id, card_id, amount_fen, fee_fen, state,"
             " requested_by, created_at, updated_at) values (3, 4099, 'TX1', 4099, 3, 10000, 0,"
             " 'REQUESTED', 5, now(), now())");
    test_sql("update ledger_account set kind = 'FROZEN' where kind = 'AVAILABLE'");
    pn_penalty x = fined_300();
    ck_assert_int_eq(x.debt_fen.fen, YUAN(300));
    ck_assert_int_eq(x.frozen_fen.fen, 0);
    ck_assert_int_eq(pocket("FROZEN"), YUAN(100));
    test_sql("delete from withdrawal"); /* it was none: the books must add up */
    test_sql("update ledger_account set kind = 'AVAILABLE' where kind = 'FROZEN'");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pockets");
    TCase *c = tcase_create("pockets");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, S08_pockets_are_emptied_in_their_order);
    tcase_add_test(c, S09_the_deposit_pays_first);
    tcase_add_loop_test(c, the_order_itself_pays_before_the_others, 0, 8);
    tcase_add_test(c, an_offer_knows_that_its_deposit_is_gone);
    tcase_add_test(c, S09_without_a_default_the_deposit_comes_back);
    tcase_add_test(c, a_presale_ticket_lets_go_when_its_buyer_has_it);
    tcase_add_test(c, money_on_its_way_back_is_accounted_for);
    tcase_add_test(c, a_penalty_taken_back_is_a_deposit_again);
    tcase_add_test(c, a_withdrawal_under_way_stays);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
