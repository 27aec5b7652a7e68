/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.c — work on many rows: done by the server as whoever asked, each row once, stopped, taken
 * back. Accounts that are closed and opened stand for any rows. */
#include "user_int.h"

#include "base/job.h"
#include "base/sql_int.h"
#include "base/unit_int.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { STAFF = 3 };
static int64_t anna, staff[STAFF];

/* Administrator anna is signed in, and there are three accounts. */
static pn *open_office(void)
{
    static const char *const names[] = {"bert", "carl", "dora"};
    anna = user_make("anna", "ADMIN", 0);
    for (int i = 0; i < STAFF; i++)
        staff[i] = user_make(names[i], "OPS", 0);
    pn *p = pn_begin(test_ctx);
    user_login(p, "anna");
    return p;
}

static struct pn_bulk_begin asked(pn *p, const char *verb, int n)
{
    pn_bulk_item *items = pn_alloc(p, (size_t)n * sizeof *items);
    for (int i = 0; i < n; i++)
        items[i] = (pn_bulk_item){.key = pn_printf(p, "%lld", (long long)staff[i % STAFF]),
                                  .name = "account", .amount_fen = {100 * (i + 1)},
                                  .command = pn_printf(p, "pn staff %s no. %d", verb, i)};
    return (struct pn_bulk_begin){"staff", verb, {items, (size_t)n}, "moved"};
}

/* One turn of the worker, in a slot of its own. */
static void work_at(pn_time now)
{
    static int turn;
    pn_job_result done;
    now.us += ++turn;
    pn *p = test_begin(PN_ROLE_SYSTEM);
    pn_set_now(p, now);
    ok(pn_job_run(p, &(struct pn_job_run){.name = "bulk_run", .force = true}, &done));
    ck_assert_msg(!done.error, "%s", done.error);
    pn_end(p);
}

static pn_bulk seen(pn *p, int64_t id)
{
    pn_bulk b;
    ok(pn_bulk_show(p, &(struct pn_bulk_show){id}, &b));
    return b;
}

START_TEST(each_row_is_done_as_whoever_asked)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", STAFF);
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    ck_assert_int_eq(b.state.v, PN_BULK_OPEN);
    ck_assert_int_eq(b.rows, 3);
    ck_assert_int_eq(b.amount_fen.fen, 600);
    ck_assert_str_eq(b.staff, "anna");
    ck_assert_int_eq(test_sql_int("select count(*) from staff where state = 'DISABLED'"), 0);
    work_at(pn_now(p));
    b = seen(p, b.id);
    ck_assert_int_eq(b.state.v, PN_BULK_DONE);
    ck_assert_int_eq(b.done, 3);
    ck_assert_int_eq(b.done_fen.fen, 600);
    ck_assert_int_eq(test_sql_int("select count(*) from staff where state = 'DISABLED'"), 3);
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_due"), 0);
    ck_assert_int_eq(test_sql_int(pn_printf(p, "select count(*) from audit_log where op ="
        " 'staff.disable' and actor_id = %lld and via = 'job' and reason = 'moved'"
        " and command like 'pn staff disable no. %%'", (long long)anna)), 3);
    pn_page page;
    ok(pn_bulk_rows(p, &(pn_list){.where = pn_printf(p, "work=%lld", (long long)b.id)}, &page));
    ck_assert_uint_eq(page.rows.n, 3);
    ck_assert_str_eq(((pn_bulk_row *)page.rows.row)->words, "Disabled");
}
END_TEST

START_TEST(a_refused_row_stops_no_other)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", STAFF);
    ((pn_bulk_item *)in.rows.row)[1].key = pn_printf(p, "%lld", (long long)anna);
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    b = seen(p, b.id);
    ck_assert_int_eq(b.done, 2);
    ck_assert_int_eq(b.refused, 1);
    ck_assert_int_eq(b.done_fen.fen, 400);
    ck_assert_str_eq(test_sql_text("select words from bulk_row where state = 'REFUSED'"),
                     "Nobody disables himself");
    ck_assert_str_eq(test_sql_text("select code from bulk_row where state = 'REFUSED'"), "STATE");
}
END_TEST

