/* SPDX-License-Identifier: Apache-2.0 */
/* sale.c — a day of the box office through the ledger: money in cash and by a provider, too late,
 * twice and the wrong amount; given back whole, in part, with a fee, by hand. Whatever happens to
 * the relay meanwhile, the books are the documents in the end. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/db_int.h"
#include "base/outbox_int.h"
#include "desk.h"
#include "order/offline.h"
#include "order/payment_int.h"
#include "report/check.h"
#include "shop.h"

static int64_t asked(int64_t order)
{
    pn *p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    pn_end(p);
    return y.id;
}

/* The buyer pays, the provider tells. */
static void pay(int64_t payment, int64_t fen)
{
    pn_payment y;
    pn *p = ops();
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){payment, {fen}}, &y));
    pn_end(p);
}

static void give_back(int64_t order, const char *seat)
{
    pn *p = ops();
    pn_refund r;
    struct pn_refund_apply in = {.order = order};
    if (seat)
        in.seats = (pn_texts){&seat, 1};
    ok(pn_refund_apply(p, &in, &r));
    if (r.state.v == PN_REFUND_REVIEWING) {
        p = as(PN_ROLE_FINANCE, FIN);
        ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    }
    pn_end(p);
}

static void by_hand(int64_t order)
{
    pn *p = ops();
    pn_refund r;
    char sql[200];
    ok(pn_refund_apply(p, &(struct pn_refund_apply){.order = order}, &r));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_refund_approve(p, &(struct pn_refund_approve){.id = r.id}, &r));
    snprintf(sql, sizeof sql, "update refund set state = 'MANUAL' where id = %" PRId64, r.id);
    test_sql(sql);
    test_sql("update refund_leg set state = 'FAILED', answer = 'NO', asked_at = now() + interval"
             " '1 year' where state = 'PENDING' and refund_id in"
             " (select id from refund where state = 'MANUAL'); delete from refund_due"
             " where refund_id in (select id from refund where state = 'MANUAL')");
    p = as(PN_ROLE_FINANCE, FIN + 1);
    ok(pn_refund_transfer(p, &(struct pn_refund_transfer){r.id, sql, NULL}, &r));
    pn_end(p);
}

static void by_transfer(const char *phone)
{
    pn *p = ops();
    pn_order o;
    ok(pn_order_offline(p, &(struct pn_order_offline){.tier = TIER, .qty = 1, .phone = phone,
                                                      .method = {PN_PAY_TRANSFER}}, &o));
    ok(pn_order_collect(p, &(struct pn_order_collect){o.id, {PN_PAY_TRANSFER}, o.payable_fen,
                                                      "T-1", NULL}, &o));
    p = as(PN_ROLE_FINANCE, FIN);
    ok(pn_order_confirm(p, &(struct pn_order_confirm){o.id, "line 1"}, &o));
    pn_end(p);
}

/* 20 % of face are kept of what is given back. */
static void business(void)
{
    make_shop(.stock = 60, .policy = "LARGE_2023", .sale_days = 5, .limit_user = 20);
    pn_order cash = paid_n(2, "13800000001"), part = order_n(2, "13800000002"),
             twice = order_n(1, "13800000003"), wrong = order_n(1, "13800000004"),
             late = order_n(1, "13800000005"), hand = order_n(1, "13800000006");
    (void)paid_n(3, "13800000007");
    pay(asked(part.id), 2 * YUAN(580));
    int64_t first = asked(twice.id), second = asked(twice.id);
    pay(first, YUAN(580));
    pay(second, YUAN(580));
    pay(asked(wrong.id), YUAN(579));
    int64_t y = asked(late.id);
    pay(asked(hand.id), YUAN(580));
    by_transfer("13800000008");
    give_back(cash.id, NULL);
    give_back(part.id, NULL);
    by_hand(hand.id);
    pn *p = ops();
    ok(pn_order_cancel(p, &(struct pn_order_cancel){.id = late.id, .reason = "x"}, &late));
    pn_end(p);
    test_sql("update stock set qty_held = qty_total - qty_sold - qty_locked");
    pay(y, YUAN(580)); /* nothing is left for it */
}

/* ---- the books and the documents ---- */

#define DONE_LEGS(methods)                                                                         \
    "coalesce((select sum(g.amount_fen) from refund_leg g join payment y on y.id = g.payment_id"   \
    " where g.state in ('DONE', 'BANK') and y.method in (" methods ")), 0)"

