/* SPDX-License-Identifier: Apache-2.0 */
/* hot-tier.c — everybody wants the same tier: complete orders a second through the library's batch,
 * beside pgbench updating one hot row, a loop of one transaction an order with the same rows, and
 * the server inserting the same rows by itself. Durable commits, all four in turns. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/unit_int.h"
#include "shop.h"

enum { ROUNDS = 2, WAITING = 256, SECONDS = 4 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t buyers;

/* As many requests as wait, each with a key, decided together; orders a second. */
static double batches(double seconds, int n)
{
    static struct pn_order_submit in[WAITING];
    static pn_order out[WAITING];
    static pn_request req[WAITING];
    static char phone[WAITING][16], key[WAITING][40];
    int64_t done = 0;
    double began = now_s(), t;
    do {
        for (int i = 0; i < n; i++) {
            snprintf(phone[i], sizeof phone[i], "13%09d", (int)(++buyers % 1000000000));
            snprintf(key[i], sizeof key[i], "k%" PRId64, buyers);
            in[i] = (struct pn_order_submit){.tier = TIER, .qty = 1, .phone = phone[i],
                                             .channel = {PN_CHANNEL_OWN}};
            req[i] = (pn_request){.key = key[i], .in = &in[i], .out = &out[i]};
        }
        pn *p = as(PN_ROLE_OPS | PN_ROLE_BOXOFFICE, OPS);
        ok(pn_call_requests(p, pn_op_find("order", "submit"), req, (size_t)n));
        for (int i = 0; i < n; i++)
            ck_assert_msg(req[i].rc == 0, "%s", req[i].err.message);
        pn_end(p);
        done += n;
        t = now_s() - began;
    } while (t < seconds);
    return (double)done / t;
}

START_TEST(hot_tier)
{
    test_db_setup();
    make_shop(.stock = 20000000);
    batches(1, WAITING);
    test_sql("vacuum analyze");
    for (int i = 0; i < ROUNDS; i++) {
        printf("batch %d: %.0f/s\n", WAITING, batches(SECONDS, WAITING));
        printf("batch 1: %.0f/s\n", batches(1, 1));
        fflush(stdout);
    }
    test_db_teardown();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hot-tier");
    TCase *c = tcase_create("hot-tier");
    tcase_add_test(c, hot_tier);
    tcase_set_timeout(c, 600);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_VERBOSE);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
