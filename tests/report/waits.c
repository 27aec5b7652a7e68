/* SPDX-License-Identifier: Apache-2.0 */
/* waits.c — what waits for somebody is found among what is done with, without reading that. */
#include "report/board.h"
#include "crowd.h"

#include <stdio.h>

enum { DONE = 3000 };

static const pn_board_wait *waiting(const pn_board_waiting *w, const char *what)
{
    pn_each(pn_board_wait, one, &w->waits)
        if (pn_word_is(pn_board_waits_of, one->what, what))
            return one;
    return NULL;
}

static void told(const pn_board_waiting *w, const char *what, int64_t rows)
{
    const pn_board_wait *one = waiting(w, what);
    ck_assert_msg(one && one->rows == rows, "%s: %lld of %lld", what,
                  one ? (long long)one->rows : -1, (long long)rows);
    ck_assert_msg(one->since.us, "%s: since when?", what);
}

static void all_is_told(void)
{
    pn_board_waiting w;
    pn *p = crowd_staff(PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE);
    ok(pn_board_waits(p, NULL, &w));
    static const struct { const char *what; int rows; } house[] = {
        {"REFUND_ASKED", 2}, {"REFUND_HAND", 1}, {"SHOW", 3}, {"REVISION", 3}, {"MERCHANT", 3},
        {"QUALIFICATION", 3}, {"OFFER", 3}, {"PRICE", 3}, {"SETTLEMENT", 1}, {"DIFFERENCE", 1},
        {"BOOKING", 2}, {"COMPENSATION", 2}, {"COMPENSATE", 1}, {"POINTS", 3}, {"PENALTY", 2},
        {"DEBT", 1}, {"DISPUTE", 3}, {"GUARANTEE", 3}, {"TRANSFER", 3}, {"FEE", 3}, {"SHIFT", 3},
        {"PRINT", 3}, {"ALARM", 3}, {"JOB", 3}};
    for (size_t i = 0; i < sizeof house / sizeof *house; i++)
        told(&w, house[i].what, house[i].rows);
    pn_end(p);
    p = crowd_merchant();
    ok(pn_board_waits(p, NULL, &w));
    told(&w, "DEPOSIT", 3);
    told(&w, "FROZEN", 3);
    told(&w, "CONFIRM", 2);
    told(&w, "IMPOSED", 1); /* what can be appealed against no more waits for nobody */
    static const char *const theirs[] = {"SHOW", "MERCHANT", "QUALIFICATION", "OFFER", "PENALTY"};
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        ck_assert_msg(!waiting(&w, theirs[i]), "a merchant is told of %s", theirs[i]);
    pn_end(p);
}

/* The database counts the rows that whole tables were read for, and tells when a session ends. */
START_TEST(nothing_done_with_is_read)
{
    test_db_setup();
    crowd_of(DONE);
    test_sql("select pg_stat_reset()");
    for (int i = 0; i < 3; i++)
        all_is_told();
    test_db_close();
    while (test_sql_int("select count(*) from pg_stat_activity where datname = current_database()"
                        " and pid <> pg_backend_pid() and backend_type = 'client backend'"))
        continue;
    for (const char *const *t = crowd_tables; *t; t++) {
        char sql[200];
        snprintf(sql, sizeof sql,
                 "select seq_tup_read from pg_stat_user_tables where relname = '%s'", *t);
        int64_t read = test_sql_int(sql);
        ck_assert_msg(read < DONE, "%s: %lld rows read to find the few", *t, (long long)read);
    }
    test_db_open();
    test_db_teardown();
}
END_TEST

/* A job that nothing went wrong with changes its state within its page, and no index. */
START_TEST(a_print_job_stays_in_its_page)
{
    test_db_setup();
    crowd_of(10);
    test_sql("select pg_stat_reset()");
    test_sql("update print_job set state = 'SENDING' where state = 'CONFIRMED'");
    test_sql("update print_job set state = 'CONFIRMED' where state = 'SENDING'");
    int64_t n = 0;
    while (n < 20)
        n = test_sql_int("select n_tup_upd from pg_stat_user_tables where relname = 'print_job'");
    ck_assert_int_eq(test_sql_int("select n_tup_upd - n_tup_hot_upd from pg_stat_user_tables"
                                  " where relname = 'print_job'"), 0);
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("waits");
    TCase *t = tcase_create("waits");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, nothing_done_with_is_read);
    tcase_add_test(t, a_print_job_stays_in_its_page);
    suite_add_tcase(suite, t);
    return pn_test_main(suite);
}
