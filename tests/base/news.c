/* SPDX-License-Identifier: Apache-2.0 */
/* news.c — who changes something tells those who listen: after the commit, never before, seldom,
 * and too many are told as "some". */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/news.h"
#include "base/news_int.h"
#include "base/policy.h"
#include "catalog/city.h"
#include "db.h"

enum { PATIENCE_MS = 8000, SILENCE_MS = 150 };

static pn *p;
static pn_news *news;
static char heard[8000];

static void setup(void)
{
    test_db_setup();
    p = test_begin(PN_ROLE_OPS);
    ok(pn_news_open(p, &news));
    *heard = 0;
}

static void teardown(void)
{
    pn_news_close(news);
    pn_end(p);
    test_db_teardown();
}

static void note(void *payload, const char *noun, int64_t id)
{
    size_t len = strlen(payload);
    snprintf((char *)payload + len, sizeof heard - len, "%s %" PRId64 ";", noun, id);
}

/* Does something come within `ms`? */
static bool comes(int ms)
{
    struct pollfd fd = {.fd = pn_news_fd(news), .events = POLLIN};
    *heard = 0;
    while (!*heard && poll(&fd, 1, ms) > 0)
        if (!pn_news_hear(news, note, heard))
            return false;
    return *heard;
}

static int64_t make_city(const char *code)
{
    pn_city out;
    ok(pn_city_create(p, &(struct pn_city_create){.code = code, .name = code}, &out));
    return out.id;
}

START_TEST(a_commit_is_told_to_whoever_listens)
{
    char want[64];
    int64_t id = make_city("sh");
    ck_assert(!comes(SILENCE_MS)); /* it is told between two pieces of work */
    ck_assert_int_eq(pn_news_tell(test_ctx, false), 0);
    ck_assert(comes(PATIENCE_MS));
    snprintf(want, sizeof want, "city %" PRId64 ";", id);
    ck_assert_str_eq(heard, want);
    ck_assert_int_eq(pn_news_tell(test_ctx, true), 0); /* once */
    ck_assert(!comes(SILENCE_MS));
}
END_TEST

START_TEST(what_did_not_happen_is_not_told)
{
    pn_city out;
    make_city("sh");
    pn_news_tell(test_ctx, true);
    ck_assert(comes(PATIENCE_MS));
    fails(PN_EEXISTS, pn_city_create(p, &(struct pn_city_create){.code = "sh", .name = "x"}, &out));
    pn_dry_run(p, true);
    make_city("bj");
    pn_dry_run(p, false);
    ck_assert_int_eq(pn_news_tell(test_ctx, true), 0);
    ck_assert(!comes(SILENCE_MS));
}
END_TEST

START_TEST(a_busy_process_tells_seldom_and_all_of_it)
{
    int64_t one = make_city("a"), wait;
    ck_assert_int_eq(pn_news_tell(test_ctx, false), 0);
    int64_t two = make_city("b");
    make_city("c");
    wait = pn_news_tell(test_ctx, false);
    ck_assert_int_ge(wait, 0);
    ck_assert_int_le(wait, 100);
    ck_assert(comes(PATIENCE_MS));
    ck_assert_ptr_nonnull(strstr(heard, "city"));
    poll(NULL, 0, (int)wait + 1);
    ck_assert_int_eq(pn_news_tell(test_ctx, false), 0);
    char want[64];
    snprintf(want, sizeof want, "city %" PRId64 ";", two);
    if (wait) { /* the second and the third together */
        ck_assert(comes(PATIENCE_MS));
        ck_assert_ptr_nonnull(strstr(heard, want));
    }
    (void)one;
}
END_TEST

START_TEST(nobody_waits_for_a_connection_to_tell)
{
    pn_ctx *small;
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.dsn = test_db_dsn(), .pool_max = 1}, &small), 0);
    pn *q = pn_begin(small);
    pni_news_note(q, "order", 4096);
    pn_end(q);
    small->open_n = 1; /* the only one is in use */
    ck_assert_int_gt(pn_news_tell(small, true), 0);
    small->open_n = 0;
    ck_assert_int_eq(pn_news_tell(small, true), 0);
    ck_assert(comes(PATIENCE_MS));
    ck_assert_str_eq(heard, "order 4096;");
    pn_ctx_close(small);
}
END_TEST

