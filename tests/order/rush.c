/* SPDX-License-Identifier: Apache-2.0 */
/* rush.c — seckill and rush sales: first come, first served; one a person; who waits is next. */
#include "shop.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/payment_int.h"
#include "order/rush.h"
#include "promo/seckill.h"
#include "report/check.h"

#define SECOND INT64_C(1000000)

/* Whom it was told; several at once are one row. */
#define OFFERED                                                                                    \
    "(select unnest(coalesce(refs, array[ref])) as ref from outbox"                                \
    " where event = 'seckill.offered') x"

static int64_t activity;

static pn *buyer(int64_t id)
{
    return as(PN_ROLE_BUYER, id);
}

static pn_seckill make(int kind, int stock, int limit)
{
    pn *p = ops();
    pn_seckill a;
    ok(pn_seckill_create(p, &(struct pn_seckill_create){
        .tier = TIER, .kind = {(int16_t)kind}, .name = "开票", .price_fen = {YUAN(99)},
        .stock = stock, .limit_qty = limit, .open_at = {shop_now + HOUR},
        .close_at = {shop_now + 2 * HOUR}}, &a));
    ok(pn_seckill_publish(p, &(struct pn_seckill_publish){a.id}, &a));
    pn_end(p);
    activity = a.id;
    return a;
}

static const char *token_of(int64_t user)
{
    static char text[64];
    pn *p = buyer(user);
    pn_seckill_entry e;
    ok(pn_seckill_register(p, &(struct pn_seckill_register){activity}, &e));
    snprintf(text, sizeof text, "%s", e.token);
    pn_end(p);
    return text;
}

static void open_now(void)
{
    shop_clock(HOUR);
    job("seckill_step");
}

static void proved(void)
{
    pn *p = ops();
    pn_check_report r = {0};
    books_balance();
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0 || strcmp(c->name, "audit") == 0, "%s drifts", c->name);
    pn_end(p);
}

static const char *held_now(void)
{
    return test_sql_text("select qty_total || '/' || qty_held || '/' || qty_locked || '/'"
                         " || qty_sold from stock where tier_id = 61441");
}

/* One request of many; its buyer is user 1000 + i with a telephone of their own. */
enum { CROWD = 5000, BATCH = 256 };
static struct pn_rush_take in[CROWD];
static pn_order out[CROWD];
static pn_request req[CROWD];
static pn_actor who[CROWD];
static char phone[CROWD][16], token[CROWD][64];

static void crowd(int n)
{
    for (int i = 0; i < n; i++) {
        snprintf(phone[i], sizeof phone[i], "1381%07d", i);
        in[i] = (struct pn_rush_take){.id = activity, .token = token[i], .phone = phone[i]};
        who[i] = (pn_actor){.kind = 'U', .id = 1000 + i, .login = "u", .name = "U",
                            .roles = PN_ROLE_BUYER, .via = "http"};
        req[i] = (pn_request){.actor = &who[i], .in = &in[i], .out = &out[i]};
    }
}

static void call(int from, int n)
{
    pn *p = worker();
    ok(pn_call_requests(p, pn_op_find("rush", "take"), req + from, (size_t)n));
    pn_end(p);
}

/* Ten wait; seven of the hundred do not pay. */
static void ten_wait(void)
{
    for (int i = 0; i < 10; i++) {
        pn *p = buyer(1200 + i);
        pn_seckill_place place;
        ok(pn_seckill_wait(p, &(struct pn_seckill_wait){activity}, &place));
        ck_assert_int_eq(place.before, i);
        pn_end(p);
        shop_clock(1000);
    }
    for (int i = 7; i < 100; i++) {
        pn *p = clerk();
        pn_payment y;
        ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = out[i].id}, &y));
        pn_end(p);
    }
    shop_clock(5 * MINUTE);
    job("hold_expire");
    job("seckill_step");
    ck_assert_str_eq(held_now(), "300/7/0/93");
    ck_assert_int_eq(count_of("seckill_wait where state = 'OFFERED' and user_id < 1207"), 7);
    ck_assert_int_eq(count_of("seckill_wait where state = 'WAITING'"), 3);
    ck_assert_int_eq(count_of(OFFERED), 7);
    proved();
}

