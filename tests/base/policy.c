/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c — the numbers of the business rules: set now and later, refused, found in the trail. */
#include <string.h>

#include "base/policy.h"
#include "base/policy_int.h"
#include "base/unit_int.h"
#include "db.h"

#define DAY INT64_C(86400000000)

static pn *p;

static void setup(void)
{
    test_db_setup();
    p = test_begin(PN_ROLE_OPS);
}

static void teardown(void)
{
    pn_end(p);
    test_db_teardown();
}

static int64_t value_of(const char *key)
{
    int64_t v = -1;
    ok(pni_policy(p, key, &v));
    return v;
}
#define SET(...) pn_policy_set(p, &(struct pn_policy_set){__VA_ARGS__}, &out)

START_TEST(every_default_is_known_and_in_its_range)
{
    pn_page page;
    ok(pn_policy_list(p, &(pn_list){.limit = 1000}, &page));
    ck_assert_uint_ge(page.rows.n, 26);
    ck_assert_int_eq((int64_t)page.rows.n,
                     test_sql_int("select count(distinct key) from policy"));
    pn_each(pn_policy, row, &page.rows)
    {
        pn_policy_detail d;
        ck_assert_int_eq(row->state.v, PN_POLICY_CURRENT);
        ck_assert_int_eq(row->effective_from.us, 0);
        ok(pn_policy_show(p, &(struct pn_policy_show){row->key}, &d));
        ck_assert_str_eq(d.value, row->value);
        ck_assert_uint_eq(d.values.n, 1);
        ck_assert_int_ge(value_of(row->key), d.min);
        ck_assert_int_le(value_of(row->key), d.max);
        ck_assert_int_gt(strlen(d.help), 10);
    }
}
END_TEST

START_TEST(a_value_takes_over_at_once_and_the_old_one_stays)
{
    pn_policy out;
    ck_assert_int_eq(value_of("order.hold_min"), 15);
    ok(SET(.key = "order.hold_min", .value = "020", .reason = "holiday"));
    ck_assert_str_eq(out.value, "20");
    ck_assert_int_eq(out.state.v, PN_POLICY_CURRENT);
    ck_assert_int_eq(value_of("order.hold_min"), 20);
    ck_assert_int_eq(test_sql_int("select count(*) from policy where key = 'order.hold_min'"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'policy.set'"
                                  " and reason = 'holiday'"), 1);
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where before->>'value' = '15'"
                                  " and after->>'value' = '20'"), 1);
}
END_TEST

START_TEST(a_value_of_tomorrow_waits)
{
    pn_policy out;
    pn_page page;
    pn_policy_detail d;
    const pn_time then = {pn_now(p).us + DAY};
    ok(SET(.key = "gate.repeat_s", .value = "9", .reason = "slow", .effective_from = then));
    ck_assert_int_eq(out.state.v, PN_POLICY_COMING);
    ck_assert_int_eq(value_of("gate.repeat_s"), 5);
    ok(pn_policy_list(p, &(pn_list){.where = "key~repeat"}, &page));
    ck_assert_uint_eq(page.rows.n, 2);
    ok(pn_policy_list(p, &(pn_list){.where = "state=COMING"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ok(pn_policy_show(p, &(struct pn_policy_show){"gate.repeat_s"}, &d));
    ck_assert_str_eq(d.value, "5");
    ck_assert_uint_eq(d.values.n, 2);
    fails(PN_EEXISTS, SET(.key = "gate.repeat_s", .value = "8", .reason = "x",
                          .effective_from = then));
    pn_set_now(p, then);
    ck_assert_int_eq(value_of("gate.repeat_s"), 9);
    ok(pn_policy_list(p, &(pn_list){.where = "key~repeat"}, &page));
    ck_assert_uint_eq(page.rows.n, 1);
    ck_assert_str_eq(((pn_policy *)page.rows.row)->value, "9");
}
END_TEST

START_TEST(wrong_values_are_refused_with_the_range)
{
    static const char *const wrong[] = {"0", "121", "-5", "15min", "1.5", " 20", "1e2",
                                        "99999999999999999999"};
    pn_policy out;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fails(PN_EARG, SET(.key = "order.hold_min", .value = wrong[i], .reason = "x"));
        ck_assert_str_eq(pn_error(p)->field, "value");
        ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "1 to 120"));
    }
    fails(PN_EARG, SET(.key = "order.hold_min", .value = "20"));
    ck_assert_str_eq(pn_error(p)->field, "reason");
    fails(PN_EARG, SET(.key = "order.hold_min", .value = "20", .reason = "x",
                       .effective_from = {pn_now(p).us - 1}));
    ck_assert_str_eq(pn_error(p)->field, "effective_from");
    ck_assert_int_eq(value_of("order.hold_min"), 15);
    ok(SET(.key = "gate.reentries", .value = "0", .reason = "none may come back"));
    ck_assert_int_eq(value_of("gate.reentries"), 0);
}
END_TEST

