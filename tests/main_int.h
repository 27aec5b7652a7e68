/* SPDX-License-Identifier: Apache-2.0 */
/* main_int.h — the main() of every libcheck program: results as TAP on standard output, so that
 * each case counts; CK_FORK=no (sanitizers, debuggers) is honoured by libcheck itself. The exit
 * status is 0 even when a case failed, because the TAP says so already and would count it twice;
 * another status is the news of a crash or of a sanitizer. Benchmarks run here too. */
#ifndef PN_TESTS_MAIN_INT_H
#define PN_TESTS_MAIN_INT_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

static inline int pn_test_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    srunner_free(runner);
    return EXIT_SUCCESS;
}

/* A figure: in this process, silent unless something went wrong; true when it was measured. */
static inline bool pn_bench_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    bool measured = srunner_ntests_failed(runner) == 0;
    if (!measured)
        srunner_print(runner, CK_VERBOSE);
    srunner_free(runner);
    return measured;
}

#endif
