/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c — locks in one order: whoever has an order or a grab's request waits for no lot. */
#include "grabs.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "order/grab_int.h"

typedef int act(pn *p);
static int64_t order, payment;
static char refused[300]; /* what became of the act: "" when it was done */

static void *doing(void *what)
{
    act *a = NULL;
    memcpy(&a, what, sizeof a);
    pn *p = as(PN_ROLE_OPS | PN_ROLE_SYSTEM, OPS);
    int rc = a(p);
    snprintf(refused, sizeof refused, "%s", rc ? pn_error(p)->message : "");
    pn_end(p);
    return NULL;
}

static int simulated(pn *p)
{
    pn_payment y;
    return pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = payment}, &y);
}

static int matched(pn *p)
{
    pn_grab g;
    return pn_call(p, &pni_grab_take_op, &(struct { int64_t order; pn_rows considered; }){
                                             .order = order}, &g);
}

static int given_back(pn *p)
{
    pn_refund r;
    return pn_refund_apply(p, &(struct pn_refund_apply){.order = order}, &r);
}

static void done(PGconn *who)
{
    PQclear(PQexec(who, "commit"));
    PQfinish(who);
}

/* Whoever has the lot gets `mine` as well, although somebody waits for the lot. */
static void has_the_lot_and_gets(PGconn *who, const char *mine)
{
    somebody_waits_for(who);
    PGresult *r = PQexec(who, mine);
    ck_assert_msg(PQresultStatus(r) == PGRES_TUPLES_OK, "%s", PQerrorMessage(who));
    ck_assert_int_eq(PQntuples(r), 1);
    PQclear(r);
    done(who);
}

#define THE_LOT "select from stock where lot_id = 61441 for update"
#define THE_REQUEST                                                                                \
    "select from grab_request g join orders o on o.id = g.order_id for update of g, o nowait"

/* A grab that waits for one ticket, and the ticket that was just given back. */
static void one_ticket_back(void)
{
    make_shop(.stock = 1);
    pn_order sold = paid_n(1, phones[3]);
    order = queued(1, 600, phones[0]).order_id;
    pn *p = ops();
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = sold.id}, &(pn_refund){0}));
    pn_end(p);
}

START_TEST(a_grab_is_given_tickets_whose_lot_is_locked_before_it)
{
    pthread_t t;
    one_ticket_back();
    PGconn *who = somebody_did(THE_LOT);
    pthread_create(&t, NULL, doing, &(act *){matched});
    has_the_lot_and_gets(who, THE_REQUEST);
    pthread_join(t, NULL);
    ck_assert_str_eq(refused, "");
    ck_assert_str_eq(order_state(order), "ALLOCATED");
    proved();
}
END_TEST

/* The cap was raised while the lot was waited for: what counts is what the request says now. */
START_TEST(a_grab_is_given_tickets_for_what_it_pays_when_its_lot_is_ours)
{
    pthread_t t;
    pn_grab g;
    make_shop(.face_fen = YUAN(700), .stock = 1);
    order = queued(1, 600, phones[0]).order_id;
    PGconn *who = somebody_did(THE_LOT);
    pthread_create(&t, NULL, doing, &(act *){matched});
    somebody_waits_for(who);
    pn *p = ops();
    ok(pn_grab_raise(p, &(struct pn_grab_raise){order, {YUAN(700)}}, &g));
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    pn_end(p);
    done(who);
    pthread_join(t, NULL);
    ck_assert_str_eq(refused, "");
    ck_assert_str_eq(order_state(order), "ALLOCATED");
    proved();
}
END_TEST

/* A match gives the grab its tickets while the provider's word waits for the request. */
START_TEST(a_payment_waits_for_no_lot_that_its_order_got_meanwhile)
{
    pthread_t t;
    pn_payment y;
    pn_grab g;
    char sql[600];
    make_shop(.face_fen = YUAN(700), .stock = 2);
    pn_order other = paid_n(1, phones[3]);
    order = submitted(wish(1, 600, phones[0])).order_id;
    pn *p = ops();
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED_AUTH}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){.payment = y.id}, &y));
    ok(pn_grab_raise(p, &(struct pn_grab_raise){order, {YUAN(650)}}, &g));
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED_AUTH}}, &y));
    pn_end(p);
    payment = y.id;
    snprintf(sql, sizeof sql, "update grab_request set attempts = attempts;"
             " insert into order_item select (x.r).* from (select jsonb_populate_record(i,"
             " jsonb_build_object('order_id', %lld)) as r from order_item i where order_id = %lld)"
             " x", (long long)order, (long long)other.id);
    PGconn *match = somebody_did(sql);
    pthread_create(&t, NULL, doing, &(act *){simulated});
    somebody_waits_for(match);
    PGconn *who = somebody_did(THE_LOT);
    done(match);
    has_the_lot_and_gets(who, THE_REQUEST);
    pthread_join(t, NULL);
    ck_assert_str_eq(refused, "");
    ck_assert_int_eq(test_sql_int("select max(held_fen) from orders"), YUAN(650));
}
END_TEST

/* Its tickets became others, as when money comes late. */
START_TEST(an_order_waits_for_no_lot_that_it_got_meanwhile)
{
    pthread_t t;
    char sql[200], mine[100];
    make_shop(.stock = 5);
    make_tier(5, YUAN(580));
    pn *p = ops();
    pn_order o;
    ok(pn_order_submit(p, &(struct pn_order_submit){.tier = TIER2, .qty = 1, .phone = phones[0]},
                       &o));
    pn_end(p);
    p = clerk();
    ok(pn_payment_cash(p, &(struct pn_payment_cash){.order = o.id}, &(pn_payment){0}));
    pn_end(p);
    order = o.id;
    test_sql("update order_item set lot_id = 61441, tier_id = 61441");
    snprintf(sql, sizeof sql, "update orders set version = version where id = %lld;"
             " update order_item set lot_id = 65537, tier_id = 65537", (long long)order);
    snprintf(mine, sizeof mine, "select from orders where id = %lld for update nowait",
             (long long)order);
    PGconn *late = somebody_did(sql);
    pthread_create(&t, NULL, doing, &(act *){given_back});
    somebody_waits_for(late);
    PGconn *who = somebody_did("select from stock where lot_id = 65537 for update");
    done(late);
    has_the_lot_and_gets(who, mine);
    pthread_join(t, NULL);
    ck_assert_str_eq(refused, "");
    books_proven();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lock");
    TCase *c = tcase_create("lock");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, a_grab_is_given_tickets_whose_lot_is_locked_before_it);
    tcase_add_test(c, a_grab_is_given_tickets_for_what_it_pays_when_its_lot_is_ours);
    tcase_add_test(c, a_payment_waits_for_no_lot_that_its_order_got_meanwhile);
    tcase_add_test(c, an_order_waits_for_no_lot_that_it_got_meanwhile);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
