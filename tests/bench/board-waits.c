/* SPDX-License-Identifier: Apache-2.0 */
/* board-waits.c — what waits for somebody, as staff and as a merchant ask, where a thousand
 * documents of each kind are done with and where a million are. The same few wait in both
 * databases; rounds alternate between them, and the quickest of either are compared: both do the
 * same work or they do not, and what else the machine did is no part of it. PN_BENCH_ROWS says
 * another number than a million. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "report/crowd.h"
#include "report/board.h"

enum { ROUNDS = 25, FEW = 1000, MANY = 1000000 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double asked(pn_ctx *ctx)
{
    test_ctx = ctx;
    double began = now_ms();
    pn *who[] = {crowd_staff(PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_BOXOFFICE),
                 crowd_merchant()};
    for (int i = 0; i < 2; i++) {
        pn *p = who[i];
        pn_board_waiting w;
        ok(pn_board_waits(p, NULL, &w));
        ck_assert_uint_ge(w.waits.n, i ? 4 : 20);
        pn_end(p);
    }
    return now_ms() - began;
}

static int missed = 2;

START_TEST(board_waits)
{
    const char *rows = getenv("PN_BENCH_ROWS");
    int many = rows ? (int)strtol(rows, NULL, 10) : MANY;
    double mine = 1e9, base = 1e9;
    test_db_setup();
    crowd_of(many);
    pn_ctx *large = test_ctx;
    test_db_setup();
    crowd_of(FEW);
    pn_ctx *small = test_ctx;
    for (int i = 0; i < 10; i++) {
        asked(large);
        asked(small);
    }
    for (int i = 0; i < ROUNDS; i++) {
        double of_large = asked(large), of_small = asked(small);
        mine = of_large < mine ? of_large : mine;
        base = of_small < base ? of_small : base;
    }
    test_ctx = large;
    test_db_close();
    test_ctx = small;
    test_db_teardown();
    double r = mine / base;
    printf("{\"id\":\"waits\",\"what\":\"what waits, of staff and of a merchant, among %d documents"
           " of each kind\",\"value\":%.2f,\"unit\":\"ms\",\"baseline\":%.2f,\"baseline_what\":"
           "\"the same among %d\",\"ratio\":%.2f,\"gate\":1.1,\"aim\":1,\"rounds\":%d}\n",
           many, mine, base, FEW, r, ROUNDS);
    fflush(stdout);
    missed = r > 1.1;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("board-waits");
    TCase *c = tcase_create("board-waits");
    tcase_add_test(c, board_waits);
    tcase_set_timeout(c, 1800);
    suite_add_tcase(s, c);
    return pn_bench_run(s) ? missed : 2;
}
