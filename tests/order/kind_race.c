/* SPDX-License-Identifier: Apache-2.0 */
/* kind_race.c — groups and grabs when everybody comes at once. */
#include "shop.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/outbox_int.h"
#include "order/grab_int.h"
#include "order/group.h"
#include "order/offline.h"
#include "promo/groupbuy.h"
#include "report/check.h"

enum { THREADS = 12 };

typedef int act(pn *p, int i);
static act *acting;
static int codes[THREADS];
static char words[THREADS][200];
static pthread_barrier_t start;
static int64_t orders[THREADS];

static void *thread(void *arg)
{
    int i = (int)(intptr_t)arg;
    pn *p = as(PN_ROLE_OPS | PN_ROLE_SYSTEM, OPS + i);
    pthread_barrier_wait(&start);
    codes[i] = acting(p, i);
    snprintf(words[i], sizeof words[i], "%s", codes[i] ? pn_error(p)->message : "");
    pn_end(p);
    return NULL;
}

static int together(act *what)
{
    pthread_t id[THREADS];
    int good = 0;
    acting = what;
    pthread_barrier_init(&start, NULL, THREADS);
    for (intptr_t i = 0; i < THREADS; i++)
        pthread_create(&id[i], NULL, thread, (void *)i);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(id[i], NULL);
        good += codes[i] == 0;
    }
    pthread_barrier_destroy(&start);
    return good;
}

static const char *phone_of(int i)
{
    static char text[THREADS * 2][16];
    snprintf(text[i], sizeof text[i], "139%08d", i);
    return text[i];
}

static void paid(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
}

static void proved(void)
{
    pn *p = ops();
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        ck_assert_msg(c->drift == 0, "check %s drifts at %s", c->name, c->sample);
    pn_end(p);
    books_balance();
    ck_assert_int_eq(test_sql_int("select coalesce(sum(deadlocks), 0) from pg_stat_database"
                                  " where datname = current_database()"), 0);
}

static int handle(pn *p, int i)
{
    int64_t done = 0;
    int rc = 0;
    (void)i;
    do
        rc = pni_outbox_relay(p, &done);
    while (!rc && done);
    return rc;
}

/* Twelve paid for the three places that are left. */
START_TEST(I28_a_group_has_as_many_members_as_it_has_places)
{
    make_shop(.stock = 20);
    pn *p = ops();
    pn_groupbuy g;
    pn_order o;
    ok(pn_groupbuy_create(p, &(struct pn_groupbuy_create){.tier = TIER, .size = 4,
                                                          .price_fen = {YUAN(100)}}, &g));
    ok(pn_group_submit(p, &(struct pn_group_submit){.groupbuy = g.id, .phone = phone_of(12)}, &o));
    paid(o.id);
    relay();
    int64_t group = test_sql_int("select id from group_buy");
    for (int i = 0; i < THREADS; i++) {
        ok(pn_group_submit(p, &(struct pn_group_submit){.groupbuy = g.id, .group = group,
                                                        .phone = phone_of(i)}, &o));
        paid(o.id);
    }
    together(handle);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(codes[i] == 0, "%s", words[i]);
    test_sql("update outbox set due_at = 'epoch', lease_until = 'epoch'");
    relay();
    ck_assert_int_eq(count_of("orders where status = 'ALLOCATED'"), 4);
    ck_assert_int_eq(count_of("orders where status = 'REFUNDING'"), 9);
    ck_assert_str_eq(test_sql_text("select state || paid from group_buy"), "SUCCESS4");
    ck_assert_int_eq(count_of("ticket where state = 'ISSUED'"), 4);
    job("refund_retry");
    ck_assert_int_eq(test_sql_int("select sum(amount_fen) from simulated_refund"), YUAN(900));
    proved();
}
END_TEST

/* Half match the grabs, half cancel the same ones, and buyers come between. */
static int take_or_leave(pn *p, int i)
{
    struct { int64_t order; pn_rows considered; } in = {.order = orders[i / 2]};
    pn_grab out;
    if (i % 2)
        return pn_call(p, &pni_grab_take_op, &in, &out);
    if (i % 4 == 0)
        return pn_grab_cancel(p, &(struct pn_grab_cancel){.order = orders[i / 2]}, &out);
    pn_order o;
    return pn_order_submit(p, &(struct pn_order_submit){.tier = TIER, .qty = 1,
                                                        .phone = phone_of(THREADS + i)}, &o);
}

START_TEST(a_grab_is_matched_or_cancelled_never_both)
{
    make_shop(.stock = 3);
    for (int i = 0; i < THREADS / 2; i++) {
        char text[24];
        const char *tiers[] = {text};
        pn *p = ops();
        pn_grab g;
        snprintf(text, sizeof text, "%d", TIER);
        ok(pn_grab_submit(p, &(struct pn_grab_submit){.session = SESSION, .tiers = {tiers, 1},
            .qty = 1, .cap_fen = {YUAN(600)}, .phone = phone_of(i)}, &g));
        pn_end(p);
        orders[i] = g.order_id;
        paid(g.order_id);
    }
    together(take_or_leave);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(codes[i] == 0 || codes[i] == PN_ESTOCK || codes[i] == PN_ESTATE, "%s",
                      words[i]);
    ck_assert_int_eq(test_sql_int("select qty_locked + qty_sold from stock"), 3);
    job("refund_retry");
    relay();
    proved();
}
END_TEST

/* One slip, one payment, however many type it in. */
static int collect_same(pn *p, int i)
{
    pn_order o;
    return pn_order_collect(p, &(struct pn_order_collect){orders[i], {PN_PAY_SLIP}, {YUAN(580)},
                                                          "POS-1", NULL}, &o);
}

START_TEST(a_slip_stands_for_one_payment)
{
    make_shop(.stock = THREADS);
    pn *p = ops();
    for (int i = 0; i < THREADS; i++) {
        pn_order o;
        ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1,
                                                          .phone = phone_of(i)}, &o));
        orders[i] = o.id;
    }
    ck_assert_int_eq(together(collect_same), 1);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(codes[i] == 0 || codes[i] == PN_EEXISTS, "%s", words[i]);
    ck_assert_int_eq(count_of("payment"), 1);
    proved();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kind_race");
    TCase *c = tcase_create("kind_race");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, I28_a_group_has_as_many_members_as_it_has_places);
    tcase_add_test(c, a_grab_is_matched_or_cancelled_never_both);
    tcase_add_test(c, a_slip_stands_for_one_payment);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
