/* SPDX-License-Identifier: Apache-2.0 */
/* alarm.c — what no rule can answer is told once, to those it concerns, until it is closed. */
#include <string.h>

#include "base/when_int.h"
#include "ledger/closing.h"
#include "report/alarm.h"
#include "report/board.h"
#include "report/check.h"
#include "shop.h"

static const char *const phone = "13800001234";

/* Money of another amount than was asked for. */
static void wrong_money(int64_t order)
{
    PN_AUTO_UNIT p = ops();
    pn_payment y;
    ok(pn_payment_create(p, &(struct pn_payment_create){order, {PN_PAY_SIMULATED}}, &y));
    ok(pn_payment_simulate(p, &(struct pn_payment_simulate){y.id, {YUAN(1)}}, &y));
    pn_end(p);
    p = NULL;
    relay();
}

static int64_t open_ones(void)
{
    PN_AUTO_UNIT p = ops();
    pn_board today;
    ok(pn_board_today(p, NULL, &today));
    return today.alarms;
}

START_TEST(a_payment_that_needs_somebody_is_told_and_closed)
{
    pn_alarm a;
    pn_page page;
    make_shop();
    pn_order o = order_n(1, phone);
    ck_assert_int_eq(open_ones(), 0);
    wrong_money(o.id);
    ck_assert_int_eq(open_ones(), 1);
    PN_AUTO_UNIT p = ops();
    ok(pn_alarm_list(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 1);
    a = *(const pn_alarm *)page.rows.row;
    ck_assert_int_eq(a.kind.v, PN_ALARM_PAYMENT);
    ck_assert_str_eq(a.noun, "payment");
    ck_assert_str_eq(a.about, o.no);
    ck_assert_int_eq(a.ref, test_sql_int("select id from payment"));
    ck_assert_int_eq(a.state.v, PN_ALARM_IS_OPEN);
    ok(pn_alarm_take(p, &(struct pn_alarm_take){a.id}, &a));
    ck_assert_int_eq(a.state.v, PN_ALARM_IS_TAKEN);
    ck_assert_int_eq(test_sql_int("select taken_by from alarm"), pn_who(p)->id);
    fails(PN_ESTATE, pn_alarm_take(p, &(struct pn_alarm_take){a.id}, &a));
    ck_assert_int_eq(open_ones(), 1); /* somebody is on it: it is not over */
    ok(pn_alarm_close(p, &(struct pn_alarm_close){a.id, "the bank was called"}, &a));
    ck_assert_int_eq(a.state.v, PN_ALARM_IS_CLOSED);
    ck_assert_int_eq(open_ones(), 0);
    fails(PN_ESTATE, pn_alarm_close(p, &(struct pn_alarm_close){a.id, "again"}, &a));
    ok(pn_alarm_show(p, &(struct pn_alarm_show){a.id}, &a));
    ck_assert_str_eq(a.reason, "the bank was called");
    ck_assert_int_eq(count_of("audit_log where noun = 'alarm'"), 3);
}
END_TEST

START_TEST(the_same_again_counts_until_it_is_closed)
{
    pn_alarm a;
    make_shop();
    pn_order o = order_n(1, phone);
    wrong_money(o.id);
    PN_AUTO_UNIT p = ops();
    test_sql("insert into outbox (sk, id, event, ref, payload, at, due_at)"
             " select y.sk, n, 'payment.alarm', y.id, '{}', '-infinity', '-infinity'"
             " from payment y, generate_series(1, 2) n");
    relay();
    ck_assert_int_eq(count_of("alarm"), 1);
    ck_assert_int_eq(test_sql_int("select times from alarm"), 3);
    int64_t id = test_sql_int("select id from alarm");
    ok(pn_alarm_close(p, &(struct pn_alarm_close){id, "seen"}, &a));
    wrong_money(o.id);
    ck_assert_int_eq(count_of("alarm"), 2);
    ck_assert_int_eq(count_of("alarm where state = 'OPEN' and times = 1"), 1);
}
END_TEST

/* A merchant is told of his own, an organiser and a buyer of none. */
START_TEST(everybody_is_told_of_what_is_his)
{
    pn_alarm a;
    pn_page page;
    make_shop();
    test_sql("insert into alarm (sk, id, kind, noun, ref, about, merchant_id, state, at,"
             " updated_at) values (1, 4097, 'FOLLOW_LOOP', 'listing', 4097, '', 7 * 4096, 'OPEN',"
             " now(), now()), (1, 8193, 'FOLLOW_LOOP', 'listing', 8193, '', 8 * 4096, 'OPEN',"
             " now(), now()), (0, 4096, 'BUDGET_LOW', 'budget', 4096, '', null, 'OPEN', now(),"
             " now())");
    PN_AUTO_UNIT p = ops();
    ok(pn_alarm_list(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 3);
    pn_actor seller = {.kind = 'M', .id = 5, .login = "seller", .roles = PN_ROLE_MERCHANT,
                       .merchant = INT64_C(7) * 4096};
    pn_act_as(p, &seller);
    ok(pn_alarm_list(p, &(pn_list){0}, &page));
    ck_assert_int_eq((int64_t)page.rows.n, 1);
    ck_assert_int_eq(((const pn_alarm *)page.rows.row)->id, 4097);
    fails(PN_ENONE, pn_alarm_show(p, &(struct pn_alarm_show){8193}, &a));
    fails(PN_ENONE, pn_alarm_close(p, &(struct pn_alarm_close){4096, "mine?"}, &a));
    ok(pn_alarm_close(p, &(struct pn_alarm_close){4097, "the other is withdrawn"}, &a));
    pn_act_as(p, &(pn_actor){.kind = 'U', .id = 9, .login = "buyer", .roles = PN_ROLE_BUYER});
    fails(PN_EPERM, pn_alarm_list(p, &(pn_list){0}, &page));
}
END_TEST

/* A posting that the books refuse: told once, named by the day's closing and by the proofs, gone by
 * itself once it is through. */
START_TEST(an_event_that_is_refused_again_and_again_is_told)
{
    pn_alarm a;
    pn_closing day;
    make_shop();
    test_sql("insert into outbox (sk, id, event, ref, payload, at, due_at, tries, error)"
             " select 3, 4099, 'ledger.post', 4099, '{\"rule\":\"DEPOSIT_BACK\",\"biz_kind\":"
             "\"DEPOSIT\",\"step\":null,\"biz_id\":8195,\"merchant\":4099,\"sale\":3,"
             "\"shard\":3,\"onward\":true,\"at\":\"2026-01-01T00:00:00+08:00\","
             "\"amount_fen\":\"5.00\"}', now(), '-infinity', 6, 'x'");
    relay();
    job("outbox_watch");
    ck_assert_int_eq(count_of("alarm"), 0); /* the seventh time */
    test_sql("update outbox set due_at = '-infinity'");
    relay();
    ck_assert_int_eq(test_sql_int("select tries from outbox where id = 4099"), 8);
    PN_AUTO_UNIT p = ops();
    pn_check_report r = {0};
    ok(pn_check_run(p, &(struct pn_check_run){"events"}, &r));
    ck_assert_int_eq(r.drift, 1);
    shop_clock(MINUTE);
    job("outbox_watch");
    shop_clock(MINUTE);
    job("outbox_watch");
    int64_t id = test_sql_int("select id from alarm where kind = 'EVENT_STUCK' and times = 1");
    pn *q = as(PN_ROLE_FINANCE, FIN);
    ok(pn_alarm_show(q, &(struct pn_alarm_show){id}, &a));
    ck_assert_int_eq(a.ref, 4099);
    ck_assert_ptr_nonnull(strstr(a.about, "DEPOSIT · 8195"));
    ck_assert_ptr_nonnull(strstr(pn_word_label(pn_alarm_advice, a.advice), "outbox retry"));
    fails(PN_ESTATE, pn_closing_close(q, &(struct pn_closing_close){
        {(int32_t)pni_local_day(pn_now(q)) - 1}}, &day));
    ck_assert_ptr_nonnull(strstr(pn_error(q)->message, "DEPOSIT 8195 is refused"));
    /* the money is there now */
    test_sql("insert into ledger_account (sk, id, kind, owner, side, guard, credit_fen, at) values"
             " (3, 4099, 'FROZEN', 4099, 'CREDIT', 'CREDIT', 500, now())");
    pn *w = as(PN_ROLE_OPS, OPS);
    fails(PN_ENONE, pn_call(w, pn_op_find("outbox", "retry"), &(int64_t){12291}, &(char[512]){0}));
    ok(pn_call(w, pn_op_find("outbox", "retry"), &(int64_t){4099}, &(char[512]){0}));
    relay();
    ck_assert_int_eq(count_of("outbox where event = 'ledger.post'"), 0);
    shop_clock(MINUTE);
    job("outbox_watch");
    ck_assert_int_eq(count_of("alarm where state = 'CLOSED' and reason <> ''"), 1);
    pn_end(q);
    pn_end(w);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("alarm");
    TCase *c = tcase_create("alarm");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, test_db_setup, test_db_teardown);
    tcase_add_test(c, a_payment_that_needs_somebody_is_told_and_closed);
    tcase_add_test(c, the_same_again_counts_until_it_is_closed);
    tcase_add_test(c, everybody_is_told_of_what_is_his);
    tcase_add_test(c, an_event_that_is_refused_again_and_again_is_told);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