/* An offer is taken by who has it, nobody else; the eighth gets what lapses. */
static void offers(void)
{
    crowd(CROWD);
    call(200, 1);
    ck_assert_int_eq(req[200].rc, 0);
    call(207, 1);
    ck_assert_int_eq(req[207].rc, PN_ESTOCK);
    call(300, 1);
    ck_assert_int_eq(req[300].rc, PN_ESTOCK);
    shop_clock(5 * MINUTE);
    job("hold_expire"); /* the first of them did not pay either */
    job("seckill_step");
    ck_assert_int_eq(count_of("seckill_wait where state = 'OFFERED' and user_id > 1206"), 3);
    ck_assert_int_eq(count_of("seckill_wait where state = 'PASSED'"), 6);
    proved();
    shop_clock(2 * HOUR);
    job("seckill_step");
    ck_assert_int_eq(count_of("seckill where state = 'ENDED' and offered = 0"), 1);
    ck_assert_str_eq(held_now(), "300/0/0/93");
    proved();
}

START_TEST(S26_a_hundred_of_five_thousand)
{
    make_shop(.stock = 300, .limit_order = 6);
    make(PN_SECKILL_SECKILL, 100, 1);
    ck_assert_str_eq(held_now(), "300/100/0/0");
    for (int i = 0; i < CROWD; i++)
        if (i < 400) /* the others come without: they are refused for that or for the stock */
            snprintf(token[i], sizeof token[i], "%s", token_of(1000 + i));
    crowd(CROWD);
    shop_clock(HOUR - SECOND); /* one second early */
    call(0, 10);
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(req[i].rc, PN_ESTATE);
        ck_assert_str_eq(req[i].err.field, "id");
    }
    shop_clock(SECOND);
    crowd(CROWD);
    job("seckill_step");
    for (int at = 0; at < CROWD; at += BATCH)
        call(at, at + BATCH > CROWD ? CROWD - at : BATCH);
    for (int i = 0; i < CROWD; i++)
        ck_assert_msg(req[i].rc == (i < 100 ? 0 : i < 400 ? PN_ESTOCK : PN_EPERM), "%d: %d", i,
                      req[i].rc);
    ck_assert_int_eq(out[0].payable_fen.fen, YUAN(99));
    ck_assert_str_eq(held_now(), "300/0/100/0");
    ck_assert_int_eq(count_of("orders"), 100);
    proved();
    ten_wait();
    offers();
}
END_TEST

enum { THREADS = 8, EACH = 150 };

static void *call_some(void *arg)
{
    int from = (int)(intptr_t)arg;
    for (int at = from; at < from + EACH; at += 30)
        call(at, 30);
    return NULL;
}

START_TEST(I27_from_everywhere_at_once)
{
    make_shop(.stock = 300);
    make(PN_SECKILL_RUSH, 100, 1);
    open_now();
    crowd(THREADS * EACH);
    pthread_t t[THREADS];
    int taken = 0;
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, call_some, (void *)(intptr_t)(i * EACH)), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS * EACH; i++) {
        ck_assert_msg(req[i].rc == 0 || req[i].rc == PN_ESTOCK, "%d: %d", i, req[i].rc);
        taken += req[i].rc == 0;
    }
    ck_assert_int_eq(taken, 100);
    ck_assert_str_eq(held_now(), "300/0/100/0");
    ck_assert_int_eq(test_sql_int("select deadlocks from pg_stat_database"
                                  " where datname = current_database()"), 0);
    proved();
}
END_TEST

static pn_attendee li = {"李雷", {PN_DOC_ID_CARD}, "11010519491231002X"};

