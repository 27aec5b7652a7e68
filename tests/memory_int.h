/* SPDX-License-Identifier: Apache-2.0 */
/* memory_int.h — how much memory this process needs for something. */
#ifndef PN_TESTS_MEMORY_INT_H
#define PN_TESTS_MEMORY_INT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Most memory this process had since the last time, in kB; what it had before is forgotten. */
static inline long pn_peak_kb(void)
{
    static const char word[] = "VmHWM:";
    char line[200];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, word, sizeof word - 1))
            kb = strtol(line + sizeof word - 1, NULL, 10);
    if (f)
        fclose(f);
    f = fopen("/proc/self/clear_refs", "we");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs("5", f), 0);
    ck_assert_int_eq(fclose(f), 0);
    return kb;
}

#endif
