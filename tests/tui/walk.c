/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c — what an organiser and a merchant meet on their way through a day at the console. */
#include "config.h"
#include "folk.h"

#include "base/job.h"
#include "base/news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- work of the server ---- */

/* One turn of the worker that the test is, in a slot of its own. */
static void work_on(void)
{
    static int turn;
    pn_job_result done;
    pn *p = test_begin(PN_ROLE_SYSTEM);
    pn_set_now(p, (pn_time){pn_now(p).us + ++turn});
    ok(pn_job_run(p, &(struct pn_job_run){.name = "bulk_run", .force = true}, &done));
    ck_assert_msg(!done.error, "%s", done.error);
    pn_end(p);
    ok(pn_news_tell(test_ctx, true)); /* as a worker does between its rounds */
}

static void answer(const char *text)
{
    say(text);
    vth_settle(&t, 100);
    vth_keys(&t, "Enter");
}

/* All offers off sale, with the console gone before the server has begun. */
static void pause_all_and_leave(void)
{
    make_shop();
    lot_of(.qty = 4);
    lot_of(.qty = 7);
    be_a_merchant();
    test_sql("update listing set merchant_id = 101; update stock set merchant_id = 101");
    open_house(24, 80);
    command("listing list");
    must("1/2");
    vth_keys(&t, "* a");
    must("Take an offer off sale for a while");
    char *screen = vth_snap(&t, false), *at = strstr(screen, "Take an offer off sale");
    vth_keys(&t, (char[]){at[-3], 0});
    free(screen);
    must("Reason");
    answer("rain");
    must("2 can be done");
    vth_keys(&t, "Enter");
    must("server");
    vth_keys(&t, "Esc");
    must("The server goes on with it");
}

START_TEST(what_the_server_did_is_taken_back)
{
    pause_all_and_leave();
    vth_keys(&t, "u");
    must("It is still at work");
    work_on();
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'PAUSED'"), 2);
    vth_keys(&t, "u");
    must("Take back “Take an offer off sale for a while”: 2 rows");
    vth_keys(&t, "n");
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work"), 1);
    vth_stop(&t);
    open_house(24, 80); /* whoever comes back another time finds it, too */
    command("listing list");
    must("1/2");
    vth_keys(&t, "u");
    must("2 rows");
    vth_keys(&t, "y");
    must("At work");
    work_on();
    must("Finished");
    ck_assert_int_eq(test_sql_int("select count(*) from listing where state = 'LIVE'"), 2);
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work where of_id > 0"), 1);
}
END_TEST

START_TEST(what_the_server_cannot_take_back_is_told_why)
{
    pause_all_and_leave();
    work_on();
    test_sql("update bulk_work set ended_at = ended_at - interval '1 day'");
    vth_keys(&t, "u");
    must("It was done more than 10 minutes ago");
    test_sql("update bulk_work set verb = 'withdraw'");
    vth_keys(&t, "u");
    must("End an offer; the deposit of unsold tickets is released: Its deposit is r");
    ck_assert_int_eq(test_sql_int("select count(*) from bulk_work"), 1);
}
END_TEST

/* Work of others of the house is theirs. */
START_TEST(what_others_did_is_not_ones_own_to_take_back)
{
    pause_all_and_leave();
    work_on();
    test_sql("update bulk_work set staff_id = (select id from staff where login = 'admin')");
    vth_stop(&t);
    open_house(24, 80);
    command("listing list");
    must("1/2");
    vth_keys(&t, "u");
    must("There is nothing to take back");
}
END_TEST

/* ---- going about ---- */

START_TEST(one_goes_from_list_to_list_all_day)
{
    open_house(24, 80);
    for (int i = 0; i < 14; i++) {
        command("city list");
        must("pn city list");
        command("venue list");
        must("pn venue list");
    }
    ck_assert(!vth_has(&t, "go back first"));
    for (int left = 22; left; left--) { /* as many as are kept, above the first screen */
        vth_keys(&t, "Esc");
        must(left % 2 ? "pn venue list" : "pn city list");
    }
    vth_keys(&t, "Esc");
    must("What waits");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk");
    TCase *c = tcase_create("walk");
    tcase_add_checked_fixture(c, house_setup, house_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, what_the_server_did_is_taken_back);
    tcase_add_test(c, what_the_server_cannot_take_back_is_told_why);
    tcase_add_test(c, what_others_did_is_not_ones_own_to_take_back);
    tcase_add_test(c, one_goes_from_list_to_list_all_day);
    suite_add_tcase(suite, c);
    return pn_test_main(suite);
}
