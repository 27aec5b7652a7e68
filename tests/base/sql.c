/* SPDX-License-Identifier: Apache-2.0 */
/* sql.c — the walk over every statement of every module: it must prepare against the migrated
 * schema, its result columns must be columns of its output struct, with types that fit. A renamed
 * column or a typing error fails here, before any logic runs. Lists are composed and run empty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bind_int.h"
#include "base/gather_int.h"
#include "base/sql_check_int.h"
#include "db.h"

static PGconn *conn;

static void setup(void)
{
    test_db_setup();
    conn = PQconnectdb(test_db_dsn());
    ck_assert_int_eq(PQstatus(conn), CONNECTION_OK);
}

static void teardown(void)
{
    PQfinish(conn);
    test_db_teardown();
}

static void check_results(const pn_sql *sql)
{
    PGresult *res = PQdescribePrepared(conn, "");
    ck_assert_int_eq(PQresultStatus(res), PGRES_COMMAND_OK);
    for (int c = 0; c < PQnfields(res); c++) {
        const pn_col *col = sql->out ? pn_type_col(sql->out, PQfname(res, c)) : NULL;
        ck_assert_msg(!sql->out || col, "%s: result column %s is not in %s", sql->name,
                      PQfname(res, c), sql->out ? sql->out->name : "");
        ck_assert_msg(!col || pni_fits(col, PQftype(res, c)), "%s: %s has type %u", sql->name,
                      PQfname(res, c), PQftype(res, c));
    }
    ck_assert_msg(!sql->out || PQnfields(res) > 0, "%s: no result for its output type", sql->name);
    PQclear(res);
}

/* Returns how many columns its rows have as one value, or how many times it has the one row. */
static int check_form(pn *p, const pn_sql *sql, pni_form form)
{
    pni_stmt made;
    int rc = pni_stmt_compile(p, sql, form, &made);
    ck_assert_msg(!rc, "%s", pn_error(p)->message);
    PGresult *res = PQprepare(conn, "", made.text, made.n, made.oid);
    ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s: %s%s", sql->name,
                  PQresultErrorMessage(res), made.text);
    PQclear(res);
    check_results(sql);
    return made.row_n;
}

/* There is a form for many, and no row is read only to find by a sub-select that it is no key's. */
static void check_for_many(pn *p, const pn_sql *sql)
{
    pni_stmt *stmt;
    int rc = pni_stmt_of(p, sql, &stmt);
    ck_assert_msg(!rc && pni_gathers(p, stmt), "%s: no form for many", sql->name);
    PGresult *res = PQprepare(conn, "many", stmt->each->text, stmt->each->n, stmt->each->oid);
    ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s: %s%s", sql->name,
                  PQresultErrorMessage(res), stmt->each->text);
    PQclear(res);
    const char *ask = "explain execute many(null";
    for (int i = 1; i < stmt->n; i++)
        ask = pn_printf(p, "%s, null", ask);
    ask = pn_printf(p, "%s)", ask);
    PQclear(PQexec(conn, "set enable_seqscan = off"));
    PQclear(PQexec(conn, "set plan_cache_mode = force_generic_plan"));
    res = PQexec(conn, ask);
    ck_assert_msg(PQntuples(res) > 2, "%s: %s", sql->name, PQresultErrorMessage(res));
    for (int r = 0; r < PQntuples(res); r++) {
        const char *line = PQgetvalue(res, r, 0);
        ck_assert_msg(!strstr(line, "Filter: ") || !strstr(line, "SubPlan"),
                      "%s reads rows that nobody asked for: %s", sql->name, line);
    }
    PQclear(res);
    PQclear(PQexec(conn, "deallocate many"));
}

static int check_statement(pn *p, const pn_sql *sql, int *one)
{
    if (sql->by_key)
        check_for_many(p, sql);
    int plain = check_form(p, sql, PNI_ARRAYS);
    ck_assert_int_eq(plain, 0);
    *one += sql->array && check_form(p, sql, PNI_ONE);
    return sql->array ? check_form(p, sql, PNI_ROWS) : 0;
}

START_TEST(every_statement_fits_schema_and_structs)
{
    pn *p = test_begin(PN_ROLE_ADMIN);
    int n = 0, rows = 0, one = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_sql *const *s = (*m)->sql; s && *s; s++, n++)
            rows += check_statement(p, *s, &one) > 1;
    ck_assert_int_gt(n, 20);
    ck_assert_int_gt(rows, 60);
    ck_assert_int_gt(one, 60);
    pn_end(p);
}
END_TEST