START_TEST(I27_one_a_person_telephone_document)
{
    make_shop(.stock = 20);
    make(PN_SECKILL_SECKILL, 5, 1);
    for (int i = 0; i < 4; i++)
        snprintf(token[i], sizeof token[i], "%s", token_of(1000 + i));
    open_now();
    crowd(4);
    in[0].attendees = in[2].attendees = (pn_rows){&li, 1};
    in[1].phone = phone[0];
    call(0, 3); /* in one batch … */
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(req[1].rc, PN_ELIMIT);
    ck_assert_str_eq(req[1].err.field, "phone");
    ck_assert_int_eq(req[2].rc, PN_ELIMIT);
    ck_assert_str_eq(req[2].err.field, "attendees");
    crowd(4);
    in[0].phone = "13900000001";
    in[1].phone = phone[0];
    shop_clock(SECOND);
    call(0, 2); /* … and one after another */
    ck_assert_int_eq(req[0].rc, PN_ELIMIT);
    ck_assert_str_eq(req[0].err.field, "qty");
    ck_assert_int_eq(req[1].rc, PN_ELIMIT);
    ck_assert_int_eq(count_of("orders"), 1);
    test_sql("do $$ begin update seckill_guest set qty = qty + 1; raise exception 'accepted';"
             " exception when check_violation then null; end $$");
    test_sql("do $$ begin update seckill set taken = stock + 1; raise exception 'accepted';"
             " exception when check_violation then null; end $$");
    /* who gave it back may try again */
    pn *p = ops();
    pn_order o;
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = out[0].id}, &o));
    ck_assert_str_eq(held_now(), "20/5/0/0");
    crowd(1);
    shop_clock(SECOND);
    call(0, 1);
    ck_assert_int_eq(req[0].rc, 0);
    proved();
}
END_TEST

START_TEST(I27_one_a_device_and_its_login_stands_for_it)
{
    make_shop(.stock = 20);
    make(PN_SECKILL_RUSH, 9, 1);
    open_now();
    crowd(6);
    in[0].device = in[1].device = "phone-1";
    in[2].device = "phone-2";
    who[3].token = who[4].token = 77; /* two accounts of one login do not exist; the login counts */
    who[5].token = 78;
    call(0, 6);
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(req[1].rc, PN_ELIMIT);
    ck_assert_str_eq(req[1].err.field, "device");
    ck_assert_int_eq(req[2].rc, 0);
    ck_assert_int_eq(req[3].rc, 0);
    ck_assert_int_eq(req[4].rc, PN_ELIMIT);
    ck_assert_int_eq(req[5].rc, 0);
    crowd(2);
    in[1].device = "phone-1"; /* in another transaction, too */
    shop_clock(SECOND);
    call(1, 1);
    ck_assert_int_eq(req[1].rc, PN_ELIMIT);
    ck_assert_str_eq(req[1].err.field, "device");
    pn *p = ops(); /* what it gave back it may take again */
    pn_order o;
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = out[0].id}, &o));
    pn_end(p);
    shop_clock(SECOND);
    call(1, 1);
    ck_assert_int_eq(req[1].rc, 0);
    proved();
}
END_TEST

