/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c — the clock of deadlines and of what took how long. */
#include "config.h"

#include "server.h"

#include <time.h>

int64_t http_clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