START_TEST(every_fsm_moves_by_compare_and_swap)
{
    pn *p = test_begin(PN_ROLE_ADMIN);
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_fsm *const *f = (*m)->fsm; f && *f; f++) {
            check_statement(p, (*f)->move, &(int){0});
            ck_assert_msg(strstr((*f)->move->text, ":from"), "%s", (*f)->noun);
            for (const pn_edge *e = (*f)->edges; e->from; e++) {
                ck_assert_msg(pn_word_find((*f)->words, e->from), "%s: %s", (*f)->noun, e->from);
                ck_assert_msg(pn_word_find((*f)->words, e->to), "%s: %s", (*f)->noun, e->to);
            }
        }
    pn_end(p);
}
END_TEST

static const pn_col *key_in(const pn_type *type)
{
    const pn_col *c = type ? type->cols : NULL;
    while (c && c->name && !(c->flags & PN_KEY))
        c++;
    return c && c->name ? c : NULL;
}

struct asker {
    const pn_op *op;
    int64_t key;
};

static int ask_by_key(pn *p, void *arg)
{
    const struct asker *a = arg;
    pn_page page;
    return pn_call(p, a->op, &(pn_list){.key = a->key}, &page);
}

static int64_t gathered(void)
{
    struct pni_conn *c = test_ctx->idle[0];
    ck_assert_int_eq(PQexitPipelineMode(c->pg), 1);
    PGresult *res = PQexec(c->pg, "select coalesce(sum(generic_plans + custom_plans), 0)"
                                  " from pg_prepared_statements"
                                  " where statement like '%pni_asked%'");
    int64_t n = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
    PQclear(res);
    ck_assert_int_eq(PQenterPipelineMode(c->pg), 1);
    return n;
}

/* A row by its key, for one and for two who ask at the same time. */
static void check_by_key(const pn_op *op)
{
    const pn_col *key = key_in(op->list->row);
    if (!key || key->kind != PN_K_INT)
        return;
    struct asker ask[2] = {{op, 7}, {op, 8}};
    pn *units[2] = {test_begin(PN_ROLE_ADMIN), test_begin(PN_ROLE_ADMIN)};
    void *args[2] = {&ask[0], &ask[1]};
    int rc[2] = {0};
    pn_set_now(units[1], pn_now(units[0]));
    int64_t before = gathered();
    pn_read_together(units, 2, ask_by_key, args, rc);
    for (int i = 0; i < 2; i++)
        ck_assert_msg(!rc[i], "%s.%s by key: %s", op->noun, op->verb,
                      rc[i] ? pn_error(units[i])->message : "");
    ck_assert_msg(gathered() > before, "%s.%s: each was asked for alone", op->noun, op->verb);
    int alone = ask_by_key(units[0], args[0]);
    ck_assert_msg(!alone, "%s.%s by key: %s", op->noun, op->verb,
                  alone ? pn_error(units[0])->message : "");
    pn_end(units[0]);
    pn_end(units[1]);
}

/* Filter every column, sort by every sortable one both ways: all shapes must be valid SQL. */
static void check_list(pn *p, const pn_op *op)
{
    pn_page page;
    int rc = pn_call(p, op, &(pn_list){.limit = 3}, &page);
    ck_assert_msg(!rc, "%s.%s: %s", op->noun, op->verb, rc ? pn_error(p)->message : "");
    for (const pn_col *c = op->list->row->cols; c->name; c++) {
        if (c->flags & PN_NOFILTER || !*c->label || c->kind >= PN_K_JSON)
            continue;
        const char *value = c->kind == PN_K_WORD ? c->words[0].name : c->kind == PN_K_BOOL ? "yes"
                            : c->kind == PN_K_TIME || c->kind == PN_K_DATE ? "2026-01-02" : "7";
        const char *where = pn_printf(p, "%s=%s", c->name, value);
        rc = pn_call(p, op, &(pn_list){.where = where, .limit = 3}, &page);
        ck_assert_msg(!rc || rc == PN_ENONE, "%s.%s %s: %s", op->noun, op->verb, where,
                      rc ? pn_error(p)->message : "");
        if (!(c->flags & PN_SORT))
            continue;
        for (int down = 0; down < 2; down++) {
            const char *sort = pn_printf(p, "%s%s", down ? "-" : "", c->name);
            rc = pn_call(p, op, &(pn_list){.sort = sort, .limit = 3}, &page);
            ck_assert_msg(!rc, "%s.%s sort %s: %s", op->noun, op->verb, sort,
                          rc ? pn_error(p)->message : "");
        }
    }
    check_by_key(op);
    if (op->list->search) {
        rc = pn_call(p, op, &(pn_list){.q = "音乐 yyj", .limit = 3}, &page);
        ck_assert_msg(!rc, "%s.%s: %s", op->noun, op->verb, rc ? pn_error(p)->message : "");
    }
}

