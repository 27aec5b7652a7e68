/* SPDX-License-Identifier: Apache-2.0 */
/* main_int.h — the main() of every libcheck program: results as TAP on standard output, so that
 * each case counts; CK_FORK=no (sanitizers, debuggers) is honoured by libcheck itself. The exit
 * status is 0 even when a case failed, because the TAP says so already and would count it twice;
 * another status is the news of a crash or of a sanitizer. */
#ifndef PN_TESTS_MAIN_INT_H
#define PN_TESTS_MAIN_INT_H

#include <check.h>
#include <stdlib.h>

static inline int pn_test_main(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    srunner_free(runner);
    return EXIT_SUCCESS;
}

#endif
