/* SPDX-License-Identifier: Apache-2.0 */
/* together.c — reads of many units share their round trips and nothing else. */
#include <string.h>

#include "base/db_int.h"
#include "db.h"

enum { MANY = 64 };

typedef struct pn_sum { int64_t n, me, pid, began; } pn_sum;
static const pn_type sum_t = {"sum", sizeof(pn_sum), (const pn_col[]){
    PN_COL(pn_sum, n, "N"), PN_COL(pn_sum, me, "Me"), PN_COL(pn_sum, pid, "Process"),
    PN_COL(pn_sum, began, "Began"), {0}}};
static const pn_type ask_t = {"sum.ask", sizeof(pn_sum), (const pn_col[]){
    PN_COL(pn_sum, n, "N"), {0}}};
static const pn_sql divide = {"sum_divide", &ask_t, &sum_t,
    "SELECT 1000 / :n AS n, :me AS me, pg_backend_pid()::bigint AS pid,"
    " (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint AS began"
    " WHERE :n <> 13"};
static const pn_sql twice = {"sum_twice", &ask_t, &sum_t, "SELECT 2 * :n AS n"};
static const pn_sql note = {"sum_note", &ask_t, NULL,
    "INSERT INTO policy (id, key, scope, value, effective_from)"
    " VALUES (:n, 'note' || :n, 'test', 'x', :now)"};

struct piece {
    int64_t n;
    bool fickle, notes, stubborn;
    int runs;
    pn_sum first, second;
};

static int work(pn *p, void *arg)
{
    struct piece *c = arg;
    pn_sum in = {.n = c->fickle ? c->n + c->runs : c->n}, got;
    c->runs++;
    pn_act_as(p, &(pn_actor){.kind = 'B', .id = 1000 + c->n, .login = "x", .name = "x"});
    int rc = pn_one(p, &divide, &in, &c->first);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, "n", "no %d", (int)c->n);
    if (rc && !c->stubborn)
        return rc;
    if (c->notes && (rc = pn_exec(p, &note, &in, NULL)))
        return rc;
    rc = pn_one(p, &twice, &c->first, &got);
    if (!rc)
        c->second = got;
    return rc;
}

static struct piece pieces[MANY];
static pn *units[MANY];
static int rcs[MANY];

static void setup(void)
{
    pni_send_fail_in = 0; /* what an earlier test did not use up */
    test_db_setup();
    memset(pieces, 0, sizeof pieces);
    for (int i = 0; i < MANY; i++) {
        pieces[i].n = i + 20;
        units[i] = test_begin(PN_ROLE_OPS);
        rcs[i] = -1;
    }
    for (int i = 1; i < MANY; i++)
        pn_set_now(units[i], pn_now(units[0]));
}

static void teardown(void)
{
    for (int i = 0; i < MANY; i++)
        pn_end(units[i]);
    test_db_teardown();
}

static void together(void)
{
    void *args[MANY];
    for (int i = 0; i < MANY; i++)
        args[i] = &pieces[i];
    pn_read_together(units, MANY, work, args, rcs);
}

static void has_its_own(int i)
{
    ck_assert_msg(!rcs[i], "%d: %s", i, pn_error(units[i])->message);
    ck_assert_int_eq(pieces[i].first.n, 1000 / pieces[i].n);
    ck_assert_int_eq(pieces[i].first.me, 1000 + pieces[i].n);
    ck_assert_int_eq(pieces[i].second.n, 2 * pieces[i].first.n);
}

START_TEST(each_gets_its_own_answer_in_one_pipeline)
{
    together();
    for (int i = 0; i < MANY; i++) {
        has_its_own(i);
        ck_assert_int_eq(pieces[i].runs, 3); /* one trip for each statement, and the end */
        ck_assert_int_eq(pni_round_trips(units[i]), 2);
        ck_assert_int_eq(pieces[i].first.pid, pieces[0].first.pid);
        ck_assert_int_eq(pieces[i].first.began, pieces[0].first.began); /* one sync */
    }
    ck_assert_int_eq(test_ctx->open_n, 1);
    ck_assert_int_eq(test_ctx->idle_n, 1);
}
END_TEST