START_TEST(an_unknown_key_names_the_nearest)
{
    pn_policy out;
    pn_policy_detail d;
    fails(PN_EARG, SET(.key = "order.hold_mins", .value = "20", .reason = "x"));
    ck_assert_str_eq(pn_error(p)->field, "key");
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "'order.hold_min'"));
    fails(PN_EARG, pn_policy_show(p, &(struct pn_policy_show){"zzz"}, &d));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "policy list"));
    ck_assert_int_eq(test_sql_int("select count(*) from policy where id > 4095"), 0);
}
END_TEST

START_TEST(not_everybody_sets_and_who_is_guarded_does_not)
{
    pn_policy out;
    fails(PN_EPERM, SET(.key = "refund.dual_control_fen", .value = "100", .reason = "x"));
    ck_assert_str_eq(pn_error(p)->field, "key");
    pn_end(p);
    p = test_begin(PN_ROLE_FINANCE);
    pn_page page;
    ok(pn_policy_list(p, &(pn_list){0}, &page));
    fails(PN_EPERM, SET(.key = "order.hold_min", .value = "20", .reason = "x"));
    pn_end(p);
    p = test_begin(PN_ROLE_GATE);
    fails(PN_EPERM, pn_policy_list(p, &(pn_list){0}, &page));
    pn_end(p);
    p = test_begin(PN_ROLE_ADMIN);
    ok(SET(.key = "refund.dual_control_fen", .value = "100", .reason = "x"));
    ck_assert_int_eq(value_of("refund.dual_control_fen"), 100);
}
END_TEST

START_TEST(a_unit_reads_them_once)
{
    value_of("order.hold_min");
    int64_t before = pni_round_trips(p);
    value_of("gate.reentries");
    value_of("order.hold_min");
    ck_assert_int_eq(pni_round_trips(p), before);
    int64_t v;
    fails(PN_EINTERNAL, pni_policy(p, "no.such_key", &v));
}
END_TEST

static const pn_sql some_sql = {"policy_some", NULL, &pni_policy_row_t,
    PNI_POLICY_ROWS("'order.hold_min', 'order.hold_tail_min', 'no.such_key'")};

/* Beside other statements: the value in force, not the one before it nor the one to come. */
START_TEST(some_are_read_along)
{
    pn_policy out;
    pn_rows rows = {0};
    int64_t first = value_of("order.hold_min"), tail = value_of("order.hold_tail_min");
    ok(SET(.key = "order.hold_min", .value = "20", .reason = "x"));
    ok(SET(.key = "order.hold_min", .value = "30", .reason = "x",
           .effective_from = {pn_now(p).us + DAY}));
    ok(pn_all(p, &some_sql, NULL, &rows));
    ck_assert_int_ne(first, 20);
    ck_assert_int_eq(pni_policy_of(&rows, "order.hold_min"), 20);
    ck_assert_int_eq(pni_policy_of(&rows, "order.hold_tail_min"), tail);
    ck_assert_int_eq(pni_policy_of(&rows, "no.such_key"), 0);
}
END_TEST

START_TEST(everybody_who_works_here_knows_the_limits)
{
    pn_policy_bulk b;
    pn_end(p);
    p = test_begin(PN_ROLE_GATE);
    ok(pn_policy_limits(p, NULL, &b));
    ck_assert_int_eq(b.rows_max, 5000);
    ck_assert_int_eq(b.type_rows, 50);
    ck_assert_int_eq(b.type_fen.fen, 1000000);
    ck_assert_int_eq(b.undo_min, 10);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("policy");
    TCase *t = tcase_create("policy");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, everybody_who_works_here_knows_the_limits);
    tcase_add_test(t, every_default_is_known_and_in_its_range);
    tcase_add_test(t, a_value_takes_over_at_once_and_the_old_one_stays);
    tcase_add_test(t, a_value_of_tomorrow_waits);
    tcase_add_test(t, wrong_values_are_refused_with_the_range);
    tcase_add_test(t, an_unknown_key_names_the_nearest);
    tcase_add_test(t, not_everybody_sets_and_who_is_guarded_does_not);
    tcase_add_test(t, a_unit_reads_them_once);
    tcase_add_test(t, some_are_read_along);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
