/* SPDX-License-Identifier: Apache-2.0 */
/* together.c — reads of many units share their round trips and nothing else. */
#include <stdio.h>
#include <stdlib.h>
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

/* ---- rows by their keys ---- */

typedef struct pn_rule {
    int64_t id;
    const char *value;
    pn_time until;
    int64_t me;
} pn_rule;
static const pn_type rule_t = {"rule", sizeof(pn_rule), (const pn_col[]){
    PN_COL(pn_rule, id, "ID", .flags = PN_KEY | PN_SORT), PN_COL(pn_rule, value, "Value"),
    PN_COL(pn_rule, until, "Until", .sql = "case when r.id % 2 = 0 then effective_from end"),
    PN_COL(pn_rule, me, "Me", .sql = ":me"), {0}}};
static const pn_list_spec rules = {.row = &rule_t, .from = "policy r", .key = "r.id",
    .sort = "id", .scope = "scope = '$9' and r.effective_from <= :now"};
static const pn_type shy_t = {"shy", sizeof(pn_rule), (const pn_col[]){
    PN_COL(pn_rule, id, "ID", .flags = PN_KEY | PN_SORT), PN_COL(pn_rule, value, "Value"),
    PN_COL(pn_rule, me, "Me", .sql = "shy(:me)"), {0}}};
static const pn_list_spec shy = {.row = &shy_t, .from = "policy r", .key = "r.id", .sort = "id"};
int pn_rule_list(pn *p, const pn_list *in, pn_page *out);
int pn_shy_list(pn *p, const pn_list *in, pn_page *out);
PN_OP_LIST(rule, list, rules, .brief = "Rules", .out = &rule_t, .may = PN_ROLE_PUBLIC)
PN_OP_LIST(shy, list, shy, .brief = "Shy", .out = &shy_t, .may = PN_ROLE_PUBLIC)

struct reader {
    int64_t id, me;
    int (*list)(pn *p, const pn_list *in, pn_page *out);
    int runs;
    pn_page page;
};
static struct reader readers[MANY];

static int read_rule(pn *p, void *arg)
{
    struct reader *c = arg;
    c->runs++;
    pn_act_as(p, &(pn_actor){.kind = 'B', .id = c->me, .login = "x", .name = "x"});
    return c->list(p, &(pn_list){.key = c->id}, &c->page);
}

static int64_t plans(const char *which)
{
    char sql[200];
    snprintf(sql, sizeof sql, "select coalesce(sum(%s), 0) from pg_prepared_statements"
             " where statement like '%%pni_asked%%'", which);
    PGresult *res;
    struct pni_conn *c = test_ctx->idle[0];
    ck_assert_int_eq(PQexitPipelineMode(c->pg), 1);
    res = PQexec(c->pg, sql);
    ck_assert_int_eq(PQntuples(res), 1);
    int64_t n = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    PQclear(res);
    ck_assert_int_eq(PQenterPipelineMode(c->pg), 1);
    return n;
}

static void read_them(int (*list)(pn *p, const pn_list *in, pn_page *out))
{
    void *args[MANY];
    memset(readers, 0, sizeof readers);
    for (int i = 0; i < MANY; i++) {
        readers[i] = (struct reader){.id = 1 + i / 2 * 3, .me = 500 + i, .list = list};
        args[i] = &readers[i];
    }
    pn_read_together(units, MANY, read_rule, args, rcs);
}

/* Every third id is there, up to 60; two ask for each, as different people. */
static void each_has_the_row_asked_for(void)
{
    for (int i = 0; i < MANY; i++) {
        const struct reader *c = &readers[i];
        ck_assert_msg(!rcs[i], "%d: %s", i, pn_error(units[i])->message);
        ck_assert_uint_eq(c->page.rows.n, c->id <= 60);
        const pn_rule *r = c->page.rows.row;
        char value[24];
        snprintf(value, sizeof value, "v%lld", (long long)c->id);
        if (c->id > 60)
            continue;
        ck_assert_int_eq(r->id, c->id);
        ck_assert_str_eq(r->value, value);
        ck_assert_int_eq(r->me, c->me);
    }
}

static void make_rules(void)
{
    test_sql("insert into policy (id, key, scope, value, effective_from)"
             " select g, 'k' || g, '$9', 'v' || g, '2026-01-01' from generate_series(1, 60) g");
}

START_TEST(rows_are_found_for_all_who_ask_by_one_statement)
{
    make_rules();
    read_them(pn_rule_list);
    each_has_the_row_asked_for();
    for (int i = 0; i < MANY; i++) {
        const pn_rule *r = readers[i].page.rows.row;
        ck_assert_int_eq(readers[i].runs, 2);
        ck_assert_int_eq(pni_round_trips(units[i]), 1);
        if (readers[i].id <= 60)
            ck_assert_int_eq(r->until.us != 0, r->id % 2 == 0);
    }
    ck_assert_int_eq(plans("1"), 1);
    ck_assert_int_eq(plans("generic_plans + custom_plans"), 1); /* once for 64 */
}
END_TEST

/* However many ask, the plan is the same one. */
START_TEST(the_statement_for_many_keeps_its_plan)
{
    make_rules();
    for (int i = 0; i < 7; i++)
        read_them(pn_rule_list);
    int64_t custom = plans("custom_plans");
    for (int i = 0; i < 20; i++) {
        void *args[MANY];
        for (int k = 0; k < MANY; k++)
            args[k] = &readers[k];
        pn_read_together(units, (size_t)(4 + i), read_rule, args, rcs);
    }
    each_has_the_row_asked_for();
    ck_assert_int_eq(plans("custom_plans"), custom);
    ck_assert_int_ge(plans("generic_plans"), 20);
}
END_TEST

START_TEST(where_the_server_takes_no_such_form_each_asks_for_itself)
{
    make_rules();
    test_sql("create function shy(me bigint) returns bigint language plpgsql as $$ begin"
             " if current_query() like '%pni_asked%' then"
             " raise exception using errcode = '0A000'; end if; return me; end $$");
    read_them(pn_shy_list);
    each_has_the_row_asked_for();
    read_them(pn_shy_list);
    each_has_the_row_asked_for();
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(readers[i].runs, 2); /* still together */
}
END_TEST

START_TEST(no_memory_for_rows_is_an_error_or_no_matter)
{
    make_rules();
    for (int nth = 1; nth < 1200; nth += 7) {
        pni_alloc_fail_in = nth;
        read_them(pn_rule_list);
        pni_alloc_fail_in = 0;
        for (int i = 0; i < MANY; i++)
            ck_assert(rcs[i] == PN_EMEM ||
                      (!rcs[i] && readers[i].page.rows.n == (readers[i].id <= 60)));
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
    tcase_add_test(t, rows_are_found_for_all_who_ask_by_one_statement);
    tcase_add_test(t, the_statement_for_many_keeps_its_plan);
    tcase_add_test(t, where_the_server_takes_no_such_form_each_asks_for_itself);
    tcase_add_test(t, no_memory_for_rows_is_an_error_or_no_matter);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
