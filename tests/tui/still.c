/* SPDX-License-Identifier: Apache-2.0 */
/* still.c — preloaded by tests/tui/screenshots: the wall clock stands still at $PN_STILL, seconds
 * since 1970, so that a picture is the same whenever it is made. With $PN_STILL_SLOW the other
 * clock hardly goes either: how many ids are set aside depends on how fast they are used up. */
#include "config.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

enum { SLOWER = 1000, NS = 1000000000 };
#define SHOWN __attribute__((visibility("default")))

static time_t still(void)
{
    const char *at = getenv("PN_STILL");
    return at ? (time_t)strtoll(at, NULL, 10) : 0;
}

SHOWN int clock_gettime(clockid_t which, struct timespec *t)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real) {
        void *found = dlsym(RTLD_NEXT, "clock_gettime");
        __builtin_memcpy(&real, &found, sizeof real);
    }
    int rc = real(which, t);
    time_t at = still();
    if (!rc && at && which == CLOCK_REALTIME) {
        *t = (struct timespec){.tv_sec = at};
    } else if (!rc && at && which == CLOCK_MONOTONIC && getenv("PN_STILL_SLOW")) {
        t->tv_nsec = (t->tv_sec % SLOWER * NS + t->tv_nsec) / SLOWER;
        t->tv_sec /= SLOWER;
    }
    return rc;
}

SHOWN time_t time(time_t *out)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

SHOWN int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t = {0};
    (void)zone;
    int rc = clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){.tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000};
    return rc;
}