/* Not even an answer: whoever asks faster than a person can is told so before anything is read. */
START_TEST(an_account_asks_once_a_second_and_an_address_twenty_times)
{
    make_shop(.stock = 100);
    make(PN_SECKILL_RUSH, 60, 1);
    open_now();
    crowd(26);
    for (int i = 0; i < 26; i++)
        who[i].via = i < 25 ? "http:10.0.0.1" : "http:10.0.0.2";
    call(0, 26);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(req[i].rc, 0);
    for (int i = 20; i < 25; i++) {
        ck_assert_int_eq(req[i].rc, PN_ERATE);
        ck_assert_int_eq(req[i].err.retry_s, 1);
    }
    ck_assert_int_eq(req[25].rc, 0);
    shop_clock(SECOND);
    call(20, 5); /* a second later */
    for (int i = 20; i < 25; i++)
        ck_assert_int_eq(req[i].rc, 0);
    crowd(42);
    who[41].id = who[40].id; /* one account, twice */
    in[41].phone = phone[40];
    call(40, 2);
    ck_assert_int_eq(req[40].rc, 0);
    ck_assert_int_eq(req[41].rc, PN_ERATE);
    ck_assert_ptr_nonnull(strstr(req[41].err.message, "too often"));
    shop_clock(SECOND);
    call(41, 1);
    ck_assert_int_eq(req[41].rc, PN_ELIMIT);
    test_sql("update policy set value = '0' where key = 'seckill.user_rate'");
    crowd(2);
    who[1].id = who[0].id = 3000;
    in[0].phone = in[1].phone = "13900000050";
    call(0, 2);
    ck_assert_int_eq(req[0].rc, 0);
    ck_assert_int_eq(req[1].rc, PN_ELIMIT);
    proved();
}
END_TEST

/* Two processes know nothing of each other's memory; a context has its own. */
START_TEST(all_processes_count_together)
{
    make_shop(.stock = 100);
    make(PN_SECKILL_RUSH, 60, 1);
    open_now();
    crowd(50);
    who[1].id = who[0].id; /* one account, at two doors */
    in[1].phone = phone[0];
    for (int i = 2; i < 50; i++)
        who[i].via = "http:10.0.0.1";
    call(0, 1);
    ck_assert_int_eq(req[0].rc, 0);
    call(2, 15);
    pn_ctx *here = test_ctx;
    test_db_open();
    call(1, 1);
    ck_assert_int_eq(req[1].rc, PN_ERATE);
    ck_assert_ptr_nonnull(strstr(req[1].err.message, "account"));
    call(17, 10); /* five of them are too many of this address */
    for (int i = 2; i < 27; i++)
        ck_assert_int_eq(req[i].rc, i < 22 ? 0 : PN_ERATE);
    shop_clock(SECOND / 10); /* two more may */
    call(30, 5);
    for (int i = 30; i < 35; i++)
        ck_assert_int_eq(req[i].rc, i < 32 ? 0 : PN_ERATE);
    test_db_close();
    test_ctx = here;
    shop_clock(SECOND);
    call(40, 10);
    for (int i = 40; i < 50; i++)
        ck_assert_int_eq(req[i].rc, 0);
    shop_clock(2 * MINUTE);
    job("seckill_step");
    ck_assert_int_eq(count_of("ask_rate"), 0);
    proved();
}
END_TEST

static void *step_now(void *arg)
{
    pn *p = worker();
    pn_seckill a;
    int *rc = arg;
    *rc = pn_call(p, pn_op_find("seckill", "step"), &activity, &a);
    pn_end(p);
    return NULL;
}

/* Who waits first is next, told once, however many look at the same time; who is passed over is
 * said so and is behind the others when he asks again. */