START_TEST(a_refusal_is_told_to_whom_it_concerns)
{
    pieces[7].n = 13;
    together();
    ck_assert_int_eq(rcs[7], PN_ENONE);
    ck_assert_str_eq(pn_error(units[7])->message, "no 13");
    for (int i = 0; i < MANY; i++)
        if (i != 7) {
            has_its_own(i);
            ck_assert_int_eq(pieces[i].runs, 3);
        }
}
END_TEST

START_TEST(a_statement_that_fails_harms_nobody_else)
{
    pieces[0].n = pieces[40].n = 0;
    together();
    for (int i = 0; i < MANY; i++)
        if (pieces[i].n) {
            has_its_own(i);
        } else {
            ck_assert_int_eq(rcs[i], PN_EINTERNAL);
            ck_assert_str_eq(pn_error(units[i])->sqlstate, "22012");
        }
}
END_TEST

START_TEST(who_asks_differently_each_time_is_run_alone)
{
    pieces[3].fickle = true;
    together();
    for (int i = 0; i < MANY; i++)
        if (i != 3)
            has_its_own(i);
    ck_assert_int_eq(rcs[3], 0);
    ck_assert_int_eq(pieces[3].first.n, 1000 / (pieces[3].n + pieces[3].runs - 1));
}
END_TEST

START_TEST(who_goes_on_without_an_answer_gets_it_all_the_same)
{
    pieces[5].stubborn = pieces[6].stubborn = true;
    together();
    for (int i = 0; i < MANY; i++)
        has_its_own(i);
}
END_TEST

START_TEST(a_note_is_written_once)
{
    pieces[9].notes = pieces[10].notes = true;
    together();
    for (int i = 0; i < MANY; i++)
        has_its_own(i);
    ck_assert_int_eq(test_sql_int("SELECT count(*) FROM policy WHERE key LIKE 'note%'"), 2);
}
END_TEST

START_TEST(a_lost_connection_is_survived)
{
    static const int at[] = {1, 30, 64, 65, 100};
    pni_send_fail_in = at[_i];
    together();
    for (int i = 0; i < MANY; i++)
        has_its_own(i);
    ck_assert_int_le(test_ctx->open_n, 1);
}
END_TEST

START_TEST(without_a_database_everybody_is_told)
{
    for (int i = 0; i < MANY; i++)
        pn_set_timeout(units[i], 300);
    test_ctx->max = 0;
    together();
    test_ctx->max = 8;
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(rcs[i], PN_EBUSY);
        ck_assert_str_ne(pn_error(units[i])->message, "");
    }
}
END_TEST

START_TEST(no_memory_is_an_error_or_no_matter)
{
    for (int nth = 1; nth < 400; nth += 7) {
        pni_alloc_fail_in = nth;
        together();
        pni_alloc_fail_in = 0;
        for (int i = 0; i < MANY; i++)
            if (rcs[i] != PN_EMEM)
                has_its_own(i);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("together");
    TCase *t = tcase_create("reads");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, each_gets_its_own_answer_in_one_pipeline);
    tcase_add_test(t, a_refusal_is_told_to_whom_it_concerns);
    tcase_add_test(t, a_statement_that_fails_harms_nobody_else);
    tcase_add_test(t, who_asks_differently_each_time_is_run_alone);
    tcase_add_test(t, who_goes_on_without_an_answer_gets_it_all_the_same);
    tcase_add_test(t, a_note_is_written_once);
    tcase_add_loop_test(t, a_lost_connection_is_survived, 0, 5);
    tcase_add_test(t, without_a_database_everybody_is_told);
    tcase_add_test(t, no_memory_is_an_error_or_no_matter);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