/* A worker that dies after a call and before it could write down what became of it. */
START_TEST(a_row_is_done_once_although_its_answer_was_lost)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", 1);
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    test_sql("update bulk_row set state = 'WAITING', ended_at = null, words = '';"
             "update bulk_work set state = 'OPEN', ended_at = null, done = 0, done_fen = 0;"
             "insert into bulk_due (sk, work_id) select sk, id from bulk_work");
    work_at(pn_now(p));
    b = seen(p, b.id);
    ck_assert_int_eq(b.done, 1);
    ck_assert_str_eq(test_sql_text("select words from bulk_row"), "Disabled");
    ck_assert_int_eq(test_sql_int("select count(*) from audit_log where op = 'staff.disable'"), 1);
}
END_TEST

START_TEST(who_may_no_longer_does_no_longer)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", 2);
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    test_sql("update staff set roles = '{OPS}' where login = 'anna'");
    work_at(pn_now(p));
    ck_assert_int_eq(test_sql_int("select refused from bulk_work"), 2);
    ck_assert_str_eq(test_sql_text("select code from bulk_row limit 1"), "PERM");
    test_sql("update staff set roles = '{ADMIN}'");
    ok(pn_bulk_begin(p, &in, &b));
    test_sql("update staff set state = 'DISABLED' where login = 'anna'");
    work_at(pn_now(p));
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_row where words ="
                                  " 'The account of anna is closed'"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from staff where state = 'DISABLED'"), 1);
}
END_TEST

START_TEST(what_is_stopped_is_not_begun)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", STAFF);
    pn_bulk b, again;
    ok(pn_bulk_begin(p, &in, &b));
    PN_AUTO_UNIT other = pn_begin(test_ctx);
    test_sql("update staff set roles = '{FINANCE}' where login = 'bert'");
    user_login(other, "bert"); /* of the same house, but it is not his */
    ck_assert_int_eq(pn_bulk_cancel(other, &(struct pn_bulk_cancel){b.id}, &again), PN_EPERM);
    ok(pn_bulk_cancel(p, &(struct pn_bulk_cancel){b.id}, &b));
    ck_assert_int_eq(b.state.v, PN_BULK_STOPPED);
    work_at(pn_now(p));
    ck_assert_int_eq(test_sql_int("select count(*) from staff where state = 'DISABLED'"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_row where state = 'WAITING'"), 3);
    fails(PN_ESTATE, pn_bulk_cancel(p, &(struct pn_bulk_cancel){b.id}, &b));
    ck_assert_str_eq(seen(p, b.id).lasting, "Nothing was done");
}
END_TEST

/* Stopped while the worker has it: the row in hand is finished, no other is begun. */
START_TEST(the_worker_stops_between_two_rows)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", STAFF);
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    test_sql("create function stop() returns trigger language plpgsql as $$ begin"
             " update bulk_work set state = 'STOPPED', ended_at = now(); return new; end $$;"
             "create trigger stop after update on staff for each row execute function stop()");
    work_at(pn_now(p));
    ck_assert_int_eq(test_sql_int("select count(*) from staff where state = 'DISABLED'"), 1);
    ck_assert_int_eq(test_sql_int("select done from bulk_work"), 1);
}
END_TEST

START_TEST(it_is_taken_back_for_some_minutes)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", 2);
    pn_bulk b, back;
    ok(pn_bulk_begin(p, &in, &b));
    ck_assert_str_eq(seen(p, b.id).lasting, "It is still at work");
    work_at(pn_now(p));
    b = seen(p, b.id);
    ck_assert_int_eq(b.undo_until.us, b.ended_at.us + 600 * 1000000LL);
    ok(pn_bulk_undo(p, &(struct pn_bulk_undo){.id = b.id}, &back));
    ck_assert_str_eq(back.op, "staff.enable");
    ck_assert_int_eq(back.of, b.id);
    work_at(pn_now(p));
    ck_assert_int_eq(seen(p, back.id).done, 2);
    ck_assert_int_eq(test_sql_int("select count(*) from staff where state = 'DISABLED'"), 0);
    fails(PN_ESTATE, pn_bulk_undo(p, &(struct pn_bulk_undo){.id = b.id}, &back));
    ck_assert_str_eq(pn_error(p)->message, "It was taken back already");
}
END_TEST