START_TEST(every_list_filters_and_sorts)
{
    int n = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            if ((*op)->list) {
                pn *p = test_begin(PN_ROLE_ADMIN);
                check_list(p, *op);
                pn_end(p);
                n++;
            }
    ck_assert_int_ge(n, 3);
}
END_TEST

/* The library never prints: libpq would, on what a console is drawn on. */
START_TEST(what_a_server_says_goes_to_the_log)
{
    static const pn_sql loud = {"loud", NULL, NULL,
        "do $$ begin raise warning 'heard'; end $$", false};
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    ck_assert(file && before >= 0);
    ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
    pn *p = test_begin(PN_ROLE_ADMIN);
    int rc = pn_exec(p, &loud, NULL, NULL);
    fflush(stderr);
    ck_assert_int_ge(dup2(before, STDERR_FILENO), 0);
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(lseek(fileno(file), 0, SEEK_END), 0);
    close(before);
    fclose(file);
}
END_TEST

static const pn_col *key_of(const pn_op *op)
{
    return op ? key_in(op->in) : NULL;
}

/* Done with rows by their keys alone, perhaps with words: what a console does with many at once. */
static bool is_plain_deed(const pn_op *op)
{
    static const char *const words[] = {"reason", "note", "answer"};
    if (!(op->flags & PN_WRITE) || op->flags & PN_HIDDEN || !key_of(op))
        return false;
    for (const pn_col *c = op->in->cols; c->name; c++) {
        bool word = c->flags & PN_KEY;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            word |= !strcmp(c->name, words[i]);
        if (!word)
            return false;
    }
    return true;
}

START_TEST(every_deed_is_taken_back_or_says_why_not)
{
    int n = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++) {
            n += is_plain_deed(*op);
            ck_assert_msg(!is_plain_deed(*op) || (*op)->undo || (*op)->lasting,
                          "%s %s has neither undo nor lasting", (*op)->noun, (*op)->verb);
        }
    ck_assert_int_gt(n, 50);
}
END_TEST

/* A price of one piece, a rate and a limit come to nothing over rows. */
START_TEST(prices_are_not_added_up)
{
    ck_assert_ptr_null(pn_count_money(pn_op_find("listing", "list")));
    ck_assert_ptr_null(pn_count_money(pn_op_find("tier", "list")));
    ck_assert_str_eq(pn_count_money(pn_op_find("organiser", "list"))->name, "owed_fen");
    ck_assert_str_eq(pn_count_money(pn_op_find("order", "list"))->name, "payable_fen");
}
END_TEST

/* What takes a deed back is an operation on the same row that asks for no more than a reason. */
START_TEST(what_takes_back_needs_only_the_row)
{
    int n = 0;
    for (const pn_module *const *m = pn_modules(); *m; m++) {
        for (const pn_op *const *op = (*m)->ops; op && *op; op++) {
            const pn_op *undo = (*op)->undo ? pn_op_find((*op)->noun, (*op)->undo) : NULL;
            if (!(*op)->undo)
                continue;
            bool row = key_of(*op) || key_in((*op)->out);
            ck_assert_msg(undo && key_of(undo) && row, "%s %s", (*op)->noun, (*op)->undo);
            ck_assert_ptr_null((*op)->lasting);
            for (const pn_col *c = undo->in->cols; c->name; c++)
                ck_assert_msg(!(c->flags & PN_REQ) || c->flags & PN_KEY ||
                              !strcmp(c->name, "reason"), "%s %s", undo->noun, c->name);
            n++;
        }
    }
    ck_assert_int_gt(n, 5);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sql");
    TCase *t = tcase_create("walk");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, every_statement_fits_schema_and_structs);
    tcase_add_test(t, what_takes_back_needs_only_the_row);
    tcase_add_test(t, every_deed_is_taken_back_or_says_why_not);
    tcase_add_test(t, prices_are_not_added_up);
    tcase_add_test(t, every_fsm_moves_by_compare_and_swap);
    tcase_add_test(t, what_a_server_says_goes_to_the_log);
    tcase_add_test(t, every_list_filters_and_sorts);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