static void books_are_the_documents(void)
{
    ledger_balances();
    ck_assert_int_eq(books_sum("DRAWER"), test_sql_int("select (sum(received_fen) - "
        DONE_LEGS("'CASH'") ")::bigint from payment where method = 'CASH'"));
    ck_assert_int_eq(books_sum("CLEARING") + books_sum("BANK"), test_sql_int(
        "select (sum(received_fen) - " DONE_LEGS("'SIMULATED', 'TRANSFER'") ")::bigint from payment"
        " where method in ('SIMULATED', 'TRANSFER')"));
    ck_assert_int_eq(books_sum("REFUND_PAYABLE"), test_sql_int("select coalesce(sum(amount_fen), 0)"
        "::bigint from refund_leg where state not in ('DONE', 'BANK')"));
    ck_assert_int_eq(books_sum("SUSPENSE"), 0);
    ck_assert_int_eq(books_sum("TRANSIT"), 0);
    int64_t ours = books_sum("FEE_INCOME") + books_sum("DELIVERY_INCOME");
    ck_assert_int_eq(books_sum("ESCROW") + ours, test_sql_int(
        "select (sum(paid_fen) - coalesce((select sum(amount_fen) from refund where state in"
        " ('PROCESSING', 'MANUAL', 'DONE') and reason not in ('DUPLICATE', 'MISMATCH')), 0))"
        "::bigint from orders"));
    /* 116 of each of five tickets, and a fifth of that is ours */
    ck_assert_int_eq(books_sum("FEE_INCOME"), 5 * YUAN(116) / 5);
    pn *p = ops();
    pn_check_report r;
    ok(pn_check_run(p, &(struct pn_check_run){0}, &r));
    pn_each(pn_check, c, &r.checks)
        if (!strncmp(c->name, "ledger", 6))
            ck_assert_msg(c->drift == 0, "%s drifts at %s", c->name, c->sample);
    pn_end(p);
}

START_TEST(after_the_relay_the_books_are_the_documents)
{
    business();
    ck_assert_int_eq(count_of("ledger_transfer"), 0); /* no buyer waited for any of it */
    relay();
    job("refund_retry");
    relay();
    books_are_the_documents();
    ck_assert_int_eq(books_sum("REFUND_PAYABLE"), 0);
    ck_assert_int_eq(count_of("outbox"), 0);
}
END_TEST

START_TEST(what_is_handed_over_twice_is_posted_once)
{
    business();
    job("refund_retry");
    test_sql("create table kept as select * from outbox where event = 'ledger.post'");
    relay();
    int64_t n = count_of("ledger_transfer");
    ck_assert_int_ge(n, 20);
    test_sql("delete from outbox_done");
    test_sql("insert into outbox select * from kept");
    relay();
    ck_assert_int_eq(count_of("ledger_transfer"), n);
    ck_assert_int_eq(count_of("outbox"), 0);
    books_are_the_documents();
}
END_TEST

/* The relay dies at every statement in turn, each time with some of it done. */
START_TEST(a_dying_relay_loses_and_doubles_nothing)
{
    business();
    job("refund_retry");
    for (int at = 1; at <= 25; at++) {
        fflush(stdout);
        test_db_close(); /* a connection is not shared with a child */
        pid_t child = fork();
        if (child == 0) {
            int64_t done;
            test_db_open();
            pn *p = worker();
            pni_send_fail_in = at;
            _exit(pni_outbox_relay(p, &done) ? 1 : 0);
        }
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        test_db_open();
        test_sql("update outbox set due_at = at, lease_until = '-infinity'");
    }
    relay();
    job("refund_retry");
    relay();
    ck_assert_int_eq(count_of("outbox"), 0);
    books_are_the_documents();
}
END_TEST

/* Several relays at once: claims keep them apart, and where they do not, the ledger does. */
START_TEST(many_relays_post_once)
{
    business();
    job("refund_retry");
    pid_t child[4];
    fflush(stdout);
    test_db_close();
    for (int i = 0; i < 4; i++) {
        child[i] = fork();
        if (child[i])
            continue;
        test_db_open();
        relay();
        _exit(0);
    }
    for (int i = 0; i < 4; i++) {
        int status;
        ck_assert_int_eq(waitpid(child[i], &status, 0), child[i]);
        ck_assert_int_eq(status, 0);
    }
    test_db_open();
    test_sql("update outbox set due_at = at, lease_until = '-infinity'");
    relay();
    ck_assert_int_eq(count_of("outbox"), 0);
    books_are_the_documents();
}
END_TEST

/* One that another relay works on is left to it: a relay that waited for it could wait in a ring
 * with others. */
START_TEST(a_relay_waits_for_no_other)
{
    static const char all[] = "select count(*) from outbox where event = '" PNI_LEDGER_POST "'";
    business();
    int64_t many = test_sql_int(all), done;
    ck_assert_int_gt(many, 1);
    PGconn *other = PQconnectdb(test_db_dsn());
    PQclear(PQexec(other, "begin"));
    PQclear(PQexec(other, "select from outbox where id = (select min(id) from outbox where event"
                          " = '" PNI_LEDGER_POST "') for update"));
    pn *p = as(PN_ROLE_SYSTEM, 1);
    pn_set_timeout(p, 5000);
    ok(pni_outbox_relay(p, &done));
    pn_end(p);
    ck_assert_int_ge(done, many - 1);
    ck_assert_int_eq(test_sql_int(all), 1);
    ck_assert_int_eq(test_sql_int("select sum(tries) from outbox where event = '" PNI_LEDGER_POST
                                  "'"), 0);
    PQfinish(other);
    relay();
    ck_assert_int_eq(test_sql_int(all), 0);
    job("refund_retry");
    relay();
    books_are_the_documents();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sale");
    TCase *c = tcase_create("sale");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, after_the_relay_the_books_are_the_documents);
    tcase_add_test(c, what_is_handed_over_twice_is_posted_once);
    tcase_add_test(c, a_dying_relay_loses_and_doubles_nothing);
    tcase_add_test(c, many_relays_post_once);
    tcase_add_test(c, a_relay_waits_for_no_other);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