START_TEST(T20_who_waits_first_is_next)
{
    pthread_t t[4];
    int rc[4] = {0};
    make_shop(.stock = 20);
    make(PN_SECKILL_RUSH, 3, 1);
    open_now();
    crowd(3);
    call(0, 3);
    for (int i = 0; i < 5; i++) {
        pn *p = buyer(2000 - i); /* not in the order of their numbers */
        pn_seckill_place place;
        ok(pn_seckill_wait(p, &(struct pn_seckill_wait){activity}, &place));
        ck_assert_int_eq(place.before, i);
        pn_end(p);
        shop_clock(1000);
    }
    shop_clock(10 * MINUTE);
    job("hold_expire"); /* nobody paid */
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, step_now, &rc[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    ck_assert_str_eq(test_sql_text("select string_agg(user_id || ' ' || state, ',' order by at)"
                                   " from seckill_wait"),
                     "2000 OFFERED,1999 OFFERED,1998 OFFERED,1997 WAITING,1996 WAITING");
    ck_assert_int_eq(count_of("seckill where taken = 0 and offered = 3"), 1);
    ck_assert_int_eq(test_sql_int("select count(distinct ref) * 100 + count(*) from "
                                  OFFERED), 303);
    shop_clock(5 * MINUTE); /* none of them came */
    job("seckill_step");
    pn *p = buyer(2000);
    pn_seckill_place place;
    ok(pn_seckill_wait(p, &(struct pn_seckill_wait){activity}, &place));
    ck_assert_str_eq(test_sql_text("select string_agg(user_id || ' ' || state, ',' order by at)"
                                   " from seckill_wait"),
                     "1999 PASSED,1998 PASSED,1997 OFFERED,1996 OFFERED,2000 WAITING");
    proved();
}
END_TEST

START_TEST(only_people_with_their_own_token)
{
    make_shop(.stock = 20);
    make(PN_SECKILL_SECKILL, 5, 1);
    snprintf(token[0], sizeof token[0], "%s", token_of(1000));
    pn *p = as(PN_ROLE_ADMIN, OPS);
    pn_seckill_entry e;
    pn_seckill_place place;
    fails(PN_EPERM, pn_seckill_register(p, &(struct pn_seckill_register){activity}, &e));
    p = buyer(1001);
    fails(PN_ESTATE, pn_seckill_wait(p, &(struct pn_seckill_wait){activity}, &place));
    open_now();
    crowd(3);
    in[1].token = token[0]; /* somebody else's */
    in[2].token = NULL;
    who[0].kind = 'O';
    who[0].roles = PN_ROLE_ADMIN;
    call(0, 3);
    ck_assert_int_eq(req[0].rc, PN_EPERM);
    ck_assert_int_eq(req[1].rc, PN_EPERM);
    ck_assert_str_eq(req[1].err.field, "token");
    ck_assert_int_eq(req[2].rc, PN_EPERM);
    who[0].roles = PN_ROLE_MERCHANT;
    shop_clock(SECOND);
    call(0, 1);
    ck_assert_int_eq(req[0].rc, PN_EPERM);
    p = buyer(1001);
    fails(PN_EEXPIRED, pn_seckill_register(p, &(struct pn_seckill_register){activity}, &e));
    ck_assert_int_eq(count_of("orders"), 0);
    shop_clock(2 * HOUR);
    crowd(1);
    shop_clock(SECOND);
    call(0, 1);
    ck_assert_int_eq(req[0].rc, PN_EEXPIRED);
    p = buyer(1001);
    fails(PN_EEXPIRED, pn_seckill_wait(p, &(struct pn_seckill_wait){activity}, &place));
}
END_TEST

START_TEST(a_rush_gives_more_and_needs_no_token)
{
    make_shop(.stock = 20);
    make(PN_SECKILL_RUSH, 5, 3);
    open_now();
    crowd(20);
    in[0].qty = 4;
    in[1].qty = 3;
    in[2].qty = 3;
    in[3].qty = 2;
    call(0, 4);
    ck_assert_int_eq(req[0].rc, PN_ELIMIT);
    ck_assert_int_eq(req[1].rc, 0);
    ck_assert_int_eq(req[2].rc, PN_ESTOCK);
    ck_assert_int_eq(req[3].rc, 0);
    ck_assert_int_eq(out[1].hold_expires_at.us - shop_now, 10 * MINUTE);
    shop_clock(6 * SECOND);
    job("seckill_step");
    ck_assert_int_eq(count_of("seckill where state = 'SOLD_OUT'"), 1);
    /* the public still buys what is not the activity's, and not more */
    pn *p = ops();
    pn_order o;
    for (int i = 0; i < 3; i++)
        ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 5,
                           .phone = phone[10 + i]}, &o));
    fails(PN_ESTOCK, pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                     .phone = "13900000001"}, &o));
    proved();
}
END_TEST