START_TEST(too_many_are_some)
{
    for (int64_t i = 1; i <= 200; i++)
        pni_news_note(p, "order", i << 12);
    pni_news_note(p, "show", 4096);
    pn_news_tell(test_ctx, true);
    ck_assert(comes(PATIENCE_MS));
    ck_assert_ptr_nonnull(strstr(heard, "order 0;"));
    ck_assert_ptr_nonnull(strstr(heard, "show 4096;"));
    ck_assert_int_lt(strlen(heard), 4000);
}
END_TEST

START_TEST(the_same_twice_is_told_once)
{
    for (int i = 0; i < 50; i++)
        pni_news_note(p, "order", 4096);
    pn_news_tell(test_ctx, true);
    ck_assert(comes(PATIENCE_MS));
    ck_assert_str_eq(heard, "order 4096;");
}
END_TEST

START_TEST(what_an_operation_names_itself_is_told)
{
    pn_policy out;
    ok(pn_policy_set(p, &(struct pn_policy_set){.key = "order.hold_min", .value = "20",
                                                .reason = "holiday"}, &out));
    pn_news_tell(test_ctx, true);
    ck_assert(comes(PATIENCE_MS));
    ck_assert_ptr_nonnull(strstr(heard, "policy "));
}
END_TEST

START_TEST(a_server_that_is_there_answers)
{
    struct pollfd fd = {.fd = pn_news_fd(news), .events = POLLIN};
    ck_assert(!pn_news_asked(news));
    ck_assert(pn_news_ask(news));
    ck_assert(pn_news_asked(news));
    while (pn_news_asked(news)) {
        ck_assert_int_gt(poll(&fd, 1, PATIENCE_MS), 0);
        ck_assert(pn_news_hear(news, note, heard));
    }
    make_city("sh"); /* and goes on telling */
    pn_news_tell(test_ctx, true);
    ck_assert(comes(PATIENCE_MS));
}
END_TEST

START_TEST(a_dead_connection_is_known_at_once)
{
    struct pollfd fd = {.fd = pn_news_fd(news), .events = POLLIN};
    test_sql("select pg_terminate_backend(pid) from pg_stat_activity"
             " where application_name = 'piaoniu news' and datname = current_database()");
    bool there = true;
    while (there && poll(&fd, 1, PATIENCE_MS) > 0)
        there = pn_news_hear(news, note, heard);
    ck_assert(!there);
    ck_assert(!pn_news_ask(news));
}
END_TEST

START_TEST(closing_tells_what_is_left)
{
    pn_ctx *other;
    pn_city out;
    ck_assert_int_eq(pn_ctx_open(&(pn_open_opts){.dsn = test_db_dsn()}, &other), 0);
    pn *q = pn_begin(other);
    pn_act_as(q, pn_who(p));
    ck_assert_int_eq(
        pn_city_create(q, &(struct pn_city_create){.code = "sz", .name = "深圳"}, &out), 0);
    pn_end(q);
    pn_ctx_close(other);
    ck_assert(comes(PATIENCE_MS));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("news");
    TCase *c = tcase_create("news");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_commit_is_told_to_whoever_listens);
    tcase_add_test(c, what_did_not_happen_is_not_told);
    tcase_add_test(c, a_busy_process_tells_seldom_and_all_of_it);
    tcase_add_test(c, nobody_waits_for_a_connection_to_tell);
    tcase_add_test(c, too_many_are_some);
    tcase_add_test(c, the_same_twice_is_told_once);
    tcase_add_test(c, what_an_operation_names_itself_is_told);
    tcase_add_test(c, a_server_that_is_there_answers);
    tcase_add_test(c, a_dead_connection_is_known_at_once);
    tcase_add_test(c, closing_tells_what_is_left);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