START_TEST(late_or_for_good_it_stays)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", 1);
    pn_bulk b, back;
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    pn_time now = pn_now(p);
    pn_set_now(p, (pn_time){now.us + 601 * 1000000LL});
    fails(PN_ESTATE, pn_bulk_undo(p, &(struct pn_bulk_undo){.id = b.id}, &back));
    ck_assert_str_eq(seen(p, b.id).lasting, "It was done more than 10 minutes ago");
    pn_set_now(p, now);
    in = asked(p, "unlock", 1);
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    ck_assert_str_eq(seen(p, b.id).lasting, "It locks itself again after wrong passwords");
}
END_TEST

/* Columns that were typed over say what they said before. */
START_TEST(what_stood_there_before_is_typed_again)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "grant", 1);
    pn_bulk_item *item = in.rows.row;
    item->values.text = "{\"grants\": \"order.refund\"}";
    item->before.text = "{\"grants\": \"show.list\"}";
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    ck_assert_int_eq(test_sql_int("select count(*) from staff where grants = 'order.refund'"), 1);
    ok(pn_bulk_undo(p, &(struct pn_bulk_undo){.id = b.id}, &b));
    work_at(pn_now(p));
    ck_assert_int_eq(test_sql_int("select count(*) from staff where grants = 'show.list'"), 1);
}
END_TEST

static const struct {
    const char *noun, *verb, *key, *values, *field;
    int code;
} wrong[] = {
    {"staff", "nothing", "1", NULL, "verb", PN_EARG},
    {"staff", "show", "1", NULL, "verb", PN_EARG},       /* does nothing */
    {"staff", "passwd", "1", NULL, "verb", PN_EARG},     /* its answer is not kept */
    {"bulk", "cancel", "1", NULL, "verb", PN_EARG},
    {"staff", "disable", "x-9", NULL, "rows", PN_ENONE}, /* nobody */
    {"staff", "grant", "1", "{\"colour\": \"red\"}", "rows", PN_EARG},
    {"staff", "create", "1", NULL, "verb", PN_EARG},     /* makes a row */
    {"order", "cancel", "1", NULL, NULL, PN_EPERM},
};

START_TEST(what_cannot_be_done_is_not_begun)
{
    PN_AUTO_UNIT p = open_office();
    pn_bulk b;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (wrong[i].code == PN_EPERM) {
            test_sql("update staff set roles = '{GATE}' where login = 'anna'");
            user_login(p, "anna");
        }
        pn_bulk_item item = {.key = wrong[i].key, .values = {wrong[i].values}};
        fails(wrong[i].code, pn_bulk_begin(p, &(struct pn_bulk_begin){wrong[i].noun, wrong[i].verb,
                                                                      {&item, 1}, "x"}, &b));
        if (wrong[i].field)
            ck_assert_str_eq(pn_error(p)->field, wrong[i].field);
    }
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work"), 0);
}
END_TEST

START_TEST(a_plan_has_a_bound)
{
    PN_AUTO_UNIT p = open_office();
    pn_bulk b;
    struct pn_bulk_begin in = asked(p, "enable", 4);
    test_sql("insert into policy (id, key, value, effective_from) values"
             " (1, 'bulk.rows_max', '3', '2000-01-01')");
    fails(PN_ETOO_BIG, pn_bulk_begin(p, &in, &b));
    in.rows.n = 0;
    fails(PN_EARG, pn_bulk_begin(p, &in, &b));
}
END_TEST

/* Also those that no single turn of the worker takes. */
START_TEST(all_of_many_rows_are_done)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "unlock", 120);
    pn_bulk b;
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    b = seen(p, b.id);
    ck_assert_int_eq(b.done, 120);
    ck_assert_int_eq(b.state.v, PN_BULK_DONE);
}
END_TEST