/* Money that comes after the hold ended buys nothing: the price was for the moment. */
START_TEST(I27_late_money_goes_back)
{
    make_shop(.stock = 20);
    make(PN_SECKILL_RUSH, 5, 1);
    open_now();
    crowd(1);
    shop_clock(SECOND);
    call(0, 1);
    ck_assert_int_eq(req[0].rc, 0);
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){out[0].id, {PN_PAY_SIMULATED}}, &y));
    shop_clock(11 * MINUTE);
    job("hold_expire");
    p = as(PN_ROLE_PUBLIC, 0);
    pn_payment_result r;
    struct pn_payment_notify n = {{PN_PAY_SIMULATED}, "n1", y.id, "TR1", {YUAN(99)}, NULL};
    ok(pni_notice_sign(p, &n, &n.signature));
    ok(pn_payment_notify(p, &n, &r));
    ck_assert_str_eq(r.result, "LATE_REFUND");
    ck_assert_str_eq(held_now(), "20/5/0/0");
    proved();
}
END_TEST

START_TEST(what_an_activity_may_be)
{
    make_shop(.stock = 10);
    pn *p = ops();
    pn_seckill a;
    struct pn_seckill_create c = {.tier = TIER, .kind = {PN_SECKILL_SECKILL}, .name = "x",
                                  .price_fen = {YUAN(99)}, .stock = 11, .limit_qty = 2,
                                  .open_at = {shop_now + HOUR}, .close_at = {shop_now + DAY}};
    fails(PN_EARG, pn_seckill_create(p, &c, &a));
    ck_assert_str_eq(pn_error(p)->field, "limit_qty");
    c.limit_qty = 1;
    c.price_fen.fen = YUAN(581);
    fails(PN_ECAP, pn_seckill_create(p, &c, &a));
    c.price_fen.fen = YUAN(99);
    c.close_at.us = shop_now;
    fails(PN_EARG, pn_seckill_create(p, &c, &a));
    c.close_at.us = shop_now + 90 * DAY;
    fails(PN_EARG, pn_seckill_create(p, &c, &a));
    c.close_at.us = shop_now + DAY;
    ok(pn_seckill_create(p, &c, &a));
    fails(PN_ESTOCK, pn_seckill_publish(p, &(struct pn_seckill_publish){a.id}, &a));
    c.stock = 4;
    ok(pn_seckill_create(p, &c, &a));
    ok(pn_seckill_publish(p, &(struct pn_seckill_publish){a.id}, &a));
    fails(PN_ESTATE, pn_seckill_publish(p, &(struct pn_seckill_publish){a.id}, &a));
    ck_assert_str_eq(held_now(), "10/4/0/0");
    ok(pn_seckill_end(p, &(struct pn_seckill_end){a.id, "moved"}, &a));
    ck_assert_str_eq(held_now(), "10/0/0/0");
    ok(pn_seckill_show(p, &(struct pn_seckill_show){a.id}, &a));
    ck_assert_int_eq(a.state.v, PN_SECKILL_ENDED);
    fails(PN_ENONE, pn_seckill_end(p, &(struct pn_seckill_end){4096 * 9999 + 1, "x"}, &a));
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("rush");
    TCase *c = tcase_create("rush");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, S26_a_hundred_of_five_thousand);
    tcase_add_test(c, I27_from_everywhere_at_once);
    tcase_add_test(c, I27_one_a_person_telephone_document);
    tcase_add_test(c, I27_one_a_device_and_its_login_stands_for_it);
    tcase_add_test(c, all_processes_count_together);
    tcase_add_test(c, an_account_asks_once_a_second_and_an_address_twenty_times);
    tcase_add_test(c, T20_who_waits_first_is_next);
    tcase_add_test(c, only_people_with_their_own_token);
    tcase_add_test(c, a_rush_gives_more_and_needs_no_token);
    tcase_add_test(c, I27_late_money_goes_back);
    tcase_add_test(c, what_an_activity_may_be);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