START_TEST(houses_do_not_see_each_other)
{
    user_make("mia", "MERCHANT", 7);
    user_make("max", "MERCHANT", 8);
    PN_AUTO_UNIT p = pn_begin(test_ctx);
    pn_page page;
    user_login(p, "mia");
    test_sql("insert into bulk_work (sk, id, staff_id, merchant_id, noun, verb, english, state,"
             " rows, amount_fen, created_at) values (1, 4097, 1, 7, 'listing', 'pause', true,"
             " 'OPEN', 1, 0, now())");
    ok(pn_bulk_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 1); /* a colleague's */
    user_login(p, "max");
    pn_bulk b;
    ok(pn_bulk_list(p, &(pn_list){0}, &page));
    ck_assert_uint_eq(page.rows.n, 0);
    fails(PN_ENONE, pn_bulk_show(p, &(struct pn_bulk_show){4097}, &b));
    fails(PN_ENONE, pn_bulk_cancel(p, &(struct pn_bulk_cancel){4097}, &b));
}
END_TEST

static volatile int stop;
static void *supervise(void *unused)
{
    (void)unused;
    return pn_work(test_ctx, &stop) ? test_ctx : NULL;
}

static bool comes(const char *sql)
{
    for (int i = 0; i < 200 && !test_sql_int(sql); i++)
        nanosleep(&(struct timespec){0, 100000000}, NULL);
    return test_sql_int(sql);
}

START_TEST(the_worker_does_not_wait_for_its_slot)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", 1);
    pn_bulk b;
    pthread_t thread;
    stop = 0;
    ck_assert_int_eq(pthread_create(&thread, NULL, supervise, NULL), 0);
    ck_assert(comes("select count(*) from job_run where name = 'bulk_run' and state = 'DONE'"));
    ok(pn_bulk_begin(p, &in, &b));
    ck_assert(comes("select count(*) from bulk_work where state = 'DONE'"));
    stop = 1;
    pthread_join(thread, NULL);
    ck_assert_int_ge(test_sql_int("select count(*) from job_run where name = 'bulk_run' and"
                                  " (extract(epoch from slot) * 1000)::bigint % 60000 <> 0"), 1);
}
END_TEST

START_TEST(old_work_is_forgotten)
{
    PN_AUTO_UNIT p = open_office();
    struct pn_bulk_begin in = asked(p, "disable", 2);
    pn_bulk b;
    pn_job_result done;
    ok(pn_bulk_begin(p, &in, &b));
    work_at(pn_now(p));
    pn *q = test_begin(PN_ROLE_SYSTEM);
    struct pn_job_run run = {.name = "bulk_sweep", .force = true};
    ok(pn_job_run(q, &run, &done));
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_row"), 2);
    test_sql("update bulk_work set created_at = now() - interval '91 days'");
    pn_end(q);
    q = test_begin(PN_ROLE_SYSTEM);
    ok(pn_job_run(q, &run, &done));
    pn_end(q);
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_row"), 0);
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work"), 0);
}
END_TEST

void bulk_cases(TCase *tests)
{
    tcase_add_test(tests, each_row_is_done_as_whoever_asked);
    tcase_add_test(tests, a_refused_row_stops_no_other);
    tcase_add_test(tests, a_row_is_done_once_although_its_answer_was_lost);
    tcase_add_test(tests, who_may_no_longer_does_no_longer);
    tcase_add_test(tests, what_is_stopped_is_not_begun);
    tcase_add_test(tests, the_worker_stops_between_two_rows);
    tcase_add_test(tests, it_is_taken_back_for_some_minutes);
    tcase_add_test(tests, late_or_for_good_it_stays);
    tcase_add_test(tests, what_stood_there_before_is_typed_again);
    tcase_add_test(tests, what_cannot_be_done_is_not_begun);
    tcase_add_test(tests, a_plan_has_a_bound);
    tcase_add_test(tests, all_of_many_rows_are_done);
    tcase_add_test(tests, houses_do_not_see_each_other);
    tcase_add_test(tests, the_worker_does_not_wait_for_its_slot);
    tcase_add_test(tests, old_work_is_forgotten);
}
